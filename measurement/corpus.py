"""Random samples of the newspaper articles in ../shared/articles, for measurements."""

from __future__ import annotations

import gzip
import io
import random
from pathlib import Path

from diplograph.model import Document
from diplograph.sources import read_sources

SHARED = Path(__file__).parents[2] / "shared" / "articles"


def sample(count: int, *, seed: int, name: str = "corpus") -> list[Document]:
    """So many articles of ``corpus`` or ``background``, as documents, in the order that the seed gives."""
    return read(draw(count, seed=seed, name=name))


def draw(count: int, *, seed: int, name: str = "corpus") -> bytes:
    """The same articles as JSON Lines."""
    with gzip.open(SHARED / f"{name}.jsonl.gz", "rb") as file:
        lines = file.read().splitlines(keepends=True)
    random.Random(seed).shuffle(lines)
    return b"".join(lines[:count])


def read(lines: bytes) -> list[Document]:
    """The documents of JSON Lines; what is none is left out."""
    return [result for result in read_sources(["-"], stdin=io.BytesIO(lines)) if isinstance(result, Document)]
