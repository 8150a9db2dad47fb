"""HTTP itself, byte by byte: what a client may send, in which order and at what pace, and what comes back."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from raw_http import connect, get, listen, post, say, statuses
from sample_graph import fill
from serving import Server, family, serving

from diplograph import generations
from diplograph.quads import TYPE, term
from diplograph.server.lookups import Lookups, is_lookup, properties_of
from diplograph.server.negotiation import RESULT_FORMATS
from diplograph.server.service import QueryJob
from diplograph.store import Store
from diplograph.vocabulary import BASE

ASK = "/sparql?query=" + quote("ASK { ?s a dip:PhoneCall }", safe="")
IN_DEFAULT = ox.NamedNode("http://default/")
YES = b'{"head":{},"boolean":true}'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    store = tmp_path_factory.mktemp("connections") / "store"
    with Store.open(store) as opened:
        fill(opened)
    with serving(store, "--workers", "2", "--max-request", "1") as server:
        yield server


def test_requests_at_once_are_answered_in_their_order(server: Server) -> None:
    paths = [ASK, "/nothing-here", "/health", ASK]
    said = say(server, b"".join(get(path) for path in paths))
    assert statuses(said) == [b"200", b"404", b"200", b"200"]
    assert said.endswith(YES)


def test_too_many_requests_at_once_end_the_connection(server: Server) -> None:
    said = say(server, get("/health") * 200)
    assert b" 503 " in said
    assert said.count(b"HTTP/1.1 200") < 200
    assert b"connection: close" in said


def test_a_request_may_come_byte_by_byte(server: Server) -> None:
    assert YES in say(server, *(bytes([byte]) for byte in get(ASK)))


@pytest.mark.parametrize(
    "lines",
    [("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA")],
)
def test_who_would_rather_speak_http_2_is_answered_all_the_same(
    server: Server, lines: tuple[str, ...]
) -> None:
    query = b"ASK { ?s a dip:PhoneCall }"
    length = f"Content-Length: {len(query)}"
    asked = post(query, *lines, length)
    with connect(server) as connection:
        for _ in range(2):
            connection.sendall(asked[:-5])
            time.sleep(0.05)
            connection.sendall(asked[-5:])
            assert listen(connection).endswith(YES)
    assert say(server, get(ASK, *lines)).endswith(YES)


def test_bodies_in_chunks(server: Server) -> None:
    query = b"ASK { ?s a dip:PhoneCall }"
    chunked = b"".join(b"1\r\n%c\r\n" % byte for byte in query) + b"0\r\nTrailer: x\r\n\r\n"
    assert YES in say(server, post(chunked, "Transfer-Encoding: chunked"))


def test_who_waits_to_be_told_is_told(server: Server) -> None:
    query = b"ASK { ?s a dip:PhoneCall }"
    with connect(server) as connection:
        connection.sendall(post(b"", "Expect: 100-continue", f"Content-Length: {len(query)}"))
        assert connection.recv(1000).startswith(b"HTTP/1.1 100 Continue\r\n\r\n")
        connection.sendall(query)
        assert YES in listen(connection)


def framed(*lines: str, body: bytes = b"") -> bytes:
    """A POST whose head says how long it is in these lines."""
    return post(body, *lines)


HIDDEN = b"0\r\n\r\nGET /nothing-here HTTP/1.1\r\nHost: x\r\n\r\n"  # a second request, for who reads it so
AMBIGUOUS = {
    "no request": b"GARBAGE\r\n\r\n",
    "HTTP/0.9": b"GET /\r\n\r\n",
    "GET of HTTP/2": b"GET /health HTTP/2.0\r\nHost: x\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "length and chunks": framed("Content-Length: 3", "Transfer-Encoding: chunked", body=HIDDEN),
    "chunks and length": framed("Transfer-Encoding: chunked", "Content-Length: 3", body=HIDDEN),
    "two lengths": framed("Content-Length: 5", "Content-Length: 7", body=HIDDEN),
    "a length twice": framed("Content-Length: 5", "Content-Length: 5", body=HIDDEN),
    "a list of lengths": framed("Content-Length: 5, 5", body=HIDDEN),
    "a length with a sign": framed("Content-Length: +5", body=HIDDEN),
    "a length below zero": framed("Content-Length: -5", body=HIDDEN),
    "a length in hexadecimal": framed("Content-Length: 0x5", body=HIDDEN),
    "a length too long": framed("Content-Length: 99999999999999999999", body=HIDDEN),
    "a coding nobody knows": framed("Transfer-Encoding: xchunked", body=HIDDEN),
    "chunks in something else": framed("Transfer-Encoding: chunked, identity", body=HIDDEN),
    "a control character before the coding": framed("Transfer-Encoding: \x0bchunked", body=HIDDEN),
    "a folded header": b"GET / HTTP/1.1\r\nHost: x\r\n folded: header\r\n\r\n",
    "a folded coding": framed("Transfer-Encoding:\r\n chunked", body=HIDDEN),
    "a space before a colon": framed("Transfer-Encoding : chunked", body=HIDDEN),
    "a header without a colon": b"GET / HTTP/1.1\r\nHost: x\r\nheader\r\n\r\n",
    "a zero in a header": b"GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n",
    "bare line feeds": b"GET /health HTTP/1.1\nHost: x\n\n",
    "bare carriage returns": b"GET / HTTP/1.1\rHost: x\r\r",
    "both mixed": b"GET / HTTP/1.1\nHost: x\r\r\n\n",
    "no ASCII in the path": b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
    "no host": b"GET /health HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /health HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
    **{
        f"a chunk of {size!r}": framed("Transfer-Encoding: chunked", body=size + b"ASK {}\r\n0\r\n\r\n")
        for size in (b"Z\r\n", b"-6\r\n", b"+6\r\n", b"0x6\r\n", b"6 \r\n", b"6\n", b"10000000000000006\r\n", b"3\r\n")
    },
}  # fmt: skip


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_what_could_be_read_in_two_ways_is_refused(server: Server, name: str) -> None:
    answer = say(server, AMBIGUOUS[name])
    assert answer.startswith(b"HTTP/1.1 400 "), answer[:100]
    assert len(statuses(answer)) == 1
    assert b"connection: close" in answer
    assert b"content-security-policy" in answer


def test_no_second_request_hides_behind_one_that_would_change_the_protocol(server: Server) -> None:
    upgrade = "Connection: Upgrade", "Upgrade: h2c"
    for lines in (
        ("Content-Length: 3", "Transfer-Encoding: chunked"),
        ("Content-Length: 5", "Content-Length: 7"),
    ):
        assert statuses(say(server, framed(*upgrade, *lines, body=HIDDEN))) == [b"400"]
    body = HIDDEN[5:]
    said = say(server, framed(*upgrade, f"Content-Length: {len(body)}", body=body))
    assert len(statuses(said)) == 1 and b"404" not in statuses(said)


def test_what_follows_a_request_that_ends_the_connection_is_not_read(server: Server) -> None:
    said = say(server, get("/health", "Connection: close") + get("/nothing-here"))
    assert statuses(said) == [b"200"]


@pytest.mark.parametrize("endless", [b"x" * 9000, b"1;" + b"x" * 9000, b"X: " + b"y" * 9000, b"\r\n" * 4500])
def test_nothing_endless_is_read_beside_a_body(server: Server, endless: bytes) -> None:
    """Trailers, extensions of chunks, and empty lines before a request have no end that the parser would insist on."""
    begin = (
        b""
        if endless.startswith(b"\r")
        else post(b"0\r\nX: " if b"X" in endless else b"1;", "Transfer-Encoding: chunked")
    )
    with connect(server) as connection:
        connection.settimeout(5)
        with suppress(ConnectionError):
            for piece in (begin, *[endless] * 40):
                connection.sendall(piece)
                time.sleep(0.005)
        assert b" 4" in listen(connection)[:13]


def test_who_was_refused_before_its_body_came_is_not_heard_again(server: Server) -> None:
    """It may send the body or not; the next request must not be taken for one."""
    head = b"POST /nothing-here HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 60\r\n\r\n"
    said = say(server, head, get("/health"), pause=0.2)
    assert statuses(said) == [b"404"]
    assert b"connection: close" in said


def test_http_1_0_is_not_told_to_go_on(server: Server) -> None:
    query = b"ASK { ?s a dip:PhoneCall }"
    head = post(b"", "Expect: 100-continue", f"Content-Length: {len(query)}").replace(
        b"HTTP/1.1", b"HTTP/1.0"
    )
    said = say(server, head, query, pause=0.2)
    assert said.startswith(b"HTTP/1.1 200 ") and said.endswith(YES)


def test_who_closes_its_side_is_gone_and_nobody_else_notices(server: Server) -> None:
    with connect(server) as other:
        for asked in (get(ASK), get(ASK)[:30], post(b"ASK", "Content-Length: 30"), b""):
            with connect(server) as connection:
                connection.sendall(asked)
                connection.shutdown(socket.SHUT_WR)
                assert len(statuses(listen(connection, 5))) <= 1
        other.sendall(get(ASK))
        assert other.recv(10_000).endswith(YES)


def test_a_head_of_any_length_that_is_allowed_may_come_in_pieces(server: Server) -> None:
    head = get(f"/health?{'x' * 30_000}", f"X: {'y' * 30_000}")
    assert b" 200 " in say(server, *(head[begin : begin + 999] for begin in range(0, len(head), 999)))[:13]


@pytest.mark.parametrize(
    "head", [get("/", f"X: {'y' * 70_000}"), get("/", *[f"X-{n}: y" for n in range(9000)])]
)
def test_a_head_too_long_is_refused(server: Server, head: bytes) -> None:
    assert b" 431 " in say(server, head)[:20]
    assert (
        b" 431 "
        in say(server, *(head[begin : begin + 9000] for begin in range(0, len(head), 9000)), pause=0.01)[:20]
    )


def test_http_1_0(server: Server) -> None:
    assert say(server, get(ASK, version="1.0")).endswith(YES)
    with connect(server) as connection:
        for _ in range(2):
            connection.sendall(get(ASK, "Connection: keep-alive", version="1.0"))
            answer = connection.recv(10_000)
            assert answer.endswith(YES) and b"connection: keep-alive" in answer


def test_a_request_to_a_proxy_names_its_host(server: Server) -> None:
    answer = say(server, get(f"http://localhost:{server.port}{ASK}"))
    assert answer.endswith(YES)


def test_a_long_answer_to_http_1_0_and_in_a_coding(server: Server) -> None:
    query = "/sparql?query=" + quote("SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 20000")
    plain = server.ask(query)
    assert len(plain.body) > 1 << 20
    old = say(server, get(query, version="1.0"), patience=30).partition(b"\r\n\r\n")[2]
    assert old == plain.body
    coded = server.ask(query, headers={"Accept-Encoding": "gzip"})
    assert coded.headers["transfer-encoding"] == "chunked"
    assert "content-length" not in coded.headers


def test_a_refused_body_leaves_the_connection_in_order(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    for _ in range(3):
        connection.request("POST", "/nothing-here", b"x" * 300_000)
        assert connection.getresponse().read()
        connection.request("GET", ASK)
        assert connection.getresponse().read() == YES
    connection.close()


def test_no_line_break_of_a_client_gets_into_a_header(server: Server) -> None:
    for path in ("/event/x%0d%0aSet-Cookie:%20a=b", "/queries/events?lang=en%0d%0aX:%20y"):
        head = say(server, get(path)).partition(b"\r\n\r\n")[0]
        assert head.startswith(b"HTTP/1.1 ")
        assert b"\r\nSet-Cookie: a=b" not in head and b"\r\nX: y" not in head


def test_connections_are_dealt_out_evenly_and_a_worker_that_ends_is_replaced(server: Server) -> None:
    workers = [
        pid
        for pid in family(server.process.pid)
        if parent(pid) == server.process.pid and "spawn_main" in command(pid)
    ]
    assert len(workers) == 2
    time.sleep(3)  # until what earlier tests left is gone
    before = [sockets(pid) for pid in workers]
    opened = [connect(server) for _ in range(10)]
    deadline = time.monotonic() + 10
    while sum(map(sockets, workers)) < sum(before) + 10 and time.monotonic() < deadline:
        time.sleep(0.1)
    more = [sockets(pid) - known for pid, known in zip(workers, before, strict=True)]
    assert max(more) - min(more) <= 2, more
    subprocess.run(["kill", "-9", str(workers[0])], check=True)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        replaced = [
            pid for pid in family(server.process.pid) if "spawn_main" in command(pid) and pid not in workers
        ]
        if replaced:
            break
        time.sleep(0.1)
    assert replaced
    for _ in range(20):
        assert server.ask(ASK).status == 200
    for connection in opened:
        connection.close()


def parent(pid: int) -> int:
    with open(f"/proc/{pid}/stat") as stat:
        return int(stat.read().rpartition(")")[2].split()[1])


def command(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/cmdline") as line:
            return line.read()
    except OSError:
        return ""


def sockets(pid: int) -> int:
    return sum(
        os.readlink(f"/proc/{pid}/fd/{name}").startswith("socket") for name in os.listdir(f"/proc/{pid}/fd")
    )


# --- Look-ups --------------------------------------------------------------------------------------------------------


def test_what_looks_like_a_look_up_has_the_answer_that_an_engine_gives(server: Server) -> None:
    """The form decides who answers; a comment at the end makes it none."""
    with_many = "SELECT ?t ?l { ?s a dip:PhoneCall ; rdfs:label ?l ; a ?t } LIMIT 1"
    event = server.rows("SELECT ?s { ?s a dip:PhoneCall ; rdfs:label ?l } LIMIT 1")[0]["s"]
    for query in (
        f"ASK {{ <{event}> a dip:PhoneCall }}",
        f"SELECT ?p ?o {{ <{event}> ?p ?o }}",
        f"SELECT ?l ?t {{ <{event}> rdfs:label ?l ; a ?t }}",
        f"PREFIX x: <http://www.w3.org/2000/01/rdf-schema#> SELECT * {{ <{event}> x:label ?l ; dip:status ?t . }}",
        f'SELECT ?t {{ <{event}> rdfs:label "a;b" ; a ?t }}',
        f"SELECT ?l {{ <{event}> nowhere:label ?l ; a ?t }}",
        with_many,
    ):
        quick, careful = server.query(query), server.query(f"{query} #")
        assert quick.status == careful.status, query
        if quick.status == 200 and "boolean" not in quick.text:
            rows = [sorted(map(str, answer.json()["results"]["bindings"])) for answer in (quick, careful)]
            assert rows[0] == rows[1], query


def test_predicates_are_read_as_they_are_written() -> None:
    text = 'PREFIX x: <http://x/> SELECT ?a { <http://s/> x:p "; <http://no/> ?z" ; <http://q/> ?a ; a ?b ; dip:status ?c }'
    found = properties_of(text)
    assert found is not None
    assert found[0] == "http://s/"
    assert [iri.rpartition("/")[2].rpartition("#")[2] or iri for iri in found[1]] == [
        "p",
        "http://q/",
        "type",
        "status",
    ]


@pytest.mark.parametrize("union", [True, False])
def test_a_look_up_says_what_oxigraph_says(tmp_path: Path, union: bool) -> None:
    """ASK of one pattern does not go through Oxigraph's SPARQL; what it answers must be the same."""
    with Store.open(tmp_path / "store") as store:
        fill(store)
        store.inner.add(ox.Quad(IN_DEFAULT, TYPE, term("Person")))
        known = next(iter(store.quads()))
        directory = generations.publish(store)
    subject, predicate, value = known.subject, known.predicate, known.object
    patterns = [f"{s} {p} {o}" for s in (subject, IN_DEFAULT, "<http://no/>", "?s") for p in (predicate, "?p")
                for o in (value if isinstance(value, ox.NamedNode) else "<http://no/>", "?o")]  # fmt: skip
    patterns += ["?s ?p ?s", "<relative> ?p ?o", "<http://[> ?p ?o", "<http://a/%zz> ?p ?o"]
    lookups, told = Lookups(base=BASE, union=union), 0
    with Store.open(directory, read_only=True) as store:
        for pattern in patterns:
            for media_type, name in RESULT_FORMATS.items():
                query = f"ASK {{ {pattern} }}"
                found = lookups.answer(
                    QueryJob(query, select=media_type, url="http://here/sparql"), directory
                )
                if found is None:
                    continue
                told += 1
                format = ox.QueryResultsFormat.from_extension(name)
                said = store.inner.query(query, use_default_graph_as_union=union).serialize(format=format)  # type: ignore[union-attr,arg-type]
                assert found.body == said, (pattern, media_type)
    lookups.release()
    assert told == 16 * len(RESULT_FORMATS), "and what is no pattern of this kind is left to an engine"


def test_what_would_match_much_of_the_store_is_no_look_up() -> None:
    assert is_lookup("SELECT * { ?s ?p ?o } LIMIT 100")
    assert not is_lookup("SELECT * { ?s ?p ?o } LIMIT 101")
    assert not is_lookup("SELECT ?s { GRAPH ?g { ?s a ?class } }")
    assert is_lookup("SELECT ?s { GRAPH ?g { ?s a dip:Person } }")
    assert is_lookup("ASK { ?s dip:status ?o }")


def test_nothing_outlives_the_process_that_was_started(tmp_path: Path) -> None:
    """Killed as no process can prevent, it takes its workers and engines with it."""
    with Store.open(tmp_path / "store") as opened:
        fill(opened)
    with serving(tmp_path / "store", "--workers", "2") as server:
        assert server.ask(ASK).status == 200
        started = family(server.process.pid)
        assert len([pid for pid in started if "spawn_main" in command(pid)]) == 2
        server.process.kill()
        server.process.wait()
        deadline = time.monotonic() + 20
        while any(map(command, started)) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not [command(pid) for pid in started if command(pid)]
        with pytest.raises(ConnectionRefusedError):
            connect(server)
