"""The REST side described in OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.0), made from the questions' headers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from diplograph.catalog import Catalog, Parameter, Query, values_of
from diplograph.server.description.datasets import read_about
from diplograph.server.description.openapi_explorer import SCHEMAS, describe_explorer
from diplograph.server.description.writing import Site

RESULTS = (
    "application/sparql-results+json",
    "application/sparql-results+xml",
    "text/csv",
    "text/tab-separated-values",
)
RDF = ("text/turtle", "application/n-triples", "application/ld+json", "application/rdf+xml")
_PATTERNS = {
    "date": r"^\d{4}(-\d\d(-\d\d)?)?$",
    "month": r"^\d{4}-\d\d$",
}
_TYPES = {
    "actor": "an actor: its IRI, key or Wikidata id, or its name in Arabic or English",
    "place": "a place: its IRI, key or Wikidata id, or its name in Arabic or English",
    "event": "an event: its IRI, its key, or the beginning of a key",
    "document": "a document: its IRI, its id, or the last part of its id",
}


def describe_interface(site: Site, catalog: Catalog, version: str) -> dict[str, Any]:
    """The OpenAPI document of a server: each question with its parameters and formats, and the other addresses.

    >>> from diplograph.catalog import load_catalog
    >>> site = Site("http://localhost/", "https://w3id.org/diplograph/")
    >>> "/queries/events" in describe_interface(site, load_catalog(), "0.1.0")["paths"]
    True
    """
    about = read_about()["en"]
    return {
        "openapi": "3.1.0",
        "info": {"title": about["title"], "description": about["description"], "version": version},
        "servers": [{"url": site.url.rstrip("/")}],
        "tags": [
            {"name": "questions", "description": "The canned questions, each with its parameters"},
            {"name": "explorer", "description": "What the explorer's pages are made of"},
            {"name": "protocol", "description": "SPARQL 1.1"},
            {"name": "linked data", "description": "What an IRI of ours stands for"},
            {"name": "descriptions", "description": "What this server holds and can do"},
        ],
        "paths": {
            "/queries": {"get": _list_operation()},
            **{f"/queries/{query.name}": {"get": _question(query)} for query in catalog},
            **describe_explorer({name: _REFUSALS[name] for name in ("400", "503")}),
            "/sparql": {"get": _sparql_by_get(), "post": _sparql_by_post()},
            **{f"/{room}/{{key}}": {"get": _look_up(room, what)} for room, what in _ROOMS.items()},
            **{path: {"get": _description(*said)} for path, said in _DESCRIPTIONS.items()},
        },
        "components": {"responses": _RESPONSES, "schemas": {"Problem": _PROBLEM, **SCHEMAS}},
    }


_PROBLEM = {
    "type": "object",
    "required": ["status", "message"],
    "properties": {
        "status": {"type": "integer"},
        "message": {"type": "string", "description": "what is wrong, where, and how to mend it"},
    },
}
_REFUSED = {
    "text/plain": {"schema": {"type": "string"}},
    "application/json": {"schema": {"$ref": "#/components/schemas/Problem"}},
}
_RESPONSES = {
    "Malformed": {"description": "A parameter is unknown, missing or malformed", "content": _REFUSED},
    "Unknown": {"description": "There is no such thing in the store", "content": _REFUSED},
    "Unacceptable": {"description": "It cannot be had in a format that is asked for", "content": _REFUSED},
    "Overrun": {"description": "It takes longer or more than the server allows", "content": _REFUSED},
}
_REFUSALS = {
    "400": {"$ref": "#/components/responses/Malformed"},
    "406": {"$ref": "#/components/responses/Unacceptable"},
    "503": {"$ref": "#/components/responses/Overrun"},
}
_ROOMS = {
    "document": "a document",
    "report": "what one document says of one event",
    "mention": "a stretch of a document's text",
    "activity": "the extraction that made a document's graph",
    "event": "an event",
    "actor": "an actor",
    "place": "a place",
    "graph": "a named graph",
}
_DESCRIPTIONS = {
    "/.well-known/void": ("VoID description of the dataset, with what it counts", RDF),
    "/dcat": ("DCAT catalogue", RDF),
    "/ontology": ("The ontology", (*RDF, "text/html")),
    "/query-editor": ("A SPARQL editor", ("text/html",)),
    "/openapi.json": ("This description", ("application/json",)),
    "/health": ("Whether the server answers", ("application/json",)),
    "/metrics": ("Figures for Prometheus", ("text/plain",)),
}


def _content(media_types: tuple[str, ...]) -> dict[str, Any]:
    return {media: {"schema": {"type": "object" if "json" in media else "string"}} for media in media_types}


def _format_parameter(*names: str) -> dict[str, Any]:
    return {
        "name": "format",
        "in": "query",
        "description": "The format, for who cannot set the Accept header",
        "schema": {"type": "string", "enum": list(names)},
    }


def _list_operation() -> dict[str, Any]:
    return {
        "tags": ["questions"],
        "operationId": "queries",
        "summary": "All questions with their parameters",
        "parameters": [_format_parameter("json", "html", "ttl", "nt", "jsonld", "rdf")],
        "responses": {
            "200": {
                "description": "The questions; in RDF as SHACL SPARQL executables",
                "content": _content(("application/json", "text/html", *RDF)),
            }
        },
    }


def _question(query: Query) -> dict[str, Any]:
    columns = "".join(f"\n- `{name}`: {meaning}" for name, meaning in query.columns.items())
    rows = {
        "description": "The rows; or the question in SPARQL, with the values in it",
        "content": _content((*RESULTS, "text/html", "application/sparql-query")),
    }
    rows["content"]["text/csv"]["example"] = ",".join(query.columns)  # type: ignore[index]
    return {
        "tags": ["questions"],
        "operationId": query.name,
        "summary": query.summary,
        "description": f"{query.summary_ar}\n\n{query.description}\n\nColumns:\n{columns}",
        "parameters": [
            *(_parameter(query, parameter) for parameter in query.parameters),
            _format_parameter("json", "xml", "csv", "tsv", "html", "rq"),
        ],
        "responses": {"200": rows, **_REFUSALS},
    }


def _parameter(query: Query, parameter: Parameter) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": parameter.name,
        "in": "query",
        "required": parameter.required,
        "description": "; ".join(filter(None, (parameter.description, _TYPES.get(parameter.type)))),
        "schema": _schema(parameter),
    }
    if parameter.name in query.example:
        example = query.example[parameter.name]
        described["example"] = int(example) if parameter.type == "integer" else example
    return described


def _schema(parameter: Parameter) -> Mapping[str, Any]:
    schema: dict[str, Any] = {"type": "integer" if parameter.type == "integer" else "string"}
    if parameter.type in _PATTERNS:
        schema["pattern"] = _PATTERNS[parameter.type]
    elif values_of(parameter):
        schema["enum"] = list(values_of(parameter))
    if parameter.default is not None:
        schema["default"] = int(parameter.default) if parameter.type == "integer" else parameter.default
    return schema


def _sparql_parameters() -> list[dict[str, Any]]:
    graphs = {"type": "array", "items": {"type": "string", "format": "uri"}}
    return [
        {"name": name, "in": "query", "description": what, "schema": graphs}
        for name, what in (
            ("default-graph-uri", "graphs that make up the default graph"),
            ("named-graph-uri", "the named graphs"),
        )
    ]


def _sparql_by_get() -> dict[str, Any]:
    asked = {
        "name": "query",
        "in": "query",
        "description": "a SPARQL 1.1 query; without one, the service description is the answer",
        "schema": {"type": "string"},
    }
    return {
        "tags": ["protocol"],
        "operationId": "sparql",
        "summary": "Asks a SPARQL query",
        "externalDocs": {"url": "https://www.w3.org/TR/sparql11-protocol/"},
        "parameters": [asked, *_sparql_parameters()],
        "responses": {
            "200": {"description": "The answer", "content": _content((*RESULTS, *RDF))},
            **_REFUSALS,
        },
    }


def _sparql_by_post() -> dict[str, Any]:
    form = {"type": "object", "required": ["query"], "properties": {"query": {"type": "string"}}}
    return {
        **_sparql_by_get(),
        "operationId": "sparql-post",
        "parameters": _sparql_parameters(),
        "requestBody": {
            "required": True,
            "content": {
                "application/sparql-query": {"schema": {"type": "string"}},
                "application/x-www-form-urlencoded": {"schema": form},
            },
        },
    }


def _look_up(room: str, what: str) -> dict[str, Any]:
    key = {
        "name": "key",
        "in": "path",
        "required": True,
        "description": f"the end of the IRI, which may hold slashes: …/{room}/KEY",
        "schema": {"type": "string"},
    }
    return {
        "tags": ["linked data"],
        "operationId": f"look-up-{room}",
        "summary": f"Looks up {what}",
        "parameters": [key, _format_parameter("html", "ttl", "nt", "jsonld", "rdf")],
        "responses": {
            "200": {"description": "What the store says of it", "content": _content(("text/html", *RDF))},
            "303": {"description": "It is a thing of the world; what describes it is elsewhere"},
            "404": {"$ref": "#/components/responses/Unknown"},
            "406": _REFUSALS["406"],
        },
    }


def _description(summary: str, media_types: tuple[str, ...]) -> dict[str, Any]:
    return {
        "tags": ["descriptions"],
        "summary": summary,
        "responses": {"200": {"description": summary, "content": _content(media_types)}},
    }
