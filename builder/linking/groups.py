"""Whom "the two presidents", "both sides", "the three countries" mean: those that the text named last."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from diplograph.arabic import fold
from diplograph.linking.entities import EntityMention
from diplograph.linking.gazetteer import Titles
from diplograph.linking.memory import KnownPerson, Memory
from diplograph.linking.titles import Reference
from diplograph.model import Actor, Word

_JOINING = 2  # letters of the longest conjunction that only joins ("and", "or")


def find_members(
    base: EntityMention,
    reference: Reference,
    acting: frozenset[Actor],
    memory: Memory,
    titles: Titles,
    find_bodies: Callable[[Iterable[str]], tuple[Actor, ...]],
) -> list[Actor]:
    """The members of a group, the last named first, fewer than its number where the text named no more.

    ``acting`` are persons it cannot mean, ``find_bodies`` gives the states and organizations of some keys.
    """
    if reference.rank in {"any", "state"}:
        if reference.number == 2 and memory.pair[0] == base.sentence:
            return list(reversed(memory.pair[1]))
        return _find_parties(reference, memory, find_bodies)
    known = [person for person in memory.people if person.rank or person.bodies or person.actor.wikidata]
    # What only looks like a name ("with the words "*good day*"") is nobody while enough others are named.
    for people in (known, memory.people):
        members = _last_named(people, reference, acting, titles)
        if len(members) == reference.number:
            break
    return members


def find_both(
    base: EntityMention,
    phrase: str,
    reference: Reference,
    memory: Memory,
    titles: Titles,
    find_bodies: Callable[[Iterable[str]], tuple[Actor, ...]],
) -> list[Actor]:
    """The states whose leaders or ministers nobody has named ("… India and Pakistan … *the leaders of both countries*"), in
    the order in which the text names them."""
    both = titles.groups.get(tuple(fold(phrase).split()[-1:]), ("", 0))
    if reference.rank not in ("leader", "minister") or both != ("state", reference.number):
        return []
    states = replace(reference, rank="state")
    found = find_members(base, states, frozenset(), memory, titles, find_bodies)
    return list(reversed(found)) if len(found) == reference.number else []


def _last_named(
    people: Sequence[KnownPerson], reference: Reference, acting: frozenset[Actor], titles: Titles
) -> list[Actor]:
    """The last named of some persons that can be the members of a group."""
    members: list[Actor] = []
    for person in reversed(people):
        # "The two leaders" are of two states, "the two men" need not be.
        known = reference.rank != "person" and any(
            set(person.bodies) & set(other.represents) for other in members
        )
        if _is_of(person, reference.rank, titles) and not known and person.actor not in acting:
            members.append(person.actor)
        if len(members) == reference.number:
            break
    return members


def find_acting(
    base: EntityMention, before: list[EntityMention], words: Sequence[Word], pairing: frozenset[str]
) -> frozenset[Actor]:
    """The persons of a clause whom a group after a preposition cannot mean: they deal with it ("Putin met *with each of the
    two leaders*"). After "between" (``pairing``) they may be among them."""
    opening = base.preposition or (words[base.first - 2].form if base.first > 1 else "")
    governed = base.preposition or (base.first > 1 and words[base.first - 2].upos == "ADP")
    if not governed or fold(opening) in pairing:
        return frozenset()
    clause = max((word.id for word in words[: base.first - 1] if _opens_clause(word)), default=0)
    return frozenset(actor for mention in before if mention.first > clause for actor in mention.actors)


def _find_parties(
    reference: Reference, memory: Memory, find_bodies: Callable[[Iterable[str]], tuple[Actor, ...]]
) -> list[Actor]:
    """The last states and organizations named, each once, those that only speak for one of them included; of the rank
    "state" only those that Wikidata has as a country ("the two *countries*" are no heights)."""
    named = [*memory.bodies]
    for person in memory.people:
        named.extend((person.seen, actor) for actor in find_bodies(person.bodies))
    states = reference.rank == "state"
    members: list[Actor] = []
    for _, actor in sorted(named, key=lambda item: -item[0]):
        if actor not in members and not (states and (actor.kind != "Country" or not actor.wikidata)):
            members.append(actor)
        if len(members) == reference.number:
            break
    return members


def _is_of(person: KnownPerson, rank: str, titles: Titles) -> bool:
    """Whether a person belongs to a group of this rank (titles.toml: leader, minister, person)."""
    if rank == "leader":
        return person.rank in titles.leaders
    return rank == "person" or person.rank in {"foreign-minister", "defence-minister"}


def _opens_clause(word: Word) -> bool:
    """Whether a word opens a dependent clause ("that", "who", "*after* the minister called …", which taggers have for a
    conjunction)."""
    return word.upos in {"SCONJ", "DET"} or (word.upos == "CCONJ" and len(word.form) > _JOINING)
