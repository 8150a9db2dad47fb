"""docs/make_volume.py: the graph that measurements are made with is a graph like the one it was made from."""

from __future__ import annotations

import runpy
from collections import Counter
from pathlib import Path

import sample_graph as sample
from conftest import REPOSITORY
from pyoxigraph import NamedNode, RdfFormat, parse

from diplograph.quads import TYPE, shared_graph
from diplograph.store import Store
from diplograph.transfer import export


def test_a_graph_is_enlarged_in_its_own_shape(tmp_path: Path) -> None:
    enlarge = runpy.run_path(str(REPOSITORY / "docs" / "make_volume.py"))["enlarge"]
    small, large = tmp_path / "small.nq", tmp_path / "large.nq"
    with sample.fill(Store.in_memory()) as store:
        export(store, "nquads", small)
        kinds = Counter(quad.object for quad in store.quads() if quad.predicate == TYPE)
    count = enlarge(small, large, 10_000)
    quads = set(parse(large.read_bytes(), format=RdfFormat.N_QUADS))
    assert len(quads) == count >= 10_000
    copies = (len({quad.graph_name for quad in quads}) - 3) // len(sample.DOCUMENTS)
    assert copies > 5
    found = Counter(quad.object for quad in quads if quad.predicate == TYPE)
    for name in ("Document", "EventReport", "Mention", "PhoneCall"):
        kind = NamedNode(f"https://w3id.org/diplograph/ontology#{name}")
        assert found[kind] == copies * kinds[kind]
    texts = [quad.object for quad in quads if quad.predicate.value.endswith("#text")]
    assert len(set(texts)) == len(texts)
    assert {quad.graph_name for quad in quads} >= {shared_graph("events"), shared_graph("ontology")}
