"""transfer: equal stores give equal bytes, whole files, and nothing is lost."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import rdflib
import sample_graph as sample
from conftest import REPOSITORY
from hypothesis import given, settings
from hypothesis import strategies as some
from pyoxigraph import (
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    parse,
)
from rdflib.compare import isomorphic

from diplograph.catalog import load_catalog
from diplograph.cli.export import EXPORT_FORMATS, TABLES
from diplograph.cli.options import STORES
from diplograph.model import StoreError
from diplograph.quads import document_graph, shared_graph
from diplograph.resources import locate
from diplograph.store import Store
from diplograph.transfer import FORMATS, describe_export, export, find_graph, load_targets
from diplograph.transfer import lines as sorting
from diplograph.transfer.files import Output, checksum
from diplograph.transfer.lines import SortedLines, digest
from diplograph.transfer.network import make_network


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with sample.fill(Store.in_memory()) as filled:
        yield filled


def exported(store: Store, format: str, graph: str | None = None, *, blank_nodes: bool = False) -> bytes:
    output = io.BytesIO()
    found = [find_graph(store, graph)] if graph else []
    count = export(store, format, output, found, blank_nodes=blank_nodes).count
    assert count == (len(list(store.quads(found[0]))) if found else len(store))
    return output.getvalue()


def canonical(quads: object) -> str:
    """Quads as canonical N-Quads (RDFC-1.0), so that blank nodes compare."""
    dataset = Dataset(quads)  # type: ignore[arg-type]
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return "".join(sorted(f"{quad} .\n" for quad in dataset))


def test_lines_are_sorted_as_bytes_and_hold_everything(store: Store) -> None:
    text = exported(store, "nquads")
    lines = text.splitlines(keepends=True)
    assert lines == sorted(set(lines))
    assert set(parse(text, format=RdfFormat.N_QUADS)) == set(store.quads())
    triples = exported(store, "ntriples", "events").splitlines()
    assert len(triples) == len(list(store.quads(shared_graph("events"))))


def test_runs_that_do_not_fit_into_memory_are_merged(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = exported(store, "nquads")
    monkeypatch.setattr(sorting, "RUN", 10_000)
    assert exported(store, "nquads") == whole


@pytest.mark.parametrize("format", ["nquads", "trig", "jsonld"])
def test_the_order_of_writing_leaves_no_trace(store: Store, format: str) -> None:
    with sample.fill(Store.in_memory(), reversed(sample.DOCUMENTS)) as other:
        sample.fill(other)
        assert exported(other, format) == exported(store, format)


@pytest.mark.parametrize(
    ("format", "graph"),
    [("nquads", None), ("trig", None), ("turtle", "ontology"), ("rdfxml", "events"), ("jsonld", None)],
)
def test_another_process_writes_the_same_bytes(store: Store, format: str, graph: str | None) -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import sample_graph; from diplograph.store import Store; from diplograph.transfer import export, find_graph\n"
        "with sample_graph.fill(Store.in_memory()) as store:\n"
        "    graphs = [find_graph(store, sys.argv[3])] if sys.argv[3] else []\n"
        "    export(store, sys.argv[2], sys.stdout.buffer, graphs)\n"
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
        assert export(store, "nquads", path).count == len(store)
    assert gzip.decompress(one.read_bytes()) == plain.read_bytes()
    assert one.read_bytes() == other.read_bytes()
    assert len(list(tmp_path.iterdir())) == 3


def test_a_file_appears_whole_or_not_at_all(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Output, "write_lines", fail)
    with pytest.raises(StoreError, match="a.nq cannot be written: No space left"):
        export(store, "nquads", tmp_path / "a.nq")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(StoreError, match="cannot be written"):
        export(store, "nquads", tmp_path / "no" / "such" / "folder.nq")


def test_what_cannot_be_exported_is_said(store: Store) -> None:
    with pytest.raises(StoreError, match='no format "hdt"; there are nquads, trig'):
        export(store, "hdt", io.BytesIO())
    with pytest.raises(StoreError, match="rdfxml holds one graph"):
        export(store, "rdfxml", io.BytesIO(), [shared_graph("events"), shared_graph("actors")])
    with pytest.raises(StoreError, match="parquet is one file"):
        export(store, "parquet", io.BytesIO(), split=1_000)
    with pytest.raises(StoreError, match="csv is made from the whole store"):
        export(store, "csv", io.BytesIO(), [shared_graph("events")])
    with pytest.raises(StoreError, match="turtle holds one graph"):
        export(store, "turtle", io.BytesIO())
    with pytest.raises(StoreError, match="has no graph"):
        export(store, "nquads", io.BytesIO(), [shared_graph("inferences")])


def test_graphs_go_by_name_by_document_and_by_iri(store: Store) -> None:
    assert find_graph(store, "events") == shared_graph("events")
    assert find_graph(store, sample.CALL_AGAIN.id) == document_graph(sample.CALL_AGAIN.id)
    assert find_graph(store, shared_graph("actors").value) == shared_graph("actors")
    with pytest.raises(StoreError, match='no graph "event"; did you mean "events"'):
        find_graph(store, "event")
    with pytest.raises(StoreError, match="no graph"):
        find_graph(store, "inferences")


# --- Other formats: out, in again elsewhere, canonicalised, compared -------------------------------------------------


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
@pytest.mark.parametrize("format", [name for name, about in FORMATS.items() if about.rdf is not None])
@pytest.mark.parametrize("blank_nodes", [False, True])
def test_round_trips_by_oxigraph_and_rdflib(
    store: Store, format: str, blank_nodes: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)  # it would write 12:30:00Z as 12:30:00+00:00
    graph = None if FORMATS[format].datasets else "ontology"
    text = exported(store, format, graph, blank_nodes=blank_nodes)
    wanted = canonical(
        parse(exported(store, "nquads", graph, blank_nodes=blank_nodes), format=RdfFormat.N_QUADS)
    )
    name = shared_graph("ontology")
    found = [
        quad if graph is None else Quad(quad.subject, quad.predicate, quad.object, name)
        for quad in parse(text, format=FORMATS[format].rdf)
    ]
    assert canonical(found) == wanted
    names = {"rdfxml": "xml", "ntriples": "nt", "turtle": "turtle", "nquads": "nquads", "trig": "trig"}
    dataset = rdflib.Dataset()
    (dataset if graph is None else dataset.graph(rdflib.URIRef(name.value))).parse(
        data=text, format=names[format]
    )
    again = dataset.serialize(format="nquads", encoding="utf-8")
    assert isinstance(again, bytes)
    assert canonical(parse(again, format=RdfFormat.N_QUADS)) == wanted


def test_json_ld_round_trips_by_two_processors(store: Store) -> None:
    from pyld import jsonld

    text = exported(store, "jsonld")
    wanted = canonical(store.quads())
    assert canonical(parse(text, format=RdfFormat.JSON_LD)) == wanted
    document = json.loads(text)
    nquads = jsonld.to_rdf(document, {"format": "application/n-quads"})
    assert canonical(parse(nquads, format=RdfFormat.N_QUADS)) == wanted
    published = json.loads(locate("ontology", "context.jsonld").read_text(encoding="utf-8"))
    assert document["@context"] == published["@context"]
    node = document["@graph"][0]["@graph"][0]
    assert set(node["label"]) == {"ar", "en"}


def test_framed_json_ld_has_a_tree_for_each_event(store: Store) -> None:
    output = io.BytesIO()
    export(store, "jsonld-framed", output)
    events = {event["@id"]: event for event in json.loads(output.getvalue())["@graph"]}
    assert len(events) == len(sample.EVENTS)
    call = events["https://w3id.org/diplograph/event/call-biden-putin-20211230"]
    assert call["initiator"]["label"]["en"] == "Vladimir Putin"
    assert {report["wasDerivedFrom"]["identifier"] for report in call["reportedBy"]} == {
        sample.CALL.id,
        sample.CALL_AGAIN.id,
    }
    quotes = {mention["quote"] for report in call["reportedBy"] for mention in report["mentions"]}
    assert {"فلاديمير بوتين", "50 دقيقة"} <= quotes
    triples = {quad.triple for quad in parse(output.getvalue(), format=RdfFormat.JSON_LD)}
    assert triples <= {quad.triple for quad in store.quads()}
    assert {quad.triple for quad in store.quads(shared_graph("events"))} <= triples


def test_lines_as_stored_are_the_same_lines(store: Store) -> None:
    output = io.BytesIO()
    assert export(store, "nquads", output, sort=False).count == len(store)
    assert sorted(output.getvalue().splitlines()) == exported(store, "nquads").splitlines()


@pytest.mark.parametrize("format", ["nquads", "trig", "jsonld"])
@pytest.mark.parametrize("ending", ["", ".gz", ".zst"])
def test_parts_of_a_size_are_whole_together(store: Store, tmp_path: Path, format: str, ending: str) -> None:
    suffix = FORMATS[format].suffix
    done = export(store, format, tmp_path / f"graph{suffix}{ending}", split=20_000)
    assert len(done.files) > 2
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"graph.{number:04d}{suffix}{ending}" for number in range(1, len(done.files) + 1)
    ]
    texts = [unpack(path) for path in done.files]
    rdf = FORMATS[format].rdf or RdfFormat.JSON_LD
    assert canonical(quad for text in texts for quad in parse(text, format=rdf)) == canonical(store.quads())
    if format == "nquads":
        assert all(len(text) <= 20_000 for text in texts)
        assert b"".join(texts) == exported(store, "nquads")


def unpack(path: Path) -> bytes:
    if path.suffix == ".zst":
        from backports import zstd

        return zstd.decompress(path.read_bytes())
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def test_several_graphs_can_be_named(store: Store) -> None:
    output = io.BytesIO()
    chosen = [shared_graph("events"), shared_graph("actors")]
    export(store, "nquads", output, chosen)
    assert set(parse(output.getvalue(), format=RdfFormat.N_QUADS)) == {
        quad for graph in chosen for quad in store.quads(graph)
    }


def test_descriptions_and_checksums_are_beside_an_export(store: Store, tmp_path: Path) -> None:
    target = tmp_path / "graph.nq.gz"
    done = export(store, "nquads", target)
    about, sums = describe_export(store, "nquads", target, done)
    subprocess.run(["sha256sum", "--check", "--quiet", sums.name], cwd=tmp_path, check=True)
    graph = rdflib.Graph().parse(about, publicID="file:///base/")
    void, dcat = rdflib.Namespace("http://rdfs.org/ns/void#"), rdflib.Namespace("http://www.w3.org/ns/dcat#")
    spdx = rdflib.Namespace("http://spdx.org/rdf/terms#")
    (dataset,) = graph.subjects(rdflib.RDF.type, void.Dataset)
    assert graph.value(dataset, void.triples) == rdflib.Literal(len(store))
    (file,) = graph.objects(dataset, dcat.distribution)
    assert str(file).endswith("/graph.nq.gz")
    assert graph.value(file, dcat.byteSize) == rdflib.Literal(target.stat().st_size)
    written = graph.value(graph.value(file, spdx.checksum), spdx.checksumValue)
    assert str(written).lower() == checksum(target)
    again = tmp_path / "again"
    again.mkdir()
    describe_export(store, "nquads", again / target.name, export(store, "nquads", again / target.name))
    assert (again / about.name).read_bytes() == about.read_bytes()


# --- Tables and networks ---------------------------------------------------------------------------------------------


def test_tables_have_a_row_for_each_thing(store: Store) -> None:
    from pyarrow import parquet

    sizes = {
        "events": len(sample.EVENTS),
        "actors": len(sample.ACTORS) + len(sample.PLACES),
        "reports": len(sample.REPORTS),
    }
    for table, size in sizes.items():
        text, columns = io.BytesIO(), io.BytesIO()
        assert export(store, "csv", text, table=table).count == size
        assert export(store, "parquet", columns, table=table).count == size
        rows = list(csv.DictReader(io.StringIO(text.getvalue().decode())))
        found = parquet.read_table(io.BytesIO(columns.getvalue()))
        assert found.num_rows == len(rows) == size
        plain = [
            {name: "" if value is None else str(value) for name, value in row.items()}
            for row in found.to_pylist()
        ]
        assert plain == rows
        assert len({next(iter(row.values())) for row in rows}) == size
    assert str(parquet.read_schema(io.BytesIO(columns.getvalue())).field("duration_minutes").type) == "int64"


def test_a_row_has_all_values_of_its_event(store: Store) -> None:
    text = io.BytesIO()
    export(store, "csv", text, table="events")
    rows = {
        row["event"].rpartition("/")[2]: row for row in csv.DictReader(io.StringIO(text.getvalue().decode()))
    }
    talks = rows["talks-geneva"]
    assert talks["places"].endswith("/place/Q71")
    assert len(talks["reports"].split("; ")) == 2
    assert rows["call-biden-putin-20211230"]["duration_minutes"] == "50"


def test_the_network_has_who_acts_with_whom(store: Store, tmp_path: Path) -> None:
    import networkx

    graph = make_network(store)
    assert set(graph) == {actor.key for actor in sample.ACTORS}
    edges = {(one, other, data["relation"]): data for one, other, data in graph.edges(data=True)}
    call = edges["Q7747", "Q6279", "initiator-participant"]
    assert (call["type"], call["weight"], call["first"]) == ("PhoneCall", 1, "2021-12-30")
    assert ("Q6279", "Q159", "threatener-target") in edges
    for format, read in (("graphml", networkx.read_graphml), ("gexf", networkx.read_gexf)):
        path = tmp_path / f"actors.{format}"
        assert export(store, format, path).count == len(edges)
        again = read(path)
        assert again.number_of_edges() == len(edges)
        assert again.nodes["Q7747"]["label_ar"] == sample.PUTIN.label_ar


def test_the_published_context_is_that_of_the_ontology() -> None:
    import runpy

    made = runpy.run_path(str(REPOSITORY / "docs" / "make_context.py"))["write_context"]()
    assert made == locate("ontology", "context.jsonld").read_text(encoding="utf-8"), "run `make docs`"


# --- Lines -----------------------------------------------------------------------------------------------------------


def test_the_hash_of_a_graph_is_that_of_its_export(store: Store) -> None:
    with sorting.sort_graph(store, shared_graph("events")) as found:
        count, hash = digest(found)
    text = exported(store, "ntriples", "events")
    assert (count, hash) == (len(text.splitlines()), hashlib.sha256(text).hexdigest())


@settings(deadline=None)
@given(
    some.lists(
        some.binary(max_size=20).map(lambda line: line.replace(b"\n", b"").replace(b"\r", b"")), max_size=50
    )
)
def test_lines_are_sorted_whatever_the_runs(lines: list[bytes]) -> None:
    with pytest.MonkeyPatch.context() as patch, SortedLines(run=30) as found:
        patch.setattr("diplograph.transfer.lines._BLOCK", 10)
        for line in lines:
            found.write(line + b"\n")
        expected = sorted(line + b"\n" for line in lines)
        assert list(found) == expected
        assert list(found) == list(found)
        for most_lines, most_bytes in ((1, 1000), (3, 1000), (1000, 25), (4, 25)):
            chunks = list(found.chunks(most_lines, most_bytes))
            assert b"".join(chunks) == b"".join(expected)
            for chunk in chunks:
                assert chunk.count(b"\n") <= most_lines
                assert len(chunk) <= most_bytes or chunk.count(b"\n") == 1


@settings(deadline=None, max_examples=50)
@given(some.lists(some.text(some.characters(exclude_categories=["Cs"]), max_size=30), max_size=20))
def test_any_text_survives(texts: list[str]) -> None:
    graph = shared_graph("events")
    subject, predicate = NamedNode("https://example.org/s"), NamedNode("https://example.org/p")
    with Store.in_memory() as one:
        one.inner.extend(Quad(subject, predicate, Literal(text), graph) for text in texts)
        for format in ("nquads", "trig"):
            output = io.BytesIO()
            export(one, format, output)
            assert set(parse(output.getvalue(), format=FORMATS[format].rdf)) == set(one.quads())


def test_the_command_line_offers_every_format_table_and_store() -> None:
    assert set(EXPORT_FORMATS) == set(FORMATS)
    assert {*TABLES, "network"} == set(load_catalog("tables").queries)
    assert set(STORES) == set(load_targets())


def test_every_format_is_known_to_oxigraph() -> None:
    known = {name: about for name, about in FORMATS.items() if about.rdf is not None}
    assert set(known) == {"nquads", "trig", "turtle", "ntriples", "rdfxml"}
    assert all(about.rdf.supports_datasets == about.datasets for about in known.values() if about.rdf)
