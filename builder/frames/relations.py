"""Who stands where around a word that names an event: subjects, objects, prepositional phrases, modifiers."""

from __future__ import annotations

from collections.abc import Sequence

from diplograph.frames.circumstances import (
    find_asides,
    find_circumstances,
    is_of_phrase,
    opens_aside,
)
from diplograph.frames.conditions import in_condition
from diplograph.frames.holders import named_after
from diplograph.frames.turns import added_in_turn, met_in_turn
from diplograph.frames.view import SentenceView
from diplograph.linking import EntityMention

# Words that may stand between a verb and a subject before it, or a noun and its modifier.
_LIGHT = frozenset({"PUNCT", "PART", "AUX", "ADV", "PRON", "DET", "CCONJ", "SCONJ"})
# What is no broken plural ("*delegations* of A and B" take a singular).
_NAMED = ("name", "alias", "metonym", "title")
_CLOSE = 4  # words between a noun and what modifies it


def members(view: SentenceView, entity: EntityMention) -> list[EntityMention]:
    """The entities coordinated with one, itself first, in order."""
    start = view.entities.index(entity)
    chain = view.chains[start]
    return [
        other for index, other in enumerate(view.entities) if index >= start and view.chains[index] == chain
    ]


def _bare(view: SentenceView, entity: EntityMention) -> bool:
    # "on the margins of *the summit* of the Twenty": whose summit it is stands in it
    within = (
        entity.kind == "Organization"
        and entity.first - 1 in view.anchors
        and not view.is_verb(entity.first - 1)
    )
    return not view.preposition_of(entity) and entity.kind != "Place" and not within


def subjects(view: SentenceView, verb: int, *, inherited: bool = True, depth: int = 0) -> list[EntityMention]:
    """The subjects of a verb; without ``inherited`` only its own.

    First what the tree says; else the entity right before the verb (headlines: "Biden and Putin discuss …"); else the
    first after it; else, for a coordinated or dependent verb, the subject of the verb it depends on.
    """
    in_turn = met_in_turn(view, verb)
    children = () if in_turn else view.sentence.children.get(verb, ())
    # "this is the third time that *the two men* talk": a name before any other noun.
    for child in sorted(children, key=lambda child: view.entity_at(child.id) is None):
        if child.deprel.startswith("nsubj"):
            entity = view.entity_at(child.id)
            if entity is None and view.forms[child.id - 1] in view.lexicon.passed_over:
                last = child.id + 1 if view.is_passed_over(child.id + 1) else child.id  # "*each of* X and Y"
                entity = view.entity_at(last + 1)  # "*the city of* Sirte hosts"
                if entity:
                    return members(view, entity)
            if entity is None and view.forms[child.id - 1] in view.lexicon.quantities:
                some = view.entity_at(child.id + 2)  # "held by *a number of* the union's leaders"
                if some and view.forms[child.id] in view.lexicon.partitive:
                    return members(view, some)
            if entity and not agrees(view, verb, entity):
                continue
            if entity and not view.preposition_of(entity) and entity.kind != "Place":
                return members(view, view.entities[view.chains[view.entities.index(entity)]])
            titled = None if entity or child.id in view.anchors else named_after(view, child.id)
            if titled:
                return members(view, titled)
            if view.forms[child.id - 1] in view.lexicon.glued or view.is_oblique(child.id):
                continue  # "(it) called upon *the putschists*", which the parser takes for the subject
            if not entity and child.upos in {"NOUN", "ADJ", "NUM"} and child.id not in view.anchors:
                if view.is_one_of(child.id, view.lexicon.days):
                    continue  # "Clinton met *on Tuesday* in New York", which the parser takes for the subject
                return []
    before = [] if _is_verbal_noun(view, verb) else _right_before(view, verb)
    if before:
        return before
    topic = _by_topic_pronoun(view, verb) or _by_topic_particle(view, verb) or _by_precedence(view, verb)
    if topic:
        return topic
    after = [] if in_turn else _first_after(view, verb)
    if after:
        return after
    word = view.word(verb)
    # "if Colombia does not sign, *then I will impose* …": who acts in the condition need not act in what follows from it
    if view.is_answering(verb):
        return []
    if (
        inherited
        and depth < 3
        and word.head
        and word.deprel.split(":")[0] in {"conj", "xcomp", "ccomp", "advcl", "parataxis", "acl"}
    ):
        head = view.word(word.head)
        if word.deprel.startswith("acl") and view.entity_at(head.id):
            entity = view.entity_at(head.id)
            return [entity] if entity else []
        if word.deprel.startswith("acl"):
            # "became the fourth leader *to call*": the predicate's subject is the verb's.
            above = view.governing_verb(head.id)
            return subjects(view, above[0], depth=depth + 1) if above else []
        if view.is_verb(head.id):
            return subjects(view, head.id, depth=depth + 1)
    return []


