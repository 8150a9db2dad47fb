"""Starts the HTTP workers."""

from __future__ import annotations

import os
import socket
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from diplograph import generations
from diplograph.model import StoreError
from diplograph.server import confinement
from diplograph.server.journal import write_event
from diplograph.server.settings import Settings

_HEADERS_WITHIN = 15_000  # milliseconds for a request's headers, and between two requests of a connection
_LARGEST_HEADERS = 64 << 10
_BACKLOG = 4096
_ALLOCATOR = {"MALLOC_MMAP_THRESHOLD_": 64 << 20, "MALLOC_TRIM_THRESHOLD_": 256 << 20}
"""For glibc in the processes that are started: each query needs some large pieces of memory for a moment, and to give them
back to the system each time costs more than many a query (a quarter of a look-up). Without glibc they mean nothing."""
_STOP_WITHIN = 5  # seconds, after which a worker that does not stop is killed


def serve(settings: Settings) -> None:
    """Serves a store until it is told to stop (SIGINT, SIGTERM).

    Raises StoreError when there is no store, or it is just being made for the first time.
    """
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.server import Server

    from diplograph.server.description import describe

    if not settings.upstream:
        url = f"{settings.public_url.rstrip('/')}/" if settings.public_url else None
        description = partial(describe, url=url, updates=settings.writable)
        generations.publish_current(settings.store, description, base=settings.base)
    _check_address(settings)
    confinement.raise_limit_of_open_files()
    for name, size in _ALLOCATOR.items():
        os.environ.setdefault(name, str(size))
    write_event("start", url=f"http://{settings.host}:{settings.port}/", workers=settings.workers)
    with tempfile.TemporaryDirectory(prefix="diplograph-") as folder:
        server = Server(
            "diplograph",
            address=settings.host,
            port=settings.port,
            interface=Interfaces.RSGI,
            http=HTTPModes.http1,
            workers=settings.workers,
            backlog=_BACKLOG,
            websockets=False,
            log_enabled=False,
            respawn_failed_workers=True,
            respawn_interval=0.5,
            workers_kill_timeout=_STOP_WITHIN,
            http1_settings=HTTP1Settings(
                header_read_timeout=_HEADERS_WITHIN, max_buffer_size=_LARGEST_HEADERS
            ),
        )
        server.serve(target_loader=partial(_load, settings, Path(folder)), wrap_loader=False)
    write_event("stop")


def _check_address(settings: Settings) -> None:
    """Raises StoreError where nothing can listen, before any worker tries and fails, again and again."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((settings.host, settings.port))
    except OSError as error:
        raise StoreError(
            f"{settings.host}, port {settings.port}: {error.strerror or error}; choose others with --host and --port"
        ) from error


def _load(settings: Settings, folder: Path) -> Any:
    from diplograph.server.application import Application

    return Application(settings, folder)
