"""What a report says: the answers to canned questions, and the events with the words that they rest on.

Everything is bounded here, and what was left out is counted, so that a report of ten thousand events can be mailed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby, zip_longest
from typing import Any

from diplograph.catalog import bind, load_catalog
from diplograph.inspection import Quote, read_answer
from diplograph.plots.selection import Chosen, Selection, ask, choose_events
from diplograph.report.highlighting import Segment, cut
from diplograph.report.highlighting import shorten as shorten_segments
from diplograph.resources import read_toml
from diplograph.store import Store
from diplograph.vocabulary import load_vocabulary

_TERMS = ("type", "status", "aspect")  # the columns whose values are names of the ontology
_WHOLE = "eventClass"  # the aspect of the quote of an event as a whole


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence of a document, the evidence in it marked."""

    document: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A role, and who has it; the names are (English, Arabic), either of which may be empty."""

    role: str
    actors: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """An event in the table of events; ``anchor`` is its place in the report."""

    event: Chosen
    anchor: str
    parts: tuple[Part, ...]
    passages: tuple[Passage, ...]
    more_passages: int
    disputed: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a table: a text in English and Arabic, and where it leads, if anywhere (``#…`` or an address)."""

    en: str
    ar: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The answer to a question; ``left_out`` rows are in the answer to ``command`` only."""

    name: str
    titles: Mapping[str, str]
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    left_out: int
    command: str


@dataclass(frozen=True, slots=True)
class Content:
    """All that a report says. ``counts`` has a row for each class: its name, how many events, and of each status."""

    documents: int
    statuses: tuple[str, ...]
    counts: tuple[tuple[str, tuple[int, ...]], ...]
    rows: tuple[Row, ...]
    left_out: int
    chosen: tuple[Chosen, ...]
    tables: tuple[Table, ...]


@cache
def load_texts() -> Mapping[str, Any]:
    """``report.toml``: the words of a report, its sections and limits."""
    return read_toml("report", "report.toml")


def gather(store: Store, *, events: int | None = None) -> Content:
    """What a report of a store says, with so many events at most (as ``report.toml`` has it by default)."""
    limits = load_texts()["limits"]
    most = limits["events"] if events is None else events
    chosen = choose_events(store, Selection())
    latest = sorted(chosen[max(len(chosen) - most, 0) :], key=lambda event: not event.start)  # undated last
    labels = _Labels(store, chosen, {event.iri for event in latest})
    tables = tuple(_read_table(store, section, labels, limits) for section in load_texts()["sections"])
    disputed = {row[0] for row in ask(store, load_catalog().get("disagreements"), {})}
    parts = _read_parts(store, {event.iri for event in latest})
    rows = tuple(_read_row(store, event, parts.get(event.iri, ()), event.iri in disputed) for event in latest)
    statuses, counts = _count(chosen)
    documents = len(store.document_ids())
    return Content(documents, statuses, counts, rows, len(chosen) - len(latest), chosen, tables)


def _count(chosen: Sequence[Chosen]) -> tuple[tuple[str, ...], tuple[tuple[str, tuple[int, ...]], ...]]:
    statuses, known = load_vocabulary().statuses(), load_vocabulary().event_classes()
    names = [*known, *sorted({event.type for event in chosen} - set(known))]
    counts = []
    for name in names:
        of_class = [event.status for event in chosen if event.type == name]
        if of_class:
            counts.append((name, (len(of_class), *(of_class.count(status) for status in statuses))))
    return statuses, tuple(counts)


# --- Events ------------------------------------------------------------------------------------------------------------


def _read_parts(store: Store, events: set[str]) -> dict[str, tuple[Part, ...]]:
    rows = [row for row in ask(store, load_catalog("overview").get("parts"), {}) if row[0] in events]
    found: dict[str, tuple[Part, ...]] = {}
    for (event, role), members in groupby(rows, key=lambda row: row[:2]):
        part = Part(role, tuple((name_en, name_ar) for *_, name_en, name_ar in members))
        found[event] = (*found.get(event, ()), part)
    return found


def _read_row(store: Store, event: Chosen, parts: tuple[Part, ...], disputed: bool) -> Row:
    limits = load_texts()["limits"]
    passages = _read_passages(store, event.iri)
    shown = tuple(passages[: limits["evidence"]])
    return Row(event, anchor_of(event.iri, store.base), parts, shown, len(passages) - len(shown), disputed)


def anchor_of(event: str, base: str) -> str:
    """The place of an event in a report: the end of its IRI, whose percent signs no link could take."""
    return "event-" + event.removeprefix(f"{base}event/").replace("%", ".")


def _read_passages(store: Store, event: str) -> list[Passage]:
    """The sentences behind an event with the evidence marked: the best one of each document, then the second best …"""
    rows = [
        (document, aspect, int(begin), int(end), quote)
        for _, document, aspect, _, begin, end, quote, _ in ask_of(store, "event-evidence", event)
    ]
    of_documents = [
        [
            Passage(document, segments)
            for segments in mark([(b, e, quote, aspect) for _, aspect, b, e, quote in members])
        ]
        for document, members in groupby(rows, key=lambda row: row[0])
    ]
    for passages in of_documents:
        passages.sort(key=lambda passage: -_support(passage))
    return [passage for rank in zip_longest(*of_documents) for passage in rank if passage is not None]


def _support(passage: Passage) -> int:
    """How many values of an event a sentence supports."""
    return len({aspect for segment in passage.segments for aspect in segment.aspects})


def ask_of(store: Store, name: str, event: str) -> Iterator[tuple[str, ...]]:
    """The rows of a canned question about the event with this IRI."""
    return read_answer(store.query(bind(load_catalog().get(name), {"event": event}))).rows


def mark(quotes: Sequence[tuple[int, int, str, str]]) -> list[tuple[Segment, ...]]:
    """The quotes (begin, end, text, aspect) of an event as a whole, each once, with the evidence of the others marked.

    Where a report has no quote of the whole, its other quotes stand alone.
    """
    characters = load_texts()["limits"]["characters"]
    whole = dict.fromkeys((begin, text) for begin, _, text, aspect in quotes if aspect == _WHOLE)
    spans = [(begin, end, aspect) for begin, end, _, aspect in quotes if aspect != _WHOLE]
    if not whole:
        whole = dict.fromkeys((begin, text) for begin, _, text, _ in quotes)
    return [shorten_segments(cut(text, begin, spans), characters) for begin, text in whole]


def mark_quotes(quotes: Sequence[Quote]) -> list[tuple[Segment, ...]]:
    """The quotes of an explained report, as :func:`mark` gives them."""
    return mark([(q.begin, q.end, q.text, aspect) for q in quotes for aspect in q.aspects])


# --- Tables ------------------------------------------------------------------------------------------------------------


class _Labels:
    """What the IRIs in answers are called, and which events a report has."""

    def __init__(self, store: Store, chosen: Sequence[Chosen], shown: set[str]) -> None:
        self.base, self.shown = store.base, shown
        self.events = {event.iri: event for event in chosen}
        self.things = {iri.value: thing for iri, thing in store.things().items()}

    def cell(self, value: str) -> Cell:
        """A value: an event, actor or place by its label, an address as a link, anything else as it is."""
        if event := self.events.get(value):
            link = "#" + anchor_of(value, self.base) if value in self.shown else ""
            return Cell(event.label("en"), event.label("ar"), link)
        if thing := self.things.get(value):
            return Cell(thing.label_en or thing.label_ar, thing.label_ar or thing.label_en or "")
        if value.startswith(f"{self.base}ontology#"):
            return term_cell(value.rpartition("#")[2])
        return Cell(value, value, value if value.startswith(("http://", "https://")) else "")


def term_cell(name: str) -> Cell:
    """A name of the ontology by its labels; any other name as it is."""
    vocabulary = load_vocabulary()
    if name not in vocabulary.names():
        return Cell(name, name)
    return Cell(vocabulary.label(name, "en"), vocabulary.label(name, "ar"))


def _read_table(
    store: Store, section: Mapping[str, Any], labels: _Labels, limits: Mapping[str, int]
) -> Table:
    query = load_catalog().get(section["query"])
    answer = list(ask(store, query, {}))
    columns: tuple[str, ...] = tuple(section["columns"])
    rows = tuple(
        tuple(_cell(dict(zip(query.columns, row, strict=True)), column, labels, limits) for column in columns)
        for row in answer[: limits["rows"]]
    )
    command = f"diplograph query {query.name}"
    titles = {language: section[language] for language in ("en", "ar")}
    return Table(section["name"], titles, columns, rows, len(answer) - len(rows), command)


def _cell(row: Mapping[str, str], column: str, labels: _Labels, limits: Mapping[str, int]) -> Cell:
    if column not in row:
        en, ar = row[f"{column}_en"], row[f"{column}_ar"]
        return Cell(en or ar, ar or en)
    if column in _TERMS:
        return term_cell(row[column])
    cell = labels.cell(row[column])
    most = limits["characters"]
    if len(cell.en) > most or len(cell.ar) > most:
        return Cell(*(text if len(text) <= most else text[:most] + "…" for text in (cell.en, cell.ar)))
    return cell
