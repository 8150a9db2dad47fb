"""Writes build/ontology/en.html and ar.html, the ontology for readers, from its Turtle alone: ``make ontology-docs``.

pyLODE makes the page of a graph that speaks one language; this file picks that language, tells what pyLODE leaves out
(definitions, disjointness, chains …) as notes, turns the fixed headings into Arabic by ontology-pages.toml, and adds
two diagrams drawn by Graphviz. Nothing on a page is fetched from elsewhere.
"""

from __future__ import annotations

import logging
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from lxml import etree, html
from rdflib import OWL, RDF, RDFS, SKOS, Graph, Literal, Namespace, URIRef

from diplograph.checking.axioms import Axiom, read_axioms
from diplograph.checking.material import load_ontology
from diplograph.checking.wording import Expression, parse_axiom
from diplograph.resources import locate
from diplograph.store import PREFIXES
from diplograph.vocabulary import DIP

HERE = Path(__file__).parent
OUTPUT = HERE.parent / "build" / "ontology"
LANGUAGES = {"en": "ltr", "ar": "rtl"}
TEXTS = tomllib.loads((HERE / "ontology-pages.toml").read_text(encoding="utf-8"))
TERM = Namespace(DIP)
_STRUT = '<font point-size="14">&#8203;</font>'  # of no width, for lines as high as Arabic letters need
ARABIC = re.compile(r"[\u0600-\u06ff]")


def main() -> None:
    if not shutil.which("dot"):
        sys.exit("Graphviz draws the diagrams and is not there; on Debian: apt-get install graphviz")
    OUTPUT.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        path = OUTPUT / f"{language}.html"
        path.write_text(write_page(language), encoding="utf-8")
        print(path)


def write_page(language: str) -> str:
    """The page in English or Arabic. Raises ValueError when pyLODE has a heading that is not translated."""
    graph = read_graph(language)
    names = Names(graph, language)
    for subject, note in notes(names):
        graph.add((subject, SKOS.note, Literal(note, lang=language)))
    return finish(html.document_fromstring(ask_pylode(graph)), names)


