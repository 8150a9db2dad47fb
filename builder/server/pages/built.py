"""What ``make web`` built from web/: scripts and styles under names that change with what is in them.

Vite's manifest says which files belong to an entry. Where nothing was built (a source tree without npm), there is no
manifest, and a page says how to get it; everything else works without.
"""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from diplograph.resources import locate, read_toml

_SOURCES = {"explorer": "src/explorer/main.tsx", "query": "src/query/main.ts"}


@dataclass(frozen=True, slots=True)
class Entry:
    """The files of an entry, by their names below ``/static/built/``. ``preloads`` are what the script imports."""

    script: str
    styles: tuple[str, ...]
    preloads: tuple[str, ...]


def _folder() -> Path:
    return locate("server", "pages", "static") / "built"


@cache
def _manifest() -> Mapping[str, Any]:
    path = _folder() / "manifest.json"
    return json.loads(path.read_bytes()) if path.is_file() else {}


@cache
def built_entry(name: str) -> Entry | None:
    """The files of an entry of web/; None where the pages have not been built."""
    found = _manifest().get(_SOURCES[name])
    if found is None:
        return None
    imported = _imports(found)
    styles = [style for chunk in (*imported, found) for style in chunk.get("css", ())]
    return Entry(found["file"], tuple(dict.fromkeys(styles)), tuple(chunk["file"] for chunk in imported))


def _imports(chunk: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The chunks that a chunk imports when it is loaded, with those that they import."""
    found: dict[str, Mapping[str, Any]] = {}
    pending = list(chunk.get("imports", ()))
    while pending:
        key = pending.pop()
        if key not in found:
            found[key] = _manifest()[key]
            pending += found[key].get("imports", ())
    return list(found.values())


@cache
def built_file(name: str) -> tuple[str, bytes] | None:
    """The media type and the bytes of a built file that the manifest names; None for any other."""
    known = {
        name
        for chunk in _manifest().values()
        for name in (chunk["file"], *chunk.get("css", ()), *chunk.get("assets", ()))
    }
    if name not in known:
        return None
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return media_type, (_folder() / name).read_bytes()


@cache
def words_of(name: str, language: str) -> Mapping[str, str]:
    """The wordings of an entry (``NAME.toml`` beside this file) in a language, to be given to its script."""
    return {key: said[language] for key, said in read_toml("server", "pages", f"{name}.toml").items()}
