"""Extraction as a whole: golden cases, quotes, and how well the graph tells what articles say."""

from __future__ import annotations

import csv
import importlib.util
import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from conftest import REPOSITORY, SHARED, Parse
from make_golden_cases import Case, describe, extract, find_cases

from diplograph.model import ParsedDocument
from diplograph.parsing import StanzaParser, read_conllu
from diplograph.pipeline import parse_sources

CASES = find_cases()
CONSTRUCTIONS = REPOSITORY / "tests" / "gold" / "constructions"
SETS = {
    "constructions": CONSTRUCTIONS,
    "seeds": SHARED / "articles" / "seeds",
    "dev": SHARED / "articles" / "dev",
}
SCORER = SHARED / "measure" / "score.py"


# --- Golden cases ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_golden_parse_gives_the_golden_reports(case: Case) -> None:
    (parsed,) = read_conllu(case.parse, str(case.folder))
    assert parsed.document.text == case.document.text, "the text has changed: make golden"
    assert parsed.document.published == case.document.published, "the date has changed: make golden"
    assert describe(parsed, extract(parsed)) == case.reports


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_stanza_gives_the_golden_reports(case: Case, stanza_parser: StanzaParser) -> None:
    parsed = stanza_parser.parse(case.document)
    assert describe(parsed, extract(parsed)) == case.reports


def test_there_are_golden_cases() -> None:
    assert len(CASES) >= 10


SENTENCES = [
    # a text, its date, and for each report: status, actors, date, place
    pytest.param(
        "تعقد روسيا والولايات المتحدة في جنيف في 10 يناير محادثات حول الضمانات الأمنية. وتعقد الجولة الثانية من"
        " المحادثات في بروكسل في 12 يناير.",
        "2022-01-05",
        [
            ("planned", {"Russia", "United States"}, "2022-01-10", "Geneva"),
            ("planned", {"Russia", "United States"}, "2022-01-12", "Brussels"),
        ],
        id="second-round-of-the-talks",
    ),
    pytest.param(
        "تستضيف مدينة سرت الليبية في 27 مارس المقبل القمة العربية.",
        "2010-02-20",
        [("planned", {"Arab League"}, "2010-03-27", "Sirte")],
        id="a-city-hosts",
    ),
    pytest.param(
        "دعا الرئيس الفرنسي إيمانويل ماكرون إلى عقد قمة مع الرئيس الروسي فلاديمير بوتين في باريس.",
        "2018-03-02",
        [("hypothetical", {"Emmanuel Macron", "Vladimir Putin"}, None, "Paris")],
        id="who-calls-for-a-summit-with",
    ),
    pytest.param(
        "نفى بايدن إجراء مكالمة مع بوتين.",
        "2021-06-17",
        [("denied", {"Joe Biden", "Vladimir Putin"}, None, None)],
        id="who-denies-a-call-with",
    ),
    pytest.param(
        "سيجري ماكرون مكالمة مع السيسي.",
        "2021-06-17",
        [("planned", {"Emmanuel Macron", "Abdel Fattah el-Sisi"}, None, None)],
        id="future-before-a-name",
    ),
    pytest.param(
        "قال ماكرون خلال اجتماعه ببوتين ذلك.",
        "2021-06-17",
        [("occurred", {"Emmanuel Macron", "Vladimir Putin"}, None, None)],
        id="his-meeting-with",
    ),
    pytest.param(
        "تستضيف جنيف الشهر المقبل جولة جديدة من المحادثات الروسية الأمريكية بشأن الضمانات الأمنية.",
        "2022-02-15",
        [("planned", {"Russia", "United States"}, "2022-03", "Geneva")],
        id="a-round-of-somebodys-talks",
    ),
    pytest.param(
        "نفى المتحدث باسم الكرملين دميتري بيسكوف عقد قمة بين بوتين وزيلينسكي.",
        "2022-02-15",
        [("denied", {"Vladimir Putin", "Volodymyr Zelenskyy"}, None, None)],
        id="and-written-with-a-name",
    ),
    pytest.param(
        "ألغى الرئيس الأمريكي دونالد ترامب القمة المقررة مع الزعيم الكوري الشمالي كيم جونغ أون في سنغافورة.",
        "2018-05-25",
        [("denied", {"Donald Trump", "Kim Jong-un"}, None, "Singapore")],
        id="who-cancels-a-summit-with",
    ),
    pytest.param(
        "لم يجر الرئيسان الأمريكي والصيني أي اتصال هاتفي منذ مارس.",
        "2022-02-15",
        [("denied", {"Joe Biden", "Xi Jinping"}, None, None)],
        id="no-call-was-held",
    ),
    pytest.param(
        "اختتم الرئيسان الفرنسي والروسي قمتهما في موسكو.",
        "2022-02-15",
        [("occurred", {"Emmanuel Macron", "Vladimir Putin"}, None, "Moscow")],
        id="their-summit",
    ),
]


@pytest.mark.parametrize(("text", "published", "wanted"), SENTENCES)
def test_a_sentence_says_who_when_and_where(
    parse: Parse,
    text: str,
    published: str,
    wanted: list[tuple[str, set[str], str | None, str | None]],
) -> None:
    found = [report.values for report in extract(parse(text, published))]
    assert [
        (
            values.status,
            {actor.label_en for actor in values.actors()},
            values.start_date,
            values.place.label_en if values.place else None,
        )
        for values in found
    ] == wanted


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("رفضت طهران التهديدات الأمريكية بفرض عقوبات على إيران.", "occurred"),
        ("نفت واشنطن التهديدات الأمريكية بفرض عقوبات على إيران.", "denied"),
    ],
    ids=["refused", "denied"],
)
def test_who_refuses_a_threat_does_not_deny_it(parse: Parse, text: str, status: str) -> None:
    assert [report.values.status for report in extract(parse(text, "2022-02-15"))] == [status]