def _is_verbal_noun(view: SentenceView, verb: int) -> bool:
    """Whether a word tagged as a verb has no aspect: a verbal noun that is spelt like one ("confirmed the president's
    *receiving* a call"), whose subject follows."""
    xpos = view.word(verb).xpos
    return xpos.startswith("V") and xpos[1:2] == "-"


def _right_before(view: SentenceView, verb: int) -> list[EntityMention]:
    id = verb - 1
    joined = id >= 1 and view.word(id).upos == "CCONJ" and view.word(id).token == view.word(verb).token
    if joined and view.forms[id - 1] in view.lexicon.adding:
        return []  # ", *and spoke* the minister …": what stands before is of another clause
    while id >= 1 and view.entity_at(id) is None:
        if (
            view.word(id).upos not in _LIGHT
            or view.is_boundary(id)
            or view.forms[id - 1] in view.lexicon.brackets | view.lexicon.dashes
        ):
            return []  # nor does the city of a dateline: "*Abidjan -* The union threatened …"
        id -= 1
    entity = view.entity_at(id) if id >= 1 else None
    if entity and entity.how == "demonym" and view.forms[verb - 2] in view.lexicon.relative:
        return []  # "the *European* and Atlantic course *that* they announced": what was announced is the course
    if entity is None or not _bare(view, entity) or entity.first - 1 in view.anchors:
        return []  # "where *the summit of the forum* is held, Biden meets …": whose summit it is does not meet
    if entity.first > 2 and view.word(entity.first - 1).upos == "NOUN" and view.case_of(entity.first - 1):
        return []  # "on the matter of *the republic*, threatened …"
    first = view.entities[view.chains[view.entities.index(entity)]]
    each = view.find(view.lexicon.separately, first.first - 2, first.first)
    if entity.how in _NAMED and not _is_several(view, verb) and not each:
        # "a summit on Belarus *and Berlin* threatens": after its subjects a verb is dual or plural, but for "*each of* X and Y"
        return [entity]
    return [other for other in members(view, first) if other.last < verb]


def _is_several(view: SentenceView, verb: int) -> bool:
    """Whether a verb is in the dual or plural, by its tags or by its ending."""
    word = view.word(verb)
    tagged = word.xpos[7:8] in {"D", "P"} or "Number=Dual" in word.feats or "Number=Plur" in word.feats
    return tagged or view.forms[verb - 1].endswith(view.lexicon.several_endings)


