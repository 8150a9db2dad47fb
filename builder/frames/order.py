"""Which events of a sentence are said to come one before the other, and so are two: "a call *before the summit*", "the
call, which *another preceded*"."""

from __future__ import annotations

from collections.abc import Iterator

from diplograph.frames.status_lexicon import load_status
from diplograph.frames.view import SentenceView

_NEAR = 3  # words between a word of order and the event that it governs


def find_ordered(view: SentenceView, events: frozenset[int]) -> Iterator[tuple[int, int]]:
    """Pairs of word ids of ``events`` of which the one comes before the other."""
    lexicon, after = view.lexicon, load_status().after
    order = lexicon.before | lexicon.eve | lexicon.morrow | after
    for id in range(2, len(view.words) + 1):
        said_of_whom = id < len(view.words) and view.word(id + 1).upos in {"SCONJ", "ADP"}
        if view.is_verb(id) and view.is_one_of(id, lexicon.sequence) and not said_of_whom:
            yield from _by_verb(view, id, events)
        elif view.forms[id - 1] in order and not view.is_verb(id):
            yield from _by_preposition(view, id, events)


def _by_preposition(view: SentenceView, id: int, events: frozenset[int]) -> Iterator[tuple[int, int]]:
    """The event before a preposition of time and the one that it governs. With a verb or another clause between ("met
    him, *and said after the meeting*") they may be one; a comma is no clause where the text does not say that it means the
    one it told ("the two spoke, *after a conversation of 11 September*")."""
    first = max((at for at in events if at < id), default=0)
    second = min((at for at in events if id < at <= id + _NEAR), default=0)
    if not first or not second:
        return
    between = range(first + 1, id)
    told = any(view.is_verb(at) for at in between)
    if _refers_back(view, second):
        told = told or any(view.is_boundary(at) or view.word(at).upos == "CCONJ" for at in between)
    governed = not any(view.word(at).upos == "PUNCT" for at in range(id + 1, second))
    if governed and not told:
        yield first, second


def _refers_back(view: SentenceView, id: int) -> bool:
    """Whether a noun can mean an event that the text has told: it has the article or a pronoun."""
    owned = id < len(view.words) and view.word(id + 1).upos == "PRON"
    return view.is_verb(id) or view.has_article(id) or owned


def _by_verb(view: SentenceView, id: int, events: frozenset[int]) -> Iterator[tuple[int, int]]:
    """The last event before a verb of order ("a call *which a meeting preceded*"), or the first after it, and the one
    after that."""
    end = view.clause_end(id)
    before = max((at for at in events if at < id), default=0)
    following = sorted(at for at in events if id < at < end)
    if before and following:
        yield before, following[0]
    if len(following) > 1:
        yield following[0], following[1]
