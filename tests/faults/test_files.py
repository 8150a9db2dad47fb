"""Folders with what is no article: pipes, sockets, devices, circles; files that vanish; names nobody would give."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import NameExtractor, make_conllu

from diplograph import pipeline
from diplograph.model import Document, ParsedDocument
from faults.attacks import ARABIC, QUICK, QuickParser, run
from faults.ledger import Trial

SPECIAL = (
    "pipe",
    "socket",
    "device",
    "link to itself",
    "circle of folders",
    "link to nothing",
    "folder",
    "pipe.conllu",
)

# What reads is loaded before, since nobody may look into root's installation.
READ_AS_NOBODY = """
import os, sys
from diplograph.model import SourceFailure
from diplograph.pipeline.inputs import read_inputs
b"".decode("utf-8-sig")
if os.getuid() == 0:
    os.setegid(65534)
    os.seteuid(65534)
for result in read_inputs([sys.argv[1]], None, None):
    print(result if isinstance(result, SourceFailure) else result[0].id)
"""


def place(folder: Path, kind: str) -> None:
    match kind:
        case "pipe":
            os.mkfifo(folder / "p.txt")
        case "pipe.conllu":
            os.mkfifo(folder / "p.conllu")
        case "socket":
            before = Path.cwd()
            os.chdir(folder)  # the address of a socket is short
            with socket.socket(socket.AF_UNIX) as made:
                made.bind("s.txt")
            os.chdir(before)
        case "device":
            (folder / "zero.txt").symlink_to("/dev/zero")
        case "link to itself":
            (folder / "self.txt").symlink_to(folder / "self.txt")
        case "circle of folders":
            (folder / "up").symlink_to(folder)
            (folder / "up.txt").symlink_to(folder)
        case "link to nothing":
            (folder / "gone.txt").symlink_to("nowhere")
        case _:
            (folder / "folder.txt").mkdir()
            (folder / "folder.conllu").mkdir()


@pytest.mark.parametrize("kind", SPECIAL)
def test_what_is_no_file_is_left_alone(tmp_path: Path, trial: Trial, kind: str) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text(ARABIC, encoding="utf-8")
    place(folder, kind)
    with trial("files"):
        ended = run("build", folder, "--store", tmp_path / "store", folder=tmp_path, setup=QUICK, timeout=60)
        assert ended.status == 0 and "1 added" in ended.output, ended.errors


def test_what_cannot_be_read_is_named(tmp_path: Path, trial: Trial) -> None:
    """As another user, since root may read all."""
    folder = tmp_path / "in"
    (folder / "closed").mkdir(parents=True)
    (folder / "a.txt").write_text(ARABIC, encoding="utf-8")
    (folder / "b.txt").write_text(ARABIC, encoding="utf-8")
    (folder / "b.txt").chmod(0)
    (folder / "c.conllu").write_text(make_conllu("c"), encoding="utf-8")
    (folder / "c.conllu").chmod(0)
    (folder / "closed").chmod(0)
    for parent in [folder, *folder.parents][:4]:
        if parent.stat().st_uid == os.getuid() and parent != Path("/tmp"):
            parent.chmod(0o755)
    with trial("files", times=3):
        ended = subprocess.run(
            [sys.executable, "-c", READ_AS_NOBODY, str(folder)], capture_output=True, text=True, check=True
        )
        lines = ended.stdout.splitlines()
        assert len(lines) == 4, lines  # a.txt as well, though nobody may lack what is loaded to understand it
        for name in ("b.txt", "c.conllu", "closed"):
            assert any(name in line and "cannot be read" in line for line in lines), lines


def test_files_that_vanish(tmp_path: Path, trial: Trial) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in "abcd":
        (folder / f"{name}.txt").write_text(ARABIC + name, encoding="utf-8")
        (folder / f"{name}-parsed.conllu").write_text(make_conllu(f"{name}-parsed"), encoding="utf-8")

    class Remover(QuickParser):
        def parse(self, document: Document) -> ParsedDocument:
            (folder / "c.txt").unlink(missing_ok=True)
            (folder / "c-parsed.conllu").unlink(missing_ok=True)
            return super().parse(document)

    with trial("files", times=2):
        report = pipeline.build([folder], tmp_path / "store", parser=Remover(), extractor=NameExtractor())
        assert report.added >= 6 and report.added + report.failed in (7, 8)
        assert all("No such file" in failure.message for failure in report.failures)


def test_a_pipe_that_is_named_is_read(tmp_path: Path, trial: Trial) -> None:
    """As a shell hands over the output of a program: diplograph build <(program)."""
    from faults.test_sizes import feed

    def blocks() -> Iterator[bytes]:
        yield ARABIC.encode()

    feed(tmp_path / "p.txt", blocks())
    with trial("files"):
        report = pipeline.build(
            [tmp_path / "p.txt"], tmp_path / "store", parser=QuickParser(), extractor=NameExtractor()
        )
        assert report.added == 1


NAMES = [b"\xff\xfe.txt", b"a\nb.txt", b"\xe9.conllu", "\u202eabc.txt".encode(), b"-.txt", b"%2F.txt",
         b"'\";$(rm).txt", b"a\tb.html", b" b .txt", b"\xd9.jsonl", b"{}.txt", b"a#b?c.txt"]  # fmt: skip


def test_names_nobody_would_give(tmp_path: Path, trial: Trial) -> None:
    folder = os.fsencode(tmp_path / "in")
    os.mkdir(folder)
    for number, name in enumerate(NAMES):
        with open(os.path.join(folder, name), "wb") as file:
            if name.endswith(b"conllu"):
                text = make_conllu("x").split("\n", 1)[1]  # without an id: the name gives it
            elif name.endswith(b"jsonl"):
                text = "no record"
            else:
                text = f"{ARABIC}{number}"
            file.write(text.encode())
    with trial("names", times=len(NAMES)):
        for format in ("json", "table"):
            ended = run(
                "build", tmp_path / "in", "--store", tmp_path / f"store-{format}", "--format", format,
                folder=tmp_path, setup=QUICK,
            )  # fmt: skip
            assert ended.status == 1 and ended.is_named, ended.errors
            if format == "json":
                report = json.loads(ended.output)
                assert report["added"] + report["failed"] == len(NAMES) and report["failed"] <= 2
        assert run("export", "--store", tmp_path / "store-json", folder=tmp_path).status == 0
