"""What is asked of one subject does not go through Oxigraph's SPARQL; the rows must be the same, each as often."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diplograph.server.subjects import Said, Subjects
from diplograph.server.values import find_values, read_query
from diplograph.store import PREFIXES

NODE = ox.NamedNode("http://e/s")
GRAPHS = (ox.DefaultGraph(), ox.NamedNode("http://e/g"), ox.NamedNode("http://e/h"))
VALUES = (
    ox.Literal("plain"),
    ox.Literal("عربي", language="ar"),
    ox.Literal('"\\\n\u0001'),
    ox.Literal("\U0001f54a"),
    ox.Literal("2024-01-01", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#date")),
    ox.Literal(1),
    ox.Literal(True),
    ox.BlankNode("b"),
    ox.NamedNode("http://e/é"),
)
TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
HEADS = ("?o", "?p ?o", "?o ?p", "?t ?o ?q", "?o ?o", "?none", "*", "DISTINCT ?o")
BODIES = (
    "?p ?o",
    "<http://e/p0> ?o",
    "<http://e/p0> ?o ; <http://e/p1> ?p .",
    "x:p0 ?o ; <http://e/p2> ?p; x:p1 ?q ; a ?t",
    "a ?o",
    "rdfs:label ?o",
    "<http://e/no> ?o",
    "?o ?o",
    "<http://e/p0> ?o ; ?p ?q",
    "<http://e/p0> ?o ; <http://e/p1> ?o",
    "no:p ?o",
    "A ?o",
    "<relative> ?o",
    "<http://[> ?o",
    "<http://e/a/../p0> ?o",
)


def ask(
    store: ox.Store, query: str, *, union: bool, subjects: Subjects | None = None
) -> dict[str, object] | None:
    """What the look-up says, knowing these subjects; None where it leaves the query to Oxigraph."""
    try:
        asked = read_query(query, PREFIXES)
    except ValueError:
        return None
    body = find_values(store, asked, subjects or Subjects(), union=union) if asked else None
    return None if body is None else json.loads(body)


def ask_oxigraph(store: ox.Store, query: str, *, union: bool) -> dict[str, object]:
    """What Oxigraph says."""
    answer = store.query(query, prefixes=dict(PREFIXES), use_default_graph_as_union=union)
    assert isinstance(answer, ox.QuerySolutions)
    return json.loads(answer.serialize(format=ox.QueryResultsFormat.JSON) or b"")  # type: ignore[no-any-return]


def rows(answer: dict[str, object]) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True) for row in answer["results"]["bindings"])  # type: ignore[index]


def queries() -> Iterator[str]:
    for subject, head, body in itertools.product(("<http://e/s>", "<http://e/none>"), HEADS, BODIES):
        yield f"PREFIX x: <http://e/> SELECT {head} WHERE {{ {subject} {body} }}"


def knowing(store: ox.Store, *, union: bool) -> Subjects:
    """What both subjects of the queries have, held in memory."""
    subjects = Subjects()
    for subject in (NODE, ox.NamedNode("http://e/none")):
        assert subjects.find(store, subject, union=union, whole=False) is None
        subjects.find(store, subject, union=union, whole=False)
    return subjects


@pytest.mark.parametrize(
    ("union", "known", "count"), [(True, False, 28), (False, False, 32), (True, True, 28), (False, True, 32)]
)
def test_every_form_of_query_has_the_rows_that_oxigraph_gives(union: bool, known: bool, count: int) -> None:
    store = ox.Store()
    for number, value in enumerate(VALUES):
        for graph in GRAPHS[number % 2 :]:
            store.add(ox.Quad(NODE, ox.NamedNode(f"http://e/p{number % 3}"), value, graph))
    store.add(ox.Quad(NODE, TYPE, ox.NamedNode("http://e/Class")))
    subjects = knowing(store, union=union) if known else None
    answered = 0
    for query in queries():
        found = ask(store, query, union=union, subjects=subjects)
        if found is not None:
            answered += 1
            wanted = ask_oxigraph(store, query, union=union)
            assert (found["head"], rows(found)) == (wanted["head"], rows(wanted)), query
    assert answered == count, "many combinations, and what is not of these forms, are left to Oxigraph"


quads = st.builds(
    ox.Quad,
    st.sampled_from([NODE, ox.NamedNode("http://e/other")]),
    st.sampled_from([TYPE, *(ox.NamedNode(f"http://e/p{number}") for number in range(3))]),
    st.sampled_from(VALUES),
    st.sampled_from(GRAPHS),
)


@settings(deadline=None)
@given(st.lists(quads, max_size=40), st.sampled_from([*queries()]), st.booleans(), st.booleans())
def test_whatever_the_store_has_the_rows_are_the_same(
    said: list[ox.Quad], query: str, union: bool, known: bool
) -> None:
    store = ox.Store()
    store.extend(said)
    subjects = knowing(store, union=union) if known else None
    found = ask(store, query, union=union, subjects=subjects)
    if found is not None:
        assert rows(found) == rows(ask_oxigraph(store, query, union=union))


def test_many_rows_and_terms_of_rdf_12_are_left_to_oxigraph() -> None:
    store, many = ox.Store(), ox.NamedNode("http://e/many")
    for number in range(60):
        for graph in GRAPHS[1:]:
            store.add(ox.Quad(many, TYPE, ox.Literal(number), graph))
    store.add(ox.Quad(NODE, TYPE, ox.Literal("x", language="ar", direction=ox.BaseDirection.RTL)))
    store.add(ox.Quad(many, ox.NamedNode("http://e/p0"), ox.Triple(NODE, TYPE, NODE)))
    two = "SELECT ?o ?p { <http://e/many> a ?o ; <http://e/p0> ?p }"
    for query in ("SELECT ?o { <http://e/many> a ?o }", "SELECT ?o { <http://e/s> a ?o }", two):
        assert ask(store, query, union=True) is None
        assert ask(store, query, union=True, subjects=knowing(store, union=True)) is None
    assert ask(store, "SELECT ?o { <http://e/many> a ?o }", union=False) is not None, "none of them is there"


def find(subjects: Subjects, store: ox.Store, name: str) -> Said | None:
    return subjects.find(store, ox.NamedNode(f"http://e/{name}"), union=True, whole=False)


def store_of(*names: str, value: str = "x") -> ox.Store:
    store = ox.Store()
    store.extend(
        ox.Quad(ox.NamedNode(f"http://e/{name}"), TYPE, ox.Literal(value), GRAPHS[1]) for name in names
    )
    return store


def test_a_subject_is_kept_when_it_is_asked_for_again_until_all_is_forgotten() -> None:
    subjects, store = Subjects(), store_of("s", value="before")
    assert find(subjects, store, "s") is None
    said = find(subjects, store, "s")
    assert said is not None and [value["value"] for _, value in said.pairs] == ["before"]
    assert find(subjects, store_of("s", value="after"), "s") is said
    subjects.forget()
    assert find(subjects, store, "s") is None


def test_of_many_subjects_those_asked_for_last_are_kept() -> None:
    names = [f"s{number}" for number in range(20)]
    subjects, store = Subjects(limit=10_000), store_of(*names)
    for name in names:
        assert find(subjects, store, name) is None and find(subjects, store, name) is not None
        assert find(subjects, store, "s0") is not None, "what is asked for all the time stays"
    emptied = ox.Store()
    there = [
        bool(said.pairs) for name in ("s0", "s19", "s18", "s1") if (said := find(subjects, emptied, name))
    ]
    assert there == [True, True, True, False], "s1 had to make room, and is read anew"


def test_long_texts_are_left_to_oxigraph() -> None:
    subjects, store = Subjects(), store_of("s", value="x" * 100_000)
    assert [find(subjects, store, "s") for _ in range(3)] == [None] * 3
    assert ask(store, "SELECT ?p ?o { <http://e/s> ?p ?o }", union=True) is None


def test_all_that_is_said_is_read_the_first_time_and_kept_the_second() -> None:
    subjects, store, node = Subjects(), store_of("s"), ox.NamedNode("http://e/s")
    first = subjects.find(store, node, union=True, whole=True)
    second = subjects.find(store, node, union=True, whole=True)
    assert first is not None and first == second and first is not second
    assert subjects.find(store_of(), node, union=True, whole=True) is second
