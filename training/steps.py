"""The recipe: from trees and articles to models and their card, step by step."""

from __future__ import annotations

import functools
import json
import random
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

from training import (
    agreed,
    charlm,
    conllu,
    corpus,
    dictionary,
    fitting,
    last,
    lemmas,
    names,
    particles,
    segmentation,
    spelling,
    tags,
    vectors,
)
from training.places import OWN_TREES, Places
from training.plan import Step

HERE = Path(__file__).parent
SETTINGS = HERE / "settings.toml"
DEFAULT_SHARED = HERE.parents[1] / "shared"


def list_steps(places: Places, trial: Path | None = None) -> list[Step]:
    """All steps, in the order in which they are to run; of a trial those that its settings concern, for the rest of
    which the steps of the recipe itself must have been done."""
    settings = read_settings(SETTINGS)
    changed = read_settings(trial) if trial else {}
    for name, values in changed.items():
        settings[name] = settings[name] | values
    steps = [
        *_text_steps(places, settings),
        *_data_steps(places, settings["copies"], own="copies" in changed),
        *_model_steps(places, settings, own="copies" in changed),
    ]
    if trial:
        wanted = {"tokenizer", "tagger", "parser"} & set(changed)
        wanted |= {"data"} if "copies" in changed else set()
        wanted |= {step.name for step in steps if step.name.startswith(("charlm", "agreed"))}
        return [
            *(step for step in steps if step.name in wanted),
            *last.trial_steps(places, settings, changed),
        ]
    return [*steps, *last.final_steps(places, settings)]


def read_settings(path: Path) -> dict[str, Any]:
    """A file of settings, or of what a trial changes in them."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _text_steps(places: Places, settings: dict[str, Any]) -> list[Step]:
    articles = tuple(places.shared / "articles" / f"{name}.jsonl.gz" for name in ("corpus", "background"))
    text = places.made("text")
    text.mkdir(parents=True, exist_ok=True)
    sentences, splits, words = text / "sentences.txt", text / "splits.json", text / "words.txt"
    silver = text / "silver.conllu"
    pretrained, frequent = (places.made("vectors", f"{name}.pt") for name in ("words", "frequent"))
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
        Step(
            "frequent",
            (pretrained,),
            (frequent,),
            {"words": settings["particles"]["words"]},
            lambda: vectors.cut_vectors(pretrained, settings["particles"]["words"], frequent),
        ),
        Step(
            "dictionary",
            (words,),
            (places.readings,),
            settings["dictionary"],
            lambda: dictionary.write_vectors(words, places.readings, **settings["dictionary"]),
        ),
        *(
            _charlm_step(places, words, direction, settings)
            for direction in ("forward", "backward")
            if any("charlm" in settings[name]["inputs"] for name in ("tagger", "parser"))
        ),
    ]


def _tokenizer_step(places: Places, chosen: dict[str, Any], train: list[Path]) -> list[Step]:
    """Training the tokenizer further; no step where it is kept as it was."""
    if not chosen["steps"]:
        return []
    start, dev, output = (
        places.before / "ar/tokenize/compact.pt",
        places.trees("dev"),
        places.models / "tokenize.pt",
    )
    fit = fitting.FitSettings(chosen["steps"], chosen["rate"], (), score_every=50, start=start)
    needs = (*train, dev, start)
    run = functools.partial(segmentation.fit_tokenizer, train, dev, output, fit)
    return [Step("tokenizer", needs, (output,), chosen, run)]


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


def _data_steps(places: Places, copies: dict[str, Any], *, own: bool) -> list[Step]:
    """``own``: the trial has training files of its own."""
    train, pud, dev = places.trees("train"), places.trees("train-pud"), places.trees("dev")
    data = _data_folder(places, own)
    names = ("tagger", "tagger-own", "parser", "lemmatizer", "dev", "dev-tagged")
    examples = (data / "particles.json", data / "particles-dev.json")
    made = (*(data / f"{name}.conllu" for name in names), *examples)
    return [
        Step("data", (train, pud, dev, OWN_TREES), made, copies, lambda: _write_data(places, copies, data)),
    ]


def _data_folder(places: Places, own: bool) -> Path:
    return places.models / "data" if own and places.trial else places.made("data")


def _write_data(places: Places, copies: dict[str, Any], data: Path) -> None:
    """Training files of tagger, lemmatizer and parser; the parser's have tags as a tagger gives them."""
    padt = conllu.read_trees(places.trees("train"))
    trees = padt + (conllu.read_trees(OWN_TREES) if copies["own"] else [])
    names = spelling.collect_names(trees)
    rng = random.Random(1)
    numbers = {name: copies[name] for name in ("tagger", "parser", "lemmatizer")}
    versions = [[spelling.vary(tree, names, rng) for tree in trees] for _ in range(max(numbers.values()))]

    def of(kind: str, tree: conllu.Tree) -> bool:
        return tree.name.startswith("own-") == (kind == "own")

    for kind, name in (("padt", "tagger"), ("own", "tagger-own")):
        wanted = [t for version in (trees, *versions[: numbers["tagger"]]) for t in version if of(kind, t)]
        conllu.write_trees(wanted, data / f"{name}.conllu")
    pud = conllu.read_trees(places.trees("train-pud"))
    seen = [tree for version in (trees, *versions[: numbers["lemmatizer"]]) for tree in version]
    conllu.write_trees(lemmas.lemma_trees(seen, pud), data / "lemmatizer.conllu")
    known = dictionary.Dictionary()
    tagged = tags.cross_tag(trees, versions[: numbers["parser"]], known)
    tagged += tags.tag_others(pud, trees, known) if copies["pud"] else []
    conllu.write_trees(tagged, data / "parser.conllu")
    dev = conllu.read_trees(places.trees("dev"))
    conllu.write_trees(dev, data / "dev.conllu")
    conllu.write_trees(tags.tag_with_models(dev, places.before), data / "dev-tagged.conllu")
    particles.write_examples(seen, data / "particles.json")
    particles.write_examples(dev, data / "particles-dev.json", least=1)


