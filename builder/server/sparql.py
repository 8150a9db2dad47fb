"""The SPARQL 1.1 Protocol: /sparql, /query and /update."""

from __future__ import annotations

import hashlib
from urllib.parse import parse_qsl

from starlette.requests import Request

from diplograph.server.answers import Answer
from diplograph.server.errors import Refusal
from diplograph.server.negotiation import GRAPH_FORMATS, RESULT_FORMATS, choose
from diplograph.server.service import QueryJob, Service

_RESULTS, _GRAPHS = tuple(RESULT_FORMATS), tuple(GRAPH_FORMATS)


async def query(request: Request) -> Answer:
    """Answers a query by GET or POST."""
    service: Service = request.app.state.service
    fields = parse_qsl(request.url.query, keep_blank_values=True)
    if request.method == "POST":
        body = (await request.body()).decode()
        if request.headers.get("content-type", "").startswith("application/sparql-query"):
            fields.append(("query", body))
        else:
            fields += parse_qsl(body, keep_blank_values=True)
    texts = [value for name, value in fields if name == "query"]
    if len(texts) != 1:
        raise Refusal(400, "give one query")
    accept = request.headers.get("accept")
    chosen = choose(accept, _RESULTS)
    job = QueryJob(
        texts[0],
        chosen,
        chosen,
        choose(accept, _GRAPHS),
        tuple(value for name, value in fields if name == "default-graph-uri"),
        tuple(value for name, value in fields if name == "named-graph-uri"),
    )
    result = await service.run(job)
    key = hashlib.blake2b(repr((result.generation, job)).encode(), digest_size=12).hexdigest()
    return Answer(result, etag=key if result.stable else None)
