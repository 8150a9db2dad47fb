"""The routes of all that is not SPARQL itself: pages, questions, linked data, descriptions."""

from __future__ import annotations

from diplograph.server import linked_data, linked_data_ontology, sparql
from diplograph.server.answers import Answer
from diplograph.server.description.serving import Descriptions
from diplograph.server.pages.front import Front
from diplograph.server.requests import Request
from diplograph.server.rest import Questions
from diplograph.server.routes import Route


def routes() -> dict[str, Route]:
    """The routes, with handlers that keep what they learn about a generation of the store; one set a worker."""
    descriptions = Descriptions()

    async def sparql_or_description(request: Request) -> Answer:
        if request.method != "POST" and not request.query_string:
            return await descriptions.service_description(request)
        return await sparql.either(request)

    return {
        **{path: Route(sparql_or_description, ("GET", "POST")) for path in ("/sparql", "/sparql/")},
        **descriptions.routes(),
        **Front(descriptions).routes(),
        **Questions().routes(),
        **linked_data.ROUTES,
        **linked_data_ontology.ROUTES,
    }
