"""Builds: sources → documents → parses → reports → one transaction a document → consolidated events.

A build can be stopped at any moment, by Ctrl-C or ``kill -9``: a document is in the store whole or not at all, what is
in and unchanged is not done again, and the events are made anew from all the reports at the end of every build. So
the next build completes a broken one, and the order in which documents came does not show in the graph.
"""

from __future__ import annotations

import gzip
import io
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import diplograph
from diplograph import generations
from diplograph.model import (
    Actor,
    ConlluError,
    DiplographError,
    Document,
    Event,
    EventReport,
    Mention,
    ModelError,
    ParsedDocument,
    Place,
    SourceError,
    SourceFailure,
)
from diplograph.parsing import (
    CachedParser,
    ConlluParser,
    ParseCache,
    Parser,
    StanzaParser,
    default_cache_directory,
    read_conllu,
)
from diplograph.quads import (
    actor_quads,
    document_graph,
    document_quads,
    event_quads,
    ontology_quads,
    shared_graph,
)
from diplograph.resources import locate
from diplograph.sources import is_conllu, read_sources
from diplograph.store import Store, fingerprint

if TYPE_CHECKING:
    from diplograph.frames import SentenceTrace


class Extractor(Protocol):
    """Reads reports off a parse, and knows how reports become events. Equal fingerprints promise equal results."""

    @property
    def fingerprint(self) -> str:
        """The hash of all the data that decides what is extracted."""
        ...

    def extract(self, parsed: ParsedDocument) -> tuple[EventReport, ...]:
        """The reports of a document, numbered from 1 in the order of the text."""
        ...

    def consolidate(self, reports: Iterable[tuple[str | None, EventReport]]) -> tuple[Event, ...]:
        """The events that reports (each with its document's date of publication) are about, in any order."""
        ...

    def describe(self, key: str) -> Actor | None:
        """The actor with this key, None when it is not known."""
        ...


class FrameExtractor:
    """The extractor of diplograph: frames over the trees, names linked with the gazetteer.

    Frames, lexicon and gazetteer are read when it is made. Raises DataError when one of them is wrong.
    """

    def __init__(self) -> None:
        from diplograph.frames import extractor_fingerprint, load_frames
        from diplograph.linking import load_gazetteer

        self._gazetteer = load_gazetteer()
        self._frames = load_frames()
        self._fingerprint = extractor_fingerprint()

    @property
    def fingerprint(self) -> str:
        """The hash of frames, lexicon and gazetteer."""
        return self._fingerprint

    def extract(self, parsed: ParsedDocument) -> tuple[EventReport, ...]:
        """The reports that the frames find in a document."""
        from diplograph.events import to_reports
        from diplograph.frames import find_mentions

        return to_reports(parsed, find_mentions(parsed, self._frames, self._gazetteer))

    def consolidate(self, reports: Iterable[tuple[str | None, EventReport]]) -> tuple[Event, ...]:
        """The events these reports are about."""
        from diplograph.events import consolidate

        return consolidate(reports)

    def describe(self, key: str) -> Actor | None:
        """The gazetteer's actor with this key."""
        entry = self._gazetteer.entries.get(key)
        return entry.actor if entry else None


