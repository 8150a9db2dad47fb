"""The descriptions as documents: /.well-known/void, /dcat, /openapi.json, and what /sparql says when asked nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

from pyoxigraph import Triple

import diplograph
from diplograph.catalog import load_catalog
from diplograph.quads import shared_graph
from diplograph.server.answers import Answer
from diplograph.server.asking import (
    RDF_FORMATS,
    choose_format,
    parse_triples,
    rdf_answer,
    read_whole,
    select,
    site_of,
    tag,
)
from diplograph.server.description import (
    Counts,
    counting_queries,
    describe_all,
    describe_catalog,
    describe_dataset,
    describe_document,
    describe_interface,
    read_counts,
    recall_counts,
)
from diplograph.server.errors import Refusal
from diplograph.server.requests import Request
from diplograph.server.routes import Route
from diplograph.server.rows import Row
from diplograph.server.service import QueryJob, Service

PATIENCE = 3.0
"""Seconds that a client waits for counts; after that it gets the description without them, and the next one has them."""


class Descriptions:
    """The handlers of the descriptions; they keep the counts, which are made once for each generation."""

    def __init__(self) -> None:
        self._counting: tuple[str, asyncio.Task[Counts]] | None = None

    def routes(self) -> dict[str, Route]:
        """The routes of the descriptions."""
        return {
            "/.well-known/void": Route(self.void),
            "/dcat": Route(self.dcat),
            "/openapi.json": Route(self.openapi),
        }

    async def counts(self, service: Service) -> tuple[Counts, bool]:
        """How much there is, and whether that is the last word: it is not while it is being counted."""
        generation = service.generation()
        if self._counting is None or self._counting[0] != generation:
            self._counting = generation, asyncio.ensure_future(_find_counts(service))
        task = self._counting[1]
        try:
            return await asyncio.wait_for(asyncio.shield(task), PATIENCE), True
        except TimeoutError:
            return Counts(), False
        except Refusal:
            self._counting = None
            return Counts(), False

    async def service_description(self, request: Request) -> Answer:
        """All that there is to know of the endpoint, in RDF; in Turtle for who asks for nothing that we have."""
        try:
            media_type = choose_format(request, RDF_FORMATS)
        except Refusal:
            media_type = next(iter(RDF_FORMATS))
        counts, final = await self.counts(request.service)
        return self._document(request, media_type, describe_all(site_of(request), counts), final)

    async def void(self, request: Request) -> Answer:
        """The dataset, in VoID."""
        media_type, site = choose_format(request, RDF_FORMATS), site_of(request)
        counts, final = await self.counts(request.service)
        triples = (*describe_document(site), *describe_dataset(site, counts))
        return self._document(request, media_type, triples, final)

    async def dcat(self, request: Request) -> Answer:
        """A catalogue of what is here, in DCAT."""
        media_type, site = choose_format(request, RDF_FORMATS), site_of(request)
        counts, final = await self.counts(request.service)
        triples = (*describe_catalog(site), *describe_dataset(site, counts))
        return self._document(request, media_type, triples, final)

    async def openapi(self, request: Request) -> Answer:
        """The REST side, in OpenAPI."""
        described = describe_interface(site_of(request), load_catalog(), diplograph.__version__)
        body = json.dumps(described, ensure_ascii=False, indent=1)
        return Answer(body, "application/json", etag=tag(request.service, body))

    def _document(
        self, request: Request, media_type: str, triples: Iterator[Triple] | tuple[Triple, ...], final: bool
    ) -> Answer:
        etag = tag(request.service, request.path, request.url, media_type) if final else None
        return rdf_answer(media_type, triples, etag=etag)


async def _find_counts(service: Service) -> Counts:
    """The counts that a generation was described with; of a store that states none, made now, one after another."""
    base = service.settings.base
    graph = shared_graph("description", base=base)
    described = await service.run(QueryJob(f"CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH {graph} {{ ?s ?p ?o }} }}"))
    found = recall_counts(parse_triples(read_whole(described)))
    if found is not None:
        return found
    answers: dict[str, list[Row] | None] = {}
    for name, query in counting_queries(base, foreign=bool(service.settings.upstream)).items():
        try:
            answers[name] = await select(service, query)
        except Refusal:
            answers[name] = None
    return read_counts(answers)
