"""The application: routes, and what every request and answer passes through."""

from __future__ import annotations

import asyncio
import gc
import time
from pathlib import Path

from diplograph.model import DiplographError
from diplograph.server import graph_store, health, site, sparql
from diplograph.server.answers import Answer, refuse
from diplograph.server.connections import Connection, HeaderList
from diplograph.server.engines import EnginePool
from diplograph.server.errors import Refusal
from diplograph.server.explorer import Explorer, Parses
from diplograph.server.incoming import ClientGone, Incoming
from diplograph.server.journal import Journal, write_event
from diplograph.server.metrics import Metrics
from diplograph.server.requests import Request
from diplograph.server.routes import Route, Routes
from diplograph.server.service import Service
from diplograph.server.settings import Settings
from diplograph.server.upstream import UpstreamService

COMMON: HeaderList = [
    ("server", "diplograph"),
    ("access-control-allow-origin", "*"),
    ("access-control-expose-headers", "ETag, Location, Content-Location, Link, Retry-After, Allow"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    (
        "content-security-policy",
        (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
            "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
    ),
]
_ALLOWED_HEADERS = "Accept, Accept-Language, Authorization, Content-Type, If-None-Match, If-Match, Slug"


_EVERY = 1.0
_COLLECT_GARBAGE = 20_000, 20, 50  # allocations; answers that are kept would be gone through again and again


class Application:
    """Answers requests; one in each HTTP worker."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings = settings
        self._folder = folder
        metrics = Metrics(folder)
        self._parses = Parses(settings, folder)
        self._explorer = Explorer(self._parses)
        self._routes = Routes({**routes_of(settings, self._explorer), **metrics.routes()})
        self._journal = Journal(metrics)
        self._service: Service | None = None

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Makes ready to answer, from this loop."""
        self._journal.start(loop)
        gc.set_threshold(*_COLLECT_GARBAGE)
        if self.settings.upstream:
            self._service = UpstreamService(self.settings, self._folder)
        else:
            pool = self._service = EnginePool(self.settings, self._folder)
            self._tasks = [loop.create_task(_keep(pool, self._explorer))]

    def stop(self) -> None:
        """Ends all that was started."""
        self._journal.stop()
        self._parses.close()
        if self._service is not None:
            self._service.close()

    async def handle(self, incoming: Incoming, connection: Connection) -> None:
        """Answers a request, and notes it."""
        started = time.perf_counter()
        assert self._service is not None
        request = Request(incoming, connection, self._service)
        status, size, ended = 500, 0, ""
        try:
            answer = await self._answer(request)
            status, size = await answer.send(request)
        except TimeoutError:
            ended = "client stopped reading"
        except ClientGone:
            status, ended = 499, "client went away"
        except asyncio.CancelledError:
            ended = "client went away"
            raise
        except Exception as error:  # noqa: BLE001 - the connection is lost; the log must say why
            ended = f"{type(error).__name__}: {error}"
        finally:
            self._journal.write(request, status, size, time.perf_counter() - started, ended)

    async def _answer(self, request: Request) -> Answer:
        try:
            request.route, route = self._routes.find(request.path)
            if request.method in route.methods or (request.method == "HEAD" and "GET" in route.methods):
                return await route.handler(request)
            if request.method == "OPTIONS":
                return _options(request, route)
            raise Refusal(405, f"this path takes {route.allowed}", headers={"Allow": route.allowed})
        except ClientGone:
            raise
        except Refusal as refusal:
            request.note["ended"] = refusal.message
            if refusal.fault:
                request.note["fault"] = refusal.fault
            return refuse(refusal, request.header("accept"))
        except DiplographError as error:
            request.note["ended"] = str(error)
            return refuse(Refusal(400, str(error)), request.header("accept"))
        except Exception as error:  # noqa: BLE001 - a fault of ours: the log has it, the client learns that it is one
            request.note["ended"], request.note["fault"] = "fault", f"{type(error).__name__}: {error}"
            return refuse(Refusal(500, "a fault of the server; its log says more"), request.header("accept"))


async def _keep(pool: EnginePool, explorer: Explorer) -> None:
    """What is to be done now and then."""
    await pool.start()
    while True:
        await asyncio.sleep(_EVERY)
        try:
            await pool.release()
            await explorer.warm(pool)
        except Refusal:  # of the explorer's queries: whoever looks at it is told
            continue
        except Exception as error:  # noqa: BLE001 - tried again the next time
            write_event("fault", fault=f"{type(error).__name__}: {error}")


def routes_of(settings: Settings, explorer: Explorer | None = None) -> dict[str, Route]:
    """All paths that a server with these settings answers."""
    explorer = explorer or Explorer(Parses(settings, Path()))
    return {**sparql.ROUTES, **health.ROUTES, **graph_store.ROUTES, **site.routes(explorer)}


def _options(request: Request, route: Route) -> Answer:
    """What may be done with a path; to a browser that asks before it sends something, what it may send (Fetch, CORS)."""
    headers = {"Allow": route.allowed}
    if request.header("access-control-request-method"):
        asked = request.header("access-control-request-headers")
        headers["Access-Control-Allow-Methods"] = route.allowed
        headers["Access-Control-Allow-Headers"] = _ALLOWED_HEADERS + (f", {asked}" if asked else "")
        headers["Access-Control-Max-Age"] = "86400"
    return Answer(status=204, headers=headers, vary="Access-Control-Request-Headers")
