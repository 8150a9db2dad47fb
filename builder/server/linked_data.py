"""Every IRI of ours, looked up on the server under its path: pages for people, RDF for programs.

An event, an actor or a place is a thing of the world, which no server can send: the answer is 303 and where its
description is (Cool URIs for the Semantic Web, https://www.w3.org/TR/cooluris/). Documents, reports, mentions, graphs
and the like are information; they are sent, with a Content-Location that says in which form. The answer does not
depend on the host that was asked, so it is right wherever the base of the store leads.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlencode

from pyoxigraph import Literal, NamedNode

from diplograph.catalog import Query, bind, load_catalog
from diplograph.quads import DCTERMS, LABEL, TYPE, decode, encode, term
from diplograph.server.answers import Answer
from diplograph.server.asking import (
    FORMAT,
    RDF_FORMATS,
    ask,
    choose_format,
    parse_triples,
    rdf_answer,
    root_of,
    select,
    select_first,
    tag,
)
from diplograph.server.errors import Refusal
from diplograph.server.pages import error_page, language_of, page, shower_of
from diplograph.server.pages.built import built_entry
from diplograph.server.pages.rendering import HTML, wants_page
from diplograph.server.requests import Request
from diplograph.server.routes import Route
from diplograph.server.rows import Node, Row, value
from diplograph.server.service import QueryJob

THINGS = ("event", "actor", "place")
INFORMATION = ("document", "report", "mention", "activity", ".well-known/genid")
_OFFERS = MappingProxyType({**RDF_FORMATS, "application/json": "jsonld", HTML: "html"})
EXPLORED = (*THINGS, "document")
SHOWN_LINKS = 200
"""How many links from elsewhere a page shows of each property; programs get all of them."""

_TEXTS = ("text", "quote")
_POPULAR = 2_000  # what so much speaks of has a long answer, which is better asked for by itself
_PATIENCE = 3.0  # seconds
_LEADING = MappingProxyType(
    {
        "event": "event-evidence",
        "actor": "actor-timeline",
        "place": "events-at-place",
    }
)
"""The question whose answer is on the page of a thing."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A property, and its values or those that have it, each with its label in the page's language, if it has one."""

    property: NamedNode
    values: tuple[tuple[Node, Literal | None], ...]
    total: int


async def look_up(request: Request) -> Answer:
    """What the store says of a thing: a page or RDF, or 303 to either."""
    path = request.path.removeprefix("/")
    iri = _iri(request.settings.base, path)
    media_type = choose_format(request, _OFFERS)
    if not await ask(request, f"ASK {{ {_about(iri)} }}"):
        return _unknown(request, iri)
    address = f"{root_of(request)}/{encode(path)}"
    location = f"{address}?{FORMAT}={_OFFERS[media_type]}"
    if path.partition("/")[0] in THINGS and request.field(FORMAT) is None:
        return Answer(b"", media_type, status=303, headers={"Location": location})
    headers = {"Content-Location": location, "Link": _links(iri, address)}
    if media_type == HTML:
        return await _thing_page(request, iri, path, address, headers)
    return await _rdf(request, f"CONSTRUCT {{ ?s ?p ?o }} {{ {_about(iri)} }}", media_type, headers)


async def look_up_graph(request: Request) -> Answer:
    """A named graph: all of its triples for programs, a list of what it is about for people."""
    path = request.path.removeprefix("/")
    graph = _iri(request.settings.base, path)
    media_type = choose_format(request, _OFFERS)
    if not await ask(request, f"ASK {{ GRAPH {graph} {{ ?s ?p ?o }} }}"):
        return _unknown(request, graph)
    address = f"{root_of(request)}/{encode(path)}"
    headers = {"Link": _links(graph, address)}
    if media_type == HTML:
        return await _graph_page(request, graph, address, headers)
    whole = f"CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH {graph} {{ ?s ?p ?o }} }}"
    return await _rdf(request, whole, media_type, headers)


def _iri(base: str, path: str) -> NamedNode:
    """The IRI that a path (decoded) stands for: written as :func:`diplograph.quads.encode` writes it."""
    return NamedNode(base + encode(path))


