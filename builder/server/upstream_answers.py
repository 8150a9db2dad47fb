"""Answers of other stores: read to their end, so that nothing broken is passed on, and written as clients want them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox

from diplograph.server.errors import Refusal
from diplograph.server.lexing import tokenize
from diplograph.server.negotiation import GRAPH_FORMATS, RESULT_FORMATS

_GRAPHS = {
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "text/plain": ox.RdfFormat.N_TRIPLES,
    "text/ntriples": ox.RdfFormat.N_TRIPLES,
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/x-turtle": ox.RdfFormat.TURTLE,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}
_RESULTS = ("application/sparql-results+json", "application/json")


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer in a file. ``cut_at`` is the number of rows that the store gives at most, where it says so."""

    path: Path
    media_type: str
    cut_at: int | None


@dataclass(frozen=True, slots=True)
class Page:
    """A query for the rows after those of the page before it (number 0 is the query itself)."""

    number: int
    text: str


def accept_for(text: str) -> str:
    """What to ask a store for: JSON where there are rows, N-Triples where there are triples.

    Not both at once: Virtuoso writes the triples of a CONSTRUCT as rows when JSON is acceptable.

    >>> accept_for("PREFIX ask: <http://example.org/> DESCRIBE ask:a")
    'application/n-triples, text/turtle;q=0.8'
    """
    forms = ("select", "ask", "construct", "describe")
    words = (token.text.casefold() for token in tokenize(text) if token.kind == "word")
    form = next((word for word in words if word in forms), "select")
    if form in ("construct", "describe"):
        return "application/n-triples, text/turtle;q=0.8"
    return "application/sparql-results+json"


def kind_of(fetched: Fetched) -> str:
    """What an answer holds: ``rows``, a ``boolean``, or a ``graph``. Raises Refusal when it is neither."""
    if fetched.media_type in _GRAPHS:
        return "graph"
    if fetched.media_type not in _RESULTS:
        raise Refusal(502, "the store behind this server answers in a format that nobody asked for")
    return "boolean" if isinstance(_parse(fetched.path), ox.QueryBoolean) else "rows"


def _parse(path: Path) -> ox.QuerySolutions | ox.QueryBoolean:
    try:
        return ox.parse_query_results(path=str(path), format=ox.QueryResultsFormat.JSON)
    except (SyntaxError, ValueError) as error:
        raise _broken(error) from error


def _broken(error: Exception) -> Refusal:
    refusal = Refusal(502, "the answer of the store behind this server breaks off or is malformed")
    refusal.fault = str(error)
    return refusal


def count_rows(path: Path) -> int:
    """How many rows an answer has."""
    answer = _parse(path)
    try:
        return 0 if isinstance(answer, ox.QueryBoolean) else sum(1 for _ in answer)
    except SyntaxError as error:
        raise _broken(error) from error


def translate(fetched: Fetched, rest: Sequence[Path], media_type: str, output: Path, limit: int) -> None:
    """Writes an answer, and the pages that follow it, in the media type that a client wants.

    Raises Refusal when it breaks off, is malformed, or is longer than ``limit`` bytes.
    """
    with output.open("wb") as file:
        limited = _Limited(file, limit)
        try:
            if fetched.media_type in _GRAPHS:
                _translate_graph(fetched, media_type, limited)
            else:
                _translate_results([fetched.path, *rest], media_type, limited)
        except (SyntaxError, ValueError) as error:
            raise _broken(error) from error


def too_long(limit: int) -> Refusal:
    """The refusal of an answer that is longer than so many bytes."""
    return Refusal(413, f"the answer is longer than {limit} bytes; ask for less", limit_bytes=limit)


class _Limited:
    """A file that takes so many bytes and no more."""

    def __init__(self, file: IO[bytes], limit: int) -> None:
        self._file, self._limit, self._size = file, limit, 0

    def write(self, piece: bytes) -> int:
        self._size += len(piece)
        if self._size > self._limit:
            raise too_long(self._limit)
        return self._file.write(piece)

    def flush(self) -> None:
        self._file.flush()


def _translate_results(pages: Sequence[Path], media_type: str, output: _Limited) -> None:
    format = ox.QueryResultsFormat.from_extension(RESULT_FORMATS[media_type])
    assert format is not None
    path = pages[0] if len(pages) == 1 else _join(pages)
    _parse(path).serialize(cast(IO[bytes], output), format)


def _join(pages: Sequence[Path]) -> Path:
    """One answer of several, whose rows follow one another; each page is small enough to be held in memory."""
    whole = pages[0].with_suffix(".whole")
    with whole.open("w", encoding="utf-8") as file:
        for number, page in enumerate(pages):
            answer = json.loads(page.read_bytes())
            if number == 0:
                file.write(f'{{"head":{json.dumps(answer["head"])},"results":{{"bindings":[')
            rows = answer["results"]["bindings"]
            file.write(("," if number and rows else "") + ",".join(map(json.dumps, rows)))
        file.write("]}}")
    return whole


def _translate_graph(fetched: Fetched, media_type: str, output: _Limited) -> None:
    format = ox.RdfFormat.from_extension(GRAPH_FORMATS[media_type])
    assert format is not None
    quads = ox.parse(path=str(fetched.path), format=_GRAPHS[fetched.media_type])
    items = quads if format.supports_datasets else (quad.triple for quad in quads)
    ox.serialize(items, cast(IO[bytes], output), format)


# --- Stores that cut their answers -----------------------------------------------------------------------------------


def pages_of(text: str, first: Path, limit: int) -> Iterator[Page]:
    """The queries for the rows after the first ``limit``: the query as a group within another that skips what is known.

    That gives the rows in their order, each once, only where the query says an order. Raises Refusal where it does not,
    or names a dataset, which no inner query can.
    """
    start = _pageable_from(text)
    if start is None:
        raise Refusal(
            503,
            f"the store behind this server gives no more than {limit} rows at once; give the query an ORDER BY (and no "
            "FROM), and it will be answered in pages, or ask for fewer rows",
        )
    names = json.loads(first.read_bytes())["head"]["vars"]
    columns = " ".join(f"?{name}" for name in names)
    for number in count(1):
        skipping = f"LIMIT {limit} OFFSET {number * limit}"
        yield Page(number, f"{text[:start]} SELECT {columns} WHERE {{ {{ {text[start:]}\n }} }} {skipping}")


def _pageable_from(text: str) -> int | None:
    """Where SELECT begins, of a query whose rows have an order and that names no dataset; else None."""
    depth, start, ordered = 0, None, False
    for token in tokenize(text):
        if token.kind == "other":
            depth += (token.text in "{([") - (token.text in "})]")
        word = token.text.casefold() if token.kind == "word" and depth == 0 else ""
        if word == "select" and start is None:
            start = token.begin
        if word == "from":
            return None
        ordered = ordered or word == "order"
    return start if ordered else None
