"""Reports and their kinds as lines of JSON, and back; actors and places are named by their keys."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import astuple
from typing import Any, TypeAlias

from diplograph.events.agreement import Kind
from diplograph.model import Actor, EventReport, EventValues, Filler, Place

Things: TypeAlias = Callable[[str], Actor | Place]
"""Gives the actor or place that a name stands for: ``actor/KEY`` or ``place/KEY``."""


def name_of(thing: Actor | Place) -> str:
    """The name of an actor or place in a record.

    >>> name_of(Actor("Q142", "Country", "فرنسا"))
    'actor/Q142'
    """
    return f"{'actor' if isinstance(thing, Actor) else 'place'}/{thing.key}"


def write_report(published: str | None, report: EventReport) -> str:
    """A report without its mentions, and when its document was published."""
    return _write(
        [published, report.document, report.number, report.confidence, _plain_values(report.values)]
    )


def read_report(record: str, things: Things) -> tuple[str | None, EventReport]:
    """What :func:`write_report` wrote."""
    published, document, number, confidence, values = json.loads(record)
    return published, EventReport(document, number, _read_values(values, things), confidence, ())


def write_kind(kind: Kind) -> str:
    """A kind of reports; equal kinds give equal records."""
    return _write([kind.published, _plain_values(kind.values)])


def read_kind(record: str, things: Things) -> Kind:
    """What :func:`write_kind` wrote."""
    published, values = json.loads(record)
    return Kind(published, _read_values(values, things))


def write_thing(thing: Actor | Place) -> str:
    """An actor or place; equal ones give equal records."""
    return _write([name_of(thing).partition("/")[0], *astuple(thing)])


def read_thing(record: str) -> Actor | Place:
    """What :func:`write_thing` wrote."""
    room, *parts = json.loads(record)
    if room == "place":
        return Place(*parts)
    key, kind, label_ar, label_en, wikidata, represents, headed = parts
    return Actor(key, kind, label_ar, label_en, wikidata, tuple(represents), tuple(headed))


def _write(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def _plain_values(values: EventValues) -> list[Any]:
    return [
        values.event_class,
        values.status,
        [[filler.role, filler.actor.key] for filler in values.fillers],
        values.start_date,
        values.end_date,
        values.start_time,
        values.end_time,
        values.duration_minutes,
        values.place.key if values.place else None,
        values.condition,
        values.attributed_to.key if values.attributed_to else None,
    ]


def _read_values(plain: list[Any], things: Things) -> EventValues:
    event_class, status, fillers, start, end, start_time, end_time, minutes, place, condition, speaker = plain
    return EventValues(
        event_class,
        status,
        tuple(Filler(role, _actor(key, things)) for role, key in fillers),
        start,
        end,
        start_time,
        end_time,
        minutes,
        _place(place, things) if place is not None else None,
        condition,
        _actor(speaker, things) if speaker is not None else None,
    )


def _actor(key: str, things: Things) -> Actor:
    found = things(f"actor/{key}")
    assert isinstance(found, Actor)
    return found


def _place(key: str, things: Things) -> Place:
    found = things(f"place/{key}")
    assert isinstance(found, Place)
    return found
