"""Time expressions: a table of phrases, and what must hold of any text."""

from __future__ import annotations

import csv
import doctest
import importlib
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diplograph.model import TimeError
from diplograph.temporal import check_partial_date, count_days, find_durations, find_times, read_date

TABLE = Path(__file__).parent / "data" / "time_cases.tsv"
UNDATED, NO_TIME = "?", "-"  # in the column start_date: a time without a date, no time at all


def read_cases(table: Path = TABLE) -> list[dict[str, str]]:
    lines = [line for line in table.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def answer(case: dict[str, str]) -> dict[str, str]:
    """What is found in a phrase, in the form of the table."""
    text, tense = case["text"], case["tense"] or None
    times = find_times(text, 0, len(text), case["anchor"] or None, tense=tense)  # type: ignore[arg-type]
    lengths = find_durations(text, 0, len(text))
    first = times[0] if len(times) == 1 else None
    return {
        "start_date": "; ".join(found.start_date or UNDATED for found in times) or NO_TIME,
        "end_date": (first and first.end_date) or "",
        "start_time": (first and first.start_time) or "",
        "minutes": "; ".join(str(length.minutes) for length in lengths),
    }


@pytest.mark.parametrize("case", read_cases(), ids=lambda case: f"{case['text']}|{case['anchor']}")
def test_phrase(case: dict[str, str]) -> None:
    found = answer(case)
    assert found == {column: case[column] for column in found}


NEWS = (
    Path(__file__).parent / "data" / "time_cases_news.tsv"
)  # phrases of news of 2008-2018, each read by eye


def test_the_times_of_real_news_are_read_rightly() -> None:
    cases = read_cases(NEWS)
    wrong = [
        (case["text"], found) for case in cases if (found := answer(case)) != {k: case[k] for k in found}
    ]
    assert len(cases) >= 300
    assert len(wrong) / len(cases) <= 0.03, wrong


# --- what surrounds a phrase ---


def test_offsets_are_code_points_of_the_text() -> None:
    text = "ثم التقيا «مساءَ أمسِ الخميس» في جنيف، لمدة 40 دقيقةً."
    [found] = find_times(text, 0, len(text), "2021-12-31")
    assert text[found.begin : found.end] == "مساءَ أمسِ الخميس"
    [length] = find_durations(text, 0, len(text))
    assert text[length.begin : length.end] == "40 دقيقةً"


def test_clitics_are_left_outside() -> None:
    text = "وللخميس المقبل"
    [found] = find_times(text, 0, len(text), "2021-12-31")
    assert text[found.begin : found.end] == "لخميس المقبل"
    assert found.start_date == "2022-01-06"


def test_same_month_refers_to_the_date_before_even_in_an_earlier_sentence() -> None:
    first, second = "وقعا الإعلان في 12 من كانون الثاني 2022.", " ثم اجتمعا يوم 13 من الشهر نفسه، وفي 15 منه."
    text = first + second
    found = find_times(text, len(first), len(text), None)
    assert [time.start_date for time in found] == ["2022-01-13", "2022-01-15"]


def test_several_times_in_a_sentence() -> None:
    text = "قال الاثنين إن الجولة الثانية تعقد في 5 و6 آذار المقبل بعد جولة كانون الأول/ديسمبر 2009 التي دامت ساعتين"
    found = find_times(text, 0, len(text), "2010-02-16")
    assert [(time.start_date, time.end_date) for time in found] == [
        ("2010-02-15", None),
        ("2010-03-05", "2010-03-06"),
        ("2009-12", None),
    ]
    assert [length.minutes for length in find_durations(text, 0, len(text))] == [120]


def test_a_second_date_in_brackets_stays_apart() -> None:
    text = "في 30 ديسمبر 2021 (9 ديسمبر)"
    assert [time.start_date for time in find_times(text, 0, len(text), "2022-01-03")] == [
        "2021-12-30",
        "2021-12-09",
    ]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("قمة استغرقت يومين في برازيليا", 2),
        ("دامت ثلاثة أيام", 3),
        ("استمرت 11 يوما", 11),
        ("قبل يومين من القمة", None),
        ("منذ ثلاثة أيام", None),
        ("بعد يومين", None),
        ("خلال يومين", None),
        ("كل يوم", None),
        ("عدة أيام", None),
    ],
)
def test_days_are_counted_where_they_are_a_length(text: str, days: int | None) -> None:
    assert count_days(text, 0, len(text)) == days


def test_a_bad_anchor_is_refused() -> None:
    with pytest.raises(TimeError, match="2021-02-30"):
        find_times("أمس", 0, 3, "2021-02-30")


