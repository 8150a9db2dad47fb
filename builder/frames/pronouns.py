"""Who the pronouns around the word for an event mean: "his meeting with", "their call", "a call between them"."""

from __future__ import annotations

from collections.abc import Sequence

from diplograph.frames.continued import continued_subject, joined_verb, standing_at
from diplograph.frames.relations import (
    bare_before,
    has_resumptive_pronoun,
    has_unnamed_subject,
    members,
    objects,
    subjects,
)
from diplograph.frames.status_lexicon import load_status
from diplograph.frames.view import SentenceView
from diplograph.linking import EntityMention


def pronouns(
    view: SentenceView,
    anchor: int,
    end: int,
    prepositions: frozenset[str] = frozenset(),
    *,
    other: bool = False,
    alone: bool = False,
    bare: bool = True,
) -> list[EntityMention]:
    """The entities that pronouns on an anchor (if ``bare``), on the nouns that support it (unless it stands ``alone``), after
    "between" or one of some prepositions stand for; with ``other``, somebody else than who acts ("called *him*")."""
    if other and bare and view.forms[anchor - 1] in view.lexicon.with_object:
        return [standing_at(view, anchor, entity, "pronoun") for entity in _others(view, anchor)]
    supporting = [] if alone else support_nouns(view, anchor)
    meant: list[EntityMention] = []
    for id in _pronoun_ids(view, [anchor, *supporting], end, prepositions):
        if not bare and id == anchor + 1:
            continue
        if is_first_person(view, id):
            found = _speaker(view, id)
        elif other or view.forms[id - 2] in prepositions:
            # "joined *the two* in a meeting": those of the sentence before
            found = (_pair_before(view) if _is_several(view, id) else []) or _others(view, anchor, meant)
        else:
            found = _antecedents(view, anchor, id)
        meant.extend(standing_at(view, id, entity, "pronoun") for entity in found)
        if meant and not (prepositions and id == anchor + 1):
            break  # but "*his* meeting *with him*" has two
    return meant


_SENT = 5  # words from a message to the name of who sends it
_NEAR = 3  # sentences, this one included, in which a pronoun finds whom it means


def dual_subject(view: SentenceView, verb: int) -> list[EntityMention]:
    """Whom a verb in the dual means that names nobody: the last pair named before it, in its sentence or the two before.

    "Agreed (the two) on beginning negotiations", "*the two* may meet again in November": a pair is two coordinated
    parties, a group of two ("the two presidents"), or the only two persons of a sentence.
    """
    if has_unnamed_subject(view, verb) or not _is_dual(view, verb):
        return []
    nearest = [view]
    while nearest[-1].previous and len(nearest) < _NEAR:
        nearest.append(nearest[-1].previous)
    for other in nearest:
        before = [e for e in other.entities if e.actors and (other is not view or e.last < verb)]
        pair = _last_pair(other, [e for e in before if e.kind == "Person" or len(e.actors) == 2])
        pair = pair or _last_pair(other, [e for e in before if e.kind == "Country" and e.how != "demonym"])
        if pair:
            return [standing_at(view, verb, entity, "continued") for entity in pair]
    return []


def _is_dual(view: SentenceView, verb: int) -> bool:
    """Whether a verb is in the dual, by its tags or, where the tagger erred, by its ending."""
    word, form = view.word(verb), view.forms[verb - 1]
    tagged = word.upos == "VERB" and (word.xpos[7:8] == "D" or "Number=Dual" in word.feats)
    listed = form in view.lexicon.verb_forms - view.lexicon.with_object
    plural = form.endswith(view.lexicon.plural_endings)
    return tagged or (listed and form.endswith(view.lexicon.dual_endings) and not plural)


def _last_pair(view: SentenceView, found: list[EntityMention]) -> list[EntityMention]:
    """The last two of some parties that are coordinated, a group of two, or the two where there are no more."""
    distinct: list[EntityMention] = []
    for entity in reversed(found):
        if len(entity.actors) == 2:
            return [entity]
        if all(entity.actors != other.actors for other in distinct):
            distinct.append(entity)
            chain = [
                e for e in members(view, view.entities[view.chains[view.entities.index(entity)]]) if e.actors
            ]
            if len(chain) == 2 and len({e.actors for e in chain}) == 2:
                return chain
    return list(reversed(distinct)) if len(distinct) == 2 else []


