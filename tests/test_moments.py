"""When an event likely was, where no rule says so."""

from __future__ import annotations

import re

from conftest import Parse

from diplograph.events import to_reports
from diplograph.frames import find_mentions, load_frames
from diplograph.frames.logistic import load_model
from diplograph.frames.matching import Matcher
from diplograph.frames.moments import Moment, Occurrence, describe, list_moments, locate
from diplograph.frames.schema import Likely, read_frame
from diplograph.linking import load_gazetteer
from diplograph.model import EventReport, ParsedDocument
from diplograph.resources import read_toml

PUBLISHED = "2021-10-15"  # a Friday


def read_text(parse: Parse, text: str) -> tuple[EventReport, ...]:
    parsed = parse(text, PUBLISHED)
    return to_reports(parsed, find_mentions(parsed, load_frames(), load_gazetteer()))


def ask(parsed: ParsedDocument) -> tuple[Occurrence, list[Moment]]:
    """The first mention of a document, and the times around it."""
    matcher = Matcher(parsed, load_frames(), load_gazetteer())
    mentions = matcher.find()
    occurrence = locate(mentions[0], mentions, matcher.views, matcher.frames, matcher.vocabulary)
    assert occurrence is not None
    return occurrence, list_moments(occurrence, matcher.dated)


def test_an_event_that_no_rule_dates_is_of_the_likeliest_time(parse: Parse) -> None:
    text = (
        "استقبل الرئيس التركي رجب طيب أردوغان في أنقرة مساء الأحد الماضي أعضاء حكومته الجدد، وأجرى، كما قال مكتبه في بيان، "
        "محادثات هاتفية مع الرئيس الروسي فلاديمير بوتين."
    )
    (report,) = read_text(parse, text)
    (mention,) = report.mentions
    (proof,) = [proof for proof in mention.evidence if proof.aspect == "startDate"]
    assert mention.values.start_date is None  # which mentions tell of one event is told by rules alone
    assert mention.likely_time is not None and mention.likely_time.likely >= 0.5
    assert report.values.start_date == mention.likely_time.time.start_date == "2021-10-10"
    assert (proof.rule, text[proof.begin : proof.end]) == ("likely", "مساء الأحد الماضي")


def test_two_events_of_the_same_parties_are_not_of_one_day(parse: Parse) -> None:
    text = "بحث سيرغي لافروف وجون كيري هاتفيا الأزمة الليبية. وجرت آخر مباحثات هاتفية بين الوزيرين في 29 سبتمبر الماضي."
    assert [report.values.start_date for report in read_text(parse, text)] == [None, "2021-09-29"]


def test_what_somebody_else_says_on_a_day_dates_no_threat(parse: Parse) -> None:
    (report,) = read_text(parse, "هددت كندا بيرو بعقوبات. وقال جمال الشايب أمس إن بيرو بعيدة.")
    assert report.values.start_date is None


def test_around_are_the_sentences_beside_and_the_first(parse: Parse) -> None:
    parsed = parse(
        "وصل يوم 1 أكتوبر. وغادر يوم 2 أكتوبر. ونام يوم 3 أكتوبر. وقام يوم 4 أكتوبر. "
        "واتصل ماكرون ببوتين يوم 5 أكتوبر. وسافر يوم 6 أكتوبر. ورجع يوم 7 أكتوبر.",
        PUBLISHED,
    )
    _, moments = ask(parsed)
    assert [(moment.where, (moment.time.start_date or "")[-2:]) for moment in moments] == [
        ("after", "05"),
        ("previous", "04"),
        ("second", "03"),
        ("following", "06"),
        ("first", "01"),
    ]


def test_what_is_no_time_of_an_event_is_not_asked_about(parse: Parse) -> None:
    parsed = parse(
        "اتصل ماكرون بأمير قطر مهنئا بحلول شهر رمضان. وسجن الطيار منذ عام 2019، وأمهل القضاء حتى 20 أكتوبر.",
        PUBLISHED,
    )
    assert ask(parsed)[1] == []


def test_a_weekday_is_read_in_both_tenses(parse: Parse) -> None:
    parsed = parse("يتصل ماكرون ببوتين. وقال قصر الإليزيه إن ذلك الأربعاء.", PUBLISHED)
    _, moments = ask(parsed)
    assert {(moment.time.start_date, *moment.tenses) for moment in moments} == {
        ("2021-10-13", "past"),
        ("2021-10-20", "future"),
    }


def test_a_model_is_asked_of_no_names_and_no_dates(parse: Parse) -> None:
    described = []
    for caller, called, day in (("ماكرون", "بوتين", "الثلاثاء"), ("مودي", "أردوغان", "الاثنين")):
        parsed = parse(f"سافر {caller} يوم {day}. واتصل {caller} بنظيره {called}.", PUBLISHED)
        occurrence, moments = ask(parsed)
        features = {
            value for moment in moments for _, value in describe(occurrence, moment, moments, PUBLISHED)
        }
        assert features and not any({caller, called} & set(value.split()) for value in features)
        assert not any(re.search(r"\d{4}", value) for value in features)
        described.append(len(features))
    assert described[0] == described[1]


def test_the_weights_are_of_what_is_described(parse: Parse) -> None:
    kinds: set[str] = set()
    for text in (
        "قال يوم الأحد إن ماكرون، الذي سافر أمس، اتصل ببوتين يوم الاثنين.",
        "سافر ماكرون أمس. واتصل ماكرون ببوتين يوم الاثنين.",
        "اتصل ماكرون ببوتين يوم الاثنين. وتحدث ماكرون إلى بوتين هاتفيا يوم الاثنين.",
    ):
        occurrence, moments = ask(parse(text, PUBLISHED))
        kinds |= {kind for one in moments for kind, _ in describe(occurrence, one, moments, PUBLISHED)}
    weights = load_model("start-date.txt").weights
    assert {kind for kind, _ in weights} == kinds | {"base"}
    assert len(weights) > 500 and all(abs(weight) < 5 for weight in weights.values())


def test_a_frame_asks_for_a_model_and_a_probability() -> None:
    for file in ("phone-call.toml", "sanction-threat.toml", "security-guarantee-talk.toml", "summit.toml"):
        data = read_toml("ontology", "frames", file)
        asked = Likely(data["likely_time"]["model"], data["likely_time"]["least"])
        assert read_frame(file, data).likely_time == asked and asked.least >= 0.5
