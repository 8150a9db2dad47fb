"""The recipe: from trees and articles to models and their card, step by step."""

from __future__ import annotations

import functools
import json
import random
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training import (
    assemble,
    card,
    charlm,
    conllu,
    corpus,
    fitting,
    lemmas,
    particles,
    segmentation,
    spelling,
    tags,
    vectors,
)
from training.plan import Step

HERE = Path(__file__).parent
OWN_TREES = HERE / "trees" / "own.conllu"
SETTINGS = HERE / "settings.toml"
DEFAULT_SHARED = HERE.parents[1] / "shared"


@dataclass(frozen=True, slots=True)
class Places:
    """Where things are: ``shared`` has treebank/ and articles/, ``work`` gets everything that is made, ``before`` are the
    models to start from and to compare with."""

    shared: Path
    work: Path
    before: Path

    def trees(self, part: str) -> Path:
        return self.shared / "treebank" / f"ar_compact-ud-{part}.conllu"

    def made(self, *parts: str) -> Path:
        return self.work.joinpath(*parts)


def list_steps(places: Places, settings_file: Path = SETTINGS) -> list[Step]:
    """All steps, in the order in which they are to run."""
    settings: dict[str, Any] = tomllib.loads(settings_file.read_text(encoding="utf-8"))
    return [
        *_text_steps(places, settings),
        *_data_steps(places, settings["copies"]),
        *_model_steps(places, settings),
        *_final_steps(places, settings),
    ]


def _text_steps(places: Places, settings: dict[str, Any]) -> list[Step]:
    articles = tuple(places.shared / "articles" / f"{name}.jsonl.gz" for name in ("corpus", "background"))
    text = places.made("text")
    text.mkdir(parents=True, exist_ok=True)
    sentences, splits, words = text / "sentences.txt", text / "splits.json", text / "words.txt"
    silver = text / "silver.conllu"
    pretrained = places.made("vectors", "words.pt")
    trees = [places.trees("train"), places.trees("train-pud"), OWN_TREES]
    expander = places.before / "ar/mwt/compact.pt"
    mwt = places.made("models", "mwt.pt")
    chosen = settings["tokenizer"]
    return [
        Step(
            "sentences", articles, (sentences,), {}, lambda: corpus.write_sentences(list(articles), sentences)
        ),
        Step(
            "splits",
            (sentences, *trees),
            (splits, silver),
            {"silver": chosen["silver"], "sure": segmentation.SURE},
            lambda: _write_splits(sentences, trees, splits, silver, chosen["silver"]),
        ),
        *_tokenizer_step(places, settings["tokenizer"], [*trees, silver]),
        Step(
            "expander",
            (expander, splits, *trees),
            (mwt,),
            {},
            lambda: segmentation.widen_expander(expander, _read_splits(splits), trees, mwt),
        ),
        Step(
            "words",
            (sentences, splits),
            (words,),
            {},
            lambda: corpus.split_sentences(sentences, _read_splits(splits), words),
        ),
        Step(
            "vectors",
            (words,),
            (pretrained,),
            settings["vectors"],
            lambda: vectors.train_vectors(words, pretrained, vectors.VectorSettings(**settings["vectors"])),
        ),
        *(_charlm_step(places, words, direction, settings) for direction in ("forward", "backward")),
    ]


def _tokenizer_step(places: Places, chosen: dict[str, Any], train: list[Path]) -> list[Step]:
    """Training the tokenizer further; no step where it is kept as it was."""
    if not chosen["steps"]:
        return []
    start, dev, output = (
        places.before / "ar/tokenize/compact.pt",
        places.trees("dev"),
        places.made("models", "tokenize.pt"),
    )
    fit = fitting.FitSettings(chosen["steps"], chosen["rate"], (), score_every=50, start=start)
    needs = (*train, dev, start)
    run = functools.partial(segmentation.fit_tokenizer, train, dev, output, fit)
    return [Step("tokenizer", needs, (output,), chosen, run)]


def _made_or_kept(places: Places, name: str, chosen: dict[str, Any]) -> Path:
    """The trained model, or the one there was before where training it is set to no steps."""
    return (
        places.made("models", f"{name}.pt") if chosen["steps"] else places.before / "ar" / name / "compact.pt"
    )


