"""Reading on the workers of a Dask cluster: dask.distributed hands the batches out, and again where a worker is lost."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from diplograph.model import ClusterError
from diplograph.pipeline.reading import Input, ReadBatch, Reader

if TYPE_CHECKING:
    from distributed import Client

_SECONDS = 10  # for the scheduler to answer, and for the first worker to come


class Cluster:
    """The workers of the Dask scheduler at an address; each gets the reader, and with it the models, once.

    Raises ClusterError when there is no scheduler, no worker, or no package ``distributed``.
    """

    def __init__(self, reader: Reader, address: str) -> None:
        self._client: Any = _connect(address)  # Any: distributed has types for little of it
        self._name = f"diplograph-{uuid.uuid4().hex}"
        self._client.register_plugin(_make_plugin(reader), name=self._name)

    @property
    def count(self) -> int:
        """How many batches can be read at once."""
        threads: dict[str, int] = self._client.nthreads()
        return max(1, sum(threads.values()))

    def submit(self, batch: list[Input]) -> Future[ReadBatch]:
        """Hands out a batch; Dask gives it to another worker where one is lost."""
        future: Future[ReadBatch] = self._client.submit(_read, self._name, batch, pure=False)
        return future  # it has the result() of a concurrent one

    def is_lost(self, error: BaseException) -> bool:
        """Whether several workers were lost over a batch, one after the other."""
        from distributed import KilledWorker

        return isinstance(error, KilledWorker)

    def restart(self) -> None:
        """Nothing: the scheduler has the workers that are left, and may get new ones."""

    def close(self) -> None:
        """Takes the models out of the workers' memory, and leaves the cluster."""
        self._client.unregister_worker_plugin(self._name)
        self._client.close()


def _connect(address: str) -> Client:
    try:
        from distributed import Client
    except ImportError as error:
        raise ClusterError(
            'a cluster needs the package distributed; get it with: pip install "diplograph[cluster]"'
        ) from error
    try:
        client: Client = Client(address, timeout=_SECONDS, set_as_default=False)  # type: ignore[no-untyped-call]
        client.wait_for_workers(1, timeout=_SECONDS)
    except (OSError, TimeoutError, ValueError) as error:
        raise ClusterError(
            f"{address}: no Dask scheduler with a worker answers there within {_SECONDS} s ({error}); "
            "start them with: dask scheduler, dask worker ADDRESS --nthreads 1"
        ) from error
    return client


def _make_plugin(reader: Reader) -> Any:
    from distributed import WorkerPlugin

    class Models(WorkerPlugin):
        """Keeps a reader, with the models it loads, as long as the worker lives."""

        def __init__(self) -> None:
            self.reader = reader

        def setup(self, worker: Any) -> None:
            self.turn = threading.Lock()  # a worker of several threads still has one model

    return Models()


def _read(plugin: str, batch: list[Input]) -> ReadBatch:
    from distributed import get_worker

    models: Any = get_worker().plugins[plugin]
    with models.turn:
        found: ReadBatch = models.reader.read(batch)
    return found
