"""Stores that cannot be installed here, as their documentation describes their HTTP interfaces.

This is no substitute for the stores: it is the conversation that each of them documents. A request that the
documentation does not describe is refused with the status the store would give; one that it describes is carried out
on an Oxigraph store in memory, so that a push, a count and a question mean something. The sources, per store:

fuseki
    https://jena.apache.org/documentation/fuseki2/fuseki-config-endpoint: a server started with ``--update`` has query
    at ``/ds/query``, update at ``/ds/update`` and the graph store protocol at ``/ds/data``; that takes datasets too
    ("quad extensions"), by POST without a query string, N-Quads and TriG among them. An update is a POST of
    ``application/sparql-update``, a query may be a form.
    https://jena.apache.org/documentation/fuseki2/fuseki-data-access-control.html: basic and digest.
    https://github.com/apache/jena/issues/3258: compressed bodies by Content-Encoding.
graphdb
    https://graphdb.ontotext.com/documentation/10.2/using-graphdb-with-the-rdf4j-api.html: its repositories answer as
    those of an RDF4J server do (below), and so says
    https://graphdb.ontotext.com/documentation/10.4/manage-repos-with-curl.html of those at ``/repositories/ID``.
    https://graphdb.ontotext.com/documentation/free/authentication.html: with security on, a user and password, or
    ``Authorization: GDB <token>``. That a client asks ``/rest/info/version`` is in no page of its documentation that
    we know, but in its maker's workbench (https://github.com/Ontotext-AD/graphdb-workbench).
rdf4j
    https://rdf4j.org/documentation/reference/rest-api/: queries to ``/repositories/ID``, as a form; a POST to
    ``/repositories/ID/statements`` adds an RDF document, or executes ``application/sparql-update``; ``/protocol`` answers
    with the version's number alone. Its table of MIME types names N-Quads ``text/x-nquads``.
qlever
    https://github.com/ad-freiburg/qlever, src/engine/SparqlProtocol.cpp: one endpoint; a form has all its parameters
    in the body, an update may be the body, anything else has to name its graph by ``graph`` or ``default``;
    GraphStoreProtocol.cpp: Turtle and N-Triples and no other format (so no quads; also its pull request 2228); pull
    request 2861: the token as a bearer. Updates that it does not know (CLEAR, LOAD, MOVE …):
    https://hexdocs.pm/gno/Gno.Store.Adapters.Qlever.html.
blazegraph
    https://github.com/blazegraph/database/wiki/REST_API, and its source, package com.bigdata.rdf.sail.webapp:
    ``/namespace/NAME/sparql`` takes queries as forms; QueryServlet: updates also as ``application/sparql-update``;
    InsertServlet: a body is RDF in the format of its MIME type, an unknown one is answered with status 400, and
    compressed ones are not read. ``/status`` is a page that names it.
sparql
    https://www.w3.org/TR/sparql11-protocol/ (an endpoint that takes queries and updates, and nothing else)
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox


@dataclass
class Request:
    """What came in."""

    method: str
    path: str
    parameters: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip()


@dataclass(frozen=True)
class Answer:
    """What goes out."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


Handler = Callable[[Request], Answer]


@dataclass(frozen=True)
class Rules:
    """What a store documents. ``data`` are the media types of bodies, ``graph`` the parameter that names their graph."""

    base: str
    query: str
    update: str
    data: str
    media_types: tuple[str, ...]
    graph: str | None = None
    gzip: bool = False
    challenge: str = ""
    forbidden: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    pages: tuple[tuple[str, str, str], ...] = ()
    refusal: int = 415


RULES = {
    "fuseki": Rules(
        "/ds", "/ds/query", "/ds/update", "/ds/data", ("application/n-quads", "application/trig"),
        gzip=True, challenge="Basic", headers=(("Fuseki-Request-Id", "7"),),
    ),
    "graphdb": Rules(
        "/repositories/news", "/repositories/news", "/repositories/news/statements", "/repositories/news/statements",
        ("application/n-quads", "text/x-nquads", "application/trig"), challenge="Basic",
        pages=(("/rest/info/version", "application/json", '{"productType": "free", "productVersion": "10.8.0"}'),
               ("/protocol", "text/plain", "12")),
    ),
    "rdf4j": Rules(
        "/rdf4j-server/repositories/news", "/rdf4j-server/repositories/news",
        "/rdf4j-server/repositories/news/statements", "/rdf4j-server/repositories/news/statements",
        ("text/x-nquads", "application/x-trig"), challenge="Digest",
        pages=(("/rdf4j-server/protocol", "text/plain", "12"),),
    ),
    "qlever": Rules(
        "/", "/", "/", "/", ("text/turtle", "application/n-triples"), graph="graph", challenge="Bearer",
        forbidden=r"\b(CLEAR|DROP|CREATE|LOAD|ADD|COPY|MOVE)\b",
        pages=(("/?cmd=stats", "application/json", '{"git-hash-server": "7143ff", "num-triples-normal": 0}'),),
    ),
    "blazegraph": Rules(
        "/blazegraph/namespace/kb", "/blazegraph/namespace/kb/sparql", "/blazegraph/namespace/kb/sparql",
        "/blazegraph/namespace/kb/sparql", ("text/x-nquads", "application/trig"), refusal=400,
        pages=(("/blazegraph/status", "text/html", "<html><title>blazegraph&trade; by SYSTAP</title></html>"),),
    ),
    "sparql": Rules("/sparql", "/sparql", "/sparql", "/none", ()),
}  # fmt: skip

USER, PASSWORD, TOKEN = "reader", "a secret: söcret", "t0ken"
_NONCE = "dcd98b7102dd2f0e8b11d0f600bfb0c093"


