"""SPARQL queries and updates as a client sent them, run on an open store; used in an engine only."""

from __future__ import annotations

import re
from typing import IO, Any, cast

import pyoxigraph as ox

from diplograph.server.errors import Refusal
from diplograph.server.negotiation import GRAPH_FORMATS, RESULT_FORMATS
from diplograph.server.wire import Header
from diplograph.store import PREFIXES, Store

_PLACE = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_LONGEST_MESSAGE = 500


def run_query(store: Store, job: Header, output: Any) -> Header:
    """Runs a query, writes its answer to ``output``, and says in which media type.

    Raises Refusal when it is malformed, or the client takes no media type that it could be answered in.
    """
    dataset: dict[str, Any] = {}
    if job["default_graphs"] or job["named_graphs"]:
        dataset["default_graph"] = [ox.NamedNode(iri) for iri in job["default_graphs"]]
        dataset["named_graphs"] = [ox.NamedNode(iri) for iri in job["named_graphs"]]
    else:
        dataset["use_default_graph_as_union"] = job["union"]
    try:
        answer = store.inner.query(job["text"], prefixes=PREFIXES, **dataset)
    except (SyntaxError, ValueError) as error:
        raise malformed("query", str(error)) from error
    kind = (
        "graph"
        if isinstance(answer, ox.QueryTriples)
        else "ask"
        if isinstance(answer, ox.QueryBoolean)
        else "select"
    )
    media_type = job[kind]
    if media_type is None:
        offers = GRAPH_FORMATS if kind == "graph" else RESULT_FORMATS
        raise Refusal(406, f"this can be answered in {', '.join(offers)}; the Accept header names none of them")
    write_answer(answer, media_type, output)
    return {"media_type": media_type, "stable": True}


def write_answer(
    answer: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples, media_type: str, output: Any
) -> None:
    """Serialises an answer in a media type of the tables in :mod:`diplograph.server.negotiation`."""
    stream = cast(IO[bytes], output)
    if isinstance(answer, ox.QueryTriples):
        format = ox.RdfFormat.from_extension(GRAPH_FORMATS[media_type])
        answer.serialize(stream, format, prefixes=PREFIXES)
    else:
        answer.serialize(stream, ox.QueryResultsFormat.from_extension(RESULT_FORMATS[media_type]))


def run_update(store: Store, job: Header) -> None:
    """Runs an update. Raises Refusal when it is malformed."""
    try:
        store.inner.update(job["text"], prefixes=PREFIXES)
    except (SyntaxError, ValueError) as error:
        raise malformed("update", str(error)) from error


def malformed(what: str, message: str) -> Refusal:
    """The refusal of what Oxigraph's parser complains about, with line and column where it names them."""
    found = _PLACE.search(message)
    text = " ".join((found[3] if found else message).split())
    if len(text) > _LONGEST_MESSAGE:
        text = text[:_LONGEST_MESSAGE] + " …"
    if not found:
        return Refusal(400, f"malformed {what}: {text}")
    line, column = int(found[1]), int(found[2])
    return Refusal(
        400,
        f"malformed {what}, line {line}, column {column}: {text}",
        line=line,
        column=column,
        expected=text,
    )
