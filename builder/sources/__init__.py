"""Files become documents: text, HTML, JSON Lines, directories and standard input, without page furniture."""

from diplograph.sources.blocks import find_blocks
from diplograph.sources.reading import is_conllu, read_located, read_sources

__all__ = ["find_blocks", "is_conllu", "read_located", "read_sources"]
