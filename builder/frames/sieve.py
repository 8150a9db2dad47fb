"""Which sentences can hold an event, told from their letters before anything is parsed.

For every word of every list of the frames it is known which tokens can be it (:mod:`.inflection`); nothing here knows
any frame, and a new one needs no change. What a trigger asks of its surroundings is asked here too, as far as it
concerns words and not trees: governors before it, words and phrases near it, a party with some tag, leaders.

A document without such a sentence has no report, for a report needs a mention that does not only refer back. So it is
not parsed at all, and its graph is the same. Of the others these sentences are parsed first (:mod:`.prospects`). What
that loses is measured in docs/scale.md; the tests hold it to nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import cache, lru_cache
from itertools import groupby, islice
from operator import itemgetter
from os.path import commonprefix
from typing import TypeAlias

from diplograph.arabic import fold
from diplograph.frames.inflection import WordLists
from diplograph.frames.schema import WIDE, Frame, Trigger, load_frames
from diplograph.frames.triggers import LEAD
from diplograph.linking import Gazetteer, Titles, load_gazetteer, load_titles
from diplograph.linking.tokens import load_clitics
from diplograph.model import Document
from diplograph.parsing import to_segments

_WORD = re.compile(r"[^\W_]+")
_REACH = {
    "following": (0, 2),
    "next": (0, 5),
    "before": (-3, 0),
    "phrase": (0, 34),
}  # tokens; a token has one word at least
_Row: TypeAlias = Sequence[frozenset[int]]
"""For each word of a sentence the numbers of the lists that it can be on."""


class Sieve:
    """Tells documents that can hold an event of these frames from those that cannot."""

    def __init__(self, frames: Sequence[Frame], gazetteer: Gazetteer, titles: Titles) -> None:
        lists: dict[tuple[frozenset[str], bool, bool], int] = {}

        def number(words: frozenset[str], exact: bool = False, verbal: bool = False) -> int:
            return lists.setdefault((words, exact, verbal), len(lists))

        self._triggers = [
            _Wanted(trigger, number)
            for frame in frames
            for trigger in frame.triggers
            if not trigger.anaphoric  # what only refers back makes no report by itself
        ]
        exact = frozenset(place for (_, exact, _), place in lists.items() if exact)
        verbal = frozenset(place for (*_, verbal), place in lists.items() if verbal)
        words = WordLists({place: words for (words, *_), place in lists.items()}, exact, verbal)
        self._lists_of = lru_cache(maxsize=200_000)(words.find)
        self._tagged = {
            tag: _compile_names(_names_with(gazetteer, tag))
            for tag in {wanted.tagged for wanted in self._triggers if wanted.tagged}
        }
        self._leaders = _compile_names(_leader_names(gazetteer, titles))
        self._leading = _compile_names(_leading_names(titles))
        self._groups = _compile_names(
            {" ".join(words) for words in titles.groups} | set(_leading_names(titles))
        )

    def find_sentences(self, document: Document) -> tuple[int, ...]:
        """The numbers of the segments that can hold an event; where there is none, the document need not be parsed.

        >>> from diplograph.model import Block
        >>> load_sieve().find_sentences(Document("d", "سجل الفريق هدفا", blocks=(Block(0, 15),)))
        ()
        """
        sentences, rows = self._read(document)
        likely = self._likely(rows)
        if any(wanted.leaders for wanted in likely) and not self._has_leaders("\n".join(sentences)):
            likely = [wanted for wanted in likely if not wanted.leaders]
        return tuple(
            number
            for number, sentence in enumerate(sentences)
            if any(wanted.stands(rows, number) and self._has_parties(wanted, sentence) for wanted in likely)
        )

    def find_triggers(self, document: Document) -> frozenset[str]:
        """The ids of the triggers that find in a document the words which they ask of the whole of it."""
        _, rows = self._read(document)
        return frozenset(wanted.id for wanted in self._likely(rows))

    def _read(self, document: Document) -> tuple[list[str], list[_Row]]:
        """The sentences of a document, folded, and of each the lists that each of its words can be on."""
        sentences = [fold(segment.text) for segment in to_segments(document)]
        return sentences, [
            [self._lists_of(word) for word in _WORD.findall(sentence)] for sentence in sentences
        ]

    def _likely(self, rows: Sequence[_Row]) -> list[_Wanted]:
        """The triggers for which the words of a document are enough."""
        present, opening = _gather(rows), _gather(rows[:LEAD])
        return [wanted for wanted in self._triggers if wanted.can_stand(present, opening)]

    def _has_leaders(self, text: str) -> bool:
        """Whether two leaders can be in a text, or a word for several."""
        return bool(self._leading.search(text)) or len(list(islice(self._leaders.finditer(text), 2))) > 1

    def _has_parties(self, wanted: _Wanted, sentence: str) -> bool:
        """Whether a sentence names a party of the kind that a trigger asks for: one with its tag; a leader, where it asks
        for two, or a word for several, since the text may have named the other before."""
        if wanted.tagged:
            return bool(self._tagged[wanted.tagged].search(sentence))
        return not wanted.leaders or bool(self._leaders.search(sentence) or self._groups.search(sentence))


def _gather(rows: Iterable[_Row]) -> frozenset[int]:
    """The lists that words of some sentences can be on."""
    return frozenset().union(*(lists for row in rows for lists in row))


class _Wanted:
    """What a trigger asks for, its lists of words by number."""

    def __init__(self, trigger: Trigger, number: Callable[..., int]) -> None:
        self.id = trigger.id
        self.tagged = trigger.tagged
        self.leaders = trigger.leaders > 1
        self._anchors = number(trigger.anchors, trigger.exact, trigger.verbal)
        self._before = [
            number(words, verbal=True) for words in (trigger.governors, trigger.connectors) if words
        ]
        self._near = [
            (near.scope, near.at_least, _Words(near.words, number))
            for near in trigger.near
            if near.scope not in WIDE
        ]
        # Of the words of a document, different ones are asked for: each item by itself, a phrase by all its words.
        self._context = [
            (near.scope, near.at_least, [_numbers(item, number) for item in near.words])
            for near in trigger.near
            if near.scope in WIDE
        ]

    def can_stand(self, present: frozenset[int], opening: frozenset[int]) -> bool:
        """Whether the lists found in a document are enough, and in its opening."""
        return (
            self._anchors in present
            and all(words in present for words in self._before)
            and all(words.can_stand(present) for _, _, words in self._near)
            and all(
                _has(opening if scope == "opening" else present, at_least, items)
                for scope, at_least, items in self._context
            )
        )

    def stands(self, rows: Sequence[_Row], number: int) -> bool:
        """Whether the words of a sentence, and of those beside it, are those that the trigger asks for."""
        row = rows[number]
        return any(
            self._stands_at(row, at) for at, lists in enumerate(row) if self._anchors in lists
        ) and all(
            _has(_gather(rows[max(number - 1, 0) : number + 2]), at_least, items)
            for scope, at_least, items in self._context
            if scope == "recent"
        )

    def _stands_at(self, row: _Row, at: int) -> bool:
        if not all(any(words in lists for lists in row[: at + 1]) for words in self._before):
            return False
        for scope, at_least, words in self._near:
            first, last = _REACH.get(scope, (-len(row), len(row)))
            near = range(max(at + first, 0), min(at + last + 1, len(row)))
            if sum(words.stand_at(row, place) for place in near) < at_least:
                return False
        return True


def _has(present: frozenset[int], at_least: int, items: Iterable[Sequence[int]]) -> bool:
    """Whether enough of some items have all their lists among those present."""
    return sum(present.issuperset(item) for item in items) >= at_least


class _Words:
    """Words and phrases as lists by number: all single words are one list, each word of a phrase is its own."""

    def __init__(self, items: frozenset[str], number: Callable[..., int]) -> None:
        self._single = number(frozenset(item for item in items if " " not in item), verbal=True)
        phrases = [_numbers(item, number) for item in sorted(items) if " " in item]
        self._phrases = {first: [phrase for phrase in phrases if phrase[0] == first] for first, *_ in phrases}

    def can_stand(self, present: frozenset[int]) -> bool:
        """Whether the lists found in a document are enough."""
        return self._single in present or any(
            present.issuperset(phrase) for phrases in self._phrases.values() for phrase in phrases
        )

    def stand_at(self, row: _Row, at: int) -> bool:
        """Whether one of the words stands at a place of a sentence, or a phrase begins there."""
        return self._single in row[at] or any(
            all(words in lists for words, lists in zip(phrase, row[at:], strict=False))
            for first in row[at] & self._phrases.keys()
            for phrase in self._phrases[first]
            if len(phrase) <= len(row) - at
        )


def _numbers(item: str, number: Callable[..., int]) -> list[int]:
    """The lists of the words of an item, each its own; the words of a phrase are compared by their forms."""
    words = item.split()
    return [number(frozenset({word}), len(words) > 1) for word in words]


def _compile_names(names: Iterable[str]) -> re.Pattern[str]:
    """What finds one of some folded names in a folded text, whatever is written together with its first word."""
    article = load_clitics().article
    found = {name.removeprefix(article) for name in names} - {""}
    return re.compile(join_words(found) if found else r"(?!)")


def join_words(words: AbstractSet[str]) -> str:
    """A pattern that finds the longest of some words at a place: a tree of their letters, for of a mere list a pattern
    tries each word at each place.

    >>> join_words({"ab", "abc", "b"})
    '(?:ab(?:c)?|b)'
    """
    branches = []
    for _, group in groupby(sorted(words - {""}), key=itemgetter(0)):
        branch = list(group)
        stem = commonprefix(branch)
        rest = {word.removeprefix(stem) for word in branch}
        branches.append(re.escape(stem) + (join_words(rest) if len(rest) > 1 else ""))
    return f"(?:{'|'.join(branches)})" + ("?" if "" in words else "")


def _names_with(gazetteer: Gazetteer, tag: str) -> Iterator[str]:
    """The names of what has a tag, and of the persons who stand for it."""
    bodies = {key for key, entry in gazetteer.entries.items() if tag in entry.tags}
    for words, senses in gazetteer.names():
        if any(tag in sense.entry.tags or sense.entry.country in bodies for sense in senses):
            yield " ".join(words)


def _leader_names(gazetteer: Gazetteer, titles: Titles) -> Iterator[str]:
    """The titles of leaders, and the names of those who held such an office."""
    yield from (" ".join(words) for words, rank in titles.ranks.items() if rank in titles.leaders)
    for words, senses in gazetteer.names():
        if any(office.leader for sense in senses for office in sense.entry.offices):
            yield " ".join(words)


def _leading_names(titles: Titles) -> Iterator[str]:
    """The words for several leaders at once, and for the leaders of a body."""
    yield from (" ".join(words) for words, (rank, _) in titles.groups.items() if rank == "leader")
    yield from (" ".join(words) for words, kind in titles.organs.items() if kind == "leaders")


@cache
def load_sieve() -> Sieve:
    """The sieve of the frames of ontology/frames."""
    return Sieve(load_frames(), load_gazetteer(), load_titles())
