"""Several processes, or machines, build the same graph as one; and what is lost on the way is done again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fakes import NameExtractor, write_conllu_files
from test_pipeline import dump

from diplograph import pipeline
from diplograph.model import ClusterError, ParsedDocument
from diplograph.pipeline import BuildReport

COUNT = 60


@dataclass(frozen=True)
class DyingExtractor(NameExtractor):
    """Kills its process at some documents: each time, or (with a file to note it in) only the first."""

    name: str = ""
    notes: Path | None = None
    fingerprint: str = "names-1"

    def extract(self, parsed: ParsedDocument) -> tuple:  # type: ignore[type-arg]
        if self.name and self.name in parsed.document.id:
            done = self.notes / parsed.document.id if self.notes else None
            if done is None or not done.exists():
                if done:
                    done.touch()
                os.kill(os.getpid(), signal.SIGKILL)
        return super().extract(parsed)


def build(
    source: Path, store: Path, extractor: NameExtractor | None = None, **options: object
) -> BuildReport:
    return pipeline.build([source], store, extractor=extractor or NameExtractor(), **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_conllu_files(tmp_path_factory.mktemp("many") / "in", COUNT)


@pytest.fixture(scope="module")
def expected(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    store = tmp_path_factory.mktemp("one") / "store"
    build(folder, store)
    return dump(store)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    in_batches = pipeline.building.in_batches
    monkeypatch.setattr(pipeline.building, "in_batches", lambda inputs: in_batches(inputs, documents=5))


def test_processes_build_the_same_graph(folder: Path, expected: list[bytes], tmp_path: Path) -> None:
    report = build(folder, tmp_path / "store", jobs=3)
    assert (report.added, report.failures) == (COUNT, ())
    assert dump(tmp_path / "store") == expected


def test_a_worker_that_is_killed_is_replaced(folder: Path, expected: list[bytes], tmp_path: Path) -> None:
    extractor = DyingExtractor(name="document-03", notes=tmp_path)  # ten documents kill once each
    report = build(folder, tmp_path / "store", extractor, jobs=2)
    assert (report.added, report.failures) == (COUNT, ())
    assert dump(tmp_path / "store") == expected
    assert len(list(tmp_path.glob("document-03*"))) == 10


def test_a_document_that_always_kills_fails_alone(folder: Path, tmp_path: Path) -> None:
    report = build(folder, tmp_path / "store", DyingExtractor(name="document-042"), jobs=2)
    assert report.added == COUNT - 1
    [failure] = report.failures
    assert "document-042" in failure.source
    assert "ended 3 times" in failure.message


def test_ctrl_c_ends_the_workers(folder: Path, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "diplograph",
        "build",
        folder,
        "--store",
        tmp_path / "store",
        "--jobs",
        "2",
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    deadline = time.monotonic() + 60
    while len(_group(process.pid)) < 3 and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode in (0, 130), errors
    assert "Traceback" not in errors
    while _group(process.pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _group(process.pid)


def _group(leader: int) -> list[int]:
    """The processes of a session that are not over."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split() if entry.name.isdigit() else []
        except OSError:
            continue
        if fields and int(fields[3]) == leader and fields[0] != "Z":
            found.append(int(entry.name))
    return found


# -- a cluster ------------------------------------------------------------------------------------------------------


@pytest.fixture
def scheduler() -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A Dask scheduler and two workers, real processes on this machine."""
    pytest.importorskip("distributed") if "CI" not in os.environ else None
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
    port = address.rpartition(":")[2]
    options = ["--host", "127.0.0.1", "--no-dashboard"]
    path = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": path}

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:], *options]
        return subprocess.Popen(command, stderr=subprocess.DEVNULL, env=environment)

    worker = ["dask_worker", address, "--nthreads", "1", "--no-nanny"]
    processes = [start("dask_scheduler", "--port", port), start(*worker), start(*worker)]
    try:
        yield address, processes[1:]
    finally:
        for process in processes:
            process.kill()
            process.wait()


@dataclass(frozen=True)
class SlowExtractor(NameExtractor):
    """Takes its time, and notes who began."""

    notes: Path = Path()
    fingerprint: str = "names-1"

    def extract(self, parsed: ParsedDocument) -> tuple:  # type: ignore[type-arg]
        (self.notes / str(os.getpid())).touch()
        time.sleep(0.05)
        return super().extract(parsed)


def test_a_cluster_builds_the_same_graph_though_a_worker_is_killed(
    folder: Path,
    expected: list[bytes],
    tmp_path: Path,
    scheduler: tuple[str, list[subprocess.Popen[bytes]]],
) -> None:
    address, workers = scheduler
    notes = tmp_path / "notes"
    notes.mkdir()
    seen = []

    def kill_one(progress: pipeline.Progress) -> None:
        seen.append(progress)
        if len(seen) == COUNT // 3:
            workers[0].kill()

    report = build(folder, tmp_path / "store", SlowExtractor(notes=notes), cluster=address, progress=kill_one)
    assert (report.added, report.failures) == (COUNT, ())
    assert dump(tmp_path / "store") == expected
    assert {int(note.name) for note in notes.iterdir()} == {worker.pid for worker in workers}
    assert workers[0].wait() == -signal.SIGKILL


def test_a_cluster_that_is_not_there_is_named(folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("distributed") if "CI" not in os.environ else None
    with pytest.raises(ClusterError, match="no Dask scheduler"):
        build(folder, tmp_path / "store", cluster="tcp://127.0.0.1:1")


def test_a_reader_travels_without_its_models() -> None:
    import pickle

    from diplograph.parsing import StanzaParser
    from diplograph.pipeline.extraction import FrameExtractor
    from diplograph.pipeline.reading import Reader

    reader = Reader(StanzaParser("compact"), FrameExtractor())
    sent = pickle.dumps(reader)
    assert len(sent) < 2000
    assert pickle.loads(sent).extractor.fingerprint == reader.extractor.fingerprint
