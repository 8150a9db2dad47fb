"""store: one writer or many readers, a document a transaction, and values that come back as they went in."""

from __future__ import annotations

import io
import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import sample_graph as sample
from pyoxigraph import Literal, NamedNode, Quad, QueryBoolean, QuerySolutions, RdfFormat
from pyoxigraph import Store as Oxigraph

from diplograph.model import Actor, DataError, EventReport, Filler, QueryError, StoreError, StoreLockedError
from diplograph.quads import (
    actor_quads,
    document_graph,
    document_quads,
    shared_graph,
    sort_quads,
    term,
)
from diplograph.store import LOCK, MARKER, Store, fingerprint


def rows(store: Store, text: str, *, union: bool = False) -> list[list[str]]:
    answer = store.query(text, union=union)
    assert isinstance(answer, QuerySolutions)
    return [[value.value for value in row] for row in answer]


def canonical(report: EventReport) -> EventReport:
    """A report as a graph keeps it: no mentions, implied roles left out, fillers in the order of roles and keys."""
    initiators = {filler.actor for filler in report.values.fillers if filler.role == "initiator"}
    kept = {f for f in report.values.fillers if f.role != "participant" or f.actor not in initiators}
    fillers = tuple(sorted(kept, key=lambda filler: (filler.role, filler.actor.key)))
    return replace(report, values=replace(report.values, fillers=fillers), mentions=())


def test_a_store_keeps_what_was_written(tmp_path: Path) -> None:
    with sample.fill(Store.in_memory()) as store:
        everything = sort_quads(store.quads())
    with Store.open(tmp_path / "deep" / "store") as store:
        sample.fill(store)
        assert sort_quads(store.quads()) == everything
    with Store.open(tmp_path / "deep" / "store", read_only=True) as store:
        assert sort_quads(store.quads()) == everything
        assert len(store) == len(everything) > 1000
        assert {name.value.rpartition("/graph/")[2] for name in store.graph_names()} >= {"actors", "events"}
        assert store.document_ids() == tuple(sorted(document.id for document in sample.DOCUMENTS))


def test_writing_the_sample_again_in_another_order_changes_nothing() -> None:
    with sample.fill(Store.in_memory()) as store:
        before = sort_quads(store.quads())
        sample.fill(store, reversed(sample.DOCUMENTS))
        assert sort_quads(store.quads()) == before


def test_replacing_a_graph_leaves_the_others_alone() -> None:
    with sample.fill(Store.in_memory()) as store:
        before = set(store.quads())
        gone = set(store.quads(document_graph(sample.CALL.id)))
        quad = Quad(
            NamedNode("http://s"), NamedNode("http://p"), Literal("new"), document_graph(sample.CALL.id)
        )
        store.replace([quad], [document_graph(sample.CALL.id)])
        assert set(store.quads()) == before - gone | {quad}
        store.remove_document(sample.CALL.id)
        assert set(store.quads()) == before - gone
        assert sample.CALL.id not in store.document_ids()


@pytest.mark.parametrize(
    "text", ["a\\u0022 } x", '"} ; DROP ALL #', "\n\r\t\x00\x7f\u2028", "\\", "نصّ", "\U0001f54a"]
)
def test_any_text_is_stored_as_it_is(text: str) -> None:
    with Store.in_memory() as store:
        graph = document_graph("any")
        store.replace([Quad(NamedNode("http://s"), NamedNode("http://p"), Literal(text), graph)], [graph])
        assert [quad.object for quad in store.quads()] == [Literal(text)]


def test_the_fingerprint_says_whether_there_is_anything_to_do() -> None:
    with sample.fill(Store.in_memory()) as store:
        for document in sample.DOCUMENTS:
            now = fingerprint(document, sample.PARSER, **sample.VERSIONS)
            assert store.document_fingerprint(document.id) == now
        known = store.document_fingerprint(sample.CALL.id)
        for changed in (
            replace(sample.CALL, text=sample.CALL.text + " "),
            replace(sample.CALL, published="2021-12"),
            replace(sample.CALL, title=None),
        ):
            assert fingerprint(changed, sample.PARSER, **sample.VERSIONS) != known
        other = replace(sample.PARSER, fingerprint="4567")
        assert fingerprint(sample.CALL, other, **sample.VERSIONS) != known
        assert store.document_fingerprint("wire/unknown") is None


