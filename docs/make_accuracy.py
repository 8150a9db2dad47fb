"""Writes docs/accuracy.md: builds every annotated set of articles with the real pipeline and scores it.

Run by `make accuracy`; needs ../shared/measure/score.py, the scorer that others measure with.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[1]
SHARED = REPOSITORY.parent / "shared"
SETS = {
    "five real articles (shared/articles/seeds)": (
        SHARED / "articles/seeds/articles.jsonl",
        SHARED / "articles/seeds/gold",
    ),
    "33 real articles (shared/articles/dev)": (
        SHARED / "articles/dev/articles.jsonl",
        SHARED / "articles/dev/gold",
    ),
    "five articles of our own (seeds/articles)": (
        REPOSITORY / "seeds/articles",
        REPOSITORY / "seeds/articles/gold",
    ),
    "120 constructions of our own (tests/gold/constructions)": (
        REPOSITORY / "tests/gold/constructions/articles.jsonl",
        REPOSITORY / "tests/gold/constructions/gold",
    ),
}
HEADER = """# How right it is

Made by `make accuracy`; do not edit. Each set is built by the real pipeline and scored by `measure/score.py` against
its annotations. The brackets are 95 % Wilson intervals.

**All of these sets were looked at while frames and rules were written**, so the figures say how well the rules fit
them, not how they do on news that nobody has looked at; expect less there. No set has been kept back.
"""


def wilson(hits: int, total: int) -> str:
    """A share with its 95 % Wilson score interval (Wilson 1927), as text.

    >>> wilson(9, 10)
    '0.90 [0.60–0.98]'
    """
    if not total:
        return "–"
    z, share = 1.96, hits / total
    centre = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return f"{share:.2f} [{max(centre - half, 0):.2f}–{min(centre + half, 1):.2f}]"


def run(*arguments: str | Path) -> str:
    """The standard output of a command; its faults end the run."""
    command = [str(argument) for argument in arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def score(articles: Path, gold: Path) -> dict[str, Any]:
    """The scorer's report on a graph built from some articles."""
    with tempfile.TemporaryDirectory() as folder:
        store, table = Path(folder) / "store", Path(folder) / "report.csv"
        run(sys.executable, "-m", "diplograph", "build", articles, "--store", store)
        rows = run(
            sys.executable, "-m", "diplograph", "query", "event-report", "--format", "csv", "--store", store
        )
        table.write_text(rows, encoding="utf-8")
        report: dict[str, Any] = json.loads(
            run(sys.executable, SHARED / "measure/score.py", gold, table, "--json")
        )
    return report


def rows_of(report: dict[str, Any]) -> list[str]:
    """The report as rows of a Markdown table."""
    rows = ["| | precision | recall | F1 | of |", "|---|---|---|---|---|"]
    total = sum(value["gold"] for value in report.values() if isinstance(value, dict) and "gold" in value)
    for name, value in report.items():
        if not isinstance(value, dict) or value.get("of") == 0 or value.get("pairs") == 0:
            continue
        if "right" in value:
            hits = round((value["right"] or 0) * value["of"])
            rows.append(
                f"| {name.replace('_', ' ')} right | | {wilson(hits, value['of'])} | | {value['of']} |"
            )
        elif "gold" in value or name == "events":
            gold = value.get("gold", total)
            hits = round(value["recall"] * gold)
            found = round(hits / value["precision"]) if value["precision"] else 0
            line = f"{wilson(hits, found)} | {wilson(hits, gold)} | {value['f1']:.2f} | {gold} |"
            rows.append(f"| {name} | {line}")
        else:
            of = f"{value['pairs']} pairs" if "pairs" in value else ""
            rows.append(
                f"| {name} | {value['precision']:.2f} | {value['recall']:.2f} | {value['f1']:.2f} | {of} |"
            )
    return rows


def main() -> int:
    """Writes the page; 2 where the scorer is not there."""
    if not SHARED.exists():
        print(f"{SHARED} is not there: the scorer and two of the sets are in it", file=sys.stderr)
        return 2
    parts = [HEADER]
    for name, (articles, gold) in SETS.items():
        parts.append(
            f"\n## {name[0].upper()}{name[1:]}\n\n" + "\n".join(rows_of(score(articles, gold))) + "\n"
        )
    (REPOSITORY / "docs/accuracy.md").write_text("".join(parts), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
