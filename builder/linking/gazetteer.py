"""The gazetteer: which names, demonyms and metonyms mean which actor or place, and who held which office when."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from diplograph.arabic import fold
from diplograph.linking.tokens import Reading, load_clitics, readings
from diplograph.model import Actor, DataError, Place
from diplograph.resources import locate, read_toml

ACTOR_FILES = ("actors.tsv", "places.tsv")
THIS_CENTURY = 2099  # the last year of terms that have not ended
_SPLIT_LIST = "|"
_SPLIT_OFFICE = "~"


@dataclass(frozen=True, slots=True)
class Office:
    """An office somebody held: its rank (titles.toml), whether it makes a leader, and ISO dates (may be years)."""

    rank: str
    leader: bool
    start: str
    end: str

    def covers(self, earliest: str, latest: str) -> bool:
        """Whether the office was held at some moment between two partial dates."""
        starts_in_time = not self.start or self.start[: len(latest)] <= latest[: len(self.start)]
        ends_in_time = not self.end or self.end[: len(earliest)] >= earliest[: len(self.end)]
        return starts_in_time and ends_in_time


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the gazetteer: the actor or place (a country is both), its body, offices and tags."""

    actor: Actor | None
    place: Place | None
    kind: str
    country: str | None
    offices: tuple[Office, ...]
    tags: frozenset[str]

    def years(self, rank: str) -> frozenset[int]:
        """The years in which a person held an office of this rank, over all terms; none where no year is known."""
        terms = [office for office in self.offices if office.rank == rank and office.start]
        return frozenset(
            year
            for office in terms
            for year in range(int(office.start[:4]), int(office.end[:4] if office.end else THIS_CENTURY) + 1)
        )


@dataclass(frozen=True, slots=True)
class Sense:
    """What a name can mean: an entry, and how the name means it (name, alias, metonym or demonym)."""

    entry: Entry
    how: str


@dataclass(frozen=True, slots=True)
class Titles:
    """The lexicon of titles, folded: each phrase as a tuple of words; ``family_first`` are countries (Wikidata ids) where
    the family name stands first."""

    ranks: dict[tuple[str, ...], str]
    leaders: frozenset[str]
    english: dict[str, str]
    organs: dict[tuple[str, ...], str]
    groups: dict[tuple[str, ...], tuple[str, int]]
    words: dict[str, frozenset[str]]
    family_first: frozenset[str] = frozenset()
    counterparts: Mapping[str, int] = field(default_factory=dict)
    """"His counterpart" with each pronoun, and of how many it speaks: 3 for a plural."""
    own_countries: frozenset[str] = frozenset()
    """"His country" with each pronoun."""
    openings: frozenset[str] = frozenset()
    honored: Mapping[str, frozenset[str]] = field(default_factory=dict)
    prince: str = ""
    offices: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """How a rank is written before the adjective of a state, and before its name."""
    seated: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    """The states of titles that say by themselves of which they are."""
    ceremonial: frozenset[str] = frozenset()
    """The monarchies whose prime minister leads them; ``monarchies`` has all."""
    monarchies: frozenset[str] = frozenset()
    parliamentary: frozenset[str] = frozenset()
    """The republics whose prime minister leads them."""
    singulars: Mapping[str, str] = field(default_factory=dict)
    """The singular of the dual or plural of a title that says no rank."""
    """The words that a phrase of this lexicon can begin with."""

    def phrases(self, name: str) -> frozenset[str]:
        """A list of single words by its name in titles.toml (``between``, ``former``, ``name_parts`` …)."""
        return self.words[name]


def _words(phrase: str) -> tuple[str, ...]:
    return tuple(fold(phrase).split())


