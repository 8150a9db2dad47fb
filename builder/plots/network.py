"""The network: actors on an oval, their names outside it, and lines for what they have in common.

Names stand one below the other on either side, so that none covers another however many lines there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import dist, sqrt

from diplograph.model import Actor, Place, QueryError
from diplograph.plots.bidi import clean
from diplograph.plots.selection import Chosen, Link
from diplograph.plots.sheet import MARGIN, Picture, Sheet, foot_height, footing, heading
from diplograph.plots.style import Style
from diplograph.plots.wording import Key, class_key, describe_count
from diplograph.store import Things

WIDTH = 10.5
_NAME = 0.3  # inches from one name to the next
_OVAL = 2.4  # half of its width
_PASSES = 10


@dataclass(frozen=True, slots=True)
class _Tie:
    """All that one actor has in common with another in events of a class; ``directed`` when it goes one way."""

    source: str
    target: str
    type: str
    directed: bool
    weight: int


def draw_network(events: Sequence[Chosen], links: Iterable[Link], things: Things, style: Style) -> Picture:
    """Draws who has events in common with whom. Raises QueryError when nobody has."""
    chosen = {event.iri for event in events}
    linking = [link for link in links if link.event in chosen]
    ties = _tie(linking)
    if not ties:
        raise QueryError(style.text("nobody"))
    degrees: Counter[str] = Counter()
    for tie in ties:
        degrees.update({tie.source: tie.weight, tie.target: tie.weight})
    drawn = _strongest(ties, degrees, style.limit("actors"), style.limit("links"))
    ranked = sorted(
        {iri for tie in drawn for iri in (tie.source, tie.target)}, key=lambda iri: (-degrees[iri], iri)
    )
    within = [tie for tie in ties if {tie.source, tie.target} <= set(ranked)]
    foot = [style.text("network_key")]
    for name, more in (("more_actors", len(degrees) - len(ranked)), ("more_links", len(within) - len(drawn))):
        foot += [style.text(name, count=more)] if more else []
    title = style.text("network")
    actors = style.text("actors", count=len(degrees))
    lines = [describe_count(events, style) + ("؛ " if style.rtl else "; ") + actors]
    height = max(3.5, _NAME * ((len(ranked) + 1) // 2) * 1.05 + 0.2)
    sheet = Sheet(style, WIDTH, 1.75 + height + foot_height(foot))
    linking_events = {link.event for link in linking}
    linked = [event for event in events if event.iri in linking_events]
    y = sheet.key(
        heading(sheet, title, lines), [*class_key(linked, style), *_kind_key(ranked, things, style)]
    )
    places = _place(_order(ranked, within), sheet, y + height / 2, height)
    sizes = {iri: 6 + 8 * sqrt(degrees[iri] / max(degrees.values())) for iri in ranked}
    _draw_ties(sheet, drawn, places, sizes, y + height / 2)
    _draw_actors(sheet, places, sizes, things)
    footing(sheet, foot)
    return sheet.finish(title, [*lines, *foot, _told(drawn, things, style)])


def _strongest(ties: Sequence[_Tie], degrees: Mapping[str, int], actors: int, links: int) -> list[_Tie]:
    """The strongest ties, as many as there may be links and as no more actors have; of equals, those of the busiest."""
    ranked = sorted(ties, key=lambda tie: (-tie.weight, -degrees[tie.source] - degrees[tie.target]))
    shown: set[str] = set()
    found: list[_Tie] = []
    for tie in ranked:
        if len(found) < links and len(shown | {tie.source, tie.target}) <= actors:
            shown |= {tie.source, tie.target}
            found.append(tie)
    return found


def _tie(links: Sequence[Link]) -> list[_Tie]:
    """The links brought together, the strongest first; a pair in a directed link of an event has no other of it."""
    directed = {(link.event, frozenset((link.source, link.target))) for link in links if link.directed}
    counts: dict[tuple[str, str, str, bool], set[str]] = {}
    for link in links:
        if not link.directed and (link.event, frozenset((link.source, link.target))) in directed:
            continue
        counts.setdefault((link.source, link.target, link.type, link.directed), set()).add(link.event)
    ties = [_Tie(*key, len(events)) for key, events in counts.items()]
    return sorted(ties, key=lambda tie: (-tie.weight, tie.source, tie.target, tie.type, tie.directed))


def _order(actors: Sequence[str], ties: Sequence[_Tie]) -> list[str]:
    """The actors in an order in which those who have much in common are near each other on the oval.

    They are put one by one where the lines stay shortest, then neighbours change places as long as that shortens them.
    """
    pairs = Counter[tuple[str, str]]()
    for tie in ties:
        pairs[min(tie.source, tie.target), max(tie.source, tie.target)] += tie.weight
    placed: list[str] = []
    for actor in actors:
        options = [[*placed[:place], actor, *placed[place:]] for place in range(len(placed) + 1)]
        placed = min(options, key=lambda option: _length(option, pairs))
    for _ in range(_PASSES):
        before = placed
        for place in range(len(placed)):
            swapped = [*placed]
            swapped[place - 1], swapped[place] = swapped[place], swapped[place - 1]
            placed = min(placed, swapped, key=lambda option: _length(option, pairs))
        if placed == before:
            break
    return placed


def _length(order: Sequence[str], pairs: Mapping[tuple[str, str], int]) -> int:
    """How long all lines are together, counted in places along the oval and by their weight."""
    place = {actor: number for number, actor in enumerate(order)}
    total = 0
    for (one, other), weight in pairs.items():
        if one in place and other in place:
            apart = abs(place[one] - place[other])
            total += weight * min(apart, len(order) - apart)
    return total


_Places = dict[str, tuple[float, float]]


def _place(order: Sequence[str], sheet: Sheet, middle: float, height: float) -> _Places:
    """Where each actor is: down the reading side and up the other, each as high above the next."""
    half = (len(order) + 1) // 2
    found: _Places = {}
    for side, members in ((-1, order[:half]), (1, [*reversed(order[half:])])):
        for number, actor in enumerate(members):
            up = 1 - (2 * number + 1) / max(len(members), 1)
            x = sheet.width / 2 + side * _OVAL * (0.25 + 0.75 * sqrt(1 - up * up))
            found[actor] = (x, middle - up * height / 2)
    return found


def _draw_ties(
    sheet: Sheet, ties: Sequence[_Tie], places: _Places, sizes: Mapping[str, float], middle: float
) -> None:
    colours = sheet.style.colours_of(tie.type for tie in ties)
    most = max(tie.weight for tie in ties)
    between: Counter[frozenset[str]] = Counter()
    for tie in reversed(ties):  # the strongest on top
        pair = frozenset((tie.source, tie.target))
        ends = places[tie.source], places[tie.target]
        sheet.curve(
            *ends,
            (sheet.width / 2, middle),
            bow=min(
                0.9, (0.18 + 0.14 * between[pair]) * max(1, 1 / dist(*ends))
            ),  # each of a pair in its own way
            colour=colours[tie.type],
            width=0.8 + 4.2 * tie.weight / most,
            arrow=tie.directed,
            shrink=(sizes[tie.source] / 2, sizes[tie.target] / 2 + (2 if tie.directed else 0)),
        )
        between[pair] += 1


def _draw_actors(sheet: Sheet, places: _Places, sizes: Mapping[str, float], things: Things) -> None:
    known = {iri.value: thing for iri, thing in things.items()}
    for iri, (x, y) in places.items():
        sheet.mark(x, y, "ink", shape=sheet.style.shape(_kind(known.get(iri))), size=sizes[iri])
        reading = x < sheet.width / 2
        room = (x if reading else sheet.width - x) - MARGIN - 0.2
        away, align = (-0.19, "end") if reading else (0.19, "start")
        sheet.text(x + away, y, _name(iri, things, sheet.style), align=align, size=9.5, width=room)


def _kind(thing: Actor | Place | None) -> str:
    return thing.kind if isinstance(thing, Actor) else ""


def _kind_key(actors: Iterable[str], things: Things, style: Style) -> Key:
    """The marks of the kinds of actors that there are."""
    kinds = sorted({_kind(thing) for iri, thing in things.items() if iri.value in set(actors)} - {""})
    return [(style.term(kind), {"colour": "ink", "shape": style.shape(kind)}) for kind in kinds]


def _name(iri: str, things: Things, style: Style) -> str:
    thing = next((thing for node, thing in things.items() if node.value == iri), None)
    if thing is None:
        return clean(iri.rpartition("/")[2])
    first, second = (thing.label_ar, thing.label_en) if style.rtl else (thing.label_en, thing.label_ar)
    return clean(first or second or thing.key)


def _told(ties: Sequence[_Tie], things: Things, style: Style) -> str:
    """The strongest ties in words, for who cannot see the picture."""
    told = [
        f"{_name(tie.source, things, style)} {'→' if tie.directed else '–'} {_name(tie.target, things, style)}: "
        f"{style.term(tie.type)} ({tie.weight})"
        for tie in ties[:5]
    ]
    return ("؛ " if style.rtl else "; ").join(told) + "."
