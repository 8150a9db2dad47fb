"""When an event is, and how long it lasts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from diplograph.frames.counting import (
    is_ahead,
    is_commemorated,
    is_counted_since,
    is_deadline,
    is_of_other_noun,
    is_of_relative,
    is_ordinal,
    may_count,
)
from diplograph.frames.schema import Frame
from diplograph.frames.spans import EventSpan, find_occasion, is_apart, is_in_other, word_at
from diplograph.frames.status_lexicon import DENIED, OCCURRED, PLANNED, StatusReading, load_status
from diplograph.frames.tense import is_imperfect
from diplograph.frames.view import SentenceView
from diplograph.model import Document, DurationExpression, TimeExpression
from diplograph.temporal import Tense, find_durations, find_times

_DAY = 10  # characters of an ISO date as precise as the day
_MONTH = 7  # … as precise as the month
_ISSUED = 12  # words before a date in which a noun of utterance says that it was issued then

_WHERE = 4  # words between "where" and the event of its clause
_RESUMED = 5  # words between "and that" and the event of which it goes on to tell

Dated = tuple[int, TimeExpression]


def find_time(
    view: SentenceView,
    span: EventSpan,
    status: StatusReading,
    frame: Frame,
    document: Document,
    *,
    acting: bool = False,
) -> TimeExpression | None:
    """The time expression that belongs to an event: right before its noun or in its phrase, else in the clause of its
    verb, else that of the occasion on which it is held. An utterance takes, failing all else, the only date of its
    sentence. ``acting``: the parties are those who act in the verb, so that its day is the event's."""
    after = _following(view, span)
    dated = [(id, t) for id, t in _dated(view, span, status, frame, document) if not after or id < after]
    postponed = _postponed_to(view, span, dated)
    if postponed:
        return postponed
    own = _in_phrase(view, span, dated) or _in_own_clause(view, span, dated)
    if not own and not frame.status:  # an utterance is of one moment
        own = _since(view, span, dated)
    apart, day = _set_off(view, span, dated, document)
    if apart and not own:
        return day
    nearest = _in_clause(view, span, dated, status, document)
    if own and nearest:
        finer = len(nearest.start_date or "") == _DAY > len(own.start_date or "")
        # "received *on Friday 24 May 2019* a call, the second *this month*".
        return nearest if finer and (nearest.start_date or "").startswith(own.start_date or "") else own
    if own or nearest:
        return own or nearest
    occasion = find_occasion(view, span)
    for id, time in dated:
        if occasion and occasion < id < view.phrase_end(occasion):
            return time
    days = [(id, time) for id, time in dated if len(time.start_date or "") == _DAY] or dated
    if frame.status and len(days) == 1:
        id, time = days[0]
        # "…, according to a *statement* issued on Tuesday"
        if (id < span.anchor and not is_of_relative(view, id, span.anchor)) or view.find(
            view.lexicon.issued, max(span.anchor, id - _ISSUED), id
        ):
            return time
    return (
        _of_journey(view, span, dated, document)
        or _held_later(view, span, dated)
        or _resumed(view, span, dated)
        or _of_doing(view, span, dated, acting)
        or _at_hour(view, span, dated, document)
    )


def _at_hour(
    view: SentenceView, span: EventSpan, dated: Sequence[Dated], document: Document
) -> TimeExpression | None:
    """The day of a part of the day that is said alone in the clause of an event ("said today that he will call him *in the
    evening*", in Arabic an accusative): the one that the sentence has named before, else that of writing."""
    verb, hours = span.verb or 0, view.lexicon.hours
    near = span.direct or view.verb_before(span.anchor) == verb
    if not verb or not near or len(document.published or "") != _DAY:
        return None
    for id in [id for id in range(verb + 1, view.clause_end(verb)) if view.forms[id - 1] in hours]:
        if is_in_other(view, span, id):
            continue
        # "at the *third* hour in the evening", "evening *yesterday*", "morning *and evening*"
        counted = view.word(id - 1).upos in {"NUM", "ADJ"} or view.find(hours, id + 1, id + 3)
        if counted or any(
            view.is_one_of(at, view.lexicon.days) for at in (id - 1, min(id + 1, len(view.words)))
        ):
            return None
        days = {time.start_date for at, time in dated if at < id and len(time.start_date or "") == _DAY}
        told = next(iter(days), document.published) if len(days) < 2 else None
        return TimeExpression(view.word(id).begin, view.word(id).end, told)
    return None


