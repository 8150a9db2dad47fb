"""Finding the time expressions of a stretch of text: match, resolve, and join what belongs together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from diplograph.model import TimeExpression
from diplograph.temporal.calendars import PartialDate, Tense, parse_partial, span
from diplograph.temporal.clocks import combine
from diplograph.temporal.grammar import compile_grammar, compile_pattern, letters
from diplograph.temporal.resolution import NAME, Reading, Resolver
from diplograph.temporal.scanning import Token, scan

_LOOK_BACK = 2000  # how many characters before a stretch «الشهر نفسه» may refer into

# What may stand between two readings that make one expression.
_GAPS = {
    "apposition": "comma? (?: in | equals )? (?: open | dash )? (?: a_day | equals )?",
    "clock": "(?: comma | dash | open )? (?: in | of )? (?: (?: in | of )? part of? )?",
    "zones": "close? (?: comma | dash | slash | and )? open?",
    "range": "comma? and? (?: to | until | dash )",
    "between": "and",
}


def find_times(
    text: str, begin: int, end: int, anchor: str | None, *, tense: Tense | None = None
) -> tuple[TimeExpression, ...]:
    """The time expressions of ``text[begin:end]``, in order, none overlapping another.

    ``anchor`` is the day of writing as a partial ISO date; ``tense`` that of the verb they go with: with ``future`` a
    bare «الخميس» is the next Thursday, otherwise the last one (today included). Dates are as precise as the text and
    the anchor permit; an expression that they do not date has ``start_date`` None.

    >>> text = "في 9 و10 كانون الثاني 2022"
    >>> [found] = find_times(text, 0, len(text), None)
    >>> found.start_date, found.end_date
    ('2022-01-09', '2022-01-10')

    Raises TimeError when the anchor is no partial date.
    """
    return _find(text, begin, end, parse_partial(anchor) if anchor else None, tense)


def _find(
    text: str, begin: int, end: int, anchor: PartialDate | None, tense: Tense | None
) -> tuple[TimeExpression, ...]:
    tokens = scan(text, begin, end)
    readings: list[Reading] = []
    earlier = partial(_earlier, text, begin, tokens, readings, anchor, tense)
    resolver = Resolver(tokens, anchor, tense, earlier)
    line = letters(tokens)
    grammar = compile_grammar()
    index = 0
    while index < len(tokens):
        reading = None
        if tokens[index].kind != "other":
            matches = [(name, match) for name, rule in grammar if (match := rule.match(line, index))]
            matches.sort(key=lambda found: -found[1].end())
            understood = (resolver.resolve(name, match) for name, match in matches)
            reading = next((found for found in understood if found), None)
        if reading is None:
            index += 1
        else:
            readings.append(reading)
            index = reading.last
    times = [reading for reading in readings if reading.role != NAME]
    return tuple(_express(reading, tokens) for reading in _join(times, tokens, line))


def _earlier(
    text: str,
    begin: int,
    tokens: tuple[Token, ...],
    readings: list[Reading],
    anchor: PartialDate | None,
    tense: Tense | None,
    before: int,
    day: bool = False,
) -> PartialDate | None:
    """The last date with a start that was said before an offset, if need be before the stretch that is read; with ``day``
    the last that is one day."""
    for reading in reversed(readings):
        date = reading.end or reading.start
        if date and tokens[reading.first].begin < before and (date.day or not day):
            return date
    if begin == 0:
        return None
    for found in reversed(_find(text, max(0, begin - _LOOK_BACK), begin, anchor, tense)):
        date = parse_partial(found.end_date or found.start_date) if found.start_date else None
        if date and (date.day or not day):
            return date
    return None


def _join(readings: list[Reading], tokens: tuple[Token, ...], line: str) -> list[Reading]:
    """The readings, neighbours that speak of one time made one."""
    for unite in (_unite_clocks, _unite_times):
        joined: list[Reading] = []
        for reading in readings:
            if joined and (one := unite(joined[-1], reading, tokens, line)):
                joined[-1] = one
            else:
                joined.append(reading)
        readings = joined
    return readings


def _fits(gap: str, left: Reading, right: Reading, line: str) -> bool:
    """Whether nothing but what the gap allows stands between two readings."""
    return bool(compile_pattern(_GAPS[gap]).fullmatch(line, left.last, right.first))


def _last(left: Reading, right: Reading, tokens: tuple[Token, ...]) -> int:
    """The end of the two together, with the bracket that closes what one between them opened."""
    last = right.last
    closes = last < len(tokens) and tokens[last].kind == "close"
    return last + 1 if closes and "open" in _kinds(tokens, left.last, right.first) else last


def _unite_clocks(left: Reading, right: Reading, tokens: tuple[Token, ...], line: str) -> Reading | None:
    """«16:25 بالتوقيت المحلي (21:25 بتوقيت غرينتش)»: one moment on two clocks."""
    if left.clock is None or right.clock is None or not _fits("zones", left, right, line):
        return None
    if bool(left.clock.zone) == bool(right.clock.zone):
        return None
    return replace(left, last=_last(left, right, tokens), clock=combine(left.clock, right.clock))


def _unite_times(left: Reading, right: Reading, tokens: tuple[Token, ...], line: str) -> Reading | None:
    """Two neighbours as one reading, None where they are two times."""
    fits = partial(_fits, left=left, right=right, line=line)
    last = _last(left, right, tokens)
    if "clock" in (left.role, right.role):
        if not fits("clock") or (left.clock and right.clock) or "period" in (left.role, right.role):
            return None
        dated = right if left.role == "clock" else left
        return replace(dated, first=left.first, last=last, clock=left.clock or right.clock)
    if {left.role, right.role} == {"day", "date"} and fits("apposition"):
        dated = left if left.role == "date" else right
        if len(str(dated.start)) < len("2018-06-14"):
            return None
        return replace(dated, first=left.first, last=last, clock=left.clock or right.clock)
    return _unite_dates(left, right, tokens, fits)


def _kinds(tokens: tuple[Token, ...], first: int, last: int) -> set[str]:
    return {token.kind for token in tokens[first:last]}


def _unite_dates(
    left: Reading, right: Reading, tokens: tuple[Token, ...], fits: Callable[[str], bool]
) -> Reading | None:
    """«15 رمضان 1442 الموافق 27 أبريل 2021» as one date, «من 28 ديسمبر إلى 3 يناير» as one stretch of time."""
    if left.role != "date" or right.role != "date" or left.clock or right.clock:
        return None
    if "equals" in _kinds(tokens, left.last, right.first) and fits("apposition"):
        return replace(right if right.start else left, first=left.first, last=right.last)
    before = tokens[left.first - 1].kind if left.first else ""
    if not (fits("range") or (before == "between" and fits("between"))):
        return None
    start, end = left.start, right.end or right.start
    if end is not None and right.dated and left.yearless:
        start = _before(
            *left.yearless, end
        )  # «من 28 ديسمبر إلى 3 يناير 2010»: the year of the one is the other's
    if left.end or start is None or end is None or str(start) >= str(end):
        return None
    return replace(left, last=right.last, start=start, end=end, dated=right.dated)


def _before(month: int, day: int | None, end: PartialDate) -> PartialDate | None:
    """A day or month in the last year that puts it before the end; None where there is no such day."""
    for year in (end.year, end.year - 1):
        found = span("gregorian", year, month, day)
        if found and str(found[0]) < str(end):
            return found[0]
    return None


def _express(reading: Reading, tokens: tuple[Token, ...]) -> TimeExpression:
    day = reading.start.exact if reading.start else None
    first, last = reading.first, reading.last
    if tokens[first].kind == "open" and tokens[last - 1].kind == "close":  # «(الاثنين)»
        first, last = first + 1, last - 1
    return TimeExpression(
        begin=tokens[first].begin,
        end=tokens[last - 1].end,
        start_date=str(reading.start) if reading.start else None,
        end_date=str(reading.end) if reading.end else None,
        start_time=reading.clock.format(day) if reading.clock else None,
    )