def ask_pylode(graph: Graph) -> str:
    """pyLODE's page; it sets up logging for the whole program when it is imported, which is undone."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    try:
        from pylode import OntPub

        root.setLevel(logging.WARNING)
        return str(OntPub(ontology=graph).make_html())
    finally:
        root.setLevel(level)
        root.handlers[:] = handlers


# --- One language ----------------------------------------------------------------------------------------------------


def read_graph(language: str) -> Graph:
    """The ontology with the texts of one language, and without what is not to be shown of it."""
    graph = Graph().parse(locate("ontology", "diplograph.ttl"), format="turtle")
    for triple in list(graph):
        if isinstance(triple[2], Literal) and triple[2].language not in (None, language):
            graph.remove(triple)
    for term in list(graph.subjects(RDF.type, OWL.AnnotationProperty)):
        graph.remove((term, RDF.type, OWL.AnnotationProperty))
    # What notes tell in full pyLODE tells in part (a cardinality without its class), or twice.
    graph.remove((None, OWL.equivalentClass, None))
    graph.remove((None, RDF.type, OWL.FunctionalProperty))
    for iri, label in TEXTS["foreign"][language].items():
        graph.add((URIRef(iri), RDFS.label, Literal(label, lang=language)))
    return graph


class Names:
    """The labels of terms in one language, and the words for what axioms say."""

    def __init__(self, graph: Graph, language: str) -> None:
        self.graph, self.language = graph, language
        self.axioms = read_axioms(load_ontology())
        self._words: Mapping[str, str] = TEXTS["words"][language]

    def label(self, name: str) -> str:
        """Of a term as axioms write it, ``dip:PhoneCall``: its label; of a literal its letters."""
        if name.startswith('"'):
            return name.rpartition('"')[0][1:]
        prefix, _, local = name.partition(":")
        value = self.graph.value(URIRef(PREFIXES.get(prefix, "") + local), RDFS.label)
        return str(value) if value else TEXTS["foreign"][self.language].get(name, name)

    def say(self, tree: Expression) -> str:
        """A class, or what an axiom says, in words; the patterns are in ontology-pages.toml."""
        if isinstance(tree, str):
            return self.label(tree)
        name, *arguments = str(tree[0]), *tree[1:]
        told = [self.say(one) for one in arguments]
        joined = {"ObjectIntersectionOf": "and", "ObjectUnionOf": "or"}.get(name)
        if joined:
            return self._words[joined].join(told)
        return self._words[name].format(*told)

    def list(self, names: Iterable[str]) -> str:
        return self._words["comma"].join(map(self.label, names))


def read(axiom: Axiom) -> list[Any]:
    """An axiom as nested lists, its name first."""
    return list(parse_axiom(axiom.text))


def notes(names: Names) -> Iterator[tuple[URIRef, str]]:
    """(term, note) of all that axioms say and pyLODE does not."""
    words = TEXTS["words"][names.language]
    for axiom in names.axioms:
        name, *arguments = read(axiom)
        if name == "DisjointClasses":
            for member in arguments:
                others = [other for other in arguments if other != member]
                yield TERM[member[4:]], words["DisjointClasses"].format(names.list(others))
        elif name == "EquivalentClasses":
            yield TERM[arguments[0][4:]], words["EquivalentClasses"].format(names.say(arguments[1]))
        elif name.startswith("Functional"):
            yield TERM[arguments[0][4:]], words["Functional"]
        elif name == "InverseObjectProperties":
            for one, other in (arguments, arguments[::-1]):
                yield TERM[one[4:]], words[name].format(names.label(other))
        elif name == "SubObjectPropertyOf" and isinstance(arguments[0], list):
            yield TERM[arguments[1][4:]], words["Chain"].format(*map(names.label, arguments[0][1:]))


# --- Diagrams --------------------------------------------------------------------------------------------------------


def draw_classes(names: Names) -> str:
    """The hierarchy of classes, those that are defined with a broken line."""
    defined = {a.text.split("(")[1].split()[0] for a in names.axioms if a.kind == "EquivalentClasses"}
    lines = []
    for axiom in names.axioms:
        name, *arguments = read(axiom)
        if name == "Declaration" and arguments[0][0] == "Class" and arguments[0][1].startswith("dip:"):
            style = "rounded,dashed" if arguments[0][1] in defined else "rounded"
            lines.append(_node(names, arguments[0][1], style))
        elif name == "SubClassOf":
            lines.append(f'"{arguments[1]}" -> "{arguments[0]}" [dir=back arrowtail=empty]')
    return draw(lines, names, direction="LR")


def draw_properties(names: Names) -> str:
    """The classes between which properties lead; the datatype properties of each class are in its box."""
    domains = dict(_pairs(names.axioms, "PropertyDomain"))
    ranges = dict(_pairs(names.axioms, "PropertyRange"))
    data = {a.text.split("(")[1].split()[0] for a in names.axioms if a.kind == "DataPropertyDomain"}
    above = {a.text.split("(")[1].split()[0] for a in names.axioms if a.kind == "SubObjectPropertyOf"} - {""}
    boxes: dict[str, list[str]] = {}
    edges: dict[tuple[str, str], list[str]] = {}
    for name, tree in domains.items():
        for domain in _members(tree):
            boxes.setdefault(domain, [])
            if name in data:
                boxes[domain].append(names.label(name))
            elif name not in above or ranges[name] != "dip:Actor":
                for value in _members(ranges[name]):
                    edges.setdefault((domain, value), []).append(names.label(name))
    lines = [_node(names, name, "rounded", fields) for name, fields in boxes.items()]
    lines += [_node(names, value, "rounded") for _, value in edges if value not in boxes]
    lines += [
        f'"{a}" -> "{b}" [label="{chr(92) + "n"}"]'.replace("\\n", "\\n".join(told))
        for (a, b), told in edges.items()
    ]
    return draw(lines, names, direction="TB")


def _pairs(axioms: Iterable[Axiom], kind: str) -> Iterator[tuple[str, Expression]]:
    for axiom in axioms:
        if axiom.kind.endswith(kind):
            _, name, value = read(axiom)
            yield name, value


def _members(tree: Expression) -> list[str]:
    return [tree] if isinstance(tree, str) else [str(member) for member in tree[1:]]


def _node(names: Names, name: str, style: str, fields: Iterable[str] = ()) -> str:
    inner = "".join(f'<br/>{_STRUT}<font point-size="10">{field}</font>' for field in fields)
    link = f'href="#{name[4:]}"' if name.startswith("dip:") else ""
    return f'"{name}" [label=<{names.label(name)}{inner}> style="{style}" {link}]'


def draw(lines: Iterable[str], names: Names, *, direction: str) -> str:
    """An SVG to be put into a page."""
    if direction == "LR" and LANGUAGES[names.language] == "rtl":
        direction = "RL"
    text = "\n".join(
        [
            f'digraph {{ rankdir={direction} nodesep=0.15 ranksep=0.6 bgcolor="transparent"',
            'node [shape=box fontname="Noto Sans Arabic,Noto Sans,sans-serif" fontsize=12 color="#005A9C"]',
            'edge [fontname="Noto Sans Arabic,Noto Sans,sans-serif" fontsize=10 color="#777777" arrowsize=0.7]',
            *lines,
            "}",
        ]
    )
    drawn = subprocess.run(["dot", "-Tsvg"], input=text, capture_output=True, text=True, check=True).stdout
    return drawn[drawn.index("<svg") :]


# --- The page --------------------------------------------------------------------------------------------------------


def finish(page: Any, names: Names) -> str:
    """pyLODE's page with its headings in our language, the diagrams, the individuals and the way to the other page."""
    language = names.language
    page.set("lang", language)
    page.set("dir", LANGUAGES[language])
    head = page.find("head")
    head.insert(0, html.fragment_fromstring('<meta charset="utf-8">'))
    for element in (*head.findall("script"), *head.findall("style")):
        head.remove(element)
    etree.SubElement(head, "style").text = (HERE / "ontology-pages.css").read_text(encoding="utf-8")
    rename_anchors(page)
    if language != "en":
        translate(page, TEXTS["headings"][language])
    else:
        for mark in page.xpath("//*[@title]"):
            del mark.attrib["title"]
    for code in page.xpath("//code | //dd//a[contains(., ':')]"):
        code.set("dir", "ltr")
    words = TEXTS["page"][language]
    content = page.get_element_by_id("content")
    content.insert(
        0, html.fromstring(f'<p class="other"><a href="{words["other_file"]}">{words["other"]}</a></p>')
    )
    for place, (title, drawing) in enumerate(
        [(words["classes"], draw_classes(names)), (words["properties"], draw_properties(names))]
    ):
        section = html.fromstring(f'<div class="section diagram"><h2>{title}</h2>{drawing}</div>')
        content.insert(2 + place, section)
    page.get_element_by_id("namespaces").addprevious(individuals(names, words["individuals"]))
    (entry,) = page.xpath("//div[@id='toc']//li[h4/a[@href='#namespaces']]")
    entry.addprevious(html.fromstring(f'<li><h4><a href="#individuals">{words["individuals"]}</a></h4></li>'))
    text: str = html.tostring(page, encoding="unicode", doctype="<!DOCTYPE html>")
    return text + "\n"


