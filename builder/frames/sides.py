"""Whether the parties that were found for an event can be those of one, and of one that leaders hold; else who was with
whom."""

from __future__ import annotations

from dataclasses import replace

from diplograph.frames.arguments import Argument
from diplograph.frames.relations import members
from diplograph.frames.triggers import Firing
from diplograph.frames.view import SentenceView
from diplograph.linking import EntityMention


def are_one_side(view: SentenceView, arguments: list[Argument]) -> bool:
    """Whether several parties are all those from whom something came ("calls *from* the king *and* the emir"): they did not
    call each other, and who was called is not said."""
    return len(arguments) > 1 and all(
        argument.rule == "path:anchor/prepositional"
        and argument.entity in view.entities
        and argument.entity.counterpart_of is None  # "from *his counterpart*": whose he is was called
        and view.preposition_of(argument.entity) in view.lexicon.giving
        for argument in arguments
    )


def is_of_others(view: SentenceView, firing: Firing, arguments: list[Argument]) -> bool:
    """Whether a meeting of leaders is said to be that of somebody else, so that who speaks of it does not hold it ("the two
    agreed on a *meeting of experts*", "the two presidents want to speed up the *talks between their countries*")."""
    following = firing.anchor + 1
    if not firing.trigger.leaders or following > len(view.words) or view.is_verb(firing.anchor):
        return False
    if _is_between_states(view, arguments):
        return True
    if view.forms[following - 1] not in view.lexicon.holders:
        return False
    entity = view.entity_at(following)
    if entity is not None:
        return not entity.leader  # "spoke at *a meeting of the Arab ministers*"
    return not any("anchor/" in argument.rule for argument in arguments)


def _is_between_states(view: SentenceView, arguments: list[Argument]) -> bool:
    """Whether the noun of a meeting says itself between which states it is, and its leaders only stand before it."""
    others = [argument.rule for argument in arguments if argument.rule != "path:anchor/prepositional"]
    if any(not rule.endswith("/before") for rule in others):
        return False
    own = [argument.entity for argument in arguments if argument.rule == "path:anchor/prepositional"]
    between = [
        entity
        for entity in own
        if entity in view.entities and view.preposition_of(entity) in view.lexicon.pairing
    ]
    states = {actor for entity in between for actor in entity.actors if actor.kind == "Country"}
    persons = any(entity.leader or entity.kind == "Person" for entity in own)
    return len(states) > 1 and not persons


def is_of_no_leader(view: SentenceView, firing: Firing, arguments: list[Argument]) -> bool:
    """Whether all the leaders whom a meeting needs are partners of one who is none ("*the secretary's* meetings with the
    president and the prime minister"), or of whoever speaks of leaders without names ("spoke of *his meetings with* Turkish
    and Greek leaders")."""
    if firing.trigger.leaders < 2:
        return False
    partners = [
        argument
        for argument in arguments
        if argument.rule == "path:anchor/object"
        or argument.rule == "path:anchor/prepositional"
        and argument.entity in view.entities
        and view.preposition_of(argument.entity) in view.lexicon.accompanying
    ]
    others = [argument for argument in arguments if argument not in partners]
    if len(partners) < 2 or any(argument.entity.counterpart_of for argument in partners):
        return False
    named = any(argument.entity.kind == "Person" for argument in partners)
    return not any(argument.entity.leader for argument in others) and (bool(others) or not named)


def distributes(view: SentenceView, firing: Firing) -> bool:
    """Whether the text speaks of one event for each partner: a dual or plural call, a meeting "separately"."""
    begin = firing.anchor
    stop = view.clause_end(begin)
    # "will speak with his counterparts, *all together*"
    joint = view.find(view.lexicon.jointly, begin + 1, stop)
    if firing.trigger.distributive:
        return not joint
    if view.forms[begin - 1] in view.lexicon.two_events | view.lexicon.several_events:
        return True  # "held *two meetings* with X and Y"
    if view.is_verb(begin) and any(_is_manner(view, id) for id in range(begin + 2, stop)):
        return True  # "met X and Y *in two meetings*"
    end = min([stop, *(other for other in view.anchors if other > begin)])
    if view.find(view.lexicon.together, begin + 1, min(begin + 4, end)):
        return False  # "a *joint* call with both …"
    if any(view.adds_party(id) for id in range(begin + 1, end)):
        return True  # "met X, *then* Y"
    # "called both the president and …" is several calls, "a call between both" is one.
    found = view.find(view.lexicon.separately, begin, end)
    # … and where "each of" is who acts ("*each of* X and Y takes part"), they act together.
    found = [id for id in found if not view.word(id).deprel.startswith("nsubj")]
    return any(view.forms[id - 2] not in view.lexicon.pairing for id in found)


def _is_manner(view: SentenceView, id: int) -> bool:
    """Whether a noun in the dual or plural says in how many events something was done."""
    return view.forms[id - 1] in view.lexicon.two_events and view.word(id - 1).upos == "ADP"


