"""``diplograph serve --upstream``: the same pages, questions and limits in front of real stores of others."""

from __future__ import annotations

import io
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlencode

import pytest
from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, parse
from sample_graph import EVENTS, fill
from serving import Server, free_port, serving
from upstream_stores import find_oxigraph, find_virtuoso, oxigraph, virtuoso
from web_pages import WebPage

from diplograph.catalog import bind, load_catalog, resolve
from diplograph.quads import document_iri, event_iri, event_quads
from diplograph.server.upstream import _declare_prefixes
from diplograph.server.upstream_answers import accept_for
from diplograph.store import Store
from diplograph.vocabulary import BASE, DIP

KINDS = {"virtuoso": (find_virtuoso, virtuoso), "oxigraph": (find_oxigraph, oxigraph)}
QUESTIONS = [query.name for query in load_catalog()]
COPIES = 2001
IN_CI = bool(os.environ.get("CI"))


@pytest.fixture(scope="module")
def reference() -> Iterator[Store]:
    """What the stores of others hold: the sample, and more events than Virtuoso gives rows at once."""
    with Store.in_memory() as store:
        fill(store)
        copies = (replace(e, key=f"{e.key}-{n}") for n in range(COPIES) for e in EVENTS[:5])
        store.inner.extend(quad for quad in event_quads(copies) if quad.predicate.value == f"{DIP}confidence")
        yield store


