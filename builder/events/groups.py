"""The mentions of one event in a document, and what they say together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from diplograph.events.values import join_fillers, most_precise
from diplograph.frames import Trigger, load_frames
from diplograph.model import EventValues, Mention


@dataclass(slots=True)
class Group:
    """Mentions of one event while a document is read."""

    mentions: list[Mention] = field(default_factory=list)

    @property
    def values(self) -> EventValues:
        return _join(self.mentions)

    def is_previous(self) -> bool:
        return any("previous" in mention.cues for mention in self.mentions)


def trigger_span(mention: Mention) -> tuple[int, int]:
    return next((proof.begin, proof.end) for proof in mention.evidence if proof.aspect == "trigger")


def trigger_of(mention: Mention) -> Trigger | None:
    triggers = (t for frame in load_frames() if frame.file == mention.frame for t in frame.triggers)
    return next((trigger for trigger in triggers if trigger.id == mention.trigger), None)


def anchors_of(mention: Mention) -> frozenset[str]:
    """The words that the trigger of a mention knows: "the next *summit*" is one of the summits, not of the meetings."""
    trigger = trigger_of(mention)
    return trigger.anchors if trigger else frozenset()


def own_values(mention: Mention) -> EventValues:
    """The values of a mention without a party that it does not name itself."""
    return replace(mention.values, fillers=()) if "implied" in mention.cues else mention.values


def may_be_both(mention: Mention) -> bool:
    """Whether a headline in the present tense without a day ("the president *receives* his guest") tells what has happened or
    what is to come."""
    return "headline" in mention.cues and not mention.values.start_date


def _join(mentions: Sequence[Mention]) -> EventValues:
    """What mentions say together: the most precise date, the first explicit status, every actor."""
    ordered = sorted(mentions, key=lambda mention: mention.begin)
    first = ordered[0].values
    own = [mention for mention in ordered if not {"anaphoric", "group"} & mention.cues] or ordered
    said = [mention for mention in ordered if "status" in mention.cues]
    said = [mention for mention in said if not may_be_both(mention)] or said
    # "… was due to meet him, but *the meeting did not take place*": a back reference, too, can deny.
    explicit = [m.values.status for m in said if m in own or m.values.status == "denied"]
    status = _status(explicit) if explicit else first.status
    # "the summit *closes* today": its last day is not its first, where another is told
    opened = [m for m in own if "closing" not in m.cues and m.values.start_date] or own
    start = most_precise([m.values.start_date for m in opened]) or most_precise(
        [m.values.start_date for m in ordered if m.definite and m.values.status == status]
    )
    ends = [
        m.values.end_date for m in own if m.values.end_date and (not start or m.values.start_date == start)
    ]
    values = [mention.values for mention in own]
    return replace(
        first,
        status=status,
        fillers=join_fillers(map(own_values, own)) or join_fillers(values),
        start_date=start,
        end_date=ends[0] if ends else None,
        start_time=next((value.start_time for value in values if value.start_time), None),
        end_time=next((value.end_time for value in values if value.end_time), None),
        # "… a call with Putin. *The call lasted an hour*": a back reference, too, can add these.
        duration_minutes=next(
            (m.values.duration_minutes for m in ordered if m.values.duration_minutes), None
        ),
        place=next((m.values.place for m in [*own, *ordered] if m.values.place), None),
        condition=next((value.condition for value in values if value.condition), None),
        attributed_to=next((value.attributed_to for value in values if value.attributed_to), None),
    )


def _status(explicit: Sequence[str]) -> str:
    """The status most mentions give; of a tie the one said first. What was planned and is denied did not come about."""
    if "denied" in explicit and "occurred" not in explicit:
        return "denied"
    return max(dict.fromkeys(explicit), key=explicit.count)
