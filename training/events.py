"""What the models do for events: graphs built with them from annotated articles, and their scores."""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from measurement.sets import SETS, build_table, find_articles, score

log = logging.getLogger(__name__)

OPEN = tuple(name for name, annotated in SETS.items() if not annotated.held_out)
"""The sets whose articles may be looked at; the held-out ones are scored for nothing but a decision at the end."""


def score_events(models: Path, names: Sequence[str] = OPEN) -> dict[str, dict[str, Any]]:
    """The report of the shared scorer for each set (measurement/sets.py), on graphs built with these models.

    Sets whose texts are not there (they lie in ../shared) are left out.
    """
    reports = {}
    for name in names:
        annotated = SETS[name]
        if annotated.articles is not None and not annotated.articles.exists():
            continue
        with tempfile.TemporaryDirectory() as directory:
            table = build_table(find_articles(annotated, Path(directory)), Path(directory), models)
            reports[name] = score(annotated.gold, table)
        log.info("%s with %s: %s", name, models.name, json.dumps(summarise(reports[name])))
    return reports


def summarise(report: dict[str, Any]) -> dict[str, float]:
    """F1 of events and participants, and the shares of right statuses and dates, in per cent."""
    wanted = {}
    for name, value in report.items():
        figure = value.get("f1", value.get("right")) if isinstance(value, dict) else None
        if isinstance(figure, int | float):
            wanted[name] = round(100 * figure, 1)
    return wanted
