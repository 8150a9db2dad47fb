"""The ontology files themselves: OWL 2 DL, bilingual, and in agreement with one another."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse, serialize

from diplograph.checking.datatypes import DATATYPES
from diplograph.resources import list_files, locate
from diplograph.vocabulary import BASE, DIP, OWL, RDF, RDFS, SKOS, load_vocabulary

ONTOLOGY = locate("ontology", "diplograph.ttl")
ALIGNMENTS = tuple(list_files("ontology", "alignments", ".ttl"))
DCTERMS = "http://purl.org/dc/terms/"
VANN = "http://purl.org/vocab/vann/"
SHACL = "http://www.w3.org/ns/shacl#"


def read(*paths: Path) -> list[Triple]:
    found: list[Triple] = []
    for path in paths:
        found += [
            q.triple for q in parse(path.read_bytes(), format=RdfFormat.TURTLE, rename_blank_nodes=True)
        ]
    return found


def objects(triples: list[Triple], subject: str, predicate: str) -> list[object]:
    return [t.object for t in triples if t.subject == NamedNode(subject) and t.predicate.value == predicate]


def texts(triples: list[Triple], subject: str, predicate: str) -> dict[str, str]:
    return {
        value.language or "": value.value
        for value in objects(triples, subject, predicate)
        if isinstance(value, Literal)
    }


# --- Every term --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", load_vocabulary().names())
def test_every_term_has_one_label_and_one_definition_in_both_languages(name: str) -> None:
    triples = read(ONTOLOGY)
    for predicate in (RDFS + "label", SKOS + "definition"):
        assert len(objects(triples, DIP + name, predicate)) == 2
        found = texts(triples, DIP + name, predicate)
        assert set(found) == {"ar", "en"}
        assert all(text.strip() == text != "" for text in found.values())


def test_labels_are_told_apart() -> None:
    vocabulary = load_vocabulary()
    for language in ("ar", "en"):
        for kind in ("Class", "ObjectProperty", "DatatypeProperty"):
            labels = [vocabulary.label(name, language) for name in vocabulary.names(kind)]
            assert len(labels) == len(set(labels))


@pytest.mark.parametrize(
    "name", [*load_vocabulary().names("ObjectProperty"), *load_vocabulary().names("DatatypeProperty")]
)
def test_every_property_has_a_single_domain_and_range(name: str) -> None:
    triples = read(ONTOLOGY)
    assert len(objects(triples, DIP + name, RDFS + "domain")) == 1
    assert len(objects(triples, DIP + name, RDFS + "range")) == 1


def test_siblings_among_the_primitive_classes_are_disjoint() -> None:
    vocabulary = load_vocabulary()
    primitive = set(vocabulary.names("Class")) - set(vocabulary.defined_classes())
    disjoint = _disjoint_pairs(read(ONTOLOGY))
    parents = {name: {p for p in vocabulary.superclasses(name)[:1]} for name in primitive}
    siblings = [(a, b) for a in primitive for b in primitive if a < b and parents[a] == parents[b]]
    # A country is an actor and may be a place: the one pair of siblings that is not disjoint.
    assert [pair for pair in siblings if frozenset(pair) not in disjoint] == [("Actor", "Place")]


def _disjoint_pairs(triples: list[Triple]) -> set[frozenset[str]]:
    found = {
        frozenset((t.subject.value.removeprefix(DIP), t.object.value.removeprefix(DIP)))
        for t in triples
        if t.predicate.value == OWL + "disjointWith"
        and isinstance(t.subject, NamedNode)
        and isinstance(t.object, NamedNode)
    }
    following = {
        (t.subject, t.predicate.value): t.object for t in triples if isinstance(t.subject, BlankNode)
    }
    for triple in triples:
        if triple.predicate.value != OWL + "members":
            continue
        members, node = [], triple.object
        while isinstance(node, BlankNode):
            member = following[node, RDF + "first"]
            assert isinstance(member, NamedNode)
            members.append(member.value.removeprefix(DIP))
            node = following[node, RDF + "rest"]
        found |= {frozenset((a, b)) for a in members for b in members if a != b}
    return found


# --- Metadata ----------------------------------------------------------------------------------------------------------


def test_the_header_says_what_it_is_whose_and_which() -> None:
    triples, subject = read(ONTOLOGY), BASE + "ontology"
    version = texts(triples, subject, OWL + "versionInfo")[""]
    assert objects(triples, subject, OWL + "versionIRI") == [NamedNode(f"{subject}/{version}")]
    assert objects(triples, subject, DCTERMS + "license") == [
        NamedNode("https://creativecommons.org/licenses/by/4.0/")
    ]
    assert texts(triples, subject, VANN + "preferredNamespacePrefix")[""] == "dip"
    assert texts(triples, subject, VANN + "preferredNamespaceUri")[""] == DIP
    for predicate in ("creator", "created", "modified"):
        assert len(objects(triples, subject, DCTERMS + predicate)) == 1
    for predicate in ("title", "description"):
        assert set(texts(triples, subject, DCTERMS + predicate)) == {"ar", "en"}
    assert not [t for t in triples if t.predicate.value == OWL + "imports"]


@pytest.mark.parametrize("path", ALIGNMENTS, ids=lambda path: path.stem)
def test_every_alignment_is_an_ontology_of_its_own_that_imports_nothing(path: Path) -> None:
    triples, subject = read(path), f"{BASE}ontology/alignments/{path.stem}"
    assert objects(triples, subject, RDF + "type") == [NamedNode(OWL + "Ontology")]
    assert set(texts(triples, subject, DCTERMS + "title")) == {"ar", "en"}
    assert len(objects(triples, subject, DCTERMS + "license")) == 1
    assert not [t for t in triples if t.predicate.value == OWL + "imports"]


def test_there_are_four_alignments() -> None:
    assert [path.stem for path in ALIGNMENTS] == ["plover", "prov", "schema-org", "sem"]


# --- Agreement ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*ALIGNMENTS, locate("ontology", "shapes.ttl")], ids=lambda path: path.stem)
def test_alignments_and_shapes_name_only_terms_that_exist(path: Path) -> None:
    triples = read(path)
    declared_here = {
        t.subject
        for t in triples
        if t.predicate.value == RDF + "type" and t.object == NamedNode(OWL + "AnnotationProperty")
    }
    used = {
        term for t in triples for term in (t.subject, t.predicate, t.object) if isinstance(term, NamedNode)
    }
    ours = [term.value for term in used - declared_here if term.value.startswith(DIP) and term.value != DIP]
    assert len(ours) > 5
    for iri in ours:
        load_vocabulary().local_name(iri)


def test_every_event_class_has_its_codes() -> None:
    triples = read(locate("ontology", "alignments", "plover.ttl"))
    codes = {
        name: sorted(
            value.value
            for value in objects(triples, DIP + name, DIP + "cameoCode")
            if isinstance(value, Literal)
        )
        for name in load_vocabulary().event_classes()
    }
    assert codes == {
        "PhoneCall": ["041"],
        "Summit": ["042", "043", "044"],
        "SecurityGuaranteeTalk": ["046"],
        "SanctionThreat": ["1312"],
    }
    assert all(objects(triples, DIP + name, DIP + "ploverType") for name in codes)


def test_every_shape_speaks_both_languages() -> None:
    triples = read(locate("ontology", "shapes.ttl"))
    found: dict[object, list[str]] = {}
    for triple in triples:
        if triple.predicate.value == SHACL + "message" and isinstance(triple.object, Literal):
            found.setdefault(triple.subject, []).append(triple.object.language or "")
    assert len(found) > 40
    assert all(sorted(languages) == ["ar", "en"] for languages in found.values())


# --- OWL 2 DL ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("paths", [(ONTOLOGY,), (ONTOLOGY, *ALIGNMENTS)], ids=["alone", "with alignments"])
def test_it_is_in_owl_2_dl(paths: tuple[Path, ...]) -> None:
    profiles = pytest.importorskip("pyowl2_profiles", reason="the profile checker is not installed")
    from pyoxigraph import Quad, Store

    store = Store()
    store.extend(Quad(t.subject, t.predicate, t.object) for t in read(*paths))
    verdict = profiles.detect_profiles(store, graph_iri=None)["dl"]
    assert verdict["in_profile"], verdict["sample_violations"]


@pytest.mark.parametrize("alignments", [False, True])
def test_a_strict_checker_accepts_it(alignments: bool) -> None:
    # Declarations, reserved vocabulary, datatypes, simple properties: pyHermiT refuses what breaks any rule of OWL 2 DL.
    hermit = pytest.importorskip("pyhermit", reason="the strict checker is not installed")
    from pyowl_core import ImportPolicy, LoadOptions, load_snapshot

    triples = read(ONTOLOGY)
    if alignments:
        # One document has one header: those of the alignments stay out.
        triples += [t for t in read(*ALIGNMENTS) if "/alignments/" not in str(t.subject)]
    text = serialize(triples, format=RdfFormat.TURTLE)
    with hermit.Reasoner(
        load_snapshot(text, options=LoadOptions(imports=ImportPolicy.RESOLVE_STRICT))
    ) as reasoner:
        assert reasoner.is_consistent()


def test_all_its_literals_are_in_the_datatype_map_of_owl_2() -> None:
    # The profile checker is lenient about dates; OWL 2 is not, and neither is HermiT.
    triples = read(ONTOLOGY, *ALIGNMENTS)
    assert {t.object.datatype.value for t in triples if isinstance(t.object, Literal)} <= DATATYPES


def test_ranges_are_datatypes_that_owl_2_knows() -> None:
    triples, vocabulary = read(ONTOLOGY), load_vocabulary()
    for name in vocabulary.names("DatatypeProperty"):
        (value,) = objects(triples, DIP + name, RDFS + "range")
        assert isinstance(value, NamedNode)
        assert value.value in DATATYPES, name