def _held_later(view: SentenceView, span: EventSpan, dated: Sequence[Dated]) -> TimeExpression | None:
    """The date of a verb of holding that a later clause says of an event ("revived his summit with Kim, stressing *that it
    will be held on the twelfth*", "the summit put off since autumn, *which is to meet on 19 November*")."""
    if view.is_verb(span.anchor):
        return None
    others = [other for other in view.anchors if other > span.anchor]
    for id in range(span.anchor + 2, min([*others, len(view.words) + 1])):
        opened = any(
            (view.forms[at - 1] in view.lexicon.relative and view.word(at - 1).upos == "CCONJ")
            or (view.word(at).upos == "PRON" and view.word(at - 1).upos == "SCONJ")
            for at in range(max(span.anchor + 2, id - 2), id)
        )
        if opened and view.is_verb(id) and view.is_one_of(id, load_status().held | load_status().negated):
            return next((time for at, time in dated if id < at < view.clause_end(id)), None)
    return None


def _resumed(view: SentenceView, span: EventSpan, dated: Sequence[Dated]) -> TimeExpression | None:
    """The date with which "and that" goes on to tell of an event, the last before it ("announced a summit of the four, *and
    that next September*")."""
    for id, time in dated:
        for at in range(max(span.anchor + 1, id - _RESUMED), id):
            joined = view.forms[at - 1] in view.lexicon.resuming and view.word(at - 1).upos == "CCONJ"
            nearer = any(span.anchor < other < at for other in view.anchors)
            between = any(view.entity_at(word) or view.is_verb(word) for word in range(at + 1, id))
            if joined and not nearer and not between:
                return time
    return None


def _of_doing(
    view: SentenceView, span: EventSpan, dated: Sequence[Dated], acting: bool
) -> TimeExpression | None:
    """The only day on which its parties act in the clause before an event ("the two signed *today* a treaty, *and that* at
    the end of a summit", "discussed on Monday the ways to peace, in a call")."""
    resumed = [
        id
        for id in range(max(2, span.anchor - _RESUMED), span.anchor)
        if view.forms[id - 1] in view.lexicon.resuming and view.word(id - 1).upos == "CCONJ"
    ]
    if not acting or not (resumed or span.verb):
        return None
    begin, end = (1, resumed[0]) if resumed else (span.clause_begin, span.anchor)
    if any(view.word(id).upos == "SCONJ" and view.is_boundary(id) for id in range(begin, end)):
        return None
    before = [time for id, time in dated if begin <= id < end and not is_in_other(view, span, id)]
    alone = len({time.start_date for time in before}) == 1 and len(before[0].start_date or "") == _DAY
    return before[0] if alone else None


def _of_journey(
    view: SentenceView, span: EventSpan, dated: Sequence[Dated], document: Document
) -> TimeExpression | None:
    """The date of the clause that a clause with "where" goes on ("moves *on Wednesday* to Brussels, *where* they meet")."""
    for id in range(span.anchor - 1, max(span.anchor - _WHERE, 0), -1):
        if view.forms[id - 1] in view.lexicon.where:
            # "He said *today that* (he) flies to Sochi, *where* …": on that day he spoke.
            before = [time for at, time in dated if at < id and not _opens_speech(view, at, id)]
            before = [time for time in before if len(time.start_date or "") >= _MONTH]
            own = [at for at, _ in dated if id < at < span.clause_end]
            verb = next((at for at in range(id - 1, 0, -1) if view.is_verb(at)), 0)
            told = verb and not is_imperfect(view, verb) and document.published
            if told and before and is_ahead(before[0], document.published or ""):
                return None  # "*arrived on Monday* in Ankara, where he will meet …": no Monday to come
            return before[0] if len(before) == 1 and not own else None
    return None