def _about(iri: NamedNode) -> str:
    """The triples in which a thing stands, as ?s ?p ?o."""
    return f"""{{ GRAPH ?g {{ {iri} ?p ?o }} BIND({iri} AS ?s) }}
        UNION {{ GRAPH ?g {{ ?s ?p {iri} }} BIND({iri} AS ?o) }}"""


def _links(iri: NamedNode, address: str) -> str:
    """The Link header: which thing this is about, and the other forms of it."""
    alternates = (
        f'<{address}?{FORMAT}={suffix}>; rel="alternate"; type="{media_type}"'
        for media_type, suffix in RDF_FORMATS.items()
    )
    return ", ".join([f'<{iri.value}>; rel="describes"', *alternates])


async def _rdf(request: Request, construct: str, media_type: str, headers: Mapping[str, str]) -> Answer:
    """The triples of a query. Few are written with prefixes, for reading; many as the store writes them."""
    etag = tag(request.service, construct, media_type)
    result = await request.run(QueryJob(construct, graph="application/n-triples"))
    if result.spool is None:
        triples = sorted(parse_triples(result.body), key=str)
        return rdf_answer(media_type, triples, headers=headers, etag=etag)
    result.spool.unlink(missing_ok=True)
    result = await request.run(QueryJob(construct, graph=media_type))
    return Answer(result, media_type, headers=headers, etag=etag)


def _unknown(request: Request, iri: NamedNode) -> Answer:
    message = (
        f"there is nothing about <{iri.value}> in the store; {root_of(request)}/queries lists the questions "
        "that find events, actors and documents"
    )
    if wants_page(request):
        return error_page(request, 404, message)
    raise Refusal(404, message, iri=iri.value)


# --- Pages -----------------------------------------------------------------------------------------------------------


async def _thing_page(
    request: Request, iri: NamedNode, path: str, address: str, headers: Mapping[str, str]
) -> Answer:
    language = language_of(request)
    room = path.partition("/")[0]
    outgoing, amounts = await asyncio.gather(
        select(request, _with_label(f"GRAPH ?g {{ {iri} ?p ?value }}")),
        select(request, f"SELECT ?p (COUNT(*) AS ?n) {{ GRAPH ?g {{ ?s ?p {iri} }} }} GROUP BY ?p"),
    )
    totals = {row["p"].value: int(row["n"].value) for row in amounts}
    incoming = await asyncio.gather(*(select(request, _pointing(name, iri)) for name in totals))
    facts = _facts(outgoing, {}, language)
    leading = load_catalog().get(_LEADING[room]) if room in _LEADING else None
    rows, more = (
        await _answer(request, leading, iri) if leading and sum(totals.values()) < _POPULAR else ([], False)
    )
    labels = [
        value
        for name in (LABEL, NamedNode(DCTERMS + "title"))
        for value, _ in _values_of(facts, name)
        if isinstance(value, Literal)
    ]
    return page(
        request,
        "thing.html",
        headers=headers,
        etag=_page_tag(request, iri.value),
        iri=iri.value,
        title=shower_of(request).show(_best(labels, language) or Literal(decode(path))),
        labels=labels,
        texts=[value for name in _TEXTS for value, _ in _values_of(facts, term(name))],
        facts=[fact for fact in facts if fact.property not in (LABEL, *map(term, _TEXTS))],
        backward=_facts([row for rows in incoming for row in rows], totals, language),
        leading=leading,
        leading_query=_parameter_for(leading, room, iri) if leading else "",
        columns=[name for name in leading.columns if name != room] if leading else [],
        rows=rows,
        more=more,
        most=SHOWN_LINKS,
        questions=_questions_about(request, room, iri),
        explorer=f"{root_of(request)}/explore/{encode(path)}"
        if room in EXPLORED and built_entry("explorer")
        else "",
        formats={suffix: f"{address}?{FORMAT}={suffix}" for suffix in RDF_FORMATS.values()},
        media_types={suffix: media_type for media_type, suffix in RDF_FORMATS.items()},
    )


def _page_tag(request: Request, *parts: object) -> str | None:
    return tag(request.service, request.query_string, *parts)


