"""The words of time: lexicon/time.toml as a dictionary from folded word sequences to what they mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from diplograph.arabic import fold
from diplograph.model import DataError
from diplograph.resources import read_toml

_FILE = "lexicon/time.toml"


@dataclass(frozen=True, slots=True)
class Sense:
    """What a word of time means: its ``kind`` (a kind of token of the grammar) and its value.

    ``value`` is the number of a month, weekday, day, hour or shift in days, of a feast month and day (1225); ``name`` says which: the calendar of a
    month, the part of the day, the relative (``next`` …), the unit, the zone. ``count`` is 1 for a singular unit, 2
    for a dual, 0 for a plural. ``doubt`` says how much a month's name needs around it: 0 nothing, 1 a preposition,
    2 a number or a year.
    """

    kind: str
    value: int = 0
    name: str = ""
    count: int = 0
    doubt: int = 0


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The lexicon, folded.

    ``entries``: first word → (the words after it, sense), longest first; ``guards``: sets of words by name.
    """

    entries: dict[str, tuple[tuple[tuple[str, ...], Sense], ...]]
    conjunctions: tuple[str, ...]
    prepositions: tuple[str, ...]
    article: str
    guards: dict[str, frozenset[str]]

    def strip_clitics(self, word: str) -> Iterator[tuple[int, int, str]]:
        """(letters taken off, letters of a conjunction among them, what is left), the whole word first.

        After a preposition the article loses its alef: in «للخميس» the second lam is the article's.
        """
        yield 0, 0, word
        for joint in ("", *self.conjunctions):
            if not word.startswith(joint):
                continue
            rest = word[len(joint) :]
            if joint and rest:
                yield len(joint), len(joint), rest
            for preposition in self.prepositions:
                if rest.startswith(preposition) and len(rest) > 3:  # «باب» is a door, not «ب» and a month
                    left = rest[len(preposition) :]
                    yield len(joint) + len(preposition), len(joint), left
                    if left.startswith(self.article[-1]):
                        yield len(joint) + len(preposition), len(joint), self.article[:-1] + left

    def is_definite(self, word: str) -> bool:
        """Whether a word has the article, under clitics or not: «القمة», «للقمة», «وبالقمة»."""
        return any(form.startswith(self.article) for _, _, form in self.strip_clitics(word))

    def names_time(self, word: str) -> bool:
        """Whether a folded word by itself names a stretch of time: a weekday, a month, a part of the day, a unit."""
        return self.names_day(word) or self._means(word, ("month", "a_", "the_"))

    def names_day(self, word: str) -> bool:
        """Whether a folded word by itself names a weekday or a part of the day."""
        return self._means(word, ("weekday", "part"))

    def names_month(self, word: str) -> bool:
        """Whether a folded word by itself names a month."""
        return self._means(word, ("month",))

    def _means(self, word: str, kinds: tuple[str, ...]) -> bool:
        senses = (sense for rest, sense in self.entries.get(word, ()) if not rest)
        return any(sense.kind.startswith(kinds) for sense in senses)

    def guarded(self, word: str, guard: str) -> bool:
        """Whether a word is one of a guard's, clitics and article aside."""
        forms = {form for _, _, form in self.strip_clitics(word)}
        forms |= {form.removeprefix(self.article) for form in forms}
        return bool(forms & self.guards[guard])


@cache
def load_lexicon() -> Lexicon:
    """The lexicon of time, read once. Raises DataError naming the item that is wrong."""
    data = read_toml("ontology", *_FILE.split("/"))
    found: dict[str, dict[tuple[str, ...], Sense]] = {}
    try:
        for phrase, sense in _senses(data):
            first, *rest = fold(phrase).split()
            found.setdefault(first, {}).setdefault(tuple(rest), sense)
        clitics, guards = data["clitics"], data["guards"]
        return Lexicon(
            entries={
                first: tuple(sorted(items.items(), key=lambda item: -len(item[0])))
                for first, items in found.items()
            },
            conjunctions=tuple(map(fold, clitics["and"])),
            prepositions=tuple(map(fold, clitics["prepositions"])),
            article=fold(clitics["article"]),
            guards={name: frozenset(map(fold, words)) for name, words in guards.items()},
        )
    except (KeyError, ValueError) as error:
        raise DataError(f"ontology/{_FILE}: missing or malformed: {error}") from error


