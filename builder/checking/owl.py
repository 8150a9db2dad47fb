"""What an OWL reasoner says of ontology and data: consistent or not, which classes can have no instance, what follows.

Small graphs go to the reasoner whole, larger ones in modules (:mod:`~diplograph.checking.modules`), several modules
together, several runs at a time. What was consistent stays so until it changes (:mod:`~diplograph.checking.ledger`).
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from itertools import chain, islice

from pyoxigraph import NamedNode, Triple

from diplograph.checking.axioms import read_axioms
from diplograph.checking.datatypes import Fitting, describe_values, read_fitting
from diplograph.checking.findings import VIOLATION, Finding, Inferred, Part, Skipped
from diplograph.checking.ledger import FILE, Ledger, Types
from diplograph.checking.links import Links, read_links
from diplograph.checking.material import hash_triples
from diplograph.checking.modules import (
    STAND_IN,
    Module,
    Splitter,
    Survey,
    make_module,
    summarise,
    survey,
    whole,
)
from diplograph.checking.reasoners import REASONERS, Verdict, describe_reasoner, run_reasoner
from diplograph.model import ReasoningError
from diplograph.quads import TYPE
from diplograph.store import Store
from diplograph.vocabulary import OWL

SMALL = 6_000  # triples that are reasoned over whole
NAMED = (
    20  # contradictory modules that are told apart; a fault of every module would take as many starts of Java
)
_NOTHING = OWL + "Nothing"
_BATCH = 24  # pieces for one run of Java


@dataclass(frozen=True, slots=True)
class OwlSettings:
    """How to reason. ``reasoner`` is hermit or pellet; ``memory`` is that of each run of Java in MB; ``timeout`` in
    seconds, for all together; ``jobs`` is how many run at a time (0 for as many as there are processors); ``split``
    is auto, always or never; ``remember`` whether to keep what was found in the store's directory."""

    reasoner: str = "hermit"
    memory: int = 2000
    timeout: float = 600.0
    jobs: int = 0
    split: str = "auto"
    remember: bool = True


@dataclass(frozen=True, slots=True)
class _Piece:
    """Modules that are reasoned over together; ``classify`` where their individuals' classes are wanted."""

    modules: tuple[Module, ...]
    classify: bool


@dataclass(frozen=True, slots=True)
class _Batch:
    """Pieces with what the reasoner said of them, and what stopped it before it had come to the end."""

    found: Sequence[tuple[_Piece, Verdict]]
    error: ReasoningError | None = None


@dataclass(slots=True)
class _Work:
    """What is found on the way."""

    modules: int = 0
    reused: int = 0
    inferred: set[tuple[str, str]] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)
    wrong: list[Module] = field(default_factory=list)
    unnamed: int = 0
    failure: str = ""


def check_owl(store: Store, ontology: Sequence[Triple], settings: OwlSettings | None = None) -> Part:
    """The verdict of an OWL reasoner on this ontology, alone and with the data of a store.

    Findings are ``owl/inconsistent`` (its focus is the event, actor or document whose neighbourhood contradicts itself
    or the ontology; empty for the ontology alone, or the data as a whole) and ``owl/unsatisfiable`` (its focus is the
    class). Where the reasoner could not run or not finish, the part says so and is no verdict on what it did not reach::

        check_owl(store, load_ontology()).findings  # () for a graph without contradictions
    """
    settings = settings or OwlSettings()
    start = time.monotonic()
    part = Part(
        "owl",
        REASONERS[settings.reasoner].title,
        "",
        axioms=sum(axiom.logical for axiom in read_axioms(ontology)),
    )
    try:
        part = replace(part, version=describe_reasoner(settings.reasoner))
    except ReasoningError as error:
        return replace(part, failure=str(error))
    links, fitting = read_links(ontology), read_fitting(ontology)
    seen = survey(store, links, fitting)
    work = _Work()
    path = store.directory / FILE if store.directory and settings.remember else None
    with Ledger(path, f"{part.tool} {part.version} {hash_triples(ontology)}") as ledger:
        engine = _Engine(settings, ledger, _ontology_lines(ontology, fitting), work, start + settings.timeout)
        try:
            _check(store, engine, links, fitting, seen)
            ledger.forget_others()
        except ReasoningError as error:
            work.failure = str(error)
        notes = tuple(filter(None, (ledger.fault, *_describe_split(work, links))))
    return replace(
        part,
        triples=seen.triples,
        modules=work.modules,
        reused=work.reused,
        seconds=time.monotonic() - start,
        skipped=_describe_skipped(work, seen),
        findings=(*work.findings, *map(_inconsistent, _name_once(work.wrong))),
        inferred=tuple(Inferred(*pair) for pair in sorted(work.inferred)),
        notes=notes,
        failure=work.failure,
    )


