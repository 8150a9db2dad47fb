"""What an event is likely about, by the words around it.

No list of phrases exhausts what states can call a matter of security ("the way out of a thousand of its soldiers", "the
dispute over the treaty"). So beside the triggers that name such phrases, some ask a logistic model of the single words before
and after an anchor, in its sentence and in those around it. What a model finds likely still needs parties, as every event
does.
"""

from __future__ import annotations

from collections.abc import Iterator

from diplograph.frames.logistic import Feature
from diplograph.frames.view import SentenceView, find_first
from diplograph.linking.tokens import load_clitics

_BEFORE, _AFTER = 8, 14  # words on either side of an anchor that say most of it
_SHORTEST = 2  # letters of a word that says anything
_STEM = 3  # letters that must be left when the article is taken off


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
    article = load_clitics().article
    for id in range(max(first, 1), min(last, len(view.words) + 1)):
        entity = view.entity_at(id)
        if entity is not None and entity.kind != "Organization":
            continue
        form = view.forms[id - 1]
        bare = form.removeprefix(article)
        word = bare if len(bare) >= _STEM else form
        if len(word) >= _SHORTEST and word.isalpha():
            yield word
