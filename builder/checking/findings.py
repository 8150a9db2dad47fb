"""What checks give back: findings, what was looked at and by whom, and the report of them all.

Every check gives one :class:`Part`, whatever it works with. A part that could not run is a part too, with the reason in
:attr:`Part.failure`: nothing that was not checked is ever taken for right, nor for wrong.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

VIOLATION, WARNING, INFO = "Violation", "Warning", "Info"
SEVERITIES = (VIOLATION, WARNING, INFO)
"""SHACL's severities, worst first; findings of every check have one of them."""


@dataclass(frozen=True, slots=True)
class Source:
    """The words of a document behind a statement; ``begin`` and ``end`` are code points of its text.

    A statement that no quote supports (what a document's graph says of the document itself) has an empty quote.
    """

    document: str
    quote: str = ""
    begin: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Statement:
    """A triple in N-Triples terms (``<iri>``, ``"text"@ar``), the graph it is in, and the words it came from.

    An axiom of the ontology that is several triples (a restriction, a list) has them all in one statement's
    ``axiom``, in OWL's functional syntax, beside its main triple; ``part`` is what of it is needed, where that is less.
    ``text`` is the statement, or the part that is needed, as an English sentence.
    """

    subject: str
    predicate: str
    object: str
    graph: str = ""
    axiom: str = ""
    sources: tuple[Source, ...] = ()
    part: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be.

    ``check`` names the part and the rule, with a slash between (``owl/inconsistent``, ``shapes/report``,
    ``sanity/two-places``); ``severity`` is one of :data:`SEVERITIES`. ``focus`` is the IRI of what is at fault, ``path``
    that of the property, ``value`` the offending value as text, ``graph`` the named graph that says so; each is empty
    where there is none. ``component`` is the IRI of the SHACL constraint component that was broken, of shapes only.
    ``statements`` are those to blame together, a minimal set where an explanation was asked for.
    """

    check: str
    severity: str
    message_en: str
    message_ar: str
    focus: str = ""
    path: str = ""
    value: str = ""
    graph: str = ""
    component: str = ""
    sources: tuple[Source, ...] = ()
    statements: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """What a check left out: what it is, how many there were, and why."""

    what: str
    count: int
    reason: str


@dataclass(frozen=True, slots=True)
class Inferred:
    """An individual and a most specific class it follows to be of, and was not said to be; both IRIs."""

    individual: str
    cls: str


@dataclass(frozen=True, slots=True)
class Part:
    """What one check did and found.

    ``name`` is ``owl``, ``rules``, ``shapes``, ``sanity`` or ``ontology``; ``tool`` and ``version`` are of what ran;
    ``axioms`` and ``triples`` are those it saw, of the ontology and of the data. ``modules`` is into how many pieces
    the data was split (1 for none) and ``reused`` how many of them were known from an earlier run. ``failure`` says
    why it could not be done, or not to its end; it is empty where it was.
    """

    name: str
    tool: str
    version: str
    axioms: int = 0
    triples: int = 0
    modules: int = 1
    reused: int = 0
    seconds: float = 0.0
    skipped: tuple[Skipped, ...] = ()
    findings: tuple[Finding, ...] = ()
    inferred: tuple[Inferred, ...] = ()
    notes: tuple[str, ...] = ()
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """The parts of a check, in the order in which they ran."""

    parts: tuple[Part, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings of all parts, worst first, otherwise in the order of the parts."""
        order = {severity: number for number, severity in enumerate(SEVERITIES)}
        every = [finding for part in self.parts for finding in part.findings]
        return tuple(sorted(every, key=lambda finding: order.get(finding.severity, len(order))))

    @property
    def conforms(self) -> bool:
        """Whether there is no violation in what was checked. Says nothing about what could not be checked."""
        return not any(finding.severity == VIOLATION for finding in self.findings)

    @property
    def consistent(self) -> bool:
        """Whether nothing contradicts the ontology, in what was checked."""
        return not any(finding.check.startswith(("owl/", "rules/")) for finding in self.findings)

    @property
    def complete(self) -> bool:
        """Whether every check was done to its end."""
        return not any(part.failure for part in self.parts)

    def of_severity(self, least: str) -> Report:
        """The report with the findings of this severity and worse.

        >>> Report().of_severity(WARNING).findings
        ()
        """
        shown = SEVERITIES[: SEVERITIES.index(least) + 1]
        parts = (replace(p, findings=tuple(f for f in p.findings if f.severity in shown)) for p in self.parts)
        return Report(tuple(parts))

    def as_json(self) -> dict[str, Any]:
        """The report as plain values for JSON."""
        return {
            "conforms": self.conforms,
            "complete": self.complete,
            "parts": [asdict(part) for part in self.parts],
        }
