"""When an utterance was made, from the sentences around it that tell of the same speech."""

from __future__ import annotations

from collections.abc import Sequence

from diplograph.frames.relations import subjects
from diplograph.frames.schema import Frame
from diplograph.frames.view import SentenceView
from diplograph.model import Actor, Document, Filler, TimeExpression
from diplograph.temporal import find_times

_SPEECH_SENTENCES = 2  # sentences after a threat that may still tell of the same speech
_SPEECH_WORDS = 6  # words from the beginning of such a sentence within which its verb of saying stands


def find_speech_time(
    following: Sequence[SentenceView], fillers: tuple[Filler, ...], frame: Frame, document: Document
) -> TimeExpression | None:
    """When an utterance was made, from what the text goes on to say of the same speaker, or of who speaks for the same
    body: "Obama threatened … Obama said *at a press conference on Friday* …"."""
    speakers = {filler.actor for filler in fillers if frame.roles[filler.role].with_body}
    bodies = {actor.key for actor in speakers} | {key for actor in speakers for key in actor.represents}
    for view in following[:_SPEECH_SENTENCES]:
        if view.words and _says_when(view):
            times = find_times(
                document.text, view.sentence.begin, view.sentence.end, document.published, tense="past"
            )
            return next((time for time in times if time.start_date), None)
        told, time = _speech(view, speakers, bodies, document)
        if told:
            return time
    return None


def goes_on_saying(view: SentenceView) -> bool:
    """Whether a sentence goes on with what somebody says ("*and added*")."""
    joined = len(view.words) > 1 and view.forms[0] in view.lexicon.adding and view.is_verb(2)
    return joined and view.is_one_of(2, view.lexicon.reporting)


def find_earlier_speech_time(
    view: SentenceView, fillers: tuple[Filler, ...], frame: Frame, document: Document
) -> TimeExpression | None:
    """When an utterance was made, from the sentence before, of which its own goes on to tell: "The spokesman said *on Thursday*
    …. *And (he) added* that sanctions …"."""
    previous = view.previous
    if previous is None or not goes_on_saying(view):
        return None
    speakers = {filler.actor for filler in fillers if frame.roles[filler.role].with_body}
    bodies = {actor.key for actor in speakers} | {key for actor in speakers for key in actor.represents}
    return _speech(previous, speakers, bodies, document)[1]


def _speech(
    view: SentenceView, speakers: set[Actor], bodies: set[str], document: Document
) -> tuple[bool, TimeExpression | None]:
    """Whether a sentence opens with a verb of saying, and the first time in its clause if one of some speakers said so, or
    who speaks for one of some bodies."""
    for word in view.words[:_SPEECH_WORDS]:
        if not view.is_verb(word.id) or not view.is_one_of(word.id, view.lexicon.reporting):
            continue
        named = {actor for entity in subjects(view, word.id) for actor in entity.actors}
        if not any(actor in speakers or bodies & set(actor.represents) for actor in named):
            return True, None
        end = view.word(view.clause_end(word.id) - 1).end
        times = find_times(document.text, view.sentence.begin, end, document.published, tense="past")
        return True, next((time for time in times if time.start_date), None)
    return False, None


def _says_when(view: SentenceView) -> bool:
    """Whether a sentence says of what was just told where or when it was said ("*the threat came* in a statement on
    Saturday")."""
    verbs = view.find(view.lexicon.stating, 1, 4)
    nouns = view.find(view.lexicon.stated, 1, _SPEECH_WORDS)
    return bool(verbs and nouns and view.find(view.lexicon.issued, nouns[0] + 1, nouns[0] + _SPEECH_WORDS))
