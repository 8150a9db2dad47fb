"""A push as the curl commands that would do the same; no secret is ever in them."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from socket import socket

from pyoxigraph import NamedNode

from diplograph.store import Store
from diplograph.transfer.connection import Credentials
from diplograph.transfer.endpoint import Endpoint
from diplograph.transfer.handout import HOST, as_fetching, is_fetching, load
from diplograph.transfer.manifest import announce, confirm, remove
from diplograph.transfer.pushing import plan_push
from diplograph.transfer.sending import Parcel, pack
from diplograph.transfer.targets import Message, Target


def curl_commands(
    store: Store,
    endpoint: Endpoint,
    directory: Path,
    *,
    graphs: Sequence[NamedNode] = (),
    everything: bool = False,
    remove_gone: bool = False,
    gzip: bool | None = None,
    chunk: int | None = None,
) -> Iterator[str]:
    """The commands of a shell that do what :func:`~diplograph.transfer.push` would, a line or block each.

    They export from the store in ``directory``, and take credentials from where a push would.
    """
    plan = plan_push(store, endpoint, everything=everything, graphs=graphs)
    target = as_fetching(endpoint.target) if is_fetching(endpoint) else endpoint.target
    packed = target.gzip and not endpoint.connection.is_local if gzip is None else gzip
    chunk = chunk or target.chunk
    yield f"# {target.title} at {endpoint.address.url}: {len(plan.changed)} graphs to send, " + (
        f"{len(plan.unchanged)} unchanged, {len(plan.gone)} gone here"
    )
    yield "set -euo pipefail"
    if is_fetching(endpoint) and plan.changed:
        yield _serve_pieces(endpoint, store.base)
    export = f"diplograph export --store {shlex.quote(str(directory))}"
    for parcel in pack(store, plan.changed, target, chunk):
        full = () if plan.fresh else tuple(endpoint.count(entry.graph for entry in parcel.entries))
        yield f"# {len(parcel.entries)} graphs, {parcel.triples} triples"
        known = [entry.graph for entry in parcel.entries if entry.graph in plan.manifest]
        yield _update(endpoint, announce(endpoint, store.base, parcel.entries, known=known, clear=full))
        for piece in _send(endpoint, target, parcel, export, packed):
            yield piece.command(chunk, target.most_bytes)
        yield _update(endpoint, confirm(store.base, parcel.entries))
        parcel.close()
    if remove_gone and plan.gone:
        yield f"# {len(plan.gone)} graphs that are gone here"
        yield _update(endpoint, remove(endpoint, store.base, [entry.graph for entry in plan.gone]))


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


def _send(endpoint: Endpoint, target: Target, parcel: Parcel, export: str, gzip: bool) -> Iterator[_Piece]:
    """The parcel's graphs: all in one body, or one after the other."""
    who, address = endpoint.connection.credentials, endpoint.address
    if target.way == "quads":
        names = " ".join(f"--graph {shlex.quote(entry.graph.value)}" for entry in parcel.entries)
        message = address.add(None, gzip=gzip)
        send = "load" if is_fetching(endpoint) else _pack(message) + _curl(who, message)
        size = sum(lines.size for lines in parcel.lines)
        yield _Piece(f"{export} --format nquads {names}", send, parcel.triples, size)
        return
    for entry, lines in zip(parcel.entries, parcel.lines, strict=True):
        if target.way == "update":
            braces = f"sed -e '1i INSERT DATA {{ GRAPH {entry.graph} {{' -e '$a }} }}' | "
            send = braces + _curl(who, address.update())
        else:
            message = address.add(entry.graph, gzip=gzip)
            send = _pack(message) + _curl(who, message)
        ours = f"{export} --format ntriples --graph {shlex.quote(entry.graph.value)}"
        yield _Piece(ours, send, entry.triples, lines.size)


def _pack(message: Message) -> str:
    return "gzip -1 | " if message.gzip else ""


def _serve_pieces(endpoint: Endpoint, base: str) -> str:
    """A shell function that has the store fetch what it is given, from a server of files that ends with the shell."""
    with socket() as found:
        found.bind((HOST, 0))
        here = f"http://{HOST}:{found.getsockname()[1]}"
    port = here.rpartition(":")[2]
    update = load(f"{here}/${{piece##*/}}", base)
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


def _curl(who: Credentials, message: Message, body: str = "@-") -> str:
    """A curl command that sends its standard input; the shell, or curl itself, puts the credentials in."""
    secret = ""
    if who.token:
        scheme = who.authorization.removesuffix(who.token)
        secret = f' -H "Authorization: {scheme}$DIPLOGRAPH_TOKEN"'
    elif who.source.startswith("DIPLOGRAPH_USER"):
        secret = ' --anyauth -u "$DIPLOGRAPH_USER:$DIPLOGRAPH_PASSWORD"'
    elif who.source:
        secret = f" --anyauth --netrc-file {shlex.quote(who.source)}"
    headers = "".join(f" -H {shlex.quote(f'{name}: {value}')}" for name, value in message.headers.items())
    return f"curl -sS --fail-with-body -o /dev/null{secret} -X {message.method}{headers} --data-binary {body} {shlex.quote(message.url)}"