def _opens_speech(view: SentenceView, first: int, last: int) -> bool:
    """Whether "that" or the like stands between two words."""
    return any(view.word(id).upos == "SCONJ" and view.is_boundary(id) for id in range(first + 1, last))


def _set_off(
    view: SentenceView, span: EventSpan, dated: Sequence[Dated], document: Document
) -> tuple[bool, TimeExpression | None]:
    """Whether an event is set off from the time of its sentence, and then its day, where it can be told: "*on the eve of*
    the summit", "*four days before* his meeting" (in Arabic "before four days *of* his meeting"), "*before* the summit".

    It is counted from the only date of the sentence, or from the day of writing where the sentence gives none.
    """
    id = span.anchor - 1
    while id > 1 and view.is_one_of(id, view.lexicon.support):
        id -= 1
    if id < 1:
        return False, None
    form, word = view.forms[id - 1], view.word(id)
    begin, end = view.sentence.begin, view.sentence.end
    others = {time.start_date or "" for at, time in dated if at != id}
    others = {day for day in others if len(day) == _DAY} or others
    base = next(iter(others)) if len(others) == 1 else "" if others else document.published or ""
    if form in view.lexicon.eve | view.lexicon.morrow:
        days = 1 if form in view.lexicon.eve else -1
        return True, _days_from(base, days, word.begin, word.end)
    if form in view.lexicon.before:
        return True, None
    if form not in view.lexicon.linking:
        return False, None
    for time in find_times(document.text, begin, end, document.published, tense="future"):
        if time.start_date or word_at(view, time.end - 1) != id - 1:
            continue
        # Read by itself, without the event after it, the distance is one from the base.
        away = find_times(document.text, time.begin, time.end, base or None, tense="future")
        if len(base) < _DAY or not away or len(away[0].start_date or "") != _DAY:
            return True, None
        days = (date.fromisoformat(base[:_DAY]) - date.fromisoformat(away[0].start_date or "")).days
        return True, _days_from(base, days, time.begin, time.end)
    return False, None


def _days_from(base: str, days: int, begin: int, end: int) -> TimeExpression | None:
    """The day so many days from another, None if that is no day."""
    if len(base) < _DAY:
        return None
    return TimeExpression(begin, end, (date.fromisoformat(base[:_DAY]) + timedelta(days=days)).isoformat())


def _postponed_to(view: SentenceView, span: EventSpan, dated: Sequence[Dated]) -> TimeExpression | None:
    """The new date of what is put off: "the meeting due on Sunday was postponed *to 21 June*"."""
    postponing, towards = load_status().postponing, view.lexicon.towards
    put_off = span.verb and view.is_one_of(span.verb, postponing)
    if not put_off and not view.find(postponing, span.anchor - 3, span.anchor):
        return None
    for id, time in dated:
        ranged = time.end_date and any(
            form in towards for form in view.forms[id : word_at(view, time.end - 1)]
        )
        if ranged:  # "due on 22 March *to* the first of November" is no stretch of time
            return replace(time, start_date=time.end_date, end_date=None)
    return next((time for id, time in dated if id > 1 and view.forms[id - 2] in towards), None)


def _dated(
    view: SentenceView, span: EventSpan, status: StatusReading, frame: Frame, document: Document
) -> list[Dated]:
    """The dates of a sentence with the ids of their first words.

    With an ordinal ("the second call *this month*") a month or year that is not over only says in what it is counted, but
    when a plan is for.
    """
    ahead = status.status == PLANNED and not frame.status and not _was_planned(view, status)
    told = status.status == OCCURRED and status.explicit and not frame.status
    tense: Tense = "future" if ahead else "told" if told else "past"
    begin, end = view.sentence.begin, view.sentence.end
    times = find_times(document.text, begin, end, document.published, tense=tense)
    found = [(word_at(view, time.begin), time) for time in times if time.start_date]
    found = [
        (id, time)
        for id, time in found
        if not (
            is_commemorated(view, id)
            or is_deadline(view, id)
            or is_of_other_noun(view, id)
            or is_counted_since(view, id, time)
        )
    ]
    if frame.status == OCCURRED and document.published:
        # An utterance that is reported was made: "threatens sanctions *that begin next week*" says when they begin.
        found = [(id, time) for id, time in found if not is_ahead(time, document.published)]
    if is_ordinal(view, span.anchor) and not ahead:
        return [(id, time) for id, time in found if not may_count(time, document.published)]
    return found


