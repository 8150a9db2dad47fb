"""How long the shapes and the sanity checks take by the number of events, on the graphs of ``checking.py``.

``make bench-check`` runs it after that, and it writes its table into docs/checking.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

from checking import PAGE, make_store

from diplograph.checking.findings import Part
from diplograph.checking.material import load_ontology
from diplograph.checking.sanity import check_sanity
from diplograph.checking.shapes import check_shapes
from diplograph.store import Store

BEGIN, END = "<!-- make bench-check: completeness -->", "<!-- end of completeness -->"


def measure(folder: Path, events: int, jobs: int) -> tuple[Part, Part]:
    """Both checks of a graph of so many events."""
    with Store.open(make_store(folder, events), read_only=True) as store:
        shapes, sanity = check_shapes(store, load_ontology(), jobs=jobs), check_sanity(store)
    print(events, shapes.seconds, sanity.seconds, file=sys.stderr)
    return shapes, sanity


def write_table(found: dict[int, tuple[Part, Part]], jobs: int) -> str:
    """The figures with their conditions."""
    lines = [
        (
            f"pyshifty {version('pyshifty')}, pyoxigraph {version('pyoxigraph')}, Python {platform.python_version()}, "
            f"{os.cpu_count()} processors, {jobs} slices at a time; seconds of wall clock."
        ),
        "",
        "| events | triples | slices | shapes, s | triples/s | sanity, s |",
        "|---|---|---|---|---|---|",
    ]
    for events, (shapes, sanity) in found.items():
        rate = sanity.triples / shapes.seconds
        lines.append(
            f"| {events:,} | {sanity.triples:,} | {shapes.modules} | {shapes.seconds:,.1f} | {rate:,.0f} | {sanity.seconds:,.1f} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, nargs="+", default=[100, 1_000, 10_000, 100_000])
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--folder", type=Path, default=Path("build", "checking"), help="where the graphs are kept"
    )
    parser.add_argument("--dry", action="store_true", help="print the table only")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    found = {events: measure(arguments.folder, events, arguments.jobs) for events in arguments.events}
    table = write_table(found, arguments.jobs)
    print(table)
    if not arguments.dry:
        page = PAGE.read_text(encoding="utf-8")
        start, end = page.index(BEGIN) + len(BEGIN), page.index(END)
        PAGE.write_text(f"{page[:start]}\n{table}\n{page[end:]}", encoding="utf-8")


if __name__ == "__main__":
    main()
