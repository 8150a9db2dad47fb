"""Stretches that only say when, where or how something happened, set in between words that belong together ("received,
*yesterday, in his office,* the king")."""

from __future__ import annotations

from diplograph.frames.view import SentenceView
from diplograph.linking import EntityMention
from diplograph.temporal.lexicon import load_lexicon

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


def find_asides(view: SentenceView, gap: range) -> frozenset[int]:
    """The words of a stretch before an object that only say how, when or where: phrases that a preposition opens and that
    are closed before the object ("met *for the second time this week* the king", "met *over dinner* the king"), and
    adverbs that are accusatives ("met *anew* the king").

    Behind an open noun at the end stands whose it is ("met at the table *of the king* …"), which is no object.
    """
    verb = gap.start - 1
    if view.has_pronoun(verb) or view.forms[verb - 1] in view.lexicon.with_object:
        return frozenset()  # "phoned *him* …": what follows is the subject
    found: set[int] = set()
    for id in gap:
        word = view.word(id)
        if id in found or view.entity_at(id) is not None:
            continue
        if _is_day(view, id) or (word.upos == "ADJ" and _is_day(view, id - 1)):
            found.add(id)  # "meets *on Saturday next* over dinner the king"
            continue
        if word.upos == "NOUN" and view.has_article(id):
            break  # "received *the participants* …, among them the king": the object itself
        if word.upos == "ADP":
            phrase = _phrase_of(view, id, gap)
            if phrase.stop < gap.stop or _is_closed(view, phrase.stop - 1):
                found.update(phrase)
        elif word.upos in {"ADJ", "NOUN", "ADV", "X"} and view.forms[id - 1].endswith(
            view.lexicon.accusative
        ):
            found.add(id)
    last = gap.stop - 1
    apart = any(view.forms[id - 1] in view.lexicon.commas for id in gap) and last not in found
    if apart and view.entity_at(last) is None and view.word(last).upos in {"NOUN", "ADJ"}:
        return frozenset()  # "called for talks, *criticising* the king": that is whose object follows
    return frozenset(found)


def _is_day(view: SentenceView, id: int) -> bool:
    return view.is_one_of(id, view.lexicon.days) or load_lexicon().names_time(view.forms[id - 1])


def _phrase_of(view: SentenceView, id: int, gap: range) -> range:
    """A preposition and the nominals that follow it, adverbs and states included."""
    end = id + 1
    while end in gap:
        entity = view.entity_at(end)
        if entity is not None and (entity.place is None or entity.last >= gap.stop):
            break
        if entity is None and view.word(end).upos not in _NOMINAL | {"ADV"}:
            break
        end = entity.last + 1 if entity is not None else end + 1
    return range(id, end)


def is_of_phrase(view: SentenceView, entity: EntityMention) -> bool:
    """Whether a name belongs to the phrase of a preposition before it ("on the margins *of the Assembly*", "in the office *of
    the king*"); a preposition written together with its noun is often none."""
    id = entity.first - 1
    if id < 2 or view.word(id).upos != "NOUN" or view.word(id - 1).token == view.word(id).token:
        return False
    return bool(view.case_of(id)) and not _is_closed(view, id)


def _is_closed(view: SentenceView, id: int) -> bool:
    """Whether a word ends its phrase, so that the name behind it is not that of whose it is: it is definite, no noun, a noun
    of time or an indefinite dual."""
    if view.word(id).upos != "NOUN" or view.entity_at(id) is not None:
        return view.word(id).upos != "ADP"
    form = view.forms[id - 1]
    timed = load_lexicon().names_time(form) or form.endswith(view.lexicon.indefinite_duals)
    return (
        timed or form in view.lexicon.manner or view.is_definite(id) or view.is_one_of(id, view.lexicon.meals)
    )


def opens_aside(view: SentenceView, id: int) -> bool:
    """Whether a preposition opens a phrase that may stand before an object ("met *in* the Élysée X", "met *on* his own X",
    "brought together *beside* the king X": in Arabic "to the side of")."""
    compound = (view.forms[id - 1], view.forms[id]) in view.lexicon.compound
    return compound or view.entity_at(id + 1) is not None or view.forms[id] in view.lexicon.manner


def is_set_before(view: SentenceView, anchor: int) -> bool:
    """Whether an event, or the noun of beginning or holding on it, stands right after "before" ("met *before the beginning of
    the summit*"): neither the tense nor the place of what was done before is its own."""
    first = anchor
    while first > 1 and view.is_one_of(first - 1, view.lexicon.support):
        first -= 1
    return first > 1 and view.forms[first - 2] in view.lexicon.before
