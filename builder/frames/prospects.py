"""Whether anything can come of a document, told from the parses of some of its sentences.

The sieve knows words; that a meeting is one of leaders, and not in the same sentence as a leader by chance, is for a
tree to say. So of a document first those sentences are parsed that the sieve names, and read by frames that ask for less
than they do otherwise: what context may supply (the other leader, whom a pronoun means) is not asked for. A document
where even they find nothing has no report, and the rest of it is not parsed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from diplograph.frames.matching import Matcher
from diplograph.frames.schema import Frame, Trigger
from diplograph.frames.triggers import find_firings
from diplograph.linking import Gazetteer, load_titles
from diplograph.model import ParsedDocument


class Prospector:
    """Reads parts of documents with the frames, loosely."""

    def __init__(self, frames: Sequence[Frame], gazetteer: Gazetteer) -> None:
        self._frames = [
            replace(frame, triggers=tuple(_loosen(t) for t in frame.triggers if not t.anaphoric))
            for frame in frames
        ]
        self._gazetteer = gazetteer
        self._groups = frozenset(" ".join(words) for words in load_titles().groups)

    def is_promising(self, part: ParsedDocument) -> bool:
        """Whether sentences of a document may tell of an event: one is found, or a trigger fires in a sentence with a word
        for parties that only the text before can name ("the two men discussed by telephone …")."""
        matcher = Matcher(part, self._frames, self._gazetteer)
        for view in matcher.views:
            several = bool(view.find(self._groups, 1, len(view.words) + 1))
            for frame in self._frames:
                for firing in find_firings(view, frame, matcher.vocabulary):
                    if several or matcher.read(view, firing):
                        return True
        return False


def _loosen(trigger: Trigger) -> Trigger:
    """A trigger that is content with one party and one leader, and asks nothing of the rest of the document."""
    return replace(
        trigger,
        minimum=min(trigger.minimum or 0, 1),
        leaders=min(trigger.leaders, 1),
        near=tuple(near for near in trigger.near if near.scope != "document"),
        unless=tuple(near for near in trigger.unless if near.scope != "document"),
    )
