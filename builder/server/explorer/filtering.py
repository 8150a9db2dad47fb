"""Which events a view shows: the filter as it stands in an address, and what it lets through."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from diplograph.server.errors import Refusal
from diplograph.server.explorer.table import EventRow, Table, complete
from diplograph.vocabulary import load_vocabulary

_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


@dataclass(frozen=True, slots=True)
class Filter:
    """What is asked for; of several values of one kind any will do, and an empty kind lets all through.

    An event is in the period when it may have been: one that is dated to a month is in each of its days. With a
    period or a least confidence, events without a date or a confidence are left out.
    """

    types: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()
    actors: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    begin: str = ""
    end: str = ""
    confidence: float = 0.0

    def chosen(self, table: Table) -> list[EventRow]:
        """The events that it lets through, in the order of the table."""
        if self == Filter():
            return list(table.events)
        acting = [table.represented_by.get(actor, frozenset((actor,))) for actor in self.actors]
        return [event for event in table.events if self._lets(event, acting)]

    def without(self, field: str) -> Filter:
        """The same filter but for one of its kinds."""
        empty: Any = frozenset()
        return replace(self, **{field: empty})

    def _lets(self, event: EventRow, acting: Sequence[frozenset[str]]) -> bool:
        return (
            (not self.types or event.type in self.types)
            and (not self.statuses or event.status in self.statuses)
            and (not self.places or not self.places.isdisjoint(event.places))
            and all(not who.isdisjoint(event.actors) for who in acting)
            and (not self.begin or event.latest >= self.begin)
            and (not self.end or "" < event.earliest <= self.end)
            and (not self.confidence or (event.confidence or 0.0) >= self.confidence)
        )


def read_filter(fields: Iterable[tuple[str, str]]) -> Filter:
    """The filter in a query string: ``type``, ``status``, ``actor``, ``place`` (each may be repeated; all actors must
    have taken part, themselves or by who represents them), ``from``, ``to`` (partial dates), ``confidence`` (0 to 1).

    Raises Refusal (400) for a value that cannot be.

    >>> read_filter([("from", "2021"), ("to", "2021-06")]).end
    '2021-06-31'
    """
    said: dict[str, list[str]] = {}
    for name, text in fields:
        if text.strip():
            said.setdefault(name, []).append(text.strip())
    try:
        confidence = float(said.get("confidence", ["0"])[0])
    except ValueError:
        raise _wrong("confidence", said["confidence"][0], "a number from 0 to 1") from None
    if not 0 <= confidence <= 1:
        raise _wrong("confidence", said["confidence"][0], "a number from 0 to 1")
    return Filter(
        types=frozenset(name for asked in said.get("type", ()) for name in _with_subclasses(asked)),
        statuses=frozenset(map(_status, said.get("status", ()))),
        actors=frozenset(f"actor/{key}" for key in said.get("actor", ())),
        places=frozenset(f"place/{key}" for key in said.get("place", ())),
        begin=_date("from", said, "-01-01"),
        end=_date("to", said, "-12-31"),
        confidence=confidence,
    )


def _with_subclasses(name: str) -> tuple[str, ...]:
    vocabulary = load_vocabulary()
    if name not in vocabulary.names("Class"):
        raise _wrong("type", name, "a class of events: " + ", ".join(vocabulary.event_classes()))
    return name, *vocabulary.subclasses(name)


def _status(name: str) -> str:
    known = load_vocabulary().statuses()
    if name not in known:
        raise _wrong("status", name, " or ".join(known))
    return name


def _date(name: str, said: dict[str, list[str]], rest: str) -> str:
    text = said.get(name, [""])[0]
    if text and not _DATE.fullmatch(text):
        raise _wrong(name, text, "a date: 2021, 2021-12 or 2021-12-30")
    return complete(text, rest)


def _wrong(name: str, text: str, wanted: str) -> Refusal:
    return Refusal(400, f'{name}: "{text}" is not {wanted}', parameter=name)
