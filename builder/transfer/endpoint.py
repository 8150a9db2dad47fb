"""A store elsewhere: finding out what it is, asking it, telling it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Self
from urllib.parse import urlencode, urlsplit

from pyoxigraph import (
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolution,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)

from diplograph.model import QueryError, TransferError
from diplograph.store import PREFIXES
from diplograph.transfer.connection import Body, Connection
from diplograph.transfer.targets import (
    RESULTS,
    TRIPLES,
    Address,
    Message,
    Target,
    cut_ending,
    get_target,
    insert_data,
    load_targets,
    locate,
)

_PROLOGUE = re.compile(r"(?:\s*(?:#[^\n]*\n|(?:BASE|PREFIX)\b[^<]*<[^>]*>))*", re.IGNORECASE)


class Endpoint:
    """A store elsewhere, over SPARQL and HTTP. Made by :func:`find_endpoint`; used in a ``with`` statement."""

    def __init__(self, address: Address, connection: Connection) -> None:
        self.address = address
        self.connection = connection

    @property
    def target(self) -> Target:
        """The kind of store it is."""
        return self.address.target

    def again(self) -> Endpoint:
        """The same over another connection, for another thread."""
        return Endpoint(self.address, self.connection.again())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()

    # --- Asking ------------------------------------------------------------------------------------------------------

    def select(self, text: str, *, patient: bool = True) -> QuerySolutions | QueryBoolean:
        """The whole answer to a SELECT or an ASK, also where the store gives only so many rows at once.

        Raises TransferError when there is none, QueryError when the store does not take the query.
        """
        response = self._ask(text, self.address.query(), patient=patient)
        page = self.page_size()
        try:
            if page is not None:
                response = self._complete(text, response, page)
            if b'"bnode"' in response:
                response = _mend_labels(response)
            return parse_query_results(response, format=QueryResultsFormat.JSON)
        except (SyntaxError, ValueError) as error:
            raise TransferError(
                f"{self.address.query_url} does not answer in {RESULTS}: {error}; "
                "is it the address of a SPARQL endpoint?"
            ) from error

    def _complete(self, text: str, response: bytes, page: int) -> bytes:
        """The answer with the rows that the store held back: asked for in pages, until one is not full."""
        whole = json.loads(response)
        rows = whole.get("results", {}).get("bindings", [])
        last = rows
        while last and len(last) >= page:
            # a sub-select keeps the order, and Virtuoso sorts no more than so many rows with an offset otherwise
            head = _PROLOGUE.match(text)
            start = head.end() if head else 0
            more = (
                f"{text[:start]}\nSELECT * WHERE {{ {{ {text[start:]}\n}} }} OFFSET {len(rows)} LIMIT {page}"
            )
            last = json.loads(self._ask(more, self.address.query()))["results"]["bindings"]
            rows += last
        return json.dumps(whole).encode() if len(rows) > len(last) else response

    def construct(self, text: str) -> Iterator[Triple]:
        """The triples of a CONSTRUCT or DESCRIBE."""
        query = self.address.query()
        response = self._ask(text, Message(query.method, query.url, query.media_type, TRIPLES))
        return (quad.triple for quad in parse(response, format=RdfFormat.N_TRIPLES))

    def _ask(self, text: str, message: Message, *, patient: bool = True) -> bytes:
        body = urlencode({"query": text}).encode()
        try:
            return self.connection.send(message, body, patient=patient).content
        except TransferError as error:
            if error.status == 400:
                raise QueryError(str(error)) from error
            raise

    def rows(self, text: str) -> Iterator[QuerySolution]:
        """The rows of a SELECT."""
        answer = self.select(text)
        if not isinstance(answer, QuerySolutions):
            raise TransferError(f"{self.address.query_url} did not answer a SELECT with rows")
        yield from answer

    def page_size(self) -> int | None:
        """How many rows the store gives at once, as far as is known: what it said last, or what such stores do."""
        return self.connection.most_rows or self.target.page

    def count(self, graphs: Iterable[NamedNode]) -> Mapping[NamedNode, int]:
        """How many triples these graphs have over there; those it does not have are left out."""
        names, found = list(graphs), {}
        for start in range(0, len(names), self.target.count):
            some = names[start : start + self.target.count]
            for row in self.rows(self._count_query(some)):
                graph, number = row["g"], row["n"]
                if isinstance(graph, NamedNode) and isinstance(number, Literal) and int(number.value):
                    found[graph] = int(number.value)
        wanted = set(names)
        return {graph: number for graph, number in found.items() if graph in wanted}

    def _count_query(self, graphs: Sequence[NamedNode]) -> str:
        if len(graphs) == 1:
            (graph,) = graphs
            return f"SELECT ({graph} AS ?g) (COUNT(*) AS ?n) WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} }}"
        values = "" if self.target.counts_all else f"VALUES ?g {{ {' '.join(map(str, graphs))} }} "
        order = " ORDER BY ?g" if self.target.counts_all else ""
        return f"SELECT ?g (COUNT(*) AS ?n) WHERE {{ {values}GRAPH ?g {{ ?s ?p ?o }} }} GROUP BY ?g{order}"

    def has_graphs(self, base: str) -> bool:
        """Whether any graph below this base is there."""
        text = f'ASK {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), "{base}graph/")) }}'
        return bool(self.select(text))

    # --- Telling -----------------------------------------------------------------------------------------------------

    def update(self, text: str | bytes) -> None:
        """Runs a SPARQL update. Raises TransferError when the store does not do it."""
        body = text.encode() if isinstance(text, str) else text
        self.connection.send(self.address.update(), body)

    def insert(self, graph: NamedNode, triples: Sequence[str]) -> None:
        """Adds a few triples to a graph, lines of N-Triples. Raises TransferError when the store does not do it."""
        self.update(insert_data(graph, "".join(triples).encode()))

    def add(self, graph: NamedNode | None, lines: Body, *, gzip: bool = False) -> None:
        """Adds N-Triples to a graph, or N-Quads. Raises TransferError when the store does not do it."""
        self._deliver(graph, lines, gzip=gzip)

    def save(self) -> None:
        """Has the store write down what it took in without keeping a log of it; most keep one of all. Raises TransferError
        when it does not."""

    def _deliver(self, graph: NamedNode | None, lines: Body, *, gzip: bool) -> None:
        self.connection.send(self.address.add(graph, gzip=gzip), lines)


def _mend_labels(response: bytes) -> bytes:
    """Blank nodes labelled as SPARQL knows labels; Virtuoso's are ``nodeID://b10001``."""
    whole = json.loads(response)
    for row in whole["results"]["bindings"]:
        for value in row.values():
            if value["type"] == "bnode":
                value["value"] = re.sub(r"\W+", "_", value["value"])
    return json.dumps(whole).encode()


