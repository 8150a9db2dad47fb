"""A push as the curl commands that would do the same; no secret is ever in them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from typing import Protocol
from urllib.parse import urlencode

from pyoxigraph import NamedNode

from diplograph.transfer.connection import Credentials
from diplograph.transfer.endpoint import Endpoint
from diplograph.transfer.files import GZIP, ZSTD
from diplograph.transfer.handout import HOST, as_fetching, check_logged, is_fetching, load
from diplograph.transfer.lines import GraphSource
from diplograph.transfer.manifest import Entry, announce, confirm, remove
from diplograph.transfer.parcels import Parcel, pack
from diplograph.transfer.pushing import Plan, plan_push
from diplograph.transfer.targets import Message, Target


def curl_commands(
    source: GraphSource,
    endpoint: Endpoint,
    read: Reading,
    *,
    graphs: Sequence[NamedNode] = (),
    everything: bool = False,
    remove_gone: bool = False,
    gzip: bool | None = None,
    chunk: int | None = None,
    unlogged: bool = False,
) -> Iterator[str]:
    """The commands of a shell that do what :func:`~diplograph.transfer.push` would, a line or block each.

    ``read`` are commands that read graphs of the source. Credentials are taken from where a push would take them.
    """
    check_logged(endpoint, unlogged=unlogged)
    plan = plan_push(source, endpoint, everything=everything, graphs=graphs)
    target = as_fetching(endpoint.target) if is_fetching(endpoint) else endpoint.target
    way = _Way(
        target,
        read,
        chunk or target.chunk,
        gzip=target.gzip and not endpoint.connection.is_local if gzip is None else gzip,
        stream=target.stream and chunk is None,
        unlogged=unlogged,
    )
    yield f"# {target.title} at {endpoint.address.url}: {len(plan.changed)} graphs to send, " + (
        f"{len(plan.unchanged)} unchanged, {len(plan.gone)} gone here"
    )
    yield "set -euo pipefail"
    if plan.arrived:
        yield f"# {len(plan.arrived)} graphs that an interrupted push had sent whole"
        yield _update(endpoint, confirm(source.base, plan.arrived))
    if plan.changed:
        yield from _send_changed(source, endpoint, plan, way)
    if remove_gone and plan.gone:
        yield f"# {len(plan.gone)} graphs that are gone here"
        yield _update(endpoint, remove(endpoint, source.base, [entry.graph for entry in plan.gone]))


class Reading(Protocol):
    """Commands that read from a source."""

    def quads(self, graphs: Sequence[NamedNode]) -> str:
        """A command that writes graphs as N-Quads."""

    def triples(self, graph: NamedNode) -> str:
        """A command that writes a graph as N-Triples."""


@dataclass(frozen=True, slots=True)
class StoreReading:
    """Exports from the store in a directory."""

    directory: Path

    def quads(self, graphs: Sequence[NamedNode]) -> str:
        """Such an export."""
        return f"{self._export} --format nquads {' '.join(f'--graph {shlex.quote(graph.value)}' for graph in graphs)}"

    def triples(self, graph: NamedNode) -> str:
        """Such an export."""
        return f"{self._export} --format ntriples --graph {shlex.quote(graph.value)}"

    @property
    def _export(self) -> str:
        return f"diplograph export --store {shlex.quote(str(self.directory))}"


@dataclass(frozen=True, slots=True)
class FileReading:
    """Picks lines out of files of N-Quads."""

    paths: Sequence[Path]

    def quads(self, graphs: Sequence[NamedNode]) -> str:
        """The lines that end with these graphs."""
        return f"{self._lines} | grep {' '.join(f'-e {shlex.quote(_as_pattern(graph))}' for graph in graphs)}"

    def triples(self, graph: NamedNode) -> str:
        """The same without the graph."""
        without = f"s|{_as_pattern(graph)}| .|"  # an IRI has no | of its own
        return f"{self.quads([graph])} | sed {shlex.quote(without)}"

    @property
    def _lines(self) -> str:
        cat = {GZIP: "gzip -dc", ZSTD: "zstd -dc"}
        each = [f"{cat.get(path.suffix, 'cat')} {shlex.quote(str(path))}" for path in self.paths]
        return each[0] if len(each) == 1 else f"{{ {'; '.join(each)}; }}"


def _as_pattern(graph: NamedNode) -> str:
    """The end of the lines of a graph, as grep and sed want it."""
    name = re.sub(r"[].*$[]", r"\\\g<0>", str(graph))
    return rf" {name} \.$"


@dataclass(frozen=True, slots=True)
class _Way:
    """How graphs are sent: as such a store takes them, by commands that read them, so many triples at once."""

    target: Target
    read: Reading
    chunk: int
    gzip: bool
    stream: bool
    unlogged: bool


def _send_changed(source: GraphSource, endpoint: Endpoint, plan: Plan, way: _Way) -> Iterator[str]:
    sent: list[Entry] = []
    if is_fetching(endpoint):
        yield _serve_pieces(endpoint, source.base, way.target.unlogged["prologue"] if way.unlogged else "")
    if way.stream:
        yield "# one request for all of them, each announced before its lines"
        yield "{"
    for parcel in pack(source, plan.changed, way.target, way.chunk):
        full = () if plan.fresh else tuple(endpoint.count(parcel.names))
        yield f"# {len(parcel.entries)} graphs, {parcel.triples} triples"
        known = [name for name in parcel.names if name in plan.manifest]
        yield _update(endpoint, announce(endpoint, source.base, parcel.entries, known=known, clear=full))
        for piece in _send(endpoint, way, parcel):
            yield piece.export if way.stream else piece.command(way.chunk, way.target.most_bytes)
        sent += parcel.entries
        parcel.close()
    if way.stream:
        message = endpoint.address.add(None, gzip=way.gzip)
        yield f"}} | {_pack(message)}{_curl(endpoint.connection.credentials, message, stream=True)}"
    if way.unlogged:
        yield "# it writes down what it kept no log of"
        form = shlex.quote(urlencode({"query": way.target.unlogged["checkpoint"]}))
        yield _curl(endpoint.connection.credentials, endpoint.address.query(), form)
    for start in range(0, len(sent), way.target.graphs):
        yield _update(endpoint, confirm(source.base, sent[start : start + way.target.graphs]))


@dataclass(frozen=True, slots=True)
class _Piece:
    """An export of so many triples and bytes, and the command that sends it."""

    export: str
    send: str
    triples: int
    size: int

    def command(self, chunk: int, most_bytes: int) -> str:
        """The commands in a row; in chunks where it is larger than one."""
        if self.triples <= chunk and self.size <= most_bytes:
            return f"{self.export} | {self.send}"
        limit = f"--lines={chunk}" if self.triples > chunk else f"--line-bytes={most_bytes}"
        return f"{self.export} | split {limit} --filter={shlex.quote(self.send)}"


def _send(endpoint: Endpoint, way: _Way, parcel: Parcel) -> Iterator[_Piece]:
    """The parcel's graphs: all in one body, or one after the other."""
    who, address = endpoint.connection.credentials, endpoint.address
    if way.target.way == "quads":
        message = address.add(None, gzip=way.gzip)
        send = "load" if is_fetching(endpoint) else _pack(message) + _curl(who, message)
        size = sum(lines.size for lines in parcel.lines)
        yield _Piece(way.read.quads(parcel.names), send, parcel.triples, size)
        return
    for entry, lines in zip(parcel.entries, parcel.lines, strict=True):
        if way.target.way == "update":
            braces = f"sed -e '1i INSERT DATA {{ GRAPH {entry.graph} {{' -e '$a }} }}' | "
            send = braces + _curl(who, address.update())
        else:
            message = address.add(entry.graph, gzip=way.gzip)
            send = _pack(message) + _curl(who, message)
        yield _Piece(way.read.triples(entry.graph), send, entry.triples, lines.size)


