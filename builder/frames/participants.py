"""Who likely takes part in an event whose own words do not say so.

"Raab spoke to the channel. *His secretary did not rule out sanctions* on the movement": who threatens may stand sentences away, or
where no rule looks. So where a trigger fires and its rules find too few, a logistic model is asked about everybody whom its
sentence, those beside it and the first one name: by where he stands, how he is named and how often, and of which word he
hangs. It knows no names. The likeliest takes the role, from the probability on that the frame asks for; an event of which
any role stays open remains unread. ``make weights`` fits the weights (measurement/participants.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from diplograph.frames.arguments import Argument
from diplograph.frames.continued import standing_at
from diplograph.frames.logistic import Feature, load_model
from diplograph.frames.schema import RolePolicy
from diplograph.frames.triggers import Firing
from diplograph.frames.view import SentenceView, find_first
from diplograph.linking import EntityMention

_STEP, _FURTHEST = 3, 8  # words of a step of distance, and how many steps are told apart
_RANKS = 4  # places in the order of nearness that are told apart
_OFTEN = 4  # how often somebody is named, at most


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may take part, in his sentence, and where that is from the trigger: ``before`` or ``after`` it, in the
    ``previous`` sentence, the ``following`` or the ``first``."""

    view: SentenceView
    entity: EntityMention
    where: str


def list_candidates(view: SentenceView, anchor: int) -> list[Candidate]:
    """Whom the sentence of an anchor and those around it name, in this order."""
    found = [
        Candidate(view, entity, "after" if entity.first > anchor else "before") for entity in view.entities
    ]
    seen = [view]
    for where, other in (
        ("previous", view.previous),
        ("following", view.following),
        ("first", find_first(view)),
    ):
        if other is not None and other not in seen:
            seen.append(other)
            found.extend(Candidate(other, entity, where) for entity in other.entities)
    return [candidate for candidate in found if candidate.entity.actors or candidate.entity.bodies]


def describe(anchor: int, candidate: Candidate, candidates: Sequence[Candidate]) -> frozenset[Feature]:
    """What the model looks at: nothing of who it is, all of how he is named."""
    view, entity, where = candidate.view, candidate.entity, candidate.where
    word = view.word(entity.head)
    beside = [other.entity for other in candidates if other.where == where]
    if where in ("before", "after"):
        beside.sort(key=lambda other: abs(other.head - anchor))
    named = sum(not _keys(entity).isdisjoint(_keys(other.entity)) for other in candidates)
    features = {
        ("where", where),
        ("kind", f"{where} {entity.kind} {entity.how}"),
        ("preposition", f"{where} {view.own_preposition(entity) or '-'}"),
        ("deprel", f"{where} {word.deprel}"),
        ("rank", f"{where} {min(beside.index(entity), _RANKS)}"),
        ("named", f"{where} {min(named, _OFTEN)}"),
        ("several", str(len(entity.actors) > 1)),
    }
    if entity.leader:
        features.add(("leader", where))
    if where in ("before", "after"):
        features.add(("distance", f"{where} {min(abs(entity.head - anchor) // _STEP, _FURTHEST)}"))
    if word.head:
        if not view.entity_at(word.head):
            features.add(("governor", f"{word.deprel} {view.forms[word.head - 1]}"))
        if view.is_verb(word.head) and view.is_one_of(word.head, view.lexicon.reporting):
            features.add(("says", f"{where} {word.deprel}"))
        if not view.word(word.head).head:
            features.add(("root", f"{where} {word.deprel}"))
    return frozenset(features)


def add_likely(view: SentenceView, firing: Firing, arguments: list[Argument]) -> list[Argument]:
    """The arguments of an event and, for each role that its frame has a model for, the likeliest whom they lack. As they are
    where somebody still lacks, where the word only refers back to what the text has told, and where something is but said by
    telephone ("*said* to the agency *by telephone* that …").
    """
    said = view.is_verb(firing.anchor) and view.is_one_of(firing.anchor, view.lexicon.reporting)
    if firing.trigger.anaphoric or firing.trigger.adverbial or said or _is_told(view, firing):
        return arguments
    candidates = list_candidates(view, firing.anchor)
    found = list(arguments)
    for role, policy in firing.frame.roles.items():
        if policy.likely is None:
            continue
        wanted = max(policy.minimum, 1)
        bodies = {frozenset(_keys(argument.entity)) for argument in found if argument.role == role}
        taken = {key for argument in found for key in _keys(argument.entity)}
        for candidate in _rank(firing.anchor, candidates, policy):
            if len(bodies) >= wanted:
                break
            keys = _keys(candidate.entity)
            if len(keys) == 1 and taken.isdisjoint(keys):
                taken |= keys
                bodies.add(frozenset(keys))
                found.append(Argument(role, _stand(view, firing.anchor, candidate), "path:text/likely"))
        if len(bodies) < wanted:
            return arguments
    return found


def _is_told(view: SentenceView, firing: Firing) -> bool:
    """Whether an event is named by a noun with the article: then the text has told of it, or speaks of such events in
    general ("*the threat* of sanctions is no language of dialogue")."""
    word = firing.governor or firing.anchor
    return not view.is_verb(word) and view.has_article(word)


def _rank(anchor: int, candidates: Sequence[Candidate], policy: RolePolicy) -> Iterator[Candidate]:
    """The candidates that are likely enough for a role, the likeliest first."""
    if policy.likely is None:
        return
    model = load_model(policy.likely.model)
    weighed = [
        (model.estimate(describe(anchor, candidate, candidates)), candidate) for candidate in candidates
    ]
    for probability, candidate in sorted(weighed, key=lambda item: -item[0]):
        if probability < policy.likely.least:
            return
        yield candidate


def _stand(view: SentenceView, anchor: int, candidate: Candidate) -> EntityMention:
    """Whom a candidate is, in the sentence of the anchor."""
    entity = candidate.entity
    return entity if candidate.view is view else standing_at(view, anchor, entity, "continued")


def _keys(entity: EntityMention) -> set[str]:
    """The keys of the bodies for which an entity stands, or of its own actors where it stands for none."""
    if entity.bodies:
        return {body.key for body in entity.bodies}
    return {key for actor in entity.actors for key in actor.represents[:1] or (actor.key,)}
