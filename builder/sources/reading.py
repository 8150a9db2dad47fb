"""Paths and standard input become documents, one after the other; what cannot be read becomes a failure."""

from __future__ import annotations

import io
import os
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, BinaryIO

from diplograph.arabic import has_arabic
from diplograph.model import Document, SourceError, SourceFailure, describe_fault
from diplograph.sources.blocks import find_blocks, find_date
from diplograph.sources.decoding import decode, is_utf16
from diplograph.sources.markup import Page, is_html, read_page
from diplograph.sources.records import Record, holds_records, read_json, read_json_lines
from diplograph.sources.seen import Seen
from diplograph.sources.streams import (
    MOST_BYTES,
    MOST_CHARACTERS,
    open_source,
    read_head,
    read_lines,
    too_large,
)
from diplograph.temporal import check_partial_date

_TEXT = (".txt", ".text")
_HTML = (".html", ".htm", ".xhtml")
_JSON_LINES = (".jsonl", ".ndjson")
_JSON = (".json",)
_KNOWN = (*_TEXT, *_HTML, *_JSON_LINES, *_JSON)
_STDIN = "-"
_OBJECT = re.compile(r"\s*\{")
_MOST_ID = 1000  # characters; an id becomes part of IRIs


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
        return self.name if self.path is None else readable(str(self.path))


