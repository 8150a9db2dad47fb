"""What is beside an export: a description in VoID and DCAT, and checksums.

It depends on the data and the files alone, so that equal exports have equal descriptions: its date is that of the last
extraction. https://www.w3.org/TR/void/, https://www.w3.org/TR/vocab-dcat-3/
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, QuerySolutions

from diplograph.quads import DCTERMS, PROV, TYPE, dataset_iri
from diplograph.store import PREFIXES, Store
from diplograph.transfer.exporting import Exported
from diplograph.transfer.files import checksum, open_output, write_checksums
from diplograph.transfer.formats import COMPRESSIONS, FORMATS
from diplograph.vocabulary import DIP, OWL, RDFS, XSD

VOID = "http://rdfs.org/ns/void#"
_PREFIXES = {
    **PREFIXES,
    "dcat": "http://www.w3.org/ns/dcat#",
    "spdx": "http://spdx.org/rdf/terms#",
    "void": VOID,
}
_SHA256 = "a spdx:Checksum ; spdx:algorithm spdx:checksumAlgorithm_sha256"
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"


def describe_export(
    store: Store, format: str, output: Path, exported: Exported, graphs: Sequence[NamedNode] = ()
) -> tuple[Path, Path]:
    """Writes ``OUTPUT.void.ttl`` and ``OUTPUT.sha256`` beside an export, and says where they are.

    ``sha256sum --check OUTPUT.sha256`` checks the files. Raises StoreError when they cannot be written.
    """
    about = output.with_name(output.name + ".void.ttl")
    sums = output.with_name(output.name + ".sha256")
    names = tuple(graphs) or store.graph_names()
    text = "\n".join(_write(store, format, exported.files, names))
    with open_output(about) as file:
        file.write(text.encode())
    write_checksums([*exported.files, about], sums)
    return about, sums


def _write(store: Store, format: str, files: Sequence[Path], graphs: Sequence[NamedNode]) -> Iterator[str]:
    for prefix, iri in sorted(_PREFIXES.items()):
        yield f"@prefix {prefix}: <{iri}> ."
    partitions = [
        *_partitions(store, "class", f"?s {TYPE} ?x", "entities", graphs),
        *_partitions(store, "property", "?s ?x ?o", "triples", graphs),
    ]
    facts = [
        "a void:Dataset , dcat:Dataset",
        'dcterms:title "Events of diplomacy in Arabic news"@en , "أحداث دبلوماسية في الأخبار العربية"@ar',
        f"void:triples {_ask(store, '(COUNT(*) AS ?n)', '?s ?p ?o', graphs)[0]}",
        f"void:distinctSubjects {_ask(store, '(COUNT(DISTINCT ?s) AS ?n)', '?s ?p ?o', graphs)[0]}",
        f"void:vocabulary {' , '.join(f'<{iri}>' for iri in (DCTERMS, DIP, OWL, PROV, RDFS))}",
        *(f"void:dataDump <{quote(path.name)}>" for path in files),
        *(f"dcat:distribution <{quote(path.name)}>" for path in files),
        *(f"void:subset {graph}" for graph in graphs if "/document/" not in graph.value),
        *partitions,
    ]
    modified = _ask(store, "(MAX(?o) AS ?n)", f"?s <{PROV}endedAtTime> ?o", graphs)
    if modified:
        facts.append(f"dcterms:modified {modified[0]}")
    yield f"\n{dataset_iri(base=store.base)}\n  " + " ;\n  ".join(facts) + " ."
    for path in files:
        yield _describe_file(path, format)


def _describe_file(path: Path, format: str) -> str:
    facts = [
        "a dcat:Distribution",
        f"dcat:mediaType <{_MEDIA_TYPES}{FORMATS[format].media_type}>",
        f"dcat:byteSize {path.stat().st_size}",
        f"spdx:checksum [ {_SHA256} ; spdx:checksumValue {Literal(checksum(path))}^^xsd:hexBinary ]",
    ]
    if path.suffix in COMPRESSIONS:
        facts.insert(2, f"dcat:compressFormat <{_MEDIA_TYPES}{COMPRESSIONS[path.suffix]}>")
    return f"\n<{quote(path.name)}>\n  " + " ;\n  ".join(facts) + " .\n"


def _partitions(
    store: Store, kind: str, pattern: str, unit: str, graphs: Sequence[NamedNode]
) -> Iterator[str]:
    found = _select(store, "?x (COUNT(*) AS ?n)", pattern, graphs, "GROUP BY ?x ORDER BY ?x")
    for row in found:
        yield f"void:{kind}Partition [ void:{kind} {row['x']} ; void:{unit} {_number(row['n'])} ]"


def _ask(store: Store, what: str, pattern: str, graphs: Sequence[NamedNode]) -> list[str]:
    rows = _select(store, what, pattern, graphs, "")
    return [_number(row["n"]) for row in rows if row["n"] is not None]


def _number(value: object) -> str:
    return (
        value.value if isinstance(value, Literal) and value.datatype.value == XSD + "integer" else str(value)
    )


def _select(store: Store, what: str, pattern: str, graphs: Sequence[NamedNode], end: str) -> QuerySolutions:
    every = len(graphs) == len(store.graph_names())
    values = "" if every else f"VALUES ?g {{ {' '.join(map(str, graphs))} }}"
    answer = store.query(f"SELECT {what} WHERE {{ {values} GRAPH ?g {{ {pattern} }} }} {end}")
    assert isinstance(answer, QuerySolutions)
    return answer
