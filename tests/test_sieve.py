"""The sieve loses no event: on gold, on every frame's examples, on the parses of real articles."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import REPOSITORY, SHARED
from make_golden_cases import find_cases

from diplograph.arabic import fold
from diplograph.frames import load_frames, load_sieve, read_frame
from diplograph.frames.inflection import WordLists, load_forms
from diplograph.frames.sieve import Sieve
from diplograph.frames.view import SentenceView
from diplograph.linking import load_gazetteer, load_titles
from diplograph.model import Block, Document, Prospect, Sifted
from diplograph.parsing import StanzaParser
from diplograph.pipeline import FrameExtractor
from diplograph.pipeline.reading import Reader
from diplograph.sources import read_sources

SAMPLE = 40  # articles of the corpus; docs/scale.md measures a thousand


def make_document(text: str, published: str | None = None) -> Document:
    return Document("d", text, blocks=(Block(0, len(text)),), published=published)


def articles(path: Path) -> list[Document]:
    return [result for result in read_sources([path]) if isinstance(result, Document)]


def test_every_golden_report_passes() -> None:
    cases = [case for case in find_cases() if not case.name.startswith("none-")]
    assert [case.name for case in cases if not load_sieve().sift(case.document).sentences] == []
    assert cases


@pytest.mark.parametrize("frame", load_frames(), ids=lambda frame: frame.file)
def test_the_example_of_every_trigger_passes(frame: object) -> None:
    triggers = [trigger for trigger in frame.triggers if not trigger.anaphoric]  # type: ignore[attr-defined]
    lost = [
        trigger.id for trigger in triggers if not load_sieve().sift(make_document(trigger.example)).sentences
    ]
    assert not lost


@pytest.mark.parametrize(
    "path",
    [
        *sorted((REPOSITORY / "tests" / "gold").glob("*/*.jsonl")),
        *sorted((SHARED / "articles").glob("*/*.jsonl")),
    ],
    ids=lambda path: path.parent.name,
)
def test_every_event_of_a_gold_set_passes(path: Path, stanza_parser: StanzaParser) -> None:
    told = {
        gold["doc"]
        for file in (path.parent / "gold").glob("*.json")
        if (gold := json.loads(file.read_text(encoding="utf-8")))["events"]
    }
    documents = [document for document in articles(path) if document.id in told]
    assert documents
    held = Reader(stanza_parser, FrameExtractor()).read([(document, None) for document in documents]).readings
    lost = [(reading.document, None) for reading in held if reading.sieved]
    unsieved = Reader(stanza_parser, FrameExtractor(), sieve=False).read(lost).readings
    assert [
        reading.document.id for reading in unsieved if reading.reports
    ] == []  # the frames find nothing there


def test_what_is_nothing_to_frames_is_not_parsed() -> None:
    text = "فاز الفريق بثلاثة أهداف في المباراة التي أقيمت مساء أمس."
    assert not load_sieve().sift(make_document(text)).sentences
    assert load_sieve().sift(Document("empty", "")) == Sifted()


def test_a_new_frame_needs_no_change() -> None:
    frame = read_frame(
        "new.toml",
        {
            "class": load_frames()[0].event_class,
            "trigger": [{"id": "new", "anchors": ["مباراة"], "example": "x", "near": [{"words": ["مساء"]}]}],
        },
    )
    sieve = Sieve([frame], load_gazetteer(), load_titles())
    assert sieve.sift(make_document("أقيمت المباراة مساء أمس.")).sentences
    assert not sieve.sift(make_document("أقيمت المباراة أمس.")).sentences
    assert not sieve.sift(make_document("تلقى أمير قطر اتصالا هاتفيا من الرئيس التركي مساء أمس.")).sentences


def test_a_document_that_is_sieved_has_the_graph_it_had(stanza_parser: StanzaParser) -> None:
    reader = Reader(stanza_parser, FrameExtractor())
    document = make_document("فاز الفريق بثلاثة أهداف.")
    [sieved] = reader.read([(document, None)]).readings
    [parsed] = Reader(stanza_parser, reader.extractor, sieve=False).read([(document, None)]).readings
    assert sieved.sieved and not parsed.sieved
    assert (sieved.reports, sieved.parser, sieved.actors) == (parsed.reports, parsed.parser, parsed.actors)


ONLY_IN_WHOLE = {
    # what the talks of an article are about is said around them
    "subject": (
        "وصل الوزير إلى المطار صباحا. وكانت محادثات فنلندية بريطانية جرت في هلسنكي في آذار/مارس 2023. وقال خبراء إن المظلة "
        "النووية مكلفة. ويطالب نواب بنشر قوات على الحدود. ويرى آخرون أن نشر صواريخ يكفي."
    ),
    # who is called by a surname has been named, with an office, far above
    "surname": (
        "ألقى الرئيس الفنلندي ألكسندر ستوب كلمة أمام الطلاب في هلسنكي. وحضر الحفل عدد من الضيوف. وتحدث عميد الكلية عن "
        "برنامج السنة. وعزفت فرقة من الطلاب ألحانا قديمة. وزار الضيوف مكتبة الكلية. وكان ماكرون أشاد، لدى لقائه ستوب في "
        "باريس في 10 آذار/مارس 2023، بجهود الطلاب."
    ),
    # a form that the corpus of forms.txt did not show
    "form": "أفادت صحيفة محلية بأن أوسلو ولشبونة تتفاوضان على اتفاقية دفاعية جديدة.",
}


@pytest.mark.parametrize("text", ONLY_IN_WHOLE.values(), ids=ONLY_IN_WHOLE)
def test_what_only_the_whole_text_tells_is_not_lost(text: str, stanza_parser: StanzaParser) -> None:
    inputs = [(make_document(text, "2023-04-01"), None)]
    [sieved] = Reader(stanza_parser, FrameExtractor()).read(inputs).readings
    [whole] = Reader(stanza_parser, FrameExtractor(), sieve=False).read(inputs).readings
    assert len(whole.reports) == 1
    assert sieved.reports == whole.reports


@pytest.mark.parametrize(
    ("text", "prospect"),
    [
        (
            "تعقد الجولة الثانية في جنيف في 10 نيسان/أبريل 2023.",
            Prospect.OPEN,
        ),  # of whatever the text told before
        ("أجرى الرئيس الفرنسي اتصالا هاتفيا بنظيره التونسي.", Prospect.REPORT),
        ("بدأ لقاء المدير مع موظفيه متأخرا.", Prospect.NONE),
    ],
    ids=["open", "report", "none"],
)
def test_what_some_sentences_promise(text: str, prospect: Prospect, stanza_parser: StanzaParser) -> None:
    extractor, document = FrameExtractor(), make_document(text)
    judgement = extractor.judge(stanza_parser.parse(document), extractor.sift(document))
    assert judgement.prospect is prospect


@pytest.mark.parametrize(
    ("opening", "found"), [("بحث الوزراء نشر صواريخ في بولندا.", True), ("بحث الوزراء أسعار القمح.", False)]
)
def test_an_opening_is_the_first_sentences(opening: str, found: bool) -> None:
    """Whoever "met again" met on what the headline or the lead said, not on what a text ends with."""
    rest = "وحضر الحفل عدد من الضيوف. وكان وفدان اجتمعا في صوفيا. ثم طالب نواب بنشر صواريخ."
    triggers = load_sieve().sift(make_document(f"{opening} {rest}")).triggers
    assert ("to-meet-again" in frozenset().union(*triggers.values())) is found


@pytest.fixture(scope="module")
def corpus() -> list[Document]:
    if not (SHARED / "articles" / "corpus.jsonl.gz").exists():
        pytest.skip("needs ../shared/articles/corpus.jsonl.gz")
    from measurement.corpus import sample

    return sample(SAMPLE, seed=12)


def test_no_report_of_real_articles_is_lost(corpus: list[Document], stanza_parser: StanzaParser) -> None:
    inputs = [(document, None) for document in corpus]
    sieved = Reader(stanza_parser, FrameExtractor()).read(inputs).readings
    whole = Reader(stanza_parser, FrameExtractor(), sieve=False).read(inputs).readings
    assert [reading.reports for reading in sieved] == [reading.reports for reading in whole]
    held = [reading for reading in sieved if reading.sieved]
    assert len(corpus) / 2 < len(held) < len(corpus)
    likely = [document for document in corpus if load_sieve().sift(document).sentences]
    assert len(likely) > len(corpus) - len(held)  # some were given up on the parse of some sentences


def test_listed_words_are_found_in_the_tokens_of_real_articles(
    corpus: list[Document], stanza_parser: StanzaParser
) -> None:
    listed = frozenset().union(*(t.anchors | t.governors for frame in load_frames() for t in frame.triggers))
    lists: dict[tuple[str, bool], WordLists] = {}
    asked = missed = 0
    for parsed in stanza_parser.parse_many(corpus[:20]):
        for sentence in parsed.sentences:
            view = SentenceView(sentence, parsed.document.text, ())
            for word in sentence.words:
                token = [other for other in sentence.words if other.token == word.token]
                surface = fold(parsed.document.text[token[0].begin : token[-1].end])
                for name in view.names(word.id) & listed:
                    exact = name in view.shapes(word.id)
                    known = lists.setdefault(
                        (name, exact), WordLists({0: [name]}, frozenset({0} if exact else ()))
                    )
                    asked += 1
                    missed += not known.find(surface)
    assert asked > 100
    assert missed / asked < 0.01


@pytest.mark.parametrize(
    ("lemma", "tokens"),
    [
        ("تفاوض", "تتفاوضان وسيتفاوضون فلنتفاوض تفاوضتا تفاوضوا"),
        ("اجتمع", "يجتمعان وستجتمع نجتمع ليجتمعوا اجتمعتا فاجتمعا"),
        ("التقي", "تلتقيان ويلتقون سيلتقيه التقتا والتقاهما التقيا"),
        ("استضاف", "تستضيفهما وسيستضيفون استضيف"),
        ("ناقش", "تناقشان ونوقشت سيناقشها يناقشون"),
        ("اكد", "ويوكدون ستوكده نوكد"),
        ("هدد", "تهددان يهددهم وهددتها"),
        ("زار", "ويزورها سيزوران زارتا"),
    ],
)
def test_verbs_are_found_in_every_form(lemma: str, tokens: str) -> None:
    lists = WordLists({0: [lemma]}, verbal=frozenset({0}))
    assert [token for token in tokens.split() if not lists.find(token)] == []


def test_only_verbs_of_which_the_lemma_counts_have_forms_of_verbs() -> None:
    lists, first = {0: ["تفاوض"]}, frozenset({0})
    assert not WordLists(lists).find("يتفاوضون")
    assert not WordLists(lists, exact=first, verbal=first).find("يتفاوضون")


def test_forms_are_of_words_and_folded() -> None:
    for lemma, forms in load_forms().items():
        assert forms and all(form == fold(form) for form in (lemma, *forms)), lemma
