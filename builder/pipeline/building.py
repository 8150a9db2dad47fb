"""Documents → the store: one transaction a document, then the events of them all."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import diplograph
from diplograph import generations
from diplograph.model import Actor, DiplographError, Document, EventReport, ModelError, Place, SourceFailure
from diplograph.parsing import CachedParser, Parser
from diplograph.pipeline.consolidating import consolidate_store
from diplograph.pipeline.extraction import Extractor, FrameExtractor
from diplograph.pipeline.inputs import make_parser, read_inputs
from diplograph.pipeline.journal import Journal, Origin, origin_of
from diplograph.pipeline.withdrawing import withdraw
from diplograph.quads import actor_quads, document_graph, document_quads, ontology_quads, shared_graph
from diplograph.resources import locate
from diplograph.store import Store, fingerprint


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is: ``done`` of ``total`` documents; ``document`` is the one at hand."""

    done: int
    total: int
    document: str


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did. The documents are counted; ``parsed`` are those whose parse was not in the cache.

    ``events`` counts the events in the store after the build, whatever documents they come from; ``removed`` are the ids
    of the documents that an update found withdrawn.
    """

    added: int
    changed: int
    unchanged: int
    failures: tuple[SourceFailure, ...]
    parsed: int
    reports: int
    events: int
    seconds: float
    removed: tuple[str, ...] = ()

    @property
    def documents(self) -> int:
        """How many documents of the sources are in the store now."""
        return self.added + self.changed + self.unchanged


@dataclass(slots=True)
class _Counts:
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    reports: int = 0
    failures: list[SourceFailure] = field(default_factory=list)
    removed: tuple[str, ...] = ()


def build(
    sources: Sequence[str | Path],
    store: str | Path,
    *,
    model: str = "compact",
    published: str | None = None,
    cache: bool = True,
    parser: Parser | None = None,
    extractor: Extractor | None = None,
    update: bool = False,
    only: Collection[Path] | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> BuildReport:
    """Builds the store in this directory from files, directories and ``-`` (standard input), or adds to it.

    Files ending in ``.conllu`` are parses, the others texts (see :func:`diplograph.sources.read_sources`), which
    ``parser``, or Stanza with the ``model``, parses. ``published`` is the date of those documents that have none.
    ``progress`` is called before each document and after the last. Whoever reads the store's generations (a server) sees
    the graph of before until the build is done, then the new one. With ``update`` the sources are the whole truth about
    what came from them: documents that they have no more are removed (see :func:`withdraw`). ``only`` are the files (absolute paths) in the
    sources that are to be looked at, where not at all. What cannot be read or extracted is in the report's
    ``failures``. Raises StoreError, ModelError and DataError, when nothing can be built at all::

        report = build(["seeds/articles"], "diplograph-store")
    """
    from diplograph.server.description import describe, follow_counts

    started = time.monotonic()
    extractor = extractor or FrameExtractor()
    used = parser or make_parser(model, cache=cache)
    counts = _Counts()
    with Store.open(store) as opened, Journal(Path(store)) as journal:
        run = journal.begin("update" if update else "build", [origin_of(source) for source in sources])
        write_ontology(opened)
        origins: list[Origin] = []
        inputs = list(read_inputs(sources, published, used, counts.failures, origins, only))
        journal.note_origins(origins)
        for done, (document, its_parser) in enumerate(inputs):
            progress(Progress(done, len(inputs), document.id))
            _add_document(opened, journal, document, its_parser, extractor, counts)
        progress(Progress(len(inputs), len(inputs), ""))
        if update:
            counts.removed = withdraw(opened, journal, run, sources, origins, counts.failures, only)
        events = consolidate_store(opened, extractor)
        if opened.changed or not generations.names(Path(store)):
            generations.publish(opened, partial(describe, counts=follow_counts(opened)))
        journal.end(
            run,
            added=counts.added,
            changed=counts.changed,
            unchanged=counts.unchanged,
            removed=len(counts.removed),
            failed=len(counts.failures),
            events=events,
        )
    return BuildReport(
        added=counts.added,
        changed=counts.changed,
        unchanged=counts.unchanged,
        failures=tuple(counts.failures),
        parsed=used.parsed if isinstance(used, CachedParser) else counts.added + counts.changed,
        reports=counts.reports,
        events=events,
        seconds=time.monotonic() - started,
        removed=counts.removed,
    )


def _add_document(
    store: Store, journal: Journal, document: Document, parser: Parser, extractor: Extractor, counts: _Counts
) -> None:
    """Puts a document into the store unless it is there already, unchanged."""
    version, extracted_by = diplograph.__version__, extractor.fingerprint
    wanted = fingerprint(
        document, parser.identity, diplograph_version=version, extractor_fingerprint=extracted_by
    )
    present = store.document_fingerprint(document.id)
    if present == wanted:
        counts.unchanged += 1
        return
    try:
        parsed = parser.parse(document)
        reports = extractor.extract(parsed)
        quads = document_quads(
            document,
            reports,
            parser.identity,
            finished=datetime.now(UTC),
            diplograph_version=version,
            extractor_fingerprint=extracted_by,
            base=store.base,
        )
        things = _named_things(reports, extractor)
    except ModelError:
        raise  # no other document will fare better
    except DiplographError as error:
        counts.failures.append(SourceFailure(document.source or document.id, str(error)))
        return
    except Exception as error:  # noqa: BLE001 - a fault of ours in one article must not lose the others
        message = f"a fault of diplograph: {type(error).__name__}: {error}; please report it"
        counts.failures.append(SourceFailure(document.source or document.id, message))
        return
    described = actor_quads(*things, base=store.base)
    journal.note_sayings(document.id, (actor for actor in things[0] if extractor.describe(actor.key) is None))
    store.replace([*quads, *described], [document_graph(document.id, base=store.base)])
    counts.added += present is None
    counts.changed += present is not None
    counts.reports += len(reports)


def _named_things(
    reports: Iterable[EventReport], extractor: Extractor
) -> tuple[tuple[Actor, ...], tuple[Place, ...]]:
    """All actors and places that reports name, with those they represent and the countries they are in."""
    found: dict[str, Actor] = {}
    places: dict[str, Place] = {}
    pending: list[Actor | Place | None] = []
    for report in reports:
        pending += [*report.values.actors(), report.values.place, report.values.attributed_to]
        pending += [evidence.target for mention in report.mentions for evidence in mention.evidence]
    while pending:
        thing = pending.pop()
        if isinstance(thing, Actor) and thing.key not in found:
            found[thing.key] = thing
            pending += [extractor.describe(key) for key in (*thing.represents, *thing.head_of_state_of)]
        elif isinstance(thing, Place) and thing.key not in places:
            places[thing.key] = thing
            pending.append(extractor.describe(thing.country) if thing.country else None)
    return tuple(found.values()), tuple(places.values())


def write_ontology(store: Store) -> None:
    """Puts the ontology into its graph, unless it is there."""
    graph = shared_graph("ontology", base=store.base)
    quads = ontology_quads(locate("ontology", "diplograph.ttl").read_text(encoding="utf-8"), base=store.base)
    if set(quads) != set(store.quads(graph)):
        store.replace(quads, [graph])
