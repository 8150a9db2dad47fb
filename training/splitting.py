"""How a token falls apart into words, judged by which of the possible words newspapers write by themselves.

The treebank shows the tokenizer and the expander 14,000 kinds of tokens; the articles have 170,000. Whether وصولا is a
word or و + صولا is seen in the articles: صولا never stands alone there. A small model weighs such counts; it is trained
on the treebank's tokens and then decides all frequent tokens of the articles.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PREFIXES = ("", "و", "ف", "ب", "ل", "ك", "س", "أ", "وب", "ول", "وك", "وس", "فس", "فب", "فل", "أو", "أف")
SUFFIXES = ("", "ه", "ها", "هم", "هما", "هن", "نا", "ني", "ي", "كم", "ك")
LEAST_STEM = 2


@dataclass(frozen=True, slots=True)
class Analysis:
    """A way to split a token: clitics before, the stem, a pronoun behind."""

    prefix: str
    stem: str
    suffix: str

    @property
    def words(self) -> tuple[str, ...]:
        return (*self.prefix, self.stem, *((self.suffix,) if self.suffix else ()))


def read_tokens(path: Path) -> list[tuple[str, tuple[str, ...]]]:
    """The tokens of a CoNLL-U file with their words."""
    tokens: list[tuple[str, tuple[str, ...]]] = []
    last = 0
    for line in path.read_text(encoding="utf-8").split("\n"):
        columns = line.split("\t")
        if len(columns) != 10:
            last = 0
        elif "-" in columns[0]:
            last = int(columns[0].split("-")[1])
            tokens.append((columns[1], ()))
        elif columns[0].isdigit() and int(columns[0]) <= last:
            tokens[-1] = (tokens[-1][0], (*tokens[-1][1], columns[1]))
        elif columns[0].isdigit():
            tokens.append((columns[1], (columns[1],)))
    return tokens


def analyse(token: str) -> list[Analysis]:
    """All splits that spelling allows, the whole token first."""
    found = [Analysis("", token, "")]
    for prefix in PREFIXES:
        if not token.startswith(prefix):
            continue
        rest = token[len(prefix) :]
        stems = [rest]
        if prefix.endswith("ل") and rest.startswith("ل"):
            stems.append("ا" + rest)  # ل + ال is written لل
        for stem in stems:
            for suffix in SUFFIXES:
                if not stem.endswith(suffix):
                    continue
                bare = stem[: len(stem) - len(suffix)] if suffix else stem
                for restored in _restore(bare, suffix):
                    analysis = Analysis(prefix, restored, suffix)
                    if len(restored) >= LEAST_STEM and analysis not in found:
                        found.append(analysis)
    return found


def _restore(stem: str, suffix: str) -> list[str]:
    """The stem as it is written without its pronoun: ة for ت, ى for ا, ء for its seats."""
    stems = [stem]
    if suffix and stem.endswith("ت"):
        stems.append(stem[:-1] + "ة")
    if suffix and stem.endswith("ا"):
        stems.append(stem[:-1] + "ى")
    if suffix and stem.endswith(("ئ", "ؤ")):
        stems.append(stem[:-1] + "ء")
    if suffix and stem.endswith("و"):
        stems.append(stem + "ا")
    return stems


class Splitter:
    """Chooses among the analyses of a token; ``counts`` says how often each token stands in the articles."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self._counts = counts
        self._weights: Any = None
        self._known: dict[str, int] = {}

    def train(
        self, tokens: Iterable[tuple[str, tuple[str, ...]]], *, epochs: int = 30, seed: int = 1
    ) -> None:
        """Learns from the treebank's tokens, each kind once, as it is mostly split there."""
        import torch

        torch.manual_seed(seed)
        kinds: dict[str, Counter[tuple[str, ...]]] = {}
        for token, words in tokens:
            if token.isalpha() or "\u064b" in token:
                kinds.setdefault(token, Counter())[words] += 1
        examples = []
        for token, ways in kinds.items():
            analyses = analyse(token)
            right = [index for index, a in enumerate(analyses) if a.words == ways.most_common(1)[0][0]]
            if right and len(analyses) > 1:
                examples.append(([self._features(token, a, learn=True) for a in analyses], right[0]))
        self._weights = torch.zeros(len(self._known) + 1)
        weights = self._weights.requires_grad_()
        optimizer = torch.optim.Adam([weights], lr=0.05)
        random.Random(seed).shuffle(examples)
        for epoch in range(epochs):
            for group in optimizer.param_groups:
                group["lr"] = 0.05 * (1 - epoch / epochs)
            for start in range(0, len(examples), 256):
                batch = examples[start : start + 256]
                loss = (
                    sum(
                        torch.nn.functional.cross_entropy(self._scores(rows)[None], torch.tensor([right]))
                        for rows, right in batch
                    )
                    / len(batch)
                    + 1e-4 * weights.square().sum()
                )
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
        self._weights = weights.detach()

    def split(self, token: str) -> tuple[tuple[str, ...], float]:
        """The words of the likeliest analysis, and how likely it is among all."""
        analyses = analyse(token)
        if len(analyses) == 1:
            return (token,), 1.0
        chances = self._scores([self._features(token, a) for a in analyses]).softmax(0)
        best = int(chances.argmax())
        return analyses[best].words, float(chances[best])

    def _scores(self, rows: list[list[tuple[int, float]]]) -> Any:
        import torch

        return torch.stack(
            [
                (
                    self._weights[[number for number, _ in row]] * torch.tensor([value for _, value in row])
                ).sum()
                for row in rows
            ]
        )

    def _features(self, token: str, analysis: Analysis, *, learn: bool = False) -> list[tuple[int, float]]:
        stem, whole = self._counts.get(analysis.stem, 0), self._counts.get(token, 0)
        form = f"{analysis.prefix}+{analysis.suffix}"
        ratio = math.log1p(stem) - math.log1p(whole)
        named = {
            f"form {form}": 1.0,
            f"seen {form}": min(1.0, stem / 3),
            f"ratio {form}": ratio / 5,
            f"stem {form}": math.log1p(stem) / 10,
            "seen": min(1.0, stem / 3),
            "ratio": ratio / 5,
            "stem": math.log1p(stem) / 10,
            f"length {min(len(analysis.stem), 5)} {bool(analysis.prefix)} {bool(analysis.suffix)}": 1.0,
            f"begins {analysis.prefix} {analysis.stem[:1]}": 1.0,
            f"begins {analysis.prefix} {analysis.stem[:2]}": 1.0,
            f"ends {analysis.stem[-1:]} {analysis.suffix}": 1.0,
            f"ends {analysis.stem[-2:]} {analysis.suffix}": 1.0,
        }
        if learn:
            for name in named:
                self._known.setdefault(name, len(self._known) + 1)
        return [(self._known.get(name, 0), value) for name, value in named.items()]