def read_sources(
    paths: Sequence[str | Path],
    *,
    published: str | None = None,
    stdin: BinaryIO | None = None,
    seen: Seen | None = None,
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
    record's own date, and goes before what a page or a dateline in the text says. ``seen`` knows what was
    read before, and learns what is read here.

    Memory stays bounded: documents come one at a time, JSON Lines of any size are read line by line, and
    other files that are larger than ``streams.MOST_BYTES``, or whose text is longer than
    ``streams.MOST_CHARACTERS``, are failures.

    Raises SourceError at once, naming them all, when paths are missing, and TimeError when ``published``
    is no date. What else goes wrong is a SourceFailure among the documents. The same document twice is
    read once; another one with an id that was there is a failure.

    >>> list(read_sources([]))
    []
    """
    located = read_located(paths, published=published, stdin=stdin, seen=seen)
    return (found if isinstance(found, SourceFailure) else found[1] for found in located)


def read_located(
    paths: Sequence[str | Path],
    *,
    published: str | None = None,
    stdin: BinaryIO | None = None,
    only: Collection[Path] | None = None,
    seen: Seen | None = None,
) -> Iterator[tuple[str, Document] | SourceFailure]:
    """What :func:`read_sources` gives, each document with its file, as a failure would name it.

    ``only`` are absolute paths of files: in directories no others are read, nor looked for.
    """
    missing = [str(path) for path in paths if str(path) != _STDIN and not os.path.exists(path)]
    if missing:
        raise SourceError(f"no such file or directory: {', '.join(missing)}; check the spelling")
    if published is not None:
        check_partial_date(published)
    results = _read_all([str(path) for path in dict.fromkeys(paths)], published, stdin, only)
    return _without_copies(results, seen or Seen())


def is_conllu(path: str | Path) -> bool:
    """Whether the file is CoNLL-U, by its name.

    >>> is_conllu("parses/article.conllu.gz")
    True
    """
    return _split_suffix(Path(path).name)[1] == ".conllu"


def find_parses(folder: str | Path, only: Collection[Path] | None = None) -> tuple[Path, ...]:
    """The CoNLL-U files in a folder and those below it, sorted, without hidden ones; of some files, where not all are to
    be looked at."""
    among = _walk(Path(folder)) if only is None else _among(Path(folder), only)
    found = (path for path in among if isinstance(path, Path) and is_conllu(path))
    return tuple(Path(folder, path) for path in sorted(found, key=Path.as_posix))


def _without_copies(
    results: Iterator[tuple[str, Document] | SourceFailure], seen: Seen
) -> Iterator[tuple[str, Document] | SourceFailure]:
    for result in results:
        if isinstance(result, SourceFailure):
            yield result
            continue
        shown, document = result
        try:
            if seen.is_new(document, shown):
                yield result
        except SourceError as error:
            yield SourceFailure(shown, str(error))


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
            except Exception as error:  # noqa: BLE001 - one strange page must not lose the others
                yield SourceFailure(file.shown, describe_fault(error))


def _find_files(path: str, only: Collection[Path] | None) -> Iterator[_File | SourceFailure]:
    if path == _STDIN:
        yield _File(None, "stdin", "stdin")
    elif not os.path.isdir(path):
        name = readable(Path(path).name)
        yield _File(Path(path), name, _split_suffix(name)[0])
    else:
        root = Path(path)
        empty = True
        found = list(_walk(root) if only is None else _among(root, only))
        yield from (failure for failure in found if isinstance(failure, SourceFailure))
        for relative in sorted((path for path in found if isinstance(path, Path)), key=Path.as_posix):
            empty = False
            name = readable(relative.as_posix())
            if not is_conllu(relative):
                yield _File(root / relative, name, _split_suffix(name)[0], found=True)
        if empty and only is None:
            yield SourceFailure(
                path, f"holds no articles; they end in {' '.join(_KNOWN)}, .gz behind it or not"
            )


def _walk(root: Path) -> Iterator[Path | SourceFailure]:
    """The visible files with known suffixes below the root, CoNLL-U among them, as paths from it.

    A folder that cannot be read is a failure. Links to folders are not followed, so there are no circles; pipes,
    sockets and devices are no files, so nothing waits for them.
    """
    unreadable: list[OSError] = []
    for folder, folders, names in os.walk(root, onerror=unreadable.append):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(folder, name)
            if _is_article(path):
                yield path.relative_to(root)
    for error in unreadable:
        yield SourceFailure(readable(str(error.filename)), f"cannot be read: {error.strerror or error}")


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


def readable(name: str) -> str:
    """The file name as text: names that are not UTF-8 can neither be written into IRIs nor be printed."""
    return os.fsencode(name).decode("utf-8", errors="replace")


def _read_file(
    file: _File, published: str | None, stdin: BinaryIO | None
) -> Iterator[Document | SourceFailure]:
    suffix = "" if file.path is None else _split_suffix(file.name)[1]
    with open_source(file.path, stdin) as stream:
        head = read_head(stream)
        if len(head) > MOST_BYTES:
            if suffix not in _JSON_LINES and (suffix in _KNOWN or not head.lstrip()[:1] == b"{"):
                raise too_large("the file")
            yield from _read_records(file, read_json_lines(_decode_lines(head, stream)), published)
            return
    text = decode(head)
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


def _decode_lines(head: bytes, stream: IO[bytes]) -> Iterator[str | SourceError]:
    """The lines of a file that is too large to be looked at as a whole, each decoded on its own."""
    if is_utf16(head):
        raise SourceError("a large file in UTF-16; save it as UTF-8")
    for line in read_lines(head, stream):
        try:
            if len(line) > MOST_BYTES:
                raise too_large("the line")
            yield decode(line) if line.strip() else ""
        except SourceError as error:
            yield error


def _choose_reader(suffix: str, text: str) -> Callable[[str], Iterator[Record | SourceError]] | None:
    if suffix in _JSON_LINES:
        return lambda text: read_json_lines(io.StringIO(text, newline="\n"))
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
            shown = record.id if len(record.id) <= _MOST_ID else f"{record.id[:40]}\u2026"
            yield SourceFailure(file.shown, f'record "{shown}": {error}')


def _complete(source: str, id: str, page: Page, published: str | None) -> Document:
    """The document of a page, with its blocks, and the title and date that its text shows if not known."""
    size = sum(len(part or "") for part in (page.text, page.title, page.url, source))
    if size > MOST_CHARACTERS:
        raise SourceError(
            f"an article of {size:,} characters; the longest that is read has {MOST_CHARACTERS:,}: "
            "split it, or give what it is made of as JSON Lines"
        )
    document = Document(clean_id(id), page.text, source, page.title, published, page.url)
    if not has_arabic(document.text):
        raise SourceError("holds no Arabic; diplograph reads Arabic news only")
    document = replace(document, blocks=find_blocks(document.text, document.title))
    if document.title is None:
        document = replace(document, title=_find_title(document))
    return document if published else replace(document, published=find_date(document.text))


def restore(id: str, text: str, title: str | None) -> Document:
    """The document as it was when it was read, from what a store keeps of it, which is all but the blocks.

    The title counts for the blocks only where it was given, and not found in the text.

    >>> restore("d", "\u0642\u0627\u0644 \u0643\u0644\u0645\u0629 \u0647\u0646\u0627.", None).blocks
    (Block(begin=0, end=13, kind='paragraph'),)
    """
    document = Document(id, text, blocks=find_blocks(text))
    if title is not None and title != _find_title(document):
        document = replace(document, blocks=find_blocks(text, title))
    return replace(document, title=title)


def _find_title(document: Document) -> str | None:
    """The headline that the article opens with."""
    first = next(iter(document.blocks), None)
    if first is None or first.kind != "headline":
        return None
    return " ".join(document.text[first.begin : first.end].split())


def clean_id(id: str) -> str:
    """The id without control characters and outer white space, fit for an IRI once it is percent-encoded.

    >>> clean_id(" 2021\\t/call ")
    '2021/call'

    Raises SourceError when nothing is left that could name a document.
    """
    cleaned = "".join("\ufffd" if unicodedata.category(sign) == "Cs" else sign for sign in id[: _MOST_ID + 1])
    cleaned = "".join(sign for sign in cleaned if unicodedata.category(sign) != "Cc").strip()
    if len(id) > _MOST_ID:
        raise SourceError(f"an id of {len(id):,} characters; write one of at most {_MOST_ID:,}")
    if not cleaned or any(part in ("", ".", "..") for part in cleaned.split("/")):
        raise SourceError(f"the id {id!r} cannot name a document; write a name of letters and digits")
    return cleaned
