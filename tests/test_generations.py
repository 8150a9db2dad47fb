"""Generations: whole, frozen, found by their name, and removed when nobody reads them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sample_graph import fill

from diplograph import generations
from diplograph.model import StoreError, StoreLockedError
from diplograph.quads import TYPE, Quad, shared_graph, term
from diplograph.store import Store
from diplograph.vocabulary import BASE


def test_a_generation_is_the_store_as_it_was(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store") as store:
        fill(store)
        before = set(store.quads())
        path = generations.publish(store)
        store.replace((), [shared_graph("events")])
        assert set(store.quads()) != before
        with Store.open(path, read_only=True) as generation:
            assert set(generation.quads()) == before


def test_readers_keep_what_they_read_and_find_what_is_new(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store") as store:
        fill(store)
        first = generations.publish(store)
        reader = generations.open_newest(tmp_path / "store", base=BASE)
        count = len(reader)
        store.replace((), [shared_graph("events")])
        second = generations.publish(store)
        assert first.exists(), "it is read"
        assert len(reader) == count
        with generations.open_newest(tmp_path / "store", base=BASE) as newest:
            assert newest.directory == second
            assert len(newest) < count
        reader.close()
        generations.prune(tmp_path / "store")
        assert generations.names(tmp_path / "store") == (second.name,)


def test_what_is_said_of_a_generation_stays_until_it_is_said_anew(tmp_path: Path) -> None:
    graph = shared_graph("description")
    said = Quad(graph, TYPE, term("Document"), graph)
    with Store.open(tmp_path / "store") as store:
        fill(store)
        generations.publish(store, lambda _: [said])
        generations.publish(store)
        assert graph not in store.graph_names(), "the store itself does not hold it"
    with generations.open_newest(tmp_path / "store", base=BASE) as generation:
        assert list(generation.quads(graph)) == [said]


def test_a_compact_generation_has_the_same_quads_in_fewer_files(tmp_path: Path) -> None:
    graph = shared_graph("description")
    said = Quad(graph, TYPE, term("Document"), graph)
    with Store.open(tmp_path / "store") as store:
        fill(store)
        as_it_is = generations.publish(store, lambda _: [said])
        compact = generations.publish(store, lambda _: [said], compact=True)
        quads = {*store.quads(), said}
    with generations.open_newest(tmp_path / "store", base=BASE) as generation:
        assert generation.directory == compact
        assert set(generation.quads()) == quads
    assert as_it_is.name < compact.name
    levels = [path.stat().st_nlink for path in compact.glob("*.sst")]
    assert levels.count(1) > len(levels) // 2, "its files are its own"


def test_a_store_made_anew_does_not_take_an_old_name(tmp_path: Path) -> None:
    names = []
    for folder in ("one", "two"):
        with Store.open(tmp_path / folder) as store:
            names.append(generations.publish(store).name)
    assert names[0] != names[1]


def test_what_a_killed_publisher_left_is_no_generation(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store") as store:
        left = tmp_path / "store" / generations.FOLDER / ".000001-0"
        left.mkdir(parents=True)
        assert generations.names(tmp_path / "store") == ()
        with pytest.raises(StoreError, match="no generation"):
            generations.newest(tmp_path / "store")
        generations.publish(store)
        assert not left.exists()


def test_a_store_being_made_for_the_first_time_has_to_be_waited_for(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="not a diplograph store"):
        generations.publish_current(tmp_path / "nothing", base=BASE)
    with Store.open(tmp_path / "store") as store:
        with pytest.raises(StoreLockedError):
            generations.publish_current(tmp_path / "store", base=BASE)
        published = generations.publish(store)
        assert generations.publish_current(tmp_path / "store", base=BASE) == published
