"""What the circumstances of an event were read from."""

from __future__ import annotations

from collections.abc import Iterator

from diplograph.frames.status_lexicon import StatusReading
from diplograph.frames.view import SentenceView
from diplograph.linking import EntityMention
from diplograph.model import DurationExpression, Evidence, TimeExpression


def prove(
    view: SentenceView,
    status: StatusReading,
    time: TimeExpression | None,
    duration: DurationExpression | None,
    condition: tuple[int, int] | None,
    speaker: EntityMention | None,
) -> Iterator[Evidence]:
    """The words that the circumstances of an event were read from."""
    if status.cue:
        cue = view.word(status.cue)
        yield Evidence("status", cue.begin, cue.end, f"status/{status.status}")
    if time and time.start_date:
        rule = "time" if time.begin >= view.sentence.begin else "story"
        yield Evidence("startDate", time.begin, time.end, rule)
    if duration:
        yield Evidence("durationMinutes", duration.begin, duration.end, "duration")
    if condition:
        yield Evidence("condition", *condition, "condition")
    if speaker:
        yield Evidence("attributedTo", speaker.begin, speaker.end, "speaker", speaker.actors[0])
