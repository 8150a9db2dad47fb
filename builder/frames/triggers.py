"""Where a frame's triggers fire in a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from diplograph.frames.schema import Frame, Near, Trigger
from diplograph.frames.status_lexicon import load_status
from diplograph.frames.subjects import estimate
from diplograph.frames.view import SentenceView, find_first

_GOVERNOR_DISTANCE = 16  # words between a governor and its anchor where the tree does not join them
_CONDITION_DISTANCE = 4  # words before an anchor in which a conjunction makes it part of a condition
OPENING = 4  # words in which a sentence names what it goes on to speak of
SAYING = 9  # … behind whoever says so
LEAD = 2  # sentences that say what an article is about: the headline, the first one below it
_OF_ONE_THING = 45  # words of a sentence; a longer one strings together many matters
_FOLLOWING, _NEXT = 2, 5  # words of the scopes "following" and "next"


@dataclass(frozen=True, slots=True)
class Firing:
    """A trigger that fired: on which word, under which governor (0 if it asks for none)."""

    frame: Frame
    trigger: Trigger
    anchor: int
    governor: int = 0


@dataclass(frozen=True, slots=True)
class AnchorWords:
    """The nouns that frames know as names of events; ``means`` are those that may also say how something was done."""

    nouns: frozenset[str]
    means: frozenset[str]

    @classmethod
    def of(cls, frames: Iterable[Frame]) -> AnchorWords:
        """Those of some frames."""
        triggers = [trigger for frame in frames for trigger in frame.triggers]
        nouns = _unite(tuple([trigger.anchors for trigger in triggers if not trigger.verbal]))
        means = _unite(tuple([trigger.anchors for trigger in triggers if trigger.adverbial]))
        return cls(nouns, means)


@lru_cache(maxsize=16)
def _unite(sets: tuple[frozenset[str], ...]) -> frozenset[str]:
    """All the words of some sets; each document asks for those of the same frames."""
    return frozenset().union(*sets)


def find_anchors(view: SentenceView, words: AnchorWords) -> frozenset[int]:
    """The nouns of a sentence that any frame knows as the name of an event, whether or not it fires there."""
    found = {
        word.id
        for word in map(view.word, view.all_of(words.nouns))
        if word.upos not in {"VERB", "PUNCT"}
        and not view.is_gathering(word.id)  # "a summit *that Moscow hosts*", read as "its hosting"
        and not (
            words.means & view.names(word.id) and view.case_of(word.id)
        )  # "a call *over the telephone* with …"
        and view.entity_at(word.id) is None  # "the summit of the Islamic *Conference*" is one event
        and not _is_exchange(view, word.id)
    }
    # "the second round *of the talks*" names one event, by its first noun.
    parts = {
        id
        for id in found
        if id > 1 and view.forms[id - 2] in view.lexicon.partitive and found & _before_part(view, id)
    }
    return frozenset(found - parts)


def _before_part(view: SentenceView, id: int) -> set[int]:
    """The words that a part of something named with "of" can be called by: the three before that "of", and those before
    further adjectives ("the *round*, the fourth and last, *of* the dialogue")."""
    first = id - 2
    while first > 1 and view.word(first).upos in {"ADJ", "NUM", "CCONJ"}:
        first -= 1
    return {id - 3, id - 4, *range(first, id - 1)}


def _is_exchange(view: SentenceView, id: int) -> bool:
    """Whether a noun of meeting says what something is given for ("freed the sailors *against* a ransom")."""
    bare = view.is_one_of(id, view.lexicon.exchange) and not view.is_definite(id)
    return bare and bool(view.find(view.lexicon.given, id + 1, id + 2))


def asks_document(frame: Frame) -> bool:
    """Whether some trigger of a frame asks for words anywhere in the document."""
    return any(
        near.scope == "document" for trigger in frame.triggers for near in (*trigger.near, *trigger.unless)
    )


def find_firings(view: SentenceView, frame: Frame, document: frozenset[str]) -> Iterator[Firing]:
    """The triggers of a frame that fire, in the order of the file; several may fire on one word."""
    for trigger, anchor in find_candidates(view, frame):
        governor = _fires(view, trigger, anchor, document)
        if governor is not None:
            yield Firing(frame, trigger, anchor, governor)


def find_candidates(view: SentenceView, frame: Frame) -> Iterator[tuple[Trigger, int]]:
    """The words that are anchors of a frame's triggers, whatever stands around them."""
    for trigger in frame.triggers:
        for id in view.all_of(trigger.anchors, exact=trigger.exact):
            word = view.word(id)
            if word.upos == "PUNCT":
                continue
            names = not (trigger.verbal or trigger.adverbial or word.upos == "ADJ")
            if names and (_is_exchange(view, word.id) or (view.anchors and word.id not in view.anchors)):
                continue
            if view.entity_at(word.id) is not None or trigger.verbal != view.is_verb(word.id):
                continue
            yield trigger, word.id


