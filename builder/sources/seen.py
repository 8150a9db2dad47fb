"""Which ids were there already, and with which text: on disk, so that a million documents cost no memory."""

from __future__ import annotations

import sqlite3
from hashlib import sha256

from diplograph.model import Document, SourceError


class Seen:
    """The documents that were read so far, by id.

    They are kept in a temporary database of SQLite, which holds some megabytes of it in memory, writes the rest to a
    file of its own, and removes that when it is closed, or its process ends.

    >>> seen = Seen()
    >>> seen.is_new(Document("a", "text"), "a.txt"), seen.is_new(Document("a", "text"), "copy.txt")
    (True, False)
    """

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("CREATE TABLE seen (id BLOB PRIMARY KEY, text BLOB, shown TEXT) WITHOUT ROWID")

    def is_new(self, document: Document, shown: str) -> bool:
        """Whether this id comes for the first time; ``shown`` is the name of its file in messages.

        Raises SourceError when it was there with another text.
        """
        id = sha256(document.id.encode("utf-8", "surrogatepass")).digest()[:16]
        text = sha256(document.text.encode("utf-8", "surrogatepass")).digest()[:16]
        found = self._database.execute("SELECT text, shown FROM seen WHERE id = ?", (id,)).fetchone()
        if found is None:
            self._database.execute("INSERT INTO seen VALUES (?, ?, ?)", (id, text, shown))
            return True
        if found[0] != text:
            raise SourceError(
                f'the id "{document.id}" is taken by another text, in {found[1]}; give one of them another'
            )
        return False
