"""Comparing and joining what is said of events: actors, partial dates, places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import TypeAlias

from diplograph.model import Actor, EventValues, Filler

Roles: TypeAlias = Mapping[str, frozenset[Actor]]


def dates_agree(one: str | None, other: str | None, days: int = 0) -> bool:
    """Whether two partial dates can mean the same day, or days at most ``days`` apart; an unknown date agrees.

    >>> dates_agree("2021-12", "2021-12-30"), dates_agree("2021-12-29", "2021-12-30")
    (True, False)
    """
    if not one or not other or one.startswith(other) or other.startswith(one):
        return True
    if len(one) == len(other) == 10:
        return abs(days_between(one, other)) <= days
    return False


def days_between(one: str, other: str) -> int:
    """Days from the first partial date to the second, taken at their beginnings.

    >>> days_between("2021-12-29", "2022-01")
    3
    """
    return (first_day(other) - first_day(one)).days


def days_apart(one: str, other: str) -> int:
    """The fewest days that can lie between two partial dates, 0 where they overlap.

    >>> days_apart("2021-12", "2021-12-31"), days_apart("2021-12", "2022-01-10")
    (0, 10)
    """
    if dates_agree(one, other):
        return 0
    earlier, later = sorted((one, other))
    return (first_day(later) - last_day(earlier)).days


def last_day(partial: str) -> date:
    """The last day that a partial date can mean."""
    if len(partial) == 10:
        return first_day(partial)
    year, month = int(partial[:4]), int(partial[5:7]) if len(partial) > 4 else 12
    if (year, month) == (date.max.year, 12):
        return date.max
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)


def first_day(partial: str) -> date:
    """The first day that a partial date can mean."""
    year, month, day = (partial + "-01-01")[:10].split("-") if len(partial) < 10 else partial.split("-")
    return date(int(year), int(month), int(day))


def within(values: EventValues, moment: str | None) -> bool:
    """Whether a partial date can be the start of an event or lie between its start and end."""
    if not values.start_date or not moment or dates_agree(values.start_date, moment):
        return True
    return bool(values.end_date) and values.start_date <= moment <= (values.end_date or "")


def roles_of(values: EventValues) -> dict[str, frozenset[Actor]]:
    """The actors of each role."""
    found: dict[str, set[Actor]] = {}
    for filler in values.fillers:
        found.setdefault(filler.role, set()).add(filler.actor)
    return {role: frozenset(actors) for role, actors in found.items()}


def actors_agree(one: EventValues, other: EventValues, least: float = 0.5) -> bool:
    """Whether, in every role that both fill, enough of the smaller side's actors are on the larger, and none of two
    pairs is exchanged: {A, B} and {A, C} are other people's events."""
    return roles_agree(roles_of(one), roles_of(other), least)


def roles_agree(ours: Roles, theirs: Roles, least: float = 0.5) -> bool:
    """The same, of the actors of each role."""
    for role in ours.keys() & theirs.keys():
        smaller, larger = sorted((ours[role], theirs[role]), key=len)
        if smaller <= larger:
            continue
        shared = [actor for actor in smaller if any(same_party(actor, rival) for rival in larger)]
        found = [actor for actor in larger if any(same_party(actor, rival) for rival in smaller)]
        if len(shared) < len(smaller) and len(found) < len(larger) and len(shared) < 2:
            return False
        if len(shared) / len(smaller) < least:
            return False
    return True


def same_party(one: Actor, other: Actor) -> bool:
    """Whether two actors are one, or one speaks for the other (a president and the country)."""
    return one == other or one.key in other.represents or other.key in one.represents


def places_agree(one: EventValues, other: EventValues) -> bool:
    """Whether two events can be held at the same place: equal, unknown, a city and its country, or a town of which nobody
    knows the country and any country."""
    if one.place is None or other.place is None or one.place.key == other.place.key:
        return True
    places = (one.place, other.place)
    if any(not place.country for place in places) and any(place.key == place.country for place in places):
        return True
    return one.place.country == other.place.country and (
        one.place.key == one.place.country or other.place.key == other.place.country
    )


def join_fillers(values: Iterable[EventValues]) -> tuple[Filler, ...]:
    """All the fillers, each once, in order."""
    found: dict[tuple[str, str], Filler] = {}
    for value in values:
        for filler in value.fillers:
            found.setdefault((filler.role, filler.actor.key), filler)
    return tuple(found.values())


def most_precise(dates: Sequence[str | None]) -> str | None:
    """The first of the most precise partial dates."""
    known = [value for value in dates if value]
    return max(known, key=len) if known else None


def without_bodies(fillers: Sequence[Filler]) -> tuple[Filler, ...]:
    """The fillers without the countries that a person in the same role speaks for: "the American-Russian call" of a
    text that names both presidents is theirs."""
    spoken = {
        (filler.role, key)
        for filler in fillers
        if filler.actor.kind == "Person"
        for key in filler.actor.represents
    }
    return tuple(filler for filler in fillers if (filler.role, filler.actor.key) not in spoken)
