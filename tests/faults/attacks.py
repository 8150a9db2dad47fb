"""What the faults share: commands run as processes with their peak memory, small disks, a parser that costs nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from diplograph.model import Document, ParsedDocument, ParserIdentity, Sentence, Word
from diplograph.parsing import to_segments

TESTS = Path(__file__).parents[1]
ARABIC = "هاتف ماكرون نظيره خان مساء الأحد. "

# A process's peak is that of its own memory (VmHWM), which getrusage mixes with that of who started it.
_MEASURED = """
import re, sys
from pathlib import Path
{setup}
from diplograph.cli.main import main
status = main(sys.argv[2:])
peak = re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())
Path(sys.argv[1]).write_text(peak[1])
sys.exit(status)
"""


@dataclass(frozen=True)
class Ended:
    """How a command ended; ``peak`` in MB."""

    status: int
    output: str
    errors: str
    peak: float

    @property
    def is_named(self) -> bool:
        """Whether it said what is wrong in lines of its own, and not by a traceback or as a fault of ours."""
        lines = self.errors.splitlines()
        told = (
            all(line.startswith("diplograph: ") for line in lines)
            and "a fault of diplograph" not in self.errors
        )
        return bool(lines) and told and (self.status != 2 or len(lines) == 1)


def run(
    *arguments: str | Path, folder: Path, setup: str = "", timeout: float = 120, **environment: str
) -> Ended:
    """Runs a command of diplograph as a process; ``setup`` is Python to be run before, in the same process."""
    peak = folder / "peak"
    code = _MEASURED.format(setup=setup)
    ended = subprocess.run(
        [sys.executable, "-c", code, str(peak), *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=timeout,
        check=False,
        env={**os.environ, "PYTHONPATH": str(TESTS), **environment},
    )
    return Ended(
        ended.returncode,
        ended.stdout,
        ended.stderr,
        int(peak.read_text()) / 1024 if peak.exists() else 0,
    )


class QuickParser:
    """A parse without Stanza: each segment is one word."""

    identity = ParserIdentity("quick", "1")

    def parse(self, document: Document) -> ParsedDocument:
        """The segments of a document as sentences of one word."""
        sentences = []
        for index, segment in enumerate(to_segments(document)):
            begin, end = segment.span(0, len(segment.text))
            word = Word(1, segment.text, segment.text, "X", "", "", 0, "root", begin, end, 0)
            sentences.append(Sentence(index, begin, end, (word,)))
        return ParsedDocument(document, tuple(sentences), self.identity)


# The parser of a command, where the test is of what is read and not of how it is parsed.
QUICK = """
from faults.attacks import QuickParser
from diplograph.pipeline import building, inputs
building.make_parser = inputs.make_parser = lambda *arguments, **options: QuickParser()
"""


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A file system in memory of this size. Only root can mount one: others skip, except in CI."""
    folder.mkdir(parents=True, exist_ok=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        if os.environ.get("CI"):
            pytest.fail(f"no tmpfs can be mounted: {mounted.stderr.decode()}")
        pytest.skip("only root can mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def remount(folder: Path, options: str) -> None:
    """Changes a file system while it is mounted: its size, or whether it can be written."""
    subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True)
