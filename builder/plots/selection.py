"""Which events a picture or a report is of, by the filters of the canned questions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from diplograph.catalog import Query, bind, load_catalog, resolve
from diplograph.inspection import read_answer
from diplograph.model import QueryError
from diplograph.plots.dates import days_of, precision_of
from diplograph.store import Store


@dataclass(frozen=True, slots=True)
class Selection:
    """What events to take; None and 0 leave a filter out.

    ``type`` is a class of events (those below it count), ``actor`` a name, key, Wikidata id or IRI, ``first`` and
    ``last`` partial ISO dates, ``confidence`` the least there may be, from 0 to 1.

    >>> Selection(status="planned").values()
    {'status': 'planned'}
    """

    type: str | None = None
    status: str | None = None
    actor: str | None = None
    first: str | None = None
    last: str | None = None
    confidence: float = 0

    def values(self) -> dict[str, str]:
        """The filters as parameters of ``queries/overview/events.rq``. Raises QueryError for a confidence above 1."""
        if not 0 <= self.confidence <= 1:
            raise QueryError(f"confidence is a number from 0 to 1, not {self.confidence}")
        found = {
            "class": self.type,
            "status": self.status,
            "actor": self.actor,
            "from": self.first,
            "to": self.last,
            "confidence": f"{self.confidence:.6f}" if self.confidence else None,
        }
        return {name: value for name, value in found.items() if value is not None}


@dataclass(frozen=True)
class Chosen:
    """An event that was chosen: its values as text, empty where they are not known, and the days it may be on."""

    iri: str
    type: str
    status: str
    start: str
    end: str
    place_en: str
    place_ar: str
    confidence: float
    documents: int
    label_en: str
    label_ar: str

    def label(self, language: str) -> str:
        """What the event is, in this language or else the other."""
        return (self.label_ar or self.label_en) if language == "ar" else (self.label_en or self.label_ar)

    def place(self, language: str) -> str:
        """Where it is held, in this language or else the other; empty where that is not known."""
        return (self.place_ar or self.place_en) if language == "ar" else (self.place_en or self.place_ar)

    @cached_property
    def days(self) -> tuple[date, date] | None:
        """The first and the last day it may be on; None where no date is known."""
        begins = days_of(self.start) if self.start else None
        ends = days_of(self.end) if self.end else None
        if begins is None:
            return None
        return begins[0], max(begins[1], ends[1]) if ends else begins[1]

    @property
    def precision(self) -> str:
        """How precise its first date is: day, month or year."""
        return precision_of(self.start)


@dataclass(frozen=True, slots=True)
class Link:
    """What two actors have in common: an event, and whether it goes from ``source`` to ``target``."""

    source: str
    target: str
    directed: bool
    type: str
    event: str


def choose_events(store: Store, selection: Selection) -> tuple[Chosen, ...]:
    """The events of a selection in the order of time, those without a date first.

    Raises QueryError for an actor, class, status or date that there is not.

    >>> with Store.in_memory() as store:
    ...     choose_events(store, Selection())
    ()
    """
    query = load_catalog("overview").get("events")
    return tuple(_read_row(row) for row in ask(store, query, selection.values()))


def _read_row(row: tuple[str, ...]) -> Chosen:
    iri, type, status, start, end, place_en, place_ar, confidence, documents, label_en, label_ar = row
    return Chosen(
        iri, type, status, start, end, place_en, place_ar,
        float(confidence), int(documents), label_en, label_ar,
    )  # fmt: skip


def read_links(store: Store) -> tuple[Link, ...]:
    """The links between any two actors, one for each event they have in common, from ``queries/tables/network.rq``."""
    found = []
    for source, target, relation, type, _status, event, _start in ask(
        store, load_catalog("tables").get("network"), {}
    ):
        one, _, other = relation.partition("-")
        found.append(Link(source, target, one != other, type, event))
    return tuple(found)


def ask(store: Store, query: Query, values: dict[str, str]) -> Iterator[tuple[str, ...]]:
    """The rows of a canned question as text, in the order of its columns."""
    return read_answer(store.query(bind(query, resolve(store, query, values)))).rows
