"""The vocabulary: what the ontology says, as Python asks for it."""

from __future__ import annotations

import pytest

from diplograph.model import DataError, TermError
from diplograph.vocabulary import DIP, Vocabulary, load_vocabulary, read_vocabulary

SMALL = """
@prefix dip: <https://w3id.org/diplograph/ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .

prov:used a owl:ObjectProperty .
dip:DiplomaticEvent a owl:Class .
dip:Meeting a owl:Class ; rdfs:subClassOf dip:DiplomaticEvent .
dip:Visit a owl:Class ; rdfs:subClassOf dip:Meeting ; rdfs:label "visit"@en .
dip:LongVisit a owl:Class ; rdfs:subClassOf dip:Visit ; owl:equivalentClass [ owl:intersectionOf ( dip:Visit ) ] .
dip:hasActor a owl:ObjectProperty .
dip:guest a owl:ObjectProperty ; rdfs:subPropertyOf dip:hasActor .
dip:guestOfHonour a owl:ObjectProperty ; rdfs:subPropertyOf dip:guest .
"""


@pytest.fixture
def small() -> Vocabulary:
    return read_vocabulary(SMALL.encode())


@pytest.fixture
def vocabulary() -> Vocabulary:
    return load_vocabulary()


def test_terms_are_found_by_name_and_by_iri(vocabulary: Vocabulary) -> None:
    assert vocabulary.iri("PhoneCall") == DIP + "PhoneCall"
    assert vocabulary.iri("prov:wasDerivedFrom") == "http://www.w3.org/ns/prov#wasDerivedFrom"
    assert all(vocabulary.local_name(vocabulary.iri(name)) == name for name in vocabulary.names())


def test_terms_of_others_are_named_by_their_iris_too(small: Vocabulary) -> None:
    assert small.local_name("http://www.w3.org/ns/prov#used") == "prov:used"
    assert "prov:used" not in small.names()


def test_an_iri_that_is_no_term_is_refused(vocabulary: Vocabulary) -> None:
    with pytest.raises(TermError, match="ontology#Nothing> is no term"):
        vocabulary.local_name(DIP + "Nothing")


@pytest.mark.parametrize(
    ("wrong", "right"), [("Phonecall", "PhoneCall"), ("prov:use", "prov:used"), ("targets", "target")]
)
def test_an_unknown_term_names_the_nearest_and_the_file(
    vocabulary: Vocabulary, wrong: str, right: str
) -> None:
    with pytest.raises(TermError) as caught:
        vocabulary.iri(wrong)
    assert f'"{wrong}"; did you mean "{right}"?' in str(caught.value)
    assert "ontology/diplograph.ttl" in str(caught.value)


def test_an_unknown_term_far_from_all_suggests_nothing(vocabulary: Vocabulary) -> None:
    with pytest.raises(TermError) as caught:
        vocabulary.iri("zzz")
    assert "did you mean" not in str(caught.value)


@pytest.mark.parametrize("method", ["superclasses", "subclasses", "role_superproperties"])
def test_every_question_about_an_unknown_term_is_refused(vocabulary: Vocabulary, method: str) -> None:
    with pytest.raises(TermError):
        getattr(vocabulary, method)("Nothing")


def test_event_classes_are_the_primitive_leaves(small: Vocabulary, vocabulary: Vocabulary) -> None:
    assert small.event_classes() == ("Visit",)
    assert small.defined_classes() == ("LongVisit",)
    assert vocabulary.event_classes() == ("PhoneCall", "Summit", "SecurityGuaranteeTalk", "SanctionThreat")
    assert not set(vocabulary.event_classes()) & set(vocabulary.defined_classes())


def test_the_hierarchy_is_followed_to_its_ends(small: Vocabulary) -> None:
    assert small.superclasses("LongVisit") == ("Visit", "Meeting", "DiplomaticEvent")
    assert small.subclasses("Meeting") == ("Visit", "LongVisit")
    assert small.superclasses("DiplomaticEvent") == ()


def test_roles_are_the_properties_below_has_actor(small: Vocabulary, vocabulary: Vocabulary) -> None:
    assert small.actor_roles() == ("guest", "guestOfHonour")
    assert small.role_superproperties("guestOfHonour") == ("guest",)
    assert vocabulary.actor_roles() == ("participant", "initiator", "threatener", "target")
    assert vocabulary.role_superproperties("initiator") == ("participant",)
    assert vocabulary.role_superproperties("target") == ()


def test_a_property_that_is_no_role_is_refused_with_the_roles_there_are(vocabulary: Vocabulary) -> None:
    with pytest.raises(TermError, match="no role of an actor. Roles are participant, initiator"):
        vocabulary.role_superproperties("heldAt")


def test_statuses_are_the_individuals_of_their_class(small: Vocabulary, vocabulary: Vocabulary) -> None:
    assert vocabulary.statuses() == ("occurred", "planned", "denied", "hypothetical")
    assert small.statuses() == ()


def test_labels_and_definitions_come_in_the_language_asked_for(vocabulary: Vocabulary) -> None:
    assert vocabulary.label("Summit", "ar") == "قمة"
    assert vocabulary.label("Summit", "en") == "summit"
    assert "قمة" in vocabulary.definition("Summit", "ar")


def test_a_label_that_is_missing_is_an_error(small: Vocabulary) -> None:
    assert small.label("Visit", "en") == "visit"
    with pytest.raises(TermError, match='"Visit" has no label in "ar"'):
        small.label("Visit", "ar")


def test_names_can_be_asked_for_by_kind(small: Vocabulary) -> None:
    assert small.names("ObjectProperty") == ("hasActor", "guest", "guestOfHonour")
    assert small.names("Class") == ("DiplomaticEvent", "Meeting", "Visit", "LongVisit")


def test_malformed_turtle_is_named_with_its_line() -> None:
    with pytest.raises(DataError, match="ontology/diplograph.ttl: not Turtle.*line 2"):
        read_vocabulary(b"@prefix dip: <urn:a> .\ndip:a dip:b")


def test_the_vocabulary_is_read_once() -> None:
    assert load_vocabulary() is load_vocabulary()
