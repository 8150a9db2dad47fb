"""How fast articles become quads, stage by stage, beside the plain loop over a Stanza pipeline.

``make bench-build`` draws articles of ../shared/articles/corpus.jsonl.gz at random, has three processes read them in turn,
some at a time (so that all see the same machine), and writes the table into docs/scale.md:

- plain: ``nlp = stanza.Pipeline("ar", ...)`` once, with Stanza's defaults, then ``nlp(text)`` and our mapper;
- single: our parser, a document at a time, without the sieve;
- build: what ``diplograph build`` does: the sieve, then batches.

The quads of the last two must be the same. Each process has one thread for its models.

Then, by the clock and from start to end, the plain loop with as many threads as PyTorch takes by itself, and the command
``diplograph build --jobs`` with as many processes as there are cores; the quads of the command must be those of
``build``, too.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from diplograph.model import Document, ParsedDocument
from diplograph.parsing import Segment, StanzaParser
from diplograph.parsing.stanza_parser import put_in_place, read_words
from diplograph.pipeline import FrameExtractor
from diplograph.pipeline.reading import Reader, Reading, in_batches
from diplograph.quads import actor_quads, document_graph, document_quads
from diplograph.store import Store
from diplograph.vocabulary import BASE
from measurement.corpus import draw, read
from measurement.marked import replace_part

PAGE = Path(__file__).parents[2] / "docs" / "scale.md"
MODES = ("plain", "single", "build")
ENGINE = {
    "_tokenize": "tokenize",
    "_split_words": "mwt",
    "_tag": "pos",
    "_find_lemmas": "lemma",
    "_parse": "depparse",
}
TURN = 50  # documents that each process reads before it is the next one's turn
FINISHED = datetime(2022, 1, 5, tzinfo=UTC)


class Clock:
    """Seconds of processor time by stage."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        started = time.process_time()
        yield
        self.seconds[name] += time.process_time() - started

    def wrap(self, owner: Any, method: str, name: str) -> None:
        """Counts the time of a method of an object."""
        original: Callable[..., Any] = getattr(owner, method)

        def timed(*arguments: Any, **options: Any) -> Any:
            with self.stage(name):
                return original(*arguments, **options)

        object.__setattr__(owner, method, timed)


