"""What every parser offers."""

from __future__ import annotations

from typing import Protocol

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
