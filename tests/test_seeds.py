"""The seeds: articles with their gold annotations, and the gazetteer of actors and places."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from diplograph.arabic import fold, has_arabic
from diplograph.linking.gazetteer import actor_key, load_gazetteer, load_titles
from diplograph.resources import locate

SHARED = Path(__file__).parents[1].parent / "shared"
ARTICLES = locate("seeds", "articles")
STEMS = sorted(path.stem for path in ARTICLES.iterdir() if path.is_file())
TYPES = {"PhoneCall", "Summit", "SanctionThreat", "SecurityGuaranteeTalk"}
STATUSES = {"occurred", "planned", "denied", "hypothetical"}
PARTIAL_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
QID = re.compile(r"Q[1-9]\d*")
LONGEST_COMMON_RUN = 6  # words; a name such as that of the OSCE in Arabic is five words long


def article_text(stem: str) -> str:
    """The text of a seed article, whatever kind of file it is in (HTML: tags taken out, a line for each element)."""
    (path,) = ARTICLES.glob(f"{stem}.*")
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".jsonl":
        return str(json.loads(text)["text"])
    if path.suffix == ".html":
        return unescape(
            re.sub(r"<[^>]+>", "\n", re.sub(r"<(script|style)\b.*?</\1>", "", text, flags=re.DOTALL))
        )
    return text


def gold_annotation(stem: str) -> dict[str, Any]:
    annotation: dict[str, Any] = json.loads((ARTICLES / "gold" / f"{stem}.json").read_text(encoding="utf-8"))
    return annotation


# --- Articles --------------------------------------------------------------------------------------------------------


def test_five_articles_of_three_kinds_each_with_its_gold() -> None:
    assert len(STEMS) == 5
    assert {path.suffix for path in ARTICLES.iterdir() if path.is_file()} == {".txt", ".html", ".jsonl"}
    assert sorted(path.stem for path in (ARTICLES / "gold").iterdir()) == STEMS


@pytest.mark.parametrize("stem", STEMS)
def test_articles_are_arabic_and_of_newspaper_length(stem: str) -> None:
    words = [word for word in article_text(stem).split() if has_arabic(word)]
    assert 150 <= len(words) <= 350


@pytest.mark.parametrize("stem", STEMS)
def test_gold_follows_the_guidelines(stem: str) -> None:
    annotation = gold_annotation(stem)
    assert annotation["doc"] == stem
    assert PARTIAL_DATE.fullmatch(annotation["published"])
    assert annotation["title"] in article_text(stem)
    assert annotation["events"]
    identifiers = [event["id"] for event in annotation["events"]]
    assert len(identifiers) == len(set(identifiers)), "one entry for each event of a document"
    for event in annotation["events"]:
        assert event["type"] in TYPES and event["status"] in STATUSES
        is_threat = event["type"] == "SanctionThreat"
        actors = event["source"] + event["target"] if is_threat else event["participants"]
        assert actors and is_threat == (not event["participants"])
        for actor in actors + event.get("participants_optional", []):
            assert (
                actor["kind"] in {"Person", "Country", "Organization"}
                and actor["en"]
                and has_arabic(actor["ar"])
            )
            assert actor["qid"] is None or QID.fullmatch(actor["qid"])
        for date in filter(None, [event["start"], event["end"], *event.get("start_alt", [])]):
            assert PARTIAL_DATE.fullmatch(date)
        assert event["place"] is None or event["type"] != "PhoneCall", "calls have no place"


@pytest.mark.parametrize("stem", STEMS)
def test_gold_quotes_names_and_places_stand_in_the_text(stem: str) -> None:
    text = article_text(stem)
    for event in gold_annotation(stem)["events"]:
        assert event["quotes"]
        roles = ("participants", "participants_optional", "source", "target")
        names = [actor["ar"] for role in roles for actor in event.get(role, []) if "optional" not in event]
        places = [event["place"]["ar"]] if event["place"] else []
        for part in [*event["quotes"], *names, *places]:
            assert part in text, f"{event['id']}: not in the text: {part}"


def test_same_event_has_the_same_identifier_and_type_in_every_article() -> None:
    types = defaultdict(set)
    stems = defaultdict(set)
    for stem in STEMS:
        for event in gold_annotation(stem)["events"]:
            types[event["id"]].add(event["type"])
            stems[event["id"]].add(stem)
    assert all(len(kinds) == 1 for kinds in types.values())
    assert len(stems["call-biden-putin-2021-12-30"]) == 5


def folded_words(text: str) -> list[str]:
    return re.findall(r"\w+", fold(text))


def runs(words: list[str], length: int) -> set[tuple[str, ...]]:
    return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}


@pytest.mark.parametrize("stem", STEMS)
def test_no_run_of_words_is_copied_from_the_articles_the_facts_come_from(stem: str) -> None:
    originals = SHARED / "articles" / "seeds" / "articles.jsonl"
    if not originals.exists():
        pytest.skip("the shared articles are not beside the repository")
    length = LONGEST_COMMON_RUN + 1
    ours = runs(folded_words(article_text(stem)), length)
    for line in originals.read_text(encoding="utf-8").splitlines():
        article = json.loads(line)
        common = ours & runs(folded_words(article["text"]), length)
        assert not common, f"{stem} and {article['id']} share: {[' '.join(run) for run in sorted(common)]}"


# --- The gazetteer ---------------------------------------------------------------------------------------------------

COLUMNS = [
    "qid", "kind", "en", "ar", "ar_aliases", "metonyms", "demonyms_ar", "country_qid", "offices", "source", "licence",
    "verified", "tags",
]  # fmt: skip
KINDS = {"actors.tsv": {"Country", "Organization", "Person"}, "places.tsv": {"City", "Building", "Site"}}
TAGS = frozenset({"authority", "bloc", "collective", "forum", "security"})
OFFICE_DATE = re.compile(r"(\d{4}(-\d{2}(-\d{2})?)?)?")
# Offices that make nobody a leader or minister; the lexicon of titles knows those that do.
OTHER_OFFICES = {
    "Ambassador", "Assistant SG of the Arab League", "Cardinal Secretary of State", "Chair of the AU Commission",
    "Chief negotiator", "Chief of staff", "Commander of the LNA", "Commander of the Quds Force",
    "Commander of the RSF", "Commissioner-General of UNRWA", "Deputy Prime Minister",
    "Deputy chairman of the Security Council", "EEAS deputy secretary-general", "European Commissioner",
    "Head of Hamas political bureau", "Head of intelligence", "Head of the AEOI", "Head of the Chechen Republic",
    "ICC Prosecutor", "Leader of Al-Qaeda", "Leader of the Turkish Cypriots", "Leader of the Houthi movement", "Leader of the Islamic State",
    "Military commander", "Minister", "Minister of Finance", "Minister of Interior", "Minister of National Security",
    "Opposition leader", "Party leader", "Permanent Representative to the IAEA", "President of Kurdistan Region",
    "President of Somaliland", "President of the European Commission", "President of the European Council",
    "President of the European Parliament", "President of the STC", "President of the UN General Assembly",
    "President of the World Bank", "Religious leader", "Secretary General of OPEC", "Secretary of the security council",
    "Secretary-General", "Speaker of parliament", "State Counsellor", "UN High Commissioner for Human Rights",
    "UN High Commissioner for Refugees", "UN Under-Secretary-General", "UN investigator",
}  # fmt: skip


def gazetteer_rows(name: str) -> list[dict[str, str]]:
    lines = locate("seeds", name).read_text(encoding="utf-8").splitlines()
    columns = lines[0].split("\t")
    assert columns == COLUMNS
    rows = [line.split("\t") for line in lines[1:]]
    assert all(len(cells) == len(columns) for cells in rows)
    return [dict(zip(columns, cells, strict=True)) for cells in rows]


def every_row() -> list[dict[str, str]]:
    return [row for name in KINDS for row in gazetteer_rows(name)]


def items(cell: str) -> list[str]:
    return cell.split("|") if cell else []


@pytest.mark.parametrize("name", KINDS)
def test_gazetteer_files_are_plain_tables(name: str) -> None:
    text = locate("seeds", name).read_text(encoding="utf-8")
    assert '"' not in text and "\r" not in text and text.endswith("\n") and not text.endswith("\n\n")
    for row in gazetteer_rows(name):
        assert row["kind"] in KINDS[name], row
        assert row["en"] and has_arabic(row["ar"]), row
        assert row["source"] and row["licence"] and row["verified"], row
        assert all(cell == cell.strip() for cell in row.values()), row


def test_gazetteer_ids_are_wikidata_ids_or_absent() -> None:
    keys = {row["qid"] for row in every_row() if row["kind"] in ("Country", "Organization")}
    for row in every_row():
        assert not row["qid"] or QID.fullmatch(row["qid"]), row
        assert not row["country_qid"] or row["country_qid"] in keys, (
            f"{row['en']}: no row for {row['country_qid']}"
        )
        assert row["qid"] or row["verified"] == "unverified", row


def test_gazetteer_has_every_actor_and_place_once() -> None:
    for name in KINDS:
        rows = gazetteer_rows(name)
        keys = [actor_key(row["qid"], row["en"], row["ar"]) for row in rows]
        assert not [key for key, count in Counter(keys).items() if count > 1], name
        names = [(row["kind"], fold(row["ar"])) for row in rows]
        assert not [pair for pair, count in Counter(names).items() if count > 1], name


def test_gazetteer_names_are_arabic_and_listed_once_in_a_row() -> None:
    for row in every_row():
        names = [row["ar"], *items(row["ar_aliases"]), *items(row["metonyms"])]
        assert all(name and name == name.strip() for name in [*names, *items(row["demonyms_ar"])]), row
        assert all(has_arabic(name) for name in names), row
        folded = [fold(name) for name in names]
        assert len(folded) == len(set(folded)), f"{row['en']}: listed twice: {sorted(folded)}"
        assert all(len(name) > 1 for name in folded), row


def test_gazetteer_offices_have_known_titles_and_ordered_dates() -> None:
    known = load_titles().english.keys() | OTHER_OFFICES
    for row in every_row():
        assert not row["offices"] or row["kind"] == "Person", row
        for office in items(row["offices"]):
            arabic, english, body, start, end, hand = office.split("~")
            assert has_arabic(arabic) and english in known and body, office
            assert hand in {"wikidata", "hand"}, office
            assert OFFICE_DATE.fullmatch(start) and OFFICE_DATE.fullmatch(end), office
            length = min(len(start), len(end))
            assert start[:length] <= end[:length], f"{row['en']}: {office}"


def test_gazetteer_tags_stand_on_organizations_and_are_known() -> None:
    tags: Counter[str] = Counter()
    for row in every_row():
        assert set(items(row["tags"])) <= TAGS and (not row["tags"] or row["kind"] == "Organization"), row
        tags.update(items(row["tags"]))
    assert all(tags[tag] for tag in TAGS)


def test_every_capital_speaks_for_its_government_and_every_state_has_a_nisba() -> None:
    states = [row for row in every_row() if row["kind"] == "Country" and row["metonyms"]]
    assert len(states) > 180
    without = [row["en"] for row in states if not row["demonyms_ar"]]
    assert len(without) < 20, without


SAMPLES = [  # a phrase, how it means what it means, and whom
    ("الناتو", "alias", "Q7184"),
    ("اطلسي", "demonym", "Q7184"),
    ("الخليجيه", "demonym", "Q217172"),
    ("الكرملين", "metonym", "Q159"),
    ("الكوريين الشماليين", "demonym", "Q423"),
    ("نتانياهو", "alias", "Q43723"),
    ("الصحراء الغربيه", "name", "Q6250"),
]


@pytest.mark.parametrize(("phrase", "how", "key"), SAMPLES)
def test_names_are_found_with_their_sense(phrase: str, how: str, key: str) -> None:
    senses = load_gazetteer().senses(tuple(phrase.split()))
    assert (how, key) in [(sense.how, sense.entry.actor.key) for sense in senses if sense.entry.actor]


@pytest.mark.parametrize(
    "word", ["كان", "فتح", "صالح", "بان", "كيف", "المالية", "صور", "بري", "سعيد", "تراس"]
)
def test_common_words_are_nobodys_name(word: str) -> None:
    assert not load_gazetteer().senses((fold(word),))


HOLDERS = [  # a state, a rank, a day, and who held the office then
    ("Q30", "head-of-state", "2021-12-30", "Joe Biden"),
    ("Q145", "foreign-minister", "2014-07-20", "Philip Hammond"),
    ("Q79", "head-of-state", "2013-07-20", "Adly Mansour"),
    ("Q159", "head-of-state", "2014-03-18", "Vladimir Putin"),
    ("Q794", "foreign-minister", "2022-02-01", "Hossein Amir-Abdollahian"),
    ("Q884", "head-of-state", "2018-04-27", "Moon Jae-in"),
    ("Q1065", "secretary-general", "2009-01-10", "Ban Ki-moon"),
]


HEADS = [
    ("Joe Biden", ("Q30",)),
    ("Sergey Lavrov", ()),
    ("Antony Blinken", ()),
    ("Michelle Bachelet", ()),
    ("Walid Jumblatt", ()),
]


@pytest.mark.parametrize(("name", "countries"), HEADS)
def test_heads_of_state_head_countries_only(name: str, countries: tuple[str, ...]) -> None:
    found = {entry.actor.label_en: entry.actor for entry in load_gazetteer().entries.values() if entry.actor}
    assert found[name].head_of_state_of == countries
    for actor in found.values():
        for key in actor.head_of_state_of:
            assert load_gazetteer().entries[key].kind == "Country" and key in actor.represents


@pytest.mark.parametrize(("body", "rank", "day", "holder"), HOLDERS)
def test_one_person_holds_an_office_on_a_day(body: str, rank: str, day: str, holder: str) -> None:
    found = load_gazetteer().holders(body, rank, day, day)
    assert {entry.actor.label_en for entry in found if entry.actor} == {holder}
