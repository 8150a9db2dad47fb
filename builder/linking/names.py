"""Names in the tokens of a sentence: those the gazetteer has, phrases of the lexicon, and what looks like a name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from diplograph.linking.gazetteer import Gazetteer, Sense, Titles
from diplograph.linking.tokens import Token, find_among, load_clitics, readings

LONGEST_NAME = 8  # tokens of the longest name in the gazetteer that is looked for
SHORT = 3  # letters of a name that may be a common word
# A single word of these tags is no name, whatever the gazetteer has ("was" is spelt like Cannes).
NO_NAME_TAGS = frozenset({"VERB", "AUX", "ADP", "CCONJ", "SCONJ", "PART", "PRON", "DET", "NUM", "INTJ"})


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A gazetteer match: its senses, the tokens it takes, where its text begins, and the clitic before it."""

    senses: tuple[Sense, ...]
    first: int
    last: int
    begin: int
    preposition: str
    name: str


class NameFinder:
    """Finds names in the tokens of one sentence."""

    def __init__(
        self,
        tokens: Sequence[Token],
        gazetteer: Gazetteer,
        titles: Titles,
        known: frozenset[str] = frozenset(),
    ) -> None:
        """``known`` are one-word names that the document uses of persons: there the longer ones need no tag to be believed
        (of three letters, many are common words), and the short ones need no second name."""
        self.tokens = tokens
        self.gazetteer = gazetteer
        self.titles = titles
        self.known = frozenset(name for name in known if len(name) > SHORT)
        self.short = known - self.known
        self._occasions = titles.phrases("marks.occasions")
        self._matched: dict[tuple[int, bool], NameMatch | None] = {}

    # -- the gazetteer ------------------------------------------------------------------------------------------

    def match_name(self, start: int, *, attached: bool = True) -> NameMatch | None:
        """The longest gazetteer name at a token; with ``attached``, clitics before it are looked through."""
        asked = start, attached
        if asked not in self._matched:
            self._matched[asked] = self._match_name(start, attached=attached)
        return self._matched[asked]

    def _match_name(self, start: int, *, attached: bool) -> NameMatch | None:
        if start >= len(self.tokens) or self.tokens[start].is_punctuation:
            return None
        if start and (of_summit := self._occasion(start - 1)):
            found = self._match_from(start - 1, of_summit)
            if found and found[1] >= start:
                return NameMatch(found[0], start, found[1], self.tokens[start].begin, "", found[2])
        if self._occasion(start):
            return None
        best: NameMatch | None = None
        for reading in self.gazetteer.openings(self.tokens[start].folded):
            if reading.stripped and not attached:
                break
            found = self._match_from(start, reading.form)
            doubtful = self.tokens[start].upos in NO_NAME_TAGS and reading.form not in self.known
            if (
                found
                and found[1] == start
                and (doubtful or (reading.preposition and len(reading.form) < SHORT))
            ):
                continue  # two letters after a preposition begin a name ("to *Xi* Jinping"), and are none
            if found and (best is None or found[1] > best.last):
                begin = self.tokens[start].begin + reading.stripped
                best = NameMatch(found[0], start, found[1], begin, reading.preposition, found[2])
        return best

    def _occasion(self, index: int) -> str:
        """The word for an occasion at a token, folded, "" if it is none: after "summit" a body may go by a part of its
        name ("the *Twenty* summit"), and the summit itself is no part of that name."""
        return find_among(self.tokens[index].folded, self._occasions)

    def _match_from(self, start: int, form: str) -> tuple[tuple[Sense, ...], int, str] | None:
        words: tuple[str, ...] = (form,)
        best = None
        position = start
        while self.gazetteer.starts(words):
            senses = self.gazetteer.senses(words)
            if senses:
                best = (tuple(senses), position, " ".join(words))
            position = self._next_in_name(position)
            if position >= len(self.tokens) or len(words) >= LONGEST_NAME:
                break
            words = (*words, *self.tokens[position].folded.split())
        return best

    def _next_in_name(self, position: int) -> int:
        """The next token, or the one after a quotation mark or hyphen that only decorates a name."""
        position += 1
        if position < len(self.tokens) and self.tokens[position].folded in {'"', "-", "«", "»"}:
            position += 1
        return position

    def match_phrase(self, start: int, phrases: Callable[[tuple[str, ...]], bool]) -> int:
        """How many tokens from ``start`` make the longest title that ``phrases`` knows (0 if none)."""
        if start >= len(self.tokens):
            return 0
        if not find_among(self.tokens[start].folded, self.titles.openings):
            return 0  # as nearly all
        rest = tuple(token.folded for token in self.tokens[start + 1 : start + 5])
        for reading in readings(self.tokens[start].folded):
            if reading.form not in self.titles.openings:
                continue
            for length in range(len(rest), -1, -1):
                if phrases((reading.form, *rest[:length])):
                    return length + 1
        return 0

    def phrase(self, start: int, length: int) -> tuple[str, ...]:
        """The reading of a phrase that some lexicon knows; see :meth:`match_phrase`."""
        rest = tuple(token.folded for token in self.tokens[start + 1 : start + length])
        for reading in readings(self.tokens[start].folded):
            words = (reading.form, *rest)
            if words in self.titles.ranks or words in self.titles.organs or words in self.titles.groups:
                return words
        return (self.tokens[start].folded, *rest)

    def preposition(self, start: int, form: str) -> tuple[str, int]:
        """The clitic preposition that opens a token, and how many letters come before its noun."""
        for reading in readings(self.tokens[start].folded):
            if reading.form == form:
                return reading.preposition, reading.stripped
        return "", 0

    # -- names that the gazetteer does not have ------------------------------------------------------------------

    def match_unknown_name(self, start: int, *, after_title: bool) -> int:
        """How many tokens from ``start`` look like the name of a person (0 if none).

        Stanza tags unknown names X. Particles (bin, Abu, van …) and nouns between two such words belong to the name;
        after a title a single word is enough, elsewhere two are needed.
        """
        if start >= len(self.tokens):
            return 0
        parts = self.titles.phrases("between.name_parts")
        if not self._is_name(start) and self.tokens[start].folded not in parts:
            return 0  # as nearly all
        opening = self.match_name(start)
        if opening and opening.begin > self.tokens[start].begin and not self._is_person(opening):
            return 0  # "*and Pakistan* Richard H.": the conjunction was left on the state
        end, names = start, 0
        while end < len(self.tokens) and end - start < 6:
            token = self.tokens[end]
            if token.is_punctuation or (end > start and len(token.words) > 1):
                break
            if token.folded in self.titles.phrases("not_persons.words"):
                break
            if token.folded in self.titles.counterparts:
                break  # "(he) informed the emir *his guest*"
            if end == start and find_among(token.folded, self.titles.phrases("not_persons.before")):
                break
            if end > start and (self._is_somebody(end) or self._is_joined(end) or self._is_title(end)):
                break
            if token.upos in {"X", "PROPN"} and not self._is_other_name(end):
                names += 1
            elif token.folded in parts:
                pass
            elif not (names and self._is_name(end + 1) and self._hangs_on(end, start)):
                break
            end += 1
        while end > start and self.tokens[end - 1].folded in parts:
            end -= 1
        if names and end < len(self.tokens) and self._closes_name(start, end):
            end += 1
        needed = 1 if after_title or self.tokens[start].folded in self.known | self.short else 2
        return end - start if names and end - start >= needed else 0

    def _closes_name(self, start: int, end: int) -> bool:
        """Whether a noun or adjective after "bin", "Abu" or "Abd" closes the name (Salman bin Abdulaziz)."""
        token, before = self.tokens[end], self.tokens[end - 1]
        parts = self.titles.phrases("between.name_parts")
        return (
            end > start
            and before.folded in parts
            and token.upos in {"NOUN", "ADJ"}
            and not token.is_punctuation
        )

    def _hangs_on(self, index: int, start: int) -> bool:
        """Whether a noun or adjective hangs on a word of the name that it follows."""
        token = self.tokens[index]
        return token.upos in {"NOUN", "ADJ"} and token.head in {
            other.main for other in self.tokens[start:index]
        }

    def _is_somebody(self, index: int) -> bool:
        """Whether a token is by itself the name of somebody known, who is then another person."""
        match = self.match_name(index, attached=False)
        return (
            bool(match) and match.last == index and self._is_person(match) and self._knows_before(index)
            if match
            else False
        )

    def _is_title(self, index: int) -> bool:
        """Whether a token is a title of the state that follows it ("met *king* of Thailand"), and so no part of a name."""
        length = self.match_phrase(index, self.titles.ranks.__contains__)
        return bool(length) and self._is_other_name(index + length)

    def _is_joined(self, index: int) -> bool:
        """Whether a token is a conjunction and a name that the tagger took for one word: the name is known, or what
        stands before it is by itself the name of somebody known."""
        before = self.match_name(index - 1, attached=False)
        known = before and before.last == index - 1 and self._is_person(before)
        if known and self.tokens[index].folded[:1] in load_clitics().conjunctions:
            return True
        match = self.match_name(index)
        return (
            bool(match) and match.begin > self.tokens[index].begin and self._is_person(match)
            if match
            else False
        )

    def _knows_before(self, index: int) -> bool:
        """Whether the token before is the one-word name of somebody known, too ("Biden Putin" are two)."""
        match = self.match_name(index - 1, attached=False)
        return bool(match) and self._is_person(match) if match else False

    def _is_name(self, index: int) -> bool:
        return index < len(self.tokens) and self.tokens[index].upos in {"X", "PROPN"}

    def _is_other_name(self, index: int) -> bool:
        """Whether a token begins the name of a state, an organization or a place."""
        match = self.match_name(index, attached=False)
        return bool(match) and all(sense.entry.kind != "Person" for sense in match.senses) if match else False

    def _is_person(self, match: NameMatch) -> bool:
        """Whether a match names a person (a one-word surname only if the tagger does not take it for a common word)."""
        if not any(sense.entry.kind == "Person" for sense in match.senses):
            return False
        return match.last > match.first or self.tokens[match.first].upos in {"X", "PROPN", "NOUN"}
