"""Where the recipe finds and puts its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OWN_TREES = Path(__file__).parent / "trees" / "own.conllu"
SENTENCES = OWN_TREES.with_name("sentences.txt")


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

    @property
    def readings(self) -> Path:
        """What the dictionary says of words, in the format of word vectors."""
        return self.made("vectors", "readings.pt")

    def looked_up(self, settings: Mapping[str, Any]) -> Path:
        """The word vectors among the finished models: all, where the tagger or the parser have them; else those of the
        words that the classifier of particles knows."""
        everything = any("vectors" in settings[name]["inputs"] for name in ("tagger", "parser"))
        return self.made("vectors", "words.pt") if everything else self.made("vectors", "frequent.pt")
