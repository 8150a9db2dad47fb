"""``build --watch`` as a process: files come, change, go, arrive in pieces and fail; readers see what is new."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fakes import make_conllu

from diplograph import generations
from diplograph.model import StoreLockedError
from diplograph.store import Store
from diplograph.vocabulary import BASE

PATIENCE = 60.0


def documents(store: Path) -> tuple[str, ...]:
    """What the newest generation has, which is what a server shows."""
    if not generations.names(store):
        return ()
    with generations.open_newest(store, base=BASE) as opened:
        return opened.document_ids()


def wait_for(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def open_between_builds(store: Path) -> Store:
    """The store itself, for reading, as soon as the build at hand is done with it."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return Store.open(store, read_only=True)
        except StoreLockedError:
            assert time.monotonic() < deadline
            time.sleep(0.02)


@contextmanager
def watching(folder: Path, store: Path) -> Iterator[subprocess.Popen[str]]:
    command = [
        sys.executable,
        "-m",
        "diplograph",
        "build",
        "--watch",
        str(folder),
        "--store",
        str(store),
        "-f",
        "json",
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def write(folder: Path, name: str, **options: str) -> Path:
    file = folder / f"{name}.conllu"
    file.write_text(make_conllu(name, **options), encoding="utf-8")
    return file


def test_a_store_follows_a_folder(tmp_path: Path) -> None:
    folder, store = tmp_path / "in", tmp_path / "store"
    folder.mkdir()
    write(folder, "before")
    with watching(folder, store) as process:
        wait_for(lambda: documents(store) == ("before",))
        for number in range(20):  # a burst
            write(folder, f"d{number:02}", published=f"2024-{number % 12 + 1:02}-05")
        wait_for(lambda: len(documents(store)) == 21)
        with open_between_builds(store) as reader:
            assert len(reader.document_ids()) == 21
            (folder / "d00.conllu").unlink()
            time.sleep(1.0)
            assert len(reader.document_ids()) == 21
        wait_for(lambda: "d00" not in documents(store))  # what waited for the reader is done
        whole = make_conllu("slow").encode()
        with open(folder / "slow.conllu", "wb", buffering=0) as file:  # somebody writes, with breaks
            for begin in range(0, len(whole), 60):
                file.write(whole[begin : begin + 60])
                time.sleep(0.7)
        wait_for(lambda: "slow" in documents(store))
        (folder / "bad.conllu").write_text("nonsense\n", encoding="utf-8")
        write(folder, "good")
        wait_for(lambda: "good" in documents(store))
        other = folder / "below"
        other.mkdir()
        write(other, "deep")
        wait_for(lambda: "deep" in documents(store))
        process.send_signal(signal.SIGTERM)
        out, errors = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, errors
    builds = [json.loads(line) for line in out.splitlines()]
    assert sum(build["added"] for build in builds) == 24
    assert [id for build in builds for id in build["removed"]] == ["d00"]
    assert max(build["unchanged"] for build in builds) < 23, "files that did not change are not read again"
    assert "bad.conllu" in errors and "tried again" in errors
    assert "Traceback" not in errors
    with Store.open(store, read_only=True) as opened:
        assert len(opened.document_ids()) == 23


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_it_ends_when_it_is_asked_to(tmp_path: Path, number: int, status: int) -> None:
    folder, store = tmp_path / "in", tmp_path / "store"
    folder.mkdir()
    write(folder, "a")
    with watching(folder, store) as process:
        wait_for(lambda: documents(store) == ("a",))
        os.kill(process.pid, number)
        _, errors = process.communicate(timeout=PATIENCE)
        assert process.returncode == status, errors
        assert "Traceback" not in errors


def test_a_folder_that_goes_away_ends_it_and_takes_nothing_along(tmp_path: Path) -> None:
    folder, store = tmp_path / "in", tmp_path / "store"
    folder.mkdir()
    write(folder, "a")
    with watching(folder, store) as process:
        wait_for(lambda: documents(store) == ("a",))
        folder.rename(tmp_path / "elsewhere")
        _, errors = process.communicate(timeout=PATIENCE)
        assert process.returncode == 2
        assert "is gone" in errors
    assert documents(store) == ("a",)


@pytest.mark.parametrize("sources", [["a.conllu"], ["x", "y"], ["-"]])
def test_only_one_directory_can_be_watched(tmp_path: Path, sources: list[str]) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "y").mkdir()
    write(tmp_path, "a")
    command = [sys.executable, "-m", "diplograph", "build", "--watch", *sources]
    ended = subprocess.run(
        command, check=False, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE
    )
    assert ended.returncode == 2
    assert "one SOURCE, a directory" in ended.stderr
