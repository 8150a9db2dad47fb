"""``from diplograph import Graph``: open, ask, look; the example notebook runs as it stands."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sample_graph as sample
from conftest import REPOSITORY
from hypothesis import given
from hypothesis import strategies as some

import diplograph
from diplograph import Graph, generations, pipeline
from diplograph.catalog import load_catalog
from diplograph.graph import Answer
from diplograph.model import DiplographError, QueryError, StoreError, StoreLockedError
from diplograph.parsing import StanzaParser
from diplograph.store import Store

HEAVY = ("torch", "stanza", "pandas", "polars", "matplotlib", "numpy", "rdflib", "owlready2", "networkx")
NOTEBOOK = REPOSITORY / "docs" / "exploring.ipynb"


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("graph") / "store"
    with Store.open(path) as store:
        sample.fill(store)
    return path


@pytest.fixture(scope="module")
def graph(directory: Path) -> Iterator[Graph]:
    with Graph.open(directory) as opened:
        yield opened


# --- Opening -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "unwanted"),
    [
        ("import diplograph", ("pyoxigraph", "diplograph.graph", *HEAVY)),
        ("from diplograph import Graph; Graph.in_memory().ask('events')", HEAVY),
    ],
)
def test_importing_is_light(code: str, unwanted: tuple[str, ...]) -> None:
    check = f"import sys; {code}; print([name for name in {unwanted} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_the_package_offers() -> None:
    assert set(diplograph.__all__) == {"Graph", "__version__"}
    assert diplograph.Graph is Graph
    with pytest.raises(AttributeError, match="no attribute 'Graf'"):
        diplograph.Graf  # noqa: B018
    assert (Path(diplograph.__path__[0]) / "py.typed").exists()


def test_a_graph_says_what_it_is(graph: Graph, directory: Path) -> None:
    assert repr(graph) == f"<Graph in {directory}: 7 documents, 6 events, {len(graph)} quads>"
    assert graph and graph.directory == directory
    with pytest.raises(StoreError, match="build one first"):
        Graph.open("nowhere")
    closed = Graph.in_memory()
    closed.close()
    with pytest.raises(StoreError, match="was closed"):
        closed.ask("events")


def test_beside_a_writer_the_newest_generation_is_read(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store") as writer:
        sample.fill(writer)
        with pytest.raises(StoreLockedError, match="being written"):
            Graph.open(tmp_path / "store")
        made = generations.publish(writer)
        writer.remove_document(sample.NOTHING.id)
        with Graph.open(tmp_path / "store") as graph:
            assert graph.directory == made
            assert len(graph.ask("documents")) == len(sample.DOCUMENTS)
    with Graph.open(tmp_path / "store") as graph:
        assert graph.directory == tmp_path / "store"
        assert len(graph.ask("documents")) == len(sample.DOCUMENTS) - 1


def test_a_graph_in_memory_reads_exports(graph: Graph, tmp_path: Path) -> None:
    from diplograph.transfer import export

    for name in ("graph.nq", "graph.trig"):
        export(graph.store, {".nq": "nquads", ".trig": "trig"}[Path(name).suffix], tmp_path / name)
        with Graph.in_memory(tmp_path / name) as copy:
            assert len(copy) == len(graph)
            assert copy.ask("events") == graph.ask("events")
    (tmp_path / "broken.nq").write_text("<a> <b>")
    for name, says in (
        ("x.csv", "neither N-Quads"),
        ("none.nq", "cannot be read"),
        ("broken.nq", "cannot be read"),
    ):
        with pytest.raises(StoreError, match=says):
            Graph.in_memory(tmp_path / name)


# --- Asking ------------------------------------------------------------------------------------------------------------


def test_every_canned_question_becomes_a_frame(graph: Graph) -> None:
    assert list(graph.queries()) == [query.name for query in load_catalog()]
    for query in graph.queries().values():
        answer = graph.ask(query.name, **query.example)
        pandas, polars = answer.pandas(), answer.polars()
        assert list(pandas.columns) == polars.columns == list(query.columns)
        assert len(pandas) == len(polars) == len(answer)
        for row, ours in zip(polars.iter_rows(), answer.rows, strict=True):
            assert row == ours


def test_types_of_columns(graph: Graph) -> None:
    frame = graph.ask("events").pandas()
    assert {name: str(frame[name].dtype) for name in ("start", "duration_minutes", "documents")} == {
        "start": "str",
        "duration_minutes": "Int64",
        "documents": "Int64",
    }
    assert sorted(frame["start"].dropna()) == ["2021-12-30", "2021-12-30", "2022", "2022-01-10", "2022-02"]
    assert frame["duration_minutes"].isna().sum() == len(frame) - 1
    found = graph.sparql(
        "SELECT ?n ?d ?b ?t ?text { VALUES (?n ?d ?b ?t ?text) { "
        '(1 0.5 true "2021-12-30T20:35:00+02:00"^^xsd:dateTime "2021-12"^^xsd:gYearMonth) '
        "(UNDEF 2 false UNDEF <https://example.org/>) } }"
    )
    assert found.rows == (
        (1, 0.5, True, datetime(2021, 12, 30, 18, 35, tzinfo=UTC), "2021-12"),
        (None, 2, False, None, "https://example.org/"),
    )
    kinds = [str(kind) for kind in found.pandas().dtypes]
    assert kinds == ["Int64", "float64", "boolean", "datetime64[us, UTC]", "str"]
    kinds = [str(kind) for kind in found.polars().dtypes]
    assert kinds == ["Int64", "Float64", "Boolean", "Datetime(time_unit='us', time_zone='UTC')", "String"]


@given(
    some.lists(
        some.tuples(
            some.none() | some.integers(-(2**40), 2**40) | some.text(max_size=5),
            some.none() | some.floats(allow_nan=False) | some.booleans(),
        ),
        max_size=6,
    )
)
def test_any_answer_becomes_a_frame(rows: list[tuple[Any, ...]]) -> None:
    answer = Answer(("one", "other"), tuple(rows))
    pandas, polars = answer.pandas(), answer.polars()
    assert len(pandas) == len(polars) == len(rows)
    for place, name in enumerate(answer.columns):
        lacking = pandas[name].isna()
        for row, lacks, cell, other in zip(rows, lacking, pandas[name], polars[name], strict=True):
            missing = row[place] is None
            assert missing == lacks == (other is None)
            assert missing or str(cell) == str(other) or float(cell) == float(other)


def test_answers_of_ask_and_construct(graph: Graph) -> None:
    assert graph.sparql("ASK {}").rows == ((True,),)
    built = graph.sparql("CONSTRUCT { ?s a dip:Summit } WHERE { GRAPH ?g { ?s a dip:Summit } }")
    assert built.columns == ("subject", "predicate", "object")
    assert len(built) == 2
    assert [set(row) for row in built] == [set(built.columns)] * 2
    assert repr(built) == "<Answer of 2 rows: subject, predicate, object>"
    with pytest.raises(QueryError, match="not a SPARQL query"):
        graph.sparql("SELEC")


def test_parameters_are_what_the_graph_gives(graph: Graph) -> None:
    (putin,) = graph.actors("Putin")
    by_value = graph.ask("calls-between", one=putin, other=graph.actors("بايدن")[0])
    assert by_value == graph.ask("calls-between", one="Q7747", other="Joe Biden")
    assert len(by_value) == 1
    event = graph.event("call-biden-putin")
    assert len(graph.ask("event-sentences", event=event)) == 2
    assert graph.ask("events-at-place", place=sample.GENEVA).rows
    period = graph.ask("events-in-period", from_=date(2022, 1, 1), to=datetime(2022, 1, 31, tzinfo=UTC))
    assert [row["start"] for row in period] == ["2022", "2022-01-10"]
    assert len(graph.ask("busiest-actors", limit=2)) == 2
    for wrong, says in (
        ({"limit": [2]}, "not \\[2\\]"),
        ({"limt": 2}, "no parameter"),
        ({"limit": "x"}, "integer"),
    ):
        with pytest.raises(QueryError, match=says):
            graph.ask("busiest-actors", **wrong)
    with pytest.raises(QueryError, match='did you mean "events"'):
        graph.ask("evnts")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("فلاديمير بوتين", "Q7747"),
        ("بوتن", "Q7747"),
        ("vladimir putin", "Q7747"),
        ("Bidan", "Q6279"),
        ("ايمانويل مكرون", "Q3052772"),
        ("Q30", "Q30"),
        ("أوكرانيَا", "Q212"),
        ("زيلينسكى", "Q3874799"),
    ],
)
def test_actors_are_found_however_they_are_spelt(graph: Graph, name: str, expected: str) -> None:
    assert graph.actors(name)[0].key == expected


def test_nobody_is_found_for_what_is_no_name(graph: Graph) -> None:
    assert graph.actors("xyzzy") == ()
    assert len(graph.actors()) == len(sample.ACTORS)


# --- Looking -----------------------------------------------------------------------------------------------------------


def test_an_event_is_shown(graph: Graph) -> None:
    event = graph.event("call-biden-putin-20211230")
    assert repr(event).startswith("<PhoneCall 'Phone call between Putin and Biden': durationMinutes=50, ")
    assert "initiator=Vladimir Putin, participant=Joe Biden" in repr(event)
    assert repr(event).endswith("2 reports>")
    html = event._repr_html_()
    assert '<mark title="trigger">اتصل</mark>' in html
    assert '<blockquote lang="ar" dir="rtl">' in html
    for said in ("call.txt", "duration in minutes", "55", "2021-12-31"):
        assert said in html
    arabic = graph.event("call-biden-putin-20211230", language="ar")
    assert 'lang="ar" dir="rtl"' in arabic._repr_html_()
    assert "المدة بالدقائق" in arabic._repr_html_()
    assert "مكالمة هاتفية بين بوتين وبايدن" in repr(arabic)
    with pytest.raises(QueryError, match="diplograph query events"):
        graph.event("nothing")


def test_pictures_and_reports(graph: Graph) -> None:
    picture = graph.plot("timeline", actor=graph.actors("Putin")[0], first=date(2021, 12, 1))
    assert picture._repr_svg_().startswith("<?xml")
    assert "Events: 3" in picture.description
    assert graph.report(languages=["ar"], pictures=False).startswith("<!DOCTYPE html>")
    with pytest.raises(QueryError, match="no event to draw"):
        graph.plot("network", status="denied")


def test_notebooks_show_tables(graph: Graph) -> None:
    hostile = Answer(("<b>",), (("<script>",),) * 30)
    assert hostile._repr_html_().count("&lt;script&gt;") == 20
    assert "<script" not in hostile._repr_html_() and "10 more" in hostile._repr_html_()
    assert "calls-between(one, other)" in graph.queries()._repr_html_()
    assert "busiest-actors([class], [limit]): The actors with most events" in repr(graph.queries())


@pytest.mark.parametrize("library", ["pandas", "polars", "matplotlib"])
def test_what_is_missing_is_said(graph: Graph, library: str) -> None:
    code = (
        f"import sys; sys.modules[{library!r}] = None\n"
        f"from diplograph import Graph\nfrom diplograph.model import DiplographError\n"
        f"graph = Graph.open({str(graph.directory)!r})\n"
        "try:\n"
        f"    graph.plot('timeline') if {library!r} == 'matplotlib' else graph.ask('events').{library}()\n"
        "except DiplographError as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    extra = "plots" if library == "matplotlib" else library
    assert f'pip install "diplograph[{extra}]"' in done.stdout
    assert issubclass(QueryError, DiplographError)


# --- The example -------------------------------------------------------------------------------------------------------


def test_the_notebook_is_kept_without_outputs() -> None:
    import nbformat

    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        assert cell.get("outputs", []) == [] and cell.get("execution_count") is None, (
            "make notebook keeps it clean"
        )


def test_the_notebook_runs(tmp_path: Path, seeds: Path, stanza_parser: StanzaParser) -> None:
    import nbclient
    import nbformat

    pipeline.build([seeds], tmp_path / "diplograph-store", parser=stanza_parser)
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    client = nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}})
    client.execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert all(output.output_type != "error" for output in outputs)
    shown = [set(output.data) for output in outputs if "data" in output]
    assert sum("image/svg+xml" in kinds for kinds in shown) == 3
    assert sum("text/html" in kinds for kinds in shown) >= 8
    html = "".join(output.data.get("text/html", "") for output in outputs if "data" in output)
    assert "<mark" in html and "Vladimir Putin" in html