@pytest.fixture(scope="module", params=KINDS)
def upstream(
    request: pytest.FixtureRequest, reference: Store, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    find, start = KINDS[request.param]
    if find() is None and not IN_CI:
        pytest.skip(f"{request.param} is not installed")
    quads = io.BytesIO()
    reference.dump(quads, RdfFormat.N_QUADS)
    with start(tmp_path_factory.mktemp("upstream") / request.param, quads.getvalue()) as address:
        yield address


@pytest.fixture(scope="module")
def server(upstream: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    nowhere = tmp_path_factory.mktemp("nowhere") / "store"
    with serving(nowhere, "--upstream", upstream, "--workers", "1", "--timeout", "60") as running:
        yield running


# --- The same answers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", QUESTIONS)
def test_questions_have_the_same_rows(server: Server, reference: Store, name: str) -> None:
    query = load_catalog().get(name)
    needed = any(parameter.required for parameter in query.parameters)
    for values in [dict(query.example)] if needed else [dict(query.example), {}]:
        answer = reference.query(bind(query, resolve(reference, query, values)))
        assert isinstance(answer, QuerySolutions)
        found = server.ask(f"/queries/{name}?{urlencode(values)}", headers={"Accept": "text/csv"})
        assert found.status == 200, found.text
        assert found.body == answer.serialize(format=QueryResultsFormat.CSV)


def test_rows_beyond_what_a_store_gives_at_once_are_fetched(server: Server, reference: Store) -> None:
    query = (
        f"SELECT ?event ?c {{ GRAPH ?g {{ ?event <{DIP}confidence> ?c }} }} ORDER BY ?event ?c # all of them"
    )
    answer = reference.query(query)
    assert isinstance(answer, QuerySolutions)
    expected = answer.serialize(format=QueryResultsFormat.CSV) or b""
    assert expected.count(b"\r\n") > 10_000
    found = server.query(query, "text/csv")
    assert found.status == 200, found.text
    assert found.body.count(b"\r\n") == expected.count(b"\r\n")
    assert sorted(found.body.splitlines()) == sorted(expected.splitlines())


def test_half_an_answer_is_no_answer(server: Server, upstream: str) -> None:
    found = server.query(f"SELECT ?event {{ GRAPH ?g {{ ?event <{DIP}confidence> ?c }} }}")
    if "/query" in upstream:  # the Oxigraph server gives all there is
        assert len(found.json()["results"]["bindings"]) > 10_000
    else:
        assert found.status == 503
        assert "ORDER BY" in found.text


@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_rows_come_in_every_format(server: Server, reference: Store, form: str) -> None:
    query = load_catalog().get("actors")
    answer = reference.query(bind(query, {}))
    assert isinstance(answer, QuerySolutions)
    found = server.ask(f"/queries/actors?format={form}")
    assert found.body == answer.serialize(format=QueryResultsFormat.from_extension(form))


@pytest.mark.parametrize(
    "media_type", ["text/turtle", "application/n-triples", "application/ld+json", "application/rdf+xml"]
)
def test_triples_come_in_every_format(server: Server, reference: Store, media_type: str) -> None:
    found = server.query(
        f"CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH <{BASE}graph/actors> {{ ?s ?p ?o }} }}", media_type
    )
    assert found.headers["content-type"].partition(";")[0] == media_type
    format = RdfFormat.from_media_type(media_type)
    graph = next(name for name in reference.graph_names() if name.value == f"{BASE}graph/actors")
    assert {str(q.triple) for q in parse(found.body, format=format)} == {
        str(q.triple) for q in reference.quads(graph)
    }


def test_ask_is_answered(server: Server) -> None:
    assert server.query("ASK { GRAPH ?g { ?e a dip:PhoneCall } }").json()["boolean"] is True
    assert server.query("ASK { GRAPH ?g { ?e a dip:Nothing } }").json()["boolean"] is False


def test_a_dataset_given_by_the_protocol_is_passed_on(server: Server) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?s a ?c }"
    fields = {"default-graph-uri": f"{BASE}graph/actors"}
    found = server.ask("/sparql?" + urlencode({"query": count, **fields}), headers={"Accept": "text/csv"})
    assert found.text.split() == ["n", "12"]


# --- Pages, linked data, descriptions --------------------------------------------------------------------------------


def test_things_are_looked_up(server: Server) -> None:
    for iri, words in (
        (document_iri("wire/ثاني خبر").value, "تحادث"),
        (event_iri("threat-biden-russia").value, "Biden threatens Russia with sanctions"),
        (f"{BASE}actor/Q7747", "Vladimir Putin"),
        (f"{BASE}mention/wire/call/0-4", "اتصل"),
        (f"{BASE}graph/actors", "Geneva"),
    ):
        path = "/" + iri.removeprefix(BASE)
        page = server.ask(path + "?format=html")
        assert page.status == 200, page.text
        assert not WebPage(page.text).faults
        assert words in page.text
        turtle = server.ask(path + "?format=ttl")
        assert turtle.status == 200
        assert list(parse(turtle.body, format=RdfFormat.TURTLE))
    assert server.ask("/event/nothing").status == 404


def test_the_description_counts_our_graphs_only(server: Server, reference: Store) -> None:
    for _ in range(50):
        found = server.ask("/.well-known/void", headers={"Accept": "application/n-triples"})
        if "ns/void#triples" in found.text:
            break
    dataset = f"<{server.url}/.well-known/void#dataset>"
    assert f'{dataset} <http://rdfs.org/ns/void#triples> "{len(reference)}"' in found.text
    assert "openlinksw" not in found.text
    assert "UnionDefaultGraph" not in server.ask("/sparql").text
    assert "Distribution" not in server.ask("/dcat").text
    assert server.ask("/store").status == 501
    assert server.ask("/", headers={"Accept": "text/html"}).status == 200


# --- Limits and refusals ---------------------------------------------------------------------------------------------


def test_refusals_are_the_same(server: Server) -> None:
    assert server.query("SELECT * {").status == 400
    for query in (
        "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "SELECT * { { SERVICE ?x { ?s ?p ?o } } }",
        "SELECT * { \\u0053ERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        'DEFINE get:soft "replace" SELECT * FROM <http://127.0.0.1:1/> { ?s ?p ?o }',
        "SELECT (bif:http_get('http://127.0.0.1:1/') AS ?x) {}",
    ):
        found = server.query(query)
        assert found.status == 403, found.text
    assert server.ask(
        "/update", "POST", "CLEAR ALL", {"Content-Type": "application/sparql-update"}
    ).status in (401, 403)
    assert server.query("ASK {}", "image/png").status == 406


def test_the_time_limit_holds(upstream: str, tmp_path: Path) -> None:
    slow = "SELECT (COUNT(*) AS ?n) { GRAPH ?a { ?s ?p ?o } GRAPH ?b { ?x ?y ?z } GRAPH ?c { ?u ?v ?w } FILTER(?o != ?z && ?z != ?w) }"
    with serving(tmp_path / "store", "--upstream", upstream, "--workers", "1", "--timeout", "1") as server:
        found = server.query(slow)
        assert found.status == 503
        assert "1 s" in found.text


def test_the_explorer_shows_the_same(server: Server, tmp_path: Path) -> None:
    with Store.open(tmp_path / "store") as store:
        fill(store)
    with serving(tmp_path / "store", "--workers", "1") as ours:
        for path in (
            "events",
            "events?actor=Q159&from=2022",
            "network",
            "places",
            "search?q=zelenski",
            "event/call-biden-putin-20211230",
            "actor/Q7747",
            "place/Q71",
            "document/wire/call",
        ):
            there, here = (asked.ask(f"/api/{path}") for asked in (server, ours))
            assert there.status == 200, (path, there.text)
            assert there.json() == here.json(), path


# --- Stores that misbehave -------------------------------------------------------------------------------------------


class Misbehaving(BaseHTTPRequestHandler):
    """An endpoint that answers with whatever the test sets."""

    answer: ClassVar[tuple[int, str, bytes]] = (200, "text/html", b"")
    seen: ClassVar[list[dict[str, str]]] = []
    breaks_off: ClassVar[bool] = False
    moved: ClassVar[str] = ""
    delay: ClassVar[float] = 0

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append({name.lower(): value for name, value in self.headers.items()})
        time.sleep(self.delay)
        status, media_type, body = self.answer
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body) + (100 if self.breaks_off else 0)))
        if self.moved:
            self.send_header("Location", self.moved)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def odd_store() -> Iterator[tuple[type[Misbehaving], str]]:
    class Handler(Misbehaving):
        seen: ClassVar[list[dict[str, str]]] = []

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        yield Handler, f"http://127.0.0.1:{http.server_port}/sparql"
        http.shutdown()
        thread.join()


