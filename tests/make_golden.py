"""Writes the golden files: what each canned question answers about the sample graph, and the cases of extraction.

Run it (``make golden``) after a change of a query, of the sample or of the rules, and review the difference by eye
before it is committed.
"""

from __future__ import annotations

from pathlib import Path

import make_golden_cases
from pyoxigraph import QueryResultsFormat, QuerySolutions
from sample_graph import fill

from diplograph.catalog import Query, bind, load_catalog, resolve
from diplograph.quads import shared_graph
from diplograph.resources import locate
from diplograph.store import Store
from diplograph.transfer import export

GOLDEN = Path(__file__).parent / "golden" / "queries"


def answer_example(store: Store, query: Query) -> str:
    """The answer to a question with its example's values, as CSV with plain newlines."""
    answer = store.query(bind(query, resolve(store, query, query.example)))
    assert isinstance(answer, QuerySolutions)
    csv = answer.serialize(format=QueryResultsFormat.CSV)
    assert csv is not None
    return csv.decode("utf-8").replace("\r\n", "\n")


def write_golden_data(store: Store, path: Path) -> None:
    """The sample without the ontology: what `diplograph check --ontology` puts the questions to."""
    graphs = [name for name in store.graph_names() if name != shared_graph("ontology")]
    export(store, "trig", path, graphs)


def main() -> None:
    GOLDEN.mkdir(parents=True, exist_ok=True)
    with fill(Store.in_memory()) as store:
        write_golden_data(store, locate("queries") / "competency.trig")
        for query in load_catalog():
            (GOLDEN / f"{query.name}.csv").write_text(answer_example(store, query), encoding="utf-8")
    print(f"{len(load_catalog())} golden answers are in {GOLDEN}: review them by eye")
    make_golden_cases.main()


if __name__ == "__main__":
    main()
