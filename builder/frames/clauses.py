"""Where a word stands in its sentence: in a clause of another noun, in a condition, in the dateline."""

from __future__ import annotations

from diplograph.frames.triggers import is_conditional
from diplograph.frames.view import SentenceView
from diplograph.linking import EntityMention


def is_of_definite(view: SentenceView, anchor: int, verb: int) -> bool:
    """Whether a verb is in the relative clause of another noun than an indefinite event ("in *a call*, his concern at the
    operation *that* the marshal *leads*"): in Arabic a relative pronoun follows definite nouns only."""
    after = min(anchor + 1, len(view.words))
    construct = view.word(after).upos in {"NOUN", "X", "PROPN"} and not view.is_verb(after)
    bare = view.word(anchor).upos == "NOUN" and not view.is_definite(anchor) and not construct
    nearer = any(view.word(id).upos == "NOUN" and view.has_article(id) for id in range(after, verb - 1))
    return bare and nearer and view.forms[verb - 2] in view.lexicon.relative and view.entity_at(after) is None


def stands_in_condition(view: SentenceView, id: int) -> bool:
    """Whether a conditional conjunction opens the clause that a word stands in ("on a deployment *if Nairobi* attacks")."""
    for at in range(id - 1, 0, -1):
        if view.forms[at - 1] in view.lexicon.marks | view.lexicon.commas:
            return False
        if is_conditional(view, at):
            return True
    return False


def is_dateline(view: SentenceView, entity: EntityMention) -> bool:
    """Whether a place opens its sentence as where it was written ("*Tunis* (agency) -", "*London:* announces the president");
    who speaks before a colon is followed by what he says."""
    after = entity.last + 1
    if entity.first != 1 or after > len(view.words):
        return False
    told = after < len(view.words) and view.is_verb(after + 1) and entity.how == "metonym"
    apart = view.lexicon.brackets | view.lexicon.dashes | (view.lexicon.colons if told else frozenset())
    return view.forms[after - 1] in apart


def verb_behind(view: SentenceView, anchor: int, end: int) -> int:
    """The verb of a clause with "that" of which an event is the circumstance that stands first ("added that *during a call*
    with the emir the president *stressed* …"), 0 if it is none; the tree hangs it on the verb of saying."""
    id = anchor - 1
    if not view.case_of(anchor) or id < 2 or view.word(id).upos != "ADP":
        return 0
    id -= 2 if view.word(id - 1).upos == "PRON" else 1
    if id < 1 or view.word(id).upos != "SCONJ":
        return 0
    behind = (at for at in range(end, min(end + 2, len(view.words) + 1)) if view.is_verb(at))
    return next(behind, 0)
