"""The directory of a store: the marker that says it is ours and how it is laid out, and the lock.

One process may write, or any number may read: Oxigraph leaves reading beside a writer undefined, so it is refused here.
The lock is the kernel's (``flock``): it goes when its process does, even by ``kill -9``.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from diplograph.model import StoreError, StoreLockedError

MARKER = "diplograph.json"
LOCK = "diplograph.lock"
UNPUBLISHED = "unpublished"
LAYOUT = 1


def prepare(directory: Path, base: str) -> None:
    """Makes the directory and marks it as ours before Oxigraph writes to it, so that no kill leaves it unmarked."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        if not (directory / MARKER).exists():
            if any(name for name in os.listdir(directory) if name != MARKER + ".new"):
                raise StoreError(
                    f"{directory} is not empty and not a diplograph store; name another directory"
                )
            fresh = directory / (MARKER + ".new")
            fresh.write_text(json.dumps({"layout": LAYOUT, "base": base}) + "\n", encoding="utf-8")
            fresh.replace(directory / MARKER)
        (directory / LOCK).touch()
    except OSError as error:
        raise StoreError(
            f"{directory} cannot be a store: {error.strerror or error}; mend that, or name another directory"
        ) from error


def check_marker(directory: Path, base: str) -> None:
    """Raises StoreError unless the directory is marked as ours, in this layout and with this base."""
    try:
        marker = json.loads((directory / MARKER).read_text(encoding="utf-8"))
        layout, made_with = marker["layout"], marker["base"]
    except (FileNotFoundError, NotADirectoryError) as error:
        hint = (
            "build one first, or name its directory" if not directory.exists() else "name another directory"
        )
        raise StoreError(f"{directory} is not a diplograph store; {hint}") from error
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise StoreError(
            f"{directory / MARKER} cannot be read ({error}); delete {directory} and build again"
        ) from error
    if layout != LAYOUT:
        raise StoreError(
            f"{directory} has layout {layout}, this diplograph reads {LAYOUT}; delete it and build again"
        )
    if made_with != base:
        raise StoreError(
            f"{directory} holds IRIs below {made_with}, not {base}; give that base, or name another directory"
        )


def take_lock(directory: Path, *, shared: bool) -> int:
    """A descriptor that holds the lock until it is closed; the writer leaves its process id in the file."""
    path = directory / LOCK
    try:
        lock = os.open(path, os.O_RDONLY if shared else os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        hint = "delete the store and build again" if shared else "give yourself the right to write to it"
        raise StoreError(f"{path} cannot be opened: {error.strerror}; {hint}") from error
    try:
        fcntl.flock(lock, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError as error:
        writer = os.read(lock, 32).decode("ascii", "replace").strip() if shared else ""
        os.close(lock)
        what = "being written" if shared else "in use"
        who = f"process {writer}" if writer else "another process"
        raise StoreLockedError(f"{directory} is {what} by {who}; wait for it to end, or stop it") from error
    if not shared:
        try:
            os.ftruncate(lock, 0)
            os.write(lock, f"{os.getpid()}\n".encode())
        except OSError:
            pass  # a full disk; the process id is for a message only
    return lock


@contextmanager
def held_exclusively(directory: Path) -> Iterator[bool]:
    """Holds the lock of a store as a writer does, without opening it; False when somebody else holds it."""
    lock = -1
    try:
        lock = os.open(directory / LOCK, os.O_RDWR)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        yield False
    else:
        yield True
    finally:
        if lock >= 0:
            os.close(lock)
