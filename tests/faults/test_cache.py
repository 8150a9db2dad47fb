"""Entries of the parse cache that are damaged, or sound and wrong: they are as if they were not there."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dumps import dump

from diplograph import pipeline
from diplograph.parsing import CachedParser, ParseCache, StanzaParser
from faults.ledger import Trial

TEXT = "هاتف الرئيس الفرنسي إيمانويل ماكرون نظيره الروسي فلاديمير بوتين مساء الأحد. وبحث الرئيسان الأزمة."
Rows = list[Any]


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def flip(seed: int) -> Callable[[bytes], bytes]:
    def damage(data: bytes) -> bytes:
        changed = bytearray(data)
        place = random.Random(seed).randrange(10, len(changed) - 8)
        changed[place] ^= 1 << seed % 8
        return bytes(changed)

    return damage


def other(text: str) -> Callable[[bytes], bytes]:
    return lambda _: gzip.compress(text.encode())


def word(column: int, value: object) -> Callable[[bytes], bytes]:
    """Another value in a column of the second word of the first sentence."""

    def damage(data: bytes) -> bytes:
        rows: Rows = json.loads(gzip.decompress(data))
        rows[0][2][1][column] = value
        return gzip.compress(json.dumps(rows).encode())

    return damage


def circle(data: bytes) -> bytes:
    rows: Rows = json.loads(gzip.decompress(data))
    for number, row in enumerate(rows[0][2], start=1):
        row[6] = number % len(rows[0][2]) + 1
    return gzip.compress(json.dumps(rows).encode())


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    **{f"flip-{seed}": flip(seed) for seed in range(12)},
    "cut": cut,
    "empty": lambda _: b"",
    "not-gzip": lambda _: b"parse",
    "bomb": other(" " * 300_000_000),
    **{
        f"json-{number}": other(text)
        for number, text in enumerate(
            ("null", "7", "{}", "[[]]", "[[0, 5, []]]", "[[0, 5, [[1]]]]", '["abc"]', "[" * 100_000)
        )
    },
    "head-beyond": word(6, 999),
    "head-negative": word(6, -1),
    "head-text": word(6, "1"),
    "offset-beyond": word(8, 10**9),
    "offset-negative": word(8, -5),
    "offset-infinite": word(9, float("inf")),
    "form-number": word(1, 7),
    "relation-null": word(7, None),
    "id-twice": word(0, 1),
    "circle": circle,
}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, stanza_parser: StanzaParser) -> tuple[Path, list[bytes]]:
    """A folder with an article, its parse in a cache, and the quads that come of it."""
    folder = tmp_path_factory.mktemp("kept")
    (folder / "a.txt").write_text(TEXT, encoding="utf-8")
    parser = CachedParser(stanza_parser, ParseCache(folder / "cache"))
    pipeline.build([folder / "a.txt"], folder / "store", parser=parser)
    return folder, dump(folder / "store")


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_entry_is_parsed_again(
    tmp_path: Path, kept: tuple[Path, list[bytes]], stanza_parser: StanzaParser, trial: Trial, damage: str
) -> None:
    folder, quads = kept
    (entry,) = (path for path in folder.glob("cache/*/*.json.gz") if path.parent.name != "by-text")
    sound = entry.read_bytes()
    entry.write_bytes(DAMAGES[damage](sound))
    with trial("cache-entry"):
        parser = CachedParser(stanza_parser, ParseCache(folder / "cache"))
        report = pipeline.build([folder / "a.txt"], tmp_path / "store", parser=parser)
        assert report.failures == ()
        assert dump(tmp_path / "store") == quads
        assert entry.read_bytes() == sound  # mended


def test_an_entry_that_cannot_be_opened(tmp_path: Path, stanza_parser: StanzaParser, trial: Trial) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    parser = CachedParser(stanza_parser, ParseCache(tmp_path / "cache"))
    pipeline.build([tmp_path / "a.txt"], tmp_path / "store", parser=parser)
    (entry,) = (path for path in tmp_path.glob("cache/*/*.json.gz") if path.parent.name != "by-text")
    entry.unlink()
    entry.mkdir()
    with trial("cache-entry"):
        again = pipeline.build([tmp_path / "a.txt"], tmp_path / "other", parser=parser)
        assert (again.documents, again.failures) == (1, ())
    with trial("cache-entry"):
        (tmp_path / "file").write_text("a file where the folder of the cache should be")
        parser = CachedParser(stanza_parser, ParseCache(tmp_path / "file"))
        again = pipeline.build([tmp_path / "a.txt"], tmp_path / "third", parser=parser)
        assert (again.documents, again.failures) == (1, ())
