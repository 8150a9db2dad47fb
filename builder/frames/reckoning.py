"""The first day of an event of which a sentence tells a later one: its last, its second, its fourth."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from diplograph.frames.spans import EventSpan
from diplograph.frames.status_lexicon import OCCURRED, StatusReading
from diplograph.frames.tense import is_imperfect
from diplograph.frames.view import SentenceView
from diplograph.model import Document, TimeExpression
from diplograph.temporal import count_days

_DAY = 10  # characters of an ISO date as precise as the day
_LONGEST = 14  # days that talks go on without a break


def _count_back(
    view: SentenceView, span: EventSpan, status: StatusReading, time: TimeExpression | None, text: str
) -> TimeExpression | None:
    """The days of an event of which the sentence says when it ended, and how many days it lasted ("*concluded yesterday* a
    summit that *lasted two days*"); else the time as it is."""
    verb = span.verb or 0
    start = time.start_date or "" if time and not time.end_date else ""
    if (
        len(start) != _DAY
        or status.status != OCCURRED
        or not verb
        or not view.is_one_of(verb, view.lexicon.concluding)
    ):
        return time
    last = view.word(min(max(span.phrase_end, span.clause_end), len(view.words) + 1) - 1)
    days = count_days(text, view.word(verb).end, last.end)
    if time is None or days is None or not 1 < days <= _LONGEST:
        return time
    first = date.fromisoformat(start) - timedelta(days=days - 1)
    return replace(time, start_date=first.isoformat(), end_date=start)


def reckon_first_day(
    view: SentenceView,
    span: EventSpan,
    status: StatusReading,
    time: TimeExpression | None,
    document: Document,
) -> TimeExpression | None:
    """The time of an event from its first day, where the sentence tells of a later one; else the time as it is."""
    return _nth_day(view, span, status, time, document) or _count_back(
        view, span, status, time, document.text
    )


def _nth_day(
    view: SentenceView,
    span: EventSpan,
    status: StatusReading,
    time: TimeExpression | None,
    document: Document,
) -> TimeExpression | None:
    """The first day of what is in its second, third … day: "ended today, Thursday … *the second day of the meeting*",
    "talks go on *for the fourth day*", which without a date is that of writing."""
    verb = span.verb or 0
    if status.status != OCCURRED or not verb:
        return None
    number = next(filter(None, (_day_number(view, id) for id in range(1, len(view.words)))), 0)
    if not 1 < number <= _LONGEST:
        return None
    if time is None and is_imperfect(view, verb) and len(document.published or "") == _DAY:
        word = view.word(verb)
        time = TimeExpression(word.begin, word.end, document.published)
    if time is None or time.end_date or len(time.start_date or "") != _DAY:
        return None
    first = date.fromisoformat(time.start_date or "") - timedelta(days=number - 1)
    return replace(time, start_date=first.isoformat())


def _day_number(view: SentenceView, id: int) -> int:
    """Which day of something a word speaks of: "*its second day*", "*for the fourth day*", "*the second day of* the summit";
    0 if of none ("the following day", "a third day")."""
    if not view.is_one_of(id, view.lexicon.day):
        return 0
    at = id + 1 + view.has_pronoun(id)
    ordinal = view.lexicon.number_of(view.forms[at - 1]) if at <= len(view.words) else 0
    counted = view.has_pronoun(id) or view.case_of(id) == view.lexicon.counted
    of = at < len(view.words) and view.case_of(at + 2) == view.lexicon.counted and at + 2 <= len(view.words)
    return ordinal if counted or of else 0