def add_prefixes(text: str) -> str:
    """SPARQL with the usual prefixes declared, where it does not declare them itself.

    >>> add_prefixes("ASK { ?s a dip:Person }").splitlines()[-1]
    'ASK { ?s a dip:Person }'
    """
    missing = [
        f"PREFIX {name}: <{iri}>"
        for name, iri in PREFIXES.items()
        if re.search(rf"\b{name}:", text) and not re.search(rf"PREFIX\s+{name}:", text, re.IGNORECASE)
    ]
    return "\n".join([*missing, text])


# --- Finding out -----------------------------------------------------------------------------------------------------


def find_endpoint(
    url: str,
    kind: str | None = None,
    *,
    update_url: str | None = None,
    timeout: float = 300,
    retries: int = 5,
) -> Endpoint:
    """The store at a URL, which may be that of any of its services; it is asked what it is when ``kind`` is not given.

    Raises TransferError when nothing answers, or when it does not say what it is.
    """
    connection = Connection(url, timeout=timeout, retries=retries)
    try:
        target = get_target(kind) if kind is not None else _recognise(connection, url)
        endpoint = Endpoint(locate(target, url, update_url), connection)
        endpoint.select("ASK { ?s ?p ?o }", patient=False)
    except BaseException:
        connection.close()
        raise
    return endpoint


def _recognise(connection: Connection, url: str) -> Target:
    """Asks the store: its headers first, then what only one kind of store has; any that answers SPARQL is left."""
    targets = load_targets()
    first = connection.look(url)
    for target in targets.values():
        said = first.headers.get(target.header, "").casefold() if first is not None else ""
        if said and said.startswith(target.server) and (target.server or target.header != "server"):
            return target
    for target in targets.values() if first is not None else ():
        if target.probe and _answers_probe(connection, target, url):
            return target
    return targets["sparql"]


def _answers_probe(connection: Connection, target: Target, url: str) -> bool:
    base, below = cut_ending(target, url), target.probe.get("below")
    if below is not None:
        if below not in base:
            return False
        base = base[: base.index(below)]
    parts = urlsplit(base)
    response = connection.look(
        f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}{target.probe['path']}"
    )
    if response is None or not response.is_success:
        return False
    wanted = target.probe.get("contains")
    return wanted in response.text if wanted else response.text.strip().isdigit()
