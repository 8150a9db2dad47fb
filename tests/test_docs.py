"""What the documentation names is there, what is there is documented, and examples run."""

from __future__ import annotations

import doctest
import importlib
import itertools
import pkgutil
import re
import runpy
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
import sample_graph
from conftest import REPOSITORY

import diplograph
from diplograph.catalog import load_catalog
from diplograph.cli.main import commands
from diplograph.store import Store
from diplograph.vocabulary import load_vocabulary

PAGES = sorted([*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").glob("*.md")])
TEXTS = {page.name: page.read_text(encoding="utf-8") for page in PAGES}
PYTHON = [path.read_text(encoding="utf-8") for path in (REPOSITORY / "builder").rglob("*.py")]
CODE = re.compile(r"```\w*\n(.*?)```|`([^`\n]+)`", re.DOTALL)
CALL = re.compile(r"(?:^|[\s`|(/])(?<!from )diplograph ([a-z]+)((?: [^\n`|)]*)?)", re.MULTILINE)


def calls(text: str) -> list[tuple[str, list[str]]]:
    """The commands in the code of a page, with their arguments."""
    found = []
    for block, inline in CODE.findall(text):
        for line in (block or inline).splitlines():
            for name, arguments in CALL.findall(line.partition("  #")[0]):
                found.append((name, shlex.split(arguments)))
    return found


def examples() -> list[tuple[str, list[str]]]:
    """The commands that help gives as examples."""
    found = []
    for command in commands.commands.values():
        help = command.help or ""
        assert "Example:" in help, f"diplograph {command.name} --help has no example"
        found += [(name, shlex.split(rest)) for name, rest in CALL.findall(help[help.index("Example:") :])]
    return found


def check_call(name: str, arguments: list[str]) -> None:
    command = commands.commands.get(name)
    assert command is not None, f"there is no command diplograph {name}"
    options = {
        flag: parameter
        for parameter in command.params
        for flag in (*parameter.opts, *parameter.secondary_opts)
    }
    for argument in arguments:
        flag = argument.partition("=")[0]
        if flag.startswith("-") and flag != "-":
            assert flag in options or flag == "--help", f"diplograph {name} has no option {flag}"
    if name == "query" and arguments and re.fullmatch(r"[a-z-]{2,}", arguments[0]) and arguments[0] != "NAME":
        assert arguments[0] in load_catalog().queries, f"there is no query {arguments[0]}"
        values = [value for flag, value in itertools.pairwise(arguments) if flag == "-p"]
        for value in values:
            load_catalog().get(arguments[0]).parameter(value.partition("=")[0])


def test_commands_in_the_documentation_exist() -> None:
    found = [call for text in TEXTS.values() for call in calls(text)]
    assert len(found) >= 15
    for name, arguments in found:
        if name != "COMMAND":
            check_call(name, arguments)


def test_commands_in_the_readme_run(tmp_path: Path) -> None:
    with Store.open(tmp_path / "diplograph-store") as store:
        sample_graph.fill(store)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    lines = re.findall(r"^\$ (.*\.venv/bin/diplograph .*)$", TEXTS["README.md"], re.MULTILINE)
    assert len(lines) >= 4
    for line in lines:
        done = subprocess.run(
            line, check=False, shell=True, cwd=tmp_path, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, f"{line}: {done.stderr}"
        assert len(done.stdout.splitlines()) > 1, f"{line} answers nothing"


def test_examples_in_help_exist() -> None:
    found = examples()
    assert {name for name, _ in found} >= set(commands.commands)
    for name, arguments in found:
        check_call(name, arguments)


def test_commands_in_messages_exist() -> None:
    found = [
        call
        for text in PYTHON
        for call in re.findall(r"`diplograph ([a-z]+)([^`]*)`|: diplograph ([a-z]+)([ a-z/-]*)", text)
    ]
    assert len(found) >= 5
    for quoted, rest, bare, more in found:
        check_call(quoted or bare, shlex.split(rest or more))


def test_readme_documents_every_command() -> None:
    section = TEXTS["README.md"].partition("## Commands")[2].partition("\n### ")[0]
    documented = re.findall(r"^\| `diplograph (\w+)", section, re.MULTILINE)
    assert sorted(documented) == sorted(commands.commands)


def test_readme_opens_with_run_and_test() -> None:
    first = CODE.search(TEXTS["README.md"])
    assert first is not None
    assert re.findall(r"^\$ (make \w+)", first.group(1), re.MULTILINE) == ["make run", "make test"]


def test_make_targets_in_the_documentation_exist() -> None:
    targets = set(
        re.findall(r"^([a-z]+):", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    named = {
        target
        for text in TEXTS.values()
        for target in re.findall(r"make ([a-z]+)`|\$ make ([a-z]+)", text)
        for target in target
    }
    named.discard("")
    assert {"run", "test", "lint", "golden", "clean"} <= named
    assert named <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", TEXTS[page.name]):
        if not target.startswith(("http:", "https:")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_python_in_the_documentation_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store.open(tmp_path / "diplograph-store") as store:
        sample_graph.fill(store)
    monkeypatch.chdir(tmp_path)
    blocks = [
        block for text in TEXTS.values() for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    ]
    assert blocks
    for block in blocks:
        exec(compile(block, "documentation", "exec"), {})  # noqa: S102


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_ontology_terms_in_the_documentation_exist(page: Path) -> None:
    for name in re.findall(r"\bdip:(\w+)", TEXTS[page.name]):
        load_vocabulary().iri(name)


def test_the_page_of_the_ontology_names_every_class_and_property() -> None:
    named = set(re.findall(r"\bdip:(\w+)", TEXTS["ontology.md"]))
    vocabulary = load_vocabulary()
    values = set(vocabulary.subclasses("EventStatus"))  # each stands beside its individual
    assert set(vocabulary.names()) - values <= named


def test_the_page_of_the_questions_is_what_their_headers_say() -> None:
    made = runpy.run_path(str(REPOSITORY / "docs" / "make_queries.py"))["write_page"]()
    assert made == TEXTS["queries.md"], "the headers have changed: run `make docs`"
    for query in load_catalog():
        assert f"## {query.name}\n" in made


def test_options_say_what_they_do() -> None:
    for command in commands.commands.values():
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"diplograph {command.name} {parameter.opts[0]} has no help"


MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(diplograph.__path__, "diplograph.")
    if module.name not in ("diplograph.__main__",)
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_run(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__ or name == "diplograph.models", f"{name} has no docstring"
    failed, _ = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    assert failed == 0
