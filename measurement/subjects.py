"""Fits the models of what the words around a word say of it (builder/frames/subjects.py).

    python -m measurement.subjects

Some triggers ask such a model. Every word in the development sets that can be their anchor is a case: it is so where an
annotated event of their class stands there, not so where nothing does or an event of another class; what counts neither way is
left out. The held-out sets are not touched.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from diplograph.frames import Frame, Trigger, load_frames
from diplograph.frames.matching import Matcher
from diplograph.frames.subjects import SEEN, find_surroundings
from diplograph.frames.triggers import find_candidates
from diplograph.linking import load_gazetteer
from diplograph.model import ParsedDocument
from measurement.logistic import Case, fit, tell, validate, write
from measurement.sets import SHARED, find_spans, read_development

OFTEN = 3  # cases that must have a feature, for it to count
HEADER = """# How much what surrounds a word says for {event_class} as what it tells of, in logits: what is so, with which word or value, its
# weight (builder/frames/subjects.py). Made by `make weights` from the annotated articles; do not edit.
"""


def find_asking() -> dict[str, tuple[Frame, list[Trigger]]]:
    """The models that triggers ask, each with the frame and the triggers that do; those that take the states nearby stand on
    the same words as others."""
    asking: dict[str, tuple[Frame, list[Trigger]]] = {}
    for frame in load_frames():
        for trigger in frame.triggers:
            if trigger.likely and not trigger.nearby:
                asking.setdefault(trigger.likely.model, (frame, []))[1].append(trigger)
    return asking


def collect(frame: Frame, triggers: Sequence[Trigger]) -> list[Case]:
    """The cases of all the sets that rules are made from."""
    asking = replace(frame, triggers=tuple(triggers))
    return [case for parsed, events in read_development() for case in _cases(parsed, events, asking)]


def _cases(parsed: ParsedDocument, events: Sequence[dict[str, Any]], asking: Frame) -> Iterator[Case]:
    matcher = Matcher(parsed, load_frames(), load_gazetteer())
    spans = find_spans(parsed, [event for event in events if event["type"] == asking.event_class])
    for view in matcher.views:
        for anchor in sorted({anchor for _, anchor in find_candidates(view, asking)}):
            begin = view.word(anchor).begin
            told = [event for first, end, event in spans if first <= begin < end]
            if not told or not all(event.get("optional") for event in told):
                yield Case(parsed.document.id, find_surroundings(view, anchor), bool(told))


def _foretell(foreseen: np.ndarray, likely: np.ndarray) -> Iterator[str]:
    """What a foresight lets through at several limits, and what of the likely ones it loses."""
    for limit in (0.005, 0.01, 0.02, 0.05, 0.1):
        kept = foreseen >= limit
        yield (
            f"foreseen by {limit}: {kept.mean():.2f} of all, {int((likely & ~kept).sum())} of {int(likely.sum())} likely ones "
            "lost"
        )


def main() -> int:
    """Fits the models, writes them, and prints what they are worth; 2 without the shared articles."""
    if not SHARED.exists():
        print(f"{SHARED}: the shared articles are not here", file=sys.stderr)
        return 2
    for file, (frame, triggers) in find_asking().items():
        cases = collect(frame, triggers)
        print(f"{frame.event_class}: {len(cases)} words, {sum(case.so for case in cases)} of events")
        probabilities = validate(cases, OFTEN)
        print("\n".join(tell(cases, probabilities)))
        header = HEADER.format(event_class=frame.event_class)
        print(write(file, header, fit(cases, OFTEN)))
        for foresight, least in sorted({(t.likely.foresight, t.likely.least) for t in triggers if t.likely}):
            if foresight:
                seen = [
                    replace(case, features=frozenset(f for f in case.features if f[0] in SEEN))
                    for case in cases
                ]
                print("\n".join(_foretell(validate(seen, OFTEN), probabilities >= least)))
                print(write(foresight, header, fit(seen, OFTEN)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
