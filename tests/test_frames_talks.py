"""Talks on security as news tells them: who sends delegates, what they are about, and what is none."""

from __future__ import annotations

import pytest
from conftest import Parse

from diplograph.events import to_reports
from diplograph.frames import find_mentions, load_frames
from diplograph.linking import load_gazetteer
from diplograph.model import EventReport

TOLD = [
    # delegates of the parties
    ("عقد خبراء من موسكو وواشنطن في فيينا جولة مشاورات حول مستقبل معاهدة القوات النووية المتوسطة المدى.", {"Russia", "United States"}),
    ("عقدت اللجنة الأمنية المشتركة بين العراق وتركيا اجتماعها الثالث في بغداد.", {"Iraq", "Türkiye"}),
    ("تبدأ في جنيف الثلاثاء محادثات بين وفدين روسي وأميركي حول تقليص الترسانات النووية.", {"Russia", "United States"}),
    ("التقى ممثلون عن روسيا والصين والهند في موسكو لبحث هيكل أمني جديد في أوراسيا.", {"Russia", "China", "India"}),
    # verbs at the opening that taggers take for nouns
    ("بحث الجانبان السوري والإسرائيلي في باكو ترتيبات أمنية في الجنوب السوري.", {"Syria", "Israel"}),
    # subjects
    ("أجرت موسكو وطهران مشاورات بشأن الأمن في منطقة الخليج.", {"Russia", "Iran"}),
    ("بدأت أنقرة ومقديشو محادثات بشأن إرسال قوات تركية إلى الصومال.", {"Türkiye", "Somalia"}),
    ("لم تسفر المحادثات الروسية الأوكرانية في إسطنبول عن اتفاق بشأن الحياد والضمانات.", {"Russia", "Ukraine"}),
]  # fmt: skip
NOT_TOLD = [
    "أجرت بغداد وواشنطن محادثات بشأن ضمانات القروض.",
    "استأنفت إسرائيل والولايات المتحدة المحادثات بشأن المساعدات الدفاعية.",
    "يلتقي وزيرا الخارجية الروسي والقطري في موسكو لبحث تقرير منظمة حظر الأسلحة الكيماوية.",
]


def talks_in(parse: Parse, text: str) -> list[EventReport]:
    parsed = parse(text, "2020-06-10")
    reports = to_reports(parsed, find_mentions(parsed, load_frames(), load_gazetteer()))
    return [report for report in reports if report.values.event_class == "SecurityGuaranteeTalk"]


@pytest.mark.parametrize(("text", "parties"), TOLD)
def test_the_parties_of_talks_are_those_who_send_delegates_or_hold_them(
    parse: Parse, text: str, parties: set[str]
) -> None:
    (report,) = talks_in(parse, text)
    assert {filler.actor.label_en for filler in report.values.fillers} == parties


@pytest.mark.parametrize("text", NOT_TOLD)
def test_loans_aid_and_the_names_of_organizations_make_no_talks(parse: Parse, text: str) -> None:
    assert talks_in(parse, text) == []


def test_a_further_meeting_without_a_date_is_one_more(parse: Parse) -> None:
    text = "عقدت روسيا والولايات المتحدة محادثات حول الاستقرار الاستراتيجي في جنيف. وسيعقد اللقاء التالي في فيينا في 14 مارس 2021."
    first, second = talks_in(parse, text)
    assert (first.values.status, second.values.status) == ("occurred", "planned")
    assert second.values.start_date == "2021-03-14"
