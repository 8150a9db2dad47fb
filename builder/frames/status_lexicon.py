"""The words that say whether an event happened (ontology/lexicon/status.toml), folded."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from diplograph.arabic import fold
from diplograph.resources import read_toml

OCCURRED, PLANNED, DENIED, HYPOTHETICAL = "occurred", "planned", "denied", "hypothetical"


@dataclass(frozen=True, slots=True)
class StatusReading:
    """A status, the word that says so (0 if none), and whether anything says so at all."""

    status: str
    cue: int
    explicit: bool
    previous: bool = False


@dataclass(frozen=True, slots=True)
class StatusLexicon:
    """The cues, folded."""

    modifiers: dict[str, frozenset[str]]
    governors: dict[str, frozenset[str]]
    undoing: frozenset[str]
    undone: frozenset[str]
    failing: frozenset[str]
    negations: frozenset[str]
    negated: frozenset[str]
    attending: frozenset[str]
    future: frozenset[str]
    modal: frozenset[str]
    completing: frozenset[str]
    previous: frozenset[str]
    gone: frozenset[str]
    latest: frozenset[str]
    last: frozenset[str]
    products: frozenset[str]
    unlikely: frozenset[str]
    none: frozenset[str]
    in_session: frozenset[str]
    agenda: frozenset[str]
    willing: frozenset[str]
    wishing: frozenset[str]
    whether: frozenset[str]
    inviting: frozenset[str]
    addressing: frozenset[str]
    held: frozenset[str]
    doing: frozenset[str]
    today: frozenset[str]
    dining: frozenset[str]
    circumstantial: frozenset[str]
    after: frozenset[str]
    deferring: frozenset[str]
    closing: frozenset[str]
    gone_by: frozenset[str]
    shortly: frozenset[str]
    calling: frozenset[str]
    ordinals: frozenset[str]
    another: frozenset[str]
    postponing: frozenset[str]
    attempts: frozenset[str]
    succeeding: frozenset[str]
    vainly: frozenset[str]
    contrast: frozenset[str]
    existing: frozenset[str]
    rumours: frozenset[str]
    about: frozenset[str]
    either: frozenset[str]
    confirming: frozenset[str]
    due: frozenset[str]
    agendas: frozenset[str]
    topped: frozenset[str]
    times: frozenset[str]
    dominating: frozenset[str]
    including: frozenset[str]
    joining: frozenset[str]
    aims: frozenset[str]
    meanwhile: frozenset[str]
    purposes: frozenset[str]
    any: frozenset[str]
    issued: frozenset[str]
    statements: frozenset[str]
    drafts: frozenset[str]
    feminine_verb: str
    purpose: str


@cache
def load_status() -> StatusLexicon:
    """Reads ontology/lexicon/status.toml."""
    data = read_toml("ontology", "lexicon", "status.toml")

    def folded(room: str, name: str) -> frozenset[str]:
        return frozenset(fold(item) for item in data[room][name])

    statuses = (DENIED, HYPOTHETICAL, PLANNED)
    return StatusLexicon(
        {status: folded(status, "modifiers") for status in statuses},
        {status: folded(status, "governors") for status in statuses},
        folded(DENIED, "undoing"),
        folded(DENIED, "undone"),
        folded(DENIED, "failing"),
        folded(DENIED, "particles"),
        folded(DENIED, "negated"),
        folded(DENIED, "attending"),
        folded("future", "particles"),
        folded("future", "modal"),
        folded("future", "completing"),
        folded("previous", "modifiers"),
        folded("previous", "gone"),
        folded("previous", "before"),
        folded("previous", "last"),
        folded("previous", "products"),
        folded(DENIED, "predicates"),
        folded(DENIED, "none"),
        folded("previous", "in_session"),
        folded(DENIED, "agenda"),
        folded(HYPOTHETICAL, "willing"),
        folded(HYPOTHETICAL, "wishing"),
        folded(HYPOTHETICAL, "whether"),
        folded(HYPOTHETICAL, "inviting"),
        folded(HYPOTHETICAL, "addressing"),
        folded("future", "imperfect"),
        folded("future", "doing"),
        folded("future", "today"),
        folded("future", "dining"),
        folded("circumstance", "during"),
        folded("circumstance", "after"),
        folded("circumstance", "deferring"),
        folded("circumstance", "closing"),
        folded("circumstance", "gone_by"),
        folded("circumstance", "shortly"),
        folded(HYPOTHETICAL, "calling"),
        folded("ordinal", "words"),
        folded("another", "words"),
        folded("postponement", "words"),
        folded(DENIED, "attempts"),
        folded(DENIED, "succeeding"),
        folded(DENIED, "vainly"),
        folded(DENIED, "contrast"),
        folded(DENIED, "existing"),
        folded(DENIED, "rumours"),
        folded(DENIED, "about"),
        folded(DENIED, "either"),
        folded(DENIED, "confirming"),
        folded("future", "due"),
        folded("future", "agendas"),
        folded("future", "topped"),
        folded("future", "times"),
        folded("future", "dominating"),
        folded("future", "including"),
        folded("future", "joining"),
        folded("future", "aims"),
        folded("future", "meanwhile"),
        folded("circumstance", "purposes"),
        folded(HYPOTHETICAL, "any"),
        folded("previous", "issued"),
        folded("previous", "statements"),
        folded("previous", "drafts"),
        fold(data[DENIED]["feminine"]),
        fold(data["circumstance"]["purpose"]),
    )
