"""200 builds that die, at moments drawn with a fixed seed, and what is found after each."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from faults.attacks import TESTS
from faults.ledger import Trial

SEED = 20240503


@pytest.mark.parametrize(
    ("scenario", "count"),
    [("anywhere", 120), ("consolidation", 30), ("publishing", 30), ("cache", 10), ("real", 10)],
)
def test_a_build_that_is_killed_loses_nothing(
    tmp_path: Path, trial: Trial, scenario: str, count: int
) -> None:
    print(f"seed {SEED}")
    command = [sys.executable, "-m", "faults.killing", scenario, str(count), str(SEED), str(tmp_path / "run")]
    ended = subprocess.run(command, check=False, cwd=TESTS, capture_output=True, text=True, timeout=600)
    kills = [json.loads(line) for line in ended.stdout.splitlines()]
    assert len(kills) == count, ended.stderr
    with trial(f"kill-{scenario}", times=count):
        assert not [kill for kill in kills if kill["wrong"]], ended.stderr
    assert sum(kill["ended"] < 0 for kill in kills) > 0.6 * count  # the others ended before their time
