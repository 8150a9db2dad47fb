"""Who takes part, where that makes two events others or one: bodies, their leaders, and who meets them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from diplograph.events.groups import own_values
from diplograph.model import Actor, EventValues, Mention


def names_same_body(ours: EventValues, theirs: EventValues) -> bool:
    """Whether an event is told once more by the body that holds it, and nothing else ("Cairo will host the summit of the
    union … boycotted *the summit of the union*")."""
    actors = {filler.actor for filler in theirs.fillers}
    alone = len(actors) == 1 and all(actor.kind == "Organization" for actor in actors)
    return alone and actors == {f.actor for f in ours.fillers} and not (theirs.start_date or theirs.place)


def without_headline_names(values: EventValues, mentions: Sequence[Mention]) -> EventValues:
    """The values without parties that only a headline calls something ("*seven states* threaten"): the text below says whom
    it means."""
    if not all("headline" in mention.cues for mention in mentions):
        return values
    named = [f for f in values.fillers if f.actor.label_en or f.actor.kind != "Organization"]
    return replace(values, fillers=tuple(named))


def is_joined(ours: EventValues, theirs: EventValues) -> bool:
    """Whether an event has the two leaders of another and one more ("X met Y. Z joined them in *a three-way meeting*")."""
    sides = [{filler.actor for filler in values.fillers} for values in (ours, theirs)]
    persons = all(actor.kind == "Person" for side in sides for actor in side)
    return persons and len(sides[0]) == 2 and sides[0] < sides[1]


def is_wider(ours: EventValues, theirs: EventValues) -> bool:
    """Whether one of two events is that of a body alone, and the other one of the body with somebody else ("the summit of
    the union", "*a meeting* of the president with the leaders of the union"); on whom a threat falls is no partner in it."""
    if len({filler.role for values in (ours, theirs) for filler in values.fillers}) > 1:
        return False
    sides = [{filler.actor for filler in values.fillers} for values in (ours, theirs)]
    few, many = sorted(sides, key=len)
    return len(few) == 1 and few < many and all(actor.kind == "Organization" for actor in few)


def have_only_bodies(ours: EventValues, theirs: EventValues) -> bool:
    """Whether the parties of both are bodies: "the *Arab* summit" is not "the *Arab and African* summit". A state beside a
    body may be its host."""
    return all(filler.actor.kind == "Organization" for filler in (*ours.fillers, *theirs.fillers))


def is_with_body(mention: Mention) -> bool:
    """Whether somebody met a body as his partner ("held a summit *with the alliance*"), not at its own summit."""
    fillers = own_values(mention).fillers
    bodies = {f.actor.key for f in fillers if f.actor.kind == "Organization"}
    return len(fillers) > 1 and any(
        proof.rule.endswith("/prepositional")
        and isinstance(proof.target, Actor)
        and proof.target.key in bodies
        for proof in mention.evidence
    )
