"""Which of a document's events are told a second time under another party: who attends, what only says more, headlines."""

from __future__ import annotations

from dataclasses import replace

from diplograph.events.groups import Group, anchors_of
from diplograph.events.values import dates_agree, places_agree, roles_of, same_party
from diplograph.frames import Frame
from diplograph.model import Actor, EventValues, Mention, ParsedDocument

_MANY = 3  # leaders who are no longer a meeting of two


def join_attendees(groups: list[Group]) -> None:
    """Joins what one person attends to the event of a body at the same place: "*the president* will attend the Doha summit"
    tells of "the *Arab* summit in Doha", of which the body is the party; so does a meeting of three or more on its day (two
    meet aside)."""
    for group in list(groups):
        values = group.values
        attending = [filler.actor for filler in values.fillers]
        several = len(attending) >= _MANY and values.start_date is not None
        comes = _only_attend(group)
        if not (several or comes or len(attending) == 1) or values.place is None:
            continue
        if any(actor.kind != "Person" for actor in attending):
            continue
        words = frozenset().union(*(anchors_of(mention) for mention in group.mentions))
        hosts = [
            other
            for other in groups
            if other.values.event_class == values.event_class
            and other.values.place is not None
            and (other.values.place == values.place or (comes and places_agree(other.values, values)))
            and other.values.status == values.status
            and dates_agree(other.values.start_date, values.start_date)
            and not (several and other.values.start_date != values.start_date)
            and _is_of_bodies(other.values, comes=comes)
            and any(words & anchors_of(mention) for mention in other.mentions)
        ]
        if len(hosts) == 1:
            told = [_without_parties(mention) for mention in group.mentions]
            if comes:  # the body's own place is the more precise
                told = [replace(m, values=replace(m.values, place=None)) for m in told]
            hosts[0].mentions.extend(told)
            groups.remove(group)


def _is_of_bodies(values: EventValues, *, comes: bool) -> bool:
    """Whether a body is the only party of an event; of several bodies who comes to it may be told as well."""
    kinds = [filler.actor.kind for filler in values.fillers]
    return kinds == ["Organization"] or (comes and set(kinds) == {"Organization"})


def _only_attend(group: Group) -> bool:
    """Whether all that the text says of the parties of an event is that they come to attend it ("*the two presidents* to
    Tanzania *for attending* a summit")."""
    roles = {filler.role for filler in group.values.fillers}
    proofs = [proof for mention in group.mentions for proof in mention.evidence if proof.aspect in roles]
    return bool(proofs) and all(proof.rule.startswith("path:support/") for proof in proofs)


def _without_parties(mention: Mention) -> Mention:
    """A mention that names nobody, and the evidence that is left of it."""
    roles = {filler.role for filler in mention.values.fillers}
    proofs = tuple(proof for proof in mention.evidence if proof.aspect not in roles)
    return replace(mention, values=replace(mention.values, fillers=()), evidence=proofs)


def without_strangers(group: Group, mention: Mention) -> Mention | None:
    """What a noun with the article says without the parties of whom nothing but a description or an unknown name was read, if
    the others are parties of an event that the text has told before: "*the call* was made at the request of the chancellor,
    who had asked *the German bishop* …" tells of her call once more. None if it does not."""
    fillers = mention.values.fillers
    known = tuple(filler for filler in fillers if filler.actor.label_en)
    told = {filler.actor for filler in group.values.fillers}
    again = mention.definite and not {"another", "further"} & mention.cues
    if not again or not known or len(known) == len(fillers) or not {f.actor for f in known} <= told:
        return None
    if min(other.begin for other in group.mentions) > mention.begin:
        return None
    strangers = {filler.actor.key for filler in fillers if not filler.actor.label_en}
    proofs = tuple(
        p for p in mention.evidence if not (isinstance(p.target, Actor) and p.target.key in strangers)
    )
    return replace(mention, values=replace(mention.values, fillers=known), evidence=proofs)


def drop_told(groups: list[Group], frames: dict[str, Frame]) -> None:
    """Leaves out what is only said again of an event of another class: after the text has told that the two presidents met,
    "*the meeting* affirmed the dialogue of Baku and Yerevan" tells of no talks of their states besides."""
    for group in list(groups):
        values = group.values
        parties = {filler.actor.key for filler in values.fillers}
        known = values.start_date or values.place or not all(m.definite for m in group.mentions)
        rivals = [g for g in groups if g.values.event_class in frames[values.event_class].yields_to]
        rivals = [g for g in rivals if g.mentions[0].begin < min(m.begin for m in group.mentions)]
        for other in [] if known else rivals:
            actors = [filler.actor for filler in other.values.fillers]
            if parties and parties == {key for actor in actors for key in actor.represents[:1]}:
                groups.remove(group)
                break


def join_headline_threats(parsed: ParsedDocument, groups: list[Group], frames: dict[str, Frame]) -> None:
    """Joins a threat that only headlines tell to the only one that the text tells of the same threatener, and may
    name the target otherwise: "*the Arabs* threaten *Damascus*", and below their ministers threaten "those who give orders"."""
    headlines = [block for block in parsed.document.blocks if block.kind == "headline"]

    def is_headline(group: Group) -> bool:
        return all(
            any(block.begin <= mention.begin < block.end for block in headlines) for mention in group.mentions
        )

    for group in [g for g in groups if frames[g.values.event_class].status and is_headline(g)]:
        told = [g for g in groups if g.values.event_class == group.values.event_class and not is_headline(g)]
        if len(told) == 1 and _share_threatener(told[0].values, group.values):
            told[0].mentions.extend(group.mentions)
            groups.remove(group)


def _share_threatener(one: EventValues, other: EventValues) -> bool:
    """Whether one who threatens is in both."""
    ours, theirs = (roles_of(values).get("threatener", frozenset()) for values in (one, other))
    return any(same_party(actor, rival) for actor in ours for rival in theirs)
