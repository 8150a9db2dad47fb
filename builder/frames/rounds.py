"""Further rounds that a sentence tells by a place alone: "talks in Geneva on 10 January, *then in Vienna on 21 January*"."""

from __future__ import annotations

from dataclasses import replace

from diplograph.frames.places import is_local
from diplograph.frames.spans import word_at
from diplograph.frames.view import SentenceView
from diplograph.model import Document, Evidence, Mention
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
