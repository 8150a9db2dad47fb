"""What is checked: the ontology, and the data of a store or of files, without what was inferred or is said of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from pyoxigraph import (
    CanonicalizationAlgorithm,
    Dataset,
    DefaultGraph,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
    serialize,
)

from diplograph.model import DataError
from diplograph.quads import document_graph, ontology_quads, shared_graph
from diplograph.resources import locate
from diplograph.store import Store
from diplograph.vocabulary import BASE, ONTOLOGY_FILE

NOT_DATA = ("ontology", "inferences", "description")
"""The shared graphs that are no data: what may be said, what follows, and what a server says of it all."""


def load_ontology(path: Path | None = None) -> tuple[Triple, ...]:
    """The triples of an ontology in Turtle, by default of ours. Raises DataError when it cannot be read."""
    name = str(path) if path else ONTOLOGY_FILE
    try:
        text = (path or locate("ontology", "diplograph.ttl")).read_bytes()
        return tuple(quad.triple for quad in parse(text, format=RdfFormat.TURTLE, rename_blank_nodes=True))
    except OSError as error:
        raise DataError(f"{name} cannot be read: {error.strerror or error}") from error
    except SyntaxError as error:
        raise DataError(f"{name}: not Turtle: {error}") from error


def load_files(paths: Sequence[Path], *, base: str = BASE) -> Store:
    """A store in memory with the data of files in Turtle, TriG, N-Triples, N-Quads, RDF/XML or JSON-LD.

    What a file says in no graph is put into one of its own, named by its stem. Raises DataError when one cannot be
    read, or is of none of these formats by its name.
    """
    store = Store.in_memory(base=base)
    for path in paths:
        format = RdfFormat.from_extension(path.suffix.removeprefix("."))
        if format is None:
            raise DataError(
                f"{path} is not RDF by its name; it should end in .ttl, .trig, .nt, .nq, .rdf or .jsonld"
            )
        own = document_graph(path.stem, base=base)
        try:
            # Renamed, so that blank nodes of two documents are never taken for one.
            quads = [
                Quad(quad.subject, quad.predicate, quad.object, own)
                if isinstance(quad.graph_name, DefaultGraph)
                else quad
                for quad in parse(path.read_bytes(), format=format, rename_blank_nodes=True)
            ]
        except OSError as error:
            raise DataError(f"{path} cannot be read: {error.strerror or error}") from error
        except SyntaxError as error:
            raise DataError(f"{path} is not {format}: {error}") from error
        store.inner.extend(quads)
    graph = shared_graph("ontology", base=base)
    if next(store.quads(graph), None) is None:  # some checks ask it for the hierarchy of classes
        text = locate("ontology", "diplograph.ttl").read_text(encoding="utf-8")
        store.inner.extend(ontology_quads(text, base=base))
    return store


def data_quads(store: Store) -> Iterator[Quad]:
    """The quads of all graphs that are data, in no order."""
    others = other_graphs(store)
    return chain.from_iterable(store.quads(name) for name in store.graph_names() if name not in others)


def other_graphs(store: Store) -> frozenset[NamedNode]:
    """The names of the graphs that are not data."""
    return frozenset(shared_graph(name, base=store.base) for name in NOT_DATA)


def hash_triples(triples: Iterable[Triple]) -> str:
    """The SHA-256 of what triples say: their order and the names of their blank nodes change nothing (RDFC-1.0)."""
    dataset = Dataset(Quad(triple.subject, triple.predicate, triple.object) for triple in triples)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return hashlib.sha256("\n".join(sorted(map(str, dataset))).encode("utf-8")).hexdigest()


def write_ntriples(triples: Iterable[Triple]) -> bytes:
    """The triples as N-Triples, in their order."""
    text = serialize(triples, format=RdfFormat.N_TRIPLES)
    assert text is not None
    return text
