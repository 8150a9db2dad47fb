"""The command line: what it prints where, how it ends, and how quickly it starts."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fakes import NameExtractor, make_conllu, write_conllu_files

from diplograph import pipeline
from diplograph.cli import main
from diplograph.cli.main import SECTIONS
from diplograph.cli.output import isolate_cells
from diplograph.model import QueryError
from diplograph.parsing import read_conllu
from diplograph.store import Store

HEAVY = ("torch", "stanza", "owlready2", "rdflib", "trafilatura", "lxml", "numpy")
COMMANDS = [str(command.name) for commands in SECTIONS.values() for command in commands]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with three reports of two calls."""
    folder = tmp_path_factory.mktemp("cli")
    inputs = write_conllu_files(folder / "in", 2)
    (inputs / "again.conllu").write_text(make_conllu("again", published="2024-05-01"), encoding="utf-8")
    pipeline.build([inputs], folder / "store", extractor=NameExtractor())
    return folder / "store"


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Builds in this process read names only, so that they need no frames."""
    monkeypatch.setattr(pipeline.building, "FrameExtractor", NameExtractor)


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of a command."""
    status = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def start(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "diplograph", *map(str, arguments)]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=120, **options)  # type: ignore[call-overload,no-any-return]


# --- Starting up -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments", [["--help"], ["queries"], ["query", "documents"], ["query", "-"], ["stats"]]
)
def test_quick_commands_load_nothing_heavy(arguments: list[str], store: Path) -> None:
    code = (
        "import sys; from diplograph.cli import main; status = main(sys.argv[1:]);"
        f"print(status, [name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"
    )
    where = ["--store", str(store)] if arguments[0] in ("query", "stats") else []
    answer = subprocess.run(
        [sys.executable, "-c", code, *arguments, *where],
        input="ASK {}",
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stderr.splitlines()[-1] == "0 []"


def test_help_lists_every_command_in_its_section(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "--help")
    assert status == 0
    positions = [out.index(f"\n{title}:") for title in SECTIONS]
    assert positions == sorted(positions)
    assert all(f"\n  {name} " in out for name in COMMANDS)
    assert len(COMMANDS) == len(set(COMMANDS)) >= 9


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, name, "--help")
    assert status == 0
    assert f"\n    diplograph {name}" in out[out.index("Example:") :]


