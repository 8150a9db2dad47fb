"""Pages read as a browser would: elements in their order, whether they nest, what links where."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser

from html5rdf import HTMLParser as HTML5Parser

_VOID = {"meta", "link", "input", "br", "img", "hr"}


@dataclass(slots=True)
class Element:
    """An element: its attributes, and all the text in it."""

    tag: str
    attributes: dict[str, str]
    text: str = ""
    parents: tuple[str, ...] = ()


class WebPage(HTMLParser):
    """A page; ``faults`` are tags that do not match, and what the HTML standard calls a parse error."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.faults: list[str] = []
        self._open: list[Element] = []
        self.feed(html)
        self.close()
        self.faults += [f"<{element.tag}> stays open" for element in self._open]
        strict = HTML5Parser()
        strict.parse(html)
        self.faults += [str(error) for error in strict.errors]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if len({name for name, _ in attrs}) != len(attrs):
            self.faults.append(f"<{tag}> has an attribute twice")
        parents = tuple(element.tag for element in self._open)
        element = Element(tag, {name: value or "" for name, value in attrs}, parents=parents)
        self.elements.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1].tag != tag:
            self.faults.append(f"</{tag}> closes {self._open[-1].tag if self._open else 'nothing'}")
            return
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """The elements with this tag and these attributes."""
        return [
            element
            for element in self.elements
            if element.tag == tag
            and all(element.attributes.get(name) == value for name, value in attributes.items())
        ]

    def links(self) -> list[str]:
        """Where the page's links and style sheets lead."""
        return [element.attributes["href"] for element in self.elements if element.attributes.get("href")]
