"""SERVICE and LOAD of listed hosts: these, and nothing that they lead to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sample_graph import fill
from serving import TOKEN, Server, serving

from diplograph.server.federation import is_allowed
from diplograph.store import Store

RESULT = b"""{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"uri","value":"http://example.org/remote"}}]}}"""
TURTLE = b"<relative> <http://example.org/p> 1 ."


class Host(BaseHTTPRequestHandler):
    """Answers queries, has a file, and sends elsewhere whoever asks for that."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer("application/sparql-results+json", RESULT)

    def do_GET(self) -> None:
        if self.path.startswith("/away"):
            self.send_response(307)
            self.send_header("Location", self.path.partition("=")[2])
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.path.startswith("/data"):
            self._answer("text/turtle", TURTLE)
        else:
            self._answer("application/sparql-results+json", RESULT)

    def _answer(self, media_type: str, body: bytes) -> None:
        self.server.visits.append(self.path)  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


class Web:
    """A host on this machine."""

    def __init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
        self.visits: list[str] = []
        self._server.visits = self.visits  # type: ignore[attr-defined]
        self.host = f"127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module")
def hosts() -> Iterator[tuple[Web, Web]]:
    """One that is listed, and one that is not."""
    found = Web(), Web()
    yield found
    for web in found:
        web.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, hosts: tuple[Web, Web]) -> Iterator[Server]:
    store = tmp_path_factory.mktemp("federation") / "store"
    with Store.open(store) as opened:
        fill(opened)
    options = ("--writable", "--workers", "1", "--timeout", "10", "--allow-host", hosts[0].host)
    with serving(store, *options, token=TOKEN) as server:
        yield server


def test_a_listed_host_is_asked(server: Server, hosts: tuple[Web, Web]) -> None:
    listed, _ = hosts
    for service in ("SERVICE", "service silent"):
        rows = server.rows(f"SELECT * {{ {service} <http://{listed.host}/sparql> {{ ?s ?p ?o }} }}")
        assert rows == [{"s": "http://example.org/remote"}]
    assert listed.visits[-2:] == ["/sparql", "/sparql"]


def test_a_listed_host_is_loaded_from(server: Server, hosts: tuple[Web, Web]) -> None:
    listed, _ = hosts
    loaded = server.update(
        f"LOAD <http://{listed.host}/data/file.ttl> INTO GRAPH <http://example.org/loaded>"
    )
    assert loaded.status == 204, loaded.text
    rows = server.rows("SELECT ?s { GRAPH <http://example.org/loaded> { ?s ?p ?o } }")
    assert rows == [{"s": f"http://{listed.host}/data/relative"}]


@pytest.mark.parametrize(
    "call",
    [
        "SERVICE <http://{other}/> {{ ?s ?p ?o }}",
        "SERVICE <http://{listed}@{other}/> {{ ?s ?p ?o }}",
        "SERVICE <http://{other}/?x={listed}> {{ ?s ?p ?o }}",
        "SERVICE <http:\\u002f\\u002f{other}/> {{ ?s ?p ?o }}",
        "BIND(<http://{other}/> AS ?u) SERVICE ?u {{ ?s ?p ?o }}",
        "?a ?b true.SERVICE <http://{other}/> {{ ?s ?p ?o }}",
        "?a ?b trueSERVICE <http://{listed}/> {{ ?s ?p ?o }} SERVICE <http://{other}/> {{ ?s ?p ?o }}",
        "SERVICE SILENT <http://{other}/> {{ ?s ?p ?o }}",
    ],
)
def test_no_other_host_is_asked(server: Server, hosts: tuple[Web, Web], call: str) -> None:
    listed, other = hosts
    query = f"SELECT * {{ {call.format(listed=listed.host, other=other.host)} }}"
    assert server.query(query).status == 403
    assert not other.visits


def test_no_redirect_leads_elsewhere(server: Server, hosts: tuple[Web, Web]) -> None:
    listed, other = hosts
    away = f"http://{listed.host}/away=http://{other.host}/data"
    assert server.update(f"LOAD <{away}>").status in (400, 502, 503)
    assert server.update(f"LOAD SILENT <{away}>").status == 204
    assert not other.visits
    inside = f"http://{listed.host}/away=/data"
    assert server.update(f"LOAD <{inside}> INTO GRAPH <http://example.org/inside>").status == 204


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("http://example.org/", True), ("https://EXAMPLE.org./x", True), ("http://example.org:80/", True),
        ("http://example.org:8080/", False), ("http://example.org.evil/", False), ("ftp://example.org/", False),
        ("http://evil/example.org", False), ("http://example.org@evil/", False), ("//example.org/", False),
        ("http://127.0.0.1/", False), ("http://[::1]:8080/", True), ("http://a:99999999/", False),
    ],
)  # fmt: skip
def test_hosts_are_compared_whole(url: str, allowed: bool) -> None:
    assert is_allowed(url, ["Example.org", "[::1]:8080"]) is allowed


def test_a_name_must_not_lead_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A listed name that resolves to an address of the own network is not asked."""
    import socket

    from diplograph.server import federation
    from diplograph.server.errors import Refusal
    from diplograph.server.settings import Settings

    for address in ("127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fe80::1"):
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80))]
        monkeypatch.setattr(federation.socket, "getaddrinfo", lambda *_, found=found, **__: found)
        with pytest.raises(Refusal, match="network of its own"):
            federation.fetch(
                "http://rebound.org/", "GET", {}, b"", Settings(tmp_path, hosts=("rebound.org",))
            )
