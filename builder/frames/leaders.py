"""Whom a text means by "the leaders of France and Germany", where it names them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from diplograph.frames.arguments import Argument
from diplograph.frames.schema import RolePolicy
from diplograph.frames.view import SentenceView
from diplograph.linking import EntityMention


def find_leaders(entities: Iterable[EntityMention]) -> dict[str, EntityMention]:
    """For each state the only leader that a text names for it, by the key of the state."""
    found: dict[str, EntityMention] = {}
    several: set[str] = set()
    for entity in entities:
        if entity.kind != "Person" or not entity.leader or len(entity.actors) != 1 or not entity.bodies:
            continue
        state = entity.bodies[0].key
        if found.setdefault(state, entity).actors != entity.actors:
            several.add(state)
    return {state: entity for state, entity in found.items() if state not in several}


def name_leader(argument: Argument, policy: RolePolicy, leaders: dict[str, EntityMention]) -> Argument:
    """An argument with the leader in place of a state whose leaders it speaks of ("*the leaders of France* and Germany spoke
    by telephone. Hollande said …"), in a role where persons act for themselves."""
    entity = argument.entity
    if policy.as_body or policy.with_body or not entity.leader or entity.kind != "Country":
        return argument
    named = leaders.get(entity.actors[0].key) if len(entity.actors) == 1 else None
    if named is None:
        return argument
    return replace(
        argument,
        entity=replace(entity, kind="Person", actors=named.actors, rank=named.rank, bodies=named.bodies),
    )


def name_their_leaders(
    view: SentenceView, anchor: int, arguments: list[Argument], policies: Mapping[str, RolePolicy]
) -> list[Argument]:
    """The leaders in place of the states of whose event the same sentence goes on to name them ("*a Lebanese-Syrian summit*
    will be held in Damascus between *the two presidents Michel Suleiman and Bashar al-Assad*"), one for each state."""
    states = [argument for argument in arguments if argument.entity.kind == "Country"]
    if len(states) < 2 or len(states) < len(arguments) or view.is_verb(anchor):
        return arguments
    if any(policies[argument.role].as_body or policies[argument.role].with_body for argument in arguments):
        return arguments
    leaders = find_leaders(entity for entity in view.entities if entity.first > anchor)
    named = [leaders.get(argument.entity.actors[0].key) for argument in states]
    return (
        [replace(argument, entity=leader) for argument, leader in zip(states, named, strict=True) if leader]
        if all(named)
        else arguments
    )
