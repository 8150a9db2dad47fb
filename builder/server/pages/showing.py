"""How a value of the graph is shown on a page: its words, where it links to, its language and direction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from pyoxigraph import BlankNode, Literal, NamedNode

from diplograph.arabic import has_arabic
from diplograph.model import TermError
from diplograph.quads import WIKIDATA, decode
from diplograph.server.rows import Node
from diplograph.store import PREFIXES
from diplograph.vocabulary import DIP, load_vocabulary

_RIGHT_TO_LEFT = {"ar", "fa", "he", "ur"}


@dataclass(frozen=True, slots=True)
class Shown:
    """Words, and what is known of them. ``href`` is None where there is nothing to be seen; ``dir`` may be "auto"."""

    text: str
    href: str | None = None
    lang: str | None = None
    dir: str = "auto"
    external: bool = False


@dataclass(frozen=True, slots=True)
class Shower:
    """Shows values on the pages of a server.

    ``root`` is what its addresses begin with, ``language`` the page's; ``names`` are what terms of other vocabularies,
    with their prefix, are called in it.
    """

    base: str
    root: str
    language: str = "en"
    names: Mapping[str, str] = field(default_factory=dict)

    def show(self, node: Node | None, label: Literal | None = None) -> Shown:
        """A value; with a label, the words are the label's."""
        if node is None:
            return Shown("")
        if isinstance(node, Literal):
            return self._literal(node)
        if isinstance(node, BlankNode):
            return Shown(f"_:{node.value}", dir="ltr")
        shown = self._named(node)
        if label is not None:
            words = self._literal(label)
            return replace(words, href=shown.href, external=shown.external)
        return shown

    def term(self, iri: str) -> Shown:
        """A term of the ontology by its IRI."""
        return self._named(NamedNode(iri))

    def cell(self, text: str) -> Shown:
        """A cell of an answer as text: an address is a link, all else is words."""
        if text.startswith(("http://", "https://")) and not any(mark in text for mark in ' <>"'):
            try:
                return self._named(NamedNode(text))
            except ValueError:
                pass
        return self._literal(Literal(text))

    def link(self, iri: str) -> str | None:
        """Where an IRI can be looked at: on this server when it is ours, else at its own address."""
        if iri.startswith(self.base):
            return f"{self.root}/{iri.removeprefix(self.base)}"
        if iri.startswith(DIP):
            return f"{self.root}/ontology#{iri.removeprefix(DIP)}"
        return iri if urlsplit(iri).scheme in ("http", "https") else None

    def _literal(self, node: Literal) -> Shown:
        language = node.language or ("ar" if has_arabic(node.value) else None)
        primary = (language or "").partition("-")[0]
        direction = "rtl" if primary in _RIGHT_TO_LEFT else "ltr" if language else "auto"
        return Shown(node.value, lang=language, dir=direction)

    def _named(self, node: NamedNode) -> Shown:
        iri, href = node.value, self.link(node.value)
        external = href == iri
        try:
            name = load_vocabulary().local_name(iri)
            words = load_vocabulary().label(name, self.language)
            return Shown(words, href, self.language, "rtl" if self.language == "ar" else "ltr", external)
        except TermError:
            pass
        if iri.startswith(self.base):
            return Shown(decode(iri.removeprefix(self.base)), href)
        for prefix, namespace in PREFIXES.items():
            if iri.startswith(namespace) and namespace != WIKIDATA:
                name = f"{prefix}:{iri.removeprefix(namespace)}"
                if name in self.names:
                    direction = "rtl" if self.language == "ar" else "ltr"
                    return Shown(self.names[name], href, self.language, direction, external)
                return Shown(name, href, dir="ltr", external=external)
        return Shown(iri.removeprefix(WIKIDATA), href, dir="ltr", external=external)
