"""Faults tried and faults survived: counted while tests run, printed at the end, written into docs/faults.md.

A test wraps each fault in ``with trial("kill-anywhere"):``; the fault counts as tried when it begins, as survived when
all that the test asserts inside it holds. The names are those of ``faults.toml``.
"""

from __future__ import annotations

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


def rows() -> list[tuple[str, str, str, int, int]]:
    """The table: fault, what is done, what holds, tried, survived; of the faults that were tried."""
    return [
        (name, entry["done"], entry["holds"], tried[name], survived[name])
        for name, entry in FAULTS.items()
        if tried[name]
    ]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--faults", metavar="FILE", help="Write the table of faults into this page.")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Prints the table, and writes it where --faults says."""
    found = rows()
    if not found:
        return
    terminalreporter.section("faults tried and survived")
    for name, _, _, times, well in found:
        terminalreporter.write_line(
            f"{name:<28}{times:>6}{well:>6}{'' if times == well else '   NOT SURVIVED'}"
        )
    terminalreporter.write_line(f"{'all':<28}{tried.total():>6}{survived.total():>6}")
    page = config.getoption("--faults")
    if page:
        lines = ["| fault | what is done | what holds | tried | survived |", "|---|---|---|---:|---:|"]
        lines += [
            f"| {name} | {done} | {holds} | {times} | {well} |" for name, done, holds, times, well in found
        ]
        lines += [f"| **all** | | | **{tried.total()}** | **{survived.total()}** |"]
        before, _, rest = Path(page).read_text("utf-8").partition(BEGIN)
        text = f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{rest.partition(END)[2]}"
        Path(page).write_text(text, encoding="utf-8")
