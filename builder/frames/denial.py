"""What says that an event did not, or will not, take place (ontology/lexicon/status.toml)."""

from __future__ import annotations

from diplograph.frames.status_lexicon import (
    DENIED,
    HYPOTHETICAL,
    OCCURRED,
    StatusLexicon,
    StatusReading,
    load_status,
)
from diplograph.frames.tense import has_before, is_imperfect
from diplograph.frames.view import SentenceView

_WINDOW = 8  # words before an event in which an agenda or a plan is said to lack it
_RUMOUR = 14  # … and in which a rumour of it is denied


def said_against(
    view: SentenceView, anchor: int, above: list[int], governors: list[int], uttered: bool
) -> StatusReading | None:
    """What denies an event: a word of denial above or close before it, or a negation of its being held."""
    lexicon = load_status()
    denying = lexicon.governors[DENIED] if uttered else lexicon.governors[DENIED] | lexicon.undoing
    attended = view.is_definite(anchor) and any(view.is_one_of(id, lexicon.attending) for id in above[:1])
    for id in [] if attended else dict.fromkeys(above):
        if _is_excluding(view, id, anchor) or _is_possible(view, id, lexicon) or is_said_of(view, id, anchor):
            continue  # "excluding Russia *from* the summit"; "*if* the summit fails"; "*the summit* rejected"
        if view.is_one_of(id, denying):
            if _is_undecided(view, id, lexicon):
                return StatusReading(OCCURRED, 0, False)
            # Who does "not rule out" a meeting leaves it open.
            open_still = has_before(view, id, lexicon.negations)
            return StatusReading(HYPOTHETICAL if open_still else DENIED, id, True)
    if rumour := _find_rumour(view, anchor, lexicon):
        return StatusReading(DENIED, rumour, True)
    own = [anchor] if view.is_verb(anchor) else []
    if own and not uttered and has_before(view, anchor, lexicon.negations):
        open_still = bool(view.find(lexicon.modal, anchor - 3, anchor))  # "*may* not meet him"
        return StatusReading(HYPOTHETICAL if open_still else DENIED, anchor, True)
    for id in [*own, *governors]:
        if not view.is_one_of(id, lexicon.negated):
            continue
        if has_before(view, id, lexicon.negations) or _fails(view, id, lexicon):
            return StatusReading(DENIED, id, True)
    if any(view.is_one_of(id, lexicon.attempts) for id in governors) and _is_in_vain(view, anchor, lexicon):
        return StatusReading(DENIED, anchor, True)
    return None


def _is_possible(view: SentenceView, id: int, lexicon: StatusLexicon) -> bool:
    """Whether a particle makes a word a mere possibility; before a perfect one of them says "has" ("*had* cancelled")."""
    past = view.is_verb(id) and not is_imperfect(view, id)
    return has_before(view, id, lexicon.modal - lexicon.completing if past else lexicon.modal)


def is_said_of(view: SentenceView, verb: int, anchor: int) -> bool:
    """Whether a feminine verb stands right before a feminine event with the article, its subject ("*the summit* rejected the
    intervention")."""
    feminine = view.forms[anchor - 1].endswith(view.lexicon.feminine_endings)
    agrees = view.forms[verb - 1].endswith(load_status().feminine_verb)
    # "*was cancelled*, *was put off* the summit"
    undone = view.is_one_of(verb, load_status().undone | load_status().postponing)
    said = anchor == verb + 1 and view.is_verb(verb) and not undone
    return said and feminine and agrees and view.has_article(anchor)


def _is_undecided(view: SentenceView, id: int, lexicon: StatusLexicon) -> bool:
    """Whether somebody neither confirms nor denies ("cannot *confirm or* deny the call")."""
    return any(
        view.forms[at - 1] in lexicon.either and view.find(lexicon.confirming, at - 1, at)
        for at in range(max(id - 2, 2), id)
    )