def _fires(view: SentenceView, trigger: Trigger, anchor: int, document: frozenset[str]) -> int | None:
    """The governor's id (0 if none is asked for) where a trigger fires, else None."""
    governor = find_governor(view, trigger, anchor) if trigger.governors else 0
    return governor if next(unmet(view, trigger, anchor, governor, document), None) is None else None


def unmet(
    view: SentenceView, trigger: Trigger, anchor: int, governor: int, document: frozenset[str]
) -> Iterator[str]:
    """What a trigger asks for at one of its anchors and does not find there, in words."""
    if trigger.definite is not None and view.is_definite(anchor) != trigger.definite:
        yield f"wants {'a definite' if trigger.definite else 'an indefinite'} anchor"
    if trigger.governors and not governor:
        yield f"no governor: {_some(trigger.governors)}"
    if trigger.placed and not _says_where(view, anchor):
        yield "no place in its clause"
    for near in trigger.near:
        if not holds(view, near, anchor, document):
            yield f"nothing of its {near.scope}: {_some(near.words)}"
    for near in trigger.unless:
        if holds(view, near, anchor, document):
            yield f"ruled out by its {near.scope}: {_some(near.words)}"
    if trigger.likely:
        probability = estimate(view, anchor, trigger.likely.model)
        if probability < trigger.likely.least:
            yield f"likely by {probability:.2f} only by the words around, of {trigger.likely.least}"


def _says_where(view: SentenceView, anchor: int) -> bool:
    """Whether the clause of an anchor has a place after a preposition of place ("discussed *in Amman* with the king")."""
    return any(
        entity.place is not None
        and view.own_preposition(entity) in view.lexicon.local
        and not _says_which(view, entity.first - 2)
        for entity in view.between(anchor + 1, view.clause_end(anchor))
    )


def _says_which(view: SentenceView, id: int) -> bool:
    """Whether the word before a preposition of place is a noun or participle with the article, of which the place says
    which ("discussed *the situation* in Yemen", "with the emir, *staying* in France")."""
    named = view.entity_at(id) is not None or view.is_one_of(id, view.lexicon.days)
    return id > 0 and not named and view.word(id).upos in {"NOUN", "ADJ"} and view.has_article(id)


@lru_cache(maxsize=10_000)
def _some(words: frozenset[str]) -> str:
    """A few of some words, for reading."""
    shown = sorted(words)
    return ", ".join(shown[:4]) + (" …" if len(shown) > 4 else "")


def holds(view: SentenceView, near: Near, anchor: int, document: frozenset[str]) -> bool:
    """Whether enough of some words stand within a scope around an anchor."""
    if near.scope == "document":
        return len(near.words & document) >= near.at_least
    if near.scope == "opening":
        opening = _find_opening(view)
        return sum(len(other.find(near.words, 1, len(other.words) + 1)) for other in opening) >= near.at_least
    if near.scope == "recent":
        recent = [view]
        if view.previous and len(view.previous.words) <= _OF_ONE_THING:
            recent.append(view.previous)
        if view.following and _goes_on(view.following):
            recent.append(view.following)
        return sum(len(other.find(near.words, 1, len(other.words) + 1)) for other in recent) >= near.at_least
    if near.scope == "sequel":
        sequel = view.following if view.following and _tells_on(view.following) else None
        return bool(sequel and sequel.find(near.words, 1, len(sequel.words) + 1))
    begin, end = _scope(view, near.scope, anchor)
    found = {
        view.forms[id - 1]
        for id in view.find(near.words, begin, end)
        if id != anchor and not _is_in_name(view, id) and not _completes(view, id)
    }
    return len(found) >= near.at_least


