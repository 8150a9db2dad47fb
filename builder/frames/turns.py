"""Whom a verb of meeting takes one after the other: "met X, *then* Y"."""

from __future__ import annotations

from diplograph.frames.view import SentenceView
from diplograph.linking import EntityMention


def met_in_turn(view: SentenceView, verb: int) -> list[EntityMention]:
    """The persons right behind a verb of meeting that "then" joins, none if there are not several.

    All of them were met, and who met them is said before ("came to Bamako, *where (he) met* X *then* Y"): nobody meets
    alone, and a subject is no member of a row of the partners.
    """
    first = view.entity_at(verb + 1) if view.is_one_of(verb, view.lexicon.meeting) else None
    found = [first, *added_in_turn(view, first)] if first is not None and first.actors else []
    return found if len(found) > 1 and first is not None and first.kind == "Person" else []


def added_in_turn(view: SentenceView, first: EntityMention) -> list[EntityMention]:
    """The persons that "then" adds to one, none after a preposition ("met X, then *with* Y")."""
    found: list[EntityMention] = []
    last = first.last
    while True:
        id = last + 1
        id += id < len(view.words) and view.forms[id - 1] in view.lexicon.commas
        further = view.entity_at(id + 1) if id < len(view.words) and view.adds_party(id) else None
        if further is None:
            return found
        found.append(further)
        last = further.last
