"""The annotated articles, the scorer that others measure with, and what the real pipeline finds in them."""

from __future__ import annotations

import gzip
import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from diplograph.model import EventReport, ParsedDocument
from diplograph.pipeline import FrameExtractor, parse_sources

REPOSITORY = Path(__file__).parents[1]
SHARED = REPOSITORY.parent / "shared"
GOLD = REPOSITORY / "tests/gold"
CORPUS = ("corpus", "background")


@dataclass(frozen=True, slots=True)
class AnnotatedSet:
    """Articles with annotations; ``articles`` is None where the texts are those of the shared corpus with the ids of the
    annotations, which alone are in the repository. ``held_out``: nobody who wrote rules has read them."""

    title: str
    gold: Path
    articles: Path | None
    held_out: bool = False


SETS = {
    "news-held-out": AnnotatedSet(
        "243 real articles, held out (tests/gold/news-held-out)", GOLD / "news-held-out/gold", None, True
    ),
    "dated-held-out": AnnotatedSet(
        "86 dated articles in our own words, held out (tests/gold/dated-held-out)",
        GOLD / "dated-held-out/gold",
        GOLD / "dated-held-out/articles.jsonl",
        True,
    ),
    "retold-held-out": AnnotatedSet(
        "110 articles of the web, told anew, held out (tests/gold/retold-held-out)",
        GOLD / "retold-held-out/gold",
        GOLD / "retold-held-out/articles.jsonl",
        True,
    ),
    "passages-held-out": AnnotatedSet(
        "360 short passages of the web, told anew, held out (tests/gold/passages-held-out)",
        GOLD / "passages-held-out/gold",
        GOLD / "passages-held-out/articles.jsonl",
        True,
    ),
    "agency-held-out": AnnotatedSet(
        "69 short articles on threats and talks, told anew, held out (tests/gold/agency-held-out)",
        GOLD / "agency-held-out/gold",
        GOLD / "agency-held-out/articles.jsonl",
        True,
    ),
    "mixed-held-out": AnnotatedSet(
        "135 short articles of agencies and the web, told anew, held out (tests/gold/mixed-held-out)",
        GOLD / "mixed-held-out/gold",
        GOLD / "mixed-held-out/articles.jsonl",
        True,
    ),
    "varied-held-out": AnnotatedSet(
        "63 articles of agencies and the web, told anew, held out (tests/gold/varied-held-out)",
        GOLD / "varied-held-out/gold",
        GOLD / "varied-held-out/articles.jsonl",
        True,
    ),
    "broad-held-out": AnnotatedSet(
        "93 articles of agencies and the web, told anew, held out (tests/gold/broad-held-out)",
        GOLD / "broad-held-out/gold",
        GOLD / "broad-held-out/articles.jsonl",
        True,
    ),
    "further-held-out": AnnotatedSet(
        "98 further articles of agencies, newspapers and the web, told anew, held out (tests/gold/further-held-out)",
        GOLD / "further-held-out/gold",
        GOLD / "further-held-out/articles.jsonl",
        True,
    ),
    "seeds": AnnotatedSet(
        "5 real articles (shared/articles/seeds)",
        SHARED / "articles/seeds/gold",
        SHARED / "articles/seeds/articles.jsonl",
    ),
    "dev": AnnotatedSet(
        "33 real articles (shared/articles/dev)",
        SHARED / "articles/dev/gold",
        SHARED / "articles/dev/articles.jsonl",
    ),
    "news-development": AnnotatedSet(
        "668 real articles (tests/gold/news-development)", GOLD / "news-development/gold", None
    ),
    "dated-development": AnnotatedSet(
        "156 dated articles in our own words (tests/gold/dated-development)",
        GOLD / "dated-development/gold",
        GOLD / "dated-development/articles.jsonl",
    ),
    "retold-development": AnnotatedSet(
        "114 articles of the web, told anew (tests/gold/retold-development)",
        GOLD / "retold-development/gold",
        GOLD / "retold-development/articles.jsonl",
    ),
    "passages-development": AnnotatedSet(
        "646 short passages of the web, told anew (tests/gold/passages-development)",
        GOLD / "passages-development/gold",
        GOLD / "passages-development/articles.jsonl",
    ),
    "agency-development": AnnotatedSet(
        "69 short articles on threats and talks, told anew (tests/gold/agency-development)",
        GOLD / "agency-development/gold",
        GOLD / "agency-development/articles.jsonl",
    ),
    "mixed-development": AnnotatedSet(
        "136 short articles of agencies and the web, told anew (tests/gold/mixed-development)",
        GOLD / "mixed-development/gold",
        GOLD / "mixed-development/articles.jsonl",
    ),
    "varied-development": AnnotatedSet(
        "129 articles of agencies and the web, told anew (tests/gold/varied-development)",
        GOLD / "varied-development/gold",
        GOLD / "varied-development/articles.jsonl",
    ),
    "broad-development": AnnotatedSet(
        "181 articles of agencies and the web, told anew (tests/gold/broad-development)",
        GOLD / "broad-development/gold",
        GOLD / "broad-development/articles.jsonl",
    ),
    "further-development": AnnotatedSet(
        "193 further articles of agencies, newspapers and the web, told anew (tests/gold/further-development)",
        GOLD / "further-development/gold",
        GOLD / "further-development/articles.jsonl",
    ),
    "own-seeds": AnnotatedSet(
        "5 articles of our own (seeds/articles)",
        REPOSITORY / "seeds/articles/gold",
        REPOSITORY / "seeds/articles",
    ),
    "constructions": AnnotatedSet(
        "120 constructions of our own (tests/gold/constructions)",
        GOLD / "constructions/gold",
        GOLD / "constructions/articles.jsonl",
    ),
}


