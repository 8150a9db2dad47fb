"""What is hard in Arabic diplomatic news, one construction a case: ``data/hard_constructions.toml`` says what the cases
want and how they are compared. The real parser reads them all; what is known to fail must fail until its mark goes."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from typing import Any

import pytest
from conftest import REPOSITORY, Parse

from diplograph.arabic import fold
from diplograph.model import Actor, EventReport, Place
from diplograph.pipeline import FrameExtractor

LISTED = tomllib.loads(
    (REPOSITORY / "tests" / "data" / "hard_constructions.toml").read_text(encoding="utf-8")
)
CASES: list[dict[str, Any]] = LISTED["case"]
SECTIONS = {
    *("Phone calls", "Summits", "Threats of sanctions", "Talks on security guarantees", "Everywhere"),
    "Met in unseen news",
}
ROLES = {"source": "threatener", "target": "target"}
STATED = {
    *("type", "status", "participants", "participants_optional", "represented", "source", "target"),
    *("start", "place", "duration", "optional"),
}


@pytest.fixture(scope="module")
def extractor() -> FrameExtractor:
    return FrameExtractor()


def as_parameter(case: dict[str, Any]) -> Any:
    why = case.get("known_failure")
    marks = [pytest.mark.xfail(strict=True, raises=AssertionError, reason=why)] if why else []
    return pytest.param(case, id=case["id"], marks=marks)


@pytest.mark.parametrize("case", [as_parameter(case) for case in CASES])
def test_a_hard_construction_is_read(case: dict[str, Any], parse: Parse, extractor: FrameExtractor) -> None:
    found = extractor.extract(parse(case["text"], case.get("published"), case["id"]))
    assert account_for(case["events"], found), f"wanted {case['events']}, found {[*map(describe, found)]}"


def test_the_list_says_how_much_is_read() -> None:
    passing = [case for case in CASES if "known_failure" not in case]
    assert len(CASES) >= 60
    assert (LISTED["cases"], LISTED["passing"]) == (len(CASES), len(passing))


def test_the_list_covers_every_section() -> None:
    assert {case["section"] for case in CASES} == SECTIONS
    for section in SECTIONS - {"Everywhere", "Met in unseen news"}:
        wanted = [bool(case["events"]) for case in CASES if case["section"] == section]
        assert True in wanted and False in wanted, f"{section}: there must be cases with events, and without"


def test_the_cases_are_well_formed() -> None:
    assert len({case["id"] for case in CASES}) == len(CASES)
    assert len({case["construction"] for case in CASES}) == len(CASES)
    for case in CASES:
        for event in case["events"]:
            assert "type" in event and event.keys() <= STATED, case["id"]


@pytest.mark.parametrize(
    ("change", "agree"),
    [
        ({}, True),
        ({"start": "2021-12-21"}, False),
        ({"start": ""}, False),
        ({"duration": 45}, False),
        ({"place": "Berlin"}, False),
        ({"status": "planned"}, False),
        ({"participants": ["Olaf Scholz"]}, False),
        ({"participants": ["Olaf Scholz"], "participants_optional": ["Xi Jinping"]}, True),
        ({"participants": ["Olaf Scholz", "China"], "represented": {"China": "Xi Jinping"}}, True),
        ({"participants": ["Olaf Scholz", "Xi Jinping", "Emmanuel Macron"]}, False),
    ],
)
def test_the_comparison_sees_what_differs(
    change: dict[str, Any], agree: bool, parse: Parse, extractor: FrameExtractor
) -> None:
    text = "أجرى المستشار الألماني أولاف شولتس أمس اتصالاً هاتفياً مع الرئيس الصيني شي جين بينغ."
    found = extractor.extract(parse(text, "2021-12-23"))
    wanted = {
        "type": "PhoneCall",
        "status": "occurred",
        "participants": ["Xi Jinping", "Olaf Scholz"],
        "start": "2021-12-22",
    }
    assert account_for([wanted | change], found) is agree
    assert not account_for([], found)
    assert not account_for([wanted, wanted], found)
    assert account_for([wanted, wanted | {"optional": True}], found)


# --- Comparing -------------------------------------------------------------------------------------------------------


def account_for(wanted: Sequence[dict[str, Any]], found: Sequence[EventReport]) -> bool:
    """Whether each report is an event that is wanted, no two the same one, and none is missed that is not optional."""
    if not wanted:
        return not found
    first, rest = wanted[0], wanted[1:]
    if first.get("optional") and account_for(rest, found):
        return True
    return any(
        agrees(first, report) and account_for(rest, [*found[:index], *found[index + 1 :]])
        for index, report in enumerate(found)
    )


def agrees(wanted: dict[str, Any], report: EventReport) -> bool:
    """Whether a report says all that is stated of an event, and of what is stated nothing else."""
    values = report.values
    if (values.event_class, values.status) != (wanted["type"], wanted.get("status", values.status)):
        return False
    if "participants" in wanted and not agree_on_actors(wanted, values.actors()):
        return False
    for name, role in ROLES.items():
        if name in wanted and not agree_on_actors({"participants": wanted[name]}, values.actors(role)):
            return False
    if "start" in wanted and (values.start_date or "") not in either(wanted["start"]):
        return False
    if "place" in wanted and not any(is_called(values.place, place) for place in either(wanted["place"])):
        return False
    return "duration" not in wanted or values.duration_minutes == wanted["duration"]


def agree_on_actors(wanted: dict[str, Any], actors: Sequence[Actor]) -> bool:
    """Whether the actors are the participants, or whoever may be named in their stead or besides."""
    stands_for = wanted.get("represented", {})
    names = wanted["participants"]
    welcome = [*names, *stands_for.values(), *wanted.get("participants_optional", [])]
    return all(any(is_called(actor, name) for name in welcome) for actor in actors) and all(
        any(is_called(actor, one) for actor in actors for one in (name, stands_for.get(name, name)))
        for name in names
    )


def is_called(thing: Actor | Place | None, name: str) -> bool:
    """Whether this is the English label, or, of what has none, the Arabic one or its beginning ("" is nothing's)."""
    if thing is None or not name:
        return thing is None and not name
    if thing.label_en:
        return thing.label_en == name
    return fold(thing.label_ar).startswith(fold(name))


def either(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


def describe(report: EventReport) -> dict[str, Any]:
    """What a report says, for the message of a case that fails."""
    values = report.values
    said = [f"{filler.role}: {filler.actor.label_en or filler.actor.label_ar}" for filler in values.fillers]
    place = values.place and (values.place.label_en or values.place.label_ar)
    return {
        "type": values.event_class,
        "status": values.status,
        "actors": said,
        "start": values.start_date,
        "place": place,
        "duration": values.duration_minutes,
    }
