"""Partial dates as days: which days they may mean, and the units in which many of them are counted."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

UNITS = ("day", "month", "year", "decade", "century")
"""What a bar can stand for, the finest first."""

_PRECISION = {4: "year", 7: "month", 10: "day"}
_YEARS = {"year": 1, "decade": 10, "century": 100}


def days_of(partial: str) -> tuple[date, date] | None:
    """The first and the last day that a partial ISO date may mean; None for what is no date of the calendar.

    >>> days_of("2022-02")
    (datetime.date(2022, 2, 1), datetime.date(2022, 2, 28))
    """
    try:
        numbers = [int(part) for part in partial.split("-")]
        match numbers:
            case [year]:
                return date(year, 1, 1), date(year, 12, 31)
            case [year, month]:
                return date(year, month, 1), date(year, month, monthrange(year, month)[1])
            case [year, month, day]:
                return date(year, month, day), date(year, month, day)
    except ValueError:
        pass
    return None


def precision_of(partial: str) -> str:
    """How precise a partial date is: day, month or year.

    >>> precision_of("2022-02")
    'month'
    """
    return _PRECISION.get(len(partial), "year")


def begin_of(day: date, unit: str) -> date:
    """The first day of the unit that a day is in.

    >>> begin_of(date(1987, 6, 5), "decade")
    datetime.date(1980, 1, 1)
    """
    if unit == "day":
        return day
    if unit == "month":
        return day.replace(day=1)
    years = _YEARS[unit]
    return date(max(1, day.year // years * years), 1, 1)


def next_begin(begin: date, unit: str) -> date:
    """The first day of the unit after the one that begins on this day; the last day there is, where none follows."""
    try:
        if unit == "day":
            return begin + timedelta(days=1)
        if unit == "month":
            return date(begin.year + begin.month // 12, begin.month % 12 + 1, 1)
        years = _YEARS[unit]
        return date((begin.year // years + 1) * years, 1, 1)
    except (ValueError, OverflowError):
        return date.max


def begins_between(first: date, last: date, unit: str, *, most: int = 1000) -> tuple[date, ...]:
    """The first days of all units from the one that ``first`` is in to that of ``last``; at most ``most`` + 1."""
    return tuple(_take(_begins(begin_of(first, unit), last, unit), most + 1))


def _begins(begin: date, last: date, unit: str) -> Iterator[date]:
    while begin <= last:
        yield begin
        following = next_begin(begin, unit)
        if following <= begin or following == date.max:
            return
        begin = following


def _take(dates: Iterator[date], count: int) -> Iterator[date]:
    for _, day in zip(range(count), dates, strict=False):
        yield day


def choose_unit(first: date, last: date, most: int) -> str:
    """The finest unit of which no more than ``most`` lie between two days, else the coarsest.

    >>> choose_unit(date(2021, 1, 1), date(2022, 12, 31), 120)
    'month'
    """
    for unit in UNITS:
        if len(begins_between(first, last, unit, most=most)) <= most:
            return unit
    return UNITS[-1]


_STEPS = {
    "day": (1, 2, 7, 14),
    "month": (1, 3, 6, 12, 24, 60),
    "year": (1, 2, 5, 10, 20, 50),
    "decade": (1, 2, 5),
}


def round_begins(begins: Sequence[date], unit: str, most: int) -> tuple[date, ...]:
    """No more than ``most`` of these first days of units, the roundest: every January, every tenth year …

    >>> round_begins([date(year, 1, 1) for year in range(1988, 2023)], "year", 4)
    (datetime.date(1990, 1, 1), datetime.date(2000, 1, 1), datetime.date(2010, 1, 1), datetime.date(2020, 1, 1))
    """
    for step in _STEPS.get(unit, (1, 2, 5)):
        kept = tuple(day for day in begins if _number(day, unit) % step == 0)
        if len(kept) <= most:
            return kept or tuple(begins[:1])
    return kept[:: len(kept) // max(most, 1) + 1]


def _number(day: date, unit: str) -> int:
    if unit == "day":
        return day.toordinal()
    if unit == "month":
        return day.year * 12 + day.month - 1
    return day.year // _YEARS[unit]


def write_unit(begin: date, unit: str) -> str:
    """A unit as a partial ISO date.

    >>> write_unit(date(1980, 1, 1), "decade")
    '1980'
    """
    return begin.isoformat()[: {"day": 10, "month": 7}.get(unit, 4)]
