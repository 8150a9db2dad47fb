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

    def find(self, path: str) -> tuple[str, Route]:
        """The route of a path, and the path that it was given for. Raises Refusal when there is none."""
        route = self._exact.get(path)
        if route is not None:
            return path, route
        for beginning in self._below:
            if beginning != "/" and path.startswith(beginning):
                return beginning, self._exact[beginning]
        raise Refusal(404, "there is nothing at this path")