def repeats_preposition(view: SentenceView, firing: Firing, arguments: list[Argument]) -> bool:
    """Whether an event has several partners, each with a preposition of its own ("spoke by telephone *with* Obama and
    *with* Cameron", "a call to Obama *and to* Cameron"): there is one for each."""
    partners = [argument.entity for argument in arguments if argument.rule.endswith("/prepositional")]
    if not view.is_verb(firing.anchor):
        if view.find(view.lexicon.together, firing.anchor + 1, firing.anchor + 4):
            return False  # "a *four-way* summit that joins him with X and Y, and with Z"
        return any(_repeats(view, entity) for entity in partners[1:])
    alone = [entity for entity in partners if view.own_preposition(entity)]
    return len(alone) > 1


def _repeats(view: SentenceView, entity: EntityMention) -> bool:
    """Whether "and" and a preposition, but not a second "between", stand right before an entity."""
    joint, id = entity.first - 2, entity.first - 1
    joined = joint > 0 and view.word(joint).upos == "CCONJ" and view.word(id).upos == "ADP"
    return joined and view.forms[id - 1] not in view.lexicon.pairing


def are_colleagues(firing: Firing, arguments: list[Argument]) -> bool:
    """Whether two leaders of one state telephoned somebody ("*the president and the prime minister* phoned the king"): a call
    is one of two, and each calls by himself."""
    acting = [argument for argument in arguments if argument.rule.endswith(_ACTING)]
    return firing.trigger.distributive and len(acting) < len(arguments) and _have_colleagues(acting)


def _have_colleagues(side: list[Argument]) -> bool:
    actors = [
        argument.entity.actors[0]
        for argument in side
        if argument.entity.leader and argument.entity.kind == "Person" and len(argument.entity.actors) == 1
    ]
    return any(
        one.key != other.key and set(one.represents[:1]) & set(other.represents[:1])
        for at, one in enumerate(actors)
        for other in actors[at + 1 :]
    )


_ACTING = ("/subject", "/pronoun")  # relations of who acts, against his partners
_UNNAMED = ("/continued", "/dropped", "/before")  # … where the verb has no subject of its own


def distribute(view: SentenceView, firing: Firing, arguments: list[Argument]) -> list[list[Argument]]:
    """One list of arguments for each partner, where one party dealt with several, or several with one.

    The subjects are the one side and the partners, after a preposition, the other; of subjects alone the first is set
    against each of the rest ("Obama, Hollande and Merkel agreed in telephone calls").
    """
    met = _counterparts(view, firing, arguments)
    if len(met) > 1:
        return [[argument] for argument in met]
    others = [argument for argument in arguments if argument.rule.endswith(_ACTING)]
    others = others or [argument for argument in arguments if argument.rule.endswith(_UNNAMED)]
    partners = [each for argument in arguments if argument not in others for each in _each(argument)]
    if not partners and view.is_verb(firing.anchor):
        # "*(They) phoned him*, in succession, the king, the president and …": the pronoun is the one side.
        partners = [argument for argument in others if argument.rule.endswith("/subject")]
        others = [argument for argument in others if argument not in partners]
    elif not partners and len(others) > 2:
        others, partners = others[:1], others[1:]
    apart = view.find(view.lexicon.separately, firing.anchor, firing.anchor + 3)
    apart = (
        apart
        if not view.is_verb(firing.anchor)
        else view.find(view.lexicon.apiece, firing.anchor, view.clause_end(firing.anchor))
    )
    if len(partners) == 1 and len(others) > 1 and (apart or _have_colleagues(others)):
        # "each of X and Y holds *a separate* meeting with Z", "X and Y, *each for himself*, phoned Z"
        return [[other, *partners] for other in others]
    if len(partners) < 2 or not others:
        return [arguments]
    return [[*others, partner] for partner in partners]


def _counterparts(view: SentenceView, firing: Firing, arguments: list[Argument]) -> list[Argument]:
    """The only parties of a verb where they are the counterparts of somebody, who met each ("where (he) meets *his
    counterparts X and Y*"): the parser takes them for subjects."""
    first = next((argument.entity for argument in arguments), None)
    if first is None or first.counterpart_of is None or not view.is_verb(firing.anchor):
        return []
    if first not in view.entities or first.how == "group":
        return []
    chain = members(view, first)
    if chain[0] is not first or any(argument.entity not in chain for argument in arguments):
        return []
    return [
        replace(argument, entity=replace(argument.entity, counterpart_of=first.counterpart_of))
        for argument in arguments
    ]


def _each(argument: Argument) -> list[Argument]:
    """The members of a group one by one ("met each of *the two leaders* alone")."""
    entity = argument.entity
    if entity.how != "group":
        return [argument]
    return [replace(argument, entity=replace(entity, actors=(actor,))) for actor in entity.actors]
