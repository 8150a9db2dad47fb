"""One event with all its reports, one document with all its marks: as the API gives them, from rows of one SELECT."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pyoxigraph import Literal, NamedNode

from diplograph.catalog import bind, load_catalog
from diplograph.quads import DCTERMS, LABEL, PROV, TYPE, decode, document_iri, event_iri
from diplograph.server.asking import Asking, select
from diplograph.server.explorer.summaries import describe_things
from diplograph.server.explorer.table import Table
from diplograph.server.rows import Row, value
from diplograph.vocabulary import DIP, load_vocabulary

_LEFT_OUT = frozenset({"reportedBy", "participantCount", "mentionOf", "inDocument"})
_NUMBERS = frozenset({"confidence", "durationMinutes", "beginIndex", "endIndex"})
_SHORT = {
    TYPE.value: "type",
    LABEL.value: "label",
    f"{DCTERMS}title": "title",
    f"{DCTERMS}source": "source",
    f"{PROV}wasDerivedFrom": "document",
}

Said = dict[str, list[Any]]
"""What is said of one thing: local names of properties, and their values as JSON can hold them."""


async def read_event(asking: Asking, table: Table, key: str) -> dict[str, Any] | None:
    """An event, its reports side by side, and where they disagree; None for an event that is not in the store."""
    base = asking.settings.base
    iri = event_iri(key, base=base).value
    found = _by_subject(
        await select(asking, bind(load_catalog("explorer").get("event"), {"event": iri})), base
    )
    if not found.get("event"):
        return None
    said = next(iter(found["event"].values()))
    rows = await select(asking, bind(load_catalog().get("disagreements"), {"event": iri}))
    documents = found.get("document", {})
    reports = _reports(found, documents)
    aspects = [name for name in _aspects() if any(name in report["values"] for report in reports)]
    return {
        "key": key,
        **_values(said),
        "aspects": aspects,
        "reports": reports,
        "disagreements": _disagreements(rows, base),
        "things": describe_things(table, _keys(said, *(report["values"] for report in reports))),
    }


async def read_document(asking: Asking, table: Table, id: str) -> dict[str, Any] | None:
    """A document: its text, its reports with their events, and the words these rest on; None for an unknown one."""
    base = asking.settings.base
    iri = document_iri(id, base=base).value
    query = load_catalog("explorer").get("document")
    found = _by_subject(await select(asking, bind(query, {"document": iri})), base)
    if not found.get("document"):
        return None
    said = next(iter(found["document"].values()))
    event_of = {
        report: key.removeprefix("event/")
        for key, about in found.get("event", {}).items()
        for report in about.get("reportedBy", ())
    }
    reports = _reports(found, {})
    for report in reports:
        report["event"] = event_of.get(report["key"])
    activity = next(iter(found.get("activity", {}).values()), {})
    return {
        "key": id,
        "title": _one(said, "title"),
        "source": _one(said, "source"),
        "published": _one(said, "published"),
        "text": _one(said, "text"),
        "text_hash": _one(said, "textHash"),
        "parser": [_one(activity, name) or "" for name in ("parser", "parserVersion", "parserFingerprint")],
        "reports": reports,
        "things": describe_things(table, _keys(*(report["values"] for report in reports))),
    }


def _by_subject(rows: Sequence[Row], base: str) -> dict[str, dict[str, Said]]:
    """Kind → name of the thing → what is said of it. A label is a pair of its language and its text."""
    found: dict[str, dict[str, Said]] = {}
    for row in rows:
        node = row["value"]
        name = _short(row["property"].value)
        about = found.setdefault(value(row, "kind"), {}).setdefault(_name(value(row, "subject"), base), {})
        told: Any = node.value
        if isinstance(node, NamedNode):
            told = _name(node.value, base)
        elif isinstance(node, Literal) and name == "label":
            told = (node.language or "", node.value)
        elif name in _NUMBERS:
            told = float(node.value) if name == "confidence" else int(node.value)
        about.setdefault(name, []).append(told)
    return found


def _short(iri: str) -> str:
    return _SHORT.get(iri) or (iri.removeprefix(DIP) if iri.startswith(DIP) else iri)


def _name(iri: str, base: str) -> str:
    """What an IRI is called: a term by its local name, what is in the store by its path, decoded."""
    if iri.startswith(DIP):
        return iri.removeprefix(DIP)
    return decode(iri.removeprefix(base)) if iri.startswith(base) else iri


def _one(said: Mapping[str, list[Any]], name: str) -> Any:
    return said.get(name, [None])[0]


def _aspects() -> tuple[str, ...]:
    """What a report says of its event, in the order of the ontology: class, roles, status, then times and places."""
    vocabulary = load_vocabulary()
    objects = ("eventClass", "status", *vocabulary.actor_roles())
    rest = [name for name in vocabulary.names("ObjectProperty") if name not in objects]
    return (*objects, *rest, *vocabulary.names("DatatypeProperty"))


def _values(said: Said) -> dict[str, Any]:
    """What is said of an event, for its head."""
    return {
        "type": next(
            (name for name in said.get("type", ()) if name in load_vocabulary().event_classes()), ""
        ),
        "label": dict(said.get("label", ())),
        "confidence": _one(said, "confidence"),
        "values": {name: said[name] for name in _aspects() if name in said and name not in _LEFT_OUT},
    }


def _reports(found: Mapping[str, Mapping[str, Said]], documents: Mapping[str, Said]) -> list[dict[str, Any]]:
    """The reports with their documents, what each says, and the words it rests on."""
    aspects = _aspects()
    marks: dict[str, list[dict[str, Any]]] = {}
    for said in found.get("mention", {}).values():
        for report in said.get("mentionOf", ()):
            marks.setdefault(report, []).append(
                {
                    "begin": _one(said, "beginIndex"),
                    "end": _one(said, "endIndex"),
                    "quote": _one(said, "quote"),
                    "aspects": said.get("aspect", []),
                    "rules": said.get("rule", []),
                }
            )
    answer = []
    for key, said in found.get("report", {}).items():
        document = _one(said, "document")
        about = documents.get(document, {})
        values = {name: said[name] for name in aspects if name in said and name not in _LEFT_OUT}
        answer.append(
            {
                "key": key,
                "document": (document or "").removeprefix("document/"),
                "title": _one(about, "title"),
                "source": _one(about, "source"),
                "published": _one(about, "published"),
                "values": values,
                "marks": sorted(marks.get(key, ()), key=lambda mark: (mark["begin"], -mark["end"])),
            }
        )
    return sorted(answer, key=lambda report: (report["published"] or "9", report["key"]))


def _disagreements(rows: Sequence[Row], base: str) -> list[dict[str, str]]:
    return [
        {
            name: _name(value(row, name), base) if name.endswith("value") else value(row, name)
            for name in ("aspect", "document", "value", "other_document", "other_value")
        }
        for row in rows
    ]


def _keys(*said: Mapping[str, list[Any]]) -> list[str]:
    """All that may be the key of an actor or place in what is said."""
    return [told for about in said for values in about.values() for told in values if isinstance(told, str)]
