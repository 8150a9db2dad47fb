"""How far two annotations agree on the sentences of the second: ``python -m training.agreement ONE.conllu OTHER.conllu``.

Examples, what the first pass left of the parser's proposals, and how two annotators agree who saw nothing of each other:
    python -m training.agreement training/trees/passes/proposed.conllu training/trees/passes/first.conllu
    python -m training.agreement training/trees/own.conllu training/trees/passes/blind.conllu
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from training.conllu import Tree, Word, read_trees

MEASURES: dict[str, Callable[[Word], object]] = {
    "UPOS": lambda word: word.upos,
    "lemmas": lambda word: word.lemma,
    "UAS": lambda word: word.head,
    "LAS": lambda word: (word.head, word.deprel),
}


def agreement(one: Sequence[Tree], other: Sequence[Tree]) -> dict[str, float]:
    """The share of words, in per cent, on which both agree. ValueError if they are not of the same words."""
    if [[word.form for word in tree.words] for tree in one] != [
        [w.form for w in tree.words] for tree in other
    ]:
        raise ValueError("the two annotations are not of the same words")
    pairs = [pair for a, b in zip(one, other, strict=True) for pair in zip(a.words, b.words, strict=True)]
    return {
        name: round(100 * sum(measure(a) == measure(b) for a, b in pairs) / len(pairs), 2)
        for name, measure in MEASURES.items()
    }


def main() -> int:
    """Prints the agreement of two files."""
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    one, other = (read_trees(Path(name)) for name in sys.argv[1:])
    wanted = {tree.name for tree in other}
    one = [tree for tree in one if tree.name in wanted]
    words = sum(len(tree.words) for tree in one)
    figures = ", ".join(f"{name} {value:.2f}" for name, value in agreement(one, other).items())
    print(f"{len(one)} sentences, {words} words: {figures}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
