"""Completeness by SHACL: whether a store has what ontology/shapes.ttl expects, and nothing that it forbids.

pyshifty does the work; pySHACL, the reference, gives the same results many times slower (``engine="pyshacl"``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode, RdfFormat, Triple, serialize

from diplograph.arabic import has_arabic
from diplograph.checking.findings import SEVERITIES, Finding, Part
from diplograph.checking.slices import Slice, Slicer
from diplograph.checking.tracing import describe
from diplograph.model import ReasoningError
from diplograph.resources import locate
from diplograph.store import Store
from diplograph.vocabulary import RDFS

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

ENGINES = ("pyshifty", "pyshacl")
SHACL = "http://www.w3.org/ns/shacl#"
BLANK = "_:blank"
"""The focus of findings at blank nodes, which have no names."""

BATCH = 500  # documents a slice: some 40,000 triples, a few hundred MB while they are validated

_Validator = Callable[[bytes], "Graph"]


def check_shapes(
    store: Store,
    ontology: Sequence[Triple],
    *,
    shapes: bytes | None = None,
    engine: str = "pyshifty",
    jobs: int = 1,
    batch: int = BATCH,
) -> Part:
    """What in a store the shapes do not allow, worst first, then by focus.

    ``ontology`` says which class is below which; of the store its graphs of data are checked, in slices of ``batch``
    documents (see :mod:`diplograph.checking.slices`), ``jobs`` at a time. ``shapes`` are others than ours, in Turtle.
    A finding is called by the name of its shape: ``shapes/participantCount``.
    SHACL: https://www.w3.org/TR/shacl/. Raises ReasoningError when the engine is not installed, or the shapes are not
    understood::

        check_shapes(store, load_ontology()).findings
    """
    begin = time.monotonic()
    text = shapes if shapes is not None else locate("ontology", "shapes.ttl").read_bytes()
    validate = _load_engine(engine, text)
    reader = _load_reader(text)
    hierarchy = [triple for triple in ontology if triple.predicate.value == RDFS + "subClassOf"]
    found: set[Finding] = set()
    triples = number = 0
    with ThreadPoolExecutor(jobs) as pool:
        waiting: list[tuple[Slice, Future[Graph]]] = []
        for cut in Slicer(store, batch if engine == "pyshifty" else len(store) + 1):
            number, triples = number + 1, triples + len(cut.triples)
            waiting.append((cut, pool.submit(validate, _write(cut, hierarchy))))
            cut.triples = set()  # a slice in waiting need not be held twice
            if len(waiting) > jobs:
                found |= set(reader.read(*_take(waiting)))
        while waiting:
            found |= set(reader.read(*_take(waiting)))
    return Part(
        name="shapes",
        tool=engine,
        version=version(engine),
        axioms=len(reader.messages),
        triples=triples,
        modules=number,
        seconds=time.monotonic() - begin,
        findings=tuple(_trace(store, finding) for finding in sort_findings(found)),
    )


def sort_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Worst first, then by focus, check, path and value."""
    return sorted(
        findings,
        key=lambda f: (SEVERITIES.index(f.severity), f.focus, f.check, f.path, f.value, f.component),
    )


def _trace(store: Store, finding: Finding) -> Finding:
    """With the document and quote of what is at fault: of the value where that is a mention, else of the focus."""
    sources = describe(store, finding.value, "") if finding.value.startswith(f"{store.base}mention/") else ()
    path = (
        "" if finding.path.startswith(("<", "^")) else finding.path
    )  # no words support a path of several steps
    return replace(finding, sources=sources or describe(store, finding.focus, path))


def _take(waiting: list[tuple[Slice, Future[Graph]]]) -> tuple[set[str], Graph]:
    cut, future = waiting.pop(0)
    return {node.value if isinstance(node, NamedNode) else BLANK for node in cut.owned}, future.result()


def _write(cut: Slice, hierarchy: Iterable[Triple]) -> bytes:
    return serialize([*cut.triples, *hierarchy], format=RdfFormat.N_TRIPLES) or b""


# --- Engines ---------------------------------------------------------------------------------------------------------


def _load_engine(engine: str, shapes: bytes) -> _Validator:
    """What turns data in N-Triples into a graph of results. Raises ReasoningError when it cannot be had."""
    try:
        return {"pyshifty": _load_pyshifty, "pyshacl": _load_pyshacl}[engine](shapes)
    except KeyError:
        raise ReasoningError(f'no SHACL engine is named "{engine}"; there are {", ".join(ENGINES)}') from None
    except ImportError as error:
        raise ReasoningError(f"{engine} is not installed: pip install {engine}") from error
    except ValueError as error:
        raise ReasoningError(f"{engine} does not understand the shapes: {error}") from error


