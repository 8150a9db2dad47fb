"""How long: lengths of hours and minutes, and how many days."""

from __future__ import annotations

import re

from diplograph.model import DurationExpression
from diplograph.temporal.grammar import compile_pattern, letters
from diplograph.temporal.lexicon import load_lexicon
from diplograph.temporal.scanning import Token, scan

_FRACTION = "(?: half | third | two_thirds | quarter | three_quarters )"
_MINUTES = "(?: number a_minute | a_minute )"
_HOUR = "(?: a_hour | hour_mark )"
_PATTERN = f"""
    (?P<ABOUT> about )?
    (?:
        (?P<PART> {_FRACTION} ) {_HOUR}
      | (?P<COUNT> number | decimal )? (?P<HOURS> a_hour ) (?P<COMPLETE> number )?
            (?: and (?P<MORE> {_FRACTION} ) {_HOUR}? | and (?P<MINUTES_MORE> {_MINUTES} )
              | except (?P<LESS> {_FRACTION} | number a_minute ) )?
      | (?P<MINUTES> {_MINUTES} )
    )
"""
_FRACTIONS = {"half": 30, "third": 20, "two_thirds": 40, "quarter": 15, "three_quarters": 45}
_DAYS = "(?P<COUNT> number )? (?P<UNIT> a_day )"
# «خلال 24 ساعة», «بعد ساعتين», «بضع ساعات»: when, or no one knows how long
_RANGE = ("or", "to", "until", "dash")  # «من ساعة إلى ساعتين»: no one length
_NOT_AFTER = frozenset(("ago", "after", "in", "few", "between"))


def find_durations(text: str, begin: int, end: int) -> tuple[DurationExpression, ...]:
    """The lengths in hours and minutes that ``text[begin:end]`` names, in order, none overlapping another.

    >>> find_durations("استمرت المكالمة ساعة ونصف الساعة", 0, 32)[0].minutes
    90

    Days and longer are no lengths of an event; nor are points in time («الساعة 16:25», «قبل ساعتين», «خلال 24 ساعة»).
    """
    tokens = scan(text, begin, end)
    line = letters(tokens)
    pattern = compile_pattern(_PATTERN)
    found = []
    index = 0
    while index < len(tokens):
        match = pattern.match(line, index)
        minutes = _measure(tokens, match) if match else None
        if match and minutes:
            first = match.end("ABOUT") if match["ABOUT"] else match.start()
            found.append(DurationExpression(tokens[first].begin, tokens[match.end() - 1].end, minutes))
        index = match.end() if match else index + 1
    return tuple(found)


def count_days(text: str, begin: int, end: int) -> int | None:
    """How many days the first length of days in ``text[begin:end]`` has; None where there is none.

    >>> count_days("قمة استمرت ثلاثة أيام", 0, 21), count_days("قمة قبل يومين", 0, 13)
    (3, None)
    """
    tokens = scan(text, begin, end)
    for match in compile_pattern(_DAYS).finditer(letters(tokens)):
        unit, first = tokens[match.end() - 1].sense, match.start()
        if first and tokens[first - 1].kind in (*_NOT_AFTER, *_RANGE):
            continue
        if match["COUNT"]:
            return tokens[first].sense.value
        if unit.count == 2:
            return unit.count
    return None


def _measure(tokens: tuple[Token, ...], match: re.Match[str]) -> int | None:
    """The minutes of a match, None where the words are no length."""
    if _is_point(tokens, match):
        return None
    kinds = {name: tokens[place] for name in match.groupdict() if (place := match.start(name)) >= 0}
    if "PART" in kinds:
        return _FRACTIONS[kinds["PART"].kind]
    if "MINUTES" in kinds:
        return _minutes(tokens, match, "MINUTES")
    hours = _hours(tokens, match)
    if hours is None:
        return None
    more = _FRACTIONS[kinds["MORE"].kind] if "MORE" in kinds else 0
    if "MINUTES_MORE" in kinds:
        more = _minutes(tokens, match, "MINUTES_MORE") or 0
    if "LESS" in kinds:
        more = -_FRACTIONS.get(kinds["LESS"].kind, kinds["LESS"].sense.value)
    return round(hours * 60) + more


def _is_point(tokens: tuple[Token, ...], match: re.Match[str]) -> bool:
    """Whether what stands beside it makes it a point in time, a rate, or the end of a range."""
    first = match.start()
    after = [token.kind for token in tokens[match.end() : match.end() + 3]]
    if (
        after[:1]
        and after[0] in _RANGE
        and after[1:2] == ["number"]
        and after[2:] in (["a_hour"], ["a_minute"])
    ):
        return True
    if not first:
        return False
    before = tokens[first - 1]
    if before.kind in _NOT_AFTER or before.word in load_lexicon().guards["hour_determiners"]:
        return True
    ranged = before.kind in ("and", *_RANGE) and first > 1
    return ranged and tokens[first - 2].kind in ("number", "hour", "clock", "a_hour", "a_minute")


def _hours(tokens: tuple[Token, ...], match: re.Match[str]) -> float | None:
    """The whole (or decimal) hours: «ثلاث ساعات», «ساعتين», «ساعة», «ساعة واحدة», «1.5 ساعة»."""
    unit = tokens[match.start("HOURS")].sense
    if match["COUNT"]:
        count = tokens[match.start("COUNT")]
        if count.kind == "decimal":
            whole, part, *more = re.split(r"\D", count.word)
            return None if more or len(part) > 2 else float(f"{whole}.{part}")
        return count.sense.value
    if match["COMPLETE"] and tokens[match.start("COMPLETE")].sense.value != 1:
        return None  # «ساعة 16»
    if unit.count == 1 and not match["ABOUT"] and match.end("HOURS") == match.end() < len(tokens):
        after, lexicon = tokens[match.end()], load_lexicon()
        if (
            after.word.startswith(lexicon.article)
            or after.word in lexicon.guards["hour_adjectives"]
            or after.clock
        ):
            return None  # «ساعة الصفر», «ساعة متأخرة»
    return unit.count or None


def _minutes(tokens: tuple[Token, ...], match: re.Match[str], group: str) -> int | None:
    """«خمسين دقيقة», «دقيقتين»; a bare «دقيقة» is more often the adjective ("precise")."""
    first, last = match.span(group)
    unit = tokens[last - 1].sense
    if last - first > 1:
        return tokens[first].sense.value
    return unit.count if unit.count == 2 else None
