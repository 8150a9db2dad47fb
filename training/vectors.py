"""Word vectors of the split articles, in Stanza's pretrain format.

Skip-gram with a narrow window: near words tell a word's part of speech and its neighbours in the tree, far ones its
topic. gensim trains them in minutes; Stanza only looks them up, so words it has never seen in a tree are known.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class VectorSettings:
    """``words``: how many of the most frequent get a vector."""

    words: int
    dimensions: int = 100
    window: int = 3
    epochs: int = 3
    seed: int = 1


def train_vectors(text: Path, output: Path, settings: VectorSettings) -> None:
    """Trains on ``text`` (a sentence a line, words apart) and writes Stanza's pretrain file.

    One worker, so that the same text gives the same vectors; set PYTHONHASHSEED too.
    """
    import numpy
    import torch
    from gensim.models import Word2Vec  # type: ignore[import-untyped]
    from gensim.models.word2vec import LineSentence  # type: ignore[import-untyped]
    from stanza.models.common.pretrain import PretrainedWordVocab
    from stanza.models.common.vocab import VOCAB_PREFIX

    model = Word2Vec(
        LineSentence(str(text)),
        vector_size=settings.dimensions,
        window=settings.window,
        sg=1,
        negative=8,
        sample=1e-4,
        max_final_vocab=settings.words,
        epochs=settings.epochs,
        workers=1,
        seed=settings.seed,
    )
    vectors = model.wv.vectors.astype(numpy.float32)
    vectors /= vectors.std() * 2  # about the size that the taggers initialise their own with
    rows = numpy.concatenate([numpy.zeros((len(VOCAB_PREFIX), settings.dimensions), numpy.float32), vectors])
    vocabulary = PretrainedWordVocab(list(model.wv.index_to_key))
    output.parent.mkdir(parents=True, exist_ok=True)
    torch.save(
        {"vocab": vocabulary.state_dict(), "emb": torch.from_numpy(rows)},
        output,
        _use_new_zipfile_serialization=False,
    )
    log.info("%d vectors; near روسيا: %s", len(vectors), model.wv.most_similar("روسيا", topn=5))