# --- What a build says -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is: ``done`` of ``total`` documents; ``document`` is the one at hand."""

    done: int
    total: int
    document: str


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did. The documents are counted; ``parsed`` are those whose parse was not in the cache.

    ``events`` counts the events in the store after the build, whatever documents they come from.
    """

    added: int
    changed: int
    unchanged: int
    failures: tuple[SourceFailure, ...]
    parsed: int
    reports: int
    events: int
    seconds: float

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


# --- Building --------------------------------------------------------------------------------------------------------


def build(
    sources: Sequence[str | Path],
    store: str | Path,
    *,
    model: str = "compact",
    published: str | None = None,
    cache: bool = True,
    parser: Parser | None = None,
    extractor: Extractor | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> BuildReport:
    """Builds the store in this directory from files, directories and ``-`` (standard input), or adds to it.

    Files ending in ``.conllu`` are parses, the others texts (see :func:`diplograph.sources.read_sources`), which
    ``parser``, or Stanza with the ``model``, parses. ``published`` is the date of those documents that have none.
    ``progress`` is called before each document and after the last. Whoever reads the store's generations (a server) sees
    the graph of before until the build is done, then the new one. What cannot be read or extracted is in the report's
    ``failures``. Raises StoreError, ModelError and DataError, when nothing can be built at all::

        report = build(["seeds/articles"], "diplograph-store")
    """
    from diplograph.server.description import describe

    started = time.monotonic()
    extractor = extractor or FrameExtractor()
    used = parser or _make_parser(model, cache=cache)
    counts = _Counts()
    with Store.open(store) as opened:
        _write_ontology(opened)
        inputs = list(_read_inputs(sources, published, used, counts.failures))
        for done, (document, its_parser) in enumerate(inputs):
            progress(Progress(done, len(inputs), document.id))
            _add_document(opened, document, its_parser, extractor, counts)
        progress(Progress(len(inputs), len(inputs), ""))
        events = consolidate_store(opened, extractor)
        if opened.changed or not generations.names(Path(store)):
            generations.publish(opened, describe)
    return BuildReport(
        added=counts.added,
        changed=counts.changed,
        unchanged=counts.unchanged,
        failures=tuple(counts.failures),
        parsed=used.parsed if isinstance(used, CachedParser) else counts.added + counts.changed,
        reports=counts.reports,
        events=events,
        seconds=time.monotonic() - started,
    )


def parse_sources(
    sources: Sequence[str | Path],
    *,
    model: str = "compact",
    published: str | None = None,
    cache: bool = True,
    parser: Parser | None = None,
) -> Iterator[ParsedDocument | SourceFailure]:
    """The parses of the documents in the sources, which are those of :func:`build`, and what went wrong instead.

    Raises ModelError when there is no such model, or it does not load.
    """
    failures: list[SourceFailure] = []
    used = parser or _make_parser(model, cache=cache)
    for document, its_parser in _read_inputs(sources, published, used, failures):
        try:
            yield its_parser.parse(document)
        except ModelError:
            raise
        except DiplographError as error:
            yield SourceFailure(document.source or document.id, str(error))
    yield from failures


@dataclass(frozen=True, slots=True)
class TextTrace:
    """What was tried in a text and what came of it; ``unreported`` are mentions that no report has, and why."""

    document: Document
    sentences: tuple[SentenceTrace, ...]
    reports: tuple[EventReport, ...]
    unreported: tuple[tuple[Mention, str], ...]


def trace_text(
    text: str,
    *,
    model: str = "compact",
    published: str | None = None,
    cache: bool = True,
    parser: Parser | None = None,
) -> TextTrace:
    """How the frames read a text: a sentence, or a whole article with its dateline.

    Raises SourceError when there is no Arabic in it, ModelError when there is no such model.
    """
    from diplograph.events import explain_refusal, to_reports
    from diplograph.frames import load_frames, trace_sentences
    from diplograph.linking import load_gazetteer

    [document] = read_sources(["-"], published=published, stdin=io.BytesIO(text.encode()))
    if isinstance(document, SourceFailure):
        raise SourceError(document.message)
    parsed = (parser or _make_parser(model, cache=cache)).parse(document)
    sentences = trace_sentences(parsed, load_frames(), load_gazetteer())
    mentions = [m for sentence in sentences for attempt in sentence.attempts for m in attempt.mentions]
    reports = to_reports(parsed, sorted(mentions, key=lambda m: (m.begin, m.end, m.frame)))
    spoken = {(m.begin, m.end, m.frame) for report in reports for m in report.mentions}
    left = [m for m in mentions if (m.begin, m.end, m.frame) not in spoken]
    unreported = tuple((mention, explain_refusal(mention)) for mention in left)
    return TextTrace(document, sentences, reports, unreported)


def _make_parser(model: str, *, cache: bool) -> Parser:
    parser = StanzaParser(model)
    return CachedParser(parser, ParseCache(default_cache_directory())) if cache else parser


def _read_inputs(
    sources: Sequence[str | Path], published: str | None, parser: Parser, failures: list[SourceFailure]
) -> Iterator[tuple[Document, Parser]]:
    """The documents of the sources, each id once, with the parser of each; what cannot be read joins the failures."""
    seen: dict[str, Document] = {}
    for document, its_parser in _read_all(sources, published, parser, failures):
        first = seen.setdefault(document.id, document)
        if first is document:
            yield document, its_parser
        elif first.text != document.text:
            failures.append(
                SourceFailure(
                    document.source or document.id,
                    f'the id "{document.id}" is taken by another text, in {first.source}; give one of them another',
                )
            )


def _read_all(
    sources: Sequence[str | Path], published: str | None, parser: Parser, failures: list[SourceFailure]
) -> Iterator[tuple[Document, Parser]]:
    parses = [Path(source) for source in sources if str(source) != "-" and is_conllu(source)]
    texts = [source for source in sources if str(source) == "-" or not is_conllu(source)]
    for result in read_sources(texts, published=published) if texts else ():
        if isinstance(result, Document):
            yield result, parser
        else:
            failures.append(result)
    for source in texts:
        if str(source) != "-" and Path(source).is_dir():
            parses += sorted(path for path in Path(source).rglob("*") if path.is_file() and is_conllu(path))
    yield from _read_parses(parses, published, failures)


def _read_parses(
    paths: Iterable[Path], published: str | None, failures: list[SourceFailure]
) -> Iterator[tuple[Document, Parser]]:
    for path in paths:
        try:
            opener = gzip.open if path.suffix == ".gz" else open
            with opener(path, "rt", encoding="utf-8") as file:
                parses = read_conllu(file.read(), str(path))
        except (OSError, EOFError, zlib.error, UnicodeDecodeError, ConlluError) as error:
            read = isinstance(error, ConlluError)
            message = str(error).removeprefix(f"{path}, ") if read else f"cannot be read: {error}"
            failures.append(SourceFailure(str(path), message))
            continue
        for parsed in parses:
            document = parsed.document
            if published and not document.published:
                parsed = replace(parsed, document=replace(document, published=published))
            yield parsed.document, ConlluParser([parsed], parsed.parser)


def _add_document(
    store: Store, document: Document, parser: Parser, extractor: Extractor, counts: _Counts
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


def _write_ontology(store: Store) -> None:
    """Puts the ontology into its graph, unless it is there."""
    graph = shared_graph("ontology", base=store.base)
    quads = ontology_quads(locate("ontology", "diplograph.ttl").read_text(encoding="utf-8"), base=store.base)
    if set(quads) != set(store.quads(graph)):
        store.replace(quads, [graph])
