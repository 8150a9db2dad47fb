"""How likely a talk is one on security by the words around it, and the states that a text speaks of."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Parse
from test_frames_talks import talks_in

from diplograph.frames import load_frames, load_sieve, logistic, read_frame
from diplograph.frames.logistic import BASE, LogisticModel, load_model
from diplograph.frames.matching import Matcher
from diplograph.frames.schema import Likely
from diplograph.frames.subjects import SEEN, find_surroundings
from diplograph.frames.view import SentenceView
from diplograph.linking import load_gazetteer
from diplograph.model import Block, DataError, Document
from diplograph.resources import read_toml

MODEL = "security-subject.txt"
SECURITY = [
    ("قالت وزارة الدفاع الإسبانية إن مدريد بدأت مناقشات مع تشاد حول رحيل نحو سبعمئة من عسكرييها.", {"Spain", "Chad"}),
    # neither party, or one, in the words of the talks
    (
        "تريد الولايات المتحدة إقامة محطة رادار لدرعها الصاروخية في رومانيا. وقال رئيس الأركان في بوخارست إن المفاوضات حول الصواريخ والمعاهدة ستستأنف بعد الانتخابات.",
        {"Romania", "United States"},
    ),
]  # fmt: skip
OTHER = [
    "قدمت الدنمارك معدات عسكرية لكينيا. وفي نيروبي انتهت المحادثات حول ديون سكة الحديد من دون اتفاق.",
    "قال مسؤول في الاتحاد إن المفاوضات حول أسعار الغاز بين روسيا وأوكرانيا ستستأنف الأسبوع المقبل، فيما تواصل القوات الأوكرانية عملياتها في الشرق.",
    "أقام الجيش الهندي مواقع جديدة على الحدود مع الصين. وعقد وزيرا النقل الهندي والصيني جولة محادثات بشأن استئناف الرحلات الجوية المباشرة.",
    "تنشر فرنسا ألف جندي في تشاد. وأجرى وزير الصحة التشادي محادثات مع نظيره الفرنسي حول بناء مستشفى في نجامينا.",
    "تراقب طوكيو تجارب بيونغ يانغ الصاروخية بقلق. وفي سيول بدأت مفاوضات يابانية كورية جنوبية حول تعويض عمال المناجم.",
    # what is said of a summit within talks is not said of them
    "تريد الولايات المتحدة إقامة محطة رادار لدرعها الصاروخية في رومانيا. وقال رئيس الأركان في بوخارست إن لا خطة لعقد قمة ضمن المفاوضات حول الصواريخ والمعاهدة.",
    "بعد إسقاط الطائرة الحربية، أجرى وزيرا السياحة التركي والروسي مشاورات في أنطاليا حول عودة السياح.",
]


FAR = [
    "أجرى مدربا الفريقين الفرنسي والتونسي محادثات حول موعد المباراة. وقال اللاعب إن الملعب جاهز وإن التذاكر نفدت.",
    "انتهت مفاوضات الشركتين حول سعر القمح في القاهرة. وارتفعت الأسهم في البورصة بعد الإعلان.",
]
ASKING = {"talks-likely-on-security", "talks-of-states-nearby"}


def views_of(parse: Parse, text: str) -> list[SentenceView]:
    return Matcher(parse(text), load_frames(), load_gazetteer()).views


@pytest.mark.parametrize(("text", "parties"), SECURITY)
def test_what_no_list_has_is_told_by_the_words_around(parse: Parse, text: str, parties: set[str]) -> None:
    (report,) = talks_in(parse, text)
    assert {filler.actor.label_en for filler in report.values.fillers} == parties


@pytest.mark.parametrize("text", OTHER)
def test_soldiers_in_the_neighbourhood_make_no_talks_on_security(parse: Parse, text: str) -> None:
    assert talks_in(parse, text) == []


def test_who_talks_and_where_says_nothing_of_what_about(parse: Parse) -> None:
    one, other = (
        views_of(parse, f"بدأت {states} جولة مفاوضات في {city} حول خفض القوات.")[0]
        for states, city in (("روسيا وأوكرانيا", "جنيف"), ("غانا وتوغو", "أكرا"))
    )
    anchor = next(word.id for word in one.words if word.form == "جولة")
    said, said_too = (
        {feature for feature in find_surroundings(view, anchor) if feature[0] in SEEN}
        for view in (one, other)
    )
    assert said == said_too and ("after", "خفض") in said


def test_a_probability_is_that_of_the_weights(parse: Parse) -> None:
    _, second = views_of(parse, "تعززت القوات. وبدأت المفاوضات اليوم.")
    anchor = next(word.id for word in second.words if word.form == "المفاوضات")
    around = find_surroundings(second, anchor)
    assert {("around", "قوات"), ("anchor", "مفاوضات")} <= around
    assert LogisticModel({BASE: 0.0}).estimate(around) == 0.5
    weighed = LogisticModel({BASE: 0.0, ("around", "قوات"): 3.0})
    assert weighed.estimate(around) == pytest.approx(0.953, abs=1e-3)
    assert LogisticModel({BASE: 0.0, ("after", "قوات"): 3.0}).estimate(around) == 0.5


@pytest.mark.parametrize("file", [MODEL, "sanction-threat.txt", "phone-call.txt", "security-foresight.txt"])
def test_the_weights_are_of_what_is_described(parse: Parse, file: str) -> None:
    _, second, _ = views_of(parse, "وصل الوزير ماكرون. وبدأت المفاوضات بين فرنسا ومالي اليوم. وغادر.")
    anchor = next(word.id for word in second.words if word.form == "المفاوضات")
    described = {kind for kind, _ in find_surroundings(second, anchor)}
    weights = load_model(file).weights
    kinds = {kind for kind, _ in weights} - {"base"}
    assert kinds == (set(SEEN) if "foresight" in file else described)
    assert len(weights) > 1000 and all(abs(weight) < 5 for weight in weights.values())


@pytest.mark.parametrize("text", ["base\t-\t0.1\nafter\tword\n", "base\t-\tmuch\n", "after\tword\t0.1\n"])
def test_a_line_that_is_none_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    (tmp_path / "weights.txt").write_text(text, encoding="utf-8")
    monkeypatch.setattr(logistic, "locate", lambda *parts: tmp_path / "weights.txt")
    with pytest.raises(DataError, match=r"security-subject\.txt"):
        load_model.__wrapped__(MODEL)


def test_what_the_head_of_a_frame_asks_every_trigger_asks_that_tells_of_an_event() -> None:
    data = read_toml("ontology", "frames", "phone-call.toml")
    frame = read_frame("phone-call.toml", data)
    asked = Likely(data["likely"]["model"], data["likely"]["least"])
    assert {trigger.likely for trigger in frame.triggers if not trigger.anaphoric} == {asked}
    assert {trigger.likely for trigger in frame.triggers if trigger.anaphoric} == {None}


@pytest.mark.parametrize(
    ("text", "found"), [*((text, True) for text, _ in SECURITY), *((text, False) for text in FAR)]
)
def test_letters_foretell_what_the_model_can_find(text: str, found: bool) -> None:
    triggers = load_sieve().sift(Document("d", text, blocks=(Block(0, len(text)),))).triggers
    assert bool(ASKING & frozenset().union(*triggers.values())) is found
