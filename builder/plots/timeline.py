"""The timeline: a row for each event, or where there are too many, a bar for each day, month, year …"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from diplograph.plots.bidi import clean, ltr
from diplograph.plots.dates import UNITS, begin_of, begins_between, choose_unit, round_begins, write_unit
from diplograph.plots.selection import Chosen
from diplograph.plots.sheet import (
    MARGIN,
    Picture,
    Sheet,
    foot_height,
    footing,
    heading,
)
from diplograph.plots.style import Style
from diplograph.plots.wording import class_key, describe_count, period_of, status_key

WIDTH = 10.5
_ROW = 0.27
_LABELS = 5.6  # inches for date and label of a row
_BARS = 3.6
_GAP = 0.45  # inches for a stretch of time that is cut out


def draw_timeline(events: Sequence[Chosen], style: Style) -> Picture:
    """Draws events by time: each by itself up to the limit of rows, counted in bars above."""
    dated = [event for event in events if event.days is not None]
    if len(events) <= style.limit("rows") or not dated:
        return _draw_rows(events, style)
    return _draw_bars(events, dated, style)


# --- Each event --------------------------------------------------------------------------------------------------------


def _draw_rows(events: Sequence[Chosen], style: Style) -> Picture:
    shown = sorted(events, key=lambda event: (event.days is None, event.days or (), event.iri))
    shown, left = shown[: style.limit("rows")], len(shown) - style.limit("rows")
    title = style.text("timeline")
    lines = [describe_count(events, style)]
    foot = [style.text("undated", count=left)] if left > 0 else []
    sheet = Sheet(style, WIDTH, 2.0 + _ROW * len(shown) + foot_height(foot))
    y = heading(sheet, title, lines)
    y = sheet.key(y, [*class_key(shown, style), *status_key(shown, style)]) + 0.25
    axis = _Axis(sheet, [event.days for event in shown if event.days], MARGIN + _LABELS, WIDTH - MARGIN - 0.1)
    axis.draw(y - 0.1, y + _ROW * len(shown))
    colours = style.colours_of(event.type for event in shown)
    for number, event in enumerate(shown):
        _draw_row(sheet, axis, event, y + _ROW * number, colours[event.type], striped=number % 2 == 0)
    footing(sheet, foot)
    return sheet.finish(title, [*lines, *foot])


def _draw_row(sheet: Sheet, axis: _Axis, event: Chosen, y: float, colour: str, *, striped: bool) -> None:
    style, middle = sheet.style, y + _ROW / 2
    if striped:
        sheet.box(MARGIN, y, _LABELS - 0.1, _ROW, "stripe")
    when = ltr(event.start) if event.days else style.text("no_date")
    sheet.text(MARGIN + 0.06, middle, when, size=8.5, colour="faint")
    label = clean(event.label(style.language) or style.text("untitled"))
    sheet.text(MARGIN + 0.98, middle, label, width=_LABELS - 1.2)
    if event.days is None:
        return
    begin, end = map(axis.place, event.days)
    fill = style.fill(event.status)
    if end - begin > 0.12:  # as long as it lasts, or as imprecise as its date
        sheet.box(begin, middle - 0.035, end - begin, 0.07, colour, alpha=0.35)
        if event.precision == "day":
            sheet.mark(begin, middle, colour, fill=fill)
        else:
            sheet.mark((begin + end) / 2, middle, colour, fill=fill)
    else:
        sheet.mark((begin + end) / 2, middle, colour, fill=fill)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Days without a long gap between them, and where on the sheet they are."""

    first: date
    last: date
    begin: float
    end: float