@cache
def load_titles() -> Titles:
    """Reads ontology/lexicon/titles.toml."""
    data = read_toml("ontology", "lexicon", "titles.toml")
    ranks: dict[tuple[str, ...], str] = {}
    english: dict[str, str] = {}
    for title in data["title"]:
        for phrase in title["arabic"]:
            ranks.setdefault(_words(phrase), title["rank"])
        english.update(dict.fromkeys(title.get("english", ()), title["rank"]))
    groups = {
        _words(phrase): (group["rank"], group["number"])
        for group in data["group"]
        for phrase in group["words"]
    }
    organs = {_words(phrase): kind for kind, phrases in data["organs"].items() for phrase in phrases}
    words = {f"{room}.{name}": _fold_all(items) for room in _WORD_ROOMS for name, items in data[room].items()}
    for room in ("monarchies", "parliamentary"):
        words[f"{room}.titles"] = _fold_all(data[room]["titles"])
    leaders = frozenset(title["rank"] for title in data["title"] if title.get("leader"))
    family_first = frozenset(data["family_first"]["countries"])
    counterparts: dict[str, int] = {}
    for number, form in enumerate(("singular", "dual", "plural"), start=1):
        for word in _with_pronouns(words[f"counterpart.{form}"]):
            counterparts.setdefault(word, number)
    own_countries = frozenset(_with_pronouns(words["anaphors.own_country"]))
    bodies = {load_clitics().article + word for word in words["anaphors.organization"]}
    openings = frozenset(words[0] for phrases in (ranks, organs, groups) for words in phrases)
    openings |= counterparts.keys() | own_countries | bodies | words["anaphors.person"]
    openings |= words["place.seat"] | words["between.honorifics"]
    honored = {
        fold(word): frozenset(map(fold, item["titles"])) for item in data["honored"] for word in item["words"]
    }
    openings |= honored.keys()
    return Titles(
        ranks, leaders, english, organs, groups, words, family_first, counterparts, own_countries,
        frozenset(openings), honored, fold(data["prince"]["word"]),
        {title["rank"]: tuple(title["office"]) for title in data["title"] if "office" in title},
        {_words(phrase): seat["country"] for seat in data["seated"] for phrase in seat["titles"]},
        frozenset(data["monarchies"]["ceremonial"]),
        frozenset(data["monarchies"]["ceremonial"] + data["monarchies"]["ruling"]),
        frozenset(data["parliamentary"]["countries"]),
        {fold(word): singular for word, singular in data["singular"].items()},
    )  # fmt: skip


def _with_pronouns(stems: Iterable[str]) -> Iterator[str]:
    """Words that are written together with a pronoun, with each of them."""
    return (stem + pronoun for stem in stems for pronoun in load_clitics().pronouns)


_WORD_ROOMS = ("between", "counterpart", "anaphors", "place", "not_persons", "marks", "heirs")


def _fold_all(items: Iterable[str]) -> frozenset[str]:
    return frozenset(fold(item) for item in items)


def demonym_forms(nisba: str) -> Iterator[str]:
    """The folded inflected forms of a relative adjective (nisba), with and without the article.

    Arabic makes them all from the masculine singular: feminine, dual, sound plurals, and the accusative that an indefinite
    object has ("met a delegation, *Israeli*").
    """
    stem = fold(nisba)
    if stem.startswith("ال") and len(stem) > 4:
        stem = stem[2:]
    if not stem.endswith("ي"):
        yield from (stem, stem + "ا", "ال" + stem)
        return
    for suffix in ("", "ه", "ون", "ين", "ان", "تان", "تين", "ات"):
        yield stem + suffix
        yield "ال" + stem + suffix
    yield stem + "ا"


class Gazetteer:
    """Names → senses, and the office holders of each body.

    >>> gazetteer = load_gazetteer()
    >>> sorted((sense.how, sense.entry.kind) for sense in gazetteer.senses(("واشنطن",)))
    [('metonym', 'Country'), ('name', 'City')]
    """

    def __init__(self, rows: Iterable[dict[str, str]], titles: Titles) -> None:
        """Indexes the rows (column name → value)."""
        self._senses: dict[tuple[str, ...], list[Sense]] = {}
        self._prefixes: set[tuple[str, ...]] = set()
        self.entries: dict[str, Entry] = {}
        self._holders: dict[tuple[str, str], list[Entry]] = {}
        self._seats: dict[str, list[tuple[str, ...]]] = {}
        self._spellings: dict[str, list[str]] = {}
        self.openings = lru_cache(maxsize=100_000)(self._find_openings)
        rows = list(rows)
        states = frozenset(row["qid"] for row in rows if row["kind"] == "Country")
        for row in rows:
            self._add(_read_entry(row, titles, states), row)

    def _add(self, entry: Entry, row: dict[str, str]) -> None:
        key = entry.actor.key if entry.actor else entry.place.key if entry.place else ""
        self.entries.setdefault(key, entry)
        self._index(_words(row["ar"]), Sense(entry, "name"))
        for alias in _items(row["ar_aliases"]):
            self._index(_words(alias), Sense(entry, "alias"))
        for metonym in _items(row["metonyms"]):
            self._index(_words(metonym), Sense(entry, "metonym"))
            self._seats.setdefault(key, []).append(_words(metonym))
        for demonym in _items(row["demonyms_ar"]):
            for form in demonym_forms(demonym):
                self._index(tuple(form.split()), Sense(entry, "demonym"))
        if entry.kind == "Person":
            spelt = (row["ar"], *_items(row["ar_aliases"]))
            self._spellings[key] = [" ".join(_words(name)) for name in spelt]
        if entry.kind == "Person" and entry.country:
            for office in entry.offices:
                self._holders.setdefault((entry.country, office.rank), []).append(entry)

    def _index(self, words: tuple[str, ...], sense: Sense) -> None:
        if not words:
            return
        known = self._senses.setdefault(words, [])
        if all(other.entry is not sense.entry for other in known):
            known.append(sense)
        for length in range(1, len(words) + 1):
            self._prefixes.add(words[:length])

    def senses(self, words: tuple[str, ...]) -> Sequence[Sense]:
        """What these folded words can mean, none if nothing."""
        return self._senses.get(words, ())

    def names(self) -> Iterable[tuple[tuple[str, ...], Sequence[Sense]]]:
        """All the names, as folded words, with what they can mean."""
        return self._senses.items()

    def capital(self, country: str) -> Sense | None:
        """The city of a country by whose name its government goes, which is its capital."""
        for words in self._seats.get(country, ()):
            for sense in self._senses[words]:
                if sense.entry.kind == "City" and sense.entry.country == country:
                    return Sense(sense.entry, "name")
        return None

    def starts(self, words: tuple[str, ...]) -> bool:
        """Whether some name begins with these folded words."""
        return words in self._prefixes

    def _find_openings(self, folded: str) -> tuple[Reading, ...]:
        """The readings of a token with which some name begins: of most words none, and most words come again."""
        return tuple(reading for reading in readings(folded) if self.starts((reading.form,)))

    def spellings(self, entry: Entry) -> Sequence[str]:
        """The names of a person, folded."""
        return self._spellings.get(entry.actor.key, ()) if entry.actor else ()

    def all_holders(self, rank: str, earliest: str, latest: str) -> list[Entry]:
        """Who held an office of this rank for any body at some moment between two partial dates."""
        countries = [country for country, held in self._holders if held == rank]
        return [entry for country in countries for entry in self.holders(country, rank, earliest, latest)]

    def holders(self, country: str, rank: str, earliest: str, latest: str) -> list[Entry]:
        """Who held an office of this rank for this body at some moment between two partial dates."""
        return [
            entry
            for entry in self._holders.get((country, rank), ())
            if any(office.rank == rank and office.covers(earliest, latest) for office in entry.offices)
        ]


