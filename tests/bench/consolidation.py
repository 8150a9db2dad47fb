"""How long it takes to bring reports of one event together: all at once, and one more beside the many.

Made-up reports stand for news of ten years: few actors are in most events, most events are told of once or twice, most
reports give the day, some only the month, the year or nothing. Run by `make bench-consolidation`; it prints the tables
of docs/scale.md. All times are of the processor, so that a busy machine matters less. The numbers after --only and
--store are numbers of events: of those without a store, and of those in one.
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import sys
import tempfile
import time
from bisect import bisect
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from datetime import date, timedelta
from itertools import accumulate, islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from fakes import make_conllu
from pyoxigraph import RdfFormat

from diplograph import pipeline
from diplograph.events.clusters import Clusters
from diplograph.events.consolidation import to_event
from diplograph.model import Actor, EventReport, EventValues, Filler, ParsedDocument
from diplograph.pipeline import consolidate_store
from diplograph.quads import PROV, actor_iri, actor_quads, document_graph, document_iri, report_iri, term
from diplograph.store import ANYTHING, Store
from diplograph.vocabulary import XSD, load_vocabulary

ACTORS = 20_000
BEGIN, DAYS = date(2014, 1, 1), 3652
REPORTS_A_DOCUMENT = 5
TRIES = 30


class World:
    """Actors, of whom some are in the news much more often than others (Zipf), and what is told of them."""

    def __init__(self, seed: int = 1) -> None:
        self.chance = random.Random(seed)
        self.actors = [Actor(f"X{n}", "Country", f"X{n}", f"X{n}") for n in range(ACTORS)]
        self.weights = list(accumulate(1 / (n + 1) for n in range(ACTORS)))
        self.classes = load_vocabulary().event_classes()
        self.named: set[Actor] = set()

    def _actor(self) -> Actor:
        return self.actors[bisect(self.weights, self.chance.random() * self.weights[-1])]

    def reports(self) -> Iterator[tuple[str, EventValues]]:
        """Day of publication and values of one report after another, without end."""
        chance = self.chance
        while True:
            event_class, day = chance.choice(self.classes), BEGIN + timedelta(chance.randrange(DAYS))
            count = chance.choices((1, 2, 3, 4), (2, 6, 1, 1))[0]
            parties = list({self._actor(): None for _ in range(count)})
            told = 1
            while told < 1000 and chance.random() < 0.25:
                told += chance.choice((1, 1, 1, 1, 5))
            self.named.update(parties)
            for _ in range(told):
                yield self._told(event_class, day, parties)

    def _told(self, event_class: str, day: date, parties: list[Actor]) -> tuple[str, EventValues]:
        chance = self.chance
        form = chance.choices(("%Y-%m-%d", "%Y-%m", "%Y", ""), (80, 6, 1, 13))[0]
        here = parties if len(parties) < 3 or chance.random() < 0.7 else parties[:-1]
        fillers = tuple(Filler("participant", actor) for actor in here)
        status = chance.choices(("occurred", "planned", "denied"), (8, 1, 1))[0]
        published = day + timedelta(chance.choice((0, 1, 1, 2, 3, 7)))
        return published.isoformat(), EventValues(event_class, status, fillers, day.strftime(form) or None)


def lines(world: World, documents: int) -> Iterator[str]:
    """The quads of documents with reports of their day and around it, as N-Quads."""
    told = world.reports()
    for number in range(documents):
        found = [next(told) for _ in range(REPORTS_A_DOCUMENT)]
        yield from document_lines(f"made/{number:07}", found[0][0], [values for _, values in found])


def document_lines(id: str, published: str, reports: list[EventValues]) -> Iterator[str]:
    graph, document = document_graph(id), document_iri(id)
    a = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    types = {4: "gYear", 7: "gYearMonth", 10: "date"}
    yield f"{document} {a} {term('Document')} {graph} .\n"
    yield f'{document} {term("published")} "{published}"^^<{XSD}date> {graph} .\n'
    yield f'{document} {term("text")} "..." {graph} .\n'
    for number, values in enumerate(reports, 1):
        report = report_iri(id, number)
        yield f"{report} {a} {term('EventReport')} {graph} .\n"
        yield f"{report} {term('eventClass')} {term(values.event_class)} {graph} .\n"
        yield f"{report} <{PROV}wasDerivedFrom> {document} {graph} .\n"
        yield f"{report} {term('status')} {term(values.status)} {graph} .\n"
        yield f'{report} {term("confidence")} "0.7"^^<{XSD}decimal> {graph} .\n'
        for filler in values.fillers:
            yield f"{report} {term(filler.role)} {actor_iri(filler.actor.key)} {graph} .\n"
        if values.start_date:
            kind = types[len(values.start_date)]
            yield f'{report} {term("startDate")} "{values.start_date}"^^<{XSD}{kind}> {graph} .\n'


class Teller:
    """An extractor that finds in every document what it was told to."""

    fingerprint = "made-up"

    def __init__(self) -> None:
        self.values: list[EventValues] = []

    def extract(self, parsed: ParsedDocument) -> tuple[EventReport, ...]:
        return tuple(
            EventReport(parsed.document.id, number, values, 0.7, ())
            for number, values in enumerate(self.values, 1)
        )

    def describe(self, key: str) -> Actor | None:
        return next((actor for values in self.values for actor in values.actors() if actor.key == key), None)


def resolve(events: int, folder: Path) -> str:
    """Brings reports together without a store: all at once, then some more, one at a time."""
    world, told = World(), World(2).reports()
    count = round(events * 1.2)
    drawn = enumerate(islice(world.reports(), count))
    reports = ((day, EventReport(f"d{n // 5:07}", n % 5 + 1, values, 0.7, ())) for n, (day, values) in drawn)
    path = folder / f"clusters-{events}"
    started = time.process_time()
    with closing(Clusters(path, throwaway=True)) as clusters:
        clusters.describe(world.actors)
        clusters.fill(reports)
        conclude(clusters, anew=True)
    every = (time.process_time() - started) / count
    times = []
    with closing(Clusters(path)) as clusters:
        for number, (day, values) in enumerate(islice(told, 10 * TRIES)):
            started = time.process_time()
            clusters.replace(f"new-{number}", [(day, EventReport(f"new-{number}", 1, values, 0.7, ()))])
            conclude(clusters)
            times.append(time.process_time() - started)
        found = clusters.count_events()
    size = path.stat().st_size / 2**20
    return (
        f"| {found:,} | {count:,} | {every * 1e6:,.0f} µs | {statistics.median(times) * 1e3:,.2f} ms"
        f" | {statistics.quantiles(times, n=100)[98] * 1e3:,.1f} ms | {size:,.0f} MB | {memory():,.0f} MB |"
    )


def conclude(clusters: Clusters, *, anew: bool = False) -> None:
    if anew:
        clusters.settle_all()
    else:
        clusters.settle()
    for cluster, members in clusters.touched():
        clusters.name_event(cluster, to_event(members).key if members else None)
    clusters.forget_touched()
    clusters.forget_due()
    clusters.commit()


def memory() -> float:
    """The most memory that this process had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(events: int, folder: Path) -> str:
    """Makes a store that has about so many events, and adds to it."""
    world, teller, directory = World(), Teller(), folder / f"store-{events}"
    documents = max(1, round(events * 1.37 / REPORTS_A_DOCUMENT))
    nquads = folder / "made.nq"
    with open(nquads, "w", encoding="utf-8") as file:
        file.writelines(lines(world, documents))
    row: dict[str, float] = {}
    with Store.open(directory) as store:
        store.inner.bulk_load(path=str(nquads), format=RdfFormat.N_QUADS)
        store.inner.bulk_extend(actor_quads(world.named, []))
        store.changes.mark((ANYTHING,))
        started = time.process_time()
        row["events"] = consolidate_store(store, teller)
        row["all"] = time.process_time() - started
        row["reports"] = documents * REPORTS_A_DOCUMENT
        row["memory"] = memory()
        row["one"], row["worst"] = add_one_by_one(store, world, teller)
    nquads.unlink()
    build_one(folder, directory, world, teller, 0)  # makes the first generation
    times = [build_one(folder, directory, world, teller, n) for n in range(1, 4)]
    return (
        f"| {row['events']:,.0f} | {row['reports']:,.0f} | {row['all'] / row['reports'] * 1e6:,.0f} µs"
        f" | {row['one'] * 1e3:,.1f} ms | {row['worst'] * 1e3:,.1f} ms | {statistics.median(times):,.2f} s"
        f" | {row['memory']:,.0f} MB |"
    )