class Bench:
    """One way of reading, with its models, its clock and its store."""

    def __init__(self, mode: str, threads: int = 1) -> None:
        import torch

        if threads:
            torch.set_num_threads(threads)
        started = time.monotonic()
        self.clock, self.mode = Clock(), mode
        self.parser, self.extractor = StanzaParser("compact"), FrameExtractor()
        self.sentences = self.words = 0
        self.folder = tempfile.TemporaryDirectory()
        self.store = Store.open(Path(self.folder.name, "store"))
        if mode == "plain":
            self.nlp = self._load_stanza()
            for name, processor in self.nlp.processors.items():
                self.clock.wrap(processor, "process", name)
        else:
            for method, name in ENGINE.items():
                self.clock.wrap(self.parser.engine, method, name)
            self.clock.wrap(self.extractor, "sift", "sieve")
            self.clock.wrap(self.extractor, "judge", "reading parts")
        self.clock.wrap(self.extractor, "extract", "linking and frames")
        self.loading = time.monotonic() - started
        self.reader = Reader(self.parser, self.extractor, sieve=mode == "build")

    def _load_stanza(self) -> Any:
        import stanza

        from diplograph.parsing.installed import PROCESSORS, find_model

        model = find_model("compact")
        return stanza.Pipeline(
            "ar",
            dir=str(model.directory),
            package=model.package,
            processors=",".join(PROCESSORS),
            download_method=None,
            use_gpu=False,
            logging_level="ERROR",
        )

    def read(self, documents: list[Document]) -> None:
        """Reads documents and stores what came of them."""
        started = time.process_time()
        if self.mode == "build":
            readings = [
                r
                for batch in in_batches((d, None) for d in documents)
                for r in self.reader.read(batch).readings
            ]
        elif self.mode == "single":
            readings = [r for d in documents for r in self.reader.read([(d, None)]).readings]
        else:
            readings = [self._read_plainly(document) for document in documents]
        with self.clock.stage("quads and store"):
            for reading in readings:
                self._put(reading)
        self.clock.seconds["all"] += time.process_time() - started

    def _read_plainly(self, document: Document) -> Reading:
        analysed = self.nlp(document.text)
        whole = Segment(document.text, tuple(range(len(document.text))))
        sentences = tuple(
            put_in_place(index, read_words(sentence, document.text, 0), whole)
            for index, sentence in enumerate(analysed.sentences)
        )
        self.sentences += len(sentences)
        self.words += sum(len(sentence.words) for sentence in sentences)
        parsed = ParsedDocument(document, sentences, self.parser.identity)
        return Reading(document, parsed.parser, self.extractor.extract(parsed))

    def _put(self, reading: Reading) -> None:
        assert not reading.failure, reading.failure
        quads = document_quads(
            reading.document,
            reading.reports,
            reading.parser,
            finished=FINISHED,
            diplograph_version="0",
            extractor_fingerprint="0",
            base=self.store.base,
        )
        described = actor_quads(reading.actors, reading.places, base=self.store.base)
        self.store.replace([*quads, *described], [document_graph(reading.document.id, base=self.store.base)])

    def result(self) -> dict[str, Any]:
        """What was measured so far."""
        return {
            "seconds": dict(self.clock.seconds),
            "loading": self.loading,
            "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "sentences": self.sentences,
            "words": self.words,
            "quads": sorted(str(quad) for quad in self.store.quads(None)) if self.mode != "plain" else [],
        }


_bench: Bench | None = None


def _begin(mode: str, threads: int = 1) -> None:
    global _bench
    _bench = Bench(mode, threads)


def _read(documents: list[Document]) -> dict[str, Any] | None:
    assert _bench is not None
    if not documents:
        return _bench.result()
    _bench.read(documents)
    return None


def measure(count: int, seed: int) -> dict[str, dict[str, Any]]:
    """What each way took for so many articles."""
    lines = draw(count, seed=seed)
    started = time.process_time()
    documents = read(lines)
    reading = time.process_time() - started
    context = multiprocessing.get_context("spawn")
    pools = {mode: ProcessPoolExecutor(1, context, _begin, (mode,)) for mode in MODES}
    for at in range(0, len(documents), TURN):
        for pool in pools.values():
            pool.submit(_read, documents[at : at + TURN]).result()
    found = {mode: pool.submit(_read, []).result() for mode, pool in pools.items()}
    for pool in pools.values():
        pool.shutdown()
    quads = found["single"].pop("quads")
    assert quads == found["build"].pop("quads"), "the quads differ"
    for mode, seconds in clock(count, seed, quads).items():
        found[mode]["clock"] = seconds
    for mode in MODES:
        found[mode]["seconds"]["reading"] = reading
        found[mode]["seconds"]["all"] += reading
        found[mode]["articles"] = len(documents)
    return {mode: {**found[mode], **{k: found["plain"][k] for k in ("sentences", "words")}} for mode in MODES}


