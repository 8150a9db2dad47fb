"""Bytes become text: which encoding they are in, and that they are Arabic at all."""

from __future__ import annotations

import codecs
import re

from diplograph.arabic import count_arabic, has_arabic
from diplograph.model import SourceError

_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_WORD = re.compile(r"[^\W\d_]+")
_FOREIGN = re.compile("[A-Za-z\u00c0-\u024f]")
# The eight commonest letters, of which more than half of Arabic text is made: alef, lam, yeh, meem and so on.
_COMMON = frozenset("\u0627\u0644\u064a\u0645\u0648\u0646\u0631\u062a")
_LEAST_LETTERS = 8
_LEAST_COMMON = 0.42
_MOST_MIXED = 0.05


def decode(data: bytes) -> str:
    """The text that the bytes encode, with ``\\n`` for every end of line and no byte order mark.

    UTF-8 and UTF-16 (by its byte order mark) are certain. Any bytes at all can be read as windows-1256, so
    what is neither is taken for it only when the outcome looks like Arabic: more than four in ten of its
    letters are among the eight commonest, and hardly a word mixes Arabic with Latin letters, as texts in
    other Arabic code pages, in Cyrillic, Greek, Hebrew and East Asian encodings do. (Of 480 stretches of 40
    to 2,000 characters of real news in windows-1256 it took all, of 1,600 in four other Arabic encodings
    one, in CP720.)

    >>> decode("\\u0633\\u0644\\u0627\\u0645\\r\\n".encode("utf-8-sig")) == "\\u0633\\u0644\\u0627\\u0645\\n"
    True

    Raises SourceError for empty and binary data, and for every other encoding.
    """
    if not data.strip():
        raise SourceError("empty; there is nothing to read")
    text = _decode(data)
    if is_binary(text):
        raise SourceError("binary, not text; give text, HTML or JSON Lines")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decode(data: bytes) -> str:
    encoding = "utf-8-sig"
    if is_utf16(data):
        encoding = "utf-16"
    elif b"\x00" in data:
        raise SourceError("binary, or UTF-16 without a byte order mark; save it as UTF-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode("windows-1256", errors="replace")
    if encoding == "utf-16" or is_binary(text):
        raise SourceError("binary, not text; give text, HTML or JSON Lines")
    if not looks_arabic(text):
        raise SourceError("neither UTF-8 nor windows-1256; save it as UTF-8")
    return text


def is_utf16(data: bytes) -> bool:
    """Whether the bytes begin with the byte order mark of UTF-16."""
    return data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))


def is_binary(text: str) -> bool:
    """Whether more than one in 200 characters is a control character that no text needs."""
    return 200 * len(_CONTROL.findall(text)) > len(text)


def looks_arabic(text: str) -> bool:
    """Whether bytes read as windows-1256 gave plausible Arabic, and not another encoding misread."""
    words = [word for word in _WORD.findall(text) if has_arabic(word)]
    letters = sum(map(count_arabic, words))
    if letters < _LEAST_LETTERS:
        return False
    common = sum(letter in _COMMON for word in words for letter in word)
    mixed = sum(bool(_FOREIGN.search(word)) for word in words)
    return common >= _LEAST_COMMON * letters and mixed <= _MOST_MIXED * len(words)
