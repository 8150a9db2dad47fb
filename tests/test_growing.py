"""A store that follows its sources: what comes, changes, goes and is forgotten leaves what a new build would make."""

from __future__ import annotations

import json
import random
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import COUNTRIES, PEOPLE, NameExtractor, make_conllu
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Quad
from test_pipeline import dump

from diplograph import generations, pipeline
from diplograph.cli import main
from diplograph.model import Actor, EventReport, ParsedDocument, QueryError, StoreError
from diplograph.pipeline import BuildReport, consolidating, forget, journal, read_removals, read_runs
from diplograph.quads import TYPE, document_iri, shared_graph
from diplograph.server import description
from diplograph.store import ANYTHING, Store
from diplograph.vocabulary import BASE

NAMES = tuple(PEOPLE)
DAYS = ("2024-05-03", "2024-05-04", "2024-05-05", "2024-05-20", "2024-05", "2024")


def build(folder: Path, store: Path, **options: object) -> BuildReport:
    extractor = options.pop("extractor", None) or NameExtractor()
    return pipeline.build([folder], store, extractor=extractor, **options)  # type: ignore[arg-type]


def write(
    folder: Path, name: str, day: str = "2024-05-03", names: tuple[str, str] = ("ماكرون", "خان")
) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.conllu"
    file.write_text(make_conllu(name, published=day, names=names), encoding="utf-8")
    return file


def shared_quads(store: Path) -> set[Quad]:
    """The whole of the graphs of events and actors."""
    with Store.open(store, read_only=True) as opened:
        return {quad for name in ("events", "actors") for quad in opened.quads(shared_graph(name))}


# --- Updates ---------------------------------------------------------------------------------------------------------


def test_an_update_removes_what_is_not_there_any_more_and_nothing_else_does(tmp_path: Path) -> None:
    folder, store = tmp_path / "in", tmp_path / "store"
    for number, day in enumerate(DAYS):
        write(folder, f"d{number}", day)
    elsewhere = write(tmp_path, "elsewhere", "2023-01-01")
    build(folder, store)
    build(elsewhere, store)
    (folder / "d0.conllu").unlink()
    write(folder, "d3", "2024-06-20")
    write(folder, "d9", "2024-07-20")
    assert build(folder, store).removed == ()
    report = build(folder, store, update=True)
    assert (report.added, report.changed, report.removed) == (0, 0, ("d0",))
    pipeline.build([folder, elsewhere], tmp_path / "fresh", extractor=NameExtractor())
    assert dump(store) == dump(tmp_path / "fresh")
    assert build(folder, store, update=True).removed == ()


def test_a_document_of_two_sources_stays_until_both_have_lost_it(tmp_path: Path) -> None:
    store, one, two = tmp_path / "store", tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        write(folder, "same")
        write(folder, folder.name, "2024-01-01")
        build(folder, store)
    (one / "same.conllu").unlink()
    assert build(one, store, update=True).removed == ()
    (two / "same.conllu").unlink()
    assert build(two, store, update=True).removed == ("same",)


def test_what_cannot_be_read_is_not_withdrawn(tmp_path: Path) -> None:
    folder, store = tmp_path / "in", tmp_path / "store"
    for name in ("a", "b", "c"):
        write(folder, name)
    build(folder, store)
    (folder / "a.conllu").write_text("half a line", encoding="utf-8")
    (folder / "b.conllu").unlink()
    report = build(folder, store, update=True)
    assert (report.removed, len(report.failures)) == (("b",), 1)
    for file in folder.iterdir():
        file.unlink()
    report = build(folder, store, update=True)
    assert (report.removed, len(report.failures)) == ((), 1), (
        "an empty folder is more likely one that is not mounted"
    )


def test_a_document_that_moves_keeps_its_event(tmp_path: Path) -> None:
    folder, store = tmp_path / "in", tmp_path / "store"
    write(folder, "old")
    write(folder, "witness")
    build(folder, store)
    text = (folder / "old.conllu").read_text(encoding="utf-8").replace("id = old", "id = new")
    (folder / "old.conllu").unlink()
    (folder / "new.conllu").write_text(text, encoding="utf-8")
    report = build(folder, store, update=True)
    assert (report.added, report.removed, report.events) == (1, ("old",), 1)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32))
