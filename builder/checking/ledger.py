"""What is known of modules from earlier runs, so that only what changed is reasoned over again.

A module is known by the hash of what it says, together with that of the ontology, the reasoner and its settings: whatever
changes, it is another module. So nothing here can be out of date, and the file can be deleted at any time. It is kept in
the store's directory, beside what is Oxigraph's.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

FILE = "checked.sqlite"

Types = tuple[tuple[str, str], ...]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS consistent (key TEXT PRIMARY KEY, setting TEXT NOT NULL, types TEXT NOT NULL);
"""


class Ledger:
    """The modules known to be consistent, with their individuals' classes, under one setting.

    ``path`` is None for one that is forgotten. A file that cannot be read or written is done without: then
    :attr:`fault` says why.

    >>> with Ledger(None, "ontology and reasoner") as ledger:
    ...     ledger.add({"some hash": ()})
    ...     ledger.find("some hash")
    ()
    """

    def __init__(self, path: Path | None, setting: str) -> None:
        self.fault = ""
        self._setting = hashlib.sha256(setting.encode("utf-8")).hexdigest()
        self._used: set[str] = set()
        try:
            self._open(path)
        except sqlite3.Error as error:
            self.fault = f"{path} cannot be used ({error}), so nothing is remembered"
            self._open(None)

    def _open(self, path: Path | None) -> None:
        self._database = sqlite3.connect(path or ":memory:", timeout=10)
        self._database.executescript(_SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    def _key(self, hash: str) -> str:
        return hashlib.sha256(f"{self._setting} {hash}".encode()).hexdigest()

    def find(self, hash: str) -> Types | None:
        """The classes of a module's individuals (individual, class); None when it is not known to be consistent."""
        key = self._key(hash)
        row = self._database.execute("SELECT types FROM consistent WHERE key = ?", [key]).fetchone()
        if row is None:
            return None
        self._used.add(key)
        return tuple((individual, cls) for individual, cls in json.loads(row[0]))

    def add(self, modules: dict[str, Types]) -> None:
        """Remembers modules, by their hash, as consistent."""
        rows = [(self._key(hash), self._setting, json.dumps(types)) for hash, types in modules.items()]
        self._used.update(key for key, _, _ in rows)
        try:
            with self._database:
                self._database.executemany("INSERT OR REPLACE INTO consistent VALUES (?, ?, ?)", rows)
        except sqlite3.Error as error:
            self.fault = f"what was checked cannot be remembered: {error}"

    def forget_others(self) -> None:
        """Forgets what was neither found nor added here: modules that are no more, and those of other settings."""
        try:
            with self._database:
                known = self._database.execute("SELECT key FROM consistent").fetchall()
                gone: Iterable[tuple[str]] = [row for row in known if row[0] not in self._used]
                self._database.executemany("DELETE FROM consistent WHERE key = ?", gone)
        except sqlite3.Error as error:
            self.fault = f"what was checked cannot be remembered: {error}"
