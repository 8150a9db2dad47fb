"""A store with as many events as wanted, for what must stay readable or bounded: made by rule, so always the same."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from random import Random

from pyoxigraph import Quad
from sample_graph import ACTORS, BIDEN, FINISHED, PARSER, PLACES, PUTIN, VERSIONS

from diplograph.model import Actor, Document, Event, EventReport, EventValues, Evidence, Filler, Mention
from diplograph.quads import actor_quads, document_quads, event_quads, ontology_quads
from diplograph.resources import locate
from diplograph.store import Store
from diplograph.vocabulary import load_vocabulary

_STATUSES = ("occurred", "occurred", "occurred", "planned", "denied", "hypothetical")
_BATCH = 20_000


def _actors(count: int) -> tuple[Actor, ...]:
    made = (
        Actor(
            f"local/a{n}",
            "Person",
            f"المسؤول رقم {n} في وزارة الخارجية",
            f"Official number {n} of the ministry",
        )
        for n in range(count)
    )
    return (*ACTORS, *made)


def _date(number: int, years: int) -> str | None:
    """A date within so many years from 2015: most to the day, some to the month or the year, a few none."""
    if number % 29 == 0:
        return None
    dice = Random(number)
    year, month, day = 2015 + int(years * dice.random() ** 0.5), dice.randint(1, 12), dice.randint(1, 28)
    precision = 4 if number % 17 == 0 else 7 if number % 11 == 0 else 10
    return f"{year:04}-{month:02}-{day:02}"[:precision]


def _quads(count: int, years: int, actors: tuple[Actor, ...]) -> Iterator[Quad]:
    classes = load_vocabulary().event_classes()
    events = []
    for number in range(count):
        name = classes[number % len(classes)]
        one, other = (actors[int(len(actors) * Random(number + more).random() ** 3)] for more in (0.25, 0.5))
        parties = tuple(dict.fromkeys((one, other))) if number % 7 else (PUTIN, BIDEN)
        roles = (
            ("threatener", "target") if number % len(classes) == len(classes) - 1 else ("participant",) * 2
        )
        values = EventValues(
            name,
            _STATUSES[number % len(_STATUSES)],
            tuple(Filler(role, actor) for role, actor in zip(roles, parties, strict=False)),
            _date(number, years),
            place=PLACES[number % 2] if number % 5 == 0 else None,
        )
        text = f"خبر رقم {number}: تحادث الطرفان وتبادلا الرأي في ما جرى."
        evidence = (Evidence("trigger", 10, 16, "test/rule"),)
        mention = Mention(0, len(text), 0, "test", "noun", values, evidence)
        report = EventReport(f"many/{number}", 1, values, 0.5 + number % 50 / 100, (mention,))
        document = Document(report.document, text, f"{number}.txt", f"خبر {number}", "2024")
        yield from document_quads(document, (report,), PARSER, finished=FINISHED, **VERSIONS)
        label = f"حدث {number}: {parties[0].label_ar}", f"Event {number}: {parties[0].label_en}"
        events.append(Event(f"e{number}", values, report.confidence, ((report.document, 1),), *label))
    yield from event_quads(events)


def fill_many(store: Store, count: int, *, years: int = 9, actors: int = 60) -> Store:
    """Writes so many events, each with a document of its own, over so many years, of these many actors and the sample's."""
    everybody = _actors(actors)
    store.inner.extend(ontology_quads(locate("ontology", "diplograph.ttl").read_text(encoding="utf-8")))
    store.inner.extend(actor_quads(everybody, PLACES))
    quads = _quads(count, years, everybody)
    while batch := list(islice(quads, _BATCH)):
        store.inner.extend(batch)
    return store
