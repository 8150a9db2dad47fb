"""The endpoint beyond the W3C's cases: negotiation, conditional requests, CORS, limits, and what may not happen."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest
import zstandard
from fakes import NameExtractor, write_conllu_files
from sample_graph import fill
from serving import TOKEN, Server, serving

from diplograph import generations, pipeline
from diplograph.store import Store

JSON = "application/sparql-results+json"
ALL = "SELECT ?s ?p ?o { ?s ?p ?o }"
FOREVER = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server over the sample graph that may be written to, with limits that are soon reached."""
    store = tmp_path_factory.mktemp("endpoint") / "store"
    with Store.open(store) as opened:
        fill(opened)
    options = ("--writable", "--timeout", "2", "--max-result", "2", "--max-request", "1", "--memory", "512")
    with serving(store, "--workers", "1", *options, token=TOKEN) as server:
        yield server


# --- Protocol --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", JSON),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/csv;q=0.2, text/tab-separated-values;q=0.3", "text/tab-separated-values; charset=utf-8"),
        ("application/sparql-results+xml, */*;q=0.1", "application/sparql-results+xml"),
        ("text/*", "text/csv; charset=utf-8"),
        ("application/*;q=0.5, text/csv;q=0.4", JSON),
        ("image/png, */*;q=0", None),
    ],
)
def test_results_are_negotiated(server: Server, accept: str, media_type: str | None) -> None:
    for query in ("ASK { ?s ?p ?o }", ALL + " LIMIT 2"):
        response = server.query(query, accept)
        assert response.status == (200 if media_type else 406)
        assert media_type is None or response.headers["content-type"] == media_type
        assert "Accept" in response.headers["vary"]


@pytest.mark.parametrize(
    "media_type",
    [
        "text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json",
        "application/n-quads", "application/trig", "text/n3",
    ],
)  # fmt: skip
def test_rdf_is_negotiated(server: Server, media_type: str) -> None:
    response = server.query("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 3", f"image/png, {media_type};q=0.1")
    assert response.status == 200
    assert response.headers["content-type"].partition(";")[0] == media_type


def test_head_says_what_get_would(server: Server) -> None:
    path = "/sparql?query=ASK%7B%7D"
    get, head = server.ask(path), server.ask(path, "HEAD")
    assert (head.status, head.body) == (200, b"")
    for name in ("content-type", "content-length", "etag"):
        assert head.headers[name] == get.headers[name]


def test_a_browser_may_ask(server: Server) -> None:
    preflight = {
        "Origin": "https://example.org",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type",
    }
    response = server.ask("/sparql", "OPTIONS", headers=preflight)
    assert response.status == 204
    assert response.headers["access-control-allow-origin"] == "*"
    assert "POST" in response.headers["access-control-allow-methods"]
    assert {"authorization", "content-type"} <= {
        name.strip().lower() for name in response.headers["access-control-allow-headers"].split(",")
    }
    assert server.query("ASK {}").headers["access-control-allow-origin"] == "*"
    assert server.query("ASK {").headers["access-control-allow-origin"] == "*"


def test_options_and_unknown_methods_name_what_is_allowed(server: Server) -> None:
    assert server.ask("/store", "OPTIONS").headers["allow"] == "GET, PUT, POST, DELETE, HEAD, OPTIONS"
    response = server.ask("/sparql", "DELETE")
    assert (response.status, response.headers["allow"]) == (405, "GET, POST, HEAD, OPTIONS")


@pytest.mark.parametrize(
    ("coding", "decode"),
    [("gzip", gzip.decompress), ("br", brotli.decompress), ("zstd", lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body))],
)  # fmt: skip
@pytest.mark.parametrize("limit", [50, 1300])
def test_answers_are_compressed(server: Server, coding: str, decode: object, limit: int) -> None:
    """Short ones from memory and long ones from a file; each coding has a tag of its own."""
    path = f"/sparql?query=SELECT+%3Fs+%3Fp+%3Fo+%7B%3Fs+%3Fp+%3Fo%7D+LIMIT+{limit}"
    plain = server.ask(path)
    packed = server.ask(path, headers={"Accept-Encoding": f"{coding}, identity;q=0.5"})
    assert packed.headers["content-encoding"] == coding
    assert json.loads(decode(packed.body)) == plain.json()  # type: ignore[operator]
    assert len(packed.body) < len(plain.body)
    assert packed.headers["etag"] != plain.headers["etag"]
    assert "Accept-Encoding" in packed.headers["vary"]


