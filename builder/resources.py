"""The data files that come with the package: ontology, frames, lexicon, queries, seeds and models.

They are read through :mod:`importlib.resources`, so that a checkout, an editable install and a wheel behave alike.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

from diplograph.model import DataError


def locate(room: str, *parts: str) -> Path:
    """The path of a data file or folder; ``room`` is ontology, queries, seeds or models.

    >>> locate("ontology", "diplograph.ttl").name
    'diplograph.ttl'

    Raises DataError when it is not there, which means a broken installation.
    """
    path = Path(str(files(f"diplograph.{room}"))).joinpath(*parts)
    if not path.exists():
        raise DataError(
            f"{room}/{'/'.join(parts)} is missing from the installation; install diplograph again"
        )
    return path


def read_toml(room: str, *parts: str) -> dict[str, Any]:
    """A TOML data file as a dictionary. Raises DataError with the file's name and the line when it is malformed."""
    path = locate(room, *parts)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"{room}/{'/'.join(parts)}: not TOML: {error}") from error


def list_files(room: str, folder: str, suffix: str) -> Iterator[Path]:
    """The data files of a folder with this suffix, sorted by name."""
    yield from sorted(locate(room, folder).glob(f"*{suffix}"))
