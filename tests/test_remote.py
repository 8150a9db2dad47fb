"""Sources at an address give what the same files give at a path. Tried with fsspec's memory and a zip; no object store."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from fakes import NameExtractor
from test_pipeline import dump

from diplograph import pipeline
from diplograph.model import Document, ParsedDocument, ParserIdentity, SourceError
from diplograph.pipeline.remote import local_copies

fsspec = pytest.importorskip("fsspec")  # torch brings it


class NoParser:
    """Finds no sentence in any text."""

    identity = ParserIdentity("none", "1", "0")

    def parse(self, document: Document) -> ParsedDocument:
        return ParsedDocument(document, (), self.identity)


def build(source: str | Path, store: Path) -> list[bytes]:
    report = pipeline.build([source], store, extractor=NameExtractor(), parser=NoParser())
    assert report.added and not report.failures
    return dump(store)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(6):
        file = tmp_path / "in" / "news" / f"article-{number}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"وصل الوزير إلى العاصمة {number}.", encoding="utf-8")
    return tmp_path / "in"


def test_a_tree_in_memory_builds_the_same_graph(folder: Path, tmp_path: Path) -> None:
    system = fsspec.filesystem("memory")
    for file in folder.rglob("*.txt"):
        system.pipe_file(f"/tree/{file.relative_to(folder)}", file.read_bytes())
    assert build("memory://tree", tmp_path / "remote") == build(folder, tmp_path / "local")


def test_a_single_file_and_the_inside_of_an_archive(folder: Path, tmp_path: Path) -> None:
    archive = tmp_path / "news.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for file in folder.rglob("*.txt"):
            packed.write(file, str(file.relative_to(folder)))
    zipped = build(f"zip://news::file://{archive}", tmp_path / "zipped")
    assert zipped == build(folder / "news", tmp_path / "plain")
    one = folder / "news" / "article-3.txt"
    assert build(f"file://{one}", tmp_path / "one") == build(one, tmp_path / "that")
    with local_copies([f"file://{one}"]) as [copied]:
        assert Path(copied).read_bytes() == one.read_bytes()
    assert not Path(copied).exists()


@pytest.mark.parametrize("address", ["memory://nothing-there", "nosuch://place", "file:///no/such/folder"])
def test_what_cannot_be_fetched_is_named(address: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=address.partition(":")[0]):
        pipeline.build([address], tmp_path / "store", extractor=NameExtractor())


def test_paths_stay_paths() -> None:
    with local_copies(["a", Path("b"), "-"]) as sources:
        assert sources == ["a", Path("b"), "-"]
