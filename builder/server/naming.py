"""Names in the parameters of a question → IRIs, by asking the store: as :func:`diplograph.catalog.resolve` does it,
over any service."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pyoxigraph import Literal, NamedNode

from diplograph.catalog import Query, choose_document, choose_event, choose_thing
from diplograph.model import Actor, Place, QueryError
from diplograph.quads import (
    LABEL,
    SAME_AS,
    TYPE,
    WIKIDATA,
    actor_iri,
    document_iri,
    encode,
    event_iri,
    key_of,
    place_iri,
    shared_graph,
    term,
)
from diplograph.server.asking import select
from diplograph.server.requests import Request
from diplograph.server.rows import Row, value
from diplograph.store import Things
from diplograph.vocabulary import DIP

MOST_NAMES = 100_000
"""How many names of actors and places are looked through at most; in larger stores they are given by key or IRI."""


class Names:
    """Finds what parameters name. Names of actors and places are read once for each generation of the store."""

    def __init__(self) -> None:
        self._known: tuple[str, Things] = ("", MappingProxyType({}))

    async def resolve(self, request: Request, query: Query, values: Mapping[str, str]) -> dict[str, str]:
        """The values as :func:`diplograph.catalog.bind` wants them.

        Raises QueryError for an unknown parameter, and when something is not in the store or could be several.
        """
        found = {}
        for name, text in values.items():
            try:
                found[name] = await self._find(request, query.parameter(name).type, text)
            except QueryError as error:
                raise QueryError(f"{name}: {error}") from error
        return found

    async def _find(self, request: Request, kind: str, text: str) -> str:
        match kind:
            case "actor" | "place":
                return (await self._find_thing(request, kind, text)).value
            case "event":
                return (await _find_event(request, text)).value
            case "document":
                return (await _find_document(request, text)).value
            case _:
                return text

    async def _find_thing(self, request: Request, room: str, text: str) -> NamedNode:
        """By key, IRI or Wikidata id, which the store finds at once; else by name, of which all are looked through."""
        base = request.settings.base
        mint = actor_iri if room == "actor" else place_iri
        given = [mint(text, base=base), *_iris(text)]
        same = NamedNode(WIKIDATA + encode(text.removeprefix(WIKIDATA)))
        condition = f"""{{ VALUES ?thing {{ {" ".join(map(str, given))} }} ?thing {TYPE} ?any }}
            UNION {{ ?thing {SAME_AS} {same} }}"""
        exact = _read_things(await select(request, _things_query(base, condition)), base)
        try:
            return choose_thing(exact, text, room, base=base)
        except QueryError:
            return choose_thing(await self._all_things(request), text, room, base=base)

    async def _all_things(self, request: Request) -> Things:
        generation, base = request.service.generation(), request.settings.base
        if self._known[0] != generation:
            things = _read_things(await select(request, _things_query(base)), base)
            self._known = generation, MappingProxyType(things)
        return self._known[1]


def _things_query(base: str, condition: str = "") -> str:
    """Actors and places with kind, label and Wikidata id; a thing with two labels comes in two rows."""
    return f"""SELECT DISTINCT ?thing ?kind ?label ?same {{ GRAPH {shared_graph("actors", base=base)} {{
        {condition}
        ?thing {TYPE} ?kind ; {LABEL} ?label
        OPTIONAL {{ ?thing {SAME_AS} ?same }}
    }} }} LIMIT {MOST_NAMES}"""


def _read_things(rows: list[Row], base: str) -> dict[NamedNode, Actor | Place]:
    about: dict[str, dict[str, str]] = {}
    for row in rows:
        label = row["label"]
        facts = about.setdefault(value(row, "thing"), {"kind": value(row, "kind").removeprefix(DIP)})
        facts["same"] = value(row, "same").removeprefix(WIKIDATA)
        if isinstance(label, Literal):
            facts[label.language or ""] = label.value
    return {NamedNode(iri): _read_thing(NamedNode(iri), about[iri], base) for iri in sorted(about)}


def _read_thing(iri: NamedNode, facts: Mapping[str, str], base: str) -> Actor | Place:
    room = "place" if facts["kind"] == "Place" else "actor"
    try:
        key = key_of(iri, room, base=base)
    except ValueError:
        key = iri.value
    labels = facts.get("ar") or facts.get("") or facts.get("en", ""), facts.get("en")
    if room == "place":
        return Place(key, *labels, facts["same"] or None)
    return Actor(key, facts["kind"], *labels, facts["same"] or None)


async def _find_event(request: Request, text: str) -> NamedNode:
    base = request.settings.base
    graph, iri = shared_graph("events", base=base), event_iri(text, base=base)
    reported = f"GRAPH {graph} {{ ?event {term('reportedBy')} ?report }}"
    exact = f"VALUES ?event {{ {' '.join(map(str, (iri, *_iris(text))))} }} {reported}"
    rows = await select(request, f"SELECT DISTINCT ?event {{ {exact} }}")
    if not rows and text:
        beginning = (
            f'FILTER(STRSTARTS(STR(?event), "{iri.value}"))'  # what is encoded for an IRI has no quotes
        )
        rows = await select(request, f"SELECT DISTINCT ?event {{ {reported} {beginning} }} LIMIT 11")
    return choose_event({value(row, "event") for row in rows}, text, base=base)


async def _find_document(request: Request, text: str) -> NamedNode:
    base = request.settings.base
    iri = document_iri(text, base=base)
    described = f"GRAPH ?graph {{ ?document {TYPE} {term('Document')} ; {term('identifier')} ?id }}"
    exact = f"VALUES ?document {{ {' '.join(map(str, (iri, *_iris(text))))} }} {described}"
    rows = await select(request, f"SELECT DISTINCT ?id {{ {exact} }}")
    if not rows and text:
        ending = iri.value.removeprefix(document_iri("", base=base).value)
        last = f'FILTER(STRENDS(STR(?document), "/{ending}"))'
        rows = await select(request, f"SELECT DISTINCT ?id {{ {described} {last} }} LIMIT 11")
    return choose_document([value(row, "id") for row in rows], text, base=base)


def _iris(text: str) -> list[NamedNode]:
    """The text as an IRI, if it is one."""
    try:
        return [NamedNode(text)] if ":" in text else []
    except ValueError:
        return []