def test_a_tag_holds_until_something_changes(server: Server) -> None:
    path = "/sparql?query=SELECT+*%7B%3Fs+%3Fp+%3Fo%7DLIMIT+3"
    tag = server.ask(path).headers["etag"]
    again = server.ask(path, headers={"If-None-Match": f'"other", W/{tag}'})
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert server.update("INSERT DATA { GRAPH <http://example.org/g> { <a:a> <b:b> <c:c> } }").status == 204
    assert server.ask(path, headers={"If-None-Match": tag}).status == 200


def test_what_changes_by_itself_has_no_tag(server: Server) -> None:
    first, second = (server.query("SELECT (STRUUID() AS ?id) {}") for _ in range(2))
    assert "etag" not in first.headers
    assert first.body != second.body


@pytest.mark.parametrize("accept", ["text/plain", "application/json", JSON])
def test_a_malformed_query_is_told_where(server: Server, accept: str) -> None:
    response = server.query("SELECT * {\n  ?s ?p ?o ;;\n  ] }", accept)
    assert response.status == 400
    if accept == "text/plain":
        assert "line 3, column " in response.text
    else:
        assert response.json()["line"] == 3
        assert response.json()["column"] > 0


def test_named_graphs_and_the_union(server: Server) -> None:
    graph = "https://w3id.org/diplograph/graph/events"
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    whole = int(server.rows(count)[0]["n"])
    only = server.query(count, **{"default-graph-uri": graph}).json()
    named = server.query(count.replace("{ ", f"FROM <{graph}> {{ ", 1))
    assert 0 < int(only["results"]["bindings"][0]["n"]["value"]) < whole
    assert named.json() == only
    assert server.query(count, **{"default-graph-uri": [f"a:{n}" for n in range(101)]}).status == 400


def test_long_answers_take_no_memory(server: Server) -> None:
    """An answer of more than a frame goes through a file, which is gone afterwards."""
    response = server.query("SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s LIMIT 1300")
    assert response.status == 200
    assert int(response.headers["content-length"]) == len(response.body) > 256 << 10


# --- Writing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", [None, "", "wrong", TOKEN + "x"])
def test_no_writing_without_the_token(server: Server, token: str | None) -> None:
    response = server.update("DROP ALL", token)
    assert response.status == 401
    assert response.headers["www-authenticate"].startswith("Bearer")
    graph = "/store?graph=http%3A%2F%2Fexample.org%2Fother"
    for method in ("PUT", "POST", "DELETE"):
        assert server.ask(graph, method, "", {"Content-Type": "text/turtle"}).status == 401
    assert server.query("ASK { ?s ?p ?o }").json()["boolean"] is True


def test_a_server_is_read_only_by_itself(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store") as opened:
        fill(opened)
    with serving(tmp_path / "store", "--workers", "1", token=TOKEN) as server:
        assert server.update("DROP ALL").status == 403
        assert server.ask("/store?default", "DELETE").status == 403
        assert server.query("ASK { ?s ?p ?o }").json()["boolean"] is True


def test_malformed_data_is_told_where_and_changes_nothing(server: Server) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "text/turtle"}
    path = "/store?graph=http%3A%2F%2Fexample.org%2Fbroken"
    response = server.ask(path, "PUT", "<a:a> <b:b> <c:c> .\n<a:a> <b:b> .", headers)
    assert response.status == 400
    assert "line 2" in response.text
    assert server.ask(path).status == 404


# --- Limits ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        FOREVER,
        "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(STR(?a) = CONCAT(STR(?d), STR(?i), 'x')) }",
        "SELECT ?a { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } GROUP BY ?a ORDER BY ?a",
        "SELECT DISTINCT ?x { ?x (!<a:b>|^!<a:b>)* ?y . ?y (!<a:b>|^!<a:b>)* ?z . ?z (!<a:b>|^!<a:b>)* ?x }",
        "ASK { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(STRLEN(CONCAT(STR(?a), STR(?d), STR(?g))) < 0) }",
        "CONSTRUCT { ?a ?b ?i } { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(STR(?a) = CONCAT(STR(?d), STR(?i), 'y')) }",
    ],
)
def test_a_query_of_any_shape_ends_at_its_time(server: Server, query: str) -> None:
    begun = time.monotonic()
    response = server.query(query, "*/*")
    assert response.status == 503
    assert "longer than 2 s" in response.text
    assert time.monotonic() - begun < 4
    assert server.query("ASK {}").status == 200


