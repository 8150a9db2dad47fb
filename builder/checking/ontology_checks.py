"""The ontology itself: what queries/ontology-checks find in it, its profiles, and whether it answers its questions."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyoxigraph
from pyoxigraph import NamedNode, Quad, QuerySolutions, Triple

from diplograph.catalog import Query, bind, load_catalog, resolve, terms_of
from diplograph.checking.findings import VIOLATION, Finding, Part, Skipped
from diplograph.checking.material import load_files, load_ontology
from diplograph.checking.profiles import check_profiles
from diplograph.checking.sanity import ask
from diplograph.model import QueryError
from diplograph.quads import TYPE, shared_graph, skolemise
from diplograph.resources import locate
from diplograph.store import Store
from diplograph.vocabulary import BASE, DIP, OWL

_KINDS = frozenset(
    OWL + kind
    for kind in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty", "NamedIndividual")
)
_NAMESPACE = "http://purl.org/vocab/vann/preferredNamespaceUri"


def check_ontology(path: Path | None = None) -> tuple[Part, ...]:
    """The parts ``profiles``, ``ontology`` and, where an ontology is ours or one that extends it, ``competency``.

    ``path`` is of a file in Turtle, ours by default. Raises DataError when it cannot be read.
    """
    ontology = load_ontology(path)
    return check_profiles(ontology), check_terms(ontology), check_questions(ontology)


# --- Terms and metadata ----------------------------------------------------------------------------------------------


def check_terms(ontology: Sequence[Triple], *, queries: Sequence[Query] | None = None) -> Part:
    """What ``queries/ontology-checks`` find in an ontology: ROBOT's report, OOPS! and FOOPS!, in our own words.

    Only terms of the ontology's own namespace need labels, definitions and the like.
    """
    begin = time.monotonic()
    asked = tuple(queries if queries is not None else load_catalog("ontology-checks"))
    own = own_terms(ontology)
    with Store.in_memory() as store:
        # In the default graph, where the queries look, as they would on a file loaded elsewhere.
        store.inner.extend(Quad(*triple) for triple in ontology)
        tables = {"own": " ".join(str(term) for term in own)}
        findings = tuple(finding for query in asked for finding in ask(store, query, tables, kind="ontology"))
    return Part(
        name="ontology",
        tool="pyoxigraph",
        version=pyoxigraph.__version__,
        axioms=len(asked),
        triples=len(ontology),
        seconds=time.monotonic() - begin,
        findings=findings,
        notes=(f"{len(own)} terms are its own",),
    )


def own_terms(ontology: Sequence[Triple]) -> tuple[NamedNode, ...]:
    """The terms that an ontology declares in its own namespace: the one it says to prefer, or that of most terms."""
    declared = dict.fromkeys(
        triple.subject
        for triple in ontology
        if triple.predicate == TYPE
        and isinstance(triple.subject, NamedNode)
        and isinstance(triple.object, NamedNode)
        and triple.object.value in _KINDS
    )
    said = [
        str(getattr(triple.object, "value", ""))
        for triple in ontology
        if triple.predicate.value == _NAMESPACE
    ]
    spaces = Counter(_namespace(term.value) for term in declared)
    space = said[0] if said else max(spaces, key=lambda one: spaces[one], default="")
    return tuple(term for term in declared if _namespace(term.value) == space)


def _namespace(iri: str) -> str:
    return iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]


# --- Competency questions --------------------------------------------------------------------------------------------


def check_questions(ontology: Sequence[Triple]) -> Part:
    """Whether each canned question is answered from the golden data (queries/competency.trig) under an ontology.

    A question is asked with the values of its example; no rows, or a term that the ontology lacks, is a violation.
    """
    begin = time.monotonic()
    questions = tuple(load_catalog())
    ours = any(
        t.predicate == TYPE and _is_ours(t.subject) and t.object == NamedNode(OWL + "Ontology")
        for t in ontology
    )
    skipped = Skipped("questions", len(questions), "they are about diplograph's ontology, which this is not")
    return Part(
        name="competency",
        tool="pyoxigraph",
        version=pyoxigraph.__version__,
        axioms=len(questions),
        triples=len(ontology),
        seconds=time.monotonic() - begin,
        skipped=() if ours else (skipped,),
        findings=tuple(_ask_questions(questions, ontology)) if ours else (),
    )


def _is_ours(node: object) -> bool:
    return isinstance(node, NamedNode) and node.value.startswith(f"{BASE}ontology")


def _ask_questions(questions: Sequence[Query], ontology: Sequence[Triple]) -> Iterator[Finding]:
    with load_files([locate("queries", "competency.trig")]) as store:
        graph = shared_graph("ontology")
        store.inner.extend(skolemise([Quad(t.subject, t.predicate, t.object, graph) for t in ontology]))
        declared = {
            str(getattr(triple.subject, "value", "")) for triple in ontology if triple.predicate == TYPE
        }
        for question in questions:
            lacking = [name for name in terms_of(question.text) if DIP + name not in declared]
            fault = _missing(lacking) if lacking else _fault(store, question)
            if fault:
                yield Finding(
                    check=f"competency/{question.name}",
                    severity=VIOLATION,
                    message_en=f'"{question.summary}" is not answered: {fault[0]}.',
                    message_ar=f"لا جواب عن «{question.summary_ar}»: {fault[1]}.",
                    focus=f"{BASE}ontology",
                    value=question.name,
                )


def _missing(names: Sequence[str]) -> tuple[str, str]:
    listed = ", ".join(f"dip:{name}" for name in names)
    return f"the ontology lacks {listed}", f"ليس في الأنطولوجيا {listed}"


def _fault(store: Store, question: Query) -> tuple[str, str] | None:
    try:
        answer = store.query(bind(question, resolve(store, question, question.example)))
    except QueryError as error:
        return str(error), str(error)
    if isinstance(answer, QuerySolutions) and next(iter(answer), None) is None:
        return "the golden data gives no rows", "البيانات النموذجية لا تعطي أي صف"
    return None
