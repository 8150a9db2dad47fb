"""Whose office a title names that the linking did not understand: "the *head of the transition in Syria* A. S."."""

from __future__ import annotations

from diplograph.frames.view import SentenceView
from diplograph.linking import EntityMention

_TITLE, _OFFICES = 7, 18  # words from a title, or from the first of several offices, to the end of the name


def named_after(view: SentenceView, id: int) -> EntityMention | None:
    """The person whose title a noun opens, where the title itself was not understood ("the *head of the union* A. B.")."""
    office = view.is_one_of(
        id, view.lexicon.offices
    )  # "the *crown prince, deputy prime minister and minister of* … A. B."
    allowed = {"NOUN", "ADJ", "X"} | ({"CCONJ", "PRON"} if office else set())  # "*his* minister of …"
    for entity in view.between(id + 1, id + (_OFFICES if office else _TITLE)):
        inside = [at for at in range(id, entity.first) if not office or not _tells_where(view, at)]
        if office and entity.kind != "Person" and _tells_where(view, entity.first):
            continue  # "the head of the transition *in Syria* A. S."
        plain = all(view.word(at).upos in allowed or (office and _tells_of(view, at)) for at in inside)
        plain = plain and view.word(entity.first - 1).upos != "CCONJ"
        return entity if plain and entity.kind == "Person" and entity.how == "name" else None
    return None


def _tells_of(view: SentenceView, id: int) -> bool:
    """Whether a preposition is written together with the noun that says for what an office is ("minister *for the affairs of*
    the exterior")."""
    return view.word(id).upos == "ADP" and view.is_joined(id) and view.word(id + 1).upos == "NOUN"


def _tells_where(view: SentenceView, id: int) -> bool:
    """Whether a word is a preposition of place before a state or place, or the name of that."""
    entity = view.entity_at(id)
    if entity is not None:
        return entity.place is not None and view.own_preposition(entity) in view.lexicon.local
    following = view.entity_at(id + 1)
    return view.forms[id - 1] in view.lexicon.local and following is not None and following.place is not None
