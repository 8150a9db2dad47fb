"""Copies of trees as newspapers would have spelt them.

The treebank is of one agency's habits of the year 2000: no hamza on alef, always a full stop, straight quotation marks,
the names of that year. Copies vary what other papers do otherwise; the trees stay as they are.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from dataclasses import replace

from training.conllu import Tree, Word

_SIGNS = re.compile("[\u064b-\u0652\u0670]")
_QUOTES = ("«»", "“”", '""')
_WESTERN_TO_EASTERN = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def collect_names(trees: Iterable[Tree]) -> list[str]:
    """The names in the trees: words tagged X that are written with letters only and are no abbreviations."""
    names = {w.form for t in trees for w in t.words if w.upos == "X" and len(w.form) > 2 and w.form.isalpha()}
    return sorted(names)


def vary(tree: Tree, names: list[str], rng: random.Random) -> Tree:
    """A copy of the tree in another spelling, with other names for about half of its names."""
    hamza = rng.choice(("keep", "keep", "write", "drop"))
    final_ya = rng.random() < 0.1  # Egyptian papers write ى for ي at the end
    quotes = rng.choice(_QUOTES)
    eastern = rng.random() < 0.08
    opened = False
    words = []
    for word in tree.words:
        form, lemma = word.form, word.lemma
        if word.upos == "X" and len(form) > 2 and form.isalpha() and rng.random() < 0.5:
            form = lemma = rng.choice(names)
        elif word.form == '"':
            form = lemma = quotes[opened]
            opened = not opened
        elif word.upos == "NUM" and eastern and form[0].isdigit():
            form = lemma = form.translate(_WESTERN_TO_EASTERN)
        elif word.upos not in ("PUNCT", "NUM", "X") and len(form) > 2:
            form = _respell(word, hamza, final_ya)
        words.append(replace(word, form=form, lemma=lemma))
    copy = Tree(f"{tree.name}.varied", tuple(words))
    return _without_full_stop(copy) if rng.random() < 0.15 else copy


def _respell(word: Word, hamza: str, final_ya: bool) -> str:
    form = word.form
    if hamza == "drop":
        form = re.sub("[أإ]", "ا", form)
    elif hamza == "write":
        form = _with_hamza(form, _SIGNS.sub("", word.lemma))
    if final_ya and form.endswith("ي"):
        form = form[:-1] + "ى"
    return form


def _with_hamza(form: str, lemma: str) -> str:
    """The form with the hamza that its lemma begins with, behind an article too."""
    article = "ال" if form.startswith("ال") and not lemma.startswith("ال") else ""
    stem = form[len(article) :]
    if lemma[:1] in ("أ", "إ") and stem[:1] == "ا" and len(lemma) > 1 and stem[1:2] == lemma[1:2]:
        return article + lemma[0] + stem[1:]
    return form


def _without_full_stop(tree: Tree) -> Tree:
    if len(tree.words) < 5 or tree.words[-1].form != "." or tree.words[-1].head == 0:
        return tree
    if any(word.head == len(tree.words) for word in tree.words):
        return tree
    return replace(tree, words=tree.words[:-1])
