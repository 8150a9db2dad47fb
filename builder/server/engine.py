"""The process that runs one job at a time, and may be killed at any moment.

pyoxigraph can neither cancel a query nor bound its memory; a process can be bound, and killed. So all that reads or
writes a store on behalf of a client runs in here, in a process of its own with nothing to lose. It answers over a
socket (see :mod:`diplograph.server.wire`); a long answer it writes to the file that the job names.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from socket import socket
from typing import IO, Any

from diplograph import generations
from diplograph.model import DiplographError, StoreLockedError
from diplograph.server import confinement, wire
from diplograph.server.errors import Refusal
from diplograph.server.queries import run_query, run_update
from diplograph.server.settings import Settings
from diplograph.store import ANYTHING, Store

INLINE = 1 << 20
_PIECE = 256 << 10  # what is written to a file at once; Oxigraph gives 8 kB
_WAIT_FOR_WRITERS = 10.0


def main(connection: socket, settings: Settings, relay_port: int) -> None:
    """Serves jobs until the other side closes the connection. Must be the only thing that its process does.

    With a ``relay_port`` (not 0) it may connect to that port.
    """
    confinement.confine(memory=settings.memory, port=relay_port)
    engine = Engine(settings)
    while (frame := wire.receive(connection)) is not None:
        connection.sendall(wire.pack(*engine.answer(*frame)))


class Output:
    """Where an answer is written: to memory at first, to a file as soon as it is long.

    Raises Refusal as soon as it is longer than the limit.
    """

    def __init__(self, spool: Path, limit: int) -> None:
        self._spool = spool
        self._limit = limit
        self._file: IO[bytes] | None = None
        self._pieces: list[bytes] = []
        self._kept = 0  # bytes of these
        self.size = 0

    def write(self, piece: bytes) -> int:
        """Takes a piece of the answer."""
        self.size += len(piece)
        if self.size > self._limit:
            raise Refusal(
                413,
                f"the answer is longer than {self._limit} bytes; ask for less, or in parts with LIMIT and OFFSET",
                limit_bytes=self._limit,
            )
        self._pieces.append(piece)
        self._kept += len(piece)
        if self._kept > (_PIECE if self._file is not None else INLINE):
            self._write_out()
        return len(piece)

    def _write_out(self) -> None:
        if self._file is None:
            self._file = self._spool.open("xb", buffering=0)
        rest = memoryview(b"".join(self._pieces))
        while rest:
            rest = rest[self._file.write(rest) :]
        self._pieces.clear()
        self._kept = 0

    def flush(self) -> None:
        """Nothing is kept back."""

    def finish(self) -> tuple[bool, bytes]:
        """Whether the answer is in the file, and what of it is not."""
        if self._file is not None:
            self._write_out()
            self._file.close()
        return self._file is not None, b"".join(self._pieces)


class Engine:
    """Jobs to answers, over the newest generation that it was told of."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._directory: Path | None = None
        self._store: Store | None = None
        self._operations: dict[str, Callable[[wire.Header, bytes, Output], wire.Header]] = {
            "query": self._query,
            "call": self._call,
            "update": self._update,
            "write": self._write,
            "release": self._release,
        }

    def answer(self, job: wire.Header, body: bytes) -> tuple[wire.Header, bytes]:
        """The frame that answers a job. Whatever goes wrong is an answer too, with nothing of this machine in it."""
        output = Output(Path(job.get("spool", "")), self._settings.max_result)
        try:
            said = self._operations[job["op"]](job, body, output)
            spooled, rest = output.finish()
            return {"status": 200, "spooled": spooled, **said}, rest
        except Refusal as refusal:
            return {
                "status": refusal.status,
                "message": refusal.message,
                "headers": refusal.headers,
                "details": refusal.details,
            }, b""
        except StoreLockedError:
            message = "the store is being written by somebody else; try again in a moment"
            return {"status": 503, "message": message, "headers": {"Retry-After": "5"}, "details": {}}, b""
        except DiplographError as error:
            return {"status": 400, "message": str(error), "headers": {}, "details": {}}, b""
        except MemoryError:
            message = "the request needed more memory than one may have"
            return {"status": 503, "message": message, "headers": {}, "details": {}}, b""
        except Exception as error:  # noqa: BLE001 - a fault of ours must not show a client more than that it is one
            fault = f"{type(error).__name__}: {error}"
            return {"status": 500, "message": "a fault of the server", "fault": fault}, b""

    def _reading(self, job: wire.Header) -> Store:
        directory = Path(job["directory"])
        if self._store is None or self._directory != directory:
            if self._store is not None:
                self._store.close()
            self._store = Store.open(directory, read_only=True, base=self._settings.base)
            self._directory = directory
        return self._store

    def _release(self, _: wire.Header, __: bytes, ___: Output) -> wire.Header:
        if self._store is not None:
            self._store.close()
        self._store = self._directory = None
        return {}

    def _writing(self) -> Store:
        deadline = time.monotonic() + _WAIT_FOR_WRITERS
        while True:
            try:
                return Store.open(self._settings.store, base=self._settings.base)
            except StoreLockedError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def _query(self, job: wire.Header, _: bytes, output: Output) -> wire.Header:
        return run_query(self._reading(job), job, output, self._settings)

    def _call(self, job: wire.Header, _: bytes, output: Output) -> wire.Header:
        streams = {"output": output} if job["streams"] else {}
        found = _locate(job["function"])(self._reading(job), **streams, **job["arguments"])
        if not streams:
            output.write(
                found if isinstance(found, bytes) else json.dumps(found, ensure_ascii=False).encode()
            )
        return {"media_type": job["media_type"], "stable": True}

    def _update(self, job: wire.Header, _: bytes, output: Output) -> wire.Header:
        with self._writing() as store:
            store.changes.mark((ANYTHING,))
            run_update(store, job, self._settings)
            generations.publish(store)
        return {"media_type": "", "stable": False}

    def _write(self, job: wire.Header, _: bytes, output: Output) -> wire.Header:
        with self._writing() as store:
            store.changes.mark((ANYTHING,))
            said = _locate(job["function"])(store, **job["arguments"])
            output.write(json.dumps(said).encode())
            generations.publish(store)
        return {"media_type": "application/json", "stable": False}


def _locate(function: str) -> Callable[..., Any]:
    module, _, name = function.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), name)
    return found
