"""Whom an event means that the text only points back to: "X discussed the borders with Y. *This came* in a call"."""

from __future__ import annotations

from diplograph.frames.continued import standing_at
from diplograph.frames.relations import objects, prepositional, subjects
from diplograph.frames.view import SentenceView
from diplograph.linking import EntityMention
from diplograph.temporal.lexicon import load_lexicon

_POINTING = 6  # words before an event in which "this" points back to what was told


def retold(view: SentenceView, anchor: int, prepositions: frozenset[str]) -> list[EntityMention]:
    """Those who deal with each other in what "this" before an event points back to, in its sentence or in the one before.

    In Arabic news the lede says who told whom what, and the next sentence how: "The king assured *the president* of his
    support. *This came* in a call on Friday".
    """
    at = _pointing(view, anchor)
    if not at:
        return []
    if any(entity.last < at and entity.kind == "Person" for entity in view.entities):
        return _dealing(view, 1, at, prepositions)
    previous = view.previous
    found = _dealing(previous, 1, len(previous.words) + 1, prepositions) if previous else []
    return [standing_at(view, at, entity, "continued") for entity in found]


def _pointing(view: SentenceView, anchor: int) -> int:
    """The demonstrative before an anchor, with nothing between that names anybody; 0 if none, and none where the event lies
    apart by a stretch of time ("this comes *about a week after a meeting*" of others)."""
    for id in range(anchor - 1, max(anchor - 1 - _POINTING, 0), -1):
        if view.entity_at(id) is not None:
            return 0
        if view.forms[id - 1] in view.lexicon.resuming:
            between = view.forms[id : anchor - 1]
            timed = any(map(load_lexicon().names_time, between))
            return 0 if timed and not view.lexicon.apart.isdisjoint(between) else id
        if view.is_verb(id) and not view.is_one_of(id, view.lexicon.stating):
            return 0
    return 0


def _dealing(view: SentenceView, begin: int, end: int, prepositions: frozenset[str]) -> list[EntityMention]:
    """The two persons of the first verb of a stretch that has both who acts and on whom, or two who act."""
    for verb in range(begin, end):
        if not view.is_verb(verb):
            continue
        acting = _persons(subjects(view, verb, inherited=False))
        if len(acting) == 2:
            return acting
        stop = min(view.clause_end(verb), end)
        found = [*objects(view, verb), *prepositional(view, verb + 1, stop, prepositions)]
        partners = [entity for entity in _persons(found) if entity not in acting]
        if len(acting) == 1 and len(partners) == 1 and partners[0].last < end:
            return [*acting, *partners]
    return []


def _persons(found: list[EntityMention]) -> list[EntityMention]:
    return [entity for entity in found if entity.kind == "Person" and entity.actors]
