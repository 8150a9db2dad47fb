"""A store on the web: SPARQL Protocol, Graph Store Protocol, descriptions, linked data, pages.

How it is put together, from the outside in:

- ``running`` starts HTTP workers (granian), processes that share one port; each runs the ``application``.
- ``application`` holds the routes and what every request passes through: log, metrics, CORS, security headers, errors.
- Handlers (``sparql``, ``graph_store``, ``description``, ``linked_data``, ``pages``) are Starlette endpoints. They never
  touch a store. They ask ``request.app.state.service`` (a :class:`~diplograph.server.service.Service`) to run a job, and
  return an :class:`~diplograph.server.answers.Answer`, which knows entity tags, conditional requests, HEAD and codings.
  What they cannot answer they raise as :class:`~diplograph.server.errors.Refusal`; any other DiplographError is a 400.
- ``engines`` is the service over a store of ours: a pool of processes (``engine``) that run one job each, so that any
  query can be ended by ending its process. ``upstream`` is the service over somebody else's endpoint.
- ``queries`` is what an engine does with SPARQL; ``generations`` (beside this package) is why readers never meet a writer.

A handler that needs more than SPARQL names a function of ours, which runs in an engine with the store open for reading::

    result = await request.app.state.service.run(CallJob("diplograph.server.description.void:count", {"limit": 10}))
    return Answer(result, etag=…)
"""

from diplograph.server.settings import Settings

__all__ = ["Settings"]
