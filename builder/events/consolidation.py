"""Reports → events: which reports of different documents speak of one event.

The outcome does not depend on the order in which documents came: reports are sorted by content, the most precise
first, and each joins the first cluster with whose every report it agrees, or opens one.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from diplograph.events.values import (
    actors_agree,
    dates_agree,
    days_apart,
    days_between,
    join_fillers,
    most_precise,
    places_agree,
    roles_of,
)
from diplograph.frames import load_frames
from diplograph.model import Event, EventReport, EventValues, Filler
from diplograph.vocabulary import load_vocabulary

T = TypeVar("T")
Dated = tuple[str | None, EventReport]

NEAR_DAYS = (
    1  # two reports that date an event to days so close mean one: around midnight, and across time zones
)
UNDATED_DAYS = 21  # reports without a date can mean one event if their documents are no further apart
WEEK = 7
_STATUS_ORDER = ("occurred", "denied", "planned", "hypothetical")


def consolidate(reports: Iterable[Dated]) -> tuple[Event, ...]:
    """The events that reports are about, sorted by key; each report comes with its document's publication date."""
    clusters: list[list[Dated]] = []
    for report in sorted(reports, key=_precision):
        for cluster in clusters:
            if all(_same(report, other) for other in cluster):
                cluster.append(report)
                break
        else:
            clusters.append([report])
    return tuple(sorted((_to_event(cluster) for cluster in clusters), key=lambda event: event.key))


def _precision(dated: Dated) -> tuple[int, int, str, int]:
    values = dated[1].values
    return (-len(values.start_date or ""), -len(values.actors()), dated[1].document, dated[1].number)


def _same(one: Dated, other: Dated) -> bool:
    """Whether two reports can be about one event."""
    ours, theirs = one[1].values, other[1].values
    if one[1].document == other[1].document or ours.event_class != theirs.event_class:
        return False
    if (
        not set(roles_of(ours)) & set(roles_of(theirs))
        or not actors_agree(ours, theirs)
        or not _share_enough(ours, theirs)
    ):
        return False
    if _too_coarse(one, other) or _too_coarse(other, one):
        return False
    if ours.start_date and theirs.start_date:
        overlap = _covers(ours, theirs.start_date) or _covers(theirs, ours.start_date)
        return (overlap or dates_agree(ours.start_date, theirs.start_date, NEAR_DAYS)) and (
            places_agree(ours, theirs) or min(len(ours.start_date), len(theirs.start_date)) == 10
        )
    if not places_agree(ours, theirs):
        return False
    return _near(one, other)


def _too_coarse(one: Dated, other: Dated) -> bool:
    """Whether a report gives only the month (or year) of something past, though the other event was that very week:
    nobody writes "earlier this month" of yesterday."""
    published, values = one[0], one[1].values
    day = other[1].values.start_date
    if not (published and values.start_date and day) or values.status != "occurred":
        return False
    if len(values.start_date) > 7 or len(day) < 10 or len(published) < 10:
        return False
    return 0 <= days_between(day, published) <= WEEK


def _share_enough(ours: EventValues, theirs: EventValues) -> bool:
    """Whether more actors are shared than not, over all roles."""
    first, second = set(ours.actors()), set(theirs.actors())
    return 2 * len(first & second) >= min(len(first), len(second)) + 1 or first == second


def _covers(values: EventValues, moment: str) -> bool:
    return bool(values.start_date and values.end_date) and (values.start_date or "") <= moment <= (
        values.end_date or ""
    )


def _near(one: Dated, other: Dated) -> bool:
    """Whether reports of which at least one gives no date come from about the same days."""
    moments = [report.values.start_date or published for published, report in (one, other)]
    if not all(moments):
        return False
    return days_apart(str(moments[0]), str(moments[1])) <= UNDATED_DAYS


def _to_event(cluster: Sequence[Dated]) -> Event:
    ordered = sorted(cluster, key=_precision)
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
