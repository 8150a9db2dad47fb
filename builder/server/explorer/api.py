"""The addresses that the explorer gets its data from, as JSON: ``/api/…``."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

from diplograph.catalog import load_catalog
from diplograph.quads import decode
from diplograph.server.answers import Answer
from diplograph.server.asking import select, tag
from diplograph.server.errors import Refusal
from diplograph.server.explorer.filtering import Filter, read_filter
from diplograph.server.explorer.parses import Parses
from diplograph.server.explorer.reading import read_document, read_event
from diplograph.server.explorer.searching import Names, collect_names, describe_found, search
from diplograph.server.explorer.summaries import about_thing, network, places, timeline
from diplograph.server.explorer.table import Table, Tables
from diplograph.server.requests import Request
from diplograph.server.routes import Route
from diplograph.server.rows import value
from diplograph.server.service import Service

_JSON = "application/json"
_MOST_VIEWS = 100
_NO_FILTER = ("after", "lang", "view")


class Explorer:
    """The handlers; they keep the events of the newest generation, and the names to be searched for."""

    def __init__(self, parses: Parses) -> None:
        self._parses = parses
        self._tables = Tables()
        self._warmed = ""
        self._views: tuple[Table | None, dict[tuple[str, str], str]] = (None, {})
        self._names: tuple[Table, Names, dict[str, str]] | None = None

    def routes(self) -> dict[str, Route]:
        """Their routes."""
        return {
            "/api/events": Route(self.events),
            "/api/network": Route(self.network),
            "/api/places": Route(self.places),
            "/api/search": Route(self.search),
            "/api/event/": Route(self.event),
            "/api/actor/": Route(self.thing),
            "/api/place/": Route(self.thing),
            "/api/document/": Route(self.document),
            "/api/parse/": Route(self.parse),
        }

    async def warm(self, service: Service) -> None:
        """Makes the table, and the first view, before anybody asks for them; once a generation."""
        if self._warmed != service.generation():
            self._warmed = service.generation()
            table = await self._tables.get(service)
            self._views_of(table)["/api/events", ""] = _write(timeline(table, Filter()))

    # --- Views -------------------------------------------------------------------------------------------------------

    async def events(self, request: Request) -> Answer:
        """The events of a view: the first of the list with all that is drawn beside it, or more of the list."""
        try:
            after = max(0, int(request.field("after") or 0))
        except ValueError:
            raise Refusal(400, "after: a number of events, from 0", parameter="after") from None
        return await self._view(request, lambda table, asked: timeline(table, asked, after))

    async def network(self, request: Request) -> Answer:
        """Who had to do with whom in the events of a view."""
        return await self._view(request, network)

    async def places(self, request: Request) -> Answer:
        """Where the events of a view were held."""
        return await self._view(request, places)

    async def _view(self, request: Request, make: Callable[[Table, Filter], Mapping[str, Any]]) -> Answer:
        asked = read_filter(field for field in request.fields if field[0] not in _NO_FILTER)
        table = await self._tables.get(request.service)
        views, known = self._views_of(table), (request.path, request.query_string)
        if known not in views:
            if len(views) >= _MOST_VIEWS:
                views.clear()
            views[known] = _write(make(table, asked))
        return _answer(request, views[known])

    def _views_of(self, table: Table) -> dict[tuple[str, str], str]:
        """The views of a table that were made already, by path and query string."""
        if self._views[0] is not table:
            self._views = table, {}
        return self._views[1]

    async def search(self, request: Request) -> Answer:
        """What has a name like this: ``q``, and ``room`` (actor, place, event, document) for only such."""
        table, names, titles = await self._all_names(request)
        rooms = [room for name, room in request.fields if name == "room"]
        found = await asyncio.to_thread(search, names, (request.field("q") or "")[:200], rooms)
        return _answer(request, {"results": describe_found(table, found, titles)})

    async def _all_names(self, request: Request) -> tuple[Table, Names, dict[str, str]]:
        table = await self._tables.get(request.service)
        if self._names is None or self._names[0] is not table:
            rows = await select(request, load_catalog("explorer").get("documents").text)
            base = request.settings.base
            titles = {
                decode(value(row, "document").removeprefix(base)): value(row, "title")
                for row in rows
                if "title" in row
            }
            names = await asyncio.to_thread(collect_names, table, titles.items())
            self._names = table, names, titles
        return self._names

    # --- Things ------------------------------------------------------------------------------------------------------

    async def event(self, request: Request) -> Answer:
        """An event with all its reports."""
        key = request.path.removeprefix("/api/event/")
        table = await self._tables.get(request.service)
        return _answer(request, await read_event(request, table, key) or _unknown("event", key))

    async def thing(self, request: Request) -> Answer:
        """An actor with its deeds and partners, or a place with what was held there."""
        key = request.path.removeprefix("/api/")
        table = await self._tables.get(request.service)
        return _answer(request, about_thing(table, key) or _unknown(*key.split("/", 1)))

    async def document(self, request: Request) -> Answer:
        """A document with its text and marks."""
        id = request.path.removeprefix("/api/document/")
        table = await self._tables.get(request.service)
        return _answer(request, await read_document(request, table, id) or _unknown("document", id))

    async def parse(self, request: Request) -> Answer:
        """The parse of the sentence at the offset ``at`` of a document, kept or made now."""
        id = request.path.removeprefix("/api/parse/")
        try:
            offset = int(request.field("at") or "")
        except ValueError:
            raise Refusal(400, "at: an offset in the text, in code points from 0", parameter="at") from None
        about = await read_document(request, await self._tables.get(request.service), id) or _unknown(
            "document", id
        )
        found, made = await self._parses.read(about, offset, request.client)
        request.note["parse"] = "made" if made else "kept"
        return _answer(request, found)


def _unknown(room: str, key: str) -> dict[str, Any]:
    raise Refusal(404, f'there is no {room} "{key}" in the store')


def _write(said: Mapping[str, Any]) -> str:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def _answer(request: Request, said: Mapping[str, Any] | str) -> Answer:
    body = said if isinstance(said, str) else _write(said)
    return Answer(body, _JSON, etag=tag(request.service, request.path, request.query_string))
