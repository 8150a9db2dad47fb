"""One training loop for Stanza's tagger and Stanza's parser.

Stanza's own tagger trainer keeps no checkpoints, and both wait for the scores to stall before they lower the learning
rate. Here the rate rises briefly and then falls along a cosine to nothing, so a number of steps says how long it takes;
and the state is saved every few minutes. The models are Stanza's classes, saved by Stanza.
"""

from __future__ import annotations

import io
import logging
import math
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

COMMON = ("--shorthand", "ar_compact", "--lang", "ar", "--cpu", "--augment_nopunct", "0")
WARMUP = 50
LEAST_RATE = 0.02
"""The learning rate at the end, as a part of that at the beginning."""


@dataclass(frozen=True, slots=True)
class FitSettings:
    """``options`` are Stanza's own, as on its command line. With ``start``, a finished model, training goes on from it:
    its sizes and vocabularies count, and word vectors are added to its inputs unless ``--no_pretrain`` is given."""

    steps: int
    rate: float
    options: tuple[str, ...]
    score_every: int = 100
    checkpoint_minutes: float = 4.0
    seed: int = 1
    start: Path | None = None


def fit_tagger(train: list[Path], dev: Path, output: Path, settings: FitSettings) -> float:
    """Trains Stanza's tagger; its accuracy over UPOS, XPOS and features together on ``dev`` (right words).

    Files may lack XPOS and features: only what is annotated is learnt from them.
    """
    from stanza.models import tagger
    from stanza.models.common.pretrain import Pretrain
    from stanza.models.common.utils import unsort, update_word_cutoff
    from stanza.models.pos import scorer
    from stanza.models.pos.data import Dataset, ShuffledDataset
    from stanza.models.pos.trainer import Trainer
    from stanza.models.pos.vocab import MultiVocab
    from stanza.utils.conll import CoNLL

    args = tagger.parse_args([*COMMON, "--train_file", ";".join(map(str, train)), *_options(settings)])
    _seed(settings.seed)
    start = _load_start(settings, args)
    vectors = Pretrain(args["wordvec_pretrain_file"]) if args["pretrain"] else None
    args["word_cutoff"] = update_word_cutoff(vectors, args["word_cutoff"])
    if start is None:
        vocabulary, _, batches = tagger.load_training_data(args, vectors)
    else:
        vocabulary = MultiVocab.load_state_dict(start["vocab"])
        documents = [CoNLL.conll2doc(input_file=str(path)) for path in train]
        sets = [Dataset(document, args, vectors, vocab=vocabulary) for document in documents]
        batches = ShuffledDataset(sets, args["batch_size"])
    document = CoNLL.conll2doc(input_file=str(dev))
    dev_data = Dataset(document, args, vectors, vocab=vocabulary, evaluation=True, sort_during_eval=True)
    dev_batches = dev_data.to_loader(batch_size=args["batch_size"])
    trainer = Trainer(args=args, vocab=vocabulary, pretrain=vectors, device="cpu")
    if start is not None:
        _adopt(trainer.model, start["model"], position=args["word_emb_dim"])

    def endless() -> Iterator[Any]:
        while True:
            yield from batches

    def score() -> float:
        predictions: list[Any] = []
        order: list[int] = []
        for batch in dev_batches:
            predictions += trainer.predict(batch)
            order.extend(batch.idx)
        tagger.set_predictions(dev_data.doc, trainer, unsort(predictions, order))
        return float(scorer.score(io.StringIO(f"{dev_data.doc:C}\n\n"), str(dev), eval_type="AllTags")[2])

    return run_steps(trainer, trainer.optimizers, endless(), score, output, settings)


def fit_parser(train: list[Path], dev: Path, output: Path, settings: FitSettings) -> float:
    """Trains Stanza's parser; its labelled attachment score on ``dev`` (right words, the tags in the file)."""
    from stanza.models import parser
    from stanza.models.common.doc import DEPREL, HEAD
    from stanza.models.common.pretrain import Pretrain
    from stanza.models.common.utils import update_word_cutoff
    from stanza.models.depparse import scorer
    from stanza.models.depparse.data import DataLoader, InfiniteBatch
    from stanza.models.depparse.trainer import GraphTrainer
    from stanza.models.pos.vocab import MultiVocab
    from stanza.utils.conll import CoNLL

    args = parser.parse_args([*COMMON, *_options(settings)])
    _seed(settings.seed)
    start = _load_start(settings, args)
    vectors = Pretrain(args["wordvec_pretrain_file"]) if args["pretrain"] else None
    args["word_cutoff"] = update_word_cutoff(vectors, args["word_cutoff"])
    vocabulary = None if start is None else MultiVocab.load_state_dict(start["vocab"])
    trees = CoNLL.conll2doc(input_str="".join(path.read_text(encoding="utf-8") for path in train))
    document = CoNLL.conll2doc(input_file=str(dev))
    size = args["batch_size"]
    data = DataLoader(trees, size, args, vectors, vocab=vocabulary, evaluation=False)
    dev_data = DataLoader(
        document, size, args, vectors, vocab=data.vocab, evaluation=True, sort_during_eval=True
    )
    trainer = GraphTrainer(args=args, vocab=data.vocab, pretrain=vectors, device="cpu")
    if start is not None:
        _adopt(trainer.model, start["model"], position=0)
    batches = InfiniteBatch(data)

    def score() -> float:
        predictions = parser.predict_dataset(trainer, dev_data)
        document.set([HEAD, DEPREL], [word for sentence in predictions for word in sentence])
        return float(scorer.score(io.StringIO(f"{document:C}\n\n"), str(dev))[2])

    return run_steps(trainer, trainer.optimizer, iter(batches.next_batch, None), score, output, settings)


