"""Pictures of the graph without a server: a timeline, the network of actors, a calendar, in Arabic and English.

``selection`` chooses events, ``timeline``, ``network`` and ``calendar`` each draw one kind of picture on a ``sheet``,
which knows matplotlib; colours, limits and words are in ``style.toml``.
"""

from __future__ import annotations

from diplograph.model import QueryError
from diplograph.plots.selection import Chosen, Selection, choose_events, read_links
from diplograph.plots.sheet import FORMATS, Picture, format_of
from diplograph.plots.style import LANGUAGES, load_style
from diplograph.store import Store

KINDS = ("timeline", "network", "calendar")


def draw(store: Store, kind: str, selection: Selection | None = None, language: str = "en") -> Picture:
    """A picture of the events of a selection (by default of all), in Arabic (``ar``) or English (``en``).

    Raises QueryError where the selection is empty or there is nothing of this kind to draw, DiplographError where
    matplotlib is missing.

    >>> with Store.in_memory() as store:
    ...     draw(store, "timeline")
    Traceback (most recent call last):
    ...
    diplograph.model.QueryError: there is no event to draw; take away a filter, or build from more articles
    """
    if kind not in KINDS:
        raise QueryError(f'there is no picture "{kind}"; there are {", ".join(KINDS)}')
    if language not in LANGUAGES:
        raise QueryError(f'pictures are in {" or ".join(LANGUAGES)}, not "{language}"')
    events = choose_events(store, selection or Selection())
    if not events:
        raise QueryError("there is no event to draw; take away a filter, or build from more articles")
    return draw_events(store, kind, events, language)


def draw_events(store: Store, kind: str, events: tuple[Chosen, ...], language: str) -> Picture:
    """A picture of these events, of which there must be one at least. Raises as :func:`draw` does."""
    from diplograph.plots.calendar import draw_calendar
    from diplograph.plots.network import draw_network
    from diplograph.plots.timeline import draw_timeline

    style = load_style(language)
    if kind == "timeline":
        return draw_timeline(events, style)
    if kind == "calendar":
        return draw_calendar(events, style)
    return draw_network(events, read_links(store), store.things(), style)


__all__ = ["FORMATS", "KINDS", "LANGUAGES", "Picture", "Selection", "draw", "draw_events", "format_of"]
