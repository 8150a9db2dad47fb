"""Fits the model of what talks are about to annotated articles, and says what it is worth (builder/frames/subjects.py).

    python -m measurement.subjects

Every noun of talking in the development sets is a case: one of security where an annotated talk stands there, none where nothing
does or an event of another class; what counts neither way is left out. Logistic regression with a ridge (scikit-learn) over the
words around, of which those that say little are dropped, for a file that can be read. What it is worth is told by
five-fold cross-validation, in which no article is in both parts. The held-out sets are not touched.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from diplograph.frames import Frame, load_frames
from diplograph.frames.matching import Matcher
from diplograph.frames.subjects import BASE, Surrounding, find_surroundings
from diplograph.frames.triggers import find_candidates
from diplograph.linking import load_gazetteer
from diplograph.model import ParsedDocument
from diplograph.pipeline import parse_sources
from measurement.sets import REPOSITORY, SETS, SHARED, find_articles, load_scorer

LEXICON = REPOSITORY / "ontology/lexicon"
EVENT_CLASS = "SecurityGuaranteeTalk"
RIDGE, FOLDS = 0.3, 5
OFTEN = 8  # cases that must have a word around them, for it to count
LEAST = 0.1  # logits below which a weight is dropped
BANDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
HEADER = """# How much each word around a noun of talking says for security as what is talked about, in logits: where it stands, the word, its
# weight (builder/frames/subjects.py). Made by `make subjects` from the annotated articles; do not edit.
"""


@dataclass(frozen=True, slots=True)
class Case:
    """A noun of talking: of which article, what stands around it, and whether a talk on security is annotated there."""

    document: str
    surroundings: frozenset[Surrounding]
    security: bool


def load_frame() -> Frame:
    """The frame whose triggers ask the model."""
    return next(frame for frame in load_frames() if frame.event_class == EVENT_CLASS)


def collect() -> list[Case]:
    """The cases of all the sets that rules are made from."""
    found: list[Case] = []
    scorer = load_scorer()
    with tempfile.TemporaryDirectory() as folder:
        for annotated in SETS.values():
            if annotated.held_out:
                continue
            gold = scorer.read_gold(annotated.gold)
            for parsed in parse_sources([find_articles(annotated, Path(folder))]):
                if isinstance(parsed, ParsedDocument):
                    stem = parsed.document.id.split("/")[-1]
                    found.extend(_cases(parsed, gold.get(stem, [])))
    return found


def _cases(parsed: ParsedDocument, events: Sequence[dict[str, Any]]) -> Iterator[Case]:
    frame = load_frame()
    matcher = Matcher(parsed, load_frames(), load_gazetteer())
    spans = [
        (begin, begin + len(quote), event)
        for event in events
        for quote in event.get("quotes", [])
        if (begin := parsed.document.text.find(quote)) >= 0
    ]
    for view in matcher.views:
        for trigger, anchor in find_candidates(view, frame):
            word = view.word(anchor)
            if not trigger.likely or trigger.nearby:
                continue
            told = [event for begin, end, event in spans if begin <= word.begin < end]
            talks = [event for event in told if event["type"] == EVENT_CLASS]
            if not talks or not all(event.get("optional") for event in talks):
                yield Case(parsed.document.id, find_surroundings(view, anchor), bool(talks))


def fit(cases: Sequence[Case], known: Sequence[Surrounding]) -> dict[Surrounding, float]:
    """The weights of the words that say something, and that of :data:`BASE`."""
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform(_rows(cases, known))
    model = LogisticRegression(C=RIDGE, max_iter=1000).fit(matrix, [case.security for case in cases])
    weights = dict(zip(vectorizer.feature_names_, model.coef_[0], strict=True))
    return {BASE: float(model.intercept_[0])} | {
        word: float(weight) for word, weight in weights.items() if abs(weight) >= LEAST
    }


def _rows(cases: Sequence[Case], known: Sequence[Surrounding]) -> list[dict[Surrounding, float]]:
    wanted = frozenset(known)
    return [dict.fromkeys(case.surroundings & wanted, 1.0) for case in cases]


def choose_words(cases: Sequence[Case]) -> list[Surrounding]:
    """The surroundings that enough cases have, sorted."""
    counts = Counter(word for case in cases for word in case.surroundings)
    return sorted(word for word, count in counts.items() if count >= OFTEN)


def validate(cases: Sequence[Case]) -> np.ndarray:
    """The probability of each case by a model that has not seen its article."""
    found = np.zeros(len(cases))
    documents = [case.document for case in cases]
    for seen, unseen in GroupKFold(FOLDS).split(documents, groups=documents):
        training = [cases[at] for at in seen]
        weights = fit(training, choose_words(training))
        for at in unseen:
            logit = weights[BASE] + sum(weights.get(word, 0.0) for word in cases[at].surroundings)
            found[at] = 1 / (1 + np.exp(-logit))
    return found


def tell(cases: Sequence[Case], probabilities: np.ndarray) -> Iterator[str]:
    """What the model is worth at several limits, a line each."""
    security = np.array([case.security for case in cases])
    yield f"{len(cases)} nouns of talking, {security.sum()} of talks on security"
    for limit in BANDS:
        likely = probabilities >= limit
        hits = int((likely & security).sum())
        yield f"likely by {limit}: precision {hits / max(likely.sum(), 1):.2f}, recall {hits / security.sum():.2f}"


def main() -> int:
    """Fits the model, writes it, and prints what it is worth; 2 without the shared articles."""
    if not SHARED.exists():
        print(f"{SHARED}: the shared articles are not here", file=sys.stderr)
        return 2
    cases = collect()
    print("\n".join(tell(cases, validate(cases))))
    weights = fit(cases, choose_words(cases))
    lines = [f"{where}\t{word}\t{weight:.2f}\n" for (where, word), weight in sorted(weights.items())]
    asked = next(trigger.likely for trigger in load_frame().triggers if trigger.likely)
    target = LEXICON / asked.model
    target.write_text(HEADER + "".join(lines), encoding="utf-8")
    print(f"{target.relative_to(REPOSITORY)}: {len(weights)} weights")
    return 0


if __name__ == "__main__":
    sys.exit(main())
