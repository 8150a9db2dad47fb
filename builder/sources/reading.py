"""Paths and standard input become documents, one after the other; what cannot be read becomes a failure."""

from __future__ import annotations

import os
import re
import sys
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from diplograph.arabic import has_arabic
from diplograph.model import Document, SourceError, SourceFailure
from diplograph.sources.blocks import find_blocks, find_date
from diplograph.sources.decoding import decode, decompress
from diplograph.sources.markup import Page, is_html, read_page
from diplograph.sources.records import Record, holds_records, read_json, read_json_lines
from diplograph.temporal import check_partial_date

_TEXT = (".txt", ".text")
_HTML = (".html", ".htm", ".xhtml")
_JSON_LINES = (".jsonl", ".ndjson")
_JSON = (".json",)
_KNOWN = (*_TEXT, *_HTML, *_JSON_LINES, *_JSON)
_STDIN = "-"
_OBJECT = re.compile(r"\s*\{")


@dataclass(frozen=True, slots=True)
class _File:
    """A file to read, the name it goes by in the graph and the id its document gets.

    Neither has folders above the source that was given, so that the graph does not depend on where files lie.
    """

    path: Path | None  # None for standard input
    name: str
    id: str
    found: bool = False  # in a directory, and not named by the user

    @property
    def shown(self) -> str:
        """The name by which messages speak of it."""
        return self.name if self.path is None else str(self.path)


def read_sources(
    paths: Sequence[str | Path], *, published: str | None = None, stdin: BinaryIO | None = None
) -> Iterator[Document | SourceFailure]:
    """The documents in these files, directories and (as ``-``) standard input, in order; a failure for
    what is none.

    Read are text, HTML (``.html .htm .xhtml``), JSON Lines (``.jsonl .ndjson``: fields id and text, and
    if known title, published, source, url) and JSON (``.json``: one such record or a list), each also
    gzipped. A file with any other suffix, and standard input, is what its beginning shows. Directories
    are read recursively, sorted by name, without hidden files, other suffixes, and JSON that holds no
    articles; CoNLL-U is left to `is_conllu` and others.

    A document's text is that of the file with ``\\n`` for every end of line and no byte order mark; that
    of a record is as it stands; that of a page is its title and paragraphs, each on a line. Nothing else
    changes, and offsets refer to it. The id is the record's, or the file's path in the directory given,
    without suffix (its stem, if the file itself was given), or ``stdin``.

    ``published`` (a partial ISO date) is for documents that do not bring their own: it gives way to the
    record's own date, and goes before what a page or a dateline in the text says.

    Raises SourceError at once, naming them all, when paths are missing, and TimeError when ``published``
    is no date. What else goes wrong is a SourceFailure among the documents. The same document twice is
    read once; another one with an id that was there is a failure.

    >>> list(read_sources([]))
    []
    """
    located = read_located(paths, published=published, stdin=stdin)
    return (found if isinstance(found, SourceFailure) else found[1] for found in located)


def read_located(
    paths: Sequence[str | Path],
    *,
    published: str | None = None,
    stdin: BinaryIO | None = None,
    only: Collection[Path] | None = None,
) -> Iterator[tuple[str, Document] | SourceFailure]:
    """What :func:`read_sources` gives, each document with its file, as a failure would name it.

    ``only`` are absolute paths of files: in directories no others are read, nor looked for.
    """
    missing = [str(path) for path in paths if str(path) != _STDIN and not os.path.exists(path)]
    if missing:
        raise SourceError(f"no such file or directory: {', '.join(missing)}; check the spelling")
    if published is not None:
        check_partial_date(published)
    return _without_copies(_read_all([str(path) for path in dict.fromkeys(paths)], published, stdin, only))


def is_conllu(path: str | Path) -> bool:
    """Whether the file is CoNLL-U, by its name.

    >>> is_conllu("parses/article.conllu.gz")
    True
    """
    return _split_suffix(Path(path).name)[1] == ".conllu"


def _without_copies(
    results: Iterator[tuple[str, Document] | SourceFailure],
) -> Iterator[tuple[str, Document] | SourceFailure]:
    seen: dict[str, tuple[bytes, str]] = {}
    for result in results:
        if isinstance(result, SourceFailure):
            yield result
            continue
        shown, document = result
        digest = sha256(document.text.encode()).digest()
        first = seen.get(document.id)
        if first is None:
            seen[document.id] = (digest, shown)
            yield result
        elif first[0] != digest:
            problem = (
                f'the id "{document.id}" is taken by another text, in {first[1]}; give one of them another'
            )
            yield SourceFailure(shown, problem)


def _read_all(
    paths: Sequence[str], published: str | None, stdin: BinaryIO | None, only: Collection[Path] | None
) -> Iterator[tuple[str, Document] | SourceFailure]:
    for path in paths:
        for file in _find_files(path, only):
            if isinstance(file, SourceFailure):
                yield file
                continue
            try:
                for document in _read_file(file, published, stdin):
                    yield document if isinstance(document, SourceFailure) else (file.shown, document)
            except SourceError as error:
                yield SourceFailure(file.shown, str(error))
            except OSError as error:
                yield SourceFailure(file.shown, f"cannot be read: {error.strerror or error}")


