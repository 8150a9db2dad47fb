"""Whom the styles of rulers mean: "His Majesty", "the emir", "King Abdullah" by his first name."""

from __future__ import annotations

from diplograph.linking.gazetteer import Titles
from diplograph.linking.memory import KnownPerson, Memory
from diplograph.model import Actor


def find_honored(memory: Memory, titles: Titles, word: str) -> KnownPerson | None:
    """Whom "His Majesty", "His Highness" means: the last person called by such a title, one who leads before all others."""
    style = titles.honored[word]
    fitting = [person for person in reversed(memory.people) if person.titles & style]
    leading = [person for person in fitting if person.rank in titles.leaders]
    return next(iter(leading or fitting), None)


def find_ruler(memory: Memory, titles: Titles, title: str, rank: str) -> KnownPerson | None:
    """The head of state whom a title means by which the text has not called him ("Sheikh T., emir of the country … *the
    emir*"): one with another title of the same style."""
    styles = [style for style in titles.honored.values() if title in style]
    people = [person for person in reversed(memory.people) if person.rank == rank and not person.former]
    return next((person for style in styles for person in people if person.titles & style), None)


def find_by_first_name(memory: Memory, titles: Titles, title: str, name: str) -> Actor | None:
    """The ruler whom the text has named in full ("King Abdullah the Second … *King Abdullah*"): they go by the first."""
    styled = any(title in style for style in titles.honored.values())
    if not styled or len(name.split()) > 1:
        return None
    named = {
        person.actor
        for person in memory.people
        if title in person.titles and any(name == _first_name(known, titles) for known in person.names)
    }
    return named.pop() if len(named) == 1 else None


def _first_name(name: str, titles: Titles) -> str:
    """The first word of a name that is no title ("*Abdullah*" of "King Abdullah the Second")."""
    return next((word for word in name.split() if (word,) not in titles.ranks), "")
