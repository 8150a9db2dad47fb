"""Files become documents: text, HTML, JSON Lines, directories and standard input, without page furniture."""

from diplograph.sources.blocks import find_blocks
from diplograph.sources.reading import (
    clean_id,
    find_parses,
    is_conllu,
    read_located,
    read_sources,
    readable,
    restore,
)
from diplograph.sources.seen import Seen
from diplograph.sources.streams import MOST_BYTES, MOST_CHARACTERS, open_source, read_lines, too_large

__all__ = [
    "MOST_BYTES",
    "MOST_CHARACTERS",
    "Seen",
    "clean_id",
    "find_blocks",
    "find_parses",
    "is_conllu",
    "open_source",
    "read_lines",
    "read_located",
    "read_sources",
    "readable",
    "restore",
    "too_large",
]
