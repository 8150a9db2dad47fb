"""Frames: their files are checked when they are read, and the grammar they rest on is met with trees made by hand."""

from __future__ import annotations

from typing import Any

import pytest
from trees import mentions_of, named, rules_of, the_mention, tree

from diplograph.frames import load_frames, read_frame
from diplograph.model import DataError

# --- The files -------------------------------------------------------------------------------------------------------


def frame_data(**changes: Any) -> dict[str, Any]:
    """A frame without faults, with changes."""
    data: dict[str, Any] = {
        "class": "PhoneCall",
        "roles": {"participant": {"minimum": 2}},
        "words": {"calls": ["مكالمة", "اتصال"]},
        "trigger": [{"id": "call", "anchors": ["@calls"], "example": "جرت مكالمة"}],
        "argument": [
            {"role": "participant", "of": "anchor", "relation": "prepositional", "prepositions": ["بين"]}
        ],
    }
    return data | changes


def faults_of(**changes: Any) -> list[str]:
    with pytest.raises(DataError) as caught:
        read_frame("call.toml", frame_data(**changes))
    return str(caught.value).splitlines()


def test_a_frame_is_read_with_its_words_folded() -> None:
    frame = read_frame("call.toml", frame_data())
    assert frame.event_class == "PhoneCall"
    assert frame.file == "call.toml"
    assert frame.triggers[0].anchors == {"مكالمه", "اتصال"}
    assert frame.roles["participant"].minimum == 2
    assert frame.arguments[0].name == "path:anchor/prepositional"


def test_an_unknown_class_is_told_with_the_nearest() -> None:
    (fault,) = faults_of(**{"class": "PhoneCal"})
    assert fault.startswith("frames/call.toml: ")
    assert "PhoneCal" in fault and "PhoneCall" in fault and "did you mean" in fault


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"colour": "red"}, "unknown key 'colour'"),
        ({"roles": {"participant": {"maximum": 3}}}, "unknown key 'maximum'"),
        ({"roles": {"participant": {}, "listener": {}}}, "unknown role 'listener'"),
        ({"trigger": [{"id": "call", "anchors": ["@rings"], "example": "x"}]}, "no list 'rings' in [words]"),
        ({"trigger": [{"id": "call", "anchors": ["x"], "example": "x", "nigh": []}]}, "unknown key 'nigh'"),
        (
            {
                "trigger": [
                    {"id": "c", "anchors": ["x"], "example": "x", "near": [{"words": ["y"], "scope": "page"}]}
                ]
            },
            "unknown scope 'page'",
        ),
        ({"trigger": [{"id": "call", "anchors": ["x"]}]}, "trigger call: example is missing"),
        ({"trigger": [{"anchors": ["x"], "example": "x"}]}, "id is missing"),
        ({"trigger": [{"id": "call", "example": "x"}]}, "trigger call: anchors is missing"),
        (
            {"argument": [{"role": "participant", "of": "anchor", "relation": "beside"}]},
            "unknown relation 'beside'",
        ),
        ({"argument": [{"role": "participant", "of": "root", "relation": "subject"}]}, "unknown of 'root'"),
        ({"argument": [{"role": "hearer", "of": "anchor", "relation": "subject"}]}, "unknown role 'hearer'"),
        (
            {
                "argument": [
                    {"role": "participant", "of": "anchor", "relation": "subject", "triggers": ["ring"]}
                ]
            },
            "unknown trigger 'ring'",
        ),
        (
            {
                "argument": [
                    {"role": "participant", "of": "anchor", "relation": "object", "verbs": ["@rings"]}
                ]
            },
            "no list 'rings' in [words]",
        ),
    ],
)
def test_a_fault_in_a_frame_is_told_with_file_and_place(changes: dict[str, Any], told: str) -> None:
    (fault,) = faults_of(**changes)
    assert fault.startswith("frames/call.toml: ")
    assert told in fault


