"""Who acts in a condition, of whom the clause that answers it goes on to speak."""

from __future__ import annotations

from diplograph.frames.view import SentenceView
from diplograph.linking import EntityMention


def in_condition(view: SentenceView, answer: int) -> list[EntityMention]:
    """The first party named in the condition that a conjunction answers ("*if Khartoum* does not stop, *then it* will face
    …"): the pronoun means that one, and not who says so; nobody where the word is no such conjunction."""
    if answer < 2 or view.forms[answer - 1] not in view.lexicon.answering or not view.is_joined(answer):
        return []
    begin = next((id for id in range(answer - 1, 0, -1) if _opens_condition(view, id)), 0)
    named = [
        entity
        for entity in (view.between(begin + 1, answer) if begin else [])
        if entity.actors and entity.how != "demonym" and not view.preposition_of(entity)
    ]
    return named[:1]


def _opens_condition(view: SentenceView, id: int) -> bool:
    return any(view.forms[id - 1 : id - 1 + len(words)] == words for words in view.lexicon.condition)
