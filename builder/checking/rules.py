"""The check of a whole store by OWL 2 RL, in a process of its own that can be limited and stopped."""

from __future__ import annotations

import multiprocessing
import os
import resource
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, parse, serialize

from diplograph.checking.axioms import read_axioms
from diplograph.checking.datatypes import Fitting, read_fitting
from diplograph.checking.findings import VIOLATION, Finding, Inferred, Part, Skipped, Source
from diplograph.checking.material import data_quads
from diplograph.checking.nemo import (
    MOST_CLASHES,
    Clash,
    Outcome,
    Rules,
    describe_clash,
    name_blank_nodes,
    read_outcome,
    same_value,
)
from diplograph.checking.reasoners import OutOfMemory, OutOfTime
from diplograph.checking.tracing import trace
from diplograph.checking.wording import Labels, short
from diplograph.model import ReasoningError
from diplograph.store import Store
from diplograph.vocabulary import XSD

_SIDES = {
    "below": "individuals are not recognised by it",
    "above": "not all that it says of its individuals is concluded",
}
_MOST_SOURCES = 5


def check_rules(
    store: Store, ontology: Sequence[Triple], *, memory: int = 8000, timeout: float | None = None
) -> Part:
    """What contradicts, and what follows, by OWL 2 RL; ``memory`` in MB and ``timeout`` in seconds are limits.

    What follows by these rules follows in OWL 2 DL; the part's ``skipped`` names what they do not see. Raises
    OutOfTime, OutOfMemory, and ReasoningError when nemo is not installed or fails.
    """
    start = time.monotonic()
    axioms = [name_blank_nodes(triple) for triple in ontology]
    fitting = read_fitting(axioms)
    with TemporaryDirectory(prefix="diplograph-") as folder:
        serialize(axioms, Path(folder, "ontology.nt"), format=RdfFormat.N_TRIPLES)
        counter = _Counter(quad.triple for quad in data_quads(store))
        triples = (name_blank_nodes(_shorten(triple, fitting)) for triple in counter)
        serialize(triples, Path(folder, "data.nt"), format=RdfFormat.N_TRIPLES)
        outcome = _run(Path(folder), memory, timeout)
    labels = Labels(axioms, store)
    findings = tuple(_finding(store, clash, labels, fitting) for clash in outcome.clashes)
    more = outcome.clashes_in_all - MOST_CLASHES
    return Part(
        name="rules",
        tool="nemo",
        version=_version(),
        axioms=sum(axiom.logical for axiom in read_axioms(axioms)),
        triples=counter.count,
        seconds=time.monotonic() - start,
        skipped=tuple(_describe_outside(outcome.outside)),
        findings=findings,
        inferred=tuple(Inferred(individual, cls) for individual, cls in outcome.inferred),
        notes=(f"{more} more contradictions were counted and not looked into",) if more > 0 else (),
    )


def find_quad(store: Store, triple: Triple, fitting: Fitting) -> Quad | None:
    """The quad of a store that a triple of a derivation stands for: numbers may be written in another way there, and
    long texts are known by their hash."""
    first = None
    for quad in store.inner.quads_for_pattern(triple.subject, triple.predicate, None, None):
        if quad.object == triple.object:
            return quad
        if first is None and (
            same_value(quad.object, triple.object) or _shorten(quad.triple, fitting).object == triple.object
        ):
            first = quad
    return first


def _shorten(triple: Triple, fitting: Fitting) -> Triple:
    """The triple with the hash of a long text; values of datatypes that only other reasoners mind stay as they are."""
    value = triple.object
    if isinstance(value, Literal) and value.datatype.value == XSD + "string":
        return fitting.fit(triple) or triple
    return triple


class _Counter:
    """Counts what passes through."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._triples = triples
        self.count = 0

    def __iter__(self) -> Iterator[Triple]:
        for triple in self._triples:
            self.count += 1
            yield triple


def _finding(store: Store, clash: Clash, labels: Labels, fitting: Fitting) -> Finding:
    english, arabic = describe_clash(clash, labels)
    quads = [quad for quad in (find_quad(store, fact, fitting) for fact in clash.facts) if quad is not None]
    sources: dict[Source, None] = {}
    for quad in quads:
        sources.update(dict.fromkeys(trace(store, quad)))
    graphs = [quad.graph_name.value for quad in quads if isinstance(quad.graph_name, NamedNode)]
    return Finding(
        check=f"rules/{clash.rule}",
        severity=VIOLATION,
        message_en=english,
        message_ar=arabic,
        focus=clash.focus,
        path=clash.property,
        value=", ".join(dict.fromkeys(clash.values)),
        graph=graphs[0] if graphs else "",
        sources=tuple(sources)[:_MOST_SOURCES],
    )


def _describe_outside(outside: Iterable[tuple[str, str, str]]) -> Iterator[Skipped]:
    """One entry for each construct and side, with the terms it occurs at."""
    terms: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for term, construct, side in outside:
        terms[construct, side].append(short(term))
    for (construct, side), names in sorted(terms.items()):
        shown = ", ".join(sorted(names))
        yield Skipped(f"owl:{short(construct)} in {shown}", len(names), f"outside OWL 2 RL: {_SIDES[side]}")


def _version() -> str:
    try:
        return version("nemo-python")
    except PackageNotFoundError:
        return ""


# --- The process of its own ------------------------------------------------------------------------------------------


def _run(folder: Path, memory: int, timeout: float | None) -> Outcome:
    # A new interpreter: a copy of this one would share the store's threads and locks.
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(folder, memory, sending), daemon=True)
    process.start()
    sending.close()
    try:
        if not receiving.poll(timeout):
            raise OutOfTime(f"the rules did not end in {timeout:g} s; allow more with --timeout")
        answer = receiving.recv()
    except EOFError:
        process.join()
        if process.exitcode == 1:  # an error of Python's: a fault of ours
            raise ReasoningError("the rules failed; please report it with the data") from None
        raise OutOfMemory(f"the rules need more than {memory} MB; allow more with --memory") from None
    finally:
        process.kill()
        process.join()
        receiving.close()
    if isinstance(answer, str):
        raise ReasoningError(answer)
    assert isinstance(answer, Outcome)
    return answer


def _work(folder: Path, memory: int, connection: Connection) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # Rust prints much when it has no memory left
    try:
        rules = Rules(folder)  # before the limit: an engine that does not fit is not one that is missing
        resource.setrlimit(resource.RLIMIT_AS, (memory * 1024 * 1024, resource.RLIM_INFINITY))
        axioms = [quad.triple for quad in parse(path=folder / "ontology.nt", format=RdfFormat.N_TRIPLES)]
        connection.send(read_outcome(rules.run(axioms)))
    except ReasoningError as error:
        connection.send(str(error))
    except MemoryError:
        connection.close()  # as if the engine itself had run out of it, and been ended
