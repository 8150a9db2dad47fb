"""How much of what is in a store, for VoID: counted by a few SPARQL queries that any store answers.

They read the whole store, so they are asked once for each generation of it, never for a request. A count that would
take too long is left out of the descriptions; it is never estimated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, QuerySolutions, Triple

from diplograph.quads import DCTERMS, SHARED_GRAPHS, shared_graph
from diplograph.server.description.writing import VOID, VOID_EXT
from diplograph.server.rows import Row, read_rows, value
from diplograph.store import Store

CLASS_PROPERTIES = "class_properties"
DETAILED_UP_TO = 2_000_000
"""Up to how many quads the properties of each class are counted: that takes several times as long as all the rest."""


def counting_queries(base: str, *, foreign: bool = False) -> Mapping[str, str]:
    """What is counted in a store whose IRIs begin with ``base``, and the query that counts it.

    ``foreign`` says that the store may have graphs that are not ours (Virtuoso has some of its own), which are left out
    then. Each triple is in one graph, so rows can be counted without DISTINCT, which would hold all of them in memory. What
    has a class has its properties in the same graph.
    """
    shared = " ".join(str(shared_graph(name, base=base)) for name in SHARED_GRAPHS)
    ours = f'FILTER(STRSTARTS(STR(?graph), "{base}graph/"))' if foreign else ""
    return {
        "graphs": f"""SELECT ?graph (COUNT(*) AS ?n)
            {{ VALUES ?graph {{ {shared} }} GRAPH ?graph {{ ?s ?p ?o }} }} GROUP BY ?graph""",
        "properties": f"""SELECT ?property (COUNT(*) AS ?n)
            {{ GRAPH ?graph {{ ?s ?property ?o }} {ours} }} GROUP BY ?property""",
        "classes": f"""SELECT ?class (COUNT(*) AS ?n)
            {{ GRAPH ?graph {{ ?s a ?class }} {ours} }} GROUP BY ?class""",
        "subjects": f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ GRAPH ?graph {{ ?s ?p ?o }} {ours} }}",
        "objects": f"SELECT (COUNT(DISTINCT ?o) AS ?n) {{ GRAPH ?graph {{ ?s ?p ?o }} {ours} }}",
        CLASS_PROPERTIES: f"""SELECT ?class ?property ?datatype (COUNT(*) AS ?n) {{
            GRAPH ?graph {{ ?s a ?class ; ?property ?o }} {ours}
            BIND(IF(ISLITERAL(?o), DATATYPE(?o), "") AS ?datatype)
        }} GROUP BY ?class ?property ?datatype""",
    }


def count(store: Store) -> Counts:
    """The counts of an open store. The properties of each class, which take longest, are left out of large ones."""
    queries = counting_queries(store.base)
    if len(store) > DETAILED_UP_TO:
        queries = {name: query for name, query in queries.items() if name != CLASS_PROPERTIES}
    answers = {name: store.query(query) for name, query in queries.items()}
    return read_counts(
        {n: read_rows(found)[0] for n, found in answers.items() if isinstance(found, QuerySolutions)}
    )


@dataclass(frozen=True, slots=True)
class ClassProperty:
    """How often what is of a class has a property; by the datatypes of the values that are literals."""

    property: str
    triples: int
    datatypes: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is. The pairs are (IRI, count), the most first; what could not be counted is None or empty."""

    triples: int | None = None
    subjects: int | None = None
    objects: int | None = None
    graphs: tuple[tuple[str, int], ...] = ()
    properties: tuple[tuple[str, int], ...] = ()
    classes: tuple[tuple[str, int], ...] = ()
    class_properties: tuple[tuple[str, tuple[ClassProperty, ...]], ...] = ()

    def of_class(self, iri: str) -> int:
        """How many there are of a class; 0 when it was not counted."""
        return dict(self.classes).get(iri, 0)

    def of_graph(self, iri: str) -> int | None:
        """How many triples a graph that is no document's has; None when that was not counted."""
        return dict(self.graphs).get(iri)