# --- Building --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("names")
def test_build_ends_with_0_or_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_conllu_files(tmp_path / "in", 2)
    status, out, err = run(capsys, "build", folder, "--store", tmp_path / "store", "--format", "json")
    assert (status, err) == (0, "")
    report = json.loads(out)
    assert (report["added"], report["events"], report["failures"]) == (2, 2, [])
    (folder / "empty.txt").write_text("")
    status, out, err = run(capsys, "build", folder, "--store", tmp_path / "store")
    assert status == 1
    assert "2 unchanged, 0 removed, 1 failed" in out
    assert len(err.splitlines()) == 1
    assert err.startswith(f"diplograph: {folder / 'empty.txt'}")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["build"], "Missing argument 'SOURCE...'; see: diplograph build --help"),
        (["build", "nowhere.txt"], "nowhere.txt: there is no such file"),
        (["build", "IN", "--published", "2023-02-30"], "2023-02-30"),
        (["build", "IN", "--model", "nowhere"], "see: diplograph models"),
        (["frobnicate"], "No such command 'frobnicate'"),
        (["query", "events", "--store", "nowhere"], "build one first"),
        (["query", "evnts", "--store", "STORE"], 'did you mean "events"'),
        (["query", "events", "--store", "STORE", "-p", "colour"], "is not NAME=VALUE"),
        (["query", "events", "--store", "STORE", "-p", "colour=red"], 'no parameter "colour"'),
        (
            ["query", "events", "--store", "STORE", "--columns", "start,colour"],
            'no column "colour"; it has event',
        ),
        (["query", "./none.rq", "--store", "STORE"], "./none.rq cannot be read: No such file"),
        (["query", "events", "--store", "STORE", "--format", "turtle"], "cannot be written as turtle"),
        (["explain", "nothing", "--store", "STORE"], "diplograph query events"),
        (["export", "--format", "turtle", "--store", "STORE"], "holds one graph"),
        (["export", "--graph", "evnts", "--store", "STORE"], 'did you mean "events"'),
        (["models", "--download", "nothing"], "only padt can"),
        (["stats", "--format", "yaml"], "'yaml' is not one of"),
        (["parse", "nowhere.txt"], "nowhere.txt: there is no such file"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else None,
)
@pytest.mark.usefixtures("names")
def test_what_cannot_run_says_so_in_one_line_and_ends_with_2(
    arguments: list[str], says: str, store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stand_ins = {"IN": str(write_conllu_files(tmp_path / "in", 1)), "STORE": str(store)}
    status, out, err = run(capsys, *(stand_ins.get(argument, argument) for argument in arguments))
    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert err.startswith("diplograph: ")
    assert says in err


@pytest.mark.usefixtures("names")
def test_a_store_in_use_is_status_2(store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_conllu_files(tmp_path / "in", 1)
    with Store.open(tmp_path / "locked"):
        status, _, err = run(capsys, "build", folder, "--store", tmp_path / "locked")
        assert (status, len(err.splitlines())) == (2, 1)
        assert "in use" in err
        assert run(capsys, "stats", "--store", tmp_path / "locked")[0] == 2


def test_a_fault_of_ours_has_no_traceback(
    monkeypatch: pytest.MonkeyPatch, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def stumble(*_: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("diplograph.inspection.count_store", stumble)
    status, _, err = run(capsys, "stats", "--store", store)
    assert (status, len(err.splitlines())) == (2, 1)
    assert "ZeroDivisionError: oops" in err
    monkeypatch.setenv("DIPLOGRAPH_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        main(["stats", "--store", str(store)])


# --- Asking ----------------------------------------------------------------------------------------------------------


def test_rows_come_as_csv_tsv_and_json(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, err = run(capsys, "query", "event-report", "--store", store, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert err == ""
    assert len(rows) == 6  # three reports of two people each
    assert {row["document"] for row in rows} == {"again", "document-000", "document-001"}
    assert {row["label_ar"] for row in rows} == {"إيمانويل ماكرون", "عمران خان"}
    assert "\u2068" not in out
    _, out, _ = run(capsys, "query", "event-report", "--store", store, "--format", "tsv")
    assert list(csv.DictReader(io.StringIO(out), delimiter="\t")) == rows
    _, out, _ = run(capsys, "query", "event-report", "--store", store, "--format", "json")
    assert json.loads(out) == rows


@pytest.mark.parametrize(
    ("sparql", "format", "expected"),
    [
        ("ASK { GRAPH ?g { ?e a dip:PhoneCall } }", "csv", "answer\ntrue\n"),
        ("SELECT (COUNT(DISTINCT ?e) AS ?n) { GRAPH ?g { ?e a dip:PhoneCall } }", "csv", "n\n2\n"),
        (
            "CONSTRUCT { ?c a dip:Seen } WHERE { GRAPH ?g { ?c rdfs:label 'France'@en } }",
            "ntriples",
            "<https://w3id.org/diplograph/actor/Q142> "
            + "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/diplograph/ontology#Seen> .\n",
        ),
        ("CONSTRUCT { ?c a dip:Seen } WHERE { GRAPH ?g { ?c rdfs:label 'France'@en } }", "csv", None),
    ],
)
def test_sparql_of_ones_own_from_a_file(
    sparql: str,
    format: str,
    expected: str | None,
    store: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "mine.rq").write_text(sparql, encoding="utf-8")
    status, out, _ = run(capsys, "query", tmp_path / "mine.rq", "--store", store, "--format", format)
    assert status == 0
    if expected is None:
        assert out.splitlines()[0] == "subject,predicate,object"
    else:
        assert out == expected


def test_sparql_from_standard_input(store: Path) -> None:
    answer = start(
        "query", "-", "--store", store, "--format", "sparql-json", input="ASK { GRAPH ?g { ?s ?p ?o } }"
    )
    assert json.loads(answer.stdout)["boolean"] is True
    assert start("query", "-", "--store", store, input="SELECT nonsense").returncode == 2


def test_parameters_are_bound(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = (
        "query",
        "calls-between",
        "--store",
        store,
        "--format",
        "json",
        "-p",
        "one=خان",
        "-p",
        "other=Macron",
    )
    status, out, _ = run(capsys, *arguments)
    assert status == 0
    assert len(json.loads(out)) == 2
    assert "call-2024-05-01" in out


def test_columns_can_be_chosen(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(
        capsys, "query", "events", "--store", store, "--format", "csv", "--columns", "status, start"
    )
    assert out == "status,start\noccurred,2024-05-01\noccurred,2024-05-03\n"


def test_queries_are_listed_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "queries", "--format", "json")
    listed = json.loads(out)
    assert len(listed) >= 15
    for query in listed:
        status, out, _ = run(capsys, "queries", query["name"])
        assert status == 0
        assert f"diplograph query {query['name']}" in out
        assert "SELECT" in out
    assert json.loads(run(capsys, "queries", "events", "--format", "json")[1])["sparql"]


def test_an_event_is_explained_down_to_its_words(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "explain", "phone-call-2024-05-01", "--store", store, "--format", "json")
    explained = json.loads(out)
    assert explained["event_class"] == "PhoneCall"
    assert [report["document"] for report in explained["reports"]] == ["again", "document-000"]
    quotes = explained["reports"][0]["quotes"]
    assert quotes[0]["text"] == "هاتف ماكرون خان اليوم"
    assert {(quote["text"], *quote["refers_to"]) for quote in quotes[1:]} == {
        ("ماكرون", "Emmanuel Macron"),
        ("خان", "Imran Khan"),
    }
    status, out, _ = run(capsys, "explain", "phone-call-2024-05-03", "--store", store)
    assert status == 0
    assert "report 1 of document-001, published 2024-05-03" in out
    with (
        pytest.raises(QueryError, match="the beginning of 2 events"),
        Store.open(store, read_only=True) as opened,
    ):
        from diplograph.inspection import explain

        explain(opened, "phone-call-2024")
    with Store.open(store, read_only=True) as opened:
        assert "/event/phone-call-2024-05-01" in explain(opened, "phone-call-2024-05-01").event


def test_stats_count_the_store(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    counts = json.loads(run(capsys, "stats", "--store", store, "--format", "json")[1])
    assert (counts["documents"], counts["reports"], counts["events"]) == (3, 3, 2)
    assert counts["mentions"] == 9
    assert "PhoneCall  2" in run(capsys, "stats", "--store", store)[1]


def test_parse_prints_what_build_reads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.conllu").write_text(make_conllu("a"), encoding="utf-8")
    status, out, _ = run(capsys, "parse", tmp_path / "a.conllu")
    assert status == 0
    assert (
        read_conllu(out)[0].document == read_conllu(make_conllu("a"), str(tmp_path / "a.conllu"))[0].document
    )
    status, out, _ = run(capsys, "parse", tmp_path / "a.conllu", "--format", "json")
    assert json.loads(out)[0]["sentences"][0]["words"][0]["form"] == "هاتف"
    (tmp_path / "b.conllu").write_text("nonsense", encoding="utf-8")
    status, out, err = run(capsys, "parse", tmp_path / "b.conllu")
    assert (status, out) == (1, "")
    assert "b.conllu: line 1" in err


def test_exports_are_equal_to_the_store(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for format in ("nquads", "trig"):
        target = tmp_path / f"graph.{format}"
        status, out, err = run(capsys, "export", "--store", store, "--format", format, "--output", target)
        assert (status, out) == (0, "")
        with Store.open(store, read_only=True) as opened:
            assert err.startswith(f"{len(opened)} quads written")
        assert target.stat().st_size > 1000
    assert start("export", "--store", store).stdout == (tmp_path / "graph.nquads").read_text(encoding="utf-8")
    turtle = start("export", "--store", store, "--format", "turtle", "--graph", "events").stdout
    assert "dip:PhoneCall" in turtle or "#PhoneCall" in turtle


# --- Setting up ------------------------------------------------------------------------------------------------------


def test_doctor_finds_what_is_there_and_what_is_not(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STANZA_RESOURCES_DIR", str(tmp_path))
    status, out, _ = run(capsys, "doctor", "--store", store, "--format", "json")
    checks = {check["name"]: check for check in json.loads(out)}
    assert {name: checks[name]["state"] for name in ("Python", "stanza", "model: compact", "store")} == {
        "Python": "right",
        "stanza": "right",
        "model: compact": "right",
        "store": "right",
    }
    assert checks["model: padt"]["state"] == "absent"
    assert "--download padt" in checks["model: padt"]["remedy"]
    assert status == (1 if any(check["state"] == "wrong" for check in checks.values()) else 0)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "file").write_text("")
    status, out, _ = run(capsys, "doctor", "--store", tmp_path / "other", "--format", "json")
    (broken,) = (check for check in json.loads(out) if check["name"] == "store")
    assert (status, broken["state"]) == (1, "wrong")
    assert broken["remedy"]


def test_models_are_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STANZA_RESOURCES_DIR", str(tmp_path))
    listed = json.loads(run(capsys, "models", "--format", "json")[1])
    assert [(model["name"], model["installed"]) for model in listed] == [("compact", True), ("padt", False)]
    assert "diplograph models --download padt" in run(capsys, "models")[1]


# --- Terminals and pipes ---------------------------------------------------------------------------------------------


def run_on_a_terminal(*arguments: object, columns: int = 100) -> str:
    """What a command prints on a terminal that wide."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "diplograph", *map(str, arguments)],
        stdout=slave,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "COLUMNS": str(columns), "TERM": "xterm"},
    )
    os.close(slave)
    output = b""
    while True:
        try:
            chunk = os.read(master, 65536)
        except OSError:  # Linux says so when the other end is closed
            break
        if not chunk:
            break
        output += chunk
    os.close(master)
    assert process.wait() == 0
    return output.decode("utf-8").replace("\r\n", "\n")


def test_arabic_is_isolated_on_a_terminal_only(store: Path) -> None:
    from rich.cells import cell_len

    shown = run_on_a_terminal("query", "actors", "--store", store)
    piped = start("query", "actors", "--store", store).stdout
    assert "\u2068عمران خان\u2069" in shown
    assert "عمران خان" in piped
    assert "\u2068" not in piped
    for text in (shown, piped):
        bare = re.sub(r"[\u2068\u2069]|\x1b\[[0-9;]*m", "", text)
        widths = {cell_len(line) for line in bare.splitlines() if line.startswith(("│", "╭", "╰"))}
        assert len(widths) == 1


def test_what_is_too_wide_for_a_terminal_comes_as_records(store: Path) -> None:
    shown = run_on_a_terminal("query", "event-report", "--store", store, columns=80)
    assert shown.count("document         │ again") == 2
    assert "label_ar         │ \u2068عمران خان\u2069" in shown


def test_every_line_of_a_folded_cell_is_isolated() -> None:
    assert (
        isolate_cells("│ قمة │ summit │  اتصال هاتفي  │")
        == "│ \u2068قمة\u2069 │ summit │  \u2068اتصال هاتفي\u2069  │"
    )


def test_vowel_signs_take_no_room(capsys: pytest.CaptureFixture[str]) -> None:
    from diplograph.cli.output import print_table

    print_table(("a", "b"), [("هَاتَفَ", "x"), ("هاتف", "y")])
    first, second = (line for line in capsys.readouterr().out.splitlines() if "x" in line or "y" in line)
    assert len(first) - len(second) == 3
    assert first.replace("\u064e", "").index("x") == second.index("y")


def test_a_reader_that_stops_reading_is_no_fault(store: Path) -> None:
    command = f"{sys.executable} -m diplograph export --store {store} | head -c 10 >/dev/null; echo ${{PIPESTATUS[0]}}"
    answer = subprocess.run(["bash", "-c", command], check=False, capture_output=True, text=True, timeout=60)
    assert answer.stderr == ""
    assert answer.stdout.strip() == "141"


def test_ctrl_c_ends_with_130_and_one_line(tmp_path: Path) -> None:
    folder = write_conllu_files(tmp_path / "in", 3)
    code = (
        "import sys, time; from diplograph import pipeline; from fakes import NameExtractor\n"
        "class Slow(NameExtractor):\n"
        "    def extract(self, parsed):\n"
        "        print('extracting', flush=True); time.sleep(30)\n"
        "pipeline.building.FrameExtractor = Slow\n"
        "from diplograph.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, "build", str(folder), "--store", str(tmp_path / "store")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent)},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "extracting\n"
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert len(err.splitlines()) == 1
    assert "stopped" in err
