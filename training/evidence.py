"""What the recognizer of names would bring to events, were it asked for persons that the gazetteer lacks.

The linker takes words that the tagger does not know for the name of a person. Here it asks the recognizer as well, and
the events of the annotated articles are extracted with both.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from diplograph.linking.names import NameFinder
from measurement.sets import SETS, as_scored, find_articles, load_scorer, read_reports
from training.events import OPEN, summarise
from training.names import features, load_recognizer, read_labels


@contextmanager
def asking(recognizer: Any) -> Iterator[None]:
    """While this lasts, the linker takes what the recognizer calls a person for a name, too."""
    ask = NameFinder.match_unknown_name
    known: dict[int, tuple[object, dict[int, int]]] = {}

    def lengths(finder: NameFinder) -> dict[int, int]:
        if id(finder.tokens) not in known:
            names = read_labels(recognizer.tag(features(finder.tokens)))
            found = {first: last - first + 1 for kind, first, last in names if kind == "P"}
            known[id(finder.tokens)] = (finder.tokens, found)  # the tokens are kept, so that ids stay theirs
        return known[id(finder.tokens)][1]

    def match_unknown_name(self: NameFinder, start: int, *, after_title: bool) -> int:
        return ask(self, start, after_title=after_title) or lengths(self).get(start, 0)

    with patch.object(NameFinder, "match_unknown_name", match_unknown_name):
        yield


def score_evidence(model: Path, names: Sequence[str] = OPEN) -> dict[str, dict[str, dict[str, float]]]:
    """For each set: events and actors as the package finds them, and with the recognizer asked; F1 in per cent."""
    report = {}
    for name in names:
        annotated = SETS[name]
        if annotated.articles is not None and not annotated.articles.exists():
            continue
        with tempfile.TemporaryDirectory() as directory:
            articles = find_articles(annotated, Path(directory))
            without = _score(annotated.gold, articles)
            with asking(load_recognizer(model)):
                asked = _score(annotated.gold, articles)
        report[name] = {"without": without, "asked": asked}
    return report


def _score(gold: Path, articles: Path) -> dict[str, float]:
    scorer = load_scorer()
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for parsed, reports in read_reports(articles):
        stem = parsed.document.id.split("/")[-1]
        given = {f"{stem} {number}": as_scored(report) for number, report in enumerate(reports)}
        found[stem] = {
            name: {**event, "id": name, "place": None, "duration_minutes": None}
            for name, event in given.items()
        }
    report = summarise(scorer.score(scorer.read_gold(gold), found))
    return {measure: report[measure] for measure in ("events", "actors")}


def write_evidence(model: Path, output: Path) -> None:
    """Writes the scores as JSON."""
    output.write_text(json.dumps(score_evidence(model), indent=1) + "\n", encoding="utf-8")
