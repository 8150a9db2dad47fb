"""What a line of a news page is: article or page furniture, by ``ontology/lexicon/furniture.toml``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from diplograph.arabic import fold, has_arabic
from diplograph.model import DataError
from diplograph.resources import read_toml

_EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_LEADING = re.compile(r"^[\W\d_]+")
_FINAL = re.compile(r"[.!?:;,\u061f\u060c\u061b\u2026]['\"\u201c\u201d\u2018\u2019\u00bb)\]\s]*$")
_MOST_WORDS = 30  # a longer line is a paragraph, whatever it says
_MOST_CHARACTERS = 300  # so that paragraphs are not folded for nothing
_MOST_PREFIX_WORDS = 20
_MOST_NAME_WORDS = 4
_MOST_CAPTION_WORDS = 40


@dataclass(frozen=True)
class Furniture:
    """The lexicon of page furniture, folded; every question is about one whole line of a page."""

    phrases: frozenset[str]
    labels: frozenset[str]
    prefixes: tuple[str, ...]
    comments: frozenset[str]
    related: frozenset[str]
    patterns: tuple[re.Pattern[str], ...]
    breadcrumb: re.Pattern[str]
    credit: re.Pattern[str]

    def is_furniture(self, line: str) -> bool:
        """Whether the line, by itself, is no part of an article."""
        if not has_arabic(line):
            return True
        words = count_words(line)
        if words > _MOST_WORDS:
            return False
        plain, core = _plain(line), _core(line)
        if core in self.phrases or core in self.related or core in self.comments or core in self.labels:
            return True
        if words <= _MOST_PREFIX_WORDS and self._has_prefix(plain, words):
            return True
        return bool(self.breadcrumb.fullmatch(plain)) or any(
            pattern.fullmatch(plain) for pattern in self.patterns
        )

    def _has_prefix(self, plain: str, words: int) -> bool:
        plain = _LEADING.sub("", plain)
        if any(
            plain.startswith(prefix) and not plain[len(prefix) :][:1].isalpha() for prefix in self.prefixes
        ):
            return True
        label, colon, _ = plain.partition(":")
        return bool(colon) and _core(label) in self.labels and words <= 3 * _MOST_NAME_WORDS

    def announces_name(self, line: str) -> bool:
        """Whether a name that belongs to no sentence stands on the next line ("editor in chief")."""
        return _core(line) in self.labels

    def is_name(self, line: str) -> bool:
        """Whether the line may be the name that the line above it announces."""
        return count_words(line) <= _MOST_NAME_WORDS and not is_finished(line)

    def opens_related(self, line: str) -> bool:
        """Whether headlines of other articles stand below the line."""
        return _core(line) in self.related

    def opens_comments(self, line: str) -> bool:
        """Whether the readers' comments stand below the line."""
        return _core(line) in self.comments

    def is_caption(self, line: str) -> bool:
        """Whether the line ends with a picture credit ("... - AP"); a sentence before one is no caption."""
        if count_words(line) > _MOST_CAPTION_WORDS:
            return False
        plain = _plain(line)
        found = self.credit.search(plain)
        return found is not None and not is_finished(plain[: found.start()])


@lru_cache(maxsize=1)
def load_furniture() -> Furniture:
    """The furniture lexicon that comes with diplograph. Raises DataError when it is malformed."""
    data = read_toml("ontology", "lexicon", "furniture.toml")
    try:
        agencies = _alternatives(data["agencies"])
        return Furniture(
            phrases=frozenset(map(_core, data["phrases"])),
            labels=frozenset(map(_core, data["labels"])),
            prefixes=tuple(map(_plain, data["prefixes"])),
            comments=frozenset(map(_core, data["comments"])),
            related=frozenset(map(_core, data["related"])),
            patterns=tuple(re.compile(fold(pattern), re.IGNORECASE) for pattern in data["patterns"]),
            breadcrumb=re.compile(rf"(?:\W*(?:\u0648 ?)?(?:{_alternatives(data['sections'])}))+\W*"),
            credit=re.compile(
                rf"\s*[-\u2013\u2014/|(]\s*(?:{agencies})(?:\s*[-/,\u060c]\s*(?:{agencies}))*\s*\)?$"
            ),
        )
    except (KeyError, TypeError, re.error) as error:
        raise DataError(f"ontology/lexicon/furniture.toml: {error!r}") from error


def is_finished(line: str) -> bool:
    """Whether the line ends as sentences and clauses do, and headlines do not."""
    return bool(_FINAL.search(line))


def count_words(line: str) -> int:
    """How many words the line has, set apart by white space."""
    return len(line.split())


def _plain(line: str) -> str:
    return fold(line).lower().replace(" :", ":")


def _core(line: str) -> str:
    """A short line without the digits, bullets and other signs around its words; nothing of a long one."""
    return _EDGES.sub("", _plain(line)) if len(line) <= _MOST_CHARACTERS else ""


def _alternatives(words: Iterable[str]) -> str:
    # The longest first, so that "the Arab Gulf" is not read as "the Gulf" and a rest.
    return "|".join(map(re.escape, sorted(map(_plain, words), key=len, reverse=True)))