# --- whole strings ---


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021.12.31", "2021-12-31"),
        ("2021.12.31 | 06:41", "2021-12-31"),
        ("31 ديسمبر 2021", "2021-12-31"),
        ("الجمعة 31 ديسمبر (كانون الأول) 2021", "2021-12-31"),
        ("الجمعة، 31 كانون الأول/ديسمبر 2021 - 06:41", "2021-12-31"),
        ("٣١/١٢/٢٠٢١", "2021-12-31"),
        ("12/31/2021", "2021-12-31"),
        ("2021-12-31T06:41", "2021-12-31"),
        ("2021-12-31T06:41:20.5+03:00", "2021-12-31"),
        ("Fri, 31 Dec 2021 06:41:00 +0300", "2021-12-31"),
        ("December 31, 2021", "2021-12-31"),
        ("2018-06", "2018-06"),
        ("2018", "2018"),
        ("ديسمبر 2021", "2021-12"),
        ("15 رمضان 1442 هـ", "2021-04-27"),
        ("2021-02-30", None),
        ("31/02/2021", None),
        ("31 فبراير 2021", None),
        ("31 ديسمبر", None),
        ("أمس", None),
        ("دمشق 31 ديسمبر 2021", None),
        ("من 3 إلى 5 مايو 2019", None),
        ("", None),
        ("خبر", None),
    ],
)
def test_read_date(text: str, expected: str | None) -> None:
    assert read_date(text) == expected


@pytest.mark.parametrize("value", ["2021", "2021-12", "2020-02-29"])
def test_partial_dates(value: str) -> None:
    check_partial_date(value)


@pytest.mark.parametrize(
    "value", ["", "21", "2021-13", "2021-00", "2021-02-30", "2021-02-29", "2021-1-1", "٢٠٢١", "0000"]
)
def test_bad_partial_dates(value: str) -> None:
    with pytest.raises(TimeError):
        check_partial_date(value)


@pytest.mark.parametrize("name", ["calendars", "clocks", "datelines", "durations", "finding", "scanning"])
def test_examples_in_the_docstrings(name: str) -> None:
    failed, tried = doctest.testmod(importlib.import_module(f"diplograph.temporal.{name}"))
    assert tried > 0
    assert failed == 0


# --- any text ---

WORDS = sorted({word for case in read_cases() for word in case["text"].split()})
PIECES = st.one_of(
    st.sampled_from(WORDS),
    st.integers(0, 2200).map(str),
    st.sampled_from(
        list("،,.()/-:\n«»\u064b\u200f\u0640") + ["و", "31/12/2021", "24:00", "99:99", "31.02.2021", "9999"]
    ),
    st.text(max_size=4),
)
TEXTS = st.lists(PIECES, max_size=14).flatmap(
    lambda pieces: st.sampled_from([" ", "", "  "]).map(lambda glue: glue.join(pieces))
)
ANCHORS = st.one_of(
    st.none(),
    st.dates(date(1900, 1, 1), date(2100, 12, 31)).flatmap(
        lambda d: st.sampled_from([str(d), str(d)[:7], str(d)[:4]])
    ),
)


@settings(max_examples=400, deadline=None)
@given(TEXTS, ANCHORS, st.sampled_from([None, "past", "future"]))
def test_what_is_found_is_in_the_text_in_order_and_in_the_calendar(
    text: str, anchor: str | None, tense: Any
) -> None:
    found = find_times(text, 0, len(text), anchor, tense=tense)
    end = 0
    for item in found:
        assert end <= item.begin < item.end <= len(text)
        end = item.end
        for value in filter(None, (item.start_date, item.end_date)):
            check_partial_date(value)
        if item.end_date:
            assert item.start_date is not None
            assert item.start_date < item.end_date
    assert found == find_times(text, 0, len(text), anchor, tense=tense)
    end = 0
    for length in find_durations(text, 0, len(text)):
        assert end <= length.begin < length.end <= len(text)
        assert length.minutes > 0
        end = length.end


@settings(max_examples=150, deadline=None)
@given(TEXTS, ANCHORS)
def test_a_stretch_is_read_as_it_is_alone(text: str, anchor: str | None) -> None:
    before, after = "كلام سابق. ", " كلام لاحق"
    whole = before + text + after
    alone = find_times(text, 0, len(text), anchor)
    within = find_times(whole, len(before), len(before) + len(text), anchor)
    assert [(item.begin + len(before), item.start_date, item.end_date) for item in alone] == [
        (item.begin, item.start_date, item.end_date) for item in within
    ]


def test_a_sentence_takes_less_than_a_millisecond() -> None:
    text = (
        "أعلنت الخارجية مساء أمس الخميس أن المحادثات ستعقد في 9 و10 كانون الثاني/يناير المقبل في جنيف،"
        " بعد اتصال استمر نحو 50 دقيقة وانتهى عند الساعة 16:25 بالتوقيت المحلي (21:25 بتوقيت غرينتش)"
    )
    find_times(text, 0, len(text), "2021-12-31")
    begun = time.process_time()
    for _ in range(200):
        find_times(text, 0, len(text), "2021-12-31")
    assert (time.process_time() - begun) / 200 < 0.004  # a quarter of this on an idle machine
