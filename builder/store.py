"""The only opener of an Oxigraph store.

A store is a directory with Oxigraph's files and two of ours: a marker that says it is ours and how it is laid out, and
a lock. One process may write, or any number may read: Oxigraph leaves reading beside a writer undefined, so it is
refused here. The lock is the kernel's (``flock``): it goes when its process does, even by ``kill -9``.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self, TypeAlias

import pyoxigraph as ox
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from diplograph.model import (
    Actor,
    DataError,
    Document,
    EventReport,
    EventValues,
    Filler,
    ParserIdentity,
    Place,
    QueryError,
    StoreError,
    StoreLockedError,
)
from diplograph.quads import (
    DCTERMS,
    LABEL,
    PROV,
    SAME_AS,
    TYPE,
    WIKIDATA,
    Value,
    activity_iri,
    decode,
    document_graph,
    document_iri,
    key_of,
    shared_graph,
    term,
    text_hash,
    thing_iri,
)
from diplograph.vocabulary import BASE, DIP, OWL, RDF, RDFS, SKOS, XSD

MARKER = "diplograph.json"
LOCK = "diplograph.lock"
LAYOUT = 1

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
Properties: TypeAlias = Mapping[NamedNode, tuple[Value, ...]]
Things: TypeAlias = Mapping[NamedNode, Actor | Place]


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
        self.changed = False  # whether anything was written since it was opened

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
            _prepare(directory, base)
        _check_marker(directory, base)
        lock = _take_lock(directory, shared=read_only)
        try:
            inner = ox.Store.read_only(str(directory)) if read_only else ox.Store(str(directory))
        except OSError as error:
            os.close(lock)
            if "lock" in str(error).casefold():
                raise StoreLockedError(
                    f"{directory} is open in another program; close it and try again"
                ) from error
            raise StoreError(f"{directory} does not open: {error}; delete it and build again") from error
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
        by_graph: dict[str, list[str]] = {}
        for quad in quads:
            line = f"{quad.subject} {quad.predicate} {quad.object} ."
            by_graph.setdefault(str(quad.graph_name), []).append(line)
        update = [f"DROP SILENT GRAPH {graph}" for graph in dict.fromkeys(graphs)]
        if by_graph:
            blocks = (f"GRAPH {graph} {{\n" + "\n".join(lines) + "\n}" for graph, lines in by_graph.items())
            update.append("INSERT DATA {\n" + "\n".join(blocks) + "\n}")
        try:
            self.inner.update(" ;\n".join(update))
            self.changed = True
        except OSError as error:
            raise StoreError(f"{self.directory} cannot be written: {error}") from error

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
        start = document_graph("", base=self.base).value
        return tuple(
            sorted(
                decode(name.value.removeprefix(start))
                for name in self.graph_names()
                if name.value.startswith(start)
            )
        )

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
        except OSError as error:
            raise StoreError(f"{self.directory} cannot be read: {error}") from error

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
            _first(document, term("textHash")) or "",
            _first(document, NamedNode(DCTERMS + "title")),
            _first(document, NamedNode(DCTERMS + "source")),
            _first(document, term("published")),
            ParserIdentity(
                _first(activity, term("parser")) or "",
                _first(activity, term("parserVersion")) or "",
                _first(activity, term("parserFingerprint")) or "",
            ),
            _first(activity, term("diplographVersion")) or "",
            _first(activity, term("extractorFingerprint")) or "",
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
            subject: _thing_from(subject, self._properties(subject, graph), self.base) for subject in ordered
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
                found.append(_report_from(quad.subject, properties, things, self.base))
        return tuple(sorted(found, key=lambda report: (report.document, report.number)))


# --- The directory ---------------------------------------------------------------------------------------------------


def _prepare(directory: Path, base: str) -> None:
    """Makes the directory and marks it as ours before Oxigraph writes to it, so that no kill leaves it unmarked."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        if not (directory / MARKER).exists():
            if any(name for name in os.listdir(directory) if name != MARKER + ".new"):
                raise StoreError(
                    f"{directory} is not empty and not a diplograph store; name another directory"
                )
            fresh = directory / (MARKER + ".new")
            fresh.write_text(json.dumps({"layout": LAYOUT, "base": base}) + "\n", encoding="utf-8")
            fresh.replace(directory / MARKER)
        (directory / LOCK).touch()
    except OSError as error:
        raise StoreError(
            f"{directory} cannot be a store: {error.strerror or error}; name another directory"
        ) from error


