"""Offices that a text states beside a name: they count more than those that the gazetteer knows of the person."""

from __future__ import annotations

from collections.abc import Sequence

from diplograph.arabic import fold
from diplograph.linking.entities import EntityMention
from diplograph.linking.gazetteer import Titles
from diplograph.linking.titles import Reference
from diplograph.linking.tokens import Token, load_clitics
from diplograph.model import Actor, Sentence

_LONGEST = 5  # words between "head (of)" and the name


def has_other_office(
    base: EntityMention, before: Sequence[EntityMention], sentence: Sentence, titles: Titles
) -> bool:
    """Whether a name stands behind the title of something that is no state: "*head of the Free Movement* M. A.", "*the
    leader of the Labour Party* T. B.".

    Such a title is a construct, "head" without the article and then at least one noun: what the finder of titles knows
    (the head of a government, of a state) belongs to the reference itself. "The president M. A." is a title, and no
    construct.
    """
    for id in range(base.first - 1, max(base.first - 2 - _LONGEST, 0), -1):
        word = sentence.word(id)
        form = fold(word.form)
        if _heads_a_body(form, titles):
            joined = id > 1 and sentence.word(id - 1).upos == "CCONJ"
            # "head of *the state of* the south", "head of *the* transitional *council*"
            ruling = fold(sentence.word(id + 1).form) in titles.phrases("between.ruled")
            return id < base.first - 1 and not joined and not ruling
        named = any(other.first <= id <= other.last and other.how != "demonym" for other in before)
        if word.upos not in {"NOUN", "ADJ", "X"} or named or (form,) in titles.ranks:
            return False
    return False


def has_other_title(base: EntityMention, before: Sequence[EntityMention], bodies: Sequence[str]) -> bool:
    """Whether a title of the same state that is no leader's stands right before a name ("*the Saudi crown prince* Salman")."""
    last = before[-1] if before else None
    return (
        last is not None
        and last.last == base.first - 1
        and last.how in ("role", "title")
        and not last.leader
        and any(body.key in bodies for body in last.bodies)
    )


def is_followed_by_office(
    reference: Reference, references: Sequence[Reference], tokens: Sequence[Token], titles: Titles
) -> bool:
    """Whether a full name is followed by the title of something that is no state: "M. M., *speaker of the House*"."""
    at = reference.last + 1
    at += at < len(tokens) and tokens[at].is_punctuation
    if at + 1 >= len(tokens) or len(reference.name.split()) < 2:
        return False
    known = any(other.first == at and (other.bodies or other.name or other.last > at) for other in references)
    following = tokens[at + 1]
    construct = following.upos == "NOUN" and following.folded not in titles.phrases("between.ruled")
    return not known and construct and _heads_a_body(tokens[at].folded, titles)


def _heads_a_body(form: str, titles: Titles) -> bool:
    """Whether a word is "head", "leader" without the article, which says of what only with the noun after it."""
    leads = titles.ranks.get((form,), "") in titles.leaders
    return leads and not form.startswith(load_clitics().article)


def find_owner(
    base: EntityMention, before: Sequence[EntityMention], sentence: Sentence, titles: Titles
) -> tuple[Actor, ...]:
    """The state or body of whoever an office with a pronoun is ("*the ministry* announced that *its envoy* C. H. would …",
    "*the president* sent *his foreign minister* C. H."); nothing where no such office stands beside a name."""
    for id in range(max(base.first - 2, 2), base.last + 1):
        word, noun = sentence.word(id), sentence.word(id - 1)
        if word.upos != "PRON" or word.token != noun.token:
            continue
        if fold(noun.form) not in titles.phrases("between.owned"):
            continue
        named = [m for m in reversed(before) if m.last < id - 1 and m.bodies and m.how != "demonym"]
        persons = [m for m in named if m.kind == "Person"]
        feminine = fold(word.form) in titles.phrases("between.hers")
        chosen = [m for m in named if m.kind != "Person"] if feminine else persons or named
        return chosen[0].bodies[:1] if chosen else ()
    return ()
