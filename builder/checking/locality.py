"""Which axioms can matter for a set of terms: the rest is left out before a reasoner is asked, soundly.

Syntactic bottom-locality (Cuenca Grau, Horrocks, Kazakov and Sattler, Modular Reuse of Ontologies: Theory and Practice,
J. Artificial Intelligence Research 31, 2008): an axiom that is a tautology when every term outside a signature is empty
says nothing of that signature. What is not known for certain to be local is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from diplograph.checking.wording import Expression, parse_axiom

Signature = set[str]
_SAYS_OF_EMPTY = frozenset(
    {"ReflexiveObjectProperty", "DifferentIndividuals", "SameIndividual", "ClassAssertion"}
)


def relevant_axioms(axioms: Iterable[str], terms: Iterable[str]) -> frozenset[str]:
    """Of axioms in functional syntax those that can matter for these terms, written alike: whatever all of them entail
    of the terms, these do.

    >>> axioms = ["SubClassOf(:a :b)", "SubClassOf(:c :a)", "SubClassOf(:b :d)"]
    >>> sorted(relevant_axioms(axioms, [":a"]))
    ['SubClassOf(:a :b)', 'SubClassOf(:b :d)']
    """
    waiting = {text: parse_axiom(text) for text in axioms}
    signature = set(terms)
    kept: set[str] = set()
    while fresh := [text for text, axiom in waiting.items() if not _is_local(axiom, signature)]:
        for text in fresh:
            signature |= set(names(waiting.pop(text)))
            kept.add(text)
    return frozenset(kept)


def names(expression: Expression) -> Iterable[str]:
    """The terms in an expression, those of functional syntax itself left out."""
    if isinstance(expression, str):
        yield expression
        return
    for part in expression[1:]:
        yield from names(part)


def _is_local(axiom: Sequence[Expression], signature: Signature) -> bool:
    head, *arguments = axiom
    assert isinstance(head, str)
    if head in _SAYS_OF_EMPTY or head.endswith("Assertion") or not arguments:
        return False
    if head == "SubClassOf":
        return _is_empty(arguments[0], signature) or _is_all(arguments[1], signature)
    if head == "EquivalentClasses":
        return all(_is_empty(one, signature) for one in arguments) or all(
            _is_all(a, signature) for a in arguments
        )
    if head == "DisjointClasses":
        return sum(not _is_empty(one, signature) for one in arguments) <= 1
    if head.endswith(("PropertyDomain", "PropertyRange")):
        return _is_empty(arguments[0], signature) or _is_all(arguments[1], signature)
    if head.startswith(("Equivalent", "Inverse")) and not head.startswith("InverseFunctional"):
        return all(_is_empty(one, signature) for one in arguments)
    if head.startswith("Disjoint") and head.endswith("Properties"):
        return sum(not _is_empty(one, signature) for one in arguments) <= 1
    # What is said of one property, or that it implies another: nothing, where nothing has it.
    return head.endswith(("Property", "PropertyOf")) and _is_empty(arguments[0], signature)


def _is_empty(expression: Expression, signature: Signature) -> bool:
    """Whether a class or property is surely empty when all terms outside the signature are."""
    if isinstance(expression, str):
        return expression not in signature and expression not in ("owl:Thing", "rdfs:Literal")
    head, *arguments = expression
    match str(head):
        case "ObjectIntersectionOf" | "ObjectPropertyChain":
            return any(_is_empty(one, signature) for one in arguments)
        case "ObjectUnionOf":
            return all(_is_empty(one, signature) for one in arguments)
        case "ObjectComplementOf":
            return _is_all(arguments[0], signature)
        case "ObjectSomeValuesFrom":
            return any(_is_empty(one, signature) for one in arguments)
        case "DataSomeValuesFrom" | "ObjectHasValue" | "DataHasValue":
            return _is_empty(arguments[0], signature)
        case "ObjectMinCardinality" | "ObjectExactCardinality":
            return arguments[0] != "0" and any(_is_empty(one, signature) for one in arguments[1:])
    return False


def _is_all(expression: Expression, signature: Signature) -> bool:
    """Whether a class surely has everything when all terms outside the signature are empty."""
    if isinstance(expression, str):
        return expression in ("owl:Thing", "rdfs:Literal")
    head, *arguments = expression
    match str(head):
        case "ObjectIntersectionOf":
            return all(_is_all(one, signature) for one in arguments)
        case "ObjectUnionOf":
            return any(_is_all(one, signature) for one in arguments)
        case "ObjectComplementOf":
            return _is_empty(arguments[0], signature)
        case "ObjectAllValuesFrom" | "DataAllValuesFrom":
            return _is_empty(arguments[0], signature)
        case "ObjectMaxCardinality" | "DataMaxCardinality":
            return _is_empty(arguments[1], signature)
    return False
