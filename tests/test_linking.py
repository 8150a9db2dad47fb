"""Linking: names, titles, demonyms, metonyms and role phrases in Stanza's parses mean the right actors and places."""

from __future__ import annotations

import pytest
from conftest import Parse
from trees import entities_of, tree, who

from diplograph.linking import EntityMention, find_entities, load_gazetteer
from diplograph.model import ParsedDocument


def entity(parsed: ParsedDocument, phrase: str) -> EntityMention:
    """The only entity that is written so."""
    text = parsed.document.text
    found = [entity for entity in entities_of(parsed) if text[entity.begin : entity.end] == phrase]
    assert len(found) == 1, f"{phrase} among {sorted(who(parsed))}"
    return found[0]


def names(mention: EntityMention) -> list[str]:
    return [actor.label_en or actor.label_ar for actor in mention.actors]


# --- Titles and names ------------------------------------------------------------------------------------------------

PHRASES = [
    # the text, its date, a phrase of it, whom it means
    ("وصل وزير الخارجية الأميركي أنتوني بلينكن إلى القاهرة", "2021-06-17", "Antony Blinken"),
    ("استقبل الرئيس الفرنسي إيمانويل ماكرون وفدا", "2018-03-02", "Emmanuel Macron"),
    ("قال الأمين العام للأمم المتحدة بان كي مون ذلك", "2014-05-01", "Ban Ki-moon"),
    ("استقبل الملك الأردني عبد الله الثاني الوفد", "2014-05-01", "Abdullah II of Jordan"),
    ("أعلن سيد الكرملين ذلك", "2021-05-01", "Vladimir Putin"),
    ("قال الرئيس الأميركي إن الوضع صعب", "2009-05-01", "Barack Obama"),
    ("قال الرئيس الأميركي إن الوضع صعب", "2021-05-01", "Joe Biden"),
    ("قال الرئيس الأمريكي إن الوضع صعب", "2005-05-01", "George W. Bush"),
    ("قالت المستشارة الألمانية إن الوضع صعب", "2014-05-01", "Angela Merkel"),
    ("أكد رئيس الوزراء البريطاني ذلك", "2015-02-01", "David Cameron"),
    ("قال الرئيس الأميركي السابق باراك أوباما إن الوضع صعب", "2021-05-01", "Barack Obama"),
]


@pytest.mark.parametrize(("text", "published", "name"), PHRASES, ids=[f"{d[:4]}-{n}" for _, d, n in PHRASES])
def test_a_title_with_or_without_a_name_means_its_holder(
    parse: Parse, text: str, published: str, name: str
) -> None:
    people = [mention for mention in entities_of(parse(text, published)) if mention.kind == "Person"]
    assert [names(mention) for mention in people] == [[name]]
    (person,) = people
    assert person.actors[0].wikidata


def test_a_title_a_nationality_and_a_name_are_one_phrase(parse: Parse) -> None:
    parsed = parse("التقى الرئيس الروسي فلاديمير بوتين نظيره الأميركي في جنيف", "2021-06-17")
    putin = entity(parsed, "الرئيس الروسي فلاديمير بوتين")
    assert (putin.rank, putin.leader, [body.label_en for body in putin.bodies]) == (
        "head-of-state",
        True,
        ["Russia"],
    )
    other = entity(parsed, "نظيره الأميركي")
    assert names(other) == ["Joe Biden"]
    assert other.counterpart_of == putin.actors[0]
    assert other.leader


def test_who_held_an_office_once_is_no_leader_now(parse: Parse) -> None:
    parsed = parse("قال الرئيس الأميركي السابق باراك أوباما إن الوضع صعب", "2021-05-01")
    (person,) = (mention for mention in entities_of(parsed) if mention.kind == "Person")
    assert not person.leader


def test_the_former_president_without_a_name_is_not_the_present_one(parse: Parse) -> None:
    parsed = parse("قال الرئيس الأميركي السابق إن الوضع صعب", "2021-05-01")
    (person,) = (mention for mention in entities_of(parsed) if mention.kind == "Person")
    assert names(person) != ["Joe Biden"]
    assert not person.leader
    assert person.actors[0].wikidata is None


def test_a_counterpart_has_the_rank_of_whoever_he_is_compared_with(parse: Parse) -> None:
    parsed = parse("بحث وزير الخارجية الروسي سيرغي لافروف مع نظيره الأميركي الأزمة", "2014-05-01")
    assert names(entity(parsed, "نظيره الأميركي")) == ["John Kerry"]


def test_two_counterparts_are_two(parse: Parse) -> None:
    parsed = parse("التقى الرئيس الأوكراني نظيريه الفرنسي والأميركي", "2018-05-01")
    assert names(entity(parsed, "نظيريه الفرنسي")) == ["Emmanuel Macron"]
    assert names(entity(parsed, "الأميركي")) == ["Donald Trump"]


