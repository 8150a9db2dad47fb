"""Settles, for a whole document, who is meant by each reference.

Names are linked to the gazetteer or become actors of their own; titles without names are resolved to whoever the text
introduced with that office, or to its only holder at the time; counterparts, groups and pronouns to those named
before. What context cannot settle is left open, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from diplograph.arabic import fold
from diplograph.linking.address import heads_no_state, is_prince, title_words
from diplograph.linking.entities import EntityMention, fill_mention, is_first_name
from diplograph.linking.gazetteer import Entry, Gazetteer, Sense, Titles, actor_key
from diplograph.linking.groups import find_acting, find_both, find_members
from diplograph.linking.memory import KnownPerson, Memory
from diplograph.linking.offices import find_owner, has_other_office, has_other_title, is_followed_by_office
from diplograph.linking.overview import body_key, find_next_person, overlook
from diplograph.linking.positions import choose_rank, find_named_holder, find_seat, write_office
from diplograph.linking.spelling import find_holder, find_similar
from diplograph.linking.styles import find_by_first_name, find_honored, find_ruler
from diplograph.linking.titles import Reference
from diplograph.linking.tokens import Token, load_clitics, read_tokens
from diplograph.model import Actor, ParsedDocument, Sentence


class Resolver:
    """Resolves the references of one document, sentence by sentence."""

    def __init__(self, parsed: ParsedDocument, gazetteer: Gazetteer, titles: Titles) -> None:
        self.parsed = parsed
        self.text = parsed.document.text
        self.gazetteer = gazetteer
        self.titles = titles
        self.memory = Memory()
        self.tokens = [read_tokens(sentence, self.text) for sentence in parsed.sentences]
        self.overview = overlook(self.tokens, parsed.document.published, gazetteer, titles)

    # -- resolution ----------------------------------------------------------------------------------------------

    def resolve(self) -> tuple[tuple[EntityMention, ...], ...]:
        """The entity mentions of each sentence."""
        found = []
        for sentence, tokens, references in zip(
            self.parsed.sentences, self.tokens, self.overview.references, strict=True
        ):
            mentions: list[EntityMention] = []
            for reference in references:
                self.memory.clock += 1
                mention = self._mention(sentence, tokens, reference, mentions)
                if mention and mentions and is_first_name(mentions[-1], mention):
                    mentions[-1] = replace(mentions[-1], last=mention.last, end=mention.end)
                elif mention:
                    self._note_pair(mention, mentions)
                    self._note_bystander(mention, sentence)
                    mentions.append(mention)
            found.append(tuple(mentions))
        return tuple(found)

    def _note_bystander(self, mention: EntityMention, sentence: Sentence) -> None:
        """Forgets for the moment who only looked on ("*in the presence of* the envoy"): no group means him."""
        if mention.kind != "Person" or not mention.actors or mention.first < 2:
            return
        if fold(sentence.word(mention.first - 1).form) in self.titles.phrases("between.bystanding"):
            self.memory.set_back(mention.actors[0])

    def _note_organizations(self, person: EntityMention | None) -> None:
        """Remembers for whom somebody speaks: after "*the alliance's* secretary general" "the alliance" is his."""
        bodies = person.bodies if person else ()
        self.memory.organizations.extend(body for body in bodies if body.kind == "Organization")

    def _note_pair(self, mention: EntityMention, before: list[EntityMention]) -> None:
        """Remembers two states named side by side: they are "the two powers" of the rest of the sentence."""
        last = before[-1] if before else None
        if last is None or mention.first - last.last > 2 or not mention.kind == last.kind == "Country":
            return
        if mention.actors and last.actors and mention.actors != last.actors:
            self.memory.pair = (mention.sentence, (last.actors[0], mention.actors[0]))

    def _mention(
        self, sentence: Sentence, tokens: Sequence[Token], reference: Reference, before: list[EntityMention]
    ) -> EntityMention | None:
        ids = [id for token in tokens[reference.first : reference.last + 1] for id in token.words]
        ids = [id for id in ids if sentence.word(id).end > reference.begin]
        head = next((id for id in ids if sentence.word(id).head not in ids), ids[0])
        end = max(tokens[reference.last].end, reference.name_end)
        end = sentence.word(ids[-1]).end if reference.last != reference.first or reference.name_end else end
        base = EntityMention(
            sentence.index, ids[0], ids[-1], head, reference.begin, end, "Person", "name",
            preposition=reference.preposition, rank=reference.rank, name=reference.name,
        )  # fmt: skip
        match reference.kind:
            case "person":
                titled = self._person(base, reference, before)
                self._note_organizations(titled)
                return titled
            case "counterpart":
                return self._counterpart(base, reference, before)
            case "group":
                return self._group(base, reference, before)
            case "organ":
                return self._body(base, reference.bodies, "organ")
            case "demonym" | "name":
                return self._named_body(base, reference.senses)
            case "organization":
                return self._organization(base, reference)
            case "own-country":
                return self._own_country(base, before)
            case "honored":
                person = find_honored(self.memory, self.titles, base.name)
                return self._as_known(base, person, "anaphor") if person else None
            case _:
                return self._anaphor(base)

    def _person(
        self, base: EntityMention, reference: Reference, before: list[EntityMention]
    ) -> EntityMention | None:
        bodies = self._choose_bodies(reference.bodies)
        if reference.name_end:
            bodies = bodies or find_owner(base, before, self.parsed.sentences[base.sentence], self.titles)
            actor, entry = self._who(reference, bodies)
            if actor is None:
                return None
            given = "honorific" if is_prince(self.text, self.titles, reference, entry) else reference.rank
            if given == "counterpart":
                # "his counterparts the Kazakh K. T. *and the Uzbek S. M.*": of the rank of the one before
                nearest = max(before, key=lambda mention: mention.begin, default=None)
                given = self._rank_of(entry) or (nearest.rank if nearest else "")
            rank = given if given not in ("", "honorific") else self._rank_of(entry)
            known_rank = self.memory.rank_of(actor)
            if given in ("", "honorific") and known_rank not in self.titles.leaders:
                rank = self._rank_said(base, reference, before, actor, rank)
            if rank in self.titles.leaders and (
                not self._rules(bodies) or heads_no_state(self.text, self.titles, reference, entry, bodies)
            ):
                rank = "official"
            if rank in ("", "official") and known_rank in self.titles.leaders and not reference.former:
                rank = known_rank  # "Prime Minister Sheikh Jaber … *Sheikh* Jaber"
            rank = rank or known_rank or given
            body_keys = tuple(actor.represents) or tuple(body.key for body in bodies)
            titles = title_words(self.text, self.titles, reference)
            self.memory.remember(actor, rank, body_keys, reference.name, titles, former=reference.former)
            how = "name"
            leader = self._leads(actor, rank) and not reference.former
            kept = self._body_actors(body_keys) or bodies
            return fill_mention(base, "Person", how, (actor,), rank=rank, leader=leader, bodies=kept)
        if not bodies and reference.rank:
            known = self.memory.last_titled(reference.title, reference.rank) or find_ruler(
                self.memory, self.titles, reference.title, reference.rank
            )
            seat = self._choose_bodies(
                find_seat(self.gazetteer, self.titles, self.text[base.begin : base.end])
            )
            others = any(reference.title in person.titles for person in self.memory.people)
            if known is None and seat and not others:
                return self._holder(base, reference.rank, seat, reference.former, reference.title)
            if known is None or not self._is_definite(base) or self._is_new(base):
                return None
            return self._as_known(base, known, "title")
        return self._holder(base, reference.rank, bodies, reference.former, reference.title)

    def _rank_said(
        self,
        base: EntityMention,
        reference: Reference,
        before: list[EntityMention],
        actor: Actor,
        rank: str,
    ) -> str:
        """The rank of a person without a title of his own: no leader's where the text gives him another office."""
        references = self.overview.references[base.sentence]
        if rank in self.titles.leaders and (
            has_other_office(base, before, self.parsed.sentences[base.sentence], self.titles)
            or has_other_title(base, before, actor.represents)
            or is_followed_by_office(reference, references, self.tokens[base.sentence], self.titles)
        ):
            self.memory.otherwise.add(actor.key)
        said = self.memory.rank_of(actor)
        if said not in ("", "official", "honorific"):
            return said  # "the *foreign minister* J. K. … K.", who was president later
        return "official" if actor.key in self.memory.otherwise else rank

    def _rules(self, bodies: tuple[Actor, ...]) -> bool:
        """Whether the president of these bodies can be a head of state or of a bloc, not that of a bank or a movement."""
        entries = [entry for body in bodies[:1] if (entry := self.gazetteer.entries.get(body.key))]
        return all(entry.kind != "Organization" or entry.tags for entry in entries)

    def _is_definite(self, base: EntityMention) -> bool:
        """Whether a title has the article: without it, it is that of the noun that follows ("*head of* the assembly")."""
        article = load_clitics().article
        words = fold(self.text[base.begin - len(base.preposition) : base.end]).split()
        return any(word.startswith((article, article[1:] * 2)) for word in words)

    def _is_new(self, base: EntityMention) -> bool:
        """Whether a title is said to be somebody else's from now on ("the *new* prime minister")."""
        words = self.parsed.sentences[base.sentence].words[base.last : base.last + 1]
        return any(fold(self.text[w.begin : w.end]) in self.titles.phrases("between.new") for w in words)

    def _who(self, reference: Reference, bodies: tuple[Actor, ...]) -> tuple[Actor | None, Entry | None]:
        """The person that a name means: one introduced before, one in the gazetteer, or a new one."""
        introduced = self.memory.introduced(reference.name) or find_by_first_name(
            self.memory, self.titles, reference.title, reference.name
        )
        entries = [sense.entry for sense in reference.senses]
        if introduced and (len(entries) != 1 or introduced is entries[0].actor):
            return introduced, self.gazetteer.entries.get(introduced.key)
        keys = {body.key for body in bodies}
        if len(entries) > 1 and keys:
            entries = [entry for entry in entries if entry.country in keys] or entries
        if len(entries) > 1 and reference.rank:
            in_office = [entry for entry in entries if self._holds(entry, reference.rank)]
            entries = (
                in_office
                or [entry for entry in entries if any(o.rank == reference.rank for o in entry.offices)]
                or entries
            )
        if len(entries) > 1:
            entries = [
                entry for entry in entries if any(self._covers(office) for office in entry.offices)
            ] or entries
        if len(entries) == 1:
            return entries[0].actor, entries[0]
        if entries:
            return None, None
        ahead = self.overview.full_names.get(reference.name, frozenset())
        similar = self.gazetteer.entries.get(next(iter(ahead))) if len(ahead) == 1 else None
        similar = similar or find_similar(reference.name, keys, self.gazetteer)
        if not similar and not reference.former:
            period = self.overview.earliest, self.overview.latest
            similar = find_holder(reference.name, reference.rank, keys, self.gazetteer, period)
        if similar:
            return similar.actor, similar
        name = self.text[reference.name_begin : reference.name_end]
        represented = tuple(body.key for body in bodies)
        return Actor(actor_key("", "", name), "Person", " ".join(name.split()), None, None, represented), None

    def _covers(self, office: object) -> bool:
        return office.covers(self.overview.earliest, self.overview.latest)  # type: ignore[attr-defined,no-any-return]

    def _holds(self, entry: Entry, rank: str) -> bool:
        return any(office.rank == rank and self._covers(office) for office in entry.offices)

    def _rank_of(self, entry: Entry | None) -> str:
        """The rank of a person named without a title: the office held at the time, a leader's first."""
        if entry is None:
            return ""
        held = [office for office in entry.offices if self._covers(office)]
        held.sort(key=lambda office: not office.leader)
        return held[0].rank if held else ""

    def _leads(self, actor: Actor, rank: str) -> bool:
        """Whether somebody of a rank heads a state or government; an heir may do so beside ("the crown prince", who on the
        day of writing is prime minister)."""
        entry = self.gazetteer.entries.get(actor.key) if rank in self.titles.phrases("heirs.ranks") else None
        dated = self.overview.earliest == self.overview.latest
        beside = entry is not None and dated and self._rank_of(entry) in self.titles.leaders
        return rank in self.titles.leaders or beside

    def _as_known(self, base: EntityMention, person: KnownPerson, how: str) -> EntityMention:
        person.seen = self.memory.clock
        leader = self._leads(person.actor, person.rank)
        bodies = self._body_actors(person.bodies)
        return fill_mention(
            base, "Person", how, (person.actor,), rank=person.rank, leader=leader, bodies=bodies
        )

    def _holder(
        self,
        base: EntityMention,
        rank: str,
        bodies: tuple[Actor, ...],
        former: bool,
        title: str = "",
        other: Actor | None = None,
    ) -> EntityMention | None:
        """Who a title with a body but without a name means."""
        rank = choose_rank(rank, title, bodies, other, self.titles)
        leader = rank in self.titles.leaders and not former
        if not bodies:
            return None
        keys = {body.key for body in bodies}
        if rank == "official" and title:
            for person in reversed(self.memory.people):
                if title in person.titles and keys & set(person.bodies):
                    return self._as_known(base, person, "title")
        if not former and rank not in ("", "official"):
            for person in reversed(self.memory.people):
                if person.rank == rank and keys & set(person.bodies) and not person.former:
                    return self._as_known(base, person, "title")
            holders = [
                h
                for key in keys
                for h in self.gazetteer.holders(key, rank, self.overview.earliest, self.overview.latest)
            ]
            actor = holders[0].actor if len({entry.actor for entry in holders}) == 1 else None
            named = None if actor else find_named_holder(self.overview.titled, rank, keys, holders)
            actor = self._who(named, bodies)[0] if named else actor
            if actor:
                self.memory.remember(actor, rank, tuple(body.key for body in bodies), "")
                return fill_mention(
                    base, "Person", "title", (actor,), rank=rank, leader=leader, bodies=bodies
                )
            if leader and other:
                # "his two guests the Egyptian *and the Greek*", who is no president but the prime minister just named
                for person in reversed(self.memory.people):
                    if person.rank in self.titles.leaders and keys & set(person.bodies) and not person.former:
                        return self._as_known(base, person, "title")
        return fill_mention(
            base,
            "Person",
            "role",
            (self._by_role(base, rank, title, bodies),),
            rank=rank,
            leader=leader,
            bodies=bodies,
        )

    def _by_role(self, base: EntityMention, rank: str, title: str, bodies: tuple[Actor, ...]) -> Actor:
        """An actor known only by role, in this document ("the British high commissioner in Islamabad")."""
        phrase = write_office(
            " ".join(self.text[base.begin : base.end].split()),
            rank,
            title,
            bodies,
            self.gazetteer,
            self.titles,
        )
        key = f"{actor_key('', '', phrase)}-{self.parsed.document.id}"
        return Actor(key, "Person", phrase, represents=tuple(body.key for body in bodies))

    def _counterpart(
        self, base: EntityMention, reference: Reference, before: list[EntityMention]
    ) -> EntityMention | None:
        """The counterpart of the nearest person before: same rank, another body."""
        persons = [
            mention for mention in before if mention.kind == "Person" and mention.rank not in ("", "official")
        ]
        rank = persons[-1].rank if persons else next((p.rank for p in self.memory.people[::-1] if p.rank), "")
        anyone = [mention for mention in before if mention.kind == "Person" and mention.actors]
        named = find_next_person(self.overview.references[base.sentence], base.begin)
        if named and not rank and not anyone:
            entry = named.senses[0].entry if len(named.senses) == 1 else None
            rank = named.rank if named.rank not in ("", "honorific") else self._rank_of(entry)
        nearest = (persons or anyone)[-1:]
        other = nearest[0].actors[0] if nearest and nearest[0].actors else self.memory.last_ranked()
        bodies = self._choose_bodies(reference.bodies)
        if reference.name_end:
            actor, entry = self._who(reference, bodies)
            if actor is None:
                return None
            rank = self._rank_of(entry) or rank
            body_keys = tuple(actor.represents) or tuple(body.key for body in bodies)
            self.memory.remember(actor, rank, body_keys, reference.name)
            kept = self._body_actors(body_keys) or bodies
            leader = rank in self.titles.leaders
            found = fill_mention(
                base, "Person", "counterpart", (actor,), rank=rank, leader=leader, bodies=kept
            )
            return replace(found, counterpart_of=other)
        if not bodies:
            # "with each of *his two guests*", "with *his guest*"
            return self._group(base, replace(reference, rank="leader"), before)
        holder = self._holder(base, rank, bodies, former=False, other=other)
        return replace(holder, counterpart_of=other) if holder else None

    def _group(
        self, base: EntityMention, reference: Reference, before: list[EntityMention]
    ) -> EntityMention | None:
        """The last so many persons (of a rank) or parties that the text named."""
        words = self.parsed.sentences[base.sentence].words
        acting = find_acting(base, before, words, self.titles.phrases("between.pairing"))
        members = find_members(base, reference, acting, self.memory, self.titles, self._body_actors)
        if reference.number == 1:
            other = next((known for known in self.memory.people if known.actor in members), None)
            return self._as_known(base, other, "anaphor") if acting and other else None
        if len(members) < reference.number:
            phrase = self.text[base.begin : base.end]
            states = find_both(base, phrase, reference, self.memory, self.titles, self._body_actors)
            leading = reference.rank == "leader"
            return fill_mention(base, "Group", "group", tuple(states), leader=leading) if states else None
        ranks = {person.actor.key: person.rank for person in self.memory.people}
        leader = all(self._leads(member, ranks.get(member.key, "")) for member in members)
        return fill_mention(base, "Group", "group", tuple(reversed(members)), leader=leader)

    def _choose_bodies(self, entries: Sequence[Entry]) -> tuple[Actor, ...]:
        """The states or organizations that entries stand for; of namesakes the one that the text names elsewhere."""
        actors = list(dict.fromkeys(actor for entry in entries if (actor := self._body_actor(entry))))
        return tuple(actors)

    def _body_actor(self, entry: Entry) -> Actor | None:
        if entry.kind in ("Country", "Organization"):
            return entry.actor
        body = self.gazetteer.entries.get(entry.country or "")
        return body.actor if body else None

    def _body_actors(self, keys: Iterable[str]) -> tuple[Actor, ...]:
        entries = [entry for key in keys if (entry := self.gazetteer.entries.get(key))]
        return tuple(actor for entry in entries if (actor := entry.actor))

    def _body(self, base: EntityMention, entries: Sequence[Entry], how: str) -> EntityMention | None:
        actors = self._choose_bodies(entries if self._is_dual(base) else self._settle(entries))
        if len(actors) == 2 and self._is_dual(base):
            return fill_mention(
                base, "Group", "group", actors, rank=base.rank
            )  # "officers of *the two Koreas*"
        actors = actors[:1]
        if not actors:
            return None
        persons = tuple(entry.actor for entry in entries if entry.kind == "Person" and entry.actor)
        for actor in actors:
            self.memory.bodies.append((self.memory.clock, actor))
        if actors[0].kind == "Organization":
            self.memory.organizations.append(actors[0])
        leader = base.rank == "leaders"
        tags = frozenset().union(*(entry.tags for entry in entries if entry.actor in actors))
        named = (*actors, *persons[:1])
        return fill_mention(
            base, actors[0].kind, how, named, rank=base.rank, leader=leader, bodies=actors, tags=tags
        )

    def _is_dual(self, base: EntityMention) -> bool:
        """Whether a name is in the dual: that of two states that share it ("*the two Koreas*")."""
        last = fold(self.text[base.begin : base.end]).split()[-1:]
        return any(word.endswith(ending) for word in last for ending in self.titles.phrases("marks.dual"))

    def _settle(self, entries: Sequence[Entry]) -> list[Entry]:
        """Of entries for different bodies, those of a body the text names elsewhere; of one body, all."""
        keys = {body_key(entry) for entry in entries}
        if len(keys) <= 1:
            return list(entries)
        return [entry for entry in entries if body_key(entry) in self.overview.known_bodies]

    def _named_body(self, base: EntityMention, senses: Sequence[Sense]) -> EntityMention | None:
        """A state, organization or place by its name, a metonym or a demonym."""
        named = [sense.entry for sense in senses]
        kept = named if self._is_dual(base) else self._settle(named)
        cities = [sense.entry for sense in senses if sense.entry.kind in ("City", "Building", "Site")]
        places = [
            entry.place
            for entry in (kept if len(cities) != 1 else cities)
            if entry.place and entry.kind != "Country"
        ]
        countries = [entry.place for entry in kept if entry.place and entry.kind == "Country"]
        how = next((sense.how for sense in senses if sense.entry in kept and sense.entry.actor), "name")
        acting = [
            sense.entry
            for sense in senses
            if sense.entry in kept and sense.entry.kind not in ("City", "Site")
        ]
        actors = self._choose_bodies(acting)
        place = next(iter(places or (countries if how != "metonym" else [])), None)
        if not actors and not place:
            return None
        tags = frozenset().union(*(entry.tags for entry in acting)) if acting else frozenset()
        for actor in actors[:1]:
            if how != "demonym":
                self.memory.bodies.append((self.memory.clock, actor))
        if actors and actors[0].kind == "Organization" and how != "demonym":
            self.memory.organizations.append(actors[0])
        if len(actors) == 2 and how == "alias" and len({sense.entry.kind for sense in senses}) == 1:
            return fill_mention(base, "Group", "group", actors)  # "the two Koreas"
        kind = actors[0].kind if actors else "Place"
        how = "metonym" if acting and acting[0].kind == "Building" else how
        return fill_mention(base, kind, how, actors[:1], place=place, tags=tags, bodies=actors[:1])

    def _organization(self, base: EntityMention, reference: Reference) -> EntityMention | None:
        """ "The group", "the alliance": the last organization named whose own name begins with that noun; "the bloc": else the
        last that is one."""
        article = load_clitics().article
        known = [(actor, self.gazetteer.entries.get(actor.key)) for actor in self.memory.organizations[::-1]]
        called = [
            (actor, entry)
            for actor, entry in known
            if reference.name in {word.removeprefix(article) for word in fold(actor.label_ar).split()[:1]}
        ]
        if not called and reference.name in self.titles.phrases("anaphors.bloc"):
            called = [(actor, entry) for actor, entry in known if entry and "bloc" in entry.tags]
        for actor, entry in called[:1]:
            tags = entry.tags if entry else frozenset()
            leader = reference.rank == "leaders"
            return fill_mention(
                base, actor.kind, "organ", (actor,), leader=leader, bodies=(actor,), tags=tags
            )
        return None

    def _own_country(self, base: EntityMention, before: list[EntityMention]) -> EntityMention | None:
        """ "His country": that of the nearest person before in the sentence who is no counterpart of another."""
        for mention in before:
            if mention.kind == "Person" and mention.bodies:
                return fill_mention(
                    base, mention.bodies[0].kind, "anaphor", mention.bodies[:1], bodies=mention.bodies[:1]
                )
        return None

    def _anaphor(self, base: EntityMention) -> EntityMention | None:
        """ "The latter": the last person named."""
        if not self.memory.people:
            return None
        return self._as_known(base, self.memory.people[-1], "anaphor")
