"""Ontology, frames, questions and golden cases hold to one another: what an event class needs is all there.

An event class is added in four places, none of them Python: a class in the ontology, a frame, a question that speaks of
it, a golden case. These tests name what is missing.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

import pytest
from conftest import REPOSITORY, Parse
from make_golden_cases import GOLDEN, find_cases

from diplograph.catalog import load_catalog
from diplograph.frames import find_mentions, load_frames
from diplograph.frames.schema import Frame, Trigger
from diplograph.linking import load_gazetteer
from diplograph.model import Mention
from diplograph.vocabulary import load_vocabulary

FRAMES = load_frames()
TRIGGERS = [(frame, trigger) for frame in FRAMES for trigger in frame.triggers]
CLASSES = load_vocabulary().event_classes()
CASES = find_cases()
MOST_OUTDONE = 3  # triggers whose example another trigger of the same frame fires on first


def slug(event_class: str) -> str:
    """``PhoneCall`` as golden cases are named: ``phone-call``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", event_class).lower()


def test_there_is_something_to_hold_together() -> None:
    assert len(CLASSES) >= 4
    assert len(FRAMES) >= 4
    assert len(TRIGGERS) >= 20
    assert len(load_catalog()) >= 15
    assert len(CASES) >= 2 * len(CLASSES) + 2


# --- Classes and frames ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("event_class", CLASSES)
def test_every_event_class_has_one_frame_named_for_it(event_class: str) -> None:
    files = [frame.file for frame in FRAMES if frame.event_class == event_class]
    assert files == [f"{slug(event_class)}.toml"], f"ontology/frames/{slug(event_class)}.toml is wanted"


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: frame.file)
def test_what_a_frame_names_is_in_the_vocabulary(frame: Frame) -> None:
    vocabulary = load_vocabulary()
    assert frame.event_class in CLASSES
    assert set(frame.yields_to) <= set(CLASSES)
    assert frame.roles and set(frame.roles) <= set(vocabulary.actor_roles())
    assert {rule.role for rule in frame.arguments} == set(frame.roles)
    assert frame.status is None or frame.status in vocabulary.statuses()
    # A rule may ask for groups as well ("the two presidents"), whose members are actors.
    kinds = {kind for rule in frame.arguments for kind in rule.kinds} - {"Group"}
    kinds |= {kind for policy in frame.roles.values() for kind in (*policy.kinds, *policy.prefer)}
    assert kinds <= {"Person", "Country", "Organization"} <= set(vocabulary.names("Class"))
    wanted = {role for trigger in frame.triggers for role in trigger.needs}
    assert wanted <= set(frame.roles)


def test_no_line_of_python_names_an_event_class() -> None:
    files = sorted((REPOSITORY / "builder").rglob("*.py"))
    assert len(files) > 40
    spellings = [form for name in CLASSES for form in (name, slug(name), slug(name).replace("-", "_"))]
    # "Summit" alone is a word; the class is named by a string of its own.
    pattern = re.compile("|".join(rf"[\"'](?:\w+:)?{re.escape(form)}[\"']" for form in spellings))
    code = re.compile(r'"""[\s\S]*?"""')
    named = [
        f"{path.relative_to(REPOSITORY)}: {match.group()}"
        for path in files
        for match in pattern.finditer(code.sub("", path.read_text(encoding="utf-8")))
    ]
    assert named == []
    plain = re.compile(r"\b(?:" + "|".join(form for name in CLASSES for form in compound(name)) + r")\b")
    named = [
        f"{path.relative_to(REPOSITORY)}: {match.group()}"
        for path in files
        for match in plain.finditer(code.sub("", path.read_text(encoding="utf-8")))
    ]
    assert [item for item in named if not item.startswith("builder/model.py")] == []


def compound(name: str) -> list[str]:
    """The forms of a class name of several words, which are no words of English; none for a single word."""
    return [name, slug(name).replace("-", "_")] if "-" in slug(name) else []


# --- Triggers and their examples -------------------------------------------------------------------------------------


def ids(item: object) -> str:
    match item:
        case Frame():
            return item.file.removesuffix(".toml")
        case Trigger():
            return item.id
        case _:
            return str(item)


@cache
def mentions_of_example(parse: Parse, example: str) -> tuple[Mention, ...]:
    return find_mentions(parse(example), FRAMES, load_gazetteer())


@pytest.mark.parametrize(("frame", "trigger"), TRIGGERS, ids=ids)
def test_every_trigger_fires_on_its_example(parse: Parse, frame: Frame, trigger: Trigger) -> None:
    """Where another trigger of the frame comes first on the same word, the frame must find its class all the same."""
    assert trigger.example
    fired = mentions_of_example(parse, trigger.example)
    told = f"{frame.file}: the example of {trigger.id} fires {[(m.frame, m.trigger) for m in fired] or 'nothing'}"
    assert any(mention.values.event_class == frame.event_class for mention in fired), told


def test_few_examples_fire_another_trigger_of_their_frame(parse: Parse) -> None:
    outdone = [
        f"{frame.file}/{trigger.id}"
        for frame, trigger in TRIGGERS
        if not any(
            (mention.frame, mention.trigger) == (frame.file, trigger.id)
            for mention in mentions_of_example(parse, trigger.example)
        )
    ]
    assert len(outdone) <= MOST_OUTDONE, outdone


def test_no_two_triggers_share_an_example() -> None:
    examples = sorted(trigger.example for _, trigger in TRIGGERS)
    assert [one for one, other in pairwise(examples) if one == other] == []


# --- Questions and golden cases --------------------------------------------------------------------------------------


def test_every_question_has_a_golden_answer_and_every_answer_a_question() -> None:
    answers = {path.stem for path in (GOLDEN / "queries").glob("*.csv")}
    questions = {query.name for query in load_catalog()}
    assert len(questions) >= 15
    assert questions == answers, "make golden"


@pytest.mark.parametrize("event_class", CLASSES)
def test_every_event_class_is_in_a_question(event_class: str) -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in (REPOSITORY / "queries").glob("*.rq")}
    assert len(texts) >= 15
    asking = [name for name, text in texts.items() if re.search(rf"\bdip:{event_class}\b", text)]
    assert asking, f"no file of queries/ asks for dip:{event_class}"


@pytest.mark.parametrize("event_class", CLASSES)
def test_every_event_class_has_two_golden_cases(event_class: str) -> None:
    cases = [case for case in CASES if case.name.startswith(slug(event_class) + "-")]
    assert len(cases) >= 2, f"tests/golden/{slug(event_class)}-…/ is wanted"
    for case in cases:
        assert event_class in {report["class"] for report in case.reports}, case.name


def test_there_are_golden_cases_without_an_event() -> None:
    cases = [case for case in CASES if case.name.startswith("none-")]
    assert len(cases) >= 2
    assert all(case.reports == [] for case in cases)


def test_every_golden_case_is_whole_and_named_for_an_event() -> None:
    prefixes = (*(slug(name) for name in CLASSES), "none")
    for case in CASES:
        assert case.name.startswith(tuple(f"{prefix}-" for prefix in prefixes)), case.name
        for name in ("text.txt", "parse.conllu", "report.json"):
            assert (case.folder / name).exists(), f"{case.name}/{name} is missing: make golden"
    folders = {path.name for path in GOLDEN.iterdir() if path.is_dir()} - {"queries"}
    assert folders == {case.name for case in CASES}
