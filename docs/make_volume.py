"""Measures exports and pushes of a large graph, next to the stores' own bulk loaders, and writes it into docs/stores.md.

The graph is made from a real one: its documents and events are repeated under other names, each document's text with a
number of its own, until there are as many triples as wanted. Run it with ``make volume``; it takes an hour and 15 GB. What
is measured is kept in a folder as it goes, so that a run that was stopped goes on.

Stores and their own loaders have half of the cores and pushes the other half, as if on machines of their own: where they
share them, each waits for the other, and one learns of neither. ``--together`` has them share.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path
from statistics import median
from threading import Lock
from typing import Any

from pyoxigraph import RdfFormat

from diplograph.store import Store
from diplograph.transfer import export, find_endpoint
from diplograph.transfer.handout import hand_out
from diplograph.vocabulary import BASE

REPOSITORY = Path(__file__).parents[1]
sys.path.insert(0, str(REPOSITORY / "tests"))

import servers

PAGE = REPOSITORY / "docs" / "stores.md"
BEGIN, END = "<!-- make volume -->", "<!-- end -->"
_TEXT = re.compile(rb'ontology#text> "((?:[^"\\]|\\.)*)"')
_HASH = re.compile(rb'(<[^>]*>) (<[^>]*#textHash>) "[0-9a-f]{64}"')


@dataclass(frozen=True)
class Run:
    """A command that was measured: seconds, seconds of processor time, and the most memory in bytes; the
    machine's load (of the last five minutes, when it ended); and the store's time and memory."""

    name: str
    seconds: float
    processor: float
    peak: int
    load: float = 0
    server_peak: int = 0
    server_processor: float = 0
    together: bool = False


def enlarge(source: Path, target: Path, triples: int) -> int:
    """Writes N-Quads of about so many triples, after the shape of others; says how many they are."""
    lines = source.read_bytes().splitlines(keepends=True)
    varied = [line for line in lines if b"/graph/document/" in line or b"/graph/events>" in line]
    fixed = [line for line in lines if line not in set(varied)]
    ids = sorted({found for line in varied for found in re.findall(rb"/graph/document/([^>]+)>", line)})
    named = b"|".join(map(re.escape, ids))
    in_iri = re.compile(rb"(?<=[a-z]/)(?:" + named + rb")(?=[>/])")
    as_text = re.compile(rb'"(' + named + rb')"')
    event = re.compile(rb"(/event/[^>]+)>")
    block, count = b"".join(varied), len(fixed)
    with target.open("wb") as file:
        file.writelines(fixed)
        for number in range((triples - count) // len(varied) + 1):
            name = b"c%06d" % number
            copy = in_iri.sub(lambda found, name=name: name + b"/" + found[0], block)
            copy = as_text.sub(lambda found, name=name: b'"' + name + b"/" + found[1] + b'"', copy)
            copy = event.sub(lambda found, name=name: found[1] + b"-" + name + b">", copy)
            copy = _TEXT.sub(lambda found, name=name: found[0][:-1] + b" " + name + b'"', copy)
            copy = _HASH.sub(
                lambda found, name=name: (
                    b'%s %s "%s"' % (found[1], found[2], hashlib.sha256(found[0] + name).hexdigest().encode())
                ),
                copy,
            )
            file.write(copy)
            count += len(varied)
    return count


ALL = sorted(os.sched_getaffinity(0))
STORES, CLIENTS = set(ALL[: len(ALL) // 2] or ALL), set(ALL[len(ALL) // 2 :])
"""The cores of stores, and those of what talks to them."""


@contextmanager
def on(cores: set[int]) -> Iterator[None]:
    """Whatever is started meanwhile runs on these cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def started(store: AbstractContextManager[servers.Server]) -> Iterator[servers.Server]:
    """A store that is started on the cores of stores."""
    with ExitStack() as stack:
        with on(STORES):
            server = stack.enter_context(store)
        yield server


def measure(
    name: str, *command: object, environment: dict[str, str] | None = None, cores: set[int] | None = None
) -> Run:
    """Runs a command to its end."""
    start = time.monotonic()
    with on(cores or CLIENTS):
        process = subprocess.Popen(
            list(map(str, command)), env={**os.environ, **(environment or {})}, stdout=subprocess.DEVNULL
        )
    peak, ended = 0, 0
    while not ended:
        # ru_maxrss would be no less than what this process had when it forked
        peak = max(peak, servers.peak_memory(process.pid))
        time.sleep(0.05)
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"{name} failed")
    found = Run(
        name,
        time.monotonic() - start,
        usage.ru_utime + usage.ru_stime,
        peak,
        os.getloadavg()[1],
        together=STORES == CLIENTS,
    )
    print(f"{name}: {found.seconds:.0f} s, {found.peak / 1e6:.0f} MB", file=sys.stderr)
    return found


