"""Frames over a parsed document: ``ParsedDocument → Mention``s."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from functools import cached_property
from typing import TypeAlias

from diplograph.frames.arguments import (
    Argument,
    fill_roles,
    find_arguments,
    lacking,
)
from diplograph.frames.cues import is_definite_noun, read_cues
from diplograph.frames.elsewhere import find_elsewhere
from diplograph.frames.leaders import find_leaders, name_leader, name_their_leaders
from diplograph.frames.moments import date_likely
from diplograph.frames.nearby import add_nearby
from diplograph.frames.participants import add_likely
from diplograph.frames.places import find_place
from diplograph.frames.proofs import prove
from diplograph.frames.reckoning import reckon_first_day
from diplograph.frames.relations import subjects
from diplograph.frames.repetition import Repetition, carry_over, find_repetitions, redate
from diplograph.frames.rounds import find_further_rounds, find_repeats, opens_first_round
from diplograph.frames.schema import Frame
from diplograph.frames.sides import (
    are_colleagues,
    are_one_side,
    distribute,
    distributes,
    is_of_no_leader,
    is_of_others,
    repeats_preposition,
)
from diplograph.frames.spans import EventSpan, find_span
from diplograph.frames.speech import find_earlier_speech_time, find_speech_time
from diplograph.frames.status import read_status
from diplograph.frames.story import date_story, find_story_time
from diplograph.frames.times import (
    date_status,
    deictic_status,
    find_duration,
    find_time,
)
from diplograph.frames.triggers import AnchorWords, Firing, asks_document, find_anchors, find_firings
from diplograph.frames.unnamed import find_conditional, find_phrases, phrase_actor
from diplograph.frames.view import SentenceView
from diplograph.linking import EntityMention, Gazetteer, find_entities
from diplograph.model import (
    Actor,
    Document,
    EventValues,
    Evidence,
    Filler,
    Mention,
    ParsedDocument,
)

Parties: TypeAlias = tuple[tuple[Filler, ...], tuple[Evidence, ...]]
"""Who fills which role, and what says so."""

_QUOTE_LIMIT = 240  # code points of a quote, at most


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
        anchors = AnchorWords.of(self.frames)
        for before, view in zip([None, *self.views], self.views, strict=False):
            view.anchors = find_anchors(view, anchors)
            view.previous = before
            if before:
                before.following = view

    @cached_property
    def dated(self) -> Document:
        """The document with the date from which it speaks."""
        return date_story(self.parsed.document)

    @cached_property
    def leaders(self) -> dict[str, EntityMention]:
        """The leaders whom the document names, by the keys of their states."""
        return find_leaders(entity for view in self.views for entity in view.entities)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The words of the document, as they are compared, and its phrases of two or three."""
        names = {name for view in self.views for word in view.words for name in view.names(word.id)}
        phrases = {
            " ".join(view.forms[at : at + length])
            for view in self.views
            for length in (2, 3)
            for at in range(len(view.forms) - length + 1)
        }
        return frozenset(names | phrases)

    @cached_property
    def _asks_document(self) -> bool:
        return any(map(asks_document, self.frames))

    @property
    def _asked(self) -> frozenset[str]:
        """The vocabulary, where a trigger asks for it: it takes long to gather."""
        return self.vocabulary if self._asks_document else frozenset()

    def reading(self, frames: Sequence[Frame]) -> Matcher:
        """The same with other frames that have the same anchors."""
        other = copy(self)
        other.frames = tuple(frames)
        other._asks_document = any(map(asks_document, other.frames))
        return other

    def find(self) -> tuple[Mention, ...]:
        """All the mentions, in the order of the text, those that no rule dates with the time that is likeliest theirs."""
        found = [mention for view in self.views for mention in self.find_in(view)]
        found.sort(key=lambda mention: (mention.begin, mention.end, mention.frame))
        return tuple(date_likely(found, self.views, self.frames, self._asked, self.dated))

    def find_in(self, view: SentenceView) -> Iterator[Mention]:
        """The mentions in one sentence, as they are found."""
        for frame in self.frames:
            taken: set[int] = set()
            for firing in find_firings(view, frame, self._asked):
                told = firing.anchor in taken or self._is_told(view, firing, taken)
                mentions = [] if told else self.read(view, firing)
                if mentions:
                    taken.add(firing.anchor)
                    yield from mentions

    def _is_told(self, view: SentenceView, firing: Firing, taken: set[int]) -> bool:
        """Whether the verb of an adverb has told the event already."""
        above = (word.id for word in view.ancestors(firing.anchor))
        return firing.trigger.adverbial and not taken.isdisjoint([view.verb_before(firing.anchor), *above])

    def _lookup(self, key: str) -> Actor | None:
        entry = self.gazetteer.entries.get(key)
        return entry.actor if entry else None

    def read(self, view: SentenceView, firing: Firing) -> list[Mention]:
        """The mentions that a firing trigger makes: none if it wants what is not there, several if it distributes."""
        parts = list(self._parties(view, firing))
        repetitions = find_repetitions(view, firing, parts[0][0]) if parts else []
        repetitions = repetitions or (find_elsewhere(view, firing, parts[0][0]) if len(parts) == 1 else [])
        if repetitions:
            return list(self._repeat(view, firing, parts, repetitions))
        mentions = [self._mention(view, firing, part, parties) for part, parties in parts]
        if len(mentions) != 1:
            return mentions
        if not mentions[0].values.fillers and self._is_of_parties_before(view, firing):
            return []
        placed = firing.frame.place
        further = find_further_rounds(view, firing.anchor, mentions[0], self.dated, placed=placed)
        if firing.frame.status or not further:
            return list(find_repeats(view, firing.anchor, mentions[0], self.dated))
        rounds = [round for _, round in further]
        begin = further[0][0]
        return (
            rounds
            if opens_first_round(view, begin)
            else [self._mention(view, firing, *parts[0], begin), *rounds]
        )

    def _is_of_parties_before(self, view: SentenceView, firing: Firing) -> bool:
        """Whether another trigger says that a word without parties is one more event of those before ("the *next* meeting")."""
        others = find_firings(view, firing.frame, self._asked)
        heirs = (other.trigger for other in others if other.anchor == firing.anchor)
        return not firing.trigger.inherits and any(trigger.inherits for trigger in heirs)

    def _repeat(
        self,
        view: SentenceView,
        firing: Firing,
        parts: list[tuple[list[Argument], Parties]],
        repetitions: list[Repetition],
    ) -> Iterator[Mention]:
        """The mentions of a trigger, and those of further events for which its word is not said again."""
        end = repetitions[0].begin
        for part, parties in parts:
            yield self._mention(view, firing, part, parties, end)
        for repetition in repetitions:
            found = self._fill(view, firing, repetition.arguments)
            if found and next(lacking(firing, repetition.arguments), None) is None:
                mention = self._mention(view, firing, repetition.arguments, found, end)
                yield redate(view, mention, repetition, self.dated)

    def has_parties(self, view: SentenceView, firing: Firing) -> bool:
        """Whether :meth:`read` makes a mention of a firing trigger."""
        return any(True for _ in self._parties(view, firing))

    def arguments(self, view: SentenceView, firing: Firing) -> list[Argument]:
        """Who takes part in what a firing trigger tells of: who stands in its rules, and whom the text around it means."""
        found = [
            name_leader(argument, firing.frame.roles[argument.role], self.leaders)
            for argument in carry_over(view, firing, find_arguments(view, firing))
        ]
        found = name_their_leaders(view, firing.anchor, found, firing.frame.roles)
        found = add_nearby(view, firing, found)
        return found if self._is_complete(view, firing, found) else add_likely(view, firing, found)

    def _is_complete(self, view: SentenceView, firing: Firing, arguments: list[Argument]) -> bool:
        """Whether nobody lacks whom a trigger asks for."""
        return (
            next(lacking(firing, arguments), None) is None and self._fill(view, firing, arguments) is not None
        )

    def _parties(self, view: SentenceView, firing: Firing) -> Iterator[tuple[list[Argument], Parties]]:
        """For each event that a firing trigger tells of, its arguments and what they make of its roles."""
        arguments = self.arguments(view, firing)
        if next(lacking(firing, arguments), None) is not None or is_of_others(view, firing, arguments):
            return
        if are_one_side(view, arguments):
            return
        several = (
            distributes(view, firing)
            or repeats_preposition(view, firing, arguments)
            or are_colleagues(firing, arguments)
        )
        for part in distribute(view, firing, arguments) if several else [arguments]:
            parties = self._fill(view, firing, part)
            if is_of_no_leader(view, firing, part):
                continue
            # "met the king, *and the foreign minister*": of several meetings each must be one of leaders
            if parties and next(lacking(firing, part), None) is None:
                yield part, parties

    def _fill(self, view: SentenceView, firing: Firing, arguments: list[Argument]) -> Parties | None:
        """The parties of an event, each with its evidence; None if they are fewer than its trigger asks."""
        fillers, proofs = fill_roles(arguments, dict(firing.frame.roles), self._lookup)
        unnamed, unnamed_proofs = self._phrases(view, firing, fillers)
        if _is_against_oneself((*fillers, *unnamed)):
            # "the *putschists* … sanctions on *them*": the text does not name whom
            unnamed, unnamed_proofs = (), ()
        fillers = (*fillers, *unnamed)
        needs = firing.trigger.needs
        few = len({filler.actor for filler in fillers}) < (firing.trigger.minimum or 0)
        few = few or bool(needs) and all(filler.role not in needs for filler in fillers)
        return None if few or _is_against_oneself(fillers) else (fillers, (*proofs, *unnamed_proofs))

    def _mention(
        self, view: SentenceView, firing: Firing, arguments: list[Argument], parties: Parties, end: int = 0
    ) -> Mention:
        """The mention with its values, each with its evidence, read up to the word before ``end``, if given."""
        frame, trigger, anchor = firing.frame, firing.trigger, firing.anchor
        document = self.parsed.document
        fillers, proofs = parties
        span = find_span(view, firing).until(end)
        said_by = firing.governor if frame.status and firing.governor else anchor
        status = read_status(view, said_by, span.verb, uttered=frame.status is not None)
        acting = any(argument.rule.startswith("path:verb/") for argument in arguments)
        time = find_time(view, span, status, frame, self.dated, acting=acting)
        status = date_status(status, time, frame, document.published)
        if time is None:
            status = deictic_status(view, span, status, frame, document)
        if frame.status and time is None:
            time = find_speech_time(self.views[view.sentence.index + 1 :], fillers, frame, self.dated)
            time = time or find_earlier_speech_time(view, fillers, frame, self.dated)
        time = reckon_first_day(view, span, status, time, self.dated)
        time = time or find_story_time(view, span, status, fillers, frame, self.dated)
        place, place_proofs = find_place(view, span, frame, arguments)
        implied = [] if fillers or trigger.anaphoric or (time and place) else self._implied(view, firing)
        fillers = (*fillers, *(filler for filler, _ in implied))
        duration = find_duration(view, span, self.text) if frame.duration else None
        condition = self._condition(view) if frame.condition else None
        speaker = self._speaker(view, anchor)
        values = EventValues(
            event_class=frame.event_class,
            status=status.status,
            fillers=fillers,
            start_date=time.start_date if time else None,
            end_date=time.end_date if time else None,
            start_time=time.start_time if time else None,
            end_time=time.end_time if time else None,
            duration_minutes=duration.minutes if duration else None,
            place=place,
            condition=self.text[condition[0] : condition[1]] if condition else None,
            attributed_to=speaker.actors[0] if speaker else None,
        )
        word = view.word(anchor)
        evidence = [
            Evidence("trigger", word.begin, word.end, f"{frame.file}/{trigger.id}"),
            *proofs,
            *(proof for _, proof in implied),
            *place_proofs,
            *prove(view, status, time, duration, condition, speaker),
        ]
        begin, end = self._quote(view, span, arguments)
        definite = trigger.anaphoric or is_definite_noun(view, anchor)
        cues = read_cues(view, firing, status, span, arguments, self._is_headline(view))
        cues |= {"implied"} if implied else set()
        return Mention(
            begin, end, view.sentence.index, frame.file, trigger.id, values,
            tuple(dict.fromkeys(evidence)), definite, cues,
        )  # fmt: skip

    def _is_headline(self, view: SentenceView) -> bool:
        """Whether a sentence is (in) a headline of the article."""
        return any(
            block.kind == "headline" and block.begin <= view.sentence.begin < block.end
            for block in self.parsed.document.blocks
        )

    # -- the stretches ----------------------------------------------------------------------------------------------

    def _condition(self, view: SentenceView) -> tuple[int, int] | None:
        """The clause that the event depends on, from its conjunction to the next mark or comma."""
        for id in range(1, len(view.words) + 1):
            for words in view.lexicon.condition:
                if view.forms[id - 1 : id - 1 + len(words)] == words:
                    end = id
                    while (
                        end < len(view.words)
                        and view.forms[end] not in view.lexicon.marks | view.lexicon.commas
                    ):
                        end += 1
                    return view.word(id).begin, view.word(end).end
        return None

    def _speaker(self, view: SentenceView, anchor: int) -> EntityMention | None:
        """Who said so: the subject of the nearest verb of saying above.

        "(He) warned that …, *and held a call* with …": what is coordinated with the verb of saying was not said by it.
        """
        below = view.word(anchor)
        for above in view.ancestors(anchor):
            if below.deprel == "conj" and view.is_verb(below.id):
                return None
            below = above
            if view.is_verb(above.id) and view.is_one_of(above.id, view.lexicon.reporting):
                found = [entity for entity in subjects(view, above.id) if len(entity.actors) == 1]
                return found[0] if found else None
        return None

    def _quote(self, view: SentenceView, span: EventSpan, arguments: list[Argument]) -> tuple[int, int]:
        """The trigger with its nearest words: from the first argument or the verb to the last argument."""
        ids = [span.anchor]
        if span.verb and abs(span.verb - span.anchor) < 12:
            ids.append(span.verb)
        for argument in arguments:
            ids.extend((argument.entity.first, argument.entity.last))
        begin, end = view.word(min(ids)).begin, view.word(max(ids)).end
        if end - begin > _QUOTE_LIMIT:
            begin, end = (
                view.word(span.anchor).begin,
                view.word(min(span.phrase_end, len(view.words)) - 1).end,
            )
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
            rules = [
                rule
                for rule in firing.frame.arguments
                if rule.role == role and rule.of == "anchor" and not rule.close
                if not rule.triggers or firing.trigger.id in rule.triggers
            ]
            wanted = frozenset().union(*(rule.prepositions for rule in rules)) if rules else frozenset()
            called = [rule for rule in firing.frame.arguments if rule.role == role and rule.of == "left"]
            for rule in called if policy.phrases else ():
                if rule.triggers and firing.trigger.id not in rule.triggers:
                    continue
                for actor, begin, end in find_phrases(view, firing, rule):
                    return (Filler(role, actor),), (Evidence(role, begin, end, rule.name, actor),)
            before = firing.anchor - 2  # "imposed *on it* sanctions"
            owned = before > 0 and view.word(before + 1).upos == "PRON"
            after = range(firing.anchor + 1, view.phrase_end(firing.anchor) - 1)
            for id in [*([before] if owned else []), *after]:
                if view.forms[id - 1] not in wanted or view.entity_at(id) is not None:
                    continue
                if view.word(id + 1).upos == "PRON":
                    if view.forms[id] in view.lexicon.people:
                        break  # "on *them*" is said of people, never of one state
                    return self._by_pronoun(view, firing, role, id + 1)
                owner = id + 2
                if (
                    view.word(min(owner, len(view.words))).upos == "PRON"
                    and view.word(id + 1).token == view.word(owner).token
                ):
                    meant = self._by_pronoun(view, firing, role, owner)  # "on *its* economy": on the state
                    if meant[0]:
                        return meant
                if view.forms[id] in view.lexicon.demonstratives and view.is_one_of(
                    id + 2, view.lexicon.countries
                ):
                    known = {filler.actor for filler in fillers}
                    return self._this_country(view, role, id + 1, known)
                found = phrase_actor(view, id + 1, view.phrase_end(firing.anchor))
                if found:
                    actor, begin, end = found
                    return (Filler(role, actor),), (Evidence(role, begin, end, "path:anchor/phrase", actor),)
            for rule in firing.frame.arguments:
                fits = rule.role == role and (not rule.triggers or firing.trigger.id in rule.triggers)
                for actor, begin, end in find_phrases(view, firing, rule) if fits else ():
                    return (Filler(role, actor),), (Evidence(role, begin, end, rule.name, actor),)
            # "threatened harsher sanctions *if Havana* does not stop the arrests": who is to do or not to do something
            for entity in find_conditional(view):
                if entity.actors[0] not in {filler.actor for filler in fillers}:
                    proof = Evidence(role, entity.begin, entity.end, "condition", entity.actors[0])
                    return (Filler(role, entity.actors[0]),), (proof,)
        return (), ()

    def _implied(self, view: SentenceView, firing: Firing) -> list[tuple[Filler, Evidence]]:
        """The body that an event without a party is likely to be one of: the nearest that its sentence names ("the Council's
        decisions at the *Kuwait summit*")."""
        begin = view.word(firing.anchor).begin
        for role, policy in firing.frame.roles.items():
            named = [entity for entity in view.entities if entity.how != "demonym" and policy.implied]
            for entity in sorted(named, key=lambda entity: abs(entity.begin - begin)):
                for actor in (*entity.actors, *entity.bodies):
                    entry = self.gazetteer.entries.get(actor.key)
                    if entry and policy.implied in entry.tags:
                        proof = Evidence(role, entity.begin, entity.end, "implied", actor)
                        return [(Filler(role, actor), proof)]
        return []

    def _by_pronoun(
        self, view: SentenceView, firing: Firing, role: str, id: int
    ) -> tuple[tuple[Filler, ...], tuple[Evidence, ...]]:
        """What a pronoun means: for a dual the last two states named, otherwise the last state before the trigger."""
        word = view.word(id)
        number = 2 if "Number=Dual" in word.feats else 1
        bodies = self._bodies_before(view, word.begin, number)
        chosen = bodies[:number]
        fillers = tuple(Filler(role, entity.actors[0]) for entity in reversed(chosen))
        evidence = tuple(Evidence(role, word.begin, word.end, "pronoun", filler.actor) for filler in fillers)
        return fillers, evidence

    def _this_country(
        self, view: SentenceView, role: str, id: int, known: set[Actor]
    ) -> tuple[tuple[Filler, ...], tuple[Evidence, ...]]:
        """The last state named that has no other part in the event ("the Union threatened sanctions on *this country*")."""
        word = view.word(id)
        for entity in self._bodies_before(view, word.begin):
            if entity.kind == "Country" and entity.actors[0] not in known:
                proof = Evidence(role, word.begin, word.end, "pronoun", entity.actors[0])
                return (Filler(role, entity.actors[0]),), (proof,)
        return (), ()

    def _bodies_before(
        self, view: SentenceView, position: int, number: int | None = None
    ) -> list[EntityMention]:
        """The last states and organizations named before a position, the nearest first; where something is, only if there
        are no others ("called on Turkey to end its operation *in Syria*, … on its economy")."""
        named = [
            (other, entity)
            for other in reversed(self.views[: view.sentence.index + 1])
            for entity in reversed(other.entities)
            if entity.begin < position
            and entity.kind in ("Country", "Organization")
            and entity.how != "demonym"
        ]
        bodies: list[EntityMention] = []
        located = [entity for other, entity in named if other.preposition_of(entity) in view.lexicon.local]
        acting = [entity for _, entity in named if entity not in located]
        near = [entity for entity in acting if entity.sentence == view.sentence.index]
        for entity in [*near, *(entity for _, entity in named)]:
            if all(entity.actors != seen.actors for seen in bodies):
                bodies.append(entity)
        return bodies[:number]


def _is_against_oneself(fillers: tuple[Filler, ...]) -> bool:
    """Whether somebody is on both sides ("Putin warned that sanctions on Moscow would be a mistake" threatens nobody)."""
    roles: dict[Actor, set[str]] = {}
    for filler in fillers:
        roles.setdefault(filler.actor, set()).add(filler.role)
    return any(len(names) > 1 for names in roles.values())


def find_mentions(
    parsed: ParsedDocument, frames: Sequence[Frame], gazetteer: Gazetteer
) -> tuple[Mention, ...]:
    """The places where frames find an event in a document, in the order of the text."""
    return Matcher(parsed, frames, gazetteer).find()
