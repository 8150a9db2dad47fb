"""Colours, marks and words of pictures, from ``style.toml``; the names of classes and statuses are the ontology's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from diplograph.plots.bidi import ltr
from diplograph.resources import read_toml
from diplograph.vocabulary import load_vocabulary

LANGUAGES = ("en", "ar")


@dataclass(frozen=True, slots=True)
class Style:
    """What ``style.toml`` says, for one language."""

    language: str
    data: Mapping[str, Any]

    @property
    def rtl(self) -> bool:
        """Whether pictures of this language run from right to left."""
        return self.language == "ar"

    def text(self, name: str, **values: object) -> str:
        """A text of ours with its values, which are numbers and dates, which are isolated."""
        isolated = {key: ltr(value) for key, value in values.items()}
        return str(self.data["texts"][name][self.language]).format(**isolated)

    def colour(self, name: str) -> str:
        """A colour by its purpose: ink, faint, line …"""
        return str(self.data[name])

    def limit(self, name: str) -> int:
        """How many of something a picture shows at most."""
        return int(self.data["limits"][name])

    def names(self, name: str) -> tuple[str, ...]:
        """The names of months or weekdays, in the order in which they are shown."""
        return tuple(self.data["names"][f"{name}_{self.language}"])

    @property
    def first_weekday(self) -> int:
        """The day that begins a week, from 0 for Monday."""
        return int(self.data["names"][f"first_weekday_{self.language}"])

    def class_colours(self) -> dict[str, str]:
        """Each class that an event can be of, and its colour, in the order of the ontology."""
        colours = self.data["colours"]
        return {
            name: colours[number % len(colours)]
            for number, name in enumerate(load_vocabulary().event_classes())
        }

    def fill(self, status: str) -> str:
        """How the mark of an event of this status is filled: full, hollow, crossed or pale."""
        return str(self.data["fills"].get(status, "pale"))

    def shape(self, kind: str) -> str:
        """The marker of an actor of this kind."""
        return str(self.data["shapes"].get(kind, "^"))

    def term(self, name: str) -> str:
        """What the ontology calls one of its terms in this language; a name it lacks stays as it is."""
        vocabulary = load_vocabulary()
        return vocabulary.label(name, self.language) if name in vocabulary.names() else name

    def in_order(self, types: Iterable[str]) -> tuple[str, ...]:
        """These classes of events in the order of the ontology, those it lacks last."""
        known = (*load_vocabulary().event_classes(),)
        return tuple(sorted(set(types), key=lambda name: (name not in known, *_place(known, name))))

    def colours_of(self, types: Iterable[str]) -> dict[str, str]:
        """The colours of these classes of events, in their order."""
        known = self.class_colours()
        return {name: known.get(name, self.colour("faint")) for name in self.in_order(types)}


def _place(known: tuple[str, ...], name: str) -> tuple[int, str]:
    return (known.index(name) if name in known else 0, name)


@cache
def load_style(language: str) -> Style:
    """The style of pictures in Arabic (``ar``) or English (``en``).

    >>> load_style("en").text("count", count=3)
    'Events: \\u20663\\u2069'
    """
    return Style(language, read_toml("plots", "style.toml"))
