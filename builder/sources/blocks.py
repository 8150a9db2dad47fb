"""Which stretches of a text are the article: headline, sub-headings and paragraphs, not page furniture."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from diplograph.arabic import fold
from diplograph.model import Block
from diplograph.sources.dateline import find_published, read_dateline, skip_dateline
from diplograph.sources.furniture import Furniture, count_words, is_finished, load_furniture

_LINE = re.compile("[^\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
# What may stand around a line and is none of its words: white space, direction marks, joiners.
_AROUND = " \t\u00a0\u1680\u2000-\u200f\u202a-\u202f\u205f\u2060\u2066-\u2069\u3000\ufeff\x1f"
_SPACE = re.compile(rf"[{_AROUND}]*")
_TRIMMED = re.compile(rf"[{_AROUND}]*(.*?)[{_AROUND}]*", re.DOTALL)
_BULLET = re.compile(rf"(?:[\u2022\u25aa\u25a0\u25cf\u25c6\u25cb\u00b7\u2023\u25e6*>-]+[{_AROUND}]+)+")
_MOST_TITLE_WORDS = 20
_MOST_HEADLINE_WORDS = 12
_LEAST_BODY_WORDS = 15  # above a line this long, or one that ends a sentence, a page still is at its head
_MOST_TAIL_WORDS = 25  # a longer line below "comments" or "related" is the article going on
_MOST_LEFTOVER_WORDS = 6
_MOST_NAME_WORDS = 4
_WIDEST_WRAP = 110  # characters; lines of one paragraph are longer


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the text, or several that a narrow page broke apart, without the white space around it."""

    begin: int
    end: int
    text: str


def split_lines(text: str) -> list[Line]:
    """The lines of the text that are not blank; the lines of a text that is wrapped are joined to paragraphs.

    >>> [line.text for line in split_lines(" one \\n\\ntwo")]
    ['one', 'two']
    """
    lines = []
    for found in _LINE.finditer(text):
        inner = _TRIMMED.fullmatch(found[0])
        if inner is not None and inner[1]:
            begin = found.start() + inner.start(1)
            lines.append(Line(begin, begin + len(inner[1]), inner[1]))
    return _join_wrapped(text, lines)


def _join_wrapped(text: str, lines: Sequence[Line]) -> list[Line]:
    """Joins lines broken at a fixed width: one is full if the next one's first word would not have fitted."""
    width = max((len(line.text) for line in lines), default=0)
    if width > _WIDEST_WRAP:
        return list(lines)
    full, loose = set(), 0
    for index, (line, following) in enumerate(pairwise(lines)):
        adjacent = text[line.end : following.begin].count("\n") == 1
        if adjacent and not is_finished(line.text):
            loose += 1
            if len(line.text) + 1 + len(following.text.split()[0]) > width:
                full.add(index)
    if len(full) < 3 or 2 * len(full) < loose:
        return list(lines)
    joined: list[Line] = []
    for index, line in enumerate(lines):
        if index - 1 in full:
            begin = joined.pop().begin
            line = Line(begin, line.end, text[begin : line.end])
        joined.append(line)
    return joined


def find_blocks(text: str, title: str | None = None) -> tuple[Block, ...]:
    """The blocks of the article in the text, in order; ``title`` is its headline where that is known.

    A block is a line without white space, bullet or dateline around it; a page's furniture is in no block. A
    short line that does not end as a sentence does is a headline (the title, or a sub-heading), any other a
    paragraph.

    >>> find_blocks("")
    ()
    """
    article = find_article(split_lines(text))
    blocks: list[Block] = []
    wanted = fold(title or "")
    for line in article:
        begin = line.begin
        bullet = _BULLET.match(line.text)
        begin += bullet.end() if bullet else 0
        headline = (
            len(article) > 1
            and is_headline(line, first=not blocks)
            or title is not None
            and fold(line.text) == wanted
        )
        dateline = None if headline else skip_dateline(text[begin : line.end])
        begin += dateline.end if dateline else 0
        begin += len(_SPACE.findall(text[begin : line.end])[0])
        if begin < line.end:
            blocks.append(Block(begin, line.end, "headline" if headline else "paragraph"))
    return tuple(blocks)


