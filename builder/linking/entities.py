"""Entity mentions: phrases of a sentence and whom they mean."""

from __future__ import annotations

from dataclasses import dataclass

from diplograph.arabic import fold
from diplograph.model import Actor, Place


@dataclass(frozen=True, slots=True)
class EntityMention:
    """A phrase of a sentence and whom it means.

    ``first`` to ``last`` are word ids, ``head`` the word by which the phrase hangs in the tree; ``begin`` to ``end``
    its span in the text. ``actors`` has several members for a group and none where the reference is open; ``place``
    is what the same words mean as a place (a capital is both a government and a city); ``counterpart_of`` whose
    counterpart a person is called.
    """

    sentence: int
    first: int
    last: int
    head: int
    begin: int
    end: int
    kind: str  # "Person" | "Country" | "Organization" | "Place" | "Group"
    how: str  # "name" | "title" | "counterpart" | "group" | "organ" | "demonym" | "metonym" | "anaphor"
    actors: tuple[Actor, ...] = ()
    place: Place | None = None
    rank: str = ""
    leader: bool = False
    bodies: tuple[Actor, ...] = ()
    tags: frozenset[str] = frozenset()
    preposition: str = ""
    name: str = ""
    counterpart_of: Actor | None = None


def fill_mention(
    base: EntityMention,
    kind: str,
    how: str,
    actors: tuple[Actor, ...],
    *,
    place: Place | None = None,
    rank: str = "",
    leader: bool = False,
    bodies: tuple[Actor, ...] = (),
    tags: frozenset[str] = frozenset(),
) -> EntityMention:
    """The mention of the same words, with what it was found to mean; ``how`` and the rest as in `EntityMention`."""
    return EntityMention(
        base.sentence, base.first, base.last, base.head, base.begin, base.end, kind, how, actors, place,
        rank, leader, bodies, tags, base.preposition, base.name,
    )  # fmt: skip


def is_first_name(titled: EntityMention, named: EntityMention) -> bool:
    """Whether a name that is known to nobody, right after a title, is that of who holds it, or begins it ("the Jordanian
    monarch *King Abdullah*")."""
    if titled.how != "title" or named.how != "name" or named.first != titled.last + 1:
        return False
    if len(titled.actors) != 1 or len(named.actors) != 1 or named.actors[0].wikidata or not named.name:
        return False
    whole, first = (fold(name).replace(" ", "") for name in (titled.actors[0].label_ar, named.name))
    return whole.startswith(first)
