"""Which profile of OWL 2 an ontology is in (DL, EL, QL, RL), and which axioms keep it out of one.

EL, QL and RL are grammars (``profiles.toml``, after https://www.w3.org/TR/owl2-profiles/) that each axiom's functional
syntax is held against. For DL, pyowl2-profiles looks at what is declared and how properties are used; in all of them
each datatype must be one that the profile has.
"""

from __future__ import annotations

import re
import time
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad, Triple
from pyoxigraph import Store as Oxigraph

from diplograph.checking.axioms import Axiom, read_axioms
from diplograph.checking.datatypes import DATATYPES
from diplograph.checking.findings import INFO, VIOLATION, Finding, Part, Skipped
from diplograph.store import PREFIXES
from diplograph.vocabulary import OWL, RDF, RDFS, XSD

PROFILES = ("DL", "EL", "QL", "RL")

_TOKEN = re.compile(r"""(?P<open>[\w:]+)\(|(?P<close>\))|(?P<atom>"(?:[^"\\]|\\.)*"[^\s()]*|[^\s()]+)""")
_LITERAL_TYPE = re.compile(r'^".*"\^\^(?P<type>\S+)$', re.DOTALL)
_NO_LOGIC = {
    "Declaration",
    "AnnotationAssertion",
    "Ontology",
    "AnnotationPropertyRange",
    "AnnotationPropertyDomain",
}
_THING = "owl:Thing"


@dataclass(frozen=True, slots=True)
class Expression:
    """An axiom or expression in functional syntax: its name and arguments, strings for names and literals."""

    name: str
    arguments: tuple[Expression | str, ...]


def check_profiles(ontology: Sequence[Triple]) -> Part:
    """Out of which profiles an ontology is, a finding for each axiom that keeps it out.

    Not to be in DL is a violation, since reasoners take nothing else; the others are for information. The notes say of
    each profile whether the ontology is in it.
    """
    begin = time.monotonic()
    axioms = [axiom for axiom in read_axioms(ontology) if axiom.kind not in _NO_LOGIC]
    found = {"DL": tuple(_check_dl(ontology))}
    found |= {name: tuple(_check_grammar(name, axioms)) for name in PROFILES[1:]}
    skipped = (
        Skipped("annotations", sum(1 for triple in ontology) - sum(len(a.triples) for a in axioms),
                "profiles restrict axioms only; their datatypes were looked at for DL"),
    )  # fmt: skip
    return Part(
        name="profiles",
        tool="pyowl2-profiles",
        version=version("pyowl2-profiles"),
        axioms=len(axioms),
        triples=len(ontology),
        seconds=time.monotonic() - begin,
        skipped=skipped,
        findings=tuple(finding for name in PROFILES for finding in found[name]),
        notes=tuple(f"OWL 2 {name}: {_verdict(found[name], found['DL'])}" for name in PROFILES),
    )


def _verdict(findings: Sequence[Finding], beyond: Sequence[Finding]) -> str:
    if findings:
        return f"no, because of {len(findings)} {'axiom' if len(findings) == 1 else 'axioms'}"
    return "no, for it is not in DL" if beyond else "yes"


def _finding(profile: str, focus: str, value: str, reason_en: str, reason_ar: str) -> Finding:
    return Finding(
        check=f"profiles/{profile.lower()}",
        severity=VIOLATION if profile == "DL" else INFO,
        message_en=f"Not in OWL 2 {profile}: {reason_en}.",
        message_ar=f"ليس ضمن OWL 2 {profile}: {reason_ar}.",
        focus=focus,
        value=value,
    )


# --- DL --------------------------------------------------------------------------------------------------------------


def _check_dl(ontology: Iterable[Triple]) -> Iterator[Finding]:
    from pyowl2_profiles import detect_profiles

    store = Oxigraph()
    store.extend(Quad(*triple) for triple in ontology)
    for one in detect_profiles(store)["dl"]["sample_violations"]:
        kind = str(one["axiom_type"])
        yield _finding(
            "DL",
            str(one["subject_iri"] or ""),
            kind,
            f"{kind} is not used as it may be",
            f"{kind} في غير موضعه",
        )
    defined = {triple.subject for triple in ontology if triple.object == NamedNode(RDFS + "Datatype")}
    for triple in sorted(ontology, key=str):
        for datatype in _datatypes_of(triple):
            if datatype.value not in DATATYPES and datatype not in defined:
                short = _shorten(datatype.value)
                yield _finding(
                    "DL",
                    _focus(triple),
                    short,
                    f"its datatype map lacks {short}",
                    f"لا يعرف نوع البيانات {short}",
                )


