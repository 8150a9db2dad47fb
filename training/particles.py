"""Which أن it is: a small classifier beside the lemmatizer, which sees words without their neighbours.

Without vowels and hamza, ان is anna, inna, an or in; the lemmatizer can only take the most frequent. Stanza lets a
lemmatizer have a classifier of lemmas in context for such words. It is trained on the treebank's own examples.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.conllu import Tree

log = logging.getLogger(__name__)

FORMS = ("أن", "ان", "إن")
UPOS = "SCONJ"
KNOWN = 1000
LEAST = 20
"""Lemmas with fewer examples are slips or too rare to be learnt."""
ALL_TAGS = (
    *("ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM"),
    *("PART", "PRON", "PROPN", "PUNCT", "SCONJ", "SYM", "VERB", "X"),
)


@dataclass(frozen=True, slots=True)
class ParticleSettings:
    """Sizes and rates of the classifier."""

    hidden: int = 64
    epochs: int = 4
    batch: int = 32
    rate: float = 0.002
    seed: int = 1


def write_examples(trees: Iterable[Tree], output: Path, *, least: int = LEAST) -> None:
    """The sentences with such a word, in the format of Stanza's lemma classifier."""
    examples = [
        {
            "words": [word.form for word in tree.words],
            "upos_tags": [word.upos for word in tree.words],
            "index": index,
            "lemma": target.lemma,
        }
        for tree in trees
        for index, target in enumerate(tree.words)
        if target.form in FORMS and target.upos == UPOS
    ]
    lemmas = [example["lemma"] for example in examples]
    kept = [example for example in examples if lemmas.count(example["lemma"]) >= least]
    output.write_text(json.dumps({"upos": [UPOS], "sentences": kept}, ensure_ascii=False), encoding="utf-8")


def train_classifier(
    train: Path, dev: Path, vectors: Path, output: Path, settings: ParticleSettings
) -> float:
    """Trains for about a minute; the share of right lemmas on ``dev``.

    Stanza's own trainer cannot be had without the transformers package, so the loop is ours.
    """
    import torch
    from stanza.models.common.pretrain import Pretrain
    from stanza.models.lemma_classifier.lstm_model import LemmaClassifierLSTM
    from stanza.models.lemma_classifier.utils import Dataset

    torch.set_num_threads(1)
    torch.manual_seed(settings.seed)
    data = Dataset(str(train), batch_size=settings.batch)
    for tag in ALL_TAGS:  # Stanza stops at a tag that it does not know, so those of no example are known too
        data.upos_to_id.setdefault(tag, len(data.upos_to_id))
    sizes = {"hidden_dim": settings.hidden, "upos_emb_dim": 20, "num_heads": 0, "use_charlm": False}
    model = LemmaClassifierLSTM(
        sizes | {"wordvec_pretrain_file": str(vectors)},
        len(data.label_decoder),
        Pretrain(str(vectors)),
        data.label_decoder,
        data.upos_to_id,
        _frequent(train),
        data.target_words,
        {UPOS},
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=settings.rate)
    for epoch in range(settings.epochs):
        model.train()
        for sentences, positions, tags, labels in data:
            loss = torch.nn.functional.cross_entropy(model(positions, sentences, tags), labels)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        right = _score(model, dev)
        log.info("%s epoch %d of %d: dev %.1f", output.name, epoch + 1, settings.epochs, 100 * right)
    model.save(str(output))
    return right


def _frequent(train: Path) -> list[str]:
    """Words with a vector of their own beside the given ones, which are not trained: few, since each takes room."""
    examples = json.loads(train.read_text(encoding="utf-8"))["sentences"]
    counts = Counter(word for example in examples for word in example["words"])
    return [word for word, _ in counts.most_common(KNOWN)]


def _score(model: Any, dev: Path) -> float:
    model.eval()
    examples = json.loads(dev.read_text(encoding="utf-8"))["sentences"]
    right = 0
    for example in examples:
        found = model.predict([example["index"]], [example["words"]], [example["upos_tags"]])
        right += found == [example["lemma"]]
    return right / len(examples)


def attach(lemmatizer: Path, classifier: Path, output: Path) -> None:
    """Writes the lemmatizer with the classifier in it."""
    from stanza.models.lemma.attach_lemma_classifier import attach_classifier

    attach_classifier(str(lemmatizer), str(output), [str(classifier)], remove_existing=True)
