"""Look-ups: queries so plain that an HTTP worker answers them itself, since handing them to an engine would cost more.

Nothing can end a query that runs in the worker, so only such are run that cannot take long, whatever the store holds: one
triple pattern without filters, functions, paths or modifiers, in which no variable comes twice. The indexes give each of its
matches at once, so after any piece of the answer there is a next one, and an answer that gets long is given up and left
to an engine. A look-up is told by its form; what does not look like one is none.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox

from diplograph.model import StoreError
from diplograph.server.negotiation import RESULT_FORMATS
from diplograph.server.service import QueryJob, Result
from diplograph.store import PREFIXES, Store

_LONGEST = 4000
_LARGEST = 32 << 10

_IRI = r"<[^<>\"{}|^`\\\s]*>"
_NAME = r"[A-Za-z][A-Za-z0-9_-]*:[A-Za-z0-9_]+"
_LITERAL = rf"\"[^\"\\\n\r]*\"(?:@[A-Za-z]+(?:-[A-Za-z0-9]+)*|\^\^(?:{_IRI}|{_NAME}))?|[0-9]+"
_VARIABLE = r"[?$][A-Za-z][A-Za-z0-9_]*"
_TRIPLE = (
    rf"(?P<s>{_IRI}|{_NAME}|{_VARIABLE})\s+(?P<p>{_IRI}|{_NAME}|{_VARIABLE}|a)"
    rf"\s+(?P<o>{_IRI}|{_NAME}|{_VARIABLE}|{_LITERAL})\s*(?:\.\s*)?"
)
_LOOKUP = re.compile(
    rf"""\s*(?:PREFIX\s+[A-Za-z][A-Za-z0-9_-]*:\s*{_IRI}\s*)*
    (?:ASK|SELECT\s+(?:\*|{_VARIABLE}(?:\s+{_VARIABLE}){{0,3}}))\s*(?:WHERE\s*)?
    \{{\s*(?:GRAPH\s+(?P<g>{_IRI}|{_VARIABLE})\s*\{{\s*{_TRIPLE}\}}\s*|{_TRIPLE.replace("P<", "P<d")})?\}}
    \s*(?:LIMIT\s+[0-9]{{1,9}})?\s*""",
    re.VERBOSE | re.IGNORECASE,
)


class Lookups:
    """Answers look-ups from the newest generation of a store. One in each HTTP worker."""

    def __init__(self, *, base: str, union: bool) -> None:
        self._base = base
        self._union = union
        self._directory = Path()
        self._store: Store | None = None

    def answer(self, job: QueryJob, directory: Path) -> Result | None:
        """The answer to a look-up; None when the query is none, or its answer is long, or anything is wrong with it."""
        if job.default_graphs or job.named_graphs or job.select is None or not is_lookup(job.text):
            return None
        try:
            store = self._open(directory)
            answer = store.inner.query(
                job.text, prefixes=PREFIXES, base_iri=job.url, use_default_graph_as_union=self._union
            )
            assert not isinstance(answer, ox.QueryTriples)
            format = ox.QueryResultsFormat.from_extension(RESULT_FORMATS[job.select])
            assert format is not None
            output = _Short()
            answer.serialize(cast(IO[bytes], output), format)
        except (SyntaxError, ValueError, OSError, StoreError):
            return None  # an engine will find the same, and has words for it
        return Result(job.select, b"".join(output.pieces), generation=directory.name)

    def _open(self, directory: Path) -> Store:
        if self._store is None or directory != self._directory:
            self.release()
            self._store = Store.open(directory, read_only=True, base=self._base)
            self._directory = directory
        return self._store

    def release(self) -> None:
        """Lets go of the generation."""
        if self._store is not None:
            self._store.close()
            self._store = None


class _Short:
    """A file that takes little. Raises OSError when it is given more."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self._size = 0

    def write(self, piece: bytes) -> int:
        self._size += len(piece)
        if self._size > _LARGEST:
            raise OSError("more than a look-up may answer")
        self.pieces.append(piece)
        return len(piece)

    def flush(self) -> None:
        pass


def is_lookup(text: str) -> bool:
    """Whether a query is one triple pattern (or none at all), whose variables are all different.

    >>> is_lookup("ASK { <http://example.org/> a ?class }")
    True
    >>> is_lookup("SELECT * { ?x ?p ?x }")
    False
    """
    if len(text) > _LONGEST:
        return False
    found = _LOOKUP.fullmatch(text)
    if found is None:
        return False
    variables = [term[1:] for term in found.groups() if term is not None and term[0] in "?$"]
    return len(variables) == len(set(variables))
