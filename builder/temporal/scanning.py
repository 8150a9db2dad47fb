"""Text → tokens: words of time with their sense, numbers, clock times, numeric dates, and everything between."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from diplograph.arabic import fold_characters
from diplograph.temporal.lexicon import Sense, load_lexicon

_PIECE = re.compile(
    r"(?P<date>(?<![\d./-])(?:\d{4}([./-])\d{1,2}\2\d{1,2}|\d{1,2}([./-])\d{1,2}\3(?:\d{4}|\d{2}))(?![\d/-]))"
    r"|(?P<clock>(?<![\d:])\d{1,2}:\d{2}(?::\d{2})?(?![\d:]))"
    r"|(?P<decimal>\d+(?:[.,\u060c\u066b\u066c]\d+)+)"
    r"|(?P<digits>\d+)"
    r"|(?P<word>[^\W\d_]+)"
    r"|(?P<mark>[^\w\s\"'\u00ab\u00bb\u201c\u201d\u2018\u2019]|\n)"
)
_MARKS = {
    **dict.fromkeys(",\u060c|", "comma"),
    **dict.fromkeys("([", "open"),
    **dict.fromkeys(")]", "close"),
    **dict.fromkeys("-\u2010\u2011\u2012\u2013\u2014", "dash"),
    "/": "slash",
}
SCANNED_KINDS = frozenset(
    ("other", "numeric", "clock", "decimal", "number", "year", "and", *_MARKS.values())
)  # the kinds of tokens that are not (only) of the lexicon
_CENTURY_PIVOT = 70  # 12/7/08 is of this century, 12/7/98 of the last
_FIRST_YEAR = 1600  # numeric dates of earlier years are not Gregorian


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of text with its sense; ``begin`` and ``end`` are offsets into the text, ``word`` its folded letters.

    ``numeric`` is the date of a numeric date; ``clock`` the (hour, minute) of a clock time.
    """

    begin: int
    end: int
    word: str
    sense: Sense
    numeric: date | None = None
    clock: tuple[int, int] | None = None

    @property
    def kind(self) -> str:
        """The kind of token, as the grammar names it."""
        return self.sense.kind


_OTHER = Sense("other")


@lru_cache(maxsize=256)
def scan(text: str, begin: int, end: int) -> tuple[Token, ...]:
    """The tokens of ``text[begin:end]`` in order. Quotation marks are passed over, line ends are ``other`` tokens.

    Dates, durations and words of time are looked for in the same stretches one after the other, so the last are kept.
    """
    folded = fold_characters(text[begin:end])
    places: list[int] | None = None
    if "\0" in folded:
        places = [place for place, character in enumerate(folded) if character != "\0"] + [len(folded)]
        folded = folded.replace("\0", "")
    pieces = list(_PIECE.finditer(folded))
    tokens: list[Token] = []
    index = 0
    while index < len(pieces):
        found, used = _read(pieces, index)
        tokens.extend(found)
        index += used
    return tuple(_moved(token, begin, places) for token in tokens)


def _moved(token: Token, begin: int, places: list[int] | None) -> Token:
    """The token with offsets into the whole text, marks that were left out for reading counted again."""
    first, last = token.begin, token.end
    if places is not None:
        first, last = places[first], places[last]
    return Token(begin + first, begin + last, token.word, token.sense, token.numeric, token.clock)


def _read(pieces: list[re.Match[str]], index: int) -> tuple[list[Token], int]:
    """The tokens that begin at a piece, and how many pieces they take."""
    piece = pieces[index]
    word, begin, end = piece.group(), piece.start(), piece.end()
    if piece.lastgroup == "word":
        return _read_words(pieces, index)
    if piece["date"]:
        day = read_numeric(word)
        return [Token(begin, end, word, Sense("numeric") if day else _OTHER, numeric=day)], 1
    if piece["clock"]:
        hour, minute = map(int, word.split(":")[:2])
        valid = hour <= 24 and minute < 60
        return [Token(begin, end, word, Sense("clock") if valid else _OTHER, clock=(hour % 24, minute))], 1
    if piece["digits"]:
        return [Token(begin, end, word, _number_sense(word))], 1
    sense = Sense("decimal") if piece["decimal"] else Sense(_MARKS.get(word, "other"))
    return [Token(begin, end, word, sense)], 1


def _number_sense(digits: str) -> Sense:
    value = int(digits) if len(digits) < 9 else 0
    if len(digits) == 4 and 1000 <= value < 2200:
        return Sense("year", value)
    return Sense("number", value) if value else _OTHER


@lru_cache(maxsize=100_000)
def _find_entries(word: str) -> tuple[tuple[int, int, tuple[tuple[tuple[str, ...], Sense], ...]], ...]:
    """The entries of the lexicon that begin with a word, with the letters of its clitics and of a conjunction among them; most
    words have none."""
    lexicon = load_lexicon()
    return tuple(
        (skipped, joint, lexicon.entries[form])
        for skipped, joint, form in lexicon.strip_clitics(word)
        if form in lexicon.entries
    )


def _read_words(pieces: list[re.Match[str]], index: int) -> tuple[list[Token], int]:
    """The longest entry of the lexicon that begins with this word, with or without its clitics."""
    piece = pieces[index]
    best: tuple[int, int, int, Sense] | None = None  # pieces used, clitic letters, conjunction letters, sense
    for skipped, joint, entries in _find_entries(piece.group()):
        for rest, sense in entries:
            used = 1 + len(rest)
            if best is not None and used <= best[0]:
                break
            if all(
                index + ahead < len(pieces) and pieces[index + ahead].group() == word
                for ahead, word in enumerate(rest, 1)
            ):
                best = used, skipped, joint, sense
                break
    if best is None:
        return [Token(piece.start(), piece.end(), piece.group(), _OTHER)], 1
    used, skipped, joint, sense = best
    start, end = piece.start(), pieces[index + used - 1].end()
    tokens = [Token(start, start + joint, piece.group()[:joint], Sense("and"))] if joint else []
    return [*tokens, Token(start + skipped, end, piece.group()[skipped:], sense)], used


def read_numeric(word: str) -> date | None:
    """A numeric date, year first or day first (month first where only that is a date): 2021.12.31, 31/12/2021.

    >>> read_numeric("31/12/2021")
    datetime.date(2021, 12, 31)
    """
    first, second, third = re.split(r"[./-]", word)
    if len(first) == 4:
        orders = [(first, second, third)]
    else:
        year = third if len(third) == 4 else str((2000 if int(third) < _CENTURY_PIVOT else 1900) + int(third))
        orders = [(year, second, first), (year, first, second)]
    for order in orders:
        if int(order[0]) < _FIRST_YEAR:
            return None  # a year of the Hijra, with which news gives the Gregorian date
        try:
            return date(*map(int, order))
        except ValueError:
            continue
    return None
