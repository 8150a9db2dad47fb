"""Printing: tables for people, CSV, TSV and JSON for programs. Data goes to standard output, the rest to standard error."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from typing import TYPE_CHECKING, Any

import click

from diplograph.arabic import has_arabic

if TYPE_CHECKING:
    from collections.abc import Callable

    from diplograph.pipeline import Progress

ROW_FORMATS = ("table", "csv", "tsv", "json")

_ISOLATE, _POP = "\u2068", "\u2069"
_BORDER = "\u2502"
_NARROWEST = 10  # columns of a terminal that a column of a table needs to be readable
_SHORT = 14  # cells up to this width (a date, a status) are not folded; the long ones beside them are
_UNBOUNDED = 100_000  # columns; where nobody looks at the width, nothing is folded


def print_rows(columns: Sequence[str], rows: Iterable[Sequence[str]], format: str = "table") -> None:
    """Prints rows as a table, as CSV or TSV with a header line, or as a JSON array of objects."""
    if format == "table":
        print_table(columns, list(rows))
    elif format == "json":
        print_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        tabs = format == "tsv"
        writer = csv.writer(sys.stdout, delimiter="\t" if tabs else ",", lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def print_json(value: Any) -> None:
    """Prints a value, dataclasses included, as indented JSON with Arabic left as it is and sets as sorted lists."""
    plain = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    click.echo(json.dumps(plain, ensure_ascii=False, indent=2, default=sorted))


def print_pairs(pairs: Mapping[str, object]) -> None:
    """Prints names and values in two columns."""
    width = max(map(len, pairs), default=0)
    for name, value in pairs.items():
        click.echo(f"{name:<{width}}  {value}")


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Prints a table whose columns stay in place beside Arabic: widths are those shown, each Arabic cell isolated."""
    from rich import box
    from rich.cells import cell_len
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    terminal = sys.stdout.isatty()
    if terminal and shutil.get_terminal_size().columns < _NARROWEST * len(columns):
        _print_records(columns, rows)
        return
    table = Table(box=box.ROUNDED)
    for number, column in enumerate(columns):
        widest = max((cell_len(row[number]) for row in rows), default=0)
        table.add_column(Text(column), overflow="fold", no_wrap=max(widest, cell_len(column)) <= _SHORT)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    buffer = io.StringIO()
    console = Console(file=buffer, force_terminal=terminal, width=None if terminal else _UNBOUNDED)
    console.print(table)
    text = buffer.getvalue()
    click.echo("".join(map(isolate_cells, text.splitlines(keepends=True))) if terminal else text, nl=False)


def _print_records(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Each row as lines of its own, a value a line, where a table would be too narrow to read."""
    width = max(map(len, columns), default=0)
    for row in rows:
        for column, cell in zip(columns, row, strict=True):
            if cell:
                click.echo(f"{column:<{width}} {isolate_cells(f'{_BORDER} {cell}')}")
        click.echo()


def isolate_cells(line: str) -> str:
    """A line of a table with each Arabic cell between isolates (Unicode Bidirectional Algorithm, FSI and PDI).

    Without them a terminal that reorders would take neighbouring Arabic cells for one stretch of Arabic, and swap them.

    >>> isolate_cells("no Arabic here")
    'no Arabic here'
    """
    cells = line.split(_BORDER)
    return _BORDER.join(_isolate(cell) if has_arabic(cell) else cell for cell in cells)


def _isolate(cell: str) -> str:
    inner = cell.strip()
    begin = cell.index(inner)
    return f"{cell[:begin]}{_ISOLATE}{inner}{_POP}{cell[begin + len(inner) :]}"


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[Progress], None]]:
    """A progress bar on standard error, where that is a terminal; gives what is to be called with each progress."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn(label),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[document]}"),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None, document="")

        def show(progress: Progress) -> None:
            bar.update(task, completed=progress.done, total=progress.total, document=progress.document)

        yield show