def _senses(data: dict[str, Any]) -> Iterator[tuple[str, Sense]]:
    """Every phrase of the lexicon with its sense; where a phrase is twice, the first counts."""
    yield from _months(data["months"], data["ambiguous"])
    for kind, section in (("weekday", "weekdays"), ("shift", "day_shifts"), ("hour", "hours")):
        for value, phrases in data[section].items():
            yield from ((phrase, Sense(kind, int(value))) for phrase in phrases)
    for day, phrases in data["feasts"].items():
        yield from ((phrase, Sense("feast", int(day.replace("-", "")))) for phrase in phrases)
    for kind, section in (("part", "day_parts"), ("relative", "relatives")):
        for name, phrases in data[section].items():
            yield from ((phrase, Sense(kind, name=name)) for phrase in phrases)
    for kind, phrases in data["words"].items():
        yield from ((phrase, Sense(kind)) for phrase in phrases)
    yield from _units(data["units"])
    joint = data["clitics"]["and"][0]
    yield from _numbers("number", data["cardinals"], joint)
    yield from _numbers("ordinal", data["ordinals"], joint)
    yield from _zones(data["zones"], data["zone_marks"])


def _months(months: dict[str, Any], ambiguous: dict[str, list[str]]) -> Iterator[tuple[str, Sense]]:
    doubts = {fold(name): doubt for doubt, key in ((1, "weak"), (2, "strict")) for name in ambiguous[key]}
    for calendar, numbers in months.items():
        for number, names in numbers.items():
            for name in names:
                doubt = doubts.get(fold(name), 0) if calendar == "gregorian" else 2
                yield name, Sense("month", int(number), calendar, doubt=doubt)


def _units(units: dict[str, Any]) -> Iterator[tuple[str, Sense]]:
    for name, forms in units.items():
        for count, form in ((1, "one"), (2, "two"), (0, "many")):
            yield from ((phrase, Sense(f"a_{name}", name=name, count=count)) for phrase in forms[form])
            yield from (
                (phrase, Sense(f"the_{name}", name=name, count=count))
                for phrase in forms.get(f"the_{form}", ())
            )


def _numbers(kind: str, numbers: dict[str, list[str]], joint: str) -> Iterator[tuple[str, Sense]]:
    """The numbers of the lexicon, and those made of a unit and a ten: «خمسة وعشرين», «الخامس والعشرين»."""
    for value, phrases in numbers.items():
        yield from ((phrase, Sense(kind, int(value))) for phrase in phrases)
    units = {int(value): phrases for value, phrases in numbers.items() if int(value) < 10}
    tens = {int(value): phrases for value, phrases in numbers.items() if int(value) >= 20}
    for ten, ten_phrases in tens.items():
        for unit, unit_phrases in units.items():
            for phrase in unit_phrases:
                for ten_phrase in ten_phrases:
                    yield f"{phrase} {joint}{ten_phrase}", Sense(kind, ten + unit)


def _zones(zones: dict[str, list[str]], marks: dict[str, Any]) -> Iterator[tuple[str, Sense]]:
    for mark in marks["mark"]:
        yield from ((f"{mark} {place}", Sense("zone")) for place in marks["local"])
        for zone, places in zones.items():
            yield from ((f"{mark} {place}", Sense("zone", name=zone)) for place in places)
    for zone, shorts in marks["abbreviations"].items():
        yield from ((short, Sense("zone", name=zone)) for short in shorts)
