"""What the tense of a verb says of its event (ontology/lexicon/status.toml)."""

from __future__ import annotations

from collections.abc import Iterator

from diplograph.frames.status_lexicon import HYPOTHETICAL, PLANNED, StatusLexicon
from diplograph.frames.view import SentenceView

_HELPED = 8  # words between "was" and the verb that it puts into the past
_THAT = 3  # words before a verb in which "that" and what governs it stand


def is_imperfect(view: SentenceView, verb: int) -> bool:
    """Whether a verb is in the imperfect (PADT's positional tag has I in the second place)."""
    word = view.word(verb)
    return word.xpos[1:2] == "I" if word.xpos.startswith("V") else "Aspect=Imp" in word.feats


def has_before(view: SentenceView, id: int, words: frozenset[str]) -> bool:
    """Whether one of some particles stands right before a word, or hangs on it before it (those in a name, "the *Non*-Aligned
    Movement", are none)."""
    near = [
        *range(max(1, id - 2), id),
        *(child.id for child in view.sentence.children.get(id, ()) if child.id < id),
    ]
    return any(view.forms[at - 1] in words and view.entity_at(at) is None for at in near)


def is_future(view: SentenceView, verb: int, lexicon: StatusLexicon) -> bool:
    """Whether a particle puts a verb into the future, or it is due "that" what it says is done."""
    unsplit = view.word(verb).upos == "X" and view.is_unsplit_future(verb)
    return unsplit or has_before(view, verb, lexicon.future) or _is_due(view, verb, lexicon)


def is_expected(view: SentenceView, id: int, lexicon: StatusLexicon) -> bool:
    """Whether a word stands before "that" and says that something is due; a verb does without a subject ("*it is expected* that
    they meet", but "*he* expects that they meet" may be a mere hope)."""
    if not view.is_one_of(id, lexicon.due) or has_before(view, id, lexicon.negations):
        return False
    personal = view.is_verb(id) and (
        view.forms[id - 1] not in lexicon.due or id + 1 > len(view.words) or view.word(id + 1).upos != "SCONJ"
    )
    return not personal and not (view.is_verb(id) and id > 1 and view.word(id - 1).upos == "PRON")


def _is_due(view: SentenceView, verb: int, lexicon: StatusLexicon) -> bool:
    """Whether it is due, or expected, "that" somebody does what a verb says."""
    that = governing_that(view, _helping(view, verb) or verb)
    return bool(that) and is_expected(view, that, lexicon)


def _helping(view: SentenceView, verb: int) -> int:
    """The imperfect of "be" before a perfect that it puts ahead ("is due *to have met* him by then"), 0 if none."""
    if is_imperfect(view, verb):
        return 0
    found = (id for id in view.find(view.lexicon.auxiliary, max(verb - _HELPED, 1), verb))
    return next((id for id in found if is_imperfect(view, id)), 0)


def read_tense(view: SentenceView, verb: int | None, lexicon: StatusLexicon) -> str | None:
    """What a verb's tense says: a future is a plan, a modal with an imperfect a possibility."""
    if not verb or not view.is_verb(verb):
        return None
    if is_future(view, verb, lexicon):
        return PLANNED
    if not is_imperfect(view, verb):
        return None
    if verb > 2 and view.continues(verb - 1):
        return PLANNED  # "… , *and is to* call him again": what is agreed on besides
    if has_before(view, verb, lexicon.modal):
        # "*had* already spoken": what the tagger takes for an imperfect is past after "was".
        return None if view.find(view.lexicon.auxiliary, verb - _HELPED, verb - 1) else HYPOTHETICAL
    if _announces(view, verb, lexicon):
        return PLANNED
    if _is_on_programme(view, verb, lexicon):
        return PLANNED
    return _inherited(view, verb, lexicon)


