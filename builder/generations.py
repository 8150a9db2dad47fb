"""Generations: whole, frozen copies of a store, for those who read while somebody writes.

Oxigraph leaves reading beside a writer undefined, so nobody who serves a store reads the store itself. Whoever writes
ends by making a generation: a backup by hard links in ``STORE/generations/NAME``, which costs no space until the store
changes, or it is compacted. It gets its name by one rename when it is complete, so the newest name is always a whole graph,
the graph that a reader goes on reading until it asks for the newest again. A reader holds the shared lock of its generation
(as of any store), and those that nobody holds are removed when a newer one is there.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from pyoxigraph import Quad

from diplograph.model import StoreError
from diplograph.quads import shared_graph
from diplograph.store import LOCK, MARKER, Store, held_exclusively, mend

FOLDER = "generations"
_CURSOR = "described-at"  # what the store's changes came to when a generation was described
_ATTEMPTS = 5
_LARGE = 512 << 20  # bytes, beyond which a generation is not worth being written anew

Describe = Callable[[Store], Iterable[Quad]]


def names(directory: Path) -> tuple[str, ...]:
    """The names of the generations of a store that are whole, the oldest first."""
    try:
        return tuple(sorted(name for name in os.listdir(directory / FOLDER) if name[0].isdigit()))
    except FileNotFoundError:
        return ()


def newest(directory: Path) -> Path:
    """Where the newest generation of a store is. Raises StoreError when it has none."""
    known = names(directory)
    if not known:
        raise StoreError(f"{directory} has no generation to read; build it once more")
    return directory / FOLDER / known[-1]


def open_newest(directory: Path, *, base: str) -> Store:
    """The newest generation, open for reading. Raises StoreError when there is none that can be read."""
    for _ in range(_ATTEMPTS):
        path = newest(directory)
        try:
            return Store.open(path, read_only=True, base=base)
        except StoreError as error:
            failure = error  # removed between the look and the opening: then there is a newer one
    raise failure


def publish(store: Store, describe: Describe | None = None, *, compact: bool = False) -> Path:
    """Makes a generation of a store that is open for writing, and removes those that nobody reads any more.

    ``describe`` gives the quads of the graph ``description``, which a generation has beside those of the store: what is
    said of it. Without it they are those of the generation before. With ``compact`` its files are written anew, in order,
    unless they are large: that takes space and time, and makes queries quicker. Raises StoreError when it cannot be written.
    """
    if store.directory is None:
        raise StoreError("a store in memory has no generations")
    folder = store.directory / FOLDER
    known = names(store.directory)
    number = int(known[-1].partition("-")[0]) + 1 if known else 1
    name = f"{number:06d}-{time.time_ns():x}"  # the time keeps a store that was made anew from taking an old name
    unfinished = folder / f".{name}"
    try:
        folder.mkdir(exist_ok=True)
        sweep(store.directory)
        store.inner.backup(str(unfinished))
        shutil.copyfile(store.directory / MARKER, unfinished / MARKER)
        (unfinished / LOCK).touch()
        small = sum(entry.stat().st_size for entry in os.scandir(unfinished)) <= _LARGE
        with Store.open(unfinished, base=store.base) as copy:
            copy.inner.extend(describe(copy) if describe is not None else _said_before(store))
            if describe is not None:
                (unfinished / _CURSOR).write_text(store.changes.cursor(), encoding="ascii")
            if compact and small:
                copy.inner.optimize()  # else each look into the store is one into what was said of it as well
            else:
                copy.inner.flush()  # readers would otherwise read it from the journal, each into its own memory
        unfinished.rename(folder / name)
        store.note_published()
    except (OSError, RuntimeError) as error:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise StoreError(f"{folder} {mend(error, 'cannot be written')}") from error
    prune(store.directory)
    return folder / name


def is_newest(store: Store) -> bool:
    """Whether the newest generation was described when the store was as it was when it was opened."""
    if store.directory is None or not store.opened_at or not names(store.directory):
        return False
    path = newest(store.directory) / _CURSOR
    return path.exists() and path.read_text(encoding="ascii") == store.opened_at


def _said_before(store: Store) -> list[Quad]:
    """What the newest generation of a store says of itself."""
    assert store.directory is not None
    if not names(store.directory):
        return []
    with open_newest(store.directory, base=store.base) as before:
        return list(before.quads(shared_graph("description", base=store.base)))


def publish_current(directory: Path, describe: Describe | None = None, *, base: str) -> Path:
    """Makes a compact generation of a store as it is now; where that cannot be had (somebody is writing to it, or it is in a
    place that is only to be read), the newest that there is will do.

    Raises StoreLockedError when it is being written for the first time, StoreError when there is no store.
    """
    if not names(directory):
        Store.open(
            directory, read_only=True, base=base
        ).close()  # a writer would make a store where there is none
    try:
        with Store.open(directory, base=base) as store:
            return publish(store, describe, compact=True)
    except StoreError:
        if not names(directory):
            raise
        return newest(directory)


def sweep(directory: Path) -> None:
    """Removes what a publisher that was killed left; only for who holds the store for writing, so that there is no other."""
    for left in (directory / FOLDER).glob(".*"):
        shutil.rmtree(left, ignore_errors=True)


def prune(directory: Path) -> None:
    """Removes all generations but the newest, if nobody reads them."""
    folder = directory / FOLDER
    known = names(directory)
    for name in known[:-1]:
        with held_exclusively(folder / name) as nobody_reads:
            if nobody_reads:
                gone = (folder / name).rename(folder / f".{name}.gone")
                shutil.rmtree(gone, ignore_errors=True)