def _write_splits(sentences: Path, trees: list[Path], splits: Path, silver: Path, number: int) -> None:
    decided = segmentation.decide_splits(corpus.count_tokens(sentences), trees)
    splits.write_text(json.dumps(decided, ensure_ascii=False), encoding="utf-8")
    segmentation.write_silver(sentences, decided, silver, number=number)


def _read_splits(path: Path) -> dict[str, list[str]]:
    splits: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    return splits


def _charlm_step(places: Places, words: Path, direction: str, settings: dict[str, Any]) -> Step:
    chosen = settings["charlm"]
    given = charlm.CharlmSettings(
        characters=chosen[f"{direction}_characters"], hidden=chosen["hidden"], rate=chosen["rate"]
    )
    directory = places.made("charlm")
    return Step(
        f"charlm-{direction}",
        (words,),
        (directory / f"{direction}.pt",),
        {"settings": repr(given)},
        lambda: charlm.train_charlm(words, directory, direction, given),
    )


def _data_steps(places: Places, copies: dict[str, int]) -> list[Step]:
    train, pud, dev = places.trees("train"), places.trees("train-pud"), places.trees("dev")
    data = places.made("data")
    made = tuple(
        data / f"{name}.conllu"
        for name in ("tagger", "tagger-own", "parser", "lemmatizer", "dev", "dev-tagged")
    )
    return [
        Step("data", (train, pud, dev, OWN_TREES), made, copies, lambda: _write_data(places, copies, data)),
    ]


def _write_data(places: Places, copies: dict[str, int], data: Path) -> None:
    """Training files of tagger, lemmatizer and parser; the parser's have tags as a tagger gives them."""
    padt, own = conllu.read_trees(places.trees("train")), conllu.read_trees(OWN_TREES)
    trees = padt + own
    names = spelling.collect_names(trees)
    rng = random.Random(1)
    versions = [[spelling.vary(tree, names, rng) for tree in trees] for _ in range(max(copies.values()))]

    def of(kind: str, tree: conllu.Tree) -> bool:
        return tree.name.startswith("own-") == (kind == "own")

    for kind, name in (("padt", "tagger"), ("own", "tagger-own")):
        wanted = [t for version in (trees, *versions[: copies["tagger"]]) for t in version if of(kind, t)]
        conllu.write_trees(wanted, data / f"{name}.conllu")
    pud = conllu.read_trees(places.trees("train-pud"))
    seen = [tree for version in (trees, *versions[: copies["lemmatizer"]]) for tree in version]
    conllu.write_trees(lemmas.lemma_trees(seen, pud), data / "lemmatizer.conllu")
    conllu.write_trees(tags.cross_tag(trees, versions[: copies["parser"]]), data / "parser.conllu")
    dev = conllu.read_trees(places.trees("dev"))
    conllu.write_trees(dev, data / "dev.conllu")
    conllu.write_trees(tags.tag_with_models(dev, places.before), data / "dev-tagged.conllu")
    particles.write_examples(seen, data / "particles.json")
    particles.write_examples(dev, data / "particles-dev.json", least=1)


