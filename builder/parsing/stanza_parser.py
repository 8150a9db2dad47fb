"""Stanza behind our own types. Nothing outside this package imports stanza."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeAlias

from diplograph.model import Document, ModelError, ParsedDocument, ParserIdentity, Sentence, Word
from diplograph.parsing.engine import GAP, Engine
from diplograph.parsing.installed import PROCESSORS, InstalledModel, find_model
from diplograph.parsing.segments import RULES_VERSION, Segment, to_segments
from diplograph.parsing.tiling import tile

CHARACTERS = 60_000  # parsed at once, roughly: some thirty articles
_REMEMBERED = 3_000  # sentences that are remembered before all are forgotten: some thirty megabytes

Analysis: TypeAlias = tuple[tuple[Word, int], ...]
"""The words of a sentence with offsets into its text, each with the end of its token."""


class StanzaParser:
    """Parses with Stanza's Arabic models: tokenize, mwt, pos, lemma, depparse.

    ``model`` is ``compact`` (the one in the package), ``padt`` (Stanford's, where it was downloaded) or a directory
    with a ``resources.json``. The models are found at once (ModelError if they are not there) and loaded, in two or
    three seconds, at the first parse.

    >>> StanzaParser("compact").identity.name
    'stanza/ar/compact'
    """

    def __init__(self, model: str | Path = "compact") -> None:
        self._named = model
        self._model = find_model(model)
        self._remembered: dict[str, tuple[Analysis, ...]] = {}

    def __reduce__(self) -> tuple[type[StanzaParser], tuple[str | Path]]:
        """Another process loads the models itself, which is quicker than to send them."""
        return StanzaParser, (self._named,)

    @cached_property
    def identity(self) -> ParserIdentity:
        """Stanza's version with that of our segmentation rules, and a hash of the model files."""
        return ParserIdentity(
            name=f"stanza/ar/{self._model.name}",
            version=f"{version('stanza')}+segments{RULES_VERSION}",
            fingerprint=_fingerprint(self._model),
        )

    def parse(self, document: Document) -> ParsedDocument:
        """The document with its sentences. Raises ModelError when the model does not load."""
        return next(self.parse_many([document]))

    def parse_many(self, documents: Iterable[Document]) -> Iterator[ParsedDocument]:
        """The parses of the documents, in their order, some at a time: what is parsed together goes faster.

        The parse of a document does not depend on those beside it (see :mod:`~diplograph.parsing.engine`), so the
        graph does not depend on the order of loading.
        """
        return self._parse((document, to_segments(document)) for document in documents)

    def parse_parts(self, parts: Iterable[tuple[Document, Sequence[int]]]) -> Iterator[ParsedDocument]:
        """Parses with some sentences of each document only, those with the segments of these numbers.

        They are remembered for a while, so that a parse of the whole which follows costs only the rest.
        """
        chosen = ((document, numbers, to_segments(document)) for document, numbers in parts)
        return self._parse(
            (document, tuple(segments[number] for number in numbers))
            for document, numbers, segments in chosen
        )

    def _parse(self, parts: Iterable[tuple[Document, tuple[Segment, ...]]]) -> Iterator[ParsedDocument]:
        batch: list[tuple[Document, tuple[Segment, ...]]] = []
        for part in parts:
            batch.append(part)
            if sum(len(segment.text) for _, segments in batch for segment in segments) > CHARACTERS:
                yield from self._parse_batch(batch)
                batch = []
        yield from self._parse_batch(batch)

    def _parse_batch(self, batch: Sequence[tuple[Document, tuple[Segment, ...]]]) -> Iterator[ParsedDocument]:
        analysed = self._analyse(segment.text for _, segments in batch for segment in segments)
        for document, segments in batch:
            found = [(segment, words) for segment in segments for words in analysed[segment.text]]
            sentences = [put_in_place(index, words, segment) for index, (segment, words) in enumerate(found)]
            yield ParsedDocument(document, tuple(sentences), self.identity)

    def _analyse(self, texts: Iterable[str]) -> Mapping[str, Sequence[Analysis]]:
        """The sentences of each text: none, where it has no word, or one."""
        wanted = dict.fromkeys(texts)
        if len(self._remembered) > _REMEMBERED:
            self._remembered.clear()
        new = [text for text in wanted if text not in self._remembered]
        analysed = iter(self.engine.analyse(new).sentences if new else [])
        sentence, start = next(analysed, None), 0
        for text in new:
            end = start + len(text) + len(GAP)
            found = []
            while sentence is not None and sentence.tokens[0].start_char < end:
                found.append(read_words(sentence, text, start))
                sentence = next(analysed, None)
            self._remembered[text] = tuple(found)
            start = end
        return self._remembered

    @cached_property
    def engine(self) -> Engine:
        return Engine(self._pipeline)

    @cached_property
    def _pipeline(self) -> Any:
        import stanza
        import torch

        # One thread parses short sentences as fast as several, and keeps its speed where other processes work too:
        # with two threads on two busy cores they wait for each other a hundred times longer than they compute.
        torch.set_num_threads(1)
        try:
            pipeline = stanza.Pipeline(
                "ar",
                dir=str(self._model.directory),
                package=self._model.package,
                processors=",".join(PROCESSORS),
                download_method=None,
                use_gpu=False,
                logging_level="ERROR",
                tokenize_no_ssplit=True,
                depparse_resolve_head_constraints=False,
            )
        except Exception as error:  # Stanza raises whatever its loaders raise
            raise ModelError(
                f"model {self._model.name} in {self._model.directory} does not load "
                f"({type(error).__name__}: {error}); see `diplograph doctor`"
            ) from error
        # What is loaded by now (models, gazetteer, libraries) stays to the end: half a million objects that the garbage
        # collector need not look through again and again, a twentieth of the time of a build.
        gc.collect()
        gc.freeze()
        return pipeline


def _fingerprint(model: InstalledModel) -> str:
    digest = hashlib.sha256()
    for path in model.files:
        try:
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        except OSError as error:
            raise ModelError(
                f"model {model.name}: {path} cannot be read: {error.strerror}; mend that, or choose another --model"
            ) from error
    return digest.hexdigest()[:16]


def read_words(sentence: Any, text: str, start: int) -> Analysis:
    """The words of Stanza's sentence, with offsets into a text that begins at ``start`` of what Stanza was given."""
    words = []
    for number, token in enumerate(sentence.tokens):
        begin, end = token.start_char - start, token.end_char - start
        spans = tile(text[begin:end], tuple(word.text for word in token.words))
        for word, (left, right) in zip(token.words, spans, strict=True):
            found = Word(
                id=word.id,
                form=word.text,
                lemma=word.lemma or "",
                upos=word.upos or "X",
                xpos=word.xpos or "",
                feats=word.feats or "",
                head=word.head,
                deprel=word.deprel or "dep",
                begin=begin + left,
                end=begin + right,
                token=number,
            )
            words.append((found, end))
    return tuple(words)


def put_in_place(index: int, words: Analysis, segment: Segment) -> Sentence:
    """The sentence of this number with words of a segment, their offsets those of the document."""
    placed = []
    for word, end in words:
        token_end = segment.offsets[end - 1] + 1
        # A word ends where the next begins, so that tatweel between them belongs to one of them.
        placed.append(
            Word(
                word.id, word.form, word.lemma, word.upos, word.xpos, word.feats, word.head, word.deprel,
                segment.offsets[word.begin] if word.begin < end else token_end,
                token_end if word.end == end else segment.offsets[word.end],
                word.token,
            )
        )  # fmt: skip
    return Sentence(index, placed[0].begin, placed[-1].end, tuple(placed))
