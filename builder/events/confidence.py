"""How sure a report is, from what supports it."""

from __future__ import annotations

from collections.abc import Sequence

from diplograph.model import EventValues, Mention


def estimate_confidence(values: EventValues, mentions: Sequence[Mention]) -> float:
    """A number between 0 and 1, two decimals, that grows with independent support.

    Counted are the mentions (at most three), a date, a place or duration, an explicit status, and actors known to
    Wikidata or the gazetteer by an English name.
    """
    actors = values.actors()
    known = sum(actor.label_en is not None for actor in actors) / len(actors) if actors else 0.0
    score = 0.45
    score += 0.1 * (min(len(mentions), 3) - 1)
    score += 0.1 * (values.start_date is not None)
    score += 0.05 * (values.place is not None or values.duration_minutes is not None)
    score += 0.05 * any("status" in mention.cues for mention in mentions)
    score += 0.1 * known + 0.05 * (len(actors) > 1)
    return round(min(score, 0.97), 2)
