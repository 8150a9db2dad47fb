"""Who acts in a verb, or in a participle that goes with it ("the minister said, *threatening* …")."""

from __future__ import annotations

from diplograph.frames.pronouns import dual_subject
from diplograph.frames.relations import members, subjects
from diplograph.frames.triggers import is_conditional
from diplograph.frames.view import SentenceView
from diplograph.linking import EntityMention


def acting_in(view: SentenceView, head: int) -> list[EntityMention]:
    """The subjects of a verb, or of the verb above a participle ("… said, *threatening* …")."""
    if view.is_verb(head):
        found = subjects(view, head)
        single = len(found) < 2 and not any(len(entity.actors) > 1 for entity in found)
        return (dual_subject(view, head) if single else []) or found
    own = view.entity_at(head - 1) if head > 1 else None
    if own and _is_passive_predicate(view, head):
        return []
    # "rejected *the threats*": a noun with the article is no predicate of the name before it
    predicate = view.word(head).upos != "NOUN" or not view.has_article(head)
    if own and predicate and own.how not in ("demonym", "pronoun") and not view.preposition_of(own):
        return members(
            view, view.entities[view.chains[view.entities.index(own)]]
        )  # "that *the minister* (is) ready"
    if view.word(head).upos == "NOUN" and not _is_participle(view, head):
        return []
    for above in view.ancestors(head):
        # "said …, *if Tehran goes on*, threatening": who acts in the condition does not threaten
        if view.is_verb(above.id) and not is_conditional(view, above.id):
            return subjects(view, above.id)
    for id in range(head - 1, 0, -1):
        if view.is_verb(id) and not is_conditional(view, id):
            return subjects(view, id)
    return []


def _is_passive_predicate(view: SentenceView, id: int) -> bool:
    """Whether a participle with "by" or "with" is all that a sentence says of whom it follows ("Turkey (is) *threatened
    with* sanctions"); a circumstance has a verb before it ("Trump tweeted, threatening …")."""
    after = view.forms[id] if id < len(view.words) else ""
    return after in view.lexicon.passive and not any(view.is_verb(at) for at in range(1, id))


def _is_participle(view: SentenceView, id: int) -> bool:
    """Whether a word tagged as a noun is an indefinite accusative, as participles of circumstance are; before their object,
    behind a comma, taggers take them for nouns that own it ("…, *threatening* the putschists with"). Verbal nouns are not
    ("rejects European *threats*": who rejects does not threaten); participles of such verbs all begin with mim. A dual verb
    after "and" is tagged alike ("*and (the two) threatened*")."""
    word = view.word(id)
    joined = id > 1 and view.word(id - 1).upos == "CCONJ" and view.is_joined(id - 1)
    if not joined and not view.forms[id - 1].startswith(view.lexicon.participial):
        return False
    apart = id > 1 and view.forms[id - 2] in view.lexicon.commas and not view.has_pronoun(id)
    if word.xpos[8:10] == "4R" and apart:
        return True
    return word.xpos[8:10] == "4I" or "Case=Acc" in word.feats and "Definite=Ind" in word.feats
