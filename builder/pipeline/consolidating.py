"""Reports in a store → its graphs of events and actors.

Which reports are of one event is kept beside the store, in ``consolidation.sqlite``, so that a build reads the documents
that changed and touches the events they speak of. All in it comes from the document graphs and the actors graph, and it
is made anew when it is missing, damaged, of another version, or behind in a way that the store's changes do not tell.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from pyoxigraph import NamedNode, Quad

import diplograph
from diplograph.events.clusters import LAYOUT, Clusters
from diplograph.events.consolidation import to_event
from diplograph.model import Actor, Place, StoreError
from diplograph.pipeline.extraction import Extractor
from diplograph.pipeline.journal import Journal
from diplograph.quads import (
    actor_iri,
    actor_quads,
    decode,
    document_graph,
    event_iri,
    event_quads,
    shared_graph,
    thing_iri,
)
from diplograph.resources import locate
from diplograph.store import Store, mend

STATE = "consolidation.sqlite"
_AT_ONCE = 50_000  # quads in one transaction; more are written in several
_LOG_SIZE = 4_000_000  # bytes of the store's list of changes after which it begins anew


def consolidate_store(store: Store, extractor: Extractor) -> int:
    """Brings the graphs of events and actors up to date with the documents; returns how many events there are.

    It writes nothing when nothing changed; when something did, inferences drawn before are dropped as well. Raises
    StoreError when store or state cannot be written, DataError when a document names somebody the actors graph lacks.
    """
    path = None if store.directory is None else store.directory / STATE
    try:
        return _consolidate(store, extractor, path)
    except sqlite3.OperationalError as error:  # a full disk, no permission
        raise StoreError(f"{path} {mend(error, 'cannot be written')}") from error
    except sqlite3.DatabaseError:
        assert path is not None
        _remove(path)
        return _consolidate(store, extractor, path)


def _consolidate(store: Store, extractor: Extractor, path: Path | None) -> int:
    made_by = _made_by(store, extractor)
    with closing(Clusters(path)) as clusters:
        run = _Consolidation(store, clusters, made_by)
        if path is None:
            run.begin_anew()
        if path is None or run.follow():
            return run.write()
    assert path is not None
    fresh = path.with_suffix(".new")
    _remove(fresh)
    with closing(Clusters(fresh, throwaway=True)) as clusters:
        _Consolidation(store, clusters, made_by).begin_anew()
    _remove(path)
    fresh.rename(path)
    with closing(Clusters(path)) as clusters:
        return _Consolidation(store, clusters, made_by).write()


def _remove(path: Path) -> None:
    """Removes a database, with what SQLite has beside it."""
    for part in path.parent.glob(f"{path.name}*"):
        part.unlink()


def _made_by(store: Store, extractor: Extractor) -> str:
    """All that the events depend on beside the reports."""
    digest = hashlib.sha256(locate("ontology", "diplograph.ttl").read_bytes())
    digest.update(f"{LAYOUT} {diplograph.__version__} {extractor.fingerprint} {store.base}".encode())
    return digest.hexdigest()


class _Consolidation:
    """One run over a store that is open for writing."""

    def __init__(self, store: Store, clusters: Clusters, made_by: str) -> None:
        self._store = store
        self._clusters = clusters
        self._made_by = made_by
        self._events = shared_graph("events", base=store.base)
        self._actors = shared_graph("actors", base=store.base)
        self._inferences = shared_graph("inferences", base=store.base)
        self._removed: list[Quad] = []
        self._added: list[Quad] = []
        self._written = False
        self._known: set[NamedNode] = set()  # things that were described in this run

    def follow(self) -> bool:
        """Takes what changed since the last time; False when that is not known, or the state is of no use."""
        changes, clusters = self._store.changes, self._clusters
        names, cursor = changes.since(clusters.fact("changes"))
        if names is None:
            names, cursor = changes.since(clusters.fact("next changes"))
        shared = {self._events.value, self._actors.value}
        if names is None or names & shared or clusters.fact("made by") != self._made_by:
            return False
        self._take(names)
        self._conclude(cursor)
        return True

    def begin_anew(self) -> None:
        """Takes all reports of all documents into an empty state."""
        _, cursor = self._store.changes.since("")
        self._take_all()
        self._conclude(cursor)

    def _conclude(self, cursor: str) -> None:
        clusters = self._clusters
        for cluster, members in clusters.touched():
            clusters.name_event(cluster, to_event(members).key if members else None)
        clusters.forget_touched()
        clusters.note("changes", cursor)
        clusters.note("made by", self._made_by)
        clusters.commit()  # from here on, what is due to be written is known

    def write(self) -> int:
        """Makes the graphs say what the state does; gives how many events there are."""
        self._write_events()
        self._write_actors()
        self._flush()
        self._clusters.forget_due()
        self._clusters.commit()
        if self._store.changes.is_longer_than(_LOG_SIZE):
            self._renew_changes()
        return self._clusters.count_events()

    def _renew_changes(self) -> None:
        cursor = self._store.changes.prepare()
        self._clusters.note("next changes", cursor)
        self._clusters.commit()
        self._store.changes.renew()
        self._clusters.note("changes", cursor)
        self._clusters.commit()

    # --- Reading -----------------------------------------------------------------------------------------------------

    def _take_all(self) -> None:
        self._put_together(None)
        for id in self._store.document_ids():
            document = self._store.read_document(id)
            self._describe(document.things)
            self._clusters.note_named(id, self._names(document.things))
            self._clusters.fill((document.published, report) for report in document.reports)
        self._clusters.settle_all()
        present = (quad.subject for quad in self._store.quads(self._events))
        start = len(f"{self._store.base}event/")
        self._clusters.note_due(
            decode(subject.value[start:]) for subject in present if isinstance(subject, NamedNode)
        )
        everybody = {quad.subject for quad in self._store.quads(self._actors)}
        nodes = [iri for iri in everybody if isinstance(iri, NamedNode)]
        self._describe(nodes)
        self._clusters.note("unnamed", " ".join(sorted(self._names(nodes))))

    def _take(self, graphs: Iterable[str]) -> None:
        """Takes the reports of the documents whose graphs changed, and those of whoever is described otherwise now."""
        start = document_graph("", base=self._store.base).value
        ids = {decode(graph.removeprefix(start)) for graph in graphs if graph.startswith(start)}
        unnamed = set(self._clusters.fact("unnamed").split())
        again: set[str] = set()
        self._put_together(ids)
        for id in sorted(ids):
            document = self._store.read_document(id)
            for thing in self._describe(document.things):
                again.update(self._store.documents_naming(thing_iri(thing, base=self._store.base)))
            self._clusters.replace(id, ((document.published, report) for report in document.reports))
            names = self._names(document.things)
            unnamed |= self._clusters.note_named(id, names) - set(names)
        for id in sorted(again):
            document = self._store.read_document(id)
            reports = ((document.published, report) for report in document.reports)
            self._clusters.replace(id, reports, anew=True)
        self._clusters.settle()
        self._clusters.note("unnamed", " ".join(sorted(unnamed)))

    def _describe(self, things: Iterable[NamedNode]) -> list[Actor | Place]:
        """Tells of actors and places as the graph describes them; gives those that were described otherwise before."""
        new = [iri for iri in things if iri not in self._known]
        self._known.update(new)
        found = (self._store.thing(iri) for iri in new)
        return self._clusters.describe(thing for thing in found if thing is not None)

    def _put_together(self, ids: Iterable[str] | None) -> None:
        """Makes the graph say of actors outside the gazetteer what those documents say that name them now: of all, or
        of those whom these documents name, or named before."""
        if self._store.directory is None:
            return
        with Journal(self._store.directory) as journal:
            if ids is None:
                keys = set(journal.actors_with_sayings())
            else:
                keys = {key for id in ids for key in self._named_by(id)}
            for key in sorted(keys):
                self._describe_together(key, journal.sayings_of(key))
        self._flush()

    def _named_by(self, id: str) -> Iterable[str]:
        names = {*self._names(self._store.read_document(id).things), *self._clusters.named_by(id)}
        return (decode(name.removeprefix("actor/")) for name in names if name.startswith("actor/"))

    def _describe_together(self, key: str, sayings: Mapping[str, Actor]) -> None:
        iri = actor_iri(key, base=self._store.base)
        told = [sayings.get(id) for id in set(self._store.documents_naming(iri))] if sayings else []
        known = [actor for actor in told if actor is not None]
        if not known or len(known) < len(told):
            return  # the gazetteer says it, or nobody knows who did
        together = replace(
            known[0],
            label_ar=min(actor.label_ar for actor in known),
            represents=tuple(sorted({body for actor in known for body in actor.represents})),
        )
        self._replace(iri, self._actors, actor_quads([together], [], base=self._store.base))

    # --- Writing -----------------------------------------------------------------------------------------------------

    def _write_events(self) -> None:
        for key, clusters in self._clusters.due():
            wanted = event_quads(map(to_event, clusters), base=self._store.base)
            self._replace(event_iri(key, base=self._store.base), self._events, wanted)

    def _write_actors(self) -> None:
        """Describes each once, and nobody whom no document names and nobody in the graph stands for."""
        pending = [self._node(name) for name in self._clusters.fact("unnamed").split()]
        described = self._known.union(pending)
        gone: set[NamedNode] = set()
        while pending:
            iri = pending.pop()
            if iri in gone or self._is_needed(iri, gone):
                continue
            gone.add(iri)
            told = (
                quad.object for quad in self._store.inner.quads_for_pattern(iri, None, None, self._actors)
            )
            pending += [node for node in told if isinstance(node, NamedNode) and self._is_thing(node)]
            self._replace(iri, self._actors, ())
        self._clusters.note("unnamed", "")
        for iri in described - gone:
            thing = self._store.thing(iri)
            actors = [thing] if isinstance(thing, Actor) else []
            places = [thing] if isinstance(thing, Place) else []
            self._replace(iri, self._actors, actor_quads(actors, places, base=self._store.base))

    def _is_needed(self, iri: NamedNode, gone: set[NamedNode]) -> bool:
        if next(self._store.documents_naming(iri), None) is not None:
            return True
        stand_for = self._store.inner.quads_for_pattern(None, None, iri, self._actors)
        return any(quad.subject not in gone for quad in stand_for)

    def _replace(self, subject: NamedNode, graph: NamedNode, wanted: Iterable[Quad]) -> None:
        """Makes this what a graph says of a subject, now or with what is written next."""
        present = set(self._store.inner.quads_for_pattern(subject, None, None, graph))
        now = set(wanted)
        self._removed += sorted(present - now, key=str)
        self._added += sorted(now - present, key=str)
        if len(self._removed) + len(self._added) > _AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        if not self._removed and not self._added:
            return
        emptied = () if self._written else (self._inferences,)
        if len(self._removed) + len(self._added) > _AT_ONCE:
            self._store.amend(self._removed, (), emptied)
            self._store.amend((), self._added)
        else:
            self._store.amend(self._removed, self._added, emptied)
        self._removed, self._added, self._written = [], [], True

    # --- Names -------------------------------------------------------------------------------------------------------

    def _node(self, name: str) -> NamedNode:
        return NamedNode(self._store.base + name)

    def _names(self, things: Iterable[NamedNode]) -> list[str]:
        """IRIs without the base, which have no spaces: they are percent-encoded."""
        return [iri.value.removeprefix(self._store.base) for iri in things]

    def _is_thing(self, node: NamedNode) -> bool:
        return node.value.startswith((f"{self._store.base}actor/", f"{self._store.base}place/"))