def _load_pyshifty(shapes: bytes) -> _Validator:
    import rdflib  # noqa: F401  which it needs for its reports: better missed here than in a thread
    import shifty

    prepared = shifty.PreparedValidator(shapes)

    def validate(data: bytes) -> Graph:
        # Data only: our shapes are no part of what is checked. What it cannot do it must say, not pass over.
        return prepared.validate(data, graph_mode="data", infer=False, on_unsupported="error")[1]

    return validate


def _load_pyshacl(shapes: bytes) -> _Validator:
    from pyshacl import validate as run
    from rdflib import Graph

    expected = Graph().parse(data=shapes, format="turtle")

    def validate(data: bytes) -> Graph:
        graph = Graph().parse(data=data, format="nt")
        # advanced=False: SPARQL constraints are of the standard part; rules and functions are not used.
        results = run(graph, shacl_graph=expected, inference="none", inplace=True, advanced=False)[1]
        if not isinstance(results, Graph):
            raise ReasoningError(f"pySHACL failed on the shapes: {results}")
        return results

    return validate


# --- Results ---------------------------------------------------------------------------------------------------------


class _Reader:
    """Reads results, given the shapes: these have the messages with their languages, which engines may drop."""

    def __init__(self, shapes: bytes) -> None:
        from rdflib import RDF, SH, Graph, Literal, URIRef

        graph = self._shapes = Graph().parse(data=shapes, format="turtle")
        self.messages: dict[str, dict[str, str]] = {}
        for shape, text in graph.subject_objects(SH.message):
            if isinstance(shape, URIRef) and isinstance(text, Literal):
                self.messages.setdefault(str(shape), {})[text.language or ""] = str(text)
        constraints = {str(node) for node in graph.subjects(RDF.type, SH.SPARQLConstraint)}
        # Not every engine names the constraint a result is of; its message does, since no two have the same.
        self._constraints = {self.messages[name]["en"]: name for name in constraints if name in self.messages}

    def read(self, owned: Container[str], results: Graph) -> Iterator[Finding]:
        """The findings in a graph of results whose focus is one of those owned."""
        from rdflib import SH, BNode

        for result in results.objects(None, SH.result):
            node = results.value(result, SH.focusNode)
            # Nobody knows a blank node by its label outside the graph it is in.
            focus = BLANK if isinstance(node, BNode) else str(node)
            if focus in owned:
                yield self._finding(results, result, focus)

    def _finding(self, results: Graph, result: Node, focus: str) -> Finding:
        from rdflib import SH, BNode

        def text(predicate: Node) -> str:
            return str(results.value(result, predicate) or "")

        said = [str(message) for message in results.objects(result, SH.resultMessage)]
        constraint = next(
            (self._constraints[message] for message in said if message in self._constraints), ""
        )
        shape = text(SH.sourceConstraint) or constraint or text(SH.sourceShape)
        known = self.messages.get(shape) or {
            "ar" if has_arabic(message) else "en": message for message in said
        }
        path = results.value(result, SH.resultPath)
        described = results
        if isinstance(path, BNode):
            # Not every engine describes a path of several properties; the shape does.
            path, described = self._shapes.value(results.value(result, SH.sourceShape), SH.path), self._shapes
        return Finding(
            check="shapes/" + shape.replace("#", "/").rpartition("/")[2],
            severity=text(SH.resultSeverity).removeprefix(SHACL),
            message_en=known.get("en", ""),
            message_ar=known.get("ar", ""),
            focus=focus,
            path=write_path(described, path) if path is not None else "",
            value=BLANK if isinstance(results.value(result, SH.value), BNode) else text(SH.value),
            component=text(SH.sourceConstraintComponent),
        )


@lru_cache(maxsize=2)
def _load_reader(shapes: bytes) -> _Reader:
    return _Reader(shapes)


def write_path(graph: Graph, path: Node) -> str:
    """A path of SHACL: an IRI as it is, more as SPARQL writes it (``^<iri>``, ``<one>|<other>``, ``<one>/<other>``)."""
    from rdflib import RDF, SH, URIRef
    from rdflib.collection import Collection

    def inner(node: Node) -> str:
        return f"<{node}>" if isinstance(node, URIRef) else write_path(graph, node)

    if isinstance(path, URIRef):
        return str(path)
    if (inverse := graph.value(path, SH.inversePath)) is not None:
        return "^" + inner(inverse)
    if (several := graph.value(path, SH.alternativePath)) is not None:
        return "|".join(inner(node) for node in Collection(graph, several))
    if graph.value(path, RDF.first) is not None:
        return "/".join(inner(node) for node in Collection(graph, path))
    return ""
