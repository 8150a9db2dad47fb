"""What a document says as a whole: its references, and what all of them together tell of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from diplograph.linking.gazetteer import Entry, Gazetteer, Titles
from diplograph.linking.phrases import PhraseFinder
from diplograph.linking.titles import Reference
from diplograph.linking.tokens import Token, readings

EARLIEST, LATEST = "1900", "2100"  # for documents of which nothing says when they were written
SHORTEST_NAME = 3  # letters of a surname by which somebody may be called alone
_PERSONS = {"person", "counterpart"}


@dataclass(frozen=True)
class Overview:
    """``references`` are those of each sentence; ``known_bodies`` the keys of the states that the text names beyond doubt, to
    settle names that several share; ``full_names`` the persons of the gazetteer that it names in full, as keys, by the name
    they go by alone (headlines use it before the text has given the other); ``titled`` those it names with an office, by rank
    and body (leads give the office before the name); ``earliest`` and ``latest`` say when it speaks."""

    references: tuple[tuple[Reference, ...], ...]
    known_bodies: frozenset[str]
    full_names: dict[str, frozenset[str]]
    titled: dict[tuple[str, str], tuple[Reference, ...]]
    earliest: str
    latest: str


def overlook(
    sentences: Sequence[Sequence[Token]], published: str | None, gazetteer: Gazetteer, titles: Titles
) -> Overview:
    """What the tokens of all sentences say; ``published`` is the document's date, where it is known."""
    references = _find_references(sentences, gazetteer, titles)
    every = list(chain.from_iterable(references))
    earliest, latest = (published, published) if published else _find_period(every)
    full_names = _find_full_names(every, titles)
    return Overview(references, _find_bodies(every), full_names, _find_titled(every), earliest, latest)


def find_next_person(references: Sequence[Reference], begin: int) -> Reference | None:
    """The next person named after a place in the text, whose counterpart somebody is of whom nobody was named before ("during
    his meeting *his Chinese counterpart*, Putin stressed …")."""
    return next(
        (r for r in references if r.begin > begin and r.kind == "person" and (r.name or r.bodies)), None
    )


def body_key(entry: Entry) -> str:
    """The key of the state or organization that an entry is, or is of; nothing where it has none."""
    if entry.kind in ("Country", "Organization") and entry.actor:
        return entry.actor.key
    return entry.country or (entry.place.key if entry.place else "")


def _find_references(
    sentences: Sequence[Sequence[Token]], gazetteer: Gazetteer, titles: Titles
) -> tuple[tuple[Reference, ...], ...]:
    """The references of each sentence, found twice: what the first pass takes for the surnames of persons is known in the
    second, where the tagger has them for other words."""
    first = [PhraseFinder(tokens, gazetteer, titles).find() for tokens in sentences]
    named = [
        reference
        for reference in chain.from_iterable(first)
        if reference.name and (reference.senses or reference.rank)
    ]
    persons = [reference.name for reference in named if reference.kind in _PERSONS]
    known = frozenset(name.split()[-1] for name in persons if len(name.split()[-1]) >= SHORTEST_NAME)
    known |= frozenset(
        reference.name.split()[0] for reference in named if _is_family_first(reference, titles)
    )
    return tuple(
        tuple(PhraseFinder(tokens, gazetteer, titles, known).find() if _names_one(tokens, known) else found)
        for tokens, found in zip(sentences, first, strict=True)
    )


def _names_one(tokens: Sequence[Token], known: frozenset[str]) -> bool:
    """Whether one of some names stands in a sentence, with clitics or not."""
    return bool(known) and any(
        reading.form in known for token in tokens for reading in readings(token.folded)
    )


def _is_family_first(reference: Reference, titles: Titles) -> bool:
    """Whether a reference gives the full name of somebody whose family name stands first."""
    entries = [*(sense.entry for sense in reference.senses), *reference.bodies]
    countries = {entry.country or (entry.actor.key if entry.actor else "") for entry in entries}
    is_person = reference.kind in _PERSONS
    return is_person and len(reference.name.split()) > 1 and bool(countries & titles.family_first)


def _find_full_names(references: Iterable[Reference], titles: Titles) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for reference in references:
        words = reference.name.split()
        keys = {sense.entry.actor.key for sense in reference.senses if sense.entry.actor}
        if len(words) > 1 and len(keys) == 1 and reference.kind in _PERSONS:
            short = words[0] if _is_family_first(reference, titles) else words[-1]
            found.setdefault(short, set()).update(keys)
    return {short: frozenset(keys) for short, keys in found.items()}


def _find_titled(references: Iterable[Reference]) -> dict[tuple[str, str], tuple[Reference, ...]]:
    """The persons whom a document names with an office that is not over, by its rank and body."""
    found: dict[tuple[str, str], list[Reference]] = {}
    for reference in references:
        if reference.kind != "person" or not reference.name or reference.former or len(reference.senses) > 1:
            continue
        entries = reference.bodies or tuple(sense.entry for sense in reference.senses)
        for key in dict.fromkeys(map(body_key, entries)):
            found.setdefault((reference.rank, key), []).append(reference)
    return {office: tuple(persons) for office, persons in found.items()}


def _find_bodies(references: Iterable[Reference]) -> frozenset[str]:
    found = set()
    for reference in references:
        senses = [sense for sense in reference.senses if sense.entry.kind != "Person"]
        if len({body_key(sense.entry) for sense in senses}) == 1:
            found.add(body_key(senses[0].entry))
        if len({body_key(entry) for entry in reference.bodies}) == 1:
            found.add(body_key(reference.bodies[0]))
    return frozenset(key for key in found if key)


def _find_period(references: Iterable[Reference]) -> tuple[str, str]:
    """When a document without a date speaks: the years when those it names all held the offices it gives."""
    years: frozenset[int] = frozenset()
    for reference in references:
        entries = [sense.entry for sense in reference.senses if sense.entry.kind == "Person"]
        if reference.former or len(entries) != 1 or not reference.rank:
            continue
        held = entries[0].years(reference.rank)
        years = (years & held) or years or held
    return (str(min(years)), str(max(years))) if years else (EARLIEST, LATEST)
