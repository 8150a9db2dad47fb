"""What a server says of itself: service description, VoID, DCAT, its questions in SHACL, and OpenAPI.

All of it comes from the questions, the ontology, and counts that are made once for each generation of the store. The
pieces are triples, so that the same descriptions are served as documents and can be asked for with SPARQL, in the
graph ``graph/description``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from pyoxigraph import Quad, Triple

from diplograph.catalog import Catalog, load_catalog
from diplograph.quads import shared_graph, sort_quads
from diplograph.server.description.counts import Counts, count, counting_queries, read_counts, recall_counts
from diplograph.server.description.datasets import describe_catalog, describe_dataset, describe_document
from diplograph.server.description.examples import describe_prefixes, describe_question, describe_questions
from diplograph.server.description.following import follow_counts
from diplograph.server.description.openapi import describe_interface
from diplograph.server.description.service import describe_service
from diplograph.server.description.writing import DESCRIPTION_PREFIXES, Site
from diplograph.store import Store

__all__ = [
    "DESCRIPTION_PREFIXES",
    "Counts",
    "Site",
    "count",
    "counting_queries",
    "describe",
    "describe_all",
    "describe_catalog",
    "describe_dataset",
    "describe_document",
    "describe_interface",
    "describe_prefixes",
    "describe_question",
    "describe_questions",
    "describe_service",
    "follow_counts",
    "read_counts",
    "recall_counts",
]


def describe_all(
    site: Site, counts: Counts, modified: datetime | None = None, catalog: Catalog | None = None
) -> Iterator[Triple]:
    """Everything at once, as the endpoint gives it when it is asked nothing: service, dataset, catalogue, questions."""
    yield from describe_service(site, counts)
    yield from describe_document(site)
    yield from describe_dataset(site, counts, modified)
    yield from describe_catalog(site, modified)
    yield from describe_prefixes(site)
    yield from describe_questions(site, catalog or load_catalog())


def describe(
    store: Store, *, url: str | None = None, updates: bool = False, counts: Counts | None = None
) -> tuple[Quad, ...]:
    """The description of a store in its graph, with what it counts now; for the generation that will be served.

    ``url`` is the public root of the server, with a slash at the end. Without it that is the base of the store's IRIs,
    which are meant to lead to a server. ``counts`` are what there is, where that is known (:func:`follow_counts`).
    """
    site = Site(url or store.base, store.base, updates=updates, union=True)
    graph = shared_graph("description", base=store.base)
    modified = datetime.now(UTC).replace(microsecond=0)
    triples = describe_all(site, counts or count(store), modified)
    return sort_quads(Quad(found.subject, found.predicate, found.object, graph) for found in triples)
