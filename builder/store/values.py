"""Quads back to values: what a store says of actors, places and reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from pyoxigraph import Literal, NamedNode

from diplograph.model import Actor, DataError, EventReport, EventValues, Filler, Place
from diplograph.quads import LABEL, SAME_AS, TYPE, WIKIDATA, Value, decode, key_of, term

Properties: TypeAlias = Mapping[NamedNode, tuple[Value, ...]]
Things: TypeAlias = Mapping[NamedNode, Actor | Place]
Find: TypeAlias = Callable[[NamedNode], Actor | Place | None]


def first(properties: Properties, predicate: NamedNode, language: str | None = None) -> str | None:
    """The first value of a property as text: a literal's letters, an IRI as it is."""
    for value in properties.get(predicate, ()):
        if language is None or (isinstance(value, Literal) and value.language == language):
            return value.value
    return None


def thing_from(subject: NamedNode, properties: Properties, base: str) -> Actor | Place:
    """The actor or place that these properties of the actors graph describe."""

    def keys(predicate: str) -> tuple[str, ...]:
        values = properties.get(term(predicate), ())
        return tuple(key_of(value, "actor", base=base) for value in values if isinstance(value, NamedNode))

    kind = (first(properties, TYPE) or "").rpartition("#")[2]
    label_ar, label_en = first(properties, LABEL, "ar") or "", first(properties, LABEL, "en")
    wikidata = (first(properties, SAME_AS) or "").removeprefix(WIKIDATA) or None
    if kind == "Place":
        country = next(iter(keys("inCountry")), None)
        return Place(key_of(subject, "place", base=base), label_ar, label_en, wikidata, country)
    key = key_of(subject, "actor", base=base)
    return Actor(key, kind, label_ar, label_en, wikidata, keys("represents"), keys("headOfStateOf"))


def report_from(report: NamedNode, properties: Properties, things: Find, base: str) -> EventReport:
    """The report that these properties of a document's graph describe, without its mentions."""
    id, _, number = report.value.removeprefix(f"{base}report/").rpartition("/")
    confidence = float(first(properties, term("confidence")) or 0)
    return EventReport(
        decode(id), int(number), _values_from(report, properties, things, base), confidence, ()
    )


def _values_from(subject: NamedNode, properties: Properties, things: Find, base: str) -> EventValues:
    def local(predicate: str) -> str:
        return (first(properties, term(predicate)) or "").rpartition("#")[2]

    def clock(predicate: str) -> str | None:
        time = (first(properties, term(predicate)) or "").rpartition("T")[2]
        seconds = "" if time[5:8] == ":00" else time[5:8]
        return time[:5] + seconds + time[8:].replace("Z", "+00:00") or None

    fillers: list[Filler] = []
    place, speaker = None, None
    for predicate in sorted(properties, key=str):
        for value in properties[predicate]:
            if not isinstance(value, NamedNode) or not value.value.startswith(
                (f"{base}actor/", f"{base}place/")
            ):
                continue
            thing = things(value)
            if thing is None:
                raise DataError(
                    f"{subject.value} names {value}, which the actors graph lacks; build the store anew"
                )
            if isinstance(thing, Place):
                place = place or thing
            elif predicate == term("attributedTo"):
                speaker = speaker or thing
            else:
                fillers.append(Filler(predicate.value.rpartition("#")[2], thing))
    minutes = first(properties, term("durationMinutes"))
    return EventValues(
        event_class=local("eventClass"),
        status=local("status"),
        fillers=tuple(fillers),
        start_date=first(properties, term("startDate")),
        end_date=first(properties, term("endDate")),
        start_time=clock("startTime"),
        end_time=clock("endTime"),
        duration_minutes=int(minutes) if minutes is not None else None,
        place=place,
        condition=first(properties, term("condition")),
        attributed_to=speaker,
    )
