"""Which tokens of a text can be a word that a frame lists, told from their letters before anything is parsed.

A frame compares folded words with the form or the lemma of a parsed word, and both come from a token: clitics are taken
off at its ends, and the lemma has other endings and other letters in its midst. So a token can be a listed word if,
without some clitics before it and some letters behind it, it is that word, or a form of that lemma: of a verb those
that follow by rule, and whatever else the corpus shows (ontology/lexicon/forms.txt). The tests hold this to the parses
of real sentences.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from diplograph.linking.tokens import load_clitics
from diplograph.resources import locate

_CHANGING = "هاويءت"  # a last letter before a pronoun: teh marbuta, alef maqsura, hamza
_INFLECTION = frozenset("هاتينومكء")  # letters of the endings of inflection, pronouns with them
_LONGEST = 6  # letters of such endings
_ENDINGS = frozenset({"ا", "ان", "ين"})  # of an accusative, a dual
_CLITIC = 2  # letters up to which a word may be a clitic, found at any place in a token
_LONG = 6  # letters from which a word is found glued to its neighbours, too
_NONE: frozenset[int] = frozenset()
_PERSONS = "يتنا"  # how an imperfect begins
_ROOT = 3  # letters of most roots; a verb has no fewer
_ALEF, _WAW, _YEH = "ا", "و", "ي"


class WordLists:
    """Lists of folded words, by number, and which tokens can be on which.

    >>> lists = WordLists({0: frozenset({"قمه"}), 1: frozenset({"لقاء"})})
    >>> lists.find("والقمه"), lists.find("بلقائهما".replace("ئ", "ي")), lists.find("كتاب")
    (frozenset({0}), frozenset({1}), frozenset())
    """

    def __init__(
        self,
        lists: Mapping[int, Iterable[str]],
        exact: frozenset[int] = frozenset(),
        verbal: frozenset[int] = frozenset(),
    ) -> None:
        """``exact`` are the numbers of those lists for which the lemma of a word does not count, ``verbal`` those of lists
        that have verbs."""
        self._forms: dict[str, set[int]] = {}
        self._stems: dict[str, set[int]] = {}
        self._anywhere: dict[str, set[int]] = {}
        self._pronouns = load_clitics().pronouns | _ENDINGS | {"", "ني"}
        for number, phrases in lists.items():
            for phrase in phrases:
                word, _, rest = phrase.partition(" ")  # a phrase is found where its first word is
                self._add(number, word, lemma=number not in exact and not rest, verbal=number in verbal)
        self._lengths = frozenset(map(len, self._anywhere)) - {0}

    def _add(self, number: int, word: str, *, lemma: bool, verbal: bool) -> None:
        if len(word) <= _CLITIC or len(word) >= _LONG:
            self._anywhere.setdefault(word, set()).add(number)
        for form in shapes(word):
            self._forms.setdefault(form, set()).add(number)
        inflected = conjugate(word) if verbal else ()
        for form in (word, *load_forms().get(word, ()), *inflected) if lemma else ():
            self._stems.setdefault(stem(form), set()).add(number)

    def find(self, token: str) -> frozenset[int]:
        """The numbers of the lists that a folded token can be on."""
        found: set[int] = set()
        for begin in _beginnings(token):
            for end in range(len(token), begin, -1):
                core, ending = token[begin:end], token[end:]
                if core in self._forms and ending in self._pronouns:
                    found |= self._forms[core]
                if core in self._stems:
                    found |= self._stems[core]
                if len(ending) == _LONGEST or token[end - 1] not in _INFLECTION:
                    break
        for length in self._lengths:
            for begin in range(len(token) - length + 1):
                found |= self._anywhere.get(token[begin : begin + length], _NONE)
        return frozenset(found)


def shapes(word: str) -> Iterator[str]:
    """How a word is spelt between the clitics of a token."""
    article = load_clitics().article
    spelt = [word, article[1:] + word.removeprefix(article)] if word.startswith(article) else [word]
    for form in spelt:
        yield form
        if len(form) > _CLITIC and form[-1] in _CHANGING:
            yield from (form[:-1] + letter for letter in _CHANGING)


def stem(form: str) -> str:
    """A form without the last letter, where inflection changes it."""
    return form[:-1] if len(form) > 3 and form[-1] in _CHANGING else form


def conjugate(lemma: str) -> Iterator[str]:
    """How a verb is spelt, but for endings, in the imperfect and where it is passive, by rule: the first alef of a stem is
    none of its root and falls, or it is a hamza that becomes a waw or stays; a long vowel turns into others.

    >>> "تتفاوض" in conjugate("تفاوض"), "يجتمع" in conjugate("اجتمع"), "نوكد" in conjugate("اكد")
    (True, True, True)
    >>> "يستضيف" in conjugate("استضاف"), "يقول" in conjugate("قال"), "نوقش" in conjugate("ناقش")
    (True, True, True)
    """
    if len(lemma) < _ROOT:
        return
    passive, bases = _vary_alef(lemma)
    yield from passive
    for base in (lemma, *passive, *bases):
        starts = [base]
        if base[0] == _ALEF:
            starts += [base[1:], _WAW + base[1:]]
        elif base[0] == _WAW and len(base) == _ROOT:
            starts.append(base[1:])  # "promised", "he promises": the waw of such a root falls
        yield from (person + start for start in starts for person in _PERSONS)


def _vary_alef(lemma: str) -> tuple[list[str], list[str]]:
    """A verb with the alef in its midst as the perfect has it where it is passive, and as only imperfects have it."""
    at = lemma.find(_ALEF, 1, -1)
    if at < 0:
        return [], []
    hollow = at == len(lemma) - 2
    passive = lemma[:at] + (_YEH if hollow else _WAW) + lemma[at + 1 :]
    return [passive], [lemma[:at] + _WAW + lemma[at + 1 :]] if hollow and len(lemma) == _ROOT else []


def follows(lemma: str, form: str) -> bool:
    """Whether a form of a lemma is found by its letters alone.

    >>> follows("قمه", "قمتهم"), follows("قمه", "قمم")
    (False, False)
    >>> follows("محادثه", "محادثات")
    True
    """
    start = stem(lemma)
    endings = [form[at + len(start) :] for at in _beginnings(form) if form.startswith(start, at)]
    return any(len(ending) <= _LONGEST and _INFLECTION.issuperset(ending) for ending in endings)


def _beginnings(token: str) -> Iterator[int]:
    """Where a word can begin in a token: at its start, behind a conjunction, a preposition or future, an article."""
    clitics = load_clitics()
    futures = {future[0] for future in clitics.future}
    places = {0}
    if token[:1] in clitics.conjunctions:
        places.add(1)
    places |= {at + 1 for at in places if token[at : at + 1] in clitics.prepositions | futures}
    for article in (clitics.article, clitics.assimilated):
        places |= {at + len(article) for at in set(places) if token.startswith(article, at)}
    yield from sorted(place for place in places if place < len(token))


@cache
def load_forms() -> dict[str, tuple[str, ...]]:
    """The forms in which words of news stand, by lemma, where they do not follow from its letters.

    ontology/lexicon/forms.txt has them, a lemma and its forms a line, all folded; ``make forms`` collects them.
    """
    text = locate("ontology", "lexicon", "forms.txt").read_text(encoding="utf-8")
    rows = (line.split() for line in text.splitlines() if not line.startswith("#"))
    return {lemma: tuple(forms) for lemma, *forms in rows}
