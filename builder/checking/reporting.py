"""The report of a check in SHACL's own vocabulary, whatever found the faults, so that tools for SHACL read it.

https://www.w3.org/TR/shacl/#validation-report. Beside it, in PROV and Dublin Core, which tools ran, and for each result
the words of the documents behind it, as the graph itself describes mentions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from diplograph.checking.findings import Finding, Part, Report
from diplograph.checking.justifications import statement_triples
from diplograph.model import DataError
from diplograph.quads import DCTERMS, LABEL, PROV, TYPE, document_iri, mention_iri, term
from diplograph.vocabulary import BASE, RDF, RDFS, XSD

SHACL = "http://www.w3.org/ns/shacl#"
SHAPES = f"{BASE}shapes#"
FORMATS = {"turtle": RdfFormat.TURTLE, "jsonld": RdfFormat.JSON_LD, "ntriples": RdfFormat.N_TRIPLES}

_PREFIXES = {
    "sh": SHACL,
    "prov": PROV,
    "dcterms": DCTERMS,
    "dip": f"{BASE}ontology#",
    "xsd": XSD,
    "rdfs": RDFS,
}
_STEP = re.compile(r"\^?<([^>]*)>")
_IRI = re.compile(r"(https?|urn):[^\s<>\"{}|\\^`]+")

_Node = NamedNode | BlankNode


def report_graph(report: Report, base: str = BASE, format: str = "turtle") -> bytes:
    """The report as RDF, in one of :data:`FORMATS`.

    As SHACL has it, ``sh:conforms`` is true only where there are no results at all, warnings included. A fault that no
    shape found has the check that did for its ``sh:sourceShape`` and ``sh:sourceConstraintComponent``.

    >>> b"sh:conforms true" in report_graph(Report())
    True
    """
    if format not in FORMATS:
        raise DataError(f'a report cannot be written as "{format}"; there are {", ".join(FORMATS)}')
    text = serialize(_report_triples(report, base), format=FORMATS[format], prefixes=_PREFIXES)
    return text or b""


def _report_triples(report: Report, base: str) -> Iterator[Triple]:
    node = BlankNode("report")
    yield Triple(node, TYPE, _sh("ValidationReport"))
    yield Triple(node, _sh("conforms"), Literal(not report.findings))
    for number, part in enumerate(report.parts, 1):
        activity = BlankNode(f"part{number}")
        yield Triple(node, NamedNode(PROV + "wasGeneratedBy"), activity)
        yield from _part_triples(activity, BlankNode(f"tool{number}"), part)
    for number, finding in enumerate(report.findings, 1):
        result = BlankNode(f"result{number}")
        yield Triple(node, _sh("result"), result)
        yield from _finding_triples(result, finding, base)


def _part_triples(activity: _Node, tool: _Node, part: Part) -> Iterator[Triple]:
    yield Triple(activity, TYPE, NamedNode(PROV + "Activity"))
    yield Triple(activity, LABEL, Literal(part.name))
    yield Triple(activity, NamedNode(PROV + "wasAssociatedWith"), tool)
    yield Triple(tool, TYPE, NamedNode(PROV + "SoftwareAgent"))
    yield Triple(tool, LABEL, Literal(part.tool))
    yield Triple(tool, NamedNode(DCTERMS + "hasVersion"), Literal(part.version))
    said = [f"could not be done: {part.failure}"] if part.failure else []
    said += [f"left out: {one.count} {one.what}: {one.reason}" for one in part.skipped]
    for text in (*said, *part.notes):
        yield Triple(activity, NamedNode(RDFS + "comment"), Literal(text))


def _finding_triples(result: BlankNode, finding: Finding, base: str) -> Iterator[Triple]:
    kind, _, name = finding.check.partition("/")
    source = NamedNode(SHAPES + name) if kind == "shapes" else NamedNode(f"{base}checks/{finding.check}")
    yield Triple(result, TYPE, _sh("ValidationResult"))
    yield Triple(result, _sh("focusNode"), _focus(finding, base))
    yield Triple(result, _sh("resultSeverity"), _sh(finding.severity))
    yield Triple(result, _sh("sourceShape"), source)
    yield Triple(
        result,
        _sh("sourceConstraintComponent"),
        NamedNode(finding.component) if finding.component else source,
    )
    for text, language in ((finding.message_en, "en"), (finding.message_ar, "ar")):
        if text:
            yield Triple(result, _sh("resultMessage"), Literal(text, language=language))
    if finding.value:
        yield Triple(result, _sh("value"), _value(finding.value))
    if finding.path:
        path, triples = _read_path(finding.path, result.value)
        yield Triple(result, _sh("resultPath"), path)
        yield from triples
    yield from statement_triples(result, finding.statements, base)
    for found in finding.sources:
        document = document_iri(found.document, base=base)
        if not found.quote:
            yield Triple(result, NamedNode(DCTERMS + "source"), document)
            continue
        mention = mention_iri(found.document, found.begin, found.end, base=base)
        yield Triple(result, NamedNode(DCTERMS + "source"), mention)
        yield Triple(mention, term("inDocument"), document)
        yield Triple(mention, term("quote"), Literal(found.quote))
        yield Triple(mention, term("beginIndex"), Literal(found.begin))
        yield Triple(mention, term("endIndex"), Literal(found.end))


def _sh(name: str) -> NamedNode:
    return NamedNode(SHACL + name)


def _focus(finding: Finding, base: str) -> NamedNode | Literal | BlankNode:
    """Of what is at fault; the ontology where that is nothing in particular."""
    if finding.focus.startswith("_:"):
        return BlankNode()
    return _value(finding.focus) if finding.focus else NamedNode(f"{base}ontology")


def _value(text: str) -> NamedNode | Literal:
    return NamedNode(text) if _IRI.fullmatch(text) else Literal(text)


def _read_path(text: str, prefix: str) -> tuple[_Node, list[Triple]]:
    """The node of a path that :func:`diplograph.checking.shapes.write_path` wrote, and what describes it."""
    if _IRI.fullmatch(text):
        return NamedNode(text), []
    triples: list[Triple] = []

    def fresh() -> BlankNode:
        return BlankNode(f"{prefix}path{len(triples)}")

    def step(found: re.Match[str]) -> _Node:
        if not found[0].startswith("^"):
            return NamedNode(found[1])
        node = fresh()
        triples.append(Triple(node, _sh("inversePath"), NamedNode(found[1])))
        return node

    steps = [step(found) for found in _STEP.finditer(text)]
    if len(steps) == 1:
        return steps[0], triples
    following: _Node = NamedNode(RDF + "nil")
    for node in reversed(steps):
        cell = fresh()
        triples += [
            Triple(cell, NamedNode(RDF + "first"), node),
            Triple(cell, NamedNode(RDF + "rest"), following),
        ]
        following = cell
    if "|" in text:
        node = fresh()
        triples.append(Triple(node, _sh("alternativePath"), following))
        following = node
    return following, triples
