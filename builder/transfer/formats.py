"""The formats of exports: what each is called, what it holds and how its files are named."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from pyoxigraph import RdfFormat


@dataclass(frozen=True, slots=True)
class Format:
    """A format. ``kind`` says how it is written: ``lines``, ``grouped`` (by graph and subject), ``jsonld``, ``table``
    or ``network``; ``datasets`` whether it holds several graphs."""

    name: str
    kind: str
    suffix: str
    media_type: str
    datasets: bool
    rdf: RdfFormat | None = None


_ALL = (
    Format("nquads", "lines", ".nq", "application/n-quads", True, RdfFormat.N_QUADS),
    Format("trig", "grouped", ".trig", "application/trig", True, RdfFormat.TRIG),
    Format("turtle", "grouped", ".ttl", "text/turtle", False, RdfFormat.TURTLE),
    Format("ntriples", "lines", ".nt", "application/n-triples", False, RdfFormat.N_TRIPLES),
    Format("rdfxml", "grouped", ".rdf", "application/rdf+xml", False, RdfFormat.RDF_XML),
    Format("jsonld", "jsonld", ".jsonld", "application/ld+json", True),
    Format("jsonld-framed", "jsonld", ".jsonld", "application/ld+json", True),
    Format("csv", "table", ".csv", "text/csv", True),
    Format("parquet", "table", ".parquet", "application/vnd.apache.parquet", True),
    Format("graphml", "network", ".graphml", "application/graphml+xml", True),
    Format("gexf", "network", ".gexf", "application/gexf+xml", True),
)

FORMATS = MappingProxyType({format.name: format for format in _ALL})
"""The formats by name."""

COMPRESSIONS = MappingProxyType({".gz": "application/gzip", ".zst": "application/zstd"})
"""The compressions by the end of a file's name, with their media types."""