def _options(settings: FitSettings) -> list[str]:
    return ["--lr", str(settings.rate), *settings.options]


def _load_start(settings: FitSettings, args: dict[str, Any]) -> dict[str, Any] | None:
    """The model to go on from, if one is given; its sizes are put into ``args``."""
    import torch

    if settings.start is None:
        return None
    state: dict[str, Any] = torch.load(settings.start, map_location="cpu", weights_only=True)
    given = ["pretrain", "wordvec_pretrain_file", "lr", "augment_nopunct", "train_file", "tag_columns"]
    given.append("transition_subtree_combination")  # written as a word, wanted as what it names
    args.update({name: value for name, value in state["config"].items() if name not in given})
    args["second_stage"] = False
    return state


def _adopt(model: Any, weights: dict[str, Any], *, position: int) -> None:
    """Takes over the weights; inputs that the model has and they have not, from ``position`` on, begin without effect.
    Parts that it has not (the character model, where a language model takes its place) are left out."""
    adopted = model.state_dict()
    for name, old in weights.items():
        if name not in adopted:
            continue
        new = adopted[name]
        added = new.shape[-1] - old.shape[-1]
        if added:
            new.zero_()
            new[..., :position] = old[..., :position]
            new[..., position + added :] = old[..., position:]
        else:
            new.copy_(old)
    model.load_state_dict(adopted)


def run_steps(
    trainer: Any,
    optimizers: dict[str, Any],
    batches: Iterator[Any],
    score: Callable[[], float],
    output: Path,
    settings: FitSettings,
) -> float:
    """Runs the steps, going on from a checkpoint if there is one; keeps the model that scores best."""
    import torch

    torch.set_num_threads(1)
    output.parent.mkdir(parents=True, exist_ok=True)
    checkpoint = output.with_suffix(".checkpoint")
    step, best = _resume(trainer, optimizers, checkpoint)
    _seed(settings.seed + step)
    saved, loss_sum, since = time.time(), 0.0, step
    while step < settings.steps:
        for optimizer in optimizers.values():
            for group in optimizer.param_groups:
                group["lr"] = settings.rate * _rate(step, settings.steps)
        loss = trainer.update(next(batches))
        loss_sum += loss[0] if isinstance(loss, tuple) else loss
        step += 1
        if step % settings.score_every == 0 or step == settings.steps:
            reached = score()
            log.info(
                "%s step %d of %d: loss %.3f, dev %.2f%s",
                output.name,
                step,
                settings.steps,
                loss_sum / (step - since),
                100 * reached,
                " (best)" if reached > best else "",
            )
            loss_sum, since = 0.0, step
            if reached > best:
                best = reached
                trainer.save(str(output))
        if time.time() - saved > 60 * settings.checkpoint_minutes:
            _save(trainer, optimizers, checkpoint, step, best)
            saved = time.time()
    checkpoint.unlink(missing_ok=True)
    return best


def _rate(step: int, steps: int) -> float:
    if step < WARMUP:
        return (step + 1) / WARMUP
    done = (step - WARMUP) / max(1, steps - WARMUP)
    return LEAST_RATE + (1 - LEAST_RATE) * (1 + math.cos(math.pi * done)) / 2


def _seed(seed: int) -> None:
    import torch

    random.seed(seed)
    torch.manual_seed(seed)


def _resume(trainer: Any, optimizers: dict[str, Any], checkpoint: Path) -> tuple[int, float]:
    import torch

    if not checkpoint.is_file():
        return 0, -1.0
    state = torch.load(checkpoint, weights_only=True)
    trainer.model.load_state_dict(state["model"], strict=False)
    for name, optimizer in optimizers.items():
        optimizer.load_state_dict(state["optimizers"][name])
    log.info("going on from %s at step %d", checkpoint.name, state["step"])
    return int(state["step"]), float(state["best"])


def _save(trainer: Any, optimizers: dict[str, Any], checkpoint: Path, step: int, best: float) -> None:
    import torch

    weights = {
        name: weight
        for name, weight in trainer.model.state_dict().items()
        if name.split(".")[0] not in trainer.model.unsaved_modules
    }
    state = {name: optimizer.state_dict() for name, optimizer in optimizers.items()}
    new = checkpoint.with_suffix(".new")
    torch.save({"model": weights, "optimizers": state, "step": step, "best": best}, new)
    new.replace(checkpoint)
