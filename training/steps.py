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
    assemble,
    card,
    charlm,
    conllu,
    corpus,
    endings,
    evaluation,
    evidence,
    fitting,
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
SENTENCES = HERE / "trees" / "sentences.txt"
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
        return [*(step for step in steps if step.name in wanted), *_trial_steps(places, settings, changed)]
    return [*steps, *_final_steps(places, settings)]


def _trial_steps(places: Places, settings: dict[str, Any], changed: dict[str, Any]) -> list[Step]:
    """What the models of a trial weigh and how fast they are, where they have more inputs."""
    if "charlm" not in changed.get("tagger", {}).get("inputs", ()):
        return []
    before = {name: places.before / "ar" / name / "compact.pt" for name in assemble.PROCESSORS}
    added = {"pretrain": places.made("vectors", "words.pt")}
    added |= {f"{name}_charlm": places.made("charlm", f"{name}.pt") for name in ("forward", "backward")}
    parts = before | added | {"pos": places.models / "pos.pt"}
    folder, output = places.models / "assembled", places.models / "speed.json"
    run = functools.partial(evaluation.evaluate_trial, parts, places.shared, folder, output)
    return [Step("speed", tuple(parts.values()), (output,), {}, run)]


def read_settings(path: Path) -> dict[str, Any]:
    """A file of settings, or of what a trial changes in them."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


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
    conllu.write_trees(tags.cross_tag(trees, versions[: numbers["parser"]]), data / "parser.conllu")
    dev = conllu.read_trees(places.trees("dev"))
    conllu.write_trees(dev, data / "dev.conllu")
    conllu.write_trees(tags.tag_with_models(dev, places.before), data / "dev-tagged.conllu")
    particles.write_examples(seen, data / "particles.json")
    particles.write_examples(dev, data / "particles-dev.json", least=1)


def _model_steps(places: Places, settings: dict[str, Any], *, own: bool) -> list[Step]:
    data, models = _data_folder(places, own), places.models
    pretrained = places.made("vectors", "words.pt")
    words_only, lemma = (models / f"{name}.pt" for name in ("lemma-words", "lemma"))
    examples = (data / "particles.json", data / "particles-dev.json")
    start = _starts(places, settings["lemmatizer"]).get("lemmatizer")
    needed = (data / "lemmatizer.conllu", data / "dev.conllu", *((start,) if start else ()))
    return [
        *([_tagger_step(places, settings, data)] if settings["tagger"]["steps"] else ()),
        Step(
            "lemmatizer",
            needed,
            (words_only,),
            settings["lemmatizer"],
            lambda: _make_lemmatizer(data, words_only, start, settings["lemmatizer"]["options"]),
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
    if "charlm" in chosen["inputs"]:
        files.extend(both)
        options += ["--charlm", "--charlm_shorthand", "articles"]
        options += [f"--charlm_{path.stem}_file={path}" for path in both]
    return tuple(files), options


def _tagger_step(places: Places, settings: dict[str, Any], data: Path) -> Step:
    chosen = settings["tagger"]
    trees = [data / "tagger.conllu", *([data / "tagger-own.conllu"] if settings["copies"]["own"] else ())]
    start = _starts(places, chosen).get("tagger")
    files, options = _inputs(places, chosen)
    fit = fitting.FitSettings(chosen["steps"], chosen["rate"], tuple(options), start=start)
    dev, output = data / "dev.conllu", places.models / "pos.pt"
    needs = (*trees, dev, *files, *((start,) if start else ()))
    run = functools.partial(fitting.fit_tagger, trees, dev, output, fit)
    return Step("tagger", needs, (output,), chosen, run)


def _parser_step(places: Places, settings: dict[str, Any], data: Path) -> Step:
    chosen = settings["parser"]
    trees = [data / "parser.conllu", *([_agreed(places)] if "agreed" in chosen["inputs"] else ())]
    start = _starts(places, chosen).get("parser")
    files, options = _inputs(places, chosen)
    fit = fitting.FitSettings(chosen["steps"], chosen["rate"], tuple(options), start=start)
    dev, output = data / "dev-tagged.conllu", places.models / "depparse.pt"
    needs = (*trees, dev, *files, *((start,) if start else ()))
    run = functools.partial(fitting.fit_parser, trees, dev, output, fit)
    return Step("parser", needs, (output,), chosen, run)


def _agreed(places: Places) -> Path:
    return places.made("agreed", "agreed.conllu")


def _agreed_steps(places: Places, settings: dict[str, Any]) -> list[Step]:
    """Sentences of articles parsed by the parser there was before, the recipe's and that of the trial "alone"."""
    if "agreed" not in settings["parser"]["inputs"]:
        return []
    chosen = agreed.AgreementSettings(**settings["agreed"])
    corpus_file, tagged = places.shared / "articles/corpus.jsonl.gz", places.made("agreed", "tagged.conllu")
    pretrained = places.made("vectors", "words.pt")
    parsers = (
        (places.before / "ar/depparse/compact.pt", None),
        (places.made("models", "depparse.pt"), pretrained),
        (places.made("trials", "alone", "depparse.pt"), pretrained),
    )
    annotated = names.GOLD_IDS
    return [
        Step(
            "agreed-tagged",
            (corpus_file,),
            (tagged,),
            settings["agreed"],
            lambda: agreed.tag_sentences(
                agreed.draw_sentences(corpus_file, chosen, annotated), places.before, tagged
            ),
        ),
        Step(
            "agreed",
            (tagged, pretrained, *(parser for parser, _ in parsers)),
            (_agreed(places),),
            settings["agreed"],
            lambda: agreed.write_agreed(tagged, parsers, chosen.share, _agreed(places)),
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
    before = {name: places.before / "ar" / name / "compact.pt" for name in assemble.PROCESSORS}
    pretrained = places.made("vectors", "words.pt")
    parts = {
        "tokenize": _made_or_kept(places, "tokenize", settings["tokenizer"]),
        "pos": _made_or_kept(places, "pos", settings["tagger"]),
        "pretrain": pretrained,
        **{name: models / f"{name}.pt" for name in ("mwt", "lemma", "depparse")},
    }
    if any("charlm" in settings[name]["inputs"] for name in ("tagger", "parser")):
        parts |= {f"{name}_charlm": places.made("charlm", f"{name}.pt") for name in ("forward", "backward")}
    expanded = before | {"mwt": parts["mwt"]}
    stages = {
        "before": before,
        "expander": expanded,
        "lemmatizer": expanded | {"lemma": parts["lemma"], "pretrain": pretrained},
        "parser": parts,
    }
    listing, report = finished / "resources.json", places.made("evaluation.json")
    measured = [places.made(f"{name}.json") for name in ("stages", "names", "endings", "evidence")]
    trees = (places.trees("dev"), places.trees("test"))
    corpus_file, recognizer = places.shared / "articles/corpus.jsonl.gz", models / "names.crfsuite"
    return [
        Step("assemble", tuple(parts.values()), (listing,), {}, lambda: assemble.assemble(parts, finished)),
        Step(
            "stages",
            (*parts.values(), *before.values(), *trees),
            (measured[0],),
            {},
            lambda: evaluation.evaluate_stages(stages, places.shared, places.made("stages"), measured[0]),
        ),
        Step(
            "names",
            (corpus_file, names.ANNOTATED),
            (recognizer, measured[1]),
            settings["names"],
            lambda: names.make_recognizer(
                corpus_file, places.before, recognizer, measured[1], **settings["names"]
            ),
        ),
        Step(
            "endings",
            (SENTENCES, before["tokenize"]),
            (measured[2],),
            {},
            lambda: endings.write_scores(places.before, SENTENCES, measured[2]),
        ),
        Step(
            "evidence",
            (recognizer,),
            (measured[3],),
            {},
            lambda: evidence.write_evidence(recognizer, measured[3]),
        ),
        Step(
            "card",
            (listing, *trees, *measured),
            (report, finished / "CARD.md"),
            {},
            lambda: card.write_card(finished, places, report, measured),
        ),
    ]
