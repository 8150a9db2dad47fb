"""A character language model in one direction, for Stanza's tagger and parser.

The model is Stanza's class and is saved in its format. The loop is ours, for two reasons: Stanza's trainer resumes at
the beginning of an epoch, and an epoch here is an hour; and plain gradient descent needs many more of them than Adam.
The learning rate stays level and falls to nothing over the last fifth (warm-up, stable, decay). What was reached
before the fall is kept, so a longer training goes on from there instead of beginning anew.
"""

from __future__ import annotations

import logging
import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

HELD_OUT = 300_000
"""Characters at the end of the text that are not trained on, to measure by."""


@dataclass(frozen=True, slots=True)
class CharlmSettings:
    """``characters``: how many to train on, counting repetitions; the rest are sizes and rates."""

    characters: int
    hidden: int
    embedding: int = 64
    batch: int = 64
    length: int = 128
    rate: float = 0.003
    warmup: int = 200
    decay: float = 0.2
    least: int = 50
    checkpoint_minutes: float = 3.0
    seed: int = 1


def train_charlm(text: Path, directory: Path, direction: str, settings: CharlmSettings) -> Path:
    """Trains (or goes on training) the ``forward`` or ``backward`` model; its path in Stanza's format.

    ``text``: one sentence a line, words apart. ``directory`` gets the model, its checkpoint and the one before the
    fall of the learning rate.
    """
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(settings.seed)
    directory.mkdir(parents=True, exist_ok=True)
    finished = directory / f"{direction}.pt"
    checkpoint = directory / f"{direction}.checkpoint.pt"
    stable = directory / f"{direction}.stable.pt"
    steps = settings.characters // (settings.batch * settings.length)
    vocabulary, columns, held_out = _load_text(text, finished, direction, settings)
    model, optimizer = _make(vocabulary, direction, settings)
    step = _resume(model, optimizer, checkpoint, stable, settings, steps)
    schedule = _Schedule(settings, steps)
    hidden: Any = None
    saved, loss_sum, since = time.time(), 0.0, step
    while step < steps:
        if step == schedule.fall:
            _save(stable, model, optimizer, step)
        for group in optimizer.param_groups:
            group["lr"] = schedule(step)
        start = step * settings.length % (columns.shape[1] - settings.length - 1)
        if start < settings.length:
            hidden = None  # the text begins again
        loss, hidden = _loss(model, columns[:, start : start + settings.length + 1], hidden)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        loss_sum += loss.item()
        step += 1
        if time.time() - saved > 60 * settings.checkpoint_minutes or step == steps:
            bits = _measure(model, held_out)
            trained = loss_sum / (step - since) / math.log(2)
            log.info(
                "%s step %d of %d: %.3f bits a character, held out %.3f",
                direction,
                step,
                steps,
                trained,
                bits,
            )
            _save(checkpoint, model, optimizer, step)
            model.save(str(finished.with_suffix(".new")))
            finished.with_suffix(".new").replace(finished)
            saved, loss_sum, since = time.time(), 0.0, step
    return finished


@dataclass(frozen=True, slots=True)
class _Schedule:
    """The learning rate at a step."""

    settings: CharlmSettings
    steps: int

    @property
    def fall(self) -> int:
        return int(self.steps * (1 - self.settings.decay))

    def __call__(self, step: int) -> float:
        if step < self.settings.warmup:
            return self.settings.rate * (step + 1) / self.settings.warmup
        if step >= self.fall:
            return self.settings.rate * max(0.01, (self.steps - step) / (self.steps - self.fall))
        return self.settings.rate


