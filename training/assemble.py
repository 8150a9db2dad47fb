"""Finished models → a directory that Stanza loads: half precision, no optimizer states, ``resources.json``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PACKAGE = "compact"
PROCESSORS = ("tokenize", "mwt", "pos", "lemma", "depparse")
DICTIONARY = "dictionary"
"""The part, and the package among Stanza's word vectors, that has what the dictionary says: for the tagger only."""
SHARED_BY_POS_AND_PARSER = ("pretrain", "forward_charlm", "backward_charlm")
_WEIGHTS = ("model", "model_state", "state_dict", "contextual")
_NEEDED_FOR_TRAINING_ONLY = (
    "optimizer_state_dict",
    "scheduler_state_dict",
    "optimizer",
    "scheduler",
    "bert_optimizer",
)


def assemble(parts: Mapping[str, Path], directory: Path, *, halve: bool = True) -> int:
    """Writes the parts (Stanza's names → files) into ``directory``; the size of all of them in bytes.

    Word vectors stay in single precision: Stanza does not widen them when it loads them.
    """
    listing: dict[str, Any] = {}
    size = 0
    uses = {name: PACKAGE for name in SHARED_BY_POS_AND_PARSER if name in parts}
    for part, path in parts.items():
        name, package = ("pretrain", DICTIONARY) if part == DICTIONARY else (part, PACKAGE)
        target = directory / "ar" / name / f"{package}.pt"
        target.parent.mkdir(parents=True, exist_ok=True)
        _write_small(path, target, halve=halve and name != "pretrain")
        entry: dict[str, Any] = {"md5": hashlib.md5(target.read_bytes()).hexdigest()}
        if name in ("pos", "lemma", "depparse"):
            used = uses | ({"pretrain": DICTIONARY} if name == "pos" and DICTIONARY in parts else {})
            needed = {use: package for use, package in used.items() if _needs(target, use)}
            entry["dependencies"] = [{"model": use, "package": package} for use, package in needed.items()]
        listing.setdefault(name, {})[package] = entry
        size += target.stat().st_size
    processors = {name: PACKAGE for name in parts if name in PROCESSORS}
    listing |= {"lang_name": "Arabic", "packages": {"default": processors, PACKAGE: processors}}
    resources = {"ar": listing, "arabic": {"alias": "ar"}}
    (directory / "resources.json").write_text(json.dumps(resources, indent=1) + "\n", encoding="utf-8")
    return size


def _write_small(source: Path, target: Path, *, halve: bool) -> None:
    import torch

    state = torch.load(source, map_location="cpu", weights_only=False)
    for name in _NEEDED_FOR_TRAINING_ONLY:
        state.pop(name, None)
    if halve:
        for name in _WEIGHTS:
            if state.get(name) is not None:
                state[name] = _half(state[name])
    _forget_paths(state)
    torch.save(state, target, _use_new_zipfile_serialization=False)


def _half(value: Any) -> Any:
    import torch

    if isinstance(value, torch.Tensor):
        return value.half() if value.dtype == torch.float32 else value
    if isinstance(value, dict):
        return {name: _half(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_half(part) for part in value]
    return value


def _forget_paths(state: dict[str, Any]) -> None:
    """Takes the paths of the machine that trained out of the options; Stanza gives its own when it loads."""
    for options in (state.get("config"), *(part.get("args") for part in state.get("contextual") or ())):
        for name, value in (options or {}).items():
            if isinstance(value, str) and "/" in value:
                options[name] = None


def _needs(model: Path, name: str) -> bool:
    import torch

    state = torch.load(model, map_location="cpu", weights_only=False)
    if state.get("contextual"):
        return name == "pretrain"
    return bool(state["config"].get("pretrain" if name == "pretrain" else "charlm"))
