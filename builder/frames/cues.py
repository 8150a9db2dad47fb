"""What a mention says of itself beside its values, for telling which mentions speak of one event."""

from __future__ import annotations

from diplograph.frames.arguments import Argument
from diplograph.frames.numbering import find_number
from diplograph.frames.order import find_ordered
from diplograph.frames.spans import EventSpan
from diplograph.frames.status_lexicon import PLANNED, StatusReading, load_status
from diplograph.frames.tense import is_imperfect
from diplograph.frames.triggers import Firing
from diplograph.frames.view import SentenceView

NUMBER = "number "  # how a cue begins that says the event is the second, third … of a series
_HELPED = 8  # words between a form of "to be" and the verb that it helps, which the subject may stand between
_PARTNER = 6  # words in which the preposition of a partner follows a noun
APART = "apart from "  # … that says it comes before or after the event whose word is at this offset


def read_cues(
    view: SentenceView,
    firing: Firing,
    status: StatusReading,
    span: EventSpan,
    arguments: list[Argument],
    headline: bool,
) -> frozenset[str]:
    """The cues of a mention; ``headline`` says whether its sentence is one.

    ``status``: its status is said, not assumed; ``previous``: it is another event than the text's; ``another``: it is
    one more of its kind; ``anaphoric``: it only refers back; ``group``: so do its parties ("the two sides");
    ``lenient``: fewer parties are enough; ``inherits``: its parties are those of the event before; ``further``: it is
    one more of those told; ``serial``: it is one of a series; ``several``: it names several events at once; ``plural``: by a
    noun for meetings; ``aim``: it is what something is done for; ``host``: another is held beside it;
    ``margins``: it is held beside another; ``aside``: that, or
    it is one of two parties; ``headline``: a headline tells it in the present tense; ``earlier``: the pluperfect tells it; ``pointed``: a demonstrative points at it; ``partnered``: a
    preposition says with whom, or in what it took place; ``closing``: what is told of it is its end; ``ahead``: an
    adjective of a noun with the article says that it lies ahead. Two more begin with :data:`NUMBER` and :data:`APART`.
    """
    trigger, anchor = firing.trigger, firing.anchor
    only_groups = bool(arguments) and all(argument.entity.how == "group" for argument in arguments)
    agreed = _is_agreed(view, anchor, status)
    pointed = _is_pointed_at(view, anchor)
    closing = _is_closed(view, span)
    cues = {
        # "the round *ends tomorrow*": it goes on
        "status": status.explicit and not (closing and status.status == PLANNED),
        "closing": closing,
        "ahead": _is_called_ahead(view, anchor, status),
        "previous": status.previous,
        "another": agreed or bool(view.find(load_status().another, anchor + 1, anchor + 3)),
        "anaphoric": trigger.anaphoric or (trigger.lenient and pointed and _is_party_of_clause(arguments)),
        "pointed": pointed,
        "group": only_groups and is_definite_noun(view, anchor) and not agreed,
        "lenient": trigger.lenient,
        "inherits": trigger.inherits and not (arguments and trigger.lenient),
        "further": _is_further(view, anchor),
        "serial": trigger.inherits,
        "several": trigger.distributive,
        "plural": view.forms[anchor - 1] in view.lexicon.several_events,
        "aim": status.status == PLANNED
        and bool(status.cue)
        and view.case_of(status.cue) == load_status().purpose,
        "host": bool(view.find(view.lexicon.beside, anchor - 1, anchor)),
        "margins": _is_on_margins(view, span),
        "aside": bool(_margins(view, span)) or _is_bilateral(view, span),
        "earlier": _is_earlier(view, span),
        "partnered": _has_partner(view, span),
        "headline": headline
        and bool(span.verb)
        and is_imperfect(view, span.verb or 0)
        and status.cue in {0, span.verb, anchor},  # "sets *a date* for the summit" says itself when
    }
    said = {cue for cue, holds in cues.items() if holds}
    return frozenset(said | _numbers(view, anchor) | _apart(view, anchor) | _beside(view, span))


def _is_closed(view: SentenceView, span: EventSpan) -> bool:
    """Whether a verb says of a noun with the article that its event ends ("*the summit closes* today"): the day is its last."""
    return (
        bool(span.verb)
        and view.is_one_of(span.verb or 0, view.lexicon.closing)
        and is_definite_noun(view, span.anchor)
    )


def _is_pointed_at(view: SentenceView, anchor: int) -> bool:
    """Whether a demonstrative points back at an event ("*this* meeting")."""
    return anchor > 1 and view.has_article(anchor) and view.forms[anchor - 2] in view.lexicon.demonstratives


