"""The graph of inferences: the classes that follow for events, actors and places, and the run that found them.

It is a graph of its own, so whoever asks can leave it out or take it in; a build that changes the events drops it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime

from pyoxigraph import Literal, NamedNode, Quad

from diplograph.checking.findings import Inferred, Part
from diplograph.quads import LABEL, PROV, TYPE, shared_graph
from diplograph.store import Store
from diplograph.vocabulary import XSD


def inference_quads(store: Store, part: Part, *, finished: datetime) -> tuple[Quad, ...]:
    """The graph of inferences as this part makes it: a triple for each class, and which reasoner found them when.

    The run is a prov:Activity named by what it found, so that the same inferences have the same name.
    """
    graph = shared_graph("inferences", base=store.base)
    found = [_typing(one, graph) for one in sorted(part.inferred, key=lambda one: (one.individual, one.cls))]
    digest = hashlib.sha256("\n".join(map(str, found)).encode("utf-8")).hexdigest()[:16]
    activity = NamedNode(f"{store.base}activity/reasoning/{digest}")
    moment = finished.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    about = [
        Quad(graph, NamedNode(PROV + "wasGeneratedBy"), activity, graph),
        Quad(activity, TYPE, NamedNode(PROV + "Activity"), graph),
        Quad(activity, LABEL, Literal(f"{part.tool} {part.version}", language="en"), graph),
        Quad(
            activity,
            NamedNode(PROV + "endedAtTime"),
            Literal(moment, datatype=NamedNode(XSD + "dateTime")),
            graph,
        ),
    ]
    about += [
        Quad(activity, NamedNode(PROV + "used"), shared_graph(name, base=store.base), graph)
        for name in ("actors", "events", "ontology")
    ]
    return (*found, *about)


def write_inferences(store: Store, part: Part, *, finished: datetime) -> bool:
    """Makes the graph of inferences anew; says whether anything changed. The same inferences by the same reasoner are
    left as they are, with the time at which they were found.

    Raises StoreError when the store cannot be written.
    """
    graph = shared_graph("inferences", base=store.base)
    wanted = set(inference_quads(store, part, finished=finished))
    present = set(store.quads(graph))
    if _timeless(wanted) == _timeless(present):
        return False
    store.replace(wanted, [graph])
    return True


def read_inferences(store: Store) -> tuple[Inferred, ...]:
    """The classes in the graph of inferences, in order."""
    graph = shared_graph("inferences", base=store.base)
    activities = {quad.object for quad in store.quads(graph) if quad.subject == graph}
    pairs = {
        (quad.subject.value, quad.object.value)
        for quad in store.quads(graph)
        if quad.predicate == TYPE
        and quad.subject not in activities
        and isinstance(quad.subject, NamedNode)
        and isinstance(quad.object, NamedNode)
    }
    return tuple(Inferred(*pair) for pair in sorted(pairs))


def _typing(one: Inferred, graph: NamedNode) -> Quad:
    return Quad(NamedNode(one.individual), TYPE, NamedNode(one.cls), graph)


def _timeless(quads: Iterable[Quad]) -> set[Quad]:
    return {quad for quad in quads if quad.predicate.value != PROV + "endedAtTime"}
