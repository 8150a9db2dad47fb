"""Reading a store back: answers as rows, where an event comes from, and how much there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, QueryBoolean, QueryResultsFormat, QuerySolutions, RdfFormat

from diplograph.catalog import resolve_event
from diplograph.model import QueryError
from diplograph.quads import PROV, TYPE, WIKIDATA, decode, event_iri, key_of, shared_graph, term
from diplograph.store import Answer, Store

_NOT_VALUES = frozenset(
    {"reportedBy", "eventClass", "confidence", "type", "label", "wasDerivedFrom", "wasGeneratedBy"}
)


@dataclass(frozen=True, slots=True)
class StatedValue:
    """A property (its local name) and its value: a date, a number, a clause, or the label of an actor or place.

    ``labels`` are the Arabic and the English label of what an IRI stands for, where it has any.
    """

    property: str
    value: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a document and what they support; ``aspects`` and ``rules`` are of the words as a whole."""

    begin: int
    end: int
    text: str
    aspects: tuple[str, ...]
    rules: tuple[str, ...]
    refers_to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExplainedReport:
    """What one document says of an event, and the words that say it, in the order of the text."""

    document: str
    number: int
    source: str
    published: str | None
    confidence: float
    values: tuple[StatedValue, ...]
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """An event with its values, and the reports they were put together from."""

    event: str
    event_class: str
    label_ar: str
    label_en: str
    confidence: float
    values: tuple[StatedValue, ...]
    reports: tuple[ExplainedReport, ...]


def explain(store: Store, event: str) -> Explanation:
    """The reports and quotes behind an event, named by its IRI, by its key, or by a beginning of it that is unique.

    Raises QueryError when there is no such event, or more than one.
    """
    subject = _find_event(store, event)
    graph = shared_graph("events", base=store.base)
    facts = _facts(store, subject, graph)
    reports = [
        _explain_report(store, value) for value in facts.get("reportedBy", ()) if isinstance(value, NamedNode)
    ]
    return Explanation(
        event=subject.value,
        event_class=_local(facts["type"][0]),
        label_ar=_label(facts, "ar"),
        label_en=_label(facts, "en"),
        confidence=float(_text(facts, "confidence") or 0),
        values=_stated(store, facts),
        reports=tuple(
            sorted(reports, key=lambda report: (report.published or "", report.document, report.number))
        ),
    )


_Facts = dict[str, tuple[NamedNode | Literal, ...]]


def _find_event(store: Store, event: str) -> NamedNode:
    graph = shared_graph("events", base=store.base)
    start = event if event.startswith(store.base) else event_iri(event, base=store.base).value
    beginning = {
        quad.subject.value
        for quad in store.inner.quads_for_pattern(None, term("reportedBy"), None, graph)
        if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(start)
    }
    if start not in beginning and len(beginning) == 1:
        return NamedNode(beginning.pop())
    if start not in beginning and beginning:
        shown = ", ".join(key_of(NamedNode(iri), "event", base=store.base) for iri in sorted(beginning)[:3])
        raise QueryError(f"{event} is the beginning of {len(beginning)} events ({shown} …); give more of it")
    return resolve_event(store, event)


def _facts(store: Store, subject: NamedNode, graph: NamedNode | None) -> _Facts:
    """Local names of properties → values, sorted."""
    found: dict[str, list[NamedNode | Literal]] = {}
    for quad in store.inner.quads_for_pattern(subject, None, None, graph):
        if isinstance(quad.object, NamedNode | Literal):
            found.setdefault(_local(quad.predicate), []).append(quad.object)
    return {name: tuple(sorted(values, key=str)) for name, values in sorted(found.items())}


def _local(node: NamedNode | Literal) -> str:
    return node.value.replace("#", "/").rpartition("/")[2]


def _text(facts: _Facts, name: str) -> str | None:
    return facts[name][0].value if facts.get(name) else None


def _label(facts: _Facts, language: str) -> str:
    labels = facts.get("label", ())
    return next(
        (node.value for node in labels if isinstance(node, Literal) and node.language == language), ""
    )


def _stated(store: Store, facts: _Facts) -> tuple[StatedValue, ...]:
    actors = shared_graph("actors", base=store.base)
    found = []
    for name, values in facts.items():
        if name in _NOT_VALUES:
            continue
        for value in values:
            if isinstance(value, Literal):
                found.append(StatedValue(name, value.value))
                continue
            thing = _facts(store, value, actors)
            labels = tuple(label for label in (_label(thing, "ar"), _label(thing, "en")) if label)
            found.append(StatedValue(name, value.value if thing else _local(value), labels))
    return tuple(found)


def _explain_report(store: Store, report: NamedNode) -> ExplainedReport:
    facts = _facts(store, report, None)
    document = facts["wasDerivedFrom"][0]
    about = _facts(store, NamedNode(document.value), None)
    mentions = store.inner.quads_for_pattern(None, term("mentionOf"), report, None)
    quotes = [_read_quote(store, quad.subject) for quad in mentions if isinstance(quad.subject, NamedNode)]
    id, _, number = report.value.removeprefix(f"{store.base}report/").rpartition("/")
    return ExplainedReport(
        document=decode(id),
        number=int(number),
        source=_text(about, "source") or decode(id),
        published=_text(about, "published"),
        confidence=float(_text(facts, "confidence") or 0),
        values=_stated(store, facts),
        quotes=tuple(sorted(quotes, key=lambda quote: (quote.begin, -quote.end))),
    )


