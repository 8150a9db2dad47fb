"""Parties that have no name: "those who obstruct the talks", "on all who deliver arms", "the putschists"."""

from __future__ import annotations

from collections.abc import Iterator

from diplograph.frames.circumstances import find_circumstances
from diplograph.frames.relations import subjects
from diplograph.frames.schema import ArgumentRule
from diplograph.frames.triggers import Firing
from diplograph.frames.view import SentenceView
from diplograph.linking import EntityMention
from diplograph.linking.gazetteer import actor_key
from diplograph.model import Actor
from diplograph.temporal.lexicon import load_lexicon

_LONGEST = 10  # words of a phrase
_BEHIND = 6  # words from a noun to the verb of which it is the subject
_ORGAN = 7  # words from a noun to the body that it is a part of
_STATES = 4  # words of a phrase in which it says that it is of states


def find_phrases(view: SentenceView, firing: Firing, rule: ArgumentRule) -> Iterator[tuple[Actor, int, int]]:
    """The unnamed parties that stand where a rule looks for named ones, each with its span: as subject of the governor
    ("*whoever delivers arms* will face"), as its object ("threatened *the putschists* with"), or behind the verb that
    follows ("sanctions will be imposed *on whoever obstructs*")."""
    governor, anchor = firing.governor, firing.anchor
    found = None
    if rule.of == "predicate" and (verb := find_predicate(view, anchor)):
        behind = (
            id for id in range(verb + 1, view.clause_end(verb)) if view.forms[id - 1] in rule.prepositions
        )
        found = next((phrase_actor(view, id + 1, len(view.words) + 1) for id in behind), None)
        if rule.relation == "object":
            found = phrase_actor(view, verb + 1, len(view.words) + 1)
    elif rule.of == "anchor" and rule.relation == "object" and view.is_verb(anchor):
        found = phrase_actor(view, anchor + 1, len(view.words) + 1)
    elif rule.of == "anchor" and rule.relation == "modifier" and view.is_definite(anchor + 1):
        found = phrase_actor(view, anchor + 1, len(view.words) + 1)  # "to punish *the firms that sell* …"
    elif rule.of == "left" and rule.relation == "object":
        found = _object_phrase(view, view.verb_before(anchor, rule.verbs), anchor)
    elif rule.of == "verb" and rule.relation == "subject" and rule.own:
        verb = view.verb_before(anchor, rule.verbs)  # "warned that *the firms concerned* will face"
        found = _subject_phrase(view, verb) if verb else None
    elif rule.of == "governor" and rule.relation == "object" and governor and not view.is_verb(governor):
        # "…, threatening *the leaders of the coup* with": the object of a participle; a noun owns what follows it
        end = next((id for id in range(governor + 1, anchor) if view.word(id).upos == "ADP"), anchor)
        owned = view.has_pronoun(governor) or view.has_article(governor) or view.entity_at(governor + 1)
        participle = view.forms[governor - 1].startswith(view.lexicon.participial)
        found = phrase_actor(view, governor + 1, end) if participle and not owned else None
    elif rule.of != "governor" or not view.is_verb(governor):
        return
    elif rule.relation == "subject":
        found = _subject_phrase(view, governor)
    elif rule.relation == "object":
        found = _object_phrase(view, governor, anchor)
    if found:
        yield found


def _subject_phrase(view: SentenceView, verb: int) -> tuple[Actor, int, int] | None:
    """The words for who stands before a verb as its subject ("*whoever delivers arms* will face", "*these* firms will face")."""
    end = verb
    while end > 1 and view.word(end - 1).upos in {"AUX", "PART"}:
        end -= 1
    begin = _clause_begin(view, end)
    if begin < end and view.word(begin).upos == "DET" and view.word(begin + 1).upos == "NOUN":
        begin += 1
    # "*our companies* may face": whoever says so fears for his own
    return None if view.has_pronoun(begin) else phrase_actor(view, begin, end)


def _object_phrase(view: SentenceView, verb: int, anchor: int) -> tuple[Actor, int, int] | None:
    """The words for whom somebody warns or calls upon, behind him and behind what says when ("the Union warned *yesterday*
    *the leaders of two factions*")."""
    acting = subjects(view, verb) if verb else []
    if not acting:
        return None
    begin = max([verb, *(entity.last for entity in acting if entity.last < anchor)]) + 1
    when = find_circumstances(view, range(begin, anchor))
    while begin in when or (begin < anchor and _says_how(view, begin)):
        begin += 1
    end = next((id for id in range(begin, anchor) if view.word(id).upos == "ADP"), anchor)
    head = view.word(begin).head if view.word(begin).deprel.startswith("amod") else 0
    if any(entity.first <= head <= entity.last for entity in acting):
        return None  # "the Arab ministers *who are meeting* in Rabat threatened": an adjective of theirs
    known = view.entity_at(begin) or any(begin <= other < end for other in view.anchors)
    # "the ministers *gathered* in Rabat threatened": a plural or dual with the ending of subjects is still the subject
    known = known or view.forms[begin - 1].endswith(view.lexicon.nominative_endings)
    return None if known else phrase_actor(view, begin, end)


def _says_how(view: SentenceView, id: int) -> bool:
    """Whether a word before an object is a mark, or says how something is done ("threatens *openly* the putschists")."""
    return view.word(id).upos in {"PUNCT", "ADV"} or view.forms[id - 1] in view.lexicon.manner