def test_reports_come_back_from_the_graph() -> None:
    with sample.fill(Store.in_memory()) as store:
        expected = sorted(map(canonical, sample.REPORTS), key=lambda report: (report.document, report.number))
        assert store.reports() == tuple(expected)


def test_actors_and_places_come_back_from_the_graph() -> None:
    with sample.fill(Store.in_memory()) as store:
        assert set(store.things().values()) == {*sample.ACTORS, *sample.PLACES}


def test_only_what_documents_name_is_kept_with_what_it_leads_to() -> None:
    stranger = Actor("Q1", "Country", "غريب", "Stranger", "Q1")
    with sample.fill(Store.in_memory()) as store:
        store.replace(actor_quads([*sample.ACTORS, stranger], sample.PLACES), [shared_graph("actors")])
        actors, places = store.named_things()
        # Ukraine is only represented, Switzerland only holds Geneva
        assert set(actors) == set(sample.ACTORS)
        assert set(places) == set(sample.PLACES)
        for document in sample.DOCUMENTS:
            if document != sample.DENIAL:
                store.remove_document(document.id)
        actors, places = store.named_things()
        names = {actor.label_en or actor.label_ar for actor in actors}
        assert names == {
            "Vladimir Putin", "Russia", "Volodymyr Zelenskyy", "Ukraine", "Emmanuel Macron", "المتحدث سمير النجار",
        }  # fmt: skip
        assert places == ()


def test_a_report_of_somebody_unknown_is_an_error() -> None:
    with sample.fill(Store.in_memory()) as store:
        store.replace((), [shared_graph("actors")])
        with pytest.raises(DataError, match="which the actors graph lacks"):
            store.reports()


def test_another_base_goes_all_the_way_through(tmp_path: Path) -> None:
    base = "https://example.org/graph of نا/".replace(" ", "-")
    with Store.open(tmp_path, base=base) as store:
        document, reports = sample.CALL, sample.reports_of(sample.CALL)
        quads = document_quads(
            document, reports, sample.PARSER, finished=sample.FINISHED, base=base, **sample.VERSIONS
        )
        actors = actor_quads(sample.ACTORS, sample.PLACES, base=base)
        store.replace([*quads, *actors], [document_graph(document.id, base=base)])
        assert store.reports() == tuple(map(canonical, reports))
        assert store.document_ids() == (document.id,)
    with pytest.raises(StoreError, match="holds IRIs below https://example.org/"):
        Store.open(tmp_path)


# --- Questions -------------------------------------------------------------------------------------------------------


def test_queries_see_only_the_graphs_they_name_unless_told_otherwise() -> None:
    with sample.fill(Store.in_memory()) as store:
        assert rows(store, "SELECT ?s { ?s a dip:PhoneCall }") == []
        assert len(rows(store, "SELECT ?s { ?s a dip:PhoneCall }", union=True)) == 2
        assert len(rows(store, "SELECT ?s { GRAPH ?g { ?s a dip:PhoneCall } }")) == 2
        answer = store.query("ASK { GRAPH ?g { ?s owl:sameAs wd:Q7747 } }")
        assert isinstance(answer, QueryBoolean)
        assert bool(answer)


def test_what_is_not_sparql_is_said_to_be_so() -> None:
    with Store.in_memory() as store, pytest.raises(QueryError, match="not a SPARQL query"):
        store.query("SELECT ?s WHERE { ?s ")


def test_a_dump_holds_a_graph() -> None:
    with sample.fill(Store.in_memory()) as store:
        output = io.BytesIO()
        store.dump(output, RdfFormat.N_TRIPLES, shared_graph("events"))
        assert output.getvalue().count(b"\n") == len(list(store.quads(shared_graph("events"))))


# --- The directory ---------------------------------------------------------------------------------------------------


