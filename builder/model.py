"""The values that flow through diplograph, and everything that can go wrong.

Data flows one way: :class:`Document` → :class:`ParsedDocument` → :class:`Mention` → :class:`EventReport` →
:class:`Event` → quads. Nothing here is ever changed after it was made, and this module imports nothing of ours.

Every ``begin`` and ``end`` is a code point offset into :attr:`Document.text`, the end exclusive, so that
``document.text[begin:end]`` is the text meant.

The exceptions::

    DiplographError
    ├── SourceError      a file that cannot be read as an Arabic article
    ├── ConlluError      a CoNLL-U file that is not well formed
    ├── ModelError       a Stanza model that is missing or does not load
    ├── DataError        a file of ours (ontology, frames, lexicon, gazetteer) that is wrong
    ├── TermError        an ontology term that does not exist
    ├── TimeError        a date that no calendar has
    ├── QueryError       an unknown question, a bad parameter, malformed SPARQL
    ├── ReasoningError   a reasoner that could not run (no Java …)
    ├── TransferError    a store elsewhere that cannot be reached, refuses, or fails
    └── StoreError       a store that cannot be opened, or is not ours
        └── StoreLockedError   … because another process is writing to it

What a server says no with, :class:`diplograph.server.errors.Refusal`, is a DiplographError too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property


class DiplographError(Exception):
    """Anything diplograph can explain: the message says what, where and how to mend it."""


class SourceError(DiplographError):
    """A file that cannot be read as an Arabic article."""


class ConlluError(DiplographError):
    """A CoNLL-U file that is not well formed."""


class ModelError(DiplographError):
    """A Stanza model that is missing or does not load."""


class DataError(DiplographError):
    """A data file of ours (ontology, frames, lexicon, gazetteer) that is wrong; all its faults at once."""


class TermError(DiplographError):
    """An ontology term that does not exist; the message names the nearest one that does."""


class TimeError(DiplographError):
    """A date that no calendar has, or that is not written as a (partial) ISO date."""


class QueryError(DiplographError):
    """An unknown question, a bad parameter or malformed SPARQL."""


class ReasoningError(DiplographError):
    """A reasoner that could not run, which says nothing about the data."""


class StoreError(DiplographError):
    """A store that cannot be opened, or that is not one of ours."""


class TransferError(DiplographError):
    """A store elsewhere that cannot be reached, refuses what it is asked, or fails while doing it; ``status`` is that of
    its answer, where it gave one."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status

    @property
    def refused(self) -> bool:
        """Whether it did not begin with what it was asked."""
        return self.status is not None and 400 <= self.status < 500


class ClusterError(DiplographError):
    """The machines that a build was to be spread over are not to be had."""


class StoreLockedError(StoreError):
    """A store that another process holds open for writing."""


def describe_fault(error: Exception) -> str:
    """What to say of an error that nobody foresaw, which is a fault of ours, or of too little memory.

    >>> describe_fault(ZeroDivisionError("by nought"))
    'a fault of diplograph: ZeroDivisionError: by nought; please report it'
    """
    if isinstance(error, MemoryError):
        return "takes more memory than there is; split it, or build on a larger machine"
    said = " ".join(str(error).split())
    said = said if len(said) <= 300 else f"{said[:300]}\u2026"
    return f"a fault of diplograph: {type(error).__name__}: {said}; please report it"


