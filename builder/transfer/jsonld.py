"""JSON-LD: compact, a graph after the other, and framed, an event after the other with all that supports it.

The context is ``ontology/context.jsonld`` (``make docs`` makes it from the ontology). It is written into each document,
so that nobody has to fetch it. pyld compacts and frames; it gets some hundred subjects, or one event, at a time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import groupby, islice
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from diplograph.model import StoreError
from diplograph.quads import PROV, TYPE, shared_graph, term
from diplograph.resources import locate
from diplograph.store import PREFIXES, Store
from diplograph.transfer.exporting import sorted_quads
from diplograph.transfer.files import Output
from diplograph.vocabulary import DIP, XSD, load_vocabulary

_TOGETHER = 200


def make_context() -> dict[str, Any]:
    """The context that is published: every term of the ontology by its local name."""
    vocabulary = load_vocabulary()
    context: dict[str, Any] = {"@version": 1.1, "@vocab": DIP, **PREFIXES}
    for name in vocabulary.names("ObjectProperty"):
        # the values of these are terms of the ontology
        kind = "@vocab" if name in ("eventClass", "status") else "@id"
        context[name] = {"@id": f"dip:{name}", "@type": kind}
    for name in ("used", "wasDerivedFrom", "wasGeneratedBy"):
        context[name] = {"@id": f"prov:{name}", "@type": "@id"}
    context["endedAtTime"] = "prov:endedAtTime"
    context["label"] = {"@id": "rdfs:label", "@container": "@language"}
    context["sameAs"] = {"@id": "owl:sameAs", "@type": "@id"}
    context["title"], context["source"] = "dcterms:title", "dcterms:source"
    context["mentions"] = {"@reverse": "dip:mentionOf", "@type": "@id"}
    return {"@context": context}


def read_context() -> dict[str, Any]:
    """The context as it is published."""
    context: dict[str, Any] = json.loads(locate("ontology", "context.jsonld").read_text(encoding="utf-8"))
    return context


class _Document:
    """A JSON-LD document whose @graph is written item by item, in parts where the output is in parts."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._context = json.dumps(read_context()["@context"], ensure_ascii=False)
        self._opened = ""
        self._items = 0

    def item(self, value: Any, graph: NamedNode | None = None) -> None:
        """Writes a node, in a named graph or not."""
        if self._items and self._output.full:
            self.close()
            self._output.next_part()
            self._items, self._opened = 0, ""
        name = graph.value if graph else "-"
        if not self._items:
            self._write(f'{{"@context": {self._context},\n"@graph": [\n')
        if name != self._opened:
            self._write(self._end_graph() + (",\n" if self._items else ""))
            self._write(f'{{"@id": {json.dumps(name)}, "@graph": [\n' if graph else "")
            self._opened = name
        elif self._items:
            self._write(",\n")
        self._write(json.dumps(value, ensure_ascii=False))
        self._items += 1

    def _end_graph(self) -> str:
        return "\n]}" if self._opened not in ("", "-") else ""

    def close(self) -> None:
        """Writes the end."""
        if not self._items:
            self._write(f'{{"@context": {self._context},\n"@graph": [')
        self._write(self._end_graph() + "\n]}\n")

    def _write(self, text: str) -> None:
        if text:
            self._output.write(text.encode())


def write_compact(store: Store, graphs: Sequence[NamedNode], output: Output) -> int:
    """Writes graphs as compact JSON-LD, and says how many quads that were."""
    pyld = _load_pyld()
    document, count = _Document(output), 0
    for graph in graphs:
        quads = sorted_quads(store, [graph])
        subjects = (list(group) for _, group in groupby(quads, key=lambda quad: quad.subject))
        while some := list(islice(subjects, _TOGETHER)):
            nodes = [_expand(group) for group in some]
            count += sum(map(len, some))
            compacted = pyld.compact(nodes, read_context(), {"graph": True, "base": ""})
            for node in compacted["@graph"]:
                document.item(node, graph)
    document.close()
    return count


def write_framed(store: Store, graphs: Sequence[NamedNode], output: Output) -> int:
    """Writes each event as a tree: its actors and place, its reports with their documents and mentions.

    ``ontology/frame.jsonld`` says what the tree looks like. Returns how many quads are in the trees.
    """
    pyld = _load_pyld()
    frame = json.loads(locate("ontology", "frame.jsonld").read_text(encoding="utf-8"))
    frame.update(read_context())
    document, count = _Document(output), 0
    found = store.inner.quads_for_pattern(
        None, term("reportedBy"), None, shared_graph("events", base=store.base)
    )
    for event in sorted({quad.subject.value for quad in found if isinstance(quad.subject, NamedNode)}):
        quads = _surroundings(store, NamedNode(event))
        nodes = [_expand(group) for _, group in groupby(quads, key=lambda quad: quad.subject)]
        framed = pyld.frame(nodes, frame, {"omitGraph": True, "base": ""})
        framed.pop("@context", None)
        document.item(framed)
        count += len(quads)
    document.close()
    return count


def _surroundings(store: Store, event: NamedNode) -> list[Quad]:
    """What is said of an event, of its reports, their mentions, documents and activities, and of actors and places."""
    follow = {term("reportedBy"), NamedNode(PROV + "wasDerivedFrom"), NamedNode(PROV + "wasGeneratedBy")}
    things = (f"{store.base}actor/", f"{store.base}place/")
    actors = shared_graph("actors", base=store.base)
    found: set[Quad] = set()
    pending, seen = [event], {event}
    while pending:
        subject = pending.pop()
        said = set(store.inner.quads_for_pattern(subject, None, None, None))
        found |= said
        nexts = [
            quad.object
            for quad in said
            if isinstance(quad.object, NamedNode)
            and (
                quad.predicate in follow
                or (quad.object.value.startswith(things) and quad.graph_name != actors)
            )
        ]
        mentions = store.inner.quads_for_pattern(None, term("mentionOf"), subject, None)
        nexts += [quad.subject for quad in mentions if isinstance(quad.subject, NamedNode)]
        pending += [node for node in nexts if node not in seen]
        seen.update(nexts)
    return sorted(found, key=str)


def _expand(quads: Iterable[Quad | Triple]) -> dict[str, Any]:
    """What is said of one subject, as expanded JSON-LD."""
    node: dict[str, Any] = {}
    for quad in quads:
        node["@id"] = _name(quad.subject)
        if quad.predicate == TYPE and isinstance(quad.object, NamedNode):
            node.setdefault("@type", []).append(quad.object.value)
        else:
            node.setdefault(quad.predicate.value, []).append(_value(quad.object))
    return node


def _name(node: object) -> str:
    return f"_:{node.value}" if isinstance(node, BlankNode) else getattr(node, "value", "")


def _value(value: object) -> dict[str, Any]:
    if not isinstance(value, Literal):
        return {"@id": _name(value)}
    if value.language:
        return {"@value": value.value, "@language": value.language}
    kind = value.datatype.value
    if kind == XSD + "string":
        return {"@value": value.value}
    if kind == XSD + "integer" and str(int(value.value)) == value.value:
        return {"@value": int(value.value)}
    return {"@value": value.value, "@type": kind}


def _load_pyld() -> Any:
    try:
        from pyld import jsonld
    except ImportError as error:
        raise StoreError('JSON-LD needs pyld; pip install "diplograph[export]"') from error
    return jsonld
