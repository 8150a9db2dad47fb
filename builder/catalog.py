"""The canned questions: ``queries/*.rq`` with their headers, as typed queries whose parameters bind safely.

A file is SPARQL 1.1 as it stands and runs unchanged on any store. Two kinds of comment are ours::

    #+ summary = "The calls between two actors"          a header line; the header as a whole is TOML
    #? VALUES ?one { $one }                              a line that counts only when its parameters are given

The header's keys: ``summary`` and ``summary_ar`` (the question), ``description`` (optional), ``parameters`` (a table:
name = { type, description, default or required }), ``columns`` (a table: variable = what it holds, in order) and
``example`` (a table: parameter = value). Those of ``checks/`` also say what a row means: ``severity`` (Violation,
Warning, Info) and what is wrong with the first column's thing, ``message`` and ``message_ar``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pyoxigraph import Literal, NamedNode, QuerySolutions

from diplograph.arabic import fold
from diplograph.model import Actor, DataError, Place, QueryError, TermError, TimeError
from diplograph.quads import (
    WIKIDATA,
    actor_iri,
    date_literal,
    document_iri,
    event_iri,
    key_of,
    place_iri,
    shared_graph,
    term,
)
from diplograph.resources import list_files
from diplograph.store import Store, Things
from diplograph.vocabulary import load_vocabulary

TYPES = ("actor", "place", "event", "document", "date", "month", "integer", "string", "status", "class")
SEVERITIES = ("Violation", "Warning", "Info")
_THINGS = ("actor", "place", "event", "document")
_TRIAL = {
    **{kind: f"https://example.org/{kind}" for kind in _THINGS},
    "date": "2021",
    "month": "2021-12",
    "integer": "1",
    "string": "",
    "status": "occurred",
    "class": "DiplomaticEvent",
}
_HEADER = re.compile(r"^#\+ ?", re.MULTILINE)
_CONDITIONAL = re.compile(r"^(?P<indent>[ \t]*)#\?[ \t]*(?P<clause>.*)$", re.MULTILINE)
_PLACEHOLDER = re.compile(r"\$([a-z_]+)")
_TERM = re.compile(r"(?<![\w:])dip:(\w+)")


@dataclass(frozen=True, slots=True)
class Parameter:
    """What can be asked for. ``type`` is one of :data:`TYPES`; ``default`` stands where no value is given."""

    name: str
    type: str
    description: str
    required: bool = False
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """A canned question. ``columns`` say what each variable of an answer holds; ``example`` binds its parameters.

    Where each row is a fault, ``severity`` says how bad it is and ``message`` what it is.
    """

    name: str
    summary: str
    summary_ar: str
    description: str
    parameters: tuple[Parameter, ...]
    columns: Mapping[str, str]
    example: Mapping[str, str]
    text: str
    severity: str = ""
    message: str = ""
    message_ar: str = ""

    def parameter(self, name: str) -> Parameter:
        """The parameter of this name. Raises QueryError, naming the nearest or all there are."""
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        names = [parameter.name for parameter in self.parameters]
        known = f"it takes {', '.join(names)}" if names else "it takes none"
        raise QueryError(f'{self.name} has no parameter "{name}"{_nearest(name, names)}; {known}')


@dataclass(frozen=True, slots=True)
class Catalog:
    """The questions by name, in the order of their names."""

    queries: Mapping[str, Query]

    def get(self, name: str) -> Query:
        """The question of this name. Raises QueryError with the nearest name."""
        if name not in self.queries:
            raise QueryError(
                f'there is no query "{name}"{_nearest(name, self.queries)}; `diplograph queries` lists all'
            )
        return self.queries[name]

    def __iter__(self) -> Iterator[Query]:
        return iter(self.queries.values())

    def __len__(self) -> int:
        return len(self.queries)


def _nearest(name: str, names: Mapping[str, object] | list[str]) -> str:
    near = get_close_matches(name, list(names), n=1, cutoff=0.5)
    return f'; did you mean "{near[0]}"?' if near else ""


# --- Loading ---------------------------------------------------------------------------------------------------------


@cache
def load_catalog(folder: str = "") -> Catalog:
    """The questions of ``queries/``, or of a folder below it (``checks``), read once.

    Raises DataError that lists every fault of every file.

    >>> load_catalog().get("event-report").columns["document"]
    'the id of the document'
    """
    queries, faults = {}, []
    for path in list_files("queries", folder, ".rq"):
        try:
            queries[path.stem] = read_query(path)
        except DataError as error:
            faults.append(str(error))
    if faults:
        raise DataError("\n".join(faults))
    return Catalog(MappingProxyType(queries))


def read_query(path: Path) -> Query:
    """The question in a file. Raises DataError with all that is wrong with it, a line each."""
    text = path.read_text(encoding="utf-8")
    where = f"{path.parent.name}/{path.name}"
    header = "\n".join(_HEADER.sub("", line) for line in text.splitlines() if line.startswith("#+"))
    try:
        said = tomllib.loads(header)
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"{where}: its header (the lines with #+) is not TOML: {error}") from error
    faults = [f"{where}: {fault}" for fault in _header_faults(said)]
    if faults:
        raise DataError("\n".join(faults))
    query = Query(
        name=path.stem,
        summary=said["summary"],
        summary_ar=said["summary_ar"],
        description=said.get("description", ""),
        parameters=tuple(Parameter(name, **about) for name, about in said.get("parameters", {}).items()),
        columns=MappingProxyType(said["columns"]),
        example=MappingProxyType(said.get("example", {})),
        text=text,
        severity=said.get("severity", ""),
        message=said.get("message", ""),
        message_ar=said.get("message_ar", ""),
    )
    faults = [f"{where}: {fault}" for fault in (*_term_faults(text), *_parameter_faults(query))]
    faults += [f"{where}: {fault}" for fault in _answer_faults(query)] if not faults else []
    if faults:
        raise DataError("\n".join(faults))
    return query


def _header_faults(said: Mapping[str, Any]) -> Iterator[str]:
    """What is missing from a header or of the wrong kind."""
    kinds = {
        "summary": str,
        "summary_ar": str,
        "description": str,
        "severity": str,
        "message": str,
        "message_ar": str,
        "parameters": dict,
        "columns": dict,
        "example": dict,
    }
    for key in ("summary", "summary_ar", "columns"):
        if not said.get(key):
            yield f"its header lacks {key}"
    finding = [key for key in ("severity", "message", "message_ar") if said.get(key)]
    if finding and len(finding) < 3:
        yield f"its header has {' and '.join(finding)}; severity, message and message_ar go together"
    if said.get("severity", "Info") not in SEVERITIES:
        yield f'unknown severity "{said["severity"]}"; there are {", ".join(SEVERITIES)}'
    for key, value in said.items():
        if key not in kinds:
            yield f'unknown key "{key}"{_nearest(key, kinds)}'
        elif not isinstance(value, kinds[key]):
            yield f"{key} must be {'text' if kinds[key] is str else 'a table'}"
        elif key in ("columns", "example"):
            yield from (
                f'{key}: "{name}" must be text' for name, told in value.items() if not isinstance(told, str)
            )
        elif key == "parameters":
            for name, about in value.items():
                yield from (f'parameter "{name}" {fault}' for fault in _about_faults(about))


def _about_faults(about: object) -> Iterator[str]:
    kinds = {"type": str, "description": str, "required": bool, "default": str}
    if not isinstance(about, dict):
        yield "must be a table: { type = …, description = … }"
        return
    for key in ("type", "description"):
        if key not in about:
            yield f"lacks {key}"
    for key, value in about.items():
        if key not in kinds:
            yield f'has an unknown key "{key}"{_nearest(key, kinds)}'
        elif not isinstance(value, kinds[key]):
            yield f"has a {key} of the wrong kind"
    if about.get("type", TYPES[0]) not in TYPES:
        yield f'has the unknown type "{about["type"]}"; types are {", ".join(TYPES)}'
    if about.get("required") and "default" in about:
        yield "is required, so it can have no default"


def terms_of(text: str) -> tuple[str, ...]:
    """The local names of the ontology's terms that a query uses, each once, in their order."""
    code = "\n".join(line for line in text.splitlines() if not line.startswith("#+"))
    return tuple(dict.fromkeys(_TERM.findall(code)))


