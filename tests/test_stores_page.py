"""docs/stores.md: the commands for the stores that run here take them from nothing to loaded and queried."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import sample_graph as sample
import servers
from conftest import REPOSITORY

from diplograph.store import Store

PAGE = (REPOSITORY / "docs" / "stores.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
INSTALLS = ("pip install", "apt-get install")


def commands(section: str) -> list[str]:
    """The commands of a section."""
    blocks = re.findall(r"```console\n(.*?)```", SECTIONS[section], re.DOTALL)
    return [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]


@pytest.mark.parametrize(
    ("section", "find"), [("Oxigraph", servers.find_oxigraph), ("Virtuoso", servers.find_virtuoso)]
)
def test_a_store_from_nothing_to_queried(section: str, find: object, tmp_path: Path) -> None:
    reason = servers.required(section, find())  # type: ignore[operator]
    if reason:
        pytest.skip(reason)
    with Store.open(tmp_path / "diplograph-store") as store:
        sample.fill(store)
        size = len(store)
    lines = [line for line in commands(section) if not line.startswith(INSTALLS)]
    assert len(lines) >= 5
    free: dict[str, str] = {}
    for index, line in enumerate(lines):
        # other ports, since those of the page may be taken; what the ini has for a port stays what sed looks for
        lines[index] = re.sub(
            r"(?<=127\.0\.0\.1:)\d+", lambda port: free.setdefault(port[0], str(servers.free_port())), line
        )
    script = "\n".join(["set -e", "trap 'kill $(jobs -p)' EXIT", *lines])
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DIPLOGRAPH_")}
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
        env=environment,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "10 sent" in done.stderr
    assert "Phone call between Putin and Biden" in done.stdout
    with Store.open(tmp_path / "copy", read_only=True) as copy:
        assert len(copy) == size


def test_every_store_has_its_section() -> None:
    from diplograph.transfer import load_targets

    for target in load_targets().values():
        assert target.name == "sparql" or any(name in target.title for name in SECTIONS), target.title


def test_what_is_not_run_says_so() -> None:
    for section, text in SECTIONS.items():
        if "diplograph push" in text and section not in ("Oxigraph", "Virtuoso", "Any other"):
            assert "ot run by the tests" in text, section
