"""The recipe of the models: trees of our own are trees, copies keep them so, and what was stopped goes on."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import REPOSITORY, SHARED

from training.agreement import agreement
from training.charlm import CharlmSettings, train_charlm
from training.conllu import Tree, Word, read_text, read_trees, write_trees
from training.lemmas import as_in_padt, lemma_trees
from training.plan import Step, is_done, run_step
from training.spelling import collect_names, vary
from training.splitting import Splitter, analyse, read_tokens

OWN = REPOSITORY / "training" / "trees" / "own.conllu"
RELATIONS = {
    "acl",
    "acl:relcl",
    "advcl",
    "advmod",
    "advmod:emph",
    "amod",
    "appos",
    "aux",
    "aux:pass",
    "case",
    "cc",
    "ccomp",
    "conj",
    "cop",
    "csubj",
    "dep",
    "det",
    "fixed",
    "flat",
    "iobj",
    "mark",
    "nmod",
    "nsubj",
    "nsubj:pass",
    "nummod",
    "obj",
    "obl",
    "obl:arg",
    "parataxis",
    "punct",
    "root",
    "xcomp",
}
TAGS = {
    "ADJ",
    "ADP",
    "ADV",
    "AUX",
    "CCONJ",
    "DET",
    "INTJ",
    "NOUN",
    "NUM",
    "PART",
    "PRON",
    "PROPN",
    "PUNCT",
    "SCONJ",
    "SYM",
    "VERB",
    "X",
}


def faults(tree: Tree) -> list[str]:
    """What keeps it from being a tree of the treebank's kind."""
    found = []
    if [word.deprel for word in tree.words if word.head == 0] != ["root"]:
        found.append("not one root")
    for number, word in enumerate(tree.words, start=1):
        seen = {number}
        head = word.head
        while head and head not in seen and head <= len(tree.words):
            seen.add(head)
            head = tree.words[head - 1].head
        if head:
            found.append(f"{number} {word.form} does not hang on the root")
        if word.deprel not in RELATIONS or word.upos not in TAGS:
            found.append(f"{number} {word.form}: {word.upos} {word.deprel}")
        if not word.lemma or word.lemma == "?":
            found.append(f"{number} {word.form} has no lemma")
    return found


def test_trees_of_our_own_are_trees() -> None:
    trees = read_trees(OWN)
    assert len(trees) >= 300
    assert {tree.name: faults(tree) for tree in trees if faults(tree)} == {}


def test_trees_of_our_own_say_what_the_sentences_say() -> None:
    written = (OWN.parent / "sentences.txt").read_text(encoding="utf-8").splitlines()
    sentences = [line.strip() for line in written if line.strip() and not line.startswith("#")]
    assert [text.strip() for text in read_text(OWN).split("\n\n")] == [" ".join(sentences)]
    for block in OWN.read_text(encoding="utf-8").strip().split("\n\n"):
        assert surface(block) == block.split("\n")[1].removeprefix("# text = ")


def surface(block: str) -> str:
    """The text that the tokens of a CoNLL-U block spell."""
    text, last = "", 0
    for line in block.split("\n"):
        columns = line.split("\t")
        if len(columns) != 10 or (columns[0].isdigit() and int(columns[0]) <= last):
            continue
        if "-" in columns[0]:
            last = int(columns[0].split("-")[1])
        text += columns[1] + ("" if columns[9] == "SpaceAfter=No" else " ")
    return text.strip()


