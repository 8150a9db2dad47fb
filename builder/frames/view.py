"""A sentence as frames look at it: words folded, entities and times at hand, and who stands in which relation to whom.

The trees of news are right only in part (builder/models/CARD.md lists how they go wrong), so a relation is read from
the tree where the tree is reliable (verbs and what hangs on them) and from the order of words where it is not: which
preposition stands before a name, which names are coordinated, where the phrase of a noun ends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from diplograph.arabic import fold
from diplograph.frames.lexicon import load_lexicon
from diplograph.frames.phrase_end import find_phrase_end
from diplograph.frames.words import WordView
from diplograph.linking import EntityMention
from diplograph.linking.tokens import load_clitics
from diplograph.model import Sentence

P = ParamSpec("P")
R = TypeVar("R")
_TITLE = 12  # words of a person's title, at most
_DELEGATION = 4  # words of a noun for delegates with what stands between it and those who sent them
_LINK = 6  # words of what links a sentence to the one before, with its comma


def _remembered(
    method: Callable[Concatenate[SentenceView, P], R],
) -> Callable[Concatenate[SentenceView, P], R]:
    """A method that all triggers and rules ask alike: what it found is kept while the anchors stay the same."""

    @wraps(method)
    def remembering(view: SentenceView, /, *asked: P.args, **options: P.kwargs) -> R:
        key = method.__name__, view.anchors, asked, *options.items()
        if key not in view.found:
            view.found[key] = method(view, *asked, **options)
        return cast(R, view.found[key])

    return remembering


class SentenceView(WordView):
    """One sentence with its entities; ``anchors`` are the ids of the words that name events, for phrase ends, and
    ``previous`` is the sentence before it, for subjects that go on; ``found`` is what its methods remember."""

    def __init__(self, sentence: Sentence, text: str, entities: Sequence[EntityMention]) -> None:
        super().__init__(sentence, text)
        self.sentence = sentence
        self.text = text
        self.entities = tuple(entities)
        self.lexicon = load_lexicon()
        self.article = load_clitics().article
        self.anchors: frozenset[int] = frozenset()
        self.previous: SentenceView | None = None
        self.estimates: dict[tuple[int, str], float] = {}  # by word and model (frames/subjects.py)
        self.following: SentenceView | None = None
        self.found: dict[tuple[object, ...], Any] = {}

    # -- what a word is ---------------------------------------------------------------------------------------------------

    def find_contrast(self, begin: int, end: int) -> list[int]:
        """The conjunctions from ``begin`` to ``end`` (exclusive) that set another statement against what was said."""
        when = self.find(self.lexicon.no_contrast, begin, end)
        return [id for id in self.find(self.lexicon.contrast, begin, end) if id not in when]

    def is_definite(self, id: int) -> bool:
        """Whether a noun has the article (also after a preposition that swallows its alef) or a pronoun."""
        return self.has_pronoun(id) or self.has_article(id)

    def has_article(self, id: int) -> bool:
        """Whether a noun has the article. After "to", a noun that begins with lam is spelt the same with and without it: before
        a name it has none ("left *to meet* the president")."""
        joined = id > 1 and self.word(id - 1).token == self.word(id).token
        if joined and self.forms[id - 1] in self.lexicon.lam and self.entity_at(id + 1):
            return False
        return fold(self.word(id).form).startswith(self.article) or self.forms[id - 1].startswith(
            self.article
        )

    def is_verb(self, id: int) -> bool:
        """Whether a word is a full verb: tagged so (but not within a name), or a form that taggers take for a name."""
        if self._verbs[id - 1]:
            return True
        return self.forms[id - 1] in self.lexicon.enclosing and self.is_enclosing(id)

    def is_enclosing(self, id: int) -> bool:
        """Whether a word that is spelt like a verbal noun says whom an event brought together ("a three-way meeting that
        *brought together* the ministers of …")."""
        if self.forms[id - 1] not in self.lexicon.enclosing or self.entity_at(id) is not None:
            return False
        noun = id - 2 if id > 2 and self.word(id - 1).upos in {"ADJ", "X"} else id - 1
        return noun in self.anchors and not self.has_pronoun(noun)

    @cached_property
    def _verbs(self) -> tuple[bool, ...]:
        return tuple([self._is_verb(word.id) for word in self.words])

    def _is_verb(self, id: int) -> bool:
        if self.entity_at(id) is not None:
            return False
        word = self.word(id)
        if word.upos == "VERB" or (word.upos == "X" and self.is_unsplit_future(id)):
            return True
        if word.upos not in {"X", "NOUN", "ADJ", "ADP"}:
            return False
        if self.forms[id - 1] in self.lexicon.gathering:
            return self.is_gathering(id)
        if self.forms[id - 1] in self.lexicon.verb_forms or self._is_opening_verb(id):
            return True
        return word.upos != "ADP" and self._is_first_verb(id)

    def _is_first_verb(self, id: int) -> bool:
        """Whether a noun is the verb that a circumstance at the head of its sentence wants, before who acts ("three days
        after meeting him, *opened* Trump the doors": spelt like "the opening of")."""
        following = self.entity_at(id + 1)
        if id < 4 or following is None or following.kind != "Person" or following.first != id + 1:
            return False
        opening = self.forms[1 if self.word(1).upos == "CCONJ" else 0]
        after_comma = self.forms[id - 2] in self.lexicon.commas
        none_before = all(word.upos != "VERB" for word in self.words[: id - 1])
        return after_comma and none_before and opening in self.lexicon.circumstantial

    def is_gathering(self, id: int) -> bool:
        """Whether a word that is spelt like a verbal noun is a verb, by the pronoun on it: "a summit that *brings him
        together* with …" is no "gathering"; but after a preposition it is ("in *its hosting* …")."""
        if self.forms[id - 1] not in self.lexicon.gathering or not self.has_pronoun(id):
            return False
        return not (id > 1 and self.word(id - 1).upos in {"ADP", "VERB"})

    def _is_opening_verb(self, id: int) -> bool:
        """Whether a word that can be a verbal noun opens its sentence before a person: "(he) *discussed*, the Iraqi
        prime minister, with …", which taggers read as "discussion of"; or follows one ("Powell *discussed* it")."""
        if self.forms[id - 1] not in self.lexicon.opening_verbs:
            return False
        before = self.entity_at(id - 1) if id > 1 else None
        if before is not None and before.kind == "Person" and not self.preposition_of(before):
            # "spoke Biden *via* video"; "Biden *expressed* his concern" is spelt alike, and takes a preposition of its own
            governed = id < len(self.words) and self.word(id + 1).upos == "ADP"
            return governed or self.word(id).upos != "ADP"
        if self._goes_on_with(id):
            return True
        opens = id == 1 or (id == 2 and self.word(1).upos == "CCONJ") or self._follows_link(id)
        opens = opens or (id > 1 and self.forms[id - 2] in self.lexicon.before_verbs)
        if not opens:
            return False
        following = self.entity_at(id + 1)
        # a preposition there is a verb before any party ("*expressed* the Council": in Arabic like "via")
        kinds = ("Person", "Organization", "Country")[: 3 if self.word(id).upos == "ADP" else 1]
        acts = following is not None and following.first == id + 1 and following.kind in kinds
        return acts or self._is_nominative(id + 1)

    def _goes_on_with(self, id: int) -> bool:
        """Whether "and" stands before a word and "with" after it: what was told goes on ("received him, *and discussed with*
        him the treaty"); no noun is joined so, since with whom it is stands behind what it is of."""
        joins = id > 1 and self.word(id - 1).upos == "CCONJ"
        return joins and id < len(self.words) and self.forms[id] in self.lexicon.accompanying

    def _follows_link(self, id: int) -> bool:
        """Whether what stands before a word only links its sentence ("*besides,* discussed …") or says where ("*in Baghdad*")."""
        before = self.forms[: id - 1]
        joined = before[1:] if before and self.word(1).upos == "CCONJ" else before
        place = self.entity_at(id - 1) if joined and joined[0] in self.lexicon.local else None
        where = bool(place and place.place and place.first == id - len(joined) + 1)
        if where or len(before) < 2 or before[-1] not in self.lexicon.commas or len(before) > _LINK:
            return where
        return all(self.word(at).upos != "VERB" for at in range(1, id)) and joined[0] in self.lexicon.linkers

    def _is_nominative(self, id: int) -> bool:
        """Whether a word is a noun for delegates with an ending that only subjects have ("*the two sides* discussed": a
        dual or plural, whose ending in Arabic is another after a noun)."""
        if id > len(self.words) or not self.is_one_of(id, self.lexicon.delegates):
            return False
        return self.forms[id - 1].endswith(self.lexicon.nominative_endings)

    def is_oblique(self, id: int) -> bool:
        """Whether a noun has the ending of plurals that are no subjects ("called upon *the putschists*"): -īn, but not where it
        follows an alef, as in broken plurals ("laws": *qawānīn*)."""
        form, word = self.forms[id - 1], self.word(id)
        plural = word.xpos[7:8] == "P" and word.upos == "NOUN" and self.entity_at(id) is None
        oblique = form.endswith(self.lexicon.oblique) and self.has_article(id)
        return plural and oblique and form[-4:-3] != self.lexicon.long_vowel

    def is_boundary(self, id: int) -> bool:
        """Whether a word opens another clause (and is not part of a name: Moon Jae-*in* is spelt like "that")."""
        return self._boundaries[id - 1]

    @cached_property
    def _boundaries(self) -> tuple[bool, ...]:
        return tuple(self._is_boundary(word.id) for word in self.words)

    def _is_boundary(self, id: int) -> bool:
        if self.entity_at(id) is not None or self.adds_party(id):
            return False
        form = self.forms[id - 1]
        if form in self.lexicon.since and self.forms[id % len(self.words)] in self.lexicon.lasting:
            return False  # "negotiates *since months* on a treaty"
        return form in self.lexicon.marks or (form in self.lexicon.boundary and self.word(id).upos != "NOUN")

    def adds_party(self, id: int) -> bool:
        """Whether "then" goes on to the next party of the same verb ("met with the prime minister, *then with the
        president*")."""
        if self.forms[id - 1] not in self.lexicon.then or id == len(self.words):
            return False
        at = id + 2 if self.word(id + 1).upos == "ADP" and id + 2 <= len(self.words) else id + 1
        entity = self.entity_at(at)
        if entity is None or entity.kind != "Person" or entity.first <= id:
            return False
        return not (entity.last < len(self.words) and self.is_verb(entity.last + 1))

    # -- stretches -----------------------------------------------------------------------------------------------

    @_remembered
    def phrase_end(self, anchor: int) -> int:
        """The id after the last word of the phrase that a noun opens.

        It ends at the sentence's marks, at a conjunction that opens a clause, at the next word that names an event,
        and at a verb that is not in a relative clause of the phrase ("talks *which Sherman will lead* with …").
        """
        return find_phrase_end(self, anchor)

    def continues(self, id: int) -> bool:
        """Whether a conjunction opens a clause that tells more of the same event."""
        return id > 1 and self.forms[id - 2 : id] in self.lexicon.continuing

    def has_pronoun(self, id: int) -> bool:
        """Whether a word has a pronoun on it."""
        after = id + 1
        return (
            after <= len(self.words)
            and self.word(after).upos == "PRON"
            and self.word(after).token == self.word(id).token
        )

    @_remembered
    def clause_end(self, verb: int, *, past: int = 0) -> int:
        """The id after the last word of the clause that a verb opens, at least up to ``past``."""
        for id in range(max(verb, past) + 1, len(self.words) + 1):
            if self.is_boundary(id):
                return id
            noun = self.word(id).xpos.startswith("V-")  # "discussed … *the deploying of*"
            if self.is_verb(id) and not noun and not self.word(id).deprel.startswith("acl"):
                return id
        return len(self.words) + 1

    # -- verbs ---------------------------------------------------------------------------------------------------

    @_remembered
    def governing_verb(self, id: int) -> tuple[int, str, str] | None:
        """The verb above a noun, how the noun (or the noun that only supports it) hangs on it, and by what preposition.

        "The White House announced the *end of the call*" has the call as object, by way of its end.
        """
        current, own_case, only_names = self.word(id), self.case_of(id), True
        for above in self.ancestors(id):
            if self.is_verb(above.id):
                if own_case and only_names and current.id != id:
                    return (
                        above.id,
                        "obl",
                        own_case,
                    )  # "discussed with his counterpart, *in a call*", hung on the name
                if not own_case and self._hangs_on_place(id):
                    return above.id, "obj", ""  # "concluded in Lome, capital of Togo, *the summit*"
                case = self.case_of(current.id)
                link = "obl" if case else current.deprel.split(":")[0]
                if self._supports(id, current.id):
                    return above.id, link, case
                return above.id, "nested", own_case
            if above.upos in {"CCONJ", "PUNCT", "PART"}:
                return None
            if current.deprel.split(":")[0] in {"conj", "parataxis"} and above.upos != "NOUN":
                return None
            only_names = only_names and self.entity_at(above.id) is not None
            current = above
        return None

    def _hangs_on_place(self, id: int) -> bool:
        """Whether the parser has hung a noun on the name of a place or state, which takes no complement."""
        head = self.entity_at(self.word(id).head) if self.word(id).head else None
        return head is not None and head.last < id and head.how != "demonym" and head.place is not None

    @_remembered
    def verb_before(self, anchor: int, among: frozenset[str] = frozenset()) -> int:
        """The nearest verb (or the nearest of some) before an anchor in its clause, with no other anchor between; 0 if
        none."""
        skipped = self._source_before(anchor) if among else range(0)
        for id in range(anchor - 1, 0, -1):
            if id in skipped:
                continue
            if self.is_boundary(id) or id in self.anchors:
                return 0
            if self.is_verb(id) and (not among or self.is_one_of(id, among)):
                return id
        return 0

    def _source_before(self, anchor: int) -> range:
        """The words set off by commas right before an anchor that say whose word is taken ("received, *according to his
        minister,* a call")."""
        commas = [id for id in range(1, anchor) if self.forms[id - 1] in self.lexicon.commas]
        if len(commas) < 2 or commas[-1] != anchor - 1:
            return range(0)
        sourced = self.forms[commas[-2]] in self.lexicon.according
        return range(commas[-2], commas[-1] + 1) if sourced else range(0)

    def _supports(self, id: int, top: int) -> bool:
        """Whether the nouns from above ``id`` up to ``top`` only say that the event takes place."""
        current = id
        while current != top:
            current = self.word(current).head
            if self.word(current).upos == "NOUN" and not self.is_one_of(current, self.lexicon.support):
                return False
        return True

    def case_of(self, id: int) -> str:
        """The preposition that hangs on a word or stands right before it, folded, or nothing."""
        if id > 1 and self.word(id - 1).upos == "ADP":
            return self.forms[id - 2]
        for child in self.sentence.children.get(id, ()):
            if child.deprel == "case" and child.id < id:
                return self.forms[child.id - 1]
        return ""

    @_remembered
    def relative_verbs(self, anchor: int, end: int) -> tuple[int, ...]:
        """The verbs of relative clauses in the phrase of an anchor."""
        return tuple([id for id in range(anchor + 1, end) if self.is_verb(id)])

    # -- entities ------------------------------------------------------------------------------------------------

    @cached_property
    def _index(self) -> dict[int, int]:
        return {
            id: index
            for index, entity in enumerate(self.entities)
            for id in range(entity.first, entity.last + 1)
        }

    def entity_at(self, id: int) -> EntityMention | None:
        """The entity that a word belongs to."""
        index = self._index.get(id)
        return None if index is None else self.entities[index]

    def between(self, begin: int, end: int) -> list[EntityMention]:
        """The entities whose words all lie from ``begin`` to ``end`` (exclusive)."""
        return [entity for entity in self.entities if begin <= entity.first and entity.last < end]

    @cached_property
    def chains(self) -> tuple[int, ...]:
        """For each entity the index of the first entity that it is coordinated with (itself if none)."""
        found: list[int] = []
        for index, entity in enumerate(self.entities):
            first = index
            if index and self._is_coordinated(self.entities[index - 1], entity):
                first = found[index - 1]
            found.append(first)
        return tuple(found)

    def _is_coordinated(self, before: EntityMention, entity: EntityMention) -> bool:
        """Whether only "and", commas, quotation marks or a hyphen stand between two entities.

        Two nouns with nothing but a comma between them may be an apposition; a conjunction or, for demonyms, mere
        adjacency ("Russian American talks") is needed.
        """
        gap = range(self.past_aside(before.last + 1), entity.first)
        if len(gap) == 1 and self.forms[gap[0] - 1] in self.lexicon.dashes:
            return True  # "the council of Russia - NATO"; taggers know no long dash
        if any(not self._joins(id) for id in gap):
            return False
        if before.actors and before.actors == entity.actors:
            return True  # the same in other words: "the North Atlantic alliance "NATO""
        if before.how == "demonym" and entity.how == "demonym":
            return len(gap) <= 2
        if not gap and entity.how == "demonym" and self._is_like_adjective(before):
            return True  # "the *Saudi* Pakistani committee": in Arabic the name of the state is spelt like the adjective
        if not gap and self._carries_conjunction(entity):
            return True
        return any(self.word(id).upos == "CCONJ" for id in gap) and len(gap) <= 5

    def _is_like_adjective(self, entity: EntityMention) -> bool:
        """Whether a name of one word is spelt like an adjective with the article."""
        form = self.forms[entity.first - 1]
        adjective = form.startswith(self.article) and form.endswith(self.lexicon.adjective_endings)
        return adjective and entity.first == entity.last and entity.kind == "Country"

    def _carries_conjunction(self, entity: EntityMention) -> bool:
        """Whether "and" is written with a name that the tokenizer did not know, and so did not take apart."""
        return not entity.preposition and entity.begin > self.word(entity.first).begin

    def _joins(self, id: int) -> bool:
        word, form = self.word(id), self.forms[id - 1]
        if form in self.lexicon.blessing or (
            word.upos == "PRON" and id > 1 and self.forms[id - 2] in self.lexicon.blessing
        ):
            return True  # "the emir, *God keep him*, and the president"
        return word.upos in {"CCONJ", "PUNCT"} and form not in self.lexicon.marks

    def preposition_of(self, entity: EntityMention) -> str:
        """The preposition before an entity (or before the first it is coordinated with), folded; "" if none."""
        first = self.entities[self.chains[self.entities.index(entity)]]
        return self.own_preposition(first) or (self.own_preposition(entity) if first is not entity else "")

    def own_preposition(self, entity: EntityMention) -> str:
        """The preposition that stands before this entity itself, folded; "" if none."""
        if entity.preposition:
            return entity.preposition
        capital = self._capital_before(entity)
        if capital:
            return self.own_preposition(capital)
        id = entity.first - 1
        while id >= 1 and (self.word(id).upos == "PUNCT" or self.is_passed_over(id)):
            if id > 1 and (self.forms[id - 2], self.forms[id - 1]) in self.lexicon.compound:
                break
            if self.forms[id - 1] in self.lexicon.marks or self.forms[id - 1] in self.lexicon.commas:
                return ""
            if (
                id > 1
                and self.forms[id - 1] in self.lexicon.resuming
                and self.forms[id - 2] in self.lexicon.apart
            ):
                return ""  # "met *before that* the king"
            id -= 1
        if id < 1:
            return ""
        if id > 1 and (self.forms[id - 2], self.forms[id - 1]) in self.lexicon.compound:
            return f"{self.forms[id - 2]} {self.forms[id - 1]}"
        if self.forms[id - 1] in self.lexicon.instrumental and (entity.kind == "Person" or self.is_verb(id)):
            return ""  # a verb that is spelt like the preposition ("*expressed* the president", not "via the president")
        governing = self.forms[id - 1] if self._governs(id) else ""
        if governing and governing not in self.lexicon.sending:
            return governing
        found = self._preposition_of_delegates(entity, id - 1 if governing else id) or governing
        return found or self._preposition_of_title(entity)

    def _capital_before(self, entity: EntityMention) -> EntityMention | None:
        """The city that a state is only named to tell of ("met in *Prague, capital of* the Czech Republic")."""
        id = entity.first - 1
        if id < 2 or self.forms[id - 1] not in self.lexicon.capital or entity.kind != "Country":
            return None
        city = self.entity_at(id - 2 if self.forms[id - 2] in self.lexicon.commas else id - 1)
        return city if city and city.place and city is not entity else None

    def _governs(self, id: int) -> bool:
        return self.word(id).upos == "ADP" or self.forms[id - 1] in self.lexicon.prepositions

    def _preposition_of_delegates(self, entity: EntityMention, last: int) -> str:
        """The preposition before those who speak for an entity ("between *delegations from* India", "with *representatives
        of* Albania", "among *the staffs of* France"), whose words end at ``last``; "" if there are none."""
        if entity.how == "demonym" or entity.kind == "Person":
            return ""
        for id in range(last, max(last - _DELEGATION, 1), -1):
            if self.entity_at(id) is not None or self.word(id).upos not in {"NOUN", "ADJ", "X"}:
                return ""
            if self.is_one_of(id, self.lexicon.delegates):
                return self.forms[id - 2] if self._governs(id - 1) else ""
        return ""

    def _preposition_of_title(self, entity: EntityMention) -> str:
        """The preposition before a person's title that was not understood ("*with* the chairman of the committee on foreign
        relations A. B.", "with *its* minister A. B."); "" if there is none. A noun without the article right before the name is of its own person ("with
        the chairman of the fund for *the campaign of* A. B.")."""
        last = entity.first - 1
        if entity.kind != "Person" or entity.how != "name" or last < 3:
            return ""
        if self.word(last).upos == "NOUN" and not self.has_article(last) and self.entity_at(last) is None:
            return ""
        for id in range(last, max(last - _TITLE, 1), -1):
            within = self.entity_at(id)
            if self.word(id).upos not in {"NOUN", "ADJ", "X", "ADP", "NUM", "PRON"} or id in self.anchors:
                return ""
            if within is not None and within.kind == "Person":
                return ""
            if self.is_one_of(id, self.lexicon.offices) and id > 2:
                compound = (self.forms[id - 3], self.forms[id - 2])
                if compound in self.lexicon.compound:
                    return " ".join(compound)  # "threatened, *by the mouth of* its minister A. B.,"
                if self._governs(id - 1):
                    return self.forms[id - 2]
        return ""

    def is_passed_over(self, id: int) -> bool:
        """Whether a word may stand between a preposition and a name without changing their relation ("with *both* X")."""
        form = self.forms[id - 1]
        pairs = {
            f"{form} {self.forms[id]}" if id < len(self.forms) else "",
            f"{self.forms[id - 2]} {form}" if id > 1 else "",
        }
        return (
            self.word(id).upos == "DET"
            or form in self.lexicon.passed_over
            or bool(pairs & self.lexicon.passed_over)
        )


def find_first(view: SentenceView) -> SentenceView:
    """The first sentence of the document that a sentence is of."""
    first = view
    while first.previous is not None:
        first = first.previous
    return first
