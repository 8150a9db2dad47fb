"""The explorer's addresses in OpenAPI: what its pages are made of."""

from __future__ import annotations

from typing import Any

_LIST = {"type": "array", "items": {"type": "string"}}
_KEY = "the end of an IRI, decoded: what follows event/, actor/, place/ or document/"
_FILTER = {
    "type": (_LIST, "only events of these classes, or of classes below them"),
    "status": (_LIST, "only events of these statuses"),
    "actor": (_LIST, "only events in which all these actors, by key, or who represents them, took part"),
    "place": (_LIST, "only events held at one of these places, by key"),
    "from": ({"type": "string"}, "only events that may have been on this partial date or later"),
    "to": ({"type": "string"}, "only events that may have been on this partial date or earlier"),
    "confidence": ({"type": "number", "minimum": 0, "maximum": 1}, "only events of at least this confidence"),
}
_AFTER = {"after": ({"type": "integer", "minimum": 0}, "how many events of the list to leave out")}
_AT = {"at": ({"type": "integer", "minimum": 0}, "an offset in the document's text, in code points from 0")}
_SEARCH = {
    "q": ({"type": "string"}, "a name in Arabic or English, however it is spelt"),
    "room": (_LIST, "only actor, place, event or document"),
}
_COUNTS = {"type": "object", "additionalProperties": {"type": "integer"}}
_EVENTS = {"type": "array", "items": {"$ref": "#/components/schemas/Event"}}
_REPORTS = {"type": "array", "items": {"$ref": "#/components/schemas/Report"}}
_THINGS = {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Thing"}}
_NUMBER = {"type": "integer"}
_LABEL = {"type": "object", "additionalProperties": {"type": "string"}}
_ANY = {"type": "array", "items": {}}
_MAYBE = {"type": ["string", "null"]}

SCHEMAS: dict[str, Any] = {
    "Thing": {
        "type": "object",
        "description": "An actor or place: its class, and what it is called by language",
        "required": ["kind", "label"],
        "properties": {"kind": {"type": "string"}, "label": _LABEL, "wikidata": {"type": "string"}},
    },
    "Event": {
        "type": "object",
        "description": "An event in a list; parts are pairs of a role and an actor's key with its room",
        "required": [
            "key",
            "type",
            "status",
            "start",
            "end",
            "confidence",
            "reports",
            "label",
            "parts",
            "places",
        ],
        "properties": {
            **{name: {"type": "string"} for name in ("key", "type", "status", "start", "end")},
            "confidence": {"type": ["number", "null"]},
            "reports": _NUMBER,
            "label": _LABEL,
            "parts": {"type": "array", "items": _LIST},
            "places": _LIST,
        },
    },
    "Report": {
        "type": "object",
        "description": "What one document says of an event, and the words (code points of its text) that it rests on",
        "required": ["key", "document", "values", "marks"],
        "properties": {
            **{name: {"type": "string"} for name in ("key", "document")},
            **{name: _MAYBE for name in ("title", "source", "published", "event")},
            "values": {"type": "object", "additionalProperties": _ANY},
            "marks": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["begin", "end", "quote", "aspects", "rules"],
                    "properties": {
                        "begin": _NUMBER,
                        "end": _NUMBER,
                        "quote": {"type": "string"},
                        "aspects": _LIST,
                        "rules": _LIST,
                    },
                },
            },
        },
    },
}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


_PATHS: dict[str, tuple[str, str, dict[str, Any], dict[str, Any]]] = {
    "/api/events": (
        "explorer-events",
        "The events of a view, the latest first, fifty at once; with the first also bars by time and choices to filter by",
        {**_FILTER, **_AFTER},
        _object(
            total=_NUMBER, all=_NUMBER, cut={"type": "boolean"}, undated=_NUMBER, next={"type": ["integer", "null"]},
            unit={"enum": ["month", "year"]}, bars=_ANY, choices={"type": "object"}, events=_EVENTS, things=_THINGS,
        ),
    ),
    "/api/network": (
        "explorer-network",
        "Who had to do with whom in the events of a view: nodes with their events, edges with their events by class",
        _FILTER,
        _object(total=_NUMBER, actors=_NUMBER, nodes=_ANY, edges=_ANY, things=_THINGS),
    ),
    "/api/places": (
        "explorer-places",
        "Where the events of a view were held; at is longitude and latitude, or null where these are not known",
        _FILTER,
        _object(
            total=_NUMBER, nowhere=_NUMBER, things=_THINGS,
            places={
                "type": "array",
                "items": _object(
                    place={"type": "string"}, events=_NUMBER, types=_COUNTS,
                    at={"type": ["array", "null"], "items": {"type": "number"}},
                ),
            },
        ),
    ),
    "/api/search": (
        "explorer-search",
        "Actors, places, events and documents with a name like this, the likeliest first",
        _SEARCH,
        _object(results={"type": "array", "items": _object(key={"type": "string"}, kind={"type": "string"}, label=_LABEL)}),
    ),
    "/api/event/{key}": (
        "explorer-event",
        "An event with all its reports, and where they disagree",
        {},
        _object(
            key={"type": "string"}, type={"type": "string"}, label=_LABEL, confidence={"type": ["number", "null"]},
            values={"type": "object", "additionalProperties": _ANY}, aspects=_LIST, reports=_REPORTS,
            disagreements=_ANY, things=_THINGS,
        ),
    ),
    **{
        f"/api/{room}/{{key}}": (f"explorer-{room}", f"{what} with its events", {}, _object(
            key={"type": "string"}, kind={"type": "string"}, label=_LABEL, events=_EVENTS, deeds=_ANY, partners=_ANY,
            represents=_LIST, represented=_LIST, things=_THINGS,
        ))
        for room, what in (("actor", "An actor"), ("place", "A place"))
    },
    "/api/document/{key}": (
        "explorer-document",
        "A document: its text, and its reports with the words they rest on",
        {},
        _object(
            key={"type": "string"}, title=_MAYBE, source=_MAYBE, published=_MAYBE, text=_MAYBE, text_hash=_MAYBE,
            parser=_LIST, reports=_REPORTS, things=_THINGS,
        ),
    ),
    "/api/parse/{key}": (
        "explorer-parse",
        "The parse of the sentence at an offset of a document, or of the next one, where this machine has kept it or is told to make it",
        _AT,
        _object(begin=_NUMBER, end=_NUMBER, words={"type": "array", "items": {"type": "object"}}),
    ),
}  # fmt: skip


def describe_explorer(refusals: dict[str, Any]) -> dict[str, Any]:
    """The paths of the explorer's data; ``refusals`` are the responses that all paths may give."""
    return {path: {"get": _operation(path, *said, refusals)} for path, said in _PATHS.items()}


def _operation(
    path: str,
    name: str,
    summary: str,
    fields: dict[str, Any],
    answer: dict[str, Any],
    refusals: dict[str, Any],
) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [
        {
            "name": field,
            "in": "query",
            "description": meaning,
            "schema": schema,
            "required": field in ("at", "q"),
        }
        for field, (schema, meaning) in fields.items()
    ]
    if "{key}" in path:
        key = {
            "name": "key",
            "in": "path",
            "required": True,
            "description": _KEY,
            "schema": {"type": "string"},
        }
        parameters.append(key)
        refusals = {**refusals, "404": {"$ref": "#/components/responses/Unknown"}}
    content = {"application/json": {"schema": answer}}
    return {
        "tags": ["explorer"],
        "operationId": name,
        "summary": summary,
        "parameters": parameters,
        "responses": {"200": {"description": "The answer", "content": content}, **refusals},
    }
