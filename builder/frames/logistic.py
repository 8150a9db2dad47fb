"""Logistic models whose weights stand in ontology/lexicon, one a line: what no list of words and no rule can exhaust.

``measurement/`` fits them to annotated articles (``make weights``) and says what they are worth.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TypeAlias

from diplograph.model import DataError
from diplograph.resources import locate

Feature: TypeAlias = tuple[str, str]
"""What is so, and with which word or value: ``("after", "اسلحه")``, ``("where", "previous")``."""

BASE: Feature = ("base", "-")


@dataclass(frozen=True)
class LogisticModel:
    """The weights of features, in logits; that of :data:`BASE` belongs to every case."""

    weights: Mapping[Feature, float]

    def estimate(self, features: Iterable[Feature]) -> float:
        """The probability of a case that has some features.

        >>> LogisticModel({BASE: 0.0}).estimate([("after", "اسلحه")])
        0.5
        """
        return 1 / (1 + math.exp(-self.weigh(features)))

    def weigh(self, features: Iterable[Feature]) -> float:
        """The logit of the probability of a case that has some features.

        >>> LogisticModel({BASE: -1.5}).weigh([("after", "اسلحه")])
        -1.5
        """
        return self.weights[BASE] + sum(self.weights.get(feature, 0.0) for feature in features)

    @cached_property
    def values(self) -> frozenset[str]:
        """The words or values of features, of whatever kind, that have a weight."""
        return frozenset(value for _, value in self.weights)


@cache
def load_model(file: str) -> LogisticModel:
    """A model of the lexicon: a kind of feature, its value and its weight a line. Raises DataError where a line is none.

    >>> weights = load_model("security-subject.txt").weights
    >>> weights["anchor", "محادثات"] > weights["anchor", "لقاء"]
    True
    """
    text = locate("ontology", "lexicon", file).read_text(encoding="utf-8")
    weights: dict[Feature, float] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line or line.startswith("#"):
            continue
        try:
            kind, value, weight = line.split("\t")
            weights[kind, value] = float(weight)
        except ValueError as error:
            raise DataError(
                f"ontology/lexicon/{file}, line {number}: not a feature, its value and its weight"
            ) from error
    if BASE not in weights:
        raise DataError(
            f"ontology/lexicon/{file}: no weight for {' '.join(BASE)}; make it anew with make weights"
        )
    return LogisticModel(weights)
