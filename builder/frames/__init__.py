"""Frames: how Arabic says that something happened. Loads and validates them, and matches them against parses."""

import hashlib

from diplograph.frames.matching import find_mentions
from diplograph.frames.schema import Frame, load_frames, read_frame
from diplograph.resources import locate

__all__ = ["Frame", "extractor_fingerprint", "find_mentions", "load_frames", "read_frame"]


def extractor_fingerprint() -> str:
    """A hash of all that extraction depends on beside the parse: frames, lexicon, gazetteer and the rules' own code."""
    digest = hashlib.sha256()
    rooms = [("ontology", "frames", "*.toml"), ("ontology", "lexicon", "*.toml"), ("seeds", "", "*.tsv")]
    for room, folder, pattern in rooms:
        for path in sorted(locate(room, *([folder] if folder else [])).glob(pattern)):
            digest.update(path.read_bytes())
    package = locate("ontology").parent
    del package
    return digest.hexdigest()[:16]