JSON = "application/sparql-results+json"
ROWS = b'{"head":{"vars":["a"]},"results":{"bindings":[{"a":{"type":"literal","value":"1"}},{"a":{"type":"literal","value":"2"}}]}}'


def test_what_breaks_off_or_is_something_else_is_no_answer(
    odd_store: tuple[type[Misbehaving], str], tmp_path: Path
) -> None:
    handler, address = odd_store
    with serving(tmp_path / "store", "--upstream", address, "--workers", "1", "--max-result", "1") as server:
        for status, answer in (
            (200, (200, JSON, ROWS)),
            (502, (200, "text/html", b"<html>welcome")),
            (502, (200, JSON, ROWS[:-20])),
            (502, (200, JSON, b"")),
            (502, (500, "text/plain", b"/srv/secret/path: core dumped")),
            (502, (401, "text/plain", b"who are you")),
            (502, (302, "text/plain", b"")),
            (503, (503, "text/plain", b"busy")),
            (400, (400, "text/plain", b"syntax error at line 1")),
            (413, (200, JSON, ROWS[:-3] + b" " * (2 << 20) + ROWS[-3:])),
        ):  # fmt: skip
            handler.answer = answer
            handler.moved = address if status == 502 and answer[0] == 302 else ""
            found = server.query("SELECT ?a { ?s ?p ?a }")
            assert found.status == status, (answer[:2], found.text)
            assert "secret" not in found.text
        handler.answer, handler.breaks_off = (200, JSON, ROWS), True
        assert server.query("SELECT ?a { ?s ?p ?a }").status == 502
        headers = {"Authorization": "Bearer mine", "Cookie": "a=b", "X-Forwarded-For": "1.2.3.4"}
        server.ask("/sparql?query=ASK%7B%7D", headers=headers)
    assert not {"authorization", "cookie", "x-forwarded-for"} & set(handler.seen[-1])


