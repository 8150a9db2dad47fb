"""Surface tokens of a sentence, folded, and the readings that clitics give them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from diplograph.arabic import fold
from diplograph.model import Sentence, Word
from diplograph.resources import read_toml

_FUNCTION_TAGS = frozenset({"ADP", "CCONJ", "SCONJ", "PART", "AUX", "PRON", "PUNCT"})


@dataclass(frozen=True, slots=True)
class Clitics:
    """The clitics of ontology/lexicon/clitics.toml, folded."""

    conjunctions: frozenset[str]
    prepositions: frozenset[str]
    article: str
    assimilated: str
    pronouns: frozenset[str]
    answering: str
    future: tuple[str, ...]
    relative: str


@cache
def load_clitics() -> Clitics:
    """Reads ontology/lexicon/clitics.toml."""
    data = read_toml("ontology", "lexicon", "clitics.toml")
    return Clitics(
        frozenset(map(fold, data["conjunctions"])),
        frozenset(map(fold, data["prepositions"])),
        fold(data["article"]),
        fold(data["article_after_preposition"]),
        frozenset(map(fold, data["pronouns"])),
        fold(data["answering"]),
        tuple(map(fold, data["future"])),
        fold(data["relative"]),
    )


@dataclass(frozen=True, slots=True)
class Token:
    """A surface token: its folded letters, its span, its word ids; the id, tag and head of its content word.

    ``conjoined`` says that it opens with a conjunction written together with it, ``is_indefinite`` that nunation is
    written at its end.
    """

    index: int
    folded: str
    begin: int
    end: int
    words: tuple[int, ...]
    main: int
    upos: str
    head: int
    conjoined: bool = False
    is_indefinite: bool = False

    @property
    def is_punctuation(self) -> bool:
        """Whether the token has no letter and no digit."""
        return _is_punctuation(self.folded)


@lru_cache(maxsize=100_000)
def _is_punctuation(folded: str) -> bool:
    return not any(character.isalnum() for character in folded)


_QUOTES = "'\"«»“”"
_NUNATION = "\u064b"  # fathatan


def read_tokens(sentence: Sentence, text: str) -> tuple[Token, ...]:
    """The surface tokens of a sentence of ``text``, in order."""
    grouped: dict[int, list[Word]] = {}
    for word in sentence.words:
        grouped.setdefault(word.token, []).append(word)
    tokens = []
    for index, words in enumerate(grouped.values()):
        main = next((word for word in words if word.upos not in _FUNCTION_TAGS), words[-1])
        begin, end = _unquote(text, words[0].begin, words[-1].end)
        conjoined = len(words) > 1 and words[0].upos == "CCONJ"
        surface = text[begin:end]
        tokens.append(
            Token(
                index,
                fold(surface),
                begin,
                end,
                tuple([word.id for word in words]),
                main.id,
                main.upos,
                main.head,
                conjoined,
                _NUNATION in surface[-2:],
            )
        )
    return tuple(tokens)


def _unquote(text: str, begin: int, end: int) -> tuple[int, int]:
    """A stretch of text without the quotation marks that the tokenizer left on its word ("''ECOWAS''")."""
    surface = text[begin:end]
    if surface[:1] not in _QUOTES and surface[-1:] not in _QUOTES:
        return begin, end  # as nearly all
    inner = surface.strip(_QUOTES)
    if not inner:
        return begin, end
    first = begin + surface.index(inner)
    return first, first + len(inner)


@dataclass(frozen=True, slots=True)
class Reading:
    """A token read without some of its clitics: how many letters were taken off, and what they were."""

    form: str
    stripped: int
    preposition: str = ""


@lru_cache(maxsize=100_000)
def readings(folded: str) -> tuple[Reading, ...]:
    """The token as it stands, then without its conjunction, then without its preposition.

    A token of a conjunction, a preposition and a noun has four: the whole first, so that a name that only looks as if
    it began with a clitic (Paris, Benin, Lebanon: their first letters are clitics too) is found whole.
    """
    return tuple(_readings(folded))


@lru_cache(maxsize=100_000)
def find_among(folded: str, words: frozenset[str]) -> str:
    """The first reading of a token that is one of some words, "" if none is."""
    return next((reading.form for reading in readings(folded) if reading.form in words), "")


def _readings(folded: str) -> Iterator[Reading]:
    clitics = load_clitics()
    yield Reading(folded, 0)
    yield from _without_preposition(folded, 0, clitics)
    if folded[:1] in clitics.conjunctions and len(folded) > 2:
        yield Reading(folded[1:], 1)
        yield from _without_preposition(folded[1:], 1, clitics)


def _without_preposition(form: str, stripped: int, clitics: Clitics) -> Iterator[Reading]:
    if form.startswith(clitics.assimilated) and len(form) > 4:
        yield Reading(clitics.article + form[2:], stripped + 1, form[0])
    if form[:1] in clitics.prepositions and len(form) > 2:
        yield Reading(form[1:], stripped + 1, form[0])
