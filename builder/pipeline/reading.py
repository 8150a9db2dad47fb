"""Documents → what the frames read in them: sieved, parsed some at a time, extracted. It needs no store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from diplograph.model import (
    Actor,
    DiplographError,
    Document,
    EventReport,
    ModelError,
    ParsedDocument,
    ParserIdentity,
    Place,
    Prospect,
    Sifted,
    describe_fault,
)
from diplograph.parsing import BatchParser, CachedParser, Parser
from diplograph.pipeline.extraction import Extractor

_CONTEXT = 3
"""Sentences before one with the words of an event that settle whether it is one (measured: docs/scale.md)."""

Input = tuple[Document, Parser | None]
"""A document, and its own parser if the common one is not to parse it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of a document: its reports with all they name, or a ``failure``; ``sieved`` says that nothing in it can
    be an event, so that it was not parsed, or not all of it."""

    document: Document
    parser: ParserIdentity
    reports: tuple[EventReport, ...] = ()
    actors: tuple[Actor, ...] = ()
    places: tuple[Place, ...] = ()
    failure: str = ""
    sieved: bool = False


@dataclass(frozen=True, slots=True)
class ReadBatch:
    """The readings of a batch, and how many documents had to be parsed for them."""

    readings: tuple[Reading, ...]
    parsed: int = 0


@dataclass(frozen=True)
class Reader:
    """Reads documents, whichever process it is in; pickled, it is what a worker is started with."""

    parser: Parser
    extractor: Extractor
    sieve: bool = True

    def read(self, inputs: Sequence[Input]) -> ReadBatch:
        """The readings of some documents, in their order. Raises ModelError, since no other document will fare better.

        What is wrong with one document does not touch the others.
        """
        kept = self.parser.parsed if isinstance(self.parser, CachedParser) else 0
        common = [document for document, own in inputs if own is None]
        parses = self._parse_promising(common) if self.sieve else self._parse(common)
        readings = []
        for document, own in inputs:
            if own is None and document.id not in parses:
                readings.append(Reading(document, self.parser.identity, sieved=True))
            else:
                parsed = parses.get(document.id) if own is None else _parse(own, document)
                readings.append(self._extract(document, own or self.parser, parsed))
        parsed_now = self.parser.parsed - kept if isinstance(self.parser, CachedParser) else len(parses)
        return ReadBatch(tuple(readings), parsed_now)

    def _parse_promising(self, documents: Sequence[Document]) -> dict[str, ParsedDocument | str]:
        """The parses, by id, of those documents that can have a report."""
        sifted = [(document, self._sift(document)) for document in documents]
        likely = [(document, found) for document, found in sifted if found and found.sentences]
        strange = [document for document, found in sifted if found is None]
        if not isinstance(self.parser, BatchParser):
            return self._parse([*(document for document, _ in likely), *strange])
        try:
            kept, promising = self._select(self.parser, likely)
        except ModelError:
            raise
        except Exception:  # noqa: BLE001 - found out document by document
            return self._parse([*(document for document, _ in likely), *strange])
        return kept | self._parse([*promising, *strange])

    def _select(
        self, parser: BatchParser, likely: Sequence[tuple[Document, Sifted]]
    ) -> tuple[dict[str, ParsedDocument | str], list[Document]]:
        """The parses, by id, that were kept; and of the other documents those that must be parsed whole, as the parses of
        some sentences say, and where these leave it open, of those before them, too, and of those that name whom they mean."""
        kept: dict[str, ParsedDocument | str] = {}
        promising: list[Document] = []
        found = {document.id: sifted for document, sifted in likely}
        parts = [(document, sifted.sentences) for document, sifted in likely]
        for last in (False, True):
            left = []
            for (document, numbers), part in zip(parts, parser.parse_parts(parts), strict=True):
                if len(part.sentences) > len(numbers):
                    kept[document.id] = part
                    continue
                judgement = self.extractor.judge(part, found[document.id], last=last)
                if judgement.prospect is Prospect.REPORT:
                    promising.append(document)
                elif judgement.prospect is Prospect.OPEN:
                    left.append((document, _widen(numbers, _CONTEXT, judgement.further)))
            parts = left
        return kept, promising

    def _sift(self, document: Document) -> Sifted | None:
        try:
            return self.extractor.sift(document)
        except Exception:  # noqa: BLE001 - a document too strange for the sieve is the parser's to refuse
            return None

    def _parse(self, documents: Sequence[Document]) -> dict[str, ParsedDocument | str]:
        """The parse of each document, by its id, or what went wrong; together, or if that fails one by one."""
        if isinstance(self.parser, BatchParser):
            try:
                return {parsed.document.id: parsed for parsed in self.parser.parse_many(documents)}
            except ModelError:
                raise
            except Exception:  # noqa: BLE001, S110 - found out below, document by document
                pass
        return {document.id: _parse(self.parser, document) for document in documents}

    def _extract(self, document: Document, parser: Parser, parsed: ParsedDocument | str | None) -> Reading:
        if not isinstance(parsed, ParsedDocument):
            return Reading(document, parser.identity, failure=parsed or "")
        try:
            reports = self.extractor.extract(parsed)
            actors, places = named_things(reports, self.extractor)
        except Exception as error:  # noqa: BLE001 - a fault of ours in one article must not lose the others
            return Reading(document, parser.identity, failure=tell(error))
        return Reading(document, parser.identity, reports, actors, places)


def _widen(numbers: Sequence[int], context: int, further: Sequence[int]) -> tuple[int, ...]:
    """These numbers, each with so many before it, and further ones.

    >>> _widen([1, 6], 2, [8])
    (0, 1, 4, 5, 6, 8)
    """
    before = {near for number in numbers for near in range(max(0, number - context), number + 1)}
    return tuple(sorted(before | set(further)))


def _parse(parser: Parser, document: Document) -> ParsedDocument | str:
    try:
        return parser.parse(document)
    except ModelError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever Stanza raises at a strange document
        return tell(error)


def tell(error: Exception) -> str:
    """What is said of a document that an error was raised at."""
    return str(error) if isinstance(error, DiplographError) else describe_fault(error)


def in_batches(
    inputs: Iterable[Input], *, documents: int = 400, characters: int = 150_000
) -> Iterator[list[Input]]:
    """The inputs, so many at a time as are parsed well together."""
    batch: list[Input] = []
    size = 0
    for item in inputs:
        batch.append(item)
        size += len(item[0].text)
        if len(batch) == documents or size >= characters:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def named_things(
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
