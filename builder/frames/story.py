"""The day that a text tells of, where a sentence about an event names none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from diplograph.frames.counting import is_ahead
from diplograph.frames.schema import Frame
from diplograph.frames.spans import EventSpan
from diplograph.frames.status_lexicon import OCCURRED, StatusReading, load_status
from diplograph.frames.tense import is_imperfect
from diplograph.frames.view import SentenceView
from diplograph.model import Document, Filler, TimeExpression
from diplograph.temporal import find_times
from diplograph.temporal.lexicon import load_lexicon

_DAY = 10  # characters of an ISO date as precise as the day
_LEDE = 400  # characters in which an article says of which day it tells


def date_story(document: Document) -> Document:
    """A document that does not say when it was written, with the day that its opening tells of: what follows ("in March",
    "on the Saturday before") is counted from that."""
    if document.published:
        return document
    times = find_times(document.text, 0, min(_LEDE, len(document.text)), None)
    days = [time.start_date for time in times if len(time.start_date or "") == _DAY]
    return replace(document, published=days[0]) if days else document


def find_story_time(
    view: SentenceView,
    span: EventSpan,
    status: StatusReading,
    fillers: tuple[Filler, ...],
    frame: Frame,
    document: Document,
) -> TimeExpression | None:
    """The only day of the sentence before, where a past event without a date goes on with what that told of its parties
    ("the two signed a treaty *on Thursday*. Before that they *held a meeting* …"). An utterance is of the day on which its
    words were said."""
    previous = view.previous
    if previous and not _times_of(previous, document):
        previous = previous.previous or previous  # a sentence that names no time at all is of the same day
    if previous is None or status.status != OCCURRED or status.previous or not document.published:
        return None
    if _was_before(view, span) or not frame.status and _tells_of_own(view, span, fillers):
        return None
    if any(
        previous.is_verb(word.id)
        and is_imperfect(previous, word.id)
        and previous.is_one_of(word.id, load_status().held)
        for word in previous.words
    ):
        return None  # "Rabat *hosts* a summit *on Wednesday*. The king called …": the day lies ahead
    told = {actor.key for entity in previous.entities for actor in entity.actors}
    if not any(told & {filler.actor.key, *filler.actor.represents} for filler in fillers):
        return None
    if _times_of(view, document):
        return None
    times = [time for time in _times_of(previous, document) if len(time.start_date or "") == _DAY]
    alone = len({time.start_date for time in times}) == 1
    return times[0] if alone and not is_ahead(times[0], document.published) else None


def _was_before(view: SentenceView, span: EventSpan) -> bool:
    """Whether a sentence goes back from what was told ("*had* met before")."""
    before = range(1, span.anchor)
    if any(view.is_one_of(id, view.lexicon.auxiliary) for id in before):
        return True
    return any(
        # "a *day* before the summit": a time that was not understood
        view.is_one_of(id, view.lexicon.day) or load_lexicon().names_day(view.forms[id - 1])
        for id in before
    )


def _tells_of_own(view: SentenceView, span: EventSpan, fillers: tuple[Filler, ...]) -> bool:
    """Whether a sentence gives what a party says of an event, which may be of any day ("*he* said that he had been asked in a
    call"); others tell what is new ("*an official* said that the two spoke"). What was said *after a meeting* was said on
    its day."""
    said = [id for id in range(1, span.anchor) if view.is_one_of(id, view.lexicon.reporting)]
    occasion = view.case_of(span.anchor) in load_status().after and span.direct
    if not said or (occasion and span.verb in said):
        return False
    parties = {key for filler in fillers for key in (filler.actor.key, *filler.actor.represents)}
    return any(not (named := _named_subject(view, id)) or parties & _keys(view, named) for id in said)


def _named_subject(view: SentenceView, verb: int) -> int:
    """The noun that a verb has for its subject, 0 if it has dropped it."""
    subjects = (word.id for word in view.words if word.head == verb and word.deprel.startswith("nsubj"))
    return next((id for id in subjects if view.word(id).upos != "PRON"), 0)


def _keys(view: SentenceView, id: int) -> set[str]:
    """The keys of whom a word names, and of those they speak for."""
    entity = view.entity_at(id)
    actors = entity.actors if entity else ()
    return {key for actor in actors for key in (actor.key, *actor.represents)}


def _times_of(view: SentenceView, document: Document) -> Sequence[TimeExpression]:
    """All the times that a sentence names, read as past."""
    begin, end = view.sentence.begin, view.sentence.end
    return find_times(document.text, begin, end, document.published, tense="past")
