"""What can come of a document, told from the parses of some of its sentences.

The sieve knows words; that a meeting is one of leaders, and not in the same sentence as a leader by chance, is for a
tree to say. So of a document first those sentences are parsed that the sieve names, and read by the frames. Where they
find nothing, frames read them that ask for less: what context may supply (the other leader, whom a pronoun or a surname
means) is not asked for. Where even they find nothing, the document has no report; where only they do, the sentences
before decide, and those that say in full who is meant. What a trigger asks of the rest of the document no part can
tell; that is left to the sieve, which has all of its words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from diplograph.arabic import fold
from diplograph.frames.matching import Matcher
from diplograph.frames.schema import WIDE, Frame, Trigger
from diplograph.frames.sieve import Sieve
from diplograph.frames.speech import goes_on_saying
from diplograph.frames.triggers import Firing, find_firings
from diplograph.frames.view import SentenceView
from diplograph.linking import Gazetteer, load_titles
from diplograph.linking.overview import SHORTEST_NAME
from diplograph.linking.tokens import load_clitics, readings
from diplograph.model import Mention, ParsedDocument, Prospect
from diplograph.parsing import Segment, to_segments

_WORD = re.compile(r"[^\W_]+")
_NAMES = frozenset({"PROPN", "X"})  # how names are tagged; foreign ones mostly as X
_TELLING = 2  # sentences with a name, the first ones, of which one gives it in full; headlines often do not


class Prospector:
    """Reads parts of documents with the frames, as they are and loosely."""

    def __init__(self, frames: Sequence[Frame], gazetteer: Gazetteer, sieve: Sieve) -> None:
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
        self._sieve = sieve
        bodies = load_titles().phrases("anaphors.organization")
        article = load_clitics().article
        self._groups = frozenset(" ".join(words) for words in load_titles().groups)
        self._groups |= {article + body for body in bodies}  # "*the union* said that it will …"
        self._without_parties = frozenset(
            frame.file
            for frame in frames
            if not any(policy.lenient_minimum for policy in frame.roles.values())
        )

    def judge(self, part: ParsedDocument) -> Prospect:
        """What these sentences make of their document. It depends where a loose frame finds an event, or fires in a
        sentence with words for parties that only the rest of the text can name ("*the two men* discussed by telephone …",
        a surname)."""
        matcher = Matcher(part, self._loose, self._gazetteer)
        if not any(self._finds(matcher, view) for view in matcher.views):
            return Prospect.OPEN if self._find_names(matcher) else Prospect.NONE
        standing = self._sieve.find_triggers(part.document)
        strict = matcher.reading(
            [replace(frame, triggers=_among(frame.triggers, standing)) for frame in self._frames]
        )
        found = (mention for view in strict.views for mention in strict.find_in(view))
        return Prospect.REPORT if any(map(self._makes_report, found)) else Prospect.OPEN

    def find_names(self, part: ParsedDocument) -> tuple[int, ...]:
        """The numbers of the other segments of a document that may say in full who is meant by a name in these sentences."""
        return self._find_names(Matcher(part, self._loose, self._gazetteer))

    def _finds(self, matcher: Matcher, view: SentenceView) -> bool:
        """Whether the loose frames find an event in a sentence, or fire beside a word for several parties, or in what somebody
        goes on to say whom the text before may have named in full ("*And Miller added* that …")."""
        firings = list(self._fire(view))
        if firings and view.find(self._groups, 1, len(view.words) + 1):
            return True
        if firings and goes_on_saying(view):
            return True
        return any(matcher.has_parties(view, firing) for firing in firings)

    def _fire(self, view: SentenceView) -> Iterator[Firing]:
        nothing: frozenset[str] = frozenset()  # is asked of the document's words
        return (firing for frame in self._loose for firing in find_firings(view, frame, nothing))

    def _makes_report(self, mention: Mention) -> bool:
        """Whether a mention can be a report without others: one more round is none without the event that it takes its
        parties from, unless its own words mean some, or its frame may do without."""
        if "inherits" not in mention.cues or {"group", "implied"} & mention.cues:
            return True
        return not mention.values.fillers and mention.frame in self._without_parties

    def _find_names(self, matcher: Matcher) -> tuple[int, ...]:
        """The numbers of the segments, beyond the parsed sentences, that say more of the events in these."""
        firing = [view for view in matcher.views if next(self._fire(view), None) is not None]
        names = {name for view in firing for name in _unread_names(view)}
        weighed = {view.sentence.begin for view in firing if self._is_weighed(matcher, view)}
        if not (names or weighed):
            return ()
        segments = to_segments(matcher.parsed.document)
        begins = [view.sentence.begin for view in matcher.views]
        parsed = frozenset(_holding(segments, begins))
        around = {
            near for number in _holding(segments, weighed) for near in (0, max(number - 1, 0), number + 1)
        }
        around &= set(range(len(segments)))
        return tuple(sorted({*_naming(segments, names, parsed), *around} - parsed))

    def _is_weighed(self, matcher: Matcher, view: SentenceView) -> bool:
        """Whether what stands around a sentence tells what it is likely about, or who likely takes part."""
        weighing = self._weighing & self._sieve.find_triggers(matcher.parsed.document)
        return any(firing.trigger.id in weighing for firing in self._fire(view))


def _holding(segments: Sequence[Segment], begins: Collection[int]) -> Iterator[int]:
    """The numbers of the segments in which sentences begin."""
    for number, segment in enumerate(segments):
        first, last = segment.span(0, len(segment.text))
        if any(first <= begin < last for begin in begins):
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


def _among(triggers: Sequence[Trigger], ids: frozenset[str]) -> tuple[Trigger, ...]:
    """Those of some triggers that have one of these ids."""
    return tuple(trigger for trigger in triggers if trigger.id in ids)


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
