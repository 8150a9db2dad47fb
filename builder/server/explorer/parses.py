"""The parse of a sentence, from the parse cache of the machine. Nothing is parsed here: that takes seconds and hundreds of
megabytes, and would be in the way of everybody's queries.

A store holds the hash of a document's text and who parsed it, and by these two the cache finds the parse.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from diplograph.model import ParserIdentity, Sentence
from diplograph.parsing import ParseCache, default_cache_directory


async def read_parse(text_hash: str, parser: ParserIdentity, offset: int) -> dict[str, Any] | None:
    """The sentence at an offset (code points) of a text, or the next one (datelines and the like are in none), with its
    words; None where there is none, or the cache has no parse."""
    sentences = await asyncio.to_thread(_sentences, text_hash, parser)
    found = next((sentence for sentence in sentences if offset < sentence.end), None)
    if found is None:
        return None
    return {"begin": found.begin, "end": found.end, "words": [asdict(word) for word in found.words]}


@lru_cache(maxsize=4)
def _sentences(text_hash: str, parser: ParserIdentity) -> tuple[Sentence, ...]:
    return ParseCache(default_cache_directory()).find(text_hash, parser) or ()
