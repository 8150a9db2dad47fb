"""The SPARQL 1.1 Protocol: /sparql for queries and updates, /query and /update for either."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence

from diplograph.server import authority
from diplograph.server.answers import Answer, not_modified
from diplograph.server.errors import Refusal
from diplograph.server.negotiation import GRAPH_FORMATS, RESULT_FORMATS, choose
from diplograph.server.requests import Request, parse_form
from diplograph.server.routes import Route
from diplograph.server.service import QueryJob, UpdateJob

_RESULTS, _GRAPHS = tuple(RESULT_FORMATS), tuple(GRAPH_FORMATS)
_FORM, _QUERY, _UPDATE = (
    "application/x-www-form-urlencoded",
    "application/sparql-query",
    "application/sparql-update",
)
_LONGEST_GRAPH_LIST = 100  # a long list of default graphs takes Oxigraph more than the square of its length
_LONG = 100_000  # characters, whose decoding others would notice

Fields = Sequence[tuple[str, str]]


async def either(request: Request) -> Answer:
    """Answers a query, or runs an update, whichever it is."""
    if request.method != "POST":
        return await query(request)
    fields = await _read(request, (_QUERY, _UPDATE))
    if any(name == "update" for name, _ in fields):
        return await _run_update(request, fields)
    return await _run_query(request, _to_query(fields, request.header("accept"), request.url + request.path))


async def query(request: Request) -> Answer:
    """Answers a query by GET or POST."""
    accept, url = request.header("accept"), request.url + request.path
    if request.method == "POST":
        return await _run_query(request, _to_query(await _read(request, (_QUERY,)), accept, url))
    return await _run_query(request, _to_query(request.fields, accept, url))


async def update(request: Request) -> Answer:
    """Runs an update by POST."""
    return await _run_update(request, await _read(request, (_UPDATE,)))


# --- Reading ---------------------------------------------------------------------------------------------------------


async def _read(request: Request, direct: tuple[str, ...]) -> Fields:
    """The fields of a POST: those of the path, and those of the form or the one that the body is (section 2.1.3)."""
    kind, _, parameters = (request.header("content-type") or "").lower().partition(";")
    kind = kind.strip()
    charset = parameters.partition("charset=")[2].partition(";")[0].strip(' "')
    if charset not in ("", "utf-8", "utf8", "us-ascii"):
        raise Refusal(415, "the body of the request must be UTF-8")
    if kind != _FORM and kind not in direct:
        raise Refusal(415, f"the body of the request must be {' or '.join((_FORM, *direct))}, and say so")
    try:
        body = (await request.body()).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refusal(400, f"the body of the request is not UTF-8 (at byte {error.start})") from error
    if kind == _FORM:
        form = parse_form(body) if len(body) < _LONG else await asyncio.to_thread(parse_form, body)
        return [*request.fields, *form]
    if any(name in ("query", "update") for name, _ in request.fields):
        raise Refusal(400, "the query is in the body and must not be in the path as well")
    return [*request.fields, ("query" if kind == _QUERY else "update", body)]


def _to_query(fields: Fields, accept: str | None, url: str) -> QueryJob:
    chosen, graph = choose(accept, _RESULTS), choose(accept, _GRAPHS)
    if len(fields) == 1 and fields[0][0] == "query":
        return QueryJob(fields[0][1], chosen, chosen, graph, url=url)
    if any(name == "update" for name, _ in fields):
        raise Refusal(400, "an update must come by POST to /update or /sparql", headers={"Allow": "POST"})
    return QueryJob(
        text=_only(fields, "query"),
        select=chosen,
        ask=chosen,
        graph=graph,
        default_graphs=_graphs(fields, "default-graph-uri"),
        named_graphs=_graphs(fields, "named-graph-uri"),
        url=url,
    )


def _only(fields: Fields, wanted: str) -> str:
    found = [value for name, value in fields if name == wanted]
    if len(found) != 1:
        raise Refusal(400, f"give one {wanted}, not {len(found) or 'none'}")
    return found[0]


def _graphs(fields: Fields, wanted: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(value for name, value in fields if name == wanted))
    if len(found) > _LONGEST_GRAPH_LIST:
        raise Refusal(400, f"no more than {_LONGEST_GRAPH_LIST} graphs can be given as {wanted}")
    return found


# --- Answering -------------------------------------------------------------------------------------------------------


async def _run_query(request: Request, job: QueryJob) -> Answer:
    request.note["asked"] = job.text
    known = request.header("if-none-match")
    if known is not None and request.method != "POST":
        tag = _tag(request.service.generation(), job)
        if tag in known:
            return not_modified(known, tag)
    result = await request.run(job)
    return Answer(result, etag=_tag(result.generation, job) if result.stable else None)


def _tag(generation: str, job: QueryJob) -> str:
    """What an answer hangs on, as a hash; one that may be another each time is never given its tag."""
    graphs = "\0".join((*job.default_graphs, "", *job.named_graphs))
    asked = f"{generation}\0{job.text}\0{job.url}\0{job.select}\0{job.graph}\0{graphs}"
    return hashlib.blake2b(asked.encode("utf-8", "replace"), digest_size=12).hexdigest()


async def _run_update(request: Request, fields: Fields) -> Answer:
    authority.check(request)
    if any(name == "query" for name, _ in fields):
        raise Refusal(400, "give a query or an update, not both")
    job = UpdateJob(
        text=_only(fields, "update"),
        using=_graphs(fields, "using-graph-uri"),
        using_named=_graphs(fields, "using-named-graph-uri"),
        url=request.url + request.path,
    )
    request.note["asked"] = job.text
    await request.run(job)
    return Answer(status=204)


ROUTES = {
    "/sparql": Route(either, ("GET", "POST")),
    "/sparql/": Route(either, ("GET", "POST")),
    "/query": Route(query, ("GET", "POST")),
    "/update": Route(update, ("POST",)),
}
