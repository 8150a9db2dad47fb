"""A minute of all that strangers do to a server (``tests/server/hostile.toml``), while others go on using it undisturbed."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import re
import socket
import threading
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from http.client import HTTPException
from urllib.parse import quote

import pytest
from conftest import REPOSITORY
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sample_graph import fill
from serving import Response, Server, serving

from diplograph.store import Store

HOSTILE = tomllib.loads((REPOSITORY / "tests" / "server" / "hostile.toml").read_text(encoding="utf-8"))
SECONDS = float(os.environ.get("DIPLOGRAPH_FAULT_SECONDS", "60"))
IDLE = 2000
NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    store = tmp_path_factory.mktemp("faults") / "store"
    with Store.open(store) as opened:
        fill(opened)
    options = ("--timeout", "3", "--max-result", "8", "--max-request", "2", "--memory", "512")
    with serving(store, "--workers", "2", *options) as server:
        yield server


class Crowd:
    """Threads that do something again and again until they are told to stop."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self.done: Counter[str] = Counter()
        self.faults: list[str] = []
        self._threads: list[threading.Thread] = []

    def start(self, name: str, act: Callable[[], str | None]) -> None:
        """``act`` returns what was wrong, or None."""

        def run() -> None:
            while not self.over.is_set():
                try:
                    fault = act()
                except (OSError, HTTPException) as error:
                    fault = f"{type(error).__name__}: {error}"
                self.done[name] += 1
                if fault is not None:
                    self.faults.append(f"{name}: {fault}")

        thread = threading.Thread(target=run, daemon=True)
        self._threads.append(thread)
        thread.start()

    def stop(self) -> None:
        self.over.set()
        for thread in self._threads:
            thread.join(90)
            assert not thread.is_alive(), "a client hangs"


def test_a_minute_of_hostility_costs_the_others_nothing(server: Server) -> None:
    hostile, peaceful = Crowd(), Crowd()
    wanted = {limit: len(server.rows(events(limit))) for limit in range(1, 6)}
    with idle_connections(server, IDLE) as idle:
        for _ in range(4):
            hostile.start("query", lambda: attack_by_query(server))
        hostile.start("nested", lambda: attack_by_nesting(server))
        hostile.start("raw", lambda: attack_by_bytes(server))
        hostile.start("headers", lambda: attack_by_headers(server))
        hostile.start("slow reader", lambda: read_slowly(server))
        hostile.start("leaver", lambda: leave_early(server))
        for name, act in peaceful_acts(server, wanted).items():
            peaceful.start(name, act)
        time.sleep(SECONDS)
        peaceful.stop()
        hostile.stop()
    print(
        dict(hostile.done),
        dict(peaceful.done),
        Counter(entry["status"] for entry in server.entries() if "status" in entry),
    )
    assert not peaceful.faults, peaceful.faults[:5]
    assert min(peaceful.done.values()) >= 3, peaceful.done
    assert min(hostile.done.values()) >= 1, hostile.done
    assert not [fault for fault in hostile.faults if fault.startswith("query:")], hostile.faults[:5]
    assert len(idle) > IDLE * 0.9
    assert server.process.poll() is None
    assert server.ask("/health").status == 200


def events(limit: int) -> str:
    return f"SELECT ?event ?label {{ ?event dip:reportedBy ?r ; rdfs:label ?label }} ORDER BY ?event LIMIT {limit}"


def peaceful_acts(server: Server, wanted: dict[int, int]) -> dict[str, Callable[[], str | None]]:
    """What well-behaved clients do; each says what is wrong with what it got."""

    def expect(response: Response, good: bool) -> str | None:
        return None if response.status == 200 and good else f"{response.status}: {response.text[:200]}"

    def select() -> str | None:
        limit = random.randint(1, 5)
        response = server.query(f"{events(limit)} # {next(NUMBERS)}")
        return expect(
            response, response.status == 200 and len(response.json()["results"]["bindings"]) == wanted[limit]
        )

    def look_up() -> str | None:
        response = server.query(f"ASK {{ ?s{next(NUMBERS)} a dip:PhoneCall }}")
        return expect(response, response.status == 200 and response.json()["boolean"])

    def graph() -> str | None:
        response = server.ask("/store?graph=" + quote("https://w3id.org/diplograph/graph/events", safe=""))
        return expect(response, b"PhoneCall" in response.body)

    def page() -> str | None:
        return expect(server.ask("/", headers={"Accept": "text/html"}), True)

    return {"select": select, "look-up": look_up, "graph": graph, "page": page}


# --- The hostile ----------------------------------------------------------------------------------------------------


def attack_by_query(server: Server) -> str | None:
    """Any hostile query is answered, in time: by an answer, or by a refusal that says why."""
    name, query = random.choice(list(HOSTILE["queries"].items()))
    begun = time.monotonic()
    response = server.query(query.replace("{n}", str(next(NUMBERS))), "*/*")
    if response.status not in (200, 400, 403, 413, 503):
        return f"{name}: {response.status}: {response.text[:200]}"
    if response.status != 200 and not response.body:
        return f"{name}: {response.status} without a word"
    if time.monotonic() - begun > 75:
        return f"{name}: took {time.monotonic() - begun:.0f} s"
    return None


