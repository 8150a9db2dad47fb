"""What a search for words finds: the baseline that the frames must beat.

A sentence with a word that names an event of a class is an event of that class; its parties are all the persons,
states and organizations that the sentence names (of a threat the first is the threatener, the others are targets), its
date the first one said. The names are linked as for the frames, so the difference is what the grammar brings.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from diplograph.frames import Frame, load_frames
from diplograph.frames.view import SentenceView
from diplograph.linking import find_entities, load_gazetteer
from diplograph.model import Actor, ParsedDocument
from diplograph.temporal import find_times
from measurement.sets import read_reports

COLUMNS = [
    "document",
    "event",
    "type",
    "status",
    "role",
    "actor",
    "wikidata",
    "label_ar",
    "label_en",
    "start",
    "end",
    "place",
    "place_wikidata",
    "place_label_ar",
    "duration_minutes",
]


def write_baseline(articles: Path, table: Path) -> None:
    """Writes the table of what the baseline finds in some articles, in the form of the canned query event-report."""
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for parsed, _ in read_reports(articles):
            writer.writerows(_find(parsed))


def _find(parsed: ParsedDocument) -> Iterator[list[str]]:
    document = parsed.document
    seen: set[tuple[str, frozenset[str]]] = set()
    for sentence, entities in zip(parsed.sentences, find_entities(parsed, load_gazetteer()), strict=True):
        view = SentenceView(sentence, document.text, entities)
        actors = list(dict.fromkeys(actor for entity in entities for actor in entity.actors))
        times = find_times(document.text, sentence.begin, sentence.end, document.published)
        start = next((time.start_date for time in times if time.start_date), "")
        for frame in load_frames():
            key = (frame.event_class, frozenset(actor.key for actor in actors))
            if key in seen or not actors or not _names_event(view, frame):
                continue
            seen.add(key)
            for role, actor in _cast(frame, actors):
                yield [
                    document.id, f"baseline-{len(seen)}-{document.id}", frame.event_class, "occurred", role, actor.key,
                    actor.wikidata or "", actor.label_ar, actor.label_en or "", start or "", "", "", "", "", "",
                ]  # fmt: skip


def _names_event(view: SentenceView, frame: Frame) -> bool:
    """Whether a sentence has a noun that any trigger of a frame is anchored on (and one of the words it must stand
    near, where it wants some)."""
    nouns = [trigger for trigger in frame.triggers if not trigger.verbal]
    end = len(view.words) + 1
    return any(
        view.find(trigger.anchors, 1, end)
        and all(view.find(near.words, 1, end) for near in trigger.near if near.scope != "document")
        for trigger in nouns
        if trigger.near or len(trigger.anchors) <= 6
    )


def _cast(frame: Frame, actors: list[Actor]) -> Iterator[tuple[str, Actor]]:
    roles = list(frame.roles)
    for number, actor in enumerate(actors):
        yield roles[min(number, len(roles) - 1)], actor
