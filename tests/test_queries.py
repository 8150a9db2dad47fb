"""queries/*.rq: each has a golden answer, and gives it on another engine as well."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import rdflib
import sample_graph as sample
from make_golden import GOLDEN, answer_example
from pyoxigraph import NamedNode, Quad, QuerySolutions

from diplograph.catalog import Query, bind, load_catalog, resolve
from diplograph.model import Event
from diplograph.quads import (
    actor_iri,
    document_graph,
    event_iri,
    event_quads,
    report_iri,
    shared_graph,
    term,
)
from diplograph.store import Store
from diplograph.transfer import export
from diplograph.vocabulary import load_vocabulary

QUERIES = tuple(load_catalog())
CHECKS = tuple(load_catalog("checks"))
REPORT_COLUMNS = (
    "document,event,type,status,role,actor,wikidata,label_ar,label_en,"
    "start,end,place,place_wikidata,place_label_ar,duration_minutes"
)

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")  # rdflib warns of itself


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with sample.fill(Store.in_memory()) as filled:
        yield filled


@pytest.fixture(scope="module")
def elsewhere(store: Store) -> rdflib.Dataset:
    """The sample in rdflib, by way of N-Quads; its default graph is empty, as that of the SPARQL specification."""
    output = io.BytesIO()
    export(store, "nquads", output)
    dataset = rdflib.Dataset()
    dataset.parse(data=output.getvalue(), format="nquads")
    return dataset


def ask(store: Store, text: str) -> list[tuple[str, ...]]:
    answer = store.query(text)
    assert isinstance(answer, QuerySolutions)
    return [tuple("" if value is None else value.value for value in row) for row in answer]


def ask_canned(store: Store, name: str, **values: str) -> list[tuple[str, ...]]:
    query = load_catalog().get(name)
    return ask(store, bind(query, resolve(store, query, values)))


def golden(query: Query) -> list[dict[str, str]]:
    with (GOLDEN / f"{query.name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_there_are_enough_questions_and_each_has_its_golden_answer() -> None:
    assert len(QUERIES) >= 18
    assert {query.name for query in QUERIES} == {path.stem for path in GOLDEN.glob("*.csv")}


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
def test_a_question_has_its_golden_answer(store: Store, query: Query) -> None:
    answer = answer_example(store, query)
    assert answer == (GOLDEN / f"{query.name}.csv").read_text(encoding="utf-8")
    assert golden(query), "an empty answer shows nothing"


@pytest.mark.parametrize("query", (*QUERIES, *CHECKS), ids=lambda query: query.name)
@pytest.mark.parametrize("bound", [False, True], ids=["as it stands", "bound"])
def test_another_engine_gives_the_same_rows(
    store: Store, elsewhere: rdflib.Dataset, query: Query, bound: bool
) -> None:
    text = bind(query, resolve(store, query, query.example)) if bound else query.text
    rows = [tuple("" if value is None else str(value) for value in row) for row in elsewhere.query(text)]  # type: ignore[union-attr]
    assert sorted(rows) == sorted(ask(store, text))


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
def test_a_union_default_graph_changes_no_answer(store: Store, query: Query) -> None:
    answer = store.query(query.text, union=True)
    assert isinstance(answer, QuerySolutions)
    rows = [tuple("" if value is None else value.value for value in row) for row in answer]
    assert rows == ask(store, query.text)


@pytest.mark.parametrize("query", (*QUERIES, *CHECKS), ids=lambda query: query.name)
def test_an_empty_store_gives_no_rows(query: Query) -> None:
    with Store.in_memory() as empty:
        assert ask(empty, query.text) == []


@pytest.mark.parametrize("query", (*QUERIES, *CHECKS), ids=lambda query: query.name)
def test_inferences_change_no_answer(store: Store, query: Query) -> None:
    """What a reasoner adds is in a graph of its own, where it must not double what is asserted."""
    graph = shared_graph("inferences")
    kind = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    inferred = [
        Quad(event_iri("call-biden-putin-20211230"), kind, term("HeadOfStateCall"), graph),
        Quad(event_iri("call-biden-putin-20211230"), kind, term("Engagement"), graph),
        Quad(event_iri("call-biden-putin-20211230"), term("participant"), actor_iri("Q7747"), graph),
        Quad(event_iri("call-biden-putin-20211230"), term("hasActor"), actor_iri("Q7747"), graph),
        Quad(report_iri(sample.CALL.id, 1), term("reports"), event_iri("call-biden-putin-20211230"), graph),
        Quad(report_iri(sample.CALL.id, 1), term("participant"), actor_iri("Q7747"), graph),
        Quad(actor_iri("Q7747"), kind, term("HeadOfState"), graph),
        Quad(actor_iri("Q7747"), kind, term("Actor"), graph),
    ]
    with sample.fill(Store.in_memory()) as other:
        other.replace(inferred, [graph])
        assert ask(other, query.text) == ask(store, query.text)


def test_the_measured_question_has_exactly_its_columns() -> None:
    (header, *_) = (GOLDEN / "event-report.csv").read_text(encoding="utf-8").splitlines()
    assert header == REPORT_COLUMNS


def test_the_measured_question_gives_one_row_for_each_actor_and_role() -> None:
    rows = golden(load_catalog().get("event-report"))
    keys = [(row["document"], row["event"], row["role"], row["actor"]) for row in rows]
    assert len(keys) == len(set(keys))
    assert {row["document"] for row in rows} == {report.document for report in sample.REPORTS}
    (alone,) = [row for row in rows if row["document"] == sample.LEADERS.id]
    assert (alone["role"], alone["actor"], alone["status"]) == ("", "", "hypothetical")
    callers = [row for row in rows if row["document"] == sample.CALL.id and row["wikidata"] == "Q7747"]
    assert [row["role"] for row in callers] == ["initiator"]


def test_values_of_the_measured_question_are_those_of_each_document(store: Store) -> None:
    rows = [
        row for row in golden(load_catalog().get("event-report")) if row["event"].endswith("/talks-geneva")
    ]
    assert {(row["document"], row["start"], row["place_wikidata"]) for row in rows} == {
        (sample.TALKS.id, "2022-01-09", "Q1741"),
        (sample.CALL_AGAIN.id, "2022-01-10", "Q71"),
    }


def test_every_event_class_has_a_question() -> None:
    asked = "\n".join(query.text for query in QUERIES)
    for name in load_vocabulary().event_classes():
        assert f"dip:{name} " in asked, name


def test_a_new_role_is_found_without_changing_a_question(store: Store) -> None:
    role = NamedNode("https://w3id.org/diplograph/ontology#host")
    below = NamedNode("http://www.w3.org/2000/01/rdf-schema#subPropertyOf")
    with sample.fill(Store.in_memory()) as other:
        added = [
            Quad(role, below, term("participant"), shared_graph("ontology")),
            Quad(
                report_iri(sample.LEADERS.id, 1),
                role,
                actor_iri("Q39"),
                document_graph(sample.LEADERS.id),
            ),
        ]
        other.replace(added, [])
        rows = ask_canned(other, "event-report", document=sample.LEADERS.id)
        assert [(row[4], row[8]) for row in rows] == [("host", "Switzerland")]


# --- Questions about parameters --------------------------------------------------------------------------------------


def test_countries_have_a_part_in_the_calls_of_those_who_represent_them(store: Store) -> None:
    for one, other in (("Russia", "Joe Biden"), ("الولايات المتحدة", "روسيا"), ("بوتين", "Q30")):
        assert [row[0] for row in ask_canned(store, "calls-between", one=one, other=other)] == [
            event_iri("call-biden-putin-20211230").value
        ]
    assert ask_canned(store, "calls-between", one="Joe Biden", other="ماكرون") == []
    assert ask_canned(store, "calls-between", one="Joe Biden", other="Joe Biden") == []


@pytest.mark.parametrize(
    ("begin", "end", "expected"),
    [
        ("2021-12-30", "2021-12-30", {"call-biden", "threat"}),
        ("2021", "2021", {"call-biden", "threat"}),
        ("2021-12-31", "2022-01-09", {"call-macron"}),  # "2022" may be any day of that year
        ("2022-01-10", "2022-01", {"call-macron", "talks"}),
        ("2022-02-14", "2022-02-15", {"call-macron", "summit-putin"}),
        ("2022-03", "2022-12", {"call-macron"}),
        ("2023", "2024", set()),
        ("2020", "2021-12-29", set()),
    ],
)
def test_partial_dates_lie_in_a_period_when_they_may(
    store: Store, begin: str, end: str, expected: set[str]
) -> None:
    rows = ask_canned(store, "events-in-period", **{"from": begin, "to": end})
    found = {row[2].rpartition("/")[2] for row in rows}
    assert {next((start for start in expected if key.startswith(start)), key) for key in found} == expected


def test_an_event_that_ends_later_is_in_the_period_of_its_end(store: Store) -> None:
    event = sample.EVENTS[2]
    longer = Event(event.key, sample.VIENNA_VALUES, 1.0, event.reports, "", "")
    with sample.fill(Store.in_memory()) as other:
        other.replace(event_quads([longer]), [shared_graph("events")])
        period = {"from": "2022-01-11", "to": "2022-01-11"}
        assert [row[:2] for row in ask_canned(other, "events-in-period", **period)] == [
            ("2022-01-09", "2022-01-12")
        ]


def test_a_class_of_events_is_asked_with_all_below_it(store: Store) -> None:
    def keys(**values: str) -> set[str]:
        return {row[0].rpartition("/")[2] for row in ask_canned(store, "events", **values)}

    assert keys(**{"class": "Threat"}) == {"threat-biden-russia"}
    assert keys(**{"class": "DiplomaticEvent"}) == keys()
    assert len(keys()) == len(sample.EVENTS)
    assert keys(**{"class": "Summit", "status": "planned"}) == {"summit-putin-zelensky"}


def test_disagreements_name_both_sides_and_spare_what_is_only_less_precise(store: Store) -> None:
    rows = ask_canned(store, "disagreements", event="call-biden-putin-20211230")
    assert [row[1:] for row in rows] == [
        ("durationMinutes", sample.CALL.id, "50", sample.CALL_AGAIN.id, "55"),
    ]


def test_an_actor_whom_another_document_replaces_is_a_disagreement() -> None:
    with sample.fill(Store.in_memory()) as other:
        graph = document_graph(sample.DENIAL.id)
        report = report_iri(sample.DENIAL.id, 1)
        kept = {quad for quad in other.quads(graph) if quad.object != actor_iri("Q3874799")}
        kept.add(Quad(report, term("participant"), actor_iri("Q6279"), graph))
        other.replace(kept, [graph])
        rows = ask_canned(other, "disagreements", event="summit-putin-zelensky")
        actors = {row[2:] for row in rows if row[1] == "participant"}
        assert actors == {
            (sample.DENIAL.id, actor_iri("Q6279").value, sample.SUMMIT.id, ""),
            (sample.SUMMIT.id, actor_iri("Q3874799").value, sample.DENIAL.id, ""),
        }


# --- Checks (their faults: test_checking_sanity.py) --------------------------------------------------------------------


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_the_sample_has_no_fault(store: Store, check: Query) -> None:
    assert ask(store, check.text) == []


def test_golden_answers_are_where_they_are_looked_for() -> None:
    assert GOLDEN == Path(__file__).parent / "golden" / "queries"