def test_all_the_faults_of_a_file_are_told_at_once() -> None:
    faults = faults_of(
        **{"class": "Sumit"},
        colour="red",
        roles={"listener": {}},
        trigger=[{"id": "call", "anchors": ["@rings"], "example": "x", "near": [{"scope": "page"}]}],
        argument=[{"role": "participant", "of": "anchor", "relation": "beside"}],
    )
    wanted = ("Sumit", "colour", "listener", "rings", "page", "'participant'", "beside")
    assert [word for word in wanted if not any(word in fault for fault in faults)] == []
    assert all(fault.startswith("frames/call.toml: ") for fault in faults)


def test_the_frames_of_diplograph_load() -> None:
    frames = load_frames()
    assert len(frames) >= 4
    assert len({frame.event_class for frame in frames}) == len(frames)
    for frame in frames:
        names = [trigger.id for trigger in frame.triggers]
        assert len(names) == len(set(names)), frame.file


# --- Who stands where ------------------------------------------------------------------------------------------------

CALLED = """
1 اتصل اتصل VERB 0 root VP-A-3MS--
2 الرئيس رئيس NOUN 1 nsubj
3 الفرنسي فرنسي ADJ 2 amod
4 إيمانويل إيمانويل X 2 nmod
5 ماكرون ماكرون X 2 nmod
6+ ب ب ADP 7 case
7 الرئيس رئيس NOUN 1 obl:arg
8 اللبناني لبناني ADJ 7 amod
9 ميشال ميشال X 7 nmod
10 عون عون X 7 nmod
"""

PHONED = """
1 هاتف هاتف VERB 0 root VP-A-3MS--
2 ماكرون ماكرون X 1 nsubj
3 السيسي السيسي X 1 obj
"""

LIGHT_VERB = """
1 أجرى أجرى VERB 0 root VP-A-3MS--
2 ماكرون ماكرون X 1 nsubj
3 اتصالا اتصال NOUN 1 obj
4 هاتفيا هاتفي ADJ 3 amod
5 مع مع ADP 6 case
6 السيسي السيسي X 3 nmod
"""

BETWEEN = """
1 جرت جرى VERB 0 root VP-A-3FS--
2 مكالمة مكالمة NOUN 1 nsubj
3 بين بين ADP 4 case
4 بايدن بايدن X 2 nmod
5+ و و CCONJ 6 cc
6 بوتين بوتين X 4 conj
"""

POSSESSED = """
1 انتهت انتهى VERB 0 root VP-A-3FS--
2 مكالمة مكالمة NOUN 1 nsubj
3 بايدن بايدن X 2 nmod
4+ و و CCONJ 5 cc
5 بوتين بوتين X 3 conj
"""

RELATIVE = """
1 تناول تناول VERB 0 root VP-A-3MS--
2 اتصال اتصال NOUN 1 nsubj
3 هاتفي هاتفي ADJ 2 amod
4+ أجرا أجرى VERB 2 acl VP-A-3MS--
5 ه هو PRON 4 obj SP---3MS4-
6 ماكرون ماكرون X 4 nsubj
7 مع مع ADP 8 case
8 السيسي السيسي X 4 obl
9 الأزمة أزمة NOUN 1 obj
"""

INITIAL_AND = """
1+ و و CCONJ 0 root
2 أجرى أجرى VERB 1 parataxis VP-A-3MS--
3 ماكرون ماكرون X 2 nsubj
4 مكالمة مكالمة NOUN 2 obj
5 مع مع ADP 6 case
6 السيسي السيسي X 2 obl
"""

WAS = """
1+ و و CCONJ 0 root
2 كان كان VERB 1 parataxis VP-A-3MS--
3 ماكرون ماكرون X 2 nsubj
4 أجرى أجرى VERB 2 xcomp VP-A-3MS--
5 مكالمة مكالمة NOUN 4 obj
6 مع مع ADP 7 case
7 السيسي السيسي X 4 obl
"""

NESTED = """
1 ناقش ناقش VERB 0 root VP-A-3MS--
2 ماكرون ماكرون X 1 nsubj
3 في في ADP 4 case
4 مكالمة مكالمة NOUN 1 obl
5 مع مع ADP 6 case
6 السيسي السيسي X 4 nmod
7 العلاقات علاقة NOUN 1 obj
8 بين بين ADP 9 case
9 روسيا روسيا X 7 nmod
10+ و و CCONJ 11 cc
11 الصين صين NOUN 9 conj
"""