def _read_quote(store: Store, mention: NamedNode) -> Quote:
    facts = _facts(store, mention, None)
    actors = shared_graph("actors", base=store.base)
    referents = [
        _label(_facts(store, value, actors), "en")
        or _label(_facts(store, value, actors), "ar")
        or value.value
        for value in facts.get("refersTo", ())
        if isinstance(value, NamedNode)
    ]
    return Quote(
        begin=int(_text(facts, "beginIndex") or 0),
        end=int(_text(facts, "endIndex") or 0),
        text=_text(facts, "quote") or "",
        aspects=tuple(node.value for node in facts.get("aspect", ())),
        rules=tuple(node.value for node in facts.get("rule", ())),
        refers_to=tuple(dict.fromkeys(referents)),
    )


# --- Counts ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Statistics:
    """How much there is in a store; the pairs are (name, count), sorted by name."""

    documents: int
    documents_with_events: int
    reports: int
    mentions: int
    events: int
    events_by_class: tuple[tuple[str, int], ...]
    events_by_status: tuple[tuple[str, int], ...]
    actors_by_kind: tuple[tuple[str, int], ...]
    quads: int


def count_store(store: Store) -> Statistics:
    """Counts documents, reports, mentions, events, actors and quads.

    >>> with Store.in_memory() as store:
    ...     count_store(store).documents
    0
    """
    events_graph, actors_graph = (shared_graph(name, base=store.base) for name in ("events", "actors"))
    kinds = Counter(_local(q.object) for q in store.quads(actors_graph) if q.predicate == TYPE)  # type: ignore[arg-type]
    classes: Counter[str] = Counter()
    statuses: Counter[str] = Counter()
    for quad in store.quads(events_graph):
        if isinstance(quad.object, NamedNode) and quad.predicate in (TYPE, term("status")):
            (classes if quad.predicate == TYPE else statuses)[_local(quad.object)] += 1
    derived = list(store.inner.quads_for_pattern(None, NamedNode(PROV + "wasDerivedFrom"), None, None))
    mentions = sum(1 for _ in store.inner.quads_for_pattern(None, TYPE, term("Mention"), None))
    return Statistics(
        documents=len(store.document_ids()),
        documents_with_events=len({quad.object for quad in derived}),
        reports=len(derived),
        mentions=mentions,
        events=sum(classes.values()),
        events_by_class=tuple(sorted(classes.items())),
        events_by_status=tuple(sorted(statuses.items())),
        actors_by_kind=tuple(sorted(kinds.items())),
        quads=len(store),
    )


# --- Answers ---------------------------------------------------------------------------------------------------------

RESULT_FORMATS = {"sparql-json": QueryResultsFormat.JSON, "sparql-xml": QueryResultsFormat.XML}
"""The formats of SPARQL for answers of SELECT and ASK."""

GRAPH_FORMATS = {"turtle": RdfFormat.TURTLE, "ntriples": RdfFormat.N_TRIPLES}
"""The formats for answers of CONSTRUCT and DESCRIBE."""


@dataclass(frozen=True, slots=True)
class Rows:
    """An answer as text: the columns, and an iterator over the rows, which reads the store as it goes."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[str, ...]]


def read_answer(answer: Answer) -> Rows:
    """The rows of a SELECT, the one cell (``true`` or ``false``) of an ASK, or the triples of a CONSTRUCT.

    >>> with Store.in_memory() as store:
    ...     list(read_answer(store.query("ASK {}")).rows)
    [('true',)]
    """
    if isinstance(answer, QueryBoolean):
        return Rows(("answer",), iter([("true" if answer else "false",)]))
    if isinstance(answer, QuerySolutions):
        columns = tuple(variable.value for variable in answer.variables)
        return Rows(columns, (tuple(_cell(solution[name]) for name in columns) for solution in answer))
    return Rows(
        ("subject", "predicate", "object"),
        ((_cell(triple.subject), _cell(triple.predicate), _cell(triple.object)) for triple in answer),
    )


def select_columns(found: Rows, names: Sequence[str]) -> Rows:
    """The rows with these columns only, in this order. Raises QueryError when there is no such column."""
    for name in names:
        if name not in found.columns:
            raise QueryError(f'the answer has no column "{name}"; it has {", ".join(found.columns)}')
    places = [found.columns.index(name) for name in names]
    return Rows(tuple(names), (tuple(row[place] for place in places) for row in found.rows))


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value.value if isinstance(value, NamedNode | Literal) else str(value)


def serialize_answer(answer: Answer, format: str) -> bytes:
    """An answer in one of RESULT_FORMATS or GRAPH_FORMATS. Raises QueryError when it has no such form."""
    if isinstance(answer, QueryBoolean | QuerySolutions):
        if format in RESULT_FORMATS:
            return answer.serialize(format=RESULT_FORMATS[format]) or b""
        raise QueryError(
            f"a SELECT or ASK cannot be written as {format}; choose {' or '.join(RESULT_FORMATS)}"
        )
    if format in GRAPH_FORMATS:
        return answer.serialize(format=GRAPH_FORMATS[format]) or b""
    raise QueryError(f"a CONSTRUCT cannot be written as {format}; choose {' or '.join(GRAPH_FORMATS)}")


def shorten(cell: str, base: str) -> str:
    """An IRI of ours or of Wikidata without what all of them begin with, for reading; anything else as it is.

    >>> shorten("https://w3id.org/diplograph/event/x", "https://w3id.org/diplograph/")
    'event/x'
    """
    for start in (f"{base}ontology#", base, WIKIDATA):
        if cell.startswith(start):
            return decode(cell.removeprefix(start))
    return cell
