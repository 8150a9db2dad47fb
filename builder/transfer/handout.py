"""Handing out: a store that reads many graphs at once only from an address fetches them here, by SPARQL's LOAD.

Virtuoso takes one graph a request, and spends more on the request than on a document in it; N-Quads that it fetches
it reads as its bulk loader does. So for as long as a push takes, a server on this machine's own address 127.0.0.1
gives out what is being sent, each piece under a secret path and only while it is asked to be fetched.

A LOAD is logged, so that it outlives a crash of the store; a bulk loader writes no log, but everything at the end. The same
can be had here. Should the store crash before, it has forgotten the names that it had numbered meanwhile, and what others
wrote and it did log has numbers without names (a test does it). So this is for who asks for it.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from pyoxigraph import NamedNode

from diplograph.model import QueryError, TransferError
from diplograph.quads import scratch_graph
from diplograph.transfer.connection import Body, join
from diplograph.transfer.endpoint import Endpoint
from diplograph.transfer.targets import Target

HOST = "127.0.0.1"


def is_fetching(endpoint: Endpoint) -> bool:
    """Whether the endpoint is of such a kind, and on this machine."""
    return bool(endpoint.target.fetch) and endpoint.connection.is_local


def as_fetching(target: Target) -> Target:
    """Such a store as one that takes many graphs at once, by fetching them."""
    return replace(target, way="quads", **target.fetch)


def load(url: str, base: str, prologue: str = "") -> str:
    """The update that has N-Quads fetched. The graph that LOAD names is emptied, so it is one that has nothing."""
    return f"{prologue}LOAD <{url}> INTO GRAPH {scratch_graph(base=base)}"


def check_logged(endpoint: Endpoint, *, unlogged: bool) -> None:
    """Raises TransferError when a store is to do without a log that cannot."""
    if unlogged and not (endpoint.target.unlogged and is_fetching(endpoint)):
        raise _must_log(endpoint)


def _must_log(endpoint: Endpoint) -> TransferError:
    return TransferError(
        f"{endpoint.target.title} at {endpoint.address.url} can be sent nothing --unlogged: only a Virtuoso on this machine, "
        "which fetches it from here; leave --unlogged out"
    )


class Giver:
    """A server on this machine's own address that gives out what is offered, as long as it is."""

    def __init__(self, media_type: str) -> None:
        self._offers: dict[str, bytes] = {}
        self._server = ThreadingHTTPServer((HOST, 0), self._make_handler(media_type))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.url = f"http://{HOST}:{self._server.server_port}"

    def stop(self) -> None:
        """Ends it."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @contextmanager
    def offer(self, body: bytes) -> Iterator[str]:
        """The address at which a body can be fetched meanwhile."""
        path = f"/{secrets.token_urlsafe()}.nq"
        self._offers[path] = body
        try:
            yield self.url + path
        finally:
            del self._offers[path]

    def _make_handler(self, media_type: str) -> type[BaseHTTPRequestHandler]:
        offers = self._offers

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = offers.get(self.path)
                if body is None:
                    self.send_error(404)
                    return
                self.send_response(200)
                self.send_header("Content-Type", media_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *arguments: object) -> None:
                """Nothing to print."""

        return Handler


class Handout(Endpoint):
    """An endpoint that fetches from us what it is to add. Made by :func:`hand_out`."""

    def __init__(self, endpoint: Endpoint, base: str, giver: Giver, *, unlogged: bool = False) -> None:
        super().__init__(replace(endpoint.address, target=as_fetching(endpoint.target)), endpoint.connection)
        self._base = base
        self._giver = giver
        self._unlogged = unlogged

    def again(self) -> Handout:
        """The same over another connection, for another thread."""
        return Handout(super().again(), self._base, self._giver, unlogged=self._unlogged)

    def insert(self, graph: NamedNode, triples: Sequence[str]) -> None:
        """Adds a few triples. To fetch them costs it a fifth of what an update costs, which it compiles."""
        self._deliver(None, "".join(triples).replace(" .\n", f" {graph} .\n").encode(), gzip=False)

    def _deliver(self, graph: NamedNode | None, lines: Body, *, gzip: bool) -> None:
        prologue = self.target.unlogged["prologue"] if self._unlogged else ""
        with self._giver.offer(join(lines)) as url:
            self.update(load(url, self._base, prologue))

    def save(self) -> None:
        if not self._unlogged:
            return
        try:
            self.select(self.target.unlogged["checkpoint"])
        except (TransferError, QueryError) as error:
            raise TransferError(f"{error}; it would not write down what is sent --unlogged") from error

    def works(self) -> bool:
        """Whether the store may fetch and comes to us for it: it tries with one quad."""
        scratch = scratch_graph(base=self._base)
        try:
            self.insert(scratch, [f"{scratch} {scratch} {scratch} .\n"])
            found = self.count([scratch])
            self.update(f"DROP SILENT GRAPH {scratch}")
        except (TransferError, QueryError):
            return False
        return found == {scratch: 1}


@contextmanager
def hand_out(endpoint: Endpoint, base: str, *, unlogged: bool = False) -> Iterator[Endpoint]:
    """The endpoint, as one that fetches from us if it is of such a kind, is on this machine, and really does.

    ``unlogged`` has it keep no log of what it fetches. Whoever sends has it :meth:`~Endpoint.save` that in the end; should
    that fail, or anything before, it is tried once more here. Raises TransferError when the store cannot do without a log.
    """
    if not is_fetching(endpoint):
        check_logged(endpoint, unlogged=unlogged)
        yield endpoint
        return
    giver = Giver(endpoint.target.fetch["media_type"])
    try:
        handout = Handout(endpoint, base, giver)
        if not handout.works():
            if unlogged:
                raise _must_log(endpoint)
            yield endpoint
        elif not unlogged:
            yield handout
        else:
            yield from _without_log(Handout(endpoint, base, giver, unlogged=True))
    finally:
        giver.stop()


def _without_log(handout: Handout) -> Iterator[Endpoint]:
    handout.save()  # or it would turn out afterwards that this user may not
    try:
        yield handout
    except BaseException:
        with suppress(TransferError, QueryError):
            handout.save()
        raise
