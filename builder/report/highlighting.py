"""A stretch of a document cut where evidence begins and ends, so that it can be marked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Segment:
    """Some letters, and the aspects (local names of properties, ``trigger``) that they support; none for most."""

    text: str
    aspects: tuple[str, ...] = ()


def cut(text: str, begin: int, spans: Iterable[tuple[int, int, str]]) -> tuple[Segment, ...]:
    """The text in segments, in its order, each with the aspects of all the spans that cover it.

    ``text`` stands at ``begin`` in its document, and the spans (begin, end, aspect) are of that document too, in code
    points, the end exclusive. What lies outside is left out. The segments together are the text.

    >>> [(segment.text, segment.aspects) for segment in cut("Putin called", 100, [(106, 112, "trigger")])]
    [('Putin ', ()), ('called', ('trigger',))]
    """
    inside = [
        (max(first - begin, 0), min(last - begin, len(text)), aspect)
        for first, last, aspect in spans
        if first < begin + len(text) and last > begin and first < last
    ]
    edges = sorted({0, len(text), *(edge for first, last, _ in inside for edge in (first, last))})
    found: list[Segment] = []
    for first, last in pairwise(edges):
        covering = (aspect for start, end, aspect in inside if start <= first and last <= end)
        aspects = tuple(sorted(set(covering)))
        if found and found[-1].aspects == aspects:
            found[-1] = Segment(found[-1].text + text[first:last], aspects)
        else:
            found.append(Segment(text[first:last], aspects))
    return tuple(found)


def shorten(segments: Iterable[Segment], characters: int) -> tuple[Segment, ...]:
    """The segments up to so many code points; an ellipsis says where more would follow.

    >>> [segment.text for segment in shorten([Segment("abc"), Segment("def")], 4)]
    ['abc', 'd…']
    """
    found: list[Segment] = []
    for segment in segments:
        if len(segment.text) > characters:
            return (*found, Segment(segment.text[:characters] + "…", segment.aspects))
        found.append(segment)
        characters -= len(segment.text)
    return tuple(found)
