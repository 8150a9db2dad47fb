"""Whether an event is said to have happened, to be planned, denied or only possible (ontology/lexicon/status.toml)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from diplograph.frames.aims import find_going, find_purpose, is_where_somebody_will_be, read_going
from diplograph.frames.circumstances import is_set_before
from diplograph.frames.denial import find_absence, find_refusal, is_said_of, said_against
from diplograph.frames.status_lexicon import (
    DENIED,
    HYPOTHETICAL,
    OCCURRED,
    PLANNED,
    StatusLexicon,
    StatusReading,
    load_status,
)
from diplograph.frames.tense import (
    governing_that,
    has_before,
    is_expected,
    is_future,
    is_imperfect,
    read_tense,
)
from diplograph.frames.view import SentenceView
from diplograph.model import Word
from diplograph.temporal.lexicon import load_lexicon

_CLOSE = 5  # words from an anchor within which a verb needs no relative pronoun to be its own
_WHETHER = 6  # words between "whether" and the event that is in doubt
_PHRASE = 3  # words before the anchor that can be of its phrase, and the pronoun on one of them
_WINDOW = 8  # words before and after the anchor in which a cue counts without the tree's saying so


def _complement_path(view: SentenceView, id: int, lexicon: StatusLexicon) -> Iterator[Word]:
    """The words above an anchor of whose meaning it is a part.

    A call *during* which something was agreed is no part of the agreement: the climb ends at such a preposition.
    """
    current = view.word(id)
    for above in view.ancestors(id):
        if view.is_one_of(above.id, view.lexicon.beside):
            return  # "have not met *on the margins of* the summit": that takes place
        if view.is_one_of(above.id, lexicon.wishing):
            yield above  # "hopes *for* a meeting": the preposition opens no circumstance
            current = above
            continue
        if view.case_of(current.id) in lexicon.circumstantial | lexicon.after and current.upos != "VERB":
            # The word before the preposition; the parser may have hung the phrase on the verb above it.
            governor = max(current.id - 2, 1)
            if not _governs(view, governor, lexicon, definite=view.is_definite(id)):
                return
            yield view.word(governor)
        adverbial = current.deprel.split(":")[0] in {"advcl", "parataxis"} and above.upos != "CCONJ"
        if adverbial and not _is_complement(view, current.id):
            return
        if current.deprel == "conj" and current.upos == "VERB":
            return  # "denied X, and *spoke of* a meeting": what is denied is X
        yield above
        if above.deprel.startswith("acl") and view.is_verb(above.id) and not is_imperfect(view, above.id):
            return  # "the *call* that the summit *made*": what did something is no part of what it did
        current = above


def _is_complement(view: SentenceView, verb: int) -> bool:
    """Whether a verb stands right after a "that" which no preposition governs ("intends *that he meets*", but "*before* he
    meets"), so that it is the object of the verb above, whatever the parser calls it."""
    that = view.is_verb(verb) and verb > 2 and view.word(verb - 1).upos == "SCONJ"
    opener = view.word(verb - 2) if that else None
    return opener is not None and opener.upos not in {"ADP", "ADV"} and not view.case_of(opener.id)


def _governs(view: SentenceView, id: int, lexicon: StatusLexicon, *, definite: bool) -> bool:
    """Whether a word takes what it speaks of by a preposition that otherwise opens a circumstance: "wishing *for*", "the
    refusal to take part *in* talks" (but he who will not attend *the* summit does not call it off)."""
    return view.is_one_of(id, lexicon.negated) or (not definite and view.is_one_of(id, lexicon.attending))


def read_status(view: SentenceView, anchor: int, verb: int | None, uttered: bool = False) -> StatusReading:
    """The status of the event that ``anchor`` names; ``verb`` is the verb that governs it, if any.

    What is ``uttered`` (a threat) is denied by who says that it was not, and not by who refuses or cancels it.
    """
    lexicon = load_status()
    path = [word.id for word in _complement_path(view, anchor, lexicon)]
    near = _close_before(view, anchor)
    told = view.is_verb(anchor) and not is_imperfect(view, anchor) and not view.is_unsplit_future(anchor)
    if verb and verb < anchor and not view.case_of(anchor) and verb == view.verb_before(anchor):
        near = [*near, verb]  # the object of a verb, whatever the tree hangs it on
    near += _before_that(view, anchor if view.is_verb(anchor) else verb or 0, anchor)
    governors = list(dict.fromkeys([*([] if told else _supporting(view, path, lexicon)), *near]))
    reading = (
        _said_beside(view, anchor, lexicon)
        or said_against(view, anchor, [*path, *near], governors, uttered)
        or _said_of_plans(view, anchor, governors, lexicon)
        or _said_by_verb(view, anchor, verb, lexicon)
    )
    if (
        not reading.explicit
        and reading.status == OCCURRED
        and (_is_beside_plan(view, anchor) or _is_awaited(view, anchor) or _is_on_agenda(view, anchor))
    ):
        reading = StatusReading(PLANNED, reading.cue, False)
    if (
        reading.explicit
        and reading.status == OCCURRED
        and reading.cue == verb
        and is_set_before(view, anchor)
    ):
        reading = StatusReading(OCCURRED, reading.cue, False)
    return replace(reading, previous=_is_previous(view, anchor, lexicon))


def _before_that(view: SentenceView, verb: int, anchor: int) -> list[int]:
    """The word right before the "that" of a verb ("*is likely* that they hold …"), whatever the tree hangs it on."""
    governing = governing_that(view, verb) if verb > 2 else 0
    apart = load_status().after | view.lexicon.before
    later = view.find(apart, verb + 1, anchor)  # "is likely that he goes there *after* the summit"
    # "his hope of that he *seizes* the summit" wishes for something else than the summit
    own = verb == anchor or governing == verb - 2 or view.is_one_of(verb, load_status().held)
    return [governing] if governing and own and not later and not view.is_verb(governing) else []


def _is_on_agenda(view: SentenceView, anchor: int) -> bool:
    """Whether the agenda of an event is spoken of ("did not comment on *the agenda of* the summit"), which there is before it,
    where nothing says that it is over."""
    lexicon, verb = load_status(), view.verb_before(anchor)
    topped = bool(verb) and view.forms[verb - 1] in lexicon.topped  # "*topped* the agenda of the summit"
    return not (topped or view.is_verb(anchor)) and bool(view.find(lexicon.agendas, anchor - 3, anchor))


def _is_awaited(view: SentenceView, anchor: int) -> bool:
    """Whether the present, or a headline without a verb, tells what is done before an event ("*mediates before* the summit"), or
    something is said to be done right before ("*on the eve of* the opening of the summit"): that lies ahead; so does what is
    done where somebody will be ("*will go* to Vienna, *where he meets* …")."""
    verb = view.verb_before(anchor)
    if is_where_somebody_will_be(view, anchor):
        return True
    if view.find(load_status().shortly, anchor - 2, anchor):
        return True
    told = verb and (not is_imperfect(view, verb) or bool(view.find(view.lexicon.auxiliary, 1, verb)))
    return not told and bool(view.find(view.lexicon.before, anchor - 1, anchor))


def _is_beside_plan(view: SentenceView, anchor: int) -> bool:
    """Whether an event is one on whose margins another is planned or possible ("a meeting *due on the margins of* the
    summit"): it lies ahead, too."""
    beside = view.find(view.lexicon.beside, anchor - 2, anchor)
    other = max((at for at in view.anchors if at < anchor), default=0)
    if not beside or not other or any(view.is_boundary(at) for at in range(other, anchor)):
        return False
    return read_status(view, other, view.verb_before(other)).status in (PLANNED, HYPOTHETICAL)


def _said_beside(view: SentenceView, anchor: int, lexicon: StatusLexicon) -> StatusReading | None:
    """What the words right beside an event say: "*after* a first meeting", "the *last* summit", "the summit's *decisions*",
    "a meeting is *not on the table*"."""
    if behind := _said_behind(view, anchor, lexicon):
        return behind
    first = anchor - 1 if anchor > 1 and view.forms[anchor - 2] in lexicon.ordinals else anchor
    before = {view.case_of(first), view.forms[first - 2] if first > 1 else ""}  # "*in the wake of* talks"
    if before & lexicon.after and not view.is_verb(anchor):
        # "*after* the meeting *due* in June", "put off till *after* the summit": that lies ahead
        due = _modifier(view, anchor, lexicon.modifiers[PLANNED])
        ahead = due or bool(view.find(lexicon.deferring, first - 3, first))
        verb = next((id for id in range(first - 1, 0, -1) if view.is_verb(id)), 0)
        said = any(view.is_boundary(id) for id in range(verb + 1, first))
        own = _own_verb(view, anchor)
        told = own and not is_imperfect(
            view, own
        )  # "will talk to him after a call *that was made* last week"
        if verb and not (ahead or said or told) and is_future(view, verb, lexicon):
            return StatusReading(PLANNED, verb, False)  # "*will travel* there *after* his meeting with …"
        return StatusReading(PLANNED if ahead else OCCURRED, due or first - 1, True)
    if view.find(lexicon.closing, anchor - 2, anchor) and not view.is_verb(anchor):
        return StatusReading(OCCURRED, anchor - 1, True)
    if not view.is_verb(anchor) and view.find(lexicon.in_session, anchor + 1, view.phrase_end(anchor)):
        return StatusReading(OCCURRED, anchor, True)
    if _modifier(view, anchor, lexicon.last) or _is_of_yesterday(view, anchor, lexicon):
        return StatusReading(OCCURRED, anchor, True)
    if not view.is_verb(anchor) and _is_product(view, anchor, lexicon):
        planned = _modifier(view, anchor, lexicon.modifiers[PLANNED])
        return StatusReading(PLANNED if planned else OCCURRED, planned, bool(planned))
    refused = find_refusal(view, anchor, lexicon) or find_absence(view, anchor, lexicon)
    return StatusReading(DENIED, refused, True) if refused else None


def _is_product(view: SentenceView, anchor: int, lexicon: StatusLexicon) -> bool:
    """Whether what comes of an event stands right before it, or before an adjective and a preposition ("the *decisions* of the
    summit", "the *closing statement* of the summit", "the *statement issued* by the summit")."""
    if anchor > 1 and view.is_one_of(anchor - 1, lexicon.products):
        return True
    issued = anchor > 3 and view.case_of(anchor) and view.forms[anchor - 3] in lexicon.issued
    drafted = bool(
        view.find(lexicon.drafts, anchor - 4, anchor - 3)
    )  # "the *draft* of the closing statement"
    return bool(issued) and not drafted and view.is_one_of(anchor - 3, lexicon.products | lexicon.statements)


def _is_of_yesterday(view: SentenceView, anchor: int, lexicon: StatusLexicon) -> bool:
    """Whether a day gone by stands right behind a noun ("at his meeting, *yesterday*, with …"), whatever the verb's tense."""
    id = anchor + 1
    while id <= len(view.words) and (
        view.word(id).upos == "PRON" or view.forms[id - 1] in view.lexicon.commas
    ):
        id += 1
    return not view.is_verb(anchor) and bool(view.find(lexicon.gone_by, id, id + 1))


def _said_behind(view: SentenceView, anchor: int, lexicon: StatusLexicon) -> StatusReading | None:
    """What the verb right behind a definite event says of it: "*the meeting* did not take place", "*the call* was put off"."""
    at = anchor + 1
    if view.is_verb(anchor) or not view.has_article(anchor) or at >= len(view.words):
        return None
    negated = view.forms[at - 1] in lexicon.negations
    at += negated
    if negated and view.is_one_of(at, lexicon.negated) or view.forms[at - 1] in lexicon.undone:
        return StatusReading(DENIED, at, True)
    if not view.is_verb(at):
        return None
    # "the summit *had been put off*" tells of an earlier plan, and does not outvote what is told of the summit itself
    earlier = bool(view.find(view.lexicon.auxiliary, max(anchor - 2, 1), anchor))
    return StatusReading(PLANNED, at, not earlier) if view.is_one_of(at, lexicon.postponing) else None


def _said_of_plans(
    view: SentenceView, anchor: int, governors: list[int], lexicon: StatusLexicon
) -> StatusReading | None:
    """What modifiers, governors and purposes say, unless a relative clause tells that the event was held."""
    own = _own_verb(view, anchor)
    # "the summit *due* in Doha, in the light of the visits *that were made*": the clause is that of another noun
    due = _modifier(view, anchor, lexicon.modifiers[PLANNED])
    told = own and not is_imperfect(view, own)
    if told and not due and not has_before(view, own, lexicon.negations | lexicon.future):
        return StatusReading(OCCURRED, own, True)
    doubted = view.verb_before(anchor) if view.is_verb(anchor) else 0
    begin = doubted if doubted and view.is_one_of(doubted, view.lexicon.auxiliary) else anchor
    whether = view.find(
        lexicon.whether, begin - _WHETHER, anchor
    )  # "*whether* the president *was* to meet him"
    if whether:
        return StatusReading(HYPOTHETICAL, whether[0], True)
    if anchor > 1 and view.forms[anchor - 2] in lexicon.any and not view.is_verb(anchor):
        return StatusReading(HYPOTHETICAL, anchor - 1, True)  # "*any* meeting would need preparation"
    dated = any(map(load_lexicon().names_time, view.forms[own or anchor : view.phrase_end(anchor) - 1]))
    invited = [id for id in governors if view.is_one_of(id, lexicon.inviting)]
    if dated and invited and (own or view.case_of(anchor)):
        return StatusReading(
            PLANNED, own or invited[0], True
        )  # "called them to a summit *that meets on Thursday*"
    timed = 0
    for status in (HYPOTHETICAL, PLANNED):
        cue = _modifier(view, anchor, lexicon.modifiers[status])
        if cue and load_lexicon().names_time(view.forms[cue - 2]):
            timed = cue  # "(may meet) *next* month" says less than what governs the event
        elif cue:
            return StatusReading(status, cue, True)
    for id in governors:
        if view.is_one_of(id, lexicon.willing) and view.has_pronoun(id):
            return StatusReading(HYPOTHETICAL, id, True)
        if _is_addressed(view, id, anchor, lexicon) or is_said_of(view, id, anchor):
            continue
        if view.is_verb(id) and is_expected(view, id, lexicon):
            return StatusReading(PLANNED, id, True)
        if view.is_one_of(id, lexicon.calling):  # "the *call for* a summit", "an *invitation* to the summit"
            called = _is_called_for(view, id, anchor) and not dated
            return StatusReading(HYPOTHETICAL if called else PLANNED, id, True)
        for status in (PLANNED, HYPOTHETICAL):
            if view.is_one_of(id, lexicon.governors[status]):
                return StatusReading(status, id, True)
    if timed:
        return StatusReading(PLANNED, timed, True)
    path = [word.id for word in _complement_path(view, anchor, lexicon)]
    purpose = find_purpose(view, anchor, path, lexicon)
    for id in range(purpose - 1, 0, -1) if purpose and not dated else ():
        if view.is_boundary(id) or view.is_verb(id):
            break
        if view.is_one_of(id, lexicon.calling) and _is_called_for(view, id, anchor):
            return StatusReading(HYPOTHETICAL, id, True)
    going = find_going(view, anchor) if purpose else 0
    if going and (said := read_going(view, going, lexicon)) != PLANNED:
        return StatusReading(said, going, True)
    if purpose:
        # "Arrived *to take part* in the summit": it may have begun since.
        attended = purpose == anchor or view.is_one_of(purpose, lexicon.attending)
        return StatusReading(PLANNED, purpose, not attended)
    return None


def _is_called_for(view: SentenceView, call: int, anchor: int) -> bool:
    """Whether a call is one for an event not known yet, not to come to it ("the invitation *to attend the* summit")."""
    attends = any(view.is_one_of(id, load_status().attending) for id in range(call + 1, anchor))
    return not attends and not view.is_definite(anchor)


def _is_addressed(view: SentenceView, id: int, anchor: int, lexicon: StatusLexicon) -> bool:
    """Whether somebody calls on a summit itself ("*called on the Arab summit* to support them"): then nobody proposes it."""
    calls = view.is_verb(id) and view.is_one_of(id, lexicon.inviting | lexicon.addressing)
    return calls and not view.is_verb(anchor) and view.is_definite(anchor) and not view.case_of(anchor)


def _said_by_verb(view: SentenceView, anchor: int, verb: int | None, lexicon: StatusLexicon) -> StatusReading:
    """What the tense of a verb says: that of the event's own relative clause, else the one that governs it."""
    own = _own_verb(view, anchor)
    if view.is_verb(anchor) and is_imperfect(view, anchor) and _is_on_visit(view, anchor, lexicon):
        return StatusReading(PLANNED, anchor, False)
    if own:
        denied = has_before(view, own, lexicon.negations)
        tense = read_tense(view, own, lexicon)
        if not tense and verb and verb < anchor < own and view.forms[own - 2] not in view.lexicon.relative:
            tense = read_tense(view, verb, lexicon)  # "the visit *will include* talks *that he holds* with"
        return StatusReading(DENIED if denied else tense or OCCURRED, own, True)
    told_by = anchor if view.is_verb(anchor) else verb or view.verb_before(anchor)
    tense = read_tense(view, told_by, lexicon) or _done_today(view, anchor, told_by, lexicon)
    if tense:
        future = has_before(view, told_by, lexicon.future) or view.is_verb(anchor)
        # What the present tense announces ("*hold* a summit") says less than what is told elsewhere.
        return StatusReading(tense, verb or anchor, future or tense != PLANNED)
    if verb and not is_imperfect(view, verb):
        # "*Said* of the summit that …" tells when it was said, "talks that *preceded* the summit" of the talks.
        told = not view.is_one_of(verb, view.lexicon.reporting | view.lexicon.sequence)
        return StatusReading(OCCURRED, verb, told)
    return StatusReading(OCCURRED, 0, False)


def _done_today(view: SentenceView, anchor: int, verb: int, lexicon: StatusLexicon) -> str | None:
    """What the present tense announces of this day: an event ("*discusses today* with the president"), or what is to be done in
    one ("settle their accounts *today in a meeting*")."""
    if not (verb and view.is_verb(verb) and is_imperfect(view, verb)):
        return None
    within = view.case_of(anchor) in lexicon.circumstantial and not view.is_definite(anchor)
    if not (verb == anchor or within) or view.is_one_of(verb, view.lexicon.reporting):
        return None
    return PLANNED if view.find(lexicon.today, verb + 1, view.clause_end(verb)) else None


def _is_on_visit(view: SentenceView, anchor: int, lexicon: StatusLexicon) -> bool:
    """Whether a verb tells what a visit is to bring ("*discusses* with the president *during the visit*")."""
    if view.verb_before(anchor) or has_before(view, anchor, lexicon.modal):
        return False
    visits = view.find(view.lexicon.visits, anchor + 1, view.clause_end(anchor))
    return any(view.case_of(id) in lexicon.circumstantial for id in visits)


def _supporting(view: SentenceView, path: list[int], lexicon: StatusLexicon) -> list[int]:
    """The governors up to the first noun or past verb that neither supports the event nor says anything of its status.

    "The *decision* of the Bucharest summit" may be rejected; the summit is not. And what is told in the past tense is
    no part of a plan, wherever the parser hangs it: Arabic plans in the imperfect ("it is due *that he meets*").
    """
    cues = frozenset().union(
        *lexicon.governors.values(), lexicon.undoing, lexicon.negated, view.lexicon.support
    )
    found: list[int] = []
    for id in path:
        past = view.is_verb(id) and not is_imperfect(view, id)
        if (view.word(id).upos == "NOUN" or past) and not view.is_one_of(id, cues):
            break
        found.append(id)
    return found


def _own_verb(view: SentenceView, anchor: int) -> int:
    """The verb of holding in the relative clause right after an anchor ("a summit that *will be held* in …"), 0 if none."""
    lexicon = load_status()
    if view.is_verb(anchor):
        return 0
    for id in range(anchor + 1, view.phrase_end(anchor)):
        if id in view.anchors:
            return 0
        relative = any(form in view.lexicon.relative for form in view.forms[max(anchor, id - 4) : id - 1])
        if view.is_verb(id) and (id <= anchor + _CLOSE or relative):
            return id if view.is_one_of(id, lexicon.held | lexicon.negated) else 0
    return 0


def _modifier(view: SentenceView, anchor: int, words: frozenset[str]) -> int:
    """The id of a modifying word close after an anchor (before any verb), 0 if none."""
    for id in range(anchor + 1, min(anchor + _WINDOW + 1, len(view.words) + 1)):
        if view.is_verb(id) or view.forms[id - 1] in view.lexicon.marks or id in view.anchors:
            return 0
        apart = _is_bare(view, anchor) and view.has_article(id)
        if view.forms[id - 1] in words and not apart and not _is_of_other(view, anchor, id):
            return id
    return 0


def _is_of_other(view: SentenceView, anchor: int, id: int) -> bool:
    """Whether a masculine adjective is of another noun than a feminine event, as plurals of things are too ("the *talks* of
    the *former* president"); a time's may be the event's ("the talks of *last* month")."""
    if view.is_verb(anchor) or view.word(anchor).upos != "NOUN" or view.word(id).upos != "ADJ":
        return False
    feminine = view.lexicon.feminine_endings
    event, other, adjective = (view.forms[at - 1].endswith(feminine) for at in (anchor, id - 1, id))
    nearer = id > anchor + 1 and view.word(id - 1).upos == "NOUN"
    if id < len(view.words) and view.has_pronoun(id + 1):
        return False  # "the summit *due* its holding": such an adjective agrees with the noun behind it
    return event and nearer and not (other or adjective) and not load_lexicon().names_time(view.forms[id - 2])


def _is_previous(view: SentenceView, anchor: int, lexicon: StatusLexicon) -> bool:
    """Whether an event is an earlier one than the text's; "called him *last Sunday*" speaks of no earlier call."""
    if anchor > 1 and view.forms[anchor - 2] in lexicon.latest and not view.is_verb(anchor):
        return True
    id = _modifier(view, anchor, lexicon.previous)
    day = id > 1 and load_lexicon().names_day(view.forms[id - 2])
    return bool(id) and not (day and view.forms[id - 1] in lexicon.gone)


def _is_bare(view: SentenceView, anchor: int) -> bool:
    """Whether a noun has neither article nor complement, so that what has the article is said of something else ("talks
    on the zone *due* to be made")."""
    following = anchor < len(view.words) and view.word(anchor + 1).upos in {"ADP", "PUNCT"}
    return following and not view.is_verb(anchor) and not view.is_definite(anchor)


def _close_before(view: SentenceView, anchor: int) -> list[int]:
    """The words close before an anchor in its own phrase: nothing but nouns, adjectives and prepositions between."""
    found: list[int] = []
    for id in range(anchor - 1, 0, -1):
        word = view.word(id)
        if len(found) == _PHRASE + any(view.word(at).upos == "PRON" for at in found):
            break
        if (
            word.upos not in {"NOUN", "ADJ", "ADP", "DET", "X", "SCONJ", "PRON"}
            or view.forms[id - 1] in view.lexicon.marks
        ):
            break
        if view.forms[id - 1] in load_status().circumstantial | load_status().after and word.upos == "ADP":
            break
        if id in view.anchors and view.has_article(id) and word.upos == "NOUN":
            break  # "held *on the eve of the summit* talks": what has the article takes no complement
        found.append(id)
    return found
