"""Values to quads: the only minter of instance IRIs.

The shape of the graph is fixed in ARCHITECTURE.md, "The graph". The same values give the same quads, sorted; there are
no blank nodes, nothing is in the default graph, and a value that a report lacks yields no triple.

A class or property of ours is named by its local name and looked up in the ontology, so that a name which the ontology
does not know is a :class:`~diplograph.model.TermError` and no silent triple.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TypeAlias
from urllib.parse import quote, unquote

from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    parse,
)

from diplograph.model import (
    Actor,
    DataError,
    Document,
    Event,
    EventReport,
    EventValues,
    Filler,
    ParserIdentity,
    Place,
    TimeError,
)
from diplograph.vocabulary import BASE, OWL, RDF, RDFS, XSD, load_vocabulary

Value: TypeAlias = NamedNode | Literal

WIKIDATA = "http://www.wikidata.org/entity/"

PROV = "http://www.w3.org/ns/prov#"
DCTERMS = "http://purl.org/dc/terms/"
TYPE = NamedNode(RDF + "type")
LABEL = NamedNode(RDFS + "label")
SAME_AS = NamedNode(OWL + "sameAs")
SHARED_GRAPHS = ("events", "actors", "ontology", "inferences")
SERVED = "description"  # a server adds it to what it serves
_SKOLEM = ".well-known/genid/"

_DATE_TYPES = {4: "gYear", 7: "gYearMonth", 10: "date"}
_CLOCK = re.compile(r"(?P<time>\d\d:\d\d)(?P<seconds>:\d\d)?(?P<zone>Z|[+-]\d\d:\d\d)?")


# --- IRIs ------------------------------------------------------------------------------------------------------------


def encode(key: str) -> str:
    """An id or key as it stands in an IRI: percent-encoded, slashes kept.

    >>> encode("wire/a b")
    'wire/a%20b'
    """
    return quote(key, safe="/")


def decode(path: str) -> str:
    """The id or key that :func:`encode` made this of.

    >>> decode("wire/a%20b")
    'wire/a b'
    """
    return unquote(path)


def document_iri(id: str, *, base: str = BASE) -> NamedNode:
    """The IRI of a document."""
    return NamedNode(f"{base}document/{encode(id)}")


def report_iri(id: str, number: int, *, base: str = BASE) -> NamedNode:
    """The IRI of the report with this number (from 1) of the document with this id."""
    return NamedNode(f"{base}report/{encode(id)}/{number}")


def mention_iri(id: str, begin: int, end: int, *, base: str = BASE) -> NamedNode:
    """The IRI of a stretch of a document's text (code points, the end exclusive)."""
    return NamedNode(f"{base}mention/{encode(id)}/{begin}-{end}")


def activity_iri(id: str, *, base: str = BASE) -> NamedNode:
    """The IRI of the extraction that made a document's graph."""
    return NamedNode(f"{base}activity/{encode(id)}")


def event_iri(key: str, *, base: str = BASE) -> NamedNode:
    """The IRI of a consolidated event."""
    return NamedNode(f"{base}event/{encode(key)}")


def actor_iri(key: str, *, base: str = BASE) -> NamedNode:
    """The IRI of an actor.

    >>> actor_iri("Q7747").value
    'https://w3id.org/diplograph/actor/Q7747'
    """
    return NamedNode(f"{base}actor/{encode(key)}")


def place_iri(key: str, *, base: str = BASE) -> NamedNode:
    """The IRI of a place."""
    return NamedNode(f"{base}place/{encode(key)}")


def query_iri(name: str, *, base: str = BASE) -> NamedNode:
    """The IRI of a canned question; that of a part of all of them for a name that begins with #."""
    return NamedNode(f"{base}queries{name}" if name.startswith("#") else f"{base}queries/{encode(name)}")


def document_graph(id: str, *, base: str = BASE) -> NamedNode:
    """The named graph of a document."""
    return NamedNode(f"{base}graph/document/{encode(id)}")