def _check(store: Store, engine: _Engine, links: Links, fitting: Fitting, seen: Survey) -> None:
    settings = engine.settings
    if not seen.triples:
        engine.check_ontology([])
    elif settings.split == "never" or (settings.split == "auto" and seen.triples <= SMALL):
        engine.check_ontology([whole(store, fitting)])
    elif engine.check_ontology(list(summarise(store, fitting, seen))):
        splitter = Splitter(store, links, fitting, seen)
        engine.run(splitter.modules("actor"), classify=True)
        splitter.learn(engine.work.inferred)
        engine.run(splitter.modules("event"), classify=True)
        engine.run(chain(splitter.modules("document"), splitter.modules("rest")), classify=False)


def _name_once(wrong: Sequence[Module]) -> list[Module]:
    """The modules to be named: no summary of what a neighbourhood among them says, and several together only where that
    is all there is."""
    near = [module for module in wrong if module.kind not in ("summary", "together")]
    lines = {line.partition(" ")[0] for module in near for line in module.lines}
    named = [m for m in wrong if m in near or (m.kind == "summary" and f"<{m.seed}>" not in lines)]
    return named or list(wrong[:1])


def _ontology_lines(ontology: Iterable[Triple], fitting: Fitting) -> bytes:
    """The ontology as a reasoner gets it: without the header, which would make the data part of a document elsewhere."""
    headers = {t.subject for t in ontology if t.object == NamedNode(OWL + "Ontology")}
    fitted = (fitting.fit(triple) for triple in ontology if triple.subject not in headers)
    return "".join(f"{t.subject} {t.predicate} {t.object} .\n" for t in fitted if t is not None).encode(
        "utf-8"
    )


