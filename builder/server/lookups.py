"""Look-ups: queries so plain that an HTTP worker answers them itself, since handing them to an engine would cost more.

Nothing can end a query that runs in the worker, so only such are run that cannot take long, whatever the store holds: one
triple pattern without filters, functions, paths or modifiers, in which no variable comes twice; or a few properties of one
subject, of which little is said. The indexes give each match at once, so after any piece of the answer there is a next
one, and an answer that gets long is given up and left to an engine. A look-up is told by its form; what does not look
like one is none.
"""

from __future__ import annotations

import re
from itertools import islice
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


_PAIR = rf"(?:{_IRI}|{_NAME}|a)\s+(?:{_VARIABLE}|{_IRI}|{_NAME}|{_LITERAL})\s*"
_PROPERTIES = re.compile(
    rf"""\s*(?:PREFIX\s+[A-Za-z][A-Za-z0-9_-]*:\s*{_IRI}\s*)*
    SELECT\s+(?:\*|{_VARIABLE}(?:\s+{_VARIABLE}){{0,3}})\s*(?:WHERE\s*)?
    \{{\s*<(?P<subject>[^<>\"{{}}|^`\\\s]*)>\s+(?P<pairs>{_PAIR}(?:;\s*{_PAIR}){{1,3}})(?:\.\s*)?\}}\s*""",
    re.VERBOSE | re.IGNORECASE,
)
_VARIABLES = re.compile(_VARIABLE)
_MUCH = 60  # quads; four properties of a subject with so many have some 50,000 combinations at the very most


class Lookups:
    """Answers look-ups from the newest generation of a store. One in each HTTP worker."""

    def __init__(self, *, base: str, union: bool) -> None:
        self._base = base
        self._union = union
        self._directory = Path()
        self._store: Store | None = None

    def answer(self, job: QueryJob, directory: Path) -> Result | None:
        """The answer to a look-up; None when the query is none, or its answer is long, or anything is wrong with it."""
        if job.default_graphs or job.named_graphs or job.select is None:
            return None
        subject = "" if is_lookup(job.text) else subject_of(job.text)
        if subject is None:
            return None
        try:
            store = self._open(directory)
            if subject and _has_much(store, subject):
                return None
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


def _has_much(store: Store, subject: str) -> bool:
    quads = store.inner.quads_for_pattern(ox.NamedNode(subject), None, None, None)
    return len(list(islice(quads, _MUCH))) == _MUCH


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


def subject_of(text: str) -> str | None:
    """The subject of a query for a few properties of one; None when it is none, or a variable comes twice in it.

    >>> subject_of("SELECT ?d ?l { <http://example.org/> dip:startDate ?d ; rdfs:label ?l }")
    'http://example.org/'
    """
    found = _PROPERTIES.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        return None
    variables = [name[1:] for name in _VARIABLES.findall(found["pairs"])]
    return found["subject"] if len(variables) == len(set(variables)) else None
