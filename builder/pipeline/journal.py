"""The journal of a store: which runs wrote to it, and from which sources its documents came.

It is ``journal.sqlite`` beside the store. What is done is told by the store itself, where a document's graph names its
text, its parser and its extractor; the journal has what is in no graph: paths on this machine, what was removed, and
what each document says of people whom the gazetteer lacks, which the graph of actors has put together. Lost, it begins
anew: then nobody knows which documents came from a source until that is built again, so none of them counts as
withdrawn, and what was said of somebody stays until nobody names him.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from diplograph.events.records import read_thing, write_thing
from diplograph.model import Actor, StoreError
from diplograph.sources import readable
from diplograph.store import held_exclusively, mend

FILE = "journal.sqlite"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT, command TEXT, sources TEXT, started TEXT, ended TEXT,
    added INTEGER, changed INTEGER, unchanged INTEGER, removed INTEGER, failed INTEGER, events INTEGER
);
CREATE TABLE IF NOT EXISTS removals (run INTEGER, document TEXT, PRIMARY KEY (run, document)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS origins (
    source TEXT, document TEXT, file TEXT, PRIMARY KEY (source, document)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_document ON origins (document);
CREATE INDEX IF NOT EXISTS by_file ON origins (source, file);
CREATE TABLE IF NOT EXISTS sayings (
    document TEXT, actor TEXT, record TEXT, PRIMARY KEY (document, actor)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_actor ON sayings (actor);
"""


@dataclass(frozen=True, slots=True)
class Origin:
    """A source that a document came from, and its file: absolute paths, or ``-`` for standard input."""

    source: str
    document: str
    file: str


@dataclass(frozen=True, slots=True)
class Run:
    """A run that wrote to the store. ``state`` is done, running, or broken off; the counts are of documents, but for
    ``events``, which are those in the store afterwards."""

    number: int
    command: str
    sources: tuple[str, ...]
    started: str
    ended: str
    state: str
    added: int
    changed: int
    unchanged: int
    removed: int
    failed: int
    events: int


