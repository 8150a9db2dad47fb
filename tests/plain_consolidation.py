"""Consolidation as its rule says it: every report against every cluster. What ``events`` does quickly is held to it."""

from __future__ import annotations

from collections.abc import Iterable

from diplograph.events.consolidation import Dated, to_event
from diplograph.events.values import (
    actors_agree,
    dates_agree,
    days_apart,
    days_between,
    places_agree,
    roles_of,
)
from diplograph.model import Event, EventValues

NEAR_DAYS = (
    1  # two reports that date an event to days so close mean one: around midnight, and across time zones
)
UNDATED_DAYS = 21  # reports without a date can mean one event if their documents are no further apart
WEEK = 7


def consolidate_plainly(reports: Iterable[Dated]) -> tuple[Event, ...]:
    """The events that reports are about, sorted by key; each report comes with its document's publication date."""
    clusters: list[list[Dated]] = []
    for report in sorted(reports, key=_precision):
        for cluster in clusters:
            if all(_same(report, other) for other in cluster):
                cluster.append(report)
                break
        else:
            clusters.append([report])
    return tuple(sorted((to_event(cluster) for cluster in clusters), key=lambda event: event.key))


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
