"""When an utterance was made, from the sentences around it that tell of the same speech."""

from __future__ import annotations

from collections.abc import Sequence

from diplograph.arabic import fold
from diplograph.frames.relations import has_unnamed_subject, subjects
from diplograph.frames.schema import Frame
from diplograph.frames.view import SentenceView
from diplograph.model import Actor, Document, Filler, TimeExpression
from diplograph.temporal import find_times

_SPEECH_SENTENCES = 2  # sentences after a threat that may still tell of the same speech
_DAY = 10  # characters of an ISO date as precise as the day
_SPEECH_WORDS = 6  # words from the beginning of such a sentence within which its verb of saying stands


def find_speech_time(
    following: Sequence[SentenceView], fillers: tuple[Filler, ...], frame: Frame, document: Document
) -> TimeExpression | None:
    """When an utterance was made, from what the text goes on to say of the same speaker, or of who speaks for the same
    body: "Obama threatened … Obama said *at a press conference on Friday* …"."""
    speakers = {filler.actor for filler in fillers if frame.roles[filler.role].with_body}
    bodies = {actor.key for actor in speakers} | {key for actor in speakers for key in actor.represents}
    for view in following[:_SPEECH_SENTENCES]:
        if view.words and (verb := _says_when(view)):
            return _first_day(view, view.word(find_that(view, verb) - 1).end, document)
        told, time = _speech(view, speakers, bodies, document)
        if told or (time := _in_statement(view, speakers, bodies, document)):
            return time
    return None


def _in_statement(
    view: SentenceView, speakers: set[Actor], bodies: set[str], document: Document
) -> TimeExpression | None:
    """The day of a statement in which one of some speakers does more than say something ("*The council called* in a
    *statement* issued on Monday *for* …")."""
    verb = next((word.id for word in view.words[:_SPEECH_WORDS] if view.is_verb(word.id)), 0)
    acting = (
        {actor for entity in subjects(view, verb, inherited=False) for actor in entity.actors}
        if verb
        else set()
    )
    if not any(actor in speakers or bodies & {actor.key, *actor.represents} for actor in acting):
        return None
    for noun in view.find(view.lexicon.issued, verb + 1, view.clause_end(verb, past=verb)):
        end = view.word(min(noun + _SPEECH_WORDS, len(view.words))).end
        times = find_times(document.text, view.word(noun).begin, end, document.published, tense="past")
        return next((time for time in times if len(time.start_date or "") == _DAY), None)
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
        that = find_that(view, word.id)
        acting = subjects(view, word.id, inherited=False)
        named = {a for entity in (*acting, *view.between(word.id + 1, that)) for a in entity.actors}
        goes_on = not acting and _goes_on(view, word.id, speakers)
        if not goes_on and not any(a in speakers or bodies & {a.key, *a.represents} for a in named):
            return True, None
        return True, _first_day(view, view.word(that - 1).end, document)
    return False, None


def _first_day(view: SentenceView, end: int, document: Document) -> TimeExpression | None:
    """The first day that a sentence names before some character; a month that stands before it says something else ("who
    presides over the council *this month*, said on Thursday")."""
    times = find_times(document.text, view.sentence.begin, end, document.published, tense="past")
    dated = [time for time in times if time.start_date]
    return next((time for time in dated if len(time.start_date or "") == _DAY), next(iter(dated), None))


def _goes_on(view: SentenceView, verb: int, speakers: set[Actor]) -> bool:
    """Whether a verb of saying without a party for its subject goes on with what one of some speakers said: it has none ("*And
    (she) said* today that …"), or a part of his name that no list knows."""
    known = {part for actor in speakers for part in fold(actor.label_ar).split()}
    children = view.sentence.children.get(verb, ())
    named = [child.id for child in children if child.deprel.startswith("nsubj") and child.upos != "PRON"]
    return not has_unnamed_subject(view, verb) and all(view.forms[id - 1] in known for id in named)


def find_that(view: SentenceView, verb: int) -> int:
    """Where what is said begins, after a verb of saying and all that stands between ("the envoy, *who presides over* the
    council, said to reporters *on Thursday* | that"); the end of its clause if nothing tells."""
    for id in range(verb + 1, len(view.words) + 1):
        if view.word(id).upos == "SCONJ" or view.forms[id - 1] in view.lexicon.colons | {'"'}:
            return id
        if view.forms[id - 1] in view.lexicon.marks:
            break
    return view.clause_end(verb)


def _says_when(view: SentenceView) -> int:
    """The verb by which a sentence says of what was just told where or when it was said, 0 if it does not ("*the threat came* in a statement on
    Saturday", "*these words* of his *came* on Sunday evening", "it came *in the statement* issued on Saturday")."""
    verbs = view.find(view.lexicon.stating, 1, 4)
    if not verbs:
        return 0
    nouns = view.find(view.lexicon.stated | view.lexicon.issued, verbs[0] + 1, verbs[0] + _SPEECH_WORDS)
    return verbs[0] if nouns and not any(map(view.is_verb, range(verbs[0] + 1, nouns[0]))) else 0
