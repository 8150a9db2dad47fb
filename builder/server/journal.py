"""The log of requests (a line of JSON each, on standard error) and the numbers of /metrics, kept in one place.

Lines are written some at a time: the system call would otherwise cost more than many an answer.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from datetime import UTC, datetime

from diplograph.server.metrics import Metrics
from diplograph.server.requests import Request

_EVERY = 0.2
_LONGEST = 2000


def write_event(event: str, **details: object) -> None:
    """Writes a line about the server itself."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    _write(json.dumps({"time": now, "event": event, **details}, ensure_ascii=False) + "\n")


def _write(text: str) -> None:
    try:
        os.write(sys.stderr.fileno(), text.encode("utf-8", "replace"))
    except OSError:
        pass  # nobody reads the log: no reason to stop answering


class Journal:
    """Says who asked what, how long it took and how it ended. One in each HTTP worker."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
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
        """Notes a request that is over; ``ended`` says how, unless it was answered."""
        note = request.note
        asked = note.pop("asked", None)
        ended = ended or str(note.pop("ended", "done"))
        self._metrics.count(request.route, request.method, status, size, seconds)
        if status >= 500 or status in (403, 408, 413, 499) or ended.startswith("client"):
            self._metrics.count_end(ended if ended.startswith("client") else str(status))
        self._lines.append(
            json.dumps(
                {
                    "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
                    "client": request.client,
                    "method": request.method,
                    "path": request.path[:_LONGEST],
                    "asked": (str(asked) if asked else request.query_string)[:_LONGEST],
                    "status": status,
                    "bytes": size,
                    "ms": round(seconds * 1000, 3),
                    "ended": ended[:_LONGEST],
                    "agent": (request.header("user-agent") or "")[:200],
                    **note,
                },
                ensure_ascii=False,
            )
        )

    def _flush(self) -> None:
        if self._lines:
            text, self._lines = "\n".join(self._lines) + "\n", []
            _write(text)
        if self._loop is not None:
            self._loop.call_later(_EVERY, self._flush)
