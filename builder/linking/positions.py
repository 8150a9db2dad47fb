"""What an office means in its state: whose it is by itself, who leads where a monarch reigns, how it is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from diplograph.arabic import fold
from diplograph.linking.gazetteer import Entry, Gazetteer, Titles
from diplograph.linking.titles import Reference
from diplograph.linking.tokens import load_clitics
from diplograph.model import Actor

_HEAD_OF_STATE, _HEAD_OF_GOVERNMENT = "head-of-state", "head-of-government"


def find_seat(gazetteer: Gazetteer, titles: Titles, phrase: str) -> tuple[Entry, ...]:
    """The state of a title that needs no name or adjective for it ("*the Custodian of the Two Holy Mosques*")."""
    entry = gazetteer.entries.get(titles.seated.get(tuple(fold(phrase).split()), ""))
    return (entry,) if entry else ()


def choose_rank(rank: str, title: str, bodies: tuple[Actor, ...], other: Actor | None, titles: Titles) -> str:
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


def find_named_holder(
    titled: Mapping[tuple[str, str], tuple[Reference, ...]],
    rank: str,
    bodies: Iterable[str],
    holders: Iterable[Entry],
) -> Reference | None:
    """The one person whom a document names with an office ("*the Maltese prime minister* said … Prime Minister *J. M.*"),
    by a full name and perhaps by a part of it; nobody where it names two. Else the only one of those who can have held
    it (``holders``) whom it names without any."""
    bodies = tuple(bodies)
    untitled = [reference for body in bodies for reference in titled.get(("", body), ())]
    known = {
        id(entry): reference for reference in untitled for entry in holders if entry is _entry_of(reference)
    }
    named = [reference for body in bodies for reference in titled.get((rank, body), ())]
    longest = max(named, key=lambda reference: len(reference.name.split()), default=None)
    if longest is None:
        return next(iter(known.values())) if len(known) == 1 else None
    if any(set(r.name.split()) - set(longest.name.split()) for r in named):
        return None
    return longest if len(longest.name.split()) > 1 or longest.senses else None


def _entry_of(reference: Reference) -> Entry | None:
    return reference.senses[0].entry if len(reference.senses) == 1 else None


def write_office(
    phrase: str, rank: str, title: str, bodies: tuple[Actor, ...], gazetteer: Gazetteer, titles: Titles
) -> str:
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
    body = words[first:]
    if len({id(sense.entry) for sense in senses if sense.entry.kind == "Country"}) > 1 and bodies:
        body = [bodies[0].label_ar]  # "the leaders of *the two Koreas*"
    before_adjective, before_name = titles.offices[rank]
    office = titles.singulars.get(title)
    if not office:
        definite = fold(body[0]).startswith(load_clitics().article)
        qualified = any(sense.how == "demonym" for sense in senses)
        office = before_adjective if qualified and definite else before_name
    return " ".join((office, *body))


def _stands_for_title(word: str, titles: Titles) -> bool:
    """Whether a word is a dual or plural of a title, or "his counterpart"."""
    return word in titles.counterparts or any(phrase[0] == word for phrase in titles.groups)
