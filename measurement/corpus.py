"""Random samples of the newspaper articles in ../shared/articles, for measurements."""

from __future__ import annotations

import gzip
import io
import json
import random
from pathlib import Path

from diplograph.model import Document
from diplograph.sources import read_sources

SHARED = Path(__file__).parents[2] / "shared" / "articles"


def sample(count: int, *, seed: int, name: str = "corpus") -> list[Document]:
    """So many articles of ``corpus`` or ``background``, as documents, in the order that the seed gives."""
    with gzip.open(SHARED / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    random.Random(seed).shuffle(records)
    lines = "\n".join(json.dumps(record) for record in records[:count])
    results = read_sources(["-"], stdin=io.BytesIO(lines.encode()))
    return [result for result in results if isinstance(result, Document)]