def _pair_before(view: SentenceView) -> list[EntityMention]:
    """The last pair of persons in the sentences before ("a call *between them*", where the sentence has named nobody)."""
    other = view.previous
    for _ in range(_NEAR - 1):
        if other is None:
            break
        pair = _last_pair(other, [e for e in other.entities if e.actors and e.kind == "Person"])
        if pair:
            return pair
        other = other.previous
    return []


_REACH = 4  # words between what opens a clause and its verb
_VISIT = 6  # words between a visit and whose it is ("an official *visit*, made by *the king*")


def dropped_subject(view: SentenceView, verb: int) -> list[EntityMention]:
    """Who a verb of a dependent clause speaks of without saying so: the party that its sentence is about.

    "Obama said *that he* did not rule out meeting Castro", "Moon, *who* met Kim", "Roh came back from Pyongyang, *where*
    (he) ended talks with Kim". A lone name after a verb of meeting is its object there.
    """
    if is_first_person(view, verb):
        return [standing_at(view, verb, entity, "dropped") for entity in _speaker(view, verb)]
    if has_unnamed_subject(view, verb):
        return []
    own = subjects(view, verb, inherited=False)
    visitor = _visitor(view, verb)
    if visitor and visitor not in own and (not own or own[0].first > verb):
        return [standing_at(view, verb, visitor, "dropped")]
    if own and own[0].first > verb and _is_on_occasion(view, verb):
        return [standing_at(view, verb, entity, "dropped") for entity in _acting_before(view, verb, own)]
    if own and (own[0].first < verb or objects(view, verb)):
        return []
    if own and has_object_pronoun(view, verb) and _relative_head(view, verb):
        return []  # "the minister, *whom the president received*"
    if _is_headed_by_object(view, verb):
        people = [e for e in bare_before(view, verb - 1) if e.kind == "Person" and len(e.actors) == 1]
        return [standing_at(view, verb, entity, "dropped") for entity in people[:1] if not own]
    if len(own) == 1 and own[0].first > verb:
        above = joined_verb(view, verb)
        others = subjects(view, above) if above else []
        if len(others) == 1 and others[0].kind == "Person" and others[0].actors != own[0].actors:
            return [standing_at(view, verb, others[0], "dropped")]
    for id in range(verb - 1, max(verb - 1 - _REACH, 0), -1):
        if view.forms[id - 1] in view.lexicon.relative:
            near = [e for e in view.entities if e.last < id <= e.last + 2 and e.kind == "Person"]
            return [standing_at(view, verb, entity, "dropped") for entity in near[-1:] if entity not in own]
        if view.word(id).upos == "SCONJ" or view.forms[id - 1] in view.lexicon.subordinating:
            people = [e for e in bare_before(view, id) if e.kind == "Person" and len(e.actors) == 1]
            people = [e for e in people if all(e.actors != other.actors for other in own)]
            before = id > 1 and view.forms[id - 2] in view.lexicon.before
            people = _acting_above(view, verb) or (_acting_before(view, id, own) if before else []) or people
            main = next((word.id for word in view.words[: id - 1] if view.is_verb(word.id)), 0)
            if not people and main:
                # "*Then (he) moved* to Helsinki, where (he) held talks": nobody is named in the sentence.
                people = [e for e in continued_subject(view, main) if e.kind == "Person"]
            return [standing_at(view, verb, entity, "dropped") for entity in people[:1]]
    return []


def _acting_above(view: SentenceView, verb: int) -> list[EntityMention]:
    """Who acts in the verb that a verb with "that" completes ("*he* expects *to* meet …")."""
    head = view.word(verb).head
    if not verb - _REACH < head < verb or not view.is_verb(head):
        return []
    found = subjects(view, head)
    return found if len(found) == 1 and found[0].kind == "Person" and len(found[0].actors) == 1 else []


def _acting_before(view: SentenceView, before: int, own: list[EntityMention]) -> list[EntityMention]:
    """Who acts in the nearest verb before a conjunction, rather than whom he met ("*Mitchell* will meet Netanyahu before (he)
    meets Abbas")."""
    verb = next((id for id in range(before - 1, 0, -1) if view.is_verb(id)), 0)
    found = subjects(view, verb, inherited=False) if verb else []
    single = len(found) == 1 and found[0].kind == "Person" and len(found[0].actors) == 1
    return found if single and all(found[0].actors != entity.actors for entity in own) else []


