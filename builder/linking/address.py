"""How a text addresses somebody: the words of his title, and what they say of his rank."""

from __future__ import annotations

from diplograph.arabic import fold
from diplograph.linking.gazetteer import Entry, Titles
from diplograph.linking.titles import Reference
from diplograph.linking.tokens import load_clitics
from diplograph.model import Actor


def heads_no_state(
    text: str, titles: Titles, reference: Reference, entry: Entry | None, bodies: tuple[Actor, ...]
) -> bool:
    """Whether the text calls somebody unknown "leader *of*" what is no state ("*leader of the rebels* R. M."): a title of
    one word without the article wants another noun after it."""
    opened = fold(text[reference.begin : reference.name_begin]).split()
    single = len(opened) == 1 and (opened[0],) in titles.ranks
    clergy = bool(opened) and opened[0] in titles.phrases("between.clergy")
    of_nobody = single and (clergy or not opened[0].startswith(load_clitics().article))
    return entry is None and not bodies and of_nobody


def is_prince(text: str, titles: Titles, reference: Reference, entry: Entry | None) -> bool:
    """Whether "emir" is but a prince's style: with the article, before the name of somebody of no state ("*Prince* Saud")
    or of somebody whom the gazetteer, which has the rulers, does not know ("*the* Saudi *prince* T. b. M.")."""
    opened = fold(text[reference.begin : reference.name_begin]).split()[:1]
    prince = titles.prince  # after "to" the article has lost its alef
    styled = [word for word in opened if word in (prince, prince[1:])]
    return bool(styled) and (not reference.bodies or entry is None)


def title_words(text: str, titles: Titles, reference: Reference) -> frozenset[str]:
    """The words by which a person may be called later: the titles ("Mr *President* A. S. … *the president*"), and one
    that belongs to the name ("the Jordanian monarch *King* Abdullah … *the king*")."""
    article = load_clitics().article
    before = fold(text[reference.begin : reference.name_begin]).split()
    words = {reference.title}
    for word in (*before, reference.name.split()[0]):
        if (word,) in titles.ranks:
            words.add(word.removeprefix(article))
    return frozenset(word for word in words if word)
