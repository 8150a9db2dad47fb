"""Parsing: segments, tiling, CoNLL-U, cache, models, and Stanza itself."""

from __future__ import annotations

import hashlib
import itertools
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diplograph.model import Block, ConlluError, Document, ModelError, ParsedDocument, ParserIdentity
from diplograph.parsing import (
    CachedParser,
    ConlluParser,
    ParseCache,
    StanzaParser,
    list_models,
    read_conllu,
    tile,
    to_segments,
    write_conllu,
)

ARABIC = st.text(alphabet="ابتحدرسعفقكلمنهويىةءأإآؤئ\u064b\u064e\u0651", min_size=1, max_size=12)


def make_document(*paragraphs: str, id: str = "a") -> Document:
    text = "\n\n".join(paragraphs)
    blocks, position = [], 0
    for paragraph in paragraphs:
        blocks.append(Block(position, position + len(paragraph)))
        position += len(paragraph) + 2
    return Document(id, text, source=f"{id}.txt", published="2024-05", blocks=tuple(blocks))


def segment_texts(*paragraphs: str) -> list[str]:
    return [segment.text for segment in to_segments(make_document(*paragraphs))]


# --- Tiling ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "words", "parts"),
    [
        ("وبوتين", "و بوتين", "و بوتين"),
        ("للحكومة", "ل الحكومة", "ل لحكومة"),  # the alef of the article is not written after li-
        ("حكومته", "حكومة ه", "حكومت ه"),  # teh marbuta becomes teh before a suffix
        ("وللرئيس", "و ل الرئيس", "و ل لرئيس"),
        ("فسيكتبونها", "ف س يكتبون ها", "ف س يكتبون ها"),
        ("عما", "عن ما", "ع ما"),  # the nun is assimilated
        ("علي", "على ي", "عل ي"),
        ("إليها", "إلى ها", "إلي ها"),
        ("وَبالحربِ", "و ب الحرب", "وَ ب الحربِ"),  # vowel signs stay with their letter
    ],
)
def test_words_cover_their_own_letters(token: str, words: str, parts: str) -> None:
    spans = tile(token, tuple(words.split()))
    assert [token[begin:end] for begin, end in spans] == parts.split()


@given(ARABIC, st.lists(ARABIC, min_size=1, max_size=5))
def test_words_tile_their_token_whatever_the_expander_writes(token: str, words: list[str]) -> None:
    spans = tile(token, tuple(words))
    assert spans[0][0] == 0
    assert spans[-1][1] == len(token)
    assert all(left[1] == right[0] for left, right in itertools.pairwise(spans))
    assert all(begin <= end for begin, end in spans)
    if len(words) <= len(token):
        assert all(begin < end for begin, end in spans)


