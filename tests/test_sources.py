"""Sources: what is read from files of all kinds, what of a page is the article, and when it was published."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diplograph.model import Document, SourceError, SourceFailure, TimeError
from diplograph.sources import find_blocks, is_conllu, read_sources
from diplograph.sources.blocks import find_date
from diplograph.sources.dateline import read_dateline, skip_dateline
from diplograph.sources.decoding import decode
from diplograph.sources.furniture import load_furniture
from diplograph.sources.markup import read_page

DATA = Path(__file__).parent / "data" / "sources"
ARTICLES = Path(__file__).parents[1].parent / "shared" / "articles"

TITLE = "الرئيس الكيني يتصل بنظيره الأوغندي"
LEAD = "أجرى الرئيس الكيني اتصالا هاتفيا مع نظيره الأوغندي مساء الثلاثاء، وبحثا أمن الحدود بين البلدين."
BODY = "وقال بيان الرئاسة إن الاتصال استمر عشرين دقيقة، وإن الطرفين اتفقا على مواصلة التشاور."


def read(*paths: str | Path, **options: object) -> tuple[list[Document], list[SourceFailure]]:
    """The documents and the failures, apart."""
    results = list(read_sources(paths, **options))  # type: ignore[arg-type]
    documents = [result for result in results if isinstance(result, Document)]
    return documents, [result for result in results if isinstance(result, SourceFailure)]


def quotes(text: str, kind: str | None = None, title: str | None = None) -> list[str]:
    """The texts of the blocks, of one kind or all."""
    return [text[block.begin : block.end] for block in find_blocks(text, title) if kind in (None, block.kind)]


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


def write_records(path: Path, *records: object) -> Path:
    return write(path, "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records))


# --- Encodings -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1256"])
def test_arabic_is_read_in_each_encoding_with_line_ends_levelled(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path / "call.txt", f"{TITLE}\r\n\r\n{LEAD}\r{BODY}", encoding)
    (document,), failures = read(path)
    assert not failures
    assert document.text == f"{TITLE}\n\n{LEAD}\n{BODY}"


def test_big_endian_utf16_is_known_by_its_byte_order_mark() -> None:
    assert decode(b"\xfe\xff" + LEAD.encode("utf-16-be")) == LEAD


@pytest.mark.parametrize("text", ["وزير الخارجية يزور تونس", LEAD, f"{BODY} (AFP) 2019, café de Flore"])
def test_short_windows_1256_is_recognised(text: str) -> None:
    assert decode(text.encode("windows-1256")) == text


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("iso8859-6", "وقال بيان الرئاسة إن الاتصال استمر عشرين دقيقة وإن الطرفين اتفقا على مواصلة التشاور"),
        ("mac_arabic", "وقال بيان الرئاسة إن الاتصال استمر عشرين دقيقة وإن الطرفين اتفقا على مواصلة التشاور"),
        ("cp720", "وقال بيان الرئاسة إن الاتصال استمر عشرين دقيقة وإن الطرفين اتفقا على مواصلة التشاور"),
        ("windows-1251", "Президенты обсудили по телефону положение на границе и договорились о встрече."),
        ("koi8-r", "Президенты обсудили по телефону положение на границе и договорились о встрече."),
        ("windows-1253", "Οι πρόεδροι συζήτησαν τηλεφωνικά την κατάσταση στα σύνορα των δύο χωρών."),
        ("windows-1255", "הנשיאים שוחחו בטלפון על המצב בגבול שבין שתי המדינות והסכימו להיפגש"),
        ("windows-1252", "Les présidents ont évoqué à plusieurs reprises la frontière, très préoccupés."),
        ("shift_jis", "両国の大統領は国境の情勢について電話で会談した。"),
        ("gb18030", "两国总统就边境局势通电话，并同意会面。"),
    ],
)
def test_other_encodings_are_refused(encoding: str, text: str) -> None:
    with pytest.raises(SourceError, match="UTF-8"):
        decode(text.encode(encoding))


def test_real_articles_survive_windows_1256() -> None:
    if not ARTICLES.exists():
        pytest.skip("the shared articles are not here")
    for line in (ARTICLES / "dev" / "articles.jsonl").read_text(encoding="utf-8").splitlines():
        text = json.loads(line)["text"].encode("windows-1256", errors="ignore").decode("windows-1256")
        assert decode(text[:60].encode("windows-1256")) == text[:60]
        assert decode(text.encode("windows-1256")) == text


# --- What cannot be read ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("empty.txt", b"", "empty"),
        ("blank.txt", b" \n\n\t", "empty"),
        ("picture.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01", "binary"),
        ("noise.txt", bytes(range(1, 256)) * 3, "binary"),
        ("english.txt", b"The presidents spoke by telephone.", "no Arabic"),
        ("french.txt", "Les présidents".encode("latin-1"), "UTF-8"),
        ("damaged.txt.gz", gzip.compress(LEAD.encode())[:-9], "gzip"),
        ("page.html", b"<html><body></body></html>", "no article"),
        ("english.html", b"<html><body><p>The presidents spoke by telephone.</p></body></html>", "no A"),
    ],
)
def test_a_bad_file_is_a_failure_that_names_it_and_the_rest_is_read(
    tmp_path: Path, name: str, data: bytes, problem: str
) -> None:
    bad = tmp_path / name
    bad.write_bytes(data)
    good = write(tmp_path / "good.txt", LEAD)
    documents, (failure,) = read(bad, good)
    assert [document.id for document in documents] == ["good"]
    assert failure.source == str(bad)
    assert problem in failure.message
    assert str(failure).startswith(str(bad))


def test_missing_paths_are_all_named_before_anything_is_read(tmp_path: Path) -> None:
    good = write(tmp_path / "good.txt", LEAD)
    with pytest.raises(SourceError) as raised:
        read_sources([good, tmp_path / "one.txt", tmp_path / "two"])
    assert (
        "one.txt" in str(raised.value) and "two" in str(raised.value) and "good.txt" not in str(raised.value)
    )


def test_a_published_option_that_is_no_date_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(TimeError):
        read_sources([write(tmp_path / "a.txt", LEAD)], published="2018-13")


def test_malformed_records_name_file_and_line_and_the_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    lines = [
        {"id": "a", "text": LEAD},
        "{not json",
        {"id": "b"},
        {"text": LEAD},
        [1, 2],
        {"id": "c", "text": LEAD, "published": "2018-02-30"},
        {"id": " \t", "text": LEAD},
        {"id": "x/../y", "text": LEAD},
        {"id": "d", "text": "nothing Arabic"},
        {"id": "e", "text": BODY},
    ]
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    documents, failures = read(write(path, text))
    assert [document.id for document in documents] == ["a", "e"]
    assert {failure.source for failure in failures} == {str(path)}
    places = ["line 2", "line 3", "line 4", "line 5", "line 6"]
    assert [failure.message.partition(":")[0] for failure in failures[:5]] == places
    assert (
        "column" in failures[0].message and '"text"' in failures[1].message and '"id"' in failures[2].message
    )
    assert '"published"' in failures[4].message
    assert "no Arabic" in failures[-1].message and '"d"' in failures[-1].message


# --- Ids -------------------------------------------------------------------------------------------------------------


def test_ids_are_stems_or_paths_below_the_directory_given(tmp_path: Path) -> None:
    write(tmp_path / "news" / "b.txt", LEAD)
    write(tmp_path / "news" / "2019" / "may" / "c.v2.TXT", BODY)
    (tmp_path / "news" / "a.txt.gz").write_bytes(gzip.compress((LEAD + BODY).encode()))
    write(tmp_path / "news" / ".hidden.txt", LEAD)
    write(tmp_path / "news" / ".git" / "d.txt", LEAD)
    write(tmp_path / "news" / "notes.md", "notes")
    write(tmp_path / "news" / "parsed.conllu", "1\tx")
    write(tmp_path / "news" / "gold.json", '{"doc": "b", "events": []}')
    documents, failures = read(tmp_path / "news")
    assert not failures
    assert [document.id for document in documents] == ["2019/may/c.v2", "a", "b"]
    assert [document.source for document in documents] == ["2019/may/c.v2.TXT", "a.txt.gz", "b.txt"]
    (single,), _ = read(tmp_path / "news" / "2019" / "may" / "c.v2.TXT")
    assert (single.id, single.source) == ("c.v2", "c.v2.TXT")


def test_a_directory_without_articles_is_a_failure(tmp_path: Path) -> None:
    write(tmp_path / "notes.md", "notes")
    documents, (failure,) = read(tmp_path)
    assert not documents and failure.source == str(tmp_path) and ".txt" in failure.message


def test_the_same_id_with_another_text_names_both_files(tmp_path: Path) -> None:
    first, second = write(tmp_path / "a" / "x.txt", LEAD), write(tmp_path / "b" / "x.txt", BODY)
    documents, (failure,) = read(first, second)
    assert [document.text for document in documents] == [LEAD]
    assert failure.source == str(second) and str(first) in failure.message


def test_the_same_text_under_the_same_id_is_read_once(tmp_path: Path) -> None:
    first, second = write(tmp_path / "a" / "x.txt", LEAD), write(tmp_path / "b" / "x.txt", LEAD)
    documents, failures = read(first, second, first)
    assert len(documents) == 1 and not failures


def test_ids_lose_control_characters_and_numbers_become_text(tmp_path: Path) -> None:
    path = write_records(tmp_path / "n.jsonl", {"id": " a\u0007b\n", "text": LEAD}, {"id": 7, "text": BODY})
    documents, _ = read(path)
    assert [document.id for document in documents] == ["ab", "7"]


def test_conllu_is_told_by_its_name() -> None:
    assert is_conllu("a/b.conllu") and is_conllu(Path("b.CONLLU.gz")) and not is_conllu("conllu.txt")


# --- JSON ------------------------------------------------------------------------------------------------------------


def test_records_keep_what_they_say_and_their_text_as_it_stands(tmp_path: Path) -> None:
    text = f"\ufeff{TITLE}\r\n{LEAD}"
    record = {
        "id": "k/1",
        "text": text,
        "title": "عنوان آخر",
        "published": "2018-06",
        "source": "جريدة النيل",
        "url": "https://example.org/1",
        "section": "politics",
    }
    (document,), failures = read(write_records(tmp_path / "n.ndjson", record))
    assert not failures
    assert document.text == text
    assert (document.id, document.title, document.published) == ("k/1", "عنوان آخر", "2018-06")
    assert (document.source, document.url) == ("جريدة النيل", "https://example.org/1")
    assert [text[block.begin : block.end] for block in document.blocks] == [TITLE, LEAD]


def test_lone_surrogates_are_replaced_so_that_the_text_can_be_stored(tmp_path: Path) -> None:
    path = write(tmp_path / "n.jsonl", '{"id": "a", "text": "قال الوزير \\ud83d اليوم إنه سيسافر."}')
    (document,), _ = read(path)
    assert document.text.encode() and len(document.text) == len("قال الوزير ? اليوم إنه سيسافر.")


@pytest.mark.parametrize("form", ["object", "list", "lines"])
def test_json_files_hold_a_record_a_list_or_lines(tmp_path: Path, form: str) -> None:
    records = [{"id": "a", "text": LEAD}, {"id": "b", "text": BODY}][: 1 if form == "object" else 2]
    lines = "\n".join(map(json.dumps, records))
    text = {
        "object": json.dumps(records[0], indent=1),
        "list": json.dumps(records, indent=1),
        "lines": lines,
    }[form]
    documents, failures = read(write(tmp_path / "n.json", text))
    assert [document.id for document in documents] == ["a", "b"][: len(records)] and not failures


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2018-06", "2018-06"),
        (2018, "2018"),
        ("2018-06-14T10:00:00Z", "2018-06-14"),
        (None, None),
        ("", None),
    ],
)
def test_published_may_be_partial_and_loses_the_time_of_day(
    tmp_path: Path, written: object, expected: str | None
) -> None:
    (document,), _ = read(
        write_records(tmp_path / "n.jsonl", {"id": "a", "text": LEAD, "published": written})
    )
    assert document.published == expected


# --- Standard input --------------------------------------------------------------------------------------------------


def test_standard_input_is_text_json_or_html(tmp_path: Path) -> None:
    (document,), _ = read("-", stdin=io.BytesIO(LEAD.encode("windows-1256")))
    assert (document.id, document.text, document.source) == ("stdin", LEAD, "stdin")
    lines = "\n" + json.dumps({"id": "a", "text": LEAD}) + "\n" + json.dumps({"id": "b", "text": BODY})
    documents, _ = read("-", stdin=io.BytesIO(lines.encode()))
    assert [document.id for document in documents] == ["a", "b"]
    page = (DATA / "newspaper.html").read_bytes()
    (document,), _ = read("-", stdin=io.BytesIO(gzip.compress(page)))
    assert document.published == "2019-03-05"
    _, (failure,) = read("-", stdin=io.BytesIO(b""))
    assert failure.source == "stdin" and "empty" in failure.message


# --- HTML ------------------------------------------------------------------------------------------------------------


def test_an_html_page_is_its_article_with_title_date_and_address() -> None:
    (document,), failures = read(DATA / "newspaper.html")
    assert not failures
    assert document.title == "وزيرا خارجية الأردن والنرويج يبحثان المساعدات"
    assert (document.published, document.url) == ("2019-03-05", "https://example.org/news/4711")
    blocks = [(block.kind, document.text[block.begin : block.end]) for block in document.blocks]
    assert [kind for kind, _ in blocks] == ["headline", "paragraph", "paragraph", "headline", "paragraph"]
    assert blocks[0][1] == document.title and blocks[3][1] == "دعوة إلى الزيارة"
    for word in ("طباعة", "مقالات", "تعليق", "محفوظة", "رياضة", "أوسلو"):
        assert word not in document.text


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1256"])
def test_html_in_its_encodings_and_with_an_xml_declaration(tmp_path: Path, encoding: str) -> None:
    page = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<html xmlns="http://www.w3.org/1999/xhtml">'
        f"<head><title>{TITLE}</title></head><body><p>{LEAD}</p><p>{BODY}</p></body></html>"
    )
    (document,), failures = read(write(tmp_path / "x.xhtml", page, encoding))
    assert not failures
    assert document.text.split("\n") == [TITLE, LEAD, BODY]
    assert document.title == TITLE


def test_a_date_in_the_prose_of_a_page_is_not_its_date() -> None:
    page = read_page(
        f"<html><body><p>{LEAD} وكان اللقاء السابق في 12 مايو 2015.</p><p>{BODY}</p></body></html>"
    )
    assert page.published is None


def test_a_date_shown_above_the_article_is_its_date() -> None:
    date = "<div><span>الثلاثاء 3 مايو 2016</span></div>"
    page = read_page(f"<html><body><h1>{TITLE}</h1>{date}<div><p>{LEAD}</p><p>{BODY}</p></div></body></html>")
    assert page.published == "2016-05-03"


def test_a_page_with_a_short_article_has_no_navigation_in_it() -> None:
    links = "".join(f'<li><a href="/{number}">القسم {number}</a></li>' for number in range(9))
    footer = "<footer><p>جميع الحقوق محفوظة للناشر</p></footer>"
    page = read_page(f"<form><nav><ul>{links}</ul></nav><h1>{TITLE}</h1><p>{LEAD}</p>{footer}</form>")
    assert page.text.split("\n") == [TITLE, LEAD]


def test_the_name_of_the_site_is_no_part_of_the_title() -> None:
    head = f"<head><title>{TITLE} - شبكة النجم</title></head>"
    page = read_page(f"<html>{head}<body><article><p>{LEAD}</p><p>{BODY}</p></article></body></html>")
    assert page.title == TITLE and page.text.split("\n")[0] == TITLE


# --- Blocks ----------------------------------------------------------------------------------------------------------


def test_a_page_with_all_its_furniture_is_read_as_its_article() -> None:
    (document,), _ = read(DATA / "page.txt")
    blocks = [(block.kind, document.text[block.begin : block.end]) for block in document.blocks]
    assert [kind for kind, _ in blocks] == ["headline", "paragraph", "paragraph", "headline", "paragraph"]
    assert blocks[0][1] == document.title == "رئيس الوزراء الكندي يتصل بنظيره الهندي"
    assert blocks[3][1] == "موعد اللقاء"
    assert document.published == "2020-02-11"


@pytest.mark.parametrize(
    "line",
    [
        "حجم الخط",
        "+A",
        "icon",
        "التغطية الحية",
        "اقرأ المزيد »",
        "إقرأ أيضاً: قمة مرتقبة في أوسلو بين وزراء المال",
        "زر الذهاب إلى الأعلى",
        "مشاركة (12)",
        "الأكثر قراءة",
        "رئيس التحرير سمير قاسم",
        "المحرر: سامر الخطيب",
        "لن يتم نشر عنوان بريدك الإلكتروني. الحقول الإلزامية مشار إليها بـ *",
        "هذا الموقع يستخدم Akismet للحدّ من التعليقات المزعجة. تعرّف على كيفية معالجة بيانات تعليقك.",
        "1000.jpeg",
        "أوروبا وأمريكاالدولية",
        "عربي و دولي",
        "الرئيسية > أخبار > سياسة",
        "#كينيا #أوغندا",
        "جميع الحقوق محفوظة © 2021",
        "(تستمر)",
        "(أ.ف.ب)",
        "يحتوي هذا القسم على المقالات ذات صلة, الموضوعة في (Related Nodes field)",
        "نستخدم ملفات تعريف الارتباط لتحسين تجربتك",
        "اشترك في النشرة البريدية",
        "منذ 3 ساعات",
        "3 دقائق للقراءة",
        "https://example.org/a",
        ".",
    ],
)
def test_furniture_is_no_block(line: str) -> None:
    assert load_furniture().is_furniture(line)
    assert quotes(f"{TITLE}\n{LEAD}\n{line}\n{BODY}") == [TITLE, LEAD, BODY]


@pytest.mark.parametrize(
    "line",
    [
        "شارك الرئيس في قمة المناخ التي عقدت في مدينة شرم الشيخ المصرية يوم أمس.",
        "كتب الوزير رسالة إلى نظيره الهولندي.",
        "وأضاف المصدر أن المشاورات مستمرة.",
        "التفاصيل لم تعلن بعد، لكن الوزير وعد بنشرها.",
        "صورة جديدة للعلاقات بين البلدين.",
        "العالم العربي يترقب نتائج القمة.",
        "وطالب القراء بأن يشاركوا بآرائهم في الموقع، وقال إن جميع الحقوق محفوظة لهم ولن يتم نشر عنوان بريدهم.",
        "تعليق المفاوضات بين الحكومة والمعارضة.",
    ],
)
def test_sentences_with_words_of_furniture_stay(line: str) -> None:
    assert quotes(f"{TITLE}\n{LEAD}\n{line}\n{BODY}") == [TITLE, LEAD, line, BODY]


def test_a_long_paragraph_with_such_words_is_no_furniture() -> None:
    line = "اقرأ أيضا " + " ".join(["كلمة"] * 40)
    assert not load_furniture().is_furniture(line)


def test_a_name_below_its_label_goes_with_it() -> None:
    assert quotes(f"رئيس التحرير\nسمير قاسم\n\n{TITLE}\n{LEAD}") == [TITLE, LEAD]


def test_captions_go_and_an_agency_at_the_end_of_the_article_stays() -> None:
    caption = "الرئيس الكيني في نيروبي الشهر الماضي - رويترز"
    ending = f"{BODY} (وكالات)"
    assert quotes(f"{TITLE}\n{caption}\n{LEAD}\n{ending}") == [TITLE, LEAD, ending]
    assert quotes(f"{LEAD} {ending}") == [f"{LEAD} {ending}"]
    assert quotes("أجرى الرئيس الكيني اتصالا مع نظيره (رويترز)") == [
        "أجرى الرئيس الكيني اتصالا مع نظيره (رويترز)"
    ]


def test_a_title_printed_twice_is_read_once_and_a_picture_name_not_at_all() -> None:
    assert quotes(f"{TITLE}\n\n{TITLE}\n\nرئيس كينيا\nرئيس كينيا\n\n{LEAD}") == [TITLE, LEAD]


def test_what_follows_comments_is_cut_only_when_it_is_short() -> None:
    remarks = "رائع جدا يا جماعة.\nأتمنى السلام للجميع."
    assert quotes(f"{TITLE}\n{LEAD}\nالتعليقات\n{remarks}") == [TITLE, LEAD]
    long = " ".join([BODY] * 3)
    assert quotes(f"{TITLE}\n{LEAD}\nالتعليقات\n{long}") == [TITLE, LEAD, long]
    assert quotes(f"التعليقات\n{TITLE}\n{LEAD}") == [TITLE, LEAD]


def test_headlines_of_other_articles_go_and_the_article_goes_on() -> None:
    links = "قمة مرتقبة في أوسلو بين وزراء المال\nارتفاع أسعار النفط"
    assert quotes(f"{TITLE}\n{LEAD}\nاقرأ أيضاً\n{links}\n{BODY}") == [TITLE, LEAD, BODY]
    assert quotes(f"{TITLE}\n{LEAD}\n{BODY}\nمقالات ذات صلة\n{links}") == [TITLE, LEAD, BODY]


def test_headings_without_text_below_them_go() -> None:
    assert quotes(f"{TITLE}\n{LEAD}\nالصفحة الأولى") == [TITLE, LEAD]
    items = "أمن الحدود\nالتبادل التجاري"
    assert quotes(f"{TITLE}\n{LEAD[:-1]}:\n{items}") == [TITLE, f"{LEAD[:-1]}:", *items.split("\n")]


def test_wrapped_lines_are_one_paragraph() -> None:
    words = f"{LEAD} {BODY} {LEAD}".split()
    lines = [""]
    for word in words:
        if len(lines[-1]) + 1 + len(word) > 60:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    text = f"{TITLE}\n\n" + "\n".join(lines) + f"\n\n{LEAD[:50]}"
    found = quotes(text)
    assert found[0] == TITLE
    assert found[1].split() == words


def test_bullets_and_direction_marks_are_outside_the_blocks() -> None:
    assert quotes(f"• \u200f{LEAD}\u200f\n* {BODY}\u00a0") == [LEAD, BODY]


def test_the_title_given_is_a_headline_however_long() -> None:
    title = " ".join(["كلمة"] * 25) + "."
    assert quotes(f"{title}\n{LEAD}", "headline", title) == [title]


LINES = st.sampled_from(
    [
        "",
        " ",
        TITLE,
        LEAD,
        BODY,
        "اقرأ أيضاً",
        "التعليقات",
        "رئيس التحرير",
        "سمير قاسم",
        "31 ديسمبر 2021",
        "- صورة",
    ]
)


@given(
    st.lists(LINES | st.text(alphabet="ابتيم .:-*()\u200f\u00a0\t\r\n\u2028«»123", max_size=40), max_size=12)
)
@settings(max_examples=200, deadline=None)
def test_blocks_are_stripped_sorted_apart_and_inside_the_text(lines: Sequence[str]) -> None:
    text = "\n".join(lines)
    end = 0
    for block in find_blocks(text):
        assert end <= block.begin < block.end <= len(text)
        quote = text[block.begin : block.end]
        assert quote == quote.strip()
        assert block.kind in ("headline", "paragraph")
        end = block.end


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_bytes_give_documents_or_failures(data: bytes) -> None:
    for result in read_sources(["-"], stdin=io.BytesIO(data)):
        assert isinstance(result, Document | SourceFailure)


# --- Dates -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("2021.12.31 | 06:41 دمشق", "2021-12-31"),
        ("31 ديسمبر 2021", "2021-12-31"),
        ("الخميس 30 ديسمبر 2021", "2021-12-30"),
        ("الخميس، 30 كانون الأول/ديسمبر 2021 - 10:22 م", "2021-12-30"),
        ("نشر في: 12/05/2019", "2019-05-12"),
        ("آخر تحديث: ٣١/١٢/٢٠٢١ الساعة ٠٦:٤١ بتوقيت غرينتش", "2021-12-31"),
        ("الخميس 26 جمادى الأولى 1443هـ - 30 ديسمبر 2021م", "2021-12-30"),
        ("كتب: سامر الخطيب | 3 مايو 2020", "2020-05-03"),
        ("2021-12-31T06:41:00+03:00", "2021-12-31"),
        ("نيروبي، 4 جوان 2017", "2017-06-04"),
    ],
)
def test_a_dateline_gives_its_date_and_is_no_block(line: str, date: str) -> None:
    found = read_dateline(line)
    assert found is not None and found.date == date
    assert find_date(f"{TITLE}\n{line}\n{LEAD}\n{BODY}") == date
    assert find_date(f"{TITLE}\n{LEAD}\n{BODY}\n{line}") == date
    assert quotes(f"{TITLE}\n{line}\n{LEAD}\n{BODY}") == [TITLE, LEAD, BODY]


@pytest.mark.parametrize(
    "line",
    [
        "قمة كمبالا 16 يونيو 2021",
        "الرئيس الكيني يتصل بنظيره الأوغندي في 30 ديسمبر 2021",
        "في يونيو 2021",
        "2021",
        "31 ديسمبر",
        "وقع الاتفاق في 31 ديسمبر 2021",
    ],
)
def test_a_date_in_a_headline_is_no_dateline(line: str) -> None:
    assert read_dateline(line) is None
    assert find_date(f"{line}\n{LEAD}") is None


@pytest.mark.parametrize(
    ("prefix", "date"),
    [
        ("( سبوتنيك - 31 ديسمبر 2021ء) ", "2021-12-31"),
        ("موسكو، 31 ديسمبر 2021 (سبوتنيك) - ", "2021-12-31"),
        ("أبوظبي في 30 ديسمبر 2021 / وام / ", "2021-12-30"),
        ("واشنطن (أ ف ب) - ", None),
        ("عمان 30 كانون الأول (بترا)- ", None),
        ("القاهرة: «الأهرام»، وكالات ", None),
        ("بغداد - رويترز: ", None),
    ],
)
def test_a_paragraph_begins_after_its_dateline(prefix: str, date: str | None) -> None:
    assert quotes(f"{TITLE}\n{prefix}{LEAD}\n{BODY}") == [TITLE, LEAD, BODY]
    assert quotes(prefix + LEAD) == [LEAD]
    assert find_date(f"{TITLE}\n{prefix}{LEAD}\n{BODY}") == date


@pytest.mark.parametrize(
    "sentence",
    [
        "في 30 ديسمبر 2021، أعلن الوزير استقالته.",
        "30 ديسمبر 2021: الوزير يعلن استقالته.",
        "أعلن الوزير الخميس 30 ديسمبر (كانون الأول) الحالي استقالته.",
        "نقلت رويترز: الوزير استقال.",
        "نيروبي: لن نقبل الشروط.",
        "موسكو وواشنطن - كما قالت رويترز - تتفاوضان.",
    ],
)
def test_a_sentence_is_not_taken_for_a_dateline(sentence: str) -> None:
    assert skip_dateline(sentence) is None
    assert find_date(f"{TITLE}\n{sentence} {LEAD}\n{BODY}") is None


def test_publication_goes_before_a_later_change() -> None:
    header = "آخر تحديث: 5 مايو 2020\nنشر في: 3 مايو 2020"
    assert find_date(f"{TITLE}\n{header}\n{LEAD}\n{BODY}") == "2020-05-03"
    assert find_date(f"{TITLE}\nآخر تحديث: 5 مايو 2020\n{LEAD}\n{BODY}") == "2020-05-05"


def test_dates_of_other_articles_and_comments_do_not_count() -> None:
    assert find_date(f"{TITLE}\n{LEAD}\n{BODY}\nمقالات ذات صلة\n3 مايو 2020") is None


def test_which_date_goes_first(tmp_path: Path) -> None:
    text = f"{TITLE}\n3 مايو 2020\n{LEAD}"
    path = write(tmp_path / "a.txt", text)
    records = write_records(
        tmp_path / "n.jsonl", {"id": "own", "text": text, "published": "2018"}, {"id": "none", "text": text}
    )
    assert [document.published for document in read(path, records)[0]] == ["2020-05-03", "2018", "2020-05-03"]
    given = read(path, records, published="2019-07")[0]
    assert [document.published for document in given] == ["2019-07", "2018", "2019-07"]


# --- Real articles ---------------------------------------------------------------------------------------------------


def test_real_pages_keep_their_sentences_and_lose_their_furniture() -> None:
    if not ARTICLES.exists():
        pytest.skip("the shared articles are not here")
    documents, failures = read(*(ARTICLES / name / "articles.jsonl" for name in ("seeds", "dev")))
    assert not failures and len(documents) == 38
    for document in documents:
        kept = [document.text[block.begin : block.end] for block in document.blocks]
        assert kept
        for line in document.text.split("\n"):
            if len(line.split()) >= 20:
                assert any(quote in line for quote in kept)
        assert (
            sum(map(len, kept)) > 0.8 * len("".join(document.text.split("\n"))) or len(document.text) < 1100
        )
