"""Which entities fill which roles of an event that a trigger names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from diplograph.frames.acting import acting_above
from diplograph.frames.clauses import is_dateline, is_of_definite, stands_in_condition, verb_behind
from diplograph.frames.continued import continued_subject
from diplograph.frames.delegates import senders
from diplograph.frames.participles import acting_in
from diplograph.frames.pronouns import (
    dropped_subject,
    pronouns,
    support_nouns,
)
from diplograph.frames.relations import (
    bare_before,
    has_resumptive_pronoun,
    members,
    modifiers,
    objects,
    only_actors,
    prepositional,
    subjects,
)
from diplograph.frames.retelling import retold
from diplograph.frames.schema import ArgumentRule, RolePolicy
from diplograph.frames.spans import opens_clause
from diplograph.frames.speakers import find_speakers
from diplograph.frames.status_lexicon import load_status
from diplograph.frames.triggers import Firing, is_conditional
from diplograph.frames.unnamed import acting_states, find_predicate
from diplograph.frames.view import SentenceView
from diplograph.linking import EntityMention
from diplograph.model import Actor, Evidence, Filler
from diplograph.temporal.lexicon import load_lexicon


@dataclass(frozen=True, slots=True)
class Argument:
    """An entity taken for a role, and the rule that took it; ``himself``: a person does not stand for a body."""

    role: str
    entity: EntityMention
    rule: str
    himself: bool = False


def find_arguments(view: SentenceView, firing: Firing) -> list[Argument]:
    """The entities that the frame's rules take, each once, in the order of the rules."""
    found: list[Argument] = []
    taken: set[tuple[str, int, tuple[Actor, ...]]] = set()
    for rule in firing.frame.arguments:
        if rule.triggers and firing.trigger.id not in rule.triggers:
            continue
        if rule.fallback and _is_filled(view, firing, rule.role, found):
            continue
        if rule.indefinite and view.is_definite(firing.anchor):
            continue
        if rule.partnered and not any(_is_with(view, firing.anchor, argument) for argument in found):
            continue
        if rule.of == "sentence" and any(
            a.entity.kind == "Organization" and a.role == rule.role for a in found
        ):
            continue  # "*the Council* holds a meeting on …": a body meets by itself
        if rule.relation == "dropped" and rule.of == "anchor" and _has_actor(view, firing, found):
            continue
        for entity in _fitting(view, firing, rule):
            if any(
                (other, entity.begin, entity.actors) in taken
                for other in {rule.role, *_rivals(firing, rule.role)}
            ):
                continue
            if rule.fallback and any(set(entity.actors) & set(other.entity.actors) for other in found):
                continue
            taken.add((rule.role, entity.begin, entity.actors))
            found.append(Argument(rule.role, entity, rule.name, rule.persons and entity.how == "name"))
            if rule.relation == "before":
                found.extend(Argument(rule.role, other, rule.name) for other in members(view, entity)[1:])
                break
    return found


def _has_actor(view: SentenceView, firing: Firing, found: list[Argument]) -> bool:
    """Whether a verb has both a subject and a partner: then it has dropped nobody ("said …, while *the president* discussed
    *with the minister*")."""
    rules = {argument.rule for argument in found if argument.entity.how != "group"}
    return view.is_verb(firing.anchor) and {"path:anchor/subject", "path:anchor/prepositional"} <= rules


def _is_partner(view: SentenceView, argument: Argument) -> bool:
    """Whether an argument is one of those *with* whom a meeting is."""
    entity = argument.entity
    return (
        argument.rule == "path:anchor/prepositional"
        and entity in view.entities
        and view.preposition_of(entity) in view.lexicon.accompanying
    )


def _is_with(view: SentenceView, anchor: int, argument: Argument) -> bool:
    """Whether an argument is somebody with whom the event is said to be, and not something else beside it ("to meet
    activists *and strengthen the cooperation* with the government")."""
    entity = argument.entity
    if entity.how == "pronoun":
        return view.forms[entity.first - 2] in view.lexicon.accompanying
    if entity not in view.entities or view.preposition_of(entity) not in view.lexicon.accompanying:
        return False
    return not any(
        view.word(at).upos == "CCONJ" and view.word(at + 1).upos == "NOUN" and view.entity_at(at + 1) is None
        for at in range(anchor + 1, entity.first)
    )


