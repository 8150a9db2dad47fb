"""The parse cache: a parse is made once for a text and a model, however often the frames change."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import astuple
from pathlib import Path

from diplograph.model import Document, ParsedDocument, ParserIdentity, Sentence, Word
from diplograph.parsing.parser import BatchParser, Parser
from diplograph.parsing.segments import to_segments
from diplograph.parsing.trees import is_tree

_FORMAT = 1
_MOST_BYTES = (
    256 * 1024 * 1024
)  # of an entry, unpacked: the parse of the longest document has a quarter of it


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
        sentences = _read(path, len(document.text))
        if sentences is None or not (sentences or not to_segments(document)):
            return None
        self._name_by_text(path, document.text, identity)
        return ParsedDocument(document, sentences, identity)

    def find(self, text_hash: str, identity: ParserIdentity) -> tuple[Sentence, ...] | None:
        """The sentences of a text (the SHA-256 of its UTF-8, in hex) by this parser, None if it was never put or got.

        For those who know a document's text, as a store does, but not its blocks.
        """
        return _read(self._path_by_text(text_hash, identity), _MOST_BYTES)

    def put(self, parsed: ParsedDocument) -> None:
        """Keeps a parse."""
        path = self._path(parsed.document, parsed.parser)
        # Always the same name, so that a killed process leaves nothing that is never used again. Two processes that
        # write it at once write the same bytes.
        unfinished = path.with_name(f".{path.name}")
        rows = [
            [sentence.begin, sentence.end, list(map(astuple, sentence.words))]
            for sentence in parsed.sentences
        ]
        content = gzip.compress(
            json.dumps(rows, ensure_ascii=False).encode("utf-8"), compresslevel=5, mtime=0
        )
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(content)
            os.replace(unfinished, path)
        except OSError:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
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


def _is_sound(sentences: tuple[Sentence, ...], length: int) -> bool:
    """Whether these can be sentences of a text of this length: numbers and texts in place, heads and offsets inside.

    What somebody else put there, or a fault of the disk that the checksum did not see, must not reach the frames.
    """
    for sentence in sentences:
        words = sentence.words
        offsets = [
            sentence.begin,
            sentence.end,
            *(word.begin for word in words),
            *(word.end for word in words),
        ]
        if not words or not all(type(offset) is int and 0 <= offset <= length for offset in offsets):
            return False
        heads = [word.head for word in words]
        if not all(type(head) is int and 0 <= head <= len(words) for head in heads) or not is_tree(heads):
            return False
        for number, word in enumerate(words, start=1):
            named = (word.form, word.lemma, word.upos, word.xpos, word.feats, word.deprel)
            if word.id != number or type(word.token) is not int or not all(isinstance(n, str) for n in named):
                return False
    return True


def _read(path: Path, length: int) -> tuple[Sentence, ...] | None:
    """The sentences in a file, of a text of at most this length; None where it is not there, broken or no sound parse."""
    try:
        with gzip.open(path) as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            return None
        sentences = tuple(
            Sentence(index, begin, end, tuple(Word(*word) for word in words))
            for index, (begin, end, words) in enumerate(json.loads(content))
        )
        return sentences if _is_sound(sentences, length) else None
    except (OSError, EOFError, zlib.error, ValueError, TypeError, RecursionError, MemoryError):
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

    def parse_parts(self, parts: Iterable[tuple[Document, Sequence[int]]]) -> Iterator[ParsedDocument]:
        """The kept parses, whole; of documents that are not kept, these sentences, which are not kept either."""
        parts = list(parts)
        found = [self._cache.get(document, self.identity) for document, _ in parts]
        new = [part for part, kept in zip(parts, found, strict=True) if kept is None]
        if isinstance(self._parser, BatchParser):
            many = self._parser.parse_parts(new)
        else:
            many = iter(self.parse_many(document for document, _ in new))
        for kept in found:
            yield kept or next(many)