def beside(
    server: servers.Server, name: str, *command: object, environment: dict[str, str] | None = None
) -> Run:
    """Runs a command that a server works for, and measures both."""
    before = server.processor()
    run = measure(name, *command, environment=environment)
    return replace(run, server_peak=server.peak(), server_processor=server.processor() - before)


DIPLOGRAPH = Path(sys.executable).parent / "diplograph"
BUFFERS = 170_000  # as Virtuoso's ini recommends for 2 GB
WHO = {"DIPLOGRAPH_USER": "dba", "DIPLOGRAPH_PASSWORD": servers.PASSWORD}


def load_oxigraph(folder: Path) -> Iterator[Run]:
    """Oxigraph's own loader."""
    volume = folder / "volume" / "volume.nq"
    with empty(folder / "bulk") as data:
        yield measure(
            "`oxigraph load`",
            *(servers.find_oxigraph(), "load", "--location", data, "--file", volume),
            cores=STORES,
        )


def push_oxigraph(folder: Path) -> Iterator[Run]:
    """A push to Oxigraph, and another."""
    with empty(folder / "oxigraph") as data, started(servers.oxigraph(data)) as server:
        push = [DIPLOGRAPH, "push", server.url, "--to", "oxigraph", "--store", folder / "store"]
        yield beside(server, "push to Oxigraph", *push)
        yield beside(server, "push to Oxigraph again, nothing changed", *push)


def push_oxigraph_file(folder: Path) -> Iterator[Run]:
    """A push of the file."""
    with empty(folder / "oxigraph") as data, started(servers.oxigraph(data)) as server:
        push = [DIPLOGRAPH, "push", server.url, "--to", "oxigraph", "--from", folder / "volume" / "volume.nq"]
        yield beside(server, "push of the file to Oxigraph", *push)


def send_oxigraph(folder: Path) -> Iterator[Run]:
    """What its network interface itself can do: the same file by curl."""
    with empty(folder / "sent") as data, started(servers.oxigraph(data)) as server:
        url = f"{server.url}/store?no_transaction"
        curl = ["curl", "-sS", "--fail-with-body", "-X", "POST", "-H", "Content-Type: application/n-quads"]
        yield beside(
            server, "the file by curl to Oxigraph", *curl, "-T", folder / "volume" / "volume.nq", url
        )


def load_virtuoso(folder: Path) -> Iterator[Run]:
    """Virtuoso's own loader."""
    volume = folder / "volume"
    with (
        empty(folder / "bulk") as data,
        started(servers.virtuoso(data, buffers=BUFFERS, dirs=[volume])) as server,
    ):
        script = data / "load.sql"
        script.write_text(f"ld_dir('{volume}', 'volume.nq', 'http://g');\nrdf_loader_run();\ncheckpoint;\n")
        load = ["isql-vt", f"127.0.0.1:{server.sql_port}", "dba", servers.PASSWORD, "VERBOSE=OFF", script]
        yield beside(server, "Virtuoso `ld_dir`", *load)


def push_virtuoso(folder: Path) -> Iterator[Run]:
    """A push to Virtuoso, and another."""
    with empty(folder / "virtuoso") as data, started(servers.virtuoso(data, buffers=BUFFERS)) as server:
        push = [DIPLOGRAPH, "push", server.url, "--to", "virtuoso", "--store", folder / "store"]
        yield beside(server, "push to Virtuoso", *push, environment=WHO)
        yield beside(server, "push to Virtuoso again, nothing changed", *push, environment=WHO)


def push_virtuoso_once(folder: Path, name: str, *options: object) -> Iterator[Run]:
    """A push to Virtuoso in another way."""
    with empty(folder / "virtuoso") as data, started(servers.virtuoso(data, buffers=BUFFERS)) as server:
        push = [DIPLOGRAPH, "push", server.url, "--to", "virtuoso", *options]
        yield beside(server, name, *push, environment=WHO)


def push_virtuoso_unlogged(folder: Path) -> Iterator[Run]:
    """A push of which Virtuoso keeps no log, as it keeps none of what its own loader loads."""
    yield from push_virtuoso_once(
        folder, "push to Virtuoso, unlogged", "--unlogged", "--store", folder / "store"
    )


def push_virtuoso_file(folder: Path) -> Iterator[Run]:
    """A push of the file."""
    yield from push_virtuoso_once(
        folder, "push of the file to Virtuoso", "--from", folder / "volume" / "volume.nq"
    )


def push_virtuoso_file_unlogged(folder: Path) -> Iterator[Run]:
    """A push of the file of which Virtuoso keeps no log."""
    yield from push_virtuoso_once(
        folder,
        "push of the file to Virtuoso, unlogged",
        "--unlogged",
        "--from",
        folder / "volume" / "volume.nq",
    )