def clock(count: int, seed: int, quads: Sequence[str]) -> dict[str, float]:
    """The seconds of the clock that the plain loop and the command take for so many articles, loading and all."""
    lines = draw(count, seed=seed)
    found = {}
    started = time.monotonic()
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _begin, ("plain", 0)) as pool:
        pool.submit(_read, read(lines)).result()
    found["plain"] = time.monotonic() - started
    with tempfile.TemporaryDirectory() as folder:
        source, store = Path(folder, "articles.jsonl"), Path(folder, "store")
        source.write_bytes(lines)
        build = ["build", source, "--store", store, "--jobs", os.cpu_count()]
        started = time.monotonic()
        subprocess.run(
            [sys.executable, "-m", "diplograph", *map(str, build)],
            env={**os.environ, "XDG_CACHE_HOME": folder},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        found["build"] = time.monotonic() - started
        with Store.open(store, read_only=True) as built:
            assert said(map(str, built.quads())) == said(quads), "the quads differ"
    return found


def said(quads: Iterable[str]) -> list[str]:
    """What the graphs of documents say of reports and mentions: all but when and from which file they were read."""
    subjects = (f"<{BASE}report/", f"<{BASE}mention/")
    return sorted(q for q in quads if q.startswith(subjects) and f"<{BASE}graph/document/" in q)


def tabulate(found: dict[str, dict[str, Any]], seed: int) -> str:
    """The table of docs/scale.md."""
    stages = [
        "reading",
        "sieve",
        *ENGINE.values(),
        "reading parts",
        "linking and frames",
        "quads and store",
        "all",
    ]
    first = found["plain"]
    lines = [
        (
            f"{first['articles']} articles (seed {seed}), {first['sentences']:,} sentences and {first['words']:,} words as "
            f"Stanza counts them; {os.cpu_count()} processors ({platform.machine()}), load {os.getloadavg()[1]:.0f}; one "
            "thread each. Seconds of processor time."
        ),
        "",
        "| | " + " | ".join(MODES) + " |",
        "|---|" + "--:|" * len(MODES),
    ]
    for stage in stages:
        lines.append(
            f"| {stage} | " + " | ".join(f"{found[m]['seconds'].get(stage, 0):.1f}" for m in MODES) + " |"
        )
    for what in ("articles", "sentences", "words"):
        rates = (found[mode][what] / found[mode]["seconds"]["all"] for mode in MODES)
        lines.append(f"| {what} per second | " + " | ".join(f"{rate:,.1f}" for rate in rates) + " |")
    for mode in MODES:
        found[mode]["times"] = first["seconds"]["all"] / found[mode]["seconds"]["all"]
    lines.append("| times the plain loop | " + " | ".join(f"{found[m]['times']:.1f}" for m in MODES) + " |")
    lines.append("| peak memory, MB | " + " | ".join(f"{found[m]['megabytes']:.0f}" for m in MODES) + " |")
    lines.append(
        "| to load, seconds of the clock | " + " | ".join(f"{found[m]['loading']:.1f}" for m in MODES) + " |"
    )
    for mode in ("plain", "build"):
        found[mode]["articles_by_clock"] = first["articles"] / found[mode]["clock"]
    rates = [f"{found[m]['articles_by_clock']:.1f}" if "clock" in found[m] else "" for m in MODES]
    lines.append(f"| all {os.cpu_count()} cores, articles per second of the clock | {' | '.join(rates)} |")
    times = found["plain"]["clock"] / found["build"]["clock"]
    lines.append(f"| all {os.cpu_count()} cores, times the plain loop | 1.0 | | {times:.1f} |")
    hours = [found[mode]["seconds"]["all"] / found[mode]["articles"] * 1e6 / 3600 for mode in MODES]
    lines.append(
        "| processor hours for a million such articles | " + " | ".join(f"{h:.0f}" for h in hours) + " |"
    )
    return "\n".join(lines)


def main() -> None:
    """Measures, prints the table and the JSON, and puts the table into docs/scale.md."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--articles", type=int, default=400)
    options.add_argument("--seed", type=int, default=21)
    options.add_argument("--no-page", action="store_true", help="leave docs/scale.md as it is")
    chosen = options.parse_args()
    found = measure(chosen.articles, chosen.seed)
    table = tabulate(found, chosen.seed)
    print(table)
    print(json.dumps(found))
    if not chosen.no_page:
        replace_part(PAGE, "make bench-build", table)


if __name__ == "__main__":
    main()
