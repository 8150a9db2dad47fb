"""Articles → text as the models see it: one sentence a line, words split as the treebank splits them.

The tagger and the parser get the words of multi-word tokens apart (و قال, ل ه), so vectors and character language
models must have seen them so too. Running the tokenizer over 17 million words takes hours. A token is nearly always
split in the same way, so it is looked up (``segmentation`` says how each is split), whatever stands around it.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from diplograph.model import Block, Document
from diplograph.parsing.segments import to_segments

TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_\u064b]+(?:\u064b[^\W\d_]*)?|\S")
"""Numbers, words (tanwin belongs to them), and every other sign by itself."""


def write_sentences(articles: list[Path], output: Path) -> None:
    """The articles' sentences, cut and cleaned as ``diplograph build`` does it, one a line."""
    with output.open("w", encoding="utf-8") as file:
        for path in articles:
            for text in _read_texts(path):
                document = Document("d", text, blocks=(Block(0, len(text)),))
                for segment in to_segments(document):
                    file.write(segment.text + "\n")


def _read_texts(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["text"]


def split_sentences(
    sentences: Path, splits: Mapping[str, Sequence[str]], output: Path, *, seed: int = 1
) -> None:
    """Writes the sentences with their words apart by single spaces, shuffled by ``seed``."""
    lines = []
    with sentences.open(encoding="utf-8") as file:
        for line in file:
            lines.append(" ".join(" ".join(splits.get(token, (token,))) for token in TOKEN.findall(line)))
    random.Random(seed).shuffle(lines)
    output.write_text("\n".join(lines) + "\n", encoding="utf-8")


def count_tokens(sentences: Path) -> Counter[str]:
    """How often each token stands in the articles, before anything is split."""
    counts: Counter[str] = Counter()
    with sentences.open(encoding="utf-8") as file:
        for line in file:
            counts.update(TOKEN.findall(line))
    return counts


def count_words(words: Path) -> Counter[str]:
    """How often each word stands in a text whose words are apart."""
    counts: Counter[str] = Counter()
    with words.open(encoding="utf-8") as file:
        for line in file:
            counts.update(line.split())
    return counts
