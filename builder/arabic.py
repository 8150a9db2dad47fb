"""Folding of Arabic spelling, for comparison only: what is stored and quoted stays as it was written."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_MARKS = re.compile(
    "[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
_LETTERS = str.maketrans(
    {
        "\u0622": "\u0627",  # alef with madda
        "\u0623": "\u0627",  # alef with hamza above
        "\u0625": "\u0627",  # alef with hamza below
        "\u0671": "\u0627",  # alef wasla
        "\u0649": "\u064a",  # alef maqsura
        "\u06cc": "\u064a",  # Persian yeh
        "\u0629": "\u0647",  # teh marbuta
        "\u06c1": "\u0647",  # heh goal
        "\u0624": "\u0648",  # waw with hamza
        "\u0626": "\u064a",  # yeh with hamza
        "\u06a9": "\u0643",  # Persian kaf
    }
)
_DIGITS = {
    ord(digit): str(value)
    for start in (0x0660, 0x06F0)
    for value, digit in enumerate(map(chr, range(start, start + 10)))
}
_ARABIC = re.compile("[\u0621-\u064a\u0671-\u06d3]")


@lru_cache(maxsize=200_000)
def fold(text: str) -> str:
    """The text with one form for each letter: no vowels, shadda or tatweel; hamza, yeh and teh marbuta levelled.

    Digits become ASCII and white space single. The length may change, so offsets into the result mean nothing.
    """
    text = unicodedata.normalize("NFKC", text)
    text = _MARKS.sub("", text).translate(_LETTERS).translate(_DIGITS)
    return " ".join(text.split())


def fold_characters(text: str) -> str:
    """As :func:`fold`, but of the same length: each character stands for the one at its index.

    Marks become NUL characters, so that patterns can skip them and offsets stay those of ``text``.
    """
    folded = text.translate(_LETTERS).translate(_DIGITS)
    return _MARKS.sub("\0", folded)


def has_arabic(text: str) -> bool:
    """Whether there is any Arabic letter in the text."""
    return bool(_ARABIC.search(text))


def count_arabic(text: str) -> int:
    """How many Arabic letters there are in the text."""
    return len(_ARABIC.findall(text))
