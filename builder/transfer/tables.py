"""Tables for analysts: events, actors and reports, a row for each thing, as CSV or Parquet.

``queries/tables/NAME.rq`` says what the columns are. It answers with a row for each value; those of one thing (the first
column, by which they are sorted) become one row, several values in a cell sorted and with semicolons between them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, islice
from typing import IO, Any, TypeAlias, cast

from pyoxigraph import Literal, NamedNode, QuerySolution, QuerySolutions

from diplograph.catalog import load_catalog
from diplograph.model import StoreError
from diplograph.store import Store
from diplograph.transfer.files import Output
from diplograph.transfer.formats import Format
from diplograph.vocabulary import XSD

Cell: TypeAlias = str | int | float | None

_BATCH = 10_000
_NUMBERS = {XSD + "integer": int, XSD + "decimal": float, XSD + "double": float}


def write_table(store: Store, name: str, format: Format, output: Output) -> int:
    """Writes a table, and says how many rows it has. Raises StoreError where pyarrow is missing for Parquet."""
    columns = tuple(load_catalog("tables").get(name).columns)
    rows = read_table(store, name)
    return (
        _write_csv(columns, rows, output) if format.name == "csv" else _write_parquet(columns, rows, output)
    )


def read_table(store: Store, name: str) -> Iterator[tuple[Cell, ...]]:
    """The rows of a table: text, whole numbers, fractions, None where nothing is known.

    >>> with Store.in_memory() as store:
    ...     list(read_table(store, "events"))
    []
    """
    query = load_catalog("tables").get(name)
    answer = store.query(query.text)
    assert isinstance(answer, QuerySolutions)
    first, *others = query.columns
    for key, values in groupby(answer, key=lambda row: _value(row, first)):
        rows = list(values)
        yield (key, *(_join({_value(row, column) for row in rows}) for column in others))


def _value(row: QuerySolution, column: str) -> Cell:
    value = row[column]
    if isinstance(value, Literal):
        make: Callable[[str], Cell] = _NUMBERS.get(value.datatype.value, str)
        return make(value.value)
    return value.value if isinstance(value, NamedNode) else None


def _join(values: set[Cell]) -> Cell:
    known = values - {None}
    return next(iter(known), None) if len(known) < 2 else "; ".join(sorted(map(str, known)))


def _write_csv(columns: Sequence[str], rows: Iterator[tuple[Cell, ...]], output: Output) -> int:
    def line(cells: Sequence[Cell]) -> bytes:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerow(cells)
        return text.getvalue().encode()

    count = 0
    output.write(line(columns))
    for row in rows:
        if output.full:
            output.next_part()
            output.write(line(columns))
        output.write(line(row))
        count += 1
    return count


def _write_parquet(columns: Sequence[str], rows: Iterator[tuple[Cell, ...]], output: Output) -> int:
    """In batches; what a column holds is told from the first that has a value."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise StoreError('Parquet needs pyarrow; pip install "diplograph[export]"') from error

    def table(batch: Sequence[tuple[Cell, ...]], schema: Any = None) -> Any:
        cells = {name: list(values) for name, values in zip(columns, zip(*batch, strict=True), strict=True)}
        return pyarrow.table(cells, schema=schema)

    batch = list(islice(rows, _BATCH))
    found = table(batch).schema if batch else pyarrow.schema([(name, pyarrow.string()) for name in columns])
    schema = pyarrow.schema(
        [
            (field.name, pyarrow.string() if pyarrow.types.is_null(field.type) else field.type)
            for field in found
        ]
    )
    count = 0
    with parquet.ParquetWriter(cast(IO[bytes], _Sink(output)), schema) as writer:
        while batch:
            writer.write_table(table(batch, schema))
            count += len(batch)
            batch = list(islice(rows, _BATCH))
    return count


class _Sink(io.RawIOBase):
    """An output as pyarrow wants a file to be."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._place = 0

    def writable(self) -> bool:
        return True

    def write(self, block: Any) -> int:
        self._place += len(block)
        return self._output.write(bytes(block))

    def tell(self) -> int:
        return self._place
