"""Sentence ends as newspapers write them: rules before the tokenizer against the tokenizer's own splitting.

The texts are the sentences of our own, put together in paragraphs of five, in the ways of punctuation that the articles
show. Headlines stand in a paragraph of their own, without a full stop.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from diplograph.model import Block, Document
from diplograph.parsing.segments import to_segments
from training.models import load_pipeline

PARAGRAPH = 5
WAYS = {
    "space after the stop": "{}{} ",
    "space before and after": "{} {} ",
    "before only": "{} {}",
    "none": "{}{}",
}
_STOPS = (".", "!", "؟")


def make_text(sentences: Sequence[str], way: str) -> tuple[str, list[int]]:
    """A text of these sentences, and where each ends in it, counted in signs other than spaces."""
    text, ends, signs, in_paragraph = "", [], 0, 0
    for sentence in sentences:
        signs += len(re.sub(r"\s", "", sentence))
        ends.append(signs)
        if sentence.endswith(_STOPS):
            text += WAYS[way].format(sentence[:-1], sentence[-1])
            in_paragraph += 1
        else:
            text = text.rstrip() + "\n\n" * bool(text) + sentence + "\n\n"
            in_paragraph = 0
        if in_paragraph == PARAGRAPH:
            text, in_paragraph = text.rstrip() + "\n\n", 0
    return text, ends


def ends_by_rules(text: str) -> list[int]:
    """Where ``diplograph build`` ends the sentences of a text, counted in signs other than spaces."""
    blocks = tuple(Block(match.start(), match.end()) for match in re.finditer(r"\S.*", text))
    document = Document("d", text, blocks=blocks)
    last = [segment.offsets[-1] + 1 for segment in to_segments(document)]
    return [len(re.sub(r"\s", "", text[:end])) for end in last]


def ends_by_tokenizer(text: str, pipeline: Any) -> list[int]:
    """The same of Stanza's tokenizer, which gets paragraphs apart."""
    sentences = pipeline(text).sentences
    return [len(re.sub(r"\s", "", text[: sentence.tokens[-1].end_char])) for sentence in sentences]


def score_endings(models: Path, sentences: Sequence[str]) -> dict[str, dict[str, float]]:
    """F1 in per cent of sentence ends by rules and by the models' tokenizer, for each way of punctuation."""
    pipeline = load_pipeline(models, "tokenize")
    report = {}
    for way in WAYS:
        text, right = make_text(sentences, way)
        report[way] = {
            "rules": _f1(ends_by_rules(text), right),
            "tokenizer": _f1(ends_by_tokenizer(text, pipeline), right),
        }
    return report


def write_scores(models: Path, sentences: Path, output: Path) -> None:
    """Scores the sentences of a file, one a line, and writes the report as JSON."""
    lines = (line.strip() for line in sentences.read_text(encoding="utf-8").splitlines())
    wanted = [line for line in lines if line and not line.startswith("#")]
    report = {"sentences": len(wanted), "scores": score_endings(models, wanted)}
    output.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def _f1(found: Sequence[int], right: Sequence[int]) -> float:
    hits = len(set(found) & set(right))
    return round(200 * hits / (len(set(found)) + len(set(right))), 1)
