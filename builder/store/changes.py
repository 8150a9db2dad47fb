"""What was written to a store, in the order of writing: for those who keep something that is made from its graphs.

It is a file of lines beside the store, each the name of a graph that is about to be replaced, ``*`` for a change of
no known extent, ``+`` for one of what is made from documents. It is written before the store, so that a process that is killed between the two has told too much and
never too little. Who reads it notes how far (a cursor), and begins there the next time. A cursor of another file (one
was lost, or cut short) says that nothing is known.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from pathlib import Path

FILE = "changes.log"
ANYTHING = "*"
MADE = "+"


class Changes:
    """The changes of the store in a directory; those of a store in memory (None) are not kept."""

    def __init__(self, directory: Path | None) -> None:
        self._path = None if directory is None else directory / FILE

    def mark(self, names: Iterable[str]) -> None:
        """Notes that these graphs are about to change. Raises OSError when that cannot be written."""
        if self._path is None:
            return
        with open(self._path, "ab") as file:
            end = file.tell()
            lines = "".join(f"{name}\n" for name in names)
            if not end:
                lines = f"{secrets.token_hex(8)}\n{lines}"
            elif not self._ends_in_a_line(end):
                lines = f"\n{ANYTHING}\n{lines}"  # somebody was killed while writing this
            try:
                file.write(lines.encode())
                file.flush()
            except OSError:
                os.ftruncate(file.fileno(), end)
                raise

    def cursor(self) -> str:
        """The cursor of now; none when there is no file."""
        if self._path is None or not self._path.exists():
            return ""
        return self.since("")[1]

    def since(self, cursor: str) -> tuple[frozenset[str] | None, str]:
        """The names that were marked since a cursor, None when that cannot be told; and the cursor of now."""
        if self._path is None:
            return None, ""
        if not self._path.exists():
            self.mark(())
        known, _, begin = cursor.rpartition(" ")
        with open(self._path, "rb") as file:
            file_id = file.readline().decode("ascii", "replace").strip()
            size = os.fstat(file.fileno()).st_size
            now = f"{file_id} {size}"
            if file_id != known or not begin.isdigit() or int(begin) > size:
                return None, now
            file.seek(int(begin))
            names = frozenset(file.read().decode("utf-8", "replace").split("\n")) - {""}
        return (None if ANYTHING in names else names), now

    def is_longer_than(self, size: int) -> bool:
        """Whether the file has more than so many bytes, so that it is time to :meth:`renew` it."""
        return self._path is not None and self._path.exists() and self._path.stat().st_size > size

    def prepare(self) -> str:
        """Makes an empty file that :meth:`renew` puts in the place of this one, and gives its cursor: to be noted by
        whoever reads, before."""
        assert self._path is not None
        file_id = secrets.token_hex(8)
        self._path.with_suffix(".new").write_text(f"{file_id}\n", encoding="ascii")
        return f"{file_id} {len(file_id) + 1}"

    def renew(self) -> None:
        """Begins anew with the file that was prepared."""
        assert self._path is not None
        self._path.with_suffix(".new").replace(self._path)

    def _ends_in_a_line(self, end: int) -> bool:
        assert self._path is not None
        with open(self._path, "rb") as file:
            file.seek(end - 1)
            return file.read(1) == b"\n"
