"""What every parser offers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, runtime_checkable

from diplograph.model import Document, ParsedDocument, ParserIdentity


class Parser(Protocol):
    """Turns documents into parses; the same document always gives the same parse, whatever was parsed before."""

    @property
    def identity(self) -> ParserIdentity:
        """Who parses; equal identities promise equal parses."""
        ...

    def parse(self, document: Document) -> ParsedDocument:
        """The document with its sentences; only what lies in its blocks is parsed. Raises ModelError."""
        ...


@runtime_checkable
class BatchParser(Parser, Protocol):
    """A parser that is faster with several documents at once; the parses are the same."""

    def parse_many(self, documents: Iterable[Document]) -> Iterator[ParsedDocument]:
        """The parses of the documents, in their order."""
        ...

    def parse_parts(self, parts: Iterable[tuple[Document, Sequence[int]]]) -> Iterator[ParsedDocument]:
        """Parses with the sentences of some segments (by number) of each document, or, where that costs nothing, whole."""
        ...
