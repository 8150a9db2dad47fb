"""Fits the models of who takes part in an event (builder/frames/participants.py).

    python -m measurement.participants

Wherever a trigger stands in the words of an annotated event of its class, everybody is a case whom its sentence and those around
name: one who takes part where the annotation says so. Rules have no say in it. The held-out sets are not touched.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from diplograph.frames import Frame, load_frames
from diplograph.frames.matching import Matcher
from diplograph.frames.participants import Candidate, describe, list_candidates
from diplograph.frames.triggers import find_firings
from diplograph.linking import load_gazetteer
from diplograph.model import Actor, ParsedDocument
from measurement.logistic import Case, fit, tell, validate, write
from measurement.sets import SHARED, find_spans, load_scorer, read_development

OFTEN = 5  # cases that must have a feature, for it to count
HEADER = """# How much the way in which somebody is named around the word of an event says for him as its {role}, in logits: what is so, its
# value, its weight (builder/frames/participants.py). Made by `make weights` from the annotated articles; do not edit.
"""


def collect(frame: Frame, role: str) -> dict[tuple[str, int, int], list[Case]]:
    """The cases of all the sets that rules are made from, by document, sentence and anchor."""
    found: dict[tuple[str, int, int], list[Case]] = defaultdict(list)
    for parsed, events in read_development():
        for sentence, anchor, case in _cases(parsed, events, frame, role):
            found[parsed.document.id, sentence, anchor].append(case)
    return found


def _cases(
    parsed: ParsedDocument, events: Sequence[dict[str, Any]], frame: Frame, role: str
) -> Iterator[tuple[int, int, Case]]:
    own = [event for event in events if event["type"] == frame.event_class]
    if not own:
        return
    matcher = Matcher(parsed, load_frames(), load_gazetteer())
    spans = find_spans(parsed, own)
    for view in matcher.views:
        for anchor in sorted({firing.anchor for firing in find_firings(view, frame, matcher.vocabulary)}):
            begin = view.word(anchor).begin
            told = [event for first, end, event in spans if first <= begin < end]
            candidates = list_candidates(view, anchor) if told else []
            for candidate in candidates:
                features = describe(anchor, candidate, candidates)
                case = Case(parsed.document.id, features, _takes_part(candidate, told, role))
                yield view.sentence.index, anchor, case


def _takes_part(candidate: Candidate, events: Sequence[dict[str, Any]], role: str) -> bool:
    """Whether the annotation of one of some events has somebody in a role."""
    scorer = load_scorer()
    named = [_as_scored(actor) for actor in (*candidate.entity.actors, *candidate.entity.bodies)]
    wanted = [actor for event in events for actor in scorer.gold_roles(event).get(role, [])]
    return any(scorer.same_actor(actor, other) for actor in wanted for other in named)


def _as_scored(actor: Actor) -> dict[str, Any]:
    return {"qid": actor.wikidata, "ar": actor.label_ar, "en": actor.label_en}


def tell_first(groups: Sequence[Sequence[Case]], probabilities: np.ndarray) -> str:
    """How often the likeliest of those around a trigger does take part, where anybody does."""
    hits = asked = at = 0
    for group in groups:
        likeliest = int(np.argmax(probabilities[at : at + len(group)]))
        at += len(group)
        asked += any(case.so for case in group)
        hits += group[likeliest].so
    return f"the likeliest is one in {hits} of {asked}"


def main() -> int:
    """Fits the models, writes them, and prints what they are worth; 2 without the shared articles."""
    if not SHARED.exists():
        print(f"{SHARED}: the shared articles are not here", file=sys.stderr)
        return 2
    for frame in load_frames():
        for role, policy in frame.roles.items():
            if policy.likely is None:
                continue
            groups = list(collect(frame, role).values())
            cases = [case for group in groups for case in group]
            probabilities = validate(cases, OFTEN)
            print(
                f"{frame.event_class}, {role}: {len(cases)} named, {sum(case.so for case in cases)} are one"
            )
            print("\n".join(tell(cases, probabilities)))
            print(tell_first(groups, probabilities))
            print(write(policy.likely.model, HEADER.format(role=role), fit(cases, OFTEN)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
