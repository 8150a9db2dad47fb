"""The graph for programs and notebooks: open a store, ask it, see an event, draw.

::

    from diplograph import Graph

    with Graph.open("diplograph-store") as graph:
        graph.ask("events", status="occurred").pandas()

Frames want pandas or polars, pictures matplotlib: ``pip install "diplograph[notebook]"``; nothing of them is imported
before it is used.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from difflib import SequenceMatcher
from html import escape
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from pyoxigraph import Literal, NamedNode, QueryBoolean, QuerySolutions, RdfFormat

from diplograph import generations
from diplograph.arabic import fold
from diplograph.catalog import Query, bind, load_catalog, resolve
from diplograph.inspection import Explanation, count_store, explain, shorten
from diplograph.model import Actor, DiplographError, Place, QueryError, StoreError, StoreLockedError
from diplograph.plots import Picture, Selection, draw
from diplograph.report import render_event, write_report
from diplograph.store import Answer as SparqlAnswer
from diplograph.store import Store
from diplograph.vocabulary import BASE, XSD

if TYPE_CHECKING:
    import pandas
    import polars

Value = str | int | float | bool | datetime | None
"""What a cell of an answer holds. Dates of events are partial (2021, 2021-12, 2021-12-30) and stay text."""

_WHOLE = frozenset(XSD + name for name in ("integer", "int", "long", "nonNegativeInteger", "positiveInteger"))
_REAL = frozenset(XSD + name for name in ("decimal", "double", "float"))
_NEAR = 0.7  # how alike a name must be that is not the same
_SHOWN = 20  # rows of an answer that a notebook shows


class Graph:
    """A store that is open for reading. Made by :meth:`open` or :meth:`in_memory`; closed by ``with`` or by hand.

    >>> with Graph.in_memory() as graph:
    ...     graph.ask("events").rows
    ()
    """

    def __init__(self, store: Store) -> None:
        self.store = store

    @classmethod
    def open(cls, path: str | os.PathLike[str] = "diplograph-store", *, base: str = BASE) -> Self:
        """Opens a store for reading. While a build writes to it, its newest generation is read: the graph as it was.

        :attr:`directory` says which it is. Raises StoreError when there is no store, StoreLockedError when it is being
        written and has no generation yet.
        """
        try:
            return cls(Store.open(path, read_only=True, base=base))
        except StoreLockedError:
            try:
                return cls(generations.open_newest(Path(path), base=base))
            except StoreError:
                pass
            raise

    @classmethod
    def in_memory(cls, *sources: str | os.PathLike[str], base: str = BASE) -> Self:
        """A graph in memory, of these files as ``diplograph export`` writes them (N-Quads, TriG).

        Raises StoreError when one cannot be read.
        """
        store = Store.in_memory(base=base)
        for source in map(Path, sources):
            format = RdfFormat.from_extension(source.suffix.removeprefix("."))
            if format is None or not format.supports_datasets:
                raise StoreError(f"{source} is neither N-Quads (.nq) nor TriG (.trig)")
            try:
                store.inner.load(path=str(source), format=format)
            except (OSError, SyntaxError) as error:
                raise StoreError(f"{source} cannot be read: {error}") from error
        return cls(store)

    @property
    def directory(self) -> Path | None:
        """Where the graph is read from: the store, or one of its generations; None in memory."""
        return self.store.directory

    def close(self) -> None:
        """Closes the graph; answers and events that were taken from it stay."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __len__(self) -> int:
        """How many quads there are."""
        return len(self.store)

    def __bool__(self) -> bool:
        """An open graph is one, even without a quad."""
        return True

    def __repr__(self) -> str:
        counts = count_store(self.store)
        where = self.directory or "memory"
        return (
            f"<Graph in {where}: {counts.documents} documents, {counts.events} events, {counts.quads} quads>"
        )

    # --- Asking ------------------------------------------------------------------------------------------------------

    def queries(self) -> Questions:
        """The canned questions, by name.

        >>> Graph.in_memory().queries()["summits"].summary
        'Summits: when, where and who met whom'
        """
        return Questions({query.name: query for query in load_catalog()})

    def ask(self, name: str, **parameters: object) -> Answer:
        """The answer to a canned question. Actors, places, events and documents are given by name, key or IRI, or as
        the value that the graph gave; dates as text or as ``date``. A name that Python keeps takes an underscore.

        Raises QueryError for an unknown question or parameter, or a value that is not of its type.

        >>> Graph.in_memory().ask("events-in-period", from_=date(2021, 12, 1), to="2022").columns[:3]
        ('start', 'end', 'event')
        """
        query = load_catalog().get(name)
        values = {
            key.removesuffix("_"): _write(value) for key, value in parameters.items() if value is not None
        }
        return _read(self.store.query(bind(query, resolve(self.store, query, values))), self.store.base)

    def sparql(self, text: str) -> Answer:
        """The answer to a SPARQL query (SELECT, ASK, CONSTRUCT); the usual prefixes need not be declared.

        Raises QueryError when it is not SPARQL.

        >>> Graph.in_memory().sparql("SELECT (1 + 1 AS ?two) {}").rows
        ((2,),)
        """
        return _read(self.store.query(text), self.store.base)

    def event(self, event: str, *, language: str = "en") -> EventView:
        """An event with its reports and the words behind them: by IRI, key, or the beginning of one key.

        Raises QueryError when there is none or several.
        """
        return EventView(explain(self.store, event), self.store.base, language)

    def actors(self, name: str | None = None) -> tuple[Actor, ...]:
        """The actors that documents name; with a name in Arabic or English, those it may mean, the likeliest first.

        Spelling of hamza, vowels and capitals is forgiven, and a letter or two.

        >>> Graph.in_memory().actors("Putin")
        ()
        """
        known = [thing for thing in self.store.things().values() if isinstance(thing, Actor)]
        if name is None:
            return tuple(known)
        scored = [(_likeness(name, actor), actor) for actor in known]
        found = [pair for pair in scored if pair[0] >= _NEAR]
        return tuple(actor for _, actor in sorted(found, key=lambda pair: (-pair[0], pair[1].key)))

    # --- Looking -----------------------------------------------------------------------------------------------------

    def plot(
        self,
        kind: str,
        *,
        language: str = "en",
        type: str | None = None,
        status: str | None = None,
        actor: str | Actor | None = None,
        first: str | date | None = None,
        last: str | date | None = None,
        confidence: float = 0,
    ) -> Picture:
        """A picture (timeline, network, calendar) of the events that these filters leave; a notebook shows it.

        Raises QueryError when none is left, DiplographError where matplotlib is missing.
        """
        first, last, actor = (_write(value) if value is not None else None for value in (first, last, actor))
        return draw(self.store, kind, Selection(type, status, actor, first, last, confidence), language)

    def report(self, *, languages: Sequence[str] = ("en", "ar"), pictures: bool = True) -> str:
        """The HTML of a report of the graph, as ``diplograph report`` writes it."""
        return write_report(self.store, tuple(languages), pictures=pictures)


