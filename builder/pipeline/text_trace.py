"""How the frames read one text, for those who repair them."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from diplograph.model import Document, EventReport, Mention, SourceError, SourceFailure
from diplograph.parsing import Parser
from diplograph.pipeline.inputs import make_parser
from diplograph.sources import read_sources

if TYPE_CHECKING:
    from diplograph.frames import SentenceTrace


@dataclass(frozen=True, slots=True)
class TextTrace:
    """What was tried in a text and what came of it; ``unreported`` are mentions that no report has, and why."""

    document: Document
    sentences: tuple[SentenceTrace, ...]
    reports: tuple[EventReport, ...]
    unreported: tuple[tuple[Mention, str], ...]


def trace_text(
    text: str,
    *,
    model: str = "compact",
    published: str | None = None,
    cache: bool = True,
    parser: Parser | None = None,
) -> TextTrace:
    """How the frames read a text: a sentence, or a whole article with its dateline.

    Raises SourceError when there is no Arabic in it, ModelError when there is no such model.
    """
    from diplograph.events import explain_refusal, to_reports
    from diplograph.frames import load_frames, trace_sentences
    from diplograph.linking import load_gazetteer

    [document] = read_sources(["-"], published=published, stdin=io.BytesIO(text.encode()))
    if isinstance(document, SourceFailure):
        raise SourceError(document.message)
    parsed = (parser or make_parser(model, cache=cache)).parse(document)
    sentences = trace_sentences(parsed, load_frames(), load_gazetteer())
    mentions = [m for sentence in sentences for attempt in sentence.attempts for m in attempt.mentions]
    reports = to_reports(parsed, sorted(mentions, key=lambda m: (m.begin, m.end, m.frame)))
    spoken = {(m.begin, m.end, m.frame) for report in reports for m in report.mentions}
    left = [m for m in mentions if (m.begin, m.end, m.frame) not in spoken]
    unreported = tuple((mention, explain_refusal(mention)) for mention in left)
    return TextTrace(document, sentences, reports, unreported)
