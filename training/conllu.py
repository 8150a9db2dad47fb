"""Trees as CoNLL-U writes them: read, changed, written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Word:
    """A line of a tree; ``head`` is the number of a word of the same tree, 0 for the root."""

    form: str
    lemma: str
    upos: str
    xpos: str
    feats: str
    head: int
    deprel: str


@dataclass(frozen=True, slots=True)
class Tree:
    """A sentence without its multi-word tokens, which taggers and parsers never see."""

    name: str
    words: tuple[Word, ...]

    @property
    def document(self) -> str:
        """The document the sentence is from: its name without the number of the paragraph."""
        return self.name.rsplit(".p", 1)[0]


def read_trees(path: Path) -> list[Tree]:
    """The trees of a CoNLL-U file, without multi-word tokens and empty nodes."""
    trees = []
    for block in path.read_text(encoding="utf-8").strip().split("\n\n"):
        name, words = "", []
        for line in block.split("\n"):
            if line.startswith("# sent_id = "):
                name = line.removeprefix("# sent_id = ")
            columns = line.split("\t")
            if len(columns) == 10 and columns[0].isdigit():
                form, lemma, upos, xpos, feats, head, deprel = columns[1:8]
                words.append(Word(form, lemma, upos, xpos, feats, int(head), deprel))
        trees.append(Tree(name, tuple(words)))
    return trees


def write_trees(trees: Iterable[Tree], path: Path) -> None:
    """Writes the trees as CoNLL-U, without multi-word tokens."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for tree in trees:
            file.write(f"# sent_id = {tree.name}\n")
            for number, word in enumerate(tree.words, start=1):
                columns = (
                    word.form,
                    word.lemma,
                    word.upos,
                    word.xpos,
                    word.feats,
                    str(word.head),
                    word.deprel,
                )
                file.write("\t".join((str(number), *columns, "_", "_")) + "\n")
            file.write("\n")


def read_text(path: Path) -> str:
    """The text of a CoNLL-U file; a blank line between paragraphs, as Stanza's scorer of raw text expects it."""
    text = ""
    for block in path.read_text(encoding="utf-8").strip().split("\n\n"):
        lines = block.split("\n")
        sentence = next(line.removeprefix("# text = ") for line in lines if line.startswith("# text = "))
        paragraph = any(line.startswith(("# newpar", "# newdoc")) for line in lines)
        text += ("\n\n" if paragraph else " ") * bool(text) + sentence
    return text + "\n"