def test_a_closed_store_says_so(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    store.close()
    store.close()
    with pytest.raises(StoreError, match="was closed"):
        len(store)
    Store.open(tmp_path).close()


def test_a_writer_is_alone_and_readers_are_many(tmp_path: Path) -> None:
    with Store.open(tmp_path):
        for read_only in (False, True):
            with pytest.raises(StoreLockedError, match=f"{tmp_path} is .* by .*process.*; wait for it"):
                Store.open(tmp_path, read_only=read_only)
    reader, another = (Store.open(tmp_path, read_only=True) for _ in range(2))
    with reader, another, pytest.raises(StoreLockedError, match="in use"):
        Store.open(tmp_path)
    Store.open(tmp_path).close()


def test_a_reader_is_told_which_process_writes(tmp_path: Path) -> None:
    with Store.open(tmp_path), pytest.raises(StoreLockedError, match=f"by process {os.getpid()};"):
        Store.open(tmp_path, read_only=True)


def test_a_store_open_in_another_program_is_locked_too(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    other = Oxigraph(str(tmp_path))
    with pytest.raises(StoreLockedError, match="another program"):
        Store.open(tmp_path)
    del other


def test_only_our_own_directories_are_opened(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is not a diplograph store; build one first"):
        Store.open(tmp_path / "nowhere", read_only=True)
    assert not (tmp_path / "nowhere").exists()
    (tmp_path / "letter.txt").write_text("private", encoding="utf-8")
    with pytest.raises(StoreError, match="is not empty and not a diplograph store"):
        Store.open(tmp_path)
    with pytest.raises(StoreError, match="name another directory"):
        Store.open(tmp_path, read_only=True)
    with pytest.raises(StoreError, match="cannot be a store"):
        Store.open(tmp_path / "letter.txt")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["letter.txt"]


def test_another_layout_and_a_broken_marker_are_told_apart(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    marker = json.loads((tmp_path / MARKER).read_text())
    (tmp_path / MARKER).write_text(json.dumps(marker | {"layout": 99}))
    with pytest.raises(StoreError, match="has layout 99"):
        Store.open(tmp_path)
    (tmp_path / MARKER).write_text("{")
    with pytest.raises(StoreError, match="delete .* and build again"):
        Store.open(tmp_path)


def test_a_kill_before_oxigraph_wrote_anything_leaves_a_store_that_opens(tmp_path: Path) -> None:
    (tmp_path / (MARKER + ".new")).write_text("{")
    Store.open(tmp_path).close()
    assert (tmp_path / LOCK).exists()


WRITER = """
import sys
from diplograph.quads import document_graph, shared_graph
from diplograph.store import Store
from pyoxigraph import Literal, NamedNode, Quad

with Store.open(sys.argv[1]) as store:
    for round in range(10_000):
        graph = document_graph(str(round % 50))
        predicate = NamedNode(f"http://example.org/round/{round}")
        quads = [Quad(NamedNode(f"http://example.org/{n}"), predicate, Literal("x" * 200), graph) for n in range(300)]
        store.replace(quads, [graph])
        print(round, flush=True)
"""


@pytest.mark.parametrize("attempt", range(3))
def test_a_killed_writer_leaves_whole_documents_and_no_lock(tmp_path: Path, attempt: int) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    while int(writer.stdout.readline()) < 60 + attempt:  # some graphs are written for the second time by now
        pass
    time.sleep(random.Random(attempt).random() / 20)
    writer.send_signal(signal.SIGKILL)
    done = max((int(line) for line in writer.stdout.read().split()), default=60 + attempt)
    writer.wait()
    for read_only in (True, False):
        with Store.open(tmp_path, read_only=read_only) as store:
            assert len(store.graph_names()) == 50
            rounds = set()
            for graph in store.graph_names():
                quads = list(store.quads(graph))
                assert len(quads) == 300
                assert len({quad.predicate for quad in quads}) == 1
                rounds.add(int(quads[0].predicate.value.rpartition("/")[2]))
            # what was reported as written is there; at most the one under way is there as well
            assert done <= max(rounds) <= done + 1


def test_a_failing_replacement_changes_nothing() -> None:
    with sample.fill(Store.in_memory()) as store:
        before = set(store.quads())

        def broken() -> object:
            yield next(iter(before))
            raise RuntimeError("the disk is on fire")

        with pytest.raises(RuntimeError):
            store.replace(broken(), [shared_graph("events")])  # type: ignore[arg-type]
        assert set(store.quads()) == before


def test_fillers_in_both_roles_keep_the_more_specific() -> None:
    values = replace(
        sample.MACRON_VALUES, fillers=(*sample.MACRON_VALUES.fillers, Filler("participant", sample.MACRON))
    )
    report = replace(sample.REPORTS[0], values=values)
    with Store.in_memory() as store:
        quads = document_quads(
            sample.CALL, [report], sample.PARSER, finished=sample.FINISHED, **sample.VERSIONS
        )
        store.replace([*quads, *actor_quads(sample.ACTORS, sample.PLACES)], [])
        (found,) = store.reports()
        assert found.values.fillers == (
            Filler("initiator", sample.MACRON),
            Filler("participant", sample.PUTIN),
        )
        assert len([quad for quad in quads if quad.predicate == term("participant")]) == 1