# --- Articles --------------------------------------------------------------------------------------------------------


def articles(name: str) -> Path:
    """The articles of a set; skips the test where they are not."""
    path = SETS[name] / "articles.jsonl"
    if not path.exists():
        pytest.skip(f"the {name} articles are not beside the repository: no {path}")
    return path


@pytest.fixture(scope="session")
def parses(stanza_parser: StanzaParser) -> Callable[[str], list[ParsedDocument]]:
    """``parses(name)``: the parses of a set, by way of the cache that the builds of this run share."""
    known: dict[str, list[ParsedDocument]] = {}

    def parse_set(name: str) -> list[ParsedDocument]:
        if name not in known:
            found = list(parse_sources([articles(name)]))
            known[name] = [parsed for parsed in found if isinstance(parsed, ParsedDocument)]
            assert len(known[name]) == len(found)
        return known[name]

    return parse_set


@pytest.mark.parametrize("name", SETS)
def test_every_quote_is_the_text_at_its_offsets(
    name: str, parses: Callable[[str], list[ParsedDocument]]
) -> None:
    """ "At its offsets" means within one sentence of the article, on whole words, with every proof in place."""
    quotes = 0
    for parsed in parses(name):
        text = parsed.document.text
        begins = {word.begin for sentence in parsed.sentences for word in sentence.words}
        ends = {word.end for sentence in parsed.sentences for word in sentence.words}
        for report in extract(parsed):
            assert report.document == parsed.document.id
            assert report.mentions
            for mention in report.mentions:
                quotes += 1
                sentence = parsed.sentences[mention.sentence]
                assert sentence.begin <= mention.begin < mention.end <= sentence.end
                assert text[mention.begin : mention.end].strip() == text[mention.begin : mention.end]
                assert mention.begin in begins and mention.end in ends
                (trigger,) = [proof for proof in mention.evidence if proof.aspect == "trigger"]
                assert mention.begin <= trigger.begin < trigger.end <= mention.end
                for proof in mention.evidence:
                    assert 0 <= proof.begin < proof.end <= len(text), proof
                    assert text[proof.begin : proof.end].strip(), proof
    assert quotes > 20


@pytest.mark.parametrize("name", SETS)
def test_reports_are_numbered_and_surer_than_a_coin(
    name: str, parses: Callable[[str], list[ParsedDocument]]
) -> None:
    for parsed in parses(name):
        reports = extract(parsed)
        assert [report.number for report in reports] == list(range(1, len(reports) + 1))
        begins = [min(mention.begin for mention in report.mentions) for report in reports]
        assert begins == sorted(begins)
        assert all(0.4 <= report.confidence < 1 for report in reports)


# --- Scores ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def scorer() -> ModuleType:
    """The shared measure/score.py as a module."""
    if not SCORER.exists():
        pytest.skip(f"the scorer is not beside the repository: no {SCORER}")
    specification = importlib.util.spec_from_file_location("score", SCORER)
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def scores(
    scorer: ModuleType,
    parses: Callable[[str], list[ParsedDocument]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str], dict[str, Any]]:
    """``scores(name)``: what score.py says of a set that the command line built and reported."""
    known: dict[str, dict[str, Any]] = {}

    def score_set(name: str) -> dict[str, Any]:
        if name not in known:
            parses(name)  # in the cache, once a run
            folder = tmp_path_factory.mktemp(name)
            (folder / "system.csv").write_text(report(articles(name), folder / "store"), encoding="utf-8")
            gold = scorer.read_gold(SETS[name] / "gold")
            assert len(gold) == len(articles(name).read_text(encoding="utf-8").splitlines())
            known[name] = scorer.score(gold, scorer.read_system(folder / "system.csv"))
        return known[name]

    return score_set


def report(source: Path, store: Path) -> str:
    """What ``diplograph build`` and ``diplograph query event-report`` print, as CSV."""
    call("build", source, "--store", store)
    printed = call("query", "event-report", "--format", "csv", "--store", store)
    assert len(list(csv.DictReader(io.StringIO(printed)))) > 10
    return printed


def call(*arguments: object) -> str:
    """The standard output of a command that succeeds."""
    command = [sys.executable, "-m", "diplograph", *map(str, arguments)]
    answer = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


BARS = [
    ("seeds", "events", "f1", 0.90),
    ("seeds", "actors", "f1", 0.90),
    ("seeds", "start", "right", 0.90),
    ("seeds", "status", "right", 0.90),
    ("seeds", "same event across documents", "f1", 0.90),
    ("dev", "events", "f1", 0.75),
    ("dev", "events", "precision", 0.80),
    ("constructions", "events", "f1", 0.75),
]


@pytest.mark.parametrize(
    ("name", "what", "measure", "bar"), BARS, ids=[f"{n}-{w}-{m}" for n, w, m, _ in BARS]
)
def test_the_graph_is_right_about_the_articles(
    scores: Callable[[str], dict[str, Any]], name: str, what: str, measure: str, bar: float
) -> None:
    found = scores(name)[what][measure]
    assert found is not None and found >= bar, f"{name}: {what} {measure} is {found}, wanted {bar}"
