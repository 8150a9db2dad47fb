"""All the checks of a graph, one after the other, and their report."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pyoxigraph import Triple

from diplograph.checking.findings import Part, Report
from diplograph.checking.material import load_ontology
from diplograph.checking.owl import OwlSettings, check_owl
from diplograph.checking.tracing import describe
from diplograph.model import DiplographError, ReasoningError
from diplograph.store import Store

CHECKS = ("owl", "rules", "shapes", "sanity")
"""The checks of data: by an OWL reasoner, by OWL 2 RL rules, by SHACL shapes, by SPARQL queries."""

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """What to check and how. ``checks`` are of :data:`CHECKS`; none means those that the graph needs: ``rules`` only
    where the OWL reasoner got the graph in modules, for what lies between them. ``explain`` looks for the statements
    behind each contradiction."""

    checks: tuple[str, ...] = ()
    owl: OwlSettings = field(default_factory=OwlSettings)
    explain: bool = True


def check_store(
    store: Store,
    settings: CheckSettings | None = None,
    *,
    ontology: Sequence[Triple] | None = None,
    progress: Progress = lambda _: None,
) -> Report:
    """Checks the data of a store against an ontology, by default ours.

    What cannot be checked (no Java, out of time, a package that is missing) is a part with a failure, and the other
    checks go on. ``progress`` is told the name of each check as it begins::

        with Store.open("diplograph-store", read_only=True) as store:
            check_store(store).conforms  # True where there are no violations
    """
    settings = settings or CheckSettings()
    ontology = load_ontology() if ontology is None else ontology
    parts: list[Part] = []
    for name in settings.checks or CHECKS:
        if not settings.checks and name == "rules" and not _is_split(parts):
            continue
        progress(name)
        parts.append(_run(name, store, ontology, settings))
    report = Report(tuple(parts))
    return _explain(store, ontology, report) if settings.explain else report


def _is_split(parts: Sequence[Part]) -> bool:
    return any(part.name == "owl" and part.modules > 1 for part in parts)


def _run(name: str, store: Store, ontology: Sequence[Triple], settings: CheckSettings) -> Part:
    start = time.monotonic()
    try:
        return _check(name, store, ontology, settings)
    except DiplographError as error:
        return Part(name, name, "", seconds=time.monotonic() - start, failure=str(error))


def _check(name: str, store: Store, ontology: Sequence[Triple], settings: CheckSettings) -> Part:
    if name == "owl":
        return _trace(store, check_owl(store, ontology, settings.owl))
    if name == "rules":
        from diplograph.checking.rules import check_rules

        return check_rules(store, ontology, timeout=settings.owl.timeout)
    if name == "shapes":
        from diplograph.checking.shapes import check_shapes

        return check_shapes(store, ontology, jobs=settings.owl.jobs or 1)
    from diplograph.checking.sanity import check_sanity

    return check_sanity(store)


def _trace(store: Store, part: Part) -> Part:
    """The part with the words behind what each finding is about."""
    traced = (
        replace(finding, sources=describe(store, finding.focus)) if finding.focus else finding
        for finding in part.findings
    )
    return replace(part, findings=tuple(traced))


def _explain(store: Store, ontology: Sequence[Triple], report: Report) -> Report:
    """The report with the statements behind each contradiction, where they can be found."""
    if report.consistent:
        return report
    from diplograph.checking.explaining import explain_findings

    def explain(part: Part) -> Part:
        if part.name not in ("owl", "rules") or not part.findings:
            return part
        try:
            return replace(part, findings=explain_findings(store, ontology, part.findings))
        except ReasoningError as error:
            return replace(part, notes=(*part.notes, f"no reasons were found: {error}"))

    return Report(tuple(map(explain, report.parts)))


def check_the_ontology(path: Path | None = None, *, owl: OwlSettings | None = None) -> Report:
    """Checks an ontology in Turtle, by default ours: by an OWL reasoner, for its profiles, for what ontologies get wrong."""
    from diplograph.checking.ontology_checks import check_ontology

    with Store.in_memory() as empty:
        part = check_owl(empty, load_ontology(path), owl)
    try:
        return Report((part, *check_ontology(path)))
    except DiplographError as error:
        return Report((part, Part("ontology", "", "", failure=str(error))))