def _is_filled(view: SentenceView, firing: Firing, role: str, found: list[Argument]) -> bool:
    """Whether a role has as many actors as the frame wants."""
    policy = firing.frame.roles[role]
    kinds = policy.prefer or tuple(policy.kinds)
    actors = {actor for argument in found if argument.role == role for actor in argument.entity.actors}
    several_calls = firing.trigger.distributive and not (firing.trigger.verbal or firing.trigger.adverbial)
    if several_calls and not any(a.rule.endswith(("/subject", "/pronoun")) for a in found):
        return False  # "said *in calls with* A, B and C": the partners alone, and not who called them
    called = firing.trigger.verbal and firing.trigger.distributive and bool(found)
    if called and all(argument.rule == "path:anchor/prepositional" for argument in found):
        return False  # "and (he) called *his counterparts A and B*": whom somebody called, not yet who
    if firing.trigger.leaders and found and all(_is_partner(view, argument) for argument in found):
        return False  # "is to hold the meetings *with A and B*": with whom, not yet who
    if firing.trigger.leaders and count_leaders(found) < firing.trigger.leaders:
        return False  # "met *the president and the officials*": one leader is no meeting of leaders
    wanted = max(policy.minimum, firing.trigger.leaders, firing.trigger.minimum or 0, 1)
    return len([actor for actor in actors if actor.kind in kinds]) >= wanted


def _rivals(firing: Firing, role: str) -> Iterable[str]:
    """The other roles of the frame: one phrase fills one role only."""
    return (name for name in firing.frame.roles if name != role)


def _fitting(view: SentenceView, firing: Firing, rule: ArgumentRule) -> list[EntityMention]:
    entities: list[EntityMention] = []
    for start, end in _heads(view, firing, rule):
        entities.extend(_related(view, rule, start, end))
    if not entities:
        return []
    if rule.of == "verb" and rule.relation == "prepositional":
        # "a call with X, then talks with Y": who stands in the phrase of another event is a party of that one.
        # But on the margins of another he is one of what is held there.
        others = [
            (other, view.phrase_end(other))
            for other in view.anchors
            if other < firing.anchor and not view.find(view.lexicon.margins, other - 2, other)
        ]
        entities = [e for e in entities if not any(first < e.first < last for first, last in others)]
    if firing.frame.roles[rule.role].with_body:
        # "*a deputy minister of the Treasury* threatened": whoever he is, he speaks for the state
        entities = [e if e.actors else replace(e, actors=e.bodies[:1], kind="Country") for e in entities]
    entities = [entity for entity in only_actors(entities) if not rule.hows or entity.how in rule.hows]
    entities = [entity for entity in entities if entity.how not in rule.not_hows]
    entities = [entity for entity in entities if entity.how != "organ" or entity.rank not in rule.not_organs]
    entities = [entity for entity in entities if not rule.kinds or entity.kind in rule.kinds]
    entities = [entity for entity in entities if not rule.tags or entity.tags & rule.tags]
    entities = [entity for entity in entities if entity.leader or not rule.leaders]
    if rule.close:
        entities = [entity for entity in entities if _is_close(view, firing.anchor, entity)]
    if rule.of != "speaker" and view.word(firing.anchor).upos == "NOUN" and view.has_article(firing.anchor):
        # "*the* call, the second of Trump with *a Gulf leader*": who the text has named, it does not introduce again.
        entities = [e for e in entities if e.how != "role" or view.has_article(e.first)]
    several = len(entities) > 1 or any(len(entity.actors) > 1 for entity in entities)
    return [] if rule.coordinated and not several else entities


def _is_close(view: SentenceView, anchor: int, entity: EntityMention) -> bool:
    """Whether a phrase can only belong to an anchor: nothing but its own complement, names, and words of time stand between.

    "The twelfth summit yesterday in Doha *of the council*"; but "the summit from X to Hanoi on a visit *of a president*" has
    the visit, and "the meeting before *the summit*, which was refused by the ally *of the president*" the ally between.
    """
    id = anchor + 1
    preposition = view.preposition_of(entity)
    end = max(
        (at for at in range(id, entity.first) if view.forms[at - 1] == preposition), default=entity.first
    )
    while id < end and (
        view.word(id).upos in {"NOUN", "ADJ", "NUM", "PRON", "X"}
        or (
            view.word(id).upos == "CCONJ" and view.word(id + 1).xpos.startswith("Q")
        )  # "the five *and twentieth*"
    ):
        id += 1
    return not any(
        view.is_verb(at) or view.word(at).upos == "NOUN" and not view.is_one_of(at, view.lexicon.days)
        for at in range(id, end)
        if view.entity_at(at) is None and not load_lexicon().names_time(view.forms[at - 1])
    )


def topic_begin(view: SentenceView, begin: int, end: int) -> int:
    """Where a phrase begins to speak of its subject matter, ``end`` if it does not."""
    for id in range(begin + 1, end):
        if view.forms[id - 1] in view.lexicon.topics and view.entity_at(id) is None:
            return id
    return end


