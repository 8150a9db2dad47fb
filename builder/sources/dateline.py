"""When an article was published, where its page says so; and datelines and bylines before its first sentence.

Only what is a dateline counts: a short line of nothing but a date and what goes with it, above or below the
article, or the head of the first paragraph up to its first sentence. A date inside a sentence is none.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache

from diplograph.arabic import fold
from diplograph.model import DataError, TimeError
from diplograph.resources import locate, read_toml
from diplograph.temporal import read_date

_MARK = "\u0610-\u061a\u064b-\u065f\u0670"
_TOKEN = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:[\d:.]+(?:Z|[+-]\d\d:?\d\d)?"
    rf"|\d+(?:[./:-]\d+)*[\w{_MARK}]*|[\w{_MARK}]+|[^\w\s]"
)
_ISO_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[T ]\d\d:.*")
_SPACED = re.compile(r"(\d)\s*([-/.])\s*(?=\d)")
_CLOCK = re.compile(r"\d{1,2}([:.]\d{2}){1,2}\w?|\d{1,2}")
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_COMMON_ERA = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_QUOTES = {"\u00ab": "\u00bb", '"': '"', "\u201c": "\u201d"}
_ENDINGS = frozenset(')]/:-\u2013\u2014\u00bb\u201d"')
_MOST_TOKENS = 24
_MOST_WINDOW = 12
_MOST_UNKNOWN = 3
_MOST_LINE = 200  # characters of a line that is a dateline
_MOST_HEAD = 120  # characters of a paragraph in which its dateline must end


@dataclass(frozen=True, slots=True)
class Dateline:
    """A dateline or byline: its length in characters, its whole ISO date, whether of a later change."""

    end: int
    date: str | None = None
    update: bool = False


@dataclass(frozen=True)
class _Words:
    """The words a dateline is made of, folded."""

    known: frozenset[str]
    labels: frozenset[str]
    updates: frozenset[str]
    agencies: frozenset[str]
    newspapers: frozenset[str]
    places: frozenset[str]
    year_mark: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Token:
    begin: int
    end: int
    word: str  # folded, or a single sign


def read_dateline(line: str) -> Dateline | None:
    """The line as a dateline (a date and what goes with it) or byline (an agency, perhaps a place), or None.

    >>> read_dateline("2021.12.31 | 06:41").date
    '2021-12-31'
    """
    tokens = _tokenize(line) if len(line) <= _MOST_LINE else []
    if not 0 < len(tokens) <= _MOST_TOKENS:
        return None
    words = _load_words()
    credited = _is_credited(tokens, words)
    dates = _find_dates(line, tokens)
    days = dates or (
        _find_dates(line, tokens, " 2000") if credited else []
    )  # "30 December (Petra)" names no year
    rest = [
        token
        for index, token in enumerate(tokens)
        if not any(first <= index < last for first, last, _ in days)
    ]
    unknown = _count_unknown(rest, words)
    if not dates:
        return Dateline(len(line)) if credited and not unknown else None
    said = {token.word for token in rest}
    marked = credited or "|" in said or bool(said & words.labels) or any(map(_CLOCK.fullmatch, said))
    if unknown > (_MOST_UNKNOWN if marked else 0):
        return None
    return Dateline(len(line), dates[0][2], bool(said & words.updates))


def skip_dateline(paragraph: str) -> Dateline | None:
    """The dateline or byline that the paragraph opens with, before its first sentence, or None.

    It ends with a bracket, a dash, a slash, a colon or the name of an agency, and white space may follow it.
    """
    opening = paragraph[:_MOST_HEAD]
    tokens = _tokenize(opening)
    found: Dateline | None = None
    for index, token in enumerate(tokens[:_MOST_TOKENS]):
        if token.word in _ENDINGS or token.word in _load_words().agencies:
            found = _read_head(opening, tokens[: index + 1]) or found
    return found if found is not None and paragraph[found.end :].strip() else None


def find_published(header: Sequence[str], first: str, footer: Sequence[str]) -> str | None:
    """The whole ISO date on which an article says it was published, or None.

    ``header`` and ``footer`` are the lines of the page above and below the article, ``first`` its first
    paragraph. Publication goes before one of a later change, and the header's nearest to the article
    goes first.
    """
    candidates = [read_dateline(line) for line in reversed(header)]
    candidates += [skip_dateline(first)]
    candidates += [read_dateline(line) for line in footer]
    dated = [dateline for dateline in candidates if dateline is not None and dateline.date is not None]
    dated.sort(key=lambda dateline: dateline.update)
    return dated[0].date if dated else None


def _read_head(opening: str, tokens: Sequence[_Token]) -> Dateline | None:
    """The first tokens of a paragraph as its dateline.

    It must open with a place or a bracket, and have an agency or a date: "In June 2021: ..." is a sentence.
    """
    end = tokens[-1].end
    dateline = read_dateline(opening[:end])
    if dateline is None:
        return None
    words = _load_words()
    bracketed = tokens[0].word in "(["
    named = any(_join(tokens[:size]) in words.places for size in range(1, 4))
    signs = [token.word for token in tokens if not token.word.isalnum()]
    credited = bool(signs) and _is_credited(tokens, words)
    ended = dateline.date is not None and tokens[-1].word in "-\u2013\u2014:/"
    if not (named and (credited or ended) or bracketed and (credited or dateline.date)):
        return None
    end += len(opening[end:]) - len(opening[end:].lstrip(" \t\u00a0-\u2013\u2014:/.\u060c"))
    return Dateline(end, dateline.date, dateline.update)


def _tokenize(line: str) -> list[_Token]:
    return [
        _Token(found.start(), found.end(), fold(found[0]).lower() or found[0])
        for found in _TOKEN.finditer(line)
    ]


def _join(tokens: Sequence[_Token]) -> str:
    return " ".join(token.word for token in tokens)


def _slice(line: str, tokens: Sequence[_Token], first: int, last: int) -> str:
    return fold(line[tokens[first].begin : tokens[last - 1].end])


def _find_dates(line: str, tokens: Sequence[_Token], year: str = "") -> list[tuple[int, int, str]]:
    """The whole dates in the line: (first token, last token exclusive, ISO date), longest from each start.

    Those of the common era come first: a Hijri date beside one means the same day, by a calendar that may be
    a day off. A ``year`` is put behind each stretch that is tried.
    """
    found: list[tuple[int, int, str]] = []
    taken: set[int] = set()
    for era in (_COMMON_ERA, _YEAR):
        for first in range(len(tokens)):
            stretches = _read_stretches(line, tokens, first, taken, year)
            date = next((date for date in stretches if len(era.findall(date[2])) == 1), None)
            if date is not None:
                found.append((first, date[0], date[1]))
                taken.update(range(first, date[0]))
    return found


def _read_stretches(
    line: str, tokens: Sequence[_Token], first: int, taken: AbstractSet[int], year: str
) -> Iterator[tuple[int, str, str]]:
    """The stretches from this token that are whole dates, longest first: (last token, date, text)."""
    if first in taken or not tokens[first].word[:1].isalnum():
        return
    for last in range(min(len(tokens), first + _MOST_WINDOW), first, -1):
        if not taken.isdisjoint(range(first, last)):
            continue
        written = _load_words().year_mark.sub(r"\1", _slice(line, tokens, first, last))
        stretch = written + year
        if _DIGIT.search(written) and stretch[-1:].isalnum() and len(_YEAR.findall(stretch)) == 1:
            date = _read_whole_date(stretch)
            if date is not None:
                yield last, date, stretch


def _read_whole_date(stretch: str) -> str | None:
    stretch = _ISO_TIME.sub(r"\1", stretch)
    stretch = _load_words().year_mark.sub(r"\1", _SPACED.sub(r"\1\2", stretch))
    try:
        date = read_date(stretch)
    except TimeError:
        return None
    return date if date is not None and len(date) == len("2021-12-31") else None


def _is_credited(tokens: Sequence[_Token], words: _Words) -> bool:
    """Whether an agency is named among the tokens, or a newspaper in quotation marks."""
    said = f" {_join([token for token in tokens if token.word.isalnum()])} "
    if any(f" {agency} " in said for agency in words.agencies):
        return True
    quoted = (_join(tokens[index + 1 : last]) for index, last in _find_quoted(tokens))
    return any(name in words.newspapers for name in quoted)


def _find_quoted(tokens: Sequence[_Token]) -> Iterator[tuple[int, int]]:
    """The opening and closing quotation marks around names of one to three words, as indices of tokens."""
    for index, token in enumerate(tokens):
        closing = _QUOTES.get(token.word)
        for last in range(index + 2, min(index + 5, len(tokens))):
            if tokens[last].word == closing:
                yield index, last
                break


def _count_unknown(rest: Sequence[_Token], words: _Words) -> int:
    """How many words are not known in datelines, nor times, nor part of a place, agency or quoted name."""
    unknown = 0
    index = 0
    while index < len(rest):
        size = _known_size(rest[index:], words)
        unknown += size == 0
        index += size or 1
    return unknown


def _known_size(rest: Sequence[_Token], words: _Words) -> int:
    """How many of the tokens, from the first, are known together; 0 when the first is unknown."""
    if rest[0].word in _QUOTES:
        return next((last + 1 for index, last in _find_quoted(rest) if index == 0), 1)
    for size in range(min(4, len(rest)), 0, -1):
        joined = _join(rest[:size])
        if joined in words.agencies or joined in words.places:
            return size
    word = rest[0].word
    sign_or_letter = not word.isalnum() or len(word) == 1
    return int(sign_or_letter or word in words.known or bool(_CLOCK.fullmatch(word)))


@lru_cache(maxsize=1)
def _load_words() -> _Words:
    data = read_toml("ontology", "lexicon", "furniture.toml")
    try:
        dateline = data["dateline"]
        marks = "|".join(fold(mark) for mark in dateline["year_marks"])
        return _Words(
            known=_fold_all(dateline["words"]) | _fold_all(dateline["updates"]),
            labels=_fold_all(dateline["labels"]),
            updates=_fold_all(dateline["updates"]),
            agencies=_fold_all(data["agencies"]),
            newspapers=_fold_all(data["newspapers"]),
            places=_fold_all(_read_places()) | _fold_all(dateline["places"]),
            year_mark=re.compile(rf"((?<!\d)(?:19|20)\d\d) ?(?:{marks})(?!\w)"),
        )
    except (KeyError, TypeError, re.error) as error:
        raise DataError(f"ontology/lexicon/furniture.toml: {error!r}") from error


def _read_places() -> Iterator[str]:
    """The Arabic names of all the places of the gazetteer."""
    with locate("seeds", "places.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            yield row["ar"]
            yield from (row["ar_aliases"] or "").split("|")


def _fold_all(names: Iterator[str] | Sequence[str]) -> frozenset[str]:
    return frozenset(_join(_tokenize_name(name)) for name in names if name.strip())


def _tokenize_name(name: str) -> list[_Token]:
    return [token for token in _tokenize(name) if token.word.isalnum()]
