"""A store of as many events as wanted, made up at random but always the same: the shape of a real one, for measuring."""

from __future__ import annotations

import random
from datetime import date, timedelta

from sample_graph import FINISHED, PARSER, VERSIONS

from diplograph.linking.gazetteer import load_gazetteer
from diplograph.model import (
    Actor,
    Document,
    Event,
    EventReport,
    EventValues,
    Evidence,
    Filler,
    Mention,
    Place,
)
from diplograph.quads import (
    Quad,
    actor_quads,
    document_graph,
    document_quads,
    event_quads,
    ontology_quads,
    shared_graph,
)
from diplograph.resources import locate
from diplograph.store import Store
from diplograph.vocabulary import load_vocabulary

_FIRST, _DAYS = date(2012, 1, 1), 4000
_STATUSES = {"occurred": 70, "planned": 15, "denied": 5, "hypothetical": 10}
_BATCH = 500


def fill_many(store: Store, events: int, actors: int = 400, places: int = 120) -> Store:
    """Writes so many events to an empty store; every third is reported twice."""
    chance = random.Random(7)
    entries = list(load_gazetteer().entries.values())
    people = [entry.actor for entry in entries if entry.actor]
    people = people[:: max(1, len(people) // actors)][:actors]
    grounds = [entry.place for entry in entries if entry.place][-places:]
    turtle = locate("ontology", "diplograph.ttl").read_text(encoding="utf-8")
    store.replace(ontology_quads(turtle), [shared_graph("ontology")])
    store.replace(actor_quads(people, grounds), [shared_graph("actors")])
    made: list[Event] = []
    for begin in range(0, events, _BATCH):
        quads: list[Quad] = []
        graphs = []
        for number in range(begin, min(events, begin + _BATCH)):
            values = _values(chance, people, grounds)
            ids = [f"made/{number:06}-{copy}" for copy in range(1 + (number % 3 == 0))]
            for id in ids:
                quads += document_quads(*_document(id, values), PARSER, finished=FINISHED, **VERSIONS)
                graphs.append(document_graph(id))
            name = load_vocabulary().label(values.event_class, "en")
            name_ar = load_vocabulary().label(values.event_class, "ar")
            who = [filler.actor for filler in values.fillers]
            made.append(
                Event(
                    f"made-{number:06}", values, round(chance.uniform(0.5, 1), 3), tuple((id, 1) for id in ids),
                    f"{name_ar}: {' و'.join(actor.label_ar for actor in who)}",
                    f"{name}: {' and '.join(actor.label_en or '' for actor in who)}",
                )
            )  # fmt: skip
        store.replace(quads, graphs)
    store.replace(event_quads(made), [shared_graph("events")])
    return store


def _values(chance: random.Random, people: list[Actor], grounds: list[Place]) -> EventValues:
    weights = [1 / (rank + 3) for rank in range(len(people))]
    one, other = chance.choices(people, weights, k=2)
    name = chance.choice(load_vocabulary().event_classes())
    roles = ("threatener", "target") if "Threat" in name else ("initiator", "participant")
    day = _FIRST + timedelta(chance.randrange(_DAYS))
    return EventValues(
        name,
        chance.choices(list(_STATUSES), list(_STATUSES.values()))[0],
        fillers=tuple(Filler(role, actor) for role, actor in zip(roles, (one, other), strict=True)),
        start_date=chance.choice([day.isoformat(), day.isoformat(), day.isoformat()[:7], None]),
        place=chance.choice([*grounds[:12], *grounds, None, None]),
    )


def _document(id: str, values: EventValues) -> tuple[Document, tuple[EventReport, ...]]:
    text = f"{id}: " + " و".join(filler.actor.label_ar for filler in values.fillers) + " في خبر واحد."
    evidence = tuple(
        Evidence(filler.role, begin, begin + len(filler.actor.label_ar), "made", filler.actor)
        for filler in values.fillers
        for begin in [text.index(filler.actor.label_ar)]
    )
    mention = Mention(0, len(text), 0, "made", "noun", values, evidence)
    return Document(id, text, f"{id}.txt", f"خبر {id}", "2022-01-01"), (
        EventReport(id, 1, values, 0.875, (mention,)),
    )


if __name__ == "__main__":
    import sys

    with Store.open(sys.argv[1]) as opened:
        fill_many(opened, int(sys.argv[2]))
