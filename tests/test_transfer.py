"""transfer: equal stores give equal bytes, whole files, and nothing is lost."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import rdflib
import sample_graph as sample
from pyoxigraph import RdfFormat, parse
from rdflib.compare import isomorphic

from diplograph import transfer
from diplograph.model import StoreError
from diplograph.quads import document_graph, shared_graph
from diplograph.resources import locate
from diplograph.store import Store
from diplograph.transfer import FORMATS, export, find_graph


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with sample.fill(Store.in_memory()) as filled:
        yield filled


def exported(store: Store, format: str, graph: str | None = None, *, blank_nodes: bool = False) -> bytes:
    output = io.BytesIO()
    found = find_graph(store, graph) if graph else None
    count = export(store, format, output, found, blank_nodes=blank_nodes)
    assert count == (len(list(store.quads(found))) if found else len(store))
    return output.getvalue()


def test_lines_are_sorted_as_bytes_and_hold_everything(store: Store) -> None:
    text = exported(store, "nquads")
    lines = text.splitlines(keepends=True)
    assert lines == sorted(set(lines))
    assert set(parse(text, format=RdfFormat.N_QUADS)) == set(store.quads())
    triples = exported(store, "ntriples", "events").splitlines()
    assert len(triples) == len(list(store.quads(shared_graph("events"))))


def test_runs_that_do_not_fit_into_memory_are_merged(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = exported(store, "nquads")
    monkeypatch.setattr(transfer, "_LINES_IN_MEMORY", 100)
    assert exported(store, "nquads") == whole


@pytest.mark.parametrize("format", ["nquads", "trig"])
def test_the_order_of_writing_leaves_no_trace(store: Store, format: str) -> None:
    with sample.fill(Store.in_memory(), reversed(sample.DOCUMENTS)) as other:
        sample.fill(other)
        assert exported(other, format) == exported(store, format)


@pytest.mark.parametrize(("format", "graph"), [("nquads", None), ("trig", None), ("turtle", "ontology")])
def test_another_process_writes_the_same_bytes(store: Store, format: str, graph: str | None) -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import sample_graph; from diplograph.store import Store; from diplograph.transfer import export, find_graph\n"
        "with sample_graph.fill(Store.in_memory()) as store:\n"
        "    graph = find_graph(store, sys.argv[3]) if sys.argv[3] else None\n"
        "    export(store, sys.argv[2], sys.stdout.buffer, graph)\n"
    )
    command = [sys.executable, "-c", code, str(Path(__file__).parent), format, graph or ""]
    assert subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout == exported(
        store, format, graph
    )


def test_trig_and_turtle_hold_everything(store: Store) -> None:
    assert set(parse(exported(store, "trig"), format=RdfFormat.TRIG)) == set(store.quads())
    document = exported(store, "turtle", sample.CALL_AGAIN.id)
    triples = {quad.triple for quad in parse(document, format=RdfFormat.TURTLE)}
    assert triples == {quad.triple for quad in store.quads(document_graph(sample.CALL_AGAIN.id))}


def test_the_ontology_gets_its_blank_nodes_back(store: Store) -> None:
    plain = exported(store, "turtle", "ontology")
    assert b"_:" not in plain
    assert b"/.well-known/genid/" in plain
    restored = rdflib.Graph().parse(
        data=exported(store, "turtle", "ontology", blank_nodes=True), format="turtle"
    )
    assert isomorphic(restored, rdflib.Graph().parse(locate("ontology", "diplograph.ttl")))


def test_files_are_compressed_by_name_and_without_a_time(store: Store, tmp_path: Path) -> None:
    plain, one, other = (tmp_path / name for name in ("a.nq", "b.nq.gz", "c.nq.gz"))
    for path in (plain, one, other):
        assert export(store, "nquads", path) == len(store)
    assert gzip.decompress(one.read_bytes()) == plain.read_bytes()
    assert one.read_bytes() == other.read_bytes()
    assert len(list(tmp_path.iterdir())) == 3


def test_a_file_appears_whole_or_not_at_all(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(transfer, "_write_lines", fail)
    with pytest.raises(StoreError, match="a.nq cannot be written: No space left"):
        export(store, "nquads", tmp_path / "a.nq")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(StoreError, match="cannot be written"):
        export(store, "nquads", tmp_path / "no" / "such" / "folder.nq")


def test_what_cannot_be_exported_is_said(store: Store) -> None:
    with pytest.raises(StoreError, match='no format "rdfxml"; there are nquads, trig'):
        export(store, "rdfxml", io.BytesIO())
    with pytest.raises(StoreError, match="turtle holds one graph"):
        export(store, "turtle", io.BytesIO())
    with pytest.raises(StoreError, match="has no graph"):
        export(store, "nquads", io.BytesIO(), shared_graph("inferences"))


def test_graphs_go_by_name_by_document_and_by_iri(store: Store) -> None:
    assert find_graph(store, "events") == shared_graph("events")
    assert find_graph(store, sample.CALL_AGAIN.id) == document_graph(sample.CALL_AGAIN.id)
    assert find_graph(store, shared_graph("actors").value) == shared_graph("actors")
    with pytest.raises(StoreError, match='no graph "event"; did you mean "events"'):
        find_graph(store, "event")
    with pytest.raises(StoreError, match="no graph"):
        find_graph(store, "inferences")


def test_every_format_is_known_to_oxigraph() -> None:
    assert {name: format.supports_datasets for name, format in FORMATS.items()} == {
        "nquads": True, "trig": True, "turtle": False, "ntriples": False,
    }  # fmt: skip