def _term_faults(text: str) -> Iterator[str]:
    """Names below ``dip:`` that the ontology does not know: such a query would find nothing, and say nothing."""
    for name in terms_of(text):
        try:
            load_vocabulary().iri(name)
        except TermError as error:
            yield str(error)


def _parameter_faults(query: Query) -> Iterator[str]:
    names = {parameter.name for parameter in query.parameters}
    clauses = [found["clause"] for found in _CONDITIONAL.finditer(query.text)]
    used = {name for clause in clauses for name in _PLACEHOLDER.findall(clause)}
    yield from (f'the parameter "{name}" is in no line that starts with #?' for name in sorted(names - used))
    yield from (f'"${name}" is not among its parameters' for name in sorted(used - names))
    yield from (f'"{clause}" has no parameter in it' for clause in clauses if not _PLACEHOLDER.search(clause))
    yield from (
        f'its example binds "{name}", which is no parameter' for name in sorted({*query.example} - names)
    )
    for parameter in query.parameters:
        if parameter.required and parameter.name not in query.example:
            yield f'its example does not bind "{parameter.name}", which is required'
        if parameter.default is not None:
            try:
                _to_sparql(parameter, parameter.default)
            except QueryError as error:
                yield str(error)


def _answer_faults(query: Query) -> Iterator[str]:
    """Faults seen by asking an empty store, as the file stands and with every parameter bound."""
    every = {parameter.name: _TRIAL[parameter.type] for parameter in query.parameters}
    for text in (query.text, bind(query, every)):
        with Store.in_memory() as store:
            try:
                answer = store.query(text)
            except QueryError as error:
                yield str(error)
                continue
            variables = (
                [found.value for found in answer.variables] if isinstance(answer, QuerySolutions) else []
            )
            if variables != list(query.columns):
                yield f"its columns are {', '.join(query.columns)}; it selects {', '.join(variables) or 'nothing'}"


