"""Pushes of exported files: a file has the graphs of the store that it is from, whatever the order of its lines, and what is
no whole export is refused with its line."""

from __future__ import annotations

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import pytest
from elsewhere import LABEL, Elsewhere, canonical, run, states
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

from diplograph.model import StoreError
from diplograph.quads import document_graph, shared_graph
from diplograph.store import Store
from diplograph.transfer import Endpoint, export, open_quads_file, pull, push
from diplograph.transfer.lines import GraphSource, digest, sort_graph


def digests(source: GraphSource) -> dict[NamedNode, tuple[int, str]]:
    found = {}
    for name in source.graph_names():
        with sort_graph(source, name) as lines:
            found[name] = digest(lines)
    return found


@pytest.mark.parametrize("sort", [True, False], ids=["sorted", "as stored"])
@pytest.mark.parametrize("name", ["all.nq", "all.nq.gz", "all.nq.zst"])
@pytest.mark.parametrize("split", [None, 9_000], ids=["one file", "in parts"])
def test_a_file_has_the_graphs_of_its_store(
    store: Store, tmp_path: Path, name: str, sort: bool, split: int | None
) -> None:
    exported = export(store, "nquads", tmp_path / name, sort=sort, split=split)
    assert (len(exported.files) > 3) == (split is not None)
    with open_quads_file(exported.files) as graphs:
        assert graphs.base == store.base
        assert digests(graphs) == digests(store)


@settings(deadline=None)
@given(
    lines=st.lists(st.tuples(st.integers(0, 4), st.text(max_size=20)), min_size=1, max_size=40),
    block=st.integers(1, 400),
)
def test_lines_in_any_order_are_found(lines: list[tuple[int, str]], block: int) -> None:
    quads = [
        Quad(LABEL, LABEL, Literal(text), document_graph(f"{'d' * number}{number}")) for number, text in lines
    ]
    wanted: dict[NamedNode, list[bytes]] = {}
    for quad in quads:
        wanted.setdefault(cast(NamedNode, quad.graph_name), []).append(f"{quad.triple} .\n".encode())
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patched:
        patched.setattr("diplograph.transfer.quads_file._BLOCK", block)
        path = Path(folder, "any.nq")
        path.write_text("".join(f"{quad} .\n" for quad in quads), encoding="utf-8")
        with open_quads_file([path]) as graphs:
            assert set(graphs.graph_names()) == set(wanted)
            for graph, triples in wanted.items():
                with sort_graph(graphs, graph) as found:
                    assert list(found) == sorted(triples)


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (b"<a:b> <a:b> <a:c> .\n", "line 4"),
        (b"# a comment\n", "line 4"),
        (b"\n", "line 4"),
        (b"<a:b> <a:b> <a:c> <https://w3id.org/diplograph/graph/eve", "line 4"),
        (b"<a:b> <a:b> <a:c> <https://example.org/other> .\n", "the graphs of one diplograph store"),
        (b"<a:b> <a:b> <a:c> <https://example.org/graph/events> .\n", "the graphs of one diplograph store"),
        (b"_:b <a:b> <a:c> <https://w3id.org/diplograph/graph/ontology> .\n", "without --blank-nodes"),
    ],
)
@pytest.mark.parametrize("apart", [False, True], ids=["together", "apart"])
def test_what_is_no_whole_export_is_refused(after: bytes, said: str, apart: bool, tmp_path: Path) -> None:
    first, second = (str(shared_graph(name)).encode() for name in ("events", "actors"))
    graphs = [first, second, first if apart else second]
    (tmp_path / "all.nq").write_bytes(
        b"".join(b"<a:a> <a:b> <a:c> " + graph + b" .\n" for graph in graphs) + after
    )
    with pytest.raises(StoreError, match=said) as raised, open_quads_file([tmp_path / "all.nq"]):
        pass
    assert str(raised.value).startswith(f"{tmp_path / 'all.nq'}")


def test_a_file_that_cannot_be_read_is_said(store: Store, tmp_path: Path) -> None:
    (packed,) = export(store, "nquads", tmp_path / "all.nq.gz").files
    (tmp_path / "cut.nq.gz").write_bytes(packed.read_bytes()[:-100])
    (tmp_path / "text.nq.zst").write_text("no zstd")
    (tmp_path / "empty.nq").touch()
    for name, said in {
        "cut.nq.gz": "is damaged",
        "text.nq.zst": "is damaged",
        "empty.nq": "not the graphs of one diplograph store",
        "none.nq": "cannot be read: No such file",
    }.items():
        with pytest.raises(StoreError, match=said), open_quads_file([tmp_path / name]):
            pass


def test_a_pushed_file_is_as_if_the_store_had_been_pushed(
    store: Store, endpoint: Endpoint, tmp_path: Path
) -> None:
    files = export(store, "nquads", tmp_path / "all.nq.gz", split=20_000).files
    with open_quads_file(files) as graphs:
        assert states(push(graphs, endpoint)) == {"sent": len(store.graph_names())}
        assert states(push(graphs, endpoint)) == {"unchanged": len(store.graph_names())}
    assert states(push(store, endpoint)) == {"unchanged": len(store.graph_names())}
    with Store.in_memory() as copy:
        pull(copy, endpoint)
        assert canonical(copy.quads()) == canonical(store.quads())


@pytest.mark.parametrize("name", ["a b.nq", "a b.nq.gz", "a b.nq.zst"])
def test_the_command_pushes_files(
    name: str,
    directory: Path,
    endpoint: Endpoint,
    elsewhere: Elsewhere,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    with Store.open(directory, read_only=True) as store:
        files = export(store, "nquads", tmp_path / name, split=20_000).files
        graphs = store.graph_names()
    options = [option for file in files for option in ("--from", file)]
    status, script, err = run(capsys, "push", elsewhere.url, *options, "--dry-run")
    assert status == 0, err
    done = subprocess.run(["bash"], input=script, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    with Store.open(directory, read_only=True) as store:
        assert states(push(store, endpoint)) == {"unchanged": len(graphs)}
    status, out, err = run(
        capsys, "push", elsewhere.url, *options, "--graph", "events", "--all", "--format", "csv"
    )
    assert status == 0, err
    assert out.splitlines()[1:] == [f"{shared_graph('events').value},62,62,sent"]
    assert "1 sent" in err


def test_files_and_a_store_are_one_too_many(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "all.nq").touch()
    status, out, err = run(
        capsys, "push", "http://127.0.0.1:9", "--from", tmp_path / "all.nq", "--store", tmp_path
    )
    assert (status, out) == (2, "")
    assert "leave --store or --from out" in err
