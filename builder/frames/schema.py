"""Frames: how Arabic says that an event of a class takes place, read from ontology/frames/*.toml and validated.

A frame has triggers (the words that name an event, and what must or must not stand near them) and argument rules
(which phrases, standing where, fill which role). Nothing here knows any event class.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from diplograph.arabic import fold
from diplograph.linking.tokens import load_clitics
from diplograph.model import DataError, TermError
from diplograph.resources import list_files, read_toml
from diplograph.vocabulary import load_vocabulary

SCOPES = (
    "following",
    "next",
    "before",
    "phrase",
    "clause",
    "statement",
    "earlier",
    "sentence",
    "recent",
    "sequel",
    "opening",
    "document",
)
WIDE = ("recent", "sequel", "opening", "document")  # scopes that reach beyond the sentence
ANCHORS_OF = ("anchor", "verb", "relative", "governor", "left", "speaker", "predicate", "sentence", "support")
RELATIONS = (
    "subject",
    "object",
    "prepositional",
    "modifier",
    "adjective",
    "pronoun",
    "retold",
    "before",
    "any",
    "continued",
    "dropped",
    "sent",
    "states",
    "above",
)


@dataclass(frozen=True, slots=True)
class Near:
    """Words of which one must (or none may) stand within a scope around the anchor."""

    words: frozenset[str]
    scope: str = "phrase"
    at_least: int = 1


@dataclass(frozen=True, slots=True)
class Likely:
    """How likely something must be: the ``least`` probability, by a ``model`` in ontology/lexicon (frames/logistic.py);
    ``foresight`` is a smaller one that tells from letters what the other can find."""

    model: str
    least: float
    foresight: str = ""


@dataclass(frozen=True, slots=True)
class Trigger:
    """Words that name an event.

    ``anchors`` are compared folded with form and lemma (``exact``: with the form alone); ``governors`` must stand above or before the anchor, with the
    tense and connectors asked for; ``near`` must all hold, ``unless`` none. ``definite`` asks for a definite anchor
    (True), an indefinite one (False) or does not mind (None). ``anaphoric`` mentions only refer back. ``leaders`` is
    how many heads of state or government must take part; ``tagged`` a tag that one party must have; ``distributive``
    words name one event for each partner ("two calls from A and B"); what ``inherits`` is one more event of the parties
    that the text has named ("the *second round* is in Geneva"); an ``adverbial`` one names nothing beside a verb that does
    ("*spoke* by telephone"); a ``lenient`` trigger is so sure that the role's lenient
    minimum is enough, and inherits only where it names no party of its own; a ``placed`` one wants a clause that says where;
    ``likely`` asks a model what the event is about (frames/subjects.py); of one with ``nearby`` the states that the text speaks of, and bodies with this
    tag, may be the parties (frames/nearby.py).
    """

    id: str
    anchors: frozenset[str]
    example: str
    verbal: bool = False
    exact: bool = False
    governors: frozenset[str] = frozenset()
    governor_tense: str | None = None
    governor_negated: bool | None = None
    connectors: frozenset[str] = frozenset()
    near: tuple[Near, ...] = ()
    unless: tuple[Near, ...] = ()
    definite: bool | None = None
    anaphoric: bool = False
    leaders: int = 0
    tagged: str | None = None
    minimum: int | None = None
    needs: frozenset[str] = frozenset()
    distributive: bool = False
    inherits: bool = False
    adverbial: bool = False
    lenient: bool = False
    placed: bool = False
    likely: Likely | None = None
    nearby: str = ""


@dataclass(frozen=True, slots=True)
class ArgumentRule:
    """Which phrases fill a role: those standing in ``relation`` to the anchor (or its verb, relative clause …).

    ``coordinated`` asks for at least two of them joined; ``indefinite`` for an anchor without article (with one it
    refers to an event whose parties the text has named), ``leaders`` for the heads of states or of a body ("the leaders of
    the group"); a ``fallback`` is tried only while the role lacks actors; ``persons`` are meant themselves where they are
    named, whatever the role makes of persons; ``governed`` pronouns stand after a preposition (the object of "to discuss"
    is what is discussed); ``not_organs`` are kinds of parts of a state that do not stand for it
    ("Lebanese *officials*"); ``close`` asks for a phrase that no other noun may have for itself; ``partnered`` for a party
    with whom the event is said to be, so that somebody else must have it; ``own`` for the subject of the verb itself, not of
    the one that it depends on.
    """

    role: str
    of: str
    relation: str
    prepositions: frozenset[str] = frozenset()
    verbs: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()
    link_prepositions: frozenset[str] = frozenset()
    triggers: frozenset[str] = frozenset()
    hows: frozenset[str] = frozenset()
    not_hows: frozenset[str] = frozenset()
    not_organs: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    coordinated: bool = False
    indefinite: bool = False
    leaders: bool = False
    fallback: bool = False
    persons: bool = False
    governed: bool = False
    close: bool = False
    partnered: bool = False
    own: bool = False

    @property
    def name(self) -> str:
        """The rule's name in evidence: ``path:verb/subject``."""
        return f"path:{self.of}/{self.relation}"


@dataclass(frozen=True, slots=True)
class RolePolicy:
    """How a role is filled: at least how many, whether persons stand for themselves or for the body they speak for
    (``as_body``), whether that body is added (``with_body``), which kinds are welcome, for which parts of a state
    (``organs``) that state is welcome besides, and whether a phrase that is no name may fill it (``phrases``). In a
    ``mutual`` role whoever is called the counterpart of another has that other for partner. ``lenient_minimum`` actors are
    enough where ``lenient_from`` of date and place are known, ``official_minimum`` where one of them speaks for a state or body
    and the text says that the event took place. An event of which nothing else is said is that of the nearest body with the
    tag ``implied``. Where somebody lacks, who is ``likely`` enough fills the role (frames/participants.py)."""

    minimum: int = 0
    as_body: bool = False
    with_body: bool = False
    kinds: frozenset[str] = frozenset({"Person", "Country", "Organization"})
    organs: frozenset[str] = frozenset()
    prefer: tuple[str, ...] = ()
    phrases: bool = False
    mutual: bool = False
    lenient_minimum: int = 0
    lenient_from: int = 9
    official_minimum: int | None = None
    implied: str = ""
    likely: Likely | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """All that is known of how an event class is said.

    ``status`` is that of every mention that is not denied (an utterance is made when it is reported); a class
    ``yields_to`` others where both fire on one word. What the head of a file asks a model is asked by each of its triggers;
    ``likely_time`` says how likely a time must be that no rule gives (frames/moments.py).
    """

    event_class: str
    file: str
    triggers: tuple[Trigger, ...]
    arguments: tuple[ArgumentRule, ...]
    roles: Mapping[str, RolePolicy] = field(default_factory=dict)
    place: bool = True
    duration: bool = False
    condition: bool = False
    status: str | None = None
    yields_to: tuple[str, ...] = ()
    likely_time: Likely | None = None


def _fold_all(items: list[str]) -> frozenset[str]:
    return frozenset(fold(item) for item in items)


def _combine(item: Mapping[str, list[str]]) -> list[str]:
    """The phrases of some nouns, each with each of some adjectives or with each noun that it can be of.

    Arabic repeats the article on the adjective and puts it on the last noun only; an object without article shows its
    ending.

    >>> _combine({"nouns": ["ضمانات"], "adjectives": ["أمنية"]})
    ['ضمانات أمنية', 'الضمانات الأمنية']
    >>> _combine({"nouns": ["اتفاق"], "adjectives": ["دفاعي"]})
    ['اتفاق دفاعي', 'الاتفاق الدفاعي', 'اتفاقا دفاعيا']
    >>> _combine({"nouns": ["سحب"], "of": ["قوات"]})
    ['سحب قوات', 'سحب القوات']
    """
    article = load_clitics().article
    nouns = item.get("nouns", [])
    agreeing = [
        form.format(noun, adjective)
        for noun in nouns
        for adjective in item.get("adjectives", [])
        for form in (
            "{} {}",
            f"{article}{{}} {article}{{}}",
            *(["{}ا {}ا"] if noun[-1] not in "ةاتى" else []),
        )
    ]
    owned = [
        f"{noun} {before}{other}"
        for noun in nouns
        for other in item.get("of", [])
        for before in ("", article)
    ]
    return agreeing + owned


_TRIGGER_KEYS = {
    "id", "anchors", "example", "verbal", "exact", "governors", "governor_tense", "governor_negated", "connectors", "near",
    "unless", "definite", "anaphoric", "leaders", "tagged", "minimum", "needs", "distributive",
    "inherits", "adverbial", "lenient", "placed", "likely", "nearby",
}  # fmt: skip
_ARGUMENT_KEYS = {
    "role", "of", "relation", "prepositions", "verbs", "links", "link_prepositions", "triggers", "hows", "not_hows", "not_organs",
    "kinds", "tags", "coordinated", "indefinite", "leaders", "fallback", "persons", "governed", "close",
    "partnered", "own",
}  # fmt: skip
_FRAME_KEYS = {
    "class",
    "place",
    "duration",
    "condition",
    "status",
    "likely",
    "likely_time",
    "yields_to",
    "roles",
    "words",
    "trigger",
    "argument",
}


class _Reader:
    """Reads one frame file and collects all its faults."""

    def __init__(self, file: str, data: dict[str, Any]) -> None:
        self.file = file
        self.data = data
        self.words: dict[str, list[Any]] = data.get("words", {})
        self.faults: list[str] = []

    def check_keys(self, what: str, found: dict[str, Any], allowed: set[str]) -> None:
        for key in sorted(set(found) - allowed):
            self.faults.append(f"{what}: unknown key {key!r}; known are {', '.join(sorted(allowed))}")

    def word_list(self, what: str, items: Any) -> frozenset[str]:
        """Words given one by one, as phrases to be put together (:func:`_combine`), or as ``@name`` of a list in [words]."""
        found: list[str] = []
        for item in items or []:
            if isinstance(item, dict):
                self.check_keys(f"{what}: phrases", item, {"nouns", "adjectives", "of"})
                found.extend(_combine(item))
            elif not item.startswith("@"):
                found.append(item)
            elif item[1:] in self.words:
                found.extend(self.word_list(what, self.words[item[1:]]))
            else:
                self.faults.append(f"{what}: no list {item[1:]!r} in [words]")
        return _fold_all(found)

    def near(self, what: str, items: list[dict[str, Any]]) -> tuple[Near, ...]:
        found = []
        for item in items:
            scope = item.get("scope", "phrase")
            if scope not in SCOPES:
                self.faults.append(f"{what}: unknown scope {scope!r}; known are {', '.join(SCOPES)}")
            found.append(Near(self.word_list(what, item.get("words")), scope, item.get("at_least", 1)))
        return tuple(found)

    def likely(self, what: str, item: dict[str, Any] | None) -> Likely | None:
        if item is None:
            return None
        self.check_keys(f"{what}: likely", item, {"model", "least", "foresight"})
        for key in ("model", "least"):
            if not item.get(key):
                self.faults.append(f"{what}: likely: {key} is missing")
        return Likely(item.get("model", ""), item.get("least", 0.0), item.get("foresight", ""))

    def common_likely(self, trigger: dict[str, Any]) -> dict[str, Any] | None:
        """What the head of the file asks of every trigger but those that only refer back."""
        return None if trigger.get("anaphoric") else self.data.get("likely")

    def trigger(self, data: dict[str, Any]) -> Trigger:
        what = f"trigger {data.get('id', '?')}"
        self.check_keys(what, data, _TRIGGER_KEYS)
        for key in ("id", "anchors", "example"):
            if not data.get(key):
                self.faults.append(f"{what}: {key} is missing")
        return Trigger(
            id=data.get("id", "?"),
            anchors=self.word_list(what, data.get("anchors")),
            example=data.get("example", ""),
            verbal=data.get("verbal", False),
            exact=data.get("exact", False),
            governors=self.word_list(what, data.get("governors")),
            governor_tense=data.get("governor_tense"),
            governor_negated=data.get("governor_negated"),
            connectors=self.word_list(what, data.get("connectors")),
            near=self.near(what, data.get("near", [])),
            unless=self.near(what, data.get("unless", [])),
            definite=data.get("definite"),
            anaphoric=data.get("anaphoric", False),
            leaders=data.get("leaders", 0),
            tagged=data.get("tagged"),
            minimum=data.get("minimum"),
            needs=frozenset(data.get("needs", [])),
            distributive=data.get("distributive", False),
            inherits=data.get("inherits", False),
            adverbial=data.get("adverbial", False),
            lenient=data.get("lenient", False),
            placed=data.get("placed", False),
            likely=self.likely(what, data.get("likely") or self.common_likely(data)),
            nearby=data.get("nearby", ""),
        )

    def argument(self, data: dict[str, Any], roles: set[str], triggers: set[str]) -> ArgumentRule:
        what = f"argument {data.get('role')}/{data.get('of')}/{data.get('relation')}"
        self.check_keys(what, data, _ARGUMENT_KEYS)
        for key, allowed in (("role", roles), ("of", set(ANCHORS_OF)), ("relation", set(RELATIONS))):
            if data.get(key) not in allowed:
                self.faults.append(
                    f"{what}: unknown {key} {data.get(key)!r}; known are {', '.join(sorted(allowed))}"
                )
        for unknown in sorted(set(data.get("triggers", [])) - triggers):
            self.faults.append(f"{what}: unknown trigger {unknown!r}")
        return ArgumentRule(
            role=data.get("role", ""),
            of=data.get("of", ""),
            relation=data.get("relation", ""),
            prepositions=self.word_list(what, data.get("prepositions")),
            verbs=self.word_list(what, data.get("verbs")),
            links=frozenset(data.get("links", [])),
            link_prepositions=self.word_list(what, data.get("link_prepositions")),
            triggers=frozenset(data.get("triggers", [])),
            hows=frozenset(data.get("hows", [])),
            not_hows=frozenset(data.get("not_hows", [])),
            not_organs=frozenset(data.get("not_organs", [])),
            kinds=frozenset(data.get("kinds", [])),
            tags=frozenset(data.get("tags", [])),
            coordinated=data.get("coordinated", False),
            leaders=data.get("leaders", False),
            indefinite=data.get("indefinite", False),
            fallback=data.get("fallback", False),
            persons=data.get("persons", False),
            governed=data.get("governed", False),
            close=data.get("close", False),
            partnered=data.get("partnered", False),
            own=data.get("own", False),
        )

    def frame(self) -> Frame:
        vocabulary = load_vocabulary()
        data = self.data
        self.check_keys("frame", data, _FRAME_KEYS)
        event_class = data.get("class", "")
        try:
            vocabulary.iri(event_class)
        except TermError as error:
            self.faults.append(str(error))
        roles = {name: self.role(name, policy) for name, policy in data.get("roles", {}).items()}
        for name in sorted(set(roles) - set(vocabulary.actor_roles())):
            self.faults.append(
                f"unknown role {name!r}; known are {', '.join(sorted(vocabulary.actor_roles()))}"
            )
        triggers = tuple(self.trigger(item) for item in data.get("trigger", []))
        names = {trigger.id for trigger in triggers}
        arguments = tuple(self.argument(item, set(roles), names) for item in data.get("argument", []))
        return Frame(
            event_class, self.file, triggers, arguments, roles, data.get("place", True), data.get("duration", False),
            data.get("condition", False), data.get("status"), tuple(data.get("yields_to", [])),
            self.likely("likely_time", data.get("likely_time")),
        )  # fmt: skip

    def role(self, name: str, data: dict[str, Any]) -> RolePolicy:
        allowed = {
            "minimum",
            "as_body",
            "with_body",
            "kinds",
            "organs",
            "prefer",
            "phrases",
            "mutual",
            "lenient_minimum",
            "lenient_from",
            "official_minimum",
            "implied",
            "likely",
        }
        self.check_keys(f"role {name}", data, allowed)
        return RolePolicy(
            minimum=data.get("minimum", 0),
            as_body=data.get("as_body", False),
            with_body=data.get("with_body", False),
            kinds=frozenset(data.get("kinds", ("Person", "Country", "Organization"))),
            organs=frozenset(data.get("organs", ())),
            prefer=tuple(data.get("prefer", ())),
            phrases=data.get("phrases", False),
            mutual=data.get("mutual", False),
            lenient_minimum=data.get("lenient_minimum", 0),
            lenient_from=data.get("lenient_from", 9),
            official_minimum=data.get("official_minimum"),
            implied=data.get("implied", ""),
            likely=self.likely(f"role {name}", data.get("likely")),
        )


def read_frame(file: str, data: dict[str, Any]) -> Frame:
    """A frame from its TOML data. Raises DataError naming the file and all its faults."""
    reader = _Reader(file, data)
    frame = reader.frame()
    if reader.faults:
        raise DataError("\n".join(f"frames/{file}: {fault}" for fault in reader.faults))
    return frame


@cache
def load_frames() -> tuple[Frame, ...]:
    """The frames of ontology/frames, in the order of their file names. Raises DataError with all faults at once."""
    frames, faults = [], []
    for path in list_files("ontology", "frames", ".toml"):
        try:
            frames.append(read_frame(path.name, read_toml("ontology", "frames", path.name)))
        except DataError as error:
            faults.append(str(error))
    if faults:
        raise DataError("\n".join(faults))
    return tuple(frames)