UNKNOWN_NAMES = """
1 أجرى أجرى VERB 0 root VP-A-3MS--
2 ماكرون ماكرون X 1 nsubj
3 مكالمة مكالمة NOUN 1 obj
4 مع مع ADP 5 case
5 وزير وزير NOUN 3 nmod
6 الخارجية خارجية NOUN 5 nmod
7 الصومالي صومالي ADJ 5 amod
8 غلبوت غلبوت X 5 nmod
9 شرمك شرمك X 8 nmod
"""

THEIR_CALL = """
1 رحب رحب VERB 0 root VP-A-3MS--
2 بايدن بايدن X 1 nsubj
3+ و و CCONJ 4 cc
4 بوتين بوتين X 2 conj
5 خلال خلال ADP 6 case
6+ مكالمت مكالمة NOUN 1 obl
7 هما هو PRON 6 nmod SP---3MD2-
8+ ب ب ADP 9 case
9 الاتفاق اتفاق NOUN 1 obl:arg
"""

BIDEN_PUTIN = {"Joe Biden", "Vladimir Putin"}
MACRON_SISI = {"Emmanuel Macron", "Abdel Fattah el-Sisi"}


@pytest.mark.parametrize(
    ("text", "people", "relations"),
    [
        pytest.param(PHONED, MACRON_SISI, {"anchor/subject", "anchor/object"}, id="subject-object"),
        pytest.param(
            CALLED,
            {"Emmanuel Macron", "Michel Aoun"},
            {"anchor/subject", "anchor/prepositional"},
            id="preposition",
        ),
        pytest.param(LIGHT_VERB, MACRON_SISI, {"verb/subject", "anchor/prepositional"}, id="light-verb"),
        pytest.param(BETWEEN, BIDEN_PUTIN, {"anchor/prepositional"}, id="between-coordinated"),
        pytest.param(POSSESSED, BIDEN_PUTIN, {"anchor/modifier"}, id="modifier-coordinated"),
        pytest.param(RELATIVE, MACRON_SISI, {"relative/subject"}, id="relative-clause"),
        pytest.param(INITIAL_AND, MACRON_SISI, {"verb/subject", "anchor/prepositional"}, id="initial-and"),
        pytest.param(WAS, MACRON_SISI, {"verb/subject", "anchor/prepositional"}, id="auxiliary-was"),
        pytest.param(NESTED, MACRON_SISI, {"anchor/prepositional"}, id="between-of-another-noun"),
        pytest.param(
            UNKNOWN_NAMES, {"Emmanuel Macron", "غلبوت شرمك"}, {"anchor/prepositional"}, id="names-tagged-x"
        ),
        pytest.param(THEIR_CALL, BIDEN_PUTIN, set(), id="pronoun-dual"),
    ],
)
def test_the_parties_of_a_call_are_read_from_where_they_stand(
    text: str, people: set[str], relations: set[str]
) -> None:
    mention = the_mention(tree(text), "PhoneCall")
    assert named(mention) == {"participant": people}
    assert mention.values.status == "occurred"
    assert {f"path:{relation}" for relation in relations} <= rules_of(mention, "participant")


def test_nationalities_after_the_noun_are_the_parties_of_talks() -> None:
    mention = the_mention(
        tree("""
1 جرت جرى VERB 0 root VP-A-3FS--
2 محادثات محادثة NOUN 1 nsubj
3 روسية روسي ADJ 2 amod
4 أميركية أميركي ADJ 2 amod
5 حول حول ADP 6 case
6 الضمانات ضمان NOUN 2 nmod
7 الأمنية أمني ADJ 6 amod
"""),
        "SecurityGuaranteeTalk",
    )
    assert named(mention) == {"participant": {"Russia", "United States"}}
    assert rules_of(mention, "participant") == {"path:anchor/adjective"}


