"""Persons of the gazetteer whose first names a text spells in another way."""

from __future__ import annotations

from difflib import SequenceMatcher

from diplograph.arabic import fold
from diplograph.linking.gazetteer import Entry, Gazetteer, Sense

SIMILAR = 0.55  # share of letters that a variant spelling of a first name keeps (measured on the gazetteer's aliases)


def find_similar(name: str, bodies: set[str], gazetteer: Gazetteer) -> Entry | None:
    """The gazetteer's person whose surname a name ends in, whose first name is spelt alike, and who is of one of some
    ``bodies``, where there are any."""
    words = tuple(name.split())
    for length in range(1, len(words)):
        senses = [sense for sense in gazetteer.senses(words[-length:]) if sense.entry.kind == "Person"]
        close = [
            sense.entry
            for sense in senses
            if _alike(words[0], sense) and (not bodies or sense.entry.country in bodies)
        ]
        if len(close) == 1:
            return close[0]
    return None


def _alike(first: str, sense: Sense) -> bool:
    """Whether a first name is a spelling of the gazetteer's ("Sergei" with jim, ghain or qaf for g)."""
    known = fold(sense.entry.actor.label_ar).split()[0] if sense.entry.actor else ""
    return SequenceMatcher(None, first, known).ratio() >= SIMILAR
