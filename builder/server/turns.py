"""Who is next, when more is asked than can be run at once: each client in turn, not who asks most."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque

from diplograph.server.errors import Refusal


class Turns:
    """So many places, and a queue for each client before them. Raises Refusal (503) to a client whose queue is full."""

    def __init__(self, places: int, queue: int) -> None:
        self._free = places
        self._queue = queue
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    def take_at_once(self) -> bool:
        """Takes a place if there is one for whoever comes first."""
        if self._free > 0:
            self._free -= 1
            return True
        return False

    async def take(self, client: str, patience: float) -> None:
        """Takes a place, when it is this client's turn; raises Refusal after so many seconds without one."""
        if self.take_at_once():
            return
        waiting = self._waiting.setdefault(client, deque())
        if len(waiting) >= self._queue:
            raise Refusal(
                503, "too many requests at once; try again in a moment", headers={"Retry-After": "1"}
            )
        turn = asyncio.get_running_loop().create_future()
        waiting.append(turn)
        try:
            async with asyncio.timeout(patience):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():
                self.give_back()  # the place came, and nobody is there to take it
            if isinstance(error, TimeoutError):
                raise Refusal(
                    503, "the server has too much to do; try again later", headers={"Retry-After": "10"}
                ) from None
            raise

    def give_back(self) -> None:
        """Gives a place to who has waited longest, of the client whose turn it is."""
        while self._waiting:
            client, waiting = self._waiting.popitem(last=False)
            turn = waiting.popleft()
            if waiting:
                self._waiting[client] = waiting
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
