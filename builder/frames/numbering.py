"""Which of a series an event is said to be: "the *second* round", "the *thirty-fourth* summit", "the summit *no.* 34"."""

from __future__ import annotations

import re

from diplograph.frames.view import SentenceView

_DIGITS = re.compile(r"\d{1,3}")


def find_number(view: SentenceView, anchor: int) -> int:
    """The number beside an anchor, 0 if there is none: an ordinal right before it, or up to two words behind ("the *Arab*
    summit *the 34th*")."""
    before = view.lexicon.number_of(view.forms[anchor - 2]) if anchor > 1 else 0
    if before or view.is_verb(anchor):
        return before
    for id in range(anchor + 1, min(anchor + 3, len(view.words) + 1)):
        if id > anchor + 1 and view.word(anchor + 1).upos in {"ADP", "PUNCT", "CCONJ"}:
            break  # "talks begin *on the fourteenth*"
        # "*the* second round", "*a* second round"; "the call *of nine o'clock*" is the ninth of none
        agree = view.has_article(anchor) if id == anchor + 1 else view.is_definite(anchor)
        number = _number_at(view, id, definite=view.has_article(anchor))
        if number and (agree or not view.has_article(id)):
            return number
    return 0


def _number_at(view: SentenceView, id: int, *, definite: bool) -> int:
    """The number that begins with a word. Tens by themselves, and digits, number only an event with the article: "the
    summit of *Twenty*" is that of a group, and a year may stand behind any."""
    lexicon, forms = view.lexicon, [*view.forms[id - 1 : id + 2], "", ""]
    ones = 1 if forms[0] in lexicon.compound_one else lexicon.number_of(forms[0])
    if ones and forms[1] in lexicon.teen:
        return ones + 10
    if ones:
        joined = id < len(view.words) and view.word(id + 1).upos == "CCONJ"
        return ones + (_tens(view, forms[2]) if joined else 0)
    if not definite:
        return 0
    article, number = view.article, forms[0].strip("()")
    if number == article:  # parted from its digits
        number = article + forms[1].strip("()")
    digits = number.removeprefix(article)
    if number != digits and _DIGITS.fullmatch(digits):
        return int(digits)
    return _tens(view, forms[0])


def _tens(view: SentenceView, form: str) -> int:
    return next((n * 10 for n, words in enumerate(view.lexicon.tens, start=2) if form in words), 0)