def _by_topic_pronoun(view: SentenceView, verb: int) -> list[EntityMention]:
    """Who the pronoun on "that" means, before a verb: the nearest party before that no preposition governs.

    "A source said that the president calls for a summit *and that he* discussed it with …" speaks of the president.
    """
    id = verb - 1
    while id > 1 and view.word(id).upos in {"AUX", "PART"}:
        id -= 1
    if id < 2 or view.word(id).upos != "PRON" or view.word(id - 1).upos != "SCONJ":
        return []
    if view.is_one_of(verb, view.lexicon.impersonal):
        return []
    if view.word(id).token != view.word(id - 1).token:
        return []
    if parallel := _of_parallel_clause(view, id - 1) or in_condition(view, id - 2):
        return parallel
    # "*Obama*, who visits the king, said *that he* would meet …": what a relative clause set off by commas says is passed over
    aside = id > 2 and view.forms[id - 3] in view.lexicon.commas
    before = (at for at in range(id - 2, 0, -1) if view.is_verb(at))
    said = next(
        (at for at in before if not (aside and at > 1 and view.forms[at - 2] in view.lexicon.relative)), 0
    )
    if said and view.is_one_of(said, view.lexicon.reporting):
        # "*Obama* said after receiving the king *that he* would meet …": whoever speaks, if nobody is named in between.
        speakers = subjects(view, said, inherited=False)
        # of a body that speaks only what agrees with it in gender ("*the presidency* said that *it is not* planned")
        alike = len({view.word(at).xpos[6:8] for at in (id, verb, said)}) == 1
        if len(speakers) == 1 and len(speakers[0].actors) == 1 and (speakers[0].kind == "Person" or alike):
            return speakers
    for entity in bare_before(view, id - 1):
        if entity.kind == "Person" and len(entity.actors) == 1:
            return [entity]
    return []


def _of_parallel_clause(view: SentenceView, conjunction: int) -> list[EntityMention]:
    """Of whom the clause with "that" speaks that "and that" goes on ("announced *that the president* would meet his
    counterpart *and that* he had phoned …")."""
    if conjunction < 2 or view.word(conjunction - 1).upos != "CCONJ":
        return []
    for id in range(conjunction - 2, 0, -1):
        if view.word(id).upos == "SCONJ" and view.forms[id - 1] == view.forms[conjunction - 1]:
            entity = view.entity_at(id + 1)
            single = entity is not None and entity.kind == "Person" and len(entity.actors) == 1
            return [entity] if entity is not None and single and entity.first == id + 1 else []
        if view.forms[id - 1] in view.lexicon.marks:
            break
    return []


def _by_topic_particle(view: SentenceView, verb: int) -> list[EntityMention]:
    """Whom a sentence opens with by a particle that a later conjunction answers ("*as for* the president, …, *he* called
    …": in Arabic "amma … fa-")."""
    opening = view.forms[0] in view.lexicon.topicalizing
    joined = verb > 1 and view.word(verb - 1).token == view.word(verb).token
    if not opening or not joined or view.forms[verb - 2] not in view.lexicon.answering:
        return []
    first = next((entity for entity in view.entities if entity.last < verb and _bare(view, entity)), None)
    return [first] if first and first.first <= 3 else []


def _by_precedence(view: SentenceView, verb: int) -> list[EntityMention]:
    """Who did before what a verb after "that" says ("*it happened to* the president *that* (he) congratulated …": in Arabic
    the party stands after a preposition)."""
    if verb < 3 or view.word(verb - 1).upos != "SCONJ":
        return []
    for entity in reversed(view.between(1, verb - 1)):
        first = view.entities[view.chains[view.entities.index(entity)]]
        before = range(max(1, first.first - 3), first.first + 1)
        acts = entity.kind != "Place" and entity.how != "demonym"
        if acts and any(view.is_one_of(id, view.lexicon.preceding) for id in before):
            return members(view, first)
    return []


def _first_after(view: SentenceView, verb: int) -> list[EntityMention]:
    end = view.clause_end(verb)
    for entity in view.between(verb + 1, end):
        if view.chains[view.entities.index(entity)] != view.entities.index(entity):
            continue
        gap = range(verb + 1, entity.first)
        passed = find_circumstances(view, gap)
        if any(id not in passed and not _may_precede_subject(view, id) for id in gap):
            return []
        # right after a verb, what else is an adjective means people ("*the Russians* ended the talks")
        named = entity.how != "demonym" or entity.first == verb + 1
        if _bare(view, entity) and named and agrees(view, verb, entity):
            return members(view, entity)
    return []


