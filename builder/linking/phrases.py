"""Finds the phrases of a sentence that refer to persons, states, organizations and places.

A phrase may be a bare name, a title with or without demonym and name ("the Russian president, Vladimir Putin"), a
counterpart ("his Russian counterpart"), a group ("the two presidents"), an organ of state ("the Sudanese government")
or a demonym ("Russian-American talks"). Who is meant is settled for the whole document in :mod:`.resolution`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from diplograph.linking.gazetteer import Sense
from diplograph.linking.names import NameMatch
from diplograph.linking.pairs import PairFinder
from diplograph.linking.titles import Reference, of_officials
from diplograph.linking.tokens import find_among, load_clitics, readings


class PhraseFinder(PairFinder):
    """Finds references in the tokens of one sentence."""

    def find(self) -> list[Reference]:
        """All the references of the sentence, in order, none inside another."""
        found: list[Reference] = []
        index = 0
        while index < len(self.tokens):
            references = self._at(index)
            if not references:
                index += 1
                continue
            if references[-1].kind in {"person", "counterpart"} and references[-1].name:
                references = [*references, *self._elliptic(references[-1])]
            found.extend(references)
            index = max(reference.last + 1 for reference in references)
        return found

    def _at(self, index: int) -> list[Reference]:
        if self.tokens[index].is_punctuation or self._opens_nothing(index):
            return []
        for attempt in self._attempts(index):
            references = attempt(index)
            if references:
                return references
        length = self.match_unknown_name(index, after_title=False)
        if not length and self._is_known_family(index):
            length = 1
        if not length:
            return []
        before = (token.folded for token in reversed(self.tokens[:index]) if not token.is_punctuation)
        excluded = next(before, "") in self.titles.phrases("not_persons.before")
        return [] if excluded else [self._unknown(index, length)]

    def _opens_nothing(self, index: int) -> bool:
        """Whether a token is one of those, nearly all, that can be known at once to open no phrase."""
        token = self.tokens[index]
        folded = token.folded
        return not (
            token.upos in {"X", "PROPN"}
            or folded in self.known
            or folded in self.titles.phrases("between.name_parts")
            or self.gazetteer.openings(folded)
            or find_among(folded, self.titles.openings)
            or (index and self._occasion(index - 1))
        )

    def _attempts(self, index: int) -> Sequence[Callable[[int], list[Reference]]]:
        """The ways to read a phrase at a token: most words open none, and can only be a name."""
        if not find_among(self.tokens[index].folded, self.titles.openings):
            return (self._named,)
        return (
            self._counterpart,
            self._capital,
            self._group,
            self._titled,
            self._organ,
            self._named,
            self._anaphoric,
        )

    def _is_known_family(self, index: int) -> bool:
        """Whether a token is the family name of somebody the document names in full ("Moon" after "Moon Jae-in")."""
        token = self.tokens[index]
        return token.folded in self.known and token.upos in {"NOUN", "ADJ"} and len(token.words) == 1

    def _elliptic(self, base: Reference) -> list[Reference]:
        """The persons that share the title of the one before: "the Russian minister S. L. *and the American J. K.*"."""
        found: list[Reference] = []
        last = base.last
        while True:
            index = last + 1
            if index < len(self.tokens) and self.tokens[index].is_punctuation:
                index += 1
            match = self.match_name(index)
            if not match or match.senses[0].how != "demonym" or match.begin == self.tokens[index].begin:
                return found
            person = self._person("person", index, index, base.rank, base.preposition)
            if not person.name or person.first != index or not self._follows(match, person):
                return found
            found.append(replace(person, begin=match.begin, title=base.title))
            last = person.last

    def _follows(self, match: NameMatch, person: Reference) -> bool:
        """Whether a person's name comes right after a demonym."""
        return person.name_begin <= self.tokens[match.last].end + 3

    def _capital(self, index: int) -> list[Reference]:
        """ "The Finnish capital": the city itself, whose name may follow ("the Saudi capital Riyadh")."""
        read = next(
            (r for r in readings(self.tokens[index].folded) if r.form in self.titles.phrases("place.seat")),
            None,
        )
        match = self.match_name(index + 1) if read else None
        if not read or not match or match.begin != self.tokens[index + 1].begin:
            return []
        # The name of some states is their demonym: "the *Saudi* (capital)", "*Saudi Arabia*".
        adjective = match.name.startswith(load_clitics().article) and match.first == match.last
        states = (s for s in match.senses if s.entry.kind == "Country" and (adjective or s.how == "demonym"))
        sense = next(states, None)
        capital = self.gazetteer.capital(sense.entry.actor.key) if sense and sense.entry.actor else None
        if not capital:
            return []
        named = self.match_name(match.last + 1, attached=False)
        last = named.last if named and any(s.entry is capital.entry for s in named.senses) else match.last
        begin = self.tokens[index].begin + read.stripped
        return [
            Reference(
                "name",
                index,
                last,
                (capital,),
                begin,
                self.tokens[last].end,
                "",
                preposition=read.preposition,
                begin=begin,
            )
        ]

    def _organ(self, index: int) -> list[Reference]:
        length = self.match_phrase(index, self.titles.organs.__contains__)
        if not length:
            return []
        if self.tokens[index].upos not in {"NOUN", "X", "PROPN"}:
            return []
        chairing = self.phrase(index, length)[-1] in self.titles.phrases("between.chairing")
        if chairing and self.match_phrase(index + length, self.titles.ranks.__contains__):
            return []  # "chaired by *President M.*"
        leaders = self.titles.organs[self.phrase(index, length)] == "leaders"
        for at in range(index + length, min(index + length + (9 if leaders else 4), len(self.tokens))):
            if leaders and self.tokens[at].folded in self.titles.phrases("marks.quotes"):
                continue  # "the leaders of "the Twenty""
            if self.tokens[at].is_punctuation:
                break
            match = self.match_name(at) or self._owner(at, index + length)
            if not match and leaders and (again := self._anaphoric(at)) and again[0].kind == "organization":
                # "the leaders of *the group*"
                return [replace(again[0], first=index, begin=self.tokens[index].begin, rank="leaders")]
            if not match and (own := self._anaphoric(at)) and own[0].kind == "own-country":
                return [
                    replace(own[0], first=index, begin=self.tokens[index].begin)
                ]  # "the government of *his country*"
            if not match:
                if leaders and self.match_phrase(at, self._is_official):
                    return []  # "the *heads of the delegations* of …" are no leaders
                if leaders and self.tokens[at].folded in self.titles.phrases("between.members"):
                    continue
                if self.tokens[at].upos == "ADP" and self._leads_elsewhere(at, self.phrase(index, length)):
                    break
                qualifies = {"ADJ", "ADP", "NUM"} if leaders else {"ADJ", "ADP"}
                if self.tokens[at].upos not in qualifies and not self.match_phrase(at, self._known_head):
                    break
                continue
            bodies = of_officials(match.senses)
            if match.senses[0].entry.kind == "City" and len(match.senses) == 1:
                return []
            words = self.phrase(index, length)
            preposition, stripped = self.preposition(index, words[0])
            rank = self.titles.organs[words]
            begin = self.tokens[index].begin + stripped
            first = Reference(
                "organ", index, match.last, rank=rank, bodies=bodies, preposition=preposition, begin=begin
            )
            return [first, *self._more_demonyms(match.last + 1, preposition, rank)]
        return []

    def _owner(self, at: int, after: int) -> NameMatch | None:
        """The state whose organ a noun is, right after it, where the tagger took its name for another word ("the authorities of
        *Chad*": in Arabic spelt like a verb); a construct leaves room for nothing else."""
        if at != after or self.tokens[at].upos != "VERB":
            return None
        found = self._match_from(at, self.tokens[at].folded)
        if not found or all(sense.entry.kind != "Country" or sense.how == "demonym" for sense in found[0]):
            return None
        return NameMatch(found[0], at, found[1], self.tokens[at].begin, "", found[2])

    def _leads_elsewhere(self, at: int, words: tuple[str, ...]) -> bool:
        """Whether a preposition after an organ tells where it is or goes, not whose it is ("sends officials *to* Niamey", "a
        delegation *in* Paris"; but "officials *in* Washington")."""
        form = self.tokens[at].folded
        travelling = words[-1] in self.titles.phrases("between.travelling")
        return form in self.titles.phrases("between.towards") or (
            travelling and form in self.titles.phrases("between.within")
        )

    def _is_official(self, words: tuple[str, ...]) -> bool:
        return self.titles.organs.get(words) in ("ministers", "official")

    def _known_head(self, words: tuple[str, ...]) -> bool:
        return words in self.titles.organs or words in self.titles.ranks

    def _named(self, index: int) -> list[Reference]:
        match = self.match_name(index)
        if not match:
            return []
        name_end = self.tokens[match.last].end
        if any(sense.entry.kind == "Person" for sense in match.senses):
            return self._named_person(index, match)
        after = match.last + 1
        if after < len(self.tokens) and self.tokens[after].folded in self.titles.phrases("not_persons.after"):
            return []
        senses = self._as_adjective(index, match)
        kind = "demonym" if senses[0].how == "demonym" else "name"
        following = self.match_name(after, attached=False)
        if (
            kind == "demonym"
            and following
            and self._is_person(following)
            and following.last > following.first
        ):
            # "the French Emmanuel Macron": a demonym does for a title.
            return [self._person("person", index, index, "", match.preposition)]
        return [
            Reference(
                kind, index, match.last, senses, match.begin, name_end, match.name,
                preposition=match.preposition, begin=match.begin,
            )
        ]  # fmt: skip

    def _as_adjective(self, index: int, match: NameMatch) -> tuple[Sense, ...]:
        """What a name means, as a demonym where it is the name of a state spelt like the adjective of it, and stands as
        one after a noun ("a *Turkish* Iranian summit", "a meeting *Syrian* Russian": in Arabic "Turkey", "Syria")."""
        token = self.tokens[index]
        whole = match.first == match.last and match.begin == token.begin and index > 0
        if not whole or token.upos != "ADJ" or not token.folded.endswith(load_clitics().relative):
            return match.senses
        if self.tokens[index - 1].upos not in {"NOUN", "ADJ"}:
            return match.senses
        return tuple(
            replace(sense, how="demonym") if sense.entry.kind == "Country" else sense
            for sense in match.senses
        )

    def _named_person(self, index: int, match: NameMatch) -> list[Reference]:
        """A person's name without a title before it; a title after a comma still gives rank and body."""
        single = match.first == match.last
        if single and self.tokens[index].upos not in {"X", "PROPN"} and match.name not in self.known:
            return []
        run = self.match_unknown_name(index, after_title=False)
        if single and run > 1 and match.name not in self.known:
            return [self._unknown(index, run)]
        persons = tuple(sense for sense in match.senses if sense.entry.kind == "Person")
        reference = Reference(
            "person", index, match.last, persons, match.begin, self.tokens[match.last].end, match.name,
            preposition=match.preposition, begin=match.begin,
        )  # fmt: skip
        return [self._with_apposition(reference)]

    def _qualifies_noun(self, index: int) -> bool:
        """Whether an adjective with the article follows a noun with it ("the *last* summit", not "*the latter*")."""
        before = self.tokens[index - 1] if index else None
        article = load_clitics().article
        return (
            before is not None
            and before.upos == "NOUN"
            and article in {reading.form[: len(article)] for reading in readings(before.folded)}
        )

    def _is_distinguished(self, index: int) -> bool:
        """Whether the next word says that another body is meant than the one named before ("the *Military* Council")."""
        after = self.tokens[index + 1].folded if index + 1 < len(self.tokens) else ""
        return after in self.titles.phrases("anaphors.distinguishing")

    def _anaphoric(self, index: int) -> list[Reference]:
        """ "The group", "his country", "the latter": what only the text before can tell."""
        clitics = load_clitics()
        phrases = self.titles.phrases
        for reading in readings(self.tokens[index].folded):
            form = reading.form
            noun = form.removeprefix(clitics.article)
            kind = ""
            if (
                noun != form
                and noun in phrases("anaphors.organization")
                and not self._is_distinguished(index)
            ):
                kind = "organization"
            elif form in phrases("anaphors.person") and not self._qualifies_noun(index):
                kind = "anaphor"
            elif form in self.titles.honored:
                kind = "honored"
            elif form in self.titles.own_countries:
                kind = "own-country"
            if kind:
                begin = self.tokens[index].begin + reading.stripped
                name = noun if kind == "organization" else form if kind == "honored" else ""
                return [
                    Reference(kind, index, index, name=name, preposition=reading.preposition, begin=begin)
                ]
        return []