def _model_steps(places: Places, settings: dict[str, Any], *, own: bool) -> list[Step]:
    data, models = _data_folder(places, own), places.models
    pretrained = places.looked_up(settings)
    words_only, lemma = (models / f"{name}.pt" for name in ("lemma-words", "lemma"))
    examples = (data / "particles.json", data / "particles-dev.json")
    start = _starts(places, settings["lemmatizer"]).get("lemmatizer")
    words = places.made("text", "words.txt")
    needed = (data / "lemmatizer.conllu", data / "dev.conllu", words, *((start,) if start else ()))
    return [
        *_agreed_tag_steps(places, settings),
        *([_tagger_step(places, settings, data)] if settings["tagger"]["steps"] else ()),
        Step(
            "lemmatizer",
            needed,
            (words_only,),
            settings["lemmatizer"],
            lambda: _make_lemmatizer(data, words, words_only, start, settings["lemmatizer"]),
        ),
        Step(
            "particles",
            (*examples, pretrained, words_only),
            (lemma,),
            settings["particles"],
            lambda: _train_particles(
                examples, pretrained, models / "particles.pt", words_only, lemma, settings["particles"]
            ),
        ),
        *_agreed_steps(places, settings),
        _parser_step(places, settings, data),
    ]


def _starts(places: Places, chosen: dict[str, Any]) -> dict[str, Path]:
    """The models that training goes on from: those there were before, or the recipe's own."""
    inputs, names = chosen["inputs"], {"tagger": "pos", "lemmatizer": "lemma", "parser": "depparse"}
    if "start" in inputs:
        return {name: places.before / "ar" / part / "compact.pt" for name, part in names.items()}
    if "recipe" in inputs:
        return {name: places.made("models", f"{part}.pt") for name, part in names.items()}
    return {}


def _inputs(places: Places, chosen: dict[str, Any]) -> tuple[tuple[Path, ...], list[str]]:
    """The files that a tagger or parser gets beside its trees, and Stanza's options for them."""
    both = (places.made("charlm", "forward.pt"), places.made("charlm", "backward.pt"))
    pretrained = places.made("vectors", "words.pt")
    files: list[Path] = []
    options = chosen["options"].split()
    if "vectors" in chosen["inputs"]:
        files.append(pretrained)
        options += ["--wordvec_pretrain_file", str(pretrained)]
    if "dictionary" in chosen["inputs"]:
        files.append(places.readings)
        options += ["--wordvec_pretrain_file", str(places.readings)]
    if "charlm" in chosen["inputs"]:
        files.extend(both)
        options += ["--charlm", "--charlm_shorthand", "articles"]
        options += [f"--charlm_{path.stem}_file={path}" for path in both]
    return tuple(files), options


def _fit(chosen: dict[str, Any], options: list[str], start: Path | None) -> fitting.FitSettings:
    return fitting.FitSettings(
        chosen["steps"], chosen["rate"], tuple(options), start=start, average=chosen["average"]
    )


