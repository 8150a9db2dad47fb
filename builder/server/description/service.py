"""The endpoint described: SPARQL 1.1 Service Description (https://www.w3.org/TR/sparql11-service-description/)."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import NamedNode, Triple

from diplograph.quads import DCTERMS
from diplograph.server.description.counts import Counts
from diplograph.server.description.datasets import graphs_of, read_about
from diplograph.server.description.writing import FORMATS, SD, VOID, Fact, Site, number, say, text

_RESULTS = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV")
_GRAPHS = ("Turtle", "N-Triples", "N-Quads", "TriG", "JSON-LD", "RDF_XML", "N3")
_ENTAILMENT = "http://www.w3.org/ns/entailment/Simple"


def describe_service(site: Site, counts: Counts) -> Iterator[Triple]:
    """The languages, formats and features of the endpoint, and the graphs it answers from.

    The graphs of single documents, of which there can be millions, are not listed; the dataset's description says how
    their IRIs begin.
    """
    about = read_about()
    service = NamedNode(f"{site.endpoint.value}#service")
    dataset, default = (NamedNode(f"{site.endpoint.value}#{name}") for name in ("dataset", "default-graph"))
    features = ["UnionDefaultGraph"] if site.union else []
    features += ["BasicFederatedQuery"] if site.federation else []
    facts: list[Fact] = [
        *((DCTERMS + "title", text(about[lang]["service"], lang)) for lang in about),
        (SD + "endpoint", site.endpoint),
        (SD + "supportedLanguage", NamedNode(SD + "SPARQL11Query")),
        (SD + "supportedLanguage", NamedNode(SD + "SPARQL11Update") if site.updates else None),
        *((SD + "resultFormat", NamedNode(FORMATS + name)) for name in (*_RESULTS, *_GRAPHS)),
        *((SD + "inputFormat", NamedNode(FORMATS + name)) for name in _GRAPHS if site.updates),
        *((SD + "feature", NamedNode(SD + name)) for name in features),
        (SD + "defaultEntailmentRegime", NamedNode(_ENTAILMENT)),
        (SD + "defaultDataset", dataset),
        (SD + "availableGraphs", NamedNode(f"{site.endpoint.value}#graphs")),
    ]
    yield from say(service, SD + "Service", facts)
    yield from say(dataset, SD + "Dataset", [(SD + "defaultGraph", default)])
    yield from say(
        default, SD + "Graph", [(VOID + "triples", number(counts.triples if site.union else None))]
    )
    graphs = NamedNode(f"{site.endpoint.value}#graphs")
    yield from say(graphs, SD + "GraphCollection", ())
    for name, triples in graphs_of(site, counts):
        key = name.value.removeprefix(site.base)
        entry = NamedNode(f"{site.endpoint.value}#{key}")
        content = NamedNode(f"{site.endpoint.value}#{key}/content")
        yield from (Triple(whole, NamedNode(SD + "namedGraph"), entry) for whole in (dataset, graphs))
        yield from say(entry, SD + "NamedGraph", [(SD + "name", name), (SD + "graph", content)])
        yield from say(content, SD + "Graph", [(VOID + "triples", number(triples))])