def _is_called_ahead(view: SentenceView, anchor: int, status: StatusReading) -> bool:
    """Whether an adjective says of a noun with the article that its event lies ahead ("*the next* meeting"): it is none that
    the text has told to have taken place."""
    modifiers = load_status().modifiers[PLANNED]
    said = status.explicit and status.status == PLANNED and status.cue > anchor
    return said and is_definite_noun(view, anchor) and view.is_one_of(status.cue, modifiers)


def _is_party_of_clause(arguments: list[Argument]) -> bool:
    """Whether nobody is said to be a party of an event itself, only who acts in its sentence ("*Oslo* called for this
    meeting": it is one that the text has told of, and of others)."""
    return bool(arguments) and not any("anchor/" in argument.rule for argument in arguments)


def is_definite_noun(view: SentenceView, anchor: int) -> bool:
    """Whether an anchor is a noun with the article."""
    return not view.is_verb(anchor) and view.has_article(anchor)


def _numbers(view: SentenceView, anchor: int) -> set[str]:
    """The number of an event in its series ("the *second* round")."""
    number = find_number(view, anchor)
    return {f"{NUMBER}{number}"} if number else set()


def _apart(view: SentenceView, anchor: int) -> set[str]:
    """The other events of the sentence that come before or after this one, by where their words begin."""
    pairs = [pair for pair in find_ordered(view, view.anchors | {anchor}) if anchor in pair]
    return {f"{APART}{view.word(other).begin}" for pair in pairs for other in pair if other != anchor}


def _is_further(view: SentenceView, anchor: int) -> bool:
    """Whether an indefinite noun names one more event of the parties told ("*another* summit", "a *third* meeting")."""
    if view.is_verb(anchor) or view.is_definite(anchor):
        return False
    words = view.forms[max(anchor - 2, 0) : anchor - 1] + view.forms[anchor : anchor + 2]
    return any(view.lexicon.number_of(form) > 1 or form in load_status().another for form in words)


def _is_agreed(view: SentenceView, anchor: int, status: StatusReading) -> bool:
    """Whether a noun with the article says what is to be done, not what the text has told ("the two presidents agreed *on
    meeting*")."""
    planned = status.explicit and status.status == "planned" and bool(status.cue)
    after = anchor > 1 and view.forms[anchor - 2] in view.lexicon.agreed_on
    return planned and after and not view.is_verb(anchor)


def _margins(view: SentenceView, span: EventSpan) -> list[int]:
    """The words in the clause of an event that say it was held on the margins of another (and not another on its own)."""
    begin = min(span.clause_begin, span.anchor)
    found = view.find(view.lexicon.beside, begin, max(span.clause_end, span.phrase_end))
    return [id for id in found if id + 1 != span.anchor]


def _is_earlier(view: SentenceView, span: EventSpan) -> bool:
    """Whether the verb of an event is in the pluperfect ("the two *had met* in Oslo"), or stands behind one that says that it
    came before ("it had happened *before* that he rang him")."""
    verb = span.verb or 0
    if not verb or is_imperfect(view, verb):
        return False
    if verb > 1 and view.word(verb - 1).upos == "SCONJ":
        return bool(view.find(view.lexicon.preceding, verb - _HELPED, verb - 1))
    for id in range(verb - 1, max(verb - _HELPED, 0), -1):
        if view.is_one_of(id, view.lexicon.auxiliary) and not is_imperfect(view, id):
            return True
        if view.is_boundary(id) or view.is_verb(id):
            return False
    return False


def _has_partner(view: SentenceView, span: EventSpan) -> bool:
    """Whether a preposition or noun stands behind a noun ("a call *from* the envoy", and where the preposition is not parted
    from its noun) or a preposition before it ("congratulated him *in* a call"), so that somebody else has a part in it, whether
    or not his name was read."""
    end = min(span.anchor + _PARTNER, span.phrase_end)
    behind = any(
        view.word(id).upos in {"ADP", "NOUN"} and not view.is_one_of(id, view.lexicon.days)
        for id in range(span.anchor + 1, end)
    )
    return not view.is_verb(span.anchor) and (behind or bool(view.case_of(span.anchor)))


def _beside(view: SentenceView, span: EventSpan) -> set[str]:
    """The events on whose margins this one is held: they are others ("on the margins *of the summit* the two met")."""
    hosts = [id + 1 for id in _margins(view, span) if id + 1 in view.anchors]
    return {f"{APART}{view.word(host).begin}" for host in hosts}


def _is_on_margins(view: SentenceView, span: EventSpan) -> bool:
    """Whether an event is said to be held on the margins of the one that the text has told ("*of the summit*")."""
    return any(id + 1 in view.anchors and view.has_article(id + 1) for id in _margins(view, span))


def _is_bilateral(view: SentenceView, span: EventSpan) -> bool:
    """Whether an event is said to be one of two parties."""
    return bool(view.find(view.lexicon.bilateral, span.anchor + 1, span.anchor + 4))
