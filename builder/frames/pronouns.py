"""Who the pronouns around the word for an event mean: "his meeting with", "their call", "a call between them"."""

from __future__ import annotations

from dataclasses import replace

from diplograph.frames.relations import subjects
from diplograph.frames.view import SentenceView
from diplograph.linking import EntityMention


def pronouns(view: SentenceView, anchor: int, end: int) -> list[EntityMention]:
    """The entities that pronouns on an anchor, on the nouns that support it, or after "between" stand for."""
    for id in _pronoun_ids(view, anchor, end):
        found = _antecedents(view, anchor, id)
        if found:
            word = view.word(id)
            return [
                replace(
                    entity,
                    first=id,
                    last=id,
                    head=id,
                    begin=word.begin,
                    end=word.end,
                    how="pronoun",
                    preposition="",
                )
                for entity in found
            ]
    return []


def _pronoun_ids(view: SentenceView, anchor: int, end: int) -> list[int]:
    """The pronouns that name a party: on the anchor or its support ("his *taking part* in a summit"), after "between"."""
    nouns = [anchor]
    for above in view.ancestors(anchor):
        if above.upos != "NOUN" or not view.is_one_of(above.id, view.lexicon.support):
            break
        nouns.append(above.id)
    found = [
        id + 1 for id in nouns if _is_pronoun(view, id + 1) and view.word(id + 1).token == view.word(id).token
    ]
    for id in range(anchor + 1, end):
        if _is_pronoun(view, id) and view.forms[id - 2] in view.lexicon.pairing:
            found.append(id)
    return found


def _is_pronoun(view: SentenceView, id: int) -> bool:
    return id <= len(view.words) and view.word(id).upos == "PRON"


def _is_several(view: SentenceView, id: int) -> bool:
    """Whether a pronoun is dual or plural."""
    word = view.word(id)
    return "Number=Dual" in word.feats or "Number=Plur" in word.feats or word.xpos[7:8] in ("D", "P")


def _antecedents(view: SentenceView, anchor: int, id: int) -> list[EntityMention]:
    """For a dual or plural the subjects of the verb above, else the last two parties before it; for a singular the subject of the verb above, else the nearest person
    before, else the subject of the main verb after ("asked about *his* meeting Netanyahu, Abbas said")."""
    before = [
        entity
        for entity in view.entities
        if entity.last < anchor and entity.actors and entity.how != "demonym"
    ]
    people = [entity for entity in before if entity.kind == "Person"]
    if _is_several(view, id):
        governing = view.governing_verb(anchor)
        group = subjects(view, governing[0]) if governing else []
        if len(group) >= 2 or (group and group[0].leader and group[0].kind == "Organization"):
            return group  # "the *leaders of the G20* began their meetings"
        chosen = people if len({entity.actors for entity in people}) >= 2 else before
        last: list[EntityMention] = []
        for entity in reversed(chosen):
            if all(entity.actors != other.actors for other in last):
                last.append(entity)
        return list(reversed(last[:2])) if len(last) >= 2 else []
    governing = view.governing_verb(anchor)
    if governing:
        found = [entity for entity in subjects(view, governing[0]) if entity.last < anchor]
        if found:
            return found[:1]
    if people:
        return people[-1:]
    for word in view.words[anchor:]:
        if view.is_verb(word.id):
            found = [entity for entity in subjects(view, word.id, inherited=False) if entity.first > anchor]
            if found:
                return found[:1]
    return []