def _with_label(pattern: str, limit: int | None = None) -> str:
    """Properties and values, with their labels; a thing with two labels comes in two rows."""
    end = f"LIMIT {limit}" if limit else ""
    return f"""SELECT ?p ?value ?label {{ {{ SELECT ?p ?value {{ {pattern} }} {end} }}
        OPTIONAL {{ GRAPH ?h {{ ?value {LABEL} ?label }} }} }}"""


def _pointing(property: str, iri: NamedNode) -> str:
    """What has a thing as the value of a property, as many as are shown."""
    name = NamedNode(property)
    return _with_label(f"GRAPH ?g {{ ?value {name} {iri} }} BIND({name} AS ?p)", SHOWN_LINKS)


def _facts(rows: Sequence[Row], totals: Mapping[str, int], language: str) -> list[Fact]:
    """The rows by property, in the order of the properties' IRIs, the classes first."""
    found: dict[str, dict[Node, list[Literal]]] = {}
    for row in rows:
        labels = found.setdefault(row["p"].value, {}).setdefault(row["value"], [])
        if isinstance(row.get("label"), Literal):
            labels.append(row["label"])  # type: ignore[arg-type]
    facts = []
    for name in sorted(found, key=lambda name: (not name.endswith("#type"), name)):
        ordered = sorted(found[name].items(), key=lambda pair: str(pair[0]))
        values = tuple((node, _best(labels, language)) for node, labels in ordered)
        facts.append(Fact(NamedNode(name), values, totals.get(name, len(values))))
    return facts


def _best(labels: Sequence[Literal], language: str) -> Literal | None:
    """The label in this language, else any."""
    return next((label for label in labels if label.language == language), labels[0] if labels else None)


def _values_of(facts: Sequence[Fact], property: NamedNode) -> tuple[tuple[Node, Literal | None], ...]:
    return next((fact.values for fact in facts if fact.property == property), ())


def _questions_about(request: Request, room: str, iri: NamedNode) -> list[tuple[Query, str]]:
    """The questions that take such a thing, each with its address."""
    root = root_of(request)
    return [
        (query, f"{root}/queries/{query.name}?{urlencode({parameter.name: iri.value})}")
        for query in load_catalog()
        for parameter in query.parameters
        if parameter.type == room
    ]


def _parameter_for(query: Query, room: str, iri: NamedNode) -> str:
    """The query string that asks a question about a thing."""
    name = next(parameter.name for parameter in query.parameters if parameter.type == room)
    return urlencode({name: iri.value})


async def _answer(request: Request, query: Query, iri: NamedNode) -> tuple[list[Row], bool]:
    """The first rows of a question about a thing; none when they take long: the page has a link to the question."""
    room = iri.value.removeprefix(request.settings.base).partition("/")[0]
    parameter = next(parameter for parameter in query.parameters if parameter.type == room)
    try:
        async with asyncio.timeout(_PATIENCE):
            return await select_first(request, bind(query, {parameter.name: iri.value}), SHOWN_LINKS)
    except (TimeoutError, Refusal):
        return [], False


async def _graph_page(request: Request, graph: NamedNode, address: str, headers: Mapping[str, str]) -> Answer:
    amounts, rows = await asyncio.gather(
        select(request, f"SELECT (COUNT(*) AS ?n) {{ GRAPH {graph} {{ ?s ?p ?o }} }}"),
        select(request, _with_label(f"GRAPH {graph} {{ ?value {TYPE} ?p }}", SHOWN_LINKS)),
    )
    classes = _facts(rows, {}, language_of(request))
    return page(
        request,
        "graph.html",
        headers={**headers, "Content-Location": f"{address}?{FORMAT}=html"},
        etag=_page_tag(request, graph.value),
        iri=graph.value,
        formats={suffix: f"{address}?{FORMAT}={suffix}" for suffix in RDF_FORMATS.values()},
        triples=int(value(amounts[0], "n")),
        classes=classes,
        more=sum(len(found.values) for found in classes) >= SHOWN_LINKS,
        most=SHOWN_LINKS,
    )


ROUTES = {
    **{f"/{room}/": Route(look_up) for room in (*THINGS, *INFORMATION)},
    "/graph/": Route(look_up_graph),
}