def _heads(view: SentenceView, firing: Firing, rule: ArgumentRule) -> list[tuple[int, int]]:
    """The words that a rule looks around, each with the end of its stretch."""
    anchor = firing.anchor
    end = view.phrase_end(anchor)
    match rule.of:
        case "anchor":
            if rule.relation == "before" and not _lacks_verb(view, anchor):
                return []
            if rule.fallback and rule.relation == "prepositional":
                # "talks *on security guarantees* between …": after the subject matter, too; "spoke by telephone *before the
                # meeting* with …": and after another event.
                return [(anchor, view.clause_end(anchor) if view.is_verb(anchor) else end)]
            if view.is_verb(anchor):
                if rule.relation in ("modifier", "adjective"):
                    return []
                return [(anchor, topic_begin(view, anchor, _until_apart(view, anchor)))]
            stop = topic_begin(view, anchor, end)
            if rule.relation in ("modifier", "adjective"):
                return [(id, stop) for id in (anchor, *_wholes(view, anchor, stop))]
            return [(anchor, stop)]
        case "relative":
            verbs = [id for id in view.relative_verbs(anchor, end) if not is_of_definite(view, anchor, id)]
            if rule.verbs:
                verbs = [id for id in verbs if view.is_one_of(id, rule.verbs)]
            if rule.relation == "subject":
                verbs = [id for id in verbs if has_resumptive_pronoun(view, id)]
            return [(id, end) for id in verbs]
        case "governor":
            fits = firing.governor and (rule.relation != "before" or view.is_verb(firing.governor))
            fits = fits and (not rule.verbs or view.is_one_of(firing.governor, rule.verbs))
            stop = anchor if rule.relation == "prepositional" else end
            return [(firing.governor, stop)] if fits else []
        case "speaker":
            return [(anchor, end)]
        case "predicate":
            return [(verb, view.clause_end(verb))] if (verb := find_predicate(view, anchor)) else []
        case "support":
            nouns = [noun for noun in support_nouns(view, anchor) if noun < anchor]
            return [(noun, anchor) for noun in nouns if not rule.verbs or view.is_one_of(noun, rule.verbs)]
        case "left":
            return [(verb, end)] if (verb := view.verb_before(anchor)) else []
        case "sentence" if rule.relation == "any":
            return [(0, len(view.words) + 1)]
        case "sentence":
            verbs = [word.id for word in view.words if view.is_verb(word.id)]
            verbs = [id for id in verbs if not view.is_one_of(id, view.lexicon.reporting)]
            # "negotiates with its allies on …, *if Tehran uses* its missiles": who acts in a condition does not negotiate
            apart = view.find_contrast(anchor, len(view.words))  # "… , *while* the union saw"
            verbs = [id for id in verbs if not (apart and apart[0] < id)]
            return [(id, end) for id in verbs if not is_conditional(view, id)]
        case _:
            return _verb_heads(view, firing, end, rule)


def _until_apart(view: SentenceView, verb: int) -> int:
    """Where the clause of a verb ends, or in it another event that is set off in time ("met the emir, a day *after his
    meeting* with the king")."""
    end = view.clause_end(verb)
    apart = load_status().after | view.lexicon.before
    for other in sorted(other for other in view.anchors if verb < other < end):
        if any(view.forms[id - 1] in apart for id in range(max(verb + 1, other - 3), other)):
            return other
    return end


def _wholes(view: SentenceView, anchor: int, end: int) -> list[int]:
    """The noun that an anchor is said to be a part of ("a new round *of the Russian American talks*"), if any."""
    wholes = (
        id for id in range(anchor + 2, min(end, anchor + 5)) if view.forms[id - 2] in view.lexicon.partitive
    )
    return [id for id in wholes if view.word(id).upos == "NOUN" and view.entity_at(id) is None][:1]


def _lacks_verb(view: SentenceView, anchor: int) -> bool:
    """Whether no verb is known to govern an anchor (headlines, and verbs that the tagger took for names)."""
    governing = view.governing_verb(anchor)
    return governing is None or governing[1] == "nested"


