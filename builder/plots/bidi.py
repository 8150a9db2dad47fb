"""Text of two directions on one line (Unicode Bidirectional Algorithm): isolates, and labels of others made harmless."""

from __future__ import annotations

import re
import unicodedata

_FIRST_STRONG, _LEFT_TO_RIGHT, _POP = "\u2068", "\u2066", "\u2069"
_CONTROLS = re.compile("[\u200e\u200f\u2066-\u2069]")
_JOINERS = "\u200c\u200d"  # they choose the forms of letters in Persian names
_DATE = re.compile(r"\d{4}-\d{2}(?:-\d{2})?")


def isolate(text: str) -> str:
    """A text that has its own direction and leaves that of its neighbours alone."""
    return f"{_FIRST_STRONG}{text}{_POP}"


def ltr(text: object) -> str:
    """A number or date, which runs from left to right whatever is around it."""
    return f"{_LEFT_TO_RIGHT}{text}{_POP}"


def clean(text: str) -> str:
    """A text of others on one line, isolated, without control characters.

    Direction marks and overrides go too, so that no label can turn another one round. Dates are isolated, or in Arabic
    2021-06 would be shown as 06-2021 (W2 of the algorithm).

    >>> clean("a\\u202eb\\n c") == isolate("ab c")
    True
    """
    kept = "".join(
        " " if character.isspace() else character
        for character in text
        if character.isspace() or character in _JOINERS or unicodedata.category(character)[0] != "C"
    )
    return isolate(_DATE.sub(lambda found: ltr(found[0]), " ".join(kept.split())))


def plain(text: str) -> str:
    """The text without the isolates and marks that are for showing it only."""
    return _CONTROLS.sub("", text)
