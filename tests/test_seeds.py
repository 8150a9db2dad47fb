"""The seeds: articles with their gold annotations, and the gazetteer of actors and places."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from diplograph.arabic import fold, has_arabic
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
        return unescape(re.sub(r"<[^>]+>", "\n", re.sub(r"<(script|style)\b.*?</\1>", "", text, flags=re.DOTALL)))
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
            assert actor["kind"] in {"Person", "Country", "Organization"} and actor["en"] and has_arabic(actor["ar"])
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
