"""The stretches of a sentence that belong to an event: its phrase and the clause of its verb."""

from __future__ import annotations

from dataclasses import dataclass, replace

from diplograph.frames.status_lexicon import load_status
from diplograph.frames.triggers import Firing
from diplograph.frames.view import SentenceView


@dataclass(frozen=True, slots=True)
class EventSpan:
    """Word ids of an event: its phrase, and the clause of its verb; ``direct`` if the event itself depends on that
    verb, not something else of which it is a part ("issued *the statement* of the summit")."""

    anchor: int
    phrase_end: int
    verb: int | None
    clause_begin: int
    clause_end: int
    direct: bool = True

    def until(self, end: int) -> EventSpan:
        """The same up to the word before ``end``; 0 for all of it."""
        if not end:
            return self
        return replace(self, phrase_end=min(self.phrase_end, end), clause_end=min(self.clause_end, end))


def find_span(view: SentenceView, firing: Firing) -> EventSpan:
    """The stretches around the word on which a trigger fired, or around the governor that the trigger asked for."""
    anchor = firing.anchor
    if firing.governor:
        end = view.phrase_end(anchor)
        return EventSpan(anchor, end, firing.governor, _clause_begin(view, firing.governor), end)
    if view.is_verb(anchor):
        end = view.clause_end(anchor)
        return EventSpan(anchor, end, anchor, _clause_begin(view, anchor), end)
    end = view.phrase_end(anchor)
    governing = view.governing_verb(anchor)
    before = view.verb_before(anchor)
    if governing and governing[0] < before and opens_clause(view, governing[0], before):
        governing = None  # the tree misses the nearer verb ("announced *that* he will *hold* talks")
    if governing is None and not before:
        return EventSpan(anchor, end, None, anchor, end)
    governing = governing or (before, "", "")
    outer = _past_relative(view, governing[0], anchor)
    if outer != governing[0]:
        governing = (outer, "obj", "")
    verb = _main_verb(view, governing[0], anchor)
    begin = _clause_begin(view, min(governing[0], anchor))
    stop = max(end, view.clause_end(verb, past=anchor))
    direct = governing[1] != "nested" or _is_held(view, governing[0], anchor)
    return EventSpan(anchor, end, verb, begin, stop, direct)


def _is_held(view: SentenceView, verb: int, anchor: int) -> bool:
    """Whether a verb that only events can begin or end with stands before an event, wherever the parser hangs that ("*begin*
    today in Taba, south of the gulf, *the works of the summit*")."""
    first = anchor
    while first > 1 and (
        view.is_one_of(first - 1, view.lexicon.support) or view.forms[first - 2] in load_status().ordinals
    ):
        first -= 1  # "*the works of* the summit", "*the first of* the sessions"
    before = view.word(first - 1) if first > 1 else None
    if before is None or not view.is_one_of(verb, view.lexicon.holding) or view.case_of(first):
        return False
    if any(view.is_boundary(id) or id in view.anchors for id in range(verb + 1, first)):
        return False
    # "begin *the delegations* of the summit": right after a noun without the article stands what that belongs to
    return first < anchor or before.upos != "NOUN" or view.is_definite(before.id)


def _past_relative(view: SentenceView, verb: int, anchor: int) -> int:
    """The verb of holding before a relative clause that stands between it and its object ("*will hold* on his visit, which lasts
    two days, *talks*"), else the verb itself."""
    held = load_status().held | load_status().doing
    relative = verb > 2 and verb < anchor and view.forms[verb - 2] in view.lexicon.relative
    if not relative or view.case_of(anchor) or view.is_one_of(verb, held):
        return verb
    outer = view.verb_before(verb)
    return outer if outer and view.is_one_of(outer, held) else verb


def opens_clause(view: SentenceView, outer: int, inner: int) -> bool:
    """Whether a conjunction like "that" or "while" stands between two verbs, or the inner one opens a relative clause and was
    taken for a name by the tagger, so that its object hangs elsewhere ("the king, *who will hold* talks")."""
    if view.forms[inner - 2] in view.lexicon.relative and view.word(inner).upos == "X":
        return True
    return bool(view.find_contrast(outer + 1, inner)) or any(
        view.is_boundary(id) and view.word(id).upos == "SCONJ" for id in range(outer + 1, inner)
    )


def _main_verb(view: SentenceView, verb: int, anchor: int) -> int:
    """The verb that a form of "to be" only helps ("the last summit *was … held* in Lahore": in Arabic the subject stands
    between the two), else the verb itself."""
    if not view.is_one_of(verb, view.lexicon.auxiliary):
        return verb
    helped = (child.id for child in view.sentence.children.get(verb, ()) if child.deprel == "xcomp")
    return next((id for id in helped if id > anchor and view.is_verb(id)), verb)


def _clause_begin(view: SentenceView, verb: int) -> int:
    """The id of the first word of the clause of a verb: after the last mark, conjunction or verb before it."""
    begin = verb
    while begin > 1:
        before = begin - 1
        if view.is_boundary(before) or view.is_verb(before):
            break
        begin = before
    return begin


def word_at(view: SentenceView, offset: int) -> int:
    """The id of the word at an offset into the text, or of the first after it."""
    return next((word.id for word in view.words if word.end > offset), len(view.words))


def is_in_other(view: SentenceView, span: EventSpan, id: int) -> bool:
    """Whether a word belongs to the phrase of another event of the sentence, and the event's own verb does not: in "the
    sanctions that the leaders *approved yesterday* at a summit" the day is that of the verb."""
    verb = span.verb or 0
    return any(
        other not in (span.anchor, verb)
        and other < id < view.phrase_end(other)
        and not other < verb < view.phrase_end(other)
        for other in view.anchors
    )


def is_apart(view: SentenceView, span: EventSpan, id: int) -> bool:
    """Whether a conjunction stands between a word and the anchor ("said *on Wednesday that* a call is due")."""
    first, last = sorted((id, span.anchor))
    return any(view.is_boundary(at) for at in range(first + 1, last))


def find_occasion(view: SentenceView, span: EventSpan) -> int:
    """The event on whose margins this one is held ("a meeting *during the summit* in China"), 0 if none."""
    following = sorted(other for other in view.anchors if span.anchor < other <= span.phrase_end)
    if not following or not view.find(view.lexicon.margins, span.anchor + 1, following[0]):
        return 0
    return following[0]
