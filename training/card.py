"""The card of the models: written by the evaluation, so that no figure in it was typed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from training import events
from training.evaluate import METRICS, measure_speed, score_raw_text, score_right_words

CONVENTIONS = Path(__file__).with_name("conventions.md")
TEXT = """# Arabic models of diplograph

Stanza models (`ar`, package `compact`), made by `python -m training` from the trees and articles named below. This card
was written by its last step.

## Scores

F1 in per cent by the scorer of the CoNLL 2018 shared task, beside those of the models that were there before. The test
split is the one that came with the treebank; nothing was chosen by it.

{scores}

By processor: what is lost on right words is the processor's own loss; the rest is that of those before it.

## Events

The graph of annotated articles, built with these models, by `score.py` (F1, or share of right values, in per cent).
Frames and rules were written looking at these articles.

{events}

## Size and speed

{sizes}

{speed}

CPU seconds of one thread, {articles} development articles, measured in one run one after the other.

{conventions}
## Licences

Trees: Universal Dependencies Arabic PADT (CC BY-NC-SA 3.0), in tagger, lemmatizer, parser, tokenizer and expander, which
are therefore non-commercial and share-alike; Arabic PUD (CC BY-SA 3.0) in tokenizer, expander and lemmatizer; trees of
this project's own sentences in tagger, lemmatizer and parser. Articles: SANAD (CC BY 4.0), in vectors and character
language models. Cite: Hajič et al., PADT 1.0, LINDAT/CLARIN, 2009; UD Arabic PADT and PUD contributors; Einea,
Elnagar, Al Debsi: SANAD, 2019.
"""


def write_card(models: Path, before: Path, shared: Path, report: Path) -> None:
    """Evaluates ``models`` beside those of ``before``; writes ``report`` (JSON) and ``models``/CARD.md."""
    articles = (shared / "articles/dev/articles.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in articles]
    found = {
        name: evaluate(directory, shared, texts) for name, directory in (("before", before), ("now", models))
    }
    report.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    text = TEXT.format(
        scores=_scores(found),
        events=_events(found),
        sizes=_sizes(models),
        speed=_speed(found),
        articles=len(texts),
        conventions=CONVENTIONS.read_text(encoding="utf-8"),
    )
    (models / "CARD.md").write_text(text, encoding="utf-8")


def evaluate(models: Path, shared: Path, texts: list[str]) -> dict[str, Any]:
    """Everything that is measured of a directory of models."""
    trees = {part: shared / "treebank" / f"ar_compact-ud-{part}.conllu" for part in ("dev", "test")}
    return {
        "scores": {
            f"{part}, {kind}": score(models, path)
            for part, path in trees.items()
            for kind, score in (("from raw text", score_raw_text), ("right words", score_right_words))
        },
        "events": {
            name: events.summarise(events.score_events(models, shared / "articles" / name, shared))
            for name in ("seeds", "dev")
        },
        "speed": measure_speed(models, texts),
    }


def _scores(found: dict[str, Any]) -> str:
    rows = ["| | models | " + " | ".join(METRICS) + " |", "|---" * (len(METRICS) + 2) + "|"]
    for condition in found["now"]["scores"]:
        for name, result in found.items():
            values = " | ".join(f"{result['scores'][condition][metric]:.2f}" for metric in METRICS)
            rows.append(f"| {condition} | {name} | {values} |")
    return "\n".join(rows)


def _events(found: dict[str, Any]) -> str:
    rows = ["| articles | measure | before | now |", "|---|---|---|---|"]
    for name, measures in found["now"]["events"].items():
        for measure, value in measures.items():
            rows.append(
                f"| {name} | {measure} | {found['before']['events'][name].get(measure, '–')} | {value} |"
            )
    return "\n".join(rows)


def _sizes(models: Path) -> str:
    sizes = {path.parent.name: path.stat().st_size / 1e6 for path in sorted(models.glob("ar/*/*.pt"))}
    rows = ["| part | MB |", "|---|---|", *(f"| {name} | {size:.1f} |" for name, size in sizes.items())]
    return "\n".join([*rows, f"| together | {sum(sizes.values()):.1f} |"])


def _speed(found: dict[str, Any]) -> str:
    rows = [
        "| models | words per second | seconds to load | memory, MB | share of time |",
        "|---|---|---|---|---|",
    ]
    for name, result in found.items():
        speed = result["speed"]
        share = ", ".join(f"{part} {100 * value:.0f} %" for part, value in speed["share"].items())
        rows.append(
            f"| {name} | {speed['words_per_second']} | {speed['load_seconds']} | {speed['memory_mb']} | {share} |"
        )
    return "\n".join(rows)
