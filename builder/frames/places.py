"""Where an event is held."""

from __future__ import annotations

from diplograph.frames.arguments import Argument, topic_begin
from diplograph.frames.cues import is_definite_noun
from diplograph.frames.relations import subjects
from diplograph.frames.schema import Frame
from diplograph.frames.spans import EventSpan, find_occasion, is_in_other
from diplograph.frames.status_lexicon import load_status
from diplograph.frames.view import SentenceView
from diplograph.linking import EntityMention
from diplograph.linking.gazetteer import actor_key
from diplograph.model import Evidence, Place

Located = tuple[Place | None, tuple[Evidence, ...]]
_VISIT = 5  # words between a visit and the country visited ("a *short official visit yesterday to the kingdom of* Bahrain")


def find_place(view: SentenceView, span: EventSpan, frame: Frame, arguments: list[Argument]) -> Located:
    """Where the event is held: a place after a preposition of place, or right after the noun ("the Geneva talks")."""
    if not frame.place:
        return None, ()
    moved = _moved_to(view, span)
    if moved:
        return moved
    taken = {argument.entity.begin for argument in arguments if argument.entity.kind != "Place"}
    stretches = [(span.anchor + 1, span.phrase_end)]
    # "the ambassador *in Cairo* reviewed the preparations for *the Arab summit*": of what the text knows, and only speaks of
    # as a part of something else, the clause does not say where it is held.
    part = is_definite_noun(view, span.anchor) and view.word(max(span.anchor - 1, 1)).upos == "NOUN"
    if span.verb and (span.direct or not part):
        stretches.append((span.clause_begin, span.clause_end))
    for begin, end in stretches:
        own_phrase = begin == span.anchor + 1 and not view.is_verb(span.anchor)
        found: list[EntityMention] = []
        for entity in view.between(begin, end):
            if entity.place is None or entity.how == "demonym":
                continue
            if not own_phrase and (
                _is_of_other(view, span, entity.first) or _says_of_what(view, span, entity)
            ):
                continue
            if _is_matter(view, entity):
                continue
            preposition = view.preposition_of(entity)
            local = preposition in view.lexicon.local
            direct = own_phrase and entity.first <= span.anchor + 2 and entity.begin not in taken
            if (local and entity.begin not in taken) or (not preposition and direct):
                found.append(entity)
        if found:
            topic = topic_begin(view, span.anchor, span.phrase_end)
            # "a summit *on the crises in Mali and Guinea* in Abidjan": the last, if the subject matter has a place.
            of_topic = own_phrase and found[0].first > topic and _says_of_what(view, span, found[0])
            if of_topic and len(found) == 1 and _is_setting(view, topic):
                continue
            entity = found[-1] if of_topic else found[0]
            return entity.place, (Evidence("heldAt", entity.begin, entity.end, "place", entity.place),)
    occasion = find_occasion(view, span)
    if occasion:
        for entity in view.between(occasion + 1, topic_begin(view, occasion, view.phrase_end(occasion))):
            if is_local(view, entity) and not _is_matter(view, entity):
                return entity.place, (Evidence("heldAt", entity.begin, entity.end, "occasion", entity.place),)
    return (
        _host(view, span)
        or _same_city(view, span)
        or _destination(view, span)
        or _unknown_place(view, span)
        or _visited(view, span)
    )


def _same_city(view: SentenceView, span: EventSpan) -> Located | None:
    """The city that was named last, where a meeting is "in *the same city*", with no name."""
    for id in view.find(view.lexicon.towns, span.anchor + 1, max(span.phrase_end, span.clause_end)):
        said = view.find(view.lexicon.same, id + 1, id + 3)
        if not said or not view.has_article(id) or not view.case_of(id):
            continue
        nearest = [view, *filter(None, (view.previous, view.previous and view.previous.previous))]
        for other in nearest:
            for entity in reversed(other.entities):
                city = entity.place is not None and entity.kind == "Place" or entity.how == "metonym"
                if city and entity.place and (other is not view or entity.last < id):
                    return entity.place, (
                        Evidence("heldAt", entity.begin, entity.end, "same city", entity.place),
                    )
    return None


def is_local(view: SentenceView, entity: EntityMention) -> bool:
    """Whether an entity is a place after a preposition of place."""
    return (
        entity.place is not None
        and entity.how != "demonym"
        and view.preposition_of(entity) in view.lexicon.local
    )


def _moved_to(view: SentenceView, span: EventSpan) -> Located | None:
    """The new place of what is moved ("*moved* the summit from Ankara *to* Sochi")."""
    verb = span.verb and view.is_one_of(span.verb, view.lexicon.moving)
    if not verb and not view.find(view.lexicon.moving, span.anchor - 2, span.anchor):
        return None
    for entity in view.between(span.anchor + 1, max(span.phrase_end, span.clause_end)):
        if entity.place and view.preposition_of(entity) in view.lexicon.towards:
            return entity.place, (Evidence("heldAt", entity.begin, entity.end, "moved", entity.place),)
    return None


def _is_setting(view: SentenceView, topic: int) -> bool:
    """Whether what follows an event says why or under what circumstances it is held, so that its places are others ("a
    summit *to discuss* the crisis after the elections *in Zimbabwe*", "*in the shadow of* the escalation *in Gaza*")."""
    return view.case_of(topic) == load_status().purpose or view.forms[topic - 1] in view.lexicon.setting


