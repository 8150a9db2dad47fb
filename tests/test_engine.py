"""Sentences parsed together: each as if it were alone."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy
import pytest
from conftest import REPOSITORY
from hypothesis import given, settings
from hypothesis import strategies as st

from diplograph.model import Document
from diplograph.parsing import StanzaParser, engine, to_segments
from diplograph.parsing.spanning import find_heads
from diplograph.sources import read_sources

ROUNDING = 1e-5  # what a state may differ by; decisions lie some thousand times further apart


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    found = [d for d in read_sources([REPOSITORY / "seeds" / "articles"]) if isinstance(d, Document)]
    strange = "كتب ☃ℵ 漢字 ٤٢ إلى Ω: «مرحبا»"  # letters that no model saw
    return [*found, *read_sources([])] + [
        Document(f"strange-{n}", text, blocks=found[0].blocks[:0] + (type(found[0].blocks[0])(0, len(text)),))
        for n, text in enumerate([strange, "نعم", "و" * 1200, f"{strange}. " * 3])
    ]


@pytest.fixture
def states(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[list[float]]]:
    """What the parser's network makes of each sentence, before trees are read off it."""
    seen: list[list[float]] = []
    read_trees = engine._read_trees

    def note(model: object, found: object, lengths: list[int]) -> object:
        seen.extend(state[:length].flatten().tolist() for state, length in zip(found, lengths, strict=True))  # type: ignore[call-overload]
        return read_trees(model, found, lengths)

    monkeypatch.setattr(engine, "_read_trees", note)
    yield seen


def test_a_sentence_is_the_same_in_any_batch_but_for_rounding(
    stanza_parser: StanzaParser, documents: list[Document], states: list[list[float]]
) -> None:
    texts = [segment.text for document in documents for segment in to_segments(document)]
    random.Random(3).shuffle(texts)
    stanza_parser.engine.analyse(texts)
    together = [numpy.array(state) for state in states]
    for text in texts[:12]:
        states.clear()
        stanza_parser.engine.analyse([text])
        alone = numpy.array(states[0])
        assert min(abs(alone - other).max() for other in together if other.shape == alone.shape) < ROUNDING


def test_documents_parse_alike_alone_and_together(
    stanza_parser: StanzaParser, documents: list[Document]
) -> None:
    alone = [stanza_parser.parse(document) for document in documents]
    other = StanzaParser("compact")  # which remembers none of these sentences
    assert list(other.parse_many(documents)) == alone
    assert list(other.parse_many(documents[::-1])) == alone[::-1]
    assert sum(len(parsed.sentences) for parsed in alone) > 50


def test_parts_have_the_sentences_of_the_whole(
    stanza_parser: StanzaParser, documents: list[Document]
) -> None:
    whole = list(stanza_parser.parse_many(documents))
    other = StanzaParser("compact")
    for step in (2, 3, 1):
        numbers = [range(0, len(to_segments(document)), step) for document in documents]
        parts = list(other.parse_parts(zip(documents, numbers, strict=True)))
        for chosen, part, parsed in zip(numbers, parts, whole, strict=True):
            assert len(parsed.sentences) == len(to_segments(parsed.document))
            assert [s.words for s in part.sentences] == [parsed.sentences[n].words for n in chosen]
    assert list(other.parse_many(documents)) == whole


def test_the_parses_are_those_of_stanza(stanza_parser: StanzaParser, documents: list[Document]) -> None:
    plain = StanzaParser("compact")._pipeline  # before an engine has it
    for document in documents[:3]:
        analysed = plain("\n\n".join(segment.text for segment in to_segments(document)))
        theirs = [
            (word.text, word.lemma, word.upos, word.xpos, word.feats or "", word.head, word.deprel)
            for sentence in analysed.sentences
            for word in sentence.words
        ]
        ours = [
            (word.form, word.lemma, word.upos, word.xpos, word.feats, word.head, word.deprel)
            for sentence in stanza_parser.parse(document).sentences
            for word in sentence.words
        ]
        assert ours == theirs


@settings(max_examples=150, deadline=None)
@given(st.integers(2, 14), st.integers(0, 2**32 - 1), st.sampled_from([0.1, 3.0]))
def test_trees_are_those_of_the_search_in_stanza(size: int, seed: int, spread: float) -> None:
    from stanza.models.common.chuliu_edmonds import chuliu_edmonds_one_root

    scores = numpy.random.default_rng(seed).normal(size=(size, size)) * spread
    normal = scores - numpy.log(numpy.exp(scores).sum(1, keepdims=True))
    assert find_heads(scores.copy()) == chuliu_edmonds_one_root(normal).tolist()


def test_a_word_is_spelt_once() -> None:
    asked: list[str] = []

    def shout(words: object) -> list[str]:
        asked.extend(words)  # type: ignore[call-overload]
        return [word.upper() for word in words]  # type: ignore[attr-defined]

    memory: engine.WordMemory[str] = engine.WordMemory(shout)
    assert memory.get(["a", "b", "a"])["a"] == "A"
    assert memory.get(["b", "c"])["c"] == "C"
    assert asked == ["a", "b", "c"]