# --- Segments --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        ("وصل الوزير. وغادر مساء.", ["وصل الوزير.", "وغادر مساء."]),
        ("وصل الوزير.وغادر مساء.", ["وصل الوزير.", "وغادر مساء."]),  # glued
        ("وصل الوزير .وغادر مساء .", ["وصل الوزير .", "وغادر مساء ."]),  # the space on the wrong side
        ('قال "لن نتراجع". وأضاف كلمة.', ['قال "لن نتراجع".', "وأضاف كلمة."]),
        ("قال «لن نتراجع».وأضاف كلمة.", ['قال "لن نتراجع".', "وأضاف كلمة."]),
        ("هل تنعقد القمة؟ لا أحد يعلم!", ["هل تنعقد القمة؟", "لا أحد يعلم!"]),
        ("نقلت أ.ف.ب. عن د. سمير قوله ذلك.", ["نقلت أ.ف.ب. عن د. سمير قوله ذلك."]),
        ("بلغت 12.5 بالمئة في 31.12.2021 وفق تقدير.", ["بلغت 12.5 بالمئة في 31.12.2021 وفق تقدير."]),
        ("زوروا example.org للمزيد.", ["زوروا example.org للمزيد."]),
        ("مفاجأة اليوم.. اتصال بين الزعيمين", ["مفاجأة اليوم..", "اتصال بين الزعيمين"]),
        ("عاد في السودان.، وذلك أمس.", ["عاد في السودان.، وذلك أمس."]),
        ('وصل. "مرحبا" قال لهم.', ["وصل.", '"مرحبا" قال لهم.']),
        ("* * *", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(paragraph: str, expected: list[str]) -> None:
    assert segment_texts(paragraph) == expected


def test_blocks_are_parsed_apart_and_nothing_between_them() -> None:
    text = "عنوان قصير\nحجم الخط\nوصل الوزير"
    document = Document("a", text, blocks=(Block(0, 10, "headline"), Block(20, len(text))))
    assert [segment.text for segment in to_segments(document)] == ["عنوان قصير", "وصل الوزير"]


def test_cleaning_keeps_the_way_back_to_the_text() -> None:
    text = "قال «مســاء»  إن مسارًا ،2004 جديدًا"
    (segment,) = to_segments(make_document(text))
    assert segment.text == 'قال "مساء" إن مساراً ، 2004 جديداً'
    for word in ("مساء", "مساراً", "2004", "جديداً"):
        begin = segment.text.index(word)
        left, right = segment.span(begin, begin + len(word))
        assert text[left:right].replace("\u0640", "").replace("\u064b\u0627", "\u0627\u064b") == word


def test_a_very_long_sentence_is_cut_at_a_comma() -> None:
    segments = to_segments(make_document("كلمة " * 200 + "، " + "كلمة " * 200))
    assert len(segments) == 2
    assert segments[0].text.endswith("،")
    assert sum(segment.text.count("كلمة") for segment in segments) == 400


@given(st.text(alphabet='ابت ًـ.،«»"؟!1٢ \n', max_size=120))
def test_every_character_of_a_segment_stands_for_one_of_the_text(text: str) -> None:
    document = Document("a", text, blocks=(Block(0, len(text)),))
    position = -1
    for segment in to_segments(document):
        assert len(segment.text) == len(segment.offsets)
        for character, offset in zip(segment.text, segment.offsets, strict=True):
            assert offset >= position
            position = offset
            if character in "ابت1٢":
                # a tanwin and its alef may change places
                assert character in text[max(0, offset - 1) : offset + 2]


# --- CoNLL-U ---------------------------------------------------------------------------------------------------------

CALL = """\
# newdoc id = call
# published = 2024-05
# text = هاتف الرئيس نظيره.
1\tهاتف\tهَاتَف\tVERB\tVP-A-3MS--\tGender=Masc\t0\troot\t_\t_
2\tالرئيس\tرَئِيس\tNOUN\tN------S1D\t_\t1\tnsubj\t_\t_
3-4\tنظيره\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No
3\tنظير\tنَظِير\tNOUN\tN------S4R\t_\t1\tobj\t_\t_
4\tه\tهُ\tPRON\tSP---3MS2-\t_\t3\tnmod\t_\t_
5\t.\t.\tPUNCT\tG---------\t_\t1\tpunct\t_\t_

"""


def test_conllu_of_other_makers_gets_a_text_and_offsets() -> None:
    (parsed,) = read_conllu(CALL, "call.conllu")
    assert parsed.document.id == "call"
    assert parsed.document.published == "2024-05"
    assert parsed.document.text == "هاتف الرئيس نظيره."
    words = parsed.sentences[0].words
    assert [parsed.document.text[word.begin : word.end] for word in words] == [
        "هاتف",
        "الرئيس",
        "نظير",
        "ه",
        ".",
    ]
    assert [word.token for word in words] == [0, 1, 2, 2, 3]
    assert parsed.sentences[0].children[1] == (words[1], words[2], words[4])


def test_conllu_without_text_is_put_together_from_the_tokens() -> None:
    lines = [line for line in CALL.splitlines() if not line.startswith("# text")]
    (parsed,) = read_conllu("\n".join(lines), "call.conllu")
    assert parsed.document.text == "هاتف الرئيس نظيره."


def test_conllu_without_newdoc_is_named_for_its_file() -> None:
    body = CALL[CALL.index("# text") :]
    parses = read_conllu(f"{body}\n# newdoc\n{body}", "folder/two.conllu")
    assert [parsed.document.id for parsed in parses] == ["two", "two-2"]


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("\tVERB", " VERB", 4, "9 columns"),
        ("\n2\t", "\n7\t", 5, "where 2 should be"),
        ("\n3-4\t", "\n4-5\t", 6, "where word 3 should begin"),
        ("\t3\tnmod", "\t9\tnmod", 8, "head '9'"),
        ("\t3\tnmod", "\tx\tnmod", 8, "head 'x'"),
        ("\tNOUN\tN------S1D", "\t_\t_", 5, "no UPOS"),
        ("\tالرئيس\t", "\tالملك\t", 5, "does not come next"),
        ("\n5\t", "\n# x\n5\t", 9, "a comment inside a sentence"),
        ("\t_\t_\n5", "\t_\tTokenRange=a:b\n5", 8, "TokenRange"),
    ],
)
def test_faults_of_conllu_are_named_with_their_line(old: str, new: str, line: int, says: str) -> None:
    assert old in CALL
    with pytest.raises(ConlluError) as caught:
        read_conllu(CALL.replace(old, new, 1), "call.conllu")
    assert f"call.conllu, line {line}:" in str(caught.value)
    assert says in str(caught.value)