def test_the_pronoun_on_a_meeting_is_the_subject_of_its_verb() -> None:
    mention = the_mention(
        tree("""
1 قال قال VERB 0 root VP-A-3MS--
2 ماكرون ماكرون X 1 nsubj
3 خلال خلال ADP 4 case
4+ اجتماع اجتماع NOUN 1 obl
5 ه هو PRON 4 nmod SP---3MS2-
6 مع مع ADP 7 case
7 بوتين بوتين X 4 nmod
8 ذلك ذلك DET 1 obj
"""),
        "Summit",
    )
    assert named(mention) == {"participant": {"Emmanuel Macron", "Vladimir Putin"}}
    assert "path:anchor/pronoun" in rules_of(mention, "participant")


def test_a_counterpart_brings_in_whose_counterpart_he_is() -> None:
    mention = the_mention(
        tree("""
1 أجرى أجرى VERB 0 root VP-A-3MS--
2 الرئيس رئيس NOUN 1 nsubj
3 الأميركي أميركي ADJ 2 amod
4 مكالمة مكالمة NOUN 1 obj
5 مع مع ADP 6 case
6+ نظير نظير NOUN 4 nmod
7 ه هو PRON 6 nmod SP---3MS2-
8 الروسي روسي ADJ 6 amod
"""),
        "PhoneCall",
    )
    assert named(mention) == {"participant": BIDEN_PUTIN}


@pytest.mark.parametrize(
    ("verb", "threatener", "target"),
    [
        ("تهدد هدد VERB 0 root VIIA-3FS--", {"Russia"}, {"Ukraine"}),
        ("يهدد هدد VERB 0 root VIIA-3MS--", None, {"Russia"}),
    ],
    ids=["feminine-verb", "masculine-verb"],
)
def test_the_name_of_a_state_is_no_subject_of_a_masculine_verb(
    verb: str, threatener: set[str] | None, target: set[str]
) -> None:
    object_phrase = "\n6 على على ADP 7 case\n7 كييف كييف X 5 nmod" if threatener else ""
    found = mentions_of(
        tree(f"""
1 {verb}
2 موسكو موسكو X 1 {"nsubj" if threatener else "obj"}
3+ ب ب ADP 4 case
4 فرض فرض NOUN 1 obl:arg
5 عقوبات عقوبة NOUN 4 nmod{object_phrase}
"""),
        "SanctionThreat",
    )
    if threatener is None:
        assert all("Russia" not in named(mention).get("threatener", set()) for mention in found)
    else:
        assert [named(mention) for mention in found] == [{"threatener": threatener, "target": target}]


def test_a_masculine_verb_takes_the_subject_before_it_and_the_state_for_object() -> None:
    mention = the_mention(
        tree("""
1 الاتحاد اتحاد NOUN 3 nsubj
2 الأوروبي أوروبي ADJ 1 amod
3 يهدد هدد VERB 0 root VIIA-3MS--
4 موسكو موسكو X 3 obj
5+ ب ب ADP 6 case
6 فرض فرض NOUN 3 obl:arg
7 عقوبات عقوبة NOUN 6 nmod
"""),
        "SanctionThreat",
    )
    assert named(mention) == {"threatener": {"European Union"}, "target": {"Russia"}}


def test_a_warning_against_sanctions_is_no_threat() -> None:
    """ "Warned *against* imposing sanctions" speaks of what others may do; "warned *that* it may impose" threatens."""
    against = tree("""
1 حذر حذر VERB 0 root VP-A-3MS--
2 الكرملين كرملين X 1 nsubj
3 من من ADP 4 case
4 فرض فرض NOUN 1 obl:arg
5 عقوبات عقوبة NOUN 4 nmod
6 على على ADP 7 case
7 روسيا روسيا X 5 nmod
""")
    assert mentions_of(against, "SanctionThreat") == []
    that = tree("""
1 حذر حذر VERB 0 root VP-A-3MS--
2 الاتحاد اتحاد NOUN 1 nsubj
3 الأوروبي أوروبي ADJ 2 amod
4 من من ADP 8 case
5+ أن أن SCONJ 8 mark
6 ه هو PRON 8 nsubj SP---3MS4-
7 قد قد AUX 8 aux
8 يفرض فرض VERB 1 ccomp VIIA-3MS--
9 عقوبات عقوبة NOUN 8 obj
10 على على ADP 11 case
11 روسيا روسيا X 9 nmod
""")
    assert named(the_mention(that, "SanctionThreat")) == {
        "threatener": {"European Union"},
        "target": {"Russia"},
    }


