"""Which sentences can hold an event, told from their letters before anything is parsed.

For every word of every list of the frames it is known which tokens can be it (:mod:`.inflection`); nothing here knows
any frame, and a new one needs no change. What a trigger asks of its surroundings is asked here too, as far as it
concerns words and not trees: governors before it, words and phrases near it, a party with some tag, leaders, a model of
the words around it.

A document without such a sentence has no report, for a report needs a mention that does not only refer back. So it is
not parsed at all, and its graph is the same. Of the others these sentences are parsed first (:mod:`.prospects`). What
that loses is measured in docs/scale.md; the tests hold it to nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache, lru_cache, reduce
from itertools import groupby, islice
from operator import itemgetter, or_
from os.path import commonprefix
from typing import TypeAlias

from diplograph.arabic import fold
from diplograph.frames.inflection import WordLists
from diplograph.frames.schema import WIDE, Frame, Trigger, load_frames
from diplograph.frames.subjects import foresee
from diplograph.frames.triggers import LEAD, OPENING, SAYING, AnchorWords
from diplograph.linking import Gazetteer, Titles, load_gazetteer, load_titles
from diplograph.linking.tokens import load_clitics
from diplograph.model import Document, Sifted
from diplograph.parsing import to_segments

_WORD = re.compile(r"[^\W_]+")
_REACH = {
    "following": (0, 2),
    "next": (0, 5),
    "before": (-3, 0),
    "phrase": (0, 34),
}  # tokens; a token has one word at least
_Lists: TypeAlias = int
"""A set of lists of words: of the list of each number, the bit of that place."""


class Sieve:
    """Tells documents that can hold an event of these frames from those that cannot."""

    def __init__(self, frames: Sequence[Frame], gazetteer: Gazetteer, titles: Titles) -> None:
        lists: dict[tuple[frozenset[str], bool, bool], int] = {}

        def number(words: frozenset[str], exact: bool = False, verbal: bool = False) -> _Lists:
            return 1 << lists.setdefault((words, exact, verbal), len(lists))

        share = cache(lambda words: _Words(words, number))  # what several triggers ask for is looked for once
        nouns = AnchorWords.of(frames).nouns
        self._triggers = [
            _Wanted(trigger, number, share, number(nouns))
            for frame in frames
            for trigger in frame.triggers
            if not trigger.anaphoric  # what only refers back makes no report by itself
        ]
        exact = frozenset(place for (_, exact, _), place in lists.items() if exact)
        verbal = frozenset(place for (*_, verbal), place in lists.items() if verbal)
        words = WordLists({place: words for (words, *_), place in lists.items()}, exact, verbal)
        self._lists_of = lru_cache(maxsize=200_000)(lambda token: _join(words.find(token)))
        self._tagged = {
            tag: _compile_names(_names_with(gazetteer, tag))
            for tag in {wanted.tagged for wanted in self._triggers if wanted.tagged}
        }
        self._leaders = _compile_names(_leader_names(gazetteer, titles))
        self._leading = _compile_names(_leading_names(titles))
        self._groups = _compile_names(
            {" ".join(words) for words in titles.groups} | set(_leading_names(titles))
        )

    def sift(self, document: Document) -> Sifted:
        """The segments that can hold an event, and the triggers that can tell it there: the words of the document are enough
        for them. Where there is no such segment, the document need not be parsed.

        >>> from diplograph.model import Block
        >>> load_sieve().sift(Document("d", "سجل الفريق هدفا", blocks=(Block(0, 15),))).sentences
        ()
        """
        sentences = [fold(segment.text) for segment in to_segments(document)]
        tokens = [_WORD.findall(sentence) for sentence in sentences]
        read = _Tokens(tokens, self._lists_of)
        standing = [wanted for wanted in self._triggers if wanted.can_stand(read)]
        if any(wanted.leaders for wanted in standing) and not self._has_leaders("\n".join(sentences)):
            standing = [wanted for wanted in standing if not wanted.leaders]
        found = {
            number: frozenset(
                wanted.id
                for wanted in standing
                if wanted.stands(read, number) and self._has_parties(wanted, sentence)
            )
            for number, sentence in enumerate(sentences)
        }
        return Sifted({number: ids for number, ids in found.items() if ids})

    def _has_leaders(self, text: str) -> bool:
        """Whether two leaders can be in a text, or a word for several."""
        return bool(self._leading.search(text)) or len(list(islice(self._leaders.finditer(text), 2))) > 1

    def _has_parties(self, wanted: _Wanted, sentence: str) -> bool:
        """Whether a sentence names a party of the kind that a trigger asks for: one with its tag; a leader, where it asks
        for two, or a word for several, since the text may have named the other before."""
        if wanted.tagged:
            return bool(self._tagged[wanted.tagged].search(sentence))
        return not wanted.leaders or bool(self._leaders.search(sentence) or self._groups.search(sentence))


def _join(numbers: Iterable[int]) -> _Lists:
    """The set of the lists of some numbers."""
    return sum(1 << number for number in numbers)


class _Tokens:
    """The tokens of the sentences of a document, folded; for each, and for each sentence, the lists that words in it can be
    on."""

    def __init__(self, sentences: Sequence[Sequence[str]], lists_of: Callable[[str], _Lists]) -> None:
        self.sentences = sentences
        self.rows = [[lists_of(token) for token in sentence] for sentence in sentences]
        self.lists = [reduce(or_, row, 0) for row in self.rows]

        self._had: dict[tuple[_Words, int, range], bool] = {}

    def gather(self, numbers: range) -> _Lists:
        """The lists that words of the sentences of these numbers can be on."""
        return reduce(or_, self.lists[numbers.start : numbers.stop], 0)

    def have(self, wanted: _Words, at_least: int, numbers: range) -> bool:
        """Whether so many different words or phrases of some can stand in the sentences of these numbers."""
        key = wanted, at_least, numbers
        if key not in self._had:
            self._had[key] = self._have(wanted, at_least, numbers)
        return self._had[key]

    def _have(self, wanted: _Words, at_least: int, numbers: range) -> bool:
        present = self.gather(numbers)
        found = (wanted.singles & present).bit_count() or int(wanted.single & present != 0)
        phrases = (
            phrase
            for phrase in wanted.phrases
            if phrase.lists & ~present == 0 and any(self._holds(phrase, number) for number in numbers)
        )
        return found + sum(1 for _ in islice(phrases, max(at_least - found, 0))) >= at_least

    def _holds(self, phrase: _Phrase, number: int) -> bool:
        row = self.rows[number]
        return phrase.lists & ~self.lists[number] == 0 and any(
            phrase.begins(row, at) for at in range(len(row))
        )

    def opens_with(self, number: int, words: _Lists, within: int) -> bool:
        """Whether one of the first tokens of a sentence, if there is one of this number, can be on a list."""
        return number < len(self.rows) and any(words & lists for lists in self.rows[number][:within])


class _Wanted:
    """What a trigger asks for, its lists of words by number."""

    def __init__(
        self,
        trigger: Trigger,
        number: Callable[..., _Lists],
        share: Callable[[frozenset[str]], _Words],
        events: _Lists,
    ) -> None:
        self.id = trigger.id
        self.tagged = trigger.tagged
        self.leaders = trigger.leaders > 1
        self._events = events
        self._foresight = (
            foresee(trigger.likely.foresight) if trigger.likely and trigger.likely.foresight else None
        )
        self._anchors = number(trigger.anchors, trigger.exact, trigger.verbal)
        self._before = [
            number(words, verbal=True) for words in (trigger.governors, trigger.connectors) if words
        ]
        self._all = reduce(or_, self._before, self._anchors)
        self._near = [
            (near.scope, near.at_least, share(near.words)) for near in trigger.near if near.scope not in WIDE
        ]
        self._context = [
            (near.scope, near.at_least, share(near.words)) for near in trigger.near if near.scope in WIDE
        ]

    def can_stand(self, read: _Tokens) -> bool:
        """Whether the words of a document are enough, and those of its opening."""
        every = range(len(read.rows))
        return self._can_stand_in(read, every) and all(
            read.have(words, at_least, every[:LEAD] if scope == "opening" else every)
            for scope, at_least, words in self._context
        )

    def _can_stand_in(self, read: _Tokens, numbers: range) -> bool:
        return self._all & ~read.gather(numbers) == 0 and all(
            read.have(words, 1, numbers) for _, _, words in self._near
        )

    def stands(self, read: _Tokens, number: int) -> bool:
        """Whether the words of a sentence, and of those beside it, are those that the trigger asks for."""
        if not self._can_stand_in(read, range(number, number + 1)) or not all(
            read.have(words, at_least, self._beside(read, number, scope))
            for scope, at_least, words in self._context
            if scope in ("recent", "sequel")
        ):
            return False
        row = read.rows[number]
        near = [
            (_REACH.get(scope, (-len(row), len(row))), at_least, words.find(row, read.lists[number]))
            for scope, at_least, words in self._near
        ]
        return any(
            all(any(words & lists for lists in row[: at + 1]) for words in self._before)
            and all(
                sum(at + first <= place <= at + last for place in places) >= at_least
                for (first, last), at_least, places in near
            )
            and (not self._foresight or self._foresight.can_be(read.sentences, number, at))
            for at, lists in enumerate(row)
            if self._anchors & lists
        )

    def _beside(self, read: _Tokens, number: int, scope: str) -> range:
        """The sentences that a scope takes in which reaches beyond a sentence to those beside it. The next one counts where it
        opens with an event that the text has told of."""
        first = number + 1 if scope == "sequel" else max(number - 1, 0)
        told = read.opens_with(number + 1, self._events, SAYING if scope == "sequel" else OPENING)
        return range(first, number + 2 if told else number + 1)


class _Words:
    """Words and phrases as lists by number: all single words are one list (``single``), and each is one of its own, since of
    the words of a document different ones are asked for (``singles``); of a phrase each word is its own."""

    def __init__(self, items: frozenset[str], number: Callable[..., _Lists]) -> None:
        words = sorted(item for item in items if " " not in item)
        self.single = number(frozenset(words), verbal=True)
        self.singles = reduce(or_, (number(frozenset({word})) for word in words), 0)
        self.phrases = [_Phrase.of(item, number) for item in sorted(items) if " " in item]

    def find(self, row: Sequence[_Lists], present: _Lists) -> list[int]:
        """The places of a sentence, of which the lists are given, too, at which one of the words stands or a phrase begins."""
        phrases = [phrase for phrase in self.phrases if phrase.lists & ~present == 0]
        return [
            at
            for at, lists in enumerate(row)
            if self.single & lists or any(phrase.begins(row, at) for phrase in phrases)
        ]


@dataclass(frozen=True, slots=True)
class _Phrase:
    """Words that stand one after the other: the list of each, and all of these ``lists``."""

    words: tuple[_Lists, ...]
    lists: _Lists

    @classmethod
    def of(cls, item: str, number: Callable[..., _Lists]) -> _Phrase:
        """That of an item of a list; its words are compared by their forms."""
        words = tuple(number(frozenset({form}), True) for form in item.split())
        return cls(words, reduce(or_, words))

    def begins(self, row: Sequence[_Lists], at: int) -> bool:
        """Whether its words stand from a place of a sentence on, each in the next token or, since frames list clitics as words
        of their own ("against *to missiles*"), in the same."""
        ends = {at} if self.words[0] & row[at] else set()
        for word in self.words[1:]:
            ends = {to for end in ends for to in (end, end + 1) if to < len(row) and word & row[to]}
        return bool(ends)


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
