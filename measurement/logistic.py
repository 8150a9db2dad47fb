"""Fits logistic models to annotated articles and says what they are worth (builder/frames/logistic.py).

Logistic regression with a ridge (scikit-learn), of whose features those that say little are dropped, for a file that can be
read. What a model is worth is told by five-fold cross-validation, in which no article is in both parts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from diplograph.frames.logistic import BASE, Feature, LogisticModel
from measurement.sets import REPOSITORY

LEXICON = REPOSITORY / "ontology/lexicon"
RIDGE, FOLDS = 0.3, 5
LEAST = 0.02  # logits below which a weight is dropped
BANDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)


@dataclass(frozen=True, slots=True)
class Case:
    """Something of which a model says how likely it is: of which article, its features, and whether it is so."""

    document: str
    features: frozenset[Feature]
    so: bool


def fit(cases: Sequence[Case], often: int, ridge: float = RIDGE) -> dict[Feature, float]:
    """The weights of the features that say something and that ``often`` cases have, and that of :data:`BASE`."""
    counts = Counter(feature for case in cases for feature in case.features)
    known = frozenset(feature for feature, count in counts.items() if count >= often)
    vectorizer = DictVectorizer()
    rows = [dict.fromkeys(sorted(case.features & known), 1.0) for case in cases]
    matrix = vectorizer.fit_transform(rows)
    model = LogisticRegression(C=ridge, max_iter=1000).fit(matrix, [case.so for case in cases])
    weights = dict(zip(vectorizer.feature_names_, model.coef_[0], strict=True))
    return {BASE: float(model.intercept_[0])} | {
        feature: float(weight) for feature, weight in weights.items() if abs(weight) >= LEAST
    }


def validate(cases: Sequence[Case], often: int, ridge: float = RIDGE) -> np.ndarray:
    """The probability of each case by a model that has not seen its article."""
    found = np.zeros(len(cases))
    documents = [case.document for case in cases]
    for seen, unseen in GroupKFold(FOLDS).split(documents, groups=documents):
        model = LogisticModel(fit([cases[at] for at in seen], often, ridge))
        found[unseen] = [model.estimate(cases[at].features) for at in unseen]
    return found


def tell(cases: Sequence[Case], probabilities: np.ndarray) -> Iterator[str]:
    """What a model is worth at several limits, a line each."""
    so = np.array([case.so for case in cases])
    for limit in BANDS:
        likely = probabilities >= limit
        hits = int((likely & so).sum())
        yield f"likely by {limit}: precision {hits / max(likely.sum(), 1):.2f}, recall {hits / so.sum():.2f}"


def write(file: str, header: str, weights: dict[Feature, float]) -> str:
    """Writes a model to the lexicon, and says so."""
    lines = [f"{kind}\t{value}\t{weight:.2f}\n" for (kind, value), weight in sorted(weights.items())]
    (LEXICON / file).write_text(header + "".join(lines), encoding="utf-8")
    return f"ontology/lexicon/{file}: {len(weights)} weights"
