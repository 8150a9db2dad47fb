"""The log of requests (a line of JSON each, on standard error) and the numbers of /metrics, kept in one place.

Lines are made and written some at a time: between two answers, making one alone takes several times as long (what it
needs is in no cache of the processor), and the system call longer than many an answer.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from datetime import UTC, datetime

import orjson

from diplograph.server.metrics import Metrics
from diplograph.server.requests import Request

_EVERY = 0.2
_AT_ONCE = 64  # lines; more would keep answers waiting
_LONGEST = 2000


def _stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def write_event(event: str, **details: object) -> None:
    """Writes a line about the server itself."""
    _write(orjson.dumps({"time": _stamp(time.time()), "event": event, **details}) + b"\n")


def _write(text: bytes) -> None:
    try:
        os.write(sys.stderr.fileno(), text)
    except OSError:
        pass  # nobody reads the log: no reason to stop answering


def _sound(text: str) -> str:
    """The beginning of a text, without halves of characters, which no UTF-8 can hold."""
    short = text[:_LONGEST]
    return short if short.isascii() else short.encode("utf-8", "replace").decode()


class Journal:
    """Says who asked what, how long it took and how it ended. One in each HTTP worker."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._over: list[tuple[float, Request, str, int, int, float, str]] = []
        self._lines: list[bytes] = []
        self._stamped = 0, ""  # a millisecond, and how it is written
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
        text = str(asked)[:_LONGEST] if asked else request.query_string
        self._over.append((time.time(), request, text, status, size, seconds, ended))
        if len(self._over) >= _AT_ONCE:
            self._make_lines()

    def _make_lines(self) -> None:
        over, self._over = self._over, []
        for when, request, asked, status, size, seconds, ended in over:
            line = {
                "time": self._stamp(when),
                "client": request.client,
                "method": request.method,
                "path": _sound(request.path),
                "asked": _sound(asked),
                "status": status,
                "bytes": size,
                "ms": round(seconds * 1000, 3),
                "ended": ended[:_LONGEST],
                "agent": (request.header("user-agent") or "")[:200],
                **request.note,
            }
            self._lines.append(orjson.dumps(line, default=str))

    def _stamp(self, when: float) -> str:
        millisecond = int(when * 1000)
        if millisecond != self._stamped[0]:
            self._stamped = millisecond, _stamp(when)
        return self._stamped[1]

    def _flush(self) -> None:
        numbers = self._metrics.changes()
        if numbers is not None and self._loop is not None:
            self._loop.run_in_executor(None, self._metrics.write, numbers)
        self._make_lines()
        if self._lines:
            text, self._lines = b"\n".join((*self._lines, b"")), []
            _write(text)
        if self._loop is not None:
            self._loop.call_later(_EVERY, self._flush)
