"""Fits the model of when an event was (builder/frames/moments.py).

    python -m measurement.moments

Wherever rules see an annotated event in its words, every time that its sentence and those around it name is a case: the right one is
the one that the annotation gives. The held-out sets are not touched.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from diplograph.frames import load_frames
from diplograph.frames.matching import Matcher
from diplograph.frames.moments import Occurrence, describe, list_moments, locate
from diplograph.linking import load_gazetteer
from diplograph.model import Document, ParsedDocument
from measurement.logistic import BANDS, Case, fit, tell, validate, write
from measurement.sets import SHARED, find_spans, load_scorer, read_development

RIDGE = 0.1
OFTEN = 5  # cases that must have a feature, for it to count
HEADER = """# How much the way in which a time stands around the word of an event says for it as its date, in logits: what is so, its value, its
# weight (builder/frames/moments.py). Made by `make weights` from the annotated articles; do not edit.
"""


@dataclass(frozen=True, slots=True)
class Question:
    """A mention of an annotated event: whether rules leave it ``undated``, whether the annotation has a date (``told``), and the
    times around it."""

    undated: bool
    told: bool
    cases: tuple[Case, ...]


def collect() -> list[Question]:
    """The questions of all the sets that rules are made from."""
    return [question for parsed, events in read_development() for question in _ask(parsed, events)]


def _ask(parsed: ParsedDocument, events: Sequence[dict[str, Any]]) -> Iterator[Question]:
    spans = find_spans(parsed, [event for event in events if not event.get("optional")])
    if not spans:
        return
    matcher = Matcher(parsed, load_frames(), load_gazetteer())
    mentions = matcher.find()
    for mention in mentions:
        occurrence = locate(mention, mentions, matcher.views, matcher.frames, matcher.vocabulary)
        begin = next(proof.begin for proof in mention.evidence if proof.aspect == "trigger")
        told = [
            event
            for first, end, event in spans
            if first <= begin < end and event["type"] == mention.values.event_class
        ]
        if occurrence and told:
            dates = {date for event in told for date in load_scorer().either(event, "start") if date}
            cases = tuple(_list_cases(occurrence, dates, matcher.dated))
            yield Question(mention.values.start_date is None, bool(dates), cases)


def _list_cases(occurrence: Occurrence, dates: set[str], document: Document) -> Iterator[Case]:
    moments = list_moments(occurrence, document)
    for moment in moments:
        features = describe(occurrence, moment, moments, document.published)
        yield Case(document.id, features, moment.time.start_date in dates)


def tell_dated(questions: Sequence[Question], probabilities: np.ndarray) -> Iterator[str]:
    """What the likeliest time is worth where rules leave an event undated, at several limits, a line each."""
    likeliest: list[tuple[Question, bool, float]] = []
    at = 0
    for question in questions:
        found = probabilities[at : at + len(question.cases)]
        at += len(question.cases)
        if question.undated:
            best = int(np.argmax(found)) if len(found) else -1
            likeliest.append((question, best >= 0 and question.cases[best].so, max(found, default=0.0)))
    for limit in BANDS:
        given = [(question, right) for question, right, likely in likeliest if likely >= limit]
        told = [right for question, right in given if question.told]
        yield (
            f"undated by rules, likely by {limit}: {sum(told)} right and {len(told) - sum(told)} wrong of "
            f"{sum(question.told for question, _, _ in likeliest)} with a date, {len(given) - len(told)} of "
            f"{sum(not question.told for question, _, _ in likeliest)} without"
        )


def main() -> int:
    """Fits the model, writes it, and prints what it is worth; 2 without the shared articles."""
    if not SHARED.exists():
        print(f"{SHARED}: the shared articles are not here", file=sys.stderr)
        return 2
    questions = collect()
    cases = [case for question in questions for case in question.cases]
    print(
        f"{len(questions)} mentions, {len(cases)} times around them, {sum(case.so for case in cases)} right"
    )
    probabilities = validate(cases, OFTEN, RIDGE)
    print("\n".join(tell(cases, probabilities)))
    print("\n".join(tell_dated(questions, probabilities)))
    for model in sorted({frame.likely_time.model for frame in load_frames() if frame.likely_time}):
        print(write(model, HEADER, fit(cases, OFTEN, RIDGE)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
