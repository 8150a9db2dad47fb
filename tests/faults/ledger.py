"""Faults tried and faults survived: counted while tests run, printed at the end, written into docs/faults.md.

A test wraps each fault in ``with trial("kill-anywhere"):``; the fault counts as tried when it begins, as survived when
all that the test asserts inside it holds. The names are those of ``faults.toml``.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

FAULTS: dict[str, dict[str, str]] = tomllib.loads((Path(__file__).parent / "faults.toml").read_text("utf-8"))
BEGIN, END = "<!-- faults: made by `make faults` -->", "<!-- end of faults -->"

Trial = Callable[..., AbstractContextManager[None]]
tried: Counter[str] = Counter()
survived: Counter[str] = Counter()


@pytest.fixture
def trial() -> Trial:
    """``with trial(fault, times=1):`` counts a fault of faults.toml as tried, and as survived when nothing fails."""

    @contextmanager
    def attempt(fault: str, times: int = 1) -> Iterator[None]:
        assert fault in FAULTS, f"faults.toml does not list {fault}"
        tried[fault] += times
        yield
        survived[fault] += times

    return attempt


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--faults", metavar="FILE", help="Write the table of faults into this page.")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Prints the table, and writes it where --faults says."""
    if not tried:
        return
    terminalreporter.section("faults tried and survived")
    for name in filter(tried.__getitem__, FAULTS):
        note = "" if tried[name] == survived[name] else "   NOT SURVIVED"
        terminalreporter.write_line(f"{name:<28}{tried[name]:>6}{survived[name]:>6}{note}")
    terminalreporter.write_line(f"{'all':<28}{tried.total():>6}{survived.total():>6}")
    if page := config.getoption("--faults"):
        write_page(Path(page))


def read_page(text: str) -> dict[str, tuple[int, int]]:
    """How often each fault of the table in a page was tried and survived."""
    found = re.findall(r"^\| ([a-z-]+) \|.*\| (\d+) \| (\d+) \|$", text, re.MULTILINE)
    return {name: (int(times), int(well)) for name, times, well in found}


def write_page(page: Path) -> None:
    """Puts this run's counts into the table of a page; faults that this run did not try keep theirs."""
    text = page.read_text("utf-8")
    counts = read_page(text) | {name: (tried[name], survived[name]) for name in tried}
    lines = ["| fault | what is done | what holds | tried | survived |", "|---|---|---|---:|---:|"]
    for name, entry in FAULTS.items():
        if name in counts:
            times, well = counts[name]
            lines.append(f"| {name} | {entry['done']} | {entry['holds']} | {times} | {well} |")
    times, well = (sum(counts[name][place] for name in FAULTS if name in counts) for place in (0, 1))
    lines.append(f"| **all** | | | **{times}** | **{well}** |")
    before, _, rest = text.partition(BEGIN)
    page.write_text(
        f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{rest.partition(END)[2]}", encoding="utf-8"
    )
