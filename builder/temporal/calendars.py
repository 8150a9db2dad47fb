"""Partial dates, and the calendars they may be said in."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from diplograph.model import TimeError

Tense = Literal["past", "told", "future"]  # "told": surely past

_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
# How much farther off a date ahead counts (in December a bare June is this year's), one against the verb's tense more.
_AHEAD, _CONTRARY = 1.25, 1.5
_TOLD = 5  # … and one of what surely happened, which no date two months ahead means


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A Gregorian year, month or day. ``str()`` gives it in ISO 8601: 2018, 2018-06 or 2018-06-14."""

    year: int
    month: int | None = None
    day: int | None = None

    def __str__(self) -> str:
        parts = [f"{self.year:04d}"]
        parts += [f"{part:02d}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)

    @property
    def exact(self) -> date | None:
        """The day, when it is known to the day."""
        return date(self.year, self.month, self.day) if self.month and self.day else None

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last(self) -> date:
        """Its last day."""
        month = self.month or 12
        return date(self.year, month, self.day or monthrange(self.year, month)[1])

    @property
    def middle(self) -> date:
        """The day in its middle."""
        return self.first + (self.last - self.first) / 2


def parse_partial(value: str) -> PartialDate:
    """A partial ISO date: a year, a month or a day.

    >>> parse_partial("2018-06")
    PartialDate(year=2018, month=6, day=None)

    Raises TimeError when it is not written so, or when no calendar has it.
    """
    match = _ISO.fullmatch(value)
    if match is None:
        raise TimeError(f"{value!r} is not a date; write it as 2018, 2018-06 or 2018-06-14")
    year, month, day = (int(part) if part else None for part in match.groups())
    found = PartialDate(year or 0, month, day)
    try:
        _ = found.first, found.last
        if month == 0 or day == 0:
            raise ValueError("there is no month or day 0")
    except ValueError as error:
        raise TimeError(f"no calendar has the date {value!r} ({error}); mend the date") from error
    return found


def check_partial_date(value: str) -> None:
    """Whether this is a partial ISO date that exists: 2018, 2018-06 or 2018-06-14. Raises TimeError when it is not.

    >>> check_partial_date("2021-02-28")
    """
    parse_partial(value)


def of_day(day: date) -> PartialDate:
    """A day as a partial date."""
    return PartialDate(day.year, day.month, day.day)


def add_months(month: PartialDate, count: int) -> PartialDate:
    """The month that many months after (before, when negative)."""
    years, index = divmod((month.month or 1) - 1 + count, 12)
    return PartialDate(month.year + years, index + 1)


def add_days(day: PartialDate, count: int) -> PartialDate:
    """The day that many days after (before, when negative); the day must be known."""
    return of_day(day.first + timedelta(days=count))


def to_gregorian(calendar: str, year: int, month: int, day: int) -> date | None:
    """A day of the gregorian, hijri (Umm al-Qura) or solar (Iranian) calendar; None where there is no such day."""
    try:
        if calendar == "hijri":
            from hijridate import Hijri

            return date.fromisoformat(Hijri(year, month, day).to_gregorian().isoformat())
        if calendar == "solar":
            from persiantools.jdatetime import JalaliDate

            solar = JalaliDate(year, month, day)  # type: ignore[no-untyped-call]
            return date.fromisoformat(solar.to_gregorian().isoformat())
        return date(year, month, day)
    except (ValueError, OverflowError):  # OverflowError: beyond the tables of hijridate (1343 to 1500)
        return None


def year_in(calendar: str, day: date) -> int | None:
    """The year of a calendar that a day lies in, None beyond the calendar's tables."""
    try:
        if calendar == "hijri":
            from hijridate import Gregorian

            return int(Gregorian(day.year, day.month, day.day).to_hijri().year)
        if calendar == "solar":
            from persiantools.jdatetime import JalaliDate

            return int(JalaliDate(day).year)  # type: ignore[no-untyped-call]
    except (ValueError, OverflowError):
        return None
    return day.year


def span(calendar: str, year: int, month: int, day: int | None) -> tuple[PartialDate, PartialDate] | None:
    """The first and last partial date of a day or month of a calendar: one and the same if it is Gregorian."""
    if day is not None:
        exact = to_gregorian(calendar, year, month, day)
        return (of_day(exact), of_day(exact)) if exact else None
    if calendar == "gregorian":
        if not (1 <= year <= 9999 and 1 <= month <= 12):
            return None
        return PartialDate(year, month), PartialDate(year, month)
    first = to_gregorian(calendar, year, month, 1)
    after = to_gregorian(calendar, *((year, month + 1) if month < 12 else (year + 1, 1)), 1)
    if first is None or after is None:
        return None
    return of_day(first), of_day(after - timedelta(days=1))


def choose_year(
    calendar: str, month: int, day: int | None, anchor: PartialDate, relative: str, tense: Tense | None
) -> int | None:
    """The year that a day or month without a year most likely means.

    After «المقبل» the first one after the anchor, after «الماضي» the last one before it; otherwise the one nearest to
    the anchor, within about half a year, the tense tilting the balance. None when the anchor is not precise enough.
    """
    base = year_in(calendar, anchor.middle)
    if base is None:
        return None
    if relative in ("next", "last") and anchor.month is None:
        return None
    candidates = []
    for year in (base - 1, base, base + 1):
        found = span(calendar, year, month, day)
        if found is None:
            continue
        first, last = found[0].first, found[1].last
        if relative == "next" and first <= anchor.first or relative == "last" and last >= anchor.last:
            continue
        distance = abs((first + (last - first) / 2) - anchor.middle) / timedelta(days=1)
        if first > anchor.last and tense != "future":
            distance *= {"told": _TOLD, "past": _CONTRARY}.get(tense or "", _AHEAD)
        elif last < anchor.first and tense == "future":
            distance *= _CONTRARY
        candidates.append((distance, year))
    return min(candidates)[1] if candidates else None