def _find_files(path: str, only: Collection[Path] | None) -> Iterator[_File | SourceFailure]:
    if path == _STDIN:
        yield _File(None, "stdin", "stdin")
    elif not os.path.isdir(path):
        name = _readable(Path(path).name)
        yield _File(Path(path), name, _split_suffix(name)[0])
    else:
        root = Path(path)
        empty = True
        found = _walk(root) if only is None else _among(root, only)
        for relative in sorted(found, key=Path.as_posix):
            empty = False
            name = _readable(relative.as_posix())
            if not is_conllu(relative):
                yield _File(root / relative, name, _split_suffix(name)[0], found=True)
        if empty and only is None:
            yield SourceFailure(
                path, f"holds no articles; they end in {' '.join(_KNOWN)}, .gz behind it or not"
            )


def _walk(root: Path) -> Iterator[Path]:
    """The visible files with known suffixes below the root, CoNLL-U among them, as paths from it."""
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(folder, name)
            if _is_article(path):
                yield path.relative_to(root)


def _among(root: Path, only: Collection[Path]) -> Iterator[Path]:
    """Those of these files that are below the root and would be found there, as paths from it."""
    above = root.resolve()
    for path in only:
        if path.is_relative_to(above):
            relative = path.relative_to(above)
            hidden = any(part.startswith(".") for part in relative.parts)
            if not hidden and _is_article(path):
                yield relative


def _is_article(path: Path) -> bool:
    known = _split_suffix(path.name)[1] in (*_KNOWN, ".conllu")
    return known and not path.name.startswith(".") and path.is_file()


def _split_suffix(name: str) -> tuple[str, str]:
    """The name without ``.gz`` and suffix, and the suffix in lower case."""
    name = name[:-3] if name.lower().endswith(".gz") else name
    stem, suffix = os.path.splitext(name)
    return stem, suffix.lower()


def _readable(name: str) -> str:
    """The file name as text: names that are not UTF-8 cannot be written into IRIs."""
    return os.fsencode(name).decode("utf-8", errors="replace")


def _read_file(
    file: _File, published: str | None, stdin: BinaryIO | None
) -> Iterator[Document | SourceFailure]:
    data = (stdin or sys.stdin.buffer).read() if file.path is None else file.path.read_bytes()
    text = decode(decompress(data))
    suffix = "" if file.path is None else _split_suffix(file.name)[1]
    if suffix in _JSON and file.found and not holds_records(text):
        return
    reader = _choose_reader(suffix, text)
    if reader is not None:
        yield from _read_records(file, reader(text), published)
    elif suffix in _HTML or suffix not in _TEXT and is_html(text):
        page = read_page(text)
        yield _complete(file.name, file.id, page, published or page.published)
    else:
        yield _complete(file.name, file.id, Page(text), published)


def _choose_reader(suffix: str, text: str) -> Callable[[str], Iterator[Record | SourceError]] | None:
    if suffix in _JSON_LINES:
        return read_json_lines
    if suffix in _JSON or suffix not in (*_TEXT, *_HTML) and _OBJECT.match(text):
        return read_json
    return None


def _read_records(
    file: _File, records: Iterator[Record | SourceError], published: str | None
) -> Iterator[Document | SourceFailure]:
    for record in records:
        if isinstance(record, SourceError):
            yield SourceFailure(file.shown, str(record))
            continue
        page = Page(record.text, record.title, url=record.url)
        try:
            yield _complete(record.source or file.name, record.id, page, record.published or published)
        except SourceError as error:
            yield SourceFailure(file.shown, f'record "{record.id}": {error}')


def _complete(source: str, id: str, page: Page, published: str | None) -> Document:
    """The document of a page, with its blocks, and the title and date that its text shows if not known."""
    document = Document(_clean_id(id), page.text, source, page.title, published, page.url)
    if not has_arabic(document.text):
        raise SourceError("holds no Arabic; diplograph reads Arabic news only")
    document = replace(document, blocks=find_blocks(document.text, document.title))
    if document.title is None:
        document = replace(document, title=_find_title(document))
    return document if published else replace(document, published=find_date(document.text))


def _find_title(document: Document) -> str | None:
    """The headline that the article opens with."""
    first = next(iter(document.blocks), None)
    if first is None or first.kind != "headline":
        return None
    return " ".join(document.text[first.begin : first.end].split())


def _clean_id(id: str) -> str:
    """The id without control characters and outer white space, fit for an IRI once it is percent-encoded."""
    cleaned = "".join("\ufffd" if unicodedata.category(sign) == "Cs" else sign for sign in id)
    cleaned = "".join(sign for sign in cleaned if unicodedata.category(sign) != "Cc").strip()
    if not cleaned or any(part in ("", ".", "..") for part in cleaned.split("/")):
        raise SourceError(f"the id {id!r} cannot name a document; write a name of letters and digits")
    return cleaned
