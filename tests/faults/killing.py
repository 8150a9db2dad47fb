"""Builds that are killed: a process that has everything loaded forks a child for each, so that 200 take a minute.

``python -m faults.killing SCENARIO COUNT SEED FOLDER`` prints a line of JSON for each kill. Each child builds the
folder's documents into a store that holds half of them already (or nothing), and dies

- ``call``: at the nth call of a Python or C function, counted over an undisturbed build;
- ``time``: after so many seconds, wherever it is, by its parent;
- ``write``: in the middle of a write, when a file of its reaches a size (RLIMIT_FSIZE: what fits is written, then the
  kernel kills).

Another child looks at what is left, completes the build and compares it with an undisturbed one. What it finds amiss is
the line's ``wrong``.
"""

from __future__ import annotations

import json
import math
import os
import random
import resource
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from dumps import document_graphs, dump
from fakes import NameExtractor, write_conllu_files

from diplograph import generations, parsing, pipeline
from diplograph.model import StoreError
from diplograph.parsing import cache as parse_cache
from diplograph.pipeline import building
from diplograph.server import description  # noqa: F401 - loaded before the fork, as everything else

COUNT = 6
PUBLISHING = "publishing"
PLACES: dict[str, tuple[object, str]] = {
    "consolidation": (building, "consolidate_store"),
    PUBLISHING: (generations, "publish"),
    "cache": (parse_cache.ParseCache, "put"),
}
# Each has a report, or it would not be parsed whole, and no parse of it kept.
ARTICLES = (
    "تلقى الرئيس المصري عبد الفتاح السيسي اتصالا هاتفيا من الرئيس الفرنسي إيمانويل ماكرون مساء الأحد.",
    "أجرى رئيس الوزراء الباكستاني عمران خان اتصالا هاتفيا بالرئيس الفرنسي إيمانويل ماكرون.",
    "تلقى الرئيس الفرنسي إيمانويل ماكرون أمس اتصالا هاتفيا من الرئيس المصري عبد الفتاح السيسي.",
)

Act = Callable[[], object]


def fork(act: Act) -> int:
    """A child that does this and ends with 0, or 3 when it raises; its process id."""
    pid = os.fork()
    if pid:
        return pid
    try:
        act()
        os._exit(0)
    except BaseException:  # noqa: BLE001 - it is printed, and the child ends
        traceback.print_exc()
        os._exit(3)


