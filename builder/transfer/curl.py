"""A push as the curl commands that would do the same; no secret is ever in them."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from pyoxigraph import NamedNode

from diplograph.store import Store
from diplograph.transfer.connection import Credentials
from diplograph.transfer.endpoint import Endpoint
from diplograph.transfer.manifest import announce, confirm, remove
from diplograph.transfer.pushing import plan_push
from diplograph.transfer.sending import Parcel, pack
from diplograph.transfer.targets import Message


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
    packed = endpoint.target.gzip and not endpoint.connection.is_local if gzip is None else gzip
    chunk = chunk or endpoint.target.chunk
    yield f"# {endpoint.target.title} at {endpoint.address.url}: {len(plan.changed)} graphs to send, " + (
        f"{len(plan.unchanged)} unchanged, {len(plan.gone)} gone here"
    )
    yield "set -euo pipefail"
    for parcel in pack(store, plan.changed, endpoint.target, chunk):
        full = () if plan.fresh else tuple(endpoint.count(entry.graph for entry in parcel.entries))
        yield f"# {len(parcel.entries)} graphs, {parcel.triples} triples"
        known = [entry.graph for entry in parcel.entries if entry.graph in plan.manifest]
        yield _update(endpoint, announce(endpoint, store.base, parcel.entries, known=known, clear=full))
        yield from _send(endpoint, parcel, directory, chunk, packed)
        yield _update(endpoint, confirm(store.base, parcel.entries))
        for lines in parcel.lines:
            lines.close()
    if remove_gone and plan.gone:
        yield f"# {len(plan.gone)} graphs that are gone here"
        yield _update(endpoint, remove(endpoint, store.base, [entry.graph for entry in plan.gone]))


def _send(endpoint: Endpoint, parcel: Parcel, directory: Path, chunk: int, gzip: bool) -> Iterator[str]:
    """The parcel's graphs: all in one body, or one after the other; in chunks where they are larger than one."""
    way = endpoint.target.way
    if way == "quads":
        names = " ".join(f"--graph {shlex.quote(entry.graph.value)}" for entry in parcel.entries)
        export = f"diplograph export --store {shlex.quote(str(directory))} --format nquads {names}"
        yield _pipe(endpoint, export, endpoint.address.add(None, gzip=gzip), parcel.triples, chunk)
        return
    for entry in parcel.entries:
        export = (
            f"diplograph export --store {shlex.quote(str(directory))} --format ntriples "
            f"--graph {shlex.quote(entry.graph.value)}"
        )
        if way == "update":
            braces = f"sed -e '1i INSERT DATA {{ GRAPH {entry.graph} {{' -e '$a }} }}'"
            message = endpoint.address.update()
            yield _pipe(endpoint, export, message, entry.triples, chunk, through=braces)
        else:
            yield _pipe(endpoint, export, endpoint.address.add(entry.graph, gzip=gzip), entry.triples, chunk)


def _pipe(
    endpoint: Endpoint, export: str, message: Message, triples: int, chunk: int, *, through: str = ""
) -> str:
    steps = [through] if through else []
    if message.gzip:
        steps.append("gzip -1")
    steps.append(_curl(endpoint.connection.credentials, message, "@-"))
    send = " | ".join(steps)
    if triples > chunk:
        send = f"split --lines={chunk} --filter={shlex.quote(send)}"
    return f"{export} | {send}"


def _update(endpoint: Endpoint, text: str) -> str:
    command = _curl(endpoint.connection.credentials, endpoint.address.update(), "@-")
    return f"{command} <<'END'\n{text}\nEND"


def _curl(who: Credentials, message: Message, body: str) -> str:
    """A curl command; the shell, or curl itself, puts the credentials in."""
    secret = ""
    if who.token:
        secret = ' -H "Authorization: Bearer $DIPLOGRAPH_TOKEN"'
    elif who.source.startswith("DIPLOGRAPH_USER"):
        secret = ' --anyauth -u "$DIPLOGRAPH_USER:$DIPLOGRAPH_PASSWORD"'
    elif who.source:
        secret = f" --anyauth --netrc-file {shlex.quote(who.source)}"
    headers = "".join(f" -H {shlex.quote(f'{name}: {value}')}" for name, value in message.headers.items())
    return f"curl -sS --fail-with-body -o /dev/null{secret} -X {message.method}{headers} --data-binary {body} {shlex.quote(message.url)}"
