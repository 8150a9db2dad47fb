"""The words of a sentence as they are compared: folded, by form, lemma and restored form, alone and in phrases."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, lru_cache

from diplograph.arabic import fold
from diplograph.linking.gazetteer import load_titles
from diplograph.linking.tokens import load_clitics, readings
from diplograph.model import Sentence, Word

_ASIDE = 5  # words of a name in other words, in brackets
_QUOTED = 5  # words in which the two after one stand, with quotation marks around them


class WordView:
    """The words of one sentence of a text, by their ids, which begin with 1."""

    def __init__(self, sentence: Sentence, text: str) -> None:
        self.words = sentence.words
        self.forms = tuple([fold(text[word.begin : word.end]) for word in self.words])
        self.lemmas = tuple([fold(word.lemma) for word in self.words])

    def word(self, id: int) -> Word:
        """The word with this id."""
        return self.words[id - 1]

    def names(self, id: int) -> frozenset[str]:
        """The folded shapes by which a word is compared: form, form without article, lemma, restored form."""
        return self._names[id - 1]

    def shapes(self, id: int) -> frozenset[str]:
        """As :meth:`names`, without the lemma: a plural is not its singular."""
        return self._shapes[id - 1]

    @cached_property
    def _names(self) -> tuple[frozenset[str], ...]:
        return tuple(
            [
                shapes if lemma in shapes else shapes | {lemma}
                for shapes, lemma in zip(self._shapes, self.lemmas, strict=True)
            ]
        )

    @cached_property
    def _shapes(self) -> tuple[frozenset[str], ...]:
        return tuple(self._shapes_of(word.id) for word in self.words)

    def _shapes_of(self, id: int) -> frozenset[str]:
        word, form = self.word(id), self.forms[id - 1]
        unsplit = word.upos in {"NOUN", "X"} and len(form) > 4 and self._stands_alone(id)
        return _find_shapes(form, fold(word.form), unsplit, unsplit and self.is_unsplit_future(id))

    def all_of(self, words: frozenset[str], *, exact: bool = False) -> list[int]:
        """The ids of all words among some folded words, in order; ``exact``: by their shapes alone."""
        if self._vocabulary.isdisjoint(words):
            return []  # as nearly always
        rows = self._shapes if exact else self._names
        return [id for id, names in enumerate(rows, start=1) if not names.isdisjoint(words)]

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        """The names of all words."""
        return frozenset().union(*self._names)

    def _stands_alone(self, id: int) -> bool:
        """Whether a word is a whole token."""
        token = self.word(id).token
        before = id > 1 and self.word(id - 1).token == token
        return not before and not (id < len(self.words) and self.word(id + 1).token == token)

    def is_joined(self, id: int) -> bool:
        """Whether a word is written together with the one after it."""
        return id < len(self.words) and self.word(id + 1).token == self.word(id).token

    def is_one_of(self, id: int, words: frozenset[str]) -> bool:
        """Whether a word is among some folded words."""
        return not words.isdisjoint(self.names(id))

    def find(self, words: frozenset[str], begin: int, end: int) -> list[int]:
        """The ids from ``begin`` to ``end`` (exclusive) of words among some folded words or phrases of two or three."""
        ids = range(max(begin, 1), min(end, len(self.words) + 1))
        if len(words) < len(ids) and self._sayings.isdisjoint(words):
            return []
        phrases = self._phrases
        return [id for id in ids if not words.isdisjoint(phrases[id - 1])]

    @cached_property
    def _phrases(self) -> tuple[frozenset[str], ...]:
        """The names of each word, and the phrases of two and three words that begin with it, or with its restored form
        (after "to" the article loses its alef); quotation marks only decorate them (a ""safe" zone")."""
        quotes = load_titles().phrases("marks.quotes")
        quoted = not quotes.isdisjoint(self.forms)
        found = []
        for at, names in enumerate(self._names):
            after = {self.forms[at + 1 : at + 3]}
            if quoted:
                unquoted = [form for form in self.forms[at + 1 : at + _QUOTED] if form not in quotes]
                after.add(tuple(unquoted[:2]))
            phrases = set(names)
            for first in {self.forms[at], fold(self.words[at].form)}:
                for following in after:
                    phrases.add(" ".join((first, *following[:1])))
                    phrases.add(" ".join((first, *following)))
            found.append(frozenset(phrases))
        return tuple(found)

    @cached_property
    def _sayings(self) -> frozenset[str]:
        """The names and phrases of all words."""
        return frozenset().union(*self._phrases)

    def past_aside(self, id: int) -> int:
        """The id after the brackets that open with a word and hold a few more, else its own ("the Community *(SADC)* and")."""
        if id <= len(self.words) and self.forms[id - 1] == "(":
            for end in range(id + 2, min(id + _ASIDE, len(self.words) + 1)):
                if self.forms[end - 1] == ")":
                    return end + 1
        return id

    def is_answering(self, id: int) -> bool:
        """Whether a verb in the future opens with the conjunction that answers a condition ("if …, *then it will* face")."""
        clitics = load_clitics()
        begin = id - 1
        if begin > 0 and self.word(begin).upos == "AUX":
            begin -= 1
        return 0 < begin < id - 1 and self.forms[begin - 1] == clitics.answering

    def is_unsplit_future(self, id: int) -> bool:
        """Whether a word looks like a verb with the future particle that the tokenizer did not take off."""
        clitics = load_clitics()
        form = self.forms[id - 1]
        bare = form.removeprefix(clitics.answering)
        return len(bare) > 4 and bare.startswith(clitics.future)

    def ancestors(self, id: int) -> Iterator[Word]:
        """The governors of a word, nearest first."""
        seen = {id}
        head = self.word(id).head
        while head and head not in seen:
            seen.add(head)
            yield self.word(head)
            head = self.word(head).head


@lru_cache(maxsize=100_000)
def _find_shapes(form: str, restored: str, unsplit: bool, future: bool) -> frozenset[str]:
    """The shapes of a word from its form and its restored form; ``unsplit``: clitics may have been left on it."""
    found = {form, restored}
    if unsplit:
        found |= {reading.form for reading in readings(form)}
    if future:
        found.add(form.removeprefix(load_clitics().answering)[1:])
    return frozenset(found | {shape.removeprefix(load_clitics().article) for shape in found})
