"""Names found however they are spelt: hamza, alef maqsura, teh marbuta, vowel signs, transliteration, slips of typing."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from diplograph.arabic import fold
from diplograph.linking.gazetteer import actor_key
from diplograph.resources import locate
from diplograph.server.explorer.table import Table

MOST = 20
"""How many results a search has at most."""

_LEAST = 72.0  # of 100: what looks less alike than this is something else
_BEGINS = 101.0  # a word begins with what was typed: better than any likeness
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Names:
    """Folded names, and what each is the name of: ``actor/KEY``, ``place/KEY``, ``event/KEY`` or ``document/ID``.

    ``weights`` are how much is known of each: of two that match equally well, the better known is first.
    """

    folded: Sequence[str]
    keys: Sequence[str]
    weights: Sequence[int]


def level(text: str) -> str:
    """A name as it is compared: one form of each letter, no marks in either script, no article, no case.

    >>> level("Élysée"), level("الإمارات") == level("امارات")
    ('elysee', True)
    """
    plain = "".join(
        mark for mark in unicodedata.normalize("NFKD", fold(text)) if not unicodedata.combining(mark)
    )
    words = "".join(letter if letter.isalnum() else " " for letter in plain.casefold()).split()
    return " ".join(word[2:] if word.startswith("ال") and len(word) > 4 else word for word in words)


@cache
def _other_names() -> Mapping[str, Sequence[str]]:
    """Other spellings that the gazetteer knows of a name, by the key of who has it."""
    found: dict[str, list[str]] = {}
    for name in ("actors.tsv", "places.tsv"):
        with locate("seeds", name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                aliases = [alias for alias in row["ar_aliases"].split("|") if alias]
                if aliases:
                    found.setdefault(actor_key(row["qid"], row["en"], row["ar"]), []).extend(aliases)
    return found


def collect_names(table: Table, documents: Iterable[tuple[str, str]]) -> Names:
    """The names of all that can be searched for: labels in both languages, other names of the gazetteer, titles."""
    amounts: dict[str, int] = {}
    for event in table.events:
        for key in (*event.actors, *event.places):
            amounts[key] = amounts.get(key, 0) + 1
    named: dict[tuple[str, str], int] = {}
    others = _other_names()
    for key, thing in table.things.items():
        for name in (*thing.labels.values(), *others.get(key.partition("/")[2], ())):
            named[level(name), key] = amounts.get(key, 0) + 1
    for event in table.events:
        for name in event.labels.values():
            named[level(name), f"event/{event.key}"] = 0
    for key, title in documents:
        named[level(title), key] = 0
    found = [(name, key, weight) for (name, key), weight in named.items() if name]
    return Names(
        [name for name, _, _ in found], [key for _, key, _ in found], [weight for _, _, weight in found]
    )


def search(names: Names, text: str, rooms: Sequence[str] = ()) -> list[str]:
    """The keys of what is meant, the likeliest first; with ``rooms`` (actor, place, event, document) only those.

    A name that begins with the text, or has a word that does, counts as it is being typed.
    """
    from rapidfuzz import fuzz, process

    wanted = level(text)
    if len(wanted) < _SHORTEST:
        return []
    near = process.extract(wanted, names.folded, scorer=fuzz.WRatio, score_cutoff=_LEAST, limit=10 * MOST)
    places = {place: score * min(1.0, (len(name) + 3) / len(wanted)) for name, score, place in near}
    for place, name in enumerate(names.folded):
        if f" {wanted}" in f" {name}":
            places[place] = _BEGINS + 50 * len(wanted) / len(name)
    best: dict[str, tuple[float, int]] = {}
    for place, score in places.items():
        key = names.keys[place]
        if score >= _LEAST and (not rooms or key.partition("/")[0] in rooms):
            best[key] = max(best.get(key, (0.0, 0)), (score, names.weights[place]))
    order = sorted(best, key=lambda key: (-round(best[key][0] / 15), -best[key][1], -best[key][0], key))
    return order[:MOST]


def describe_found(table: Table, keys: Sequence[str], titles: dict[str, str]) -> list[dict[str, Any]]:
    """The results as the API gives them."""
    found = []
    for key in keys:
        room, _, rest = key.partition("/")
        if room == "event":
            event = table.by_key[rest]
            about = {"kind": event.type, "label": event.labels, "start": event.start}
        elif room == "document":
            about = {"kind": "Document", "label": {"": titles[key]}}
        else:
            thing = table.things[key]
            about = {"kind": thing.kind, "label": thing.labels}
        found.append({"key": key, **about})
    return found