def individuals(names: Names, title: str) -> Any:
    """A section of the individuals, which pyLODE leaves out."""
    rows = "".join(
        f"<dt id='{str(one).removeprefix(DIP)}'>{names.graph.value(one, RDFS.label)}</dt>"
        f"<dd><code dir='ltr'>{one}</code><p>{names.graph.value(one, SKOS.definition)}</p></dd>"
        for one in names.graph.subjects(RDF.type, OWL.NamedIndividual)
    )
    return html.fromstring(f'<div class="section" id="individuals"><h2>{title}</h2><dl>{rows}</dl></div>')


def rename_anchors(page: Any) -> None:
    """Every term of ours is at its local name, in whatever case pyLODE wrote it."""
    renamed = {}
    for entity in page.xpath("//div[contains(@class, 'entity')][@id]"):
        (iri,) = entity.xpath(".//tr[1]//code/text()")[:1]
        renamed["#" + entity.get("id")] = "#" + re.split("[#/]", iri)[-1]
        entity.set("id", re.split("[#/]", iri)[-1])
    for link in page.xpath("//a[starts-with(@href, '#')]"):
        link.set("href", renamed.get(link.get("href"), link.get("href")))


def translate(page: Any, headings: Mapping[str, str]) -> None:
    """Puts our words in the place of pyLODE's; raises ValueError, naming them, where there are none."""
    missing = set()
    fixed = page.xpath(
        "//h2|//h3|//h4/a|//dt//*|//dt|//th|//th/a|//div[@id='legend']//td|//span[@class='cardinality']"
    )
    for element in fixed:
        text = (element.text or "").strip()
        if not text or ARABIC.search(text) or element.get("id") == text:
            continue
        if text in headings:
            element.text = headings[text]
        else:
            missing.add(text)
    for mark in page.xpath("//*[@title]"):
        del mark.attrib["title"]  # explanations of the terms of others, in English
    if missing:
        raise ValueError(f"docs/ontology-pages.toml has no Arabic for {sorted(missing)}")


if __name__ == "__main__":
    main()
