"""Numbers for Prometheus at /metrics, summed over the HTTP workers.

Each worker counts in plain numbers and writes them to a file of its own now and then, which costs a request next to
nothing; prometheus_client's own counters for several processes cost more than many an answer.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from diplograph.server.answers import Answer
from diplograph.server.requests import Request
from diplograph.server.routes import Route

if TYPE_CHECKING:
    from prometheus_client import Metric

_SECONDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)


class _Path:
    """What is counted of the requests to one path: bytes sent, seconds taken, and how many took how long."""

    __slots__ = ("buckets", "bytes", "seconds")

    def __init__(self) -> None:
        self.bytes = 0
        self.seconds = 0.0
        self.buckets = [0] * (len(_SECONDS) + 1)


class Metrics:
    """Counts requests. One in each HTTP worker; ``folder`` is where all of them keep their numbers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "metrics"
        self._folder.mkdir(exist_ok=True)
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._paths: dict[str, _Path] = {}
        self._ended: Counter[str] = Counter()
        self._changed = False

    def count(self, path: str, method: str, status: int, size: int, seconds: float) -> None:
        """Counts a request that is over; ``path`` is that of its route."""
        self._requests[path, method, status] += 1
        of_path = self._paths.get(path)
        if of_path is None:
            of_path = self._paths[path] = _Path()
        of_path.bytes += size
        of_path.seconds += seconds
        of_path.buckets[bisect_left(_SECONDS, seconds)] += 1
        self._changed = True

    def count_end(self, reason: str) -> None:
        """Counts a request that did not end with its answer."""
        self._ended[reason] += 1

    def changes(self) -> bytes | None:
        """The numbers as :meth:`write` takes them; None when nobody asked anything since."""
        if not self._changed:
            return None
        self._changed = False
        requests = [[*key, count] for key, count in self._requests.items()]
        paths = {path: [found.bytes, found.seconds, found.buckets] for path, found in self._paths.items()}
        return orjson.dumps({"requests": requests, "paths": paths, "ended": self._ended})

    def write(self, numbers: bytes) -> None:
        """Leaves numbers where the other workers find them. A busy disk may take its time for that."""
        own = self._folder / f"{os.getpid()}.json"
        fresh = own.with_suffix(".new")
        fresh.write_bytes(numbers)
        fresh.replace(own)

    async def show(self, request: Request) -> Answer:
        """All numbers, in the text format of Prometheus."""
        del request
        from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

        numbers = self.changes()
        if numbers is not None:
            self.write(numbers)
        registry = CollectorRegistry()
        registry.register(_Sums(self._folder))
        media_type = CONTENT_TYPE_LATEST.replace("; charset=utf-8", "")
        return Answer(generate_latest(registry), media_type, vary="")

    def routes(self) -> dict[str, Route]:
        """The route of the numbers."""
        return {"/metrics": Route(self.show)}


class _Sums:
    """The numbers of all workers, those that are no more included, as prometheus_client collects them."""

    def __init__(self, folder: Path) -> None:
        self._requests: Counter[tuple[str, str, str]] = Counter()
        self._paths: dict[str, _Path] = {}
        self._ended: Counter[str] = Counter()
        for file in folder.glob("*.json"):
            self._add(orjson.loads(file.read_bytes()))

    def _add(self, numbers: dict[str, Any]) -> None:
        for path, method, status, count in numbers["requests"]:
            self._requests[path, method, str(status)] += count
        for path, (size, seconds, buckets) in numbers["paths"].items():
            total = self._paths.setdefault(path, _Path())
            total.bytes += size
            total.seconds += seconds
            total.buckets = [known + more for known, more in zip(total.buckets, buckets, strict=True)]
        self._ended.update(numbers["ended"])

    def collect(self) -> Iterable[Metric]:
        """The numbers by name."""
        from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily

        requests = CounterMetricFamily(
            "diplograph_requests", "Requests by path, method and status.", labels=("path", "method", "status")
        )
        for labels, count in self._requests.items():
            requests.add_metric(labels, count)
        sent = CounterMetricFamily(
            "diplograph_sent_bytes", "Bytes of the bodies of answers.", labels=("path",)
        )
        seconds = HistogramMetricFamily(
            "diplograph_request_seconds",
            "From a request's headers to the end of its answer.",
            labels=("path",),
        )
        bounds = (*map(str, _SECONDS), "+Inf")
        for path, total in self._paths.items():
            sent.add_metric((path,), total.bytes)
            seconds.add_metric(
                (path,), list(zip(bounds, accumulate(total.buckets), strict=True)), total.seconds
            )
        ended = CounterMetricFamily(
            "diplograph_refused", "Requests that were refused or broken off, and why.", labels=("reason",)
        )
        for reason, count in self._ended.items():
            ended.add_metric((reason,), count)
        return requests, sent, seconds, ended
