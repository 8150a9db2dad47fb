"""When an event likely was, where no rule says so.

"*On Thursday evening* the two sides announced … *They had been warned* of sanctions": the time of an event may stand behind other
clauses, or sentences away. So where the rules of times.py, speech.py and story.py find none, a logistic model is asked about
every time that the sentence of an event, those beside it and the first one name: by where it stands, how precise it is, what
governs it and what lies between. ``make weights`` fits the weights (measurement/moments.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from diplograph.frames.counting import is_commemorated, is_deadline, is_of_other_noun
from diplograph.frames.logistic import Feature, load_model
from diplograph.frames.schema import Frame, Likely
from diplograph.frames.spans import EventSpan, find_span, word_at
from diplograph.frames.speech import find_that
from diplograph.frames.tense import is_imperfect
from diplograph.frames.triggers import find_firings
from diplograph.frames.view import SentenceView, find_first
from diplograph.model import Document, LikelyTime, Mention, TimeExpression
from diplograph.temporal import find_times

_STEP, _FURTHEST = 4, 6  # words of a step of distance, and how many steps are told apart
_STRETCH = 8  # words of a step from the beginning of another sentence
_MOST = 3  # times, verbs or events that are counted, at most
_OPENING = 6  # words from the beginning of a sentence within which its first verb says what it does
_PRECISION = {4: "year", 7: "month", 10: "day"}


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A mention of an event, its frame and its stretch of a sentence, and all the mentions of the document."""

    view: SentenceView
    span: EventSpan
    frame: Frame
    mention: Mention
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """A time that may be that of an event, in its sentence, and where that is from the event: ``before`` or ``after`` it, in the
    ``previous`` sentence, the ``second`` before, the ``following`` or the ``first``; ``tenses`` are those in which it reads so."""

    view: SentenceView
    time: TimeExpression
    where: str
    tenses: frozenset[str]

    @property
    def id(self) -> int:
        """The word with which it begins."""
        return word_at(self.view, self.time.begin)

    @property
    def is_near(self) -> bool:
        """Whether it stands in the sentence of the event."""
        return self.where in ("before", "after")


def locate(
    mention: Mention,
    mentions: Sequence[Mention],
    views: Sequence[SentenceView],
    frames: Sequence[Frame],
    vocabulary: frozenset[str],
) -> Occurrence | None:
    """Where a mention stands among those of its document; None for one that its trigger made only in the place of another."""
    view = views[mention.sentence]
    begin = next(proof.begin for proof in mention.evidence if proof.aspect == "trigger")
    for frame in frames:
        for firing in find_firings(view, frame, vocabulary) if frame.file == mention.frame else ():
            if firing.trigger.id == mention.trigger and view.word(firing.anchor).begin == begin:
                return Occurrence(view, find_span(view, firing), frame, mention, tuple(mentions))
    return None


def date_likely(
    mentions: Sequence[Mention],
    views: Sequence[SentenceView],
    frames: Sequence[Frame],
    vocabulary: frozenset[str],
    document: Document,
) -> Iterator[Mention]:
    """The mentions of a document, those that no rule dates with the time that is likeliest theirs."""
    asked = {frame.file: frame.likely_time for frame in frames}
    for mention in mentions:
        likely = None if mention.values.start_date else asked[mention.frame]
        occurrence = locate(mention, mentions, views, frames, vocabulary) if likely else None
        found = find_likely_time(occurrence, likely, document) if likely and occurrence else None
        yield replace(mention, likely_time=found) if found else mention


def list_moments(occurrence: Occurrence, document: Document) -> list[Moment]:
    """The times that the sentence of an event and those around it name, in this order; for an utterance not those of what
    somebody else says ("Canada threatened Peru. *The analyst said yesterday* …")."""
    view, anchor = occurrence.view, occurrence.span.anchor
    before = view.previous
    around = [
        ("own", view),
        ("previous", before),
        ("second", before.previous if before else None),
        ("following", view.following),
        ("first", find_first(view)),
    ]
    found: list[Moment] = []
    seen: list[SentenceView] = []
    for where, other in around:
        if other is None or other in seen:
            continue
        seen.append(other)
        said = occurrence.frame.status and other is not view and _find_saying(other)
        if not said or _shares(occurrence, other, find_that(other, said)):
            found.extend(_list_times(other, where, anchor, document))
    return found


