"""Who sent the delegates that meet: "*experts* from Moscow and Washington", "the Saudi Pakistani *military committee*"."""

from __future__ import annotations

from diplograph.frames.relations import members
from diplograph.frames.view import SentenceView
from diplograph.linking import EntityMention

_NEAR = 5  # words between a verb or a noun and the delegates that it speaks of


def senders(view: SentenceView, head: int, end: int) -> list[EntityMention]:
    """The parties that the delegates speak for who are the subject of a verb, or whose meeting a noun names.

    ``end`` is the word after the last at which they may stand.
    """
    delegates = _find_delegates(view, head, end)
    if not delegates:
        return []
    stop = end if delegates > head else head
    for entity in view.between(delegates + 1, stop):
        if not _belongs(view, delegates, entity):
            return []
        if any(delegates < other < entity.first for other in view.anchors if other != head):
            return []  # "delegates of three states held *a meeting* in the south of Finland"
        found = members(view, view.entities[view.chains[view.entities.index(entity)]])
        if view.own_preposition(entity) not in view.lexicon.local or len(found) > 1:
            return [other for other in found if other.first > delegates]
    return []


def _find_delegates(view: SentenceView, head: int, end: int) -> int:
    """The noun for delegates that is the subject of a verb, else one that stands near after the head; 0 if none."""
    # "*two delegations had* discussed": in Arabic the subject is that of the verb that helps
    helping = view.word(head).head
    helped = bool(helping) and helping < head and view.is_one_of(helping, view.lexicon.auxiliary)
    for verb in (head, helping) if helped else (head,):
        for child in view.sentence.children.get(verb, ()):
            if view.is_verb(head) and child.deprel.startswith("nsubj") and _is_delegate(view, child.id):
                return child.id
    near = range(head + 1, min(head + _NEAR, end))
    found = next((id for id in near if _is_delegate(view, id)), 0)
    return 0 if any(view.is_verb(id) for id in range(head + 1, found)) else found


def _is_delegate(view: SentenceView, id: int) -> bool:
    return view.is_one_of(id, view.lexicon.delegates) and view.entity_at(id) is None


def _belongs(view: SentenceView, delegates: int, entity: EntityMention) -> bool:
    """Whether nothing stands between delegates and a name but what says whose they are."""
    prepositions = view.lexicon.sending | view.lexicon.pairing | view.lexicon.local
    return all(
        view.entity_at(id) is not None
        or view.word(id).upos in {"NOUN", "ADJ", "X", "NUM", "DET"}
        or view.forms[id - 1] in prepositions
        for id in range(delegates + 1, entity.first)
    )
