"""What a word likely tells of, by the words around it.

No list of phrases exhausts what states can call a matter of security ("the way out of a thousand of its soldiers", "the
dispute over the treaty"). So beside the triggers that name such phrases, some ask a logistic model of the words before and
after an anchor, in its sentence and in those around it. The other way round, calls and threats of which its words are sure
are none where everything around speaks against them ("the *call* of the fatherland"). What a model finds likely still needs
parties, as every event does. What it can find is told from the letters of a document, before anything is parsed:
:class:`Foresight`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache

from diplograph.frames.logistic import Feature, LogisticModel, load_model
from diplograph.frames.view import SentenceView, find_first
from diplograph.linking import EntityMention
from diplograph.linking.tokens import load_clitics, readings

_BEFORE, _AFTER = 8, 14  # words on either side of an anchor that say most of it
_PAIRS_BEFORE, _PAIRS_AFTER = 6, 14  # words in which pairs of neighbours are looked at
_SHORTEST = 2  # letters of a word that says anything
_STEM = 3  # letters that must be left when the article is taken off
SEEN = ("anchor", "before", "after", "sentence", "around")
"""The kinds of features that letters can tell."""

_FORESEEN = 0.05
"""The probability from which on the smaller model does not rule out that the other finds something likely; ``make weights``
prints what that loses."""


def estimate(view: SentenceView, anchor: int, file: str) -> float:
    """The probability by a model of ontology/lexicon that a word tells of an event of its class."""
    if (anchor, file) not in view.estimates:
        view.estimates[anchor, file] = load_model(file).estimate(find_surroundings(view, anchor))
    return view.estimates[anchor, file]


def find_surroundings(view: SentenceView, anchor: int) -> frozenset[Feature]:
    """The words around a word, by form and by ``lemma``: itself (``anchor``), those ``before`` and ``after`` it, in its
    ``sentence``, and ``around`` that: in the sentences right before and after, and in the first of the document. Of the words
    near it also each ``pair``; and who is named in each of these sentences (``who``: by office, not by name), how the word
    itself stands (``definite``) and on what (``governor``)."""
    end = len(view.words) + 1
    stretches = [
        ("anchor", view, anchor, anchor + 1),
        ("before", view, anchor - _BEFORE, anchor),
        ("after", view, anchor + 1, anchor + 1 + _AFTER),
        ("sentence", view, 1, end),
    ]
    beside = [("previous", view.previous), ("following", view.following), ("first", find_first(view))]
    named = [("sentence", view), *((where, other) for where, other in beside if other is not None)]
    stretches += [("around", other, 1, len(other.words) + 1) for _, other in named[1:]]
    found = {
        feature
        for where, sentence, first, last in stretches
        for id in _telling_words(sentence, first, last)
        for feature in _describe_word(sentence, id, where)
    }
    near = set(_telling_words(view, anchor - _PAIRS_BEFORE, anchor + _PAIRS_AFTER))
    found |= {("pair", f"{view.forms[id - 1]} {view.forms[id]}") for id in near if id + 1 in near}
    found |= {
        ("who", f"{where} {what}")
        for where, other in named
        for who in other.entities
        for what in _describe(who)
    }
    word = view.word(anchor)
    governor = view.lemmas[word.head - 1] if word.head and not view.entity_at(word.head) else "-"
    return frozenset(
        found | {("definite", str(view.is_definite(anchor))), ("governor", governor), ("deprel", word.deprel)}
    )


def _telling_words(view: SentenceView, first: int, last: int) -> Iterator[int]:
    """The words from ``first`` to ``last`` (exclusive) that can tell what a text is about: not who does it and where, for any
    states can do the same."""
    for id in range(max(first, 1), min(last, len(view.words) + 1)):
        entity = view.entity_at(id)
        if entity is None or entity.kind == "Organization":
            yield id


def _describe_word(view: SentenceView, id: int, where: str) -> Iterator[Feature]:
    word = _without_article(view.forms[id - 1])
    if len(word) >= _SHORTEST and word.isalpha():
        yield where, word
        yield f"{where} lemma", view.lemmas[id - 1]


def _describe(entity: EntityMention) -> Iterator[str]:
    """How somebody is named, and which office he has: ministers of defence talk of other things than of trade."""
    yield f"{entity.kind} {entity.how}"
    if entity.kind == "Person":
        yield entity.rank or "-"
    if entity.leader:
        yield "leader"
    yield from (f"tag {tag}" for tag in entity.tags)


def _without_article(form: str) -> str:
    bare = form.removeprefix(load_clitics().article)
    return bare if len(bare) >= _STEM else form


class Foresight:
    """Whether a model can find something likely, told from the tokens of a document before it is parsed, by a smaller model
    of words alone."""

    def __init__(self, model: LogisticModel) -> None:
        self._model = model
        self._least = math.log(_FORESEEN / (1 - _FORESEEN))
        self._read = lru_cache(maxsize=100_000)(self._find_word)

    def can_be(self, sentences: Sequence[Sequence[str]], number: int, at: int) -> bool:
        """Whether what the token at a place of a sentence tells of, of all the sentences, can be found likely."""
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
def foresee(model: str) -> Foresight:
    """The foresight by a model of ontology/lexicon."""
    return Foresight(load_model(model))