def _check_marker(directory: Path, base: str) -> None:
    try:
        marker = json.loads((directory / MARKER).read_text(encoding="utf-8"))
        layout, made_with = marker["layout"], marker["base"]
    except (FileNotFoundError, NotADirectoryError) as error:
        hint = (
            "build one first, or name its directory" if not directory.exists() else "name another directory"
        )
        raise StoreError(f"{directory} is not a diplograph store; {hint}") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"{directory / MARKER} cannot be read ({error}); delete {directory} and build again"
        ) from error
    if layout != LAYOUT:
        raise StoreError(
            f"{directory} has layout {layout}, this diplograph reads {LAYOUT}; delete it and build again"
        )
    if made_with != base:
        raise StoreError(
            f"{directory} holds IRIs below {made_with}, not {base}; give that base, or name another directory"
        )


def _take_lock(directory: Path, *, shared: bool) -> int:
    """A descriptor that holds the lock until it is closed; the writer leaves its process id in the file."""
    path = directory / LOCK
    try:
        lock = os.open(path, os.O_RDONLY if shared else os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise StoreError(f"{path} cannot be opened: {error.strerror}") from error
    try:
        fcntl.flock(lock, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError as error:
        writer = os.read(lock, 32).decode("ascii", "replace").strip() if shared else ""
        os.close(lock)
        what = "being written" if shared else "in use"
        who = f"process {writer}" if writer else "another process"
        raise StoreLockedError(f"{directory} is {what} by {who}; wait for it to end, or stop it") from error
    if not shared:
        os.ftruncate(lock, 0)
        os.write(lock, f"{os.getpid()}\n".encode())
    return lock


@contextmanager
def held_exclusively(directory: Path) -> Iterator[bool]:
    """Holds the lock of a store as a writer does, without opening it; False when somebody else holds it."""
    lock = -1
    try:
        lock = os.open(directory / LOCK, os.O_RDWR)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        yield False
    else:
        yield True
    finally:
        if lock >= 0:
            os.close(lock)


# --- Quads to values -------------------------------------------------------------------------------------------------


def _first(properties: Properties, predicate: NamedNode, language: str | None = None) -> str | None:
    """The first value of a property as text: a literal's letters, an IRI as it is."""
    for value in properties.get(predicate, ()):
        if language is None or (isinstance(value, Literal) and value.language == language):
            return value.value
    return None


def _thing_from(subject: NamedNode, properties: Properties, base: str) -> Actor | Place:
    def keys(predicate: str) -> tuple[str, ...]:
        values = properties.get(term(predicate), ())
        return tuple(key_of(value, "actor", base=base) for value in values if isinstance(value, NamedNode))

    kind = (_first(properties, TYPE) or "").rpartition("#")[2]
    label_ar, label_en = _first(properties, LABEL, "ar") or "", _first(properties, LABEL, "en")
    wikidata = (_first(properties, SAME_AS) or "").removeprefix(WIKIDATA) or None
    if kind == "Place":
        country = next(iter(keys("inCountry")), None)
        return Place(key_of(subject, "place", base=base), label_ar, label_en, wikidata, country)
    key = key_of(subject, "actor", base=base)
    return Actor(key, kind, label_ar, label_en, wikidata, keys("represents"), keys("headOfStateOf"))


def _report_from(report: NamedNode, properties: Properties, things: Things, base: str) -> EventReport:
    id, _, number = report.value.removeprefix(f"{base}report/").rpartition("/")
    confidence = float(_first(properties, term("confidence")) or 0)
    return EventReport(
        decode(id), int(number), _values_from(report, properties, things, base), confidence, ()
    )


def _values_from(subject: NamedNode, properties: Properties, things: Things, base: str) -> EventValues:
    def local(predicate: str) -> str:
        return (_first(properties, term(predicate)) or "").rpartition("#")[2]

    def clock(predicate: str) -> str | None:
        time = (_first(properties, term(predicate)) or "").rpartition("T")[2]
        seconds = "" if time[5:8] == ":00" else time[5:8]
        return time[:5] + seconds + time[8:].replace("Z", "+00:00") or None

    fillers: list[Filler] = []
    place, speaker = None, None
    for predicate in sorted(properties, key=str):
        for value in properties[predicate]:
            if not isinstance(value, NamedNode) or not value.value.startswith(
                (f"{base}actor/", f"{base}place/")
            ):
                continue
            thing = things.get(value)
            if thing is None:
                raise DataError(
                    f"{subject.value} names {value}, which the actors graph lacks; build the store anew"
                )
            if isinstance(thing, Place):
                place = place or thing
            elif predicate == term("attributedTo"):
                speaker = speaker or thing
            else:
                fillers.append(Filler(predicate.value.rpartition("#")[2], thing))
    minutes = _first(properties, term("durationMinutes"))
    return EventValues(
        event_class=local("eventClass"),
        status=local("status"),
        fillers=tuple(fillers),
        start_date=_first(properties, term("startDate")),
        end_date=_first(properties, term("endDate")),
        start_time=clock("startTime"),
        end_time=clock("endTime"),
        duration_minutes=int(minutes) if minutes is not None else None,
        place=place,
        condition=_first(properties, term("condition")),
        attributed_to=speaker,
    )
