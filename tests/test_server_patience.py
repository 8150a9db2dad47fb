"""How long a connection waits for its client: with less patience than a server has, so that it can be seen soon."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import ExitStack

import pytest
import uvloop
from raw_http import get, listen, statuses

from diplograph.server import connections
from diplograph.server.connections import Connection, Connections, Handler
from diplograph.server.incoming import ClientGone, Incoming


def answers_to(client: Callable[[int], bytes], handle: Handler) -> tuple[bytes, list[BaseException]]:
    """What a client gets that is given the port of a server with this handler, and what the handler raised."""
    raised: list[BaseException] = []

    async def noted(incoming: Incoming, connection: Connection) -> None:
        try:
            await handle(incoming, connection)
        except (TimeoutError, ClientGone) as error:
            raised.append(error)

    async def run() -> bytes:
        open_ones = Connections(noted, [])
        listening = await asyncio.get_running_loop().create_server(
            lambda: Connection(open_ones), "127.0.0.1", 0
        )
        asking = asyncio.ensure_future(asyncio.to_thread(client, listening.sockets[0].getsockname()[1]))
        while not asking.done():
            open_ones.tick()
            open_ones.make_room(3)
            await asyncio.sleep(0.05)
        listening.close()
        await open_ones.stop(1.0)
        return asking.result()

    return uvloop.run(run()), raised


async def say_ok(_: Incoming, connection: Connection) -> None:
    connection.answer(200, [], b"ok")


async def send_much(_: Incoming, connection: Connection) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(400):
            yield b"x" * 100_000

    await connection.stream(200, [], None, pieces())


def reading(port: int, pauses: Iterable[float]) -> bytes:
    """What a client gets that reads 64 kB and rests, as often as there are pauses, and then reads what is left."""
    with socket.create_connection(("127.0.0.1", port), 20) as connection:
        connection.sendall(get("/"))
        found = b""
        for pause in pauses:
            time.sleep(pause)
            found += connection.recv(1 << 16)
        return found + listen(connection)


def test_a_client_that_takes_nothing_is_left_and_one_that_takes_little_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "_STALLED", 0.6)
    slow, raised = answers_to(lambda port: reading(port, [0.1] * 20), send_much)
    assert slow.endswith(b"0\r\n\r\n") and not raised
    stalled, raised = answers_to(lambda port: reading(port, [2.5]), send_much)
    assert not stalled.endswith(b"0\r\n\r\n")
    assert isinstance(raised[0], TimeoutError)


def test_a_head_that_does_not_end_is_408_and_silence_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "_HEAD_WITHIN", 0.6)

    def trickle(port: int) -> bytes:
        with socket.create_connection(("127.0.0.1", port), 20) as connection:
            for byte in get("/", "X: y")[:12]:
                connection.sendall(bytes([byte]))
                time.sleep(0.1)
            return listen(connection)

    assert statuses(answers_to(trickle, say_ok)[0]) == [b"408"]
    begun = time.monotonic()
    said, _ = answers_to(lambda port: reading(port, ()), say_ok)
    assert said.endswith(b"ok") and time.monotonic() - begun < 1.9


def test_who_was_idle_for_longest_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    def crowd(port: int) -> bytes:
        with ExitStack() as stack:
            crowded = []
            for _ in range(4):
                crowded.append(stack.enter_context(socket.create_connection(("127.0.0.1", port), 20)))
                time.sleep(0.05)
            first, *others = crowded
            assert listen(first) == b""
            for other in others:
                other.sendall(get("/"))
            return b"".join(other.recv(1000)[-2:] for other in others)

    assert answers_to(crowd, say_ok)[0] == b"okokok"
