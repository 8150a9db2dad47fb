"""What the views show of the events that were let through: lists, bars of time, choices, a network, places on a map."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import combinations
from typing import Any

from diplograph.resources import locate
from diplograph.server.explorer.filtering import Filter
from diplograph.server.explorer.table import EventRow, Table, Thing

PAGE = 50
"""How many events a list shows at once."""

_MOST_CHOICES = 12
_MOST_NODES = 60
_MOST_EDGES = 180
_MOST_BINS = 48


def describe_event(event: EventRow) -> dict[str, Any]:
    """An event as the API gives it. Actors and places are keys; :func:`describe_things` says what they are called."""
    return {
        "key": event.key,
        "type": event.type,
        "status": event.status,
        "start": event.start,
        "end": event.end,
        "confidence": event.confidence,
        "reports": event.reports,
        "label": event.labels,
        "parts": event.parts,
        "places": event.places,
    }


def describe_thing(thing: Thing) -> dict[str, Any]:
    """An actor or place as the API gives it."""
    return {"kind": thing.kind, "label": thing.labels, "wikidata": thing.wikidata}


def describe_things(table: Table, keys: Iterable[str]) -> dict[str, Any]:
    """What actors and places are called, by their keys."""
    return {key: describe_thing(table.things[key]) for key in dict.fromkeys(keys) if key in table.things}


def _mentioned(events: Iterable[EventRow]) -> Iterable[str]:
    for event in events:
        yield from event.actors
        yield from event.places


# --- Timeline --------------------------------------------------------------------------------------------------------


def timeline(table: Table, asked: Filter, after: int = 0) -> dict[str, Any]:
    """The events of a view from a place in the list on; with the first of them, all that is drawn beside the list."""
    events = asked.chosen(table)
    shown = events[after : after + PAGE]
    answer: dict[str, Any] = {
        "total": len(events),
        "events": [describe_event(event) for event in shown],
        "next": after + PAGE if after + PAGE < len(events) else None,
    }
    mentioned = list(_mentioned(shown)) + [*asked.actors, *asked.places]
    if not after:
        choices = _choices(table, asked, events)
        unit, bars = _bars(events)
        answer |= {
            "all": len(table.events),
            "cut": table.cut,
            "unit": unit,
            "bars": bars,
            "undated": sum(not event.start for event in events),
            "choices": choices,
        }
        mentioned += [key for field in ("actor", "place") for key, _ in choices[field]]
    answer["things"] = describe_things(table, mentioned)
    return answer


def _choices(table: Table, asked: Filter, events: Sequence[EventRow]) -> dict[str, list[tuple[str, int]]]:
    """How many events each value of a filter would leave; the most frequent actors and places."""
    types = Counter(event.type for event in asked.without("types").chosen(table))
    statuses = Counter(event.status for event in asked.without("statuses").chosen(table))
    actors = Counter(actor for event in events for actor in event.actors)
    places = Counter(place for event in events for place in event.places)
    return {
        "type": types.most_common(),
        "status": statuses.most_common(),
        "actor": actors.most_common(_MOST_CHOICES),
        "place": places.most_common(_MOST_CHOICES),
    }


def _bars(events: Sequence[EventRow]) -> tuple[str, list[tuple[str, dict[str, int]]]]:
    """How many events of each type begin in each month or year, in the finest unit that leaves few enough bars.

    Bars without events between others are there, and empty. Events dated to a year only are in bars of years only.
    """
    dated = [event for event in events if event.start]
    if not dated:
        return "month", []
    months = sorted({event.start[:7] for event in dated if len(event.start) >= 7})
    every = _months(months[0], months[-1]) if months else []
    exact = all(len(event.start) >= 7 for event in dated)
    unit, names = ("month", every) if exact and len(every) <= _MOST_BINS else ("year", [])
    length = 7 if unit == "month" else 4
    if unit == "year":
        years = sorted({event.start[:4] for event in dated})
        names = [f"{year:04}" for year in range(int(years[0]), int(years[-1]) + 1)]
        if len(names) > 4 * _MOST_BINS:
            names = years  # somebody is off by centuries
    counts: dict[str, Counter[str]] = {name: Counter() for name in names}
    for event in dated:
        counts[event.start[:length]][event.type] += 1
    return unit, [(name, dict(found)) for name, found in counts.items()]


def _months(first: str, last: str) -> list[str]:
    """All months from one to another: "2021-11" to "2022-01" are three."""
    begin, end = (int(month[:4]) * 12 + int(month[5:7]) - 1 for month in (first, last))
    return [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(begin, end + 1)]


# --- Network ---------------------------------------------------------------------------------------------------------


def network(table: Table, asked: Filter) -> dict[str, Any]:
    """Who had to do with whom: those with most events, and for each two the number of events that both took part in,
    by type. Denied events are among them unless the filter leaves them out."""
    events = asked.chosen(table)
    counts = Counter(actor for event in events for actor in event.actors)
    shown = {actor for actor, _ in counts.most_common(_MOST_NODES)}
    together: dict[tuple[str, str], Counter[str]] = {}
    for event in events:
        for pair in combinations(sorted(actor for actor in event.actors if actor in shown), 2):
            together.setdefault(pair, Counter())[event.type] += 1
    edges = sorted(together.items(), key=lambda edge: (-edge[1].total(), edge[0]))[:_MOST_EDGES]
    return {
        "total": len(events),
        "actors": len(counts),
        "nodes": [
            (actor, counts[actor]) for actor in sorted(shown, key=lambda actor: (-counts[actor], actor))
        ],
        "edges": [(one, other, dict(types)) for (one, other), types in edges],
        "things": describe_things(table, [*shown, *asked.actors, *asked.places]),
    }


# --- Map -------------------------------------------------------------------------------------------------------------


@cache
def _coordinates() -> Mapping[str, tuple[float, float]]:
    """Where keys of the gazetteer are: longitude and latitude (seeds/coordinates.tsv)."""
    with locate("seeds", "coordinates.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return {row["key"]: (float(row["lon"]), float(row["lat"])) for row in rows}


def places(table: Table, asked: Filter) -> dict[str, Any]:
    """Where the events of a view were held, and how many of them; ``at`` is null for what no coordinates are known of."""
    events = asked.chosen(table)
    counts = Counter(place for event in events for place in event.places)
    types: dict[str, Counter[str]] = {place: Counter() for place in counts}
    for event in events:
        for place in event.places:
            types[place][event.type] += 1
    known = _coordinates()
    found = []
    for place, count in counts.most_common():
        thing = table.things.get(place)
        wikidata = thing.wikidata if thing else ""
        at = known.get(wikidata) or known.get(place.removeprefix("place/"))
        found.append({"place": place, "events": count, "types": types[place], "at": at})
    return {
        "total": len(events),
        "nowhere": sum(not event.places for event in events),
        "places": found,
        "things": describe_things(table, [*counts, *asked.actors, *asked.places]),
    }


# --- An actor, a place -----------------------------------------------------------------------------------------------


def about_thing(table: Table, key: str) -> dict[str, Any] | None:
    """What is known of an actor or a place; None for one that is not in the store.

    Of an actor, each event in which it or somebody who represents it took part: with which role (``through`` whom),
    and with whom in which role.
    """
    thing = table.things.get(key)
    if thing is None:
        return None
    room = key.partition("/")[0]
    if room == "place":
        events = [event for event in table.events if key in event.places]
        deeds: list[dict[str, Any]] = []
        partners: Counter[str] = Counter(actor for event in events for actor in event.actors)
    else:
        acting = table.represented_by[key]
        events = [event for event in table.events if not acting.isdisjoint(event.actors)]
        deeds = [_deed(event, key, acting) for event in events]
        partners = Counter(actor for event in events for actor in event.actors if actor not in acting)
    represented = sorted(other for other in table.represented_by.get(key, ()) if other != key)
    known = _coordinates()
    return {
        "key": key,
        **describe_thing(thing),
        "at": known.get(thing.wikidata) or known.get(key.partition("/")[2]) if room == "place" else None,
        "country": thing.country,
        "represents": thing.represents,
        "represented": represented,
        "events": [describe_event(event) for event in events],
        "deeds": deeds,
        "partners": partners.most_common(),
        "things": describe_things(
            table, [key, *_mentioned(events), *thing.represents, *represented, thing.country]
        ),
    }


def _deed(event: EventRow, key: str, acting: frozenset[str]) -> dict[str, Any]:
    """Its roles in an event, through whom it had them, and the others with theirs."""
    mine = [(role, actor) for role, actor in event.parts if actor in acting]
    return {
        "event": event.key,
        "roles": list(dict.fromkeys(role for role, _ in mine)),
        "through": list(dict.fromkeys(actor for _, actor in mine if actor != key)),
        "others": [(role, actor) for role, actor in event.parts if actor not in acting],
    }
