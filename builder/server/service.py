"""What a request handler may ask for, whoever answers: engines over a store of ours, or another endpoint."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from diplograph.server.settings import Settings


class QueryJob(
    NamedTuple
):  # as is Result: there is one for each request, and a frozen dataclass takes twice as long
    """A SPARQL query with its dataset (as the protocol gives it) and the media types it may be answered in.

    ``url`` is what relative IRIs are relative to.
    ``select`` is for SELECT, ``ask`` for ASK, ``graph`` for CONSTRUCT and DESCRIBE; None where the client takes none.
    """

    text: str
    select: str | None = "application/sparql-results+json"
    ask: str | None = "application/sparql-results+json"
    graph: str | None = "application/n-triples"
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    url: str | None = None


@dataclass(frozen=True, slots=True)
class CallJob:
    """A function of ours, ``module:name``, called as ``function(store, **arguments)`` in an engine.

    It returns bytes, or what JSON can hold, in which case the body of the result is that JSON. The arguments are what
    JSON can hold. ``media_type`` is what the result will say it is. With ``streams`` it is given ``output`` as well, and
    writes its answer there in pieces, which may be more than fits into memory.
    """

    function: str
    arguments: Mapping[str, object] = field(default_factory=dict)
    media_type: str = "application/json"
    streams: bool = False


@dataclass(frozen=True, slots=True)
class UpdateJob:
    """A SPARQL update, with the dataset of its WHERE clauses as the protocol gives it."""

    text: str
    using: tuple[str, ...] = ()
    using_named: tuple[str, ...] = ()
    url: str | None = None


@dataclass(frozen=True, slots=True)
class WriteJob:
    """A function of ours, ``module:name``, called as ``function(store, **arguments)`` on the store open for writing.

    It returns what JSON can hold; readers see what it wrote before the job is over.
    """

    function: str
    arguments: Mapping[str, object] = field(default_factory=dict)


Job = QueryJob | CallJob | UpdateJob | WriteJob


class Result(NamedTuple):
    """An answer: its bytes, or where they are when they are many, in which case whoever sends the file removes it.

    ``stable`` says that the same question to the same generation has the same answer (no NOW, RAND, UUID in it).
    """

    media_type: str
    body: bytes = b""
    spool: Path | None = None
    stable: bool = True
    generation: str = ""


class Asker(Protocol):
    """Who asks: each client gets its turn, and nothing is run on for one who is gone."""

    @property
    def client(self) -> str:
        """The address of the client."""
        ...

    def gone(self) -> Awaitable[object]:
        """Done when the client has closed the connection."""
        ...


class Service(Protocol):
    """Answers jobs, each within the limits of the settings."""

    settings: Settings

    def generation(self) -> str:
        """What changes whenever an answer could; entity tags hang on it."""
        ...

    def close(self) -> None:
        """Ends what it started."""
        ...

    async def run(self, job: Job, asker: Asker | None = None) -> Result:
        """The result of a job. Raises Refusal when it is malformed, forbidden, too long or too much."""
        ...
