"""How good a directory of models is: Stanza's scorer on held-out trees, sizes, load time and words per second."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from training import events
from training.assemble import assemble
from training.conllu import read_text
from training.models import load_pipeline

log = logging.getLogger(__name__)

HERE = Path(__file__).parents[1]
PROCESSORS = "tokenize,mwt,pos,lemma,depparse"
SINGLE = "in single precision"
METRICS = ("Tokens", "Sentences", "Words", "UPOS", "XPOS", "UFeats", "Lemmas", "UAS", "LAS", "CLAS")


def score_raw_text(models: Path, trees: Path) -> dict[str, float]:
    """F1 in per cent of the whole pipeline on the text of ``trees``, by the scorer of the CoNLL 2018 shared task.

    Stanza's defaults: it splits sentences itself and allows a head one subject (``diplograph build`` does neither).
    """
    document = load_pipeline(models, PROCESSORS)(read_text(trees))
    return _score(document, trees)


def score_right_words(models: Path, trees: Path) -> dict[str, float]:
    """F1 in per cent on the words of the trees: what tags and trees lose by themselves."""
    from stanza.utils.conll import CoNLL

    pipeline = load_pipeline(
        models,
        PROCESSORS.replace("mwt,", ""),
        tokenize_pretokenized=True,
    )
    document = CoNLL.conll2doc(str(trees))
    for sentence in document.sentences:
        sentence._dependencies = []
        for word in sentence.words:
            word.upos = word.xpos = word.feats = word.lemma = word.head = word.deprel = None
    for name in ("pos", "lemma", "depparse"):
        document = pipeline.processors[name].process(document)
    return _score(document, trees)


def evaluate_stages(
    stages: Mapping[str, Mapping[str, Path]], shared: Path, folder: Path, output: Path
) -> None:
    """What each step brings: for every stage (its name, and the parts it has by then) the scores on trees from raw text
    and on the events of seeds and dev; and once more the last, in single precision. What is measured already is kept."""
    last = list(stages)[-1]
    done: dict[str, Any] = json.loads(output.read_text(encoding="utf-8")) if output.is_file() else {}
    for name, halve in (*((name, True) for name in stages), (SINGLE, False)):
        parts = stages.get(name, stages[last])
        state = hashlib.sha256(b"".join(path.read_bytes() for path in parts.values())).hexdigest()
        if done.get(name, {}).get("state") == state:
            continue
        directory = folder / name
        assemble(parts, directory, halve=halve)
        scores = {
            part: score_raw_text(directory, shared / "treebank" / f"ar_compact-ud-{part}.conllu")
            for part in ("dev", "test")
        }
        found = events.score_events(directory, ("seeds", "dev")) if halve else {}
        done[name] = {"state": state, "scores": scores, "events": found}
        output.write_text(json.dumps(done, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        log.info("stage %s: dev LAS %.2f", name, scores["dev"]["LAS"])


def _score(document: Any, trees: Path) -> dict[str, float]:
    from stanza.utils.conll import CoNLL
    from udtools.udeval import evaluate, load_conllu_file  # type: ignore[import-untyped]

    with tempfile.TemporaryDirectory() as directory:
        found = Path(directory) / "found.conllu"
        CoNLL.write_doc2conll(document, str(found))
        scores = evaluate(load_conllu_file(str(trees)), load_conllu_file(str(found)))
    return {name: round(100 * scores[name].f1, 2) for name in METRICS}


def evaluate_trial(parts: Mapping[str, Path], shared: Path, folder: Path, output: Path) -> None:
    """Scores of the development trees from raw text, size and speed of models with a part of a trial; as JSON."""
    size = assemble(parts, folder)
    scores = score_raw_text(folder, shared / "treebank" / "ar_compact-ud-dev.conllu")
    found = {"scores": scores, "bytes": size, "speed": measure_speed(folder, read_texts(shared))}
    output.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def read_texts(shared: Path) -> list[str]:
    """The development articles, which speed is measured on."""
    articles = (shared / "articles/dev/articles.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["text"] for line in articles]


def measure_speed(models: Path, texts: list[str]) -> dict[str, Any]:
    """Seconds to load, words per second of CPU in one thread, by processor, and the greatest memory in MB.

    Runs in a process of its own, so that nothing is loaded beforehand. CPU seconds, not those of the clock, because
    other work on the machine must not count.
    """
    command = [sys.executable, "-m", "training.evaluation", str(models)]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    given = json.dumps(texts)
    answer = subprocess.run(
        command, input=given, capture_output=True, text=True, check=True, env=environment, cwd=HERE
    )
    result: dict[str, Any] = json.loads(answer.stdout)
    return result


def _measure_here(models: Path, texts: list[str]) -> dict[str, Any]:
    import resource

    import stanza  # noqa: F401  (its import is not the models' fault)
    from stanza.models.common.doc import Document

    import diplograph.model
    from diplograph.parsing import StanzaParser

    begun = time.process_time()
    pipeline = load_pipeline(
        models, PROCESSORS, depparse_resolve_head_constraints=False, depparse_batch_size=2000
    )
    load = time.process_time() - begun
    pipeline(texts[0])
    seconds = dict.fromkeys(pipeline.processors, 0.0)
    words = 0
    for text in texts:
        document = Document([], text=text)
        for name, processor in pipeline.processors.items():
            begun = time.process_time()
            document = processor.process(document)
            seconds[name] += time.process_time() - begun
        words += sum(len(sentence.words) for sentence in document.sentences)
    memory = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    documents = [
        diplograph.model.Document(str(number), text, blocks=(diplograph.model.Block(0, len(text)),))
        for number, text in enumerate(texts)
    ]
    parser = StanzaParser(models)
    parser.parse(documents[0])
    begun = time.process_time()
    parsed = list(parser.parse_many(documents))
    build_seconds = time.process_time() - begun
    built = sum(len(sentence.words) for each in parsed for sentence in each.sentences)
    return {
        "build_words_per_second": round(built / build_seconds),
        "load_seconds": round(load, 2),
        "words": words,
        "words_per_second": round(words / sum(seconds.values())),
        "share": {name: round(part / sum(seconds.values()), 2) for name, part in seconds.items()},
        "memory_mb": memory,
    }


if __name__ == "__main__":
    print(json.dumps(_measure_here(Path(sys.argv[1]), json.load(sys.stdin))))
