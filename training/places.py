"""Where the recipe finds and puts its files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

OWN_TREES = Path(__file__).parent / "trees" / "own.conllu"


@dataclass(frozen=True, slots=True)
class Places:
    """Where things are: ``shared`` has treebank/ and articles/, ``work`` gets everything that is made, ``before`` are the
    models to start from and to compare with; the models of a ``trial`` have a folder of their own."""

    shared: Path
    work: Path
    before: Path
    trial: str = ""

    def trees(self, part: str) -> Path:
        return self.shared / "treebank" / f"ar_compact-ud-{part}.conllu"

    def made(self, *parts: str) -> Path:
        return self.work.joinpath(*parts)

    @property
    def models(self) -> Path:
        return self.made("trials", self.trial) if self.trial else self.made("models")

    @property
    def stamps(self) -> Path:
        return self.models / "stamps" if self.trial else self.made("stamps")
