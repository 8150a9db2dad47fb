"""All events of a generation of the store as the explorer filters, draws and lists them, held in memory.

Three plain SELECTs (queries/explorer/) make it, so that it is had of any store. Filtering ten thousand rows in Python
takes some milliseconds, which no query that groups and sorts does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property

from pyoxigraph import Literal, NamedNode

from diplograph.catalog import Query, load_catalog
from diplograph.quads import decode, shared_graph
from diplograph.server.asking import Asking, select_first
from diplograph.server.rows import Row, value
from diplograph.server.service import Service
from diplograph.vocabulary import load_vocabulary

MOST_EVENTS = 100_000
"""How many events the explorer holds at most: the latest ones. A page says so when there are more."""

_PLACE = "place/"


@dataclass(frozen=True, slots=True)
class Thing:
    """An actor or place. ``key`` is the end of its IRI with its room: ``actor/Q159``."""

    key: str
    kind: str
    labels: Mapping[str, str]
    wikidata: str = ""
    country: str = ""
    represents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event. ``parts`` are pairs of a role and the key of who has it; dates are partial ISO dates, or empty."""

    key: str
    type: str
    status: str
    start: str
    end: str
    confidence: float | None
    reports: int
    labels: Mapping[str, str]
    parts: tuple[tuple[str, str], ...] = ()
    places: tuple[str, ...] = ()

    @property
    def earliest(self) -> str:
        """The first day that it may begin on; empty when that is not known."""
        return complete(self.start, "-01-01")

    @property
    def latest(self) -> str:
        """The last day that it may end on (the 31st of any month); empty when that is not known."""
        return complete(self.end or self.start, "-12-31")

    @property
    def actors(self) -> tuple[str, ...]:
        """Who took part, each once."""
        return tuple(dict.fromkeys(actor for _, actor in self.parts))


@dataclass(frozen=True)
class Table:
    """The events (the latest first, those without a date at the end), and the actors and places by their keys.

    ``cut`` says that there are more events than are held.
    """

    events: Sequence[EventRow] = ()
    things: Mapping[str, Thing] = field(default_factory=dict)
    cut: bool = False

    @cached_property
    def by_key(self) -> Mapping[str, EventRow]:
        """The events by their keys."""
        return {event.key: event for event in self.events}

    @cached_property
    def represented_by(self) -> Mapping[str, frozenset[str]]:
        """Who acts for an actor: itself, and those that represent it."""
        found: dict[str, set[str]] = {}
        for thing in self.things.values():
            for whom in thing.represents:
                found.setdefault(whom, set()).add(thing.key)
        return {key: frozenset((key, *found.get(key, ()))) for key in self.things}


def complete(date: str, rest: str) -> str:
    """A partial date with what it lacks of a day.

    >>> complete("2021-06", "-12-31")
    '2021-06-31'
    """
    return date + rest[len(date) - 4 :] if date else ""


class Tables:
    """Keeps the table of the newest generation; whoever asks while it is made waits for it."""

    def __init__(self) -> None:
        self._making: tuple[str, asyncio.Task[Table]] | None = None

    async def get(self, service: Service) -> Table:
        """The table. Raises Refusal as the queries do; they are asked again the next time then."""
        generation = service.generation()
        if self._making is None or self._making[0] != generation or _failed(self._making[1]):
            self._making = generation, asyncio.create_task(read_table(service))
        return await asyncio.shield(self._making[1])


def _failed(task: asyncio.Task[Table]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)


async def read_table(asking: Asking) -> Table:
    """The table of what is in the store now."""
    base = asking.settings.base
    graphs = {name: shared_graph(name, base=base) for name in ("events", "actors", "ontology")}
    events, parts, things = await asyncio.gather(
        _ask(asking, load_catalog("explorer").get("events"), graphs["events"]),
        _ask(asking, load_catalog("explorer").get("parts"), graphs["events"], graphs["ontology"]),
        _ask(asking, load_catalog("tables").get("actors"), graphs["actors"]),
    )

    def put_together() -> Table:
        name = _namer(base)
        found = _read_parts(parts, name)
        held = sorted((_read_event(row, found, name) for row in events), key=lambda event: event.key)
        held.sort(key=lambda event: event.start, reverse=True)
        return Table(
            held[:MOST_EVENTS],
            _read_things(things, name),
            len(events) > MOST_EVENTS,
        )

    return await asyncio.to_thread(put_together)


async def _ask(asking: Asking, query: Query, *graphs: NamedNode) -> list[Row]:
    """All rows. Other stores that give only so many at once give the rest only where these have an order."""
    text = query.text
    if asking.settings.upstream and "\nORDER BY" not in text:
        text += "\nORDER BY " + " ".join(f"?{name}" for name in query.columns)
    rows, _ = await select_first(asking, text, graphs=graphs)
    return rows


def _namer(base: str) -> Callable[[str], str]:
    """What an IRI is called in addresses: without the base, decoded; that of somebody else stays as it is."""
    known: dict[str, str] = {}

    def name(iri: str) -> str:
        found = known.get(iri)
        if found is None:
            found = known[iri] = decode(iri.removeprefix(base)) if iri.startswith(base) else iri
        return found

    return name


def _read_parts(rows: Sequence[Row], name: Callable[[str], str]) -> Mapping[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        found.setdefault(value(row, "event"), []).append((value(row, "role"), name(value(row, "thing"))))
    return found


def _read_event(row: Row, parts: Mapping[str, list[tuple[str, str]]], name: Callable[[str], str]) -> EventRow:
    iri = value(row, "event")
    said = parts.get(iri, [])
    confidence = value(row, "confidence")
    return EventRow(
        name(iri).removeprefix("event/"),
        value(row, "type"),
        value(row, "status"),
        value(row, "start"),
        value(row, "end"),
        float(confidence) if confidence else None,
        int(value(row, "reports") or 0),
        {language: text for language in ("ar", "en") if (text := value(row, f"label_{language}"))},
        tuple(sorted((part for part in said if not part[1].startswith(_PLACE)), key=_rank)),
        tuple(sorted(key for _, key in said if key.startswith(_PLACE))),
    )


def _rank(part: tuple[str, str]) -> tuple[int, str]:
    """Where a part stands among others: the roles in the order of the ontology, a narrower one before a wider one."""
    return _role_ranks().get(part[0], 0), part[1]


@cache
def _role_ranks() -> Mapping[str, int]:
    vocabulary = load_vocabulary()
    roles = sorted(vocabulary.actor_roles(), key=lambda role: -len(vocabulary.role_superproperties(role)))
    return {role: rank for rank, role in enumerate(roles)}


def _read_things(rows: Sequence[Row], name: Callable[[str], str]) -> Mapping[str, Thing]:
    """Actors and places of rows each of which says one thing about them."""
    said: dict[str, dict[str, list[str]]] = {}
    for row in rows:
        about = said.setdefault(name(value(row, "actor")), {})
        for column, found in row.items():
            about.setdefault(column, []).append(
                found.value if isinstance(found, Literal) else name(found.value)
            )
    return {
        key: Thing(
            key,
            about.get("kind", [""])[0],
            {code: about[f"label_{code}"][0] for code in ("ar", "en") if f"label_{code}" in about},
            about.get("wikidata", [""])[0],
            about.get("country", [""])[0],
            tuple(dict.fromkeys(about.get("represents", ()))),
        )
        for key, about in said.items()
    }
