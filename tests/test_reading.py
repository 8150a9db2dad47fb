"""Which documents are parsed whole: those that the parses of some of their sentences promise something of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from diplograph.model import (
    Actor,
    Block,
    Document,
    EventReport,
    Judgement,
    ModelError,
    ParsedDocument,
    ParserIdentity,
    Prospect,
    Sentence,
    Sifted,
    Word,
)
from diplograph.parsing import CachedParser, ParseCache, to_segments
from diplograph.pipeline.reading import Reader

TEXT = "أول. ثان. ثالث. رابع. خامس. سادس. سابع."


def make_document(id: str, text: str = TEXT) -> Document:
    return Document(id, text, blocks=(Block(0, len(text)),))


@dataclass
class SegmentParser:
    """A word a segment; notes which segments it parsed of which document, and fails where it is told to."""

    failing: type[Exception] | None = None
    noted: list[tuple[str, list[int]]] = field(default_factory=list)
    identity = ParserIdentity("segments", "1")

    def parse(self, document: Document) -> ParsedDocument:
        return next(self.parse_many([document]))

    def parse_many(self, documents: Iterable[Document]) -> Iterator[ParsedDocument]:
        for document in documents:
            yield self._parse(document, range(len(to_segments(document))))

    def parse_parts(self, parts: Iterable[tuple[Document, Sequence[int]]]) -> Iterator[ParsedDocument]:
        for document, numbers in parts:
            if self.failing:
                raise self.failing("not now")
            yield self._parse(document, numbers)

    def _parse(self, document: Document, numbers: Sequence[int]) -> ParsedDocument:
        self.noted.append((document.id, list(numbers)))
        segments = to_segments(document)
        sentences = []
        for index, number in enumerate(numbers):
            begin, end = segments[number].span(0, len(segments[number].text))
            word = Word(1, segments[number].text, "", "X", "", "", 0, "root", begin, end, 0)
            sentences.append(Sentence(index, begin, end, (word,)))
        return ParsedDocument(document, tuple(sentences), self.identity)


@dataclass
class Judge:
    """An extractor that finds nothing, and judges by how many sentences it is shown."""

    prospects: dict[int, Prospect]
    sentences: tuple[int, ...] = (4,)
    names: tuple[int, ...] = ()
    fingerprint = "judge"

    def sift(self, document: Document) -> Sifted:
        return Sifted(dict.fromkeys(self.sentences, frozenset({"trigger"})))

    def judge(self, part: ParsedDocument, sifted: Sifted, *, last: bool = False) -> Judgement:
        return Judgement(self.prospects[len(part.sentences)], self.names)

    def extract(self, parsed: ParsedDocument) -> tuple[EventReport, ...]:
        return ()

    def describe(self, key: str) -> Actor | None:
        return None


WHOLE = list(range(7))


@pytest.mark.parametrize(
    ("prospects", "sentences", "noted"),
    [
        ({}, (), []),
        ({1: Prospect.NONE}, (4,), [[4]]),
        ({1: Prospect.REPORT}, (4,), [[4], WHOLE]),
        ({1: Prospect.OPEN, 4: Prospect.NONE}, (4,), [[4], [1, 2, 3, 4]]),
        ({1: Prospect.OPEN, 4: Prospect.OPEN}, (4,), [[4], [1, 2, 3, 4]]),
        ({1: Prospect.OPEN, 4: Prospect.REPORT}, (4,), [[4], [1, 2, 3, 4], WHOLE]),
        ({2: Prospect.OPEN, 6: Prospect.REPORT}, (1, 6), [[1, 6], [0, 1, 3, 4, 5, 6], WHOLE]),
    ],
)
def test_more_is_parsed_only_of_what_is_promising(
    prospects: dict[int, Prospect], sentences: tuple[int, ...], noted: list[list[int]]
) -> None:
    parser = SegmentParser()
    [reading] = Reader(parser, Judge(prospects, sentences)).read([(make_document("d"), None)]).readings
    assert [numbers for _, numbers in parser.noted] == noted
    assert reading.sieved == (WHOLE not in noted)
    assert not reading.failure


def test_who_is_meant_is_read_where_it_is_said() -> None:
    parser = SegmentParser()
    judge = Judge({1: Prospect.OPEN, 5: Prospect.OPEN}, (5,), (0, 3))
    assert Reader(parser, judge).read([(make_document("d"), None)]).readings[0].sieved
    assert [numbers for _, numbers in parser.noted] == [[5], [0, 2, 3, 4, 5]]


def test_what_was_kept_is_whole_and_not_judged(tmp_path: Path) -> None:
    parser = SegmentParser()
    document = make_document("kept")
    reader = Reader(CachedParser(parser, ParseCache(tmp_path)), Judge({1: Prospect.NONE}))
    assert reader.read([(document, None)]).readings[0].sieved
    assert Reader(reader.parser, reader.extractor, sieve=False).read([(document, None)]).parsed == 1
    parser.noted.clear()
    batch = reader.read([(document, None), (make_document("new", f"{TEXT} ثامن."), None)])
    assert [reading.sieved for reading in batch.readings] == [False, True]
    assert parser.noted == [("new", [4])]


def test_parts_that_cannot_be_parsed_are_parsed_whole() -> None:
    parser = SegmentParser(failing=RuntimeError)
    batch = Reader(parser, Judge({})).read([(make_document(id), None) for id in ("a", "b")])
    assert parser.noted == [("a", WHOLE), ("b", WHOLE)]
    assert not any(reading.sieved or reading.failure for reading in batch.readings)


def test_a_model_that_does_not_load_ends_the_reading() -> None:
    with pytest.raises(ModelError):
        Reader(SegmentParser(failing=ModelError), Judge({})).read([(make_document("a"), None)])