def _completes(view: SentenceView, id: int) -> bool:
    """Whether a particle says of a verb in the perfect that it was done ("*had* imposed"), and not that it may be."""
    particle = view.forms[id - 1] in load_status().completing
    return particle and id < len(view.words) and _is_perfect(view, id + 1)


def _is_perfect(view: SentenceView, id: int) -> bool:
    """Whether a verb is in the perfect (PADT's positional tag)."""
    return view.word(id).xpos.startswith("VP")


def _find_opening(view: SentenceView) -> list[SentenceView]:
    """The sentences in which a document says what it is about: its headline and its lead."""
    found = [find_first(view)]
    while found[-1].following is not None and len(found) < LEAD:
        found.append(found[-1].following)
    return found


def _tells_on(view: SentenceView) -> bool:
    """Whether an event that the text has just told of is what the first verb of a sentence, or the one behind who says so, is
    said of ("touched *the talks* on …", "The ministry said that *the talks* touched on …"), but not "announced the end of *the
    talks*"."""
    return any(
        view.is_definite(id)
        and not view.has_pronoun(id)
        and any(0 < at <= len(view.words) and view.is_verb(at) for at in (id - 1, id + 1))
        for id in view.anchors
        if id <= SAYING
    )


def _goes_on(view: SentenceView) -> bool:
    """Whether a sentence opens with an event that the text has just told of ("*The talks* aim at …", "and centred *the
    discussions* on …")."""
    return any(id <= OPENING and view.is_definite(id) and not view.has_pronoun(id) for id in view.anchors)


def _is_in_name(view: SentenceView, id: int) -> bool:
    """Whether a word is within the name of an organization, not its first ("the Organization *for the Prohibition* of …"), or
    within the title of a person ("the High Representative for foreign and *security* policy")."""
    entity = view.entity_at(id)
    if entity is None or entity.how == "organ" or entity.first >= id:
        return False
    return entity.kind == "Organization" or bool(entity.kind == "Person" and entity.rank)


def _scope(view: SentenceView, scope: str, anchor: int) -> tuple[int, int]:
    match scope:
        case "before":
            return max(1, anchor - 3), anchor
        case "following":
            return anchor + 1, anchor + 1 + _FOLLOWING
        case "next":
            return anchor + 1, anchor + 1 + _NEXT
        case "phrase":
            return anchor + 1, view.phrase_end(anchor)
        case "clause":
            begin = anchor
            while begin > 1 and view.forms[begin - 2] not in view.lexicon.marks | view.lexicon.boundary:
                begin -= 1
            return begin, view.clause_end(anchor) if view.is_verb(anchor) else view.phrase_end(anchor)
        case "statement":
            return _statement(view, anchor)
        case "earlier":
            return 1, anchor
        case _:
            return 1, len(view.words) + 1


def _statement(view: SentenceView, anchor: int) -> tuple[int, int]:
    """The stretch of a sentence around an anchor in which one thing is said: "… , *and added* that" opens another, "met the
    judge, *who said* that", and "*while* …"."""
    before = view.lexicon.adding | view.lexicon.relative
    opening = [
        id
        for id in view.all_of(view.lexicon.reporting)
        if id > 2 and view.is_verb(id) and view.forms[id - 2] in before
    ]
    opening += view.find_contrast(1, len(view.words) + 1)
    begin = max((id for id in opening if id < anchor), default=1)
    return begin, min((id for id in opening if id > anchor), default=len(view.words) + 1)


