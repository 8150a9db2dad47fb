"""What can come of a document, told from the parses of some of its sentences.

The sieve knows words; that a meeting is one of leaders, and not in the same sentence as a leader by chance, is for a
tree to say. So of a document first those sentences are parsed that the sieve names, and read by the frames. Where they
find nothing, frames read them that ask for less: what context may supply (the other leader, whom a pronoun means) is not
asked for. Where even they find nothing, the document has no report; where only they do, the sentences before decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from diplograph.frames.matching import Matcher
from diplograph.frames.schema import WIDE, Frame, Trigger
from diplograph.frames.speech import goes_on_saying
from diplograph.frames.triggers import find_firings
from diplograph.frames.view import SentenceView
from diplograph.linking import Gazetteer, load_titles
from diplograph.model import ParsedDocument, Prospect


class Prospector:
    """Reads parts of documents with the frames, as they are and loosely."""

    def __init__(self, frames: Sequence[Frame], gazetteer: Gazetteer) -> None:
        self._frames = [
            replace(frame, triggers=tuple(trigger for trigger in frame.triggers if not trigger.anaphoric))
            for frame in frames
        ]
        self._loose = [replace(frame, triggers=tuple(map(_loosen, frame.triggers))) for frame in self._frames]
        self._gazetteer = gazetteer
        self._groups = frozenset(" ".join(words) for words in load_titles().groups)

    def judge(self, part: ParsedDocument) -> Prospect:
        """What these sentences make of their document. It depends where a loose frame finds an event, or fires in a
        sentence with a word for parties that only the text before can name ("*the two men* discussed by telephone …")."""
        matcher = Matcher(part, self._loose, self._gazetteer)
        if not any(self._finds(matcher, view) for view in matcher.views):
            return Prospect.NONE
        strict = matcher.reading(self._frames)
        found = (mention for view in strict.views for mention in strict.find_in(view))
        return Prospect.OPEN if next(found, None) is None else Prospect.REPORT

    def _finds(self, matcher: Matcher, view: SentenceView) -> bool:
        """Whether the loose frames find an event in a sentence, or fire beside a word for several parties, or in what somebody
        goes on to say whom the text before may have named in full ("*And Miller added* that …")."""
        nothing: frozenset[str] = frozenset()  # is asked of the document's words
        firings = [firing for frame in self._loose for firing in find_firings(view, frame, nothing)]
        if firings and view.find(self._groups, 1, len(view.words) + 1):
            return True
        if firings and goes_on_saying(view):
            return True
        return any(matcher.has_parties(view, firing) for firing in firings)


def _loosen(trigger: Trigger) -> Trigger:
    """A trigger that is content with one party and one leader, and asks nothing of the rest of the document."""
    return replace(
        trigger,
        minimum=min(trigger.minimum or 0, 1),
        leaders=min(trigger.leaders, 1),
        near=tuple(near for near in trigger.near if near.scope not in WIDE),
        unless=tuple(near for near in trigger.unless if near.scope not in WIDE),
    )
