"""A real server, started as a user starts it, and what tests say to it over HTTP."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

TOKEN = "a token for tests"
START = 30.0


@dataclass(frozen=True, slots=True)
class Response:
    """What a server answered; names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(slots=True)
class Server:
    """A server that runs."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(
        self,
        path: str,
        method: str = "GET",
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 60,
    ) -> Response:
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            content = body.encode() if isinstance(body, str) else body
            connection.request(method, path, content, {**self.headers, **(headers or {})})
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Response(response.status, found, response.read())
        finally:
            connection.close()

    def query(self, text: str, accept: str = "application/sparql-results+json", **fields: Any) -> Response:
        """A query by GET."""
        path = "/sparql?" + urlencode({"query": text, **fields}, doseq=True)
        return self.ask(path, headers={"Accept": accept})

    def rows(self, text: str) -> list[dict[str, str]]:
        """The rows of a SELECT, each variable's value as text."""
        response = self.query(text)
        assert response.status == 200, response.text
        bindings = response.json()["results"]["bindings"]
        return [{name: term["value"] for name, term in row.items()} for row in bindings]

    def update(self, text: str, token: str | None = TOKEN) -> Response:
        """An update by POST."""
        headers = {"Content-Type": "application/sparql-update"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return self.ask("/update", "POST", text, headers)

    def entries(self) -> list[dict[str, Any]]:
        """The log, once what is over has been written to it."""
        time.sleep(0.5)
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found, waiting = [], [pid]
    while waiting:
        current = waiting.pop()
        found.append(current)
        waiting.extend(children.get(current, ()))
    return found


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(store: Path, *options: str, token: str | None = None, start: float = START) -> Iterator[Server]:
    """``diplograph serve`` on this store until the end of the block."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "diplograph",
        "serve",
        "--store",
        str(store),
        "--port",
        str(port),
        *options,
    ]
    environment = {name: value for name, value in os.environ.items() if name != "DIPLOGRAPH_TOKEN"}
    if token is not None:
        environment["DIPLOGRAPH_TOKEN"] = token
    log = store.parent / f"serve-{port}.log"
    with log.open("wb") as errors:
        process = subprocess.Popen(command, stderr=errors, stdout=subprocess.DEVNULL, env=environment)
    server = Server(port, process, log)
    try:
        _wait_for(server, start)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(server: Server, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            break
        try:
            if server.ask("/health", timeout=5).status in (200, 502):  # 502: the store behind it is not there
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"the server did not start:\n{server.log.read_text()[-3000:]}")
