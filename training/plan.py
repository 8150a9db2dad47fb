"""Steps that are done once: each has a stamp, a hash of its inputs and settings, and is skipped while that holds."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Step:
    """``run`` makes the files ``makes`` from the files ``needs`` under ``settings``."""

    name: str
    needs: tuple[Path, ...]
    makes: tuple[Path, ...]
    settings: dict[str, Any]
    run: Callable[[], object]


def run_step(step: Step, stamps: Path) -> bool:
    """Runs the step unless it has been done with these inputs and settings; whether it ran.

    A step that was stopped has no stamp; begun again, it goes on from its own checkpoint if it keeps one.
    """
    missing = [str(path) for path in step.needs if not path.is_file()]
    if missing:
        raise FileNotFoundError(f"step {step.name} needs {', '.join(missing)}; run the steps before it")
    stamp = stamps / f"{step.name}.json"
    state = fingerprint(step)
    if is_done(step, stamps, state):
        log.info("%s: done already", step.name)
        return False
    log.info("%s: begun", step.name)
    begun = time.time()
    result = step.run()
    stamps.mkdir(parents=True, exist_ok=True)
    record = {"state": state, "seconds": round(time.time() - begun), "settings": step.settings}
    if isinstance(result, float | int | list | tuple):
        record["result"] = result
    stamp.write_text(json.dumps(record, indent=1, default=str) + "\n", encoding="utf-8")
    log.info("%s: done in %.0f s", step.name, time.time() - begun)
    return True


def is_done(step: Step, stamps: Path, state: str | None = None) -> bool:
    """Whether the step has a stamp for its present inputs and settings, and what it makes is there."""
    stamp = stamps / f"{step.name}.json"
    if not stamp.is_file() or not all(path.is_file() for path in step.makes):
        return False
    if not all(path.is_file() for path in step.needs):
        return False
    recorded: str = json.loads(stamp.read_text(encoding="utf-8"))["state"]
    return recorded == (state or fingerprint(step))


def fingerprint(step: Step) -> str:
    """A hash of the contents of the step's inputs and of its settings."""
    digest = hashlib.sha256(json.dumps(step.settings, sort_keys=True, default=str).encode())
    for path in step.needs:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
