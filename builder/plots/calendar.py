"""The calendar: a square for each day of each year with events, or where the years are many, for each month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from math import ceil, sqrt

from diplograph.plots.bidi import ltr
from diplograph.plots.dates import UNITS, begin_of, begins_between, next_begin
from diplograph.plots.selection import Chosen
from diplograph.plots.sheet import MARGIN, Picture, Sheet, foot_height, footing, heading
from diplograph.plots.style import Style
from diplograph.plots.wording import describe_count

WIDTH = 10.5
_SQUARE = 0.165
_MONTH = 0.72
_MOST = 1000  # squares of one event


def draw_calendar(events: Sequence[Chosen], style: Style) -> Picture:
    """Draws how many events there are on each day, or in each month where there are more years than the limit."""
    days = _count(events, "day")
    years = {day.year for day in days}
    monthly = _count(events, "month")
    if not days or len(years) > style.limit("years"):
        return _draw_months(events, monthly, style)
    return _draw_days(events, days, style)


def _count(events: Sequence[Chosen], unit: str) -> Counter[date]:
    """How many events there are in each unit; those that are known less precisely are left out."""
    found: Counter[date] = Counter()
    for event in events:
        if _is_precise(event, unit) and event.days:
            found.update(begins_between(*event.days, unit, most=_MOST))
    return found


def _is_precise(event: Chosen, unit: str) -> bool:
    return event.days is not None and UNITS.index(event.precision) <= UNITS.index(unit)


def _left_out(events: Sequence[Chosen], unit: str, style: Style) -> list[str]:
    undated = sum(event.days is None for event in events)
    imprecise = sum(event.days is not None and not _is_precise(event, unit) for event in events)
    return [
        style.text(name, count=count)
        for name, count in (("undated", undated), ("imprecise", imprecise))
        if count
    ]


def _level(count: int, most: int, style: Style) -> str:
    """The colour of a square with so many events, the darkest for the most there are."""
    heat: Sequence[str] = style.data["heat"]
    if most <= len(heat):  # a colour for each number
        return heat[round(count * (len(heat) - 1) / most)]
    return heat[
        ceil(sqrt(count / most) * len(heat)) - 1
    ]  # by the root, or one busy day would make all others pale


def _draw_scale(sheet: Sheet, y: float, counts: Mapping[date, int]) -> None:
    """Explains the colours: how many events each stands for."""
    style, most = sheet.style, max(counts.values(), default=1)
    ranges: dict[str, list[int]] = {}
    for count in range(1, most + 1):
        ranges.setdefault(_level(count, most, style), []).append(count)
    x = MARGIN
    for colour, members in ranges.items():
        sheet.box(x, y - _SQUARE / 2, _SQUARE, _SQUARE, colour)
        text = f"{members[0]}" if len(members) == 1 else f"{members[0]}–{members[-1]}"
        sheet.text(x + _SQUARE + 0.07, y, ltr(text), size=8, colour="faint")
        x += 0.95


# --- Day by day --------------------------------------------------------------------------------------------------------


def _draw_days(events: Sequence[Chosen], days: Counter[date], style: Style) -> Picture:
    years = sorted({day.year for day in days})
    title = style.text("calendar")
    lines = [describe_count(events, style), style.text("days_key")]
    foot = _left_out(events, "day", style)
    block = 7 * _SQUARE + 0.55
    sheet = Sheet(style, WIDTH, 1.75 + block * len(years) + foot_height(foot))
    y = heading(sheet, title, lines) + 0.05
    _draw_scale(sheet, y, days)
    for number, year in enumerate(years):
        _draw_year(sheet, y + 0.6 + block * number, year, days)
    footing(sheet, foot)
    return sheet.finish(title, [*lines, *foot])


def _draw_year(sheet: Sheet, top: float, year: int, days: Counter[date]) -> None:
    style, most = sheet.style, max(days.values())
    left = MARGIN + 0.85
    first = date(year, 1, 1)
    offset = (first.weekday() - style.first_weekday) % 7
    sheet.text(MARGIN, top - 0.15, str(year), size=10, bold=True)
    for row in (0, 2, 4, 6):
        name = style.names("weekdays")[row]
        sheet.text(left - 0.08, top + (row + 0.5) * _SQUARE, name, size=6.5, align="end", colour="faint")
    day = first
    while day.year == year:
        place = (day - first).days + offset
        x, y = left + place // 7 * _SQUARE, top + place % 7 * _SQUARE
        colour = _level(days[day], most, style) if days[day] else "empty_day"
        sheet.box(x + 0.01, y + 0.01, _SQUARE - 0.02, _SQUARE - 0.02, colour)
        if day.day == 1:
            month = style.names("months")[day.month - 1]
            sheet.text(x + (_SQUARE if place % 7 else 0), top - 0.12, month, size=7.5, colour="faint")
        if day == date.max:
            break
        day += timedelta(days=1)


# --- Month by month ----------------------------------------------------------------------------------------------------


def _draw_months(events: Sequence[Chosen], months: Counter[date], style: Style) -> Picture:
    every = sorted({month.year for month in months}, reverse=True)
    years = sorted(every[: style.limit("months")])
    shown = Counter({month: count for month, count in months.items() if month.year in years})
    older = sum(_ends_before(event, years[0]) for event in events) if years else 0
    title = style.text("calendar")
    lines = [describe_count(events, style), style.text("months_key")]
    foot = _left_out(events, "month", style)
    foot += [style.text("more_years", count=older)] if older else []
    sheet = Sheet(style, WIDTH, 2.1 + 0.26 * len(years) + foot_height(foot))
    y = heading(sheet, title, lines) + 0.05
    _draw_scale(sheet, y, shown)
    y += 0.6
    for number, name in enumerate(style.names("months")):
        x = MARGIN + 0.75 + _MONTH * (number + 0.5)
        sheet.text(x, y - 0.15, name, size=8, align="middle", colour="faint")
    for row, year in enumerate(years):
        _draw_months_of(sheet, y + 0.26 * row, year, shown)
    footing(sheet, foot)
    return sheet.finish(title, [*lines, *foot])


def _ends_before(event: Chosen, year: int) -> bool:
    return event.days is not None and _is_precise(event, "month") and event.days[1].year < year


def _draw_months_of(sheet: Sheet, y: float, year: int, months: Counter[date]) -> None:
    style, most = sheet.style, max(months.values())
    heat: Sequence[str] = style.data["heat"]
    sheet.text(MARGIN, y + 0.12, str(year), size=9, bold=True)
    month = begin_of(date(year, 1, 1), "month")
    for column in range(12):
        count = months[month]
        x = MARGIN + 0.75 + _MONTH * column
        colour = _level(count, most, style) if count else "empty_day"
        sheet.box(x + 0.015, y + 0.015, _MONTH - 0.03, 0.23, colour)
        if count:
            ink = "#ffffff" if colour in heat[2:] else "ink"
            sheet.text(x + _MONTH / 2, y + 0.13, str(count), size=8, align="middle", colour=ink)
        month = next_begin(month, "month")
