"""Clock times and their zones."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from diplograph.temporal.scanning import Token

_FRACTIONS = {"half": 30, "third": 20, "quarter": 15}
_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day in minutes after midnight; ``zone`` is an IANA name, or empty where it is not said.

    ``offset`` is the distance from UTC in minutes, where that is known otherwise.
    """

    minute: int
    zone: str = ""
    offset: int | None = None

    def format(self, day: date | None) -> str:
        """As ISO 8601, with the offset from UTC where it is known: at once for UTC, else through the day's zone.

        >>> Clock(21 * 60 + 25, "UTC").format(None)
        '21:25+00:00'
        """
        clock = time(*divmod(self.minute, 60))
        offset = timedelta(minutes=self.offset) if self.offset is not None else self._zone_offset(day, clock)
        if offset is not None:
            clock = clock.replace(tzinfo=timezone(offset))
        return clock.isoformat(timespec="minutes")

    def _zone_offset(self, day: date | None, clock: time) -> timedelta | None:
        if self.zone == "UTC":
            return timedelta()
        if not self.zone or day is None:
            return None
        try:
            return datetime.combine(day, clock, ZoneInfo(self.zone)).utcoffset()
        except ZoneInfoNotFoundError:  # a system without time zone data
            return None


def read_clock(tokens: tuple[Token, ...]) -> Clock | None:
    """The clock time that the tokens of a match say, None if it is none.

    «الساعة الثامنة والنصف مساء بتوقيت القاهرة» is half past eight in the evening, in Africa/Cairo.
    """
    minute = _base(tokens)
    if minute is None:
        return None
    minute += _added(tokens)
    part = next((token.sense.name for token in tokens if token.kind == "part"), "")
    zone = next((token.sense.name for token in tokens if token.kind == "zone"), "")
    minute = _in_part_of_day(minute, part)
    return Clock(minute, zone) if 0 <= minute < _DAY else None


def _base(tokens: tuple[Token, ...]) -> int | None:
    """The minutes of the hour that is named, before «والنصف» and the like."""
    for token in tokens:
        if token.clock is not None:
            return token.clock[0] * 60 + token.clock[1]
        if token.kind == "decimal":  # «الساعة 16.25»
            hour, minute = map(int, re.split(r"\D", token.word)[:2])
            return hour * 60 + minute if hour <= 24 and minute < 60 else None
        if token.kind in ("hour", "number"):
            return token.sense.value % 24 * 60 if token.sense.value <= 24 else None
    return None


def _added(tokens: tuple[Token, ...]) -> int:
    """The minutes of «والنصف», «وعشرين دقيقة», «إلا ربعا»."""
    for sign, token in pairwise(tokens):
        if sign.kind in ("and", "except"):
            minutes = _FRACTIONS.get(token.kind, token.sense.value)
            return -minutes if sign.kind == "except" else minutes
    return 0


def _in_part_of_day(minute: int, part: str) -> int:
    """The minute of the day on the 24 hour clock: nine in the evening is 21, one at noon 13, twelve at night 0."""
    hour = minute // 60
    if hour > 12 or not part:
        return minute
    later = {
        "noon": hour < 10,
        "afternoon": hour < 12,
        "evening": hour < 12,
        "night": 5 < hour < 12,
    }.get(part, False)
    midnight = hour == 12 and part in ("night", "dawn")
    return minute + _DAY // 2 if later else minute - _DAY // 2 if midnight else minute


def combine(local: Clock, other: Clock) -> Clock:
    """One moment said on two clocks: the one with a known zone.

    Where the zone's clock is already on another day than the local one (22:00, in Greenwich 03:00) the local time is
    kept, with the distance of the two as its offset, so that it goes with the local date.
    """
    known, unknown = (other, local) if other.zone else (local, other)
    if known.zone != "UTC":
        return known
    offset = (unknown.minute - known.minute + _DAY // 2) % _DAY - _DAY // 2
    same_day = 0 <= unknown.minute - offset < _DAY
    return known if same_day else Clock(unknown.minute, offset=offset)
