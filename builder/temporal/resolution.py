"""What a match of the grammar means: its dates and clock time, given the day of writing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from diplograph.temporal.calendars import (
    PartialDate,
    Tense,
    add_days,
    add_months,
    choose_year,
    of_day,
    parse_partial,
    span,
)
from diplograph.temporal.clocks import Clock, read_clock
from diplograph.temporal.lexicon import load_lexicon
from diplograph.temporal.scanning import Token

Match = re.Match[str]
NAME = "name"  # the role of words of time that only name something: «ثورة 25 يناير»
_STEPS = {"next": 1, "last": -1, "current": 0, "before_last": -2, "after_next": 2}
_DAYS_ON = {
    "same": 0,
    "following": 1,
    "preceding": -1,
}  # "the same day", "the following day", "the day before"
# «قبل يوم الخميس», «قبل عام 2008»: before the one that is named
_NAMED_AFTER = frozenset(("weekday", "month", "shift", "year", "ordinal", "part"))
_BARE_YEARS = range(1900, 2101)
_CLITIC_GAP = 2  # a blank and a preposition of one letter between two words


@dataclass(frozen=True, slots=True)
class Reading:
    """A match understood: tokens ``first`` to ``last`` (exclusive).

    ``role`` is ``date`` (says its day, month or year), ``day`` (a weekday or a day counted from another), ``period``,
    ``clock`` or ``name``. No start means that the text does not suffice.
    """

    first: int
    last: int
    role: str
    start: PartialDate | None = None
    end: PartialDate | None = None
    clock: Clock | None = None
    dated: bool = True  # whether the text says the year
    yearless: tuple[int, int | None] | None = None  # month and day of a Gregorian date that is not dated


@dataclass(frozen=True)
class Resolver:
    """Reads matches over ``tokens`` from the standpoint of ``anchor``.

    ``earlier`` gives the last date said before a token (with ``day`` the last that is a day): "of the
    same month" and "of it" refer to it.
    """

    tokens: tuple[Token, ...]
    anchor: PartialDate | None
    tense: Tense | None
    earlier: Callable[..., PartialDate | None]

    def resolve(self, rule: str, match: Match) -> Reading | None:
        """The reading of a rule's match, None where the words turn out to be no time."""
        reading: Reading | None = getattr(self, f"_read_{rule}")(match)
        return reading

    # --- reading parts of a match ---

    def _group(self, match: Match, name: str) -> tuple[Token, ...]:
        first, last = match.span(name)
        return self.tokens[first:last] if first >= 0 else ()

    def _relative(self, tokens: tuple[Token, ...]) -> str:
        return next((token.sense.name for token in tokens if token.kind == "relative"), "")

    def _around(self, match: Match) -> tuple[str, str]:
        """The kinds of the tokens before and after the match."""
        before = self.tokens[match.start() - 1].kind if match.start() else ""
        after = self.tokens[match.end()].kind if match.end() < len(self.tokens) else ""
        return before, after

    def _before_is(self, match: Match, guard: str, distance: int = 1) -> bool:
        """Whether the word before the match (or the one that far before it) is one of a guard of the lexicon."""
        index = match.start() - distance
        return index >= 0 and load_lexicon().guarded(self.tokens[index].word, guard)

    def _step(self, tokens: tuple[Token, ...]) -> int | None:
        """How many periods from the anchor's own «هذا», «المقبل» … mean; None for «نفسه» and the like."""
        if any(token.kind == "that" for token in tokens):
            return None
        relative = self._relative(tokens)
        return _STEPS.get(relative) if relative else 0

    # --- dates with a day or a month ---

    def _read_numeric(self, match: Match) -> Reading | None:
        day = self.tokens[match.start()].numeric
        return Reading(match.start(), match.end(), "date", of_day(day) if day else None)

    def _days(self, match: Match) -> list[int] | None:
        """The days of the month that are named; None when one of them is no day of any month."""
        tokens = self._group(match, "DAYS")
        if tokens[0].kind == "first_day":
            return [1]
        days = [token.sense.value for token in tokens if token.kind in ("number", "ordinal")]
        return days if all(1 <= day <= 31 for day in days) else None

    def _read_day_month(self, match: Match) -> Reading | None:
        days = self._days(match)
        month = self._month(match)
        dated = any(token.kind == "year" for token in self._group(match, "YEARS"))
        if days is None or (month.sense.name == "solar" and not dated):
            return None
        joined = self.tokens[match.end("DAYS")].kind
        if month.sense.name == "hijri" and not dated and joined in ("slash", "dash"):
            return None  # «2-صفر»: a score, "two to nil"; the month is spelt like the nought
        if not dated and self._before_is(match, "commemorations"):
            return Reading(match.start(), match.end(), NAME)
        start, _ = self._date(match, month, days[0])
        _, end = self._date(match, month, days[-1])
        if start is None or end is None or str(start) > str(end):
            start = end = None
        return self._with_year(self._from_to(match, "date", start, end), match, month, days[0])

    def _with_year(self, reading: Reading, match: Match, month: Token, day: int | None) -> Reading:
        """The reading, noting whether its year is said or was inferred."""
        if match["YEARS"] or month.sense.name != "gregorian":
            return reading
        return replace(reading, dated=False, yearless=(month.sense.value, day))

    def _month(self, match: Match) -> Token:
        """The month's name; of two that contradict each other the first counts."""
        return next(token for token in self._group(match, "MONTHS") if token.kind == "month")

    def _date(
        self, match: Match, month: Token, day: int | None
    ) -> tuple[PartialDate | None, PartialDate | None]:
        """First and last partial date of a day or a month, with the year that is said or most likely meant."""
        calendar, number = month.sense.name, month.sense.value
        years = self._group(match, "YEARS")
        relative = self._relative(self._group(match, "RELATIVE") + self._group(match, "RELATIVE2"))
        year: int | None
        if years:
            year = self._year(years)
        elif self.anchor is None:
            year = None
        else:
            direction = {"before_last": "last", "after_next": "next"}.get(relative, relative)
            year = choose_year(calendar, number, day, self.anchor, direction, self.tense)
            if year is not None and direction != relative:
                year += 1 if direction == "next" else -1
        found = span(calendar, year, number, day) if year is not None else None
        return found or (None, None)

    def _year(self, tokens: tuple[Token, ...]) -> int | None:
        """The year that «2021», «من عام 2021», «من العام المقبل», «من العام نفسه» or «من العام التالي» name."""
        for token in tokens:
            if token.kind == "year":
                return token.sense.value
        step = self._step(tokens)
        if step is None:
            before = self.earlier(tokens[0].begin)
            return before.year + _DAYS_ON.get(self._relative(tokens), 0) if before and before.year else None
        return self.anchor.year + step if self.anchor else None

    def _from_to(
        self, match: Match, role: str, start: PartialDate | None, end: PartialDate | None
    ) -> Reading:
        return Reading(match.start(), match.end(), role, start, end if end != start else None)

    def _read_day_of_month(self, match: Match) -> Reading | None:
        days = self._days(match)
        which = self._group(match, "WHICH")
        before, _ = self._around(match)
        if days is None:
            return None
        if match["ELIDED"] and not self._is_elided_month(match):
            return None
        if which[-1].kind == "of_it" and before != "in" and self.tokens[match.start()].kind != "a_day":
            return None  # «3 منه»: three of it
        month: PartialDate | None
        step = None if which[-1].kind == "of_it" else self._step(which)
        if step is None:
            begin = self.tokens[match.start()].begin
            month = self.earlier(begin)
            if month and month.month is None:  # a year alone: the month is that of the last day said
                month = self.earlier(begin, day=True)
        else:
            month = add_months(self.anchor, step) if self.anchor and self.anchor.month else None
        if month is None or month.month is None:
            return Reading(match.start(), match.end(), "date")
        found = [span("gregorian", month.year, month.month, day) for day in (days[0], days[-1])]
        if found[0] is None or found[1] is None:
            return Reading(match.start(), match.end(), "date")
        return self._from_to(match, "date", found[0][0], found[1][1])

    def _is_elided_month(self, match: Match) -> bool:
        """«يومي 25 و26 الجاري», «في 15 المقبل»: the adjective stands for the month; «القمة 25 المقبلة» is no date."""
        which = self._group(match, "WHICH")
        before, _ = self._around(match)
        opened = self.tokens[match.start()].kind == "a_day" or before in ("in", "between", "until")
        masculine = which[-1].word in load_lexicon().guards["elided_months"]
        return opened and masculine

    def _read_month(self, match: Match) -> Reading | None:
        month = self._month(match)
        if self._evidence(match) < month.sense.doubt:
            return None
        if self._before_is(match, "commemorations"):
            return Reading(match.start(), match.end(), NAME)
        start, end = self._date(match, month, None)
        return self._with_year(self._from_to(match, "date", start, end), match, month, None)

    def _evidence(self, match: Match) -> int:
        """How surely a month's name without a day is a month: 1 after a preposition, 2 with more."""
        months = self._group(match, "MONTHS")
        dated = any(token.kind == "year" for token in self._group(match, "YEARS"))
        if self._month(match).sense.name != "gregorian":
            return 2 if dated or months[0].kind != "month" else 0
        if dated or len(months) > 1 or match.end() - match.start() > 1:
            return 2
        return 1 if self._around(match)[0] in ("in", "ago", "until", "between") else 0

    def _read_months(self, match: Match) -> Reading | None:
        first = next(token for token in self._group(match, "FIRST") if token.kind == "month")
        last = self._month(match)
        if first.sense.name != last.sense.name or "gregorian" != last.sense.name:
            return None
        _, end = self._date(match, last, None)
        if end is None:
            return Reading(match.start(), match.end(), "date")
        year = end.year if first.sense.value <= last.sense.value else end.year - 1
        return self._from_to(match, "date", PartialDate(year, first.sense.value), end)

    # --- years and periods ---

    def _read_year(self, match: Match) -> Reading | None:
        named = [name for name, place in match.groupdict().items() if place]
        years = [self._group(match, name)[0].sense.value for name in named]
        if "NAMED" not in named and not all(year in _BARE_YEARS for year in years):
            return None
        tokens = self.tokens[match.start() : match.end()]
        hijri = any(token.kind == "hijri_era" for token in tokens)
        if hijri or any(token.kind == "solar_era" for token in tokens):
            calendar = "hijri" if hijri else "solar"
            first, last = span(calendar, years[0], 1, None), span(calendar, years[-1], 12, None)
            if first is None or last is None:
                return Reading(match.start(), match.end(), "date")
            return self._from_to(match, "date", PartialDate(first[0].year), PartialDate(last[1].year))
        if years[0] > years[-1]:
            return None
        return self._from_to(match, "date", PartialDate(years[0]), PartialDate(years[-1]))

    def _read_period(self, match: Match) -> Reading | None:
        tokens = self._group(match, "PERIOD")
        noun = next(token for token in tokens if token.kind.startswith("the_"))
        if noun.sense.name == "year" and self._before_is(match, "general"):
            return None  # «الأمين العام الحالي»
        step = self._step(tokens)
        start = end = None
        if step is None:
            before = self.earlier(tokens[0].begin)
            keeps = {"day": 10, "month": 7, "year": 4}.get(noun.sense.name)
            if before and keeps and noun.sense.count == 1 and len(str(before)) >= keeps:
                start = parse_partial(str(before)[:keeps])
        elif tokens[0].kind == "this" or self._relative(tokens) or not self._is_qualified(match.end()):
            start, end = self._period(noun, step)
        return self._from_to(match, "period", start, end)

    def _is_qualified(self, index: int) -> bool:
        """Whether an adjective or a relative clause begins at this token: «نهاية العام الدراسي»."""
        return index < len(self.tokens) and load_lexicon().guarded(
            self.tokens[index].word, "period_adjectives"
        )

    def _period(self, noun: Token, step: int) -> tuple[PartialDate | None, PartialDate | None]:
        """«الشهر المقبل», «العام الماضي», «اليومين الماضيين»: the period itself, as partial dates.

        A week has no partial date: it is given as its month when it (Monday to Sunday) lies within one.
        """
        anchor = self.anchor
        if anchor is None or noun.sense.count == 0:
            return None, None
        unit, dual = noun.sense.name, noun.sense.count == 2
        if unit == "year":
            ends = [PartialDate(anchor.year + step * count) for count in ((1, 2) if dual else (1,))]
        elif unit == "month" and anchor.month:
            ends = [add_months(anchor, step * count) for count in ((1, 2) if dual else (1,))]
        elif unit == "day" and anchor.day:
            ends = [add_days(anchor, step * count) for count in ((1, 2) if dual else (1,))]
        elif unit == "week" and anchor.day and not dual:
            monday, sunday = self._week(step)
            inside = monday.month == sunday.month
            return (PartialDate(monday.year, monday.month), None) if inside else (None, None)
        else:
            return None, None
        ordered = sorted(ends, key=str)
        return ordered[0], ordered[-1]

    def _week(self, step: int) -> tuple[date, date]:
        """Monday and Sunday of the week that many weeks from the anchor's, which is known to the day."""
        assert self.anchor is not None
        monday = self.anchor.first - timedelta(days=self.anchor.first.weekday()) + timedelta(weeks=step)
        return monday, monday + timedelta(days=6)

    # --- days counted from the anchor ---

    def _read_shift(self, match: Match) -> Reading | None:
        _, after = self._around(match)
        shift = self._group(match, "SHIFT")[0].sense.value
        titled = self._before_is(match, "parties") or self._before_is(match, "media", 2)
        if titled or (shift == 0 and self._is_some_day(match)):
            return Reading(match.start(), match.end(), NAME)
        if shift == 0 and self._around(match)[0] == "that":
            return Reading(match.start(), match.end(), "day", self._same_day(match))  # «في ذلك اليوم»
        start = add_days(self.anchor, shift) if self.anchor and self.anchor.day else None
        if after == "relative" and shift == 0:  # «اليوم نفسه», «اليوم التالي»
            relative = self.tokens[match.end()].sense.name
            start = self._same_day(match) if relative in _DAYS_ON else None
            start = add_days(start, _DAYS_ON[relative]) if start else None
            return Reading(match.start(), match.end() + 1, "day", start)
        return Reading(match.start(), match.end(), "day", start)

    def _same_day(self, match: Match) -> PartialDate | None:
        """The date said before, if it is a day."""
        return self.earlier(self.tokens[match.start()].begin, day=True)

    def _is_some_day(self, match: Match) -> bool:
        """Whether «اليوم» is not today: «اليوم الأول», «اليوم العالمي», and «في اليوم …» with anything definite."""
        before, after = self._around(match)
        if after == "ordinal":
            return True
        word = self.tokens[match.end()].word if after else ""
        lexicon = load_lexicon()
        definite = before == "in" and after == "other" and word.startswith(lexicon.article)
        return definite or word in lexicon.guards["day_adjectives"]

    def _read_weekday(self, match: Match) -> Reading | None:
        first = self._weekday(match, "FIRST")
        second = self._weekday(match, "SECOND") if match["SECOND"] else None
        if self.anchor is None or not self.anchor.day:
            return Reading(match.start(), match.end(), "day")
        relative = self._relative(self._group(match, "RELATIVE1") + self._group(match, "RELATIVE"))
        week = self._group(match, "WEEK")
        told = self._same_day(match) if relative in ("following", "preceding") else None
        if told:
            # «الخميس الذي يليه», «الأربعاء السابق للقاء»: counted from the day said before
            way = _DAYS_ON[relative]
            away = (way * (first - told.first.isoweekday())) % 7 or 7
            start = told.first + timedelta(days=way * away)
        elif match["SHIFT"]:
            target = self.anchor.first + timedelta(days=self._group(match, "SHIFT")[0].sense.value)
            ahead = (first - target.isoweekday() + 3) % 7 - 3  # the such-named day nearest to that day
            start = target + timedelta(days=ahead)
        elif week:
            start = self._week(self._step(week) or 0)[0] + timedelta(days=first - 1)
        elif second is not None and self._looks_back(relative):
            # «الخميس والجمعة»: the last of them is the one just past
            end = self._seek(second, relative)
            return self._from_to(
                match, "day", of_day(end - timedelta(days=(second - first) % 7)), of_day(end)
            )
        else:
            start = self._seek(first, relative)
        end = start + timedelta(days=(second - first) % 7) if second else start
        return self._from_to(match, "day", of_day(start), of_day(end))

    def _weekday(self, match: Match, group: str) -> int:
        return next(token.sense.value for token in self._group(match, group) if token.kind == "weekday")

    def _looks_back(self, relative: str) -> bool:
        if relative in ("next", "after_next", "last", "before_last"):
            return relative in ("last", "before_last")
        return self.tense != "future"

    def _seek(self, weekday: int, relative: str) -> date:
        """The nearest day of that name, the anchor's own included unless «المقبل» or «الماضي» stands with it."""
        assert self.anchor is not None
        today = self.anchor.first
        back = (today.isoweekday() - weekday) % 7
        ahead = (weekday - today.isoweekday()) % 7
        if relative in ("next", "after_next"):
            return today + timedelta(days=(ahead or 7) + (7 if relative == "after_next" else 0))
        if relative in ("last", "before_last"):
            return today - timedelta(days=(back or 7) + (7 if relative == "before_last" else 0))
        return today - timedelta(days=back) if self._looks_back(relative) else today + timedelta(days=ahead)

    def _read_feast(self, match: Match) -> Reading | None:
        """«ليلة رأس السنة», «يوم عيد الميلاد 2001»: a feast that has a day of its own."""
        month, day = divmod(self.tokens[match.start()].sense.value, 100)
        named = self.tokens[match.end() - 1]
        year = named.sense.value if named.kind == "year" else None
        if year is None and self.anchor is not None:
            year = choose_year("gregorian", month, day, self.anchor, "", self.tense)
        start = PartialDate(year, month, day) if year else None
        return Reading(match.start(), match.end(), "date", start)

    def _read_ago(self, match: Match) -> Reading | None:
        """«قبل يومين», «بعد ثلاثة أيام», «منذ عام»; from something else («قبل يومين من القمة») it has no date."""
        unit = self._group(match, "UNIT")[0].sense
        one = self._group(match, "ONE")
        _, after = self._around(match)
        following = [token.kind for token in self.tokens[match.end() : match.end() + 2]]
        if (one and one[0].sense.value != 1) or after in _NAMED_AFTER or following == ["comma", "year"]:
            return None
        count = self._group(match, "COUNT")
        number = count[0].sense.value if count else unit.count
        side = -1 if self._group(match, "SIDE")[0].kind == "ago" else 1
        if self._around(match)[0] == self._group(match, "UNIT")[0].kind:
            return None  # «يوما بعد يوم»
        if number == 0 or (following[:1] in (["of"], ["upon"]) and following != ["of", "now"]):
            return Reading(match.start(), match.end(), "period")
        if side == 1 and not count and unit.count == 1 and after == "other":
            return Reading(match.start(), match.end(), "period")  # «بعد يوم طويل»
        if side == 1 and self.tense in ("past", "told"):
            return Reading(
                match.start(), match.end(), "period"
            )  # «وبعد ثلاثة أسابيع عاد»: after what was told before
        return Reading(
            match.start(), match.end(), "period", self._away(unit.name, side * number, self.anchor)
        )

    def _read_away(self, match: Match) -> Reading | None:
        """«بعد ذلك بيومين», «قبلها بأسبوع», «قبل القمة بيوم»: counted from the last day that was said."""
        event = self._group(match, "EVENT")
        length = self.tokens[match.end("EVENT")] if event else None
        # The length has a preposition on it, one letter: «قبل القمة بيوم», and not «بعد اللقاء يوم الخميس».
        if (
            event
            and length
            and not (load_lexicon().is_definite(event[0].word) and length.begin - event[0].end == _CLITIC_GAP)
        ):
            return None
        unit = self._group(match, "UNIT")[0].sense
        count = self._group(match, "COUNT")
        number = count[0].sense.value if count else unit.count
        one = self._group(match, "ONE")
        if not number or (one and one[0].sense.value != 1):
            return None
        side = self._group(match, "SIDE")
        back = bool(match["PAST"]) or (bool(side) and side[0].kind == "ago")
        base = self.earlier(self.tokens[match.start()].begin, day=True)
        start = self._away(unit.name, -number if back else number, base)
        return Reading(match.start(), match.end(), "period", start)

    def _away(self, unit: str, count: int, anchor: PartialDate | None) -> PartialDate | None:
        """That many units from a date, as precise as the unit (a week as precise as a day)."""
        if anchor is None or abs(count) > 1000:
            return None
        if unit == "year":
            return PartialDate(anchor.year + count)
        if unit == "month":
            return add_months(anchor, count) if anchor.month else None
        if unit in ("day", "week") and anchor.day:
            return add_days(anchor, count * (7 if unit == "week" else 1))
        return None

    # --- clock times ---

    def _read_clock(self, match: Match) -> Reading | None:
        tokens = self.tokens[match.start() : match.end()]
        before = self.tokens[match.start() - 1].word if match.start() else ""
        if tokens[0].kind == "hour" and load_lexicon().is_definite(before):
            return None  # «القمة الثانية مساء»: the second summit
        clock = read_clock(tokens)
        return Reading(match.start(), match.end(), "clock", clock=clock) if clock else None
