"""The routes of all that is not SPARQL itself: pages, questions, linked data, descriptions."""

from __future__ import annotations

from diplograph.server import linked_data, linked_data_ontology, query_page, sparql
from diplograph.server.answers import Answer
from diplograph.server.description.serving import Descriptions
from diplograph.server.explorer import Explorer, explorer_page
from diplograph.server.pages.front import Front
from diplograph.server.requests import Request
from diplograph.server.rest import Questions
from diplograph.server.routes import Handler, Route


def routes(explorer: Explorer) -> dict[str, Route]:
    """The routes, with handlers that keep what they learn about a generation of the store; one set a worker."""
    descriptions = Descriptions()

    def described(handler: Handler) -> Route:
        """A path that says what it is when it is asked nothing, and else is answered by the handler."""

        async def describe_or_answer(request: Request) -> Answer:
            if request.method != "POST" and not request.query_string:
                return await descriptions.service_description(request)
            return await handler(request)

        return Route(describe_or_answer, ("GET", "POST"))

    return {
        "/sparql": described(sparql.either),
        "/sparql/": described(sparql.either),
        "/query": described(sparql.query),
        **descriptions.routes(),
        **Front(descriptions).routes(),
        **explorer.routes(),
        "/explore/": Route(explorer_page),
        **Questions().routes(),
        **query_page.ROUTES,
        **linked_data.ROUTES,
        **linked_data_ontology.ROUTES,
    }