def _was_planned(view: SentenceView, status: StatusReading) -> bool:
    """Whether a plan is one of the past ("*it had been due* that the two meet on Wednesday")."""
    return bool(view.find(view.lexicon.auxiliary, status.cue - 3, status.cue))


def _in_phrase(view: SentenceView, span: EventSpan, dated: Sequence[Dated]) -> TimeExpression | None:
    """The first date in the phrase of an anchor, as precisely as the phrase gives it, else the one that ends right before it ("then *on 13 January* a
    meeting")."""
    # "the seventh round of the talks, on the *anniversary* of the war of *August 2008*"
    past = view.find(view.lexicon.anniversary, span.anchor + 1, span.phrase_end)
    end = min([span.phrase_end, *past[:1], *_occasions_past(view, span)])
    inside = [time for id, time in dated if span.anchor < id < end]
    before = [time for id, time in dated if id < span.anchor and _leads_to(view, time, span.anchor)]
    first = next(iter([*inside, *before]), None)
    # "due *next month*, in Geneva *on 10 January*": the same time, said again more precisely.
    finer = [time for time in inside if first and (time.start_date or "").startswith(first.start_date or "")]
    return max(finer, key=lambda time: len(time.start_date or ""), default=first)


def _occasions_past(view: SentenceView, span: EventSpan) -> list[int]:
    """The events after which that of a verb comes ("meet for the second time, *after the summit* of 2004"): the dates behind
    them are their own."""
    if not view.is_verb(span.anchor):
        return []
    others = [other for other in view.anchors if span.anchor < other < span.phrase_end]
    return [id for id in others if view.case_of(id) in load_status().after and not view.has_pronoun(id)]


def _in_own_clause(view: SentenceView, span: EventSpan, dated: Sequence[Dated]) -> TimeExpression | None:
    """The date of the verb of holding that goes on right after the phrase of a noun ("a call between the two *took place on
    Tuesday*")."""
    verb = span.phrase_end
    if verb > len(view.words) or view.is_verb(span.anchor) or not view.is_verb(verb) or span.verb == verb:
        return None
    if not view.is_one_of(verb, load_status().negated) or view.word(verb - 1).upos in {"CCONJ", "PUNCT"}:
        return None
    return next((time for id, time in dated if verb < id < view.clause_end(verb)), None)


def _since(view: SentenceView, span: EventSpan, dated: Sequence[Dated]) -> TimeExpression | None:
    """The day since which something goes on ("have been holding talks *since Monday*")."""
    verb = span.verb or 0
    if not verb or not is_imperfect(view, verb) or view.find(load_status().negations, verb - 1, verb):
        return None
    days = [(id, time) for id, time in dated if id > verb and view.forms[id - 2] in view.lexicon.since]
    return days[0][1] if days and not view.find(load_status().ordinals, verb, days[0][0]) else None


def _leads_to(view: SentenceView, time: TimeExpression, anchor: int) -> bool:
    """Whether nothing but a comma and a preposition stands between a time and an event ("*on Sunday, in* a call")."""
    between = range(word_at(view, time.end - 1) + 1, anchor)
    if len(between) == 1 and not view.is_boundary(between[0]):
        return True
    return len(between) <= 2 and all(view.word(id).upos in {"PUNCT", "ADP", "ADJ"} for id in between)


