"""The words that say whether an event happened (ontology/lexicon/status.toml), folded."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from diplograph.arabic import fold
from diplograph.resources import read_toml

OCCURRED, PLANNED, DENIED, HYPOTHETICAL = "occurred", "planned", "denied", "hypothetical"


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
        fold(data["circumstance"]["purpose"]),
    )