def test_a_name_and_a_password_in_the_address_are_given_to_the_store(
    odd_store: tuple[type[Misbehaving], str], tmp_path: Path
) -> None:
    handler, address = odd_store
    handler.answer = (200, JSON, ROWS)
    address = address.replace("http://", "http://name:secret@")
    with serving(tmp_path / "store", "--upstream", address, "--workers", "1") as server:
        assert server.query("SELECT ?a { ?s ?p ?a }").status == 200
        handler.answer = (500, "text/plain", b"")
        assert "secret" not in server.query("SELECT ?a { ?s ?p ?a }").text
        assert "secret" not in json.dumps(server.entries())
    assert handler.seen[-1]["authorization"].startswith("Basic ")


def test_who_goes_away_leaves_room(odd_store: tuple[type[Misbehaving], str], tmp_path: Path) -> None:
    handler, address = odd_store
    handler.answer, handler.delay = (200, JSON, ROWS), 0
    with serving(tmp_path / "store", "--upstream", address, "--workers", "1", "--engines", "1") as server:
        handler.delay = 8
        with socket.create_connection(("127.0.0.1", server.port)) as client:
            client.sendall(
                b"GET /sparql?query=SELECT+%3Fa+%7B+%3Fs+%3Fp+%3Fa+%7D HTTP/1.1\r\nHost: x\r\n\r\n"
            )
            time.sleep(1)
        handler.delay = 0
        begun = time.monotonic()
        assert server.query("SELECT ?a { ?s ?p ?a }").status == 200
        assert time.monotonic() - begun < 4
        assert 499 in [entry.get("status") for entry in server.entries()]


def test_a_store_that_is_not_there_is_said(tmp_path: Path) -> None:
    address = f"http://127.0.0.1:{free_port()}/sparql"
    with serving(tmp_path / "store", "--upstream", address, "--workers", "1") as server:
        found = server.query("ASK {}")
        assert found.status == 502
        assert address not in found.text
        assert server.ask("/", headers={"Accept": "text/html"}).status == 200
        assert server.ask("/queries", headers={"Accept": "text/html"}).status == 200
        assert server.ask("/event/x", headers={"Accept": "text/html"}).status == 502


# --- Pieces ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        ("--upstream", "ftp://127.0.0.1/sparql"),
        ("--upstream", "http://127.0.0.1:1/sparql", "--writable"),
        ("--upstream", "http://127.0.0.1:1/sparql", "--allow-host", "example.org"),
    ],
)
def test_options_that_make_no_sense_are_refused(options: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "diplograph", "serve", *options]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "--upstream" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_prefixes_are_declared_where_they_are_used() -> None:
    assert _declare_prefixes("ASK { ?s a dip:PhoneCall }").startswith(f"PREFIX dip: <{DIP}> ASK")
    declared = f"PREFIX dip: <{DIP}> ASK {{ ?s a dip:PhoneCall }}"
    assert _declare_prefixes(declared) == declared
    assert _declare_prefixes("ASK {}") == "ASK {}"


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("SELECT * {}", JSON),
        ("# CONSTRUCT\nPREFIX construct: <http://x/> ASK { ?construct ?p 'DESCRIBE' }", JSON),
        ("BASE <http://select/> CONSTRUCT {} WHERE { SELECT * {} }", "application/n-triples"),
        ("describe <http://example.org/select>", "application/n-triples"),
    ],
)
def test_the_form_of_a_query_is_seen(query: str, kind: str) -> None:
    assert accept_for(query).startswith(kind)
