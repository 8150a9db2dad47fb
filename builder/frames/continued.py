"""Who goes on acting in a sentence that names no subject: "The president arrived. *And (he) met* the king"."""

from __future__ import annotations

from dataclasses import replace

from diplograph.frames.circumstances import find_circumstances
from diplograph.frames.relations import has_unnamed_subject, subjects
from diplograph.frames.view import SentenceView
from diplograph.linking import EntityMention

_FURTHEST = 6  # sentences back to which a subject can go on
_REACH = 4  # words between what is due and its verb


def standing_at(view: SentenceView, id: int, entity: EntityMention, how: str) -> EntityMention:
    """An entity as a word stands for it."""
    word = view.word(id)
    return replace(
        entity, first=id, last=id, head=id, begin=word.begin, end=word.end, how=how, preposition=""
    )


def joined_verb(view: SentenceView, verb: int) -> int:
    """The verb before that "and" joins this one to, 0 if none: whoever acts there goes on acting, and a lone name after
    this one is its object ("the minister arrived in Bahrain, *and met* the king")."""
    before = verb - 1
    while before > 1 and view.word(before).upos in {"AUX", "PART"}:
        before -= 1  # "and *will* call the prime minister"
    if before < 2 or view.word(before).upos != "CCONJ":
        return 0
    head = view.word(verb).head
    if head and head < verb and view.word(verb).deprel == "conj" and view.is_verb(head):
        return head
    return next((id for id in range(before - 1, 0, -1) if view.is_verb(id)), 0)


def continued_subject(view: SentenceView, verb: int) -> list[EntityMention]:
    """Who a verb that opens its sentence without a subject speaks of.

    "The president met … . *And (he) received a call* from …": Arabic drops a subject that goes on. Where the same verb
    was used shortly before ("the president *received* a call from … The minister assured him … . *And (he) received*
    another from …") its subject goes on, else that of the sentence before. The verb's ending holds the pronoun, so the
    verb is the evidence.
    """
    own = subjects(view, verb, inherited=False)
    if (own and not _is_met(view, verb, own)) or has_unnamed_subject(view, verb):
        return []
    joined = joined_verb(view, verb)
    if joined and not own:
        found = subjects(view, joined)
        single = len(found) == 1 and len(found[0].actors) == 1
        return [standing_at(view, verb, found[0], "continued")] if single else []
    if not _opens_sentence(view, verb):
        return []
    met = [entity.actors for entity in own]
    earlier: list[SentenceView] = []
    while (before := (earlier[-1] if earlier else view).previous) and len(earlier) < _FURTHEST:
        earlier.append(before)
    alike = [
        (other, word.id)
        for other in earlier
        for word in other.words
        if other.is_verb(word.id) and other.lemmas[word.id - 1] == view.lemmas[verb - 1]
    ]
    mains = [(other, word.id) for other in earlier[:1] for word in other.words if other.is_verb(word.id)]
    if len(mains) > 1 and _is_said_by_nobody(*mains[0]):
        mains = mains[1:]  # "*a statement said* that the king received … . And (he) called": the king
    for other, id in [*alike, *mains[:1]]:
        found = subjects(other, id, inherited=False) if id else []
        if found:
            single = len(found) == 1 and len(found[0].actors) == 1 and found[0].actors not in met
            return [standing_at(view, verb, found[0], "continued")] if single else []
    return []


def _is_said_by_nobody(view: SentenceView, verb: int) -> bool:
    """Whether a verb only says so, and names nobody who does."""
    return view.is_one_of(verb, view.lexicon.reporting) and not subjects(view, verb, inherited=False)


def _opens_sentence(view: SentenceView, verb: int) -> bool:
    """Whether nothing but particles stands before a verb of the third person singular."""
    person = view.word(verb).xpos[5:8]
    if not view.is_verb(verb) or (person.strip("-") and (person[0] not in "3-" or person[2] in "DP")):
        return False
    opening = range(1, verb)
    # "And *shortly before his arrival* (he) spoke with …": what is his may say when, or where.
    his = any(view.word(id).upos == "PRON" for id in opening)
    circumstances = find_circumstances(view, opening) if his else frozenset()
    impersonal = _impersonal(view, verb)
    particles = {"CCONJ", "PUNCT", "PART", "SCONJ", "AUX"}
    return all(view.word(id).upos in particles or id in circumstances or id in impersonal for id in opening)


def _impersonal(view: SentenceView, verb: int) -> range:
    """The words that say that something is due, and of whom not ("*it is due* that (he) meets": in Arabic "of what is set")."""
    for id in range(max(verb - _REACH, 2), verb):
        due = view.is_one_of(id, view.lexicon.due) and view.forms[id - 2] in view.lexicon.partitive
        if due and view.word(id - 1).token != view.word(id).token:
            return range(id - 1, id + 1)
    return range(0)


def _is_met(view: SentenceView, verb: int, own: list[EntityMention]) -> bool:
    """Whether the one person after a verb of meeting, which the parser takes for its subject, is whom somebody meets of whom
    the text has spoken ("the prime minister arrived in Colombo. *And (he) will meet the president*"): nobody meets without
    another."""
    if not view.is_one_of(verb, view.lexicon.meeting) or len(own) != 1 or own[0].first < verb:
        return False
    others = (
        child
        for child in view.sentence.children.get(verb, ())
        if child.deprel in ("obj", "obl:arg") and not own[0].first <= child.id <= own[0].last
    )
    further = view.between(own[0].last + 1, view.clause_end(verb, past=verb))
    if any(others) or any(entity.kind == "Person" for entity in further):
        return False
    return own[0].kind == "Person" and len(own[0].actors) == 1
