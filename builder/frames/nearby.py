"""The states of which a text speaks where it tells of an event without saying whose it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from diplograph.frames.arguments import Argument
from diplograph.frames.continued import standing_at
from diplograph.frames.triggers import Firing
from diplograph.frames.view import SentenceView, find_first
from diplograph.linking import EntityMention

_SECURITY = "security"  # the tag of bodies that speak of security for their members


def add_nearby(view: SentenceView, firing: Firing, arguments: list[Argument]) -> list[Argument]:
    """The arguments of an event, and where its trigger is content with states ``nearby``, as many of them as it lacks: of its
    own sentence the nearest first, then of the one before, then of the one that says what the text is about ("Warsaw is
    ready for *a round of the negotiations*" in an article on American missiles in Poland)."""
    trigger = firing.trigger
    if not trigger.nearby:
        return arguments
    role = next(iter(firing.frame.roles))
    found = list(arguments)
    bodies = {key for argument in found for key in _bodies(argument.entity)}
    for entity in _states_around(view, firing.anchor):
        if len(bodies) >= (trigger.minimum or 0):
            break
        if bodies.isdisjoint(_bodies(entity)):
            bodies.update(_bodies(entity)[:1])
            found.append(Argument(role, entity, "path:text/nearby"))
    return found


def _states_around(view: SentenceView, anchor: int) -> Iterator[EntityMention]:
    """The states, and who speaks for one, around a word; those of other sentences stand where it stands."""
    own = sorted(_states_in(view), key=lambda entity: abs(entity.head - anchor))
    yield from own
    before = [view.previous] if view.previous else []
    for other in dict.fromkeys([*before, find_first(view)]):
        if other is not view:
            yield from (standing_at(view, anchor, entity, "continued") for entity in _states_in(other))


def _states_in(view: SentenceView) -> Sequence[EntityMention]:
    return [
        entity
        for entity in view.entities
        if len(_bodies(entity)) == 1 and view.own_preposition(entity) not in view.lexicon.local
    ]


def _bodies(entity: EntityMention) -> list[str]:
    """The keys of the states and alliances that an entity is or speaks for."""
    found: list[str] = []
    for actor in entity.actors:
        if actor.kind == "Country" or (actor.kind == "Organization" and _SECURITY in entity.tags):
            found.append(actor.key)
        elif actor.kind == "Person":
            found.extend(actor.represents[:1])
    return list(dict.fromkeys(found))
