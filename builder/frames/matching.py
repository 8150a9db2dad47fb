"""Frames over a parsed document: ``ParsedDocument → Mention``s."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from diplograph.frames.arguments import (
    Argument,
    count_leaders,
    distribute,
    fill_roles,
    find_arguments,
    phrase_actor,
)
from diplograph.frames.relations import subjects
from diplograph.frames.schema import Frame
from diplograph.frames.status import (
    DENIED,
    OCCURRED,
    PLANNED,
    StatusReading,
    is_imperfect,
    load_status,
    read_status,
)
from diplograph.frames.triggers import Firing, find_anchors, find_firings
from diplograph.frames.view import SentenceView
from diplograph.linking import EntityMention, Gazetteer, find_entities
from diplograph.model import (
    Actor,
    DurationExpression,
    Evidence,
    EventValues,
    Filler,
    Mention,
    ParsedDocument,
    Place,
    TimeExpression,
)
from diplograph.temporal import Tense, find_durations, find_times

_QUOTE_LIMIT = 240  # code points of a quote, at most


@dataclass(frozen=True, slots=True)
class _Span:
    """Word ids of an event: its phrase, and the clause of its verb; ``direct`` if the event itself depends on that
    verb, not something else of which it is a part ("issued *the statement* of the summit")."""

    anchor: int
    phrase_end: int
    verb: int | None
    clause_begin: int
    clause_end: int
    direct: bool = True


class Matcher:
    """Matches all frames against one document."""

    def __init__(self, parsed: ParsedDocument, frames: Sequence[Frame], gazetteer: Gazetteer) -> None:
        self.parsed = parsed
        self.text = parsed.document.text
        self.frames = tuple(frames)
        self.gazetteer = gazetteer
        entities = find_entities(parsed, gazetteer)
        self.views = [
            SentenceView(sentence, self.text, found)
            for sentence, found in zip(parsed.sentences, entities, strict=True)
        ]
        names = {name for view in self.views for word in view.words for name in view.names(word.id)}
        pairs = {" ".join(view.forms[at : at + 2]) for view in self.views for at in range(len(view.forms) - 1)}
        self.vocabulary = frozenset(names | pairs)

    def find(self) -> tuple[Mention, ...]:
        """All the mentions, in the order of the text."""
        found: list[Mention] = []
        for view in self.views:
            view.anchors = find_anchors(view, self.frames)
            for frame in self.frames:
                taken: set[int] = set()
                for firing in find_firings(view, frame, self.vocabulary):
                    mentions = [] if firing.anchor in taken else self._mentions(view, firing)
                    if mentions:
                        taken.add(firing.anchor)
                        found.extend(mentions)
        return tuple(sorted(found, key=lambda mention: (mention.begin, mention.end, mention.frame)))

    def _lookup(self, key: str) -> Actor | None:
        entry = self.gazetteer.entries.get(key)
        return entry.actor if entry else None

    def _mentions(self, view: SentenceView, firing: Firing) -> list[Mention]:
        """The mentions that a firing trigger makes: none if it wants what is not there, several if it distributes."""
        trigger = firing.trigger
        arguments = find_arguments(view, firing)
        if trigger.needs and not any(argument.role in trigger.needs for argument in arguments):
            return []
        if trigger.leaders and count_leaders(arguments) < trigger.leaders:
            return []
        if trigger.tagged and not any(trigger.tagged in argument.entity.tags for argument in arguments):
            return []
        parts = distribute(arguments) if self._distributes(view, firing) else [arguments]
        return [mention for part in parts if (mention := self._mention(view, firing, part))]

    def _distributes(self, view: SentenceView, firing: Firing) -> bool:
        """Whether the text speaks of one event for each partner: a dual or plural call, a meeting "separately"."""
        if firing.trigger.distributive:
            return True
        begin = firing.anchor
        end = min([view.clause_end(begin), *(other for other in view.anchors if other > begin)])
        return bool(view.find(view.lexicon.separately, begin, end))

    def _mention(self, view: SentenceView, firing: Firing, arguments: list[Argument]) -> Mention | None:
        frame, trigger, anchor = firing.frame, firing.trigger, firing.anchor
        span = self._span(view, firing)
        status = read_status(view, firing.governor if frame.status and firing.governor else anchor, span.verb)
        fillers, evidence = fill_roles(arguments, dict(frame.roles), self._lookup)
        extra, extra_evidence = self._phrases(view, firing, fillers)
        fillers, evidence = (*fillers, *extra), (*evidence, *extra_evidence)
        minimum = trigger.minimum
        if minimum is not None and len({filler.actor for filler in fillers}) < minimum:
            return None
        time = self._time(view, span, status, frame)
        status = self._dated_status(status, time, frame)
        place, place_evidence = self._place(view, span, frame, arguments)
        duration = self._duration(view, span) if frame.duration else None
        condition = self._condition(view, span) if frame.condition else None
        speaker = self._speaker(view, anchor)
        values = EventValues(
            frame.event_class,
            status.status,
            fillers,
            time.start_date if time else None,
            time.end_date if time else None,
            duration_minutes=duration.minutes if duration else None,
            place=place,
            condition=self.text[condition[0] : condition[1]] if condition else None,
            attributed_to=speaker.actors[0] if speaker else None,
        )
        word = view.word(anchor)
        proofs = [Evidence("trigger", word.begin, word.end, f"{frame.file}/{trigger.id}"), *evidence, *place_evidence]
        if status.cue:
            cue = view.word(status.cue)
            proofs.append(Evidence("status", cue.begin, cue.end, f"status/{status.status}"))
        if frame.status and time is None:
            time = self._speech_time(view, fillers)
            if time:
                values = replace(values, start_date=time.start_date, end_date=time.end_date)
        if time and time.start_date:
            proofs.append(Evidence("startDate", time.begin, time.end, "time"))
        if duration:
            proofs.append(Evidence("durationMinutes", duration.begin, duration.end, "duration"))
        if condition:
            proofs.append(Evidence("condition", *condition, "condition"))
        if speaker:
            proofs.append(Evidence("attributedTo", speaker.begin, speaker.end, "speaker", speaker.actors[0]))
        begin, end = self._quote(view, span, arguments)
        return Mention(
            begin, end, view.sentence.index, frame.file, trigger.id, values, tuple(dict.fromkeys(proofs)),
            trigger.anaphoric or self._is_definite(view, anchor), self._cues(view, firing, status, span, arguments),
        )  # fmt: skip

    def _is_definite(self, view: SentenceView, anchor: int) -> bool:
        return not view.is_verb(anchor) and view.has_article(anchor)

    def _cues(
        self, view: SentenceView, firing: Firing, status: StatusReading, span: _Span, arguments: list[Argument]
    ) -> frozenset[str]:
        """What else a mention says of itself, for telling which mentions speak of one event.

        ``status``: its status is said, not assumed; ``previous``: it is another event than the text's; ``another``: it
        is one more of its kind; ``anaphoric``: it only refers back; ``group``: so do its parties ("the two sides");
        ``lenient``: fewer parties are enough; ``inherits``: its parties are those of the event before; ``several``: it names several events at once; ``headline``: a headline tells it in the present tense.
        """
        cues = {"status"} if status.explicit else set()
        if status.previous:
            cues.add("previous")
        if firing.trigger.anaphoric:
            cues.add("anaphoric")
        if firing.trigger.distributive:
            cues.add("several")
        if firing.trigger.inherits:
            cues.add("inherits")
        if firing.trigger.lenient:
            cues.add("lenient")
        if arguments and all(argument.entity.how == "group" for argument in arguments) and self._is_definite(view, span.anchor):
            cues.add("group")
        if span.verb and is_imperfect(view, span.verb) and self._is_headline(view):
            cues.add("headline")
        if view.find(load_status().another, span.anchor + 1, span.anchor + 3):
            cues.add("another")
        return frozenset(cues)

    def _is_headline(self, view: SentenceView) -> bool:
        """Whether a sentence is (in) a headline of the article."""
        return any(
            block.kind == "headline" and block.begin <= view.sentence.begin < block.end
            for block in self.parsed.document.blocks
        )

    # -- the stretches ----------------------------------------------------------------------------------------------

    def _span(self, view: SentenceView, firing: Firing) -> _Span:
        anchor = firing.anchor
        if firing.governor:
            end = view.phrase_end(anchor)
            return _Span(anchor, end, firing.governor, self._clause_begin(view, firing.governor), end)
        if view.is_verb(anchor):
            end = view.clause_end(anchor)
            return _Span(anchor, end, anchor, self._clause_begin(view, anchor), end)
        end = view.phrase_end(anchor)
        governing = view.governing_verb(anchor)
        before = view.verb_before(anchor)
        if governing is None and not before:
            return _Span(anchor, end, None, anchor, end)
        governing = governing or (before, "", "")
        verb = governing[0]
        begin = self._clause_begin(view, min(verb, anchor))
        stop = max(end, view.clause_end(verb, past=anchor))
        return _Span(anchor, end, verb, begin, stop, governing[1] != "nested")

    def _clause_begin(self, view: SentenceView, verb: int) -> int:
        begin = verb
        while begin > 1:
            before = begin - 1
            if view.is_boundary(before) or view.is_verb(before):
                break
            begin = before
        return begin

    def _word_at(self, view: SentenceView, offset: int) -> int:
        return next((word.id for word in view.words if word.end > offset), len(view.words))

    # -- when, where, how long ----------------------------------------------------------------------------------------

    def _time(
        self, view: SentenceView, span: _Span, status: StatusReading, frame: Frame
    ) -> TimeExpression | None:
        """The time expression that belongs to the event: right before its noun, in its phrase, else in its clause.

        With an ordinal ("the second call *this month*") a month or year only says in what it is counted. An utterance
        takes, failing all else, the only date of its sentence.
        """
        tense: Tense = "future" if status.status == PLANNED else "past"
        document = self.parsed.document
        times = find_times(document.text, view.sentence.begin, view.sentence.end, document.published, tense=tense)
        dated = [(self._word_at(view, time.begin), time) for time in times if time.start_date]
        if self._is_ordinal(view, span.anchor):
            dated = [(id, time) for id, time in dated if len(time.start_date or "") == 10]
        just_before = [time for _, time in dated if self._word_at(view, time.end) in (span.anchor, span.anchor - 1)]
        own = [time for id, time in dated if time in just_before and id in (span.anchor, span.anchor + 1)]
        inside = [time for id, time in dated if span.anchor < id < span.phrase_end]
        around = [(id, time) for id, time in dated if span.clause_begin <= id < span.clause_end and span.direct]
        around = [
            (id, time)
            for id, time in around
            if not self._in_other(view, span, id) and not self._is_apart(view, span, id)
        ]
        if status.status != OCCURRED and document.published:
            # "He announced *on Saturday* that he was invited to a summit": that is when he announced it.
            around = [(id, time) for id, time in around if (time.start_date or "") >= document.published[:10]]
        nearest = min(around, key=lambda item: abs(item[0] - span.anchor))[1] if around else None
        if inside or (just_before and not own):
            time = (inside or just_before)[0]
            finer = nearest and len(nearest.start_date or "") == 10 > len(time.start_date or "")
            # "received *on Friday 24 May 2019* a call, the second *this month*".
            within = finer and (nearest.start_date or "").startswith(time.start_date or "")
            return nearest if within else time
        if nearest:
            return nearest
        occasion = self._occasion(view, span)
        on_occasion = [time for id, time in dated if occasion < id < view.phrase_end(occasion)] if occasion else []
        if on_occasion:
            return on_occasion[0]
        if frame.status and len(dated) == 1 and dated[0][0] < span.anchor:
            return dated[0][1]
        return None

    def _speech_time(self, view: SentenceView, fillers: tuple[Filler, ...]) -> TimeExpression | None:
        """When an utterance was made, from what the text goes on to say of the same speech: "Obama threatened … Obama
        said *at a press conference on Friday* …"."""
        speakers = {filler.actor for filler in fillers if filler.actor.kind == "Person"}
        for other in self.views[view.sentence.index + 1 : view.sentence.index + 3]:
            for word in other.words[:6]:
                if not other.is_verb(word.id) or not other.is_one_of(word.id, other.lexicon.reporting):
                    continue
                named = {actor for entity in subjects(other, word.id) for actor in entity.actors}
                if not named & speakers:
                    return None
                document = self.parsed.document
                end = other.word(other.clause_end(word.id) - 1).end
                times = find_times(document.text, other.sentence.begin, end, document.published, tense="past")
                return next((time for time in times if time.start_date), None)
        return None

    def _is_ordinal(self, view: SentenceView, anchor: int) -> bool:
        begin, end = max(1, anchor - 2), min(anchor + 4, len(view.words) + 1)
        return bool(view.find(load_status().ordinals, begin, end))

    def _dated_status(self, status: StatusReading, time: TimeExpression | None, frame: Frame) -> StatusReading:
        """The status in the light of the date: what lies ahead of the day of writing has not happened, and a plan or
        possibility dated before it was one no longer."""
        if status.status == DENIED:
            return status
        if frame.status:
            return replace(status, status=frame.status)
        published = self.parsed.document.published
        if not time or not time.start_date or not published or len(published) < len(time.start_date):
            return status
        last = time.end_date or time.start_date
        if status.status == OCCURRED and time.start_date > published[: len(time.start_date)]:
            return replace(status, status=PLANNED, explicit=True)
        if status.status != OCCURRED and last < published[: len(last)] and len(last) <= 7:
            return replace(status, status=OCCURRED, explicit=True)
        return status

    def _is_apart(self, view: SentenceView, span: _Span, id: int) -> bool:
        """Whether a conjunction stands between a word and the anchor ("said *on Wednesday that* a call is due")."""
        first, last = sorted((id, span.anchor))
        return any(view.is_boundary(at) for at in range(first + 1, last))

    def _in_other(self, view: SentenceView, span: _Span, id: int) -> bool:
        """Whether a word belongs to the phrase of another event of the sentence."""
        return any(
            other not in (span.anchor, span.verb) and other < id < view.phrase_end(other) for other in view.anchors
        )

    def _place(
        self, view: SentenceView, span: _Span, frame: Frame, arguments: list[Argument]
    ) -> tuple[Place | None, tuple[Evidence, ...]]:
        """Where the event is held: a place after a preposition of place, or right after the noun ("the Geneva talks")."""
        if not frame.place:
            return None, ()
        taken = {argument.entity.begin for argument in arguments if argument.entity.kind != "Place"}
        stretches = [(span.anchor + 1, span.phrase_end)]
        if span.verb:
            stretches.append((span.clause_begin, span.clause_end))
        for begin, end in stretches:
            for entity in view.between(begin, end):
                if entity.place is None or entity.how == "demonym":
                    continue
                if begin != span.anchor + 1 and self._in_other(view, span, entity.first):
                    continue
                preposition = view.preposition_of(entity)
                local = preposition in view.lexicon.local
                direct = begin == span.anchor + 1 and entity.first <= span.anchor + 2 and entity.begin not in taken
                if (local and entity.begin not in taken) or (not preposition and direct):
                    return entity.place, (Evidence("heldAt", entity.begin, entity.end, "place", entity.place),)
        occasion = self._occasion(view, span)
        if occasion:
            for entity in view.between(occasion + 1, view.phrase_end(occasion)):
                if entity.place and entity.how != "demonym" and view.preposition_of(entity) in view.lexicon.local:
                    return entity.place, (Evidence("heldAt", entity.begin, entity.end, "occasion", entity.place),)
        return self._host(view, span) or self._destination(view, span)

    def _occasion(self, view: SentenceView, span: _Span) -> int:
        """The event on whose margins this one is held ("a meeting *during the summit* in China"), 0 if none."""
        following = sorted(other for other in view.anchors if span.anchor < other <= span.phrase_end)
        if not following or not view.find(view.lexicon.margins, span.anchor + 1, following[0]):
            return 0
        return following[0]

    def _host(self, view: SentenceView, span: _Span) -> tuple[Place, tuple[Evidence, ...]] | None:
        """The place that hosts the event: "Tunis hosts a summit", "a summit hosted by Amman"."""
        verbs = [span.verb] if span.verb else []
        for verb in (*verbs, *view.relative_verbs(span.anchor, span.phrase_end)):
            if not view.is_one_of(verb, view.lexicon.hosting):
                continue
            for entity in subjects(view, verb, inherited=False):
                if entity.place and entity.how != "demonym":
                    return entity.place, (Evidence("heldAt", entity.begin, entity.end, "host", entity.place),)
        return None

    def _destination(self, view: SentenceView, span: _Span) -> tuple[Place | None, tuple[Evidence, ...]]:
        """The place somebody goes to for the event: "arrived *in Russia* to hold talks", "to South Africa, where he
        meets …"."""
        for entity in reversed(view.between(1, span.anchor)):
            if entity.place is None or view.preposition_of(entity) not in view.lexicon.towards:
                continue
            between = [view.forms[id - 1] for id in range(entity.last + 1, span.anchor)]
            if any(form in view.lexicon.aim for form in between):
                return entity.place, (Evidence("heldAt", entity.begin, entity.end, "destination", entity.place),)
        return None, ()

    def _duration(self, view: SentenceView, span: _Span) -> DurationExpression | None:
        durations = find_durations(self.text, view.sentence.begin, view.sentence.end)
        for duration in durations:
            id = self._word_at(view, duration.begin)
            if span.clause_begin <= id < max(span.clause_end, span.phrase_end) or id > span.anchor:
                return duration
        return None

    def _condition(self, view: SentenceView, span: _Span) -> tuple[int, int] | None:
        """The clause that the event depends on, from its conjunction to the next mark or comma."""
        for id in range(1, len(view.words) + 1):
            for words in view.lexicon.condition:
                if view.forms[id - 1 : id - 1 + len(words)] == words:
                    end = id
                    while end < len(view.words) and view.forms[end] not in view.lexicon.marks | view.lexicon.commas:
                        end += 1
                    return view.word(id).begin, view.word(end).end
        return None

    def _speaker(self, view: SentenceView, anchor: int) -> EntityMention | None:
        """Who said so: the subject of the nearest verb of saying above."""
        for above in view.ancestors(anchor):
            if above.upos == "VERB" and view.is_one_of(above.id, view.lexicon.reporting):
                found = [entity for entity in subjects(view, above.id) if len(entity.actors) == 1]
                return found[0] if found else None
        return None

    def _quote(self, view: SentenceView, span: _Span, arguments: list[Argument]) -> tuple[int, int]:
        """The trigger with its nearest words: from the first argument or the verb to the last argument."""
        ids = [span.anchor]
        if span.verb and abs(span.verb - span.anchor) < 12:
            ids.append(span.verb)
        for argument in arguments:
            ids.extend((argument.entity.first, argument.entity.last))
        begin, end = view.word(min(ids)).begin, view.word(max(ids)).end
        if end - begin > _QUOTE_LIMIT:
            begin, end = view.word(span.anchor).begin, view.word(min(span.phrase_end, len(view.words)) - 1).end
            end = min(end, begin + _QUOTE_LIMIT)
        anchor = view.word(span.anchor)
        return min(begin, anchor.begin), max(end, anchor.end)

    # -- parties without a name ---------------------------------------------------------------------------------------

    def _phrases(
        self, view: SentenceView, firing: Firing, fillers: tuple[Filler, ...]
    ) -> tuple[tuple[Filler, ...], tuple[Evidence, ...]]:
        """Parties that are no names, for roles that take them: "those who obstruct", "on them", "on his country"."""
        for role, policy in firing.frame.roles.items():
            if not policy.phrases or any(filler.role == role for filler in fillers):
                continue
            rules = [rule for rule in firing.frame.arguments if rule.role == role and rule.prepositions]
            wanted = frozenset().union(*(rule.prepositions for rule in rules)) if rules else frozenset()
            for id in range(firing.anchor + 1, view.phrase_end(firing.anchor) - 1):
                if view.forms[id - 1] not in wanted or view.entity_at(id) is not None:
                    continue
                if view.word(id + 1).upos == "PRON":
                    return self._by_pronoun(view, firing, role, id + 1)
                found = phrase_actor(view, id + 1, view.phrase_end(firing.anchor))
                if found:
                    actor, begin, end = found
                    return (Filler(role, actor),), (Evidence(role, begin, end, "path:anchor/phrase", actor),)
        return (), ()

    def _by_pronoun(
        self, view: SentenceView, firing: Firing, role: str, id: int
    ) -> tuple[tuple[Filler, ...], tuple[Evidence, ...]]:
        """What a pronoun means: for a dual the last two states named, otherwise the last state before the trigger."""
        word = view.word(id)
        number = 2 if "Number=Dual" in word.feats else 1
        bodies: list[EntityMention] = []
        for other in reversed(self.views[: view.sentence.index + 1]):
            for entity in reversed(other.entities):
                if entity.begin >= word.begin or entity.kind not in ("Country", "Organization") or entity.how == "demonym":
                    continue
                if all(entity.actors != seen.actors for seen in bodies):
                    bodies.append(entity)
            if len(bodies) >= number:
                break
        chosen = bodies[:number]
        fillers = tuple(Filler(role, entity.actors[0]) for entity in reversed(chosen))
        evidence = tuple(
            Evidence(role, word.begin, word.end, "pronoun", filler.actor) for filler in fillers
        )
        return fillers, evidence


def find_mentions(
    parsed: ParsedDocument, frames: Sequence[Frame], gazetteer: Gazetteer
) -> tuple[Mention, ...]:
    """The places where frames find an event in a document, in the order of the text."""
    return Matcher(parsed, frames, gazetteer).find()