@pytest.mark.skipif(not SHARED.exists(), reason="the articles are in ../shared")
def test_no_sentence_of_our_own_is_from_the_articles() -> None:
    import gzip

    grams = set()
    for tree in read_trees(OWN):
        forms = read_forms(tree)
        grams |= {tuple(forms[start : start + 8]) for start in range(len(forms) - 7)}
    found = set()
    with gzip.open(SHARED / "articles" / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            words = line.replace(".", " ").replace("،", " ").split()
            found |= grams & {tuple(words[start : start + 8]) for start in range(len(words) - 7)}
    assert found == set()


def read_forms(tree: Tree) -> list[str]:
    """The surface tokens of a tree of our own, without signs."""
    block = next(b for b in OWN.read_text(encoding="utf-8").split("\n\n") if f"sent_id = {tree.name}\n" in b)
    return [token for token in surface(block).replace(".", " ").replace("،", " ").split() if token]


@pytest.mark.parametrize("seed", range(20))
def test_copies_in_other_spellings_are_trees_too(seed: int) -> None:
    trees = read_trees(OWN)
    rng = random.Random(seed)
    for tree in trees:
        copy = vary(tree, collect_names(trees), rng)
        assert faults(copy) == []
        assert len(tree.words) - 1 <= len(copy.words) <= len(tree.words)
        assert [word.head for word in copy.words] == [word.head for word in tree.words][: len(copy.words)]


def test_trees_are_read_as_they_were_written(tmp_path: Path) -> None:
    trees = read_trees(OWN)
    write_trees(trees, tmp_path / "trees.conllu")
    assert read_trees(tmp_path / "trees.conllu") == trees


def test_lemmas_of_pud_fill_gaps_only() -> None:
    known = Word("وزارة", "وِزَارَة", "NOUN", "_", "_", 0, "root")
    other = replace(known, lemma="وِزارَة")
    unknown = Word("رسالة", "رِسالَة", "NOUN", "_", "_", 0, "root")
    listed = {
        w.form: w.lemma
        for t in lemma_trees([Tree("a", (known,))], [Tree("b", (other, unknown))])
        for w in t.words
    }
    assert listed == {"وزارة": "وِزَارَة", "رسالة": as_in_padt("رِسالَة")}
    assert as_in_padt("رِسالَة") == "رِسَالَة"


def test_a_step_is_done_once_and_again_when_something_changed(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_text("a")
    runs: list[int] = []

    def step(setting: int) -> Step:
        def run() -> None:
            runs.append(setting)
            target.write_text(source.read_text())

        return Step("copy", (source,), (target,), {"setting": setting}, run)

    assert [run_step(step(1), tmp_path), run_step(step(1), tmp_path), run_step(step(2), tmp_path)] == [
        True,
        False,
        True,
    ]
    source.write_text("b")
    assert not is_done(step(2), tmp_path)
    assert run_step(step(2), tmp_path)
    target.unlink()
    assert run_step(step(2), tmp_path)
    assert runs == [1, 2, 2, 2]
    source.unlink()
    with pytest.raises(FileNotFoundError, match="copy needs"):
        run_step(step(2), tmp_path)


def test_a_stopped_language_model_goes_on_where_it_was(tmp_path: Path) -> None:
    import torch

    text = tmp_path / "words.txt"
    text.write_text("قال الرئيس إن البلاد لا تريد الحرب .\n" * 12000, encoding="utf-8")
    settings = CharlmSettings(characters=20 * 64 * 16, hidden=8, embedding=8, length=16, warmup=2, least=1)
    whole = torch.load(train_charlm(text, tmp_path / "whole", "forward", settings), weights_only=True)
    stopped = tmp_path / "stopped"
    train_charlm(text, stopped, "forward", replace(settings, characters=10 * 64 * 16, decay=0.0))
    resumed = torch.load(train_charlm(text, stopped, "forward", settings), weights_only=True)
    checkpoint = torch.load(stopped / "forward.checkpoint.pt", weights_only=True)
    assert checkpoint["step"] == 20
    assert whole["state_dict"].keys() == resumed["state_dict"].keys()
    # only the hidden state carried from one stretch to the next is lost when it stops
    difference = (whole["state_dict"]["decoder.weight"] - resumed["state_dict"]["decoder.weight"]).abs().max()
    assert difference < 0.01


def test_every_split_of_our_own_trees_is_among_the_analyses() -> None:
    # Tokens of two letters have no stem (له, به); the treebank has all of them.
    tokens = {pair for pair in read_tokens(OWN) if pair[0].isalpha() and len(pair[0]) > 2}
    missed = {token for token, words in tokens if words not in [a.words for a in analyse(token)]}
    assert missed == set()


def test_the_splitter_sees_which_words_stand_alone() -> None:
    counts = {
        "قال": 90,
        "وقال": 40,
        "وصول": 60,
        "وصولا": 30,
        "الحكومة": 80,
        "للحكومة": 20,
        "حكومة": 50,
        "حكومته": 9,
    }
    tokens = [pair for pair in read_tokens(OWN) if pair[0].isalpha()]
    alone = [token for token, words in tokens if len(words) == 1]
    for token in alone:
        counts[token] = counts.get(token, 0) + 5
    splitter = Splitter(counts)
    splitter.train(tokens, epochs=4)
    assert splitter.split("وقال")[0] == ("و", "قال")
    assert splitter.split("للحكومة")[0] == ("ل", "الحكومة")
    assert splitter.split("حكومته")[0] == ("حكومة", "ه")
    assert splitter.split("وصولا")[0] == ("وصولا",)


def test_agreement_counts_words() -> None:
    first = read_trees(OWN.parent / "passes" / "first.conllu")
    assert set(agreement(first, first).values()) == {100.0}
    assert 99 < agreement(first, read_trees(OWN))["LAS"] < 100
    with pytest.raises(ValueError, match="same words"):
        agreement(first, first[1:])
