"""Damaged stores: whatever is wrong with the files, commands answer, or say what is wrong and how to mend it."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from dumps import document_graphs, dump
from fakes import NameExtractor, write_conllu_files

from diplograph import pipeline
from diplograph.cli.main import main
from diplograph.model import StoreError
from diplograph.store import MARKER, Store
from faults.attacks import run
from faults.ledger import Trial

SEED = 20240504
COMMANDS: tuple[list[str], ...] = (
    ["stats"],
    ["export"],
    ["query", "events"],
    ["doctor"],
    ["explain", "phone-call"],
)


def damage(data: bytes, how: str, moments: random.Random) -> bytes:
    """A file's bytes with something done to them."""
    match how:
        case "flip":
            changed = bytearray(data)
            for _ in range(3):
                changed[moments.randrange(len(changed))] ^= 1 << moments.randrange(8)
            return bytes(changed)
        case "cut":
            return data[: moments.randrange(len(data))]
        case "zero":
            return bytes(len(data))
        case _:
            return moments.randbytes(len(data))


def command(*arguments: str) -> tuple[int, str]:
    """The status and the errors of a command in a child, which a crash or a hang ends alone."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        signal.alarm(60)
        sys.stderr = os.fdopen(writing, "w", encoding="utf-8")
        with open(os.devnull, "w", encoding="utf-8") as sys.stdout:
            status = main(arguments)
            sys.stderr.flush()
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read().decode()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_conllu_files(tmp_path_factory.mktemp("in"), 6)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, sources: Path) -> Path:
    """A store in order, in which something is in tables and something in the journal."""
    store = tmp_path_factory.mktemp("whole") / "store"
    pipeline.build(sorted(sources.iterdir())[:3], store, extractor=NameExtractor())
    pipeline.build([sources], store, extractor=NameExtractor())
    return store


@pytest.mark.parametrize("how", ["flip", "cut", "zero", "noise", "delete"])
def test_a_damaged_file(tmp_path: Path, whole: Path, sources: Path, trial: Trial, how: str) -> None:
    moments = random.Random(f"{SEED} {how}")
    print(f"seed {SEED}")
    files = sorted(path.name for path in whole.iterdir() if path.is_file() and path.stat().st_size)
    graphs = document_graphs(dump(whole))
    for name in files:
        store = tmp_path / "store"
        shutil.copytree(whole, store)
        damaged = damage((whole / name).read_bytes(), how, moments)
        (store / name).unlink()
        if how != "delete":
            (store / name).write_bytes(damaged)
        with trial("damaged-store"):
            for arguments in moments.sample(COMMANDS, 1):
                status, said = command(*arguments, "--store", str(store))
                assert status in (0, 1, 2), (name, arguments, status)
                assert "a fault of" not in said and "Traceback" not in said, (name, arguments, said)
                assert status != 2 or said.count("\n") == 1 and ";" in said, (name, arguments, said)
            try:
                pipeline.build([sources], store, extractor=NameExtractor())
                found = document_graphs(dump(store))
            except StoreError as error:
                assert ";" in str(error), (name, error)
            else:
                assert set(found) == set(graphs), name
        shutil.rmtree(store)


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (None, "not empty and not a diplograph store"),
        ("", "cannot be read"),
        ("[]", "cannot be read"),
        ("[" * 100_000, "cannot be read"),
        ('{"layout": 99, "base": "https://w3id.org/diplograph/"}', "layout 99"),
        ('{"layout": 1, "base": "http://example.org/"}', "example.org"),
        ("\ud800", "cannot be read"),
    ],
)
def test_a_damaged_marker(
    tmp_path: Path, whole: Path, sources: Path, trial: Trial, content: str | None, match: str
) -> None:
    store = tmp_path / "store"
    shutil.copytree(whole, store)
    (store / MARKER).unlink()
    if content is not None:
        (store / MARKER).write_bytes(content.encode("utf-8", "surrogatepass"))
    with trial("damaged-marker"):
        with pytest.raises(StoreError, match=match):
            pipeline.build([sources], store, extractor=NameExtractor())
        status, said = command("stats", "--store", str(store))
        assert status == 2 and said.count("\n") == 1 and ";" in said


def make_nothing(folder: Path) -> Path:
    return folder / "absent"


def make_empty(folder: Path) -> Path:
    (folder / "empty").mkdir()
    return folder / "empty"


def make_other(folder: Path) -> Path:
    (folder / "other").mkdir()
    (folder / "other" / "letter.txt").write_text("not yours")
    return folder / "other"


@pytest.mark.parametrize("make", [make_nothing, make_empty, make_other])
@pytest.mark.parametrize(
    "arguments", [["stats"], ["export"], ["query", "events"], ["check"], ["explain", "x"], ["serve"]]
)
def test_commands_without_a_store(
    tmp_path: Path, trial: Trial, make: Callable[[Path], Path], arguments: list[str]
) -> None:
    store = make(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    with trial("commands"):
        status, said = command(*arguments, "--store", str(store))
        assert status == 2 and said.count("\n") == 1 and ";" in said, said
        assert sorted(tmp_path.rglob("*")) == before  # looking makes nothing


@pytest.mark.parametrize("arguments", COMMANDS)
def test_commands_beside_a_writer(tmp_path: Path, whole: Path, trial: Trial, arguments: list[str]) -> None:
    store = tmp_path / "store"
    shutil.copytree(whole, store)
    with Store.open(store), trial("commands"):
        status, said = command(*arguments, "--store", str(store))
        assert status == (1 if arguments == ["doctor"] else 2), said
        assert status != 2 or f"process {os.getpid()}" in said and said.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["parse", "nowhere.txt"], 2),
        (["parse", "/dev/null"], 1),
        (["build", "nowhere.txt", "--store", "made"], 2),
        (["build", "/dev/null", "--store", "made"], 1),
        (["query", "nowhere"], 2),
        (["query", "/dev/null"], 2),
        (["build", "/dev/null", "--store", "/dev/null"], 2),
        (["build", "/dev/null", "--store", "/proc/store"], 2),
    ],
)
def test_commands_of_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trial: Trial, arguments: list[str], status: int
) -> None:
    monkeypatch.chdir(tmp_path)
    with trial("commands"):
        ended = run(
            *arguments, folder=tmp_path
        )  # a build in a fork would wait for threads that are not there
        assert ended.status == status and ended.is_named, ended.errors
