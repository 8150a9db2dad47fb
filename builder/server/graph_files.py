"""Graphs out of files and into files; used in an engine only."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from typing import IO, Any, cast

import pyoxigraph as ox

from diplograph.server.errors import Refusal
from diplograph.server.queries import malformed, rdf_format
from diplograph.store import PREFIXES, Store

Graph = ox.NamedNode | ox.DefaultGraph
File = tuple[str, str]  # media type, content in base 64


def read(store: Store, output: Any, graph: str | None, whole: bool, media_type: str) -> None:
    """Writes a graph, or the whole store, to ``output``. Raises Refusal (404) when there is no such graph."""
    stream, format = cast(IO[bytes], output), rdf_format(media_type)
    if whole:
        store.inner.dump(stream, format, prefixes=PREFIXES)
        return
    node = _graph(graph)
    if isinstance(node, ox.NamedNode) and not store.inner.contains_named_graph(node):
        raise Refusal(404, f"there is no graph <{node.value}>")
    triples = (quad.triple for quad in store.inner.quads_for_pattern(None, None, None, node))
    ox.serialize(triples, stream, format, prefixes=PREFIXES)


def delete(store: Store, graph: str | None) -> bool:
    """Removes a graph. Raises Refusal (404) when there is none."""
    node = _graph(graph)
    if isinstance(node, ox.NamedNode) and not store.inner.contains_named_graph(node):
        raise Refusal(404, f"there is no graph <{node.value}>")
    store.inner.update(f"DROP {_name(node)}")
    return True


def write(store: Store, graph: str | None, whole: bool, replace: bool, files: Iterable[File]) -> bool:
    """Adds what is in files to a graph, or replaces the graph by it, in one transaction; whether the graph is new.

    With ``whole``, quads go to the graphs that they name. Raises Refusal when a file is malformed.
    """
    node = _graph(graph)
    quads = [quad for file in files for quad in _parse(file, None if whole else node)]
    new = not whole and isinstance(node, ox.NamedNode) and not store.inner.contains_named_graph(node)
    operations = [f"DROP SILENT {_name(node)}"] if replace else []
    if isinstance(node, ox.NamedNode):
        operations.append(f"CREATE SILENT {_name(node)}")
    operations.append("INSERT DATA {\n" + "".join(map(_line, quads)) + "}")
    store.inner.update(" ;\n".join(operations))
    return new


def _graph(iri: str | None) -> Graph:
    try:
        return ox.NamedNode(iri) if iri is not None else ox.DefaultGraph()
    except ValueError as error:
        raise Refusal(400, f"<{iri}> is no absolute IRI; a graph is named by one") from error


def _name(graph: Graph) -> str:
    return f"GRAPH {graph}" if isinstance(graph, ox.NamedNode) else "DEFAULT"


def _line(quad: ox.Quad) -> str:
    triple = f"{quad.triple} ."
    return (
        f"GRAPH {quad.graph_name} {{ {triple} }}\n"
        if isinstance(quad.graph_name, ox.NamedNode)
        else triple + "\n"
    )


def _parse(file: File, graph: Graph | None) -> Iterator[ox.Quad]:
    """The quads of a file; all in the graph, where one is given."""
    media_type, content = file
    base = graph.value if isinstance(graph, ox.NamedNode) else None
    format = rdf_format(media_type)
    if graph is not None and format.supports_datasets and not media_type.endswith("json"):
        raise Refusal(415, f"{media_type} holds many graphs; to write one take a format that holds one")
    try:
        for quad in ox.parse(base64.b64decode(content), format, base_iri=base, rename_blank_nodes=True):
            yield quad if graph is None else ox.Quad(quad.subject, quad.predicate, quad.object, graph)
    except (SyntaxError, ValueError) as error:
        raise _malformed_file(error) from error


def _malformed_file(error: Exception) -> Refusal:
    line = getattr(error, "lineno", None)
    column = getattr(error, "offset", None)
    if line is None or column is None:
        return malformed("RDF", str(error))
    said = error.msg if isinstance(error, SyntaxError) else str(error)
    return Refusal(400, f"malformed RDF, line {line}, column {column}: {said}", line=line, column=column)
