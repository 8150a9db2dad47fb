"""The last steps of the recipe: models put together, what is measured of them, and their card."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from training import assemble, card, endings, evaluation, events, evidence, names
from training.places import SENTENCES, Places
from training.plan import Step


def final_steps(places: Places, settings: dict[str, Any]) -> list[Step]:
    """What is done once the models are trained."""
    models, finished = places.made("models"), places.made("finished")
    before = {name: places.before / "ar" / name / "compact.pt" for name in assemble.PROCESSORS}
    pretrained = places.looked_up(settings)
    parts = {
        "tokenize": _made_or_kept(places, "tokenize", settings["tokenizer"]),
        "pos": _made_or_kept(places, "pos", settings["tagger"]),
        "pretrain": pretrained,
        **{name: models / f"{name}.pt" for name in ("mwt", "lemma", "depparse")},
    }
    if "dictionary" in settings["tagger"]["inputs"]:
        parts[assemble.DICTIONARY] = places.readings
    if any("charlm" in settings[name]["inputs"] for name in ("tagger", "parser")):
        parts |= {f"{name}_charlm": places.made("charlm", f"{name}.pt") for name in ("forward", "backward")}
    expanded = before | {"mwt": parts["mwt"]}
    stages = {
        "before": before,
        "expander": expanded,
        "lemmatizer": expanded | {"lemma": parts["lemma"], "pretrain": pretrained},
        **({"tagger": parts | {"depparse": before["depparse"]}} if settings["tagger"]["steps"] else {}),
        "parser": parts,
    }
    listing, report = finished / "resources.json", places.made("evaluation.json")
    measured = [places.made(f"{name}.json") for name in ("stages", "names", "endings", "evidence", "speed")]
    trees = (places.trees("dev"), places.trees("test"))
    program = {"program": events.program_state().hex()}
    corpus_file, recognizer = places.shared / "articles/corpus.jsonl.gz", models / "names.crfsuite"
    return [
        Step("assemble", tuple(parts.values()), (listing,), {}, lambda: assemble.assemble(parts, finished)),
        Step(
            "stages",
            (*parts.values(), *before.values(), *trees),
            (measured[0],),
            program,
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
            program,
            lambda: evidence.write_evidence(recognizer, measured[3]),
        ),
        Step(
            "speed",
            (listing, *parts.values(), *before.values()),
            (measured[4],),
            {},
            lambda: evaluation.write_speeds(
                {"before": places.before, "now": finished}, places.shared, measured[4]
            ),
        ),
        Step(
            "card",
            (listing, *trees, *measured),
            (report, finished / "CARD.md"),
            program,
            lambda: card.write_card(finished, places, report, measured),
        ),
    ]


def _made_or_kept(places: Places, name: str, chosen: dict[str, Any]) -> Path:
    """The trained model, or the one there was before where training it is set to no steps."""
    return (
        places.made("models", f"{name}.pt") if chosen["steps"] else places.before / "ar" / name / "compact.pt"
    )


def trial_steps(places: Places, settings: dict[str, Any], changed: dict[str, Any]) -> list[Step]:
    """What the models of a trial weigh, how fast they are and how well they tag raw text, where it has a tagger."""
    if "tagger" not in changed:
        return []
    inputs = settings["tagger"]["inputs"]
    parts = {name: places.before / "ar" / name / "compact.pt" for name in assemble.PROCESSORS}
    parts |= {"pos": places.models / "pos.pt"}
    parts |= {"pretrain": places.made("vectors", "words.pt")} if "vectors" in inputs else {}
    parts |= {assemble.DICTIONARY: places.readings} if "dictionary" in inputs else {}
    if "charlm" in inputs:
        parts |= {f"{name}_charlm": places.made("charlm", f"{name}.pt") for name in ("forward", "backward")}
    folder, output = places.models / "assembled", places.models / "speed.json"
    run = functools.partial(evaluation.evaluate_trial, parts, places.shared, folder, output)
    return [Step("speed", tuple(parts.values()), (output,), {}, run)]
