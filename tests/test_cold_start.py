"""How soon a question on a store is answered from the command line, with nothing loaded before."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from fakes import NameExtractor, write_conllu_files

from diplograph import pipeline

SECONDS = 0.3  # of processor time, which other processes disturb less than the clock
TOLERANCE = 2.0  # for slower machines than that on which it was seen, and busy ones


def test_a_question_is_answered_at_once(tmp_path: Path) -> None:
    store = tmp_path / "store"
    pipeline.build([write_conllu_files(tmp_path / "in", 5)], store, extractor=NameExtractor())
    taken = []
    for _ in range(4):
        before = os.times()
        command = [sys.executable, "-m", "diplograph", "query", "events", "--store", store]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        after = os.times()
        taken.append(
            after.children_user + after.children_system - before.children_user - before.children_system
        )
    assert min(taken) < SECONDS * TOLERANCE, taken
