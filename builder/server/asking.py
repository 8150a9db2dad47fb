"""Short questions that handlers put to a service: rows, yes or no; and what to do with a client's wishes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol
from urllib.parse import urlsplit

from pyoxigraph import (
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
    serialize,
)

from diplograph.server.answers import Answer
from diplograph.server.description.writing import DESCRIPTION_PREFIXES, Site
from diplograph.server.errors import Refusal
from diplograph.server.negotiation import GRAPH_FORMATS, choose
from diplograph.server.requests import Request
from diplograph.server.rows import Row, read_rows
from diplograph.server.service import Job, QueryJob, Result, Service
from diplograph.server.settings import Settings
from diplograph.store import PREFIXES


class Asking(Protocol):
    """Who can have a query answered: a request, on behalf of its client, or the service itself."""

    @property
    def settings(self) -> Settings:
        """How the store is served."""
        ...

    async def run(self, job: Job) -> Result:
        """The result of a job."""
        ...


FORMAT = "format"
"""The parameter by which a format can be named in an address."""

RDF_FORMATS = MappingProxyType(
    {
        media_type: GRAPH_FORMATS[media_type]
        for media_type in (
            "text/turtle",
            "application/n-triples",
            "application/ld+json",
            "application/rdf+xml",
        )
    }
)
"""The media types in which we describe things, the best first, and the name of each one's format."""


async def select(asking: Asking, sparql: str) -> list[Row]:
    """The rows of a SELECT, which must be few enough to be held in memory."""
    rows, _ = await select_first(asking, sparql)
    return rows


async def select_first(
    asking: Asking, sparql: str, most: int | None = None, graphs: Iterable[NamedNode] = ()
) -> tuple[list[Row], bool]:
    """The first rows of a SELECT (``most`` of them, or all), and whether there are more. With ``graphs``, only these
    are looked at."""
    result = await asking.run(QueryJob(sparql, named_graphs=tuple(graph.value for graph in graphs)))
    try:
        answer = _parse(result)
        if not isinstance(answer, QuerySolutions):
            raise Refusal(502, "the store answered a SELECT with something else")
        return read_rows(answer, most)
    finally:
        if result.spool is not None:
            result.spool.unlink(missing_ok=True)


async def ask(asking: Asking, sparql: str) -> bool:
    """The answer to an ASK."""
    answer = _parse(await asking.run(QueryJob(sparql)))
    if not isinstance(answer, QueryBoolean):
        raise Refusal(502, "the store answered an ASK with something else")
    return bool(answer)


def _parse(result: Result) -> QuerySolutions | QueryBoolean:
    source: dict[str, Any] = {"path": result.spool} if result.spool else {"input": result.body}
    try:
        return parse_query_results(**source, format=QueryResultsFormat.JSON)
    except (SyntaxError, ValueError) as error:
        raise Refusal(502, "the store answered with something that is no SPARQL result") from error


def parse_triples(body: bytes) -> list[Triple]:
    """The triples of an answer in N-Triples."""
    try:
        return [quad.triple for quad in parse(body, format=RdfFormat.N_TRIPLES)]
    except SyntaxError as error:
        raise Refusal(502, "the store answered with something that is no N-Triples") from error


def read_whole(result: Result) -> bytes:
    """The bytes of a result, wherever they are; its file is gone afterwards."""
    if result.spool is None:
        return result.body
    body = result.spool.read_bytes()
    result.spool.unlink(missing_ok=True)
    return body


# --- What the client wants -------------------------------------------------------------------------------------------


def choose_format(request: Request, offers: Mapping[str, str]) -> str:
    """The media type to answer in, of ``offers`` (media type → its name for ``?format=``), the best first.

    Raises Refusal, which lists what there is: 400 for an unknown format, 406 when the Accept header names none.
    """
    asked = request.field(FORMAT)
    if asked is not None:
        for media_type, name in offers.items():
            if asked in (name, media_type):
                return media_type
        names = ", ".join(dict.fromkeys(offers.values()))
        raise Refusal(400, f'there is no format "{asked}" here; choose one of {names}', parameter=FORMAT)
    chosen = choose(request.header("accept"), tuple(offers))
    if chosen is None:
        raise Refusal(406, f"this can be had as {', '.join(offers)}; the Accept header names none of them")
    return chosen


def site_of(request: Request) -> Site:
    """The server as its descriptions speak of it: where its settings say it is found, else where it was asked."""
    settings = request.settings
    return Site(
        f"{request.url}/",
        settings.base,
        updates=settings.writable,
        federation=bool(settings.hosts) and not settings.upstream,
        union=settings.union and not settings.upstream,
        graphs=not settings.upstream,
    )


def root_of(request: Request) -> str:
    """The path that all our addresses begin with: empty, or ``/graph`` where a proxy puts the server below that."""
    public = request.settings.public_url
    return urlsplit(public).path.rstrip("/") if public else ""


def tag(service: Service, *parts: object) -> str | None:
    """An entity tag of what depends on the generation of the store and on these parts; None where generations are not
    known, as of a store that is not ours."""
    if service.settings.upstream:
        return None
    whole: Sequence[object] = (service.generation(), *parts)
    return hashlib.blake2b(repr(whole).encode(), digest_size=12).hexdigest()


def rdf_answer(media_type: str, triples: Iterable[Triple], **options: Any) -> Answer:
    """Triples as an answer in a media type of RDF."""
    format = RdfFormat.from_extension(GRAPH_FORMATS[media_type])
    assert format is not None
    found = list(triples)
    written = "\n".join(map(str, found))
    known = {**PREFIXES, **DESCRIPTION_PREFIXES}
    prefixes = {prefix: namespace for prefix, namespace in known.items() if f"<{namespace}" in written}
    body = serialize(found, format=format, prefixes=prefixes)
    return Answer(body or b"", media_type, **options)