def _datatypes_of(triple: Triple) -> Iterator[NamedNode]:
    if isinstance(triple.object, Literal):
        yield triple.object.datatype
    elif isinstance(triple.object, NamedNode) and triple.object.value.startswith(XSD):
        yield triple.object


def _focus(triple: Triple) -> str:
    return triple.subject.value if isinstance(triple.subject, NamedNode) else ""


# --- EL, QL, RL ------------------------------------------------------------------------------------------------------


def _check_grammar(profile: str, axioms: Iterable[Axiom]) -> Iterator[Finding]:
    grammar = _load_grammars()[profile]
    for axiom in axioms:
        reason = next(_faults(grammar, "axioms", read_expression(axiom.text)), None)
        if reason is not None:
            subject = next((_focus(triple) for triple in axiom.triples if _focus(triple)), "")
            yield _finding(
                profile, subject, axiom.text, f"{reason} is not allowed there", f"لا مكان هناك لـ {reason}"
            )


@cache
def _load_grammars() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads((files("diplograph.checking") / "profiles.toml").read_text(encoding="utf-8"))


def read_expression(text: str) -> Expression:
    """Functional syntax as nested values.

    >>> read_expression("SubClassOf(a:B ObjectUnionOf(a:C a:D))").arguments[1].name
    'ObjectUnionOf'
    """
    stack: list[tuple[str, list[Expression | str]]] = [("", [])]
    for token in _TOKEN.finditer(text):
        if token["open"]:
            stack.append((token["open"], []))
        elif token["close"]:
            name, arguments = stack.pop()
            stack[-1][1].append(Expression(name, tuple(arguments)))
        else:
            stack[-1][1].append(token["atom"])
    found = stack[0][1][0]
    return found if isinstance(found, Expression) else Expression(found, ())


def _faults(grammar: Mapping[str, Any], category: str, node: Expression | str) -> Iterator[str]:
    """The names, from the outside in, of what a category does not allow."""
    if category.endswith(" or Thing"):
        if node != _THING:
            yield from _faults(grammar, category.removesuffix(" or Thing"), node)
    elif category == "literal":
        yield from _literal_faults(grammar, node)
    elif category not in grammar:
        if not _is_plain(category, node):
            yield _name(node)
    elif isinstance(node, str):
        allowed = grammar[category].get("name")
        if allowed is None or (allowed == "not Thing" and node == _THING):
            yield node
        if category == "range" and _is_builtin(node) and node not in grammar["datatypes"]:
            yield node
    elif node.name not in grammar[category]:
        yield node.name
    else:
        yield from _argument_faults(grammar, grammar[category][node.name], node)


def _argument_faults(grammar: Mapping[str, Any], expected: Sequence[str], node: Expression) -> Iterator[str]:
    for number, argument in enumerate(node.arguments):
        if number >= len(expected) and not expected[-1].endswith("+"):
            yield f"{node.name} with {len(node.arguments)} arguments"
            return
        yield from _faults(grammar, expected[min(number, len(expected) - 1)].removesuffix("+"), argument)


def _is_plain(category: str, node: Expression | str) -> bool:
    match category:
        case "Thing":
            return node == _THING
        case "chain":
            return isinstance(node, str) or node.name == "ObjectPropertyChain"
        case "property":
            return isinstance(node, str) or node.name == "ObjectInverseOf"
        case "zero or one":
            return node in ("0", "1")
        case _:  # forward, individual, Class
            return isinstance(node, str)


def _literal_faults(grammar: Mapping[str, Any], node: Expression | str) -> Iterator[str]:
    found = _LITERAL_TYPE.match(node) if isinstance(node, str) else None
    if found and found["type"] not in grammar["datatypes"]:
        yield found["type"]


def _is_builtin(name: str) -> bool:
    return name.startswith(("xsd:", "rdf:", "rdfs:", "owl:"))


def _name(node: Expression | str) -> str:
    return node if isinstance(node, str) else node.name


def _shorten(iri: str) -> str:
    for prefix, start in {**PREFIXES, "rdf": RDF, "owl": OWL, "xsd": XSD}.items():
        if iri.startswith(start):
            return f"{prefix}:{iri.removeprefix(start)}"
    return f"<{iri}>"
