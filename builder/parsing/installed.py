"""Which Arabic models are there, which could be had, and getting them."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diplograph.model import DataError, ModelError
from diplograph.resources import locate

PROCESSORS = ("tokenize", "mwt", "pos", "lemma", "depparse")
"""What a parse needs, in Stanza's names."""


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model that is there: Stanza's ``directory`` and ``package``, and the files of its processors and of what they
    share (word vectors, character language models)."""

    name: str
    directory: Path
    package: str
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A line of the list of models; ``size`` in bytes where it is installed, ``directory`` where it is or would be."""

    name: str
    installed: bool
    directory: str
    size: int | None
    licence: str
    note: str


def stanza_directory() -> Path:
    """Where Stanza keeps what it downloads: ``STANZA_RESOURCES_DIR``, else ``~/stanza_resources``."""
    return Path(os.environ.get("STANZA_RESOURCES_DIR") or Path.home() / "stanza_resources")


def find_model(model: str | Path) -> InstalledModel:
    """The model of this name, or in this directory. Raises ModelError, which says how to get it.

    >>> find_model("compact").package
    'compact'
    """
    if model == "compact":
        try:
            directory = locate("models")
            locate("models", "resources.json")
        except DataError as error:
            raise ModelError(str(error)) from error
        return _read_model("compact", directory, ("compact",))
    if model == "padt":
        directory = stanza_directory()
        if not (directory / "resources.json").is_file():
            raise ModelError(
                f"model padt is not in {directory}; get it with: diplograph models --download padt"
            )
        return _read_model("padt", directory, ("padt", "default"))
    directory = Path(model)
    if not (directory / "resources.json").is_file():
        raise ModelError(
            f"model {model}: neither compact, padt nor a directory with a resources.json; see: diplograph models"
        )
    return _read_model(directory.resolve().name, directory, ("default", "padt", "compact"))


def _read_model(name: str, directory: Path, packages: tuple[str, ...]) -> InstalledModel:
    listing = directory / "resources.json"
    try:
        arabic = json.loads(listing.read_text(encoding="utf-8"))["ar"]
        available: dict[str, Any] = arabic["packages"]
        package = next((package for package in packages if package in available), None) or next(
            iter(available)
        )
        processors: dict[str, str] = available[package]
        parts = {(processor, processors[processor]) for processor in PROCESSORS}
        for processor in PROCESSORS:
            entry = arabic.get(processor, {}).get(processors[processor], {})
            parts |= {(shared["model"], shared["package"]) for shared in entry.get("dependencies", ())}
        files = tuple(directory / "ar" / part / f"{name_of}.pt" for part, name_of in _in_order(parts))
    except (OSError, ValueError, KeyError, TypeError, StopIteration) as error:
        raise ModelError(
            f"{listing}: not a listing of Arabic Stanza models with {', '.join(PROCESSORS)}"
        ) from error
    missing = [str(path) for path in files if not path.is_file()]
    if missing:
        remedy = (
            "diplograph models --download padt"
            if name == "padt"
            else "put it there, or choose another --model"
        )
        raise ModelError(f"model {name}: {missing[0]} is missing; mend with: {remedy}")
    return InstalledModel(name, directory, package, files)


def _in_order(parts: set[tuple[str, str]]) -> list[tuple[str, str]]:
    """The processors as a pipeline has them, then what they share."""
    return sorted(parts, key=lambda part: (PROCESSORS.index(part[0]) if part[0] in PROCESSORS else 9, part))


def list_models() -> tuple[ModelInfo, ...]:
    """The models that can be named with ``--model``, installed or not.

    >>> [model.name for model in list_models()]
    ['compact', 'padt']
    """
    known = {
        "compact": ("CC BY-NC-SA 3.0", "comes with diplograph", str(locate("models"))),
        "padt": ("CC BY-NC-SA 3.0", "Stanford's own; download it with Stanza", str(stanza_directory())),
    }
    lines = []
    for name, (licence, note, directory) in known.items():
        try:
            size = sum(path.stat().st_size for path in find_model(name).files)
        except ModelError:
            size = None
        lines.append(ModelInfo(name, size is not None, directory, size, licence, note))
    return tuple(lines)


def download_model(name: str) -> Path:
    """Fetches Stanford's Arabic package with Stanza's own downloader, and returns the directory it is in.

    Only ``padt`` can be had. Raises ModelError when the name is another one, or the download fails.
    """
    if name != "padt":
        raise ModelError(f"model {name} cannot be downloaded; only padt can (compact comes with diplograph)")
    directory = stanza_directory()
    import stanza

    try:
        stanza.download("ar", model_dir=str(directory), processors=",".join(PROCESSORS), verbose=True)
    except Exception as error:  # requests, OSError, Stanza's own
        raise ModelError(
            f"model padt could not be downloaded to {directory} ({type(error).__name__}: {error}); "
            "check the network connection and try again"
        ) from error
    find_model(name)
    return directory
