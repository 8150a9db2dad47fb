"""Paths to handlers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from diplograph.server.answers import Answer
from diplograph.server.errors import Refusal
from diplograph.server.requests import Request

Handler = Callable[[Request], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Route:
    """A handler and the methods it answers; those that GET answers HEAD answers too, and OPTIONS every path."""

    handler: Handler
    methods: tuple[str, ...] = ("GET",)

    @property
    def allowed(self) -> str:
        """The methods as the Allow header lists them."""
        head = ("HEAD",) if "GET" in self.methods else ()
        return ", ".join((*self.methods, *head, "OPTIONS"))


class Routes:
    """The routes of a server. A path that ends in a slash stands for all that begin with it; the longest counts."""

    def __init__(self, routes: Mapping[str, Route]) -> None:
        self._exact = dict(routes)
        self._below = sorted((path for path in routes if path.endswith("/")), key=len, reverse=True)

    def find(self, path: str) -> Route:
        """The route of a path. Raises Refusal when there is none."""
        route = self._exact.get(path)
        if route is None:
            beginning = next(
                (start for start in self._below if start != "/" and path.startswith(start)), None
            )
            if beginning is None:
                raise Refusal(404, "there is nothing at this path")
            route = self._exact[beginning]
        return route
