"""Characters no article needs, JSON and HTML made to break parsers, ids that are none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fakes import NameExtractor, make_conllu

from diplograph import pipeline
from diplograph.pipeline import BuildReport
from diplograph.store import Store
from faults.attacks import ARABIC, QuickParser, run
from faults.ledger import Trial


def build(file: Path) -> tuple[BuildReport, dict[str, str]]:
    """What a build of this file did, and the texts in the store by their ids."""
    store = file.parent / "store"
    report = pipeline.build([file], store, parser=QuickParser(), extractor=NameExtractor())
    with Store.open(store, read_only=True) as opened:
        rows = opened.query("SELECT ?id ?text { GRAPH ?g { ?d dip:text ?text ; dip:identifier ?id } }")
        return report, {row["id"].value: row["text"].value for row in rows}  # type: ignore[union-attr, index]


STRANGE = {
    "controls": "".join(map(chr, (*range(1, 9), 11, 12, *range(14, 32), *range(127, 160)))),
    "nul": "\x00",
    "bidi": "\u202a\u202b\u202d\u202e\u2066\u2067\u2068",
    "pops": "\u202c\u2069\u200e\u200f\u061c",
    "joiners": "\u200b\u200c\u200d\u2060\ufeff",
    "noncharacters": "\ufffe\uffff\U0001ffff\ufdd0",
    "private": "\ue000\U0010fffd",
    "marks": "\u064b\u064c" * 500,
    "lines": "\x85\u2028\u2029\x1c\x1d",
    "surrogates": "\udc00\ud800",
    "quotes": "\"\\'<>{}|^`\n\r\t",
}


def strange_line(name: str, place: str) -> str:
    """A document with strange characters in one place, as JSON Lines or CoNLL-U."""
    strange = STRANGE[name]
    if place == "conllu":
        text = json.dumps(f"هاتف{strange}")
        return f"# newdoc id = {name}\n# document_text = {text}\n1\tهاتف\tه\tX\t_\t_\t0\troot\t_\tTokenRange=0:4\n\n"
    record = {"id": name, "text": ARABIC, "title": "عنوان", "source": "s", "url": "http://example.org/"}
    record[place] = f"http://example.org/{strange}" if place == "url" else f"{ARABIC}{strange}{ARABIC}"
    return json.dumps(record) + "\n"


@pytest.mark.parametrize("place", ["text", "title", "source", "url", "conllu"])
def test_strange_characters(tmp_path: Path, trial: Trial, place: str) -> None:
    file = tmp_path / ("a.conllu" if place == "conllu" else "a.jsonl")
    file.write_text("".join(strange_line(name, place) for name in STRANGE), encoding="utf-8")
    with trial("characters", times=len(STRANGE)):
        report, texts = build(file)
        assert report.documents + report.failed == len(STRANGE)
        assert report.failed == 0 or place == "url"
        for name, text in texts.items():
            whole = f"هاتف{STRANGE[name]}" if place == "conllu" else f"{ARABIC}{STRANGE[name]}{ARABIC}"
            if place in ("text", "conllu"):
                assert text == "".join("\ufffd" if "\ud800" <= sign <= "\udfff" else sign for sign in whole)


GOOD = json.dumps({"id": "good", "text": ARABIC})
LINES = {
    "nested lists": '{"id": "a", "text": ' + "[" * 200_000,
    "nested objects": '{"a":' * 200_000,
    "nested and closed": "[" * 200_000 + "]" * 200_000,
    "nested date": json.dumps({"id": "a", "text": ARABIC})[:-1]
    + ', "published": '
    + "[" * 900
    + "]" * 900
    + "}",
    "a number of 100,000 digits": '{"id": ' + "9" * 100_000 + ', "text": "x"}',
    "an infinite id": '{"id": 1e999, "text": "x"}',
    "an infinite date": json.dumps({"id": "a", "text": ARABIC, "published": float("inf")}),
    "no number": '{"id": NaN, "text": "x"}',
    "a long date": json.dumps({"id": "a", "text": ARABIC, "published": "9" * 100_000}),
    "text is a number": '{"id": "a", "text": 7}',
    "text is a list": '{"id": "a", "text": ["x"]}',
    "half a character": '{"id": "a", "text": "\\ud800"}',
    "half a line": '{"id": "a", "tex',
    "null": "null",
    "no JSON": "<html>",
}


@pytest.mark.parametrize("suffix", ["jsonl", "json"])
def test_json_made_to_break(tmp_path: Path, trial: Trial, suffix: str) -> None:
    file = tmp_path / f"a.{suffix}"
    file.write_text("\n".join(LINES.values()) + f"\n{GOOD}\n", encoding="utf-8")
    with trial("json", times=len(LINES)):
        report, texts = build(file)
        assert texts == {"good": ARABIC} and report.failed == len(LINES)
        for number, failure in enumerate(report.failures, start=1):
            assert len(failure.message) < 600
            assert f"line {number}:" in failure.message or 'record "a"' in failure.message


@pytest.mark.parametrize("name", ["nested lists", "nested and closed", "no JSON"])
def test_a_json_file_of_nothing_else(tmp_path: Path, trial: Trial, name: str) -> None:
    (tmp_path / "a.json").write_text(LINES[name], encoding="utf-8")
    with trial("json"):
        report, texts = build(tmp_path / "a.json")
        assert not texts and report.failed == 1


ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
PAGES = {
    "nested": "<div>" * 100_000 + f"<p>{ARABIC * 20}",
    "nested and closed": "<div>" * 100_000 + f"<p>{ARABIC * 20}</p>" + "</div>" * 100_000,
    "nested inline": "<b><i><span>" * 30_000 + ARABIC * 20,
    "nested tables": "<table><tr><td>" * 5000 + ARABIC * 20,
    "nested lists": "<ul><li>" * 20_000 + ARABIC * 20,
    "attributes": "<p " + 'a="b" ' * 200_000 + f">{ARABIC * 20}</p>",
    "one attribute": f'<p class="{"x" * 2_000_000}">{ARABIC * 20}</p>',
    "characters": f"<p>{ARABIC * 20}&#0;&#1;&#xD800;&#xFFFE;&#99999999999;\x01\x02</p>",
    "comments": "<!--" * 100_000 + f"<p>{ARABIC * 20}</p>",
    "open tags": "<" * 500_000 + f"<p>{ARABIC * 20}</p>",
    "paragraphs": f"<p>{ARABIC}</p>" * 5000,
}


@pytest.mark.parametrize("name", [*PAGES, "entity bomb"])
def test_html_made_to_break(tmp_path: Path, trial: Trial, name: str) -> None:
    file = tmp_path / "a.html"
    head = (
        f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY e0 "x">{ENTITIES}]>' if name == "entity bomb" else ""
    )
    page = PAGES.get(name, f"<p>&e11;{ARABIC * 20}</p>")
    file.write_text(f"{head}<html><body>{page}</body></html>", encoding="utf-8")
    with trial("html"):
        report, texts = build(file)
        assert report.documents + report.failed == 1
        assert not report.failed or "a fault of" not in report.failures[0].message
        assert all(len(text) < 1_000_000 for text in texts.values())
        assert report.seconds < 60


IDS = ["", " ", ".", "..", "a/../b", "/", "//", "a//b", "../../etc/passwd", "\x00", "a\x00b", "\ud800", "\u202eabc",
       "a" * 5000, 'a b<>"{}|\\^`', "%2F%00", "a?b#c", "ي" * 300, "a\nb", "-", "\ufffe", "'; DROP ALL; '"]  # fmt: skip


@pytest.mark.parametrize("suffix", ["jsonl", "conllu"])
def test_strange_ids(tmp_path: Path, trial: Trial, suffix: str) -> None:
    file = tmp_path / f"a.{suffix}"
    records = "".join(json.dumps({"id": id, "text": f"{ARABIC}{n}"}) + "\n" for n, id in enumerate(IDS))
    parses = "".join(make_conllu(id.replace("\n", " ")) for id in IDS)
    file.write_bytes((records if suffix == "jsonl" else parses).encode("utf-8", "replace"))
    with trial("ids", times=len(IDS)):
        report, texts = build(file)
        assert report.documents >= 8 and len(texts) == report.documents
        assert suffix == "conllu" or report.documents + report.failed == len(IDS)
        with Store.open(tmp_path / "store", read_only=True) as store:
            assert sorted(store.document_ids()) == sorted(texts)
            assert all(store.document_fingerprint(known) is not None for known in texts)
        again, _ = build(file)
        assert again.unchanged == report.documents


def test_the_command_names_what_it_cannot_read(tmp_path: Path, trial: Trial) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text("\n".join(LINES.values()) + f"\n{GOOD}\n", encoding="utf-8")
    with trial("json"):
        ended = run("build", file, "--store", tmp_path / "store", folder=tmp_path)
        assert ended.status == 1 and ended.is_named
        assert "1 added" in ended.output and len(ended.errors) < 600 * len(LINES)
