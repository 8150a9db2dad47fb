"""Handing out: a store that reads many graphs at once only from an address fetches them here, by SPARQL's LOAD.

Virtuoso takes one graph a request, and spends more on the request than on a document in it; N-Quads that it fetches
it reads as its bulk loader does. So for as long as a push takes, a server on this machine's own address 127.0.0.1
gives out what is being sent, each piece under a secret path and only while it is asked to be fetched.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
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


def load(url: str, base: str) -> str:
    """The update that has N-Quads fetched. The graph that LOAD names is emptied, so it is one that has nothing."""
    return f"LOAD <{url}> INTO GRAPH {scratch_graph(base=base)}"


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

    def __init__(self, endpoint: Endpoint, base: str, giver: Giver) -> None:
        super().__init__(replace(endpoint.address, target=as_fetching(endpoint.target)), endpoint.connection)
        self._base = base
        self._giver = giver

    def again(self) -> Handout:
        """The same over another connection, for another thread."""
        return Handout(super().again(), self._base, self._giver)

    def insert(self, graph: NamedNode, triples: Sequence[str]) -> None:
        """Adds a few triples. To fetch them costs it a fifth of what an update costs, which it compiles."""
        self._deliver(None, "".join(triples).replace(" .\n", f" {graph} .\n").encode(), gzip=False)

    def _deliver(self, graph: NamedNode | None, lines: Body, *, gzip: bool) -> None:
        with self._giver.offer(join(lines)) as url:
            self.update(load(url, self._base))

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
def hand_out(endpoint: Endpoint, base: str) -> Iterator[Endpoint]:
    """The endpoint, as one that fetches from us if it is of such a kind, is on this machine, and really does."""
    if not is_fetching(endpoint):
        yield endpoint
        return
    giver = Giver(endpoint.target.fetch["media_type"])
    try:
        handout = Handout(endpoint, base, giver)
        yield handout if handout.works() else endpoint
    finally:
        giver.stop()
