"""What the lemmatizer is trained on: each form with its lemma once, not each time it occurs.

Stanza's lemmatizer looks words up, by form and UPOS, and spells out the lemma of those it does not know. More trees
mean more entries; PUD has 4,000 forms that PADT lacks, and its lemmas are the same but for how long vowels are written.
"""

from __future__ import annotations

import math
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from training import paradigms
from training.conllu import Tree, Word
from training.dictionary import Dictionary, as_in_padt

_OTHERWISE_IN_PUD = ("X", "NUM", "PUNCT")
"""Names and numbers have lemmas without vowels in PUD, with them in PADT."""


def lemma_trees(padt: Iterable[Tree], pud: Iterable[Tree], *, seed: int = 1) -> list[Tree]:
    """Lists of words as if they were sentences: every form of ``padt`` and those that only ``pud`` has."""
    lemmas = _count(padt)
    for key, counts in _count(pud).items():
        if key not in lemmas and key[1] not in _OTHERWISE_IN_PUD:
            lemmas[key] = Counter({as_in_padt(lemma): count for lemma, count in counts.items()})
    rows = []
    for (form, upos), counts in lemmas.items():
        lemma = counts.most_common(1)[0][0]
        word = Word(form, lemma, upos, "_", "_", 1, "dep")
        rows += [word] * min(3, 1 + int(math.log2(counts.total()) / 2))
    random.Random(seed).shuffle(rows)
    return [_list(number, rows[number : number + 30]) for number in range(0, len(rows), 30)]


def _count(trees: Iterable[Tree]) -> dict[tuple[str, str], Counter[str]]:
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for tree in trees:
        for word in tree.words:
            counts[word.form, word.upos][word.lemma] += 1
    return counts


def _list(number: int, words: Sequence[Word]) -> Tree:
    first = replace(words[0], head=0, deprel="root")
    return Tree(f"lemmas.{number}", (first, *words[1:]))


def widen_lemmatizer(
    lemmatizer: Path,
    trees: Sequence[Tree],
    words: Path,
    output: Path,
    *,
    frequent: int,
    dictionary: Dictionary | None = None,
) -> int:
    """Writes the lemmatizer with the forms of the trees in its dictionary, and with those ``words`` of a text, occurring so
    often, whose lemma they or ``dictionary`` give away; what it knows already it keeps. How many words of the text it has
    learnt."""
    from stanza.models.lemma.trainer import Trainer

    trainer = Trainer(model_file=str(lemmatizer), args={}, device="cpu")
    known = [(word.form, word.upos, word.lemma) for tree in trees for word in tree.words]
    trainer.train_dict(known)
    guessed = paradigms.find_lemmas(words, known, frequent=frequent, dictionary=dictionary)
    # for the part of speech that the lemma was found for only: another may have another
    trainer.train_dict(guessed, update_word_dict=False)
    output.parent.mkdir(parents=True, exist_ok=True)
    trainer.save(str(output))
    return len(guessed)
