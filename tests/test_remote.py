"""Sources at an address give what the same files give at a path: in fsspec's memory, an archive, a web server, and an
object store (moto's, which speaks S3 over HTTP on this machine)."""

from __future__ import annotations

import os
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
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


def needs(*modules: str) -> None:
    """Skips where a library is not there that only tests use; in CI that is a failure."""
    for module in modules:
        if os.environ.get("CI"):
            __import__(module)
        pytest.importorskip(module)


@pytest.fixture
def bucket(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of the folder's files in an object store."""
    needs("moto", "flask", "s3fs")
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "us-east-1")
    system = fsspec.filesystem("s3", skip_instance_cache=True)
    system.mkdir("articles")
    for file in folder.rglob("*.txt"):
        system.pipe_file(f"articles/2026/{file.relative_to(folder)}", file.read_bytes())
    yield "s3://articles/2026"
    server.stop()


def test_an_object_store_gives_the_same_graph(bucket: str, folder: Path, tmp_path: Path) -> None:
    assert build(bucket, tmp_path / "remote") == build(folder, tmp_path / "local")
    with pytest.raises(SourceError, match="s3://articles/1999"):
        pipeline.build(["s3://articles/1999"], tmp_path / "none", extractor=NameExtractor())


def test_a_web_server_gives_the_same_graph(folder: Path, tmp_path: Path) -> None:
    needs("aiohttp")
    lines = b"".join(b'{"id": "%d", "text": "\xd9\x88\xd8\xb5\xd9\x84"}\n' % number for number in range(5))
    (folder / "news.jsonl").write_bytes(lines)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    try:
        remote = build(f"{address}/news.jsonl", tmp_path / "remote")
        with pytest.raises(SourceError, match=f"{address}/nothing.jsonl"):
            pipeline.build([f"{address}/nothing.jsonl"], tmp_path / "none", extractor=NameExtractor())
    finally:
        server.shutdown()
        server.server_close()
    assert remote == build(folder / "news.jsonl", tmp_path / "local")


@pytest.mark.parametrize("address", ["memory://nothing-there", "nosuch://place", "file:///no/such/folder"])
def test_what_cannot_be_fetched_is_named(address: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=address.partition(":")[0]):
        pipeline.build([address], tmp_path / "store", extractor=NameExtractor())


def test_paths_stay_paths() -> None:
    with local_copies(["a", Path("b"), "-"]) as sources:
        assert sources == ["a", Path("b"), "-"]
