"""The golden cases of extraction: ``golden/<event>-<slug>/`` with a text and the reports that must come of it.

``text.txt`` (and ``published``, its date) are written by hand. From them ``make golden`` makes ``parse.conllu``, by
Stanza with the compact models, and ``report.json``; review both by eye before they are committed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diplograph.events import to_reports
from diplograph.frames import find_mentions, load_frames
from diplograph.linking import load_gazetteer
from diplograph.model import Actor, Block, Document, EventReport, ParsedDocument, Place
from diplograph.parsing import Parser, StanzaParser, write_conllu

GOLDEN = Path(__file__).parent / "golden"


@dataclass(frozen=True)
class Case:
    """A folder of golden files, named for the event that it is about (``phone-call-denied``) or ``none``."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def document(self) -> Document:
        text = (self.folder / "text.txt").read_text(encoding="utf-8").strip()
        date = self.folder / "published"
        published = date.read_text(encoding="utf-8").strip() if date.exists() else None
        return Document(id=self.name, text=text, published=published, blocks=(Block(0, len(text)),))

    @property
    def parse(self) -> str:
        """The CoNLL-U."""
        return (self.folder / "parse.conllu").read_text(encoding="utf-8")

    @property
    def reports(self) -> list[dict[str, Any]]:
        """The expected reports, as :func:`describe` puts them."""
        loaded: list[dict[str, Any]] = json.loads((self.folder / "report.json").read_text(encoding="utf-8"))
        return loaded


def find_cases() -> tuple[Case, ...]:
    """The golden cases, by name."""
    return tuple(Case(path.parent) for path in sorted(GOLDEN.glob("*/text.txt")))


def extract(parsed: ParsedDocument) -> tuple[EventReport, ...]:
    """The reports of a parse, by the frames and the gazetteer of diplograph."""
    return to_reports(parsed, find_mentions(parsed, load_frames(), load_gazetteer()))


def describe(parsed: ParsedDocument, reports: Iterable[EventReport]) -> list[dict[str, Any]]:
    """The reports as JSON: class, status, who is in which role, when, where, and the quotes; what is unknown is left
    out. Actors and places are ``key name``, actors sorted."""
    return [_describe(parsed.document.text, report) for report in reports]


def _describe(text: str, report: EventReport) -> dict[str, Any]:
    values = report.values
    roles = sorted({filler.role for filler in values.fillers})
    found = {
        "class": values.event_class,
        "status": values.status,
        "roles": {role: sorted(_name(actor) for actor in values.actors(role)) for role in roles},
        "start": values.start_date,
        "end": values.end_date,
        "start_time": values.start_time,
        "end_time": values.end_time,
        "duration_minutes": values.duration_minutes,
        "place": _name(values.place) if values.place else None,
        "condition": values.condition,
        "attributed_to": _name(values.attributed_to) if values.attributed_to else None,
        "quotes": list(dict.fromkeys(text[mention.begin : mention.end] for mention in report.mentions)),
    }
    return {name: value for name, value in found.items() if value is not None}


def _name(thing: Actor | Place) -> str:
    return f"{thing.key} {thing.label_en or thing.label_ar}"


def write_case(case: Case, parser: Parser) -> None:
    """Makes the parse and the reports of a case anew."""
    parsed = parser.parse(case.document)
    (case.folder / "parse.conllu").write_text(write_conllu(parsed), encoding="utf-8")
    described = json.dumps(describe(parsed, extract(parsed)), ensure_ascii=False, indent=2)
    (case.folder / "report.json").write_text(described + "\n", encoding="utf-8")


def main() -> None:
    parser = StanzaParser("compact")
    for case in find_cases():
        write_case(case, parser)
    print(f"{len(find_cases())} golden cases are in {GOLDEN}: review them by eye")


if __name__ == "__main__":
    main()
