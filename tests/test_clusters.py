"""Consolidation by index is the plain rule; and what changes step by step ends where a new beginning would."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_consolidation import consolidate_plainly

from diplograph.events import consolidate
from diplograph.events.clusters import Clusters
from diplograph.events.consolidation import Dated, to_event
from diplograph.model import Actor, Event, EventReport, EventValues, Filler, Place

COUNTRIES = [Actor(key, "Country", key) for key in ("America", "Russia", "France", "China")]
PEOPLE = [
    Actor(f"{country.key}-{n}", "Person", f"{country.key} {n}", represents=(country.key,))
    for country in COUNTRIES
    for n in range(2)
]
ENVOY = Actor("envoy", "Person", "envoy", represents=("America", "Russia"))
ACTORS = [*COUNTRIES, *PEOPLE, ENVOY]
PLACES = [
    Place("geneva", "g", country="ch"),
    Place("ch", "ch", country="ch"),
    Place("paris", "p", country="France"),
]
DAYS = [f"2021-12-{day:02}" for day in (1, 2, 3, 5, 8, 24, 30, 31)] + [
    "2022-01-01",
    "2022-01-23",
    "2021-11-30",
]
COARSE = ["2021", "2021-12", "2022", "2022-01", "2021-11", "9999-12", "9999"]

moments = st.one_of(st.none(), st.sampled_from(DAYS), st.sampled_from(DAYS), st.sampled_from(COARSE))


@st.composite
def told(draw: st.DrawFn, document: str, number: int) -> Dated:
    """A report that is like many others: few actors, days close to each other, all that can be left out left out."""
    roles = st.sampled_from(["participant", "participant", "initiator", "threatener", "target"])
    actors = draw(st.lists(st.sampled_from(ACTORS[: draw(st.integers(2, len(ACTORS)))]), max_size=4))
    fillers = tuple(dict.fromkeys(Filler(draw(roles), actor) for actor in actors))
    values = EventValues(
        draw(st.sampled_from(["PhoneCall", "PhoneCall", "PhoneCall", "Summit"])),
        draw(st.sampled_from(["occurred", "occurred", "planned", "denied"])),
        fillers,
        draw(moments),
        draw(moments),
        place=draw(st.sampled_from([None, None, *PLACES])),
        duration_minutes=draw(st.sampled_from([None, 30, 60])),
        condition=draw(st.sampled_from([None, "if"])),
    )
    return draw(moments), EventReport(document, number, values, draw(st.sampled_from([0.5, 0.8])), ())


@st.composite
def documents(draw: st.DrawFn, name: str) -> list[Dated]:
    """The reports of a document, all with one date of publication."""
    published = draw(moments)
    found = [draw(told(name, number)) for number in range(1, draw(st.integers(0, 4)) + 1)]
    return [(published, report) for _, report in found]


@st.composite
def collections(draw: st.DrawFn) -> list[Dated]:
    return [dated for n in range(draw(st.integers(0, 12))) for dated in draw(documents(f"document-{n}"))]


@settings(max_examples=250, deadline=None)
@given(collections())
def test_the_quick_way_gives_what_the_plain_rule_gives(reports: list[Dated]) -> None:
    assert consolidate(reports) == consolidate_plainly(reports)


NAMES = [f"document-{n}" for n in range(9)]
Step = tuple[str, list[Dated]]


@st.composite
def histories(draw: st.DrawFn) -> list[list[Step]]:
    """Builds one after another, each of which puts documents in the place of others: with more or fewer of the reports
    that they can have, or with altogether new ones."""
    can_have = {name: draw(documents(name)) for name in NAMES}
    builds = []
    for _ in range(draw(st.integers(1, 6))):
        steps = []
        for name in draw(st.lists(st.sampled_from(NAMES), max_size=6, unique=True)):
            if draw(st.integers(0, 5)) == 0:
                can_have[name] = draw(documents(name))
            steps.append((name, [dated for dated in can_have[name] if draw(st.booleans())]))
        builds.append(steps)
    return builds


def some_clusters() -> Clusters:
    clusters = Clusters(None)
    clusters.describe([*ACTORS, *PLACES])
    return clusters


def events_in(clusters: Clusters, seen: dict[int, Event]) -> Sequence[Event]:
    """The events, of which only those that were touched are looked at again."""
    for cluster, members in clusters.touched():
        seen.pop(cluster, None)
        if members:
            seen[cluster] = to_event(members)
    clusters.forget_touched()
    return sorted(seen.values(), key=lambda event: event.key)


@settings(max_examples=300, deadline=None)
@given(histories(), st.booleans())
def test_any_history_ends_where_a_new_beginning_would(history: list[list[Step]], anew: bool) -> None:
    clusters = some_clusters()
    present: dict[str, list[Dated]] = {}
    seen: dict[int, Event] = {}
    for turn, build in enumerate(history):
        for name, reports in build:
            present[name] = reports
            if not (anew and turn == 0):
                clusters.replace(name, reports)
        if anew and turn == 0:
            clusters.fill(dated for reports in present.values() for dated in reports)
            clusters.settle_all()
        else:
            clusters.settle()
        wanted = consolidate_plainly(dated for reports in present.values() for dated in reports)
        assert list(events_in(clusters, seen)) == list(wanted)


def test_one_at_a_time_in_any_order_is_all_at_once() -> None:
    chance = random.Random(4)
    for _ in range(30):
        reports = [a_report(chance, n) for n in range(60)]
        clusters, seen = some_clusters(), {}
        for dated in chance.sample(reports, len(reports)):
            clusters.replace(dated[1].document, [dated])
            clusters.settle()
            events_in(clusters, seen)
        kept = chance.sample(reports, 40)
        for dated in reports:
            if dated not in kept:
                clusters.replace(dated[1].document, [])
                clusters.settle()
                events_in(clusters, seen)
        assert list(events_in(clusters, seen)) == list(consolidate_plainly(kept))
        assert len(clusters) == 40


@pytest.mark.parametrize("other", [1, 2])
def test_reports_of_one_document_keep_each_other_out_only_while_both_are_there(other: int) -> None:
    """Whichever of the two goes or comes, the one that stays is where it would be without, or with, the other."""

    def told_by(document: str, number: int) -> Dated:
        fillers = (Filler("participant", COUNTRIES[0]), Filler("participant", COUNTRIES[1]))
        values = EventValues("PhoneCall", "occurred", fillers, "2021-12-30")
        return None, EventReport(document, number, values, 0.5, ())

    first, both = [told_by("a", 1)], [told_by("b", 1), told_by("b", 2)]
    clusters, seen = some_clusters(), {}
    for reports in (both, [both[other - 1]], both, [both[2 - other]], both):
        for name, now in (("a", first), ("b", reports)):
            clusters.replace(name, now)
        clusters.settle()
        assert list(events_in(clusters, seen)) == list(consolidate_plainly([*first, *reports]))


def a_report(chance: random.Random, number: int) -> Dated:
    actors = chance.sample(ACTORS[: chance.choice((3, len(ACTORS)))], chance.choice((1, 2, 2, 3)))
    fillers = tuple(Filler("participant", actor) for actor in actors)
    start = chance.choice([None, "2021-12", *DAYS])
    values = EventValues("PhoneCall", "occurred", fillers, start, place=chance.choice([None, *PLACES]))
    return chance.choice(DAYS), EventReport(f"document-{number}", 1, values, 0.5, ())