@cache
def load_scorer() -> ModuleType:
    """The shared scorer, measure/score.py."""
    specification = importlib.util.spec_from_file_location("score", SHARED / "measure/score.py")
    assert specification and specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def find_articles(annotated: AnnotatedSet, folder: Path) -> Path:
    """The texts of a set; those of the corpus are put into a file of this folder."""
    if annotated.articles is not None:
        return annotated.articles
    wanted = {path.stem for path in annotated.gold.glob("*.json")}
    target = folder / f"{annotated.gold.parent.name}.jsonl"
    with target.open("w", encoding="utf-8") as file:
        for name in CORPUS:
            with gzip.open(SHARED / f"articles/{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
                file.writelines(line for line in lines if json.loads(line)["id"] in wanted)
    return target


def build_table(articles: Path, folder: Path, model: str | Path = "compact") -> Path:
    """The table of `diplograph query event-report` on a graph that `diplograph build` made of some articles, with the
    parser's ``model`` (a name or a directory)."""
    store, table = folder / f"{articles.stem}-store", folder / f"{articles.stem}.csv"
    _run(sys.executable, "-m", "diplograph", "build", articles, "--store", store, "--model", model)
    rows = _run(
        sys.executable, "-m", "diplograph", "query", "event-report", "--format", "csv", "--store", store
    )
    table.write_text(rows, encoding="utf-8")
    return table


def _run(*arguments: str | Path) -> str:
    """The standard output of a command; its faults end the run."""
    command = [str(argument) for argument in arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def score(gold: Path, table: Path) -> dict[str, Any]:
    """The scorer's report on a table."""
    scorer = load_scorer()
    report: dict[str, Any] = scorer.score(scorer.read_gold(gold), scorer.read_system(table))
    return report


def read_reports(articles: Path) -> Iterator[tuple[ParsedDocument, tuple[EventReport, ...]]]:
    """Each document of some articles with its reports, from the parse cache where they were built before."""
    extractor = FrameExtractor()
    for parsed in parse_sources([articles]):
        if isinstance(parsed, ParsedDocument):
            yield parsed, extractor.extract(parsed)


def read_development() -> Iterator[tuple[ParsedDocument, list[dict[str, Any]]]]:
    """Each document of the sets that rules are made from, with its annotated events."""
    with tempfile.TemporaryDirectory() as folder:
        for annotated in SETS.values():
            if annotated.held_out:
                continue
            gold = load_scorer().read_gold(annotated.gold)
            for parsed in parse_sources([find_articles(annotated, Path(folder))]):
                if isinstance(parsed, ParsedDocument):
                    yield parsed, gold.get(parsed.document.id.split("/")[-1], [])


def find_spans(
    parsed: ParsedDocument, events: Sequence[dict[str, Any]]
) -> list[tuple[int, int, dict[str, Any]]]:
    """Where the quotes of annotated events stand, each with its event."""
    text = parsed.document.text
    return [
        (begin, begin + len(quote), event)
        for event in events
        for quote in event.get("quotes", [])
        if (begin := text.find(quote)) >= 0
    ]


def judge(gold: Path, articles: Path) -> Iterator[tuple[str, EventReport, bool]]:
    """Each report with its document's id and whether the annotations have its event; those that count neither way are
    left out."""
    scorer = load_scorer()
    wanted = scorer.read_gold(gold)
    for parsed, reports in read_reports(articles):
        stem = parsed.document.id.split("/")[-1]
        found = [as_scored(report) for report in reports]
        pairs = {id(given): event for event, given in scorer.match(wanted.get(stem, []), found)}
        for given, report in zip(found, reports, strict=True):
            event = pairs.get(id(given))
            if event is None or not event.get("optional"):
                yield stem, report, event is not None


def as_scored(report: EventReport) -> dict[str, Any]:
    """A report as the scorer reads it off the table."""
    values = report.values
    roles: dict[str, list[dict[str, Any]]] = {}
    for filler in values.fillers:
        actor = {"qid": filler.actor.wikidata, "ar": filler.actor.label_ar, "en": filler.actor.label_en}
        role = "participant" if filler.role == "initiator" else filler.role
        roles.setdefault(role, []).append(actor)
    return {
        "type": values.event_class,
        "status": values.status,
        "start": values.start_date,
        "end": values.end_date,
        "roles": roles,
    }
