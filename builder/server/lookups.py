"""Look-ups: queries so plain that an HTTP worker answers them itself, since handing them to an engine would cost more.

Nothing can end a query that runs in the worker, so only such are run that cannot take long, whatever the store holds: one
triple pattern without filters, functions, paths or modifiers, in which no variable comes twice; or a few properties of one
subject, none of which has many values. The indexes give each match at once, so after any piece of the answer there is a
next one, and an answer that gets long is given up and left to an engine. A look-up is told by its form; what does not look
like one is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox

from diplograph.model import StoreError
from diplograph.server.negotiation import RESULT_FORMATS
from diplograph.server.service import QueryJob, Result
from diplograph.store import PREFIXES, Store
from diplograph.vocabulary import RDF

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


_PREDICATE = rf"(?:{_IRI}|{_NAME}|a)"
_OBJECT = rf"(?:{_VARIABLE}|{_IRI}|{_NAME}|{_LITERAL})"
_PAIR = rf"{_PREDICATE}\s+{_OBJECT}\s*"
_PROPERTIES = re.compile(
    rf"""\s*(?P<prefixes>(?:PREFIX\s+[A-Za-z][A-Za-z0-9_-]*:\s*{_IRI}\s*)*)
    SELECT\s+(?:\*|{_VARIABLE}(?:\s+{_VARIABLE}){{0,3}})\s*(?:WHERE\s*)?
    \{{\s*<(?P<subject>[^<>\"{{}}|^`\\\s]*)>\s+(?P<pairs>{_PAIR}(?:;\s*{_PAIR}){{1,3}})(?:\.\s*)?\}}\s*""",
    re.VERBOSE | re.IGNORECASE,
)
_EACH_PREFIX = re.compile(r"PREFIX\s+([A-Za-z][A-Za-z0-9_-]*):\s*<([^>]*)>", re.IGNORECASE)
_EACH_PAIR = re.compile(rf"({_PREDICATE})\s+({_OBJECT})\s*;?\s*", re.IGNORECASE)
_REMEMBERED = 20_000  # subjects and properties
_MANY = 15  # values of a property, four of which have some 50,000 combinations at the very most

_FORMATS = {kind: ox.QueryResultsFormat.from_extension(name) for kind, name in RESULT_FORMATS.items()}


class Lookups:
    """Answers look-ups from the newest generation of a store. One in each HTTP worker."""

    def __init__(self, *, base: str, union: bool) -> None:
        self._base = base
        self._union = union
        self._directory = Path()
        self._store: Store | None = None
        self._few: dict[tuple[str, str], bool] = {}

    def answer(self, job: QueryJob, directory: Path) -> Result | None:
        """The answer to a look-up; None when the query is none, or its answer is long, or anything is wrong with it."""
        if job.default_graphs or job.named_graphs or job.select is None:
            return None
        text = job.text
        asked = properties_of(text) if ";" in text else None
        if asked is None and not is_lookup(text):
            return None
        try:
            store = self._open(directory)
            if asked is not None and not all(self._is_few(store, asked[0], wanted) for wanted in asked[1]):
                return None
            answer = store.inner.query(
                text,
                prefixes={prefix: iri for prefix, iri in PREFIXES.items() if f"{prefix}:" in text},
                base_iri=job.url,
                use_default_graph_as_union=self._union,
            )
            assert not isinstance(answer, ox.QueryTriples)
            format = _FORMATS[job.select]
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
            self._few.clear()

    def _is_few(self, store: Store, subject: str, predicate: str) -> bool:
        """Whether a property of a subject has so few values that all combinations of four cannot be very many."""
        key = subject, predicate
        few = self._few.get(key)
        if few is None:
            values = store.inner.quads_for_pattern(ox.NamedNode(subject), ox.NamedNode(predicate), None, None)
            few = next(islice(values, _MANY, None), None) is None
            if len(self._few) >= _REMEMBERED:
                self._few.clear()
            self._few[key] = few
        return few


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


def properties_of(text: str) -> tuple[str, list[str]] | None:
    """The subject of a query for a few properties of one, and these properties; None when it is none, or a variable comes
    twice in it.

    >>> properties_of("SELECT ?d ?l { <http://example.org/> a ?d ; rdfs:label ?l }")
    ('http://example.org/', ['http://www.w3.org/1999/02/22-rdf-syntax-ns#type', 'http://www.w3.org/2000/01/rdf-schema#label'])
    """
    found = _PROPERTIES.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        return None
    pairs = _EACH_PAIR.findall(found["pairs"])
    variables = [value[1:] for _, value in pairs if value[0] in "?$"]
    if len(variables) != len(set(variables)):
        return None
    known = {**PREFIXES, **dict(_EACH_PREFIX.findall(found["prefixes"]))}
    return found["subject"], [_resolve(predicate, known) for predicate, _ in pairs]


def _resolve(predicate: str, prefixes: Mapping[str, str]) -> str:
    """The IRI of a predicate as it is written; what is none when its prefix is not known."""
    if predicate[0] == "<":
        return predicate[1:-1]
    if predicate in "aA":
        return RDF + "type"
    prefix, _, name = predicate.partition(":")
    return prefixes.get(prefix, "") + name
