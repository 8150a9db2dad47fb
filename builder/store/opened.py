"""An open store: writing by transactions, asking, and reading values back."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self, TypeAlias

import pyoxigraph as ox
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from diplograph.model import (
    Actor,
    Document,
    EventReport,
    ParserIdentity,
    Place,
    QueryError,
    StoreError,
    StoreLockedError,
)
from diplograph.quads import (
    DCTERMS,
    PROV,
    TYPE,
    WIKIDATA,
    Value,
    activity_iri,
    decode,
    document_graph,
    document_iri,
    read_document_ids,
    shared_graph,
    term,
    text_hash,
    thing_iri,
)
from diplograph.store.changes import MADE, Changes
from diplograph.store.delta import Delta
from diplograph.store.directory import UNPUBLISHED, check_marker, prepare, take_lock
from diplograph.store.trouble import is_oxigraphs, mend
from diplograph.store.values import Properties, first, report_from, thing_from
from diplograph.vocabulary import BASE, DIP, OWL, RDF, RDFS, SKOS, XSD

PREFIXES = {
    "dcterms": DCTERMS,
    "dip": DIP,
    "owl": OWL,
    "prov": PROV,
    "rdf": RDF,
    "rdfs": RDFS,
    "skos": SKOS,
    "wd": WIKIDATA,
    "xsd": XSD,
}

Answer: TypeAlias = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """All that a document's graph depends on: as long as it is the same, there is nothing to extract again."""

    text_hash: str
    title: str | None
    source: str | None
    published: str | None
    parser: ParserIdentity
    diplograph_version: str
    extractor_fingerprint: str


def fingerprint(
    document: Document, parser: ParserIdentity, *, diplograph_version: str, extractor_fingerprint: str
) -> Fingerprint:
    """What the graph of this document would depend on if it were made now."""
    return Fingerprint(
        text_hash(document.text),
        document.title or None,
        document.url or document.source or None,
        document.published or None,
        parser,
        diplograph_version,
        extractor_fingerprint,
    )


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """What a document's graph says: its reports (without their mentions), and the IRIs of actors and places."""

    published: str | None
    reports: tuple[EventReport, ...]
    things: frozenset[NamedNode]