def shared_graph(name: str, *, base: str = BASE) -> NamedNode:
    """A graph that is not a document's: events, actors, ontology or inferences; a server adds its description."""
    if name not in (*SHARED_GRAPHS, SERVED):
        raise ValueError(f'no graph is named "{name}"; there are {", ".join((*SHARED_GRAPHS, SERVED))}')
    return NamedNode(f"{base}graph/{name}")


def read_document_ids(graphs: Iterable[NamedNode], *, base: str = BASE) -> tuple[str, ...]:
    """The ids of the documents of which these are the graphs, sorted; other graphs are left out."""
    start = document_graph("", base=base).value
    return tuple(
        sorted(decode(graph.value.removeprefix(start)) for graph in graphs if graph.value.startswith(start))
    )


def manifest_graph(*, base: str = BASE) -> NamedNode:
    """The graph in which a store elsewhere keeps what was pushed to it; no store of ours has it."""
    return NamedNode(f"{base}graph/manifest")


def scratch_graph(*, base: str = BASE) -> NamedNode:
    """A graph that is empty in every store: for requests that have to name one."""
    return NamedNode(f"{base}graph/scratch")


def dataset_iri(*, base: str = BASE) -> NamedNode:
    """The IRI of all the graphs together, as descriptions of exports name it."""
    return NamedNode(f"{base}dataset")


def key_of(iri: NamedNode, room: str, *, base: str = BASE) -> str:
    """The id or key that an IRI ends in; ``room`` is document, event, actor or place.

    Raises ValueError when the IRI is not of that room.

    >>> key_of(actor_iri("Q7747"), "actor")
    'Q7747'
    """
    start = f"{base}{room}/"
    if not iri.value.startswith(start):
        raise ValueError(f"{iri.value} is not the IRI of a {room}: it does not start with {start}")
    return decode(iri.value.removeprefix(start))


# --- Terms and literals ----------------------------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def term(name: str) -> NamedNode:
    """The ontology term with this local name. Raises TermError when there is none."""
    return NamedNode(str(load_vocabulary().iri(name)))


@lru_cache(maxsize=256)
def _narrower(role: str) -> frozenset[str]:
    """The roles that imply this one."""
    return frozenset(load_vocabulary().subclasses(role))


def date_literal(text: str) -> Literal:
    """A partial ISO date, as precise as it is: xsd:gYear, xsd:gYearMonth or xsd:date.

    Raises TimeError when it is not one, or no calendar has it.

    >>> str(date_literal("2018-06"))
    '"2018-06"^^<http://www.w3.org/2001/XMLSchema#gYearMonth>'
    """
    try:
        date.fromisoformat((text + "-01-01")[:10] if len(text) == 4 else (text + "-01")[:10])
        return Literal(text, datatype=NamedNode(XSD + _DATE_TYPES[len(text)]))
    except (KeyError, ValueError) as error:
        raise TimeError(f'"{text}" is not a date like 2018, 2018-06 or 2018-06-14') from error


def instant_literal(day: str | None, clock: str | None) -> Literal | None:
    """A full date and a clock time (``16:25``, ``21:25+00:00``) as xsd:dateTime; None where either is missing.

    A clock time on a day that is not known in full is no point in time, so it yields None as well.
    Raises TimeError when the clock time is not written so.
    """
    if day is None or clock is None or len(day) != 10:
        return None
    found = _CLOCK.fullmatch(clock)
    if found is None:
        raise TimeError(f'"{clock}" is not a clock time like 16:25 or 21:25+00:00')
    zone = (found["zone"] or "").replace("+00:00", "Z")
    return Literal(
        f"{day}T{found['time']}{found['seconds'] or ':00'}{zone}", datatype=NamedNode(XSD + "dateTime")
    )


def _decimal(value: float) -> Literal:
    """To three places, in the canonical form, which a store gives back unchanged."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return Literal(text, datatype=NamedNode(XSD + "decimal"))


def _moment(moment: datetime) -> Literal:
    """A point in time (one without a zone is taken as UTC) to the second."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return Literal(aware.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), datatype=NamedNode(XSD + "dateTime"))


