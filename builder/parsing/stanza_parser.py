"""Stanza behind our own types. Nothing outside this package imports stanza."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from diplograph.model import Document, ModelError, ParsedDocument, ParserIdentity, Sentence, Word
from diplograph.parsing.engine import GAP, Engine
from diplograph.parsing.installed import PROCESSORS, InstalledModel, find_model
from diplograph.parsing.segments import RULES_VERSION, Segment, to_segments
from diplograph.parsing.tiling import tile

CHARACTERS = 60_000  # parsed at once, roughly: some thirty articles


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
        batch: list[tuple[Document, tuple[Segment, ...]]] = []
        for document in documents:
            batch.append((document, to_segments(document)))
            if sum(len(segment.text) for _, segments in batch for segment in segments) > CHARACTERS:
                yield from self._parse_batch(batch)
                batch = []
        yield from self._parse_batch(batch)

    def _parse_batch(self, batch: Sequence[tuple[Document, tuple[Segment, ...]]]) -> Iterator[ParsedDocument]:
        texts = [segment.text for _, segments in batch for segment in segments]
        analysed = self.engine.analyse(texts).sentences if texts else []
        start = first = 0
        for document, segments in batch:
            end = start + sum(len(segment.text) + len(GAP) for segment in segments)
            last = first
            while last < len(analysed) and analysed[last].tokens[0].start_char < end:
                last += 1
            sentences = read_sentences(analysed[first:last], segments, start)
            yield ParsedDocument(document, tuple(sentences), self.identity)
            start, first = end, last

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
            return stanza.Pipeline(
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


def read_sentences(analysed: Sequence[Any], segments: Sequence[Segment], position: int) -> Iterator[Sentence]:
    """Our sentences from Stanza's, with offsets into our document; its first segment begins at the position."""
    starts = []
    for segment in segments:
        starts.append(position)
        position += len(segment.text) + len(GAP)
    number = 0
    for index, sentence in enumerate(analysed):
        begin = sentence.tokens[0].start_char
        while number + 1 < len(starts) and starts[number + 1] <= begin:
            number += 1
        words = tuple(_read_words(sentence, segments[number], starts[number]))
        yield Sentence(index, words[0].begin, words[-1].end, words)


def _read_words(sentence: Any, segment: Segment, start: int) -> Iterator[Word]:
    for number, token in enumerate(sentence.tokens):
        begin, end = token.start_char - start, token.end_char - start
        surface = segment.text[begin:end]
        spans = tile(surface, tuple(word.text for word in token.words))
        _, token_end = segment.span(begin, end)
        for word, (left, right) in zip(token.words, spans, strict=True):
            last = begin + right == end
            yield Word(
                id=word.id,
                form=word.text,
                lemma=word.lemma or "",
                upos=word.upos or "X",
                xpos=word.xpos or "",
                feats=word.feats or "",
                head=word.head,
                deprel=word.deprel or "dep",
                begin=segment.offsets[begin + left] if begin + left < end else token_end,
                # A word ends where the next begins, so that tatweel between them belongs to one of them.
                end=token_end if last else segment.offsets[begin + right],
                token=number,
            )