def _list_times(view: SentenceView, where: str, anchor: int, document: Document) -> Iterator[Moment]:
    read: dict[TimeExpression, set[str]] = {}
    for tense in ("past", "future"):
        for time in find_times(
            document.text, view.sentence.begin, view.sentence.end, document.published, tense=tense
        ):
            if time.start_date and not _is_of_something_else(view, time):
                read.setdefault(time, set()).add(tense)
    for time, tenses in read.items():
        at = where
        if where == "own":
            at = "before" if word_at(view, time.begin) < anchor else "after"
        yield Moment(view, time, at, frozenset(tenses))


def _is_of_something_else(view: SentenceView, time: TimeExpression) -> bool:
    """Whether a time says until or since when something goes on ("detained *since 2019*"), what is celebrated, or which treaty is
    meant."""
    id = word_at(view, time.begin)
    since = any(view.forms[at - 1] in view.lexicon.since for at in (id, id - 1) if at)
    return since or is_deadline(view, id) or is_commemorated(view, id) or is_of_other_noun(view, id)


def find_likely_time(occurrence: Occurrence, asked: Likely, document: Document) -> LikelyTime | None:
    """The likeliest time of an event, None where no time is as likely as is asked."""
    moments = list_moments(occurrence, document)
    model = load_model(asked.model)
    found = [
        LikelyTime(moment.time, model.estimate(describe(occurrence, moment, moments, document.published)))
        for moment in moments
    ]
    likeliest = max(found, key=lambda each: each.likely, default=None)
    return likeliest if likeliest and likeliest.likely >= asked.least else None


def describe(
    occurrence: Occurrence, moment: Moment, moments: Sequence[Moment], published: str | None
) -> frozenset[Feature]:
    """What the model looks at: no names, no dates, but how a time lies to the day of writing and to its event."""
    home, anchor = occurrence.view, occurrence.span.anchor
    start, where = moment.time.start_date or "", moment.where
    status = occurrence.mention.values.status
    beside = {other.time.start_date for other in moments if other.view is moment.view}
    relation = _relate(start, published)
    said = any(home.is_one_of(at, home.lexicon.reporting) for at in range(1, anchor))
    earlier = any(home.is_one_of(at, home.lexicon.auxiliary) for at in range(1, anchor))
    features = {
        ("where", where),
        ("class", f"{where} {occurrence.mention.values.event_class}"),
        ("status", f"{where} {status}"),
        ("relation", f"{relation} {status}"),
        ("relation where", f"{relation} {where}"),
        ("tense", f"{' '.join(sorted(moment.tenses))} {status}"),
        ("precision", f"{where} {_PRECISION.get(len(start), '-')} {bool(moment.time.end_date)}"),
        ("beside", f"{where} {min(len(beside), _MOST)}"),
        ("alone", str(len({other.time.start_date for other in moments}) == 1)),
        ("repeated", f"{where} {sum(other.time.start_date == start for other in moments) > 1}"),
        ("anchor", f"{'near' if moment.is_near else where} {home.forms[anchor - 1]}"),
        ("verbal", f"{where} {home.is_verb(anchor)}"),
        ("direct", f"{where} {occurrence.span.direct} {bool(occurrence.span.verb)}"),
        ("said", f"{where} {said}"),
        ("earlier", f"{where} {earlier}"),
    }
    described = (
        _describe_near(occurrence, moment) if moment.is_near else _describe_far(occurrence, moment, moments)
    )
    return frozenset(features.union(_describe_word(moment), _describe_taken(occurrence, moment), described))


def _describe_taken(occurrence: Occurrence, moment: Moment) -> Iterator[Feature]:
    """Whether a rule has given a time to other events, and how like ours they are."""
    mention, time = occurrence.mention, moment.time
    takers = [
        other
        for other in occurrence.mentions
        if any(
            proof.aspect == "startDate" and proof.begin < time.end and time.begin < proof.end
            for proof in other.evidence
        )
    ]
    yield "taken", f"{moment.where} {bool(takers)}"
    if takers:
        alike = any(other.frame == mention.frame for other in takers)
        shared = any(not _keys(other).isdisjoint(_keys(mention)) for other in takers)
        same = any(other.values.status == mention.values.status for other in takers)
        yield "taken class", f"{moment.where} {alike}"
        yield "taken parties", f"{moment.where} {shared}"
        yield "taken status", f"{moment.where} {same}"
        yield "taken alike", f"{alike} {shared} {same}"


