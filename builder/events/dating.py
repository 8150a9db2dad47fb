"""When the event of a report was, where none of its mentions has a date of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from diplograph.events.groups import Group, trigger_span
from diplograph.events.values import actors_agree
from diplograph.model import EventValues, Evidence, Mention, ParsedDocument


def date_headline(
    parsed: ParsedDocument, values: EventValues, mentions: list[Mention]
) -> tuple[EventValues, list[Mention]]:
    """An undated event that the headline tells in the present tense is of the day of publication: news style.

    The evidence of the date is the headline's own verb or noun, its rule says how it was read. What somebody utters the
    headline tells in the present, too, when it was said days ago.
    """
    published = parsed.document.published
    told = next((mention for mention in mentions if "headline" in mention.cues), None)
    if told is None or values.start_date or values.status != "occurred" or len(published or "") != 10:
        return values, mentions
    begin, end = trigger_span(told)
    dated = replace(told, evidence=(*told.evidence, Evidence("startDate", begin, end, "headline")))
    return replace(values, start_date=published), [dated if m is told else m for m in mentions]


def date_likely(
    values: EventValues, mentions: list[Mention], groups: Sequence[Group]
) -> tuple[EventValues, list[Mention]]:
    """An event that no rule has dated is of the time that is likeliest for one of its mentions, if for any; but not of that of
    another between its parties, which it would then be."""
    others = [group.values for group in groups if group.mentions is not mentions]
    taken = {other.start_date for other in others if is_of_same(other, values)}
    likely = [
        (mention.likely_time, mention)
        for mention in mentions
        if mention.likely_time and mention.likely_time.time.start_date not in taken
    ]
    if values.start_date or not likely:
        return values, mentions
    found, told = max(likely, key=lambda each: each[0].likely)
    time = found.time
    proof = Evidence("startDate", time.begin, time.end, "likely")
    dated = replace(told, evidence=(*told.evidence, proof))
    values = replace(
        values,
        start_date=time.start_date,
        end_date=time.end_date,
        start_time=time.start_time,
        end_time=time.end_time,
    )
    return values, [dated if mention is told else mention for mention in mentions]


def date_margins(groups: list[Group]) -> None:
    """Gives what is held on the margins of another event, and has no date or place of its own, those of the last event
    that the text told before it."""
    for group in groups:
        values, first = group.values, group.mentions[0]
        if not any("margins" in mention.cues for mention in group.mentions):
            continue
        before = [
            other.values
            for other in groups
            if other is not group
            and other.mentions[0].begin < first.begin
            and other.values.status == values.status
            and not any("margins" in mention.cues for mention in other.mentions)
            and other.values.place
        ]
        if not before or (values.start_date and values.place):
            continue
        begin, end = trigger_span(first)
        start, place, proofs = values.start_date, values.place, list(first.evidence)
        if not start and before[-1].start_date:
            start = before[-1].start_date
            proofs.append(Evidence("startDate", begin, end, "margins"))
        if not place and start == before[-1].start_date:
            place = before[-1].place
            proofs.append(Evidence("heldAt", begin, end, "margins", place))
        told = replace(first.values, start_date=start, place=place)
        group.mentions = [replace(first, values=told, evidence=tuple(proofs)), *group.mentions[1:]]


def is_of_same(told: EventValues, values: EventValues) -> bool:
    """Whether an event is of the class and between parties of one that the text has told."""
    return told.event_class == values.event_class and actors_agree(told, values)
