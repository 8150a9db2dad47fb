"""Several persons in one phrase: "the two presidents, the Russian and the Syrian", "his French and German counterparts"."""

from __future__ import annotations

from dataclasses import replace

from diplograph.linking.names import NameMatch
from diplograph.linking.titles import Reference, TitleFinder, of_officials
from diplograph.linking.tokens import load_clitics, readings


class PairFinder(TitleFinder):
    """Finds duals, plurals and counterparts in the tokens of one sentence."""

    def _counterpart(self, index: int) -> list[Reference]:
        for reading in readings(self.tokens[index].folded):
            number = self.titles.counterparts.get(reading.form)
            if number:
                base = self._person("counterpart", index, index + 1, "counterpart", reading.preposition)
                base = replace(base, begin=self.tokens[index].begin + reading.stripped, number=number)
                if not base.bodies and not base.name and (named := self._apposed(index, number)):
                    return [
                        replace(named[0], first=index, begin=base.begin, preposition=base.preposition),
                        *(replace(member, preposition=base.preposition) for member in named[1:]),
                    ]
                return self._members(base) if number > 1 else [base]
        return []

    def _apposed(self, index: int, number: int) -> list[Reference]:
        """Who "his guest", "his two counterparts" are, where their own titles or adjectives follow, after a comma or without
        ("his guest *the Iraqi president B. S.*", "his counterparts, *the Russian V. P. and the Syrian B. A.*")."""
        after = index + 1
        if after < len(self.tokens) and self.tokens[after].is_punctuation:
            after += 1
        if after >= len(self.tokens):
            return []
        members = self._group_members(after, "head-of-state") if number > 1 and after > index + 1 else []
        if len(members) > 1 and all(member.name for member in members):
            return members
        titled = self._titled(after)
        return titled if titled and titled[0].bodies and titled[0].begin == self.tokens[after].begin else []

    def _members(self, base: Reference) -> list[Reference]:
        """The counterparts of a dual or plural, one for each demonym ("his French and German counterparts")."""
        if base.name or not base.bodies:
            return [base]
        members = [replace(base, number=1, bodies=base.bodies[:1])]
        index = base.last + 1
        while match := self.match_name(index):
            # "his counterparts *in Jordan and Iraq*": the names of states go on names of states
            kin = (
                match.senses[0].how == "demonym"
                or match.senses[0].entry.kind == base.bodies[0].kind == "Country"
            )
            if match.begin == self.tokens[index].begin or not kin:
                break
            member = self._person("counterpart", index, index, base.rank, "")
            members.append(replace(member, begin=match.begin))
            index = member.last + 1
        return members

    def _group(self, index: int) -> list[Reference]:
        length = self.match_phrase(index, self.titles.groups.__contains__)
        if not length or self.tokens[index].is_indefinite or self._governs_for(index + length):
            return []  # with nunation it is no dual: "as *president*", not "the two presidents of"
        words = self.phrase(index, length)
        rank, number = self.titles.groups[words]
        if words[0] in self.titles.phrases("between.construct") and not self._is_of_bodies(index + length):
            return []
        preposition, stripped = self.preposition(index, words[0])
        begin = self.tokens[index].begin + stripped
        if rank in ("any", "state") and (
            named := self._more_demonyms(index + length, preposition, "state", joined=False)
        ):
            return [replace(named[0], first=index, begin=begin), *named[1:]]
        title = "head-of-state" if rank == "leader" else "foreign-minister" if rank == "minister" else ""
        ranked = self._rank_of_group(index + length, title)
        called = words[0].removeprefix(load_clitics().article)
        members = self._group_members(index + length, ranked, called) if title else []
        members = members or (
            self._office_holders(index + length, title, called) if number == 2 and title else []
        )
        if len(members) >= 2 or self._is_led_by(members):
            first = replace(members[0], first=index, begin=begin, preposition=preposition)
            return [first, *(replace(member, preposition=preposition) for member in members[1:])]
        return [
            Reference(
                "group",
                index,
                index + length - 1,
                rank=rank,
                number=number,
                preposition=preposition,
                begin=begin,
            )
        ]

    def _is_led_by(self, members: list[Reference]) -> bool:
        """Whether a dual names the one after itself, and another phrase joined to that is the other ("*the two presidents
        Omar al-Bashir* and his counterpart …")."""
        after = members[0].last + 1 if len(members) == 1 and members[0].name else len(self.tokens)
        return after < len(self.tokens) and self.tokens[after].conjoined

    def _is_of_bodies(self, index: int) -> bool:
        """Whether what follows a dual that wants a complement can be a state or its government, or names who they are: "the
        two heads *of the chambers*" (and "main", which is spelt alike) are no presidents."""
        if index >= len(self.tokens):
            return False
        offices = self.titles.phrases("between.government") | self.titles.phrases("between.foreign")
        offices |= self.titles.phrases("between.words") | self.titles.phrases("between.members")
        offices |= self.titles.phrases("between.defence") | self.titles.phrases("between.stately")
        named = self.match_name(index) or self.match_phrase(index, self.titles.groups.__contains__)
        return bool(named) or self.tokens[index].folded in offices

    def _governs_for(self, index: int) -> bool:
        """Whether "of the" follows with a preposition ("when he was *president of* the government"): no dual's, which has
        its complement without one."""
        following = self.tokens[index].folded if index < len(self.tokens) else ""
        return following.startswith(load_clitics().article[1:] * 2)

    def _group_members(self, index: int, rank: str, title: str = "") -> list[Reference]:
        """The persons that a dual names after itself: "the presidents, the Russian V. P. and the American J. B."."""
        members: list[Reference] = []
        if index + 1 < len(self.tokens) and self.tokens[index].is_punctuation:
            index += 1  # "the two presidents: *the Russian* V. P. …"
        while index < len(self.tokens) and len(members) < 5:
            if not members and self.tokens[index].upos == "NOUN" and not self.match_name(index):
                index += 1  # "the two prime *ministers*"
                continue
            if members and self.tokens[index].is_punctuation:
                index += 1
            match = self.match_name(index)
            if not match or (match.senses[0].how != "demonym" and match.senses[0].entry.kind != "Person"):
                break
            if members and match.begin == self.tokens[index].begin:
                break
            member = self._person("person", index, index, rank, "")
            if not member.bodies and not member.name:
                break
            members.append(replace(member, begin=match.begin, title=title))
            index = member.last + 1
        return members

    def _rank_of_group(self, index: int, rank: str) -> str:
        """The rank of those whom a dual means whose second word says it ("the two heads *of government*")."""
        office = self.tokens[index].folded if index < len(self.tokens) else ""
        if rank == "head-of-state" and office in self.titles.phrases("between.government"):
            return "head-of-government"
        if rank == "foreign-minister" and office in self.titles.phrases("between.defence"):
            return "defence-minister"
        return rank

    def _office_holders(self, index: int, rank: str, title: str = "") -> list[Reference]:
        """The persons that a dual and their states name: "the presidents *of France and Russia*", with their names after a
        comma or without ("the prime ministers *of India and Pakistan, N. M. and I. K.*")."""
        office = self.tokens[index].folded if index < len(self.tokens) else ""
        if rank == "head-of-state":
            rank = self._rank_of_group(index, rank)
            index += int(rank != "head-of-state")
        elif rank == "foreign-minister":
            rank = self._rank_of_group(index, rank)
            if rank == "foreign-minister" and office not in self.titles.phrases("between.foreign"):
                return []
            index += 1
        while index < len(self.tokens) and self.tokens[index].folded in self.titles.phrases(
            "between.stately"
        ):
            index += 1
        states = self._two_states(index, rank, title)
        if states:
            return states
        while (match := self.match_name(index) or self._joined_state(index)) and len(states) < 2:
            bodies = of_officials(match.senses)
            joined = match.begin > self.tokens[index].begin
            if bodies[0].kind != "Country" or match.senses[0].how == "demonym" or joined != bool(states):
                break
            states.append(
                Reference(
                    "person", index, match.last, rank=rank, bodies=bodies[:1], begin=match.begin, title=title
                )
            )
            index = match.last + 1
        if len(states) < 2:
            return []
        return self._names_of(states, index) or states

    def _two_states(self, index: int, rank: str, title: str) -> list[Reference]:
        """The holders of an office of two states that share a name in the dual ("the leaders *of the two Koreas*")."""
        match = self.match_name(index)
        dual = match and match.name.endswith(tuple(self.titles.phrases("marks.dual")))
        if not match or not dual or len(match.senses) != 2:
            return []
        return [
            Reference(
                "person", index, match.last, rank=rank, bodies=(sense.entry,), begin=match.begin, title=title
            )
            for sense in match.senses
        ]

    def _joined_state(self, index: int) -> NameMatch | None:
        """The state that a conjunction joins to another, where the tagger took the two for another word ("Egypt *and Qatar*":
        in Arabic spelt like a verb)."""
        if index >= len(self.tokens) or self.tokens[index].folded[:1] not in load_clitics().conjunctions:
            return None
        found = self._match_from(index, self.tokens[index].folded[1:])
        if not found or all(sense.entry.kind != "Country" or sense.how == "demonym" for sense in found[0]):
            return None
        return NameMatch(found[0], index, found[1], self.tokens[index].begin + 1, "", found[2])

    def _names_of(self, holders: list[Reference], index: int) -> list[Reference]:
        """The holders of offices with the names that follow in the same order; nothing if there are not as many."""
        named: list[Reference] = []
        while index < len(self.tokens) and len(named) < len(holders):
            if self.tokens[index].is_punctuation:
                index += 1
                continue
            holder = holders[len(named)]
            person = self._person("person", index, index, holder.rank, "")
            if not person.name or person.first != index or person.bodies:
                return []
            named.append(replace(person, bodies=holder.bodies, begin=person.name_begin))
            index = person.last + 1
        return named if len(named) == len(holders) else []

    def _more_demonyms(
        self, index: int, preposition: str, rank: str, *, joined: bool = True
    ) -> list[Reference]:
        """The further demonyms of one head ("senior American *and Russian* officials"), or, unless the first is ``joined``, all
        that say which a group is ("both sides, *the Syrian and the Israeli*"), at least two."""
        found: list[Reference] = []
        while match := self.match_name(index):
            apart = match.begin == self.tokens[index].begin and (joined or bool(found))
            if apart or not any(s.entry.kind == "Country" for s in match.senses):
                break
            if not joined and match.senses[0].how != "demonym":
                break
            bodies = of_officials(match.senses)
            found.append(
                Reference(
                    "organ",
                    index,
                    match.last,
                    rank=rank,
                    bodies=bodies,
                    preposition=preposition,
                    begin=match.begin,
                )
            )
            index = match.last + 1
        return found if joined or len(found) > 1 else []
