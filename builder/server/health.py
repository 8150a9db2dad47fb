"""/health, for whoever has to know whether the server can answer."""

from __future__ import annotations

import json

from diplograph.server.answers import Answer
from diplograph.server.requests import Request
from diplograph.server.routes import Route
from diplograph.server.service import QueryJob


async def health(request: Request) -> Answer:
    """Asks the store something small: 200 when it answers, else what a query would get now."""
    await request.run(QueryJob("ASK {}"))
    said = {"status": "ok", "generation": request.service.generation()}
    return Answer(json.dumps(said) + "\n", "application/json", vary="")


ROUTES = {"/health": Route(health)}
