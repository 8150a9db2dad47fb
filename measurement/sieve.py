"""What the sieve of the frames lets through, and what it loses: `make measure-sieve`, for docs/scale.md.

Articles of the corpus are parsed in full; those that the sieve holds back are then read by the frames nonetheless, and
any report found there is an event lost. The forms of ontology/lexicon/forms.txt are of the first 1,500 articles of the
same sample, so what comes after them is told apart. Articles of other sections only go through the sieve.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from diplograph.frames import load_sieve
from diplograph.model import Document, ParsedDocument
from diplograph.parsing import StanzaParser
from diplograph.pipeline import FrameExtractor
from measurement.corpus import sample
from measurement.forms import ARTICLES, SEED
from measurement.marked import replace_part

PAGE = Path(__file__).parents[1] / "docs" / "scale.md"


@dataclass(frozen=True)
class Passed:
    """How many articles the sieve let through, of how many; the share of their characters; ``lost`` are the reports of
    those held back, None where they were not parsed; ``milliseconds`` of processor time for an article."""

    name: str
    articles: int
    passed: int
    characters: float
    lost: int | None
    milliseconds: float


def count_lost(name: str, parses: Iterable[ParsedDocument]) -> Passed:
    """What the sieve does to articles, and which reports it costs."""
    extractor = FrameExtractor()
    held: list[ParsedDocument] = []
    documents = []
    for parsed in parses:
        documents.append(parsed.document)
        if not load_sieve().passes(parsed.document):
            held.append(parsed)
    lost = sum(len(extractor.extract(parsed)) for parsed in held)
    return _count(name, documents, lost)


def _count(name: str, documents: list[Document], lost: int | None = None) -> Passed:
    started = time.process_time()
    passed = [document for document in documents if load_sieve().passes(document)]
    seconds = time.process_time() - started
    characters = sum(len(document.text) for document in passed) / sum(len(d.text) for d in documents)
    return Passed(name, len(documents), len(passed), characters, lost, 1000 * seconds / len(documents))


def count_only(name: str, documents: list[Document]) -> Passed:
    """What the sieve lets through of articles that nobody parsed."""
    return _count(name, documents)


def tabulate(rows: Iterable[Passed]) -> str:
    """The table of docs/scale.md."""
    lines = [
        "| articles of | number | let through | of the characters | reports lost | milliseconds each |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for row in rows:
        lost = "–" if row.lost is None else str(row.lost)
        share = f"{row.passed / row.articles:.1%}"
        lines.append(
            f"| {row.name} | {row.articles:,} | {share} | {row.characters:.1%} | {lost} | {row.milliseconds:.1f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measures, prints and writes the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument(
        "--held-out", type=int, default=500, help="articles to parse beside those of the forms"
    )
    options.add_argument("--background", type=int, default=20_000, help="articles of other sections")
    chosen = options.parse_args()
    documents = sample(ARTICLES + chosen.held_out, seed=SEED)
    parser = StanzaParser("compact")
    rows = [
        count_lost("politics, forms from these", parser.parse_many(documents[:ARTICLES])),
        count_lost("politics, others", parser.parse_many(documents[ARTICLES:])),
        count_only("other sections", sample(chosen.background, seed=SEED, name="background")),
    ]
    print(json.dumps([asdict(row) for row in rows]))
    replace_part(PAGE, "make measure-sieve", tabulate(rows))


if __name__ == "__main__":
    main()
