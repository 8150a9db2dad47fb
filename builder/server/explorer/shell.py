"""The page of the explorer, at ``/`` and below ``/explore/``: a shell that the script of web/src/explorer fills."""

from __future__ import annotations

from functools import cache
from typing import Any

from diplograph.model import TermError
from diplograph.server.answers import Answer
from diplograph.server.asking import tag
from diplograph.server.pages.built import built_entry
from diplograph.server.pages.rendering import app_page, language_of
from diplograph.server.requests import Request
from diplograph.vocabulary import load_vocabulary


async def explorer_page(request: Request) -> Answer:
    """The explorer, whatever it is to show: the script reads that from the address."""
    etag = tag(request.service, "explorer", built_entry("explorer"), request.query_string)
    return app_page(request, "explorer.html", "explorer", etag, terms=terms_of(language_of(request)))


@cache
def terms_of(language: str) -> dict[str, Any]:
    """What the ontology knows, for the script, which names no class of events: the classes in their order (a class's
    colour is that of its place), statuses, roles, and what every term is called."""
    vocabulary = load_vocabulary()
    labels = {}
    for name in vocabulary.names():
        try:
            labels[name] = vocabulary.label(name, language)
        except TermError:
            continue
    return {
        "types": vocabulary.event_classes(),
        "statuses": vocabulary.statuses(),
        "roles": vocabulary.actor_roles(),
        "labels": labels,
    }
