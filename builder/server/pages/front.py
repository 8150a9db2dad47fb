"""The first page, what is here, and the style sheet of all pages."""

from __future__ import annotations

from diplograph.catalog import load_catalog
from diplograph.server.answers import Answer
from diplograph.server.asking import site_of, tag
from diplograph.server.description.serving import Descriptions
from diplograph.server.errors import Refusal
from diplograph.server.explorer import explorer_page
from diplograph.server.pages.built import built_entry, built_file
from diplograph.server.pages.rendering import page, style_sheet
from diplograph.server.requests import Request
from diplograph.server.routes import Route
from diplograph.vocabulary import DIP, load_vocabulary

_FOR_A_YEAR = {"Cache-Control": "public, max-age=31536000, immutable"}


class Front:
    """The handlers of the first pages and of what all pages need."""

    def __init__(self, descriptions: Descriptions) -> None:
        self._descriptions = descriptions

    def routes(self) -> dict[str, Route]:
        """Their routes."""
        return {"/": Route(self.first), "/about": Route(self.about), "/static/": Route(self.static)}

    async def first(self, request: Request) -> Answer:
        """The explorer; where it has not been built, what is here."""
        return await (explorer_page(request) if built_entry("explorer") else self.about(request))

    async def about(self, request: Request) -> Answer:
        """What is here: how much of what, the questions, the endpoint, the descriptions."""
        counts, final = await self._descriptions.counts(request.service)
        vocabulary = load_vocabulary()
        events = [(name, counts.of_class(DIP + name)) for name in vocabulary.event_classes()]
        whole = ("Document", "EventReport", "Person", "Country", "Organization", "Place")
        return page(
            request,
            "front.html",
            etag=tag(request.service, request.query_string) if final else None,
            counts=counts,
            final=final,
            events=[(DIP + name, amount) for name, amount in events if amount],
            things=[(DIP + name, amount) for name in whole if (amount := counts.of_class(DIP + name))],
            total=sum(amount for _, amount in events),
            catalog=load_catalog(),
            endpoint=site_of(request).endpoint.value,
            built=built_entry("explorer") is not None,
        )

    async def static(self, request: Request) -> Answer:
        """The style sheet and what was built, under names that change with what is in them."""
        asked = request.path.removeprefix("/static/")
        name, content = style_sheet()
        if asked == name:
            return Answer(content, "text/css", headers=_FOR_A_YEAR, vary="")
        found = built_file(asked.removeprefix("built/")) if asked.startswith("built/") else None
        if found is None:
            raise Refusal(404, f"there is no such file; the style sheet is {name}")
        return Answer(found[1], found[0], headers=_FOR_A_YEAR, vary="")
