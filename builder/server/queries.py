"""SPARQL queries and updates as a client sent them, run on an open store; used in an engine only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import IO, Any, TypeAlias, cast

import pyoxigraph as ox

from diplograph.server.errors import Refusal
from diplograph.server.federation import is_allowed, relayed
from diplograph.server.lexing import Token, Wishes, read_wishes, tokenize
from diplograph.server.negotiation import GRAPH_FORMATS, RESULT_FORMATS
from diplograph.server.settings import Settings
from diplograph.server.wire import Header
from diplograph.store import PREFIXES, Store

Answer: TypeAlias = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples

DEEPEST = 100
"""How deep brackets may nest: Oxigraph's parser calls itself, and its stack is finite."""

_PLACE = re.compile(r"error at (\d+):(\d+): (?:expected )?(.*)", re.DOTALL)
_LONGEST_MESSAGE = 300
_HARMLESS = re.compile(r"[^(\[{]*(?:[(\[{][^(\[{]*){0,99}")
_NOTABLE = re.compile(r"service|load|from|using|now|rand|uuid|bnode", re.IGNORECASE)


def run_query(store: Store, job: Header, output: Any, settings: Settings) -> Header:
    """Runs a query, writes its answer to ``output``, and says in which media type.

    Raises Refusal when it is malformed, forbidden, or the client takes no media type that it could be answered in.
    """
    text, wishes = check(job["text"], settings.hosts, job.get("relay", ""))
    dataset: dict[str, Any] = {}
    if job["default_graphs"] or job["named_graphs"]:
        dataset["default_graph"] = [_named_node(iri) for iri in job["default_graphs"]]
        dataset["named_graphs"] = [_named_node(iri) for iri in job["named_graphs"]]
    elif not wishes.dataset:
        dataset["use_default_graph_as_union"] = settings.union
    try:
        answer = store.inner.query(text, prefixes=PREFIXES, base_iri=job["url"], **dataset)
        kind, offers = _kind_of(answer)
        media_type = job[kind]
        if media_type is None:
            raise Refusal(
                406, f"this can be answered in {', '.join(offers)}; the Accept header takes none of them"
            )
        write_answer(answer, media_type, output)
    except (SyntaxError, ValueError) as error:
        raise malformed("query", str(error)) from error
    except RuntimeError as error:
        raise Refusal(400, f"the query cannot be evaluated: {error}") from error
    except OSError as error:
        raise _unanswered(error, wishes) from error
    return {"media_type": media_type, "stable": not wishes.unstable and not wishes.network}


def check(text: str, hosts: Sequence[str] = (), relay: str = "") -> tuple[str, Wishes]:
    """A query or update as it may be run, and what it asks for beside reading the store.

    With ``hosts``, what it calls of these is called through the ``relay``. Raises Refusal when it asks for what is not to
    be had.
    """
    if not _NOTABLE.search(text) and _HARMLESS.fullmatch(text):
        return text, Wishes((), dataset=False, unstable=False, depth=0)
    wishes = read_wishes(text)
    if wishes.depth > DEEPEST:
        raise Refusal(400, f"the brackets nest {wishes.depth} deep; more than {DEEPEST} are not taken")
    if wishes.network:
        if not hosts:
            raise _forbidden(text, wishes.network[0], "SERVICE and LOAD are switched off here")
        text = redirect_calls(text, wishes, hosts, relay)
    return text, wishes


def redirect_calls(text: str, wishes: Wishes, hosts: Sequence[str], relay: str) -> str:
    """A text in which what SERVICE and LOAD call is called through the relay.

    Raises Refusal for a host that is not listed, and for all that is not written ``SERVICE <address>``.
    """
    tokens = list(tokenize(text))
    pieces, done = [], 0
    for call in wishes.network:
        place = next(place for place, token in enumerate(tokens) if token.begin == call.begin)
        following = [token for token in tokens[place + 1 : place + 3] if token.text.casefold() != "silent"]
        target = following[0] if following else call
        url = target.text[1:-1]
        if call.text.casefold() not in ("service", "load") or target.kind != "iri" or "\\" in url:
            raise _forbidden(text, call, "write SERVICE or LOAD, a space, and a full address in <>")
        if not is_allowed(url, hosts):
            raise _forbidden(text, call, "this host may not be asked from here")
        pieces += [text[done : target.begin], f"<{relayed(url, relay)}>"]
        done = target.end
    return "".join((*pieces, text[done:]))


def _unanswered(error: OSError, wishes: Wishes) -> Exception:
    """What an error of input or output means: that of a host where one is called, else that of the store."""
    return (
        Refusal(502, "a host that it calls does not answer, or leads elsewhere") if wishes.network else error
    )


def _forbidden(text: str, call: Token, why: str) -> Refusal:
    line, column = place_of(text, call.begin)
    return Refusal(403, f"line {line}, column {column}: {why}", line=line, column=column)


