"""Why a text has the mentions that it has: what every trigger found, and what the near misses lacked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from diplograph.frames.arguments import Argument, lacking
from diplograph.frames.matching import Matcher
from diplograph.frames.schema import Frame, Trigger
from diplograph.frames.triggers import Firing, find_candidates, find_governor, unmet
from diplograph.frames.view import SentenceView
from diplograph.linking import Gazetteer
from diplograph.model import Mention, ParsedDocument


@dataclass(frozen=True, slots=True)
class TracedArgument:
    """A phrase that a rule took for a role: its span in the text, whom it means, and the rule."""

    role: str
    begin: int
    end: int
    text: str
    means: tuple[str, ...]
    rule: str


@dataclass(frozen=True, slots=True)
class TracedEntity:
    """A phrase that was linked: its span, how it was read (name, title, demonym …), whom or what it means."""

    begin: int
    end: int
    text: str
    how: str
    means: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One trigger at one of its words.

    ``outcome`` is "mention" (it made ``mentions``), "fired" (its words are all there, but what it needs beside them is
    not: ``lacks``), "covered" (another trigger of its frame had this word before it) or "near" (``lacks`` says which of
    its conditions do not hold).
    """

    event_class: str
    trigger: str
    begin: int
    end: int
    text: str
    outcome: str
    governor: str = ""
    lacks: tuple[str, ...] = ()
    arguments: tuple[TracedArgument, ...] = ()
    mentions: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True)
class SentenceTrace:
    """A sentence with its linked phrases and all the attempts of the frames, the successful ones first."""

    begin: int
    end: int
    text: str
    entities: tuple[TracedEntity, ...]
    attempts: tuple[Attempt, ...]


_ORDER = ("mention", "fired", "covered", "near")


def trace_sentences(
    parsed: ParsedDocument, frames: Sequence[Frame], gazetteer: Gazetteer
) -> tuple[SentenceTrace, ...]:
    """What the frames tried in each sentence of a document. The mentions are those of `find_mentions`."""
    matcher = Matcher(parsed, frames, gazetteer)
    return tuple(_trace(matcher, view) for view in matcher.views)


def _trace(matcher: Matcher, view: SentenceView) -> SentenceTrace:
    attempts = [attempt for frame in matcher.frames for attempt in _attempts(matcher, view, frame)]
    attempts.sort(key=lambda attempt: (_ORDER.index(attempt.outcome), len(attempt.lacks), attempt.begin))
    sentence, text = view.sentence, matcher.text
    entities = tuple(
        TracedEntity(
            entity.begin,
            entity.end,
            text[entity.begin : entity.end],
            entity.how,
            tuple(thing.label_en or thing.label_ar for thing in (*entity.actors, entity.place) if thing),
        )
        for entity in view.entities
    )
    return SentenceTrace(
        sentence.begin, sentence.end, text[sentence.begin : sentence.end], entities, tuple(attempts)
    )


def _attempts(matcher: Matcher, view: SentenceView, frame: Frame) -> Iterator[Attempt]:
    taken: set[int] = set()
    for trigger, anchor in find_candidates(view, frame):
        governor = find_governor(view, trigger, anchor) if trigger.governors else 0
        lacks = tuple(unmet(view, trigger, anchor, governor, matcher.vocabulary))
        attempt = _Outcome(matcher, view, frame, trigger, anchor, governor)
        if lacks:
            yield attempt.tell("near", lacks)
        elif anchor in taken:
            yield attempt.tell("covered")
        else:
            told = attempt.read()
            if told.outcome == "mention":
                taken.add(anchor)
            yield told


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of a trigger at a word."""

    matcher: Matcher
    view: SentenceView
    frame: Frame
    trigger: Trigger
    anchor: int
    governor: int

    def tell(
        self,
        outcome: str,
        lacks: tuple[str, ...] = (),
        arguments: Sequence[Argument] = (),
        mentions: Sequence[Mention] = (),
    ) -> Attempt:
        word, text = self.view.word(self.anchor), self.matcher.text
        return Attempt(
            self.frame.event_class,
            f"{self.frame.file}/{self.trigger.id}",
            word.begin,
            word.end,
            text[word.begin : word.end],
            outcome,
            self.view.word(self.governor).form if self.governor else "",
            lacks,
            tuple(_argument(text, argument) for argument in arguments),
            tuple(mentions),
        )

    def read(self) -> Attempt:
        """A trigger whose words are all there: its arguments, and the mentions they make or what they lack."""
        firing = Firing(self.frame, self.trigger, self.anchor, self.governor)
        arguments = self.matcher.arguments(self.view, firing)
        lacks = tuple(lacking(firing, arguments))
        mentions = self.matcher.read(self.view, firing)
        if not mentions and not lacks:
            few = (
                f"fewer than {self.trigger.minimum} parties"
                if self.trigger.minimum
                else "no parties that fit"
            )
            lacks = (few,)
        return self.tell("mention" if mentions else "fired", lacks, arguments, mentions)


def _argument(text: str, argument: Argument) -> TracedArgument:
    entity = argument.entity
    means = tuple(actor.label_en or actor.label_ar for actor in entity.actors)
    return TracedArgument(
        argument.role, entity.begin, entity.end, text[entity.begin : entity.end], means, argument.rule
    )
