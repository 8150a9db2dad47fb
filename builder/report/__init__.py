"""A report of a store in one HTML file that can be mailed, and events as HTML for notebooks.

``content`` puts the canned questions that ``report.toml`` names and bounds the answers, ``highlighting`` marks evidence
in sentences, ``rendering`` fills the templates. Without a script and without a request to anybody.
"""

from __future__ import annotations

from diplograph.report.content import gather
from diplograph.report.highlighting import Segment, cut
from diplograph.report.rendering import LANGUAGES, render_event, render_report
from diplograph.store import Store


def write_report(
    store: Store,
    languages: tuple[str, ...] = LANGUAGES,
    *,
    events: int | None = None,
    pictures: bool = True,
) -> str:
    """The HTML of a report of a store, in English (``en``), Arabic (``ar``) or both with a switch between them.

    ``events`` is how many of the latest events are told one by one (300 by default); without ``pictures`` matplotlib is
    not needed. Equal stores give equal reports. Raises DiplographError where pictures are wanted and matplotlib is
    missing.

    >>> with Store.in_memory() as store:
    ...     "<script" in write_report(store)
    False
    """
    return render_report(store, gather(store, events=events), languages, pictures=pictures)


__all__ = ["LANGUAGES", "Segment", "cut", "render_event", "write_report"]
