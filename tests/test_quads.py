"""quads: the same values give the same quads, and each triple leads back to what it was made from."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
import rdflib
import sample_graph as sample
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, parse, serialize
from rdflib.compare import isomorphic

from diplograph.model import (
    DataError,
    Document,
    EventReport,
    EventValues,
    Evidence,
    Filler,
    Mention,
    TermError,
    TimeError,
)
from diplograph.quads import (
    activity_iri,
    actor_iri,
    actor_quads,
    count_participants,
    date_literal,
    decode,
    document_graph,
    document_iri,
    document_quads,
    encode,
    event_iri,
    event_quads,
    instant_literal,
    key_of,
    mention_iri,
    ontology_quads,
    place_iri,
    report_iri,
    restore_blank_nodes,
    shared_graph,
    term,
)
from diplograph.resources import locate

XSD = "http://www.w3.org/2001/XMLSchema#"
WHOLE_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


def quads_of(
    document: Document, *reports: EventReport, finished: datetime = sample.FINISHED
) -> tuple[Quad, ...]:
    return document_quads(document, reports, sample.PARSER, finished=finished, **sample.VERSIONS)


def one_report(text: str, values: EventValues, *evidence: Evidence) -> tuple[Document, EventReport]:
    document = Document("one", text)
    mention = Mention(0, len(text), 0, "phone-call", "noun", values, evidence)
    return document, EventReport("one", 1, values, 0.5, (mention,))


def values_of(quads: tuple[Quad, ...], subject: NamedNode, name: str) -> list[str]:
    found = [quad.object for quad in quads if quad.subject == subject and quad.predicate == term(name)]
    return [value.value for value in found if isinstance(value, NamedNode | Literal)]


@given(WHOLE_TEXT)
def test_ids_come_back_out_of_their_iris(id: str) -> None:
    assert decode(encode(id)) == id
    for room, iri in (("document", document_iri(id)), ("actor", actor_iri(id)), ("event", event_iri(id))):
        assert iri.value.isascii()
        assert key_of(iri, room) == id
    assert key_of(place_iri(id, base="http://x.example/"), "place", base="http://x.example/") == id
    for iri in (report_iri(id, 1), mention_iri(id, 0, 1), activity_iri(id), document_graph(id)):
        assert parse_back(iri) == iri


def parse_back(iri: NamedNode) -> object:
    line = f"{iri} {iri} {iri} {iri} .\n"
    return next(iter(parse(line, format=RdfFormat.N_QUADS))).subject


def test_slashes_stay_and_all_else_is_encoded() -> None:
    assert document_iri("wire/a b").value == "https://w3id.org/diplograph/document/wire/a%20b"
    assert event_iri("قمة").value.endswith("/event/%D9%82%D9%85%D8%A9")
    with pytest.raises(ValueError, match="not the IRI of a place"):
        key_of(actor_iri("Q1"), "place")
    with pytest.raises(ValueError, match="there are events, actors"):
        shared_graph("event")


@pytest.mark.parametrize(
    ("text", "kind"), [("2018", "gYear"), ("2018-06", "gYearMonth"), ("2018-06-14", "date")]
)
def test_dates_are_as_precise_as_they_were(text: str, kind: str) -> None:
    assert date_literal(text) == Literal(text, datatype=NamedNode(XSD + kind))


@pytest.mark.parametrize(
    "text", ["", "18", "2018-13", "2018-02-30", "2018-6-1", "2018-06-14T10:00", "20180614", "٢٠١٨-06"]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(TimeError, match="is not a date like 2018"):
        date_literal(text)


def test_a_clock_time_needs_a_full_date() -> None:
    moment = NamedNode(XSD + "dateTime")
    assert instant_literal("2021-12-30", "21:25+00:00") == Literal("2021-12-30T21:25:00Z", datatype=moment)
    assert instant_literal("2021-12-30", "16:25") == Literal("2021-12-30T16:25:00", datatype=moment)
    assert instant_literal("2021-12-30", "16:25:30+03:00") == Literal(
        "2021-12-30T16:25:30+03:00", datatype=moment
    )
    assert instant_literal("2021-12", "16:25") is None
    assert instant_literal(None, "16:25") is None
    with pytest.raises(TimeError, match="is not a clock time"):
        instant_literal("2021-12-30", "4 pm")


def test_every_quad_of_a_document_is_in_its_graph_and_none_has_a_blank_node() -> None:
    for document in sample.DOCUMENTS:
        quads = quads_of(document, *sample.reports_of(document))
        assert {quad.graph_name for quad in quads} == {document_graph(document.id)}
        assert list(quads) == sorted(set(quads), key=str)
        assert not any(isinstance(term, BlankNode) for quad in quads for term in (quad.subject, quad.object))


def test_no_triple_is_in_two_graphs() -> None:
    quads = [*actor_quads(sample.ACTORS, sample.PLACES), *event_quads(sample.EVENTS)]
    for document in sample.DOCUMENTS:
        quads += quads_of(document, *sample.reports_of(document))
    triples = [quad.triple for quad in quads]
    assert len(triples) == len(set(triples)) > 300
    assert not any(isinstance(quad.graph_name, DefaultGraph) for quad in quads)


def test_every_quote_is_the_text_at_its_offsets() -> None:
    quads = quads_of(sample.CALL, *sample.reports_of(sample.CALL))
    kinds = [quad.subject for quad in quads if quad.object == term("Mention")]
    mentions = {subject for subject in kinds if isinstance(subject, NamedNode)}
    assert len(mentions) == 11
    for mention in mentions:
        (begin,), (end,) = values_of(quads, mention, "beginIndex"), values_of(quads, mention, "endIndex")
        assert values_of(quads, mention, "quote") == [sample.CALL.text[int(begin) : int(end)]]
        assert mention == mention_iri(sample.CALL.id, int(begin), int(end))


def test_evidence_on_the_same_words_is_one_mention() -> None:
    quads = quads_of(sample.CALL, *sample.reports_of(sample.CALL))
    begin = sample.CALL.text.index(
        "بايدن"
    )  # it first stands in "جو بايدن", where another mention begins earlier
    mention = mention_iri(sample.CALL.id, begin, begin + len("بايدن"))
    assert values_of(quads, mention, "aspect") == ["attributedTo", "threatener"]
    assert values_of(quads, mention, "rule") == ["path:speaker", "path:subject"]
    assert values_of(quads, mention, "refersTo") == [actor_iri("Q6279").value]
    assert values_of(quads, mention, "mentionOf") == [report_iri(sample.CALL.id, 2).value]


def test_what_a_report_lacks_is_not_said() -> None:
    document, report = one_report("قمة", EventValues("Summit"))
    quads = quads_of(document, report)
    said = {quad.predicate for quad in quads if quad.subject == report_iri("one", 1)}
    prov = "http://www.w3.org/ns/prov#"
    assert said == {
        NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"),
        NamedNode(prov + "wasDerivedFrom"),
        NamedNode(prov + "wasGeneratedBy"),
        *map(term, ("eventClass", "status", "confidence")),
    }
    about = {quad.predicate for quad in quads if quad.subject == document_iri("one")}
    assert not about & {term("published"), NamedNode("http://purl.org/dc/terms/title")}


def test_a_role_that_another_implies_is_left_to_the_reasoner() -> None:
    quads = quads_of(sample.CALL, *sample.reports_of(sample.CALL))
    report = report_iri(sample.CALL.id, 1)
    assert values_of(quads, report, "initiator") == [actor_iri("Q7747").value]
    assert values_of(quads, report, "participant") == [actor_iri("Q6279").value]


def test_a_head_of_state_represents_the_country_and_heads_it() -> None:
    quads = actor_quads(sample.ACTORS, sample.PLACES)
    russia = [actor_iri("Q159").value]
    assert values_of(quads, actor_iri("Q7747"), "represents") == russia
    assert values_of(quads, actor_iri("Q7747"), "headOfStateOf") == russia
    spokesman = actor_iri(sample.SPOKESMAN.key)
    assert values_of(quads, spokesman, "represents") == russia
    assert values_of(quads, spokesman, "headOfStateOf") == []


def test_participants_are_counted_once_whatever_their_roles() -> None:
    assert count_participants(sample.CALL_VALUES) == 2
    assert count_participants(sample.THREAT_VALUES) == 0
    counted = event_iri("call-macron-putin")
    assert values_of(event_quads(sample.EVENTS), counted, "participantCount") == ["2"]


def test_unknown_terms_and_impossible_spans_are_refused() -> None:
    with pytest.raises(TermError, match='did you mean "PhoneCall"'):
        quads_of(*one_report("قمة", EventValues("PhoneCal")))
    with pytest.raises(TermError, match="unknown term"):
        quads_of(*one_report("قمة", EventValues("Summit", fillers=(Filler("bystander", sample.PUTIN),))))
    document, report = one_report("قمة", EventValues("Summit"), Evidence("trigger", 2, 9, "summit/noun"))
    with pytest.raises(DataError, match="one: 2-9 is no stretch of its 3 characters"):
        quads_of(document, report)


def test_the_time_of_the_extraction_is_written_in_utc() -> None:
    east = sample.FINISHED.astimezone(timezone(timedelta(hours=3))).replace(microsecond=999)
    assert quads_of(sample.CALL, finished=east) == quads_of(sample.CALL, finished=sample.FINISHED)
    assert quads_of(sample.CALL, finished=sample.FINISHED.replace(tzinfo=None)) == quads_of(sample.CALL)
    later = quads_of(sample.CALL, finished=datetime(2022, 1, 6, tzinfo=UTC))
    assert len(set(later) ^ set(quads_of(sample.CALL))) == 2


ACTORS = st.sampled_from(sample.ACTORS)
DATES = st.none() | st.sampled_from(["2021", "2021-12", "2021-12-30"])
FILLERS = st.builds(Filler, st.sampled_from(["participant", "initiator", "threatener", "target"]), ACTORS)
VALUES = st.builds(
    EventValues,
    st.sampled_from(["PhoneCall", "Summit", "SanctionThreat", "SecurityGuaranteeTalk"]),
    st.sampled_from(["occurred", "planned", "denied", "hypothetical"]),
    st.lists(FILLERS, max_size=4).map(tuple),
    DATES,
    DATES,
    st.none() | st.just("16:25"),
    st.none() | st.just("21:25+00:00"),
    st.none() | st.integers(0, 600),
    st.none() | st.sampled_from(sample.PLACES),
    st.none() | WHOLE_TEXT,
    st.none() | ACTORS,
)


@given(WHOLE_TEXT, WHOLE_TEXT, st.lists(VALUES, max_size=3), st.floats(0, 1))
def test_the_same_input_gives_the_same_bytes_whatever_its_order(
    id: str, text: str, said: list[EventValues], confidence: float
) -> None:
    document = Document(id, text)
    mention = Mention(
        0, len(text), 0, "frame", "noun", EventValues("Summit"), (Evidence("trigger", 0, 1, "r"),)
    )
    reports = [EventReport(id, n, values, confidence, (mention,)) for n, values in enumerate(said, 1)]
    quads = quads_of(document, *reports)
    turned = [replace(r, values=replace(r.values, fillers=r.values.fillers[::-1])) for r in reversed(reports)]
    lines = serialize(quads, format=RdfFormat.N_QUADS)
    assert lines == serialize(quads_of(document, *turned), format=RdfFormat.N_QUADS)
    assert lines is not None
    assert list(parse(lines, format=RdfFormat.N_QUADS)) == list(quads)


def test_the_ontology_keeps_its_meaning_without_blank_nodes() -> None:
    turtle = locate("ontology", "diplograph.ttl").read_text(encoding="utf-8")
    quads = ontology_quads(turtle)
    assert {quad.graph_name for quad in quads} == {shared_graph("ontology")}
    assert not any(isinstance(term, BlankNode) for quad in quads for term in (quad.subject, quad.object))
    restored = serialize([quad.triple for quad in restore_blank_nodes(quads)], format=RdfFormat.N_TRIPLES)
    assert restored is not None
    assert isomorphic(
        rdflib.Graph().parse(data=restored, format="nt"), rdflib.Graph().parse(data=turtle, format="ttl")
    )


def test_the_names_for_blank_nodes_do_not_depend_on_how_the_ontology_is_written() -> None:
    one = "@prefix e: <http://e/> . e:a e:p [ e:q 1 ] ; e:r [ e:q 2 ] ."
    other = "@prefix e: <http://e/> . _:x e:q 2 . _:y e:q 1 . e:a e:r _:x . e:a e:p _:y ."
    assert ontology_quads(one) == ontology_quads(other)
    with pytest.raises(DataError, match="the ontology is not Turtle"):
        ontology_quads("e:a e:b")