def place_of(text: str, offset: int) -> tuple[int, int]:
    """The line and column (both from 1) of an offset.

    >>> place_of("ASK\\n{}", 5)
    (2, 2)
    """
    before = text[:offset]
    return before.count("\n") + 1, offset - before.rfind("\n")


def _named_node(iri: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(iri)
    except ValueError as error:
        raise Refusal(400, f"the graph <{iri}> is no absolute IRI") from error


def _kind_of(answer: Answer) -> tuple[str, Any]:
    if isinstance(answer, ox.QueryTriples):
        return "graph", GRAPH_FORMATS
    return ("ask" if isinstance(answer, ox.QueryBoolean) else "select"), RESULT_FORMATS


def write_answer(answer: Answer, media_type: str, output: Any) -> None:
    """Serialises an answer in a media type of the tables in :mod:`diplograph.server.negotiation`."""
    stream = cast(IO[bytes], output)
    if isinstance(answer, ox.QueryTriples):
        answer.serialize(stream, rdf_format(media_type))
    else:
        format = ox.QueryResultsFormat.from_extension(RESULT_FORMATS[media_type])
        assert format is not None
        answer.serialize(stream, format)


def rdf_format(media_type: str) -> ox.RdfFormat:
    """Oxigraph's format of a media type of RDF. Raises Refusal (415) for one that is none."""
    format = ox.RdfFormat.from_extension(GRAPH_FORMATS.get(media_type, ""))
    if format is None:
        raise Refusal(415, f"{media_type or 'nothing'} is no RDF; take one of {', '.join(GRAPH_FORMATS)}")
    return format


def malformed(what: str, message: str) -> Refusal:
    """The refusal of what Oxigraph's parser complains about, with line and column where it names them.

    >>> malformed("query", "error at 1:6: expected one of {, }").message
    'malformed query, line 1, column 6: expected one of {, }'
    """
    found = _PLACE.search(message)
    text = " ".join((found[3] if found else message).split())
    if len(text) > _LONGEST_MESSAGE:
        text = text[:_LONGEST_MESSAGE] + " …"
    if not found:
        return Refusal(400, f"malformed {what}: {text}")
    line, column = int(found[1]), int(found[2])
    said = text if " " in text and not text.startswith("one of") else f"expected {text}"
    return Refusal(400, f"malformed {what}, line {line}, column {column}: {said}", line=line, column=column)


# --- Updates ---------------------------------------------------------------------------------------------------------


def run_update(store: Store, job: Header, settings: Settings) -> None:
    """Runs an update, all of it or nothing. Raises Refusal when it is malformed or forbidden."""
    text, wishes = check(job["text"], settings.hosts, job.get("relay", ""))
    if job["using"] or job["using_named"]:
        clauses = [f"USING {_named_node(iri)}" for iri in job["using"]]
        clauses += [f"USING NAMED {_named_node(iri)}" for iri in job["using_named"]]
        text = insert_using(text, f" {' '.join(clauses)} ")
    try:
        store.inner.update(text, prefixes=PREFIXES, base_iri=job["url"])
    except (SyntaxError, ValueError) as error:
        raise malformed("update", str(error)) from error
    except RuntimeError as error:
        raise Refusal(400, f"the update cannot be done: {error}") from error
    except OSError as error:
        raise _unanswered(error, wishes) from error


def insert_using(text: str, clauses: str) -> str:
    """An update with USING clauses in each of its operations that have a WHERE; pyoxigraph takes them no other way.

    Raises Refusal when it has such clauses of its own, or WITH (SPARQL 1.1 Protocol, 2.2.3).

    >>> insert_using("INSERT { ?s ?p 1 } WHERE { ?s ?p ?o }", " USING <http://example.org/g> ")
    'INSERT { ?s ?p 1 }  USING <http://example.org/g> WHERE { ?s ?p ?o }'
    """
    pieces, done = [], 0
    outside = list(_outside_of_groups(text))
    for place, token in enumerate(outside):
        word = token.text.casefold() if token.kind == "word" else ""
        if "using" in word or word == "with":
            raise Refusal(400, "an update with USING or WITH cannot be given using-graph-uri as well")
        if word != "where":
            continue
        pieces.append(text[done : token.begin])
        if (
            place and outside[place - 1].text.casefold() == "delete"
        ):  # DELETE WHERE { … }: both the same group
            end = next(later.end for later in outside[place + 1 :] if later.text == "}")
            pieces.append(text[token.end : end])
        pieces.append(clauses)
        done = token.begin
    return "".join((*pieces, text[done:]))


def _outside_of_groups(text: str) -> Iterator[Token]:
    """The tokens outside curly brackets, and the outermost of these."""
    depth = 0
    for token in tokenize(text):
        depth -= token.text == "}"
        if depth <= 0:
            yield token
        depth += token.text == "{"