def acting_states(view: SentenceView, verb: int) -> list[EntityMention]:
    """The states without names that act in a verb, with those who speak for them: "threatened *the ambassadors of ten
    states*", or in a headline before it ("*The ten states* threaten")."""
    if not view.is_verb(verb):
        return []
    if body := _body_of_organ(view, verb + 1):
        return [body]
    begin = _clause_begin(view, verb)
    for first, stop in ((verb + 1, len(view.words) + 1), (begin, verb)):
        last = _states_end(view, first, stop)
        if last < first or (first == begin and last < verb - 1):
            continue
        span = view.word(first).begin, view.word(last).end
        text = " ".join(view.text[span[0] : span[1]].split())
        actor = Actor(actor_key("", "", text), "Organization", text)
        return [
            EntityMention(
                view.sentence.index, first, last, first, *span, "Organization", "phrase", (actor,), name=text
            )
        ]
    return []


def _body_of_organ(view: SentenceView, first: int) -> EntityMention | None:
    """The body of which a noun after a verb is a part ("*members of* the Congress threatened", "*the committee that belongs
    to* the League": in Arabic "in", or "belonging to")."""
    if first < len(view.words) and view.word(first).upos == "NUM":
        first += 1  # "*12* members of the Congress threatened"
    if first > len(view.words) or view.word(first).upos != "NOUN" or first in view.anchors:
        return None
    if view.entity_at(first) is not None or not view.between(first, first + _ORGAN):
        return None
    body = view.between(first, first + _ORGAN)[0]
    plain = all(view.word(id).upos in {"NOUN", "ADJ", "ADP", "X"} for id in range(first, body.first))
    within = view.own_preposition(body) in view.lexicon.belonging
    return body if plain and within and body.kind == "Organization" and body.actors else None


def _states_end(view: SentenceView, first: int, stop: int) -> int:
    """The last word of a phrase of states without names, less than the first if it is none."""
    end = min(stop, first + _LONGEST)
    if first >= end or view.word(first).upos == "ADP":
        return 0
    named = [entity for entity in view.between(first, first + _STATES) if entity.how != "demonym"]
    shapes = [view.shapes(id) for id in range(first, min(end, first + _STATES))]
    near = next((at for at, names in enumerate(shapes) if names & view.lexicon.states), None)
    leading = view.lexicon.counting | view.lexicon.delegates | view.lexicon.quantities
    leading |= view.lexicon.partitive | view.lexicon.local
    if named or near is None or not all(view.is_one_of(first + at, leading) for at in range(near)):
        return 0
    last = first + near
    for id in range(last + 1, end):
        word = view.word(id)
        local = view.forms[id - 1] in view.lexicon.local and not view.is_joined(id)
        if view.is_verb(id) or not (local or word.upos in {"NOUN", "ADJ", "X", "NUM"}):
            break
        if load_lexicon().names_time(view.forms[id - 1]) or id in view.anchors:
            break
        last = id
    return last if view.word(last).upos != "ADP" else last - 1


def find_predicate(view: SentenceView, noun: int) -> int:
    """The verb close behind a noun ("*sanctions* will *hit*"), 0 if there is none."""
    near = range(noun + 1, min(noun + _BEHIND, len(view.words) + 1))
    return next((id for id in near if view.is_verb(id)), 0)


def find_conditional(view: SentenceView) -> Iterator[EntityMention]:
    """The first state that acts in the condition of a sentence."""
    for id in range(1, len(view.words)):
        verb = next(
            (at for at in range(id + 1, min(id + _BEHIND, len(view.words) + 1)) if view.is_verb(at)), 0
        )
        if verb and any(
            view.forms[id - 1 : id - 1 + len(words)] == words for words in view.lexicon.condition
        ):
            yield from [
                entity for entity in subjects(view, verb) if entity.kind == "Country" and entity.actors
            ][:1]
            return


def _clause_begin(view: SentenceView, verb: int) -> int:
    """The id after the last conjunction or mark before a verb."""
    begin = verb
    while begin > 1 and not view.is_boundary(begin - 1) and view.word(begin - 1).upos != "PUNCT":
        begin -= 1
    return begin


def phrase_actor(view: SentenceView, begin: int, end: int) -> tuple[Actor, int, int] | None:
    """An unnamed party, from the words of its phrase ("those who obstruct the talks"), with its span.

    The phrase ends with the clause, at a bracket or a comma that the phrase itself did not open, or after ten words.
    """
    begin = _skip_naming(view, begin, end)
    if begin < end and view.forms[begin - 1] == '"':
        begin += 1  # on "*any party that obstructs the process*", as he said
    last = begin
    if begin >= end:
        return None
    for id in range(begin, min(end, begin + _LONGEST)):
        if view.forms[id - 1] in view.lexicon.marks | view.lexicon.commas or view.word(id).upos == "PUNCT":
            break
        if view.word(id).upos in {"CCONJ", "SCONJ"} or any(
            view.forms[id - 1 : id - 1 + len(words)] == words for words in view.lexicon.condition
        ):
            break
        last = id
    first, final = view.word(begin), view.word(last)
    text = " ".join(view.text[first.begin : final.end].split())
    whoever = view.forms[begin - 1] in view.lexicon.whoever and last > begin and view.is_verb(begin + 1)
    if not text or (first.upos not in {"NOUN", "ADJ", "X"} and not whoever):
        return None
    actor = Actor(actor_key("", "", text), "Organization", text)
    return actor, first.begin, final.end


def _skip_naming(view: SentenceView, begin: int, end: int) -> int:
    """Where a phrase begins without who calls the party so ("on whom he described as *obstructers of the settlement*")."""
    verb = begin + 1
    if verb >= end or view.forms[begin - 1] not in view.lexicon.whoever:
        return begin
    if not view.is_one_of(verb, view.lexicon.naming):
        return begin
    after = verb + 1
    while after < end and view.word(after).upos in {"PRON", "ADP"}:
        after += 1
    return after