def read_counts(answers: Mapping[str, Iterable[Row] | None]) -> Counts:
    """The counts, from the rows that each of :func:`counting_queries` gave; None for one that was not answered."""
    properties = _pairs(answers.get("properties"), "property")
    return Counts(
        triples=sum(properties.values()) if answers.get("properties") is not None else None,
        subjects=_single(answers.get("subjects")),
        objects=_single(answers.get("objects")),
        graphs=ranked(_pairs(answers.get("graphs"), "graph")),
        properties=ranked(properties),
        classes=ranked(_pairs(answers.get("classes"), "class")),
        class_properties=_class_properties(answers.get("class_properties")),
    )


def _single(rows: Iterable[Row] | None) -> int | None:
    return None if rows is None else next((_count(row) for row in rows), None)


def _pairs(rows: Iterable[Row] | None, column: str) -> dict[str, int]:
    found: Counter[str] = Counter()
    for row in rows or ():
        if isinstance(row.get(column), NamedNode):
            found[value(row, column)] += _count(row)
    return dict(found)


def _count(row: Row) -> int:
    written = value(row, "n")
    return int(written) if written.isdigit() else 0


def ranked(found: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """Names and counts, the most first."""
    return tuple(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def _class_properties(
    rows: Iterable[Row] | None,
) -> tuple[tuple[str, tuple[ClassProperty, ...]], ...]:
    triples: dict[str, Counter[str]] = {}
    datatypes: dict[tuple[str, str], Counter[str]] = {}
    for row in rows or ():
        kind, name, datatype = value(row, "class"), value(row, "property"), value(row, "datatype")
        triples.setdefault(kind, Counter())[name] += _count(row)
        if datatype:
            datatypes.setdefault((kind, name), Counter())[datatype] += _count(row)
    return tuple(
        (
            kind,
            tuple(
                ClassProperty(name, n, ranked(datatypes.get((kind, name), {})))
                for name, n in ranked(triples[kind])
            ),
        )
        for kind in sorted(triples)
    )


# --- Back from the description ---------------------------------------------------------------------------------------


def recall_counts(triples: Iterable[Triple]) -> Counts | None:
    """The counts that a description in VoID states, so that who has one need not count; None when it states none."""
    said: dict[str, dict[str, list[NamedNode | Literal]]] = {}
    for triple in triples:
        if isinstance(triple.subject, NamedNode) and isinstance(triple.object, NamedNode | Literal):
            facts = said.setdefault(triple.subject.value, {})
            facts.setdefault(triple.predicate.value, []).append(triple.object)

    def text_of(subject: str, name: str) -> str:
        return next((found.value for found in said.get(subject, {}).get(name, ())), "")

    def amount(subject: str, name: str) -> int | None:
        written = text_of(subject, VOID + name)
        return int(written) if written.isdigit() else None

    def parts(subject: str, link: str, name: str, amounts: str) -> tuple[tuple[str, int], ...]:
        nodes = [node.value for node in said.get(subject, {}).get(link, ())]
        return ranked(
            {text_of(node, name): amount(node, amounts) or 0 for node in nodes if text_of(node, name)}
        )

    def properties_of(part: str) -> tuple[ClassProperty, ...]:
        nodes = [node.value for node in said[part].get(VOID + "propertyPartition", ())]
        found = (
            ClassProperty(
                text_of(node, VOID + "property"),
                amount(node, "triples") or 0,
                parts(node, VOID_EXT + "datatypePartition", VOID_EXT + "datatype", "triples"),
            )
            for node in nodes
        )
        return tuple(sorted(found, key=lambda found: (-found.triples, found.property)))

    dataset = next((subject for subject in said if VOID + "sparqlEndpoint" in said[subject]), None)
    if dataset is None or amount(dataset, "triples") is None:
        return None
    classes = [node.value for node in said[dataset].get(VOID + "classPartition", ())]
    by_class = {text_of(node, VOID + "class"): properties_of(node) for node in classes}
    return Counts(
        triples=amount(dataset, "triples"),
        subjects=amount(dataset, "distinctSubjects"),
        objects=amount(dataset, "distinctObjects"),
        graphs=parts(dataset, VOID + "subset", DCTERMS + "identifier", "triples"),
        properties=parts(dataset, VOID + "propertyPartition", VOID + "property", "triples"),
        classes=parts(dataset, VOID + "classPartition", VOID + "class", "entities"),
        class_properties=tuple(sorted((name, found) for name, found in by_class.items() if found)),
    )
