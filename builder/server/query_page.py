"""The query page: a SPARQL editor, and answers as table, chart, timeline or graph. Its script is in web/src/query/.

What the script shows of the store it asks the endpoint for, as any other client would; here is only what it cannot
find there: the questions with their choices, and the formats that answers come in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pyoxigraph import QueryResultsFormat, RdfFormat

from diplograph.catalog import load_catalog
from diplograph.server.answers import Answer
from diplograph.server.asking import root_of
from diplograph.server.negotiation import GRAPH_FORMATS, RESULT_FORMATS
from diplograph.server.pages import language_of
from diplograph.server.pages.rendering import app_page
from diplograph.server.requests import Request
from diplograph.server.rest import choices_of, describe
from diplograph.server.routes import Route


async def query_page(request: Request) -> Answer:
    """The page. Where its script has not been built, it says how to get it."""
    return app_page(
        request,
        "query_page.html",
        "query",
        questions=_questions(request),
        formats={"rows": _formats(RESULT_FORMATS), "graph": _formats(GRAPH_FORMATS)},
        timeout=request.settings.timeout,
    )


def _questions(request: Request) -> list[dict[str, Any]]:
    """The canned questions, with the values that their parameters may have where these are few."""
    language, root = language_of(request), root_of(request)
    return [{**describe(query, root), "choices": choices_of(query, language)} for query in load_catalog()]


def _formats(known: Mapping[str, str]) -> list[dict[str, str]]:
    """The formats of answers, each with its best media type, its suffix and what people call it."""
    best: dict[str, str] = {}
    for media_type, suffix in known.items():
        best.setdefault(suffix, media_type)
    found = []
    for suffix, media_type in best.items():
        format = RdfFormat.from_media_type(media_type) or QueryResultsFormat.from_media_type(media_type)
        assert format is not None, media_type
        name = format.name.removeprefix("SPARQL Results in ")
        found.append({"name": name, "type": media_type, "suffix": suffix})
    return found


ROUTES = {"/query-editor": Route(query_page)}
