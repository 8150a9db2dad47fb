"""The parse cache: a parse is made once for a text and a model, however often the frames change."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import astuple
from pathlib import Path

from diplograph.model import Document, ParsedDocument, ParserIdentity, Sentence, Word
from diplograph.parsing.parser import BatchParser, Parser

_FORMAT = 1


def default_cache_directory() -> Path:
    """``$XDG_CACHE_HOME/diplograph/parses``, else ``~/.cache/diplograph/parses``."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "diplograph" / "parses"


class ParseCache:
    """Parses in a directory, a file each, named for the hash of what was parsed and of who parsed it.

    Safe for several processes at once: a file is written aside and renamed. What cannot be read is as if it were not
    there, and a directory that cannot be written to merely keeps nothing.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def get(self, document: Document, identity: ParserIdentity) -> ParsedDocument | None:
        """The parse of this document's text by this parser, None if it was never put."""
        try:
            with gzip.open(self._path(document, identity), "rt", encoding="utf-8") as file:
                rows = json.load(file)
            sentences = tuple(
                Sentence(index, begin, end, tuple(Word(*word) for word in words))
                for index, (begin, end, words) in enumerate(rows)
            )
        except (OSError, EOFError, zlib.error, ValueError, TypeError):
            return None
        return ParsedDocument(document, sentences, identity)

    def put(self, parsed: ParsedDocument) -> None:
        """Keeps a parse."""
        path = self._path(parsed.document, parsed.parser)
        rows = [
            [sentence.begin, sentence.end, list(map(astuple, sentence.words))]
            for sentence in parsed.sentences
        ]
        content = gzip.compress(
            json.dumps(rows, ensure_ascii=False).encode("utf-8"), compresslevel=5, mtime=0
        )
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
                file.write(content)
            os.replace(file.name, path)
        except OSError:
            return

    def _path(self, document: Document, identity: ParserIdentity) -> Path:
        blocks = [(block.begin, block.end) for block in document.blocks]
        key = json.dumps(
            [_FORMAT, document.text, blocks, identity.name, identity.version, identity.fingerprint]
        )
        digest = hashlib.sha256(key.encode("ascii")).hexdigest()
        return self.directory / digest[:2] / f"{digest[2:]}.json.gz"


class CachedParser:
    """A parser that asks the cache first; ``parsed`` counts the documents that it had to parse itself."""

    def __init__(self, parser: Parser, cache: ParseCache) -> None:
        self._parser = parser
        self._cache = cache
        self.parsed = 0

    @property
    def identity(self) -> ParserIdentity:
        """That of the parser behind it."""
        return self._parser.identity

    def parse(self, document: Document) -> ParsedDocument:
        """The kept parse, or a new one, which is then kept. Raises what the parser raises."""
        found = self._cache.get(document, self.identity)
        if found is None:
            found = self._parser.parse(document)
            self.parsed += 1
            self._cache.put(found)
        return found

    def parse_many(self, documents: Iterable[Document]) -> Iterator[ParsedDocument]:
        """The parses of the documents, in their order; those that are not kept are made together."""
        documents = list(documents)
        found = [self._cache.get(document, self.identity) for document in documents]
        new = [document for document, kept in zip(documents, found, strict=True) if kept is None]
        many = (
            self._parser.parse_many(new)
            if isinstance(self._parser, BatchParser)
            else map(self._parser.parse, new)
        )
        for kept in found:
            if kept is None:
                kept = next(many)
                self.parsed += 1
                self._cache.put(kept)
            yield kept