def send_virtuoso(folder: Path) -> Iterator[Run]:
    """What its network interface itself can do: the same file, which it fetches in pieces."""
    with empty(folder / "sent") as data, started(servers.virtuoso(data, buffers=BUFFERS)) as server:
        give = [sys.executable, __file__, "--hand-out", server.url, "--folder", folder]
        yield beside(server, "the file fetched by Virtuoso", *give, environment=WHO)


def give(url: str, volume: Path) -> None:
    """Has a Virtuoso fetch a file of N-Quads in pieces of the size that a push has, as many at once."""
    turn = Lock()
    with (
        find_endpoint(url, "virtuoso") as endpoint,
        hand_out(endpoint, BASE) as handout,
        volume.open("rb") as file,
    ):

        def read() -> bytes:
            with turn:
                return b"".join(islice(file, handout.target.chunk))

        def load_some(_: int) -> None:
            with handout.again() as own:
                while lines := read():
                    own.add(None, lines)

        at_once = handout.target.parcels
        with ThreadPoolExecutor(at_once) as hands:
            list(hands.map(load_some, range(at_once)))


def export_all(folder: Path) -> Iterator[Run]:
    """Both orders of an export."""
    export = [DIPLOGRAPH, "export", "--store", folder / "store", "-o"]
    with empty(folder / "export") as data:
        yield measure("export, sorted", *export, data / "sorted.nq")
        yield measure("export, as stored", *export, data / "stored.nq", "--as-stored")