def _is_on_occasion(view: SentenceView, verb: int) -> bool:
    """Whether a verb tells what is done on an occasion just named, so that its subject is whose that is ("makes a visit,
    *during which (he) meets* the president")."""
    at = verb + 1
    during = at < len(view.words) and view.forms[at - 1] in load_status().circumstantial
    return during and view.has_pronoun(at) and not view.is_boundary(verb - 1)


def has_object_pronoun(view: SentenceView, verb: int) -> bool:
    """Whether a verb has its object as a pronoun written together with it."""
    after = verb + 1
    written = view.forms[verb - 1] in view.lexicon.with_object
    return written or (_is_pronoun(view, after) and view.word(after).token == view.word(verb).token)


def _relative_head(view: SentenceView, verb: int) -> list[EntityMention]:
    """The person whom a relative clause is about that a verb opens ("*the minister, whom* the president received")."""
    at = verb - 1
    if at < 2 or view.forms[at - 1] not in view.lexicon.relative:
        return []
    before = at - 1 if view.forms[at - 2] not in view.lexicon.commas else at - 2
    entity = view.entity_at(before) if before > 0 else None
    return _only_person([entity]) if entity is not None else []


def _visitor(view: SentenceView, verb: int) -> EntityMention | None:
    """Whose visit it is during which something is done ("during a visit *of the prime minister*, *in which (he) met* the
    king"): in Arabic the verb opens a clause about the visit."""
    at = verb + 1
    during = at < len(view.words) and view.forms[at - 1] in load_status().circumstantial
    last = verb - 2 if verb > 1 and view.forms[verb - 2] in view.lexicon.commas else verb - 1
    entity = view.entity_at(last) if last > 0 and during and view.has_pronoun(at) else None
    if entity is None or not _only_person([entity]):
        return None
    before = range(max(entity.first - _VISIT, 1), entity.first)
    return entity if any(view.is_one_of(id, view.lexicon.visits) for id in before) else None


def _is_headed_by_object(view: SentenceView, verb: int) -> bool:
    """Whether a verb opens a relative clause about its own object ("said after talks *(that he) held* with the emir",
    "the talks *that he will hold*"): after an indefinite noun no pronoun opens it."""
    if not has_resumptive_pronoun(view, verb):
        return False
    id = verb - 1
    while id > 1 and view.word(id).upos in {"AUX", "PART"}:
        id -= 1
    relative = view.forms[id - 1] in view.lexicon.relative
    return (view.word(id).upos == "NOUN" and view.entity_at(id) is None) or (
        relative and id > 1 and view.word(id - 1).upos in {"NOUN", "ADJ"} and view.entity_at(id - 1) is None
    )


def support_nouns(view: SentenceView, anchor: int) -> list[int]:
    """The nouns above an anchor that only say that the event takes place ("*the receiving* of a call"), nearest first."""
    found = []
    for above in view.ancestors(anchor):
        if above.upos != "NOUN" or not view.is_one_of(above.id, view.lexicon.support):
            break
        found.append(above.id)
    return found or _governing_noun(view, anchor)


def _governing_noun(view: SentenceView, anchor: int) -> list[int]:
    """The verbal noun right before whose subject an event stands as the object, whatever the tree hangs it on ("during *the
    receiving* of the president a call": in Arabic the subject comes first)."""
    subject = view.entity_at(anchor - 1) if anchor > 1 else None
    noun = subject.first - 1 if subject else 0
    plain = noun > 0 and view.word(noun).upos == "NOUN" and not view.case_of(anchor)
    return [noun] if plain and view.is_one_of(noun, view.lexicon.support) else []


def _pronoun_ids(
    view: SentenceView, nouns: Sequence[int], end: int, prepositions: frozenset[str]
) -> list[int]:
    """The pronouns that name a party: on the first noun, the anchor, or its support ("his *taking part* in a summit"),
    after "between" or one of some prepositions."""
    anchor = nouns[0]
    found = [
        id + 1 for id in nouns if _is_pronoun(view, id + 1) and view.word(id + 1).token == view.word(id).token
    ]
    for id in range(anchor + 1, min([end, *(other for other in view.anchors if other > anchor + 1)])):
        # What stands between the parties of another event ("…, the first *call between them*") is none of this one's.
        if _is_pronoun(view, id) and view.forms[id - 2] in view.lexicon.pairing | prepositions:
            found.append(id)
    return found


