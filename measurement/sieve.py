"""What the sieve of the frames lets through, and what it loses: `make measure-sieve`, for docs/scale.md.

Articles of the corpus are read as a build reads them, and once more with all of their sentences parsed; reports that
only the second reading has are lost. The forms of ontology/lexicon/forms.txt are of the first 1,500 articles of the
same sample, so what comes after them is told apart. Articles of other sections only go through the sieve.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from diplograph.model import Document
from diplograph.parsing import StanzaParser, to_segments
from diplograph.pipeline import FrameExtractor
from diplograph.pipeline.reading import Reader, in_batches
from measurement.corpus import sample
from measurement.forms import ARTICLES, SEED
from measurement.marked import replace_part

PAGE = Path(__file__).parents[1] / "docs" / "scale.md"


@dataclass(frozen=True)
class Passed:
    """Of how many articles how many have sentences with words of an event, the share of these sentences in all characters,
    and the sieve's ``milliseconds`` of processor time for an article. Where articles were read: how many were ``parsed``
    whole, their share of the characters, how many reports they have, and how many are ``lost`` with the others."""

    name: str
    articles: int
    likely: int
    sentences: float
    milliseconds: float
    parsed: int | None = None
    characters: float | None = None
    reports: int | None = None
    lost: int | None = None


def count_only(name: str, documents: Sequence[Document]) -> Passed:
    """What the sieve lets through of articles that nobody parses."""
    extractor = FrameExtractor()
    extractor.sift(documents[0])  # its lists are made
    started = time.process_time()
    found = [extractor.sift(document).sentences for document in documents]
    seconds = time.process_time() - started
    every = size = 0
    for document, numbers in zip(documents, found, strict=True):
        segments = to_segments(document)
        every += sum(len(segment.text) for segment in segments)
        size += sum(len(segments[number].text) for number in numbers)
    return Passed(name, len(documents), sum(map(bool, found)), size / every, 1000 * seconds / len(documents))


def count_lost(name: str, documents: Sequence[Document], parser: StanzaParser) -> Passed:
    """What the sieve does to articles, and which reports it costs."""
    passed = count_only(name, documents)
    extractor = FrameExtractor()
    sieving, whole = Reader(parser, extractor), Reader(parser, extractor, sieve=False)
    parsed = characters = reports = lost = 0
    for batch in in_batches((document, None) for document in documents):
        pairs = zip(sieving.read(batch).readings, whole.read(batch).readings, strict=True)
        for found, true in pairs:
            parsed += not found.sieved
            characters += 0 if found.sieved else len(found.document.text)
            reports += len(true.reports)
            lost += len(set(true.reports) - set(found.reports))
    every = sum(len(document.text) for document in documents)
    return Passed(
        **asdict(passed)
        | {"parsed": parsed, "characters": characters / every, "reports": reports, "lost": lost}
    )


def tabulate(rows: Iterable[Passed]) -> str:
    """The table of docs/scale.md."""
    lines = [
        "| articles of | number | with such words | these sentences | ms each | parsed whole | text | reports | lost |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for row in rows:
        cells = [f"{row.articles:,}", f"{row.likely / row.articles:.1%}", f"{row.sentences:.1%}"]
        cells.append(f"{row.milliseconds:.1f}")
        if row.parsed is None or row.characters is None:
            cells += ["–"] * 4
        else:
            cells += [
                f"{row.parsed / row.articles:.1%}",
                f"{row.characters:.1%}",
                f"{row.reports}",
                f"{row.lost}",
            ]
        lines.append(f"| {row.name} | {' | '.join(cells)} |")
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
        count_lost("politics, forms from these", documents[:ARTICLES], parser),
        count_lost("politics, others", documents[ARTICLES:], parser),
        count_only("other sections", sample(chosen.background, seed=SEED, name="background")),
    ]
    print(json.dumps([asdict(row) for row in rows]))
    replace_part(PAGE, "make measure-sieve", tabulate(rows))


if __name__ == "__main__":
    main()