def test_a_dual_is_followed_by_its_members(parse: Parse) -> None:
    parsed = parse("عقد الرئيسان الروسي فلاديمير بوتين والأميركي جو بايدن اجتماعا", "2021-06-17")
    assert names(entity(parsed, "الرئيسان الروسي فلاديمير بوتين")) == ["Vladimir Putin"]
    assert names(entity(parsed, "الأميركي جو بايدن")) == ["Joe Biden"]
    assert all(mention.leader for mention in entities_of(parsed))


def test_a_title_is_not_said_twice(parse: Parse) -> None:
    parsed = parse("اجتمع وزير الخارجية الروسي سيرغي لافروف والأمريكي جون كيري في باريس", "2014-05-01")
    kerry = entity(parsed, "الأمريكي جون كيري")
    assert names(kerry) == ["John Kerry"]
    assert kerry.rank == "foreign-minister"


# --- Names that come again -------------------------------------------------------------------------------------------


def test_a_surname_alone_means_whoever_the_text_has_introduced(parse: Parse) -> None:
    parsed = parse("قالت هيلاري كلينتون أمس ذلك. وأضافت كلينتون أن الوضع صعب.", "2014-05-01")
    assert names(entity(parsed, "كلينتون")) == ["Hillary Clinton"]


def test_a_surname_that_several_share_stays_open(parse: Parse) -> None:
    parsed = parse("قال كلينتون إن الوضع صعب", "2014-05-01")
    assert [mention for mention in entities_of(parsed) if mention.actors] == []


def test_a_person_nobody_knows_is_an_actor_with_one_key(parse: Parse) -> None:
    first = parse("استقبل وزير الخارجية الصومالي عبد الرحمن بيلي الوفد", "2014-05-01", id="a")
    second = parse("قال عبد الرحمن بيلي إن الوضع صعب", "2014-06-01", id="b")
    (one,) = (mention.actors[0] for mention in entities_of(first) if mention.kind == "Person")
    (other,) = (mention.actors[0] for mention in entities_of(second) if mention.kind == "Person")
    assert one.label_ar == "عبد الرحمن بيلي"
    assert one.key == other.key
    assert one.wikidata is None
    assert one.represents == (entity_key("الصومال"),)


def test_the_surname_of_a_person_nobody_knows_is_the_same_person(parse: Parse) -> None:
    parsed = parse(
        "استقبل وزير الخارجية الصومالي عبد الرحمن بيلي الوفد. وقال بيلي إن الوضع صعب.", "2014-05-01"
    )
    assert names(entity(parsed, "بيلي")) == ["عبد الرحمن بيلي"]


def entity_key(name: str) -> str:
    (sense,) = load_gazetteer().senses((name,))
    assert sense.entry.actor is not None
    return sense.entry.actor.key


def test_a_name_spelt_with_other_letters_is_the_same_person(parse: Parse) -> None:
    keys = set()
    for spelling in ("أنجيلا ميركل", "انغيلا ميركل", "أنغيلا ميركل"):
        parsed = parse(f"قالت المستشارة الألمانية {spelling} إن الوضع صعب", "2014-05-01")
        keys |= {mention.actors[0].key for mention in entities_of(parsed) if mention.kind == "Person"}
    assert keys == {"Q567"}


# --- States, organizations, places -----------------------------------------------------------------------------------


def test_a_capital_is_a_government_and_a_city() -> None:
    """Which of the two is meant is for the relation to say, so that both are there."""
    acting = tree("""
1 تهدد هدد VERB 0 root VIIA-3FS--
2 موسكو موسكو X 1 nsubj
3+ ب ب ADP 4 case
4 العقوبات عقوبة NOUN 1 obl:arg
""")
    (moscow,) = entities_of(acting)
    assert (moscow.kind, moscow.how, names(moscow)) == ("Country", "metonym", ["Russia"])
    assert moscow.place is not None and moscow.place.label_en == "Moscow"


def test_what_is_no_capital_is_a_place_only(parse: Parse) -> None:
    (geneva,) = entities_of(parse("عقدت المحادثات في جنيف", "2021-06-17"))
    assert (geneva.kind, geneva.actors) == ("Place", ())
    assert geneva.place is not None and geneva.place.label_en == "Geneva"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("قدمت روسيا للولايات المتحدة مقترحا", {"Russia", "United States"}),
        ("زار ماكرون وبوتين موسكو", {"Emmanuel Macron", "Vladimir Putin", "Russia"}),
        ("رحبت القاهرة وباريس بالاتفاق", {"Egypt", "France"}),
        ("قال الكرملين إن البيت الأبيض موافق", {"Russia", "United States"}),
        ("أعلنت الحكومة السودانية ذلك", {"Sudan"}),
        ("جرت محادثات روسية أميركية", {"Russia", "United States"}),
        ("اجتمع حلف شمال الأطلسي", {"North Atlantic Treaty Organization"}),
        ('اجتمع حلف شمال الأطلسي "الناتو"', {"North Atlantic Treaty Organization"}),
        ("تدعم لندن لبنان", {"United Kingdom", "Lebanon"}),
    ],
    ids=[
        "to-the-united-states",
        "and-putin",
        "and-paris",
        "palaces",
        "government",
        "nationalities",
        "alliance",
        "alias",
        "lebanon",
    ],
)
def test_states_and_organizations_are_found_behind_their_clitics(
    parse: Parse, text: str, wanted: set[str]
) -> None:
    found = {name for mention in entities_of(parse(text, "2021-06-17")) for name in names(mention)}
    assert found == wanted