def test_a_place_is_where_it_is_held_and_no_party() -> None:
    mention = the_mention(
        tree("""
1 عقد عقد VERB 0 root VP-A-3MS--
2 ماكرون ماكرون X 1 nsubj
3 قمة قمة NOUN 1 obj
4 مع مع ADP 5 case
5 السيسي السيسي X 3 nmod
6 في في ADP 7 case
7 باريس باريس X 1 obl
"""),
        "Summit",
    )
    assert named(mention) == {"participant": MACRON_SISI}
    assert mention.values.place is not None and mention.values.place.label_en == "Paris"


def test_a_capital_where_others_meet_is_a_place_and_no_government() -> None:
    mention = the_mention(
        tree("""
1 عقدت عقد VERB 0 root VP-A-3FS--
2 واشنطن واشنطن X 1 nsubj
3+ و و CCONJ 4 cc
4 كييف كييف X 2 conj
5 محادثات محادثة NOUN 1 obj
6 في في ADP 7 case
7 موسكو موسكو X 5 nmod
8 حول حول ADP 9 case
9 الضمانات ضمان NOUN 5 nmod
10 الأمنية أمني ADJ 9 amod
"""),
        "SecurityGuaranteeTalk",
    )
    assert named(mention) == {"participant": {"United States", "Ukraine"}}
    assert mention.values.place is not None and mention.values.place.label_en == "Moscow"


def test_leaders_meet_at_a_summit_and_others_do_not() -> None:
    """A meeting is a summit when two heads of state or government meet; ministers do not make one."""
    meeting = """
1 التقى التقى VERB 0 root VP-A-3MS--
2 {who} {who} X 1 nsubj
3 بوتين بوتين X 1 obj
"""
    assert named(the_mention(tree(meeting.format(who="بايدن")), "Summit")) == {"participant": BIDEN_PUTIN}
    assert mentions_of(tree(meeting.format(who="بلينكن")), "Summit") == []


# --- Whether it happened ---------------------------------------------------------------------------------------------