def test_quick_queries_do_not_wait_for_slow_ones(server: Server) -> None:
    """Twenty slow ones take 20 s, two at a time; whoever had to wait behind them would wait as long."""
    slow = [threading.Thread(target=server.query, args=(f"{FOREVER} LIMIT {n + 1}",)) for n in range(20)]
    for thread in slow:
        thread.start()
    try:
        time.sleep(5)  # until each was seen to be slow
        for number in range(5):
            response = server.query(f"SELECT ?s {{ ?s a ?t . ?s ?p ?o }} ORDER BY ?s LIMIT {number + 1}")
            assert response.status == 200
        assert sum(thread.is_alive() for thread in slow) > 2
    finally:
        for thread in slow:
            thread.join()


def test_an_answer_too_long_is_refused_whole(server: Server) -> None:
    response = server.query("SELECT * { ?a ?b ?c . ?d ?e ?f }")
    assert response.status == 413
    assert response.headers["content-type"].startswith(("text/plain", "application/json"))
    assert str(2 << 20) in response.text


def test_a_request_too_long_is_refused(server: Server) -> None:
    query = "ASK { FILTER(" + "1 = 1 && " * 200_000 + "true) }"
    response = server.ask("/sparql", "POST", query, {"Content-Type": "application/sparql-query"})
    assert response.status == 413
    bomb = gzip.compress(b" " * (8 << 20))
    headers = {"Content-Type": "application/sparql-query", "Content-Encoding": "gzip"}
    assert server.ask("/sparql", "POST", bomb, headers).status == 413


def test_memory_ends(server: Server) -> None:
    doubled = " ".join(f"BIND(CONCAT(?s{n}, ?s{n}) AS ?s{n + 1})" for n in range(40))
    query = f'SELECT (STRLEN(?s40) AS ?n) {{ BIND("0123456789abcdef" AS ?s0) {doubled} }}'
    response = server.query(query)
    assert response.status == 503
    assert server.query("ASK {}").status == 200


@pytest.mark.parametrize("brackets", ["()", "{}"])
@pytest.mark.parametrize("depth", [90, 200, 100_000])
def test_nesting_harms_nobody(server: Server, brackets: str, depth: int) -> None:
    begin, end = brackets
    inside = begin * depth + ("1" if begin == "(" else "") + end * depth
    query = f"ASK {{ FILTER {inside} }}" if begin == "(" else f"ASK {inside}"
    response = server.ask("/sparql", "POST", query, {"Content-Type": "application/sparql-query"})
    assert response.status in (200, 503) if depth < 100 else response.status == 400
    assert server.query("ASK {}").status == 200


