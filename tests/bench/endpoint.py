"""How fast the endpoint is, beside an Oxigraph server on the same store and rdflib-endpoint on the same quads.

``make bench-endpoint`` runs it: it builds a store of copies of the sample graph, starts Oxigraph's server and ours, and asks each
in turn, several times over, so that whatever else the machine does falls on both; rdflib-endpoint is started when they
have been asked. The ratios are medians over the rounds.
Every query has another text each time, so that no answer is known beforehand; the rows marked "again" ask the same
text over and over, which ours answers from memory. Beside the rates stands what one request cost in processor time,
all processes of a server together, and how much of the processors somebody else had meanwhile. Where that is not little,
the rates are worth little too: a server of more threads then gets more of what is left. So there is the ratio "by cost" as
well, of the processor time of a request with that of its client: what the ratio of rates is where nobody else has any.
"""

from __future__ import annotations

import argparse
import itertools
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from urllib.parse import quote
from urllib.request import urlopen

sys.path.insert(0, str(Path(__file__).parents[1]))

import pyoxigraph as ox
from sample_graph import fill
from serving import free_port, serving

from diplograph import generations
from diplograph.store import Store

BASE = "https://w3id.org/diplograph/"
SCRIPT = Path(__file__).with_name("vary.lua")
PREFIXES = "PREFIX dip: <https://w3id.org/diplograph/ontology#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "


@dataclass(frozen=True)
class Load:
    """A query ({n}: another number each time; {i}: a copy of the sample; {s}: a thing in it, some fifty in all) and how many
    clients ask it at once."""

    name: str
    query: str
    clients: int = 16


LOADS = (
    Load("look-up: ASK", "ASK { <" + BASE + "document/copy{i}/x{n}> ?p ?o }"),
    Load("look-up: all of an event", "SELECT ?p ?o{n} { <" + BASE + "event/copy{i}/talks-geneva> ?p ?o{n} }"),
    Load("look-up: all of any of 19,000", "SELECT ?p ?o{n} { <" + BASE + "{s}> ?p ?o{n} }"),
    Load(
        "look-up: values of an event",
        PREFIXES + "SELECT ?label ?s{n} { <" + BASE + "event/copy{i}/talks-geneva> rdfs:label ?label ; dip:status ?s{n} }",
    ),
    Load(
        "medium: timeline of 50 rows",
        PREFIXES + "SELECT ?e{n} ?label ?d { ?e{n} dip:hasActor|dip:participant|dip:initiator ?a ; rdfs:label ?label ; "
        "dip:startDate ?d . ?a rdfs:label 'Vladimir Putin'@en FILTER(LANG(?label) = 'en') } ORDER BY ?d ?e{n} LIMIT 50",
        8,
    ),
    Load("heavy: GROUP BY over all", "SELECT ?p{n} (COUNT(*) AS ?c) { ?s ?p{n} ?o } GROUP BY ?p{n} ORDER BY DESC(?c)", 4),
    Load("large: 10,000 rows", "SELECT ?s ?p ?o{n} { ?s ?p ?o{n} } LIMIT 10000", 4),
)  # fmt: skip

_NUMBERS = itertools.count(1)


ROOMS = ("document/", "report/", "mention/", "activity/", "event/", "graph/document/")


def make_store(directory: Path, copies: int) -> list[str]:
    """A store of so many copies of the sample graph; the things in it that have quads, ``{i}`` for the number of a copy."""

    def renamed(term: object, number: int) -> object:
        if isinstance(term, ox.NamedNode):
            for room in ROOMS:
                if term.value.startswith(BASE + room):
                    return ox.NamedNode(term.value.replace(BASE + room, f"{BASE}{room}copy{number}/", 1))
        return term

    with Store.open(directory) as store:
        fill(store)
        sample = [quad for quad in store.quads() if "/ontology" not in str(quad.graph_name)]
        store.inner.bulk_extend(
            ox.Quad(*(renamed(term, number) for term in quad))  # type: ignore[arg-type]
            for number in range(copies)
            for quad in sample
        )
        store.inner.optimize()
    things = {str(quad.subject.value).removeprefix(BASE) for quad in sample}
    return sorted(
        thing.replace(room, f"{room}copy{{i}}/", 1)
        for thing in things
        for room in ROOMS
        if thing.startswith(room)
    )


