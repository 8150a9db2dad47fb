"""The recipe of the models: trees of our own are trees, copies keep them so, and what was stopped goes on."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import REPOSITORY, SHARED

from training.agreed import vote, vote_tags
from training.agreement import agreement
from training.assemble import PROCESSORS, assemble
from training.charlm import CharlmSettings, train_charlm
from training.conllu import Tree, Word, read_text, read_trees, write_trees
from training.dictionary import Dictionary, as_in_padt, write_vectors
from training.endings import WAYS, ends_by_rules, make_text
from training.fitting import FitSettings, run_steps
from training.lemmas import lemma_trees
from training.names import features, join, labels, measure_names, read_annotations, read_articles, read_labels
from training.paradigms import find_lemmas, learn_paradigms
from training.places import Places
from training.plan import Step, is_done, run_step
from training.spelling import collect_names, vary
from training.splitting import Splitter, analyse, read_tokens
from training.steps import HERE, list_steps, read_settings
from training.vectors import cut_vectors

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


def test_a_known_form_gives_the_lemma_of_an_unknown_one_away(tmp_path: Path) -> None:
    pairs = [("وزارة", "وِزَارَة"), ("قناة", "قَنَاة"), ("جريدة", "جَرِيدَة"), ("مدرسة", "مَدرَسَة"), ("سفارة", "سِفَارَة")]
    known = [(form, "NOUN", lemma) for word, lemma in pairs for form in (word, "ال" + word)]
    known += [("حكومة", "NOUN", "حُكُومَة"), ("قال", "VERB", "قَال")]
    (tmp_path / "words.txt").write_text("الحكومة قال الحكومة الطائرة\nالحكومة 2024", encoding="utf-8")
    found = find_lemmas(tmp_path / "words.txt", known, frequent=2)
    assert found == [("الحكومة", "NOUN", "حُكُومَة")]
    assert find_lemmas(tmp_path / "words.txt", known, frequent=4) == []
    assert learn_paradigms(known[:2]).find_lemma("الحكومة", "NOUN") is None, "one pair is not enough"


@pytest.fixture(scope="module")
def dictionary() -> Dictionary:
    return Dictionary()


def test_the_dictionary_has_forms_as_the_words_of_trees(dictionary: Dictionary) -> None:
    assert dictionary.read_kinds("الإعلام") == ["DET+NOUN"]
    assert dictionary.read_kinds("الاعلام") == ["DET+NOUN"], "the plural of علم"
    assert dictionary.read_kinds("الاجتماعى") == dictionary.read_kinds("الاجتماعي") != [], "with another yeh"
    assert dictionary.read_kinds("ومجتمع") == [], "and is a word of its own"
    assert dictionary.read_kinds("مجتمعهم") == [], "so is a pronoun"
    assert dictionary.read_kinds("سيجتمع") == [], "so is the particle of the future"
    assert dictionary.read_kinds("شكشكاوي") == dictionary.read_kinds("2024") == []


def test_the_dictionary_has_the_lemmas_of_trees(dictionary: Dictionary) -> None:
    assert dictionary.find_lemma("دبابات", "NOUN", {}, None) == "دَبَّابَة"
    assert dictionary.find_lemma("استقبل", "VERB", {}, None) == "اِستَقبَل"
    assert dictionary.find_lemma("استقبل", "NOUN", {}, None) is None
    assert dictionary.find_lemma("رومانيا", "X", {}, None) == "رُومَانِيَا"
    assert dictionary.find_lemma("عزيز", "X", {}, None) is None, "dear, too"
    possible = {reading.lemma for reading in dictionary.read_form("نبه") if reading.is_a("VERB")}
    assert {"نَبَه", "نَبَّه"} <= possible
    for one in possible:
        assert dictionary.find_lemma("نبه", "VERB", {(one, "VERB"): 1}, None) == one, "the trees decide"
        assert dictionary.find_lemma("نبه", "VERB", {}, one) == one, "a form of the same word decides"


def test_words_get_lemmas_from_the_dictionary(tmp_path: Path, dictionary: Dictionary) -> None:
    (tmp_path / "words.txt").write_text("دبابات دبابات استقبل", encoding="utf-8")
    found = find_lemmas(tmp_path / "words.txt", [], frequent=2, dictionary=dictionary)
    assert ("دبابات", "NOUN", "دَبَّابَة") in found
    assert {form for form, _, _ in found} == {"دبابات"}


def test_what_the_dictionary_says_becomes_vectors(tmp_path: Path) -> None:
    from stanza.models.common.pretrain import Pretrain

    text = "صدر رئيس كتب استقبل قال الوزير الرئيس كبير الكبير شكشكاوي 2024"
    nouns, verbs = "مدير سفير كتاب بيت قلم", "قاتل حارب سافر هاجر قابل"
    (tmp_path / "words.txt").write_text(f"{text} {nouns} {verbs}\n" * 2, encoding="utf-8")
    assert write_vectors(tmp_path / "words.txt", tmp_path / "v.pt", frequent=2, dimensions=3, common=2) == 19
    made = Pretrain(str(tmp_path / "v.pt"))
    assert "شكشكاوي" not in made.vocab and "2024" not in made.vocab
    (one, two, other) = (made.emb[made.vocab.unit2id(word)] for word in ("رئيس", "سفير", "هاجر"))
    assert one.tolist() == two.tolist() != other.tolist(), "words of the same kinds have the same vector"
    assert not made.emb[made.vocab.unit2id("شكشكاوي")].any()


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
    blind = read_trees(OWN.parent / "passes" / "blind.conllu")
    assert {tree.name: faults(tree) for tree in blind if faults(tree)} == {}
    both = [tree for tree in read_trees(OWN) if tree.name in {each.name for each in blind}]
    assert 93 < agreement(both, blind)["LAS"] < 94
    with pytest.raises(ValueError, match="same words"):
        agreement(first, first[1:])


def test_parsers_vote_on_what_most_of_them_say() -> None:
    words = tuple(Word(form, form, "X", "_", "_", 0, "dep") for form in "abc")
    one, other, third = (
        [(0, "root"), (1, "obj"), (2, "nmod")],
        [(0, "root"), (1, "obj"), (1, "obl")],
        [(0, "root"), (1, "obj"), (1, "obl")],
    )
    tree = Tree("t", words)
    assert list(vote([tree], [[one], [other], [third]], 1.0)) == []
    (voted,) = vote([tree], [[one], [other], [third]], 0.6)
    assert [(word.head, word.deprel) for word in voted.words] == other
    circle = [(2, "dep"), (1, "dep"), (0, "root")]
    assert list(vote([tree], [[circle], [circle]], 1.0)) == []


def test_a_tag_counts_where_both_say_it_or_it_is_usual() -> None:
    def tree(*words: tuple[str, str]) -> Tree:
        return Tree("t", tuple(Word(form, form, tag, "x", "f", 0, "dep") for form, tag in words))

    usual = [tree(("a", "NOUN"))] * 4
    said = [["NOUN"]] * 4
    odd = [tree(("a", "NOUN"), ("b", "VERB")), tree(("a", "VERB"), ("b", "VERB"))]
    voted = vote_tags([*usual, *odd], [*said, ["VERB", "VERB"], ["VERB", "NOUN"]], least=3, share=0.7)
    assert [[word.upos for word in tree.words] for tree in voted[4:]] == [["NOUN", "VERB"], ["_", "_"]]
    assert {word.xpos for tree in voted for word in tree.words} == {"_"}


def test_sentence_ends_are_those_of_the_sentences() -> None:
    sentences = ["قال الوزير إن الوفد وصل.", "عنوان بلا نقطة", "غادر الرئيس العاصمة.", "لم يصدر بيان."]
    for way in WAYS:
        text, ends = make_text(sentences, way)
        assert [len(part) for part in "".join(text.split()).split(".")[:-1]]
        assert ends[-1] == len("".join(text.split()))
        assert ends_by_rules(text) == ends


def test_names_are_read_as_they_were_labelled() -> None:
    names = [("P", 0, 2), ("L", 3, 3), ("O", 5, 6)]
    assert read_labels(labels(8, names)) == names
    assert join(names, [("L", 2, 3), ("O", 7, 7)]) == [*names, ("O", 7, 7)]
    report = measure_names([names, []], [names, [("P", 0, 0)]])
    assert report["P"] == {"precision": 100.0, "recall": 50.0, "f1": 66.7, "low": 0.0, "high": 100.0, "of": 2}
    assert report["O"]["f1"] == 100.0


def test_a_hidden_name_gives_no_letters_away() -> None:
    from diplograph.linking.tokens import Token

    forms = ("قال", "سامي", "عون")
    tokens = [Token(i, form, 6 * i, 6 * i + 4, (i + 1,), i + 1, "X", 0) for i, form in enumerate(forms)]
    seen, hidden = features(tokens), features(tokens, frozenset({1, 2}))
    assert any("سامي" in feature for row in seen for feature in row)
    assert not any("سامي" in feature or "عون" in feature for row in hidden for feature in row)
    assert any("قال" in feature for feature in hidden[1])


def test_annotated_names_are_not_of_articles_with_annotated_events() -> None:
    annotations = read_annotations()
    assert len(annotations) >= 300
    assert len({annotation.article for annotation in annotations}) == len(annotations)
    gold = {path.stem for path in (REPOSITORY / "tests" / "gold").glob("*/gold/*.json")}
    assert not gold & {annotation.article for annotation in annotations}
    for annotation in annotations:
        places = [place for _, *span in annotation.names for place in span]
        assert places == sorted(places)
        assert all(annotation.begin <= place <= annotation.end for place in places)


@pytest.mark.skipif(not SHARED.exists(), reason="the articles are in ../shared")
def test_annotated_names_are_words_of_the_articles() -> None:
    annotations = read_annotations()
    articles = read_articles(SHARED / "articles" / "corpus.jsonl.gz", (each.article for each in annotations))
    for annotation in annotations:
        text = articles[annotation.article]
        for _, begin, end in annotation.names:
            assert text[begin:end] == text[begin:end].strip() != ""
            assert not text[end : end + 1].isalpha()


@pytest.mark.parametrize("trial", sorted((HERE / "trials").glob("*.toml")), ids=lambda path: path.stem)
def test_a_trial_changes_settings_that_there_are(trial: Path, tmp_path: Path) -> None:
    settings, changed = read_settings(HERE / "settings.toml"), read_settings(trial)
    assert changed
    for name, values in changed.items():
        assert set(values) <= set(settings[name])
    assert trial.read_text(encoding="utf-8").startswith("# ")
    places = Places(tmp_path / "shared", tmp_path / "work", tmp_path / "before", trial.stem)
    steps = list_steps(places, trial)
    assert {"tokenizer", "tagger", "parser"} & {step.name for step in steps} == set(changed) - {"copies"}
    made = {path for step in steps for path in step.makes if step.name in {"tokenizer", "tagger", "parser"}}
    assert all(path.parent == tmp_path / "work" / "trials" / trial.stem for path in made)


def test_the_recipe_needs_only_what_an_earlier_step_makes(tmp_path: Path) -> None:
    places = Places(tmp_path / "shared", tmp_path / "work", tmp_path / "before")
    made: set[Path] = set()
    for step in list_steps(places):
        for path in step.needs:
            assert path in made or not path.is_relative_to(places.work), f"{step.name} needs {path}"
        made |= set(step.makes)
    assert places.work / "finished" / "CARD.md" in made


def test_a_stopped_training_goes_on_from_its_checkpoint(tmp_path: Path) -> None:
    import torch

    class Trainer:
        """A model of one weight; stops once at ``fault``."""

        def __init__(self, fault: int) -> None:
            self.model = torch.nn.Linear(1, 1)
            self.model.unsaved_modules = []  # type: ignore[assignment]
            self.optimizer = torch.optim.Adam(self.model.parameters())
            self.fault = fault
            self.seen: list[float] = []

        def update(self, batch: float) -> float:
            if len(self.seen) == self.fault:
                raise KeyboardInterrupt
            self.seen.append(self.optimizer.param_groups[0]["lr"])
            self.optimizer.zero_grad()
            loss = (self.model(torch.tensor([[batch]])) ** 2).sum()
            loss.backward()  # type: ignore[no-untyped-call]
            self.optimizer.step()
            return loss.item()

        def save(self, path: str) -> None:
            torch.save(self.model.state_dict(), path)

    settings = FitSettings(steps=12, rate=0.1, options=(), score_every=4, checkpoint_minutes=0, average=0.9)
    output = tmp_path / "model.pt"
    scored: list[float] = []

    def run(trainer: Trainer) -> float:
        def score() -> float:
            scored.append(sum(weight.item() for weight in trainer.model.parameters()))
            return 0.5 + len(scored) / 100

        batches = iter([1.0] * 100)
        return run_steps(trainer, {"all": trainer.optimizer}, batches, score, output, settings)

    stopped, resumed = Trainer(fault=7), Trainer(fault=-1)
    with pytest.raises(KeyboardInterrupt):
        run(stopped)
    assert run(resumed) == 0.5 + len(scored) / 100
    assert len(stopped.seen) + len(resumed.seen) == settings.steps
    assert resumed.seen[0] > stopped.seen[-1], "the rate goes on rising where it was"
    assert not output.with_suffix(".checkpoint").exists()
    saved = sum(weight.item() for weight in torch.load(output, weights_only=True).values())
    assert saved == pytest.approx(scored[-1]), "what was scored is saved"
    last = sum(weight.item() for weight in resumed.model.parameters())
    assert abs(saved) > abs(last), "the average lags behind the weights on their way to 0"


def test_frequent_vectors_are_the_first_ones(tmp_path: Path) -> None:
    import torch
    from stanza.models.common.pretrain import Pretrain, PretrainedWordVocab

    words = ["a", "b", "c", "d"]
    rows = torch.arange(16.0).reshape(8, 2)
    vectors = {"vocab": PretrainedWordVocab(words).state_dict(), "emb": rows}
    torch.save(vectors, tmp_path / "all.pt", _use_new_zipfile_serialization=False)
    cut_vectors(tmp_path / "all.pt", 2, tmp_path / "cut.pt")
    cut = Pretrain(str(tmp_path / "cut.pt"))
    assert "b" in cut.vocab and "c" not in cut.vocab
    assert cut.emb[cut.vocab.unit2id("b")].tolist() == rows[5].tolist()


def test_assembled_models_are_models_that_the_package_takes(tmp_path: Path) -> None:
    import torch

    from diplograph.parsing import StanzaParser

    before = REPOSITORY / "builder" / "models"
    parts = {name: before / "ar" / name / "compact.pt" for name in PROCESSORS}
    size = assemble(parts, tmp_path / "halved")
    double = assemble(parts, tmp_path / "whole", halve=False)
    assert size <= double < 60e6
    state = torch.load(tmp_path / "halved/ar/pos/compact.pt", weights_only=True)
    assert {weight.dtype for weight in state["model"].values() if weight.is_floating_point()} == {
        torch.float16
    }
    identity = StanzaParser(tmp_path / "halved").identity
    assert identity.name == "stanza/ar/halved"
