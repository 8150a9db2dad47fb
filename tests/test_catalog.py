"""catalog: headers are checked, values bind safely, and names find what they name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import rdflib
import sample_graph as sample
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import QuerySolutions

from diplograph.catalog import (
    Query,
    bind,
    load_catalog,
    read_query,
    resolve,
    resolve_actor,
    resolve_document,
    resolve_event,
    resolve_place,
)
from diplograph.model import Actor, DataError, Document, QueryError
from diplograph.quads import actor_iri, actor_quads, document_iri, document_quads, event_iri, place_iri
from diplograph.store import Store

HEADER = """\
#+ summary = "What is asked"
#+ summary_ar = "السؤال"
#+ [parameters]
#+ text = { type = "string", description = "any text" }
#+ [columns]
#+ text = "the text"
"""
ECHO = HEADER + "SELECT ?text WHERE {\n  #? VALUES ?text { $text }\n}\n"


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with sample.fill(Store.in_memory()) as filled:
        yield filled


def write(folder: Path, text: str) -> Path:
    path = folder / "echo.rq"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory) -> Query:
    return read_query(write(tmp_path_factory.mktemp("queries"), ECHO))


def ask(text: str) -> list[str]:
    with Store.in_memory() as empty:
        answer = empty.query(text)
        assert isinstance(answer, QuerySolutions)
        return [row[0].value for row in answer]


# --- Headers ---------------------------------------------------------------------------------------------------------


def test_a_header_says_all_there_is_to_know(echo: Query) -> None:
    assert (echo.name, echo.summary, echo.summary_ar) == ("echo", "What is asked", "السؤال")
    assert echo.columns == {"text": "the text"}
    assert [(p.name, p.type, p.required, p.default) for p in echo.parameters] == [
        ("text", "string", False, None)
    ]


FAULTS = [
    (ECHO.replace('#+ summary = "What is asked"\n', ""), "its header lacks summary"),
    (ECHO.replace("summary_ar", "sumary_ar"), 'unknown key "sumary_ar"; did you mean "summary_ar"?'),
    (ECHO.replace('"What is asked"', "What is asked"), "its header .* is not TOML"),
    (ECHO.replace('"string"', '"text"'), 'parameter "text" has the unknown type "text"; types are actor'),
    (ECHO.replace("description =", "describtion ="), 'parameter "text" lacks description'),
    (ECHO.replace('{ type = "string", description = "any text" }', '"string"'), "must be a table"),
    (ECHO.replace('"any text"', '"any text", required = true, default = "x"'), "it can have no default"),
    (ECHO.replace('"any text"', '"any text", required = true'), "its example does not bind"),
    (ECHO.replace("$text", "$txt"), r'"\$txt" is not among its parameters'),
    (ECHO.replace("  #? VALUES ?text { $text }\n", ""), 'the parameter "text" is in no line'),
    (ECHO.replace("$text }\n", "$text }\n  #? FILTER(true)\n"), "has no parameter in it"),
    (ECHO.replace("[columns]\n#+ text", "[columns]\n#+ test"), "its columns are test; it selects text"),
    (ECHO.replace("SELECT ?text WHERE {", "SELECT ?text WHERE { ?text"), "not a SPARQL query"),
    (ECHO.replace("{ $text }", "{ $text"), "not a SPARQL query"),
    (
        ECHO.replace("SELECT", "PREFIX dip: <https://w3id.org/diplograph/ontology#> SELECT").replace(
            "#?", "?x a dip:PhoneCal . #?"
        ),
        'unknown term "PhoneCal"; did you mean "PhoneCall"',
    ),
    (
        ECHO.replace("string", "integer").replace('"any text"', '"n", default = "x"'),
        "takes a value of type integer",
    ),
    (ECHO.replace("[columns]", '[example]\n#+ tex = "x"\n#+ [columns]'), 'its example binds "tex"'),
]


@pytest.mark.parametrize(("text", "fault"), FAULTS)
def test_each_fault_of_a_header_is_named(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(DataError, match=fault) as error:
        read_query(write(tmp_path, text))
    assert all(f"{tmp_path.name}/echo.rq: " in line for line in str(error.value).splitlines() if line.strip())


def test_all_faults_are_named_at_once(tmp_path: Path) -> None:
    text = (
        ECHO.replace('#+ summary = "What is asked"\n', "")
        .replace('"string"', '"text"')
        .replace("columns", "colums")
    )
    with pytest.raises(DataError) as error:
        read_query(write(tmp_path, text))
    assert len(str(error.value).splitlines()) == 4


def test_the_nearest_question_is_named() -> None:
    with pytest.raises(QueryError, match='did you mean "event-report"'):
        load_catalog().get("event-reports")
    with pytest.raises(QueryError, match='no parameter "acter"; did you mean "actor"'):
        bind(load_catalog().get("actor-timeline"), {"acter": "x"})
    with pytest.raises(QueryError, match="it takes none"):
        bind(load_catalog().get("actors"), {"actor": "x"})


# --- Binding ---------------------------------------------------------------------------------------------------------


def test_without_values_the_text_is_the_file(echo: Query) -> None:
    assert bind(echo, {}) == echo.text


@given(st.text(st.characters(exclude_categories=["Cs"])) | st.text("\\\"'u0022{}#?$\n\rxU} ."))
def test_no_text_can_change_the_question(echo: Query, text: str) -> None:
    assert ask(bind(echo, {"text": text})) == [text]


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")  # rdflib warns of itself
@settings(deadline=None)  # rdflib takes its time on a busy machine
@given(st.text("\\\"'u0022{}#?$\nU} .نص"))
def test_nor_on_another_engine(echo: Query, text: str) -> None:
    answer = rdflib.Dataset().query(bind(echo, {"text": text}))
    assert [str(row[0]) for row in answer] == [text]  # type: ignore[index]


@pytest.mark.parametrize("hostile", ["http://x> } # ", "http://x y", "no-iri", "http://x/\n", 'http://x/"'])
def test_an_iri_that_is_none_is_refused(hostile: str) -> None:
    with pytest.raises(QueryError, match="takes a value of type actor"):
        bind(load_catalog().get("actor-timeline"), {"actor": hostile})


@pytest.mark.parametrize(
    ("name", "values", "written"),
    [
        ("busiest-actors", {"limit": "7"}, "LIMIT 7"),
        ("busiest-actors", {}, "LIMIT 20"),
        ("multi-source-events", {"least": "3"}, "FILTER(?documents >= 3)"),
        ("events", {"status": "denied"}, "VALUES ?state { <https://w3id.org/diplograph/ontology#denied> }"),
        ("events-in-period", {"from": "2021", "to": "2022-01"}, 'STRSTARTS("2021", ?ends)'),
    ],
)
def test_values_are_written_as_their_types_want(name: str, values: dict[str, str], written: str) -> None:
    assert written in bind(load_catalog().get(name), values)


def test_a_class_stands_for_its_subclasses_too() -> None:
    text = bind(load_catalog().get("events"), {"class": "Engagement"})
    assert "ontology#PhoneCall>" in text
    assert "ontology#SanctionThreat>" not in text


@pytest.mark.parametrize(
    ("name", "values", "fault"),
    [
        ("busiest-actors", {"limit": "ten"}, "type integer"),
        ("events", {"status": "occured"}, 'did you mean "occurred"'),
        ("events", {"class": "PhoneCal"}, 'did you mean "PhoneCall"'),
        ("events", {"class": "Person"}, "there are DiplomaticEvent"),
        ("events", {"class": "HeadOfStateCall"}, "there are DiplomaticEvent"),
        ("events-in-period", {"from": "2021-13", "to": "2022"}, "is not a date like"),
        ("events-in-period", {"from": "2021"}, "events-in-period needs to"),
        ("calls-between", {}, "calls-between needs one"),
    ],
)
def test_values_of_the_wrong_type_are_refused(name: str, values: dict[str, str], fault: str) -> None:
    with pytest.raises(QueryError, match=fault):
        bind(load_catalog().get(name), values)


def test_a_month_is_a_month(tmp_path: Path) -> None:
    query = read_query(write(tmp_path, ECHO.replace('"string"', '"month"')))
    assert ask(bind(query, {"text": "2021-12"})) == ["2021-12"]
    with pytest.raises(QueryError, match="is not a month like"):
        bind(query, {"text": "2021-12-30"})


# --- Names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["Q7747", "http://www.wikidata.org/entity/Q7747", actor_iri("Q7747").value, "Vladimir Putin", "vladimir putin",
     "فلاديمير بوتين", "فلاديمير  بُوتين", "بوتين", "Putin"],
)  # fmt: skip
def test_an_actor_goes_by_many_names(store: Store, text: str) -> None:
    assert resolve_actor(store, text) == actor_iri("Q7747")


def test_spelling_of_hamza_does_not_matter(store: Store) -> None:
    assert resolve_actor(store, "اوكرانيا") == actor_iri("Q212")
    assert resolve_place(store, "Geneva") == place_iri("Q71")
    assert resolve_place(store, "فيينا") == place_iri("Q1741")


def test_actors_that_are_not_there_or_could_be_several(store: Store) -> None:
    with pytest.raises(QueryError, match='names the actor "Vladimir Putn"; did you mean "vladimir putin"'):
        resolve_actor(store, "Vladimir Putn")
    with pytest.raises(QueryError, match='names the place "Q7747"'):
        resolve_place(store, "Q7747")
    with pytest.raises(QueryError, match="names the actor"):
        resolve_actor(store, "")
    twin = Actor("Q2", "Person", "جو بايدن", "Joe Biden", "Q2")
    with Store.in_memory() as other:
        other.replace(actor_quads([sample.BIDEN, twin], ()), [])
        with pytest.raises(QueryError, match="could be several: Q2 .*, Q6279 .*; give one of these keys"):
            resolve_actor(other, "بايدن")
        assert resolve_actor(other, "Q6279") == actor_iri("Q6279")


def test_an_event_goes_by_its_iri_its_key_and_the_beginning_of_it(store: Store) -> None:
    expected = event_iri("summit-قمة")
    for text in (expected.value, "summit-قمة", "event/summit-قمة", "summit-ق"):
        assert resolve_event(store, text) == expected
    with pytest.raises(
        QueryError, match="could be several events: call-biden-putin-20211230, call-macron-putin"
    ):
        resolve_event(store, "call-")
    with pytest.raises(QueryError, match="did you mean call-macron-putin"):
        resolve_event(store, "call-macro-putin")
    with pytest.raises(QueryError, match='no event ""'):
        resolve_event(store, "")


def test_a_document_goes_by_its_iri_its_id_and_its_stem(store: Store) -> None:
    for text in (document_iri(sample.CALL_AGAIN.id).value, sample.CALL_AGAIN.id, "ثاني خبر"):
        assert resolve_document(store, text) == document_iri(sample.CALL_AGAIN.id)
    with pytest.raises(QueryError, match='did you mean "press/talks"'):
        resolve_document(store, "press/talk")
    with Store.in_memory() as other:
        for id in ("a/x", "b/x"):
            document = Document(id, "نص")
            other.replace(
                document_quads(document, (), sample.PARSER, finished=sample.FINISHED, **sample.VERSIONS),
                [],
            )
        with pytest.raises(QueryError, match="several documents: a/x, b/x"):
            resolve_document(other, "x")


def test_all_values_of_a_question_are_resolved(store: Store) -> None:
    query = load_catalog().get("calls-between")
    assert resolve(store, query, {"one": "روسيا", "other": "Q6279"}) == {
        "one": actor_iri("Q159").value,
        "other": actor_iri("Q6279").value,
    }
    assert resolve(store, load_catalog().get("events"), {"status": "denied"}) == {"status": "denied"}
