"""Fits the confidence of reports to annotated articles, and shows how far it can be trusted.

Logistic regression with a ridge, by iteratively reweighted least squares (Hastie, Tibshirani, Friedman: The Elements of
Statistical Learning, section 4.4.1). Rules fit the articles they were written with better than others, so the sets that
were looked at share a weight of their own ("looked-at"), which is left out when the model is used: those articles say
what the signs are worth, the held-out ones how right reports of unseen news are.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from diplograph.events.confidence import read_signs
from measurement.sets import REPOSITORY, SETS, SHARED, find_articles, judge

TARGET = REPOSITORY / "ontology/lexicon/confidence.toml"
SIGNS = ("known", "several", "said", "circumstance", "dated", "repeated", "indirect")
RIDGE, STEPS, FOLDS = 2.0, 30, 5
BANDS = (0.0, 0.6, 0.7, 0.8, 0.9, 1.0)
HEADER = """# How much each sign of a report counts for its confidence, in logits (builder/events/confidence.py says what they are).
# Made by `make calibration` from the annotated articles; do not edit.
"""

Judged = tuple[str, frozenset[str], bool, bool]  # document, signs, whether right, whether held out


def collect() -> list[Judged]:
    """All the reports in all the annotated articles, judged."""
    found: list[Judged] = []
    with tempfile.TemporaryDirectory() as folder:
        for annotated in SETS.values():
            articles = find_articles(annotated, Path(folder))
            for stem, report, right in judge(annotated.gold, articles):
                found.append((stem, read_signs(report.values, report.mentions), right, annotated.held_out))
    return found


def fit(judged: Sequence[Judged]) -> dict[str, float]:
    """The weights; ``base`` is the intercept, the classes of events count beside it."""
    classes = sorted({sign for _, signs, _, _ in judged for sign in signs if sign not in SIGNS})
    names = ["base", *classes, *SIGNS, "looked-at"]
    rows = [
        [1.0, *(float(sign in signs) for sign in (*classes, *SIGNS)), float(not held)]
        for _, signs, _, held in judged
    ]
    x, y = np.array(rows), np.array([float(right) for _, _, right, _ in judged])
    penalty = RIDGE * np.diag([0.0, *[1.0] * (len(names) - 2), 0.1])
    weights = np.zeros(len(names))
    for _ in range(STEPS):
        expected = 1 / (1 + np.exp(-x @ weights))
        curvature = x.T @ (x * (expected * (1 - expected))[:, None]) + penalty
        weights = weights + np.linalg.solve(curvature, x.T @ (y - expected) - penalty @ weights)
    return {name: float(weight) for name, weight in zip(names, weights, strict=True)}


def predict(weights: dict[str, float], signs: frozenset[str]) -> float:
    """The confidence that these weights give these signs."""
    logit = weights["base"] + sum(weights.get(sign, 0.0) for sign in signs)
    return float(1 / (1 + np.exp(-logit)))


def cross_validate(judged: Sequence[Judged]) -> list[tuple[float, bool]]:
    """For each held-out report the confidence that the others (and no report of its own document) give it."""
    documents = sorted({stem for stem, _, _, held in judged if held})
    fold = {stem: number % FOLDS for number, stem in enumerate(documents)}
    found = []
    for part in range(FOLDS):
        weights = fit([item for item in judged if not item[3] or fold[item[0]] != part])
        found += [
            (predict(weights, signs), right)
            for stem, signs, right, held in judged
            if held and fold[stem] == part
        ]
    return found


def tabulate(predictions: Sequence[tuple[float, bool]]) -> list[tuple[str, int, float, int]]:
    """For each band of confidence: its name, how many reports, their mean confidence, how many are right."""
    rows = []
    for low, high in pairwise(BANDS):
        inside = [(given, right) for given, right in predictions if low <= given < high]
        if inside:
            mean = sum(given for given, _ in inside) / len(inside)
            rows.append((f"{low:.1f}–{high:.1f}", len(inside), mean, sum(right for _, right in inside)))
    return rows


def main() -> int:
    """Writes the weights; 2 where the shared articles are not there."""
    if not SHARED.exists():
        print(f"{SHARED} is not there: the scorer and the articles are in it", file=sys.stderr)
        return 2
    weights = fit(collect())
    lines = [f"{name} = {weight:.2f}" for name, weight in weights.items() if name != "looked-at"]
    TARGET.write_text(HEADER + "\n[weights]\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
