"""Parsing: :class:`~diplograph.model.Document` → :class:`~diplograph.model.ParsedDocument`.

This package is the only one that imports stanza, and only when a parser is first used. A parser is anything with an
``identity`` and a ``parse``; there are two: :class:`StanzaParser` for text and :class:`ConlluParser`, which replays
parses made elsewhere (and stands in for Stanza in tests).

>>> parsed, = read_conllu("1\\thello\\thello\\tINTJ\\t_\\t_\\t0\\troot\\t_\\t_\\n\\n")
>>> parsed.document.text[parsed.sentences[0].words[0].begin :]
'hello'
"""

from diplograph.parsing.cache import CachedParser, ParseCache, default_cache_directory
from diplograph.parsing.conllu import ConlluParser, read_conllu, split_documents, write_conllu
from diplograph.parsing.installed import ModelInfo, download_model, list_models
from diplograph.parsing.parser import BatchParser, Parser
from diplograph.parsing.segments import Segment, to_segments
from diplograph.parsing.stanza_parser import StanzaParser
from diplograph.parsing.tiling import tile

__all__ = [
    "BatchParser",
    "CachedParser",
    "ConlluParser",
    "ModelInfo",
    "ParseCache",
    "Parser",
    "Segment",
    "StanzaParser",
    "default_cache_directory",
    "download_model",
    "list_models",
    "read_conllu",
    "split_documents",
    "tile",
    "to_segments",
    "write_conllu",
]