def _pack(message: Message) -> str:
    return "gzip -1 | " if message.gzip else ""


def _serve_pieces(endpoint: Endpoint, base: str, prologue: str) -> str:
    """A shell function that has the store fetch what it is given, from a server of files that ends with the shell."""
    with socket() as found:
        found.bind((HOST, 0))
        here = f"http://{HOST}:{found.getsockname()[1]}"
    port = here.rpartition(":")[2]
    update = load(f"{here}/${{piece##*/}}", base, prologue)
    send = _curl(endpoint.connection.credentials, endpoint.address.update(), f'"{update}"')
    return f"""\
# it fetches what it is sent from a server of files, which runs as long as this shell; the empty page hides their names
export pieces=$(mktemp -d)
touch "$pieces/index.html"
python3 -m http.server --bind {HOST} --directory "$pieces" {port} > "$pieces/log" 2>&1 &
server=$!
trap 'kill $server; wait $server || :; rm -r "$pieces"' EXIT
until curl -s -o /dev/null {here}; do sleep 0.1; done
load() {{
  piece=$(mktemp "$pieces/XXXXXXXXXXXX.nq")
  cat > "$piece" && {send} && rm "$piece"
}}
export -f load
export SHELL=$BASH  # in which split runs load; dash, its other choice, passes no functions on"""


def _update(endpoint: Endpoint, text: str) -> str:
    command = _curl(endpoint.connection.credentials, endpoint.address.update())
    return f"{command} <<'END'\n{text}\nEND"


def _curl(who: Credentials, message: Message, body: str = "@-", *, stream: bool = False) -> str:
    """A curl command that sends its standard input; the shell, or curl itself, puts the credentials in. A stream it sends
    as it comes, which it cannot do twice, as it would have to for digest."""
    secret = ""
    ask, data = ("--basic", "-T -") if stream else ("--anyauth", f"--data-binary {body}")
    if who.token:
        scheme = who.authorization.removesuffix(who.token)
        secret = f' -H "Authorization: {scheme}$DIPLOGRAPH_TOKEN"'
    elif who.source.startswith("DIPLOGRAPH_USER"):
        secret = f' {ask} -u "$DIPLOGRAPH_USER:$DIPLOGRAPH_PASSWORD"'
    elif who.source:
        secret = f" {ask} --netrc-file {shlex.quote(who.source)}"
    headers = "".join(f" -H {shlex.quote(f'{name}: {value}')}" for name, value in message.headers.items())
    return f"curl -sS --fail-with-body -o /dev/null{secret} -X {message.method}{headers} {data} {shlex.quote(message.url)}"
