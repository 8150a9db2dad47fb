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
    describe_fault,
)
from diplograph.parsing import BatchParser, CachedParser, Parser, to_segments
from diplograph.pipeline.extraction import Extractor

_CONTEXT = 3
"""Sentences before one with the words of an event that settle whether it is one (measured: docs/scale.md)."""

_ROUNDS = 2  # the sentences with words of an event, then those with others

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
        likely = [
            (document, numbers) for document in documents if (numbers := self._find_sentences(document))
        ]
        if not isinstance(self.parser, BatchParser):
            return self._parse([document for document, _ in likely])
        try:
            kept, promising = self._select(self.parser, likely)
        except ModelError:
            raise
        except Exception:  # noqa: BLE001 - found out document by document
            return self._parse([document for document, _ in likely])
        return kept | self._parse(promising)

    def _select(
        self, parser: BatchParser, likely: Sequence[tuple[Document, Sequence[int]]]
    ) -> tuple[dict[str, ParsedDocument | str], list[Document]]:
        """The parses, by id, that were kept; and of the other documents those that must be parsed whole, as the parses of
        some sentences say, and where these leave it open, of those before them, too, and of those that name whom they mean."""
        kept: dict[str, ParsedDocument | str] = {}
        promising: list[Document] = []
        parts = likely
        for _ in range(_ROUNDS):
            left = []
            for (document, numbers), part in zip(parts, parser.parse_parts(parts), strict=True):
                prospect = self.extractor.judge(part) if len(part.sentences) <= len(numbers) else None
                if prospect is None:
                    kept[document.id] = part
                elif prospect is Prospect.REPORT:
                    promising.append(document)
                elif prospect is Prospect.OPEN:
                    wider = {*_widen(numbers, _CONTEXT), *self.extractor.find_names(part)}
                    left.append((document, sorted(wider)))
            parts = left
        return kept, promising

    def _find_sentences(self, document: Document) -> Sequence[int]:
        try:
            return self.extractor.find_sentences(document)
        except Exception:  # noqa: BLE001 - a document too strange for the sieve is the parser's to refuse
            return range(len(to_segments(document)))

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


def _widen(numbers: Sequence[int], context: int) -> list[int]:
    """These numbers, each with so many before it.

    >>> _widen([1, 6], 2)
    [0, 1, 4, 5, 6]
    """
    return sorted({near for number in numbers for near in range(max(0, number - context), number + 1)})


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
