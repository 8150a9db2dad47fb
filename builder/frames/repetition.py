"""Further events of the same kind for which the word is not said again: "a call with X, *and another with Y*"."""

from __future__ import annotations

from dataclasses import dataclass, replace

from diplograph.frames.arguments import Argument
from diplograph.frames.relations import members, subjects
from diplograph.frames.rounds import dated, undated
from diplograph.frames.triggers import Firing
from diplograph.frames.view import SentenceView
from diplograph.linking import EntityMention
from diplograph.model import Document, Evidence, Mention
from diplograph.temporal import Tense, find_times

_DISTANCE = 8  # words from "another" to the preposition before its party
_ACTING = (
    "/subject",
    "/pronoun",
    "/continued",
    "/dropped",
    "/before",
)  # relations of who acts, against his partners


@dataclass(frozen=True, slots=True)
class Repetition:
    """The words of one more event, its parties, and the place if it has another."""

    begin: int
    end: int
    arguments: list[Argument]
    place: EntityMention | None = None


def find_repetitions(view: SentenceView, firing: Firing, arguments: list[Argument]) -> list[Repetition]:
    """The further events that a noun stands for: who acts goes on, the partner is another.

    After "and", or a distance in time, stands a word for the event that agrees with it ("another", "a similar one"), or a preposition with a
    pronoun that means it ("*before it*"), or the preposition of the first partner once more; then the partner, with no
    verb between.
    """
    anchor = firing.anchor
    if view.is_verb(anchor) or view.word(anchor).upos != "NOUN":
        return []
    prepositions = _prepositions(firing)
    partners = [argument for argument in arguments if _is_partner(view, argument, anchor, prepositions)]
    acting = [argument for argument in arguments if argument not in partners]
    found: list[Repetition] = []
    for id in range(anchor + 2, len(view.words)):
        if view.forms[id - 1] in view.lexicon.marks:
            break
        opened = view.word(id).upos == "CCONJ" or _is_apart_from(view, id)
        if not opened or not _stands_for(view, id, anchor):
            continue
        entity = _party_after(view, id, prepositions)
        if entity is None or any(entity is argument.entity for argument in arguments):
            continue
        further = [
            Argument(role, other, "path:anchor/prepositional")
            for role in dict.fromkeys(argument.role for argument in arguments)
            for other in members(view, entity)
        ]
        pairing = view.own_preposition(entity) in view.lexicon.pairing
        if pairing != (len(further) > 1) or not (pairing or (acting and partners)):
            continue
        found.append(Repetition(id, further[-1].entity.last + 1, further if pairing else [*acting, *further]))
    return found


def _prepositions(firing: Firing) -> frozenset[str]:
    """Those that bring in the parties of an event's noun."""
    rules = [rule for rule in firing.frame.arguments if rule.of == "anchor" and not rule.fallback]
    return frozenset().union(*(rule.prepositions for rule in rules))


def carry_over(view: SentenceView, firing: Firing, arguments: list[Argument]) -> list[Argument]:
    """The parties of an event with whoever acts in the one that it is coordinated with, if nobody acts in it ("received a
    call from X *and a second call from Y*")."""
    anchor = firing.anchor
    joint = anchor - 2 if view.word(max(anchor - 1, 1)).upos == "ADP" else anchor - 1
    if view.is_verb(anchor) or joint < 2 or view.word(joint).upos != "CCONJ":
        return arguments
    prepositions = _prepositions(firing)
    partners = [argument for argument in arguments if _is_partner(view, argument, anchor, prepositions)]
    if not partners or any(argument.rule.endswith("/subject") for argument in arguments):
        return arguments
    before = [other for other in view.anchors if other < joint and view.word(other).upos == "NOUN"]
    governing = view.governing_verb(max(before)) if before else None
    if (
        governing is None
        or governing[0] > max(before)
        or view.is_one_of(governing[0], view.lexicon.reporting)
    ):
        return arguments
    role = partners[0].role
    acting = [
        Argument(role, entity, "path:verb/subject")
        for entity in subjects(view, governing[0], inherited=False)
    ]
    return [*partners, *acting] if acting else arguments


def _is_partner(view: SentenceView, argument: Argument, anchor: int, prepositions: frozenset[str]) -> bool:
    """Whether an argument is one of those with whom the event of a noun is."""
    entity = argument.entity
    if argument.rule.endswith(_ACTING) or entity not in view.entities or entity.first < anchor:
        return False
    return view.preposition_of(entity) in prepositions - view.lexicon.pairing


def _is_apart_from(view: SentenceView, id: int) -> bool:
    """Whether a preposition tells how far an event is from one for which "another" stands ("came two days after (in Arabic:
    *from*) *another* between …")."""
    if (
        view.forms[id - 1] not in view.lexicon.linking
        or view.word(min(id + 2, len(view.words))).upos != "ADP"
    ):
        return False
    return bool(view.find(view.lexicon.apart, max(id - _DISTANCE // 2, 1), id))


def _stands_for(view: SentenceView, id: int, anchor: int) -> bool:
    """Whether the words after "and" stand for the event of a noun, the nearest that they can mean."""
    at = id + 2 if view.word(id + 1).upos == "ADP" and id + 2 < len(view.words) else id + 1
    masculine, feminine = view.lexicon.one_more
    if view.forms[at - 1] in masculine | feminine:
        wanted = view.forms[at - 1] in feminine
    elif at == id + 2 and view.forms[id] in view.lexicon.beforehand and view.word(at).upos == "PRON":
        wanted = "Gender=Fem" in view.word(at).feats
    else:
        return False
    nouns = [other for other in view.anchors if other < id and view.word(other).upos == "NOUN"]
    agreeing = [other for other in nouns if _is_feminine(view, other) == wanted]
    return bool(agreeing) and max(agreeing) == anchor


def _is_feminine(view: SentenceView, id: int) -> bool:
    return view.forms[id - 1].endswith(view.lexicon.feminine_endings)


def _party_after(view: SentenceView, id: int, prepositions: frozenset[str]) -> EntityMention | None:
    """The party that a preposition brings in after the words for one more event."""
    for entity in view.between(id + 1, len(view.words) + 1):
        between = range(id + 1, entity.first)
        if len(between) > _DISTANCE or any(view.is_verb(at) or view.is_boundary(at) for at in between):
            return None
        if entity.actors and view.own_preposition(entity) in prepositions:
            return entity
        if entity.kind == "Person":
            return None
    return None


def _moved(mention: Mention, entity: EntityMention | None) -> Mention:
    """The mention at another place, if any."""
    if entity is None or entity.place is None:
        return mention
    kept = [proof for proof in mention.evidence if proof.aspect != "heldAt"]
    proof = Evidence("heldAt", entity.begin, entity.end, "place", entity.place)
    return replace(mention, values=replace(mention.values, place=entity.place), evidence=(*kept, proof))


def redate(view: SentenceView, mention: Mention, repetition: Repetition, document: Document) -> Mention:
    """The mention of one more event with the date that its own words give; "two days before it" is counted from that of
    the first event, which without a number is none of its own."""
    mention = _moved(mention, repetition.place)
    tense: Tense = "past" if mention.values.status == "occurred" else "future"
    begin, end = view.word(repetition.begin).begin, view.word(repetition.end - 1).end
    apart = view.forms[repetition.begin] in view.lexicon.beforehand
    base = mention.values.start_date if apart else document.published
    times = find_times(document.text, begin, end, base, tense=tense)
    time = next((time for time in times if time.start_date), None)
    if time:
        return dated(mention, time)
    return undated(mention) if apart else mention