def _is_matter(view: SentenceView, entity: EntityMention) -> bool:
    """Whether a place is where there is something to talk of ("reviewed *the situation in the territories*")."""
    before = entity.first - (1 if entity.preposition else 2)
    # "the future of *the relation of* Brussels *to Ankara*"
    sided = [id for id in view.find(view.lexicon.partnered, before - 2, before + 1) if not view.entity_at(id)]
    return before > 0 and (bool(sided) or view.is_one_of(before, view.lexicon.matters))


def _is_of_other(view: SentenceView, span: EventSpan, id: int) -> bool:
    """Whether a place is that of another event, also where our verb stands in a relative clause behind it ("the talks *in
    Geneva*, which a meeting will follow")."""
    verb = span.verb or 0
    return is_in_other(view, span, id) or any(
        other != span.anchor and other < id < verb < view.phrase_end(other) for other in view.anchors
    )


def _says_of_what(view: SentenceView, span: EventSpan, entity: EntityMention) -> bool:
    """Whether a place belongs to a definite noun before it, not to the verb ("discussed *the situation in Yemen*"), as
    does what is coordinated with it."""
    entity = view.entities[view.chains[view.entities.index(entity)]]
    before = entity.first - (1 if entity.preposition else 2)
    if before <= (span.verb or 0) or before == span.anchor or view.entity_at(before) is not None:
        return False
    noun = before
    while noun > 1 and view.word(noun).upos == "ADJ":
        noun -= 1
    if view.is_one_of(before, view.lexicon.days) or view.is_one_of(noun, view.lexicon.days):
        return False  # "hosts *on the coming Monday* in Washington a summit"
    return view.word(before).upos in {"NOUN", "ADJ"} and view.has_article(before)


def _unknown_place(view: SentenceView, span: EventSpan) -> Located | None:
    """A place that the gazetteer lacks, in the phrase of the event: a name after a preposition of place ("met *in
    Biarritz*"), or after the word for a town ("in *the city of* Toronto")."""
    begin = span.anchor + 1
    end = span.clause_end if view.is_verb(span.anchor) else topic_begin(view, span.anchor, span.phrase_end)
    for id in range(begin, end - 1):
        if (
            view.word(id).upos != "ADP"
            or view.forms[id - 1] not in view.lexicon.local
            or is_in_other(view, span, id)
        ):
            continue
        town = view.is_one_of(id + 1, view.lexicon.towns)
        first = id + 2 if town else id + 1
        last = first
        while (
            last < end and view.word(last).upos == "X" and view.entity_at(last) is None and last < first + 3
        ):
            last += 1
        if last == first or not town and view.word(first - 1).token == view.word(first).token:
            continue
        name = " ".join(view.text[view.word(first).begin : view.word(last - 1).end].split())
        place = Place(actor_key("", "", name), name)
        proof = Evidence("heldAt", view.word(first).begin, view.word(last - 1).end, "unknown place", place)
        return place, (proof,)
    return None


def _host(view: SentenceView, span: EventSpan) -> Located | None:
    """The place that hosts the event: "Tunis hosts a summit", "a summit hosted by Amman"."""
    verbs = [span.verb] if span.verb else []
    for verb in (*verbs, *view.relative_verbs(span.anchor, span.phrase_end)):
        if not view.is_one_of(verb, view.lexicon.hosting):
            continue
        children = (view.entity_at(child.id) for child in view.sentence.children.get(verb, ()))
        named = [entity for entity in children if entity and not view.preposition_of(entity)]
        for entity in (*named, *subjects(view, verb, inherited=False)):
            if entity.place and entity.how != "demonym":
                return entity.place, (Evidence("heldAt", entity.begin, entity.end, "host", entity.place),)
    return None


def _destination(view: SentenceView, span: EventSpan) -> Located | None:
    """The place somebody goes to for the event: "arrived *in Russia* to hold talks", or of which a clause with "where"
    tells it: "to South Africa, *where* he meets …"."""
    for entity in reversed(view.between(1, span.anchor)):
        if entity.place is None or entity.how == "demonym":
            continue
        between = range(entity.last + 1, span.anchor)
        aims = [id for id in between if view.forms[id - 1] in view.lexicon.aim]
        if not aims:
            continue
        nothing_else = not any(view.is_boundary(id) for id in range(aims[0] + 1, span.anchor))
        where = view.forms[aims[0] - 1] in view.lexicon.where and aims[0] <= entity.last + 2
        if (where and nothing_else) or view.preposition_of(entity) in view.lexicon.towards:
            return entity.place, (Evidence("heldAt", entity.begin, entity.end, "destination", entity.place),)
    return None


def _visited(view: SentenceView, span: EventSpan) -> Located:
    """The country that one of the parties visits ("met the king, *who is visiting Kuwait*", "on a visit *to Bahrain*, in
    which he held talks")."""
    for entity in view.entities:
        if entity.place is None or entity.how == "demonym":
            continue
        bare = not view.preposition_of(entity)
        words = view.lexicon.visiting if bare else view.lexicon.visits
        if not bare and view.preposition_of(entity) not in view.lexicon.visited:
            continue
        for id in range(entity.first - 1, max(entity.first - 1 - _VISIT, 0), -1):
            if view.is_boundary(id) or view.entity_at(id) is not None:
                break
            if view.is_one_of(id, words):
                return entity.place, (Evidence("heldAt", entity.begin, entity.end, "visit", entity.place),)
    return None, ()
