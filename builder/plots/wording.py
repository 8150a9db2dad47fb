"""What pictures say of what they show: how many, from when to when, which colour and mark is what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from diplograph.plots.bidi import isolate, ltr
from diplograph.plots.selection import Chosen
from diplograph.plots.style import Style
from diplograph.vocabulary import load_vocabulary

Key = list[tuple[str, dict[str, Any]]]


def describe_count(events: Sequence[Chosen], style: Style) -> str:
    """How many events there are, and from when to when."""
    period = period_of(events, style)
    count = style.text("count", count=len(events))
    return f"{count}, {period}" if period and not style.rtl else f"{count}، {period}" if period else count


def period_of(events: Sequence[Chosen], style: Style) -> str:
    """From when to when the events are, as precisely as is known; empty where no date is."""
    dated = [(event.days, event) for event in events if event.days]
    if not dated:
        return ""
    first = min(dated, key=lambda pair: pair[0][0])[1]
    last = max(dated, key=lambda pair: pair[0][1])[1]
    return style.text("period", first=first.start, last=last.end or last.start)


def class_key(events: Sequence[Chosen], style: Style) -> Key:
    """The colours of the classes of events, with how many there are of each."""
    counts = Counter(event.type for event in events)
    return [
        (f"{isolate(style.term(name))} ({ltr(counts[name])})", {"colour": colour, "shape": "s", "size": 7})
        for name, colour in style.colours_of(counts).items()
    ]


def status_key(events: Sequence[Chosen], style: Style) -> Key:
    """The marks of the statuses that these events have."""
    known = load_vocabulary().statuses()
    present = {event.status for event in events}
    ordered = [*(name for name in known if name in present), *sorted(present - set(known))]
    return [(style.term(name), {"colour": "faint", "fill": style.fill(name)}) for name in ordered]