class _Axis:
    """Places of days between two places of a sheet. Long gaps without events are cut out, which a broken line shows."""

    def __init__(self, sheet: Sheet, days: Sequence[tuple[date, date]], begin: float, end: float) -> None:
        self.sheet = sheet
        self.stretches: tuple[_Stretch, ...] = ()
        together = _join(sorted(days))
        if together:
            shares = [(last - first).days + 5 for first, last in together]
            room = end - begin - _GAP * (len(together) - 1)
            for (first, last), share in zip(together, shares, strict=True):
                width = room * (0.25 / len(shares) + 0.75 * share / sum(shares))
                self.stretches += (_Stretch(first, last, begin, begin + width),)
                begin += width + _GAP

    def place(self, day: date) -> float:
        """Where a day is."""
        stretch = next(stretch for stretch in self.stretches if day <= stretch.last)
        if stretch.first == stretch.last:
            return (stretch.begin + stretch.end) / 2
        share = (day - stretch.first).days / (stretch.last - stretch.first).days
        return stretch.begin + (stretch.end - stretch.begin) * share

    def draw(self, top: float, bottom: float) -> None:
        """Draws the axis on top, with as many dates as there is room for, and a line down for each."""
        for number, stretch in enumerate(self.stretches):
            self.sheet.line(stretch.begin - 0.06, top + 0.05, stretch.end + 0.06, top + 0.05, "line", 1.2)
            if number:
                self.sheet.text(
                    stretch.begin - _GAP / 2, top + 0.04, "⋯", size=9, align="middle", colour="faint"
                )
            room = max(1, int((stretch.end - stretch.begin + _GAP) / 0.85))
            unit = choose_unit(stretch.first, stretch.last, 62)
            begins = begins_between(stretch.first, stretch.last, unit)
            inside = [day for day in begins if day >= stretch.first] or [stretch.first]
            before = -1.0
            for day in round_begins(inside, unit, room):
                x = self.place(day)
                if x - before < 0.75:
                    continue
                before = x
                self.sheet.line(x, top + 0.05, x, bottom, "line", 0.5)
                text = ltr(write_unit(day, unit))
                self.sheet.text(x, top - 0.07, text, size=7.5, align="middle", colour="faint")


def _join(days: Sequence[tuple[date, date]]) -> list[tuple[date, date]]:
    """The days brought together to stretches, cut at the longest gaps where these take most of the time."""
    joined: list[tuple[date, date]] = []
    for first, last in days:
        if joined and (first - joined[-1][1]).days <= 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    if not joined:
        return []
    span = (joined[-1][1] - joined[0][0]).days
    found = joined[:1]
    for first, last in joined[1:]:
        if (first - found[-1][1]).days > max(60, span / 5):
            found.append((first, last))
        else:
            found[-1] = (found[-1][0], last)
    return found


# --- Counted -----------------------------------------------------------------------------------------------------------


def _draw_bars(events: Sequence[Chosen], dated: Sequence[Chosen], style: Style) -> Picture:
    first = min(event.days[0] for event in dated if event.days)
    last = max(event.days[0] for event in dated if event.days)
    unit = choose_unit(first, last, style.limit("bars"))
    precise = [event for event in dated if UNITS.index(event.precision) <= UNITS.index(unit)]
    counts = Counter((begin_of(event.days[0], unit), event.type) for event in precise if event.days)
    title = style.text("timeline")
    lines = [describe_count(events, style) + f" ({style.text('bars_' + unit)})"]
    foot = [
        style.text(name, count=number)
        for name, number in (("undated", len(events) - len(dated)), ("imprecise", len(dated) - len(precise)))
        if number
    ]
    sheet = Sheet(style, WIDTH, 2.2 + _BARS + foot_height(foot))
    y = sheet.key(heading(sheet, title, lines), class_key(events, style)) + 0.15
    begins = begins_between(first, last, unit)
    totals = Counter({begin: 0 for begin in begins})
    for (begin, _), count in counts.items():
        totals[begin] += count
    scale = _draw_scale(sheet, y, max(totals.values(), default=1) or 1)
    wide = (WIDTH - 2 * MARGIN - 0.6) / len(begins)
    colours = style.colours_of(event.type for event in events)
    marked = set(round_begins(begins, unit, 10))
    for number, begin in enumerate(begins):
        x, base = MARGIN + 0.6 + wide * number, y + _BARS
        for name, colour in colours.items():
            height = counts[begin, name] * scale
            base -= height
            if height:
                sheet.box(x + wide * 0.1, base, wide * 0.8, height, colour)
        if begin in marked:
            text = ltr(write_unit(begin, unit))
            sheet.line(x + wide / 2, y + _BARS, x + wide / 2, y + _BARS + 0.06, "faint", 0.6)
            sheet.text(x + wide / 2, y + _BARS + 0.17, text, size=8, align="middle", colour="faint")
    footing(sheet, foot)
    return sheet.finish(title, [*lines, period_of(dated, style), *foot])


def _draw_scale(sheet: Sheet, top: float, most: int) -> float:
    """Draws the scale of counts, and gives how many inches one is."""
    step = next(step for step in _steps() if most / step <= 5)
    scale = _BARS / most
    for count in range(0, most + 1, step):
        y = top + _BARS - count * scale
        sheet.line(MARGIN + 0.55, y, WIDTH - MARGIN, y, "line", 0.5)
        sheet.text(MARGIN + 0.48, y, str(count), size=8, align="end", colour="faint")
    return scale


def _steps() -> Sequence[int]:
    return [factor * 10**power for power in range(12) for factor in (1, 2, 5)]