def test_nothing_of_this_machine_is_in_an_answer(
    server: Server, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = str(tmp_path_factory.getbasetemp())
    answers = [
        server.query("SELECT * {"), server.query(FOREVER), server.ask("/no/such/path"), server.ask("/health"),
        server.ask("/metrics"), server.ask("/store?graph=nothing"), server.ask("/sparql?query=%FF"), server.update("X"),
        server.ask("/sparql", headers={"Host": "a b<>"}), server.ask("/store", "POST", "x", {"Content-Type": "a/b"}),
    ]  # fmt: skip
    for answer in answers:
        said = answer.text + repr(dict(answer.headers))
        assert root not in said
        assert "Traceback" not in said
        assert ".py" not in said
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_the_log_says_who_asked_what_and_how_it_ended(server: Server) -> None:
    server.query("ASK { <log:this> ?p ?o }")
    server.query(f"{FOREVER} LIMIT 99")
    entries = {entry["asked"]: entry for entry in server.entries() if "asked" in entry}
    quick, slow = entries["ASK { <log:this> ?p ?o }"], entries[f"{FOREVER} LIMIT 99"]
    assert (quick["client"], quick["status"], quick["ended"], quick["method"]) == (
        "127.0.0.1",
        200,
        "done",
        "GET",
    )
    assert slow["status"] == 503
    assert slow["ms"] > 1900
    assert "longer than 2 s" in slow["ended"]


def test_metrics_count_requests_of_all_workers(server: Server) -> None:
    server.query("ASK {}")
    time.sleep(0.3)
    text = server.ask("/metrics").text
    assert 'diplograph_requests_total{method="GET",path="/sparql",status="200"}' in text
    assert 'diplograph_request_seconds_bucket{le="0.01",path="/sparql"}' in text


# --- The network -----------------------------------------------------------------------------------------------------


@pytest.fixture
def visited() -> Iterator[tuple[int, list[object]]]:
    """A port, and who came to it."""
    visitors: list[object] = []
    with socket.socket(socket.AF_INET6) as listener:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listener.bind(("::", 0))
        listener.listen()

        def listen() -> None:
            while True:
                try:
                    connection, address = listener.accept()
                except OSError:
                    return
                visitors.append(address)
                connection.close()

        threading.Thread(target=listen, daemon=True).start()
        yield listener.getsockname()[1], visitors
        listener.shutdown(socket.SHUT_RDWR)


CALLS = (
    "SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ service silent <{url}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE#\n<{url}>{{}} }}",
    "SELECT * {{ BIND(<{url}> AS ?u) SERVICE ?u {{ ?s ?p ?o }} }}",
    "SELECT * {{ BIND(<{url}> AS ?u) ?a ?b true.SERVICE?u{{ ?s ?p ?o }} }}",
    "PREFIX : <{url}> SELECT * {{ ?a ?b trueSERVICE:{{ ?s ?p ?o }} }}",
    "PREFIX : <{url}> PREFIX service: <x:> SELECT * {{ service:x{{ ?s ?p ?o }} }}",
    "PREFIX x: <{url}> SELECT * {{ ?a ?b x:.SERVICE<{url}>{{ ?s ?p ?o }} }}",
    "BASE <{url}> SELECT * {{ SERVICE <> {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE <\\u0068ttp{rest}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ \\u0053ERVICE <{url}> {{ ?s ?p ?o }} }}",
    "ASK {{ FILTER EXISTS {{ SERVICE <{url}> {{ ?s ?p ?o }} }} }}",
    "SELECT * {{ {{ SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }} }} }}",
    "SELECT * FROM <{url}> {{ ?s ?p ?o }}",
    "DESCRIBE <{url}>",
)
LOADS = (
    "LOAD <{url}>",
    "LOAD SILENT <{url}> INTO GRAPH <a:b>",
    "INSERT DATA {{}} ;LOAD<{url}>",
    "PREFIX : <{url}> LOAD:",
    "PREFIX load: <x:> PREFIX : <{url}> LOAD:",
    "INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
)


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost", "2130706433", "[::ffff:127.0.0.1]"])
def test_no_request_leaves_the_server(server: Server, visited: tuple[int, list[object]], host: str) -> None:
    port, visitors = visited
    url = f"http://{host}:{port}/"
    for call in CALLS:
        response = server.query(call.format(url=url, rest=url[4:]), "*/*")
        assert response.status in (400, 403) or "SERVICE" not in call, call
    for load in LOADS:
        assert server.update(load.format(url=url)).status in (400, 403), load
    time.sleep(0.1)
    assert not visitors


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s ?p 'SERVICE <http://x/> {}' }",
        "SELECT * { ?s <http://x/SERVICE> ?o } # SERVICE <http://x/> {}",
        "PREFIX service: <http://x/> SELECT * { ?service service:load $load }",
        "PREFIX load: <http://x/> SELECT * { GRAPH load:service { ?s ?p ?o } }",
        "SELECT * { ?s ?p '''LOAD\n<http://x/>''' }",
        "SELECT * { ?s ?p 'x'@service }",
    ],
)
def test_what_only_looks_like_a_call_is_answered(server: Server, query: str) -> None:
    response = server.query(query)
    assert response.status == 200, response.text


# --- Freshness -------------------------------------------------------------------------------------------------------


def test_a_build_shows_when_it_is_whole(tmp_path: Path) -> None:
    """Clients ask throughout a build: they see the old graph, then the new one, and nothing between, and no error."""
    folder, store = write_conllu_files(tmp_path / "old", 3), tmp_path / "store"
    pipeline.build([folder], store, extractor=NameExtractor())
    write_conllu_files(folder, 10)
    count = (
        "SELECT (COUNT(DISTINCT ?d) AS ?documents) (COUNT(DISTINCT ?e) AS ?events) "
        "{ { ?d a dip:Document } UNION { ?e dip:reportedBy ?r } }"
    )
    seen: list[tuple[int, int]] = []
    faults: list[str] = []
    done = threading.Event()

    with serving(store, "--workers", "2") as server:

        def watch(number: int) -> None:
            asked = 0
            while not done.is_set():
                asked += 1
                response = server.query(f"{count} # {number}.{asked}")
                if response.status != 200:
                    faults.append(f"{response.status}: {response.text}")
                    continue
                row = response.json()["results"]["bindings"][0]
                seen.append((int(row["documents"]["value"]), int(row["events"]["value"])))

        watchers = [threading.Thread(target=watch, args=(number,)) for number in range(3)]
        for watcher in watchers:
            watcher.start()
        time.sleep(0.5)
        pipeline.build([folder], store, extractor=NameExtractor(), progress=lambda _: time.sleep(0.15))
        time.sleep(1.5)
        done.set()
        for watcher in watchers:
            watcher.join()
        names = generations.names(store)
    assert not faults
    assert set(seen) == {(3, 3), (10, 10)}
    assert len(seen) > 30
    assert len(names) == 1, "the old generation is gone once nobody reads it"