# --- Binding ---------------------------------------------------------------------------------------------------------


def bind(query: Query, values: Mapping[str, str]) -> str:
    """The SPARQL text of a question with its parameters' values in place.

    Actors, places, events and documents are given by IRI (:func:`resolve` finds them); dates as partial ISO dates,
    statuses and classes by local name. Each value becomes one SPARQL term written by Oxigraph, so that no value can
    change the question. Raises QueryError for an unknown or missing parameter, or a value that is not of its type.

    >>> query = load_catalog().get("events-in-period")
    >>> '"2021-12"' in bind(query, {"from": "2021-12", "to": "2022"})
    True
    """
    terms = {name: _to_sparql(query.parameter(name), value) for name, value in values.items()}
    for parameter in query.parameters:
        if parameter.name in terms:
            continue
        if parameter.default is not None:
            terms[parameter.name] = _to_sparql(parameter, parameter.default)
        elif parameter.required:
            raise QueryError(
                f"{query.name} needs {parameter.name} ({parameter.type}): {parameter.description}"
            )

    def activate(found: re.Match[str]) -> str:
        clause = found["clause"]
        if any(name not in terms for name in _PLACEHOLDER.findall(clause)):
            return found[0]
        return found["indent"] + _PLACEHOLDER.sub(lambda name: terms[name[1]], clause)

    return _CONDITIONAL.sub(activate, query.text)


def _to_sparql(parameter: Parameter, value: str) -> str:
    """A value as SPARQL: one term (for a class, the terms of its subclasses too: only classes of events are asserted)."""
    try:
        match parameter.type:
            case "actor" | "place" | "event" | "document":
                return str(NamedNode(value))
            case "date":
                return str(Literal(date_literal(value).value))
            case "month":
                if len(value) != 7:
                    raise TimeError(f'"{value}" is not a month like 2021-12')
                return str(Literal(date_literal(value).value))
            case "integer":
                return str(int(value))
            case "status":
                return _choose(value, values_of(parameter))
            case "class":
                _choose(value, values_of(parameter))
                return " ".join(str(term(name)) for name in (value, *load_vocabulary().subclasses(value)))
            case _:
                return _write_text(value)
    except (ValueError, TimeError, QueryError) as error:
        raise QueryError(
            f'{parameter.name} takes a value of type {parameter.type}, not "{value}": {error}'
        ) from error


def values_of(parameter: Parameter) -> tuple[str, ...]:
    """The values that a parameter may have, where these are few and known (statuses, classes of events); else none."""
    vocabulary = load_vocabulary()
    if parameter.type == "status":
        return vocabulary.statuses()
    if parameter.type == "class":
        under = ("DiplomaticEvent", *vocabulary.subclasses("DiplomaticEvent"))
        return tuple(name for name in under if name not in vocabulary.defined_classes())
    return ()


def _choose(value: str, names: tuple[str, ...]) -> str:
    if value not in names:
        raise QueryError(f"there are {', '.join(names)}{_nearest(value, list(names))}")
    return str(term(value))


_ESCAPED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _write_text(text: str) -> str:
    """A SPARQL string. A backslash before a u is kept from looking like a code point escape, which some stores decode
    before they parse (SPARQL 1.1, 19.2): there the u is written as one."""
    written = []
    before = ""
    for character in text:
        if character in _ESCAPED:
            written.append(_ESCAPED[character])
        elif not character.isprintable() and ord(character) < 0x80 or (before == "\\" and character in "uU"):
            written.append(f"\\u{ord(character):04X}")
        else:
            written.append(character)
        before = character
    return f'"{"".join(written)}"'


# --- Resolving -------------------------------------------------------------------------------------------------------


