"""Stanza's pipelines over a directory of models, in one thread."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def load_pipeline(models: Path, processors: str, **options: Any) -> Any:
    """A Stanza pipeline of the ``compact`` package in ``models``; ``processors`` as Stanza names them, with commas."""
    import stanza
    import torch

    torch.set_num_threads(1)
    return stanza.Pipeline(
        "ar",
        dir=str(models),
        package="compact",
        processors=processors,
        download_method=None,
        use_gpu=False,
        logging_level="ERROR",
        **options,
    )