def _in_clause(
    view: SentenceView, span: EventSpan, dated: Sequence[Dated], status: StatusReading, document: Document
) -> TimeExpression | None:
    """The nearest date in the clause of the verb, if it belongs to no other event and no clause of its own."""
    if not span.direct:
        return None
    around = [
        (abs(id - span.anchor), time)
        for id, time in dated
        if span.clause_begin <= id < span.clause_end
        and not is_in_other(view, span, id)
        and not is_apart(view, span, id)
        and not _is_of_person(view, span, id)
    ]
    if status.status != OCCURRED and document.published:
        # "He announced *on Saturday* that he was invited to a summit": that is when he announced it.
        around = [(far, time) for far, time in around if (time.start_date or "") >= document.published[:_DAY]]
    return min(around, key=lambda item: item[0])[1] if around else None


def _is_of_person(view: SentenceView, span: EventSpan, id: int) -> bool:
    """Whether a day is that of a relative clause about a person, behind an event that is none of it ("the summit sees many
    leaders, before all the king, *who arrived on Wednesday*")."""
    for at in range(span.anchor + 1, id):
        if view.forms[at - 1] in view.lexicon.relative:
            person = view.entity_at(at - 1) or (view.entity_at(at - 2) if at > 2 else None)
            if person and person.kind == "Person" and any(view.is_verb(word) for word in range(at, id)):
                return True
    return False


def _following(view: SentenceView, span: EventSpan) -> int:
    """The other event of a clause that says what came before or after, 0 if none: the dates behind it are its own ("*a call*
    was preceded by another in November": in Arabic "preceded *the call* another …")."""
    if not span.verb or span.verb > span.anchor or not view.is_one_of(span.verb, view.lexicon.sequence):
        return 0
    return min((other for other in view.anchors if span.anchor < other < span.clause_end), default=0)


def date_status(
    status: StatusReading, time: TimeExpression | None, frame: Frame, published: str | None
) -> StatusReading:
    """The status in the light of the date: what lies ahead of the day of writing has not happened, and a plan or
    possibility of a month or year gone by is one no longer."""
    if status.status == DENIED:
        return status
    if frame.status:
        return replace(status, status=frame.status)
    if not time or not time.start_date or not published or len(published) < len(time.start_date):
        return status
    last = time.end_date or time.start_date
    if status.status in (OCCURRED, PLANNED) and time.start_date > published[: len(time.start_date)]:
        return replace(status, status=PLANNED, explicit=True)
    vague = len(last) <= _MONTH or (status.status == PLANNED and not status.explicit)
    if status.status != OCCURRED and last < published[: len(last)] and vague:
        return replace(status, status=OCCURRED, explicit=True)
    return status


# Days of publication to tell before from after by, where the document gives none: two weeks, since a weekday may be named
# beside ("*yesterday, Thursday*"), at opposite ends of a year: "tomorrow" lies ahead of both, a day of October that is not
# said to be the next or the last one only of the first.
_ASSUMED = tuple(
    tuple((date.fromisoformat(first) + timedelta(days=day)).isoformat() for day in range(7))
    for first in ("2000-01-03", "2000-12-18")
)


def deictic_status(
    view: SentenceView, span: EventSpan, status: StatusReading, frame: Frame, document: Document
) -> StatusReading:
    """The status in the light of words like "tomorrow" in a document without a date: they tell before from after
    whatever the day of writing is; beside a weekday, for most days of a week."""
    if status.status != OCCURRED or document.published:
        return status
    found = status
    for week in _ASSUMED:
        ahead = 0
        for number, published in enumerate(week):
            time = find_time(view, span, status, frame, replace(document, published=published))
            read = date_status(status, time, frame, published)
            if read.status == PLANNED:
                found, ahead = read, ahead + 1
            if time is None or number - ahead >= len(week) // 2:
                return status
    return found


def find_duration(view: SentenceView, span: EventSpan, text: str) -> DurationExpression | None:
    """The first length of time in the clause of an event or after it in the sentence."""
    for duration in find_durations(text, view.sentence.begin, view.sentence.end):
        id = word_at(view, duration.begin)
        if span.clause_begin <= id < max(span.clause_end, span.phrase_end) or id > span.anchor:
            return duration
    return None
