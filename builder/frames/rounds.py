"""Rounds that a sentence tells without naming each: "talks in Geneva on 10 January, *then in Vienna on 21 January*", "met
*twice*"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from diplograph.frames.places import is_local
from diplograph.frames.spans import word_at
from diplograph.frames.view import SentenceView
from diplograph.linking import EntityMention
from diplograph.model import Document, Evidence, Mention, TimeExpression
from diplograph.temporal import Tense, find_times

_TO_DATE = 3  # words from the place of a round, or its opening, to its date
_DAY = 10  # characters of an ISO date as precise as the day
_LONGEST = 3  # days that one event may well last
_OF_THE_ROUND = ("heldAt", "startDate")  # the evidence that belongs to one round only


def find_further_rounds(
    view: SentenceView, anchor: int, mention: Mention, document: Document, *, placed: bool
) -> list[tuple[int, Mention]]:
    """The rounds besides the one that a mention tells, each with the word that opens it: the same but for place and date.

    After "the first", "then", "and the second" or "and" stand a place (if events of this kind have one: ``placed``), a date or both,
    with no verb and no word for an event: what is left out is that of the round before. A mere "and" needs a date, and
    one before it.
    """
    tense: Tense = "past" if mention.values.status == "occurred" else "future"
    begin, stop = view.sentence.begin, view.sentence.end
    times = [
        t for t in find_times(document.text, begin, stop, document.published, tense=tense) if t.start_date
    ]
    found: list[tuple[int, Mention]] = []
    before = mention.values.start_date
    for id in range(anchor + 1, len(view.words)):
        first = _opens_round(view, id)
        if not first:
            continue
        end = _end_of_round(view, first)
        if any(view.is_verb(at) or at in view.anchors for at in range(first, end)):
            continue
        entity, time = _where_and_when(view, first, end, times, placed=placed)
        merely = (
            not opens_first_round(view, id)
            and view.forms[id - 1] not in view.lexicon.then
            and first <= id + 1
        )
        dated_before = any(id - _TO_DATE <= word_at(view, t.end - 1) < id for t in times)
        moved = entity is not None and mention.values.place not in (None, entity.place)
        if merely and not (
            time and before and dated_before and (moved or _is_apart(before, time.start_date or ""))
        ):
            continue
        if not (entity or time) or (merely and not _stands_for_itself(view, entity, time)):
            continue
        round = _round(mention, entity, time, same_place=merely)
        found.append((id, round))
        before = round.values.start_date
    return found


def _where_and_when(
    view: SentenceView, first: int, end: int, times: Sequence[TimeExpression], *, placed: bool
) -> tuple[EntityMention | None, TimeExpression | None]:
    """The place and the date with which the words of a round begin."""
    found = [
        entity for entity in view.between(first, end) if entity.place and is_local(view, entity) and placed
    ]
    entity = found[0] if found and found[0].first <= first + 2 else None
    time = next((t for t in times if first <= word_at(view, t.begin) < end), None)
    if time and word_at(view, time.begin) > (entity.last if entity else first) + _TO_DATE:
        time = None
    if found and time and not entity and found[0].first <= word_at(view, time.end - 1) + 2:
        entity = found[0]
    return entity, time


def _stands_for_itself(view: SentenceView, entity: EntityMention | None, time: TimeExpression | None) -> bool:
    """Whether nothing but the margins of something stands behind the date that "and" adds to another ("in 2019 *and in
    2021*", against "*and in 2021* an exhibition")."""
    last = max(entity.last if entity else 0, word_at(view, time.end - 1) if time else 0) + 1
    if last > len(view.words) or view.word(last).upos in {"PUNCT", "CCONJ"} or view.is_boundary(last):
        return True
    return view.word(last).upos == "ADP" and bool(view.find(view.lexicon.margins, last + 1, last + 2))


def _opens_round(view: SentenceView, id: int) -> int:
    """The first word that says where or when a further round was, after a word that opens it; 0 if it opens none."""
    if view.forms[id - 1] in view.lexicon.then:
        return id + 1
    if opens_first_round(view, id):
        return id + 2 if view.has_pronoun(id + 1) else id + 1
    if view.word(id).upos == "NUM" and view.forms[id - 1][:1] in view.lexicon.adding:
        return id  # "on 14 December *and 6 April*", written together with the figure
    if view.word(id).upos != "CCONJ" or view.forms[id - 1] not in view.lexicon.adding:
        return 0
    if view.lexicon.number_of(view.forms[id]) > 1 or view.forms[id] in view.lexicon.last_round:
        return id + 3 if view.has_pronoun(id + 1) else id + 2
    return id + 1


def opens_first_round(view: SentenceView, id: int) -> bool:
    """Whether a comma stands before "the first (of them)", with which the rounds of an event are told one by one."""
    ordinal = view.forms[id] in view.lexicon.first_round and (
        view.has_pronoun(id + 1) or view.has_article(id + 1)
    )
    return view.forms[id - 1] in view.lexicon.commas and ordinal


def _end_of_round(view: SentenceView, first: int) -> int:
    """The id after the last word of a round (before a mark, a comma or the next), or after what is none of a round."""
    for id in range(first + 1, len(view.words) + 1):
        if view.is_verb(id) or id in view.anchors:
            return id + 1  # "then on 13 January *a meeting*": no round of the event before
        if view.is_boundary(id) or view.forms[id - 1] in view.lexicon.commas:
            return id
        if id < len(view.words) and _opens_round(view, id):
            return id
    return len(view.words) + 1


def _is_apart(before: str, after: str) -> bool:
    """Whether two dates are those of two events, not the days through which one lasted, and no less precise the second."""
    if len(after) < len(before) or before[: len(after)] == after:
        return False
    if len(before) < _DAY or len(after) < _DAY:
        return True
    return abs((date.fromisoformat(after[:_DAY]) - date.fromisoformat(before[:_DAY])).days) > _LONGEST


def _round(
    mention: Mention, entity: EntityMention | None, time: TimeExpression | None, *, same_place: bool
) -> Mention:
    """A mention with another date and place, or none (or, if it is ``same_place`` where no other is said, its own)."""
    own = {"startDate"} if same_place and not entity else set(_OF_THE_ROUND)
    kept = [proof for proof in mention.evidence if proof.aspect not in own]
    if entity and entity.place:
        kept.append(Evidence("heldAt", entity.begin, entity.end, "place", entity.place))
    if time:
        kept.append(Evidence("startDate", time.begin, time.end, "time"))
    values = replace(
        mention.values,
        place=entity.place if entity else mention.values.place if same_place else None,
        start_date=time.start_date if time else None,
        end_date=time.end_date if time else None,
        start_time=None,
        end_time=None,
        duration_minutes=None,
    )
    last = max(entity.end if entity else 0, time.end if time else 0)
    return replace(mention, end=max(mention.end, last), values=values, evidence=tuple(kept))


def find_repeats(
    view: SentenceView, anchor: int, mention: Mention, document: Document
) -> tuple[Mention, ...]:
    """A mention once for each time that it says the event took place: "met *twice*", or a noun in the dual ("*two meetings*").

    Where as many dates follow ("the first on 24 July, the second on 19 August") each time has its own.
    """
    end = view.clause_end(anchor) if view.is_verb(anchor) else view.phrase_end(anchor)
    twice = view.find(view.lexicon.twice, anchor + 1, end)
    if not twice and view.forms[anchor - 1] not in view.lexicon.two_events:
        return (mention,)
    again = replace(mention, cues=mention.cues | {"another"})
    tense: Tense = "past" if mention.values.status == "occurred" else "future"
    times = find_times(
        document.text, view.word(anchor).begin, view.word(end - 1).end, document.published, tense=tense
    )
    dates = [each for time in times if time.start_date for each in _ends(time)]
    if len(dates) != 2:
        return mention, again
    return dated(mention, dates[0]), dated(again, dates[1])


def _ends(time: TimeExpression) -> list[TimeExpression]:
    """The two dates of an expression that has two ("in *1979 and 2004*"), else itself."""
    if not time.end_date:
        return [time]
    return [replace(time, end_date=None), replace(time, start_date=time.end_date, end_date=None)]


def dated(mention: Mention, time: TimeExpression) -> Mention:
    """The mention with another date."""
    kept = [proof for proof in mention.evidence if proof.aspect != "startDate"]
    values = replace(
        mention.values, start_date=time.start_date, end_date=time.end_date, start_time=None, end_time=None
    )
    proof = Evidence("startDate", time.begin, time.end, "time")
    return replace(mention, end=max(mention.end, time.end), values=values, evidence=(*kept, proof))


def undated(mention: Mention) -> Mention:
    """The mention without its date."""
    kept = tuple(proof for proof in mention.evidence if proof.aspect != "startDate")
    values = replace(mention.values, start_date=None, end_date=None, start_time=None, end_time=None)
    return replace(mention, values=values, evidence=kept)
