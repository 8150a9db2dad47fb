"""Whether two reports can be about one event.

It is decided by their kinds: what of a report the decision depends on. Reports of one kind need not be compared twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from diplograph.events.values import (
    dates_agree,
    days_apart,
    days_between,
    places_agree,
    roles_agree,
    roles_of,
)
from diplograph.model import Actor, EventValues

NEAR_DAYS = (
    1  # two reports that date an event to days so close mean one: around midnight, and across time zones
)
UNDATED_DAYS = 21  # reports without a date can mean one event if their documents are no further apart
WEEK = 7
_DAY = 10  # letters of a full date


@dataclass(frozen=True)
class Kind:
    """What of a report decides with which others it agrees: the date of publication and some of the values."""

    published: str | None
    values: EventValues

    @cached_property
    def roles(self) -> Mapping[str, frozenset[Actor]]:
        """The actors of each role."""
        return roles_of(self.values)

    @cached_property
    def actors(self) -> frozenset[Actor]:
        """The actors in all roles."""
        return frozenset(filler.actor for filler in self.values.fillers)


def kind_of(published: str | None, values: EventValues) -> Kind:
    """The kind of a report. The date of publication counts only where that of the event is not known to the day, the
    status only where it is known roughly."""
    start = values.start_date
    coarse = bool(start) and len(start or "") < _DAY
    return Kind(
        published if coarse or not start else None,
        EventValues(
            values.event_class,
            values.status if coarse else "occurred",
            tuple(sorted(set(values.fillers), key=lambda filler: (filler.role, filler.actor.key))),
            start or None,
            values.end_date or None if start else None,
            place=values.place,
        ),
    )


def agree(one: Kind, other: Kind) -> bool:
    """Whether reports of these kinds, of two documents, can be about one event."""
    ours, theirs = one.values, other.values
    if ours.event_class != theirs.event_class or not one.roles.keys() & other.roles.keys():
        return False
    if not _share_enough(one.actors, other.actors) or not roles_agree(one.roles, other.roles):
        return False
    if _too_coarse(one, other) or _too_coarse(other, one):
        return False
    if ours.start_date and theirs.start_date:
        overlap = _covers(ours, theirs.start_date) or _covers(theirs, ours.start_date)
        return (overlap or dates_agree(ours.start_date, theirs.start_date, NEAR_DAYS)) and (
            places_agree(ours, theirs) or min(len(ours.start_date), len(theirs.start_date)) == _DAY
        )
    return places_agree(ours, theirs) and _near(one, other)


def _too_coarse(one: Kind, other: Kind) -> bool:
    """Whether a report gives only the month (or year) of something past, though the other event was that very week:
    nobody writes "earlier this month" of yesterday."""
    published, values = one.published, one.values
    day = other.values.start_date
    if not (published and values.start_date and day) or values.status != "occurred":
        return False
    if len(values.start_date) > 7 or len(day) < _DAY or len(published) < _DAY:
        return False
    return 0 <= days_between(day, published) <= WEEK


def _share_enough(ours: frozenset[Actor], theirs: frozenset[Actor]) -> bool:
    """Whether more actors are shared than not, over all roles."""
    return 2 * len(ours & theirs) >= min(len(ours), len(theirs)) + 1 or ours == theirs


def _covers(values: EventValues, moment: str) -> bool:
    return bool(values.start_date and values.end_date) and (values.start_date or "") <= moment <= (
        values.end_date or ""
    )


def _near(one: Kind, other: Kind) -> bool:
    """Whether reports of which at least one gives no date come from about the same days."""
    moments = [kind.values.start_date or kind.published for kind in (one, other)]
    if not all(moments):
        return False
    return days_apart(str(moments[0]), str(moments[1])) <= UNDATED_DAYS
