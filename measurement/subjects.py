"""Fits the model of what talks are about (builder/frames/subjects.py).

    python -m measurement.subjects

Every noun of talking in the development sets is a case: one of security where an annotated talk stands there, none where nothing
does or an event of another class; what counts neither way is left out. The held-out sets are not touched.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

from diplograph.frames import Frame, load_frames
from diplograph.frames.matching import Matcher
from diplograph.frames.subjects import find_surroundings
from diplograph.frames.triggers import find_candidates
from diplograph.linking import load_gazetteer
from diplograph.model import ParsedDocument
from measurement.logistic import Case, fit, tell, validate, write
from measurement.sets import SHARED, find_spans, read_development

EVENT_CLASS = "SecurityGuaranteeTalk"
OFTEN = 8  # cases that must have a word around them, for it to count
HEADER = """# How much each word around a noun of talking says for security as what is talked about, in logits: where it stands, the word, its
# weight (builder/frames/subjects.py). Made by `make weights` from the annotated articles; do not edit.
"""


def load_frame() -> Frame:
    """The frame whose triggers ask the model."""
    return next(frame for frame in load_frames() if frame.event_class == EVENT_CLASS)


def collect() -> list[Case]:
    """The cases of all the sets that rules are made from."""
    return [case for parsed, events in read_development() for case in _cases(parsed, events)]


def _cases(parsed: ParsedDocument, events: Sequence[dict[str, Any]]) -> Iterator[Case]:
    frame = load_frame()
    matcher = Matcher(parsed, load_frames(), load_gazetteer())
    spans = find_spans(parsed, events)
    for view in matcher.views:
        for trigger, anchor in find_candidates(view, frame):
            word = view.word(anchor)
            if not trigger.likely or trigger.nearby:
                continue
            told = [event for begin, end, event in spans if begin <= word.begin < end]
            talks = [event for event in told if event["type"] == EVENT_CLASS]
            if not talks or not all(event.get("optional") for event in talks):
                yield Case(parsed.document.id, find_surroundings(view, anchor), bool(talks))


def main() -> int:
    """Fits the model, writes it, and prints what it is worth; 2 without the shared articles."""
    if not SHARED.exists():
        print(f"{SHARED}: the shared articles are not here", file=sys.stderr)
        return 2
    cases = collect()
    print(f"{len(cases)} nouns of talking, {sum(case.so for case in cases)} of talks on security")
    print("\n".join(tell(cases, validate(cases, OFTEN))))
    asked = next(trigger.likely for trigger in load_frame().triggers if trigger.likely)
    print(write(asked.model, HEADER, fit(cases, OFTEN)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
