"""Look-ups: queries so plain that an HTTP worker answers them itself, since handing them to an engine would cost more.

Nothing can end a query that runs in the worker, so only such are run that cannot take long, whatever the store holds: one
triple pattern without filters, functions, paths or modifiers, in which no variable comes twice; or a few properties of one
subject, none of which has many values. The indexes give each match at once, so after any piece of the answer there is a
next one, and an answer that gets long is given up and left to an engine. A look-up is told by its form; what does not look
like one is none. Whether there is a triple, and what is said of one subject (``values``), is asked of the indexes directly:
Oxigraph would take longer to make ready for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox

from diplograph.model import StoreError
from diplograph.server.negotiation import RESULT_FORMATS
from diplograph.server.service import QueryJob, Result
from diplograph.server.subjects import Subjects
from diplograph.server.values import IRI, NAME, VARIABLE, find_values, read_query
from diplograph.store import PREFIXES, Store
from diplograph.vocabulary import RDF

_LONGEST = 4000
_LARGEST = 32 << 10

_LITERAL = rf"\"[^\"\\\n\r]*\"(?:@[A-Za-z]+(?:-[A-Za-z0-9]+)*|\^\^(?:{IRI}|{NAME}))?|[0-9]+"
_TRIPLE = (
    rf"(?P<s>{IRI}|{NAME}|{VARIABLE})\s+(?P<p>{IRI}|{NAME}|{VARIABLE}|a)"
    rf"\s+(?P<o>{IRI}|{NAME}|{VARIABLE}|{_LITERAL})\s*(?:\.\s*)?"
)
_LOOKUP = re.compile(
    rf"""\s*(?:PREFIX\s+[A-Za-z][A-Za-z0-9_-]*:\s*{IRI}\s*)*
    (?:(?P<ask>ASK)|SELECT\s+(?:\*|{VARIABLE}(?:\s+{VARIABLE}){{0,3}}))\s*(?:WHERE\s*)?
    \{{\s*(?:GRAPH\s+(?P<g>{IRI}|{VARIABLE})\s*\{{\s*{_TRIPLE}\}}\s*|{_TRIPLE.replace("P<", "P<d")})?\}}
    \s*(?:LIMIT\s+(?P<limit>[0-9]{{1,9}}))?\s*""",
    re.VERBOSE | re.IGNORECASE,
)
_TERM = rf"({IRI}|{VARIABLE})"
_ASK = re.compile(
    rf"\s*ASK\s*(?:WHERE\s*)?\{{\s*{_TERM}\s+{_TERM}\s+{_TERM}\s*(?:\.\s*)?\}}\s*", re.IGNORECASE
)

_PREDICATE = rf"(?:{IRI}|{NAME}|a)"
_OBJECT = rf"(?:{VARIABLE}|{IRI}|{NAME}|{_LITERAL})"
_PAIR = rf"({_PREDICATE})\s+({_OBJECT})\s*"
_AND_PAIR = rf"(?:;\s*{_PAIR})?"
_PROPERTIES = re.compile(
    rf"""\s*((?:PREFIX\s+[A-Za-z][A-Za-z0-9_-]*:\s*{IRI}\s*)*)
    SELECT\s+(?:\*|{VARIABLE}(?:\s+{VARIABLE}){{0,3}})\s*(?:WHERE\s*)?
    \{{\s*<([^<>\"{{}}|^`\\\s]*)>\s+{_PAIR}{_AND_PAIR * 3}(?:\.\s*)?\}}\s*""",
    re.VERBOSE | re.IGNORECASE,
)
_EACH_PREFIX = re.compile(r"PREFIX\s+([A-Za-z][A-Za-z0-9_-]*):\s*<([^>]*)>", re.IGNORECASE)
_REMEMBERED = 20_000  # subjects and properties
_MANY = 15  # values of a property, four of which have some 50,000 combinations at the very most
_FEW = 100  # rows that may be asked for of all that has a property

_PREFIXES = tuple((f"{prefix}:", prefix, iri) for prefix, iri in PREFIXES.items())
_FORMATS = {
    kind: cast(ox.QueryResultsFormat, ox.QueryResultsFormat.from_extension(name))
    for kind, name in RESULT_FORMATS.items()
}


class Lookups:
    """Answers look-ups from the newest generation of a store. One in each HTTP worker."""

    def __init__(self, *, base: str, union: bool) -> None:
        self._base = base
        self._union = union
        self._directory = Path()
        self._store: Store | None = None
        self._few: dict[tuple[str, str], bool] = {}
        self._subjects = Subjects()

    def answer(self, job: QueryJob, directory: Path) -> Result | None:
        """The answer to a look-up; None when the query is none, or its answer is long, or anything is wrong with it."""
        text, media_type = job.text, job.select
        if job.default_graphs or job.named_graphs or media_type is None:
            return None
        try:
            pattern = pattern_of(text)
            if pattern is not None:
                graph = None if self._union else ox.DefaultGraph()
                matches = self._open(directory).inner.quads_for_pattern(*pattern, graph)
                body: bytes | None = _yes_or_no(next(matches, None) is not None, media_type)
            else:
                body = self._find_values(text, media_type, directory)
            if body is None and self._is_quick(text, directory):
                body = self._query(job, media_type, self._open(directory))
        except (SyntaxError, ValueError, OSError, StoreError):
            return None  # an engine will find the same, and has words for it
        return None if body is None else Result(media_type, body, generation=directory.name)

    def _find_values(self, text: str, media_type: str, directory: Path) -> bytes | None:
        """What a query asks of one subject, if that is all it does, and JSON will do."""
        wanted = RESULT_FORMATS[media_type] == "json" and len(text) <= _LONGEST
        asked = read_query(text, PREFIXES) if wanted else None
        if asked is None:
            return None
        body = find_values(self._open(directory).inner, asked, self._subjects, union=self._union)
        return body if body is None or len(body) <= _LARGEST else None

    def _is_quick(self, text: str, directory: Path) -> bool:
        asked = properties_of(text) if ";" in text else None
        if asked is None:
            return is_lookup(text)
        store = self._open(directory)
        return all(self._is_few(store, asked[0], wanted) for wanted in asked[1])

    def _query(self, job: QueryJob, media_type: str, store: Store) -> bytes:
        answer = store.inner.query(
            job.text,
            prefixes={prefix: iri for mark, prefix, iri in _PREFIXES if mark in job.text},
            base_iri=job.url,
            use_default_graph_as_union=self._union,
        )
        assert not isinstance(answer, ox.QueryTriples)
        output = _Short()
        answer.serialize(cast(IO[bytes], output), _FORMATS[media_type])
        return b"".join(output.pieces)

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
            self._subjects.forget()

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
    """Whether a query is one triple pattern (or none at all), whose variables are all different, and not likely to match
    much of the store.

    >>> is_lookup("ASK { <http://example.org/> a ?class }")
    True
    >>> is_lookup("SELECT * { ?x ?p ?x }"), is_lookup("SELECT * { ?s ?p ?o }")
    (False, False)
    """
    found = _LOOKUP.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None or not _are_different(found.groups("")):
        return False
    ends = found["s"] or found["ds"] or "", found["o"] or found["do"] or ""
    anything = all(end[:1] in ("?", "$") for end in ends)
    return not anything or found["ask"] is not None or int(found["limit"] or _FEW + 1) <= _FEW


def pattern_of(text: str) -> tuple[ox.NamedNode | None, ox.NamedNode | None, ox.NamedNode | None] | None:
    """What ASK wants to know of, when it is one triple of IRIs and different variables (None); None when it is something else.
    Raises ValueError for what is no absolute IRI.

    >>> pattern_of("ASK { <http://example.org/> ?p ?o }")
    (<NamedNode value=http://example.org/>, None, None)
    """
    found = _ASK.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None or not _are_different(found.groups()):
        return None
    subject, predicate, value = (
        ox.NamedNode(term[1:-1]) if term[0] == "<" else None for term in found.groups()
    )
    return subject, predicate, value


def _are_different(terms: Sequence[str]) -> bool:
    """Whether no variable is twice among terms as they are written."""
    variables = [term[1:] for term in terms if term[:1] in ("?", "$")]
    return len(variables) == len(set(variables))


@cache
def _yes_or_no(truth: bool, media_type: str) -> bytes:
    """The answer to ASK in a media type."""
    said = ox.parse_query_results(
        b'{"head":{},"boolean":%s}' % str(truth).lower().encode(), ox.QueryResultsFormat.JSON
    )
    return cast(bytes, said.serialize(format=_FORMATS[media_type]))


def properties_of(text: str) -> tuple[str, list[str]] | None:
    """The subject of a query for a few properties of one, and these properties; None when it is none, or a variable comes
    twice in it.

    >>> properties_of("SELECT ?d ?l { <http://example.org/> a ?d ; rdfs:label ?l }")
    ('http://example.org/', ['http://www.w3.org/1999/02/22-rdf-syntax-ns#type', 'http://www.w3.org/2000/01/rdf-schema#label'])
    """
    found = _PROPERTIES.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        return None
    prefixes, subject, *terms = found.groups("")
    if not _are_different(terms):
        return None
    declared = dict(_EACH_PREFIX.findall(prefixes))
    return subject, [_resolve(predicate, declared) for predicate in terms[::2] if predicate]


def _resolve(predicate: str, declared: Mapping[str, str]) -> str:
    """The IRI of a predicate as it is written; what is none when its prefix is not known."""
    if predicate[0] == "<":
        return predicate[1:-1]
    if predicate in "aA":
        return RDF + "type"
    prefix, _, name = predicate.partition(":")
    return (declared.get(prefix) or PREFIXES.get(prefix, "")) + name