def find_date(text: str) -> str | None:
    """The ISO date of the article's dateline (above, below, or opening the first paragraph), or None."""
    lines = split_lines(text)
    body = [line for line in find_article(lines) if _is_body(line)]
    if not body:
        first = lines[0].text if len(lines) == 1 else ""
        return find_published([line.text for line in lines], first, [])
    furniture = load_furniture()
    footer = []
    for line in lines:
        if line.begin > body[-1].begin:
            if furniture.opens_related(line.text) or furniture.opens_comments(line.text):
                break
            footer.append(line.text)
    header = [line.text for line in lines if line.begin < body[0].begin]
    return find_published(header, body[0].text, footer)


def is_headline(line: Line, *, first: bool = False) -> bool:
    """Whether the line looks like a title (``first``) or sub-heading: short, not punctuated as a sentence."""
    most = _MOST_TITLE_WORDS if first else _MOST_HEADLINE_WORDS
    asking = first and line.text[-1] in "!\u061f?"
    return count_words(line.text) <= most and (asking or not is_finished(line.text))


def find_article(lines: Sequence[Line]) -> list[Line]:
    """The lines that are the article: without furniture, names, captions, copies, links to other articles."""
    furniture = load_furniture()
    article: list[Line] = []
    punctuated = _is_punctuated(lines)
    started = False
    skipping = False  # below "related", where headlines are of other articles
    for index, line in enumerate(lines):
        adjacent = index > 0 and lines[index - 1].end + 1 == line.begin
        if started and furniture.opens_comments(line.text) and _is_tail(lines[index + 1 :]):
            break
        if furniture.is_furniture(line.text) or read_dateline(line.text) is not None:
            skipping = skipping and started or started and furniture.opens_related(line.text)
            continue
        if adjacent and furniture.announces_name(lines[index - 1].text) and furniture.is_name(line.text):
            continue
        if skipping and is_headline(line, first=True) and (punctuated or _is_list(lines[index:])):
            continue
        skipping = False
        started = started or _is_body(line)
        article.append(line)
    return _drop_leftovers(_drop_copies(_drop_captions(article, furniture)))


def _is_body(line: Line) -> bool:
    words = count_words(line.text)
    return words >= _LEAST_BODY_WORDS or words >= _LEAST_BODY_WORDS // 2 and is_finished(line.text)


def _is_punctuated(lines: Sequence[Line]) -> bool:
    """Whether paragraphs of this text end with full stops, so that a line without one is no paragraph."""
    long = [line for line in lines if count_words(line.text) >= _LEAST_BODY_WORDS]
    return 2 * sum(is_finished(line.text) for line in long) > len(long)


def _is_list(lines: Sequence[Line]) -> bool:
    return all(is_headline(line, first=True) for line in lines)


def _is_tail(lines: Sequence[Line]) -> bool:
    return all(count_words(line.text) <= _MOST_TAIL_WORDS for line in lines)


def _drop_captions(article: list[Line], furniture: Furniture) -> list[Line]:
    """Without captions; a lone paragraph is none, nor the last: agencies are named at the end of articles."""
    captions = [line for line in article[:-1] if furniture.is_caption(line.text)]
    rest = [line for line in article if line not in captions]
    return rest if any(_is_body(line) for line in rest) else article


def _drop_copies(article: list[Line]) -> list[Line]:
    """Without the second of two same lines; a name printed twice is a picture's text and caption."""
    rest: list[Line] = []
    seen: set[str] = set()
    for index, line in enumerate(article):
        again = index + 1 < len(article) and line.text == article[index + 1].text
        caption = index > 0 and again and count_words(line.text) <= _MOST_NAME_WORDS
        if not caption and line.text not in seen:
            rest.append(line)
        seen.add(line.text)
    return rest


def _drop_leftovers(article: list[Line]) -> list[Line]:
    """Without headings at the end, with no text below, if the paragraph above them ends as sentences do."""
    last = max((index for index, line in enumerate(article) if _is_body(line)), default=None)
    if last is None or not is_finished(article[last].text) or article[last].text.endswith(":"):
        return article
    tail = article[last + 1 :]
    if any(is_finished(line.text) or count_words(line.text) > _MOST_LEFTOVER_WORDS for line in tail):
        return article
    return article[: last + 1]
