"""Streaming: all graphs in one request to a store that has the more to do the more requests there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from queue import Empty, Full, Queue
from typing import TypeAlias

from pyoxigraph import NamedNode

from diplograph.transfer.connection import Flow, PassingError
from diplograph.transfer.manifest import Entry
from diplograph.transfer.parcels import Parcel, pack
from diplograph.transfer.sending import Sender

_AHEAD = 2
"""How many parcels are read ahead."""
_QUIET = 10
"""After so many seconds without a parcel a stream sends an empty line: a store gives up a client that is silent."""

Ready: TypeAlias = "Queue[Parcel | None]"
"""Parcels from the thread that reads to the one that sends; None after the last."""


class Streamer(Sender):
    """Sends graphs in one request. The thread that reads announces them, over a connection of its own."""

    def _send(self, names: Sequence[NamedNode]) -> Iterator[Parcel]:
        """A stream that breaks is sent again, but for the graphs that are whole over there."""
        connection = self._endpoint.connection
        for attempt in range(connection.retries + 1):
            begun: list[Entry] = []
            try:
                for parcel in self._hand_on(names):
                    begun += parcel.entries
                    yield parcel
                self.sent += begun
                return
            except PassingError as error:
                if attempt == connection.retries:
                    raise
                connection.wait(attempt, error.wish)
            there = self._endpoint.count(entry.graph for entry in begun)
            whole = [entry for entry in begun if there.get(entry.graph, 0) == entry.triples]
            self.sent += whole
            done = {entry.graph for entry in whole}
            names = [name for name in names if name not in done]
            self._fresh = False

    def _hand_on(self, names: Sequence[NamedNode]) -> Iterator[Parcel]:
        """Reads graphs here, announces them, and has another thread send them."""
        ready: Ready = Queue(_AHEAD)
        sending: Future[None] | None = None
        for parcel in pack(self._source, names, self.target, self.chunk):
            # the first over the stream's own connection: if a password is wanted, it is known from then on
            self._announce(parcel, self._endpoint if sending is None else self._own_endpoint())
            sending = sending or self._hands.submit(self._send_stream, ready)
            yield parcel
            _put(ready, parcel, sending)
        if sending is not None:
            _put(ready, None, sending)
            sending.result()

    def _send_stream(self, ready: Ready) -> None:
        self._endpoint.add(None, Flow(self._write_stream(ready)), gzip=self._gzip)

    def _write_stream(self, ready: Ready) -> Iterator[bytes]:
        for parcel in self._take(ready):
            if parcel is None:
                yield b"\n"
            else:
                yield from self._write(parcel)

    def _take(self, ready: Ready) -> Iterator[Parcel | None]:
        """The parcels that were read; None for every while without one."""
        waited = 0
        while True:
            self._check()
            try:
                parcel = ready.get(timeout=1)
            except Empty:
                waited += 1
                if waited % _QUIET == 0:
                    yield None
                continue
            if parcel is None:
                return
            yield parcel
            parcel.close()


def _put(ready: Ready, parcel: Parcel | None, sending: Future[None]) -> None:
    """Hands on a parcel, unless the other thread has failed."""
    while not sending.done():
        try:
            ready.put(parcel, timeout=0.5)
        except Full:
            continue
        return
    sending.result()