@contextmanager
def empty(folder: Path) -> Iterator[Path]:
    """An empty folder, which is removed afterwards."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def read_runs(folder: Path) -> list[list[Run]]:
    """What was measured so far: the runs of each round."""
    kept = folder / "runs.json"
    rounds: list[dict[str, list[dict[str, Any]]]] = json.loads(kept.read_text()) if kept.exists() else []
    return [[Run(**run) for runs in steps.values() for run in runs] for steps in rounds]


def _say_cores(rounds: list[list[Run]]) -> str:
    """Which cores the runs had."""
    together = any(run.together for runs in rounds for run in runs)
    return (
        f"client and store on the same {len(ALL)} cores"
        if together
        else (f"the store and its loader on {len(STORES)} of {len(ALL)} cores, the client on the other")
    )


def measure_all(folder: Path, rounds: int) -> None:
    """Measures what is not in ``runs.json`` yet. A round has every step once, so that what is compared was measured
    within minutes of each other."""
    kept = folder / "runs.json"
    found: list[dict[str, list[dict[str, Any]]]] = json.loads(kept.read_text()) if kept.exists() else []
    found += [{} for _ in range(rounds - len(found))]
    steps = (
        load_oxigraph,
        send_oxigraph,
        push_oxigraph_file,
        push_oxigraph,
        load_virtuoso,
        push_virtuoso_file_unlogged,
        push_virtuoso_unlogged,
        send_virtuoso,
        push_virtuoso_file,
        push_virtuoso,
        export_all,
    )
    for done in found[:rounds]:
        for step in steps:
            if step.__name__ not in done:
                done[step.__name__] = [asdict(run) for run in step(folder)]
                kept.write_text(json.dumps(found, indent=1))


def write_table(rounds: list[list[Run]], count: int, graphs: int, size: int) -> str:
    """The figures as a table, with their conditions: of several rounds the middle one, and of what is compared the
    least and the most."""
    lines = [
        (
            f"{count:,} triples in {graphs:,} graphs ({size / 1e9:.1f} GB of N-Quads), Python "
            f"{platform.python_version()}, on one machine, {_say_cores(rounds)}, "
            f"{'one round' if len(rounds) == 1 else f'the middle of {len(rounds)} rounds'}. "
            "The machine's load is in the last column: where it is above 1, others used it as well."
        ),
        "",
        "| what | seconds | triples/s | processor, s | peak, MB | store's processor, s | store's peak, MB | load |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name in dict.fromkeys(run.name for runs in rounds for run in runs):
        same = [run for runs in rounds for run in runs if run.name == name]

        def middle(value: str, same: list[Run] = same) -> float:
            return float(median(getattr(run, value) for run in same))

        seconds = middle("seconds")
        cells = (
            name,
            f"{seconds:.0f}",
            f"{count / seconds:,.0f}",
            f"{middle('processor'):.0f}",
            f"{middle('peak') / 1e6:.0f}",
            f"{middle('server_processor'):.0f}" if middle("server_processor") else "",
            f"{middle('server_peak') / 1e6:.0f}" if middle("server_peak") else "",
            f"{middle('load'):.1f}",
        )
        lines.append(f"| {' | '.join(cells)} |")
    named = [{run.name: run for run in runs} for runs in rounds]
    for names in COMPARED:
        if whole := [runs for runs in named if set(names) <= set(runs)]:
            lines += ["", compare(whole, *names)]
    return "\n".join(lines)


COMPARED = (
    ("push of the file to Oxigraph", "`oxigraph load`", "the file by curl to Oxigraph"),
    ("push to Oxigraph", "`oxigraph load`", "the file by curl to Oxigraph"),
    ("push of the file to Virtuoso, unlogged", "Virtuoso `ld_dir`", "the file fetched by Virtuoso"),
    ("push of the file to Virtuoso", "Virtuoso `ld_dir`", "the file fetched by Virtuoso"),
    ("push to Virtuoso, unlogged", "Virtuoso `ld_dir`", "the file fetched by Virtuoso"),
    ("push to Virtuoso", "Virtuoso `ld_dir`", "the file fetched by Virtuoso"),
)


def compare(rounds: list[dict[str, Run]], push: str, load: str, sent: str) -> str:
    """A push beside the store's own loader, and beside its network interface, by the clock and by what the store
    itself had to do."""

    def share(other: str) -> str:
        clock = [runs[other].seconds / runs[push].seconds for runs in rounds]
        work = [
            (runs[other].server_processor or runs[other].processor) / runs[push].server_processor
            for runs in rounds
        ]
        return f"{spread(clock)} by the clock, {spread(work)} by the store's processor time"

    return (
        f"A {push} has of the throughput of {load} {share(load)}; of that of the store's network interface "
        f"({sent}) {share(sent)}."
    )


def spread(values: list[float]) -> str:
    """The middle of some values, with the least and the most.

    >>> spread([0.9, 0.8, 0.82])
    '0.82 (0.80 to 0.90)'
    """
    around = f" ({min(values):.2f} to {max(values):.2f})" if len(values) > 1 else ""
    return f"{median(values):.2f}{around}"


def report(folders: list[Path]) -> None:
    """Prints what was measured in these folders so far, and writes it into the page."""
    tables = []
    for folder in folders:
        with Store.open(folder / "store", read_only=True) as store:
            count, graphs = len(store), len(store.graph_names())
        size = (folder / "volume" / "volume.nq").stat().st_size
        tables.append(write_table(read_runs(folder), count, graphs, size))
    text = "\n\n".join(tables)
    print(text)
    page = PAGE.read_text(encoding="utf-8")
    start, end = page.index(BEGIN) + len(BEGIN), page.index(END)
    PAGE.write_text(f"{page[:start]}\n{text}\n{page[end:]}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--store", type=Path, default=Path("diplograph-store"), help="the graph whose shape is taken"
    )
    parser.add_argument("--triples", type=int, default=10_000_000)
    parser.add_argument("--together", action="store_true", help="have stores and clients share all cores")
    parser.add_argument("--rounds", type=int, default=1, help="how often everything is measured")
    parser.add_argument("--only", type=Path, metavar="FILE", help="only make the graph, as N-Quads")
    parser.add_argument(
        "--folder", type=Path, default=Path("build", "volume"), help="where everything is kept meanwhile"
    )
    parser.add_argument(
        "--hand-out", metavar="URL", help="only have a Virtuoso fetch the graph of the folder"
    )
    parser.add_argument(
        "--report",
        type=Path,
        nargs="+",
        metavar="FOLDER",
        help="measure nothing; write what these folders have",
    )
    arguments = parser.parse_args()
    if arguments.hand_out:
        give(arguments.hand_out, arguments.folder / "volume" / "volume.nq")
        return
    if arguments.report:
        report([folder.resolve() for folder in arguments.report])
        return
    if arguments.together:
        for cores in (STORES, CLIENTS):
            cores.update(ALL)
    folder = arguments.folder.resolve()
    (folder / "volume").mkdir(parents=True, exist_ok=True)
    volume = arguments.only or folder / "volume" / "volume.nq"
    if not (folder / "store").exists():
        small = folder / "small.nq"
        with Store.open(arguments.store, read_only=True) as store:
            export(store, "nquads", small)
        print(f"{enlarge(small, volume, arguments.triples)} triples are in {volume}", file=sys.stderr)
        if arguments.only:
            return
        with Store.open(folder / "unfinished") as store:
            store.inner.bulk_load(path=str(volume), format=RdfFormat.N_QUADS)
            store.inner.optimize()  # as a store is that was built little by little
            export(store, "nquads", volume, sort=False)  # the file that all are given, pushes as well
        (folder / "unfinished").rename(folder / "store")
    measure_all(folder, arguments.rounds)
    report([folder])


if __name__ == "__main__":
    main()
