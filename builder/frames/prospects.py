"""What can come of a document, told from the parses of some of its sentences.

The sieve knows words; that a meeting is one of leaders, and not in the same sentence as a leader by chance, is for a
tree to say. So of a document first those sentences are parsed that the sieve names, and read by the frames. Where they
find nothing, frames read them that ask for less: what context may supply (the other leader, whom a pronoun or a surname
means) is not asked for. Where even they find nothing, the document has no report; where only they do, the sentences
before decide, and those that say in full who is meant. What a trigger asks of the rest of the document no part can
tell; that is left to the sieve, which has all of its words, and only the triggers that it names are read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from diplograph.arabic import fold
from diplograph.frames.matching import Matcher
from diplograph.frames.schema import WIDE, Frame, Trigger
from diplograph.frames.speech import goes_on_saying
from diplograph.frames.triggers import Firing, find_firings
from diplograph.frames.view import SentenceView
from diplograph.linking import Gazetteer, load_titles
from diplograph.linking.overview import SHORTEST_NAME
from diplograph.linking.tokens import load_clitics, readings
from diplograph.model import EventReport, Judgement, Mention, ParsedDocument, Prospect, Sifted
from diplograph.parsing import Segment, to_segments

_WORD = re.compile(r"[^\W_]+")
_NAMES = frozenset({"PROPN", "X"})  # how names are tagged; foreign ones mostly as X
ToReports: TypeAlias = Callable[[ParsedDocument, Sequence[Mention]], Sequence[EventReport]]
"""Which reports mentions make."""

_TELLING = 2  # sentences with a name, the first ones, of which one gives it in full; headlines often do not


class Prospector:
    """Reads parts of documents with the frames, as they are and loosely."""

    def __init__(self, frames: Sequence[Frame], gazetteer: Gazetteer, to_reports: ToReports) -> None:
        self._frames = [
            replace(frame, triggers=tuple(_in_part(t) for t in frame.triggers if not t.anaphoric))
            for frame in frames
        ]
        self._loose = [replace(frame, triggers=tuple(map(_loosen, frame.triggers))) for frame in self._frames]
        self._weighing = frozenset(
            trigger.id
            for frame in frames
            for trigger in frame.triggers
            if trigger.likely or any(policy.likely for policy in frame.roles.values())
        )
        self._gazetteer = gazetteer
        self._to_reports = to_reports
        bodies = load_titles().phrases("anaphors.organization")
        article = load_clitics().article
        self._groups = frozenset(" ".join(words) for words in load_titles().groups)
        self._groups |= {article + body for body in bodies}  # "*the union* said that it will …"

    def judge(self, part: ParsedDocument, sifted: Sifted, *, last: bool = False) -> Judgement:
        """What these sentences make of their document, of which the sieve has named the triggers. It depends where a loose
        frame finds an event, or fires in a sentence with words for parties that only the rest of the text can name ("*the two
        men* discussed by telephone …", a surname). Where no more sentences will be parsed (``last``), only a report counts."""
        matcher = Matcher(part, self._frames, self._gazetteer)
        segments = to_segments(part.document)
        numbers = list(_find_segments(segments, matcher.views))
        views = [
            (view, sifted.triggers[number])
            for number, view in zip(numbers, matcher.views, strict=True)
            if number in sifted.triggers
        ]
        mentions = [
            mention
            for view, ids in views
            for mention in matcher.reading(_with(self._frames, ids)).find_in(view)
        ]
        if mentions and self._to_reports(part, mentions):
            return Judgement(Prospect.REPORT)
        if last:
            return Judgement(Prospect.NONE)
        fired = [
            (view, firings) for view, ids in views if (firings := list(_fire(view, _with(self._loose, ids))))
        ]
        further = self._find_further(segments, numbers, fired)
        if mentions or further or any(self._finds(matcher, view, firings) for view, firings in fired):
            return Judgement(Prospect.OPEN, further)
        return Judgement(Prospect.NONE)

    def _finds(self, matcher: Matcher, view: SentenceView, firings: Sequence[Firing]) -> bool:
        """Whether loose frames that fire find an event in a sentence, or stand beside a word for several parties, or what is
        uttered stands in what somebody goes on to say whom the text before may have named in full ("*And Miller added* that …")."""
        if view.find(self._groups, 1, len(view.words) + 1):
            return True
        if any(firing.frame.status for firing in firings) and goes_on_saying(view):
            return True
        return any(matcher.has_parties(view, firing) for firing in firings)

    def _find_further(
        self,
        segments: Sequence[Segment],
        numbers: Sequence[int],
        fired: Sequence[tuple[SentenceView, Sequence[Firing]]],
    ) -> tuple[int, ...]:
        """The numbers of the segments, beyond those that are parsed, that say more of the events for which triggers fired."""
        names = {name for view, _ in fired for name in _unread_names(view)}
        weighed = [
            numbers[view.sentence.index]
            for view, firings in fired
            if any(firing.trigger.id in self._weighing for firing in firings)
        ]
        around = {near for number in weighed for near in (0, number - 1, number + 1)} & set(
            range(len(segments))
        )
        parsed = frozenset(numbers)
        return tuple(sorted({*_naming(segments, names, parsed), *around} - parsed))


def _fire(view: SentenceView, frames: Sequence[Frame]) -> Iterator[Firing]:
    """What fires in a sentence, whatever is asked of the document's words."""
    nothing: frozenset[str] = frozenset()
    return (firing for frame in frames for firing in find_firings(view, frame, nothing))


def _find_segments(segments: Sequence[Segment], views: Sequence[SentenceView]) -> Iterator[int]:
    """The numbers of the segments that parsed sentences are of, both in the order of the text."""
    number = 0
    for view in views:
        while view.sentence.begin >= segments[number].span(0, len(segments[number].text))[1]:
            number += 1
        yield number


def _naming(segments: Sequence[Segment], names: Collection[str], parsed: Collection[int]) -> Iterator[int]:
    """The first segments with some names, beyond those that are parsed: there the text gives them in full."""
    seen: Counter[str] = Counter()
    for number, segment in enumerate(segments if names else ()):
        words = _WORD.findall(fold(segment.text))
        here = {reading.form for word in words for reading in readings(word)} & set(names)
        if number not in parsed and any(seen[name] < _TELLING for name in here):
            yield number
        seen.update(here)


def _unread_names(view: SentenceView) -> Iterator[str]:
    """The words of a sentence that are names by their tags, and not those of a state, a body or a leader: whose they are, and
    which office he has, the text may say elsewhere."""
    for word, form in zip(view.words, view.forms, strict=True):
        if word.upos in _NAMES and len(form) >= SHORTEST_NAME and form.isalpha():
            entity = view.entity_at(word.id)
            if entity is None or (entity.kind == "Person" and entity.how == "name" and not entity.leader):
                yield form


def _with(frames: Sequence[Frame], ids: frozenset[str]) -> list[Frame]:
    """Frames with those of their triggers that have one of these ids."""
    return [
        replace(frame, triggers=tuple(trigger for trigger in frame.triggers if trigger.id in ids))
        for frame in frames
    ]


def _in_part(trigger: Trigger) -> Trigger:
    """A trigger that asks nothing of the rest of the document, of which a part does not have the words."""
    return replace(
        trigger,
        near=tuple(near for near in trigger.near if near.scope not in WIDE),
        unless=tuple(near for near in trigger.unless if near.scope not in WIDE),
    )


def _loosen(trigger: Trigger) -> Trigger:
    """A trigger that is content with one party and one leader, and takes its subject for likely: what stands around it says
    more."""
    return replace(
        trigger, minimum=min(trigger.minimum or 0, 1), leaders=min(trigger.leaders, 1), likely=None
    )
