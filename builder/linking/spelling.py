"""Persons of the gazetteer whose names a text spells in another way."""

from __future__ import annotations

from difflib import SequenceMatcher

from diplograph.arabic import fold
from diplograph.linking.gazetteer import Entry, Gazetteer, Sense

SIMILAR = 0.55  # share of letters that a variant spelling of a first name keeps (measured on the gazetteer's aliases)

_NAMED = frozenset(
    {"head-of-state", "head-of-government", "foreign-minister", "defence-minister", "supreme-leader"}
)
SAME_OFFICE = (
    0.6  # … and a whole name in the spelling of another newsroom, of who holds the office that the text gives
)
SAME_RANK = 0.8  # … or one of its rank, where the text does not say of which state


def find_holder(
    name: str, rank: str, bodies: set[str], gazetteer: Gazetteer, period: tuple[str, str]
) -> Entry | None:
    """The holder of an office at a time whose whole name is spelt alike ("the Korean president *Yun Sok-yol*"): newsrooms write
    down sounds that Arabic has no letters for each in its own way."""
    if len(name.split()) < 2 or rank not in _NAMED:
        return None
    held = [entry for body in bodies for entry in gazetteer.holders(body, rank, *period)]
    if not bodies:
        held = gazetteer.all_holders(rank, *period)
    least = SAME_OFFICE if bodies else SAME_RANK
    alike = {
        entry.actor.key: entry
        for entry in held
        if entry.actor and any(_is_spelt_alike(name, known, least) for known in gazetteer.spellings(entry))
    }
    return next(iter(alike.values())) if len(alike) == 1 else None


def _is_spelt_alike(name: str, known: str, least: float) -> bool:
    """Whether a share of the letters of two names match; no more can than both have, which is quickly counted and rules out
    most."""
    shared = sum(min(name.count(letter), known.count(letter)) for letter in set(name))
    bound = 2 * shared / (len(name) + len(known))
    return bound >= least and SequenceMatcher(None, name, known).ratio() >= least


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
