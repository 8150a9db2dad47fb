"""Files that appear whole or not at all: compressed by name, in parts of a size, with their checksums."""

from __future__ import annotations

import gzip
import hashlib
import sys
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import IO, cast

from diplograph.model import StoreError

_BLOCK = 1_000_000
UNFINISHED = ".part"
GZIP, ZSTD = ".gz", ".zst"


class Output:
    """Where an export goes: a stream, a file, or a file in parts of at most ``split`` bytes before compression.

    It is itself a writable stream, of the part at hand. Made by :func:`open_output`.
    """

    def __init__(self, target: Path | IO[bytes], split: int | None = None) -> None:
        self._target = target
        self._split = split
        self._stack = ExitStack()
        self._stream: IO[bytes] | None = None
        self.files: list[Path] = []
        self._written = 0

    @property
    def full(self) -> bool:
        """Whether the next thing to write belongs into another part."""
        return self._split is not None and self._written >= self._split

    def write(self, block: bytes) -> int:
        """Writes to the part at hand; opens the first."""
        if self._stream is None:
            self._open()
        self._written += len(block)
        cast(IO[bytes], self._stream).write(block)
        return len(block)

    def flush(self) -> None:
        """Nothing to do: files are flushed when they are closed, streams by those they belong to."""

    def write_lines(self, lines: Iterable[bytes]) -> int:
        """Writes lines, opening a part whenever a line would not fit into the one at hand; says how many."""
        count = 0
        limit = self._split or sys.maxsize
        for line in lines:
            if self._written + len(line) > limit and self._written:
                self.next_part()
            self.write(line)
            count += 1
        if not count:
            self.write(b"")
        return count

    def next_part(self) -> None:
        """Closes the part at hand; what is written next opens another."""
        self._stack.close()
        self._stack = ExitStack()
        self._stream = None
        self._written = 0

    def _open(self) -> None:
        if not isinstance(self._target, Path):
            self._stream = self._target
            return
        path = self._target if self._split is None else number_part(self._target, len(self.files) + 1)
        self.files.append(path)
        file = self._stack.enter_context(unfinished(path).open("wb"))
        self._stream = self._stack.enter_context(_compress(file, path.suffix))

    def finish(self) -> None:
        """Gives all files their names."""
        self.next_part()
        for path in self.files:
            unfinished(path).replace(path)

    def abandon(self) -> None:
        """Removes what was not finished."""
        with suppress(OSError):  # on a full disk the last bytes have no room either; why is known by then
            self._stack.close()
        for path in self.files:
            unfinished(path).unlink(missing_ok=True)


@contextmanager
def open_output(target: Path | IO[bytes], split: int | None = None) -> Iterator[Output]:
    """An output whose files take their names when all of them are complete, and are removed when something fails.

    Raises StoreError when they cannot be written.
    """
    output = Output(target, split)
    try:
        yield output
        output.finish()
    except OSError as error:
        if isinstance(error, BrokenPipeError) or not isinstance(target, Path) or error.errno is None:
            raise  # without a number it is the store's, which cannot be read
        raise StoreError(
            f"{target} cannot be written: {error.strerror or error}; make room, or name another file"
        ) from error
    finally:
        output.abandon()


def number_part(path: Path, number: int) -> Path:
    """The name of a part.

    >>> number_part(Path("graph.nq.gz"), 2).name
    'graph.0002.nq.gz'
    """
    stem, dot, ending = path.name.partition(".")
    return path.with_name(f"{stem}.{number:04d}{dot}{ending}")


def unfinished(path: Path) -> Path:
    """The name of a file as long as it is not complete."""
    return path.with_name(path.name + UNFINISHED)


@contextmanager
def _compress(file: IO[bytes], suffix: str) -> Iterator[IO[bytes]]:
    """The stream that compresses into a file as the end of its name says, without a time in it."""
    if suffix == GZIP:
        with gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=6, mtime=0) as zipped:
            yield cast(IO[bytes], zipped)
    elif suffix == ZSTD:
        with _find_zstd().ZstdFile(file, "wb") as packed:
            yield packed
    else:
        yield file


def is_packed(path: Path) -> bool:
    """Whether a file is compressed, by the end of its name."""
    return path.suffix in (GZIP, ZSTD)


@contextmanager
def unpack(path: Path) -> Iterator[IO[bytes]]:
    """What a file has, unpacked as it is read, where the end of its name says that it is compressed.

    Raises OSError when it cannot be read, or is damaged.
    """
    with path.open("rb") as file:
        if path.suffix == GZIP:
            damage: tuple[type[Exception], ...] = (EOFError, zlib.error)
            stream = cast(IO[bytes], gzip.GzipFile(fileobj=file))
        elif path.suffix == ZSTD:
            zstd = _find_zstd()
            damage = (EOFError, zstd.ZstdError)
            stream = zstd.ZstdFile(file)
        else:
            damage, stream = (), file
        try:
            yield stream
        except damage as error:
            raise OSError(f"{path.name} is damaged ({error})") from error


def _find_zstd() -> ModuleType:
    """The module for zstd, which Python has from 3.14 on."""
    return import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")


def checksum(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    hash = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            hash.update(block)
    return hash.hexdigest()


def write_checksums(files: Iterable[Path], target: Path) -> None:
    """Writes the checksums of files (in the same folder) as ``sha256sum --check`` reads them."""
    lines = [f"{checksum(path)}  {path.name}\n" for path in files]
    with open_output(target) as output:
        output.write("".join(lines).encode())
