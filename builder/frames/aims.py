"""Events for which somebody goes somewhere, or which are what something is done for."""

from __future__ import annotations

from collections.abc import Sequence

from diplograph.frames.status_lexicon import DENIED, HYPOTHETICAL, PLANNED, StatusLexicon, load_status
from diplograph.frames.tense import governing_that, has_before, is_imperfect
from diplograph.frames.view import SentenceView

_NEAR = 10  # words before an event in which going says what it is for


def find_purpose(view: SentenceView, anchor: int, path: Sequence[int], lexicon: StatusLexicon) -> int:
    """The noun of holding after "to" that makes an event the aim of another ("arrived *to hold* talks"), 0 if none; ``path``
    are the words above the event."""
    attended = anchor - 2 if view.case_of(anchor) in lexicon.circumstantial else 0
    aim = attended > 1 and view.forms[attended - 2] == lexicon.purpose
    if aim and view.is_one_of(attended, lexicon.attending):
        return attended  # "arrived *to take part* in the summit"
    if is_aimed(view, anchor, lexicon) and find_going(view, anchor):
        return anchor  # "moves to Moscow *to meet* Putin"
    for id in (anchor, *path):
        if view.is_verb(id):
            return 0
        if id != anchor and is_aimed(view, id, lexicon) and view.is_one_of(id, view.lexicon.support):
            return id
    return 0


def is_aimed(view: SentenceView, id: int, lexicon: StatusLexicon) -> bool:
    """Whether a noun is said to be what something is for: after the preposition, a noun of purpose ("*with the aim of*
    meeting"), or joined to one that is ("*to* offer his condolences *and to meet* the king")."""
    first = view.word(view.word(id).head) if view.word(id).deprel == "conj" and view.word(id).head else None
    cases = {view.case_of(id), view.case_of(first.id) if first and first.id < id else ""}
    return lexicon.purpose in cases or (id > 1 and view.is_one_of(id - 1, lexicon.purposes))


def find_going(view: SentenceView, anchor: int) -> int:
    """The word of going somewhere before an event, 0 if none: the nearest, or the verb of its clause. Who *visited* somebody
    to meet him has done so."""
    verb = view.verb_before(anchor)
    near = view.find(view.lexicon.travel, anchor - _NEAR, anchor)
    found = near[-1] if near else verb if verb and view.is_one_of(verb, view.lexicon.travel) else 0
    visiting = verb and is_imperfect(view, verb) and view.is_one_of(verb, view.lexicon.visiting)
    return found or (verb if visiting else 0)


def read_going(view: SentenceView, going: int, lexicon: StatusLexicon) -> str:
    """What is said of somebody's going: who *may* go, or will *not* go, may meet there, or will not."""
    if not view.is_verb(going):
        return PLANNED
    if has_before(view, going, lexicon.negations):
        return DENIED
    due = governing_that(view, going)
    if (is_imperfect(view, going) and has_before(view, going, lexicon.modal)) or (
        due and view.is_one_of(due, lexicon.governors[HYPOTHETICAL])
    ):
        return HYPOTHETICAL
    if due and view.is_one_of(due, lexicon.undoing | lexicon.governors[DENIED]):
        return HYPOTHETICAL if has_before(view, due, lexicon.negations) else DENIED
    return PLANNED


def is_where_somebody_will_be(view: SentenceView, anchor: int) -> bool:
    """Whether the verb of an event is in the present, and opens the clause of a place to which a verb in the future leads."""
    verb = anchor if view.is_verb(anchor) else view.verb_before(anchor)
    if verb < 3 or not is_imperfect(view, verb) or view.forms[verb - 2] not in view.lexicon.where:
        return False
    return any(
        view.is_verb(id) and (view.is_unsplit_future(id) or view.forms[id - 2] in load_status().future)
        for id in range(2, verb - 1)
    )
