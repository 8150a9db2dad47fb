"""Frames: how Arabic says that something happened. Loads and validates them, and matches them against parses."""

import hashlib
from pathlib import Path

from diplograph.frames.cues import APART, NUMBER
from diplograph.frames.matching import find_mentions
from diplograph.frames.prospects import Prospector
from diplograph.frames.schema import Frame, Trigger, load_frames, read_frame
from diplograph.frames.sieve import load_sieve
from diplograph.frames.tracing import Attempt, SentenceTrace, trace_sentences
from diplograph.resources import locate

__all__ = [
    "APART",
    "NUMBER",
    "Attempt",
    "Frame",
    "Prospector",
    "SentenceTrace",
    "Trigger",
    "extractor_fingerprint",
    "find_mentions",
    "load_frames",
    "load_sieve",
    "read_frame",
    "trace_sentences",
]


_CODE = ("temporal", "linking", "frames", "events")


def extractor_fingerprint() -> str:
    """A hash of all that extraction depends on beside the parse: frames, lexicon, gazetteer and the code that reads
    them, so that a document is read anew when any of it has changed."""
    code = Path(__file__).parent.parent
    paths = [
        *locate("ontology", "frames").glob("*.toml"),
        *locate("ontology", "lexicon").glob("*.*"),
        *locate("seeds").glob("*.tsv"),
        *(path for package in _CODE for path in (code / package).glob("*.py")),
    ]
    digest = hashlib.sha256()
    for path in sorted(paths, key=lambda path: (path.parent.name, path.name)):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
