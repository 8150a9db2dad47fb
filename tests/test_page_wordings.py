"""What pages made by a script say: each wording is there in both languages, and used; none stands in the code."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from conftest import REPOSITORY

from diplograph.arabic import has_arabic
from diplograph.catalog import load_catalog

SOURCES = REPOSITORY / "web" / "src"
PLACE = re.compile(r"\{\w*\}")


def scripts(entry: str) -> str:
    files = [path for path in sorted((SOURCES / entry).rglob("*.ts*"))]
    assert files
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def wordings(entry: str) -> dict[str, dict[str, str]]:
    path = REPOSITORY / "builder" / "server" / "pages" / f"{entry}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("entry", ["explorer", "query"])
def test_wordings_are_in_both_languages(entry: str) -> None:
    for key, said in wordings(entry).items():
        assert said.keys() == {"en", "ar"}, key
        assert all(said.values()), key
        assert sorted(PLACE.findall(said["en"])) == sorted(PLACE.findall(said["ar"])), key
        assert not has_arabic(said["en"]), key


def test_the_query_page_has_the_wordings_that_it_uses_and_no_others() -> None:
    code, known = scripts("query"), wordings("query").keys()
    plain = {*re.findall(r"[\"`](\w+)[\"`]", code)}
    begun = {*re.findall(r"say\(`(\w+_)\$\{", code)}
    assert {key for key in re.findall(r"say\(\s*\"(\w+)\"", code)} <= known
    unused = {key for key in known if key not in plain and not any(key.startswith(b) for b in begun)}
    assert not unused
    parameters = {p.name for query in load_catalog() for p in query.parameters}
    assert {f"parameter_{name}" for name in parameters} <= known


@pytest.mark.parametrize("path", sorted(SOURCES.rglob("*.ts*")), ids=lambda path: path.name)
def test_no_arabic_in_the_code(path: Path) -> None:
    assert not has_arabic(path.read_text(encoding="utf-8"))
