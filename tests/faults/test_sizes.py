"""A gigabyte in one file, a hundred thousand files, sentences without end: memory stays bounded, and limits are named.

Large files have holes (they are made in no time, and read as NULs) or are pipes that a generator fills.
"""

from __future__ import annotations

import gzip
import json
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes import NameExtractor

from diplograph import pipeline
from diplograph.model import Block, Document
from diplograph.parsing import StanzaParser
from diplograph.parsing.segments import LONGEST, MOST_WORDS, to_segments
from faults.attacks import ARABIC, QUICK, QuickParser, run
from faults.ledger import Trial

GIB = 1024**3
BASE = 300  # MB; a build with Python, the frames and the gazetteer takes some 120
RECORD = json.dumps({"id": "one", "text": ARABIC}) + "\n"


def sparse(path: Path, begin: bytes = b"") -> Path:
    """A file of 1 GiB that takes no room."""
    with path.open("wb") as file:
        file.write(begin)
        file.truncate(GIB)
    return path


def packed(path: Path, begin: bytes = b"", unit: bytes = b" ", size: int = GIB) -> Path:
    """A gzip file that unpacks to 1 GiB: members are repeated, as gzip allows."""
    block = gzip.compress(unit * (4 * 1024 * 1024 // len(unit)), compresslevel=1)
    with path.open("wb") as file:
        file.write(gzip.compress(begin))
        file.write(block * (size // (4 * 1024 * 1024)))
    return path


@pytest.mark.parametrize(
    "make",
    [
        lambda folder: sparse(folder / "a.txt", ARABIC.encode()),
        lambda folder: sparse(folder / "a.html", b"<html><body>"),
        lambda folder: sparse(folder / "a.json", b'[{"id": "a"'),
        lambda folder: sparse(folder / "a", ARABIC.encode()),
        lambda folder: packed(folder / "a.txt.gz", ARABIC.encode()),
        lambda folder: packed(folder / "a.html.gz", b"<html><body>", b"<p>"),
        lambda folder: sparse(folder / "a.conllu", b"# newdoc id = a\n"),
        lambda folder: Path("/dev/zero"),
    ],
    ids=["text", "html", "json", "unknown", "text.gz", "html.gz", "conllu", "/dev/zero"],
)
def test_a_gigabyte_that_is_one_document(tmp_path: Path, trial: Trial, make: Callable[[Path], Path]) -> None:
    file = make(tmp_path)
    with trial("large-file"):
        ended = run("build", file, "--store", tmp_path / "store", folder=tmp_path)
        assert ended.status == 1 and "more than 16 MB" in ended.errors, ended.errors
        assert ended.peak < BASE


def records(size: int, unit: str = RECORD) -> Iterator[bytes]:
    """So many bytes of JSON Lines, most of it copies of one record; the last is another."""
    block = unit.encode() * (1024 * 1024 // len(unit.encode()))
    for _ in range(size // len(block)):
        yield block
    yield RECORD.replace("one", "last").encode()


def feed(pipe: Path, blocks: Iterator[bytes]) -> threading.Thread:
    """Writes blocks into a named pipe until they or its reader end."""

    def write() -> None:
        try:
            with pipe.open("wb") as file:
                for block in blocks:
                    file.write(block)
        except BrokenPipeError:
            pass

    os.mkfifo(pipe)
    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    return thread


@pytest.mark.parametrize("kind", ["records", "packed", "endless line", "no records"])
def test_a_gigabyte_of_records(tmp_path: Path, trial: Trial, kind: str) -> None:
    pad = RECORD.replace("one", "pad").replace(",", "," + " " * 500_000)  # white space, which is quickly read
    match kind:
        case "records":
            feed(tmp_path / "a.jsonl", records(GIB, pad))
        case "packed":
            packed(tmp_path / "a.jsonl.gz", RECORD.encode(), pad.encode())
        case "endless line":
            sparse(tmp_path / "a.jsonl", RECORD.encode())
        case _:
            feed(tmp_path / "a.jsonl", records(4 * 1024 * 1024, "no record of anything\n"))
    (file,) = (path for path in tmp_path.iterdir() if path.name.startswith("a.jsonl"))
    with trial("large-records"):
        ended = run(
            "build", file, "--store", tmp_path / "store", "--format", "json", folder=tmp_path, setup=QUICK
        )
        report = json.loads(ended.output)
        added = {"records": 2, "packed": 2, "endless line": 1, "no records": 1}[kind]
        failed = {"records": 0, "packed": 0, "endless line": 1}.get(kind)
        assert report["added"] == added, ended.errors
        assert report["failed"] == failed if failed is not None else report["failed"] > 150_000
        assert ended.errors.count("\n") < 1100
        assert ended.peak < BASE


def test_a_hundred_thousand_files(tmp_path: Path, trial: Trial) -> None:
    """All but ten hold nothing: what counts is that each is opened once, and how much is kept of it."""
    folder = tmp_path / "in"
    for number in range(100):
        (folder / str(number)).mkdir(parents=True)
        for other in range(1000):
            (folder / str(number) / f"{other}.txt").touch()
    for number in range(10):
        (folder / str(number) / "1.txt").write_text(ARABIC, encoding="utf-8")
    with trial("many-files"):
        ended = run(
            "build", folder, "--store", tmp_path / "store", "--format", "json", folder=tmp_path, setup=QUICK
        )
        report = json.loads(ended.output)
        assert (report["added"], report["failed"]) == (10, 99_990)
        assert ended.peak < 400


SENTENCES = {
    "20,000 words": ("هاتف ماكرون نظيره خان مساء " * 4000).strip(),
    "one-letter words": "و " * 20_000,
    "a word of 100,000 letters": "م" * 100_000,
    "marks": "م؟!" * 20_000,
    "commas": "م،" * 20_000,
}


@pytest.mark.parametrize("name", SENTENCES)
def test_a_sentence_without_end_is_cut(trial: Trial, name: str) -> None:
    text = SENTENCES[name]
    with trial("long-sentence"):
        segments = to_segments(Document("d", text, blocks=(Block(0, len(text)),)))
        assert max(len(segment.text) for segment in segments) <= LONGEST
        assert max(len(segment.text.split()) for segment in segments) <= MOST_WORDS
        # Nothing is lost but white space, and each character knows its own place.
        assert "".join(segment.text for segment in segments).replace(" ", "") == text.replace(" ", "")
        assert all(text[at] == letter for s in segments for letter, at in zip(s.text, s.offsets, strict=True))


def test_a_long_sentence_is_parsed(tmp_path: Path, trial: Trial) -> None:
    (tmp_path / "a.txt").write_text("و " * 1000 + SENTENCES["20,000 words"][:6000], encoding="utf-8")
    with trial("long-sentence"):
        ended = run("build", tmp_path / "a.txt", "--store", tmp_path / "store", folder=tmp_path, timeout=300)
        assert ended.status == 0, ended.errors
        assert ended.peak < 1024


def test_long_words_and_texts_take_their_time_and_no_more(trial: Trial, stanza_parser: StanzaParser) -> None:
    text = "م" * 3000 + " " + "لا" * 1500
    with trial("long-sentence"):
        parsed = stanza_parser.parse(Document("d", text, blocks=(Block(0, len(text)),)))
        assert all(word.end <= len(text) for sentence in parsed.sentences for word in sentence.words)


@pytest.mark.parametrize("unit", [". ", "\n", " ", "9", "م.", "2021 ", "الأحد ", "\u200f"])
def test_monotonous_texts_are_read_in_no_time(tmp_path: Path, trial: Trial, unit: str) -> None:
    """A million signs of one kind would show any search whose time grows with the square."""
    text = ARABIC + unit * ((900_000 - len(ARABIC)) // len(unit))
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    with trial("characters"):
        report = pipeline.build(
            [tmp_path / "a.txt"], tmp_path / "store", parser=QuickParser(), extractor=NameExtractor()
        )
        assert report.documents + report.failed == 1
        assert report.seconds < 30