def _load_text(text: Path, finished: Path, direction: str, settings: CharlmSettings) -> tuple[Any, Any, Any]:
    """Stanza's vocabulary, the text as numbers in ``batch`` rows, and what is held out, likewise.

    A model that is there already keeps its vocabulary, even if the text has changed since.
    """
    import numpy
    import torch
    from stanza.models.common.char_model import build_charlm_vocab
    from stanza.models.common.vocab import CharVocab

    if finished.is_file():
        characters = CharVocab.load_state_dict(torch.load(finished, weights_only=True)["vocab"])
    else:
        characters = build_charlm_vocab(str(text), cutoff=settings.least)
    vocabulary = {"char": characters}
    read = text.read_text(encoding="utf-8")
    table = numpy.full(0x110000, characters.unit2id("<UNK>"), dtype=numpy.int16)
    for character in set(read):
        table[ord(character)] = characters.unit2id(character)
    numbers = table[numpy.frombuffer(read.encode("utf-32-le"), dtype=numpy.uint32)]
    held_out, numbers = numbers[-HELD_OUT:], numbers[:-HELD_OUT]
    if direction == "backward":
        held_out, numbers = held_out[::-1].copy(), numbers[::-1].copy()

    def rows(data: Any, count: int) -> Any:
        return torch.from_numpy(data[: len(data) // count * count].reshape(count, -1))

    return vocabulary, rows(numbers, settings.batch), rows(held_out, 50)


def _make(vocabulary: Any, direction: str, settings: CharlmSettings) -> tuple[Any, Any]:
    import torch
    from stanza.models.common.char_model import CharacterLanguageModel

    options = {
        "char_emb_dim": settings.embedding,
        "char_hidden_dim": settings.hidden,
        "char_num_layers": 1,
        "char_dropout": 0.0,
        "char_unit_dropout": 1e-5,
        "char_rec_dropout": 0.0,
    }
    model = CharacterLanguageModel(options, vocabulary, is_forward_lm=direction == "forward")
    return model, torch.optim.Adam(model.parameters(), lr=settings.rate, betas=(0.9, 0.98))


def _resume(
    model: Any, optimizer: Any, checkpoint: Path, stable: Path, settings: CharlmSettings, steps: int
) -> int:
    """Loads the newest state from before the fall of the learning rate, or from within it if it is the same fall."""
    import torch

    for path in (checkpoint, stable):
        if not path.is_file():
            continue
        state = torch.load(path, weights_only=True)
        kept = torch.load(stable, weights_only=True)["step"] if stable.is_file() else None
        fall = _Schedule(settings, steps).fall
        if path == checkpoint and kept is not None and kept != fall:
            continue  # the training was made longer after it had fallen
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        log.info("going on from %s at step %d", path.name, state["step"])
        return int(state["step"])
    return 0


def _save(path: Path, model: Any, optimizer: Any, step: int) -> None:
    import torch

    new = path.with_suffix(".new")
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step}, new)
    new.replace(path)


def _loss(model: Any, window: Any, hidden: Any) -> tuple[Any, Any]:
    import torch

    model.train()
    window = window.long()
    source, target = window[:, :-1], window[:, 1:]
    _, hidden, decoded = model(source, [source.shape[1]] * source.shape[0], hidden)
    loss = torch.nn.functional.cross_entropy(decoded.reshape(-1, decoded.shape[-1]), target.reshape(-1))
    return loss, tuple(part.detach() for part in hidden)


def _measure(model: Any, held_out: Any) -> float:
    """Bits a character on the held-out text."""
    import torch

    model.eval()
    total, count, hidden = 0.0, 0, None
    with torch.no_grad():
        for start in range(0, held_out.shape[1] - 1, 500):
            window = held_out[:, start : start + 501].long()
            if window.shape[1] < 2:
                break
            source, target = window[:, :-1], window[:, 1:]
            _, hidden, decoded = model(source, [source.shape[1]] * source.shape[0], hidden)
            loss = torch.nn.functional.cross_entropy(
                decoded.reshape(-1, decoded.shape[-1]), target.reshape(-1), reduction="sum"
            )
            total += loss.item()
            count += target.numel()
    return total / count / math.log(2)
