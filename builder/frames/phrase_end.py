"""Where the phrase of an event ends, by the order of words beside the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diplograph.temporal.lexicon import load_lexicon as load_temporal_lexicon

if TYPE_CHECKING:
    from diplograph.frames.view import SentenceView

LONGEST_PHRASE = 34  # words after an anchor that can still belong to its phrase


def find_phrase_end(view: SentenceView, anchor: int) -> int:
    """The id after the last word of the phrase that a noun opens (:meth:`SentenceView.phrase_end`)."""
    verbs, aside = 0, _is_set_off(view, anchor)
    for id in range(anchor + 1, min(anchor + LONGEST_PHRASE, len(view.words) + 1)):
        if aside and view.forms[id - 1] in view.lexicon.commas and not _goes_on(view, id + 1):
            return id
        if _ends_phrase(view, id, anchor) or view.find(view.lexicon.commenting, id, id + 1):
            return id
        if view.is_verb(id):
            due = id > 2 and (view.is_one_of(id - 2, view.lexicon.due) or view.continues(id - 1))
            joined = bool(verbs) and view.word(id).deprel == "conj"
            if not (due or joined or _is_relative(view, id, anchor)):
                return id
            verbs += 1
            if verbs > 2:
                return id
    return min(anchor + LONGEST_PHRASE, len(view.words) + 1)


def _is_set_off(view: SentenceView, anchor: int) -> bool:
    """Whether an event is only mentioned between commas ("it cut, *at its summit in May*, all aid to the country")."""
    return (
        anchor > 2
        and not view.is_verb(anchor)
        and view.word(anchor - 1).upos == "ADP"
        and view.forms[anchor - 3] in view.lexicon.commas
    )


def _goes_on(view: SentenceView, id: int) -> bool:
    """Whether a name, a time or a preposition follows a comma: it is still of the event ("on receiving, *today, in his
    office,* the king")."""
    return id <= len(view.words) and (
        view.entity_at(id) is not None
        or view.word(id).upos == "ADP"
        or view.is_one_of(id, view.lexicon.days)
        or load_temporal_lexicon().names_time(view.forms[id - 1])
    )


def _ends_phrase(view: SentenceView, id: int, anchor: int) -> bool:
    """Whether a word stands outside the phrase: a mark, a conjunction that opens another clause, another event."""
    if view.continues(id):
        return False
    if view.is_boundary(id) and view.forms[id - 1] not in view.lexicon.marks and id > anchor + 2:
        # "the summit that was *due to* bring them together": still the relative clause of the summit.
        due = view.is_one_of(id - 1, view.lexicon.due)
        # "the summit *due to* be held": with the article the participle is a relative clause by itself.
        relative = any(form in view.lexicon.relative for form in view.forms[anchor : id - 1])
        return not (due and (relative or view.has_article(id - 1)))
    return view.is_boundary(id) or (id in view.anchors and id > anchor + 1)


def _is_relative(view: SentenceView, id: int, anchor: int) -> bool:
    """Whether a verb opens a relative clause: after a relative pronoun, or attached to the phrase as such."""
    if view.forms[id - 1] in view.lexicon.with_object or view.is_enclosing(id):
        return True  # "a call *that he made*", tagged as a noun
    before = [view.forms[at - 1] for at in range(max(anchor + 1, id - 3), id)]
    if any(form in view.lexicon.relative for form in before):
        return True
    word = view.word(id)
    if word.deprel.startswith("acl") and anchor <= word.head < id:
        return True
    # The tagger takes an event in a genitive for an adjective ("the course *of a call*").
    if view.is_definite(anchor) or view.word(anchor).upos not in {"NOUN", "ADJ"}:
        return False
    # "a summit of the two presidents *that Moscow hosts*": in Arabic "Moscow hosts it".
    referring = view.has_pronoun(id) or _has_pronoun_and_subject(view, id)
    if referring and view.word(id - 1).upos not in {"CCONJ", "PUNCT"}:
        return True
    # "a call *took place* this month between …", "a meeting *that no one has announced*", "a joint call, *on Friday,*
    # that brought together …": after an indefinite noun no pronoun opens the clause.
    placed = view.is_one_of(id, view.lexicon.joining)
    return all(
        view.word(at).upos in {"ADJ", "PART"}
        or (placed and _is_where(view, at))  # "talks *in Oslo* brought together"
        or (view.word(at).upos == "X" and view.entity_at(at) is None)
        or view.forms[at - 1] in view.lexicon.commas
        or view.is_one_of(at, view.lexicon.days)
        for at in range(anchor + 1, id)
    ) and (view.forms[id - 2] not in view.lexicon.commas or view.is_one_of(id - 2, view.lexicon.days))


def _is_where(view: SentenceView, id: int) -> bool:
    """Whether a word belongs to a phrase that says where: a preposition of place or the place behind it."""
    entity = view.entity_at(id if view.word(id).upos != "ADP" else id + 1)
    return (
        entity is not None and entity.place is not None and view.own_preposition(entity) in view.lexicon.local
    )


def _has_pronoun_and_subject(view: SentenceView, id: int) -> bool:
    """Whether a preposition with a pronoun stands after a verb, and then its subject ("talks *in which took part*
    experts": in Arabic "took part in them")."""
    subject = id + 3
    if subject > len(view.words) or view.word(id + 1).upos != "ADP" or not view.has_pronoun(id + 1):
        return False
    return view.word(subject).upos in {"NOUN", "X", "PROPN"}