def wait(pid: int) -> int:
    """How a child ended: its exit status, or minus the signal."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


class Calls:
    """Counts the calls of functions (inside one function, or all), and kills the process at the nth."""

    def __init__(self, deadly: int = 0) -> None:
        self.count = 0
        self._deadly = deadly

    def __call__(self, frame: FrameType, event: str, argument: object) -> None:
        self.count += 1
        if self.count == self._deadly:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, place: str | None, act: Act) -> None:
        """Does this, counting only what happens in the place."""
        if place is None:
            sys.setprofile(self)
            act()
            sys.setprofile(None)
            return
        owner, name = PLACES[place]
        inner = getattr(owner, name)

        def watched(*arguments: object, **options: object) -> object:
            sys.setprofile(self)
            try:
                return inner(*arguments, **options)
            finally:
                sys.setprofile(None)

        setattr(owner, name, watched)
        act()


class Battery:
    """The folder of a run: the sources, an undisturbed build, and a store that was left half-way."""

    def __init__(self, folder: Path, *, real: bool) -> None:
        self.folder = folder
        self.sources = folder / "in"
        self.parser: parsing.Parser | None = None
        if real:
            self.sources.mkdir(parents=True)
            for number, text in enumerate(ARTICLES):
                (self.sources / f"article-{number}.txt").write_text(text, encoding="utf-8")
            stanza = parsing.StanzaParser("compact")
            stanza.parse(
                pipeline.inputs.Document("warm", ARTICLES[0], blocks=(parsing.segments.Block(0, 20),))
            )
            self.parser = parsing.CachedParser(stanza, parsing.ParseCache(folder / "cache"))
            self.extractor: pipeline.Extractor = pipeline.FrameExtractor()
        else:
            write_conllu_files(self.sources, COUNT)
            self.extractor = NameExtractor()
        half = sorted(self.sources.iterdir())[: COUNT // 2 if not real else 1]
        assert wait(fork(lambda: self.build(folder / "half", half))) == 0
        shutil.rmtree(folder / "cache", ignore_errors=True)
        started = time.monotonic()
        assert wait(fork(lambda: self.build(folder / "undisturbed"))) == 0
        self.seconds = time.monotonic() - started
        assert wait(fork(lambda: self._remember(dump(folder / "undisturbed")))) == 0
        self.wanted = (folder / "wanted").read_bytes().splitlines()
        self.largest = max(
            path.stat().st_size for path in (folder / "undisturbed").iterdir() if path.is_file()
        )

    def _remember(self, lines: list[bytes]) -> None:
        (self.folder / "wanted").write_bytes(b"\n".join(lines))

    def build(self, store: Path, sources: list[Path] | None = None) -> None:
        report = pipeline.build(
            sources or [self.sources], store, extractor=self.extractor, parser=self.parser
        )
        assert not report.failures, report.failures

    def count_calls(self, place: str | None, begun: bool) -> int:
        """How many calls there are in a build that nobody disturbs."""
        store = self.prepare(begun)

        def count() -> None:
            calls = Calls()
            calls.watch(place, lambda: self.build(store))
            (self.folder / "calls").write_text(str(calls.count))

        assert wait(fork(count)) == 0
        shutil.rmtree(store)
        return int((self.folder / "calls").read_text())

    def prepare(self, begun: bool) -> Path:
        """A store to be disturbed: half full, or not there yet."""
        store = self.folder / "disturbed"
        shutil.rmtree(self.folder / "cache", ignore_errors=True)
        if begun:
            shutil.copytree(self.folder / "half", store)
        return store

    def kill(self, store: Path, how: str, place: str | None, moment: float) -> int:
        """Builds and kills; says how the build ended."""

        def act() -> None:
            if how == "write":
                signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
                resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
                resource.setrlimit(resource.RLIMIT_FSIZE, (int(moment), int(moment)))
            if how == "call":
                Calls(int(moment)).watch(place, lambda: self.build(store))
            else:
                self.build(store)

        child = fork(act)
        if how == "time":
            time.sleep(moment)
            os.kill(child, signal.SIGKILL)
        return wait(child)

    def inspect(self, store: Path, begun: bool) -> str:
        """What is wrong with what is left; nothing when all is well, and the next build completes it."""
        verdict = self.folder / "verdict"
        verdict.unlink(missing_ok=True)
        status = wait(fork(lambda: verdict.write_text(self._judge(store, begun))))
        wrong = verdict.read_text() if verdict.exists() else f"the next build ended with {status}"
        shutil.rmtree(store, ignore_errors=True)
        return wrong

    def _judge(self, store: Path, begun: bool) -> str:
        whole = document_graphs(self.wanted)
        if begun or (store / "CURRENT").exists():  # RocksDB's last file to come when a database is made
            try:
                found = document_graphs(dump(store))
            except StoreError as error:  # killed while the database itself was made: nothing was loaded yet
                if begun or "build once more" not in str(error):
                    raise
                found = {}
            if any(quads != whole[graph] for graph, quads in found.items()):
                return "half a document"
            if begun and not set(document_graphs(dump(self.folder / "half"))) <= set(found):
                return "a document that was loaded before is lost"
        if generations.names(store) and not set(document_graphs(dump(generations.newest(store)))) <= set(
            whole
        ):
            return "a generation that is not whole"
        self.build(store)
        if dump(store) != self.wanted:
            return "the next build gives other quads"
        left = [path.name for path in (store / "generations").iterdir() if path.name.startswith(".")]
        if left or document_graphs(dump(generations.newest(store))) != whole:
            return f"the newest generation is not the store, or {left} are left"
        return ""


def main(scenario: str, count: int, seed: int, folder: Path) -> None:
    """Kills so many builds, and prints a line of JSON for each."""
    moments = random.Random(seed)
    battery = Battery(folder, real=scenario in ("real", "cache"))
    place = scenario if scenario in PLACES else None
    calls = {begun: battery.count_calls(place, begun) for begun in (True, False)} if count else {}
    ways = {"anywhere": ("call", "time", "write", "call"), "real": ("time", "call")}.get(scenario, ("call",))
    for turn in range(count):
        how, begun = ways[turn % len(ways)], turn % 4 != 0
        moment: float
        match how:
            case "call":
                moment = moments.randint(1, calls[begun])
            case "time":
                moment = moments.uniform(0, battery.seconds)
            case _:
                moment = int(math.exp(moments.uniform(0, math.log(battery.largest))))
        store = battery.prepare(begun)
        ended = battery.kill(store, how, place, moment)
        wrong = battery.inspect(store, begun)
        print(json.dumps({"how": how, "moment": moment, "ended": ended, "wrong": wrong}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
