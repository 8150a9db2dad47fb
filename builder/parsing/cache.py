"""The parse cache: a parse is made once for a text and a model, however often the frames change."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import tempfile
import zlib
from dataclasses import astuple
from pathlib import Path

from diplograph.model import Document, ParsedDocument, ParserIdentity, Sentence, Word
from diplograph.parsing.parser import Parser

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
        path = self._path(document, identity)
        sentences = _read(path)
        if sentences is None:
            return None
        self._name_by_text(path, document.text, identity)
        return ParsedDocument(document, sentences, identity)

    def find(self, text_hash: str, identity: ParserIdentity) -> tuple[Sentence, ...] | None:
        """The sentences of a text (the SHA-256 of its UTF-8, in hex) by this parser, None if it was never put or got.

        For those who know a document's text, as a store does, but not its blocks.
        """
        return _read(self._path_by_text(text_hash, identity))

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
        self._name_by_text(path, parsed.document.text, parsed.parser)

    def _name_by_text(self, path: Path, text: str, identity: ParserIdentity) -> None:
        """Gives a parse its second name; the two are one file."""
        second = self._path_by_text(hashlib.sha256(text.encode("utf-8")).hexdigest(), identity)
        try:
            if not second.exists() or not second.samefile(path):
                second.parent.mkdir(parents=True, exist_ok=True)
                second.unlink(missing_ok=True)
                os.link(path, second)
        except (OSError, UnicodeError):
            return

    def _path_by_text(self, text_hash: str, identity: ParserIdentity) -> Path:
        key = json.dumps([_FORMAT, text_hash, identity.name, identity.version, identity.fingerprint])
        digest = hashlib.sha256(key.encode("ascii")).hexdigest()
        return self.directory / "by-text" / f"{digest}.json.gz"

    def _path(self, document: Document, identity: ParserIdentity) -> Path:
        blocks = [(block.begin, block.end) for block in document.blocks]
        key = json.dumps(
            [_FORMAT, document.text, blocks, identity.name, identity.version, identity.fingerprint]
        )
        digest = hashlib.sha256(key.encode("ascii")).hexdigest()
        return self.directory / digest[:2] / f"{digest[2:]}.json.gz"


def _read(path: Path) -> tuple[Sentence, ...] | None:
    """The sentences in a file of the cache; None where there is none that can be read."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            rows = json.load(file)
        return tuple(
            Sentence(index, begin, end, tuple(Word(*word) for word in words))
            for index, (begin, end, words) in enumerate(rows)
        )
    except (OSError, EOFError, zlib.error, ValueError, TypeError):
        return None


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
