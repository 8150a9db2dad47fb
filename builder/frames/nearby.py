"""The states of which a text speaks where it tells of an event without saying whose it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from diplograph.frames.arguments import Argument
from diplograph.frames.continued import standing_at
from diplograph.frames.triggers import Firing
from diplograph.frames.view import SentenceView, find_first
from diplograph.linking import EntityMention


def add_nearby(view: SentenceView, firing: Firing, arguments: list[Argument]) -> list[Argument]:
    """The arguments of an event, and where its trigger is content with parties ``nearby``, as many of them as it lacks: of its
    own sentence the nearest first, then of the one before, then of the one that says what the text is about ("Warsaw is
    ready for *a round of the negotiations*" in an article on American missiles in Poland)."""
    trigger = firing.trigger
    if not trigger.nearby:
        return arguments
    role = next(iter(firing.frame.roles))
    found = list(arguments)
    bodies = {key for argument in found for key in _bodies(argument.entity, trigger.nearby)}
    for entity in _states_around(view, firing.anchor, trigger.nearby):
        if len(bodies) >= (trigger.minimum or 0):
            break
        (body,) = _bodies(entity, trigger.nearby)
        if body not in bodies:
            bodies.add(body)
            found.append(Argument(role, entity, "path:text/nearby"))
    return found


def _states_around(view: SentenceView, anchor: int, tag: str) -> Iterator[EntityMention]:
    """The states, and who speaks for one, around a word; those of other sentences stand where it stands."""
    yield from sorted(_states_in(view, tag), key=lambda entity: abs(entity.head - anchor))
    before = [view.previous] if view.previous else []
    for other in dict.fromkeys([*before, find_first(view)]):
        if other is not view:
            yield from (standing_at(view, anchor, entity, "continued") for entity in _states_in(other, tag))


def _states_in(view: SentenceView, tag: str) -> Sequence[EntityMention]:
    """The entities of a sentence that are one state, or one body with this tag, or speak for one; not where something is."""
    return [
        entity
        for entity in view.entities
        if len(_bodies(entity, tag)) == 1 and view.own_preposition(entity) not in view.lexicon.local
    ]


def _bodies(entity: EntityMention, tag: str) -> list[str]:
    """The keys of the states, and of the bodies with this tag, that an entity is or speaks for."""
    found: list[str] = []
    for actor in entity.actors:
        if actor.kind == "Country" or (actor.kind == "Organization" and tag in entity.tags):
            found.append(actor.key)
        elif actor.kind == "Person":
            found.extend(actor.represents[:1])
    return list(dict.fromkeys(found))
