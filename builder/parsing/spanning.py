"""The best tree of a sentence from the scores of its arcs.

Stanza's search (Chu and Liu 1965, Edmonds 1967, with one root as Stanojević and Cohen 2021 do it) looks for cycles with
Tarjan's algorithm, in Python, anew after each contraction: a third of the time of a parse. Where nothing but the best
head of each word is asked for, a cycle is found by following heads. The tree is the same, being the best.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def find_heads(scores: Any) -> list[int]:
    """The head of each word, that of the root (0) itself being 0; ``scores[x, y]`` are for y as the head of x.

    Where every word's best head makes a tree with one root, that is the best; elsewhere it is searched for.

    >>> import numpy
    >>> find_heads(numpy.array([[0.0, 0.0, 0.0], [1.0, 0.0, 3.0], [3.0, 4.0, 0.0]]))
    [0, 2, 0]
    """
    import numpy

    scores = scores.astype(numpy.float64)
    _close(scores)
    heads = scores.argmax(1)
    if (heads[1:] == 0).sum() == 1 and not _find_cycle(heads.tolist()):
        return [int(head) for head in heads]
    # A second root must cost more than any other arc can bring.
    finite = scores[numpy.isfinite(scores)]
    scores[1:, 0] -= (finite.max() - finite.min() + 1) * len(scores)
    return [int(head) for head in _search(scores)]


def _search(scores: Any) -> Any:
    """The best tree: cycles of best heads are made one word, innermost last, and taken apart again."""
    from stanza.models.common.chuliu_edmonds import expand_contracted_tree

    contracted = []
    heads = scores.argmax(1)
    while cycle := _find_cycle(heads.tolist()):
        smaller, *places = _contract(heads, sorted(cycle), scores)
        contracted.append((heads, places))
        scores = smaller
        _close(scores)
        heads = scores.argmax(1)
    for before, places in reversed(contracted):
        heads = expand_contracted_tree(before, heads, *places)
    return heads


def _contract(heads: Any, cycle: Sequence[int], scores: Any) -> tuple[Any, Any, Any, Any, Any]:
    """The scores with a cycle as one word, the last, and what takes it apart again: its words, the others, which of its words
    each of these would govern best, and which of them would govern each of these best.

    As Stanza's ``process_cycle`` does it, sum by sum, but each part of the scores is copied once.
    """
    import numpy

    inner = numpy.array(cycle)
    kept = numpy.ones(len(heads), dtype=bool)
    kept[inner] = False
    outer = numpy.flatnonzero(kept)
    lost = scores[inner, heads[inner]]
    entering = scores[inner[:, None], outer] - lost[:, None] + lost.sum()
    leaving = scores[outer[:, None], inner]
    entered, left = entering.argmax(0), leaving.argmax(1)
    size = len(outer)
    every = numpy.arange(size)
    smaller = numpy.empty((size + 1, size + 1))
    smaller[:size, :size] = scores[outer[:, None], outer]
    smaller[size, :size] = entering[entered, every]
    smaller[:size, size] = leaving[every, left]
    smaller[size, size] = 0
    return smaller, inner, outer, entered, left


def _close(scores: Any) -> None:
    """No word is its own head, and nothing is that of the root."""
    import numpy

    numpy.fill_diagonal(scores, -numpy.inf)
    scores[0] = -numpy.inf
    scores[0, 0] = 0


def _find_cycle(heads: Sequence[int]) -> list[int]:
    """The words of a cycle, none if all hang on the root."""
    reaches = [False] * len(heads)
    reaches[0] = True
    for start in range(1, len(heads)):
        path: list[int] = []
        word = start
        seen: set[int] = set()
        while not reaches[word] and word not in seen:
            path.append(word)
            seen.add(word)
            word = heads[word]
        if word in seen:
            return path[path.index(word) :]
        for passed in path:
            reaches[passed] = True
    return []