def test_a_clitic_preposition_is_told_apart_from_the_name() -> None:
    parsed = tree("""
1 اتصل اتصل VERB 0 root VP-A-3MS--
2 ماكرون ماكرون X 1 nsubj
3 ببوتين ببوتين X 1 obl:arg
""")
    putin = entity(parsed, "بوتين")
    assert names(putin) == ["Vladimir Putin"]
    assert putin.preposition == "ب"


def test_every_state_has_its_nationality(parse: Parse) -> None:
    text = "اجتمعت وفود عراقية وفلسطينية وسورية ومصرية وتركية"
    found = {name for mention in entities_of(parse(text, "2021-06-17")) for name in names(mention)}
    assert found == {"Iraq", "Palestine", "Syria", "Egypt", "Türkiye"}


# --- Words that mean those named before ------------------------------------------------------------------------------


def test_two_presidents_are_the_last_two_leaders(parse: Parse) -> None:
    parsed = parse(
        "استقبل الرئيس الروسي فلاديمير بوتين نظيره الأميركي جو بايدن. وقال وزير الخارجية الروسي سيرغي لافروف"
        " إن الرئيسين اتفقا.",
        "2021-06-17",
    )
    pair = entity(parsed, "الرئيسين")
    assert (pair.kind, pair.leader, names(pair)) == ("Group", True, ["Vladimir Putin", "Joe Biden"])


def test_two_ministers_are_the_last_two_ministers(parse: Parse) -> None:
    parsed = parse(
        "اجتمع وزير الخارجية الروسي سيرغي لافروف ونظيره الأمريكي جون كيري. ووافق الرئيس التركي. وقال الوزيران ذلك.",
        "2014-05-01",
    )
    assert names(entity(parsed, "الوزيران")) == ["Sergey Lavrov", "John Kerry"]


def test_the_two_sides_are_the_last_two_states(parse: Parse) -> None:
    parsed = parse("اجتمعت روسيا والولايات المتحدة في جنيف. وأكد الجانبان ذلك.", "2021-06-17")
    assert names(entity(parsed, "الجانبان")) == ["Russia", "United States"]


def test_the_latter_is_the_last_person(parse: Parse) -> None:
    parsed = parse(
        "استقبل الملك الأردني عبد الله الثاني الرئيس المصري عدلي منصور. وشكر الأخير الملك.", "2014-05-01"
    )
    assert names(entity(parsed, "الأخير")) == ["Adly Mansour"]
    assert names(entity(parsed, "الملك")) == ["Abdullah II of Jordan"]


def test_his_country_is_that_of_the_person_before(parse: Parse) -> None:
    parsed = parse("أكد الرئيس التركي أن بلاده ترفض ذلك", "2014-05-01")
    assert names(entity(parsed, "بلاده")) == ["Türkiye"]


def test_the_group_is_the_organization_named_so(parse: Parse) -> None:
    parsed = parse("عقدت مجموعة الدول السبع قمة في بروكسل. وأدانت المجموعة روسيا.", "2014-05-01")
    assert names(entity(parsed, "المجموعة")) == ["Group of Seven"]


def test_a_group_of_two_without_two_members_means_nobody(parse: Parse) -> None:
    assert entities_of(parse("قال الرئيسان إن الاتفاق قريب", "2014-05-01")) == []


# --- What the rest of the pipeline rests on --------------------------------------------------------------------------


def test_entities_lie_in_their_sentences_in_order_and_apart(parse: Parse) -> None:
    parsed = parse(
        "عقد الرئيسان الروسي فلاديمير بوتين والأميركي جو بايدن قمة في جنيف. وقالت واشنطن وموسكو إن القمة"
        " أفادت البلدين، وشكر وزير الخارجية الأميركي أنتوني بلينكن سويسرا.",
        "2021-06-17",
    )
    sentences = find_entities(parsed)
    assert len(sentences) == len(parsed.sentences) >= 2
    for sentence, mentions in zip(parsed.sentences, sentences, strict=True):
        assert mentions
        ends = sentence.begin
        for mention in mentions:
            assert ends <= mention.begin < mention.end <= sentence.end
            assert 1 <= mention.first <= mention.head <= mention.last <= len(sentence.words)
            assert mention.sentence == sentence.index
            ends = mention.end


def test_the_same_parse_gives_the_same_entities(parse: Parse) -> None:
    parsed = parse("التقى الرئيس الروسي فلاديمير بوتين نظيره الأميركي في جنيف", "2021-06-17")
    assert find_entities(parsed) == find_entities(parsed)
