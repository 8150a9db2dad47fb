"""What a server is told when it starts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from diplograph.vocabulary import BASE

TOKEN_VARIABLE = "DIPLOGRAPH_TOKEN"


@dataclass(frozen=True, slots=True)
class Settings:
    """How a store is served. Sizes are in bytes, times in seconds.

    ``public_url`` is where clients find the server, when that is not where it listens; ``behind_proxy`` believes what a
    proxy in front says of the client's address and scheme. ``union`` makes the default graph that of all graphs.
    ``token`` allows updates, ``hosts`` are those that SERVICE and LOAD may ask (``name`` or ``name:port``).

    ``workers`` are HTTP processes; each has ``engines`` processes that run one query at a time. ``timeout`` ends a query,
    and bounds the wait before it; ``memory`` is what one engine may use, ``max_request`` and ``max_result`` are how long
    a request's body and an answer may be before compression; ``queue`` is how many requests of one client may wait in a
    worker, ``cache`` what a worker keeps of its answers. ``parse`` is the model that parses on demand what the parse cache
    lacks, for pages; None parses nothing.
    """

    store: Path
    host: str = "127.0.0.1"
    port: int = 7878
    base: str = BASE
    public_url: str | None = None
    upstream: str | None = None
    union: bool = True
    behind_proxy: bool = False
    token: str | None = None
    hosts: tuple[str, ...] = ()
    workers: int = 1
    engines: int = 4
    timeout: float = 30.0
    memory: int = 1 << 30
    max_request: int = 16 << 20
    max_result: int = 1 << 30
    queue: int = 128
    cache: int = 64 << 20
    parse: str | None = None

    @property
    def writable(self) -> bool:
        """Whether clients with the token may change the store."""
        return self.token is not None