def _announces(view: SentenceView, verb: int, lexicon: StatusLexicon) -> bool:
    """Whether the imperfect of a verb announces ("the leaders *meet* in Paris")."""
    told = verb > 2 and view.word(verb - 1).upos == "SCONJ" and view.forms[verb - 3] in view.lexicon.before
    before = next((id for id in range(verb - 1, 0, -1) if told and view.is_verb(id)), 0)
    # "*will be received* before he *goes* to the talks", "before he meets him at a summit *due* on Friday"
    due = view.find(lexicon.modifiers[PLANNED], verb + 1, view.clause_end(verb))
    ahead = bool(due) or (bool(before) and is_imperfect(view, before))
    if view.is_one_of(verb, lexicon.held) and (ahead or not told):
        # but "*met* Medvedev before Saakashvili *received* him", "it is the third *time* that they *meet*"
        return not view.find(lexicon.times, verb - _THAT, verb)
    if view.is_one_of(verb, lexicon.dining):
        return bool(view.find(view.lexicon.meals, verb + 1, view.clause_end(verb)))  # "*has dinner* with"
    # "the two *hold today* talks", where "are holding talks" tells what goes on
    doing = view.is_one_of(verb, lexicon.doing) or verb in view.anchors
    return doing and bool(view.find(lexicon.today, verb + 1, view.clause_end(verb)))


def _is_on_programme(view: SentenceView, verb: int, lexicon: StatusLexicon) -> bool:
    """Whether the imperfect says what an event will be about or a visit will bring ("the crisis *tops the agenda* of the
    summit", "the visit *includes* talks")."""
    if view.is_one_of(verb, lexicon.dominating):
        return True
    visits = view.lexicon.visits | lexicon.agenda
    return view.is_one_of(verb, lexicon.including) and bool(view.find(visits, verb + 1, verb + _THAT))


def _inherited(view: SentenceView, verb: int, lexicon: StatusLexicon) -> str | None:
    """What an imperfect that goes on from another verb takes over from that: the particle of the future and "it is due that"
    are said once ("*will* visit Oslo *and discusses* …", "is due *to* arrive *and holds* …"), and who goes somewhere has
    done there nothing yet ("goes to Oslo *to discuss* …", "arrived on a visit *during which he discusses* …")."""
    for before in _continued(view, verb, lexicon):
        due = governing_that(view, before)
        if is_future(view, before, lexicon) or (due and view.is_one_of(due, lexicon.governors[PLANNED])):
            return PLANNED
        if due and view.is_one_of(due, lexicon.governors[HYPOTHETICAL]):
            return HYPOTHETICAL
        if view.is_one_of(before, view.lexicon.travel):
            return PLANNED
    return None


def _continued(view: SentenceView, verb: int, lexicon: StatusLexicon) -> Iterator[int]:
    """The verbs before an imperfect that "and", "to" or "where" joins to them, or in whose visit what it tells happens, nearest
    first; what was said, and by whom, is another's."""
    if verb < 3 or view.is_one_of(verb, view.lexicon.reporting):
        return
    opener = view.forms[verb - 2]
    joined = opener in lexicon.joining | lexicon.aims | view.lexicon.where
    visiting = bool(view.find(lexicon.meanwhile, verb + 1, verb + _THAT)) and bool(
        view.find(view.lexicon.visits, verb - _HELPED, verb)
    )
    for id in range(verb - 2, 0, -1) if joined or visiting else ():
        if view.is_verb(id) and view.is_one_of(id, view.lexicon.reporting):
            return
        if view.is_verb(id) and view.forms[id - 2] not in view.lexicon.relative:
            yield id


def governing_that(view: SentenceView, verb: int) -> int:
    """The word before the "that" of a verb ("is *likely* that they hold …", "his *hope* of that …": with a pronoun and a
    preposition between), 0 if none."""
    id = verb - 1
    if id < 2 or view.word(id).upos != "SCONJ":
        return 0
    id -= 1
    while id > 1 and id > verb - 1 - _THAT and view.word(id).upos in {"ADP", "PRON"}:
        id -= 1
    return id
