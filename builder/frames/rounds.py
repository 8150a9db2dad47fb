"""Rounds that a sentence tells without naming each: "talks in Geneva on 10 January, *then in Vienna on 21 January*", "met
*twice*"."""

from __future__ import annotations

from dataclasses import replace

from diplograph.frames.places import is_local
from diplograph.frames.spans import word_at
from diplograph.frames.view import SentenceView
from diplograph.model import Document, Evidence, Mention, TimeExpression
from diplograph.temporal import Tense, find_times

_OF_THE_ROUND = ("heldAt", "startDate")  # the evidence that belongs to one round only


def find_further_rounds(
    view: SentenceView, anchor: int, mention: Mention, document: Document
) -> tuple[Mention, ...]:
    """The rounds after the one that a mention tells: the same but for place and date.

    After "then" stand a preposition of place, the place, and perhaps a date, with no verb and no word for an event: what
    is left out is that of the round before.
    """
    found = []
    for id in range(anchor + 1, len(view.words)):
        if view.forms[id - 1] not in view.lexicon.then:
            continue
        end = next(
            (at for at in range(id + 1, len(view.words) + 1) if view.is_boundary(at)), len(view.words) + 1
        )
        if any(view.is_verb(at) or at in view.anchors for at in range(id + 1, end)):
            continue
        entity = next((entity for entity in view.between(id + 1, end) if is_local(view, entity)), None)
        if entity is None or entity.place is None or entity.first > id + 3:
            continue
        tense: Tense = "past" if mention.values.status == "occurred" else "future"
        begin, stop = view.sentence.begin, view.sentence.end
        times = find_times(document.text, begin, stop, document.published, tense=tense)
        time = next((t for t in times if t.start_date and id < word_at(view, t.begin) < end), None)
        kept = [proof for proof in mention.evidence if proof.aspect not in _OF_THE_ROUND]
        kept.append(Evidence("heldAt", entity.begin, entity.end, "place", entity.place))
        if time:
            kept.append(Evidence("startDate", time.begin, time.end, "time"))
        values = replace(
            mention.values,
            place=entity.place,
            start_date=time.start_date if time else None,
            end_date=time.end_date if time else None,
            start_time=None,
            end_time=None,
            duration_minutes=None,
        )
        last = max(entity.end, time.end if time else 0)
        found.append(replace(mention, end=max(mention.end, last), values=values, evidence=tuple(kept)))
    return tuple(found)


def find_repeats(
    view: SentenceView, anchor: int, mention: Mention, document: Document
) -> tuple[Mention, ...]:
    """A mention once for each time that it says the event took place: "met *twice*", or a noun in the dual ("*two meetings*").

    Where as many dates follow ("the first on 24 July, the second on 19 August") each time has its own.
    """
    end = view.clause_end(anchor) if view.is_verb(anchor) else view.phrase_end(anchor)
    twice = view.find(view.lexicon.twice, anchor + 1, end)
    if not twice and view.forms[anchor - 1] not in view.lexicon.two_events:
        return (mention,)
    again = replace(mention, cues=mention.cues | {"another"})
    tense: Tense = "past" if mention.values.status == "occurred" else "future"
    times = find_times(
        document.text, view.word(anchor).begin, view.word(end - 1).end, document.published, tense=tense
    )
    dates = [time for time in times if time.start_date]
    if len(dates) != 2:
        return mention, again
    return _dated(mention, dates[0]), _dated(again, dates[1])


def _dated(mention: Mention, time: TimeExpression) -> Mention:
    """The mention with another date."""
    kept = [proof for proof in mention.evidence if proof.aspect != "startDate"]
    values = replace(
        mention.values, start_date=time.start_date, end_date=time.end_date, start_time=None, end_time=None
    )
    proof = Evidence("startDate", time.begin, time.end, "time")
    return replace(mention, end=max(mention.end, time.end), values=values, evidence=(*kept, proof))
