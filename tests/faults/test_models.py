"""Model files that are broken: the build ends with status 2 and names the model; no pickle gets to run code."""

from __future__ import annotations

import json
import os
import pickle
import shutil
from pathlib import Path

import pytest

from diplograph import pipeline
from diplograph.model import ModelError
from diplograph.resources import locate
from faults.ledger import Trial

TEXT = "هاتف الرئيس الفرنسي نظيره الروسي مساء الأحد."


class Attack:
    """Pickled, it makes a file when it is loaded by a loader that runs code."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.trace),)


def break_file(model: Path, how: str, trace: Path) -> None:
    """Breaks the tagger (or the listing) of a copied model."""
    file = next((model / "ar" / "pos").iterdir())
    match how:
        case "cut":
            file.write_bytes(file.read_bytes()[:100_000])
        case "empty":
            file.write_bytes(b"")
        case "text":
            file.write_text("a page that says 404")
        case "another":
            shutil.copyfile(next((model / "ar" / "depparse").iterdir()), file)
        case "missing":
            file.unlink()
        case "folder":
            file.unlink()
            file.mkdir()
        case "pickle":
            file.write_bytes(pickle.dumps(Attack(trace)))
        case "torch pickle":
            import torch

            torch.save({"model": Attack(trace)}, file)
        case "listing":
            (model / "resources.json").write_text("[1, 2")
        case "listing of nothing":
            (model / "resources.json").write_text(json.dumps({"ar": {"packages": {}}}))
        case _:
            (model / "resources.json").write_bytes(b"\xff" * 100)


@pytest.mark.parametrize(
    "how",
    [
        "cut", "empty", "text", "another", "missing", "folder", "pickle", "torch pickle",
        "listing", "listing of nothing", "listing of noise",
    ],
)  # fmt: skip
def test_a_broken_model_is_named(tmp_path: Path, trial: Trial, how: str) -> None:
    model = tmp_path / "model"
    shutil.copytree(locate("models"), model)
    break_file(model, how, tmp_path / "trace")
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    with trial("model"):
        with pytest.raises(ModelError) as caught:
            pipeline.build([tmp_path / "a.txt"], tmp_path / "store", model=str(model), cache=False)
        assert str(model) in str(caught.value)
        assert not (tmp_path / "trace").exists()
        assert pipeline.build([tmp_path / "a.txt"], tmp_path / "store").documents == 1
