"""Axioms and triples in words: labels for IRIs, and sentences for OWL's functional syntax (``rules/wording.toml``)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from diplograph.quads import TYPE, decode
from diplograph.resources import read_toml
from diplograph.store import PREFIXES, Store
from diplograph.vocabulary import BASE, OWL, RDFS

_TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"(?:@[\w-]+|\^\^[^\s()]+)?|<[^>]*>|[()]|[^\s()]+)')
_LABEL = NamedNode(RDFS + "label")
_PROPERTIES = {NamedNode(OWL + kind) for kind in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")}
Expression = str | list["Expression"]


class Labels:
    """What things are called: by an ontology's labels, by a store's, or by the last part of their IRI.

    >>> Labels(()).label("https://example.org/north")
    'north'
    """

    def __init__(self, ontology: Iterable[Triple], store: Store | None = None) -> None:
        self._store = store
        self._labels: dict[tuple[str, str], str] = {}
        self.properties: set[str] = set()
        for triple in ontology:
            value, subject = triple.object, triple.subject
            if not isinstance(subject, NamedNode):
                continue
            if triple.predicate == _LABEL and isinstance(value, Literal) and value.language:
                self._labels[subject.value, value.language] = value.value
            elif triple.predicate == TYPE and value in _PROPERTIES:
                self.properties.add(subject.value)

    def label(self, iri: str, language: str = "en") -> str:
        """The label in this language, else in another; else what an IRI of ours ends in (``report wire/call/1``), or the
        last part of another; a text as it is."""
        if "://" not in iri:
            return iri
        known = {language_: text for (name, language_), text in self._labels.items() if name == iri}
        if not known and self._store is not None:
            quads = self._store.inner.quads_for_pattern(NamedNode(iri), _LABEL, None, None)
            known = {q.object.language or "": q.object.value for q in quads if isinstance(q.object, Literal)}
        return known.get(language) or known.get("en") or known.get("ar") or self._place(iri)

    def _place(self, iri: str) -> str:
        base = self._store.base if self._store else BASE
        room, _, rest = iri.removeprefix(base).partition("/")
        return f"{room} {decode(rest)}" if iri.startswith(base) and rest else short(iri)


def short(iri: str) -> str:
    """The last part of an IRI; a text as it is.

    >>> short("https://w3id.org/diplograph/ontology#participant")
    'participant'
    """
    return iri.replace("#", "/").rstrip("/").rpartition("/")[2] if "://" in iri else iri


def say_axiom(text: str, labels: Labels, prefixes: Mapping[str, str] = PREFIXES) -> str:
    """An axiom in functional syntax as an English sentence; the text itself where nothing is known of its form.

    >>> say_axiom("ObjectPropertyDomain(<http://e/#knows> <http://e/#Person>)", Labels(()))
    'whatever has “knows” is Person'
    """
    [expression] = _parse(text)
    return _say(expression, labels, prefixes, "axioms") or text


def say_triple(triple: Triple, labels: Labels) -> str:
    """A triple of data as an English sentence: ``Joe Biden has “represents” United States``."""
    subject, value = labels.label(_plain(triple.subject)), _plain(triple.object)
    if triple.predicate == TYPE:
        return f"{subject} is {labels.label(value)}"
    if triple.predicate.value == OWL + "sameAs":
        return f"{subject} is the same as <{value}>"
    shown = labels.label(value) if isinstance(triple.object, NamedNode) else f'"{value}"'
    return f"{subject} has “{labels.label(triple.predicate.value)}” {shown}"


def parse_axiom(text: str) -> list[Expression]:
    """An axiom's name and its arguments, each a name or again a list.

    >>> parse_axiom("SubClassOf(a ObjectUnionOf(b c))")
    ['SubClassOf', 'a', ['ObjectUnionOf', 'b', 'c']]
    """
    [expression] = _parse(text)
    return expression if isinstance(expression, list) else [expression]


def write_expression(expression: Expression) -> str:
    """The inverse of :func:`parse_axiom`.

    >>> write_expression(["SubClassOf", "a", ["ObjectUnionOf", "b", "c"]])
    'SubClassOf(a ObjectUnionOf(b c))'
    """
    if isinstance(expression, str):
        return expression
    head, *arguments = expression
    return f"{write_expression(head)}({' '.join(map(write_expression, arguments))})"


def _plain(term: object) -> str:
    return str(getattr(term, "value", term))


def _parse(text: str) -> list[Expression]:
    """``f(a g(b))`` as ``[["f", "a", ["g", "b"]]]``."""
    stack: list[list[Expression]] = [[]]
    for token in _TOKEN.findall(text):
        if token == "(":
            stack.append([stack[-1].pop()])
        elif token == ")":
            done = stack.pop()
            stack[-1].append(done)
        else:
            stack[-1].append(token)
    return stack[0]


def _say(
    expression: Expression, labels: Labels, prefixes: Mapping[str, str], kind: str = "expressions"
) -> str:
    if isinstance(expression, str):
        return _name(expression, labels, prefixes)
    head, *arguments = expression
    template: Any = _templates()[kind].get(head if isinstance(head, str) else "")
    if template is None:
        return ""
    said = [_say(one, labels, prefixes) for one in arguments]
    said += ["thing"] * (3 - len(said))  # an unqualified cardinality counts things of any kind
    if isinstance(template, str):
        return template.format(*said)
    given = said[: len(arguments)]
    between = template["between"]
    return str(template["text"].format(*said, all=between.join(given), rest=between.join(given[1:])))


def _name(token: str, labels: Labels, prefixes: Mapping[str, str]) -> str:
    if token.startswith('"'):
        return re.sub(r"\^\^\S+$", "", token)
    prefix, colon, local = token.partition(":")
    if token.startswith("<"):
        iri = token[1:-1]
    elif colon and prefix in prefixes:
        iri = prefixes[prefix] + local
    else:
        return token
    label = labels.label(iri)
    return f"“{label}”" if iri in labels.properties or _is_property(iri, labels) else label


def _is_property(iri: str, labels: Labels) -> bool:
    """Where no declaration says so: by custom, names of properties begin with a small letter."""
    return not labels.properties and short(iri)[:1].islower()


@cache
def _templates() -> dict[str, Any]:
    return read_toml("ontology", "rules", "wording.toml")
