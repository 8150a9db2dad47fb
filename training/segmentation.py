"""Tokenizer and expander: retrained and widened with what the articles show.

The tokenizer marks which tokens are multi-word tokens, the expander says which words they are, by a dictionary and by
spelling for what is not in it. Sentences of articles whose tokens ``splitting`` is sure of are added to the tokenizer's
training; the sure splits of frequent tokens go into the expander's dictionary.
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from training.conllu import read_text
from training.corpus import TOKEN
from training.fitting import FitSettings, run_steps
from training.splitting import Splitter, read_tokens

RARE = 3
"""Tokens that occur less often are not decided: few are concerned, and the counts say little."""
SURE = 0.9
PARAGRAPH = 5
"""Sentences a paragraph of the tokenizer's training text has."""


def decide_splits(
    counts: Mapping[str, int], treebank: list[Path], *, seed: int = 1
) -> dict[str, tuple[str, ...]]:
    """The words of each frequent token: as the treebank splits it, else as the splitter is sure of."""
    tokens = [pair for path in treebank for pair in read_tokens(path)]
    splitter = Splitter(counts)
    splitter.train(tokens, epochs=12, seed=seed)
    kinds: dict[str, Counter[tuple[str, ...]]] = {}
    for token, words in tokens:
        kinds.setdefault(token, Counter())[words] += 1
    decided = {token: ways.most_common(1)[0][0] for token, ways in kinds.items() if len(ways) == 1}
    for token, count in counts.items():
        if count < RARE or token in kinds or not token[0].isalpha():
            continue
        words, chance = splitter.split(token)
        if chance >= SURE:
            decided[token] = words
    return decided


def write_silver(
    sentences: Path, splits: Mapping[str, Sequence[str]], output: Path, *, number: int, seed: int = 1
) -> None:
    """Sentences of which every token is decided, as CoNLL-U without trees."""
    lines = sentences.read_text(encoding="utf-8").splitlines()
    random.Random(seed).shuffle(lines)
    written = 0
    with output.open("w", encoding="utf-8") as file:
        for line in lines:
            spans = list(TOKEN.finditer(line))
            if not 5 <= len(spans) <= 60 or any(m[0] not in splits and m[0][0].isalpha() for m in spans):
                continue
            paragraph = "# newpar\n" if written % PARAGRAPH == 0 else ""
            file.write(f"{paragraph}# sent_id = silver-{written}\n# text = {line}\n")
            file.write("\n".join(_rows(line, spans, splits)) + "\n\n")
            written += 1
            if written == number:
                return


def _rows(line: str, spans: list[re.Match[str]], splits: Mapping[str, Sequence[str]]) -> Iterator[str]:
    number = 0
    for match in spans:
        words = splits.get(match[0], (match[0],))
        after = line[match.end() : match.end() + 1]
        space = "_" if after in (" ", "") else "SpaceAfter=No"
        if len(words) > 1:
            yield f"{number + 1}-{number + len(words)}\t{match[0]}" + "\t_" * 7 + f"\t{space}"
        for word in words:
            number += 1
            relation = "0\troot" if number == 1 else "1\tdep"
            misc = space if len(words) == 1 else "_"
            yield f"{number}\t{word}\t_\tX\t_\t_\t{relation}\t_\t{misc}"


def fit_tokenizer(train: list[Path], dev: Path, output: Path, settings: FitSettings) -> float:
    """Goes on training the tokenizer ``settings.start`` on the texts of the CoNLL-U files; Stanza's score on ``dev``.

    Its vocabulary of characters is kept: what it lacks is rare.
    """
    from stanza.models import tokenizer
    from stanza.models.tokenization.data import DataLoader, TokenizationDataset
    from stanza.models.tokenization.trainer import Trainer
    from stanza.models.tokenization.utils import eval_model, load_mwt_dict

    directory = output.parent / "tokenizer"
    directory.mkdir(parents=True, exist_ok=True)
    joined = directory / "train.conllu"
    joined.write_text("".join(path.read_text(encoding="utf-8") for path in train), encoding="utf-8")
    files = {name: _label(name, trees, directory) for name, trees in (("train", joined), ("dev", dev))}
    trainer = Trainer(model_file=str(settings.start), args={}, device="cpu")
    defaults = tokenizer.parse_args(["--cpu", *settings.options])
    args = {**defaults, **trainer.args, "dev_conll_gold": str(dev), "conll_file": None}
    expansions = load_mwt_dict(str(directory / "dev-mwt.json"))
    batches = DataLoader(args, input_files=files["train"], vocab=trainer.vocab, mwt_expansions={})
    dev_data = TokenizationDataset(args, input_files=files["dev"], vocab=trainer.vocab, evaluation=True)

    def endless() -> Iterator[Any]:
        while True:
            for _ in range(args["shuffle_steps"]):
                yield batches.next(
                    unit_dropout=args["unit_dropout"], feat_unit_dropout=args["feat_unit_dropout"]
                )
            batches.shuffle()

    def score() -> float:
        return float(eval_model(args, trainer, dev_data, trainer.vocab, expansions))

    return run_steps(trainer, {"all": trainer.optimizer}, endless(), score, output, settings)


def _label(name: str, trees: Path, directory: Path) -> dict[str, str]:
    """The text of the trees and Stanza's labels of its characters."""
    text, labels, expansions = (directory / f"{name}{end}" for end in (".txt", ".labels", "-mwt.json"))
    text.write_text(read_text(trees), encoding="utf-8")
    tool = "stanza.utils.datasets.prepare_tokenizer_data"
    command = [sys.executable, "-m", tool, str(text), str(trees), "-o", str(labels), "-m", str(expansions)]
    subprocess.run(command, check=True)
    return {"txt": str(text), "label": str(labels)}


def widen_expander(
    expander: Path, splits: Mapping[str, Sequence[str]], treebank: list[Path], output: Path
) -> int:
    """Writes the expander with the splits in its dictionary; how many are new.

    A token that is one word is written as itself, which undoes a mark that the tokenizer should not have set.
    """
    import torch

    state = torch.load(expander, map_location="cpu", weights_only=False)
    known = {token for path in treebank for token, _ in read_tokens(path)}
    before = len(state["dict"])
    for token, words in splits.items():
        if token not in known and (len(words) > 1 or _looks_split(token)):
            state["dict"][token] = " ".join(words)
    torch.save(state, output, _use_new_zipfile_serialization=False)
    return len(state["dict"]) - before


def _looks_split(token: str) -> bool:
    return bool(re.match("[وفبلكسأ]", token) or re.search("(ه|ها|هم|هما|هن|نا|ي|ك|كم)$", token))
