"""Whether the parties that were found for an event can be those of one, and of one that leaders hold; else who was with
whom."""

from __future__ import annotations

from dataclasses import replace

from diplograph.frames.arguments import Argument
from diplograph.frames.triggers import Firing
from diplograph.frames.view import SentenceView


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
    agreed on a *meeting of experts*")."""
    following = firing.anchor + 1
    if not firing.trigger.leaders or following > len(view.words) or view.is_verb(firing.anchor):
        return False
    if view.forms[following - 1] not in view.lexicon.holders:
        return False
    entity = view.entity_at(following)
    if entity is not None:
        return not entity.leader  # "spoke at *a meeting of the Arab ministers*"
    return not any("anchor/" in argument.rule for argument in arguments)


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


def repeats_preposition(view: SentenceView, firing: Firing, arguments: list[Argument]) -> bool:
    """Whether a verb has several partners, each with a preposition of its own ("spoke by telephone *with* Obama and
    *with* Cameron"): it tells of one event for each."""
    partners = [argument.entity for argument in arguments if argument.rule.endswith("/prepositional")]
    alone = [entity for entity in partners if view.own_preposition(entity)]
    return view.is_verb(firing.anchor) and len(alone) > 1


_ACTING = ("/subject", "/pronoun")  # relations of who acts, against his partners
_UNNAMED = ("/continued", "/dropped", "/before")  # … where the verb has no subject of its own


def distribute(view: SentenceView, firing: Firing, arguments: list[Argument]) -> list[list[Argument]]:
    """One list of arguments for each partner, where one party dealt with several.

    The subjects are the one side and the partners, after a preposition, the other; of subjects alone the first is set
    against each of the rest ("Obama, Hollande and Merkel agreed in telephone calls").
    """
    others = [argument for argument in arguments if argument.rule.endswith(_ACTING)]
    others = others or [argument for argument in arguments if argument.rule.endswith(_UNNAMED)]
    partners = [each for argument in arguments if argument not in others for each in _each(argument)]
    if not partners and view.is_verb(firing.anchor):
        # "*(They) phoned him*, in succession, the king, the president and …": the pronoun is the one side.
        partners = [argument for argument in others if argument.rule.endswith("/subject")]
        others = [argument for argument in others if argument not in partners]
    elif not partners and len(others) > 2:
        others, partners = others[:1], others[1:]
    if len(partners) < 2 or not others:
        return [arguments]
    return [[*others, partner] for partner in partners]


def _each(argument: Argument) -> list[Argument]:
    """The members of a group one by one ("met each of *the two leaders* alone")."""
    entity = argument.entity
    if entity.how != "group":
        return [argument]
    return [replace(argument, entity=replace(entity, actors=(actor,))) for actor in entity.actors]
