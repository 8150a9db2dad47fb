"""Further partners whom somebody met at another place or on another day, for which the verb is not said again: "met the king
*in Amman* and the emir *in Doha*"."""

from __future__ import annotations

from diplograph.frames.arguments import Argument
from diplograph.frames.places import is_local
from diplograph.frames.relations import members
from diplograph.frames.repetition import Repetition
from diplograph.frames.triggers import Firing
from diplograph.frames.view import SentenceView
from diplograph.linking import EntityMention
from diplograph.temporal.lexicon import load_lexicon

_APART = 6  # words between a partner and the "and" before the next, and after him that say where or when


def find_elsewhere(view: SentenceView, firing: Firing, arguments: list[Argument]) -> list[Repetition]:
    """The further events of a meeting whose partners are each at a place, or on a day, of their own.

    Nobody meets two persons at two places at once, so what the verb tells is two events; who acts is the same in both.
    """
    persons = [a for a in arguments if a.entity in view.entities and a.entity.kind == "Person"]
    partner = max(persons, key=lambda argument: argument.entity.last, default=None)
    acting = [argument for argument in arguments if argument is not partner]
    if partner is None or not acting or partner.entity.first < firing.anchor:
        return []
    found: list[Repetition] = []
    before = partner.entity
    while following := _next_apart(view, before):
        further = [Argument(partner.role, following, partner.rule)]
        end = _stretch_after(view, following).stop
        place = next((e for e in view.between(following.last + 1, end) if is_local(view, e)), None)
        found.append(Repetition(following.first - 1, end, [*acting, *further], place))
        before = following
    return found


def _next_apart(view: SentenceView, before: EntityMention) -> EntityMention | None:
    """The person whom "and" adds to another behind the place or day of that one, and who has one of his own."""
    own = _stretch_after(view, before)
    at = own.stop
    if at < len(view.words) and view.forms[at - 1] in view.lexicon.commas:
        at += 1
    joined = (
        at < len(view.words) and view.word(at).upos == "CCONJ" and view.forms[at - 1] in view.lexicon.adding
    )
    entity = view.entity_at(at + 1) if joined else None
    if entity is None or entity.first != at + 1 or entity.kind != "Person" or not entity.actors:
        return None
    if len(members(view, entity)) > 1:
        return None
    his = _stretch_after(view, entity)
    placed = _is_placed(view, own) and _is_placed(view, his)
    return entity if placed or (_is_timed(view, own) and _is_timed(view, his)) else None


def _stretch_after(view: SentenceView, entity: EntityMention) -> range:
    """The words behind a party that may say where or when he was met."""
    id = entity.last + 1
    while id <= len(view.words) and id <= entity.last + _APART:
        other = view.entity_at(id)
        ended = view.is_verb(id) or view.is_boundary(id) or view.word(id).upos in {"CCONJ", "PUNCT", "SCONJ"}
        if ended or id in view.anchors or (other is not None and other.kind == "Person"):
            break
        id += 1
    return range(entity.last + 1, id)


def _is_placed(view: SentenceView, stretch: range) -> bool:
    return any(is_local(view, entity) for entity in view.between(stretch.start, stretch.stop))


def _is_timed(view: SentenceView, stretch: range) -> bool:
    return any(load_lexicon().names_day(view.forms[id - 1]) for id in stretch)
