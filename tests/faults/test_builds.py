"""Two builds of one store, builds beside a server, parsers that raise, clocks that jump."""

from __future__ import annotations

import datetime
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from dumps import dump
from fakes import NameExtractor, make_conllu, write_conllu_files

from diplograph import generations, pipeline
from diplograph.model import Document, ParsedDocument, StoreLockedError
from diplograph.pipeline import Progress, building
from diplograph.store import Store
from faults.attacks import ARABIC, QuickParser, run
from faults.ledger import Trial


def test_a_second_build_is_told_to_wait(tmp_path: Path, trial: Trial) -> None:
    sources = write_conllu_files(tmp_path / "in", 4)
    told: list[str] = []

    def intrude(progress: Progress) -> None:
        if progress.done == 2:
            with pytest.raises(StoreLockedError) as caught:
                pipeline.build([sources], tmp_path / "store", extractor=NameExtractor())
            told.append(str(caught.value))
            ended = run("build", sources, "--store", tmp_path / "store", folder=tmp_path)
            assert ended.status == 2 and ended.is_named and "wait for it to end" in ended.errors

    with trial("two-builds", times=2):
        report = pipeline.build([sources], tmp_path / "store", extractor=NameExtractor(), progress=intrude)
        assert report.added == 4 and told
        pipeline.build([sources], tmp_path / "alone", extractor=NameExtractor())
        assert dump(tmp_path / "store") == dump(tmp_path / "alone")


def test_builds_beside_a_server(tmp_path: Path, trial: Trial) -> None:
    folder, store = tmp_path / "in", tmp_path / "store"
    folder.mkdir()
    (folder / "first.conllu").write_text(make_conllu("first"), encoding="utf-8")
    pipeline.build([folder], store, extractor=NameExtractor())
    port = 20_000 + os.getpid() % 20_000
    command = [sys.executable, "-m", "diplograph", "serve", "--store", str(store), "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    question = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?d a <https://w3id.org/diplograph/ontology#Document> } }"
    address = f"http://127.0.0.1:{port}/sparql?query={urllib.request.quote(question)}"  # type: ignore[attr-defined]

    def ask() -> int:
        asked = urllib.request.Request(address, headers={"Accept": "text/csv"})
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return int(answer.read().split()[1])

    def wait_for(count: int) -> list[int]:
        answers = []
        for _ in range(300):
            try:
                answers.append(ask())
            except OSError:
                assert server.poll() is None, server.stderr and server.stderr.read()
            if answers and answers[-1] == count:
                return answers
            time.sleep(0.1)
        raise AssertionError(f"never {count}: {answers}")

    try:
        wait_for(1)
        for number in range(2, 7):
            (folder / f"document-{number}.conllu").write_text(make_conllu(f"d-{number}"), encoding="utf-8")
            with trial("beside-serve"):
                pipeline.build([folder], store, extractor=NameExtractor(), progress=lambda _: ask() and None)
                assert set(wait_for(number)) <= {number - 1, number}
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=30)


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("The size of tensor a (7) must match the size of tensor b (8)"),
        MemoryError(),
        RecursionError("maximum recursion depth exceeded"),
        IndexError("list index out of range"),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"),
        AssertionError("\ud800 " * 10_000),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_document_at_which_the_parser_raises(tmp_path: Path, trial: Trial, error: Exception) -> None:
    for name in ("a", "bad", "c"):
        (tmp_path / f"{name}.txt").write_text(f"{ARABIC}{name}", encoding="utf-8")
    files = sorted(tmp_path.glob("*.txt"))

    class Raising(QuickParser):
        def parse(self, document: Document) -> ParsedDocument:
            if document.id == "bad":
                raise error
            return super().parse(document)

    with trial("parser-raises"):
        report = pipeline.build(files, tmp_path / "store", parser=Raising(), extractor=NameExtractor())
        assert (report.added, report.failed) == (2, 1)
        (failure,) = report.failures
        assert failure.source == "bad.txt" and len(failure.message) < 600
        results = list(pipeline.parse_sources(files, parser=Raising()))
        assert [isinstance(result, ParsedDocument) for result in results] == [True, False, True]
        again = pipeline.build(files, tmp_path / "store", parser=QuickParser(), extractor=NameExtractor())
        assert (again.added, again.unchanged) == (1, 2)


class Jumping(datetime.datetime):
    """A clock that is back by a day whenever somebody looks."""

    looks = 0

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> Jumping:
        cls.looks += 1
        return cls(2024, 5, 30, tzinfo=tz) - datetime.timedelta(days=cls.looks % 25)


@pytest.mark.parametrize("year", [1902, 1970, 2038, 2106, 2200, None])
def test_a_clock_that_jumps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trial: Trial, year: int | None
) -> None:
    """Processes are told another time; the kernel's stamps on files go their own way."""
    folder = write_conllu_files(tmp_path / "in", 3)
    pipeline.build([folder], tmp_path / "undisturbed", extractor=NameExtractor())
    pipeline.build(sorted(folder.iterdir())[:2], tmp_path / "store", extractor=NameExtractor())
    first = generations.names(tmp_path / "store")[-1]
    with trial("clock"):
        if year is None:
            monkeypatch.setattr(building, "datetime", Jumping)
        else:
            then = datetime.datetime(year, 1, 19, 3, 14, 8, tzinfo=datetime.UTC)
            fixed = type("Fixed", (datetime.datetime,), {"now": classmethod(lambda cls, tz=None: then)})
            monkeypatch.setattr(building, "datetime", fixed)
            monkeypatch.setattr(time, "time_ns", lambda: int(then.timestamp()) * 10**9)
            monkeypatch.setattr(time, "time", then.timestamp)
        pipeline.build([folder], tmp_path / "store", extractor=NameExtractor())
        assert dump(tmp_path / "store") == dump(tmp_path / "undisturbed")
        (last,) = generations.names(tmp_path / "store")
        assert last > first
        with Store.open(tmp_path / "store", read_only=True) as store:
            rows = store.query("SELECT ?t { GRAPH ?g { ?a prov:endedAtTime ?t } }")
            times = [row["t"].value for row in rows]  # type: ignore[union-attr, index]
            assert year is None or any(time.startswith(str(year)) for time in times)
        assert pipeline.build([folder], tmp_path / "store", extractor=NameExtractor()).unchanged == 3
