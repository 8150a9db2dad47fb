"""Which reports are of one event, kept in a small database so that a change costs no more than what it touches.

The rule (``consolidation``) is greedy: in the order of their precision, each report joins the first cluster with whose
every report it agrees, or opens one. So what becomes of a report depends on what became of the more precise ones that
it agrees with, and on nothing else; when a report comes, goes or moves, only some of the less precise ones have to be
decided again, and only those whose outcome can be another:

- it joined a cluster: those in it that do not agree with it;
- it opened a cluster: those that agree with it, and are in a later cluster;
- it left a cluster: those that agree with the one who opened it and did not agree with the one who left;
- it had opened the one it left: all who are in it.

Reports are decided in their order, each once, so the outcome is that of deciding them all from the beginning.
tests/test_clusters.py holds it against that.

The database is SQLite, a file or in memory. All in it can be made from the reports again.
"""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from diplograph.events.agreement import Kind, agree, kind_of
from diplograph.events.candidates import filed_under, searched, span_of, stretches
from diplograph.events.records import (
    name_of,
    read_kind,
    read_report,
    read_thing,
    write_kind,
    write_report,
    write_thing,
)
from diplograph.model import Actor, EventReport, Place

Row: TypeAlias = tuple[Any, ...]

LAYOUT = 1
_CACHED = 50_000  # kinds, of some kilobyte each
_SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS kinds (id INTEGER PRIMARY KEY, record TEXT UNIQUE);
CREATE TABLE IF NOT EXISTS files (
    file INTEGER, level INTEGER, first INTEGER, kind INTEGER, PRIMARY KEY (file, level, first, kind)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reports (
    id INTEGER PRIMARY KEY AUTOINCREMENT, document TEXT, position BLOB, kind INTEGER, cluster INTEGER, gone INTEGER DEFAULT 0,
    record TEXT
);
CREATE INDEX IF NOT EXISTS by_document ON reports (document);
CREATE INDEX IF NOT EXISTS by_position ON reports (position);
CREATE INDEX IF NOT EXISTS by_cluster ON reports (cluster, kind, position);
CREATE INDEX IF NOT EXISTS by_kind ON reports (kind, cluster, position);
CREATE INDEX IF NOT EXISTS openers ON reports (kind, position) WHERE cluster = id;
CREATE TABLE IF NOT EXISTS touched (cluster INTEGER PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS events (cluster INTEGER PRIMARY KEY, key TEXT) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_key ON events (key);
CREATE TABLE IF NOT EXISTS due (key TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS things (name TEXT PRIMARY KEY, record TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS documents (id TEXT PRIMARY KEY, things TEXT) WITHOUT ROWID;
"""
_STRETCHES = " UNION ".join(
    f"SELECT kind FROM files WHERE file = ?1 AND level = {level} AND first BETWEEN ?{2 * n + 2} AND ?{2 * n + 3}"
    for n, level in enumerate(range(7))
)
_KINDS_IN = f"SELECT kind FROM ({_STRETCHES})"
_OPENERS_IN = f"SELECT position, id, kind FROM reports JOIN ({_STRETCHES}) USING (kind) WHERE cluster = id AND position < ?16"
# The different values of a column of an index, by as many steps as there are values.
_KINDS_OF = """WITH RECURSIVE found (kind) AS (
    SELECT MIN(kind) FROM reports WHERE cluster = ?1
    UNION ALL SELECT (SELECT MIN(kind) FROM reports WHERE cluster = ?1 AND kind > found.kind) FROM found
    WHERE found.kind IS NOT NULL
) SELECT kind FROM found WHERE kind IS NOT NULL"""
_CLUSTERS_OF = """WITH RECURSIVE found (cluster) AS (
    SELECT MIN(cluster) FROM reports WHERE kind = ?1
    UNION ALL SELECT (SELECT MIN(cluster) FROM reports WHERE kind = ?1 AND cluster > found.cluster) FROM found
    WHERE found.cluster IS NOT NULL
) SELECT cluster FROM found WHERE cluster IS NOT NULL"""


def position_of(report: EventReport) -> bytes:
    """Where a report stands in the order: the more precise first, then by document and number."""
    values = report.values
    precision = bytes([255 - len(values.start_date or "")]) + (2**32 - 1 - len(values.actors())).to_bytes(
        4, "big"
    )
    return (
        precision
        + report.document.encode("utf-8", "surrogatepass")
        + b"\0"
        + report.number.to_bytes(4, "big")
    )


class Clusters:
    """Reports and their clusters. A cluster is named by the number of the report that opened it.

    ``path`` is the file, None for one in memory; a ``throwaway`` is made quickly, and worthless when it was not closed.
    Raises sqlite3.Error.
    """

    def __init__(self, path: Path | None, *, throwaway: bool = False) -> None:
        self._db = sqlite3.connect(":memory:" if path is None else path, isolation_level=None)
        self._kinds: dict[int, Kind] = {}
        self._known: dict[str, Actor | Place] = {}
        self._queue: list[tuple[bytes, int, int]] = []  # position, 0 for one that goes, id
        self._queued: set[int] = set()
        self._db.execute("PRAGMA cache_size = -65536")
        self._db.execute(f"PRAGMA journal_mode = {'OFF' if throwaway else 'WAL'}")
        self._db.execute(f"PRAGMA synchronous = {'OFF' if throwaway else 'NORMAL'}")
        self._db.execute("BEGIN IMMEDIATE")
        for statement in _SCHEMA.split(";"):
            self._db.execute(statement)

    def close(self) -> None:
        """Closes the database; what was not committed is as if it had not been."""
        self._db.close()

    def commit(self) -> None:
        """Makes all that was done last."""
        self._db.execute("COMMIT")
        self._db.execute("BEGIN IMMEDIATE")

    def __len__(self) -> int:
        """How many reports there are."""
        return self._count("reports")

    def count_events(self) -> int:
        """How many events there are."""
        return self._count("events")

    # --- Facts -------------------------------------------------------------------------------------------------------

    def fact(self, name: str) -> str:
        """What was noted under a name; nothing when it was not."""
        return str(self._one("SELECT value FROM facts WHERE name = ?", name) or "")

    def note(self, name: str, value: str) -> None:
        """Notes something that belongs to the state of the database."""
        self._db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    # --- Actors and places -------------------------------------------------------------------------------------------

    def describe(self, things: Iterable[Actor | Place]) -> list[Actor | Place]:
        """Says who and where these are, and gives those of whom something else was said before: what reports of them
        agree with can be another then."""
        changed = []
        for thing in things:
            name, record = name_of(thing), write_thing(thing)
            before = self._one("SELECT record FROM things WHERE name = ?", name)
            if before == record:
                continue
            self._db.execute("INSERT OR REPLACE INTO things VALUES (?, ?)", (name, record))
            self._known[name] = thing
            if before is not None:
                changed.append(thing)
                self._kinds.clear()
        return changed

    def note_named(self, document: str, names: Iterable[str]) -> frozenset[str]:
        """Says whom and what a document names, and gives what it named before."""
        before = self.named_by(document)
        now = " ".join(sorted(names))
        if now:
            self._db.execute("INSERT OR REPLACE INTO documents VALUES (?, ?)", (document, now))
        else:
            self._db.execute("DELETE FROM documents WHERE id = ?", (document,))
        return before

    def named_by(self, document: str) -> frozenset[str]:
        """Whom and what a document named when that was noted last."""
        return frozenset(str(self._one("SELECT things FROM documents WHERE id = ?", document) or "").split())

    def _things(self, name: str) -> Actor | Place:
        found = self._known.get(name)
        if found is None:
            record = self._one("SELECT record FROM things WHERE name = ?", name)
            found = self._known[name] = read_thing(str(record))
        return found

    # --- Reports come and go -----------------------------------------------------------------------------------------

    def replace(
        self, document: str, reports: Iterable[tuple[str | None, EventReport]], *, anew: bool = False
    ) -> bool:
        """Says what a document reports now, and whether that is another than before; :meth:`settle` draws the
        conclusions. With ``anew`` they are drawn of what stayed the same, too."""
        wanted = {write_report(published, report): (published, report) for published, report in reports}
        changed = False
        for id, position, record in self._rows(
            "SELECT id, position, record FROM reports WHERE document = ? AND NOT gone", document
        ):
            if anew or wanted.pop(record, None) is None:
                self._db.execute("UPDATE reports SET gone = 1 WHERE id = ?", (id,))
                self._enqueue(position, 0, id)
                changed = True
        for record, (published, report) in wanted.items():
            position, kind = position_of(report), self._intern(kind_of(published, report.values))
            added = self._db.execute(
                "INSERT INTO reports (document, position, kind, record) VALUES (?, ?, ?, ?)",
                (document, position, kind, record),
            )
            self._enqueue(position, 1, int(added.lastrowid or 0))
            changed = True
        return changed

    def fill(self, reports: Iterable[tuple[str | None, EventReport]]) -> None:
        """Takes all reports into an empty database; :meth:`settle_all` draws the conclusions."""
        self._db.executemany(
            "INSERT INTO reports (document, position, kind, record) VALUES (?, ?, ?, ?)",
            (
                (
                    report.document,
                    position_of(report),
                    self._intern(kind_of(published, report.values)),
                    write_report(published, report),
                )
                for published, report in reports
            ),
        )

    # --- Deciding ----------------------------------------------------------------------------------------------------

    def settle_all(self) -> None:
        """Decides every report, in order, from the beginning."""
        last = b""
        while rows := self._rows(
            "SELECT position, id, document, kind FROM reports WHERE position > ? ORDER BY position LIMIT 1000",
            last,
        ):
            for position, id, document, kind in rows:
                cluster = self._decide(position, document, kind) or id
                self._db.execute("UPDATE reports SET cluster = ? WHERE id = ?", (cluster, id))
                last = position
        self._db.execute("INSERT OR IGNORE INTO touched SELECT id FROM reports WHERE cluster = id")

    def settle(self) -> int:
        """Decides the reports that came, and again those whose outcome can be another; gives how many those were."""
        decided = 0
        while self._queue:
            position, stays, id = heapq.heappop(self._queue)
            self._queued.discard(id)
            ((document, kind, before),) = self._rows(
                "SELECT document, kind, cluster FROM reports WHERE id = ?", id
            )
            decided += 1
            if stays:
                now = self._decide(position, document, kind) or id
                if now == before:
                    continue
                self._db.execute("UPDATE reports SET cluster = ? WHERE id = ?", (now, id))
            else:
                now = None
                self._db.execute("DELETE FROM reports WHERE id = ?", (id,))
            for cluster in {before, now} - {None}:
                self._db.execute("INSERT OR IGNORE INTO touched VALUES (?)", (cluster,))
            if before is not None:
                self._after_leaving(before, id, position, document, kind)
            if now == id:
                self._after_opening(position, kind)
            elif now is not None:
                self._after_joining(now, position, document, kind)
        return decided

    def _decide(self, position: bytes, document: str, kind: int) -> int | None:
        """The first cluster with whose every earlier report one of this kind agrees; None when there is none."""
        mine = self._kind(kind)
        found: set[tuple[bytes, int, int]] = set()
        for query in self._searches(mine):
            found.update(self._rows(_OPENERS_IN, *query, position))
        for _, cluster, its_kind in sorted(found):
            if agree(mine, self._kind(its_kind)) and self._is_open_to(cluster, position, document, mine):
                return cluster
        return None

    def _is_open_to(self, cluster: int, position: bytes, document: str, kind: Kind) -> bool:
        if self._one(
            "SELECT 1 FROM reports WHERE document = ? AND cluster = ? AND position < ?",
            document,
            cluster,
            position,
        ):
            return False
        return all(
            agree(kind, self._kind(other)) or not self._has_earlier(cluster, other, position)
            for (other,) in self._rows(_KINDS_OF, cluster)
        )

    def _has_earlier(self, cluster: int, kind: int, position: bytes) -> bool:
        return bool(
            self._one(
                "SELECT 1 FROM reports WHERE cluster = ? AND kind = ? AND position < ?",
                cluster,
                kind,
                position,
            )
        )

    # --- What follows from a decision --------------------------------------------------------------------------------

    def _after_joining(self, cluster: int, position: bytes, document: str, kind: int) -> None:
        mine = self._kind(kind)
        for (other,) in self._rows(_KINDS_OF, cluster):
            if not agree(mine, self._kind(other)):
                self._enqueue_where("cluster = ? AND kind = ? AND position > ?", cluster, other, position)
        self._enqueue_where("document = ? AND cluster = ? AND position > ?", document, cluster, position)

    def _after_opening(self, position: bytes, kind: int) -> None:
        mine = self._kind(kind)
        for other in self._neighbours(mine):
            self._enqueue_later(other, position, position)

    def _after_leaving(self, cluster: int, id: int, position: bytes, document: str, kind: int) -> None:
        if cluster == id:
            self._enqueue_where("cluster = ? AND position > ?", cluster, position)
            return
        opener = self._rows("SELECT position, kind FROM reports WHERE id = ? AND cluster = id", cluster)
        if not opener:
            return
        ((opened, its_kind),) = opener
        mine = self._kind(kind)
        for other in self._neighbours(self._kind(its_kind)):
            if not agree(mine, self._kind(other)):
                self._enqueue_later(other, position, opened)
        self._enqueue_where("document = ? AND position > ?", document, position)

    def _enqueue_later(self, kind: int, position: bytes, opened: bytes) -> None:
        """Those of a kind after a position that are in a cluster which was opened later than at another."""
        for (cluster,) in self._rows(_CLUSTERS_OF, kind):
            its_position = self._one("SELECT position FROM reports WHERE id = ? AND cluster = id", cluster)
            if its_position is None or its_position > opened:
                self._enqueue_where("kind = ? AND cluster = ? AND position > ?", kind, cluster, position)

    def _enqueue_where(self, condition: str, *values: object) -> None:
        for position, stays, id in self._rows(
            f"SELECT position, NOT gone, id FROM reports WHERE {condition}", *values
        ):
            self._enqueue(position, stays, id)

    def _enqueue(self, position: bytes, stays: int, id: int) -> None:
        if id not in self._queued:
            self._queued.add(id)
            heapq.heappush(self._queue, (position, stays, id))

    # --- Kinds -------------------------------------------------------------------------------------------------------

    def _intern(self, kind: Kind) -> int:
        record = write_kind(kind)
        known = self._one("SELECT id FROM kinds WHERE record = ?", record)
        if known is not None:
            return int(known)
        added = self._db.execute("INSERT INTO kinds (record) VALUES (?)", (record,))
        id = int(added.lastrowid or 0)
        span = span_of(kind)
        if span is not None:
            self._db.executemany(
                "INSERT INTO files VALUES (?, ?, ?, ?)",
                ((file, span.level, span.first, id) for file in filed_under(kind)),
            )
        return id

    def _kind(self, id: int) -> Kind:
        found = self._kinds.get(id)
        if found is None:
            if len(self._kinds) >= _CACHED:
                self._kinds.clear()
            record = self._one("SELECT record FROM kinds WHERE id = ?", id)
            found = self._kinds[id] = read_kind(str(record), self._things)
        return found

    def _searches(self, kind: Kind) -> Iterator[tuple[int, ...]]:
        """The parameters of each search for kinds that can agree with one."""
        span = span_of(kind)
        if span is not None:
            days = [day for _, first, last in stretches(span) for day in (first, last)]
            for file in searched(kind):
                yield (file, *days)

    def _neighbours(self, kind: Kind) -> list[int]:
        """The kinds that agree with one, in no order."""
        found = {id for query in self._searches(kind) for (id,) in self._rows(_KINDS_IN, *query)}
        return [id for id in found if agree(kind, self._kind(id))]

    # --- Looking -----------------------------------------------------------------------------------------------------

    def touched(self) -> Iterator[tuple[int, list[tuple[str | None, EventReport]]]]:
        """The clusters that changed since :meth:`forget_touched`, with the reports that are in them now."""
        for (cluster,) in self._walk(
            "SELECT cluster FROM touched WHERE cluster > ? ORDER BY cluster LIMIT 1000", -1
        ):
            yield cluster, self.members(cluster)

    def forget_touched(self) -> None:
        """Says that all changes of clusters were dealt with."""
        self._db.execute("DELETE FROM touched")

    def name_event(self, cluster: int, key: str | None) -> None:
        """Says which event a cluster is, None for one that is no more; the event, and the one it was before, are due
        to be written."""
        before = self._one("SELECT key FROM events WHERE cluster = ?", cluster)
        if key is None:
            self._db.execute("DELETE FROM events WHERE cluster = ?", (cluster,))
        else:
            self._db.execute("INSERT OR REPLACE INTO events VALUES (?, ?)", (cluster, key))
        self.note_due(str(name) for name in {before, key} - {None})

    def note_due(self, keys: Iterable[str]) -> None:
        """Says that the graph may not have these events as they are here."""
        self._db.executemany("INSERT OR IGNORE INTO due VALUES (?)", ((key,) for key in keys))

    def due(self) -> Iterator[tuple[str, list[list[tuple[str | None, EventReport]]]]]:
        """The keys of the events that are due to be written, each with its reports (twice, should two events have one
        key); without any, when there is no such event."""
        for (key,) in self._walk("SELECT key FROM due WHERE key > ? ORDER BY key LIMIT 1000", ""):
            clusters = self._rows("SELECT cluster FROM events WHERE key = ? ORDER BY cluster", key)
            yield key, [self.members(cluster) for (cluster,) in clusters]

    def forget_due(self) -> None:
        """Says that all events were written."""
        self._db.execute("DELETE FROM due")

    def members(self, cluster: int) -> list[tuple[str | None, EventReport]]:
        """The reports in a cluster, in order; none when there is no such cluster."""
        rows = self._rows("SELECT record FROM reports WHERE cluster = ? ORDER BY position", cluster)
        return [read_report(record, self._things) for (record,) in rows]

    def _walk(self, statement: str, begin: object) -> Iterator[Row]:
        """Rows in the order of their first column, a thousand at a time, which may change meanwhile."""
        while rows := self._rows(statement, begin):
            yield from rows
            begin = rows[-1][0]

    def _count(self, table: str) -> int:
        return int(self._rows(f"SELECT COUNT(*) FROM {table}")[0][0])

    def _one(self, statement: str, *values: object) -> Any:
        row = self._db.execute(statement, values).fetchone()
        return None if row is None else row[0]

    def _rows(self, statement: str, *values: object) -> Sequence[Row]:
        return self._db.execute(statement, values).fetchall()
