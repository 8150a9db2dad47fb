"""Disks that are full or read-only, under the store, the cache, the generations and an export."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from dumps import document_graphs, dump
from fakes import NameExtractor, write_conllu_files

from diplograph import generations, pipeline
from diplograph.model import StoreError
from diplograph.parsing import CachedParser, ParseCache
from diplograph.store import Store
from faults.attacks import ARABIC, QuickParser, remount, run, small_disk
from faults.ledger import Trial

COUNT = 30


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_conllu_files(tmp_path_factory.mktemp("in"), COUNT)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, sources: Path) -> list[bytes]:
    """The quads of a build that nothing disturbs."""
    store = tmp_path_factory.mktemp("whole") / "store"
    pipeline.build([sources], store, extractor=NameExtractor())
    return dump(store)


@pytest.mark.parametrize("size", ["150k", "400k", "700k", "1m", "1300k", "1500k", "1700k", "2m"])
def test_a_full_disk_under_the_store(
    tmp_path: Path, trial: Trial, sources: Path, whole: list[bytes], size: str
) -> None:
    with small_disk(tmp_path / "disk", size) as disk, trial("full-disk"):
        store = disk / "store"
        with pytest.raises(StoreError, match="No space left.*make room"):
            pipeline.build([sources], store, extractor=NameExtractor())
        with suppress(StoreError):  # of a store that was never made to its end
            graphs = document_graphs(whole)
            assert all(quads == graphs[graph] for graph, quads in document_graphs(dump(store)).items())
        remount(disk, "size=64m")
        pipeline.build([sources], store, extractor=NameExtractor())
        assert dump(store) == whole
        (name,) = generations.names(store)
        assert [path.name for path in (store / "generations").iterdir()] == [name]


def test_the_command_names_a_full_disk(tmp_path: Path, trial: Trial, sources: Path) -> None:
    with small_disk(tmp_path / "disk", "1m") as disk, trial("full-disk"):
        ended = run("build", sources, "--store", disk / "store", folder=tmp_path)
        assert ended.status == 2 and ended.is_named, ended.errors
        assert "No space left" in ended.errors and "make room" in ended.errors


def test_a_full_disk_under_the_cache(tmp_path: Path, trial: Trial) -> None:
    (tmp_path / "a.txt").write_text(ARABIC * 400, encoding="utf-8")
    with small_disk(tmp_path / "disk", "8k") as disk, trial("full-disk-cache"):
        (tmp_path / "disk" / "filler").write_bytes(bytes(8192))
        for _ in range(2):
            parser = CachedParser(QuickParser(), ParseCache(disk / "cache"))
            report = pipeline.build(
                [tmp_path / "a.txt"], tmp_path / "store", parser=parser, extractor=NameExtractor()
            )
            assert report.failures == () and report.documents == 1
        assert [path.name for path in disk.rglob("*") if path.is_file()] == ["filler"]


@pytest.mark.parametrize("name", ["graph.nq", "graph.nq.gz", "events.csv", "-"])
def test_a_full_disk_under_an_export(tmp_path: Path, trial: Trial, sources: Path, name: str) -> None:
    pipeline.build([sources], tmp_path / "store", extractor=NameExtractor())
    with small_disk(tmp_path / "disk", "8k") as disk, trial("full-disk-export"):
        (disk / "filler").write_bytes(b"x" * 4096)
        if name == "-":
            with (disk / "output").open("wb") as output:
                ended = subprocess.run(
                    [sys.executable, "-m", "diplograph", "export", "--store", str(tmp_path / "store")],
                    stdout=output,
                    stderr=subprocess.PIPE,
                    check=False,
                )
            assert ended.returncode == 2
            assert (
                ended.stderr.decode().count("\n") == 1 and b"standard output: No space left" in ended.stderr
            )
            return
        kind = "csv" if name.endswith("csv") else "nquads"
        if kind == "csv":
            (disk / "more").write_bytes(b"x" * 4096)
        failed = run("export", "-f", kind, "-o", disk / name, "--store", tmp_path / "store", folder=tmp_path)
        assert failed.status == 2 and failed.is_named and f"{name} cannot be written" in failed.errors
        assert not list(disk.glob(f"*{name}*"))


def test_a_store_that_can_only_be_read(tmp_path: Path, trial: Trial, sources: Path) -> None:
    """Permissions do not bind root, so the file system itself is made read-only."""
    with small_disk(tmp_path / "disk", "64m") as disk:
        store = disk / "store"
        pipeline.build([sources], store, extractor=NameExtractor())
        quads = dump(store)
        remount(disk, "ro")
        with trial("read-only"):
            assert dump(store) == quads
            assert run("query", "events", "--store", store, folder=tmp_path).status == 0
        with trial("read-only"):
            ended = run("build", sources, "--store", store, folder=tmp_path)
            assert ended.status == 2 and ended.is_named and "Read-only file system" in ended.errors
        with trial("read-only"), pytest.raises(StoreError, match="Read-only"):
            Store.open(disk / "another")
        remount(disk, "rw")
        assert pipeline.build([sources], store, extractor=NameExtractor()).unchanged == COUNT
