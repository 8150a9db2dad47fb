"""Trees with the tags and lemmas that a tagger would have given them, for training the parser.

A parser trained on right tags trusts them too much. So each document gets its tags from a small tagger (a CRF, trained
in a minute) that has not seen it, and its lemmas from a dictionary made of the other documents.
"""

from __future__ import annotations

import logging
import random
import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from training.conllu import Tree, Word
from training.dictionary import Dictionary

log = logging.getLogger(__name__)

FOLDS = 4
GUESSED = 0.6
"""How often the lemmatizer guesses the lemma of a form that is not in its dictionary."""

_SIGNS = re.compile("[\u064b-\u0652\u0640]")


def cross_tag(
    trees: Sequence[Tree], copies: Sequence[Sequence[Tree]], dictionary: Dictionary, *, seed: int = 1
) -> list[Tree]:
    """The trees and their copies with cross-validated tags and lemmas.

    ``copies[i][k]`` is a copy of ``trees[k]``. Trees whose XPOS is not annotated (``_``) are tagged like the others.
    """
    folds = _folds(trees)
    rng = random.Random(seed)
    tagged: list[Tree] = []
    right = total = 0
    for fold in range(FOLDS):
        others = [tree for tree in trees if folds[tree.document] != fold]
        seen = others + [
            c for copy in copies[:1] for t, c in zip(trees, copy, strict=True) if folds[t.document] != fold
        ]
        tagger = train_crf([tree for tree in seen if tree.words[0].xpos != "_"], dictionary)
        readings, lemmas = read_readings(others), _lemmas(seen)
        for version in (trees, *copies):
            for original, tree in zip(trees, version, strict=True):
                if folds[original.document] != fold:
                    continue
                predicted = tag_with_crf(tagger, tree, dictionary)
                if tree.words[0].xpos != "_":
                    total += len(predicted)
                    right += sum(x == w.xpos for x, w in zip(predicted, tree.words, strict=True))
                words = (
                    _retag(word, xpos, readings, lemmas, rng)
                    for word, xpos in zip(tree.words, predicted, strict=True)
                )
                tagged.append(replace(tree, words=tuple(words)))
    log.info("XPOS by cross-validation: %.2f %% right", 100 * right / total)
    return tagged


def tag_others(
    trees: Sequence[Tree], annotated: Sequence[Tree], dictionary: Dictionary, *, seed: int = 1
) -> list[Tree]:
    """The trees with the tags and lemmas that a tagger trained on the ``annotated`` ones gives them."""
    rng = random.Random(seed)
    tagger = train_crf([tree for tree in annotated if tree.words[0].xpos != "_"], dictionary)
    readings, lemmas = read_readings(annotated), _lemmas(annotated)
    return [
        replace(
            tree,
            words=tuple(
                _retag(word, xpos, readings, lemmas, rng)
                for word, xpos in zip(tree.words, tag_with_crf(tagger, tree, dictionary), strict=True)
            ),
        )
        for tree in trees
    ]


def _folds(trees: Iterable[Tree]) -> dict[str, int]:
    documents: dict[str, int] = {}
    for tree in trees:
        documents.setdefault(tree.document, len(documents) % FOLDS)
    return documents


def train_crf(trees: Iterable[Tree], dictionary: Dictionary) -> Any:
    """A tagger that gives words their XPOS by their spelling, their readings and their neighbours', trained in a minute."""
    import pycrfsuite  # type: ignore[import-untyped]

    trainer = pycrfsuite.Trainer(algorithm="ap", verbose=False)
    trainer.set_params({"max_iterations": 8})
    for tree in trees:
        trainer.append(_features(tree.words, dictionary), [word.xpos for word in tree.words])
    with tempfile.NamedTemporaryFile() as file:
        trainer.train(file.name)
        tagger = pycrfsuite.Tagger()
        tagger.open_inmemory(Path(file.name).read_bytes())
    return tagger


def tag_with_crf(tagger: Any, tree: Tree, dictionary: Dictionary) -> list[str]:
    """The XPOS of the tree's words, as the CRF sees them."""
    found: list[str] = tagger.tag(_features(tree.words, dictionary))
    return found


def read_readings(trees: Iterable[Tree]) -> dict[str, Counter[tuple[str, str]]]:
    """UPOS and features by XPOS, which nearly always determines them."""
    readings: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for tree in trees:
        for word in tree.words:
            readings[word.xpos][word.upos, word.feats] += 1
    return readings


def _lemmas(trees: Iterable[Tree]) -> dict[tuple[str, str], Counter[str]]:
    lemmas: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for tree in trees:
        for word in tree.words:
            lemmas[word.form, word.upos][word.lemma] += 1
    return lemmas


def _retag(
    word: Word,
    xpos: str,
    readings: dict[str, Counter[tuple[str, str]]],
    lemmas: dict[tuple[str, str], Counter[str]],
    rng: random.Random,
) -> Word:
    upos, feats = readings[xpos].most_common(1)[0][0]
    if (word.upos, word.feats) in readings[xpos]:
        upos, feats = word.upos, word.feats
    if (word.form, upos) in lemmas:
        lemma = lemmas[word.form, upos].most_common(1)[0][0]
    else:
        lemma = word.lemma if rng.random() < GUESSED else word.form
    return replace(word, upos=upos, xpos=xpos, feats=feats, lemma=lemma)


def _features(words: Sequence[Word], dictionary: Dictionary) -> list[list[str]]:
    """What the CRF sees of each word: itself, its ends, its readings, its neighbours."""
    readings = [dictionary.read_kinds(word.form) for word in words]
    forms = [re.sub("[أإآ]", "ا", _SIGNS.sub("", word.form)) or word.form for word in words]
    rows = []
    for index, form in enumerate(forms):
        row = ["bias", f"w={form}", f"digit={form[0].isdigit()}", f"length={min(len(form), 6)}"]
        row.append(f"article={form.startswith('ال')}{form[-2:]}")
        for size in (1, 2, 3):
            row += [f"begin{size}={form[:size]}", f"end{size}={form[-size:]}"]
        row += [f"reading={reading}" for reading in readings[index]] + [f"readings={readings[index]}"]
        for distance in (-2, -1, 1, 2):
            place = index + distance
            near = forms[place] if 0 <= place < len(forms) else "<>"
            row.append(f"{distance}={near}")
            if abs(distance) == 1:
                row += [
                    f"{distance}end={near[-2:]}",
                    f"{distance}begin={near[:2]}",
                    f"{distance}&={near}_{form[-2:]}",
                    f"{distance}readings={readings[place] if near != '<>' else '<>'}",
                ]
        rows.append(row)
    return rows


def tag_with_models(trees: Sequence[Tree], models: Path) -> list[Tree]:
    """The trees with the tags and lemmas that these models give to their words."""
    from training.models import load_pipeline

    pipeline = load_pipeline(models, "tokenize,pos,lemma", tokenize_pretokenized=True)
    document = pipeline([[word.form for word in tree.words] for tree in trees])
    return [
        replace(
            tree,
            words=tuple(_like(word, other) for word, other in zip(tree.words, sentence.words, strict=True)),
        )
        for tree, sentence in zip(trees, document.sentences, strict=True)
    ]


def _like(word: Word, tagged: Any) -> Word:
    feats = tagged.feats or "_"
    return replace(word, lemma=tagged.lemma, upos=tagged.upos, xpos=tagged.xpos or "_", feats=feats)
