"""Documents → the store: one transaction a document, then the events of them all."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import diplograph
from diplograph import generations
from diplograph.model import DiplographError, Document, SourceError, SourceFailure
from diplograph.parsing import Parser
from diplograph.pipeline.consolidating import consolidate_store
from diplograph.pipeline.extraction import Extractor, FrameExtractor
from diplograph.pipeline.failures import Failures
from diplograph.pipeline.inputs import make_parser, read_inputs
from diplograph.pipeline.journal import Journal, Origin, origin_of
from diplograph.pipeline.parallel import read_all
from diplograph.pipeline.reading import Input, Reader, Reading, in_batches, tell
from diplograph.pipeline.remote import is_remote, local_copies
from diplograph.pipeline.withdrawing import withdraw
from diplograph.quads import actor_quads, document_graph, document_quads, ontology_quads, shared_graph
from diplograph.resources import locate
from diplograph.store import Store, fingerprint


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is: ``done`` of ``total`` documents; ``document`` is the one at hand.

    Documents are read one by one, so ``total`` is None until the last was.
    """

    done: int
    total: int | None
    document: str


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did. The documents are counted; ``parsed`` are those whose parse was not in the cache, ``sieved`` those
    that have no words of an event, and so needed none.

    ``events`` counts the events in the store after the build, whatever documents they come from; ``failed`` counts what
    could not be read or extracted, and ``failures`` tells the first of it; ``removed`` are the ids of the documents that
    an update found withdrawn.
    """

    added: int
    changed: int
    unchanged: int
    failures: tuple[SourceFailure, ...]
    parsed: int
    reports: int
    events: int
    seconds: float
    failed: int = 0
    removed: tuple[str, ...] = ()
    sieved: int = 0

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
    parsed: int = 0
    sieved: int = 0
    failures: Failures = field(default_factory=Failures)
    removed: tuple[str, ...] = ()

    @property
    def done(self) -> int:
        """How many documents nothing is left to do for."""
        return self.added + self.changed + self.unchanged


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
    sieve: bool = True,
    jobs: int = 1,
    cluster: str | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> BuildReport:
    """Builds the store in this directory from files, directories and ``-`` (standard input), or adds to it.

    Files ending in ``.conllu`` are parses, the others texts (see :func:`diplograph.sources.read_sources`), which
    ``parser``, or Stanza with the ``model``, parses. ``published`` is the date of those documents that have none.
    ``sieve`` passes over documents without the words of an event, which changes no quad; ``jobs`` processes read, or
    the workers of the Dask ``cluster`` at this address. An address as source is fetched first.
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
    at_address = any(map(is_remote, sources))
    if update and at_address:
        raise SourceError(
            "what was withdrawn shows in folders only; update from a copy of what is at the address"
        )
    with local_copies(sources) as local, Store.open(store) as opened, Journal(Path(store)) as journal:
        run = journal.begin(
            "update" if update else "build", [str(s) if is_remote(s) else origin_of(s) for s in sources]
        )
        write_ontology(opened)
        origins: list[Origin] = []
        results = read_inputs(local, published, used, origins, only)
        documents = _readable(results, journal, [] if at_address else origins, counts)
        reader = Reader(used, extractor, sieve)
        batches = in_batches(_changed(opened, documents, reader, counts))
        with closing(read_all(batches, reader, jobs=jobs, cluster=cluster)) as readings:
            for batch in readings:
                counts.parsed += batch.parsed
                for reading in batch.readings:
                    progress(Progress(counts.done, None, reading.document.id))
                    _add(opened, journal, reading, extractor, counts)
        progress(Progress(counts.done, counts.done, ""))
        if update:
            counts.removed = withdraw(opened, journal, run, sources, origins, counts.failures.sources, only)
        events = consolidate_store(opened, extractor)
        if opened.changed or not generations.names(Path(store)):
            known = follow_counts(opened)  # if not, all is read anyway, and may as well be written
            generations.publish(opened, partial(describe, counts=known), compact=known is None)
        else:
            generations.sweep(Path(store))
        journal.end(
            run,
            added=counts.added,
            changed=counts.changed,
            unchanged=counts.unchanged,
            removed=len(counts.removed),
            failed=counts.failures.count,
            events=events,
        )
    return BuildReport(
        added=counts.added,
        changed=counts.changed,
        unchanged=counts.unchanged,
        failures=counts.failures.told(),
        failed=counts.failures.count,
        parsed=counts.parsed,
        reports=counts.reports,
        events=events,
        seconds=time.monotonic() - started,
        removed=counts.removed,
        sieved=counts.sieved,
    )


def _readable(
    results: Iterable[tuple[Document, Parser] | SourceFailure],
    journal: Journal,
    origins: list[Origin],
    counts: _Counts,
) -> Iterator[tuple[Document, Parser]]:
    """The documents that could be read, each noted with where it came from; what could not is counted."""
    for result in results:
        if isinstance(result, SourceFailure):
            counts.failures.append(result)
        else:
            journal.note_origins(origins[-1:])
            yield result


def _changed(
    store: Store, inputs: Iterable[tuple[Document, Parser]], reader: Reader, counts: _Counts
) -> Iterator[Input]:
    """The documents that are not in the store as they would be put there now; the others are counted."""
    for document, parser in inputs:
        wanted = fingerprint(
            document,
            parser.identity,
            diplograph_version=diplograph.__version__,
            extractor_fingerprint=reader.extractor.fingerprint,
        )
        if store.document_fingerprint(document.id) == wanted:
            counts.unchanged += 1
        else:
            yield document, None if parser is reader.parser else parser


def _add(store: Store, journal: Journal, reading: Reading, extractor: Extractor, counts: _Counts) -> None:
    """Puts a document with its reports into the store, in one transaction, or notes its failure."""
    document = reading.document
    try:
        if reading.failure:
            raise DiplographError(reading.failure)
        quads = document_quads(
            document,
            reading.reports,
            reading.parser,
            finished=datetime.now(UTC),
            diplograph_version=diplograph.__version__,
            extractor_fingerprint=extractor.fingerprint,
            base=store.base,
        )
        described = actor_quads(reading.actors, reading.places, base=store.base)
    except Exception as error:  # noqa: BLE001 - a fault of ours in one article must not lose the others
        counts.failures.append(SourceFailure(document.source or document.id, tell(error)))
        return
    present = store.document_fingerprint(document.id)
    new = (actor for actor in reading.actors if extractor.describe(actor.key) is None)
    journal.note_sayings(document.id, new)
    store.replace([*quads, *described], [document_graph(document.id, base=store.base)])
    counts.added += present is None
    counts.changed += present is not None
    counts.sieved += reading.sieved
    counts.reports += len(reading.reports)


def write_ontology(store: Store) -> None:
    """Puts the ontology into its graph, unless it is there."""
    graph = shared_graph("ontology", base=store.base)
    quads = ontology_quads(locate("ontology", "diplograph.ttl").read_text(encoding="utf-8"), base=store.base)
    if set(quads) != set(store.quads(graph)):
        store.replace(quads, [graph])
