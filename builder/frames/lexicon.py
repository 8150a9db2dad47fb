"""The words that frames look for around an event, whatever it is: ontology/lexicon/clauses.toml, folded."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from diplograph.arabic import fold
from diplograph.resources import read_toml


@dataclass(frozen=True, slots=True)
class Lexicon:
    """ontology/lexicon/clauses.toml, folded."""

    compound: frozenset[tuple[str, ...]]
    prepositions: frozenset[str]
    relative: frozenset[str]
    whoever: frozenset[str]
    naming: frozenset[str]
    boundary: frozenset[str]
    marks: frozenset[str]
    condition: tuple[tuple[str, ...], ...]
    stating: frozenset[str]
    stated: frozenset[str]
    issued: frozenset[str]
    reporting: frozenset[str]
    speaking: frozenset[str]
    attributing: tuple[str, ...]
    as_said: frozenset[str]
    colons: frozenset[str]
    support: frozenset[str]
    commas: frozenset[str]
    brackets: frozenset[str]
    dashes: frozenset[str]
    contrast: frozenset[str]
    no_contrast: frozenset[str]
    then: frozenset[str]
    continuing: frozenset[tuple[str, ...]]
    moving: frozenset[str]
    towns: frozenset[str]
    same: frozenset[str]
    passed_over: frozenset[str]
    capital: frozenset[str]
    delegates: frozenset[str]
    states: frozenset[str]
    counting: frozenset[str]
    sending: frozenset[str]
    nominative_endings: tuple[str, ...]
    topics: frozenset[str]
    setting: frozenset[str]
    matters: frozenset[str]
    holders: frozenset[str]
    separately: frozenset[str]
    apiece: frozenset[str]
    together: frozenset[str]
    jointly: frozenset[str]
    hours: frozenset[str]
    twice: frozenset[str]
    two_events: frozenset[str]
    several_events: frozenset[str]
    one_more: tuple[frozenset[str], frozenset[str]]
    beforehand: frozenset[str]
    first_round: frozenset[str]
    last_round: frozenset[str]
    days: frozenset[str]
    pairing: frozenset[str]
    accompanying: frozenset[str]
    partnered: frozenset[str]
    unshared: frozenset[str]
    masculine: frozenset[str]
    adjective_endings: tuple[str, ...]
    feminine_endings: tuple[str, ...]
    verb_forms: frozenset[str]
    opening_verbs: frozenset[str]
    auxiliary: frozenset[str]
    with_object: frozenset[str]
    sent: frozenset[str]
    gathering: frozenset[str]
    enclosing: frozenset[str]
    joining: frozenset[str]
    partitive: frozenset[str]
    due: frozenset[str]
    meeting: frozenset[str]
    margins: frozenset[str]
    beside: frozenset[str]
    bilateral: frozenset[str]
    hosting: frozenset[str]
    towards: frozenset[str]
    aim: frozenset[str]
    where: frozenset[str]
    resuming: frozenset[str]
    day: frozenset[str]
    counted: str
    travel: frozenset[str]
    visiting: frozenset[str]
    visits: frozenset[str]
    visited: frozenset[str]
    eve: frozenset[str]
    morrow: frozenset[str]
    before: frozenset[str]
    apart: frozenset[str]
    linking: frozenset[str]
    until: frozenset[str]
    since: frozenset[str]
    lasting: frozenset[str]
    concluding: frozenset[str]
    holding: frozenset[str]
    closing: frozenset[str]
    local: frozenset[str]
    impersonal: frozenset[str]
    subordinating: frozenset[str]
    circumstantial: frozenset[str]
    instrumental: frozenset[str]
    agreed_on: frozenset[str]
    utterance: frozenset[str]
    adding: frozenset[str]
    topicalizing: frozenset[str]
    answering: frozenset[str]
    commemorated: frozenset[str]
    preceding: frozenset[str]
    sequence: frozenset[str]
    dual_endings: tuple[str, ...]
    plural_endings: tuple[str, ...]
    several_endings: tuple[str, ...]
    belonging: frozenset[str]
    participial: str
    oblique: str
    long_vowel: str
    passive: frozenset[str]
    plural_of_nouns: str
    manner: frozenset[str]
    accusative: str
    indefinite_duals: tuple[str, ...]
    meals: frozenset[str]
    lam: frozenset[str]
    blessing: frozenset[str]
    according: frozenset[str]
    quantities: frozenset[str]
    giving: frozenset[str]
    before_verbs: frozenset[str]
    commenting: frozenset[str]
    demonstratives: frozenset[str]
    linkers: frozenset[str]
    offices: frozenset[str]
    exchange: frozenset[str]
    given: frozenset[str]
    glued: frozenset[str]
    people: frozenset[str]
    countries: frozenset[str]
    anniversary: frozenset[str]
    cause: frozenset[str]
    beyond_cause: frozenset[str]
    ordinals: tuple[frozenset[str], ...]
    compound_one: frozenset[str]
    teen: frozenset[str]
    tens: tuple[frozenset[str], ...]

    def number_of(self, form: str) -> int:
        """The number that an ordinal says, 0 if it is none."""
        return next((n for n, words in enumerate(self.ordinals, start=1) if form in words), 0)


@cache
def load_lexicon() -> Lexicon:
    """Reads ontology/lexicon/clauses.toml."""
    data = read_toml("ontology", "lexicon", "clauses.toml")

    def folded(items: list[str]) -> frozenset[str]:
        return frozenset(fold(item) for item in items)

    return Lexicon(
        frozenset(tuple(fold(item).split()) for item in data["prepositions"]["compound"]),
        folded(data["prepositions"]["independent"]),
        folded(data["relative"]["words"]),
        folded(data["relative"]["whoever"]),
        folded(data["relative"]["naming"]),
        folded(data["boundary"]["words"]),
        frozenset(data["boundary"]["marks"]),
        tuple(tuple(fold(item).split()) for item in data["condition"]["words"]),
        folded(data["statement"]["verbs"]),
        folded(data["statement"]["nouns"]),
        folded(data["statement"]["issued"]),
        folded(data["reporting"]["words"]),
        folded(data["attribution"]["verbs"]),
        tuple(map(fold, data["attribution"]["prepositions"])),
        folded(data["attribution"]["before_verbs"]),
        frozenset(data["attribution"]["colons"]),
        folded(data["support"]["words"]),
        frozenset(data["boundary"]["commas"]),
        frozenset(data["boundary"]["brackets"]),
        frozenset(data["boundary"]["dashes"]),
        folded(data["boundary"]["contrast"]),
        folded(data["boundary"]["no_contrast"]),
        folded(data["boundary"]["then"]),
        frozenset(tuple(fold(item).split()) for item in data["boundary"]["continuing"]),
        folded(data["moving"]["words"]),
        folded(data["towns"]["words"]),
        folded(data["towns"]["same"]),
        folded(data["prepositions"]["passed_over"]),
        folded(data["prepositions"]["capital"]),
        folded(data["delegates"]["words"]),
        folded(data["delegates"]["states"]),
        folded(data["delegates"]["counting"]),
        folded(data["delegates"]["prepositions"]),
        tuple(data["delegates"]["nominative"]),
        folded(data["topic"]["words"]),
        folded(data["topic"]["setting"]),
        folded(data["topic"]["matters"]),
        folded(data["holders"]["words"]),
        folded(data["separately"]["words"]),
        folded(data["separately"]["apiece"]),
        folded(data["separately"]["together"]),
        folded(data["separately"]["jointly"]),
        folded(data["days"]["hours"]),
        folded(data["separately"]["twice"]),
        folded(data["separately"]["two_events"]),
        folded(data["separately"]["several_events"]),
        (folded(data["one_more"]["masculine"]), folded(data["one_more"]["feminine"])),
        folded(data["one_more"]["beforehand"]),
        folded(data["one_more"]["first"]),
        folded(data["one_more"]["last"]),
        folded(data["days"]["words"]),
        folded(data["prepositions"]["pairing"]),
        folded(data["prepositions"]["accompanying"]),
        folded(data["prepositions"]["partnered"]),
        folded(data["prepositions"]["unshared"]),
        folded(data["gender"]["masculine"]),
        tuple(fold(ending) for ending in data["gender"]["adjective"]),
        tuple(fold(ending) for ending in data["gender"]["feminine"]),
        folded(data["verbs"]["forms"]),
        folded(data["verbs"]["opening"]),
        folded(data["verbs"]["auxiliary"]),
        folded(data["verbs"]["with_object"]),
        folded(data["sent"]["words"]),
        folded(data["verbs"]["gathering"]),
        folded(data["verbs"]["enclosing"]),
        folded(data["verbs"]["joining"]),
        folded(data["prepositions"]["partitive"]),
        folded(data["due"]["words"]),
        folded(data["meeting"]["verbs"]),
        folded(data["margins"]["words"]),
        folded(data["margins"]["beside"]),
        folded(data["margins"]["bilateral"]),
        folded(data["hosting"]["words"]),
        folded(data["destination"]["prepositions"]),
        folded(data["destination"]["aim"]),
        folded(data["destination"]["where"]),
        folded(data["boundary"]["resuming"]),
        folded(data["days"]["day"]),
        fold(data["days"]["counted"]),
        folded(data["travel"]["words"]),
        folded(data["visit"]["verbs"]),
        folded(data["visit"]["nouns"]),
        folded(data["visit"]["prepositions"]),
        folded(data["offset"]["eve"]),
        folded(data["offset"]["morrow"]),
        folded(data["offset"]["before"]),
        folded(data["offset"]["apart"]),
        folded(data["offset"]["linking"]),
        folded(data["offset"]["until"]),
        folded(data["offset"]["since"]),
        folded(data["offset"]["lasting"]),
        folded(data["concluding"]["words"]),
        folded(data["holding"]["words"]),
        folded(data["holding"]["closing"]),
        folded(data["prepositions"]["local"]),
        folded(data["impersonal"]["words"]),
        folded(data["subordinating"]["words"]),
        folded(data["circumstantial"]["words"]),
        folded(data["prepositions"]["instrumental"]),
        folded(data["prepositions"]["agreed_on"]),
        folded(data["utterance"]["words"]),
        folded(data["adding"]["words"]),
        folded(data["topic"]["opening"]),
        folded(data["topic"]["answer"]),
        folded(data["occasion"]["words"]),
        folded(data["verbs"]["preceding"]),
        folded(data["verbs"]["sequence"]),
        tuple(map(fold, data["verbs"]["dual_endings"])),
        tuple(map(fold, data["verbs"]["plural_endings"])),
        tuple(map(fold, data["verbs"]["several_endings"])),
        folded(data["prepositions"]["belonging"]),
        fold(data["verbs"]["participial"]),
        fold(data["verbs"]["oblique"]),
        fold(data["verbs"]["long_vowel"]),
        folded(data["verbs"]["passive"]),
        fold(data["verbs"]["plural_of_nouns"]),
        folded(data["manner"]["words"]),
        fold(data["manner"]["accusative"]),
        tuple(map(fold, data["manner"]["indefinite_duals"])),
        folded(data["manner"]["meals"]),
        folded(data["prepositions"]["lam"]),
        folded(data["blessing"]["words"]),
        folded(data["boundary"]["according"]),
        folded(data["prepositions"]["quantities"]),
        folded(data["prepositions"]["giving"]),
        folded(data["verbs"]["after"]),
        folded(data["boundary"]["commenting"]),
        folded(data["demonstratives"]["words"]),
        folded(data["linkers"]["words"]),
        folded(data["offices"]["words"]),
        folded(data["exchange"]["words"]),
        folded(data["exchange"]["given"]),
        folded(data["glued"]["words"]),
        folded(data["people"]["words"]),
        folded(data["countries"]["words"]),
        folded(data["anniversary"]["words"]),
        folded(data["cause"]["words"]),
        folded(data["cause"]["resuming"]),
        tuple(folded(words) for words in data["ordinals"]["words"]),
        folded(data["ordinals"]["one"]),
        folded(data["ordinals"]["teen"]),
        tuple(folded(words) for words in data["ordinals"]["tens"]),
    )
