"""Starts the HTTP workers."""

from __future__ import annotations

from functools import partial

from diplograph import generations
from diplograph.server.settings import Settings


def serve(settings: Settings) -> None:
    """Serves a store until it is told to stop (SIGINT, SIGTERM).

    Raises StoreError when there is no store, or it is just being made.
    """
    from granian.constants import Interfaces
    from granian.http import HTTP1Settings
    from granian.server import Server

    generations.publish_current(settings.store, base=settings.base)
    server = Server(
        "diplograph",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        workers=settings.workers,
        websockets=False,
        log_enabled=False,
        respawn_failed_workers=True,
        http1_settings=HTTP1Settings(header_read_timeout=15_000, max_buffer_size=64 << 10),
    )
    server.serve(target_loader=partial(_load, settings), wrap_loader=False)


def _load(settings: Settings) -> object:
    from diplograph.server.application import create

    return create(settings)