# --- What is given back ----------------------------------------------------------------------------------------------


class Questions(Mapping[str, Query]):
    """The canned questions by name; printed, a line for each."""

    def __init__(self, queries: Mapping[str, Query]) -> None:
        self._queries = queries

    def __getitem__(self, name: str) -> Query:
        return self._queries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._queries)

    def __len__(self) -> int:
        return len(self._queries)

    def _lines(self) -> Iterator[tuple[str, str]]:
        for query in self._queries.values():
            taken = [p.name if p.required else f"[{p.name}]" for p in query.parameters]
            yield f"{query.name}({', '.join(taken)})", query.summary

    def __repr__(self) -> str:
        return "\n".join(f"{call}: {summary}" for call, summary in self._lines())

    def _repr_html_(self) -> str:
        return _table(("question", "what it answers"), list(self._lines()))


@dataclass(frozen=True, repr=False)
class Answer:
    """An answer: the names of its columns, and its rows. ``base`` is what our IRIs begin with."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    base: str = BASE

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Value]]:
        """Each row as a dictionary."""
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows)

    def pandas(self) -> pandas.DataFrame:
        """The answer as a pandas frame: whole numbers Int64, times with their zone in UTC, partial dates as text.

        A column without a value is text. Where dates must be points of time, ``pandas.to_datetime(frame["start"],
        format="ISO8601")`` takes each at its first day. Raises DiplographError where pandas is missing.
        """
        try:
            import pandas
        except ImportError as error:
            raise DiplographError('frames need pandas; pip install "diplograph[pandas]"') from error
        kinds = {int: "Int64", float: "float64", bool: "boolean", datetime: "datetime64[us, UTC]", str: "str"}
        return pandas.DataFrame(
            {name: pandas.Series(values, dtype=kinds[kind]) for name, kind, values in self._typed()},
            columns=list(self.columns),
        )

    def polars(self) -> polars.DataFrame:
        """The answer as a polars frame, with the types that :meth:`pandas` has.

        Raises DiplographError where polars is missing.
        """
        try:
            import polars
        except ImportError as error:
            raise DiplographError('frames need polars; pip install "diplograph[polars]"') from error
        kinds: dict[type, Any] = {
            int: polars.Int64,
            float: polars.Float64,
            bool: polars.Boolean,
            datetime: polars.Datetime("us", "UTC"),
            str: polars.String,
        }
        return polars.DataFrame(
            [polars.Series(name, values, dtype=kinds[kind]) for name, kind, values in self._typed()]
        )

    def _typed(self) -> Iterator[tuple[str, type, list[Value]]]:
        """Each column with the type that all its values have; text where they differ."""
        for place, name in enumerate(self.columns):
            values = [row[place] for row in self.rows]
            kinds = {type(value) for value in values if value is not None}
            if kinds == {int, float}:
                yield name, float, [None if value is None else float(value) for value in values]  # type: ignore[arg-type]
            elif len(kinds) == 1:
                yield name, kinds.pop(), values
            else:
                yield name, str, [None if value is None else str(value) for value in values]

    def __repr__(self) -> str:
        return f"<Answer of {len(self.rows)} rows: {', '.join(self.columns)}>"

    def _repr_html_(self) -> str:
        rows = [
            tuple("" if value is None else shorten(str(value), self.base) for value in row)
            for row in self.rows[:_SHOWN]
        ]
        more = len(self.rows) - len(rows)
        return _table(self.columns, rows) + (f"<p>… {more} more</p>" if more > 0 else "")


@dataclass(frozen=True, repr=False)
class EventView:
    """An event to look at; ``explanation`` has all that is known of it, with its reports and their quotes."""

    explanation: Explanation
    base: str
    language: str = "en"

    def __repr__(self) -> str:
        event = self.explanation
        label = event.label_ar if self.language == "ar" else event.label_en
        values: dict[str, list[str]] = {}
        for value in event.values:
            values.setdefault(value.property, []).append(value.labels[-1] if value.labels else value.value)
        told = ", ".join(f"{name}={' & '.join(several)}" for name, several in values.items())
        return f"<{event.event_class} {label!r}: {told}; {len(event.reports)} reports>"

    def _repr_html_(self) -> str:
        return render_event(self.explanation, self.base, self.language)


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(column)}</th>" for column in columns)
    body = "".join(
        "<tr>" + "".join(f'<td dir="auto">{escape(cell)}</td>' for cell in row) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


# --- Values ----------------------------------------------------------------------------------------------------------


def _write(value: object) -> str:
    """A parameter as the catalog takes it."""
    if isinstance(value, Actor | Place):
        return value.key
    if isinstance(value, EventView):
        return value.explanation.event
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise QueryError(
            f"a parameter is text, a number, a date, an actor, a place or an event, not {value!r}"
        )
    return str(value)


def _read(answer: SparqlAnswer, base: str) -> Answer:
    if isinstance(answer, QueryBoolean):
        return Answer(("answer",), ((bool(answer),),), base)
    if isinstance(answer, QuerySolutions):
        names = tuple(variable.value for variable in answer.variables)
        return Answer(names, tuple(tuple(_value(row[name]) for name in names) for row in answer), base)
    triples = tuple((_value(t.subject), _value(t.predicate), _value(t.object)) for t in answer)
    return Answer(("subject", "predicate", "object"), triples, base)


def _value(term: object) -> Value:
    if term is None:
        return None
    if isinstance(term, NamedNode):
        return term.value
    if not isinstance(term, Literal):
        return str(term)
    kind = term.datatype.value
    try:
        if kind in _WHOLE:
            return int(term.value)
        if kind in _REAL:
            return float(term.value)
        if kind == XSD + "boolean":
            return term.value in ("true", "1")
        if kind == XSD + "dateTime":
            time = datetime.fromisoformat(term.value)
            return time.astimezone(UTC) if time.tzinfo else term.value
    except ValueError:
        pass  # what is not of its datatype stays as it is written
    return term.value


def _likeness(name: str, actor: Actor) -> float:
    """How likely a name means an actor, from 0 to 1: its words are in one of the actor's names, or nearly."""
    wanted = fold(name).casefold()
    best = 0.0
    for known in filter(None, (actor.label_ar, actor.label_en, actor.key, actor.wikidata)):
        folded = fold(known).casefold()
        if wanted == folded:
            return 1
        words = folded.split()
        if wanted and {*wanted.split()} <= {*words}:
            best = max(best, 0.95)
        near = [SequenceMatcher(None, wanted, other).ratio() for other in (folded, *words)]
        best = max(best, *(0.9 * ratio if ratio < 1 else 0.9 for ratio in near))
    return best
