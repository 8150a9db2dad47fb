"""What a text has said so far: whom it has introduced, with which title, and which states it has named."""

from __future__ import annotations

from dataclasses import dataclass, field

from diplograph.model import Actor

_UNRANKED = {"", "official", "honorific"}


@dataclass(slots=True)
class KnownPerson:
    """Somebody the text has introduced; ``seen`` is the memory's clock at the last mention, ``former`` whether the office
    is said to be over."""

    actor: Actor
    rank: str
    bodies: tuple[str, ...]
    names: set[str]
    seen: int
    titles: set[str] = field(default_factory=set)
    former: bool = False


@dataclass(slots=True)
class Memory:
    """The people (the last mentioned last), bodies and organizations of a text; ``clock`` counts references, ``pair`` is
    a sentence with the two states last named side by side in it; ``otherwise`` are the keys of those whom the text gives
    another office than the gazetteer."""

    people: list[KnownPerson] = field(default_factory=list)
    bodies: list[tuple[int, Actor]] = field(default_factory=list)
    pair: tuple[int, tuple[Actor, ...]] = (-1, ())
    organizations: list[Actor] = field(default_factory=list)
    clock: int = 0
    otherwise: set[str] = field(default_factory=set)

    def remember(
        self,
        actor: Actor,
        rank: str,
        bodies: tuple[str, ...],
        name: str,
        titles: frozenset[str] = frozenset(),
        *,
        former: bool = False,
    ) -> None:
        """Notes that a person was mentioned, by this name (folded, may be empty) and with these title words."""
        for person in self.people:
            if person.actor.key == actor.key:
                self.people.remove(person)
                person.titles |= titles
                person.names.add(name)
                person.rank = person.rank or rank
                person.former = person.former or former
                person.seen = self.clock
                self.people.append(person)
                return
        names = {name} if name else set()
        self.people.append(KnownPerson(actor, rank, bodies, names, self.clock, set(titles), former))

    def set_back(self, actor: Actor) -> None:
        """Makes a person the one mentioned longest ago."""
        for person in self.people:
            if person.actor.key == actor.key:
                self.people.remove(person)
                person.seen = 0
                self.people.insert(0, person)
                return

    def rank_of(self, actor: Actor) -> str:
        """The rank with which a person was introduced, "" if not."""
        return next((person.rank for person in self.people if person.actor.key == actor.key), "")

    def introduced(self, name: str) -> Actor | None:
        """The last person introduced whose name has all the words of this one ("Pinotti" after "Roberta Pinotti"); of those
        whose names begin with it the last of a rank ("Kim" is the leader, whichever general of that name came after him)."""
        words = name.split()
        found = [
            person
            for person in reversed(self.people)
            if any(_shortens(words, known.split()) for known in person.names)
        ]
        family = [person for person in found if any(known.split()[:1] == words for known in person.names)]
        if len(family) > 1 and len(family) == len(found):
            found = [person for person in family if person.rank not in _UNRANKED] or found
        return found[0].actor if found else None

    def last_titled(self, title: str, rank: str) -> KnownPerson | None:
        """The last person introduced with this title word and, above an official's, this rank ("the king" after "King
        M.", not after "President B."; "the prime minister" not after "the president", whose first word it shares)."""
        return next(
            (
                person
                for person in reversed(self.people)
                if title in person.titles and rank in ("official", "honorific", person.rank)
            ),
            None,
        )

    def last_ranked(self) -> Actor | None:
        """The last person of a rank above that of an official."""
        ranked = (person.actor for person in reversed(self.people) if person.rank not in ("", "official"))
        return next(ranked, None)


def _shortens(words: list[str], known: list[str]) -> bool:
    """Whether a name is a shorter form of one that the text has given: a part of it that is not from its middle alone
    ("Saleh" or "Ali" for Ali Abdullah Saleh, whom "Abdullah" does not mean)."""
    if len(words) == 1 and len(known) > 2:
        return words[0] in (known[0], known[-1])
    return set(words) <= set(known)
