"""The log of requests (a line of JSON each, on standard error) and the numbers of /metrics, kept in one place.

Lines are written some at a time: the system call would otherwise cost more than many an answer.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from diplograph.server.requests import Request

_EVERY = 0.2
_LONGEST = 2000


class Journal:
    """Says who asked what, how long it took and how it ended. One in each HTTP worker."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lines: list[str] = []
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begins to write lines as they come."""
        self._loop = loop
        self._flush()

    def stop(self) -> None:
        """Writes what is left."""
        self._loop = None
        self._flush()

    def write(self, request: Request, status: int, size: int, seconds: float, ended: str) -> None:
        """Notes a request that is over."""
        entry: dict[str, Any] = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "client": request.client,
            "method": request.method,
            "path": request.path[:_LONGEST],
            "asked": (request.note.pop("asked", None) or request.query_string)[:_LONGEST],  # type: ignore[index]
            "status": status,
            "bytes": size,
            "ms": round(seconds * 1000, 3),
            "ended": ended,
            "agent": (request.header("user-agent") or "")[:200],
            **request.note,
        }
        self._lines.append(json.dumps(entry, ensure_ascii=False))

    def _flush(self) -> None:
        if self._lines:
            text, self._lines = "\n".join(self._lines) + "\n", []
            try:
                os.write(sys.stderr.fileno(), text.encode("utf-8", "replace"))
            except OSError:
                pass  # nobody reads the log: no reason to stop answering
        if self._loop is not None:
            self._loop.call_later(_EVERY, self._flush)
