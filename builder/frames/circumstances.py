"""Stretches that only say when, where or how something happened, set in between words that belong together ("received,
*yesterday, in his office,* the king")."""

from __future__ import annotations

from diplograph.frames.view import SentenceView

_LONGEST = 6  # words that a preposition can take into a circumstance
_NOMINAL = frozenset({"NOUN", "ADJ", "NUM", "DET", "PRON", "X"})


def find_circumstances(view: SentenceView, gap: range, *, events: bool = False) -> frozenset[int]:
    """The words of a stretch that only say when or where something happened, with the commas that set them off.

    With ``events`` another event may be the circumstance ("congratulated *in a call* the president"). What follows
    that is an object, no subject ("took part *in the summit* the president").
    """
    found: set[int] = set()
    for id in gap:
        if id in found:
            continue
        if view.forms[id - 1] in view.lexicon.circumstantial:
            found.update(_with_complement(view, id, gap))
        elif events and id + 1 in gap and view.is_one_of(id + 1, view.lexicon.beside):
            found.update(_with_place(view, id, gap))  # "met *on the margins of the summit* the president"
        elif view.word(id).upos == "ADV" or view.is_one_of(id, view.lexicon.days):
            found.add(id)
        elif view.forms[id - 1] in view.lexicon.local and view.word(id).upos == "ADP":
            place = _with_place(view, id, gap)
            found.update(place if events or view.anchors.isdisjoint(place) else ())
    commas = {id for id in gap if view.forms[id - 1] in view.lexicon.commas and {id - 1, id + 1} & found}
    return frozenset(found | commas)


def _with_complement(view: SentenceView, id: int, gap: range) -> range:
    """A preposition of time and its noun ("*after his arrival*")."""
    end = id + 1
    while (
        end in gap and (end == id + 1 or view.word(end).upos in {"PRON", "ADJ"}) and not view.entity_at(end)
    ):
        end += 1
    return range(id, end)


def _with_place(view: SentenceView, id: int, gap: range) -> range:
    """A preposition of place and what it governs ("*in his office*", "*in the capital Amman*"), up to the next party.

    After a definite noun another noun is another phrase ("in the palace *the head of* …").
    """
    end, definite = id + 1, False
    while end in gap and end <= id + _LONGEST:
        entity = view.entity_at(end)
        if entity is not None:
            if entity.place is None or entity.last >= gap.stop:
                break
            end, definite = entity.last + 1, True
            continue
        if view.word(end).upos not in _NOMINAL or (definite and view.word(end).upos == "NOUN"):
            break
        definite = definite or view.is_definite(end)
        end += 1
    return range(id, end) if end > id + 1 else range(0)


def is_set_before(view: SentenceView, anchor: int) -> bool:
    """Whether an event, or the noun of beginning or holding on it, stands right after "before" ("met *before the beginning of
    the summit*"): neither the tense nor the place of what was done before is its own."""
    first = anchor
    while first > 1 and view.is_one_of(first - 1, view.lexicon.support):
        first -= 1
    return first > 1 and view.forms[first - 2] in view.lexicon.before
