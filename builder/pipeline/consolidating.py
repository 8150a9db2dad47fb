"""Reports in a store → its graphs of events and actors."""

from __future__ import annotations

from diplograph.pipeline.extraction import Extractor
from diplograph.quads import actor_quads, event_quads, shared_graph
from diplograph.store import Store


def consolidate_store(store: Store, extractor: Extractor) -> int:
    """Makes the graphs of events and actors anew from the reports in the store; returns how many events there are.

    It writes nothing when nothing changed; when something did, inferences drawn before are dropped as well.
    """
    published: dict[str, str | None] = {}
    for id in store.document_ids():
        present = store.document_fingerprint(id)
        published[id] = present.published if present else None
    events = extractor.consolidate((published.get(report.document), report) for report in store.reports())
    graphs = [shared_graph(name, base=store.base) for name in ("events", "actors")]
    wanted = {*event_quads(events, base=store.base), *actor_quads(*store.named_things(), base=store.base)}
    present_quads = {quad for graph in graphs for quad in store.quads(graph)}
    if wanted != present_quads:
        store.replace(wanted, [*graphs, shared_graph("inferences", base=store.base)])
    return len(events)