# --- Documents -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a document that is part of the article: a headline or a paragraph.

    What lies between the blocks (page furniture, blank lines) is kept in the text but never parsed.
    """

    begin: int
    end: int
    kind: str = "paragraph"  # "headline" | "paragraph"


@dataclass(frozen=True, slots=True)
class Document:
    """An article as it stands.

    ``id`` names it in IRIs and ends in the stem of the file (or is the ``id`` of a JSON Lines record); ``published``
    is a partial ISO date (2018, 2018-06 or 2018-06-14) or None; ``source`` is the file or address it came from.
    """

    id: str
    text: str
    source: str = ""
    title: str | None = None
    published: str | None = None
    url: str | None = None
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceFailure:
    """A source that could not be read while the others were: its file (or address) and what is wrong with it."""

    source: str
    message: str

    def __str__(self) -> str:
        return f"{self.source}: {self.message}"


# --- Parses ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Word:
    """A syntactic word (UD v2). ``id`` counts from 1 in its sentence; ``head`` is the id of its governor, 0 at the root.

    ``begin`` and ``end`` are derived for the words of a multi-word token, so that each word covers its own letters;
    ``token`` counts the surface tokens of the sentence from 0 (words of one multi-word token share it).
    """

    id: int
    form: str
    lemma: str
    upos: str
    xpos: str
    feats: str
    head: int
    deprel: str
    begin: int
    end: int
    token: int


@dataclass(frozen=True)
class Sentence:
    """A parsed sentence; ``index`` counts from 0 in its document, ``words[i].id == i + 1``."""

    index: int
    begin: int
    end: int
    words: tuple[Word, ...]

    @cached_property
    def children(self) -> dict[int, tuple[Word, ...]]:
        """The dependents of each word id (0 for the root), in the order of the text."""
        found: dict[int, list[Word]] = {}
        for word in self.words:
            found.setdefault(word.head, []).append(word)
        return {head: tuple(words) for head, words in found.items()}

    def word(self, id: int) -> Word:
        """The word with this id (from 1)."""
        return self.words[id - 1]


@dataclass(frozen=True, slots=True)
class ParserIdentity:
    """Which parser made a parse: a name, its version, and a fingerprint of its models."""

    name: str
    version: str
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """A document and its sentences."""

    document: Document
    sentences: tuple[Sentence, ...]
    parser: ParserIdentity


# --- Time ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """A stretch of text that says when.

    ``start_date`` and ``end_date`` are partial ISO dates (``end_date`` only where it differs); ``start_time`` and
    ``end_time`` are clock times, with their offset from UTC where it is said: ``16:25``, ``21:25+00:00``.
    """

    begin: int
    end: int
    start_date: str | None = None
    end_date: str | None = None
    start_time: str | None = None
    end_time: str | None = None


@dataclass(frozen=True, slots=True)
class DurationExpression:
    """A stretch of text that says how long, in whole minutes."""

    begin: int
    end: int
    minutes: int


# --- Actors and places -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, a country or an organization.

    ``key`` ends its IRI; ``represents`` are keys of other actors, ``head_of_state_of`` keys of countries among them.
    """

    key: str
    kind: str  # "Person" | "Country" | "Organization"
    label_ar: str
    label_en: str | None = None
    wikidata: str | None = None
    represents: tuple[str, ...] = ()
    head_of_state_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where something can be held. ``key`` ends its IRI; ``country`` is the key of a country actor."""

    key: str
    label_ar: str
    label_en: str | None = None
    wikidata: str | None = None
    country: str | None = None


# --- Events ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a value came from: the words, and the rule that read them (``phone-call/call-noun``, ``path:subject`` …).

    ``aspect`` is the local name of the ontology property it supports (``participant``, ``startDate``, ``status`` …),
    or ``trigger`` for the words that name the event; ``target`` is the actor or place meant, if any.
    """

    aspect: str
    begin: int
    end: int
    rule: str
    target: Actor | Place | None = None


@dataclass(frozen=True, slots=True)
class Filler:
    """An actor in a role (local name of the ontology property: ``participant``, ``initiator``, ``threatener`` …)."""

    role: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class EventValues:
    """What is said of an event: by one mention, one report, or all of them together."""

    event_class: str
    status: str = "occurred"
    fillers: tuple[Filler, ...] = ()
    start_date: str | None = None
    end_date: str | None = None
    start_time: str | None = None
    end_time: str | None = None
    duration_minutes: int | None = None
    place: Place | None = None
    condition: str | None = None
    attributed_to: Actor | None = None

    def actors(self, role: str | None = None) -> tuple[Actor, ...]:
        """The actors in a role, or in any role, each once, in order."""
        found = [filler.actor for filler in self.fillers if role in (None, filler.role)]
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class LikelyTime:
    """A time that no rule gives to a mention of an event, but that is ``likely`` its own: with this probability."""

    time: TimeExpression
    likely: float


@dataclass(frozen=True, slots=True)
class Mention:
    """One place in a document where a frame found an event; ``begin`` to ``end`` is its quote. ``likely_time`` is for the report:
    it is no value of a mention, and says nothing of which mentions tell of one event."""

    begin: int
    end: int
    sentence: int
    frame: str
    trigger: str
    values: EventValues
    evidence: tuple[Evidence, ...] = ()
    definite: bool = False
    cues: frozenset[str] = field(default_factory=frozenset)
    likely_time: LikelyTime | None = None


@dataclass(frozen=True, slots=True)
class EventReport:
    """What one document says of one event. ``number`` counts the reports of a document from 1, in text order."""

    document: str
    number: int
    values: EventValues
    confidence: float
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class Sifted:
    """What the words of a document tell before it is parsed: the ids of the ``triggers`` that can fire in a segment and find
    the parties they ask for, by its number."""

    triggers: Mapping[int, frozenset[str]] = field(default_factory=dict)

    @property
    def sentences(self) -> tuple[int, ...]:
        """The numbers of the segments that can hold an event.

        >>> Sifted({4: frozenset({"talks"})}).sentences
        (4,)
        """
        return tuple(sorted(self.triggers))


class Prospect(Enum):
    """What some sentences make of their document: a report; none, whatever else it says; or that depends on the rest."""

    REPORT = "report"
    OPEN = "open"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The prospect of a document, and where it is open the numbers of ``further`` segments that may say whom its sentences mean
    or what they are about."""

    prospect: Prospect
    further: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """One real-world event; ``key`` ends its IRI; ``reports`` are (document id, report number)."""

    key: str
    values: EventValues
    confidence: float
    reports: tuple[tuple[str, int], ...]
    label_ar: str
    label_en: str
