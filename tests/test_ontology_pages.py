"""What is written of the ontology for readers: the page of inferences, and the pages in English and Arabic."""

from __future__ import annotations

import os
import re
import shutil
import sys
from typing import Any

import pytest
from conftest import REPOSITORY
from lxml import html

from diplograph.vocabulary import load_vocabulary

sys.path.insert(0, str(REPOSITORY / "docs"))

ARABIC = re.compile(r"[\u0600-\u06ff]")
LATIN = re.compile(r"[A-Za-z]{2,}")
DIRECTIONS = {"en": "ltr", "ar": "rtl"}


# --- Inferences ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def examples() -> Any:
    from make_inferences import find_examples

    return find_examples()


def test_every_defined_class_has_an_example_that_was_run(examples: Any) -> None:
    from make_inferences import PAGE, write_page

    assert tuple(examples) == load_vocabulary().defined_classes()
    assert write_page(examples) == PAGE.read_text(encoding="utf-8"), "docs/inferences.md is old: make docs"


def test_the_reasons_are_those_that_the_case_expects(examples: Any) -> None:
    for case, expected, explanation in examples.values():
        axioms = sorted(one.axiom for one in explanation.statements if one.axiom)
        assert axioms in [sorted(alternative) for alternative in expected.because], case.name
        facts = [one for one in explanation.statements if not one.axiom]
        stated = {(str(q.subject), str(q.predicate), str(q.object)) for q in case.quads()}
        assert {(one.subject, one.predicate, one.object) for one in facts} <= stated, case.name
        planted = {(str(q.subject), str(q.predicate), str(q.object)) for q in case.planted}
        assert {(one.subject, one.predicate, one.object) for one in facts} & planted, case.name


def test_reasons_lead_to_documents_and_their_words(examples: Any) -> None:
    texts = {q.subject.value: q.object.value for q in next(iter(examples.values()))[0].quads() if q.predicate.value.endswith("#text")}  # fmt: skip
    told = [
        source
        for _, _, one in examples.values()
        for statement in one.statements
        for source in statement.sources
    ]
    assert len(told) > 20
    for source in told:
        (text,) = (text for iri, text in texts.items() if iri.endswith(f"/{source.document}"))
        assert source.quote == text[source.begin : source.end] != ""


# --- The pages -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=sorted(DIRECTIONS))
def page(request: pytest.FixtureRequest) -> tuple[str, Any]:
    if not shutil.which("dot"):
        assert "CI" not in os.environ, "Graphviz is not installed"
        pytest.skip("Graphviz is not installed")
    from make_ontology import write_page

    return request.param, html.document_fromstring(write_page(request.param))


def test_the_page_has_every_term_with_label_and_definition_in_its_language(page: tuple[str, Any]) -> None:
    language, root = page
    vocabulary = load_vocabulary()
    assert (root.get("lang"), root.get("dir")) == (language, DIRECTIONS[language])
    text = " ".join(root.text_content().split())
    for name in vocabulary.names():
        assert root.xpath(f"//*[@id='{name}']"), name
        assert vocabulary.label(name, language) in text, name
        assert " ".join(vocabulary.definition(name, language).split()) in text, name


def test_the_page_speaks_one_language(page: tuple[str, Any]) -> None:
    language, root = page
    other = ARABIC if language == "en" else LATIN
    headings = root.xpath(
        "//h1|//h2|//h3/text()[1]|//h4|//th|//dt[not(ancestor::div[@id='namespaces'])]|//svg//text"
    )
    texts = [one if isinstance(one, str) else one.text_content() for one in headings]
    assert len(texts) > 250
    assert not [text for text in texts if other.search(text.replace("IRI", ""))]


def test_the_page_says_what_the_axioms_say(page: tuple[str, Any]) -> None:
    language, root = page
    vocabulary = load_vocabulary()

    def section(name: str) -> str:
        return " ".join(root.get_element_by_id(name).text_content().split())

    assert vocabulary.label("HeadOfState", language) in section(
        "HeadOfStateCall"
    )  # the class of a cardinality
    assert vocabulary.label("Threat", language) in section("Engagement")  # disjointness
    assert vocabulary.label("represents", language) in section("involves")  # a chain
    assert "3" in section("MultilateralEngagement")  # the bound of a datatype


def test_the_page_fetches_nothing_and_its_links_lead_somewhere(page: tuple[str, Any]) -> None:
    _, root = page
    assert not root.xpath(
        "//script|//iframe|//img[not(starts-with(@src, 'data:'))]|//link[@rel='stylesheet']"
    )
    assert "url(" not in "".join(root.xpath("//style/text()")) and "@import" not in "".join(
        root.xpath("//style/text()")
    )
    ids = set(root.xpath("//@id"))
    links = [link for link in root.xpath("//a/@href") if link.startswith("#")]
    links += [
        value for a in root.xpath("//svg//a") for key, value in a.attrib.items() if key.endswith("href")
    ]
    assert len(links) > 250
    assert {link.removeprefix("#") for link in links} - ids == set()
    assert len(root.xpath("//svg")) == 2
