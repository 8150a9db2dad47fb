"""Where to look for kinds of reports that can agree with one.

What agrees has the class and more actors in common than not (``agreement``): so the only actor where one of the two has
one, and else at least a pair. And it is near in time: a day where both say when it was, some weeks where the dates of
publication have to do. So every kind is filed under its class with each of its actors and each pair of them, with the
first day that it can mean; and those that can agree with it lie in a few stretches of days of these files. All that
agree are found there, and few others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import combinations

from diplograph.events.agreement import NEAR_DAYS, UNDATED_DAYS, Kind
from diplograph.events.values import first_day, last_day

_LONGEST = (0, 30, 365)  # days after the first that a kind of each level can mean, at most; more above them
_LAST = len(_LONGEST)
_UNDATED = _LAST + 1  # the levels of kinds that only a date of publication tells the time of
LEVELS = _UNDATED + len(_LONGEST)
EVER = 10_000_000  # days; more than there are between any two dates


@dataclass(frozen=True, slots=True)
class Span:
    """The days (as ordinals) that a kind can mean, and the level it is filed at: how many they are, and whether the
    text or only the date of publication says so."""

    level: int
    first: int
    last: int

    @property
    def dated(self) -> bool:
        """Whether the text says when it was."""
        return self.level < _UNDATED


def span_of(kind: Kind) -> Span | None:
    """When a kind can have been; None for one that agrees with no other: without actors, or without any date."""
    values = kind.values
    moment = values.start_date or kind.published
    if not values.fillers or not moment:
        return None
    first, last = first_day(moment).toordinal(), last_day(moment).toordinal()
    if values.start_date and values.end_date:
        last = max(last, first_day(values.end_date).toordinal())
    level = next((n for n, longest in enumerate(_LONGEST) if last - first <= longest), _LAST)
    return Span(level if values.start_date else level + _UNDATED, first, last)


def filed_under(kind: Kind) -> tuple[int, ...]:
    """The names of the files that a kind is in, as numbers."""
    keys = sorted({actor.key for actor in kind.actors})
    event_class = kind.values.event_class
    if len(keys) == 1:
        return (_name("alone", event_class, keys[0]),)
    singly = [_name("among others", event_class, key) for key in keys]
    return (*singly, *(_name("pair", event_class, *pair) for pair in combinations(keys, 2)))


def searched(kind: Kind) -> tuple[int, ...]:
    """The names of the files in which those are that can agree with a kind."""
    keys = sorted({actor.key for actor in kind.actors})
    event_class = kind.values.event_class
    alone = [_name("alone", event_class, key) for key in keys]
    if len(keys) == 1:
        return (*alone, _name("among others", event_class, keys[0]))
    return (*alone, *(_name("pair", event_class, *pair) for pair in combinations(keys, 2)))


def stretches(span: Span) -> Iterator[tuple[int, int, int]]:
    """For each level the first days between which those begin that can be near."""
    for level in range(LEVELS):
        reach = NEAR_DAYS if span.dated and level < _UNDATED else UNDATED_DAYS
        longest = EVER if level == _LAST else _LONGEST[level % _UNDATED]
        yield level, span.first - reach - longest, span.last + reach


def _name(*words: str) -> int:
    digest = blake2b("\n".join(words).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