class Fake:
    """A store as its documentation describes it, and all that was asked of it."""

    def __init__(self, kind: str) -> None:
        self.rules = RULES[kind]
        self.kind = kind
        self.store = ox.Store()
        self.requests: list[Request] = []

    def __call__(self, request: Request) -> Answer:
        self.requests.append(request)
        answer = self._handle(request)
        return Answer(answer.status, answer.body, {**dict(self.rules.headers), **answer.headers})

    def _handle(self, request: Request) -> Answer:
        query = (
            f"?{'&'.join(f'{k}={v[0]}' for k, v in request.parameters.items())}" if request.parameters else ""
        )
        for path, media_type, text in self.rules.pages:
            if request.method == "GET" and request.path + query == path:
                return Answer(200, text.encode(), {"Content-Type": media_type})
        if not self._knows(request):
            challenge = {
                "Basic": 'Basic realm="store"',
                "Digest": f'Digest realm="store", nonce="{_NONCE}", qop="auth", algorithm=MD5',
                "Bearer": "Bearer",
            }[self.rules.challenge]
            return Answer(401, b"who are you?", {"WWW-Authenticate": challenge})
        if request.method != "POST":
            return Answer(405 if request.path in (self.rules.query, self.rules.data) else 404)
        if request.media_type == "application/x-www-form-urlencoded":
            form = parse_qs(request.body.decode(), strict_parsing=True)
            if request.path == self.rules.query and "query" in form:
                return self._query(form["query"][0], request.headers.get("accept", ""))
            return Answer(400, b"no query")
        if request.media_type == "application/sparql-update" and request.path == self.rules.update:
            return self._update(request.body.decode())
        if request.path == self.rules.data:
            return self._add(request)
        return Answer(404)

    def _knows(self, request: Request) -> bool:
        said = request.headers.get("authorization", "")
        match self.rules.challenge:
            case "Basic":
                known = ["Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()]
                return said in known + [f"GDB {TOKEN}"] * (self.kind == "graphdb")
            case "Digest":
                return check_digest(said, request.method)
            case "Bearer":
                return said == f"Bearer {TOKEN}" or self._reads(request)
        return True

    @staticmethod
    def _reads(request: Request) -> bool:
        return request.media_type == "application/x-www-form-urlencoded" and b"query=" in request.body

    def _query(self, text: str, accept: str) -> Answer:
        try:
            found = self.store.query(text)
        except SyntaxError as error:
            return Answer(400, str(error).encode())
        if isinstance(found, ox.QueryTriples):
            if accept != "application/n-triples":
                return Answer(406)
            return Answer(
                200, found.serialize(format=ox.RdfFormat.N_TRIPLES) or b"", {"Content-Type": accept}
            )
        if accept != "application/sparql-results+json":
            return Answer(406)
        return Answer(
            200, found.serialize(format=ox.QueryResultsFormat.JSON) or b"", {"Content-Type": accept}
        )

    def _update(self, text: str) -> Answer:
        if self.rules.forbidden and re.search(self.rules.forbidden, text):
            return Answer(400, b"not supported")
        try:
            self.store.update(text)
        except SyntaxError as error:
            return Answer(400, str(error).encode())
        return Answer(204)

    def _add(self, request: Request) -> Answer:
        if request.media_type not in self.rules.media_types:
            return Answer(self.rules.refusal, f"{request.media_type} is not supported".encode())
        encoding = request.headers.get("content-encoding")
        if encoding and not (encoding == "gzip" and self.rules.gzip):
            return Answer(415, f"{encoding} is not supported".encode())
        body = gzip.decompress(request.body) if encoding else request.body
        if self.rules.graph is None:
            if request.parameters:
                return Answer(400, b"quads name their graphs")
            self.store.load(body, format=ox.RdfFormat.N_QUADS)
        else:
            (graph,) = request.parameters.get(self.rules.graph, [""])
            self.store.load(body, format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(graph))
        return Answer(204)


def check_digest(said: str, method: str) -> bool:
    """Whether an Authorization header is right by RFC 7616 (MD5, qop auth)."""
    if not said.startswith("Digest "):
        return False
    found = {
        name: quoted or plain for name, quoted, plain in re.findall(r'(\w+)=(?:"([^"]*)"|([^,\s]+))', said)
    }

    def md5(text: str) -> str:
        return hashlib.md5(text.encode()).hexdigest()

    one, two = md5(f"{USER}:store:{PASSWORD}"), md5(f"{method}:{found['uri']}")
    wanted = md5(":".join((one, _NONCE, found["nc"], found["cnonce"], "auth", two)))
    return found["nonce"] == _NONCE and found["response"] == wanted


@contextmanager
def serve(handler: Handler, *, wrap: Callable[[ThreadingHTTPServer], None] | None = None) -> Iterator[str]:
    """A server on a free port that answers as the handler says; gives its address."""

    class Speaker(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 65_536  # head and body in one packet, or each answer waits for an acknowledgement

        def _answer(self) -> None:
            parts = urlsplit(self.path)
            body = self._read_body()
            headers = {name.lower(): value for name, value in self.headers.items()}
            parameters = parse_qs(parts.query, keep_blank_values=True)
            answer = handler(Request(self.command, parts.path, parameters, headers, body))
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def _read_body(self) -> bytes:
            if self.headers.get("Transfer-Encoding") != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return body

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _answer

        def log_message(self, format: str, *arguments: object) -> None:
            """Nothing to print."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Speaker)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients that hang up are part of the tests
    if wrap:
        wrap(server)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http{'s' if wrap else ''}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