def _verb_heads(view: SentenceView, firing: Firing, end: int, rule: ArgumentRule) -> list[tuple[int, int]]:
    anchor = firing.anchor
    if view.is_verb(anchor):
        return []  # the verb above a verb is of another clause ("*the Elysée* said that Macron phoned Bazoum")
    verb, link, case = view.governing_verb(anchor) or (0, "", "")
    before = view.verb_before(anchor)
    if verb < before and opens_clause(view, verb, before) and view.case_of(anchor):
        # "said that the two presidents *agreed*, *in a call*": the tree misses the nearer verb
        verb, link, case = before, "obl", view.case_of(anchor)
    if fronted := verb_behind(view, anchor, end):
        verb, link = fronted, "obl"
    if firing.trigger.adverbial and not verb:
        verb = view.verb_before(anchor)  # an adverb says how its verb was done, wherever the parser hangs it
    unfit = not verb or (rule.links and link not in rule.links)
    unfit = unfit or (rule.link_prepositions and case not in rule.link_prepositions)
    if unfit or (rule.verbs and not view.is_one_of(verb, rule.verbs)):
        # Names between a verb and its object lead the parser astray: take the verb of the rule that stands before.
        verb = view.verb_before(anchor, rule.verbs) if rule.verbs and "obj" in rule.links else 0
        # "the talks, which the delegations *held* (in Arabic "held *them*"), … fourteen calls": it has its object already.
        taken = verb > 1 and view.has_pronoun(verb) and view.forms[verb - 2] in view.lexicon.relative
        if not verb or not view.is_one_of(verb, rule.verbs) or taken:
            return []
    stop = max(end, view.clause_end(verb, past=anchor))
    others = [other for other in view.anchors if end <= other < stop]
    return [(verb, topic_begin(view, verb, min([stop, *others])))]


def _related(view: SentenceView, rule: ArgumentRule, head: int, end: int) -> list[EntityMention]:
    match rule.relation:
        case "subject" if rule.of == "speaker":
            return find_speakers(view, head)
        case "subject" if rule.own or rule.of in ("relative", "sentence"):
            return subjects(view, head, inherited=False)
        case "subject":
            return acting_in(view, head)
        case "object":
            # the noun before the verb is its subject: "a meeting *that gathers*", "sanctions *await*"
            led = rule.of == "relative" and not has_resumptive_pronoun(view, head)
            led = led or "nsubj" in rule.links  # "*a meeting* gathered the president and the king"
            found = objects(view, head, headed=led or rule.of == "predicate")
            owned = rule.of == "governor" and view.forms[head - 1].endswith(view.lexicon.plural_of_nouns)
            # "rejected *the Union's* threats": whose they are is no object of theirs
            return (
                [e for e in found if e not in modifiers(view, head, end, adjective=False)] if owned else found
            )
        case "prepositional":
            return prepositional(view, head + 1, end, rule.prepositions)
        case "pronoun":
            other = rule.of == "anchor" and view.is_verb(head)
            return pronouns(
                view,
                head,
                end,
                rule.prepositions,
                other=other,
                alone=rule.of == "support",
                bare=not rule.governed,
            )
        case "continued":
            return continued_subject(view, head)
        case "retold":
            return retold(view, head, rule.prepositions)
        case "dropped":
            return dropped_subject(view, head)
        case "sent":
            return senders(view, head, end)
        case "states":
            return acting_states(view, head)
        case "above":
            return acting_above(view, head)
        case "any":
            commas = [id for id in range(head + 1, end) if head and view.forms[id - 1] in view.lexicon.commas]
            inside = [
                entity for entity in view.between(head + 1, min([end, *commas])) if entity.how != "demonym"
            ]
            others = [(other, view.phrase_end(other)) for other in view.anchors if not head]
            inside = [e for e in inside if not any(first < e.first < last for first, last in others)]
            inside = [
                e for e in inside if not is_dateline(view, e) and not stands_in_condition(view, e.first)
            ]
            return [e for e in inside if e.tags or view.preposition_of(e) not in view.lexicon.local]
        case "before":
            # Of coordinated entities the first stands for all.
            chains = {view.chains[view.entities.index(entity)] for entity in bare_before(view, head)}
            found = [view.entities[chain] for chain in sorted(chains, reverse=True)]
            # Whoever is to attend stands next before: "accepted the invitation of *the union* to attend a summit".
            return found[:1] if rule.of == "support" else found
        case "modifier":
            return modifiers(view, head, end, adjective=False)
        case _:
            return modifiers(view, head, end, adjective=True)


def count_leaders(arguments: list[Argument]) -> int:
    """How many heads of state or government, of different bodies, are among the arguments."""
    bodies: set[str] = set()
    for argument in arguments:
        entity = argument.entity
        if entity.leader and entity.kind == "Country":
            bodies.update(actor.key for actor in entity.actors)  # "with *Iraqi leaders*": those of one state
            continue
        if entity.leader and (entity.kind != "Person" or not entity.actors):
            return max(2, len(entity.actors))
        if entity.leader and entity.actors and not entity.bodies and entity.how == "name":
            bodies.add(entity.actors[0].key)  # a president whose state the text does not name beside him
        if entity.leader and entity.bodies:
            bodies.add(entity.bodies[0].key)
        if entity.counterpart_of and entity.leader:
            bodies.update(entity.counterpart_of.represents[:1])
    return len(bodies)


