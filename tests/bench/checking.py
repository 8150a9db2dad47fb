"""How long reasoning takes by the number of events: HermiT by modules, and OWL 2 RL by rules over the whole graph.

``make bench-check`` runs it and writes the table into docs/checking.md. The graphs are made up: events of every class,
with reports, mentions and actors in the proportions of what `make run` builds, and no contradictions.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

from pyoxigraph import Quad

from diplograph.checking.findings import Part
from diplograph.checking.material import load_ontology
from diplograph.checking.owl import OwlSettings, check_owl
from diplograph.checking.rules import check_rules
from diplograph.model import (
    Actor,
    Document,
    Event,
    EventReport,
    EventValues,
    Evidence,
    Filler,
    Mention,
    ParserIdentity,
)
from diplograph.quads import actor_quads, document_quads, event_quads, ontology_quads
from diplograph.resources import locate
from diplograph.store import Store
from diplograph.vocabulary import load_vocabulary

REPOSITORY = Path(__file__).parents[2]
PAGE = REPOSITORY / "docs" / "checking.md"
BEGIN, END = "<!-- make bench-check -->", "<!-- end -->"
COUNTRIES, PEOPLE = 60, 240
SENTENCE = "أجرى {0} اتصالاً مع {1} يوم {2} بشأن الضمانات الأمنية، وهدد بفرض عقوبات إذا لم تتوقف الحشود. "
PARSER = ParserIdentity("stanza", "1.15.0", "0123abcd")
FINISHED = datetime(2022, 1, 5, 12, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Run:
    """One measurement; ``modules`` as the part says them, ``again`` the seconds of a second check, ``processor`` the
    seconds of processor time of the first, Java and all, ``load`` the machine's, of the last five minutes."""

    reasoner: str
    events: int
    triples: int
    seconds: float
    again: float | None
    modules: int
    inferred: int
    failure: str
    processor: float = 0
    load: float = 0


def make_actors() -> tuple[Actor, ...]:
    """Countries, their heads of state, and others who speak for them."""
    countries = [Actor(f"country-{n}", "Country", f"دولة {n}", f"Country {n}") for n in range(COUNTRIES)]
    people = [
        Actor(
            f"person-{n}", "Person", f"شخص {n}", f"Person {n}", None,
            (f"country-{n % COUNTRIES}",), (f"country-{n % COUNTRIES}",) if n < COUNTRIES else (),
        )
        for n in range(PEOPLE)
    ]  # fmt: skip
    return (*countries, *people)


def make_graph(events: int) -> Iterator[Quad]:
    """A graph of so many events; the same for the same number."""
    actors, dice = make_actors(), random.Random(events)
    yield from ontology_quads(locate("ontology", "diplograph.ttl").read_text(encoding="utf-8"))
    yield from actor_quads(actors, ())
    classes = load_vocabulary().event_classes()
    for number in range(events):
        one, other = dice.sample(actors, 2)
        cls = classes[number % len(classes)]
        day = (date(2015, 1, 1) + timedelta(days=dice.randrange(3000))).isoformat()
        values = make_values(cls, one, other, day, dice)
        reports = []
        for place in range(dice.choice((1, 1, 1, 2))):
            document, report = make_report(f"made/{number}-{place}", values, one, other, day)
            reports.append((document.id, 1))
            yield from document_quads(
                document,
                [report],
                PARSER,
                finished=FINISHED,
                diplograph_version="0",
                extractor_fingerprint="0",
            )
        yield from event_quads([Event(f"event-{number}", values, 0.9, tuple(reports), "حدث", "event")])


def make_values(cls: str, one: Actor, other: Actor, day: str, dice: random.Random) -> EventValues:
    """What such an event has: roles as its class asks for, a status, a date, sometimes a length or a condition."""
    roles = (
        ("threatener", "target")
        if "Threat" in load_vocabulary().superclasses(cls)
        else ("initiator", "participant")
    )
    condition = "إذا لم تتوقف الحشود" if roles[0] == "threatener" and dice.random() < 0.5 else None
    return EventValues(
        cls,
        dice.choice(("occurred", "occurred", "planned", "hypothetical")),
        (Filler(roles[0], one), Filler(roles[1], other)),
        start_date=day,
        duration_minutes=dice.randrange(10, 90) if roles[0] == "initiator" else None,
        condition=condition,
    )


