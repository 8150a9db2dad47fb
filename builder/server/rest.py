"""The canned questions at addresses of their own: ``/queries`` lists them, ``/queries/NAME?parameter=value`` asks one.

Rows come in every result format of SPARQL or as a page; asked for RDF, a question is described in SHACL instead, and
asked for SPARQL it is the query, with the values that were given in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from diplograph.catalog import Query, bind, load_catalog, values_of
from diplograph.model import DiplographError, QueryError
from diplograph.server.answers import Answer
from diplograph.server.asking import (
    FORMAT,
    RDF_FORMATS,
    choose_format,
    rdf_answer,
    root_of,
    select_first,
    site_of,
    tag,
)
from diplograph.server.description import describe_prefixes, describe_question, describe_questions
from diplograph.server.description.examples import without_header
from diplograph.server.errors import Refusal
from diplograph.server.naming import Names
from diplograph.server.negotiation import RESULT_FORMATS
from diplograph.server.pages import error_page, language_of, page
from diplograph.server.pages.rendering import HTML, wants_page
from diplograph.server.requests import Request
from diplograph.server.routes import Route
from diplograph.server.rows import Row
from diplograph.server.service import QueryJob
from diplograph.vocabulary import load_vocabulary

SHOWN_ROWS = 500
"""How many rows a page shows; the other formats have all of them."""

_LANGUAGE = "lang"
_CHOSEN = ("status", "class")
_LISTS = MappingProxyType({HTML: "html", "application/json": "json", **RDF_FORMATS})
_SPARQL = "application/sparql-query"
_CONDITIONS = re.compile(r"^[ \t]*#\?.*\n", re.MULTILINE)  # lines for parameters that were not given
_ANSWERS = MappingProxyType({**RESULT_FORMATS, HTML: "html", **RDF_FORMATS, _SPARQL: "rq"})


class Questions:
    """The handlers of the questions; they keep the names that parameters may be given by."""

    def __init__(self) -> None:
        self._catalog = load_catalog()
        self._names = Names()

    def routes(self) -> dict[str, Route]:
        """The routes of the questions."""
        return {"/queries": Route(self.list), "/queries/": Route(self.answer)}

    async def list(self, request: Request) -> Answer:
        """All questions: a page, JSON, or SHACL in RDF."""
        media_type = choose_format(request, _LISTS)
        if media_type == HTML:
            return page(request, "queries.html", etag=tag(request.service, "queries"), catalog=self._catalog)
        if media_type == "application/json":
            root = root_of(request)
            described = [describe(query, root) for query in self._catalog]
            return Answer(json.dumps(described, ensure_ascii=False, indent=2), media_type)
        site = site_of(request)
        return rdf_answer(media_type, (*describe_prefixes(site), *describe_questions(site, self._catalog)))

    async def answer(self, request: Request) -> Answer:
        """The rows of one question, or what it asks."""
        name = request.path.removeprefix("/queries/")
        try:
            query = self._catalog.get(name)
        except QueryError as error:
            message = f"{str(error).rpartition(';')[0]}; {root_of(request)}/queries lists all"
            if wants_page(request):
                return error_page(request, 404, message)
            raise Refusal(404, message, query=name) from error
        media_type = choose_format(request, _ANSWERS)
        if media_type in RDF_FORMATS:
            site = site_of(request)
            return rdf_answer(media_type, (*describe_prefixes(site), *describe_question(site, query)))
        if media_type == HTML:
            return await self._page(request, query)
        sparql = await self._bind(request, query, self._values(request, query))
        if media_type == _SPARQL:
            plain = _CONDITIONS.sub("", without_header(sparql))
            return Answer(plain, _SPARQL, etag=tag(request.service, sparql, media_type))
        result = await request.run(QueryJob(sparql, select=media_type))
        return Answer(result, etag=tag(request.service, sparql, media_type) if result.stable else None)

    async def _bind(self, request: Request, query: Query, values: Mapping[str, str]) -> str:
        sparql = bind(query, await self._names.resolve(request, query, values))
        request.note["asked"] = f"{query.name} {dict(values)}"
        return sparql

    def _values(self, request: Request, query: Query) -> dict[str, str]:
        """The parameters given. Raises QueryError for one that is given twice; one given empty is not given."""
        given = [(name, text) for name, text in request.fields if name not in (FORMAT, _LANGUAGE)]
        values: dict[str, str] = {}
        for name, text in given:
            query.parameter(name)
            if name in values:
                raise QueryError(f"{name} is given twice; give it once")
            values[name] = text.strip()
        return {name: text for name, text in values.items() if text}

    async def _page(self, request: Request, query: Query) -> Answer:
        """The question with a form for its parameters; with its rows, once it has all that it needs."""
        status, message, sparql = 200, "", query.text
        rows: list[Row] | None = None
        more, values = False, dict[str, str]()
        try:
            values = self._values(request, query)
            if all(p.name in values for p in query.parameters if p.required):
                sparql = await self._bind(request, query, values)
                rows, more = await select_first(request, sparql, SHOWN_ROWS)
        except DiplographError as error:
            status, message = getattr(error, "status", 400), str(error)
        return page(
            request,
            "query.html",
            status=status,
            etag=tag(request.service, request.query_string, query.name),
            query=query,
            values=values,
            message=message,
            rows=rows,
            more=more,
            most=SHOWN_ROWS,
            sparql=without_header(sparql),
            choices=choices_of(query, language_of(request)),
            links=_links(request, query, values),
        )


def choices_of(query: Query, language: str) -> dict[str, list[tuple[str, str]]]:
    """The parameters that have only a few values, with these and their labels in a language."""
    vocabulary = load_vocabulary()
    return {
        parameter.name: [(name, vocabulary.label(name, language)) for name in values_of(parameter)]
        for parameter in query.parameters
        if parameter.type in _CHOSEN
    }


def _links(request: Request, query: Query, values: Mapping[str, str]) -> dict[str, str]:
    """Where the same answer is in other formats."""
    address = f"{root_of(request)}/queries/{query.name}"
    return {
        name: f"{address}?{urlencode({**values, FORMAT: name})}"
        for name in dict.fromkeys(RESULT_FORMATS.values())
    }


def describe(query: Query, root: str) -> dict[str, Any]:
    """A question as JSON says it: what it asks, its parameters, its columns, and where it is answered."""
    return {
        "name": query.name,
        "href": f"{root}/queries/{query.name}",
        "summary": query.summary,
        "summary_ar": query.summary_ar,
        "description": query.description,
        "parameters": [asdict(parameter) for parameter in query.parameters],
        "columns": dict(query.columns),
        "example": dict(query.example),
    }
