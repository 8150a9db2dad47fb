"""The layers of ARCHITECTURE.md hold: imports go one way, and each library has its rooms."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import REPOSITORY

BUILDER = REPOSITORY / "builder"
DATA = {"models"}
ENTRANCES = {"__init__", "__main__"}
FILES = sorted(path for path in BUILDER.rglob("*.py") if path.parent.name not in DATA)

ROOMS = {
    "stanza": {"parsing"},
    "torch": {"parsing"},
    "distributed": {"pipeline"},
    "fsspec": {"pipeline"},
    "pyoxigraph": {
        "vocabulary",
        "quads",
        "store",
        "generations",
        "catalog",
        "inspection",
        "checking",
        "transfer",
        "graph",
        "server",
        "pipeline",
    },
    "prometheus_client": {"server"},
    "httptools": {"server"},
    "uvloop": {"server"},
    "jinja2": {"report", "server"},
    "rapidfuzz": {"server"},
    "markupsafe": {"report", "server"},
    "matplotlib": {"plots"},
    "pandas": {"graph"},
    "polars": {"graph"},
    "rdflib": {"vocabulary", "checking", "transfer"},
    "httpx2": {"server", "transfer"},
    "pyld": {"transfer"},
    "pyarrow": {"transfer"},
    "networkx": {"transfer"},
    "nmo_python": {"checking"},
    "owlready2": {"checking"},
    "shifty": {"checking"},
    "pyshacl": {"checking"},
    "pyowl2_profiles": {"checking"},
    "trafilatura": {"sources"},
    "lxml": {"sources"},
    "hijridate": {"temporal"},
    "click": {"cli"},
    "rich": {"cli"},
    "packaging": {"cli"},
    "watchfiles": {"pipeline"},
}
HEAVY = {
    "shifty",
    "pyshacl",
    "pyowl2_profiles",
    "httpx2",
    "pyld",
    "pyarrow",
    "networkx",
    "matplotlib",
    "pandas",
    "polars",
    "backports",
    "stanza",
    "torch",
    "distributed",
    "fsspec",
    "rdflib",
    "nmo_python",
    "owlready2",
    "trafilatura",
    "lxml",
    "rich",
    "uvloop",
    "watchfiles",
}


def read_layers() -> list[str]:
    """The modules in the order in which ARCHITECTURE.md draws them."""
    text = (REPOSITORY / "ARCHITECTURE.md").read_text(encoding="utf-8")
    section = text[text.index("## The modules") : text.index("Data: `Document")]
    return re.findall(r"`(\w+)`(?= →|\s*\n)", section[section.index("`model`") :])


LAYERS = read_layers()


def module_of(path: Path) -> str:
    """The module a file belongs to: its own name, or that of the folder it is in."""
    return path.relative_to(BUILDER).parts[0].removesuffix(".py")


def imports(path: Path, *, at_import: bool = False) -> Iterator[tuple[int, str]]:
    """Line and dotted name of all that a file imports, or of what it imports when it is imported itself."""
    pending: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield node.lineno, str(node.module)
            if node.module == "diplograph":
                yield from ((node.lineno, f"diplograph.{alias.name}") for alias in node.names)
        elif at_import and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        elif at_import and isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            pending.extend(node.orelse)
        else:
            pending.extend(ast.iter_child_nodes(node))


def test_architecture_names_every_module_and_no_other() -> None:
    assert LAYERS[0] == "model"
    assert LAYERS[-1] == "cli"
    modules = {module_of(path) for path in FILES} - ENTRANCES
    missing = modules - set(LAYERS)
    assert not missing, f"ARCHITECTURE.md does not place {sorted(missing)}"
    assert not set(LAYERS) - modules, (
        f"ARCHITECTURE.md names {sorted(set(LAYERS) - modules)}, which is not there"
    )


def test_architecture_names_the_files_of_every_folder() -> None:
    text = (REPOSITORY / "ARCHITECTURE.md").read_text(encoding="utf-8")
    for module, files in re.findall(r"^\| `(\w+)` \|[^|]*\|([^|]*)\|$", text, re.MULTILINE):
        named = set(re.findall(r"`(\w+)`", files))
        assert named == {path.stem for path in (BUILDER / module).glob("*.py")} - ENTRANCES, module


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(BUILDER)))
def test_imports_go_up_the_list_only(path: Path) -> None:
    module = module_of(path)
    if module in ENTRANCES:
        return
    allowed = {"diplograph", *LAYERS[: LAYERS.index(module) + 1]}
    for line, name in imports(path):
        if name.partition(".")[0] == "diplograph" and name != "diplograph":
            imported = name.split(".")[1]
            if imported == "__version__":
                continue
            assert imported in allowed, f"{path.name}, line {line}: {module} may not import {imported}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(BUILDER)))
def test_libraries_stay_in_their_rooms(path: Path) -> None:
    for line, name in imports(path):
        library = name.partition(".")[0]
        if library in ROOMS:
            rooms = ROOMS[library]
            assert module_of(path) in rooms, f"{path}, line {line}: {library} belongs in {sorted(rooms)}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(BUILDER)))
def test_heavy_libraries_are_imported_where_they_are_used(path: Path) -> None:
    for line, name in imports(path, at_import=True):
        assert name.partition(".")[0] not in HEAVY, (
            f"{path}, line {line}: import {name} inside the function that needs it"
        )


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if module_of(path) not in {"cli", "__main__"}],
    ids=lambda path: str(path.relative_to(BUILDER)),
)
def test_only_the_command_line_prints(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
        assert called not in ("print", "sys.stdout.write", "sys.exit", "exit"), (
            f"{path}, line {node.lineno}: {called}"
        )


def test_the_packages_of_the_wheel_are_all_there() -> None:
    import tomllib

    listed = set(tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
    folders = {
        ".".join(("diplograph", *p.parent.relative_to(BUILDER).parts)) for p in BUILDER.rglob("__init__.py")
    }
    assert listed == folders | {"diplograph.ontology", "diplograph.queries", "diplograph.seeds"}