def add_one_by_one(store: Store, world: World, teller: Teller) -> tuple[float, float]:
    """Median and longest seconds of processor time to take in a document with one report, its own writing left out."""
    told, times = world.reports(), []
    for number in range(TRIES):
        published, values = next(told)
        id = f"new/{number}"
        text = "".join(document_lines(id, published, [values]))
        store.changes.mark([document_graph(id).value])
        store.inner.extend(actor_quads(values.actors(), []))
        store.inner.load(text.encode(), format=RdfFormat.N_QUADS)
        started = time.process_time()
        consolidate_store(store, teller)
        times.append(time.process_time() - started)
    return statistics.median(times), max(times)


def build_one(folder: Path, store: Path, world: World, teller: Teller, number: int) -> float:
    """Seconds of processor time for the whole of a build of one article with one report (parsed beforehand), and the events then."""
    published, values = next(world.reports())
    teller.values = [values]
    article = folder / f"article-{number}.conllu"
    article.write_text(make_conllu(f"article-{number}", published=published), encoding="utf-8")
    started = time.process_time()
    report = pipeline.build([article], store, extractor=teller)
    assert report.added == 1, report
    return time.process_time() - started


def main() -> None:
    """Prints the tables, each size in a process of its own."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--only", type=int, nargs="*", default=[1_000, 10_000, 100_000, 1_000_000])
    asked.add_argument("--store", type=int, nargs="*", default=[1_000, 10_000, 100_000])
    options = asked.parse_args()
    tables = (
        (
            options.only,
            resolve,
            "events | reports | a report, all at once | one more | 99 of 100 | file | memory",
        ),
        (
            options.store,
            measure,
            "events | reports | a report, all at once | one more | the longest of 30 | a build of one article | memory",
        ),
    )
    for sizes, work, heads in tables:
        print(f"| {heads} |", "|".join(["", *["---"] * 7, ""]), sep="\n", flush=True)
        for size in sizes:
            with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(1) as pool:
                print(pool.submit(work, size, Path(folder)).result(), flush=True)
        print()


if __name__ == "__main__":
    main()