STATUSES = [
    pytest.param("occurred", BETWEEN, id="past-tense"),
    pytest.param(
        "planned",
        """
1 المكالمة مكالمة NOUN 0 root
2 المقررة مقرر ADJ 1 amod
3 بين بين ADP 4 case
4 بايدن بايدن X 1 nmod
5+ و و CCONJ 6 cc
6 بوتين بوتين X 4 conj
""",
        id="planned-modifier",
    ),
    pytest.param(
        "planned",
        """
1+ س س AUX 2 aux
2 يجري أجرى VERB 0 root VIIA-3MS--
3 بايدن بايدن X 2 nsubj
4 مكالمة مكالمة NOUN 2 obj
5 مع مع ADP 6 case
6 بوتين بوتين X 4 nmod
""",
        id="future-particle",
    ),
    pytest.param(
        "planned",
        """
1 سيجري سيجري X 0 root
2 بايدن بايدن X 1 nmod
3 مكالمة مكالمة NOUN 1 nmod
4 مع مع ADP 5 case
5 بوتين بوتين X 3 nmod
""",
        id="future-particle-left-on",
    ),
    pytest.param(
        "denied",
        """
1 نفى نفى VERB 0 root VP-A-3MS--
2 الكرملين كرملين X 1 nsubj
3 إجراء إجراء NOUN 1 obj
4 مكالمة مكالمة NOUN 3 nmod
5 بين بين ADP 6 case
6 بايدن بايدن X 4 nmod
7+ و و CCONJ 8 cc
8 بوتين بوتين X 6 conj
""",
        id="denied-governor",
    ),
    pytest.param(
        "denied",
        """
1 لم لم PART 2 advmod
2 تجر جرى VERB 0 root VIJA-3FS--
3 مكالمة مكالمة NOUN 2 nsubj
4 بين بين ADP 5 case
5 بايدن بايدن X 3 nmod
6+ و و CCONJ 7 cc
7 بوتين بوتين X 5 conj
""",
        id="negated-verb",
    ),
    pytest.param(
        "hypothetical",
        """
1 دعا دعا VERB 0 root VP-A-3MS--
2 ماكرون ماكرون X 1 nsubj
3 إلى إلى ADP 4 case
4 مكالمة مكالمة NOUN 1 obl:arg
5 بين بين ADP 6 case
6 بايدن بايدن X 4 nmod
7+ و و CCONJ 8 cc
8 بوتين بوتين X 6 conj
""",
        id="called-for",
    ),
    pytest.param(
        "hypothetical",
        """
1 قد قد AUX 2 aux
2 يجري أجرى VERB 0 root VIIA-3MS--
3 بايدن بايدن X 2 nsubj
4 مكالمة مكالمة NOUN 2 obj
5 مع مع ADP 6 case
6 بوتين بوتين X 4 nmod
""",
        id="modal",
    ),
    pytest.param(
        "occurred",
        """
1 دعا دعا VERB 0 root VP-A-3MS--
2 بايدن بايدن X 1 nsubj
3 بعد بعد ADP 4 case
4 مكالمة مكالمة NOUN 1 obl
5 مع مع ADP 6 case
6 بوتين بوتين X 4 nmod
7 إلى إلى ADP 8 case
8 الهدوء هدوء NOUN 1 obl:arg
""",
        id="after-it",
    ),
]


@pytest.mark.parametrize(("status", "text"), STATUSES)
def test_what_is_said_tells_whether_a_call_took_place(status: str, text: str) -> None:
    mention = the_mention(tree(text), "PhoneCall")
    assert mention.values.status == status
    assert named(mention) == {"participant": BIDEN_PUTIN}


def test_a_threat_is_made_even_if_what_it_threatens_is_only_possible() -> None:
    mention = the_mention(
        tree("""
1 قد قد AUX 2 aux
2 تهدد هدد VERB 0 root VIIA-3FS--
3 واشنطن واشنطن X 2 nsubj
4+ ب ب ADP 5 case
5 فرض فرض NOUN 2 obl:arg
6 عقوبات عقوبة NOUN 5 nmod
7 على على ADP 8 case
8 طهران طهران X 6 nmod
"""),
        "SanctionThreat",
    )
    assert mention.values.status == "occurred"


def test_the_words_that_name_an_event_are_its_evidence() -> None:
    parsed = tree(LIGHT_VERB)
    mention = the_mention(parsed, "PhoneCall")
    text = parsed.document.text
    proofs = {proof.aspect: text[proof.begin : proof.end] for proof in mention.evidence}
    assert proofs["trigger"] == "اتصالا"
    assert {text[p.begin : p.end] for p in mention.evidence if p.aspect == "participant"} == {
        "ماكرون",
        "السيسي",
    }
    assert text[mention.begin : mention.end] == text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            """
1 قمة قمة NOUN 0 root
2 الجبل جبل NOUN 1 nmod
""",
            id="a-peak-has-no-parties",
        ),
        pytest.param(
            """
1 قال قال VERB 0 root VP-A-3MS--
2 ماكرون ماكرون X 1 nsubj
3 في في ADP 4 case
4 اتصال اتصال NOUN 1 obl
5 مع مع ADP 6 case
6 صحيفة صحيفة NOUN 4 nmod
7 لوموند لوموند X 6 nmod
""",
            id="a-call-with-a-paper",
        ),
    ],
)
def test_what_only_looks_like_an_event_has_no_two_parties(text: str) -> None:
    assert [mention for mention in mentions_of(tree(text)) if len(mention.values.actors()) > 1] == []
