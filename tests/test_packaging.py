"""The wheel is complete: installed elsewhere, away from the repository, it builds, asks and explains."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import site
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest
from conftest import REPOSITORY

import diplograph

BESIDE = ("manifest.json", "licenses.md", "licenses-yasqe.md")
BUILT = REPOSITORY / "builder" / "server" / "pages" / "static" / "built"


def build_wheel(target: Path) -> Path:
    """The wheel of a copy of the repository's files, so that nothing is left behind in the repository."""
    copy = target / "source"
    copy.mkdir()
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        check=True,
    )
    for name in listed.stdout.decode().split("\0"):
        source = REPOSITORY / name
        if name and source.is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes(source.read_bytes())
    if BUILT.is_dir():  # git ignores it
        shutil.copytree(BUILT, copy / BUILT.relative_to(REPOSITORY))
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        str(target),
    ]
    subprocess.run([*command, str(copy)], check=True, cwd=target, timeout=600)
    (wheel,) = target.glob("diplograph-*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ``bin`` of a new environment that has the wheel, and of this one's packages all but diplograph.

    The packages are linked and not installed again (torch alone is hundreds of megabytes); what makes an editable
    install visible, its .pth and its finder, is not linked.
    """
    home = tmp_path_factory.mktemp("elsewhere")
    venv.create(home / "venv", with_pip=False, symlinks=True)
    library = Path(sysconfig.get_path("purelib", vars={"base": str(home / "venv")}))
    folders = map(Path, {*site.getsitepackages(), sysconfig.get_path("purelib")})
    for folder in filter(Path.is_dir, folders):  # Debian's Python names some that are not there
        for item in folder.iterdir():
            ours = "diplograph" in item.name.lower()
            if (
                not ours
                and item.suffix != ".pth"
                and item.name != "__pycache__"
                and not (library / item.name).exists()
            ):
                (library / item.name).symlink_to(item)
    python = str(home / "venv" / "bin" / "python")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "--python",
            python,
            "install",
            "--quiet",
            "--no-deps",
            "--no-index",
            str(wheel),
        ],
        check=True,
        timeout=600,
        env={name: value for name, value in os.environ.items() if not name.startswith("PIP_")},
    )
    return home / "venv" / "bin"


def run(elsewhere: Path, folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    environment = {
        name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "MYPYPATH")
    }
    return subprocess.run(
        [str(elsewhere / "diplograph"), *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment,
        check=False,
        timeout=600,
    )


def test_the_wheel_holds_all_data_files(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    rooms = {
        "ontology": ("ttl", "toml", "jsonld"),
        "queries": ("rq",),
        "seeds": ("tsv", "txt", "jsonl", "html"),
    }
    wanted = {
        f"diplograph/{path.relative_to(REPOSITORY)}"
        for room, suffixes in rooms.items()
        for suffix in suffixes
        for path in (REPOSITORY / room).rglob(f"*.{suffix}")
        if "gold" not in path.parts
    }
    wanted |= {
        f"diplograph/models/ar/{name}/compact.pt" for name in ("tokenize", "mwt", "pos", "lemma", "depparse")
    }
    wanted |= {f"diplograph/models/{name}" for name in ("resources.json", "CARD.md")} | {
        "diplograph/py.typed"
    }
    wanted |= {
        f"diplograph/{path.relative_to(REPOSITORY / 'builder')}"
        for suffix in ("py", "toml")
        for path in (REPOSITORY / "builder").rglob(f"*.{suffix}")
        if "types" not in path.parts
    }
    assert len(wanted) > 60
    assert not wanted - names
    assert not [name for name in names if name.endswith(".pyc") or "/tests/" in name]


def test_the_wheel_holds_the_built_pages(wheel: Path) -> None:
    manifest = BUILT / "manifest.json"
    if not manifest.is_file():
        assert not os.environ.get("CI"), "make web was not run"
        pytest.skip("the pages are not built (make web)")
    chunks = json.loads(manifest.read_bytes()).values()
    wanted = {name for chunk in chunks for name in (chunk["file"], *chunk.get("css", ()))}
    names = set(zipfile.ZipFile(wheel).namelist())
    assert len(wanted) > 2
    assert not {f"diplograph/server/pages/static/built/{name}" for name in (*wanted, *BESIDE)} - names


def test_the_package_seen_elsewhere_is_the_wheels(elsewhere: Path, tmp_path: Path) -> None:
    code = "import diplograph, json; from diplograph.resources import locate; print(json.dumps([diplograph.__file__, str(locate('queries'))]))"
    answer = subprocess.run(
        [str(elsewhere / "python"), "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    for path in json.loads(answer.stdout):
        assert path.startswith(str(elsewhere.parent))


def test_it_builds_asks_and_explains_from_the_seeds_in_the_package(elsewhere: Path, tmp_path: Path) -> None:
    code = "from diplograph.resources import locate; print(locate('seeds', 'articles'))"
    found = subprocess.run(
        [str(elsewhere / "python"), "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    built = run(elsewhere, tmp_path, "build", found.stdout.strip(), "--format", "json")
    assert built.returncode == 0, built.stderr
    report = json.loads(built.stdout)
    assert (report["added"], report["failures"]) == (5, [])
    assert report["events"] >= 2
    asked = run(elsewhere, tmp_path, "query", "event-report", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(asked.stdout)))
    calls = {row["event"] for row in rows if row["type"] == "PhoneCall" and row["start"] == "2021-12-30"}
    assert calls, asked.stderr
    explained = run(elsewhere, tmp_path, "explain", min(calls), "--format", "json")
    assert explained.returncode == 0, explained.stderr
    reports = json.loads(explained.stdout)["reports"]
    assert reports and all(report["quotes"] for report in reports)
    assert run(elsewhere, tmp_path, "doctor").returncode == 0


def test_the_version_is_said_once() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == diplograph.__version__
    changes = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## {diplograph.__version__}" in changes


def test_constraints_pin_every_requirement_exactly() -> None:
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    lines = (REPOSITORY / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    assert all([part.operator for part in pin.specifier] == ["=="] for pin in pins)
    versions = {canonicalize_name(pin.name): next(iter(pin.specifier)).version for pin in pins}
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    for requirement in (Requirement(line) for group in groups for line in group):
        pinned = versions.get(canonicalize_name(requirement.name))
        assert pinned is not None, f"constraints.txt does not pin {requirement.name}"
        assert requirement.specifier.contains(pinned), f"constraints.txt pins {requirement.name} to {pinned}"