def attack_by_nesting(server: Server) -> str | None:
    shape = random.choice(HOSTILE["nested"])
    depth = random.choice((50, 500, 5_000, 50_000))
    query = shape["begin"] + shape["repeat"] * depth + shape["middle"] + shape["close"] * depth + shape["end"]
    server.ask("/sparql", "POST", query, {"Content-Type": "application/sparql-query"})
    return None


def attack_by_bytes(server: Server) -> str | None:
    content = random.choice(list(HOSTILE["raw"].values())).encode("latin-1")
    with socket.create_connection(("127.0.0.1", server.port), 10) as connection:
        for byte in content[:-20]:
            connection.send(bytes([byte]))
        connection.sendall(content[-20:])
        connection.settimeout(1)
        with contextlib.suppress(TimeoutError):
            answer = connection.recv(100_000)
            if b"Set-Cookie" in answer or b"root:" in answer or b"<script>" in answer:
                return answer.decode("latin-1")
    return None


def attack_by_headers(server: Server) -> str | None:
    headers = random.choice(
        (
            {"X-Long": "x" * 1_000_000},
            {f"X-{number}": "y" * 100 for number in range(5_000)},
            {"Accept": "text/csv;q=0.1," * 10_000},
            {"Accept": "text/csv;q=" + "9" * 5_000},
            {"Accept-Encoding": "gzip;q=nan, br;q=-1, *;q=1e999"},
            {"If-None-Match": '"x", ' * 5_000},
            {"Authorization": "Bearer " + "é" * 100},
        )
    )
    with contextlib.suppress(UnicodeEncodeError):
        server.ask("/sparql?query=ASK%7B%7D", headers=headers, timeout=10)
    return None


def read_slowly(server: Server) -> str | None:
    """Asks for megabytes, and takes a byte a second."""
    query = quote(f"SELECT * {{ ?a ?b ?c . ?d ?e ?f }} LIMIT {9_000 + next(NUMBERS)}")
    with socket.create_connection(("127.0.0.1", server.port), 10) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        connection.sendall(f"GET /sparql?query={query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        for _ in range(8):
            connection.recv(1)
            time.sleep(1)
    return None


def leave_early(server: Server) -> str | None:
    """Asks for something long, and goes away."""
    query = quote(HOSTILE["queries"]["product"].replace("{n}", str(next(NUMBERS))))
    with socket.create_connection(("127.0.0.1", server.port), 10) as connection:
        connection.sendall(f"GET /sparql?query={query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        time.sleep(random.random())
    return None


@contextlib.contextmanager
def idle_connections(server: Server, count: int) -> Iterator[list[socket.socket]]:
    """Connections on which nothing is said."""
    found: list[socket.socket] = []
    try:
        for _ in range(count):
            with contextlib.suppress(OSError):
                found.append(socket.create_connection(("127.0.0.1", server.port), 5))
        yield found
    finally:
        for connection in found:
            connection.close()


# --- Fuzzing --------------------------------------------------------------------------------------------------------

WORDS = (
    *re.findall(
        r"\S+",
        "SELECT ASK CONSTRUCT DESCRIBE WHERE FROM NAMED GRAPH SERVICE SILENT LOAD OPTIONAL UNION MINUS FILTER BIND VALUES "
        "EXISTS NOT IN GROUP BY HAVING ORDER LIMIT OFFSET DISTINCT COUNT SUM REGEX REPLACE CONCAT NOW RAND UUID BNODE a true "
        "PREFIX BASE ?s ?p ?o ?x $y * + / | ^ ! = != < > <= && || ( ) { } [ ] . ; , ^^ @en <http://example.org/> <x> x:y "
        "dip:PhoneCall rdfs:label :z _:b 1 2.5 -3e7 \"x\" 'y' \"\"\" ''' \\u0041 \\ # << >> <<( )>> LATERAL",
    ),
    "\n",
)
QUERIES = sorted(path.read_text(encoding="utf-8") for path in (REPOSITORY / "queries").glob("*.rq"))


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """One of our questions with some of its text taken out, doubled, or replaced."""
    text = draw(st.sampled_from(QUERIES))
    for _ in range(draw(st.integers(1, 4))):
        begin = draw(st.integers(0, len(text)))
        end = draw(st.integers(begin, min(len(text), begin + 40)))
        text = text[:begin] + draw(st.sampled_from(["", text[begin:end] * 2, *WORDS])) + text[end:]
    return text


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    query=st.one_of(
        st.text(max_size=200),
        st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join),
        mutated(),
        st.binary(max_size=100),
    )
)
def test_any_query_parameter_gets_an_answer(server: Server, query: str | bytes) -> None:
    content = query if isinstance(query, bytes) else query.encode("utf-8", "surrogatepass")
    response = server.ask("/sparql?query=" + quote(content, safe=""), headers={"Accept": "*/*"})
    assert response.status in (200, 400, 403, 413, 503), response.text
    assert response.status == 200 or response.text.strip()
    assert "Traceback" not in response.text
    assert "fault" not in response.text or response.status == 200