class Journal:
    """The journal of a store that is open for writing. Raises StoreError when it cannot be read or written."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / FILE
        try:
            self._db = self._open()
        except sqlite3.OperationalError as error:
            raise StoreError(f"{self._path} {mend(error, 'cannot be written')}") from error
        except sqlite3.DatabaseError:  # damaged; it begins anew
            self._path.replace(self._path.with_suffix(".damaged"))
            self._db = self._open()

    def _open(self) -> sqlite3.Connection:
        opened = sqlite3.connect(self._path, timeout=60)
        opened.execute(
            "PRAGMA journal_mode = WAL"
        )  # readers of the history do not wait, nor are they waited for
        opened.execute("PRAGMA synchronous = NORMAL")
        opened.executescript(_SCHEMA)
        return opened

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def begin(self, command: str, sources: Sequence[str]) -> int:
        """Notes that a run begins, and gives its number."""
        with self._writing():
            added = self._db.execute(
                "INSERT INTO runs (command, sources, started) VALUES (?, ?, ?)",
                (command, json.dumps(list(sources), ensure_ascii=False), _now()),
            )
        return int(added.lastrowid or 0)

    def end(
        self,
        run: int,
        *,
        added: int = 0,
        changed: int = 0,
        unchanged: int = 0,
        removed: int = 0,
        failed: int = 0,
        events: int,
    ) -> None:
        """Notes that a run ended, and what it did."""
        with self._writing():
            self._db.execute(
                "UPDATE runs SET ended = ?, added = ?, changed = ?, unchanged = ?, removed = ?, failed = ?, events = ?"
                " WHERE id = ?",
                (_now(), added, changed, unchanged, removed, failed, events, run),
            )

    def note_origins(self, origins: Iterable[Origin]) -> None:
        """Notes where documents come from, before they are in the store."""
        with self._writing():
            self._db.executemany(
                "INSERT INTO origins VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET file = excluded.file"
                " WHERE file != excluded.file",
                ((origin.source, origin.document, origin.file) for origin in origins),
            )

    def origins_in(self, source: str, files: Iterable[str] | None = None) -> list[Origin]:
        """The documents that came from a source, or only from these files of it."""
        if files is None:
            rows = self._db.execute("SELECT * FROM origins WHERE source = ?", (source,)).fetchall()
        else:
            query = "SELECT * FROM origins WHERE source = ? AND file = ?"
            rows = [row for file in files for row in self._db.execute(query, (source, file))]
        return [Origin(*row) for row in rows]

    def has_other_origin(self, origin: Origin) -> bool:
        """Whether a document came from another source, too."""
        found = self._db.execute(
            "SELECT 1 FROM origins WHERE document = ? AND source != ?", (origin.document, origin.source)
        )
        return found.fetchone() is not None

    def forget_origins(self, origins: Iterable[Origin]) -> None:
        """Notes that sources have these documents no more."""
        with self._writing():
            self._db.executemany(
                "DELETE FROM origins WHERE source = ? AND document = ?",
                ((origin.source, origin.document) for origin in origins),
            )

    def note_removed(self, run: int, documents: Iterable[str]) -> None:
        """Notes that a run removed documents; what else is known of them is forgotten."""
        with self._writing():
            for document in documents:
                self._db.execute("INSERT OR IGNORE INTO removals VALUES (?, ?)", (run, document))
                for table in ("origins", "sayings"):
                    self._db.execute(f"DELETE FROM {table} WHERE document = ?", (document,))

    def note_sayings(self, document: str, actors: Iterable[Actor]) -> None:
        """Notes how a document describes those whom no gazetteer describes, before it is in the store."""
        now = {actor.key: write_thing(actor) for actor in actors}
        query = "SELECT actor, record FROM sayings WHERE document = ?"
        if now == dict(self._db.execute(query, (document,))):
            return
        with self._writing():
            self._db.execute("DELETE FROM sayings WHERE document = ?", (document,))
            rows = ((document, key, record) for key, record in now.items())
            self._db.executemany("INSERT INTO sayings VALUES (?, ?, ?)", rows)

    def sayings_of(self, actor: str) -> dict[str, Actor]:
        """How documents describe an actor with this key, by their ids; among them documents that are gone."""
        rows = self._db.execute("SELECT document, record FROM sayings WHERE actor = ?", (actor,))
        found = {document: read_thing(record) for document, record in rows}
        return {document: thing for document, thing in found.items() if isinstance(thing, Actor)}

    def actors_with_sayings(self) -> tuple[str, ...]:
        """The keys of the actors that documents describe."""
        return tuple(key for (key,) in self._db.execute("SELECT DISTINCT actor FROM sayings"))

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            with self._db:
                yield
        except sqlite3.Error as error:
            raise StoreError(f"{self._path} {mend(error, 'cannot be written')}") from error


def origin_of(source: str | Path) -> str:
    """The name of a source in the journal: its absolute path, ``-`` for standard input; a path that is not UTF-8 as
    it is shown, since the journal is."""
    return "-" if str(source) == "-" else readable(str(Path(source).resolve()))


def read_runs(directory: Path) -> tuple[Run, ...]:
    """The runs that wrote to the store in this directory, the first one first; while another writes, too.

    Raises StoreError when the journal cannot be read.
    """
    rows = _read(directory, "SELECT * FROM runs ORDER BY id")
    with held_exclusively(directory) as nobody_writes:
        running = rows[-1][0] if rows and not nobody_writes else None
    return tuple(_run(row, running) for row in rows)


def read_removals(directory: Path) -> tuple[tuple[int, str], ...]:
    """The documents that were removed, each with the number of the run that did it. Raises StoreError."""
    return tuple(_read(directory, "SELECT run, document FROM removals ORDER BY run, document"))


def _run(row: tuple[Any, ...], running: int | None) -> Run:
    number, command, sources, started, ended, *counts = row
    state = "done" if ended else "running" if number == running else "broken off"
    return Run(
        number,
        command,
        tuple(json.loads(sources)),
        started,
        ended or "",
        state,
        *(count or 0 for count in counts),
    )


def _read(directory: Path, statement: str) -> list[tuple[Any, ...]]:
    path = directory / FILE
    if not path.exists():
        return []
    try:
        return _query(path, "mode=ro", statement)
    except sqlite3.OperationalError:  # a directory that is only to be read
        try:
            return _query(path, "immutable=1", statement)
        except sqlite3.Error as error:
            raise StoreError(f"{path} cannot be read: {error}") from error
    except sqlite3.Error as error:
        raise StoreError(f"{path} cannot be read: {error}; the next build begins it anew") from error


def _query(path: Path, how: str, statement: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?{how}", uri=True)) as opened:
        return opened.execute(statement).fetchall()


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