@pytest.mark.parametrize("text", ["", "\n\n", "# text = only a comment\n\n"])
def test_conllu_with_nothing_in_it_is_a_fault(text: str) -> None:
    with pytest.raises(ConlluError, match="no sentence"):
        read_conllu(text, "empty.conllu")


def test_a_multi_word_token_that_is_cut_off_is_a_fault() -> None:
    cut = "\n".join(CALL.splitlines()[:7])
    with pytest.raises(ConlluError, match="line 6: the multi-word token"):
        read_conllu(cut, "call.conllu")


def test_a_written_parse_reads_back_the_same() -> None:
    (parsed,) = read_conllu(CALL, "call.conllu")
    text = "حجم الخط\n" + parsed.document.text + "\tذيل"
    moved = [replace(word, begin=word.begin + 9, end=word.end + 9) for word in parsed.sentences[0].words]
    sentence = replace(parsed.sentences[0], begin=9, end=moved[-1].end, words=tuple(moved))
    document = replace(
        parsed.document,
        text=text,
        title="عنوان",
        url="https://example.org/1",
        blocks=(Block(9, moved[-1].end, "headline"),),
    )
    whole = ParsedDocument(document, (sentence,), ParserIdentity("stanza/ar/x", "1", "abc"))
    assert read_conllu(write_conllu(whole)) == [whole]
    bare = ParsedDocument(replace(document, blocks=()), (), whole.parser)
    assert read_conllu(write_conllu(bare) + "\n" + write_conllu(whole)) == [bare, whole]


def test_the_replayer_gives_the_parse_of_the_same_text_only() -> None:
    (parsed,) = read_conllu(CALL, "call.conllu")
    parser = ConlluParser([parsed])
    assert parser.parse(parsed.document) == parsed
    with pytest.raises(ConlluError, match="the text differs"):
        parser.parse(replace(parsed.document, text="غيره"))
    with pytest.raises(ConlluError, match="no parse"):
        parser.parse(replace(parsed.document, id="other"))


# --- The cache -------------------------------------------------------------------------------------------------------


def test_a_text_is_parsed_once(tmp_path: Path) -> None:
    (parsed,) = read_conllu(CALL, "call.conllu")
    parser = CachedParser(ConlluParser([parsed], parsed.parser), ParseCache(tmp_path))
    assert parser.parse(parsed.document) == parsed
    renamed = replace(parsed.document, id="other", published=None)
    assert parser.parse(renamed) == replace(parsed, document=renamed)  # the replayer does not know this id
    assert parser.parsed == 1
    another = replace(parsed.parser, fingerprint="changed")
    assert ParseCache(tmp_path).get(parsed.document, another) is None


