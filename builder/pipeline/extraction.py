"""What a build reads reports with: the interface, and the frames behind it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from diplograph.model import Actor, Document, EventReport, Judgement, ParsedDocument, Sifted

if TYPE_CHECKING:
    from diplograph.frames import Prospector


class Extractor(Protocol):
    """Reads reports off a parse. Equal fingerprints promise equal results."""

    @property
    def fingerprint(self) -> str:
        """The hash of all the data that decides what is extracted."""
        ...

    def extract(self, parsed: ParsedDocument) -> tuple[EventReport, ...]:
        """The reports of a document, numbered from 1 in the order of the text."""
        ...

    def sift(self, document: Document) -> Sifted:
        """The segments that can hold an event, told before they are parsed; that none can is a promise."""
        ...

    def judge(self, part: ParsedDocument, sifted: Sifted, *, last: bool = False) -> Judgement:
        """What can come of a document of which these sentences are known, the last ones to be parsed for this or not; that
        nothing can is a promise."""
        ...

    def describe(self, key: str) -> Actor | None:
        """The actor with this key, None when it is not known."""
        ...


class FrameExtractor:
    """The extractor of diplograph: frames over the trees, names linked with the gazetteer.

    Frames, lexicon and gazetteer are read when it is made. Raises DataError when one of them is wrong.
    """

    def __init__(self) -> None:
        from diplograph.frames import extractor_fingerprint, load_frames
        from diplograph.linking import load_gazetteer

        self._gazetteer = load_gazetteer()
        self._frames = load_frames()
        self._fingerprint = extractor_fingerprint()

    @property
    def fingerprint(self) -> str:
        """The hash of frames, lexicon and gazetteer."""
        return self._fingerprint

    def extract(self, parsed: ParsedDocument) -> tuple[EventReport, ...]:
        """The reports that the frames find in a document."""
        from diplograph.events import to_reports
        from diplograph.frames import find_mentions

        return to_reports(parsed, find_mentions(parsed, self._frames, self._gazetteer))

    def sift(self, document: Document) -> Sifted:
        """The segments that have words of an event, as the frames list them."""
        from diplograph.frames import load_sieve

        return load_sieve().sift(document)

    def judge(self, part: ParsedDocument, sifted: Sifted, *, last: bool = False) -> Judgement:
        """Whether the frames see a report in these sentences, or something that the others might make one."""
        return self._prospector.judge(part, sifted, last=last)

    @cached_property
    def _prospector(self) -> Prospector:
        from diplograph.events import to_reports
        from diplograph.frames import Prospector

        return Prospector(self._frames, self._gazetteer, to_reports)

    def __reduce__(self) -> tuple[type[FrameExtractor], tuple[()]]:
        """Another process reads the data anew, which is quicker than to send them."""
        return FrameExtractor, ()

    def describe(self, key: str) -> Actor | None:
        """The gazetteer's actor with this key."""
        entry = self._gazetteer.entries.get(key)
        return entry.actor if entry else None
