"""Where the rest is lost: how far words that the training trees have and others are right, and what tags cost trees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.conllu import Word, read_trees
from training.models import load_pipeline


@dataclass(frozen=True, slots=True)
class Losses:
    """Shares in per cent on the right words of some trees. ``seen`` and ``unseen``: tags, lemmas and labelled attachment
    of words whose form the training trees have and of others, of which there are ``unseen_share``; ``analysed``: of the
    words that have an analysis in the treebank, all but the ``unanalysed_share``; ``right_tags``: labelled attachment
    where the parser is given the right tags and lemmas."""

    unseen_share: float
    seen: tuple[float, float, float]
    unseen: tuple[float, float, float]
    right_tags: float
    unanalysed_share: float
    analysed: tuple[float, float, float]


UNANALYSED = "U---------"
"""XPOS of words that have no analysis in PADT: names, and ordinary words as well, with UPOS X."""


def find_losses(models: Path, trees: Path, train: Sequence[Path]) -> Losses:
    """Measures them for the models' tagger, lemmatizer and parser."""
    right = read_trees(trees)
    known = {word.form for path in train for tree in read_trees(path) for word in tree.words}
    pipeline = load_pipeline(models, "tokenize,pos,lemma,depparse", tokenize_pretokenized=True)
    found = _words(_analyse(pipeline, trees, ("pos", "lemma", "depparse")))
    oracle = _words(_analyse(pipeline, trees, ("depparse",)))
    gold = [word for tree in right for word in tree.words]
    pairs = list(zip(gold, found, strict=True))
    seen = [pair for pair in pairs if pair[0].form in known]
    unseen = [pair for pair in pairs if pair[0].form not in known]
    given = list(zip(gold, oracle, strict=True))
    analysed = [pair for pair in pairs if pair[0].xpos != UNANALYSED]
    return Losses(
        unseen_share=_per_cent(len(unseen), len(pairs)),
        seen=_shares(seen),
        unseen=_shares(unseen),
        right_tags=_shares(given)[2],
        unanalysed_share=_per_cent(len(pairs) - len(analysed), len(pairs)),
        analysed=_shares(analysed),
    )


def _analyse(pipeline: Any, trees: Path, steps: Sequence[str]) -> Any:
    """The trees' words as Stanza's document, with what these processors say; what others would say is right."""
    from stanza.utils.conll import CoNLL

    document = CoNLL.conll2doc(str(trees))
    for sentence in document.sentences:
        sentence._dependencies = []
        for word in sentence.words:
            word.head = word.deprel = None
            if "pos" in steps:
                word.upos = word.xpos = word.feats = word.lemma = None
    for name in steps:
        document = pipeline.processors[name].process(document)
    return document


def _words(document: Any) -> list[Word]:
    return [
        Word(w.text, w.lemma, w.upos, w.xpos or "_", w.feats or "_", w.head, w.deprel)
        for sentence in document.sentences
        for w in sentence.words
    ]


def _shares(pairs: Sequence[tuple[Word, Word]]) -> tuple[float, float, float]:
    """Right tags, lemmas, and heads with relation (without what follows a colon, as Stanza's scorer has it)."""
    tags = sum(a.upos == b.upos for a, b in pairs)
    lemmas = sum(a.lemma == b.lemma for a, b in pairs)
    arcs = sum(a.head == b.head and a.deprel.split(":")[0] == b.deprel.split(":")[0] for a, b in pairs)
    return _per_cent(tags, len(pairs)), _per_cent(lemmas, len(pairs)), _per_cent(arcs, len(pairs))


def _per_cent(part: int, whole: int) -> float:
    return round(100 * part / whole, 2)
