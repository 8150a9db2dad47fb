"""Whether the heads of a sentence make a tree."""

from __future__ import annotations

from collections.abc import Sequence


def is_tree(heads: Sequence[int]) -> bool:
    """Whether each word leads up to the root: ``heads[i]`` is the governor of word ``i + 1``, 0 the root.

    Whoever walks up a tree would never come back from a circle. Several words under the root are allowed, as Stanza
    and CoNLL-U of others have them.

    >>> is_tree([2, 0, 2]), is_tree([2, 1])
    (True, False)
    """
    safe = [True] + [False] * len(heads)
    for start in range(1, len(heads) + 1):
        path, word = [], start
        while not safe[word]:
            path.append(word)
            if len(path) > len(heads):
                return False
            word = heads[word - 1]
        for seen in path:
            safe[seen] = True
    return True