def test_a_damaged_cache_is_as_good_as_none(tmp_path: Path) -> None:
    (parsed,) = read_conllu(CALL, "call.conllu")
    cache = ParseCache(tmp_path / "cache")
    cache.put(parsed)
    (kept,) = (path for path in (tmp_path / "cache").rglob("*.json.gz") if path.parent.name != "by-text")
    for damage in (b"", kept.read_bytes()[:40], b"not gzip"):
        kept.write_bytes(damage)
        assert cache.get(parsed.document, parsed.parser) is None
    cache.put(parsed)
    assert cache.get(parsed.document, parsed.parser) == parsed
    digest = hashlib.sha256(parsed.document.text.encode()).hexdigest()
    assert cache.find(digest, parsed.parser) == parsed.sentences
    assert cache.find(digest, replace(parsed.parser, fingerprint="other")) is None
    assert cache.find("0" * 64, parsed.parser) is None


def test_a_cache_that_cannot_be_written_is_no_obstacle(tmp_path: Path) -> None:
    (parsed,) = read_conllu(CALL, "call.conllu")
    (tmp_path / "file").write_text("in the way")
    cache = ParseCache(tmp_path / "file")
    cache.put(parsed)
    assert cache.get(parsed.document, parsed.parser) is None


# --- Models ----------------------------------------------------------------------------------------------------------


def test_models_are_listed_installed_or_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STANZA_RESOURCES_DIR", str(tmp_path))
    compact, padt = list_models()
    assert (compact.name, compact.installed) == ("compact", True)
    assert compact.size is not None and compact.size > 10**7
    assert (padt.name, padt.installed, padt.directory) == ("padt", False, str(tmp_path))


def test_a_missing_model_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STANZA_RESOURCES_DIR", str(tmp_path))
    with pytest.raises(ModelError, match="diplograph models --download padt"):
        StanzaParser("padt")
    with pytest.raises(ModelError, match="neither compact, padt nor a directory"):
        StanzaParser(tmp_path / "nowhere")
    (tmp_path / "resources.json").write_text("{}")
    with pytest.raises(ModelError, match="not a listing"):
        StanzaParser(tmp_path)


def test_models_of_a_directory_are_told_apart_by_their_files(tmp_path: Path) -> None:
    source = Path(list_models()[0].directory)
    mine = tmp_path / "mine"
    shutil.copytree(source / "ar", mine / "ar")
    shutil.copy(source / "resources.json", mine)
    compact, copied = StanzaParser("compact").identity, StanzaParser(mine).identity
    assert (copied.name, copied.version, copied.fingerprint) == (
        "stanza/ar/mine",
        compact.version,
        compact.fingerprint,
    )
    with (mine / "ar" / "lemma" / "compact.pt").open("ab") as file:
        file.write(b"\0")
    assert StanzaParser(mine).identity.fingerprint != compact.fingerprint
    (mine / "ar" / "lemma" / "compact.pt").unlink()
    with pytest.raises(ModelError, match="is missing"):
        StanzaParser(mine)


def test_word_vectors_that_models_share_count_among_their_files(tmp_path: Path) -> None:
    source, mine = Path(list_models()[0].directory), tmp_path / "mine"
    shutil.copytree(source / "ar", mine / "ar")
    resources = json.loads((source / "resources.json").read_text(encoding="utf-8"))
    resources["ar"]["depparse"]["compact"]["dependencies"] = [{"model": "pretrain", "package": "compact"}]
    (mine / "resources.json").write_text(json.dumps(resources), encoding="utf-8")
    with pytest.raises(ModelError, match="is missing"):
        StanzaParser(mine)
    (mine / "ar" / "pretrain").mkdir()
    (mine / "ar" / "pretrain" / "compact.pt").write_bytes(b"vectors")
    fingerprint = StanzaParser(mine).identity.fingerprint
    (mine / "ar" / "pretrain" / "compact.pt").write_bytes(b"others")
    assert StanzaParser(mine).identity.fingerprint != fingerprint