def _items(cell: str) -> list[str]:
    return [item.strip() for item in cell.split(_SPLIT_LIST) if item.strip()]


def actor_key(wikidata: str, english: str, arabic: str) -> str:
    """The last part of an actor's or place's IRI: its Wikidata id, else its English name, else its Arabic one."""
    if wikidata:
        return wikidata
    slug = re.sub(r"[^a-z0-9]+", "-", english.casefold()).strip("-")
    return slug or "ar-" + "-".join(_words(arabic))


def _read_entry(row: dict[str, str], titles: Titles, states: Container[str]) -> Entry:
    key = actor_key(row["qid"], row["en"], row["ar"])
    kind, country = row["kind"], row["country_qid"] or None
    wikidata = row["qid"] or None
    offices = _read_offices(row["offices"], titles)
    actor = place = None
    if kind in ("Person", "Country", "Organization"):
        represents = (country,) if kind == "Person" and country else ()
        # Whoever was president once and speaks for the United Nations now is listed under the United Nations.
        headed = any(office.rank == "head-of-state" for office in offices) and country in states
        actor = Actor(
            key, kind, row["ar"], row["en"] or None, wikidata, represents, represents if headed else ()
        )
    if kind in ("City", "Country", "Building", "Site"):
        place = Place(key, row["ar"], row["en"] or None, wikidata, key if kind == "Country" else country)
    tags = frozenset(_items(row.get("tags", "")))
    return Entry(actor, place, kind, country, offices, tags)


def _read_offices(cell: str, titles: Titles) -> tuple[Office, ...]:
    offices = []
    for item in _items(cell):
        parts = item.split(_SPLIT_OFFICE)
        if len(parts) < 5:
            continue
        rank = titles.english.get(parts[1], "official")
        offices.append(Office(rank, rank in titles.leaders, parts[3], parts[4]))
    return tuple(offices)


def _read_rows(name: str) -> Iterator[dict[str, str]]:
    lines = locate("seeds", name).read_text(encoding="utf-8").splitlines()
    columns = lines[0].split("\t")
    for number, line in enumerate(lines[1:], start=2):
        if not line:
            continue
        cells = line.split("\t")
        if len(cells) != len(columns):
            raise DataError(f"seeds/{name}, line {number}: {len(cells)} columns instead of {len(columns)}")
        yield dict(zip(columns, cells, strict=True))


@cache
def load_gazetteer() -> Gazetteer:
    """Reads seeds/actors.tsv and seeds/places.tsv. Raises DataError naming the file and line of a malformed row."""
    rows: list[dict[str, Any]] = [row for name in ACTOR_FILES for row in _read_rows(name)]
    return Gazetteer(rows, load_titles())
