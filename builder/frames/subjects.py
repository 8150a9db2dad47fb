"""What an event is likely about, by the words around it.

No list of phrases exhausts what states can call a matter of security ("the way out of a thousand of its soldiers", "the
dispute over the treaty"). So beside the triggers that name such phrases, some ask a logistic model of the single words before
and after an anchor, in its sentence and in those around it. What a model finds likely still needs parties, as every event
does. What it will find can nearly be told from the letters of a document, before anything is parsed: :class:`Foresight`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache

from diplograph.frames.logistic import Feature, load_model
from diplograph.frames.schema import Likely
from diplograph.frames.view import SentenceView, find_first
from diplograph.linking.tokens import load_clitics, readings

_BEFORE, _AFTER = 8, 14  # words on either side of an anchor that say most of it
_SHORTEST = 2  # letters of a word that says anything
_STEM = 3  # letters that must be left when the article is taken off
_MARGIN = 2.5
"""Logits by which the letters may tell less than the words of the tree. In tests/test_subjects.py what they differ by is
measured; names, which the model does not look at, and clitics make it."""


def find_surroundings(view: SentenceView, anchor: int) -> frozenset[Feature]:
    """The words around a word: itself (``anchor``), those ``before`` and ``after`` it, in its ``sentence``, and ``around``
    that: in the sentences right before and after, and in the first of the document."""
    end = len(view.words) + 1
    stretches = [
        ("anchor", view, anchor, anchor + 1),
        ("before", view, anchor - _BEFORE, anchor),
        ("after", view, anchor + 1, anchor + 1 + _AFTER),
        ("sentence", view, 1, end),
    ]
    around = [other for other in (view.previous, view.following, find_first(view)) if other is not None]
    stretches += [("around", other, 1, len(other.words) + 1) for other in around]
    return frozenset(
        (where, word)
        for where, sentence, first, last in stretches
        for word in _telling_words(sentence, first, last)
    )


def _telling_words(view: SentenceView, first: int, last: int) -> Iterator[str]:
    """The words from ``first`` to ``last`` (exclusive) that can tell what a text is about, without the article: not who does it
    and where, for any states can do the same."""
    for id in range(max(first, 1), min(last, len(view.words) + 1)):
        entity = view.entity_at(id)
        if entity is not None and entity.kind != "Organization":
            continue
        word = _without_article(view.forms[id - 1])
        if len(word) >= _SHORTEST and word.isalpha():
            yield word


def _without_article(form: str) -> str:
    bare = form.removeprefix(load_clitics().article)
    return bare if len(bare) >= _STEM else form


class Foresight:
    """What a model will find likely of words, told from the tokens of a document before it is parsed."""

    def __init__(self, likely: Likely) -> None:
        self._model = load_model(likely.model)
        self._least = math.log(likely.least / (1 - likely.least)) - _MARGIN
        self._read = lru_cache(maxsize=100_000)(self._find_word)

    def can_be(self, sentences: Sequence[Sequence[str]], number: int, at: int) -> bool:
        """Whether the model can find likely what the token at a place of a sentence, of all the sentences, is about."""
        return self.weigh(sentences, number, at) >= self._least

    def weigh(self, sentences: Sequence[Sequence[str]], number: int, at: int) -> float:
        """The logit by the folded tokens of the sentences, nearly that by the words."""
        tokens = sentences[number]
        beside = {number - 1, number + 1, 0} - {number}
        around = [sentences[place] for place in beside if 0 <= place < len(sentences)]
        stretches: list[tuple[str, Iterable[str]]] = [
            ("anchor", tokens[at : at + 1]),
            ("before", tokens[max(at - _BEFORE, 0) : at]),
            ("after", tokens[at + 1 : at + 1 + _AFTER]),
            ("sentence", tokens),
            *(("around", other) for other in around),
        ]
        found = {(where, self._read(token)) for where, stretch in stretches for token in stretch}
        return self._model.weigh(found)

    def _find_word(self, token: str) -> str:
        """The first word that the model knows in a token, as it stands or without what is written together with it."""
        pronouns = load_clitics().pronouns
        for reading in readings(token):
            stems = (reading.form.removesuffix(pronoun) for pronoun in pronouns)
            for form in (reading.form, *sorted(stems, key=len)):
                if (word := _without_article(form)) in self._model.values:
                    return word
        return ""


@cache
def foresee(likely: Likely) -> Foresight:
    """The foresight of what a trigger asks a model."""
    return Foresight(likely)