def _find_saying(view: SentenceView) -> int:
    """The verb of saying with which a sentence opens, 0 if it does not tell what somebody says."""
    opening = view.words[:_OPENING]
    return next((word.id for word in opening if view.is_one_of(word.id, view.lexicon.reporting)), 0)


def _shares(occurrence: Occurrence, view: SentenceView, end: int) -> bool:
    """Whether a sentence names a party of an event before some word."""
    told = {actor.key for entity in view.between(1, end) for actor in entity.actors}
    return not _keys(occurrence.mention).isdisjoint(told)


def _keys(mention: Mention) -> set[str]:
    """The keys of the parties of an event, and of those they speak for."""
    return {key for filler in mention.values.fillers for key in (filler.actor.key, *filler.actor.represents)}


def _describe_word(moment: Moment) -> Iterator[Feature]:
    """How a time stands in its sentence."""
    view, where, id = moment.view, moment.where, moment.id
    word, verb = view.word(id), view.verb_before(id)
    yield "form", view.forms[id - 1]
    yield "preposition", f"{where} {view.forms[id - 2] if id > 1 and not view.entity_at(id - 1) else '-'}"
    yield "deprel", f"{where} {word.deprel}"
    if word.head and not view.entity_at(word.head):
        yield "governor", f"{word.deprel} {view.lemmas[word.head - 1]}"
    if verb:
        yield "verb", f"{where} {view.lemmas[verb - 1]}"
        yield "says", f"{where} {view.is_one_of(verb, view.lexicon.reporting)}"
        yield "imperfect", f"{where} {is_imperfect(view, verb)}"
    opening = next((word.id for word in view.words[:_OPENING] if view.is_verb(word.id)), 0)
    if opening:
        yield "opening", f"{where} {view.is_one_of(opening, view.lexicon.reporting)}"


def _describe_near(occurrence: Occurrence, moment: Moment) -> Iterator[Feature]:
    """How a time lies to an event of its own sentence, and what stands between."""
    view, where, id, span = moment.view, moment.where, moment.id, occurrence.span
    first, last = sorted((id, span.anchor))
    between = range(first + 1, last)
    others = [other for other in view.anchors if other != span.anchor]
    counts = {
        "anchors": len(others),
        "others": sum(first < other < last for other in others),
        "verbs": sum(view.is_verb(at) for at in between),
        "commas": sum(view.forms[at - 1] in view.lexicon.commas for at in between),
    }
    for kind, count in counts.items():
        yield kind, f"{where} {min(count, _MOST)}"
    verb = view.verb_before(id)
    says = bool(verb) and view.is_one_of(verb, view.lexicon.reporting)
    that = any(view.word(at).upos == "SCONJ" for at in between)
    distance = min((last - first) // _STEP, _FURTHEST)
    yield "distance", f"{where} {distance}"
    yield "distance verbs", f"{where} {distance} {min(counts['verbs'], _MOST)}"
    yield "that", f"{where} {that}"
    yield "says that", f"{where} {says} {that}"
    yield "says class", f"{where} {says} {occurrence.mention.values.event_class}"
    yield "relative", f"{where} {any(view.forms[at - 1] in view.lexicon.relative for at in between)}"
    yield "clause", f"{where} {span.clause_begin <= id < span.clause_end}"
    yield "phrase", f"{where} {span.anchor < id < span.phrase_end}"
    yield "nearest", f"{where} {all(abs(id - other) >= last - first for other in others)}"
    yield "same verb", f"{where} {bool(span.verb) and verb == span.verb}"


def _describe_far(occurrence: Occurrence, moment: Moment, moments: Sequence[Moment]) -> Iterator[Feature]:
    """How a time of another sentence lies to an event."""
    view, where = moment.view, moment.where
    shared, says = _shares(occurrence, view, len(view.words) + 1), bool(_find_saying(view))
    yield "anchors", f"{where} {min(len(view.anchors), _MOST)}"
    yield "shared", f"{where} {shared}"
    yield "says shared", f"{where} {says} {shared} {occurrence.mention.values.event_class}"
    yield "own dated", f"{where} {any(other.is_near for other in moments)}"
    yield "length", f"{where} {min(moment.id // _STRETCH, _FURTHEST)}"


def _relate(start: str, published: str | None) -> str:
    """How a date lies to the day of writing."""
    if not published:
        return "unknown"
    told = published[: len(start)]
    return "ahead" if start > told else "same" if start == told else "past"