def _find_rumour(view: SentenceView, anchor: int, lexicon: StatusLexicon) -> int:
    """The word that denies what others have said *of* an event ("denied *what* the papers reported *of* a call", "denied the
    *news* that spoke of a meeting"), 0 if none."""
    if view.case_of(anchor) not in lexicon.about:
        return 0
    for id in view.find(lexicon.governors[DENIED], anchor - _RUMOUR, anchor):
        if view.find(lexicon.rumours, id + 1, min(id + 4, anchor)) and not has_before(
            view, id, lexicon.negations
        ):
            return id
    return 0


def _is_in_vain(view: SentenceView, anchor: int, lexicon: StatusLexicon) -> bool:
    """Whether an attempt is said to have been in vain ("sought to meet him *but did not succeed*")."""
    for id in view.find(lexicon.succeeding, anchor + 1, len(view.words) + 1):
        opened = view.find(view.lexicon.contrast | lexicon.contrast, max(anchor + 1, id - 4), id)
        if opened and has_before(view, id, lexicon.negations):
            return True
    return bool(view.find(lexicon.vainly, anchor + 1, len(view.words) + 1))


def _fails(view: SentenceView, holding: int, lexicon: StatusLexicon) -> bool:
    """Whether somebody, or an attempt, fails at holding an event ("the mediators *failed* to hold a summit"), which a summit
    that itself fails does not say; in front of the holding stand the subject and a preposition at most."""
    failing = view.find(lexicon.failing, max(holding - 4, 1), holding)
    return any(
        not has_before(view, id, lexicon.modal | lexicon.negations)
        and not any(
            view.forms[at - 1] in view.lexicon.marks | view.lexicon.commas for at in range(id + 1, holding)
        )
        for id in failing
    )


def find_refusal(view: SentenceView, anchor: int, lexicon: StatusLexicon) -> int:
    """The predicate that says of an event that it is not to be ("a meeting of the two is *not on the table*"), 0 if none."""
    if view.is_verb(anchor):
        return 0
    for id in range(anchor + 2, view.phrase_end(anchor)):
        if view.is_verb(id):
            return 0
        if view.forms[id - 1] in lexicon.unlikely and view.forms[id - 2] in lexicon.negations:
            return id
    return 0


def find_absence(view: SentenceView, anchor: int, lexicon: StatusLexicon) -> int:
    """The word that says that there is none of an event ("*no* meeting between the two"), or that it is on nobody's agenda
    ("it is *not in the president's programme* to meet"), 0 if none."""
    if lacking := _find_lack(view, anchor, lexicon):
        return lacking
    if not view.is_verb(anchor):
        alone = anchor > 1 and view.forms[anchor - 2] in lexicon.none and not view.is_definite(anchor)
        return anchor - 1 if alone else 0
    opened = view.word(max(anchor - 1, 1)).upos == "SCONJ"
    for id in range(max(anchor - _WINDOW, 3), anchor) if opened else ():
        # "it is *not planned* that …", "*not in* (his) *programme* …"
        listed = lexicon.agenda if view.case_of(id) else lexicon.unlikely
        negated = view.forms[id - 3 if view.case_of(id) else id - 2] in lexicon.negations
        if view.is_one_of(id, listed) and negated:
            return id
    return 0


def _find_lack(view: SentenceView, anchor: int, lexicon: StatusLexicon) -> int:
    """The word of existence, negated, of an event or of the plan for one ("*there is* no meeting", "*there are* no plans for
    a meeting"), 0 if none; what stands between the two is no verb, and of another noun ("no *doubt* that") nothing is said."""
    for id in view.find(lexicon.existing, anchor - _WINDOW, anchor):
        between = range(id + 1, anchor)
        if any(view.is_verb(at) or view.forms[at - 1] in view.lexicon.marks for at in between):
            continue
        plans = [at for at in between if view.word(at).upos == "NOUN" and not view.case_of(at)]
        lacking = plans[0] if plans else anchor
        negated = view.find(lexicon.negations, id - 2, id)
        if negated and (lacking == anchor or view.is_one_of(lacking, lexicon.negated)):
            return id
    return 0


def _is_excluding(view: SentenceView, id: int, anchor: int) -> bool:
    """Whether a word that else rules an event out says from what somebody is kept away: with a name between the two, and the
    event after the preposition of parting."""
    return any(view.between(id + 1, at) for at in view.find(view.lexicon.partitive, id + 1, anchor))