def agrees(view: SentenceView, verb: int, entity: EntityMention) -> bool:
    """Whether a verb before a state agrees with it in gender.

    Names of states and cities are feminine but for a few (ontology/lexicon/clauses.toml lists them): after a masculine
    verb such a name is its object ("(he) threatens *Moscow* with sanctions").
    """
    if entity.first < verb or entity.kind != "Country" or entity.how not in ("name", "alias", "metonym"):
        return True
    if view.is_passed_over(entity.first - 1):
        return True  # "met *the council of* Russia and the alliance": the verb agrees with the council
    masculine = view.word(verb).xpos[6:8] == "MS" or "Gender=Masc" in view.word(verb).feats
    form = view.forms[entity.first - 1]
    return (
        not masculine
        or form in view.lexicon.masculine
        or form.removeprefix(view.article) in view.lexicon.masculine
    )


def _may_precede_subject(view: SentenceView, id: int) -> bool:
    """Whether a word can stand between a verb and its subject ("met *yesterday, Thursday, in Paris* the president")."""
    word = view.word(id)
    if view.entity_at(id) is not None or word.upos in _LIGHT | {"ADV", "NUM"}:
        return True
    if view.is_passed_over(id) or view.is_one_of(id, view.lexicon.days):
        return True
    # "phoned him *in succession* both X and Y"
    manner = view.lexicon.manner
    return view.forms[id - 1] in manner or (
        word.upos == "ADP" and id < len(view.words) and view.forms[id] in manner
    )


def has_unnamed_subject(view: SentenceView, verb: int) -> bool:
    """Whether the subject of a verb is a noun that names nobody ("where *workers* received him")."""
    circumstances = find_circumstances(view, range(1, verb))
    head = view.word(verb).head
    if head and head < verb and view.is_one_of(head, view.lexicon.auxiliary):
        nouns = (child.id for child in view.sentence.children.get(head, ()) if child.deprel == "nsubj")
        if any(
            view.word(id).upos == "NOUN" and not view.entity_at(id) and id not in circumstances
            for id in nouns
        ):
            return True  # "*the ministers had met*": in Arabic the subject of the verb that helps
    return any(
        child.deprel.startswith("nsubj")
        and child.upos == "NOUN"
        and child.id
        not in circumstances  # "before *his arrival* (he) spoke", which the parser takes for its subject
        and view.entity_at(child.id) is None
        and child.id not in view.anchors  # "that (he) makes *a call*", which the parser takes for its subject
        and not view.is_oblique(child.id)
        and view.forms[child.id - 1] not in view.lexicon.glued
        for child in view.sentence.children.get(verb, ())
    )


def has_resumptive_pronoun(view: SentenceView, verb: int) -> bool:
    """Whether a verb has an object pronoun, its own or a preposition's: the relative clause is about its object ("the
    call *that he made*", "the sanctions *with which it threatens*"), and what follows the verb is its subject."""
    if view.forms[verb - 1] in view.lexicon.with_object:
        return True
    after = verb + 1
    if after > len(view.words):
        return False
    if view.word(after).upos == "PRON":
        return view.word(after).token == view.word(verb).token
    if view.word(after).upos != "ADP" or after == len(view.words):
        return False
    return view.word(after + 1).upos == "PRON" and view.word(after + 1).token == view.word(after).token


