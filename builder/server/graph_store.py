"""The SPARQL 1.1 Graph Store HTTP Protocol: graphs at /store?graph=IRI, /store?default, and below /store/ by their own IRI."""

from __future__ import annotations

import base64
import hashlib
import uuid
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import quote, urlsplit

from diplograph.server import authority
from diplograph.server.answers import Answer
from diplograph.server.errors import Refusal
from diplograph.server.negotiation import GRAPH_FORMATS, choose
from diplograph.server.requests import Request
from diplograph.server.routes import Route
from diplograph.server.service import CallJob, WriteJob

_DATASETS = ("application/n-quads", "application/trig")
_GRAPHS = tuple(GRAPH_FORMATS)
_MODULE = "diplograph.server.graph_files"


@dataclass(frozen=True, slots=True)
class Target:
    """What a request is about: a graph by its IRI, the default graph (None), or the whole store."""

    graph: str | None
    whole: bool = False


async def handle(request: Request) -> Answer:
    """Reads or changes a graph."""
    target = _target(request)
    if request.method in ("GET", "HEAD"):
        return await _read(request, target)
    authority.check(request)
    request.note["asked"] = f"{request.method} {'store' if target.whole else target.graph or 'default graph'}"
    if request.method == "DELETE":
        return await _delete(request, target)
    return await _write(request, target)


def _target(request: Request) -> Target:
    """The graph a request names (section 4 of the protocol)."""
    graphs = [value for name, value in request.fields if name == "graph"]
    default = any(name == "default" for name, _ in request.fields)
    direct = request.path.startswith("/store/")
    if len(graphs) + default + direct > 1:
        raise Refusal(400, "name one graph: by ?graph=IRI, by ?default, or by its own address")
    if direct:
        return Target(f"{request.url}{_escaped(request.path)}")
    if graphs:
        if not urlsplit(graphs[0]).scheme:
            raise Refusal(400, f"<{graphs[0]}> is no absolute IRI; ?graph= takes one")
        return Target(graphs[0])
    return Target(None, whole=not default)


def _escaped(path: str) -> str:
    return quote(path, safe="/:@!$&'()*+,;=~-._")


# --- Reading ---------------------------------------------------------------------------------------------------------


async def _read(request: Request, target: Target) -> Answer:
    offers = _DATASETS if target.whole else _GRAPHS
    media_type = choose(request.header("accept"), offers)
    if media_type is None:
        raise Refusal(406, f"this can be had as {', '.join(offers)}; the Accept header takes none of them")
    arguments = {"graph": target.graph, "whole": target.whole, "media_type": media_type}
    generation = request.service.generation()
    result = await request.run(CallJob(f"{_MODULE}:read", arguments, media_type, streams=True))
    key = hashlib.blake2b(repr((generation, arguments)).encode(), digest_size=12).hexdigest()
    return Answer(result, etag=key if result.generation == generation else None)


# --- Writing ---------------------------------------------------------------------------------------------------------


async def _delete(request: Request, target: Target) -> Answer:
    if target.whole:
        raise Refusal(400, "name the graph to delete: by ?graph=IRI, by ?default, or by its own address")
    await request.run(WriteJob(f"{_MODULE}:delete", {"graph": target.graph}))
    return Answer(status=204)


async def _write(request: Request, target: Target) -> Answer:
    if target.whole and request.method == "PUT":
        raise Refusal(400, "name the graph to replace: by ?graph=IRI, by ?default, or by its own address")
    files = _files(request, await request.body())
    headers = {}
    if target.whole and not any(media_type in _DATASETS for media_type, _ in files):
        graph = f"{request.url}/store/{uuid.uuid4()}"
        target, headers = Target(graph), {"Location": graph}
    arguments = {
        "graph": target.graph,
        "whole": target.whole,
        "replace": request.method == "PUT",
        "files": [[media_type, base64.b64encode(body).decode()] for media_type, body in files],
    }
    result = await request.run(WriteJob(f"{_MODULE}:write", arguments))
    return Answer(status=201 if result.body == b"true" else 204, headers=headers)


def _files(request: Request, body: bytes) -> list[tuple[str, bytes]]:
    """Media type and content of what is in the body: one file, or those of a form."""
    header = request.header("content-type") or ""
    kind = header.partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        if kind not in GRAPH_FORMATS:
            raise Refusal(415, f"the body must be RDF, and say as which: {', '.join(GRAPH_FORMATS)}")
        return [(kind, body)]
    head = f"Content-Type: {header}\r\n\r\n".encode("latin-1", "replace")
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    if not message.is_multipart():
        raise Refusal(400, "the body is not multipart/form-data, as its Content-Type says")
    found = []
    for part in message.iter_parts():
        if part.get_filename() is None and "Content-Type" not in part:
            continue  # a field of the form and no file
        kind = part.get_content_type()
        if kind not in GRAPH_FORMATS or "Content-Type" not in part:
            suffix = (part.get_filename() or "").rpartition(".")[2]
            kind = next((name for name, known in GRAPH_FORMATS.items() if known == suffix), kind)
        content = part.get_payload(decode=True)
        found.append((kind, content if isinstance(content, bytes) else b""))
    if not found:
        raise Refusal(400, "the form has no file in it")
    return found


ROUTES = {
    "/store": Route(handle, ("GET", "PUT", "POST", "DELETE")),
    "/store/": Route(handle, ("GET", "PUT", "POST", "DELETE")),
}