class _Engine:
    """Has modules reasoned over: those not known yet, several in a piece, pieces in batches, batches in parallel."""

    def __init__(
        self, settings: OwlSettings, ledger: Ledger, ontology: bytes, work: _Work, deadline: float
    ) -> None:
        self.settings = settings
        self.work = work
        self._ledger = ledger
        self._ontology = ontology
        self._deadline = deadline
        # Pellet starts Java for each piece, HermiT reads the ontology anew; the more individuals in one, the slower
        self._sizes = {True: 1_500, False: 6_000}
        if settings.reasoner == "pellet":
            self._sizes = {True: 12_000, False: 40_000}

    def check_ontology(self, with_data: Sequence[Module]) -> bool:
        """Whether the ontology alone is consistent; the modules are looked at in the same run of Java."""
        alone = make_module("ontology", "", ())
        known = self._ledger.find(alone.hash)
        if known is None:
            pieces = [_Piece((alone,), True)]
            if with_data:
                pieces.append(_Piece(tuple(with_data), True))
            batch = self._reason(pieces)
            if not batch.found:
                raise batch.error or ReasoningError("the reasoner said nothing of the ontology")
            verdict = batch.found[0][1]
            if verdict.consistent:
                known = tuple((cls, _NOTHING) for cls in verdict.unsatisfiable)
                self._ledger.add({alone.hash: known})
            else:
                self._contradiction(alone)
                return False
            self.work.modules += len(with_data)
            self._settle(replace(batch, found=batch.found[1:]))
        else:
            self.run(with_data, classify=True)
        self.work.findings += [_unsatisfiable(cls) for cls, _ in known]
        return True

    def run(self, modules: Iterable[Module], *, classify: bool) -> None:
        """Reasons over the modules that are not known."""
        for batch in self._in_parallel(self._pieces(modules, classify)):
            self._settle(batch)

    def _pieces(self, modules: Iterable[Module], classify: bool) -> Iterator[_Piece]:
        """The modules that are not known yet, put together up to a size."""
        waiting: list[Module] = []
        size = 0
        for module in modules:
            self.work.modules += 1
            known = self._ledger.find(module.hash)
            if known is not None:
                self.work.reused += 1
                self.work.inferred.update(known)
                continue
            if waiting and size + len(module.lines) > self._sizes[classify]:
                yield _Piece(tuple(waiting), classify)
                waiting, size = [], 0
            waiting.append(module)
            size += len(module.lines)
        if waiting:
            yield _Piece(tuple(waiting), classify)

    def _in_parallel(self, pieces: Iterator[_Piece]) -> Iterator[_Batch]:
        """The verdicts on pieces, batch by batch; no more batches are made than are being worked on."""
        jobs = self.settings.jobs or os.cpu_count() or 1
        with ThreadPoolExecutor(jobs) as pool:
            running: set[Future[_Batch]] = set()
            while batch := list(islice(pieces, _BATCH)):
                # a short batch is the last: it is shared out, so that no processor waits
                share = _BATCH if len(batch) == _BATCH else -(-len(batch) // jobs)
                for begin in range(0, len(batch), share):
                    running.add(pool.submit(self._reason, batch[begin : begin + share]))
                while len(running) > jobs:
                    done, running = wait(running, return_when=FIRST_COMPLETED)
                    yield from (future.result() for future in done)
            yield from (future.result() for future in running)

    def _reason(self, pieces: Sequence[_Piece]) -> _Batch:
        """The verdicts on pieces, as far as the reasoner came."""
        found: list[tuple[_Piece, Verdict]] = []
        try:
            for piece, verdict in zip(pieces, self._verdicts(pieces), strict=True):
                found.append((piece, verdict))
        except ReasoningError as error:
            return _Batch(found, error)
        return _Batch(found)

    def _verdicts(self, pieces: Sequence[_Piece]) -> Iterator[Verdict]:
        return run_reasoner(
            self.settings.reasoner,
            [self._ontology + "".join(sorted(_lines(piece))).encode("utf-8") for piece in pieces],
            classify=pieces[0].classify,
            memory=self.settings.memory,
            timeout=max(0.0, self._deadline - time.monotonic()),
        )

    def _settle(self, batch: _Batch) -> None:
        """Keeps what was found consistent, and looks into what was not, module by module. Raises what stopped it."""
        for piece, verdict in batch.found:
            if verdict.consistent:
                self._keep(piece, verdict)
            elif len(piece.modules) == 1:
                self._contradiction(piece.modules[0])
            elif len(self.work.wrong) >= NAMED:
                self.work.unnamed += len(piece.modules)
            else:
                self._look_into(piece)
        if batch.error is not None:
            raise batch.error

    def _look_into(self, piece: _Piece) -> None:
        """Finds the modules of a piece that contradict the ontology."""
        found: list[tuple[_Piece, Verdict]] = []
        singles = [_Piece((module,), piece.classify) for module in piece.modules]
        wrong = 0
        for single, verdict in zip(singles, self._verdicts(singles), strict=True):
            found.append((single, verdict))
            wrong += not verdict.consistent
            if len(self.work.wrong) + wrong >= NAMED:
                self.work.unnamed += len(singles) - len(found)
                break
        if wrong:
            self._settle(_Batch(found))
        else:  # none alone, so it takes several together, and none of them can be said to be known
            self._contradiction(replace(piece.modules[0], kind="together", seed=""))

    def _contradiction(self, module: Module) -> None:
        self.work.wrong.append(module)

    def _keep(self, piece: _Piece, verdict: Verdict) -> None:
        inferred = _select_types(piece, verdict.types) if piece.classify else {}
        self._ledger.add({module.hash: inferred.get(module.hash, ()) for module in piece.modules})
        for types in inferred.values():
            self.work.inferred.update(types)


def _lines(piece: _Piece) -> set[str]:
    return {line for module in piece.modules for line in module.lines}


def _select_types(piece: _Piece, types: Types) -> dict[str, Types]:
    """The classes that were not said, of what each module is of (of all individuals, where it is the whole)."""
    marker = f" {TYPE} "
    said: set[tuple[str, str]] = set()
    subjects: set[str] = set()
    for line in _lines(piece):
        subject, _, rest = line.partition(" ")
        subjects.add(subject)
        if line.find(marker) == len(subject):
            said.add((subject.strip("<>"), rest.partition(" ")[2].strip("<> .\n")))
    new: dict[str, list[tuple[str, str]]] = {}
    for individual, cls in types:
        if (
            (individual, cls) not in said
            and f"<{individual}>" in subjects
            and not cls.startswith(OWL)
            and not individual.startswith(STAND_IN)
        ):
            new.setdefault(individual, []).append((individual, cls))
    if piece.modules[0].kind == "whole":
        return {piece.modules[0].hash: tuple(pair for pairs in new.values() for pair in pairs)}
    return {module.hash: tuple(new.get(module.seed, ())) for module in piece.modules}


# --- Words -----------------------------------------------------------------------------------------------------------

_WHERE = {
    "ontology": ("The ontology contradicts itself.", "الأنطولوجيا متناقضة في ذاتها."),
    "whole": ("The data contradicts the ontology.", "البيانات تناقض الأنطولوجيا."),
    "summary": (
        "What is said of this in one place and another contradicts the ontology.",
        "ما قيل عن هذا هنا وهناك يناقض الأنطولوجيا.",
    ),
    "together": (
        "What several graphs say together contradicts the ontology.",
        "ما تقوله رسوم عدة مجتمعةً يناقض الأنطولوجيا.",
    ),
    "actor": ("What is said of this contradicts the ontology.", "ما قيل عن هذا يناقض الأنطولوجيا."),
    "event": (
        "What is said of this event, its reports and its actors contradicts the ontology.",
        "ما قيل عن هذا الحدث وأخباره وأطرافه يناقض الأنطولوجيا.",
    ),
    "document": ("What this graph says contradicts the ontology.", "ما يقوله هذا الرسم يناقض الأنطولوجيا."),
    "rest": ("What this graph says contradicts the ontology.", "ما يقوله هذا الرسم يناقض الأنطولوجيا."),
}


def _inconsistent(module: Module) -> Finding:
    english, arabic = _WHERE[module.kind]
    graph = module.seed if module.kind in ("document", "rest") else ""
    return Finding("owl/inconsistent", VIOLATION, english, arabic, focus=module.seed, graph=graph)


def _unsatisfiable(cls: str) -> Finding:
    return Finding(
        "owl/unsatisfiable",
        VIOLATION,
        "No individual can be of this class: its axioms contradict each other.",
        "لا يمكن أن يكون لهذا الصنف أي فرد: مسلّماته متناقضة.",
        focus=cls,
    )


def _describe_skipped(work: _Work, seen: Survey) -> tuple[Skipped, ...]:
    skipped = list(describe_values(Counter(seen.values)))
    if work.unnamed:
        reason = f"in pieces that contradict the ontology; after {NAMED} the others are not told apart"
        skipped.append(Skipped("modules", work.unnamed, reason))
    return tuple(skipped)


def _describe_split(work: _Work, links: Links) -> Iterator[str]:
    if work.modules > 1:
        yield (
            f"{work.modules} modules, by actor, event and document, {work.reused} of them known from an earlier run; "
            "what comes to one thing from several is checked by a summary and by the rules"
        )
        if links.indivisible:
            yield f"modules are whole connected components, because the ontology has {', '.join(links.indivisible)}"