def objects(view: SentenceView, verb: int, *, headed: bool = False) -> list[EntityMention]:
    """The objects of a verb or participle: what the tree says, else the first bare entity after it and its subject.

    With ``headed`` the verb opens a relative clause whose subject is the noun before it ("a meeting *that gathers*
    Russian and American officials"), so that nothing after the verb can be its subject.
    """
    if in_turn := met_in_turn(view, verb):
        return in_turn
    taken = subjects(view, verb) if view.is_verb(verb) and not headed else []
    wanted = ("obj", "nsubj") if headed else ("obj",)
    for child in view.sentence.children.get(verb, ()):
        if child.deprel in wanted:
            entity = view.entity_at(child.id) or named_after(view, child.id)
            before = (
                view.entity_at(entity.first - 2) if entity and view.adds_party(entity.first - 1) else None
            )
            if before and before not in taken:
                continue  # "met X, *then* Y": X is the first
            if entity and entity not in taken and _bare(view, entity):
                return members(view, entity)
    for entity in view.between(verb + 1, view.clause_end(verb, past=verb)):
        index = view.entities.index(entity)
        if (
            entity in taken
            or view.chains[index] != index
            or entity.how == "demonym"
            or not _bare(view, entity)
            or (entity.place and view.word(entity.first - 1).upos == "PRON")  # "before *his leaving Paris*"
            or is_of_phrase(view, entity)
        ):
            continue
        gap = range(verb + 1, entity.first)
        passed = find_circumstances(view, gap, events=True) | find_asides(view, gap)
        light = _LIGHT | {"ADV", "NOUN"}
        if all(
            id in passed
            or view.entity_at(id)
            or view.is_passed_over(id)  # "met *both* X and Y": in Arabic "each *of* X and Y"
            or (view.word(id).upos == "ADP" and id + 1 in gap and opens_aside(view, id))
            or view.word(id).upos in light
            or view.is_one_of(id, view.lexicon.days)
            for id in gap
        ):
            row = members(view, entity)
            return [*row, *added_in_turn(view, row[-1])]
        return []
    return []


def prepositional(
    view: SentenceView, begin: int, end: int, prepositions: frozenset[str]
) -> list[EntityMention]:
    """The entities between two word ids governed by one of some prepositions, those coordinated with them included.

    After "between" nothing more is taken, nor "between" after another preposition: it belongs to another noun ("a call
    with the president on cooperation *between China and Britain*").
    """
    found: list[EntityMention] = []
    chain, taken = -1, ""
    for entity in view.between(begin, end):
        index = view.entities.index(entity)
        preposition = view.preposition_of(entity)
        if preposition not in prepositions or view.entities[view.chains[index]].first < begin:
            continue
        if _is_of_noun(view, begin, entity, preposition):
            continue
        if view.chains[index] != chain:
            pairing = preposition in view.lexicon.pairing
            again = preposition == taken and view.word(max(entity.first - 2, 1)).upos != "CCONJ"
            if found and (pairing or taken in view.lexicon.pairing or again):
                break
            if pairing and _belongs_elsewhere(view, begin, entity):
                break
            chain, taken = view.chains[index], preposition
        found.append(entity)
    return found


def _is_of_noun(view: SentenceView, begin: int, entity: EntityMention, preposition: str) -> bool:
    """Whether a preposition belongs to the noun before it, not to what the phrase begins with ("*differences with* the
    guests")."""
    found = [id for id in range(begin, entity.first) if view.forms[id - 1] == preposition]
    before = found[-1] - 1 if found else 0
    return (
        before >= begin
        and view.word(before).upos == "NOUN"
        and view.is_one_of(before, view.lexicon.partnered)
    )


def _belongs_elsewhere(view: SentenceView, begin: int, entity: EntityMention) -> bool:
    """Whether a noun after the anchor's own phrase has the parties ("discussed in a call *relations* between …")."""
    # "a call yesterday, *the relations* between …": a definite noun that is not what the anchor's own phrase begins with
    for id in range(begin + 1, entity.first):
        word = view.word(id)
        apart = any(view.word(at).upos in {"ADJ", "ADV", "PUNCT"} for at in range(begin, id))
        if view.forms[id - 2] in view.lexicon.partitive or view.is_one_of(id, view.lexicon.unshared):
            continue  # "a new round *of the security talks* between": what the anchor is a part of
        if word.upos == "NOUN" and view.has_article(id) and apart and view.entity_at(id) is None:
            return not view.is_one_of(id, view.lexicon.days)
    head = view.word(entity.head).head
    if not begin < head < entity.first or view.word(head).upos != "NOUN":
        return False
    shared = not view.is_one_of(head, view.lexicon.unshared)
    return shared and view.is_definite(head) and view.word(head).head != begin - 1


