"""Reading a string that is a date as a whole: a dateline, or the publication date of a page."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import parsedate_to_datetime

from diplograph.model import TimeError
from diplograph.temporal.calendars import of_day, parse_partial
from diplograph.temporal.finding import find_times
from diplograph.temporal.scanning import scan

_ISO_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}.*", re.ASCII | re.DOTALL)
_ENGLISH = ("%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y")


def read_date(text: str) -> str | None:
    """The partial ISO date that a string is, a clock time beside it being passed over; None when it is not a date.

    >>> read_date("31/12/2021"), read_date("31 ديسمبر 2021"), read_date("2021-12-31T06:41")
    ('2021-12-31', '2021-12-31', '2021-12-31')

    Takes numeric dates (year or day first), ISO 8601, RFC 2822, Arabic dates in any of the calendars, English ones.
    """
    text = text.strip()
    return _read_iso(text) or _read_numeric(text) or _read_arabic(text) or _read_english(text)


def _read_iso(text: str) -> str | None:
    match = _ISO_TIME.fullmatch(text)
    try:
        return str(parse_partial(match[1] if match else text))
    except TimeError:
        return None


def _read_numeric(text: str) -> str | None:
    tokens = scan(text, 0, len(text))
    days = [token.numeric for token in tokens if token.numeric]
    rest = {token.kind for token in tokens} - {"numeric", "clock", "comma", "dash", "weekday", "hour_mark"}
    return str(of_day(days[0])) if len(days) == 1 and not rest else None


def _read_arabic(text: str) -> str | None:
    found = [time for time in find_times(text, 0, len(text), None) if time.start_date]
    if len(found) != 1 or found[0].end_date:
        return None
    rest = scan(text, 0, found[0].begin) + scan(text, found[0].end, len(text))
    return None if any(token.kind == "other" for token in rest) else found[0].start_date


def _read_english(text: str) -> str | None:
    try:
        return parsedate_to_datetime(text).date().isoformat()
    except (ValueError, TypeError, IndexError):
        pass
    for form in _ENGLISH:
        try:
            return datetime.strptime(text, form).date().isoformat()
        except ValueError:
            continue
    return None