def _model_steps(places: Places, settings: dict[str, Any]) -> list[Step]:
    data, models = places.made("data"), places.made("models")
    both = (places.made("charlm", "forward.pt"), places.made("charlm", "backward.pt"))
    pretrained = places.made("vectors", "words.pt")
    options = {
        "vectors": ["--wordvec_pretrain_file", str(pretrained)],
        "charlm": ["--charlm", "--charlm_shorthand", "articles"]
        + [f"--charlm_{path.stem}_file={path}" for path in both],
    }
    files = {
        "vectors": (pretrained,),
        "charlm": both,
        "start": (places.before / "ar/depparse/compact.pt",),
    }

    starts = {"tagger": "pos", "lemmatizer": "lemma", "parser": "depparse"}

    def start(name: str) -> Path | None:
        wanted = "start" in settings[name]["inputs"]
        return places.before / "ar" / starts[name] / "compact.pt" if wanted else None

    def needs(name: str) -> tuple[Path, ...]:
        from_before = start(name)
        made = tuple(path for given in settings[name]["inputs"] for path in files.get(given, ()))
        return made if from_before is None else (*made, from_before)

    def fit(name: str) -> fitting.FitSettings:
        chosen = settings[name]
        given = [text for each in chosen["inputs"] for text in options.get(each, ())]
        words = (*chosen["options"].split(), *given)
        return fitting.FitSettings(chosen["steps"], chosen["rate"], words, start=start(name))

    tagger_data = (data / "tagger.conllu", data / "tagger-own.conllu")
    tagger = Step(
        "tagger",
        (*tagger_data, data / "dev.conllu", *needs("tagger")),
        (models / "pos.pt",),
        settings["tagger"],
        lambda: fitting.fit_tagger(list(tagger_data), data / "dev.conllu", models / "pos.pt", fit("tagger")),
    )
    dev, dev_tagged = data / "dev.conllu", data / "dev-tagged.conllu"
    words_only, lemma, depparse = (models / f"{name}.pt" for name in ("lemma-words", "lemma", "depparse"))
    particle = models / "particles.pt"
    examples = (data / "particles.json", data / "particles-dev.json")
    return [
        *([tagger] if settings["tagger"]["steps"] else ()),
        Step(
            "lemmatizer",
            (data / "lemmatizer.conllu", dev, *needs("lemmatizer")),
            (words_only,),
            settings["lemmatizer"],
            lambda: _make_lemmatizer(
                data, words_only, start("lemmatizer"), settings["lemmatizer"]["options"]
            ),
        ),
        Step(
            "particles",
            (*examples, pretrained, words_only),
            (lemma,),
            settings["particles"],
            lambda: _train_particles(
                examples, pretrained, particle, words_only, lemma, settings["particles"]
            ),
        ),
        Step(
            "parser",
            (data / "parser.conllu", dev_tagged, *needs("parser")),
            (depparse,),
            settings["parser"],
            lambda: fitting.fit_parser(data / "parser.conllu", dev_tagged, depparse, fit("parser")),
        ),
    ]


def _train_particles(
    examples: tuple[Path, Path],
    pretrained: Path,
    made: Path,
    lemmatizer: Path,
    output: Path,
    chosen: dict[str, Any],
) -> None:
    particles.train_classifier(*examples, pretrained, made, particles.ParticleSettings(**chosen))
    particles.attach(lemmatizer, made, output)


def _make_lemmatizer(data: Path, output: Path, start: Path | None, options: str) -> None:
    """The one there was before with a larger dictionary, or a new one by Stanza's own trainer."""
    if start is not None:
        lemmas.widen_lemmatizer(start, conllu.read_trees(data / "lemmatizer.conllu"), output)
        return
    files = {"--train_file": data / "lemmatizer.conllu", "--eval_file": data / "dev.conllu"}
    files |= {
        "--output_file": data / "lemmatizer.dev",
        "--save_dir": output.parent,
        "--save_name": Path(output.name),
    }
    command = [sys.executable, "-m", "stanza.models.lemmatizer", "--mode", "train", "--cpu"]
    command += ["--shorthand", "ar_compact", *options.split()]
    command += [text for name, path in files.items() for text in (name, str(path))]
    subprocess.run(command, check=True)


def _final_steps(places: Places, settings: dict[str, Any]) -> list[Step]:
    models, finished = places.made("models"), places.made("finished")
    parts = {
        "tokenize": _made_or_kept(places, "tokenize", settings["tokenizer"]),
        "pos": _made_or_kept(places, "pos", settings["tagger"]),
        "pretrain": places.made("vectors", "words.pt"),
        **{name: models / f"{name}.pt" for name in ("mwt", "lemma", "depparse")},
    }
    if any("charlm" in settings[name]["inputs"] for name in ("tagger", "parser")):
        parts |= {f"{name}_charlm": places.made("charlm", f"{name}.pt") for name in ("forward", "backward")}
    listing, report = finished / "resources.json", places.made("evaluation.json")
    return [
        Step("assemble", tuple(parts.values()), (listing,), {}, lambda: assemble.assemble(parts, finished)),
        Step(
            "card",
            (listing, places.trees("dev"), places.trees("test")),
            (report, finished / "CARD.md"),
            {},
            lambda: card.write_card(finished, places.before, places.shared, report),
        ),
    ]