@dataclass(frozen=True)
class Endpoint:
    """An endpoint, and the process that serves it."""

    url: str
    process: int

    def busy_seconds(self) -> float:
        """How long processors have worked for the server so far, and for those that it started."""
        children: dict[int, list[int]] = {}
        times: dict[int, float] = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                found = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            pid = int(stat.parent.name)
            children.setdefault(int(found[1]), []).append(pid)
            times[pid] = (int(found[11]) + int(found[12])) / os.sysconf("SC_CLK_TCK")
        pending, total = [self.process], 0.0
        while pending:
            pid = pending.pop()
            total += times.get(pid, 0.0)
            pending += children.get(pid, [])
        return total


@contextmanager
def running(command: list[str], port: int, path: str) -> Iterator[Endpoint]:
    """A server of somebody else."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    endpoint = f"http://127.0.0.1:{port}{path}"
    try:
        deadline = time.monotonic() + 300
        while True:
            try:
                urlopen(f"{endpoint}?query=ASK%7B%7D", timeout=10).read()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit(f"{command[0]} does not start") from None
                time.sleep(0.3)
        yield Endpoint(endpoint, process.pid)
    finally:
        process.terminate()
        process.wait(30)


def rate(
    endpoint: Endpoint,
    query: str,
    load: Load,
    seconds: int,
    first: int,
    copies: int,
    things: Sequence[str],
) -> tuple[float, float, float]:
    """Requests per second that were answered with 200, and the milliseconds of processor time that each took: the
    server's, and the server's and wrk's together."""
    template = f"{endpoint.url}?query={quote(query, safe='{}')}"
    path = template[template.index("/", 8) :].replace("%7B", "{").replace("%7D", "}")
    path = re.sub(r"[{}](?!n}|i}|s})(?<!{n})(?<!{i})(?<!{s})", lambda brace: quote(brace[0]), path)
    environment = {**os.environ, "PATH_TEMPLATE": path, "FIRST": str(first), "COPIES": str(copies),
                   "SUBJECTS": " ".join(quote(thing, safe="{}/") for thing in things)}  # fmt: skip
    begun, before = endpoint.busy_seconds(), os.times()
    said = subprocess.run(
        [
            "wrk",
            "-t1",
            f"-c{load.clients}",
            f"-d{seconds}",
            "--timeout",
            "60",
            "-s",
            str(SCRIPT),
            endpoint.url,
        ],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    if "Non-2xx" in said:
        raise SystemExit(f"{load.name}: {endpoint.url} did not answer every request:\n{said}")
    count = int(re.search(r"(\d+) requests in", said)[1])  # type: ignore[index]
    cost, after = endpoint.busy_seconds() - begun, os.times()
    asking = after.children_user - before.children_user + after.children_system - before.children_system
    per_second = float(re.search(r"Requests/sec:\s*([\d.]+)", said)[1])  # type: ignore[index]
    return per_second, cost * 1000 / max(count, 1), (cost + asking) * 1000 / max(count, 1)


def busy(own: list[Endpoint]) -> tuple[float, float]:
    """How long processors have worked so far, and for how much of that neither these servers nor we were the reason."""
    fields = [int(field) / os.sysconf("SC_CLK_TCK") for field in Path("/proc/stat").read_text().split()[1:9]]
    times = os.times()
    ours = times.user + times.system + times.children_user + times.children_system
    return sum(fields), sum(fields) - fields[3] - fields[4] - ours - sum(one.busy_seconds() for one in own)


def measure(arguments: argparse.Namespace) -> None:
    """Prints the table."""
    for tool in ("wrk", "oxigraph", "rdflib-endpoint"):
        if shutil.which(tool) is None:
            raise SystemExit(
                f"{tool} is not there: apt-get install wrk; pip install oxigraph rdflib-endpoint"
            )
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        store, quads = Path(folder, "store"), Path(folder, "quads.nq")
        things = make_store(store, arguments.copies)
        ours = stack.enter_context(serving(store, "--workers", str(arguments.workers)))
        newest = shutil.copytree(generations.newest(store), Path(folder, "copy"))  # with what is said of it
        with Store.open(newest, read_only=True) as opened, quads.open("wb") as file:
            opened.inner.dump(file, ox.RdfFormat.N_QUADS)
            size = len(opened)
        ports = free_port(), free_port()
        print(f"{size} quads, {os.cpu_count()} cores, {arguments.workers} workers, wrk for {arguments.seconds} s, "
              f"median of {arguments.rounds} rounds\n")  # fmt: skip
        endpoints = {
            "ours": Endpoint(f"{ours.url}/sparql", ours.process.pid),
            "oxigraph": stack.enter_context(
                running(["oxigraph", "serve-read-only", "--union-default-graph", "--location", str(newest), "--bind",
                         f"127.0.0.1:{ports[0]}"], ports[0], "/query")),
        }  # fmt: skip
        rdflib = partial(running, ["rdflib-endpoint", "serve", "--host", "127.0.0.1", "--port", str(ports[1]),
                                   str(quads)], ports[1], "/")  # fmt: skip
        print(
            f"{'':38} {'requests per second':^29} {'ratio to':^19} {'by cost':>9} {'ms of processor':^19} {'others':>9}"
        )
        heads = ("ours", "oxigraph", "rdflib", "oxigraph", "rdflib", "oxigraph", "ours", "oxigraph", "had %")
        print(" " * 38, *(f"{head:>9}" for head in heads))
        for again in (False, True):
            for load in (load for load in LOADS if load.name.startswith(arguments.only)):
                query = (
                    load.query.replace("{s}", things[0]).replace("{n}", "1").replace("{i}", "1")
                    if again
                    else load.query
                )
                print(
                    f"{load.name + (', again' if again else ''):38}",
                    *compare(endpoints, rdflib, load, query, things, arguments),
                    flush=True,
                )


def compare(
    endpoints: dict[str, Endpoint],
    rdflib: Callable[[], AbstractContextManager[Endpoint]],
    load: Load,
    query: str,
    things: Sequence[str],
    arguments: argparse.Namespace,
) -> list[str]:
    """A row of the table: two endpoints are asked in turn; rdflib's only once, which is enough to tell so large a
    difference, and it is there for as long only, since it goes on with queries whose clients have gone."""
    rates: dict[str, list[float]] = {name: [] for name in (*endpoints, "rdflib")}
    costs: dict[str, list[float]] = {name: [] for name in endpoints}
    wholly: dict[str, list[float]] = {name: [] for name in endpoints}
    asked = (query, load, arguments.seconds)
    whole, others = busy(list(endpoints.values()))
    for _ in range(arguments.rounds):
        for name, endpoint in endpoints.items():
            found, cost, both = rate(endpoint, *asked, next(_NUMBERS) * 10_000_000, arguments.copies, things)
            rates[name].append(found)
            costs[name].append(cost)
            wholly[name].append(both)
    whole_then, others_then = busy(list(endpoints.values()))
    with rdflib() as endpoint:
        rates["rdflib"].append(
            rate(endpoint, *asked, next(_NUMBERS) * 10_000_000, arguments.copies, things)[0]
        )
    ratio = median(ours / other for ours, other in zip(rates["ours"], rates["oxigraph"], strict=True))
    middle = {name: median(found) for name, found in rates.items()}
    row = [f"{middle[name]:9.1f}" for name in ("ours", "oxigraph", "rdflib")]
    row += [f"{ratio:9.2f}", f"{middle['ours'] / max(middle['rdflib'], 1 / arguments.seconds):9.0f}"]
    cheaper = median(other / own for own, other in zip(wholly["ours"], wholly["oxigraph"], strict=True))
    row += [f"{cheaper:9.2f}", *(f"{median(costs[name]):9.3f}" for name in ("ours", "oxigraph"))]
    return [*row, f"{100 * (others_then - others) / (whole_then - whole):9.0f}"]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--copies", type=int, default=340, help="copies of the sample graph in the store")
    parser.add_argument("--seconds", type=int, default=4, help="how long each is asked")
    parser.add_argument("--only", default="", help="loads whose name begins so")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    measure(parser.parse_args())
