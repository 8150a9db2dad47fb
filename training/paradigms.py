"""Lemmas of words that no tree has, from forms of theirs that some tree has: القمعي by القمعية, موانئ by الموانئ.

How one form of a word comes from another is learnt from the lemmatizer's dictionary: which beginnings and ends are
exchanged, by part of speech, and how often both forms then have one lemma. The most reliable exchange that leads to a known
form gives the lemma. Spelling a lemma out letter by letter, as Stanza does with unknown words, is right less often.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.corpus import count_words
from training.dictionary import Dictionary

TAGS = ("NOUN", "ADJ", "VERB")
UNINFLECTED = "X"
"""The tag of names: their lemmas are in the dictionary or nowhere."""
LONGEST = 3
"""Letters that may be exchanged at the beginning, and at the end."""
STEM = 3
"""Letters that at least remain."""
CROWDED = 60
"""Forms with a stem in common, from which on the stem says nothing."""

Exchange = tuple[str, str, str, str]
"""Beginning and end of the one form, beginning and end of the other."""


@dataclass(frozen=True, slots=True)
class Paradigms:
    """``known``: the lemmas of forms by part of speech; ``exchanges``: for part of speech, beginning and end of a form, what
    takes their places in another and how reliable that is, the best first."""

    known: Mapping[str, Mapping[str, str]]
    exchanges: Mapping[tuple[str, str, str], list[tuple[float, str, str]]]

    def find_lemma(self, form: str, upos: str) -> str | None:
        """The lemma of a form that is not known, if an exchange leads to one that is."""
        found, reliable = None, 0.0
        for begin, stem, end in cut(form):
            for share, other_begin, other_end in self.exchanges.get((upos, begin, end), ()):
                if share <= reliable:
                    break
                lemma = self.known[upos].get(other_begin + stem + other_end)
                if lemma is not None:
                    found, reliable = lemma, share
                    break
        return found


def cut(form: str) -> Iterator[tuple[str, str, str]]:
    """The ways to take a beginning and an end off a form.

    >>> list(cut("abcd"))
    [('', 'abcd', ''), ('', 'abc', 'd'), ('a', 'bcd', '')]
    """
    for begin in range(LONGEST + 1):
        for end in range(LONGEST + 1):
            if len(form) - begin - end >= STEM:
                yield form[:begin], form[begin : len(form) - end], form[len(form) - end :]


def learn_paradigms(
    lemmas: Iterable[tuple[str, str, str]], *, reliable: float = 0.75, least: int = 4
) -> Paradigms:
    """From (form, UPOS, lemma): the exchanges seen between ``least`` pairs of forms, of which this share has one lemma."""
    known: dict[str, dict[str, str]] = {tag: {} for tag in TAGS}
    for form, upos, lemma in lemmas:
        if upos in known:
            known[upos][form] = lemma
    exchanges: dict[tuple[str, str, str], list[tuple[float, str, str]]] = defaultdict(list)
    for upos, forms in known.items():
        seen, same = _count_exchanges(forms)
        for exchange, pairs in seen.items():
            share = (same[exchange] + 0.5) / (pairs + 1.5)
            if pairs >= least and share >= reliable:
                begin, end, other_begin, other_end = exchange
                exchanges[upos, begin, end].append((share, other_begin, other_end))
    for ways in exchanges.values():
        ways.sort(reverse=True)
    return Paradigms(known, exchanges)


def _count_exchanges(forms: Mapping[str, str]) -> tuple[Counter[Exchange], Counter[Exchange]]:
    """How often each exchange leads from a known form to a known form, and how often both have the same lemma."""
    stems: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for form, lemma in forms.items():
        for begin, stem, end in cut(form):
            stems[stem].append((begin, end, lemma))
    seen: Counter[Exchange] = Counter()
    same: Counter[Exchange] = Counter()
    for ways in stems.values():
        if len(ways) > CROWDED:
            continue
        for begin, end, lemma in ways:
            for other_begin, other_end, other_lemma in ways:
                exchange = (begin, end, other_begin, other_end)
                if _is_shortest(*exchange):
                    seen[exchange] += 1
                    same[exchange] += lemma == other_lemma
    return seen, same


def _is_shortest(begin: str, end: str, other_begin: str, other_end: str) -> bool:
    """Whether the stem could not be longer, and something is exchanged."""
    if (begin, end) == (other_begin, other_end):
        return False
    return not (begin and begin[-1:] == other_begin[-1:]) and not (end and end[:1] == other_end[:1])


def find_lemmas(
    words: Path,
    lemmas: Sequence[tuple[str, str, str]],
    *,
    frequent: int,
    dictionary: Dictionary | None = None,
) -> list[tuple[str, str, str]]:
    """(form, UPOS, lemma) of the words of a text that occur so often, are not among ``lemmas``, and have one by paradigms
    or in the dictionary; where both say something, the dictionary has the last word.

    A form has a lemma for each part of speech that it may have: the tagger says which it is.
    """
    paradigms = learn_paradigms(lemmas)
    known = {(form, upos) for form, upos, _ in lemmas}
    uses = Counter((lemma, upos) for _, upos, lemma in lemmas)
    found = []
    for form, count in sorted(count_words(words).items()):
        if count < frequent or not form[0].isalpha():
            continue
        for upos in (*TAGS, UNINFLECTED):
            if (form, upos) in known:
                continue
            lemma = paradigms.find_lemma(form, upos)
            if dictionary is not None:
                lemma = dictionary.find_lemma(form, upos, uses, lemma) or lemma
            if lemma is not None:
                found.append((form, upos, lemma))
    return found