def modifiers(view: SentenceView, noun: int, end: int, *, adjective: bool) -> list[EntityMention]:
    """The names (or, with ``adjective``, demonyms) that follow a noun directly: "Putin's call", "Russian talks"."""
    found: list[EntityMention] = []
    for entity in view.between(noun + 1, end):
        index = view.entities.index(entity)
        if found:
            if (
                view.chains[index] == view.chains[view.entities.index(found[0])]
                # "a Lebanese - *Syrian* summit": the second spelt like the state
                and ((entity.how == "demonym") == adjective or (adjective and entity.kind == "Country"))
            ):
                found.append(entity)
            continue
        gap = range(noun + 1, entity.first)
        # "during *his* receiving, *yesterday, in Cairo,* the president": the pronoun is whose it is, so an object follows.
        owned = view.has_pronoun(noun) and not adjective
        if owned and entity.place and view.own_preposition(entity) in view.lexicon.local:
            continue
        passed = find_circumstances(view, gap) if owned else _times(view, gap)
        last = entity.first - 1
        open_noun = view.word(last).upos == "NOUN" and view.entity_at(last) is None
        if last in passed and open_noun and not _stands_alone(view, last):
            break  # "informed them at his session *of the letter of* the president": the name is that of the letter
        if last in passed and entity.place and view.forms[last - 1] not in view.lexicon.commas:
            break  # "their first meeting *in a town in the south of* Finland": the name is part of where it was
        if adjective and not found and _are_between_states(view, noun, entity):
            found.append(entity)
            continue
        left = [id for id in gap if id not in passed and view.entity_at(id) is None]
        if len(left) > _CLOSE or any(not _may_stand_between(view, id) for id in left):
            break
        if any(view.forms[id - 1] in view.lexicon.commas for id in left):
            break
        is_adjective = entity.how == "demonym"
        if is_adjective != adjective:
            continue
        if not adjective and entity.kind == "Person" and view.has_article(noun):
            break  # "attended *the* summit the president": a noun with the article is nobody's
        if view.preposition_of(entity):
            break
        found.append(entity)
    return found


def _are_between_states(view: SentenceView, noun: int, entity: EntityMention) -> bool:
    """Whether two adjectives of states close the phrase of a noun, which are those between whom it is ("the dialogue on
    strategic *stability*, the *Russian American* one": in Arabic the adjectives stand behind the whole phrase)."""
    if entity.how != "demonym" or len(members(view, entity)) < 2:
        return False
    gap = range(noun + 1, entity.first)
    plain = all(view.word(id).upos in {"NOUN", "ADJ", "X"} and not view.entity_at(id) for id in gap)
    return plain and len(gap) <= _CLOSE and view.is_definite(entity.first - 1)


def _times(view: SentenceView, gap: range) -> frozenset[int]:
    """The words of a stretch that say when, with the comma after them ("the meeting *yesterday,* of the president")."""
    found = {id for id in gap if view.word(id).upos == "ADV" or view.is_one_of(id, view.lexicon.days)}
    return frozenset(
        found | {id for id in gap if view.forms[id - 1] in view.lexicon.commas and id - 1 in found}
    )


def _stands_alone(view: SentenceView, id: int) -> bool:
    """Whether a noun takes no other after it: it is definite, or says when."""
    return view.is_definite(id) or view.is_one_of(id, view.lexicon.days)


def _may_stand_between(view: SentenceView, id: int) -> bool:
    """Whether a word can stand between a noun and its modifier ("the meeting of *the council of* Russia and NATO", "his
    meeting *yesterday* with")."""
    return (
        view.word(id).upos in {"ADJ", "DET", "PUNCT", "PRON", "NUM", "ADV"}
        or view.is_one_of(id, view.lexicon.days)
        or view.forms[id - 1] in view.lexicon.passed_over
    )


def bare_before(view: SentenceView, anchor: int) -> list[EntityMention]:
    """The entities before an anchor that no preposition governs, the nearest first."""
    return [e for e in reversed(view.between(1, anchor)) if _bare(view, e) and e.how != "demonym"]


def only_actors(entities: Sequence[EntityMention]) -> list[EntityMention]:
    """Those that stand for somebody."""
    return [entity for entity in entities if entity.actors]
