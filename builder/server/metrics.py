"""Numbers for Prometheus at /metrics, summed over the HTTP workers (prometheus_client, multiprocess mode)."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from diplograph.server.answers import Answer
from diplograph.server.requests import Request
from diplograph.server.routes import Route

_SECONDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)


class Metrics:
    """Counts requests. One in each HTTP worker; ``folder`` is where all of them keep their numbers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "metrics"
        self._folder.mkdir(exist_ok=True)
        # The library looks for this when it is first imported, in each worker anew.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(self._folder)
        from prometheus_client import CollectorRegistry, Counter, Histogram

        own = CollectorRegistry()
        self._requests = Counter(
            "diplograph_requests_total", "Requests by path, method and status.", ("path", "method", "status"),
            registry=own,
        )  # fmt: skip
        self._bytes = Counter(
            "diplograph_sent_bytes_total", "Bytes of the bodies of answers.", ("path",), registry=own
        )
        self._seconds = Histogram(
            "diplograph_request_seconds", "From a request's headers to the end of its answer.", ("path",),
            buckets=_SECONDS, registry=own,
        )  # fmt: skip
        self._ended = Counter(
            "diplograph_refused_total", "Requests that were refused or broken off, and why.", ("reason",),
            registry=own,
        )  # fmt: skip
        self._counter = lru_cache(maxsize=1024)(self._requests.labels)
        self._timer = lru_cache(maxsize=256)(self._seconds.labels)
        self._sent = lru_cache(maxsize=256)(self._bytes.labels)

    def count(self, path: str, method: str, status: int, size: int, seconds: float) -> None:
        """Counts a request that is over; ``path`` is that of its route."""
        self._counter(path, method, str(status)).inc()
        self._timer(path).observe(seconds)
        if size:
            self._sent(path).inc(size)

    def count_end(self, reason: str) -> None:
        """Counts a request that did not end with its answer."""
        self._ended.labels(reason).inc()

    async def show(self, request: Request) -> Answer:
        """All numbers, in the text format of Prometheus."""
        del request
        from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
        from prometheus_client.multiprocess import MultiProcessCollector

        registry = CollectorRegistry()
        MultiProcessCollector(registry, str(self._folder))  # type: ignore[no-untyped-call]
        media_type = CONTENT_TYPE_LATEST.replace("; charset=utf-8", "")
        return Answer(generate_latest(registry), media_type, vary="")

    def routes(self) -> dict[str, Route]:
        """The route of the numbers."""
        return {"/metrics": Route(self.show)}
