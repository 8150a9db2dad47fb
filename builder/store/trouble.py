"""What Oxigraph and SQLite raise when a store is damaged or has no room, and what helps."""

from __future__ import annotations

_FULL = "database or disk is full"
_UNBORN = (
    "Inserts are only possible",
    "Column family not found",
)  # what RocksDB says of a database half made
_FORBIDDEN = ("Permission denied", "Read-only file system", "readonly database", "unable to open database")


def is_oxigraphs(error: BaseException | None) -> bool:
    """Whether Oxigraph raised this: an OSError without a number, or a RuntimeError that names RocksDB's trouble."""
    if isinstance(error, OSError):
        return error.errno is None and type(error) is OSError
    return type(error) is RuntimeError and str(error).startswith(("Corruption", "IO error"))


def mend(error: BaseException | None, what: str) -> str:
    """What is wrong with a store, and what helps: room, permission, or another build; in one line."""
    said = " ".join(str(error).split()).removesuffix(".")
    said = said if len(said) <= 300 else f"{said[:300]}\u2026"
    if said == _FULL:
        said = "No space left on the disk"  # SQLite's words for it leave open which it is
    if "No space left" in said or "Disk quota" in said or "File too large" in said:
        cure = "make room on the disk and run the same command again, what is in is kept"
    elif any(sign in said for sign in _FORBIDDEN):
        cure = "give yourself the right to write to it, or name another directory"
    elif any(sign in said for sign in _UNBORN):
        cure = "a build was stopped before there was anything in it: build once more"
    else:
        cure = "the store is damaged: delete it and build again"
    return f"{what}: {said}; {cure}"
