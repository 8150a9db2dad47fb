"""Articles → text as the models see it: one sentence a line, words split as the treebank splits them.

The tagger and the parser get the words of multi-word tokens apart (و قال, ل ه), so vectors and character language
models must have seen them so too. Running the tokenizer over 17 million words takes hours. A token is nearly always
split in the same way, so each type is split once, in a context it occurs in, and the answer is used everywhere.
"""

from __future__ import annotations

import gzip
import json
import logging
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from diplograph.model import Block, Document
from diplograph.parsing.segments import to_segments
from training.models import load_pipeline

log = logging.getLogger(__name__)

TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_\u064b]+(?:\u064b[^\W\d_]*)?|\S")
"""Numbers, words (tanwin belongs to them), and every other sign by itself."""

RARE = 3
"""Types that occur less often stay whole: their splits are guesses, and few tokens are concerned."""


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


def split_sentences(sentences: Path, output: Path, models: Path, *, seed: int = 1) -> None:
    """Writes the sentences with their words apart by single spaces, shuffled by ``seed``.

    ``models`` is the directory of a Stanza model whose tokenizer and expander do the splitting.
    """
    contexts, counts = _collect_types(sentences)
    frequent = [
        token for token, count in counts.items() if count >= RARE and token.isalpha() and len(token) > 2
    ]
    log.info("%d types, %d to be split", len(counts), len(frequent))
    splits = _split_types([contexts[token] for token in frequent], models)
    lines = []
    with sentences.open(encoding="utf-8") as file:
        for line in file:
            lines.append(" ".join(splits.get(token, token) for token in TOKEN.findall(line)))
    random.Random(seed).shuffle(lines)
    output.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _collect_types(sentences: Path) -> tuple[dict[str, tuple[str, str, str]], Counter[str]]:
    """Each token with the neighbours of one of its first occurrences, and how often each occurs."""
    contexts: dict[str, tuple[str, str, str]] = {}
    counts: Counter[str] = Counter()
    with sentences.open(encoding="utf-8") as file:
        for line in file:
            tokens = TOKEN.findall(line)
            counts.update(tokens)
            for before, token, after in zip(["", *tokens], tokens, [*tokens[1:], ""], strict=False):
                if token not in contexts:
                    contexts[token] = (before, token, after)
    return contexts, counts


def _split_types(contexts: list[tuple[str, str, str]], models: Path) -> dict[str, str]:
    """The words of the token in the middle of each context, joined by spaces, where they are several."""
    pipeline = load_pipeline(models, "tokenize,mwt", tokenize_no_ssplit=True)
    splits = {}
    for start in range(0, len(contexts), 2000):
        batch = contexts[start : start + 2000]
        document = pipeline("\n\n".join(" ".join(filter(None, context)) for context in batch))
        for (before, token, _), sentence in zip(batch, document.sentences, strict=True):
            found = [t for t in sentence.tokens if t.text == token]
            position = 1 if before == token and len(found) > 1 else 0
            if found and len(found[position].words) > 1:
                splits[token] = " ".join(word.text for word in found[position].words)
    return splits
