"""A store on the web: SPARQL Protocol, Graph Store Protocol, descriptions, linked data, pages.

How it is put together, from the outside in:

- ``running`` starts HTTP workers and deals connections out to them; each runs the ``application``.
- ``connections`` speaks HTTP (llhttp parses) and keeps clients from doing harm; ``incoming`` is a request as it arrives.
- ``application`` holds the routes and what every request passes through: the log, metrics, CORS, security headers,
  refusals.
- Handlers (``sparql``, ``graph_store``, ``rest``, ``linked_data`` …, tables of :class:`~diplograph.server.routes.Route`)
  never touch a store. They ask for a job to be run and return an :class:`~diplograph.server.answers.Answer`, which knows
  entity tags, conditional requests, HEAD and content codings. What they cannot answer they raise as
  :class:`~diplograph.server.errors.Refusal`; any other DiplographError becomes a 400.
- ``service`` says what jobs there are. ``engines`` runs them over a store of ours: a pool of processes (``engine``), one
  job in each, so that any query can be ended by ending its process; ``lookups`` and ``caching`` spare them the smallest.
  ``upstream`` runs them over somebody else's endpoint.
- ``queries`` and ``graph_files`` are what an engine does; ``lexing``, ``federation`` and ``confinement`` are why nothing
  that a client sends leaves the machine. ``generations`` (beside this package) is why readers never meet a writer.

A handler that needs more than SPARQL names a function of ours, which runs in an engine with the store open for reading::

    result = await request.run(CallJob("diplograph.server.graph_files:read", {"graph": …}, "text/turtle", streams=True))
    return Answer(result)
"""

from diplograph.server.settings import Settings

__all__ = ["Settings"]
