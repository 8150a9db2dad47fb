"""What the models do for events: a graph built with them from annotated articles, and its score."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any


def score_events(models: Path, articles: Path, shared: Path) -> dict[str, Any]:
    """The report of the shared scorer on a graph of ``articles`` (a directory with articles.jsonl and gold/)."""
    program = [sys.executable, "-m", "diplograph"]
    with tempfile.TemporaryDirectory() as directory:
        store, table = Path(directory) / "store", Path(directory) / "report.csv"
        _run(*program, "build", articles / "articles.jsonl", "--store", store, "--model", models)
        table.write_text(
            _run(*program, "query", "event-report", "--format", "csv", "--store", store), encoding="utf-8"
        )
        scorer = shared / "measure" / "score.py"
        report: dict[str, Any] = json.loads(_run(sys.executable, scorer, articles / "gold", table, "--json"))
    return report


def summarise(report: dict[str, Any]) -> dict[str, float]:
    """F1 of events and participants, and the shares of right statuses and dates, in per cent."""
    wanted = {}
    for name, value in report.items():
        figure = value.get("f1", value.get("right")) if isinstance(value, dict) else None
        if isinstance(figure, int | float):
            wanted[name] = round(100 * figure, 1)
    return wanted


def _run(*arguments: str | Path) -> str:
    command = [str(argument) for argument in arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
