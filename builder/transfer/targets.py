"""The stores that graphs are pushed to: a table in ``targets.toml``, and the requests each of them takes."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from pyoxigraph import NamedNode

from diplograph.model import TransferError


@dataclass(frozen=True, slots=True)
class Target:
    """A kind of store; the fields are explained in ``targets.toml``."""

    name: str
    title: str
    query: str
    update: str
    data: str
    way: str
    media_type: str
    clear: str
    chunk: int
    endings: tuple[str, ...] = ()
    graph_parameter: str = "graph"
    data_options: Mapping[str, str] = field(default_factory=dict)
    most_bytes: int = 64_000_000
    graphs: int = 200
    connections: int = 1
    parcels: int = 1
    count: int = 200
    counts_all: bool = False
    gzip: bool = False
    stream: bool = False
    server: str = ""
    header: str = "server"
    probe: Mapping[str, str] = field(default_factory=dict)
    page: int | None = None
    corrupts: tuple[str, ...] = ()
    fetch: Mapping[str, Any] = field(default_factory=dict)
    unlogged: Mapping[str, str] = field(default_factory=dict)


@cache
def load_targets() -> Mapping[str, Target]:
    """The kinds of stores by name.

    >>> load_targets()["virtuoso"].graph_parameter
    'graph-uri'
    """
    text = (files("diplograph.transfer") / "targets.toml").read_text(encoding="utf-8")
    tables: dict[str, dict[str, Any]] = tomllib.loads(text)
    return MappingProxyType({name: _read(name, table) for name, table in tables.items()})


def _read(name: str, table: Mapping[str, Any]) -> Target:
    fields: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in table.items()
    }
    return Target(name=name, **fields)


def get_target(name: str) -> Target:
    """The kind of store of this name. Raises TransferError naming all."""
    targets = load_targets()
    if name not in targets:
        raise TransferError(f'no store is called "{name}"; there are {", ".join(targets)}')
    return targets[name]


@dataclass(frozen=True, slots=True)
class Message:
    """A request without its body: what a client sends, or curl."""

    method: str
    url: str
    media_type: str = ""
    accept: str = ""
    gzip: bool = False

    @property
    def headers(self) -> dict[str, str]:
        """Its headers."""
        found = {"Content-Type": self.media_type, "Accept": self.accept}
        if self.gzip:
            found["Content-Encoding"] = "gzip"
        return {name: value for name, value in found.items() if value}


RESULTS = "application/sparql-results+json"
TRIPLES = "application/n-triples"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a store is: its kind and its URLs."""

    target: Target
    url: str
    query_url: str
    update_url: str
    data_url: str

    def query(self) -> Message:
        """A query; the body is a form with the SPARQL text."""
        return Message("POST", self.query_url, "application/x-www-form-urlencoded", RESULTS)

    def update(self) -> Message:
        """An update; the body is its text."""
        return Message("POST", self.update_url, "application/sparql-update")

    def add(self, graph: NamedNode | None, *, gzip: bool = False) -> Message:
        """Adds triples: the body is N-Triples for a graph, or N-Quads."""
        options = dict(self.target.data_options)
        if graph is not None:
            options[self.target.graph_parameter] = graph.value
        url = self.data_url + (f"?{urlencode(options)}" if options else "")
        return Message("POST", url.replace("=&", "&").removesuffix("="), self.target.media_type, gzip=gzip)


def locate(target: Target, url: str, update_url: str | None = None) -> Address:
    """The URLs of a store, found from that of any of its services.

    >>> locate(get_target("oxigraph"), "http://localhost:7878/query").data_url
    'http://localhost:7878/store'
    """
    base = cut_ending(target, url)
    return Address(target, base, base + target.query, update_url or base + target.update, base + target.data)


def cut_ending(target: Target, url: str) -> str:
    """The URL without the path of one of the store's services."""
    base = url
    for ending in sorted(target.endings, key=len, reverse=True):
        if base.endswith(ending):
            base = base.removesuffix(ending)
            break
    return base if target.name == "sparql" else base.rstrip("/")


def clear_graphs(target: Target, graphs: Iterable[NamedNode]) -> str:
    """The update that empties graphs, in the words that this store knows."""
    form = (
        "DELETE WHERE {{ GRAPH {} {{ ?s ?p ?o }} }}" if target.clear == "delete" else "DROP SILENT GRAPH {}"
    )
    return " ;\n".join(form.format(graph) for graph in graphs)


def insert_data(graph: NamedNode, lines: bytes) -> bytes:
    """The update that adds these lines of N-Triples to a graph."""
    return b"INSERT DATA { GRAPH " + str(graph).encode() + b" {\n" + lines + b"} }"