def test_a_model_that_does_not_load_is_a_model_error(tmp_path: Path) -> None:
    source = Path(list_models()[0].directory)
    broken = tmp_path / "broken"
    shutil.copytree(source / "ar", broken / "ar")
    shutil.copy(source / "resources.json", broken)
    (broken / "ar" / "tokenize" / "compact.pt").write_bytes(b"nonsense")
    with pytest.raises(ModelError, match="does not load"):
        StanzaParser(broken).parse(make_document("وصل الوزير."))


# --- Stanza for real -------------------------------------------------------------------------------------------------

PARAGRAPHS = (
    "هاتف رئيس الوزراء الكندي نظيره الياباني مساء الأحد.وبحث الجانبان للمرة الثانية أزمة «القطب»",
    "وقالت وزيرة الخارجية إن حكومتها لن تتراجع، وإنها تنتظر ردًا من طوكـــيو.",
)


def test_stanza_parses_into_words_that_lie_in_the_text(stanza_parser: StanzaParser) -> None:
    document = make_document(*PARAGRAPHS)
    parsed = stanza_parser.parse(document)
    assert len(parsed.sentences) == 3
    position = 0
    for number, sentence in enumerate(parsed.sentences):
        assert sentence.index == number
        assert [word.id for word in sentence.words] == list(range(1, len(sentence.words) + 1))
        assert sum(word.head == 0 for word in sentence.words) >= 1
        assert all(0 <= word.head <= len(sentence.words) for word in sentence.words)
        assert (sentence.begin, sentence.end) == (sentence.words[0].begin, sentence.words[-1].end)
        for word in sentence.words:
            assert position <= word.begin < word.end <= len(document.text)
            position = word.end
    surface = {
        document.text[word.begin : word.end]: word for sentence in parsed.sentences for word in sentence.words
    }
    assert surface["هاتف"].upos == "VERB"
    assert surface["طوكـــيو"].form == "طوكيو"
    assert surface["القطب"].form == "القطب"
    (clitic, noun) = (
        word for word in parsed.sentences[1].words if document.text[word.begin : word.end] in ("ل", "لمرة")
    )
    assert (clitic.form, noun.form, clitic.token) == ("ل", "المرة", noun.token)


def test_words_of_a_token_tile_it(stanza_parser: StanzaParser) -> None:
    parsed = stanza_parser.parse(make_document(*PARAGRAPHS))
    pairs = [
        (left, right)
        for sentence in parsed.sentences
        for left, right in zip(sentence.words, sentence.words[1:], strict=False)
        if left.token == right.token
    ]
    assert len(pairs) >= 5
    assert all(left.end == right.begin for left, right in pairs)


def test_a_real_parse_survives_conllu_and_cache(stanza_parser: StanzaParser, tmp_path: Path) -> None:
    parsed = stanza_parser.parse(make_document(*PARAGRAPHS))
    assert read_conllu(write_conllu(parsed)) == [parsed]
    cache = ParseCache(tmp_path)
    cache.put(parsed)
    assert cache.get(parsed.document, stanza_parser.identity) == parsed


def test_a_parse_does_not_depend_on_what_was_parsed_before(stanza_parser: StanzaParser) -> None:
    documents = [make_document(paragraph, id=str(number)) for number, paragraph in enumerate(PARAGRAPHS)]
    forwards = {parsed.document.id: parsed for parsed in stanza_parser.parse_many(documents)}
    other = StanzaParser("compact")  # which remembers none of the sentences
    backwards = {parsed.document.id: parsed for parsed in other.parse_many(reversed(documents))}
    assert forwards == backwards
    assert stanza_parser.parse(Document("none", "حجم الخط")).sentences == ()


def test_stanza_is_imported_only_to_parse() -> None:
    code = (
        "import sys; from diplograph.parsing import StanzaParser; StanzaParser('compact').identity;"
        "import json; print(json.dumps([m for m in ('stanza', 'torch') if m in sys.modules]))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(answer.stdout) == []