def resolve(store: Store, query: Query, values: Mapping[str, str]) -> dict[str, str]:
    """The values as :func:`bind` wants them: each actor, place, event or document by its IRI in this store.

    Raises QueryError when one is not in the store or could be several.
    """
    ways = {
        "actor": resolve_actor,
        "place": resolve_place,
        "event": resolve_event,
        "document": resolve_document,
    }
    found = {}
    for name, value in values.items():
        way = ways.get(query.parameter(name).type)
        found[name] = way(store, value).value if way else value
    return found


def resolve_actor(store: Store, text: str) -> NamedNode:
    """The actor meant: by IRI, key, Wikidata id (Q7747), name in Arabic or English, or words of one name only.

    Raises QueryError naming the nearest, or all that it could be. Only actors that some document names are known.
    """
    return _resolve_thing(store, text, "actor")


def resolve_place(store: Store, text: str) -> NamedNode:
    """The place meant, as :func:`resolve_actor` does it."""
    return _resolve_thing(store, text, "place")


def _resolve_thing(store: Store, text: str, room: str) -> NamedNode:
    return choose_thing(store.things(), text, room, base=store.base)


def choose_thing(everything: Things, text: str, room: str, *, base: str) -> NamedNode:
    """The actor or place meant (``room`` says which), of these. Raises QueryError when it is none or several."""
    kind = Actor if room == "actor" else Place
    things = {iri: thing for iri, thing in everything.items() if isinstance(thing, kind)}
    minted = (actor_iri if room == "actor" else place_iri)(text, base=base)
    qid = text.removeprefix(WIKIDATA)
    for iri, thing in things.items():
        if text == iri.value or iri == minted or (thing.wikidata and qid == thing.wikidata):
            return iri
    wanted = _fold_name(text)
    names = {
        iri: [_fold_name(name) for name in (t.label_ar, t.label_en) if name] for iri, t in things.items()
    }
    same = [iri for iri in things if wanted in names[iri]]
    if not same and wanted:
        same = [iri for iri in things if any({*wanted.split()} <= {*name.split()} for name in names[iri])]
    if len(same) == 1:
        return same[0]
    if same:
        choice = ", ".join(f"{key_of(iri, room, base=base)} ({things[iri].label_ar})" for iri in same[:10])
        raise QueryError(f'"{text}" could be several: {choice}; give one of these keys')
    every = [name for known in names.values() for name in known]
    near = get_close_matches(wanted, every, n=1, cutoff=0.5)
    hint = f'; did you mean "{near[0]}"?' if near else ""
    raise QueryError(f'no document in the store names the {room} "{text}"{hint}')


def _fold_name(name: str) -> str:
    return fold(name).casefold()


def resolve_event(store: Store, text: str) -> NamedNode:
    """The consolidated event meant: by IRI, by its key (also as tables show it: ``event/KEY``), or by the beginning of one.

    Raises QueryError when the store has no such event, or several.
    """
    graph = shared_graph("events", base=store.base)
    found = store.inner.quads_for_pattern(None, term("reportedBy"), None, graph)
    known = {quad.subject.value for quad in found if isinstance(quad.subject, NamedNode)}
    return choose_event(known, text, base=store.base)


def choose_event(known: Collection[str], text: str, *, base: str) -> NamedNode:
    """The event meant, of those with these IRIs. Raises QueryError when it is none or several."""
    iri = event_iri(text.removeprefix("event/"), base=base).value
    for candidate in (text, iri):
        if candidate in known:
            return NamedNode(candidate)
    beginning = sorted(candidate for candidate in known if text and candidate.startswith(iri))
    if len(beginning) == 1:
        return NamedNode(beginning[0])
    if beginning:
        keys = [key_of(NamedNode(candidate), "event", base=base) for candidate in beginning[:10]]
        raise QueryError(f'"{text}" could be several events: {", ".join(keys)}')
    near = get_close_matches(iri, known, n=1, cutoff=0.8)
    hint = f"; did you mean {key_of(NamedNode(near[0]), 'event', base=base)}?" if near else ""
    raise QueryError(f'there is no event "{text}" in the store{hint}; `diplograph query events` lists all')


def resolve_document(store: Store, text: str) -> NamedNode:
    """The document meant: by IRI, id, or the last part of its id. Raises QueryError when it is none or several."""
    return choose_document(store.document_ids(), text, base=store.base)


def choose_document(ids: Collection[str], text: str, *, base: str) -> NamedNode:
    """The document meant, of those with these ids. Raises QueryError when it is none or several."""
    if text in {document_iri(id, base=base).value for id in ids}:
        return NamedNode(text)
    same = [text] if text in ids else [id for id in ids if id.rpartition("/")[2] == text]
    if len(same) == 1:
        return document_iri(same[0], base=base)
    if same:
        raise QueryError(f'"{text}" could be several documents: {", ".join(same[:10])}')
    raise QueryError(f'there is no document "{text}" in the store{_nearest(text, list(ids))}')
