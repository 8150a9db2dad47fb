"""Who acts in the clauses around an event: "the *Union* sends officials to Niamey to begin talks with the authorities"."""

from __future__ import annotations

from collections.abc import Iterator

from diplograph.frames.continued import continued_subject
from diplograph.frames.pronouns import dropped_subject, is_first_person
from diplograph.frames.relations import subjects
from diplograph.frames.triggers import is_conditional
from diplograph.frames.view import SentenceView
from diplograph.linking import EntityMention


def acting_above(view: SentenceView, anchor: int) -> list[EntityMention]:
    """Who acts in the nearest verb around an event that has a party for its subject, but not whoever only says so.

    In Arabic an event that depends on what somebody does, orders, asks for or agrees on is mostly his own, however many
    nouns stand between ("the president *asked for* the holding of *talks* with …", "the two states agreed after *talks*").
    """
    if view.has_pronoun(anchor):
        return []  # "*his* talks with": whose they are, the pronoun says
    for verb in _verbs_around(view, anchor):
        if _tells_course(view, verb, anchor):
            return []  # "*the meeting* with the envoy *ended*": nobody acts
        if view.is_one_of(verb, view.lexicon.reporting | view.lexicon.stating) or is_conditional(view, verb):
            continue
        found = [] if is_first_person(view, verb) else subjects(view, verb) or continued_subject(view, verb)
        found = found or dropped_subject(view, verb)
        found = [entity for entity in found if entity.actors]
        if found:
            return found
    return []


def _tells_course(view: SentenceView, verb: int, anchor: int) -> bool:
    """Whether an event is the subject of a verb, by the tree or right after one that says that it begins, goes on or ends."""
    if view.word(anchor).head == verb and view.word(anchor).deprel.startswith("nsubj"):
        return True
    course = view.lexicon.holding | view.lexicon.concluding | view.lexicon.impersonal
    return anchor == verb + 1 and view.is_one_of(verb, course) and not subjects(view, verb, inherited=False)


def _verbs_around(view: SentenceView, anchor: int) -> Iterator[int]:
    """The verbs that an event depends on, the nearest first, then those before it in its statement but for those of relative
    clauses ("the plan *that* the presidents *negotiated* provides for talks")."""
    above = [word.id for word in view.ancestors(anchor) if view.is_verb(word.id)]
    contrast = view.find_contrast(1, anchor)
    begin = contrast[-1] if contrast else 1
    before = [id for id in range(anchor - 1, begin - 1, -1) if view.is_verb(id)]
    before = [id for id in before if id == 1 or view.forms[id - 2] not in view.lexicon.relative]
    yield from dict.fromkeys([*(id for id in above if begin <= id < anchor), *before])