def text_hash(text: str) -> str:
    """The SHA-256 of a text in UTF-8, in hex."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


# --- Values to quads -------------------------------------------------------------------------------------------------


class _Triples:
    """The triples of one graph, collected; a value of None adds nothing."""

    def __init__(self, graph: NamedNode) -> None:
        self.graph = graph
        self.found: set[Quad] = set()

    def add(self, subject: NamedNode, predicate: NamedNode | str, value: Value | None) -> None:
        if value is not None:
            found = predicate if isinstance(predicate, NamedNode) else term(predicate)
            self.found.add(Quad(subject, found, value, self.graph))

    def add_text(
        self, subject: NamedNode, predicate: NamedNode | str, text: str | None, language: str = ""
    ) -> None:
        if text:
            self.add(subject, predicate, Literal(text, language=language) if language else Literal(text))

    def quads(self) -> tuple[Quad, ...]:
        return sort_quads(self.found)


def sort_quads(quads: Iterable[Quad]) -> tuple[Quad, ...]:
    """The quads in the order of their N-Quads lines, each once."""
    return tuple(sorted(set(quads), key=str))


def document_quads(
    document: Document,
    reports: Iterable[EventReport],
    parser: ParserIdentity,
    *,
    finished: datetime,
    diplograph_version: str,
    extractor_fingerprint: str,
    base: str = BASE,
) -> tuple[Quad, ...]:
    """The graph of a document: what it is, what it reports, the words each value came from, and who extracted it.

    All quads are in ``document_graph(document.id)``, sorted; the same input gives the same bytes. ``finished`` is when
    the extraction ended. Raises TermError for a class, role or aspect that the ontology lacks, TimeError for a date
    that is none.
    """
    triples = _Triples(document_graph(document.id, base=base))
    _describe_document(triples, document, base)
    subject, activity = document_iri(document.id, base=base), activity_iri(document.id, base=base)
    triples.add(activity, TYPE, NamedNode(PROV + "Activity"))
    triples.add(activity, NamedNode(PROV + "used"), subject)
    triples.add(activity, NamedNode(PROV + "endedAtTime"), _moment(finished))
    triples.add_text(activity, "parser", parser.name)
    triples.add_text(activity, "parserVersion", parser.version)
    triples.add_text(activity, "parserFingerprint", parser.fingerprint)
    triples.add_text(activity, "diplographVersion", diplograph_version)
    triples.add_text(activity, "extractorFingerprint", extractor_fingerprint)
    for report in reports:
        named = report_iri(document.id, report.number, base=base)
        triples.add(named, TYPE, term("EventReport"))
        triples.add(named, "eventClass", term(report.values.event_class))
        triples.add(named, NamedNode(PROV + "wasDerivedFrom"), subject)
        triples.add(named, NamedNode(PROV + "wasGeneratedBy"), activity)
        triples.add(named, "confidence", _decimal(report.confidence))
        _describe_values(triples, named, report.values, base)
        for mention in report.mentions:
            # the quote as a whole says that there is such an event; its parts say the rest
            _describe_mention(
                triples, document, named, mention.begin, mention.end, "eventClass", mention.frame, base
            )
            for evidence in mention.evidence:
                span = _describe_mention(
                    triples,
                    document,
                    named,
                    evidence.begin,
                    evidence.end,
                    evidence.aspect,
                    evidence.rule,
                    base,
                )
                if evidence.target is not None:
                    triples.add(span, "refersTo", thing_iri(evidence.target, base=base))
    return triples.quads()


def _describe_document(triples: _Triples, document: Document, base: str) -> None:
    subject = document_iri(document.id, base=base)
    triples.add(subject, TYPE, term("Document"))
    triples.add_text(subject, "identifier", document.id)
    triples.add_text(subject, NamedNode(DCTERMS + "title"), document.title)
    triples.add_text(subject, NamedNode(DCTERMS + "source"), document.url or document.source)
    triples.add(subject, "published", date_literal(document.published) if document.published else None)
    triples.add(subject, "text", Literal(document.text))
    triples.add_text(subject, "textHash", text_hash(document.text))


def _describe_mention(
    triples: _Triples,
    document: Document,
    report: NamedNode,
    begin: int,
    end: int,
    aspect: str,
    rule: str,
    base: str,
) -> NamedNode:
    """One IRI per stretch of text: what several rules read off the same words is said of the same mention."""
    if not 0 <= begin < end <= len(document.text):
        raise DataError(f"{document.id}: {begin}-{end} is no stretch of its {len(document.text)} characters")
    mention = mention_iri(document.id, begin, end, base=base)
    triples.add(mention, TYPE, term("Mention"))
    triples.add(mention, "inDocument", document_iri(document.id, base=base))
    triples.add(mention, "quote", Literal(document.text[begin:end]))
    triples.add(mention, "beginIndex", Literal(begin))
    triples.add(mention, "endIndex", Literal(end))
    triples.add(mention, "mentionOf", report)
    triples.add_text(mention, "aspect", aspect)
    triples.add_text(mention, "rule", rule)
    return mention


def _describe_values(triples: _Triples, subject: NamedNode, values: EventValues, base: str) -> None:
    """What reports and events have in common."""
    triples.add(subject, "status", term(values.status))
    for filler in values.fillers:
        if not _is_implied(filler, values):
            triples.add(subject, filler.role, actor_iri(filler.actor.key, base=base))
    last = values.end_date or values.start_date
    triples.add(subject, "startDate", date_literal(values.start_date) if values.start_date else None)
    triples.add(subject, "endDate", date_literal(values.end_date) if values.end_date else None)
    triples.add(subject, "startTime", instant_literal(values.start_date, values.start_time))
    triples.add(subject, "endTime", instant_literal(last, values.end_time))
    minutes = values.duration_minutes
    triples.add(subject, "durationMinutes", Literal(minutes) if minutes is not None else None)
    triples.add(subject, "heldAt", thing_iri(values.place, base=base) if values.place else None)
    triples.add_text(subject, "condition", values.condition)
    speaker = values.attributed_to
    triples.add(subject, "attributedTo", thing_iri(speaker, base=base) if speaker else None)


def _is_implied(filler: Filler, values: EventValues) -> bool:
    """Whether the actor has a role that implies this one: who initiates takes part, and is said to initiate only."""
    narrower = _narrower(filler.role)
    return any(other.role in narrower and other.actor.key == filler.actor.key for other in values.fillers)


def thing_iri(thing: Actor | Place, *, base: str = BASE) -> NamedNode:
    """The IRI of an actor or a place."""
    return actor_iri(thing.key, base=base) if isinstance(thing, Actor) else place_iri(thing.key, base=base)


def actor_quads(actors: Iterable[Actor], places: Iterable[Place], *, base: str = BASE) -> tuple[Quad, ...]:
    """The actors graph: who and where, each described once."""
    triples = _Triples(shared_graph("actors", base=base))
    things: list[Actor | Place] = [*actors, *places]
    for thing in things:
        subject = thing_iri(thing, base=base)
        triples.add(subject, TYPE, term(thing.kind if isinstance(thing, Actor) else "Place"))
        triples.add_text(subject, "identifier", thing.key)
        triples.add_text(subject, LABEL, thing.label_ar, "ar")
        triples.add_text(subject, LABEL, thing.label_en, "en")
        if thing.wikidata:
            triples.add(subject, SAME_AS, NamedNode(WIKIDATA + thing.wikidata))
        if isinstance(thing, Actor):
            for key in thing.represents:
                triples.add(subject, "represents", actor_iri(key, base=base))
            for key in thing.head_of_state_of:
                triples.add(subject, "headOfStateOf", actor_iri(key, base=base))
        elif thing.country:
            triples.add(subject, "inCountry", actor_iri(thing.country, base=base))
    return triples.quads()


def event_quads(events: Iterable[Event], *, base: str = BASE) -> tuple[Quad, ...]:
    """The events graph: each real-world event once, with the reports it was put together from."""
    triples = _Triples(shared_graph("events", base=base))
    for event in events:
        subject = event_iri(event.key, base=base)
        triples.add(subject, TYPE, term(event.values.event_class))
        triples.add_text(subject, LABEL, event.label_ar, "ar")
        triples.add_text(subject, LABEL, event.label_en, "en")
        triples.add(subject, "confidence", _decimal(event.confidence))
        _describe_values(triples, subject, event.values, base)
        count = count_participants(event.values)
        triples.add(subject, "participantCount", Literal(count) if count else None)
        for id, number in event.reports:
            triples.add(subject, "reportedBy", report_iri(id, number, base=base))
    return triples.quads()


def count_participants(values: EventValues) -> int:
    """How many actors take part, each once, in whatever role that implies taking part.

    OWL cannot count in an open world: here the list is closed, so here it is counted.
    """
    taking_part = {"participant", *_narrower("participant")}
    return len({filler.actor.key for filler in values.fillers if filler.role in taking_part})


# --- The ontology ----------------------------------------------------------------------------------------------------


def ontology_quads(turtle: str, *, base: str = BASE) -> tuple[Quad, ...]:
    """The ontology graph, its blank nodes (restrictions, lists) skolemised.

    The IRIs that stand for blank nodes come of the canonical labels (RDFC-1.0, https://www.w3.org/TR/rdf-canon/), so
    they depend on what the ontology says and not on how it is written. :func:`restore_blank_nodes` undoes it.
    Raises DataError when the text is not Turtle.
    """
    graph = shared_graph("ontology", base=base)
    try:
        triples = [quad.triple for quad in parse(turtle, format=RdfFormat.TURTLE)]
    except SyntaxError as error:
        raise DataError(f"the ontology is not Turtle: {error}") from error

    def level(node: object) -> object:
        if isinstance(node, Literal) and node.datatype.value == XSD + "nonNegativeInteger":
            return Literal(
                node.value, datatype=NamedNode(XSD + "integer")
            )  # as Oxigraph will store it anyway
        return node

    quads = (Quad(found.subject, found.predicate, level(found.object), graph) for found in triples)  # type: ignore[arg-type]
    return sort_quads(skolemise(quads, base=base))


def skolemise(quads: Iterable[Quad], *, base: str = BASE) -> Iterable[Quad]:
    """The quads with IRIs for blank nodes, named by their canonical labels (RDFC-1.0), so by what is said of them."""
    dataset = Dataset(quads)
    if any(isinstance(node, BlankNode) for quad in dataset for node in (quad.subject, quad.object)):
        dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)

    def name(node: object) -> object:
        return NamedNode(f"{base}{_SKOLEM}{node.value}") if isinstance(node, BlankNode) else node

    return (Quad(name(q.subject), q.predicate, name(q.object), q.graph_name) for q in dataset)  # type: ignore[arg-type]


def restore_blank_nodes(quads: Iterable[Quad], *, base: str = BASE) -> tuple[Quad, ...]:
    """The quads with blank nodes again where :func:`ontology_quads` put IRIs, as OWL tools want them.

    Cardinalities and facets become xsd:nonNegativeInteger again, as OWL 2 wants the former (Oxigraph keeps one type
    for all integers).
    """
    start = base + _SKOLEM

    def is_counting(predicate: NamedNode) -> bool:
        return predicate.value.startswith(XSD) or predicate.value.endswith("ardinality")

    def restore(node: object, predicate: NamedNode) -> object:
        if isinstance(node, NamedNode) and node.value.startswith(start):
            return BlankNode(node.value.removeprefix(start))
        if isinstance(node, Literal) and node.datatype.value == XSD + "integer" and is_counting(predicate):
            return Literal(node.value, datatype=NamedNode(XSD + "nonNegativeInteger"))
        return node

    return sort_quads(
        Quad(restore(q.subject, q.predicate), q.predicate, restore(q.object, q.predicate), q.graph_name)  # type: ignore[arg-type]
        for q in quads
    )
