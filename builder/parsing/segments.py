"""From a document to the stretches of clean text that the parser gets, one sentence each.

Only blocks are parsed, each on its own. A block is cleaned (what the models never saw is taken out or levelled) and
cut into sentences by rule: PADT, on which Arabic models are trained, has whole paragraphs for sentences, so
tokenizers trained on it know few sentence ends, and none of the glued sort that newspapers have ("...schools.He said",
"...schools .He said"). Over 38 articles the rules find 385 sentences; the compact tokenizer, left to split these
further, adds seven cuts, of which three are wrong; so it is not asked to. Every character of a segment knows which one of the document it stands for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice

from diplograph.model import Block, Document
from diplograph.resources import read_toml

RULES_VERSION = 3
"""Part of the parser's identity: count it up when the segments of any text change."""

LONGEST = 1500
"""Segments longer than this many characters are cut at a comma or space: a parser's memory grows with the square."""

MOST_WORDS = 400
"""Segments of more words and marks than this are cut as well: of one-letter words, 1,500 characters have 750."""

_TATWEEL = "\u0640"
_TANWIN = "\u064b"
# Vowel signs and shadda: the treebank is unvocalised, and a single damma makes a verb unknown to the models.
_VOWELS = frozenset("\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0670")
_ALEFS = "\u0627\u0649"
_COMMAS = "\u060c\u061b,;"
_TERMINATORS = ".!?\u061f"
_CLOSERS = "\"'\u00bb\u201d\u2019)]\u203a"
_PAIRED = str.maketrans(
    {mark: '"' for mark in "\u00ab\u00bb\u201c\u201d\u201e\u201f"} | {"\u2018": "'", "\u2019": "'"}
)
_STOP = re.compile(rf"(?<![{_TERMINATORS}])([{_TERMINATORS}]+)\s*([{re.escape(_CLOSERS)}]*)")
_LETTERS = "0-9A-Za-z\u0621-\u063a\u0641-\u064a\u066e\u066f\u0671-\u06d3"  # stay as they are
_PLAIN = re.compile(f"[{_LETTERS}]+(?: [{_LETTERS}]+)*")
_CLEAN = re.compile(rf"(?:[{_LETTERS}.:()/!?\u061f\"-]|(?<=\S) (?=\S)|(?<=\S)[{_COMMAS}])*")
_WORDS = re.compile(r"\w+|[^\w\s]")
_SIGN = re.compile(r"\S")
_BEFORE = re.compile(r"(\S+)$")


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of clean text; ``offsets[i]`` is the index in the document of the character ``text[i]``."""

    text: str
    offsets: tuple[int, ...]

    def span(self, begin: int, end: int) -> tuple[int, int]:
        """Where ``text[begin:end]`` lies in the document, as begin and end (exclusive)."""
        return self.offsets[begin], self.offsets[end - 1] + 1


def to_segments(document: Document) -> tuple[Segment, ...]:
    """The sentences of a document's blocks, cleaned, in the order of the text; blocks without a word give none.

    >>> [segment.text for segment in to_segments(Document("d", "He left. She stayed.", blocks=(Block(0, 20),)))]
    ['He left.', 'She stayed.']
    """
    found: list[Segment] = []
    for block in document.blocks:
        for begin, end in _sentences(document.text, block):
            found.extend(_bounded(_clean(document.text, begin, end)))
    return tuple(found)


def _sentences(text: str, block: Block) -> Iterator[tuple[int, int]]:
    """The sentences of a block, as begin and end."""
    begin = block.begin
    for match in _STOP.finditer(text, block.begin, block.end):
        end = _end_of_sentence(text, match, block.end)
        if end is not None and end > begin:
            yield begin, end
            begin = end
    if begin < block.end:
        yield begin, block.end


def _end_of_sentence(text: str, match: re.Match[str], limit: int) -> int | None:
    """Where the sentence ends that these marks seem to end, None if they do not."""
    marks, closers = match.groups()
    spaced = match.end(1) < match.start(2)
    if spaced and closers and closers[0] in "\"'":
        end = match.end(1)  # a straight quotation mark behind a space opens the next sentence
    else:
        end = match.end(2) if closers else match.end(1)
    next_sign = _SIGN.search(text, end, limit)
    if next_sign is None:
        return limit
    following = text[end]
    if set(marks) == {"."}:
        previous = text[match.start(1) - 1 : match.start(1)]
        if previous.isdigit() and following.isdigit():
            return None  # 12.5, 31.12.2021
        if not closers and _is_abbreviation(text[max(0, match.start(1) - 40) : match.start(1)], following):
            return None
    if next_sign[0] in _COMMAS + _TERMINATORS + ":":
        return None
    if (
        following.isspace()
        or unicodedata.bidirectional(following) == "AL"
        or following in "\"'(\u00ab\u201c["
    ):
        return end
    return None


def _is_abbreviation(before: str, following: str) -> bool:
    """Whether the full stop behind this text belongs to an abbreviation: initials, a title, a Latin name (U.S.)."""
    match = _BEFORE.search(before)
    if match is None:
        return False
    word = match.group(1).lstrip("\"'(\u00ab\u201c[")
    last = word.rsplit(".", 1)[-1]
    if word in _abbreviations():
        return True
    letters = [letter for letter in last if not unicodedata.combining(letter)]
    if len(letters) == 1 and letters[0].isalpha():
        return True  # the initials of an agency or a name
    return last.isascii() and last.isalpha() and following.isascii() and following.isalnum()  # example.org


@cache
def _abbreviations() -> frozenset[str]:
    words = read_toml("ontology", "lexicon", "abbreviations.toml")["abbreviations"]
    return frozenset(str(word).rstrip(".") for word in words)


def _clean(text: str, begin: int, end: int) -> Segment:
    """The stretch without what the models never saw, each character with its place in the document."""
    while begin < end and text[begin].isspace():
        begin += 1
    while begin < end and text[end - 1].isspace():
        end -= 1
    if _CLEAN.fullmatch(text, begin, end):  # most stretches
        return Segment(text[begin:end], tuple(range(begin, end)))
    characters: list[str] = []
    offsets: list[int] = []

    def put(character: str, offset: int) -> None:
        if character == " " and (not characters or characters[-1] == " "):
            return
        characters.append(character)
        offsets.append(offset)

    index = begin - 1
    while (index := index + 1) < end:
        character = text[index]
        plain = _PLAIN.match(text, index, end)
        if plain and not (
            characters and characters[-1] == _TANWIN
        ):  # nearly all of a text, so it is taken whole
            characters += plain[0]
            offsets += range(index, plain.end())
            index = plain.end() - 1
        elif (
            character == _TATWEEL
            or character in _VOWELS
            or unicodedata.category(character) in ("Cf", "Cc", "Co", "Cs")
            and not character.isspace()
        ):
            continue
        elif character.isspace():
            put(" ", index)
        elif character in _ALEFS and characters and characters[-1] == _TANWIN:
            # Both orders are written; the treebank has the tanwin on the alef.
            characters[-1] = character
            put(_TANWIN, index)
        elif (
            character in _COMMAS
            and characters
            and characters[-1] == " "
            and not text[index + 1 : index + 2].isspace()
        ):
            # "in ,2004 he": the comma hangs on the wrong word.
            put(character, index)
            put(" ", index)
        else:
            put(character.translate(_PAIRED), index)
    while characters and characters[-1] == " ":
        characters.pop()
        offsets.pop()
    return Segment("".join(characters), tuple(offsets))


def _bounded(segment: Segment) -> Iterator[Segment]:
    """The segment in pieces of at most LONGEST characters and MOST_WORDS words; none if there is no word in it."""
    text, begin = segment.text, 0
    while begin < len(text):
        limit = _limit(text, begin)
        end = limit
        if limit < len(text):
            cut = max(text.rfind(mark, begin, limit) for mark in _COMMAS)
            if cut < begin + (limit - begin) // 2:
                cut = text.rfind(" ", begin, limit)
            end = cut + 1 if cut > begin else limit
        piece = text[begin:end].rstrip()
        if any(character.isalnum() for character in piece):
            yield Segment(piece, segment.offsets[begin : begin + len(piece)])
        begin = end
        while begin < len(text) and text[begin] == " ":
            begin += 1


def _limit(text: str, begin: int) -> int:
    """How far a piece that begins here may reach."""
    limit = min(begin + LONGEST, len(text))
    words = islice(_WORDS.finditer(text, begin, limit), MOST_WORDS, None)
    following = next(words, None)
    return limit if following is None else following.start()