def _tagger_step(places: Places, settings: dict[str, Any], data: Path) -> Step:
    chosen = settings["tagger"]
    trees = [data / "tagger.conllu", *([data / "tagger-own.conllu"] if settings["copies"]["own"] else ())]
    trees += [_agreed(places, "tags")] if "agreed" in chosen["inputs"] else []
    start = _starts(places, chosen).get("tagger")
    files, options = _inputs(places, chosen)
    fit = _fit(chosen, options, start)
    dev, output = data / "dev.conllu", places.models / "pos.pt"
    needs = (*trees, dev, *files, *((start,) if start else ()))
    run = functools.partial(fitting.fit_tagger, trees, dev, output, fit)
    return Step("tagger", needs, (output,), chosen, run)


def _parser_step(places: Places, settings: dict[str, Any], data: Path) -> Step:
    chosen = settings["parser"]
    trees = [data / "parser.conllu", *([_agreed(places, "agreed")] if "agreed" in chosen["inputs"] else ())]
    start = _starts(places, chosen).get("parser")
    files, options = _inputs(places, chosen)
    fit = _fit(chosen, options, start)
    dev, output = data / "dev-tagged.conllu", places.models / "depparse.pt"
    needs = (*trees, dev, *files, *((start,) if start else ()))
    run = functools.partial(fitting.fit_parser, trees, dev, output, fit)
    return Step("parser", needs, (output,), chosen, run)


def _agreed(places: Places, name: str) -> Path:
    return places.made("agreed", f"{name}.conllu")


def _agreed_tagged_step(places: Places, settings: dict[str, Any]) -> Step:
    """Sentences of articles, but for annotated ones, as the models there were before read them."""
    chosen = agreed.AgreementSettings(**settings["agreed"])
    corpus_file, tagged = places.shared / "articles/corpus.jsonl.gz", _agreed(places, "tagged")

    def tag() -> None:
        drawn = agreed.draw_sentences(corpus_file, chosen, names.GOLD_IDS)
        agreed.tag_sentences(drawn, places.before, tagged)

    return Step("agreed-tagged", (corpus_file,), (tagged,), settings["agreed"], tag)


def _agreed_tag_steps(places: Places, settings: dict[str, Any]) -> list[Step]:
    """Words of articles on whose tag the tagger there was before and a CRF agree."""
    if "agreed" not in settings["tagger"]["inputs"]:
        return []
    tagged, output, train = (
        _agreed(places, "tagged"),
        _agreed(places, "tags"),
        [places.trees("train"), OWN_TREES],
    )
    run = functools.partial(agreed.write_agreed_tags, tagged, train, output)
    return [
        _agreed_tagged_step(places, settings),
        Step("agreed-tags", (tagged, *train), (output,), {}, run),
    ]


def _agreed_steps(places: Places, settings: dict[str, Any]) -> list[Step]:
    """Sentences of articles parsed by the parser there was before, the recipe's and that of the trial "alone"."""
    if "agreed" not in settings["parser"]["inputs"]:
        return []
    tagged, output, pretrained = (
        _agreed(places, "tagged"),
        _agreed(places, "agreed"),
        places.made("vectors", "words.pt"),
    )
    own = pretrained if "vectors" in read_settings(SETTINGS)["parser"]["inputs"] else None
    parsers = (
        (places.before / "ar/depparse/compact.pt", None),
        (places.made("models", "depparse.pt"), own),
        (places.made("trials", "alone", "depparse.pt"), pretrained),
    )
    share = settings["agreed"]["share"]
    run = functools.partial(agreed.write_agreed, tagged, parsers, share, output)
    needs = (tagged, pretrained, *(parser for parser, _ in parsers))
    return [
        _agreed_tagged_step(places, settings),
        Step("agreed", needs, (output,), settings["agreed"], run),
    ]


def _train_particles(
    examples: tuple[Path, Path],
    pretrained: Path,
    made: Path,
    lemmatizer: Path,
    output: Path,
    chosen: dict[str, Any],
) -> None:
    fit = particles.ParticleSettings(chosen["hidden"], chosen["epochs"], rate=chosen["rate"])
    particles.train_classifier(*examples, pretrained, made, fit)
    particles.attach(lemmatizer, made, output)


def _make_lemmatizer(
    data: Path, words: Path, output: Path, start: Path | None, chosen: dict[str, Any]
) -> int:
    """The one there was before, or a new one by Stanza's own trainer, with a larger dictionary."""
    if start is None:
        start = output.with_name("lemma-trained.pt")
        _train_lemmatizer(data, start, chosen["options"])
    trees = conllu.read_trees(data / "lemmatizer.conllu")
    known = dictionary.Dictionary() if "dictionary" in chosen["inputs"] else None
    return lemmas.widen_lemmatizer(start, trees, words, output, frequent=chosen["frequent"], dictionary=known)


def _train_lemmatizer(data: Path, output: Path, options: str) -> None:
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
