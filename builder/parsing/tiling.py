"""Where the words of a multi-word token lie in it.

Arabic writes conjunctions, prepositions and pronouns together with their neighbours, and the expander that takes
them apart may write letters that the token does not have: it says that li-l-hukuma ("for the government") is "li" and
"al-hukuma", though the alef of the article is not written there; that hukumatuhu ("his government") is "hukuma" with a
teh marbuta, and "hu". So the words are aligned with the token, letter by letter, at the lowest cost.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from diplograph.arabic import fold

_FOLDED = 1  # alef with hamza for alef, teh marbuta for heh
_EDIT = 2  # another letter, a letter too many or too few
_NEVER = 10**6


@lru_cache(maxsize=50_000)
def tile(token: str, words: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """The span of each word in its token: begin and end in characters, the spans adjoining and covering all of it.

    Every word gets at least one character when the token has as many characters as there are words. The alignment is
    the edit distance of Wagner and Fischer (1974) between the token and its words in a row, with letters that
    :func:`~diplograph.arabic.fold` levels at half the price.

    >>> tile("don't", ("do", "n't"))
    ((0, 2), (2, 5))
    >>> tile("cannot", ("can", "not"))
    ((0, 3), (3, 6))
    """
    if len(words) == 1:
        return ((0, len(token)),)
    if len(words) > len(token):
        ends = [min(index + 1, len(token)) for index in range(len(words))]
        return tuple(zip([0, *ends[:-1]], ends, strict=True))
    cuts = [0]
    for index in range(1, len(words)):
        cuts.append(_cut(token, words, index))
    # Each cut is the best on its own; together they must leave every word a character.
    for index in range(1, len(cuts)):
        cuts[index] = max(cuts[index], cuts[index - 1] + 1)
    limit = len(token)
    for index in range(len(cuts) - 1, 0, -1):
        limit -= 1
        cuts[index] = min(cuts[index], limit)
    return tuple(zip(cuts, [*cuts[1:], len(token)], strict=True))


def _cut(token: str, words: tuple[str, ...], index: int) -> int:
    """Where in the token the words from this one on begin."""
    before = _distances(token, "".join(words[:index]))
    after = _distances(token[::-1], "".join(words[index:])[::-1])
    length = len(token)

    def cost(cut: int) -> tuple[int, int]:
        # A vowel sign belongs to the letter before it.
        splits_mark = _NEVER if unicodedata.combining(token[cut]) else 0
        return before[cut] + after[length - cut] + splits_mark, cut

    return min(range(index, length - len(words) + index + 1), key=cost)


def _distances(token: str, word: str) -> list[int]:
    """The cost of turning ``token[:n]`` into the word, for each n."""
    costs = [_EDIT * count for count in range(len(word) + 1)]
    distances = [costs[-1]]
    for letter in token:
        extra = 0 if unicodedata.combining(letter) else _EDIT
        best = costs[0] + extra
        row = [best]
        for position, other in enumerate(word):
            best = min(costs[position] + _replace(letter, other), costs[position + 1] + extra, best + _EDIT)
            row.append(best)
        costs = row
        distances.append(costs[-1])
    return distances


@lru_cache(maxsize=10_000)
def _replace(letter: str, other: str) -> int:
    if letter == other:
        return 0
    return _FOLDED if fold(letter) == fold(other) else _EDIT
