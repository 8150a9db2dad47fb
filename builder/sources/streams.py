"""Files as streams of bounded size: whole where they are small, line by line where they are not.

What is one document (a text, a page, a JSON value) has to be in memory at once, and is refused when it is larger than
any article. JSON Lines and CoNLL-U hold any number of documents, and are read one after the other, however large the
file. Sizes are those of the unpacked bytes, so that a small gzip file cannot become a large one in memory.
"""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, cast

from diplograph.model import SourceError

MOST_BYTES = 16 * 1024 * 1024
"""The largest file that is one document, and the largest record of a file of many: pages of news have some 0.1 MB."""

MOST_CHARACTERS = 1_000_000
"""The longest text of a document: that of a long novel, some minutes of parsing."""

_GZIP = b"\x1f\x8b"
_PIECE = 1024 * 1024


@contextmanager
def open_source(path: Path | None, stdin: BinaryIO | None = None) -> Iterator[IO[bytes]]:
    """The bytes of a file, or of standard input, unpacked as they are read where they are gzip.

    Raises OSError when it cannot be read, SourceError (whoever reads it) when it is gzip and damaged::

        with open_source(Path("articles.jsonl.gz")) as stream:
            head = read_head(stream)
    """
    raw = (stdin or sys.stdin.buffer) if path is None else path.open("rb")
    try:
        stream = raw if isinstance(raw, io.BufferedReader) else io.BufferedReader(cast(io.RawIOBase, raw))
        packed = stream.peek(len(_GZIP))[: len(_GZIP)] == _GZIP
        yield cast(IO[bytes], gzip.GzipFile(fileobj=stream)) if packed else stream
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise SourceError(f"damaged gzip: {error}; copy the file again") from error
    finally:
        if path is not None:
            raw.close()


def read_head(stream: IO[bytes]) -> bytes:
    """The first MOST_BYTES of a stream, and one more where it goes on: then it is too large to be one document."""
    pieces = []
    wanted = MOST_BYTES + 1
    while wanted and (piece := stream.read(wanted)):
        pieces.append(piece)
        wanted -= len(piece)
    return b"".join(pieces)


def read_lines(head: bytes, stream: IO[bytes]) -> Iterator[bytes]:
    """The lines of a stream of which the head was read, with their ends; a line longer than MOST_BYTES is cut there.

    >>> [len(line) for line in read_lines(b"one\\ntw", io.BytesIO(b"o\\nthree"))]
    [4, 4, 5]
    """
    line, skipped = b"", False
    for source in (io.BytesIO(head), stream):
        while piece := source.readline(_PIECE):
            if not skipped:
                line += piece
                if len(line) > MOST_BYTES or piece.endswith(b"\n"):
                    yield line[: MOST_BYTES + 1]
                    line, skipped = b"", True
            skipped = skipped and not piece.endswith(b"\n")
    if line:
        yield line


def too_large(what: str) -> SourceError:
    """The error for what is larger than anything that is read in one piece."""
    return SourceError(
        f"{what} has more than {MOST_BYTES // 1024**2} MB; diplograph reads articles, "
        "and JSON Lines of any length with an article a line"
    )
