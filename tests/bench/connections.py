"""What HTTP alone costs: a constant answer, by connections of ours and by uvicorn with the same parser and event loop.

``python tests/bench/connections.py`` runs it (it needs wrk and uvicorn): one process each, asked in turn over 16
connections. The processor time of a request is the figure to look at, for wrk may be what is slower.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from endpoint import Load, rate, running
from serving import free_port

from diplograph.server.application import COMMON
from diplograph.server.connections import Connection, Connections
from diplograph.server.incoming import Incoming

KIND, BODY = "application/sparql-results+json", b'{"head":{},"boolean":true}'
HEADERS = [*COMMON, ("content-type", KIND), ("content-length", str(len(BODY)))]
ENCODED = [(name.encode(), value.encode()) for name, value in HEADERS]


async def constant(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """The answer, as ASGI has it."""
    await send({"type": "http.response.start", "status": 200, "headers": ENCODED})
    await send({"type": "http.response.body", "body": BODY})


async def _handle(incoming: Incoming, connection: Connection) -> None:
    connection.answer(200, [("content-type", KIND)], BODY)


async def _serve(port: int) -> None:
    connections = Connections(_handle, COMMON)
    await asyncio.get_running_loop().create_server(lambda: Connection(connections), "127.0.0.1", port)
    while True:
        connections.tick()
        await asyncio.sleep(1)


def measure(rounds: int, seconds: int) -> None:
    """Prints a line for each."""
    ports = free_port(), free_port()
    uvicorn = [
        "uvicorn",
        "connections:constant",
        "--app-dir",
        str(Path(__file__).parent),
        "--http",
        "httptools",
    ]
    uvicorn += ["--loop", "uvloop", "--lifespan", "off", "--no-access-log", "--no-server-header"]
    load = Load("constant", "ASK {{}} {n}")
    found: dict[str, list[tuple[float, float, float]]] = {"ours": [], "uvicorn": []}
    with (
        running([sys.executable, __file__, "--port", str(ports[0])], ports[0], "/sparql") as ours,
        running([*uvicorn, "--port", str(ports[1])], ports[1], "/sparql") as theirs,
    ):
        for number in range(rounds):
            for name, endpoint in (("ours", ours), ("uvicorn", theirs)):
                found[name].append(rate(endpoint, load.query, load, seconds, number * 10_000_000, 1))
    for name, measured in found.items():
        rates, costs, _ = zip(*measured, strict=True)
        print(
            f"{name:8} {median(rates):9.0f} requests per second {median(costs) * 1000:7.1f} µs of processor each"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, help="only serve there")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=3)
    arguments = parser.parse_args()
    if arguments.port:
        import uvloop

        uvloop.run(_serve(arguments.port))
    else:
        measure(arguments.rounds, arguments.seconds)
