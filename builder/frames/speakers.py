"""Whose words a sentence gives: who said what an event is read from."""

from __future__ import annotations

from collections.abc import Iterator

from diplograph.frames.continued import continued_subject
from diplograph.frames.relations import members, subjects
from diplograph.frames.view import SentenceView
from diplograph.linking import EntityMention

_OPENING = 3  # words of a headline before the name and its colon


def find_speakers(view: SentenceView, anchor: int) -> list[EntityMention]:
    """Who says what a word is part of, as long as they speak for somebody: a state, a body, an office.

    First the subject of the verb of saying that the word depends on, or that stands before its "that" or colon, or
    after it ("…, *the minister said*"); else whom the sentence says it follows ("*according to* the minister"); else
    the name before the colon of a headline ("*Berlin*: sanctions …"), or after "as for".
    """
    for verb in dict.fromkeys([*_above(view, anchor), *_before(view, anchor), *_after(view, anchor)]):
        found = _speaking_for(subjects(view, verb)) or _speaking_for(continued_subject(view, verb))
        if found:
            return found
    said_of = (_attributed(view), _headed(view, anchor), _opening(view, anchor))
    return next(filter(None, map(_speaking_for, said_of)), [])


def _speaking_for(entities: list[EntityMention]) -> list[EntityMention]:
    """Those who are no private persons ("*analysts* say …", "*the writer* says …")."""
    return [
        entity
        for entity in entities
        if entity.kind != "Person"
        or entity.rank
        or entity.bodies
        or any(actor.represents for actor in entity.actors)
    ]


def _is_saying(view: SentenceView, id: int) -> bool:
    return view.is_verb(id) and view.is_one_of(id, view.lexicon.reporting | view.lexicon.speaking)


def _above(view: SentenceView, anchor: int) -> Iterator[int]:
    return (above.id for above in view.ancestors(anchor) if _is_saying(view, above.id))


def _before(view: SentenceView, anchor: int) -> Iterator[int]:
    """The nearest verb of saying before a word, if "that" or a colon stands between."""
    for id in range(anchor - 1, 0, -1):
        if view.forms[id - 1] in view.lexicon.marks - view.lexicon.colons or view.find_contrast(id, id + 1):
            return
        if _is_saying(view, id):
            between = range(id + 1, anchor)
            if any(
                view.word(at).upos == "SCONJ" or view.forms[at - 1] in view.lexicon.colons for at in between
            ):
                yield id
            return


def _after(view: SentenceView, anchor: int) -> Iterator[int]:
    """The verb of saying after a word that has said all before it: behind a quotation, or a word like "as"."""
    for id in range(anchor + 1, len(view.words) + 1):
        if view.forms[id - 1] in view.lexicon.marks:
            return
        if _is_saying(view, id):
            before = view.forms[max(id - 4, 0) : id - 1]
            if before and (before[-1] in view.lexicon.as_said or '"' in before):
                yield id
            return


def _attributed(view: SentenceView) -> list[EntityMention]:
    found = [entity for entity in view.entities if _is_attributed(view, entity)]
    return members(view, found[0]) if found else []


def _is_attributed(view: SentenceView, entity: EntityMention) -> bool:
    words = " ".join(view.forms[max(entity.first - 4, 0) : entity.first - 1])
    return entity.how != "demonym" and words.endswith(view.lexicon.attributing)


def _headed(view: SentenceView, anchor: int) -> list[EntityMention]:
    for entity in view.between(1, anchor):
        colon = entity.last < len(view.words) and view.forms[entity.last] in view.lexicon.colons
        if colon and entity.first <= _OPENING:
            return members(view, view.entities[view.chains[view.entities.index(entity)]])
    return []


def _opening(view: SentenceView, anchor: int) -> list[EntityMention]:
    if view.forms[0] not in view.lexicon.topicalizing:
        return []
    return [entity for entity in view.between(2, anchor) if entity.first == 2]