class Store:
    """An open store. Made by :meth:`open` or :meth:`in_memory`; used in a ``with`` statement, or closed by hand.

    >>> with Store.in_memory() as store:
    ...     len(store)
    0
    """

    def __init__(self, inner: ox.Store, *, directory: Path | None, base: str, lock: int | None) -> None:
        self._inner: ox.Store | None = inner
        self._lock = lock
        self.directory = directory
        self.base = base
        # Whether there is something that no generation shows, written now or by a process that was killed since.
        self.changed = directory is not None and (directory / UNPUBLISHED).exists()
        self.changes = Changes(directory)
        self.delta = Delta()  # what was there before that; of what is written with `inner` it knows nothing
        self.opened_at = self.changes.cursor()

    @classmethod
    def in_memory(cls, *, base: str = BASE) -> Store:
        """A store that is gone when it is closed."""
        return cls(ox.Store(), directory=None, base=base, lock=None)

    @classmethod
    def open(cls, path: str | os.PathLike[str], *, read_only: bool = False, base: str = BASE) -> Store:
        """Opens the store in this directory; makes it when there is none, unless it is only to be read.

        Raises StoreError when there is no store to read, or the directory is not one of ours or of another layout or
        base; StoreLockedError when another process is writing to it (or, for a writer, reading it).
        """
        directory = Path(path)
        if not read_only:
            prepare(directory, base)
        check_marker(directory, base)
        lock = take_lock(directory, shared=read_only)
        try:
            inner = ox.Store.read_only(str(directory)) if read_only else ox.Store(str(directory))
        except (OSError, RuntimeError) as error:
            os.close(lock)
            if "lock" in str(error).casefold() and "IO error" in str(error):
                raise StoreLockedError(
                    f"{directory} is open in another program; close it and try again"
                ) from error
            raise StoreError(f"{directory} {mend(error, 'does not open')}") from error
        return cls(inner, directory=directory, base=base, lock=lock)

    def close(self) -> None:
        """Closes the store; it may be opened again at once. Answers that were not read to their end end here."""
        self._inner = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        if self.directory is not None and is_oxigraphs(error):
            raise StoreError(f"{self.directory} {mend(error, 'cannot be read or written')}") from error

    @property
    def inner(self) -> ox.Store:
        """The Oxigraph store. Raises StoreError when it was closed."""
        if self._inner is None:
            raise StoreError(f"the store {self.directory or ''} was closed")
        return self._inner

    def __len__(self) -> int:
        """How many quads there are."""
        return len(self.inner)

    # --- Writing -----------------------------------------------------------------------------------------------------

    def replace(self, quads: Iterable[Quad], graphs: Iterable[NamedNode]) -> None:
        """In one transaction, empties these graphs and adds these quads (of these graphs or of others).

        It is a single SPARQL update, which Oxigraph applies whole or not at all, also when the process is killed.
        Adding a document's graph and the actors it names together keeps every name in the store described::

            store.replace([*document_quads(…), *actor_quads(…)], [document_graph(document.id)])

        Raises StoreError when it cannot be written.
        """
        emptied = tuple(dict.fromkeys(graphs))
        self._update([], quads, emptied, marked=[graph.value for graph in emptied])

    def amend(
        self, removed: Iterable[Quad], added: Iterable[Quad], emptied: Iterable[NamedNode] = ()
    ) -> None:
        """In one transaction, removes and adds single quads and empties graphs, of what is made from documents.

        Whoever calls this keeps what depends on these quads right, so it is marked only that something was made.
        Raises StoreError when it cannot be written.
        """
        self._update(removed, added, emptied, marked=[MADE])

    def _update(
        self,
        removed: Iterable[Quad],
        added: Iterable[Quad],
        emptied: Iterable[NamedNode],
        marked: Sequence[str],
    ) -> None:
        emptied, removed, added = tuple(emptied), tuple(removed), tuple(added)
        try:
            self.changes.mark(marked)
            if not self.changed and self.directory is not None:
                (self.directory / UNPUBLISHED).touch()
            self.changed = True
            self.delta.note(self.inner, removed, added, emptied)
            if emptied or removed:
                self.inner.update(_in_sparql(removed, added, emptied))
            else:
                self.inner.extend(added)  # one transaction, too, and quicker
        except (OSError, RuntimeError) as error:
            raise StoreError(f"{self.directory} {mend(error, 'cannot be written')}") from error

    def note_published(self) -> None:
        """Notes that a generation shows all that was written."""
        if self.directory is not None:
            (self.directory / UNPUBLISHED).unlink(missing_ok=True)
        self.changed = False

    def remove_document(self, id: str) -> None:
        """Forgets a document: all that its graph says. The events graph is to be made again afterwards."""
        self.replace((), [document_graph(id, base=self.base)])

    # --- Reading -----------------------------------------------------------------------------------------------------

    def graph_names(self) -> tuple[NamedNode, ...]:
        """The named graphs, sorted."""
        names = (name for name in self.inner.named_graphs() if isinstance(name, NamedNode))
        return tuple(sorted(names, key=lambda name: name.value))

    def document_ids(self) -> tuple[str, ...]:
        """The ids of the documents, sorted."""
        return read_document_ids(self.graph_names(), base=self.base)

    def quads(self, graph: NamedNode | None = None) -> Iterator[Quad]:
        """The quads of a graph, or of all, in no order."""
        return iter(self.inner.quads_for_pattern(None, None, None, graph))

    def query(self, text: str, *, union: bool = False, inferences: bool = True) -> Answer:
        """The answer to a SPARQL query; the usual prefixes need not be declared.

        ``union`` makes the default graph the union of all graphs; without ``inferences`` the graph of what was inferred
        is not there for the query (then the default graph is empty). The answer has rows (``.variables``, iteration), or is a
        boolean, or has triples; all three can be serialized. Raises QueryError when it is not SPARQL.
        """
        try:
            if inferences:
                return self.inner.query(text, use_default_graph_as_union=union, prefixes=PREFIXES)
            inferred = shared_graph("inferences", base=self.base)
            named: list[NamedNode | BlankNode] = [name for name in self.graph_names() if name != inferred]
            return self.inner.query(text, named_graphs=named, prefixes=PREFIXES)
        except (SyntaxError, ValueError) as error:
            raise QueryError(f"not a SPARQL query: {' '.join(str(error).split())}") from error
        except (OSError, RuntimeError) as error:
            raise StoreError(f"{self.directory} {mend(error, 'cannot be read')}") from error

    def dump(
        self,
        output: IO[bytes],
        format: ox.RdfFormat,
        graph: NamedNode | None = None,
        *,
        prefixes: bool = True,
    ) -> None:
        """Writes a graph, or all of them, as it comes; :mod:`diplograph.transfer` writes in order.

        Raises StoreError when the store cannot be read; an OSError of ``output`` is passed on.
        """
        self.inner.dump(output, format, from_graph=graph, prefixes=PREFIXES if prefixes else None)

    def document_fingerprint(self, id: str) -> Fingerprint | None:
        """What the document's graph was made from and with; None when the store has no such document."""
        graph = document_graph(id, base=self.base)
        document = self._properties(document_iri(id, base=self.base), graph)
        activity = self._properties(activity_iri(id, base=self.base), graph)
        if not document or not activity:
            return None
        return Fingerprint(
            first(document, term("textHash")) or "",
            first(document, NamedNode(DCTERMS + "title")),
            first(document, NamedNode(DCTERMS + "source")),
            first(document, term("published")),
            ParserIdentity(
                first(activity, term("parser")) or "",
                first(activity, term("parserVersion")) or "",
                first(activity, term("parserFingerprint")) or "",
            ),
            first(activity, term("diplographVersion")) or "",
            first(activity, term("extractorFingerprint")) or "",
        )

    def _properties(self, subject: NamedNode, graph: NamedNode) -> Properties:
        """What a graph says of a subject: predicate → values, sorted."""
        found: dict[NamedNode, list[Value]] = {}
        for quad in self.inner.quads_for_pattern(subject, None, None, graph):
            if isinstance(quad.object, NamedNode | Literal):
                found.setdefault(quad.predicate, []).append(quad.object)
        return {predicate: tuple(sorted(values, key=str)) for predicate, values in found.items()}

    # --- Back to values ----------------------------------------------------------------------------------------------

    def things(self) -> dict[NamedNode, Actor | Place]:
        """The actors and places of the actors graph, by IRI."""
        graph = shared_graph("actors", base=self.base)
        subjects = {q.subject for q in self.quads(graph) if isinstance(q.subject, NamedNode)}
        ordered = sorted(subjects, key=lambda subject: subject.value)
        return {
            subject: thing_from(subject, self._properties(subject, graph), self.base) for subject in ordered
        }

    def named_things(self) -> tuple[tuple[Actor, ...], tuple[Place, ...]]:
        """The actors and places that a document names, those they represent, and the countries they are in.

        With :func:`~diplograph.quads.actor_quads` this makes the actors graph anew after documents were replaced.
        """
        things = self.things()
        documents = document_graph("", base=self.base).value
        wanted: dict[NamedNode, Actor | Place] = {}
        pending = [
            iri
            for iri in things
            if any(
                isinstance(quad.graph_name, NamedNode) and quad.graph_name.value.startswith(documents)
                for quad in self.inner.quads_for_pattern(None, None, iri, None)
            )
        ]
        while pending:
            iri = pending.pop()
            if iri in wanted or iri not in things:
                continue
            thing = wanted[iri] = things[iri]
            keys: tuple[str | None, ...] = (
                (*thing.represents, *thing.head_of_state_of) if isinstance(thing, Actor) else (thing.country,)
            )
            pending += [thing_iri(Actor(key, "Actor", ""), base=self.base) for key in keys if key]
        ordered = [wanted[iri] for iri in things if iri in wanted]
        actors = tuple(thing for thing in ordered if isinstance(thing, Actor))
        return actors, tuple(thing for thing in ordered if isinstance(thing, Place))

    def reports(self) -> tuple[EventReport, ...]:
        """All reports of all documents, by document id and number, without their mentions.

        The events graph can be made from these at any time. Fillers are in the order of their roles and keys, since a
        graph has no order. Raises DataError when a report names somebody or somewhere the actors graph lacks.
        """
        things = self.things()
        found = []
        for quad in self.inner.quads_for_pattern(None, TYPE, term("EventReport"), None):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.graph_name, NamedNode):
                properties = self._properties(quad.subject, quad.graph_name)
                found.append(report_from(quad.subject, properties, things.get, self.base))
        return tuple(sorted(found, key=lambda report: (report.document, report.number)))

    def read_document(self, id: str) -> StoredDocument:
        """What the graph of a document says: when it was published, what it reports, whom and what it names."""
        graph = document_graph(id, base=self.base)
        found: dict[NamedNode, dict[NamedNode, list[Value]]] = {}
        for quad in self.quads(graph):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal):
                found.setdefault(quad.subject, {}).setdefault(quad.predicate, []).append(quad.object)
        rooms = (f"{self.base}actor/", f"{self.base}place/")
        named = (value for facts in found.values() for values in facts.values() for value in values)
        reports = [
            report_from(
                subject, {name: tuple(sorted(v, key=str)) for name, v in facts.items()}, self.thing, self.base
            )
            for subject, facts in found.items()
            if term("EventReport") in facts.get(TYPE, ())
        ]
        published = found.get(document_iri(id, base=self.base), {}).get(term("published"), ())
        return StoredDocument(
            min((value.value for value in published), default=None),
            tuple(sorted(reports, key=lambda report: report.number)),
            frozenset(v for v in named if isinstance(v, NamedNode) and v.value.startswith(rooms)),
        )

    def thing(self, iri: NamedNode) -> Actor | Place | None:
        """The actor or place with this IRI; None when the actors graph has none."""
        properties = self._properties(iri, shared_graph("actors", base=self.base))
        return thing_from(iri, properties, self.base) if properties else None

    def documents_naming(self, iri: NamedNode) -> Iterator[str]:
        """The ids of the documents that name an actor or place, some more than once."""
        start = document_graph("", base=self.base).value
        for quad in self.inner.quads_for_pattern(None, None, iri, None):
            if isinstance(quad.graph_name, NamedNode) and quad.graph_name.value.startswith(start):
                yield decode(quad.graph_name.value.removeprefix(start))


def _in_sparql(removed: Iterable[Quad], added: Iterable[Quad], emptied: Iterable[NamedNode]) -> str:
    """An update that empties graphs, then removes quads, then adds some."""
    update = [f"DROP SILENT GRAPH {graph}" for graph in emptied]
    for operation, quads in (("DELETE", removed), ("INSERT", added)):
        by_graph: dict[str, list[str]] = {}
        for quad in quads:
            line = f"{quad.subject} {quad.predicate} {quad.object} ."
            by_graph.setdefault(str(quad.graph_name), []).append(line)
        if by_graph:
            blocks = (f"GRAPH {graph} {{\n" + "\n".join(lines) + "\n}" for graph, lines in by_graph.items())
            update.append(f"{operation} DATA {{\n" + "\n".join(blocks) + "\n}")
    return " ;\n".join(update)