def find_governor(view: SentenceView, trigger: Trigger, anchor: int) -> int:
    """The nearest word before or above the anchor that the trigger asks for, 0 if none."""
    above = {word.id for word in view.ancestors(anchor)}
    nearest = 0
    for id in view.find(trigger.governors, 1, anchor):
        if id not in above and anchor - id > _GOVERNOR_DISTANCE:
            # "warned his colleague in a call *on* … *that* … sanctions": what is said begins at its "that".
            said = view.find(trigger.connectors, id + 1, min(anchor, id + 1 + _GOVERNOR_DISTANCE))
            if not said or anchor - said[-1] > _GOVERNOR_DISTANCE:
                continue
        if any(view.forms[at - 1] in view.lexicon.marks - {":"} for at in range(id, anchor)):
            continue
        if view.find_contrast(id + 1, anchor):
            continue  # "vowed to mend relations, *while* the union said that sanctions …"
        if _is_only_cause(view, id, anchor) or (not trigger.connectors and _says_another(view, id, anchor)):
            continue
        if _suits(view, trigger, id, anchor):
            nearest = id
    return nearest


def _is_only_cause(view: SentenceView, id: int, anchor: int) -> bool:
    """Whether an anchor stands in the cause of what a governor says ("threatens to stay away *because of* the sanctions")."""
    causes = view.find(view.lexicon.cause, id + 1, anchor)
    return bool(causes) and not view.find(view.lexicon.beyond_cause, causes[-1] + 1, anchor)


def _says_another(view: SentenceView, id: int, anchor: int) -> bool:
    """Whether a further thing is said between a governor and an anchor ("does not rule out a visit, *and called* the sanctions
    unjust")."""
    return any(
        view.forms[at - 2] in view.lexicon.adding
        and view.is_one_of(at, view.lexicon.reporting)
        and view.is_verb(at)
        for at in range(id + 2, anchor)
    )


def _suits(view: SentenceView, trigger: Trigger, id: int, anchor: int) -> bool:
    """Whether a possible governor has the tense, the negation and the connectors that the trigger asks for."""
    lexicon = load_status()
    before = {view.forms[at - 1] for at in range(max(1, id - 3), id)}
    before |= {view.forms[child.id - 1] for child in view.sentence.children.get(id, ()) if child.id < id}
    unsplit = view.word(id).upos == "X" and view.is_unsplit_future(id)
    particles = lexicon.future if _is_perfect(view, id) else lexicon.future | lexicon.modal
    ahead = (unsplit or before & particles) and not is_conditional(view, id)
    if id > 1 and view.is_verb(id - 1) and is_conditional(view, id - 1):
        ahead = False  # "if *the imposing* of sanctions is resumed": in Arabic the verb stands before
    if trigger.governor_tense == "future" and not ahead:
        return False
    if trigger.governor_negated is not None and bool(before & lexicon.negations) != trigger.governor_negated:
        return False
    # "will be threatened *if* Washington approves sanctions"; after "warned that" a condition may stand first.
    if _has_condition(view, max(id, anchor - _CONDITION_DISTANCE) if trigger.connectors else id, anchor):
        return False
    return not trigger.connectors or bool(view.find(trigger.connectors, id + 1, anchor))


def is_conditional(view: SentenceView, id: int) -> bool:
    """Whether a conditional conjunction stands right before a verb ("will answer *if* it imposes sanctions")."""
    return any(view.forms[max(id - 1 - len(words), 0) : id - 1] == words for words in view.lexicon.condition)


def _has_condition(view: SentenceView, begin: int, end: int) -> bool:
    """Whether a conditional conjunction stands between two words, and not its whole clause, set off by commas ("will not
    hesitate*, if the summit fails,* to impose")."""
    for words in view.lexicon.condition:
        for at in range(begin, end - 1):
            apart = view.forms[at - 1] in view.lexicon.commas
            closed = any(form in view.lexicon.commas for form in view.forms[at : end - 1])
            if view.forms[at : at + len(words)] == words and not (apart and closed):
                return True
    return False