def make_report(
    id: str, values: EventValues, one: Actor, other: Actor, day: str
) -> tuple[Document, EventReport]:
    """A document of one paragraph, and its report with eight mentions."""
    text = SENTENCE.format(one.label_ar, other.label_ar, day) * 4
    begin = text.index(other.label_ar, len(one.label_ar) + 5)
    evidence = [
        Evidence(values.fillers[0].role, 5, 5 + len(one.label_ar), "path:subject", one),
        Evidence(values.fillers[1].role, begin, begin + len(other.label_ar), "path:with", other),
        Evidence("startDate", text.index(day), text.index(day) + len(day), "time/iso"),
        *(Evidence("trigger", at, at + 4, "made/word") for at in (0, 30, 40, 50)),
    ]
    mention = Mention(0, len(text) // 4, 0, "made", "noun", values, tuple(evidence))
    return Document(id, text, f"{id}.txt", published=day), EventReport(id, 1, values, 0.9, (mention,))


def make_store(folder: Path, events: int) -> Path:
    """A store of so many events, made once."""
    target, unfinished = folder / str(events), folder / "unfinished"
    if not target.exists():
        shutil.rmtree(unfinished, ignore_errors=True)
        with Store.open(unfinished) as store:
            store.inner.bulk_extend(make_graph(events))
        unfinished.rename(target)
    return target


def measure(folder: Path, reasoner: str, events: int, *, jobs: int, limit: float) -> Run:
    """Checks a graph of so many events once, and again where anything is remembered."""
    ontology = load_ontology()

    def check() -> Part:
        with Store.open(make_store(folder, events), read_only=True) as store:
            if reasoner == "rl":
                return check_rules(store, ontology, timeout=limit)
            return check_owl(store, ontology, OwlSettings(reasoner, timeout=limit, jobs=jobs, split="always"))

    (make_store(folder, events) / "checked.sqlite").unlink(missing_ok=True)
    before = _processor()
    first = check()
    spent = _processor() - before
    again = None if reasoner == "rl" or first.failure else check().seconds
    assert not first.findings, first.findings[:3]
    found = Run(
        reasoner, events, first.triples, first.seconds, again, first.modules, len(first.inferred), first.failure,
        spent, os.getloadavg()[1],
    )  # fmt: skip
    print(found, file=sys.stderr)
    return found


def _processor() -> float:
    """Seconds of processor time, of this process and of those that it started and that ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def write_table(runs: list[Run], jobs: int) -> str:
    """The figures with their conditions."""
    lines = [
        (
            f"owlready2 {version('owlready2')}, nemo {version('nemo-python')}, Python {platform.python_version()}, "
            f"{os.cpu_count()} processors, {jobs} runs of Java at a time, graphs in a store already. *Processor* is the "
            "processor time of all processes together. Where the load, of the last five minutes, is above the number "
            "of processors, others used the machine as well, and wall clock is that much too long. *Again* is the next "
            "check of the same graph."
        ),
        "",
        "| events | triples | reasoner | modules | inferences | seconds | events/s | processor, s | again, s | load |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    titles = {"hermit": "HermiT by modules", "rl": "OWL 2 RL"}
    for run in sorted(runs, key=lambda run: (run.events, run.reasoner)):
        cells = (
            f"{run.events:,}",
            f"{run.triples:,}",
            titles[run.reasoner],
            f"{run.modules:,}" if run.reasoner == "hermit" else "",
            f"{run.inferred:,}",
            f"{run.seconds:,.1f}" + (" and not done" if run.failure else ""),
            "" if run.failure else f"{run.events / run.seconds:,.0f}",
            f"{run.processor:,.1f}" if run.processor else "",
            f"{run.again:,.1f}" if run.again else "",
            f"{run.load:.1f}" if run.processor else "",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, nargs="+", default=[100, 1_000, 10_000, 100_000])
    parser.add_argument("--reasoners", nargs="+", default=["hermit", "rl"])
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--limit", type=float, default=3600, help="seconds for one check")
    parser.add_argument(
        "--folder", type=Path, default=Path("build", "checking"), help="where graphs and figures are kept"
    )
    parser.add_argument("--report", action="store_true", help="measure nothing; write what was measured")
    parser.add_argument("--dry", action="store_true", help="print the table only")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    kept = arguments.folder / "runs.json"
    runs = (
        {(run["reasoner"], run["events"]): Run(**run) for run in json.loads(kept.read_text())}
        if kept.exists()
        else {}
    )
    for events in () if arguments.report else arguments.events:
        for reasoner in arguments.reasoners:
            start = time.monotonic()
            run = measure(arguments.folder, reasoner, events, jobs=arguments.jobs, limit=arguments.limit)
            runs[reasoner, events] = run
            kept.write_text(json.dumps([asdict(one) for one in runs.values()], indent=1))
            print(f"{reasoner}, {events} events: {time.monotonic() - start:.0f} s in all", file=sys.stderr)
    table = write_table(list(runs.values()), arguments.jobs)
    print(table)
    if not arguments.dry:
        page = PAGE.read_text(encoding="utf-8")
        start, end = page.index(BEGIN) + len(BEGIN), page.index(END)
        PAGE.write_text(f"{page[:start]}\n{table}\n{page[end:]}", encoding="utf-8")


if __name__ == "__main__":
    main()