def lacking(firing: Firing, arguments: list[Argument]) -> Iterator[str]:
    """The parties that a trigger asks for and the arguments do not have, in words; those of a role that takes phrases may
    have no name ("warned *the parties to the conflict* of sanctions")."""
    trigger = firing.trigger
    unnamed = bool(trigger.governors) and any(firing.frame.roles[role].phrases for role in trigger.needs)
    if trigger.needs and not unnamed and not any(argument.role in trigger.needs for argument in arguments):
        yield f"no {' or '.join(sorted(trigger.needs))}"
    if trigger.leaders and (found := count_leaders(arguments)) < trigger.leaders:
        yield f"{found} of {trigger.leaders} heads of state or government"
    if trigger.tagged and not any(trigger.tagged in argument.entity.tags for argument in arguments):
        yield f"no party of the kind {trigger.tagged}"


def fill_roles(
    arguments: list[Argument], roles: dict[str, RolePolicy], lookup: Callable[[str], Actor | None]
) -> tuple[tuple[Filler, ...], tuple[Evidence, ...]]:
    """Role fillers and their evidence, by the policies of the roles; ``lookup`` finds the actor of a key."""
    fillers: list[Filler] = []
    evidence: list[Evidence] = []
    for role, policy in roles.items():
        own = [argument for argument in arguments if argument.role == role]
        chosen = _choose(_with_antecedent(own) if policy.mutual else own, policy)
        for argument, actors in chosen:
            for actor in actors:
                for meant in [actor] if argument.himself else _expand(actor, argument.entity, policy, lookup):
                    filler = Filler(role, meant)
                    if filler not in fillers:
                        fillers.append(filler)
                    evidence.append(
                        Evidence(role, argument.entity.begin, argument.entity.end, argument.rule, meant)
                    )
    return tuple(fillers), tuple(evidence)


def _with_antecedent(arguments: list[Argument]) -> list[Argument]:
    """With a counterpart as the only party, whoever he is the counterpart of: "a meeting with *his* counterpart"."""
    argument = next(iter(arguments), None)
    person = argument.entity.counterpart_of if argument else None
    if argument is None or person is None:
        return arguments
    bodies = set(person.represents)
    if any(
        person in other.entity.actors or bodies & {body.key for body in other.entity.bodies}
        for other in arguments
    ):
        return arguments
    antecedent = replace(argument.entity, actors=(person,), bodies=(), counterpart_of=None, how="anaphor")
    return [Argument(argument.role, antecedent, "counterpart"), *arguments]


def _is_welcome(actor: Actor, argument: Argument, policy: RolePolicy) -> bool:
    """Whether an actor is of a kind that may fill a role, or stands for officials of whom no more is said ("the *foreign
    ministers* of Bahrain and Oman")."""
    return actor.kind in policy.kinds or (
        argument.entity.how == "organ" and argument.entity.rank in policy.organs
    )


def _choose(arguments: list[Argument], policy: RolePolicy) -> list[tuple[Argument, tuple[Actor, ...]]]:
    """The arguments with their welcome actors; where preferred kinds alone make the minimum, only those."""
    found = [
        (argument, tuple(actor for actor in argument.entity.actors if _is_welcome(actor, argument, policy)))
        for argument in arguments
    ]
    found = [(argument, actors) for argument, actors in found if actors]
    for kinds in (policy.prefer,) if policy.prefer else ():
        preferred = [(a, tuple(x for x in actors if x.kind in kinds)) for a, actors in found]
        preferred = [(a, actors) for a, actors in preferred if actors]
        if len({actor for _, actors in preferred for actor in actors}) >= max(policy.minimum, 1):
            return preferred
    return found


def _expand(
    actor: Actor, entity: EntityMention, policy: RolePolicy, lookup: Callable[[str], Actor | None]
) -> list[Actor]:
    """The actor itself, or the body it speaks for, or both."""
    if actor.kind != "Person" or not (policy.as_body or policy.with_body):
        return [actor]
    if entity.how == "group":
        bodies = tuple(body for key in actor.represents if (body := lookup(key)))
    else:
        bodies = entity.bodies or tuple(body for key in actor.represents if (body := lookup(key)))
    if policy.as_body:
        return list(bodies[:1])
    return [actor, *bodies[:1]]