def _others(view: SentenceView, anchor: int, known: Sequence[EntityMention] = ()) -> list[EntityMention]:
    """Whom the object pronoun of a verb, or one after a noun, means: the last person before who does not act in it and is not
    ``known`` to be the other, in this sentence or, where it names nobody, in those before ("received the minister, who
    discussed *with him*")."""
    governing = view.governing_verb(anchor)
    verb = anchor if view.is_verb(anchor) else governing[0] if governing else view.verb_before(anchor)
    acts = [*subjects(view, verb), *dropped_subject(view, verb)] if verb else []
    acting = {entity.actors for entity in (*acts, *known)}
    headed = _relative_head(view, verb) if verb == anchor else []
    if headed and headed[0].actors not in acting:
        return headed
    nearest = [view]
    while nearest[-1].previous and len(nearest) < _NEAR:
        nearest.append(nearest[-1].previous)
    for other in nearest:
        people = [
            entity
            for entity in other.entities
            if entity.kind == "Person" and entity.actors and (other is not view or entity.last < anchor)
            if not _only_sends(other, entity)
        ]
        people = [entity for entity in people if entity.actors not in acting]
        if people:
            return people[-1:]
    return []


def _only_sends(view: SentenceView, entity: EntityMention) -> bool:
    """Whether somebody is named only as one who sends a message or somebody ("conveyed a message *from the king*", "received
    the envoy *of the president*"), so that no pronoun means him before the one who was sent."""
    first = (
        entity.first + entity.leader
    )  # "*envoy* of the king" is read as one name, with the title of the king
    sent = [id for id in range(max(first - _SENT, 1), first) if view.forms[id - 1] in view.lexicon.sent]
    return bool(sent) and not any(
        view.is_verb(id) or view.is_boundary(id) or view.entity_at(id)
        for id in range(sent[-1] + 1, entity.first)
    )


def is_first_person(view: SentenceView, id: int) -> bool:
    """Whether a pronoun is "me" or "my", or a verb's subject is "I"."""
    word = view.word(id)
    return word.xpos[5:8] in ("1-S", "1MS") or ("Person=1" in word.feats and "Number=Sing" in word.feats)


def _speaker(view: SentenceView, before: int) -> list[EntityMention]:
    """Who speaks in the first person in a quotation: the subject of the nearest verb of saying before, else of the first of
    its sentence ("Flynn said: … *my* calls with the ambassador", "Putin assured us: "*I shall* talk …"")."""
    verbs = [
        word.id
        for word in view.words
        if view.is_verb(word.id) and word.id != before and view.is_one_of(word.id, view.lexicon.reporting)
    ]
    for verb in [*(id for id in reversed(verbs) if id < before), *verbs]:
        found = [entity for entity in subjects(view, verb) if entity.kind == "Person"]
        if found:
            return found[:1]
    # "*Hariri* told an interviewer, and said: "He called *me*"": whom the sentence has named first
    named = [e for e in view.entities if e.last < before and e.kind == "Person" and e.actors]
    return named[:1] if named and not view.preposition_of(named[0]) else []


def _is_pronoun(view: SentenceView, id: int) -> bool:
    return id <= len(view.words) and view.word(id).upos == "PRON"


def _is_several(view: SentenceView, id: int) -> bool:
    """Whether a pronoun is dual or plural."""
    word = view.word(id)
    return "Number=Dual" in word.feats or "Number=Plur" in word.feats or word.xpos[7:8] in ("D", "P")


