"""Persons with their titles: "the Russian president, Vladimir Putin", "the prime minister of Qatar H. J.".

A title is read on to its name: demonyms and states on the way are the body it is held for, words that only qualify
("former", "acting") are passed over, a second title may belong to the same person or begin another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from diplograph.linking.gazetteer import Entry, Sense
from diplograph.linking.names import NameFinder, NameMatch
from diplograph.linking.tokens import Token, load_clitics, readings

LONGEST_TITLE = 14  # tokens between a title and its name, at most


@dataclass(frozen=True, slots=True)
class Reference:
    """A phrase that refers to somebody or something.

    ``first`` to ``last`` are token indexes; ``senses`` what the gazetteer says of the name in it; ``name_begin`` to
    ``name_end`` the name's span in the text (0, 0 if none); ``bodies`` the states or organizations named in it;
    ``title`` the folded title without its article.
    """

    # "person", "name", "counterpart", "group", "organ", "demonym", "anaphor", "organization" or "own-country"
    kind: str
    first: int
    last: int
    senses: tuple[Sense, ...] = ()
    name_begin: int = 0
    name_end: int = 0
    name: str = ""
    rank: str = ""
    former: bool = False
    bodies: tuple[Entry, ...] = ()
    number: int = 1
    preposition: str = ""
    begin: int = 0
    title: str = ""


class TitleFinder(NameFinder):
    """Finds the persons with titles in the tokens of one sentence."""

    def _unknown(self, index: int, length: int) -> Reference:
        last = index + length - 1
        # "X *and* N. A.": in Arabic the conjunction is written together with the name
        joined = int(self.tokens[index].conjoined)
        begin = self.tokens[index].begin + joined
        name = " ".join(token.folded for token in self.tokens[index : last + 1])[joined:]
        ending = len(name) - len(
            name.rstrip("".join(self.titles.phrases("marks.endings")))
        )  # a mark that the tokenizer left on
        end = self.tokens[last].end - ending
        return Reference("person", index, last, (), begin, end, name[: len(name) - ending], begin=begin)

    def _titled(self, index: int) -> list[Reference]:
        honorific = self._honorifics(index)
        if honorific and index + honorific < len(self.tokens):
            below = self._titled(index + honorific)
            begin = self.tokens[index].begin + self._conjunction(index)
            if not below:  # "His Majesty *Philippe*, monarch of …"
                named = self._person("person", index, index + honorific, "honorific", "")
                below = [self._with_apposition(named)] if named.name else []
            return [replace(reference, first=index, begin=begin) for reference in below]
        length = self.match_phrase(index, self.titles.ranks.__contains__)
        if not length:
            return []
        words = self.phrase(index, length)
        preposition, stripped = self.preposition(index, words[0])
        reference = self._person("person", index, index + length, self.titles.ranks[words], preposition)
        if reference.name and not reference.senses:
            # "King Salman", "the new king, Salman": known by the title and the first name.
            senses = self.gazetteer.senses((*words, *reference.name.split()))
            reference = replace(reference, senses=tuple(s for s in senses if s.entry.kind == "Person"))
        # A title that names its body itself ("the German chancellor") is read again for it.
        inner = [match for at in range(index, index + length) if (match := self.match_name(at))]
        if inner and not reference.bodies:
            reference = replace(reference, bodies=of_officials(inner[-1].senses)[:1])
        title = words[0].removeprefix(load_clitics().article)
        reference = replace(reference, begin=self.tokens[index].begin + stripped, title=title)
        return [self._with_apposition(reference) if reference.name else reference]

    def _conjunction(self, index: int) -> int:
        """How many letters before an honorific only join or govern it ("*and* His Excellency the president")."""
        known = self.titles.phrases("between.honorifics")
        return next((r.stripped for r in readings(self.tokens[index].folded) if r.form in known), 0)

    def _honorifics(self, index: int) -> int:
        """How many tokens from ``index`` are honorifics ("His Majesty *the king*")."""
        length = 0
        while index + length < len(self.tokens):
            forms = {reading.form for reading in readings(self.tokens[index + length].folded)}
            if not forms & self.titles.phrases("between.honorifics"):
                break
            length += 1
        return length

    def _person(self, kind: str, first: int, start: int, rank: str, preposition: str) -> Reference:
        """Reads on from a title: demonyms, bodies, words that only qualify, and the name if there is one."""
        index, last = start, start - 1 if start > first else first
        bodies: list[Entry] = []
        former = False
        pending = 0
        # where a title ends before another state: "met *the Dutch ambassador* on the Dutch forces"
        closed: tuple[int, tuple[Entry, ...]] | None = None
        while index < len(self.tokens) and index - start < LONGEST_TITLE:
            token = self.tokens[index]
            if token.conjoined and index > first and (rank != "official" or self._begins_another(index)):
                break
            if token.is_punctuation and (aside := self._bracketed_body(index)):
                index += aside
                continue
            if token.is_punctuation:
                if bodies and (chairing := self._chairing(index + 1, bodies)):
                    return replace(
                        chairing,
                        kind=kind,
                        first=first,
                        rank=rank,
                        former=former,
                        bodies=tuple(dict.fromkeys(bodies)),
                        preposition=preposition,
                        begin=self.tokens[first].begin,
                    )
                if not self._is_quoted_body(index) and (not self._opens_name(index, rank) or pending > 6):
                    break
                index += 1
                continue
            if (
                not bodies
                and self._is_body_ahead(index)
                and (kind == "counterpart" or self._heads_in(first, index))
            ):
                index += 1
                continue
            match = self.match_name(
                index, attached=rank in {"official", "secretary-general"} or index == first
            )
            if match and self._is_person(match) and self._rules_elsewhere(match, rank, bodies):
                break
            if match and self._is_person(match) and not self._is_longer_name(index, match):
                last = self._end_of_family(match.last)
                return self._finish(kind, first, last, rank, preposition, former, bodies, match)
            if match and not self._is_person(match) and (not bodies or match.senses[0].how == "demonym"):
                if bodies and index > last + 1:
                    closed = closed or (last, tuple(bodies))
                bodies.extend(entry for entry in of_officials(match.senses) if entry.actor or entry.country)
                index = last = match.last
            elif token.folded in self.titles.phrases("between.words"):
                former = former or token.folded in self.titles.phrases("between.former")
            elif (nested := self._nested_title(index)) and not self._may_nest(index, nested, rank, bodies):
                break
            elif nested:
                rank = (
                    self.titles.ranks[self.phrase(index, nested)]
                    if self._outranks(index, nested, rank)
                    else rank
                )
                index += nested - 1
            elif length := self.match_unknown_name(index, after_title=not bodies or index == start):
                unknown = self._unknown(index, length)
                if pending and rank in self.titles.leaders:
                    rank = "official"  # "the president of the African *Bank* A. B." leads no state
                body = tuple(dict.fromkeys(bodies))
                return replace(
                    unknown,
                    kind=kind,
                    first=first,
                    rank=rank,
                    former=former,
                    bodies=body,
                    preposition=preposition,
                )
            elif self._opens_partner(index):
                break
            elif pending < self._patience(rank, index) and self._qualifies(token):
                pending += 1
            else:
                break
            index += 1
        last, whole = closed or (last, tuple(bodies))
        reference = Reference(kind, first, max(last, start - 1, first), rank=rank, former=former)
        return replace(
            reference,
            bodies=tuple(dict.fromkeys(whole)),
            preposition=preposition,
            begin=self.tokens[first].begin,
        )

    def _rules_elsewhere(self, match: NameMatch, rank: str, bodies: list[Entry]) -> bool:
        """Whether a name after the title of a state's ruler is that of another state's, who is then the object ("*the Angolan
        president* called P. K. to a summit": in Arabic the verb comes first)."""
        # only of states: the head of a region may lead the whole later
        keys = {
            entry.actor.key
            for entry in bodies
            if entry.kind == "Country" and entry.actor and entry.actor.wikidata
        }
        if rank not in self.titles.leaders or not keys or len(keys) < len(bodies):
            return False
        persons = [sense.entry for sense in match.senses if sense.entry.kind == "Person"]
        # who is listed under an organization now may have ruled any state
        states = [self.gazetteer.entries.get(entry.country or "") for entry in persons]
        if any(state is None or state.kind != "Country" for state in states):
            return False
        return all(
            entry.country not in keys and any(office.leader for office in entry.offices) for entry in persons
        )

    def _opens_partner(self, index: int) -> bool:
        """Whether a token has "with" before a title, so that it begins the phrase of another person ("brought the deputy
        minister together *with the prime minister*": in Arabic "by")."""
        length = self.match_phrase(index, self.titles.ranks.__contains__)
        preposition, _ = self.preposition(index, self.phrase(index, length)[0]) if length else ("", 0)
        return preposition in self.titles.phrases("between.partnering")

    def _is_longer_name(self, index: int, match: NameMatch) -> bool:
        """Whether a surname or first name that the gazetteer has only begins another's name ("President *Gnassingbé*
        Eyadéma" is not his son Faure Gnassingbé)."""
        single = match.first == match.last and match.name not in self.known
        return single and self.match_unknown_name(index, after_title=False) > 1

    def _finish(
        self,
        kind: str,
        first: int,
        last: int,
        rank: str,
        preposition: str,
        former: bool,
        bodies: list[Entry],
        match: NameMatch,
    ) -> Reference:
        name_end = self.tokens[match.last].end
        persons = tuple(sense for sense in match.senses if sense.entry.kind == "Person")
        return Reference(
            kind, first, last, persons, match.begin, name_end, match.name, rank, former,
            tuple(dict.fromkeys(bodies)), 1, preposition, self.tokens[first].begin,
        )  # fmt: skip

    def _chairing(self, index: int, bodies: list[Entry]) -> Reference | None:
        """The person of a title already read up to his state, where an office of an organization stands before the name
        ("his Swiss counterpart, *the current chairman of the OSCE* D. B."); somebody of another state is another."""
        length = self.match_phrase(index, self.titles.ranks.__contains__)
        if not length or self.tokens[index].conjoined:
            return None
        person = self._person("person", index, index + length, "official", "")
        states = {sense.entry.country for sense in person.senses}
        keys = {entry.actor.key for entry in bodies if entry.actor}
        if not person.name or not _are_organizations(person.bodies) or (states and not states & keys):
            return None
        return person

    def _ends_chairing(self, index: int) -> int:
        """The last token of an office of an organization at a token, -1 if there is none ("president of Senegal *and current
        president of the African Union*")."""
        length = self.match_phrase(index, self.titles.ranks.__contains__) if index < len(self.tokens) else 0
        office = self._person("person", index, index + length, "official", "") if length else None
        return office.last if office and not office.name and _are_organizations(office.bodies) else -1

    def _is_body_ahead(self, index: int) -> bool:
        """Whether a preposition and a state follow ("his counterpart *in South Sudan* S. K.")."""
        if self.tokens[index].upos != "ADP" or index + 1 >= len(self.tokens):
            return False
        match = self.match_name(index + 1, attached=False)
        return bool(match) and match.senses[0].entry.kind == "Country" if match else False

    def _heads_in(self, first: int, index: int) -> bool:
        """Whether a title in the construct goes on to the state whose it is, and to a name ("the *head of the sovereignty
        council in Sudan* A. B."; but "the president, *in Sudan*, A. B." are two)."""
        if self.tokens[first].folded.startswith(load_clitics().article) or index - first < 2:
            return False
        match = self.match_name(index + 1, attached=False)
        if not match or match.senses[0].how == "metonym":
            return False
        name = self.match_name(match.last + 1, attached=False)
        return bool(name and self._is_person(name)) or bool(
            self.match_unknown_name(match.last + 1, after_title=False)
        )

    def _end_of_family(self, last: int) -> int:
        """The last token of a name with the house after it ("King Abdullah bin Abdulaziz *Al Saud*")."""
        house = last + 2 < len(self.tokens) and self.tokens[last + 1].folded in self.titles.phrases(
            "between.house"
        )
        return last + 2 if house else last

    def _bracketed_body(self, index: int) -> int:
        """How many tokens a body in brackets takes within a title ("president of the commission of the Community *(ECOWAS)*
        J. C. B."), 0 if there is none."""
        if self.tokens[index].folded != "(":
            return 0
        match = self.match_name(index + 1, attached=False)
        if not match or self._is_person(match) or match.last + 1 >= len(self.tokens):
            return 0
        return match.last + 2 - index if self.tokens[match.last + 1].folded == ")" else 0

    def _is_quoted_body(self, index: int) -> bool:
        """Whether a quotation mark opens or closes a state within a title (the *"Israeli"* prime minister B. N.)."""
        quotes = self.titles.phrases("marks.quotes")
        for at in (index - 1, index + 1):
            inside = self.tokens[at] if 0 <= at < len(self.tokens) else None
            other = 2 * at - index
            closed = 0 <= other < len(self.tokens) and self.tokens[other].folded in quotes
            if inside and closed and self.tokens[index].folded in quotes and self.match_name(at):
                return True
        return False

    def _begins_another(self, index: int) -> bool:
        """Whether a conjoined token begins another phrase, not another word of a title ("defence *and security*")."""
        if self._joins_bodies(index):
            return False
        known = self.match_phrase(index, self.titles.ranks.__contains__) or self.match_name(index)
        return bool(known) or self.tokens[index].upos in {"X", "PROPN", "VERB"}

    def _joins_bodies(self, index: int) -> bool:
        """Whether a conjoined token names a second body of one title, since a person's name follows it ("envoy of the United
        Nations *and the League* K. A.", "to Afghanistan *and Pakistan* R. H.")."""
        match = self.match_name(index)
        if not match or self._is_person(match):
            return False
        before = (self.match_name(at) for at in range(max(index - 3, 0), index))
        joined = any(other and other.last == index - 1 and not self._is_person(other) for other in before)
        name = self.match_name(match.last + 1, attached=False)
        named = bool(name) and self._is_person(name) and name.last > name.first if name else False
        return joined and (named or self.match_unknown_name(match.last + 1, after_title=False) > 1)

    def _patience(self, rank: str, index: int) -> int:
        """How many further words may stand between a title and its name: many for officials ("head of the defence
        committee in …"), one for others, if a full name follows ("the foreign minister of the *Union* F. M.")."""
        if rank in {"official", "secretary-general"}:
            return 8
        match = self.match_name(index + 1, attached=False)
        if match:
            return int(self._is_person(match) and match.last > match.first)
        body = self.tokens[index].upos == "NOUN" and self.tokens[index].folded.startswith(
            load_clitics().article
        )
        return int(body and self.match_unknown_name(index + 1, after_title=False) > 1)

    def _qualifies(self, token: Token) -> bool:
        """Whether a token can stand inside an official's title ("deputy head of the *defence committee in* …")."""
        if token.upos == "ADP":
            return token.folded in self.titles.phrases("between.prepositions")
        return token.upos in {"NOUN", "ADJ", "X"}

    def _nested_title(self, index: int) -> int:
        length = self.match_phrase(index, self.titles.ranks.__contains__)
        return length if length and self.phrase(index, length)[0] == self.tokens[index].folded else 0

    def _may_nest(self, index: int, length: int, rank: str, bodies: list[Entry]) -> bool:
        """Whether a title within a title belongs to one person ("adviser of the *president*", "president *General* X").

        After a leader's title another begins another person: "received the *foreign minister*".
        """
        words = self.phrase(index, length)
        if rank in self.titles.leaders and not bodies and self._is_compound(index):
            return True
        if self.titles.ranks[words] == "honorific":
            return True  # "the Saudi defence minister *Prince* Salman"
        if self.titles.ranks[words] == "official" and words[0].startswith(load_clitics().article):
            return True
        return rank in {"official", "honorific"} and not bodies

    def _is_compound(self, index: int) -> bool:
        """Whether an indefinite title stands right after an indefinite one ("the *prime minister and* foreign minister of
        Qatar H. J.", whose "and" Arabic leaves out; but "*the president* received the foreign minister")."""
        article = load_clitics().article
        before = self.match_phrase(index - 2, self.titles.ranks.__contains__) if index >= 2 else 0
        if before != 2 or self.tokens[index].folded.startswith(article):
            return False
        words = self.phrase(index - 2, 2)
        return words in self.titles.ranks and not words[0].startswith(article)

    def _outranks(self, index: int, length: int, rank: str) -> bool:
        """Whether a second title says more than the first ("His Majesty *King* …", "Prince … *crown prince*")."""
        return rank == "honorific" and self.phrase(index, length) in self.titles.ranks

    def _opens_name(self, index: int, rank: str) -> bool:
        """Whether a comma, quotation mark or bracket stands between a title and its name, and perhaps what one calls him by
        ("the Saudi foreign minister, *Mr* C. H.")."""
        after = index + 1
        called = self.match_phrase(after, self.titles.ranks.__contains__)
        styled = (
            self.titles.ranks.get(self.phrase(after, called)) in ("honorific", "official")
            if called
            else False
        )
        if called == 1 and styled and not self.tokens[after].conjoined and self._is_of_body_before(index):
            after += 1
            demonym = self.match_name(after, attached=False)
            after += 1 if demonym and demonym.senses[0].how == "demonym" else 0
        if after >= len(self.tokens) or self.tokens[after].is_punctuation:
            return False
        match = self.match_name(after, attached=False)
        if match and self._is_person(match):
            return True
        return not match and bool(self.match_unknown_name(after, after_title=False))

    def _is_of_body_before(self, index: int) -> bool:
        """Whether a state or body stands right before, so that a title has told whose it is."""
        before = (self.match_name(at) for at in range(max(index - 4, 0), index))
        return any(match and match.last == index - 1 and not self._is_person(match) for match in before)

    def _with_apposition(self, reference: Reference) -> Reference:
        """A named person with the title that follows after a comma ("N. E., the secretary-general of the League"), or
        after a name that only an honorific precedes ("Mr S. S. *the foreign minister*")."""
        after = reference.last + 2
        if after >= len(self.tokens):
            return reference
        if not self.tokens[after - 1].is_punctuation:
            after -= 1
            plain = reference.rank == "official" and not reference.bodies
            if reference.rank != "honorific" and not plain:
                return reference
        length = self.match_phrase(after, self.titles.ranks.__contains__)
        if not length or self.tokens[after].folded != self.phrase(after, length)[0]:
            return reference
        rank = self.titles.ranks[self.phrase(after, length)]
        title = self._person("person", after, after + length, rank, "")
        if title.name or (reference.rank == "official" and title.bodies and after == reference.last + 1):
            return reference  # without a comma another may follow ("the marshal received *the Iraqi prime minister*")
        if reference.rank and reference.bodies and title.bodies and title.bodies != reference.bodies:
            return (
                reference  # "the secretary-general of the League A. A., *the Palestinian president*" are two
            )
        bodies = title.bodies or reference.bodies
        if length == 1 and not bodies and self._heads_no_state(after):
            rank = "official"  # "Admiral M. M., *head of the canal's authority*"
        if not title.bodies and (last := self._ends_chairing(after)) > 0:
            return replace(reference, last=last)  # "M. S., *the current president of the African Union*"
        further = title.last + 1 if title.bodies else len(self.tokens)
        joined = further < len(self.tokens) and self.tokens[further].conjoined
        last = max(title.last, self._ends_chairing(further) if joined else -1)
        return replace(reference, last=last, rank=rank, bodies=bodies, former=title.former)

    def _heads_no_state(self, index: int) -> bool:
        """Whether a leader's title without the article is of a noun that rules nothing ("*head of* an authority")."""
        title = self.tokens[index].folded
        if title.startswith(load_clitics().article) or index + 1 >= len(self.tokens):
            return False
        following = self.tokens[index + 1]
        return following.upos == "NOUN" and following.folded not in self.titles.phrases("between.ruled")


def _are_organizations(bodies: Sequence[Entry]) -> bool:
    return bool(bodies) and all(entry.kind == "Organization" for entry in bodies)


def of_officials(senses: Sequence[Sense]) -> tuple[Entry, ...]:
    """Of whom officials can be: of a state by its own name before that of a capital spelt alike ("the leaders of Qatar *and
    Oman*", not Amman)."""
    states = [s.entry for s in senses if s.entry.kind == "Country" and s.how != "metonym"]
    return tuple(dict.fromkeys(states or [sense.entry for sense in senses]))
