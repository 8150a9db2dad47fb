"""The application: routes, and what every request and answer passes through."""

from __future__ import annotations

from contextlib import asynccontextmanager
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from diplograph.model import DiplographError
from diplograph.server import sparql
from diplograph.server.answers import refuse
from diplograph.server.engines import EnginePool
from diplograph.server.errors import Refusal
from diplograph.server.settings import Settings


def create(settings: Settings) -> Starlette:
    """The ASGI application that serves a store with these settings."""
    pool = EnginePool(settings)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        pool.close()

    routes = [
        Route("/sparql", sparql.query, methods=["GET", "POST"]),
        Route("/query", sparql.query, methods=["GET", "POST"]),
    ]
    handlers = {DiplographError: _refused}
    app = Starlette(routes=routes, lifespan=lifespan, exception_handlers=handlers)  # type: ignore[arg-type]
    app.state.service = pool
    return app


async def _refused(request: Request, error: Exception) -> Response:
    refusal = error if isinstance(error, Refusal) else Refusal(400, str(error))
    return refuse(refusal, request.headers.get("accept"))  # type: ignore[return-value]
