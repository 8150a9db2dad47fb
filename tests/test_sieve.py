"""The sieve loses no event: on gold, on every frame's examples, on the parses of real articles."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import REPOSITORY, SHARED
from make_golden_cases import find_cases

from diplograph.arabic import fold
from diplograph.frames import load_frames, load_sieve, read_frame
from diplograph.frames.inflection import WordLists, load_forms
from diplograph.frames.sieve import Sieve
from diplograph.frames.view import SentenceView
from diplograph.linking import load_gazetteer, load_titles
from diplograph.model import Block, Document
from diplograph.parsing import StanzaParser
from diplograph.pipeline import FrameExtractor
from diplograph.pipeline.reading import Reader
from diplograph.sources import read_sources

SAMPLE = 40  # articles of the corpus; docs/scale.md measures a thousand


def make_document(text: str) -> Document:
    return Document("d", text, blocks=(Block(0, len(text)),))


def articles(path: Path) -> list[Document]:
    return [result for result in read_sources([path]) if isinstance(result, Document)]


def test_every_golden_report_passes() -> None:
    cases = [case for case in find_cases() if not case.name.startswith("none-")]
    assert [case.name for case in cases if not load_sieve().find_sentences(case.document)] == []
    assert cases


@pytest.mark.parametrize("frame", load_frames(), ids=lambda frame: frame.file)
def test_the_example_of_every_trigger_passes(frame: object) -> None:
    triggers = [trigger for trigger in frame.triggers if not trigger.anaphoric]  # type: ignore[attr-defined]
    lost = [
        trigger.id for trigger in triggers if not load_sieve().find_sentences(make_document(trigger.example))
    ]
    assert not lost


@pytest.mark.parametrize(
    "path",
    [
        *sorted((REPOSITORY / "tests" / "gold").glob("*/*.jsonl")),
        *sorted((SHARED / "articles").glob("*/*.jsonl")),
    ],
    ids=lambda path: path.parent.name,
)
def test_every_event_of_a_gold_set_passes(path: Path, stanza_parser: StanzaParser) -> None:
    told = {
        gold["doc"]
        for file in (path.parent / "gold").glob("*.json")
        if (gold := json.loads(file.read_text(encoding="utf-8")))["events"]
    }
    documents = [document for document in articles(path) if document.id in told]
    assert documents
    held = Reader(stanza_parser, FrameExtractor()).read([(document, None) for document in documents]).readings
    lost = [(reading.document, None) for reading in held if reading.sieved]
    unsieved = Reader(stanza_parser, FrameExtractor(), sieve=False).read(lost).readings
    assert [
        reading.document.id for reading in unsieved if reading.reports
    ] == []  # the frames find nothing there


def test_what_is_nothing_to_frames_is_not_parsed() -> None:
    assert not load_sieve().find_sentences(
        make_document("فاز الفريق بثلاثة أهداف في المباراة التي أقيمت مساء أمس.")
    )
    assert not load_sieve().find_sentences(Document("empty", ""))


def test_a_new_frame_needs_no_change() -> None:
    frame = read_frame(
        "new.toml",
        {
            "class": load_frames()[0].event_class,
            "trigger": [{"id": "new", "anchors": ["مباراة"], "example": "x", "near": [{"words": ["مساء"]}]}],
        },
    )
    sieve = Sieve([frame], load_gazetteer(), load_titles())
    assert sieve.find_sentences(make_document("أقيمت المباراة مساء أمس."))
    assert not sieve.find_sentences(make_document("أقيمت المباراة أمس."))
    assert not sieve.find_sentences(make_document("تلقى أمير قطر اتصالا هاتفيا من الرئيس التركي مساء أمس."))


def test_a_document_that_is_sieved_has_the_graph_it_had(stanza_parser: StanzaParser) -> None:
    reader = Reader(stanza_parser, FrameExtractor())
    document = make_document("فاز الفريق بثلاثة أهداف.")
    [sieved] = reader.read([(document, None)]).readings
    [parsed] = Reader(stanza_parser, reader.extractor, sieve=False).read([(document, None)]).readings
    assert sieved.sieved and not parsed.sieved
    assert (sieved.reports, sieved.parser, sieved.actors) == (parsed.reports, parsed.parser, parsed.actors)


@pytest.fixture(scope="module")
def corpus() -> list[Document]:
    if not (SHARED / "articles" / "corpus.jsonl.gz").exists():
        pytest.skip("needs ../shared/articles/corpus.jsonl.gz")
    from measurement.corpus import sample

    return sample(SAMPLE, seed=12)


def test_no_report_of_real_articles_is_lost(corpus: list[Document], stanza_parser: StanzaParser) -> None:
    inputs = [(document, None) for document in corpus]
    sieved = Reader(stanza_parser, FrameExtractor()).read(inputs).readings
    whole = Reader(stanza_parser, FrameExtractor(), sieve=False).read(inputs).readings
    assert [reading.reports for reading in sieved] == [reading.reports for reading in whole]
    held = [reading for reading in sieved if reading.sieved]
    assert len(corpus) / 2 < len(held) < len(corpus)
    likely = [document for document in corpus if load_sieve().find_sentences(document)]
    assert len(likely) > len(corpus) - len(held)  # some were given up on the parse of some sentences


def test_listed_words_are_found_in_the_tokens_of_real_articles(
    corpus: list[Document], stanza_parser: StanzaParser
) -> None:
    listed = frozenset().union(*(t.anchors | t.governors for frame in load_frames() for t in frame.triggers))
    lists: dict[tuple[str, bool], WordLists] = {}
    asked = missed = 0
    for parsed in stanza_parser.parse_many(corpus[:20]):
        for sentence in parsed.sentences:
            view = SentenceView(sentence, parsed.document.text, ())
            for word in sentence.words:
                token = [other for other in sentence.words if other.token == word.token]
                surface = fold(parsed.document.text[token[0].begin : token[-1].end])
                for name in view.names(word.id) & listed:
                    exact = name in view.shapes(word.id)
                    known = lists.setdefault(
                        (name, exact), WordLists({0: [name]}, frozenset({0} if exact else ()))
                    )
                    asked += 1
                    missed += not known.find(surface)
    assert asked > 100
    assert missed / asked < 0.01


def test_forms_are_of_words_and_folded() -> None:
    for lemma, forms in load_forms().items():
        assert forms and all(form == fold(form) for form in (lemma, *forms)), lemma
