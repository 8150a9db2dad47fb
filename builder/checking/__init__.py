"""Whether ontology and data are consistent, conform and are complete; why not, where they are not; and what follows.

:func:`~diplograph.checking.running.check_store` runs the checks; each is a module of its own and gives one
:class:`~diplograph.checking.findings.Part`.
"""