def test_any_order_of_changes_ends_where_a_new_build_does(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    """Additions, removals and changes, by updates and by ``forget``, with the state lost or damaged now and then."""
    chance, base = random.Random(seed), tmp_path_factory.mktemp("growing")
    folder, store = base / "in", base / "store"
    write(folder, "first")
    for turn in range(chance.randint(2, 4)):
        for name in chance.sample([f"d{n}" for n in range(9)], chance.randint(1, 5)):
            file = folder / f"{name}.conllu"
            if file.exists() and chance.random() < 0.4:
                file.unlink()
            else:
                write(folder, name, chance.choice(DAYS), tuple(chance.choices((*NAMES, "آخر"), k=2)))
        build(folder, store, update=chance.random() < 0.8)
        present = sorted(path.stem for path in folder.iterdir())
        if chance.random() < 0.3 and len(present) > 1:
            gone = chance.choice(present)
            forget(store, [gone], extractor=NameExtractor())
            (folder / f"{gone}.conllu").unlink()
        lost = store / chance.choice((consolidating.STATE, "changes.log"))
        if chance.random() < 0.2:
            lost.write_bytes(b"nonsense" * 200)
        elif chance.random() < 0.2:
            lost.unlink()
    build(folder, store, update=True)
    build(folder, base / "fresh")
    assert shared_quads(store) == shared_quads(base / "fresh")
    assert dump(store) == dump(base / "fresh")


# --- What a build reads ----------------------------------------------------------------------------------------------


def test_only_what_changed_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, store = tmp_path / "in", tmp_path / "store"
    for number in range(30):
        write(folder, f"d{number:02}", f"2024-{number % 12 + 1:02}-10")
    build(folder, store)
    read: list[str] = []
    plainly = Store.read_document
    monkeypatch.setattr(Store, "read_document", lambda self, id: (read.append(id), plainly(self, id))[1])
    build(folder, store)
    assert read == []
    write(folder, "d07", "2024-08-11")
    build(folder, store)
    assert set(read) == {"d07"}
    (store / consolidating.STATE).unlink()
    build(folder, store)
    assert len(set(read)) == 30


def test_a_build_that_died_before_its_events_is_made_good_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, store = tmp_path / "in", tmp_path / "store"
    write(folder, "a")
    build(folder, store)
    write(folder, "b", "2024-05-20")

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    for broken in ("_write_events", "_write_actors", "_conclude"):
        with monkeypatch.context() as patched:
            patched.setattr(consolidating._Consolidation, broken, die)
            with pytest.raises(KeyboardInterrupt):
                build(folder, store)
    write(folder, "a", "2024-07-20")
    build(folder, store)
    build(folder, tmp_path / "fresh")
    assert dump(store) == dump(tmp_path / "fresh")
    assert [run.state for run in read_runs(store)] == ["done", *["broken off"] * 3, "done"]


def test_what_others_write_into_the_store_is_noticed(tmp_path: Path) -> None:
    folder, store = tmp_path / "in", tmp_path / "store"
    write(folder, "a")
    write(folder, "b", "2024-05-20")
    build(folder, store)
    wanted = dump(store)
    with Store.open(store) as opened:
        opened.replace((), [shared_graph("events")])
    build(folder, store)
    assert dump(store) == wanted
    with Store.open(store) as opened:
        opened.remove_document("a")
    assert build(folder, store).added == 1
    assert dump(store) == wanted


def test_a_list_of_changes_that_has_grown_long_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, store = tmp_path / "in", tmp_path / "store"
    monkeypatch.setattr(consolidating, "_LOG_SIZE", 10)
    for number in range(4):
        write(folder, f"d{number}", f"2024-0{number + 1}-01")
        build(folder, store)
        assert len((store / "changes.log").read_text().splitlines()) == 1
    build(folder, tmp_path / "fresh")
    assert dump(store) == dump(tmp_path / "fresh")


class Gossip(NameExtractor):
    """Knows besides a man whom the gazetteer lacks, and of whom each document says that he speaks for another."""

    def extract(self, parsed: ParsedDocument) -> tuple[EventReport, ...]:
        country = "Q142" if "france" in parsed.document.id else "Q843"
        envoy = Actor("ar-envoy", "Person", f"مبعوث {country}", represents=(country,))
        return tuple(
            replace(report, values=replace(report.values, attributed_to=envoy))
            for report in super().extract(parsed)
        )


def test_what_documents_say_of_an_unknown_person_is_put_together(tmp_path: Path) -> None:
    store = tmp_path / "store"
    for name in ("of-france", "of-pakistan"):
        build(write(tmp_path / "in", name), store, extractor=Gossip("g"))
    build(tmp_path / "in", tmp_path / "fresh", extractor=Gossip("g"))
    assert shared_quads(store) == shared_quads(tmp_path / "fresh")
    with Store.open(store, read_only=True) as opened:
        (envoy,) = [thing for thing in opened.things().values() if thing.key == "ar-envoy"]
    assert isinstance(envoy, Actor) and envoy.represents == tuple(sorted(COUNTRIES))
    (tmp_path / "in" / "of-france.conllu").unlink()
    build(tmp_path / "in", store, extractor=Gossip("g"))
    forget(store, ["of-france"], extractor=Gossip("g"))
    build(tmp_path / "in", tmp_path / "again", extractor=Gossip("g"))
    assert shared_quads(store) == shared_quads(tmp_path / "again")
    write(tmp_path / "in", "of-pakistan", "2024-01-01")
    write(tmp_path / "in", "of-france", "2024-01-02")
    build(tmp_path / "in", store, extractor=Gossip("g"))
    build(tmp_path / "in", tmp_path / "last", extractor=Gossip("g"))
    assert shared_quads(store) == shared_quads(tmp_path / "last")


# --- Forgetting and the journal --------------------------------------------------------------------------------------


def test_documents_are_forgotten_by_id_iri_and_pattern(tmp_path: Path) -> None:
    folder, store = tmp_path / "in", tmp_path / "store"
    for name in ("wire-1", "wire-2", "press-1", "press-2"):
        write(folder, name)
    build(folder, store)
    before = dump(store)
    with pytest.raises(QueryError, match='no document "wire-9"'):
        forget(store, ["press-1", "wire-9"])
    assert forget(store, ["wire-*"], dry_run=True).documents == ("wire-1", "wire-2")
    assert dump(store) == before
    iri = document_iri("press-1").value
    report = forget(store, ["wire-*", iri], extractor=NameExtractor())
    assert (report.documents, report.events) == (("press-1", "wire-1", "wire-2"), 1)
    assert forget(store, ["press-2"], extractor=NameExtractor()).events == 0
    assert shared_quads(store) == set()
    assert [id for _, id in read_removals(store)] == ["press-1", "wire-1", "wire-2", "press-2"]
    with pytest.raises(StoreError):
        forget(tmp_path / "nowhere", ["a"])


def test_the_journal_tells_of_every_run(tmp_path: Path) -> None:
    folder, store = tmp_path / "in", tmp_path / "store"
    write(folder, "a")
    write(folder, "b")
    build(folder, store)
    (folder / "b.conllu").unlink()
    build(folder, store, update=True)
    with Store.open(store), journal.Journal(store) as opened:
        opened.begin("build", ["elsewhere"])
        assert read_runs(store)[-1].state == "running"
    first, second, third = read_runs(store)
    assert (first.command, first.added, first.state) == ("build", 2, "done")
    assert (second.command, second.unchanged, second.removed) == ("update", 1, 1)
    assert second.sources == (str(folder),) and second.started <= second.ended
    assert (third.state, third.ended) == ("broken off", "")


def test_a_damaged_journal_begins_anew_and_removes_nothing(tmp_path: Path) -> None:
    folder, store = tmp_path / "in", tmp_path / "store"
    write(folder, "a")
    write(folder, "b")
    build(folder, store)
    (store / journal.FILE).write_bytes(b"no database" * 100)
    with pytest.raises(StoreError, match="begins it anew"):
        read_runs(store)
    (folder / "b.conllu").unlink()
    assert build(folder, store, update=True).removed == ()
    assert (store / "journal.damaged").exists()
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(store / "journal.damaged").execute("SELECT * FROM runs")


def test_the_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, store = tmp_path / "in", ["--store", str(tmp_path / "store")]
    write(folder, "a")
    write(folder, "b")
    assert main(["build", str(folder), *store]) == 0
    (folder / "b.conllu").unlink()
    assert main(["build", str(folder), "--update", "--format", "json", *store]) == 0
    assert '"removed": [\n    "b"\n  ]' in capsys.readouterr().out
    assert main(["forget", "a", "--dry-run", *store]) == 0
    assert capsys.readouterr().out == "a\n"
    assert main(["forget", "b", *store]) == 2
    assert 'there is no document "b"' in capsys.readouterr().err
    assert main(["forget", "a", "--format", "json", *store]) == 0
    assert json.loads(capsys.readouterr().out) == {"documents": ["a"], "events": 0}
    assert main(["history", "--format", "json", *store]) == 0
    runs = json.loads(capsys.readouterr().out)
    assert [(run["command"], run["removed"]) for run in runs] == [("build", 0), ("update", 1), ("forget", 1)]
    assert main(["history", "--removed", "--format", "csv", *store]) == 0
    assert capsys.readouterr().out.splitlines() == ["run,document", "2,b", "3,a"]


# --- What a generation says of itself --------------------------------------------------------------------------------


def test_counts_that_follow_are_those_of_counting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, store, chance = tmp_path / "in", tmp_path / "store", random.Random(8)
    counted: list[object] = []
    plainly = description.count
    monkeypatch.setattr(description, "count", lambda opened: (counted.append(opened), plainly(opened))[1])
    for turn in range(12):
        for name in chance.sample([f"d{n}" for n in range(8)], 3):
            file = folder / f"{name}.conllu"
            if file.exists() and chance.random() < 0.5:
                file.unlink()
            else:
                write(folder, name, chance.choice(DAYS), tuple(chance.choices((*NAMES, "آخر"), k=2)))
        write(folder, "last", f"2024-06-{turn + 1:02}")
        build(folder, store, update=True)
        if turn == 6:  # somebody writes who does not say what
            with Store.open(store) as opened:
                opened.inner.add(
                    Quad(shared_graph("events"), TYPE, shared_graph("events"), shared_graph("events"))
                )
                opened.changes.mark([ANYTHING])
        with generations.open_newest(store, base=BASE) as newest:
            graph = shared_graph("description")
            stated = description.recall_counts(quad.triple for quad in newest.quads(graph))
        with Store.open(store, read_only=True) as opened:
            if turn != 6:
                assert stated == plainly(opened)
    assert len(counted) == 2, "the first build counts, and the one after a stranger wrote"
