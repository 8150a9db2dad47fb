"""Check gold annotations: every quote is in its text; ids, types, statuses, kinds and dates are well formed.

    python tests/gold/check_gold.py [FOLDER ...]

A folder holds `gold/ID.json` and, unless they are of the shared corpus, the texts in `articles.jsonl`; without arguments, every such folder beside this file is
checked. Prints one line per fault and then the counts; the exit status is 1 when there is a fault.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).parents[3] / "shared/articles"
TYPES = frozenset({"PhoneCall", "Summit", "SanctionThreat", "SecurityGuaranteeTalk"})
STATUSES = frozenset({"occurred", "planned", "denied", "hypothetical"})
KINDS = frozenset({"Person", "Country", "Organization"})
ACTOR_LISTS = ("participants", "participants_optional", "source", "target")
ARABIC = re.compile(r"[\u0621-\u064a]")


def is_partial_date(value: object) -> bool:
    """Whether `value` is a real ISO date, possibly without its day or month.

    >>> is_partial_date("2021-06"), is_partial_date("2021-02-30")
    (True, False)
    """
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}(-\d\d){0,2}", value):
        return False
    parts = [int(part) for part in value.split("-")]
    try:
        date(*(parts + [1, 1])[:3])
    except ValueError:
        return False
    return True


def actor_faults(actor: dict[str, Any]) -> list[str]:
    """What is wrong with one actor: its kind, its Wikidata id, its names."""
    faults = []
    if actor.get("kind") not in KINDS:
        faults.append(f"actor kind {actor.get('kind')!r}")
    if actor.get("qid") is not None and not re.fullmatch(r"Q[1-9]\d*", actor["qid"]):
        faults.append(f"actor qid {actor['qid']!r}")
    if not ARABIC.search(actor.get("ar") or "") or not actor.get("en"):
        faults.append(f"actor without an Arabic or English name: {actor}")
    return faults


def values(event: dict[str, Any], name: str) -> list[Any]:
    """The values under `name`, which may hold one value, a list of them, or nothing."""
    given = event.get(name)
    return given if isinstance(given, list) else [] if given is None else [given]


def date_faults(event: dict[str, Any]) -> list[str]:
    """What is wrong with an event's dates: form, and an end before the start or equal to it."""
    given = values(event, "start") + values(event, "end") + values(event, "start_alt")
    faults = [f"date {value!r}" for value in given if not is_partial_date(value)]
    start, end = event.get("start"), event.get("end")
    if end is not None and (start is None or end <= start):
        faults.append(f"end {end!r} does not follow start {start!r}")
    return faults


def event_faults(event: dict[str, Any], text: str) -> list[str]:
    """What is wrong with one event of a document whose text is `text`."""
    faults = date_faults(event)
    if event.get("type") not in TYPES:
        faults.append(f"type {event.get('type')!r}")
    for status in [event.get("status"), *values(event, "status_alt")]:
        if status not in STATUSES:
            faults.append(f"status {status!r}")
    for name in ACTOR_LISTS:
        for actor in event.get(name) or []:
            faults += actor_faults(actor)
    if event.get("type") == "SanctionThreat":
        complete = event.get("optional") or (event.get("source") and event.get("target"))
        if event.get("participants") or not complete:
            faults.append("a threat has a source and a target, and no participants")
    elif not event.get("participants") and not event.get("optional"):
        faults.append("no participants")
    duration = event.get("duration_minutes")
    if duration is not None and (not isinstance(duration, int | float) or duration <= 0):
        faults.append(f"duration {duration!r}")
    if not event.get("quotes"):
        faults.append("no quotes")
    faults += [f"quote not in the text: {quote}" for quote in event.get("quotes") or [] if quote not in text]
    return faults


def document_faults(gold: dict[str, Any], article: dict[str, Any]) -> list[str]:
    """What is wrong with one document: its id, its date, and its events."""
    faults = []
    if gold.get("doc") != article["id"]:
        faults.append(f"doc {gold.get('doc')!r} under the name {article['id']!r}")
    if gold.get("published") != article.get("published"):
        faults.append("published differs from the article's")
    if gold.get("published") is not None and not is_partial_date(gold["published"]):
        faults.append(f"published {gold['published']!r}")
    names = Counter(event.get("id") for event in gold["events"])
    faults += [f"event id {name!r} {count} times" for name, count in names.items() if count > 1 or not name]
    for event in gold["events"]:
        faults += [f"{event.get('id')}: {fault}" for fault in event_faults(event, article["text"])]
    return faults


def shared_id_faults(golds: list[dict[str, Any]]) -> list[str]:
    """Event ids that several documents share while the type differs."""
    types: dict[str, set[str]] = {}
    for gold in golds:
        for event in gold["events"]:
            types.setdefault(event["id"], set()).add(event["type"])
    return [f"{name}: several types {sorted(kinds)}" for name, kinds in types.items() if len(kinds) > 1]


def read_lines(folder: Path) -> list[str]:
    """The articles of `folder`, or where only annotations of the shared corpus are kept, those of the corpus."""
    if (folder / "articles.jsonl").exists():
        return (folder / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    wanted = {path.stem for path in (folder / "gold").glob("*.json")}
    found = []
    for name in ("corpus", "background"):
        with gzip.open(CORPUS / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            found += [line for line in lines if json.loads(line)["id"] in wanted]
    return found


def check(folder: Path) -> tuple[list[str], Counter[str]]:
    """Faults and counts of the gold in `folder`. Raises OSError or ValueError when a file cannot be read."""
    lines = read_lines(folder)
    articles = {article["id"]: article for article in map(json.loads, lines)}
    faults: list[str] = [] if len(articles) == len(lines) else [f"{folder}: an article id occurs twice"]
    golds, counts = [], Counter[str]()
    paths = {path.stem: path for path in sorted((folder / "gold").glob("*.json"))}
    faults += [f"{name}: gold or article missing" for name in sorted(paths.keys() ^ articles.keys())]
    for name in sorted(paths.keys() & articles.keys()):
        gold = json.loads(paths[name].read_text(encoding="utf-8"))
        golds.append(gold)
        faults += [f"{name}: {fault}" for fault in document_faults(gold, articles[name])]
        counted = [event for event in gold["events"] if not event.get("optional")]
        counts["documents"] += 1
        counts["documents with a date"] += gold.get("published") is not None
        counts["documents without a counted event"] += not counted
        counts["optional events"] += len(gold["events"]) - len(counted)
        counts.update(f"{event['type']} {event['status']}" for event in counted)
        counts.update(event["type"] for event in counted)
    return faults + shared_id_faults(golds), counts


def main(arguments: list[str]) -> int:
    """Check the folders named in `arguments`, or all beside this file; the exit status."""
    beside = Path(__file__).parent
    found = [path.parent for path in sorted(beside.glob("*/gold"))]
    if not CORPUS.exists():  # the texts of the annotated real articles are not in the repository
        found = [folder for folder in found if (folder / "articles.jsonl").exists()]
    folders = [Path(name) for name in arguments] or found
    if not folders:
        print(f"nothing to check: no folder beside {beside} has gold")
        return 1
    failed = False
    for folder in folders:
        faults, counts = check(folder)
        failed = failed or bool(faults)
        for fault in faults:
            print(fault)
        totals = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
        print(f"{folder.name}: {len(faults)} faults; {totals}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
