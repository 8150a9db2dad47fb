"""Who likely takes part in a call or a threat of which the rules find too few."""

from __future__ import annotations

import pytest
from conftest import Parse

from diplograph.events import to_reports
from diplograph.frames import find_mentions, load_frames
from diplograph.frames.logistic import load_model
from diplograph.frames.matching import Matcher
from diplograph.frames.participants import describe, list_candidates
from diplograph.frames.schema import Likely, read_frame
from diplograph.frames.view import SentenceView
from diplograph.linking import load_gazetteer
from diplograph.model import DataError
from diplograph.resources import read_toml

MODELS = ["caller.txt", "threatener.txt", "threatened.txt"]
LIKELY = [
    (
        "SanctionThreat",
        "اجتمع قادة المجموعة الاقتصادية لدول غرب أفريقيا في أبوجا. ومنحت المنظمة بنين مهلة شهرين، محذرة من أنها ستتعرض لعقوبات إن لم تلتزم بها.",
        {"threatener": {"Economic Community of West African States"}, "target": {"Benin"}},
    ),
    (
        "SanctionThreat",
        "دعا الاتحاد الأوروبي مينسك إلى الإفراج عن المعتقلين. وأفاد بيان وزع في بروكسل بأن رد التكتل سيكون عقوبات صارمة على بيلاروسيا.",
        {"threatener": {"European Union"}, "target": {"Belarus"}},
    ),
    (
        "PhoneCall",
        "روى رئيس الحكومة العراقية حيدر العبادي تفاصيل تلك الليلة وقال: «اتصل بي الرئيس الفرنسي إيمانويل ماكرون وسألني عن الموصل».",
        {"participant": {"Haider al-Abadi", "Emmanuel Macron"}},
    ),
]


def views_of(parse: Parse, text: str) -> list[SentenceView]:
    return Matcher(parse(text), load_frames(), load_gazetteer()).views


def test_a_model_is_asked_of_no_names(parse: Parse) -> None:
    described = []
    for caller, called in (("إيمانويل ماكرون", "جو بايدن"), ("شي جين بينغ", "ناريندرا مودي")):
        (view,) = views_of(parse, f"قال الرئيس إن {caller} اتصل بالرئيس {called}.")
        anchor = next(word.id for word in view.words if word.form == "اتصل")
        candidates = list_candidates(view, anchor)
        words = {value for one in candidates for _, value in describe(anchor, one, candidates)}
        names = set(f"{caller} {called}".split())
        assert candidates and not any(names & set(value.split()) for value in words)
        described.append(len(candidates))
    assert described[0] == described[1]


def test_around_are_the_sentences_beside_and_the_first(parse: Parse) -> None:
    views = views_of(
        parse, "وصل ماكرون. وغادر بوتين. ولم ينم مودي. واتصل أمس بنظيره. ثم سافر أردوغان. وبقي السيسي."
    )
    anchor = next(word.id for word in views[3].words if "تصل" in word.form)
    where = {candidate.where: candidate.view for candidate in list_candidates(views[3], anchor)}
    assert (where["previous"], where["following"], where["first"]) == (views[2], views[4], views[0])
    assert views[1] not in where.values() and views[5] not in where.values()


@pytest.mark.parametrize("file", MODELS)
def test_the_weights_are_of_what_is_described(parse: Parse, file: str) -> None:
    views = views_of(parse, "وصل الرئيس الفرنسي ماكرون. وقال إن بوتين اتصل بالرئيسين. وغادر.")
    candidates = [one for view in views for one in list_candidates(view, 1)]
    kinds = {kind for one in candidates for kind, _ in describe(1, one, candidates)}
    weights = load_model(file).weights
    assert kinds - {"leader", "root", "says"} <= {kind for kind, _ in weights} | {"several"}
    assert {kind for kind, _ in weights} <= kinds | {"base", "leader", "root", "says", "distance"}
    assert len(weights) > 150 and all(abs(weight) < 5 for weight in weights.values())


def test_a_role_asks_for_a_model_and_a_probability() -> None:
    data = read_toml("ontology", "frames", "phone-call.toml")
    (role,) = data["roles"].values()
    frame = read_frame("phone-call.toml", data)
    assert frame.roles["participant"].likely == Likely("caller.txt", role["likely"]["least"])
    del role["likely"]["least"]
    with pytest.raises(DataError, match="role participant: likely: least is missing"):
        read_frame("phone-call.toml", data)


@pytest.mark.parametrize(("event_class", "text", "roles"), LIKELY)
def test_who_stands_in_no_rule_is_told_by_where_he_stands(
    parse: Parse, event_class: str, text: str, roles: dict[str, set[str]]
) -> None:
    parsed = parse(text)
    reports = to_reports(parsed, find_mentions(parsed, load_frames(), load_gazetteer()))
    (report,) = (report for report in reports if report.values.event_class == event_class)
    found: dict[str, set[str]] = {}
    for filler in report.values.fillers:
        found.setdefault(filler.role, set()).add(filler.actor.label_en)
    assert found == roles
    assert "path:text/likely" in {proof.rule for mention in report.mentions for proof in mention.evidence}


@pytest.mark.parametrize(
    "text",
    [
        "وصل ماكرون إلى برلين. وقال شاهد لوكالة رويترز عبر الهاتف إن موكب ميركل تأخر.",  # what is said by telephone to an agency
        "انتقد ماكرون خصومه. وقال مستشار إن التهديد بالعقوبات ليس لغة حوار.",  # threats in general
    ],
)
def test_nobody_is_added_to_what_is_no_event(parse: Parse, text: str) -> None:
    parsed = parse(text)
    assert to_reports(parsed, find_mentions(parsed, load_frames(), load_gazetteer())) == ()