def _antecedents(view: SentenceView, anchor: int, id: int) -> list[EntityMention]:
    """For a dual or plural the subjects of the verb above, else the last two parties before it; for a singular the subject of the verb above, else the nearest person
    before, else the subject of the main verb after ("asked about *his* meeting Netanyahu, Abbas said")."""
    before = [
        entity
        for entity in view.entities
        if entity.last < anchor and entity.actors and entity.how != "demonym"
    ]
    people = [entity for entity in before if entity.kind == "Person"]
    if _is_several(view, id):
        governing = view.governing_verb(anchor)
        group = subjects(view, governing[0]) if governing else []
        if len(group) >= 2 or (group and group[0].leader and group[0].kind == "Organization"):
            return group  # "the *leaders of the G20* began their meetings"
        if group and len(group[0].actors) >= 2:
            return group[:1]  # "*the two* said after a meeting that brought them together"
        if before and len(before[-1].actors) == 2 and before[-1].actors[0].kind == "Person":
            return before[-1:]  # "a third summit of *the two leaders* after *theirs* of May"
        chosen = people if len({entity.actors for entity in people}) >= 2 else before
        last: list[EntityMention] = []
        for entity in reversed(chosen):
            if all(entity.actors != other.actors for other in last):
                last.append(entity)
        return list(reversed(last[:2])) if len(last) >= 2 else [] if before else _pair_before(view)
    if people and view.is_one_of(id - 1, view.lexicon.utterance):
        return people[-1:]  # "quoted the president *as saying* in a meeting with …"
    if topic := _topic(view, anchor) or _resumed(view, anchor):
        return topic
    governing = view.governing_verb(anchor)
    if governing:
        found = [entity for entity in subjects(view, governing[0]) if entity.last < anchor]
        found = found or _going_on(view, governing[0])
        if found:
            return found[:1]
    if people:
        return people[-1:]
    said = next((word.id for word in view.words[: anchor - 1] if view.is_verb(word.id)), 0)
    if said and view.is_one_of(said, view.lexicon.reporting) and (going_on := continued_subject(view, said)):
        return going_on  # "And (he) revealed that *his* meeting with …"
    if said and view.previous and view.is_one_of(said, view.lexicon.stating):
        # "The king stressed … . *This came* during *his* receiving the president"
        main = next((word.id for word in view.previous.words if view.previous.is_verb(word.id)), 0)
        acting = subjects(view.previous, main, inherited=False) if main else []
        if len(acting) == 1 and acting[0].kind == "Person":
            return acting
    for word in view.words[anchor:]:
        if view.is_verb(word.id) and view.forms[word.id - 2] not in view.lexicon.relative:
            found = [
                entity
                for entity in subjects(view, word.id, inherited=False)
                if entity.first > anchor and not view.preposition_of(entity)
            ]
            if found:
                return found[:1]
    return _acting_in_previous(view)


def _going_on(view: SentenceView, verb: int) -> list[EntityMention]:
    """Who goes on acting in a verb after "and" that names nobody, rather than whom he dealt with ("*X* phoned Y, *and told him*
    of the call that had brought *him* together with …")."""
    joined = verb > 1 and view.word(verb - 1).upos == "CCONJ"
    before = next((id for id in range(verb - 2, 0, -1) if view.is_verb(id)), 0) if joined else 0
    if not before or has_unnamed_subject(view, verb):
        return []
    return _only_person(subjects(view, before, inherited=False))


def _only_person(found: list[EntityMention]) -> list[EntityMention]:
    """Some entities, if they are one person."""
    return found if len(found) == 1 and found[0].kind == "Person" and len(found[0].actors) == 1 else []


def _resumed(view: SentenceView, anchor: int) -> list[EntityMention]:
    """Who acts in the sentence that "and that" goes on ("*X* ended a call with Y, *and that* shortly before *his* meeting")."""
    for id in range(anchor - 1, max(anchor - 1 - _REACH, 1), -1):
        if view.forms[id - 1] in view.lexicon.resuming and view.word(id - 1).upos == "CCONJ":
            main = next((word.id for word in view.words[:id] if view.is_verb(word.id)), 0)
            return _only_person(subjects(view, main, inherited=False)) if main else []
    return []


def _topic(view: SentenceView, anchor: int) -> list[EntityMention]:
    """Of whom a clause with "that" and without a verb speaks ("the president affirmed *that Kim* is committed to the meeting
    due between *him* and …")."""
    for id in range(anchor - 1, 1, -1):
        if view.is_verb(id):
            return []
        entity = view.entity_at(id + 1)
        if view.word(id).upos == "SCONJ" and entity is not None and entity.first == id + 1:
            return _only_person([entity])
    return []


def _acting_in_previous(view: SentenceView) -> list[EntityMention]:
    """Who acts in the first verb of the sentence before, where a sentence that names no person goes on to tell of him ("X said
    … . *That came* at the end of a meeting that brought *him* together with …")."""
    before = view.previous
    main = next((word.id for word in before.words if before.is_verb(word.id)), 0) if before else 0
    return _only_person(subjects(before, main, inherited=False)) if before and main else []
