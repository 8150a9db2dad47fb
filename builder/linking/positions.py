"""What an office means in its state: whose it is by itself, who leads where a monarch reigns, how it is written."""

from __future__ import annotations

from diplograph.arabic import fold
from diplograph.linking.gazetteer import Entry, Gazetteer, Titles
from diplograph.linking.tokens import load_clitics
from diplograph.model import Actor

_HEAD_OF_STATE, _HEAD_OF_GOVERNMENT = "head-of-state", "head-of-government"


def find_seat(gazetteer: Gazetteer, titles: Titles, phrase: str) -> tuple[Entry, ...]:
    """The state of a title that needs no name or adjective for it ("*the Custodian of the Two Holy Mosques*")."""
    entry = gazetteer.entries.get(titles.seated.get(tuple(fold(phrase).split()), ""))
    return (entry,) if entry else ()


def choose_rank(
    rank: str, title: str, bodies: tuple[Actor, ...], other: Actor | None, titles: Titles
) -> str:
    """The rank of who leads a state where a title says no more than that he does.

    Where the monarch's role is ceremonial, "the Japanese *leader*" and the Japanese *counterpart* of a president are the
    prime minister; "the Spanish *king*", and the Spanish counterpart of a king, ``other``, are the monarch. In a
    parliamentary republic "the leader" is the prime minister, and the president goes by his title.
    """
    keys = {body.key for body in bodies} if rank == _HEAD_OF_STATE else set()
    if title in titles.phrases("parliamentary.titles") and keys & titles.parliamentary:
        return _HEAD_OF_GOVERNMENT
    royal = title in titles.phrases("monarchies.titles") or bool(
        other and titles.monarchies.intersection(other.represents)
    )
    return _HEAD_OF_GOVERNMENT if keys & titles.ceremonial and not royal else rank


def write_office(phrase: str, rank: str, title: str, gazetteer: Gazetteer, titles: Titles) -> str:
    """How an office is called of which the text gives only the state, or that with a dual or a pronoun before it: "(the two
    presidents, the Russian and) *the Ukrainian*" is the Ukrainian president, as is "his Ukrainian counterpart". What has a
    title of its own stays as it is."""
    words = phrase.split()
    if rank not in titles.offices:
        return phrase
    for first in range(len(words)):
        senses = gazetteer.senses(tuple(fold(" ".join(words[first:])).split()))
        if any(sense.entry.kind in ("Country", "Organization") for sense in senses):
            break
    else:
        return phrase
    opening = tuple(fold(" ".join(words[:first])).split())
    if opening and (opening in titles.ranks or not _stands_for_title(opening[0], titles)):
        return phrase
    qualified = any(sense.how == "demonym" for sense in senses)
    office = titles.singulars.get(title)
    if office:
        return " ".join((office, *words[first:]))
    definite = fold(words[first]).startswith(load_clitics().article)
    return " ".join((titles.offices[rank][0 if qualified and definite else 1], *words[first:]))


def _stands_for_title(word: str, titles: Titles) -> bool:
    """Whether a word is a dual or plural of a title, or "his counterpart"."""
    return word in titles.counterparts or any(phrase[0] == word for phrase in titles.groups)
