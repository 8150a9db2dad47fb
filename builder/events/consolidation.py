"""Reports → events: which reports of different documents speak of one event.

The outcome does not depend on the order in which documents came: reports are sorted by content, the most precise
first, and each joins the first cluster with whose every report it agrees, or opens one. ``clusters`` does that.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias, TypeVar

from diplograph.events.clusters import Clusters, position_of
from diplograph.events.values import join_fillers, most_precise
from diplograph.frames import load_frames
from diplograph.model import Actor, Event, EventReport, EventValues, Filler, Place
from diplograph.vocabulary import load_vocabulary

T = TypeVar("T")
Dated: TypeAlias = tuple[str | None, EventReport]

_STATUS_ORDER = ("occurred", "denied", "planned", "hypothetical")


def consolidate(reports: Iterable[Dated]) -> tuple[Event, ...]:
    """The events that reports are about, sorted by key; each report comes with its document's publication date."""
    told = list(reports)
    clusters = Clusters(None)
    try:
        for _, report in told:
            clusters.describe(things_of(report.values))
        clusters.fill(told)
        clusters.settle_all()
        events = [to_event(members) for _, members in clusters.touched()]
    finally:
        clusters.close()
    return tuple(sorted(events, key=lambda event: event.key))


def things_of(values: EventValues) -> tuple[Actor | Place, ...]:
    """All actors and places that values name."""
    named = (*values.actors(), values.place, values.attributed_to)
    return tuple(thing for thing in named if thing is not None)


def to_event(cluster: Iterable[Dated]) -> Event:
    """The event that these reports, one or more, are about."""
    ordered = sorted(cluster, key=lambda dated: position_of(dated[1]))
    values = [report.values for _, report in ordered]
    first = values[0]
    start = most_precise([_majority([value.start_date for value in values if value.start_date])])
    joined = replace(
        first,
        status=_final_status(ordered),
        fillers=_agreed_fillers(values),
        start_date=start,
        end_date=_majority([value.end_date for value in values if value.end_date]),
        start_time=_majority([value.start_time for value in values if value.start_time]),
        end_time=_majority([value.end_time for value in values if value.end_time]),
        duration_minutes=_majority([value.duration_minutes for value in values if value.duration_minutes]),
        place=_majority([value.place for value in values if value.place]),
        condition=next((value.condition for value in values if value.condition), None),
        attributed_to=next((value.attributed_to for value in values if value.attributed_to), None),
    )
    members = sorted((report.document, report.number) for _, report in ordered)
    doubt = 1.0
    for _, report in ordered:
        doubt *= 1.0 - report.confidence
    label_ar, label_en = _labels(joined)
    return Event(
        _key(joined, members[0]), joined, round(min(1.0 - doubt, 0.99), 2), tuple(members), label_ar, label_en
    )


def _majority(found: Sequence[T]) -> T | None:
    """The value most reports give; of a tie the one of the most precise report."""
    if not found:
        return None
    counts = Counter(found)
    best = max(counts.values())
    return next(value for value in found if counts[value] == best)


def _agreed_fillers(values: Sequence[EventValues]) -> tuple[Filler, ...]:
    """The fillers that at least half of the reports which fill their role name: what one report of many adds stays on
    that report."""
    found = []
    for filler in join_fillers(values):
        told = [value for value in values if value.actors(filler.role)]
        named = [value for value in told if filler.actor in value.actors(filler.role)]
        if 2 * len(named) >= len(told):
            found.append(filler)
    return tuple(found)


def _final_status(cluster: Sequence[Dated]) -> str:
    """The status in the latest documents that are dated; of a tie what is surest: it happened, it did not …"""
    latest = max((published or "" for published, _ in cluster), default="")
    found = {report.values.status for published, report in cluster if (published or "") == latest}
    return next(status for status in _STATUS_ORDER if status in found)


def _key(values: EventValues, first: tuple[str, int]) -> str:
    """The last part of an event's IRI: class, date, and a hash of the first report in the order of names."""
    name = re.sub(r"(?<!^)(?=[A-Z])", "-", values.event_class).lower()
    digest = hashlib.sha256(f"{values.event_class} {first[0]} {first[1]}".encode()).hexdigest()[:8]
    return f"{name}-{values.start_date or 'undated'}-{digest}"


def _labels(values: EventValues) -> tuple[str, str]:
    """The Arabic and the English label: class, actors (who acts before whom it concerns), date."""
    vocabulary = load_vocabulary()
    frame = next((frame for frame in load_frames() if frame.event_class == values.event_class), None)
    roles = list(frame.roles) if frame else []
    parties = [actors for role in roles if (actors := values.actors(role))] or [values.actors()]
    labels = []
    for language, comma, arrow in (("ar", "\u060c ", " \u2190 "), ("en", ", ", " \u2192 ")):
        sides = [
            comma.join(
                actor.label_ar if language == "ar" else actor.label_en or actor.label_ar for actor in side
            )
            for side in parties
        ]
        name = str(vocabulary.label(values.event_class, language))
        label = f"{name}: {arrow.join(sides)}" if any(sides) else name
        labels.append(f"{label} ({values.start_date})" if values.start_date else label)
    return labels[0], labels[1]
