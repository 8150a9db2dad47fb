"""Mentions → reports: which mentions of a document speak of one event, and what they say together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from diplograph.events.confidence import estimate_confidence
from diplograph.events.dating import date_headline, date_likely, date_margins, is_of_same
from diplograph.events.groups import Group, anchors_of, may_be_both, own_values, trigger_of, trigger_span
from diplograph.events.parties import (
    have_only_bodies,
    is_joined,
    is_wider,
    is_with_body,
    names_same_body,
    without_headline_names,
)
from diplograph.events.retold import (
    drop_told,
    join_attendees,
    join_headline_threats,
    without_strangers,
)
from diplograph.events.values import (
    actors_agree,
    dates_agree,
    days_between,
    places_agree,
    roles_of,
    same_party,
    within,
    without_bodies,
)
from diplograph.frames import APART, NUMBER, Frame, load_frames
from diplograph.model import EventReport, EventValues, Evidence, Mention, ParsedDocument

_DAY = 10  # letters of a date that is a day
_LONGEST = 5  # days that a summit or a round of talks takes


def to_reports(parsed: ParsedDocument, mentions: Sequence[Mention]) -> tuple[EventReport, ...]:
    """The reports of a document, in the order of their first mentions; what no frame's minimum admits is left out."""
    frames = {frame.event_class: frame for frame in load_frames()}
    groups: list[Group] = []
    kept = _one_per_trigger(mentions, frames)
    for mention in [m for m in kept if not _refers_back(m)]:
        _attach(groups, mention)
    further = [m for m in kept if {"inherits", "further"} & m.cues and not own_values(m).fillers]
    inheriting = [mention for mention in further if _inherit(groups, mention)]
    taken = [*inheriting, *(mention for group in groups for mention in group.mentions)]
    for mention in [m for m in kept if _refers_back(m) and m not in taken]:
        _attach_back(groups, mention)
    _join_groups(groups)
    join_headline_threats(parsed, groups, frames)
    join_attendees(groups)
    drop_told(groups, frames)
    _complete_rounds(groups, frames)
    date_margins(groups)
    reports: list[EventReport] = []
    groups.sort(key=lambda group: min(mention.begin for mention in group.mentions))
    for group in groups:
        values = _settle_fillers(group.values, frames[group.values.event_class])
        if not frames[values.event_class].status:
            values, group.mentions = date_headline(parsed, values, group.mentions)
        if not _find_wanting(values, frames[values.event_class], group.mentions):
            values, group.mentions = date_likely(values, group.mentions, groups)
            ordered = tuple(
                sorted(group.mentions, key=lambda mention: (mention.begin, mention.end, mention.trigger))
            )
            confidence = estimate_confidence(values, ordered)
            reports.append(EventReport(parsed.document.id, len(reports) + 1, values, confidence, ordered))
    return tuple(reports)


def _settle_fillers(values: EventValues, frame: Frame) -> EventValues:
    """The values with each party once: where persons act for themselves, the countries they speak for are left out."""
    if any(policy.with_body for policy in frame.roles.values()):
        return values
    return replace(values, fillers=without_bodies(values.fillers))


def _one_per_trigger(mentions: Sequence[Mention], frames: dict[str, Frame]) -> list[Mention]:
    """Of several frames that fire on one word, the one that the others yield to; a back reference yields to all."""
    by_span: dict[tuple[int, int], list[Mention]] = {}
    for mention in [m for m in mentions if not _is_like_nothing(m, mentions)]:
        by_span.setdefault(trigger_span(mention), []).append(mention)
    kept: list[Mention] = []
    for rivals in by_span.values():
        if len({rival.frame for rival in rivals}) > 1 and all("serial" in rival.cues for rival in rivals):
            # "A similar meeting" is one of the kind that the text has told last.
            told = [m.frame for m in mentions if m.begin < rivals[0].begin and own_values(m).fillers]
            kinds = [frame for frame in told if any(frame == rival.frame for rival in rivals)]
            rivals = [rival for rival in rivals if rival.frame in kinds[-1:]] or rivals
        if len(rivals) > 1:
            rivals = [mention for mention in rivals if "anaphoric" not in mention.cues] or rivals
            present = {m.values.event_class for m in rivals if _is_admitted(m, frames[m.values.event_class])}
            rivals = [
                m for m in rivals if not present & set(frames[m.values.event_class].yields_to)
            ] or rivals
        # A trigger that distributes makes several mentions of one word: one for each partner.
        kept.extend(m for m in rivals if (m.frame, m.trigger) == (rivals[0].frame, rivals[0].trigger))
    return kept


def _is_like_nothing(mention: Mention, mentions: Sequence[Mention]) -> bool:
    """Whether an event is said to be like another ("held *similar talks*"), of which kind the text has told none."""
    trigger = trigger_of(mention)
    if not trigger or not (trigger.inherits and trigger.lenient) or trigger.definite is not None:
        return False
    return not any(
        m.frame == mention.frame and m.begin < mention.begin and m.values.fillers for m in mentions
    )


def _refers_back(mention: Mention) -> bool:
    """Whether a mention names no party of its own (or only refers back), so that it needs an event to belong to."""
    return bool({"anaphoric", "group", "implied"} & mention.cues) or not mention.values.fillers


def _attach(groups: list[Group], mention: Mention) -> None:
    for group in reversed(groups):
        if ("another" not in mention.cues or _is_told_by_verb(group, mention)) and _belongs(
            group, mention, strict=True
        ):
            group.mentions.append(mention)
            return
    for group in reversed(groups):
        known = without_strangers(group, mention)
        if known is not None and _belongs(group, known, strict=True):
            group.mentions.append(known)
            return
    # "a new round" alone does not say of what, nor does one of others than those whom the text has told of
    if "inherits" not in mention.cues or any(is_of_same(group.values, mention.values) for group in groups):
        groups.append(Group([mention]))


def _is_told_by_verb(group: Group, mention: Mention) -> bool:
    """Whether the verb of a sentence tells already of the event that its noun calls another ("*met* yesterday in *another*
    extraordinary *summit*")."""
    actors = {filler.actor for filler in own_values(mention).fillers}
    return "further" in mention.cues and any(
        other.sentence == mention.sentence
        and trigger_span(other) != trigger_span(mention)
        and (trigger := trigger_of(other)) is not None
        and trigger.verbal
        and {filler.actor for filler in own_values(other).fillers} == actors
        for other in group.mentions
    )


def _inherit(groups: list[Group], mention: Mention) -> bool:
    """Opens a group for a further round with a date or place of its own, with the parties of the event before it; one
    that is still to come needs neither ("no date was set for *another meeting*"). Says whether the mention has found its event."""
    before = [
        g
        for g in groups
        if g.values.event_class == mention.values.event_class
        and g.values.fillers
        and g.mentions[0].begin < mention.begin
    ]
    announced = {"further", "status"} <= mention.cues and mention.values.status != "occurred"
    if not before or not (mention.values.start_date or mention.values.place or announced):
        return False
    words = anchors_of(mention)
    kin = [group for group in before if any(words & anchors_of(other) for other in group.mentions)]
    meant = next((g for g in reversed(kin or before) if _belongs(g, mention, strict=False)), None)
    if meant is not None:
        meant.mentions.append(mention)
        return True
    parties = replace(mention.values, fillers=(kin or before)[-1].values.fillers)
    groups.append(Group([replace(mention, values=parties)]))
    return True


def _can_be_told(group: Group, mention: Mention) -> bool:
    """Whether a noun without the article can tell a group's event once more: "(they) held *a summit*" is none of the
    meetings that the text tells besides, but that of its own sentence ("the two met *in a summit*")."""
    trigger, words = trigger_of(mention), anchors_of(mention)
    return (
        mention.definite
        or not trigger
        or trigger.verbal
        or any(other.sentence == mention.sentence or words & anchors_of(other) for other in group.mentions)
    )


def _complete_rounds(groups: list[Group], frames: dict[str, Frame]) -> None:
    """Gives a round that names one party, where two are asked for, the party that it leaves out: the one that most of the
    rounds before it in its sentence have ("talks between Russia and the alliance, *then talks with the organization*")."""
    for group in groups:
        values, first = group.values, group.mentions[0]
        roles = [
            role
            for role, policy in frames[values.event_class].roles.items()
            if policy.mutual and policy.minimum > 1
        ]
        if len(group.mentions) > 1 or len(roles) != 1 or len(values.fillers) != 1:
            continue
        before = [
            other.values
            for other in groups
            if other is not group
            and other.values.event_class == values.event_class
            and any(m.sentence == first.sentence and m.begin < first.begin for m in other.mentions)
        ]
        told = [filler for other in before for filler in other.fillers if filler.role == roles[0]]
        told = [filler for filler in told if not same_party(filler.actor, values.fillers[0].actor)]
        if told:
            left_out = max(dict.fromkeys(told), key=told.count)
            begin, end = trigger_span(first)
            proof = Evidence(left_out.role, begin, end, "left out", left_out.actor)
            completed = replace(values, fillers=(left_out, *values.fillers))
            group.mentions = [replace(first, values=completed, evidence=(*first.evidence, proof))]


def _attach_back(groups: list[Group], mention: Mention) -> None:
    """Adds a back reference to the last event of its class before it (else the first after it) that it can mean."""
    before = [g for g in groups if min(m.begin for m in g.mentions) < mention.begin]
    before.sort(
        key=lambda group: max(m.begin for m in group.mentions if m.begin < mention.begin), reverse=True
    )
    after = [group for group in groups if group not in before]
    before, after = ([g for g in some if _can_be_told(g, mention)] for some in (before, after))
    if "several" in mention.cues and not own_values(mention).fillers:
        # "the leaders congratulated him in calls today": what it says holds for each of the calls named later.
        for group in after:
            if _belongs(group, mention, strict=False):
                group.mentions.append(mention)
    # "The meeting" is none of which the text has not told yet.
    for group in before if "anaphoric" in mention.cues else (*before, *after):
        if _belongs(group, mention, strict=False):
            group.mentions.append(mention)
            return
    if "anaphoric" not in mention.cues and not _is_nowhere(groups, mention):
        groups.append(Group([mention]))


def _is_nowhere(groups: list[Group], mention: Mention) -> bool:
    """Whether one more meeting of "the two sides" has neither date nor place, and the text has told of none before: of what
    kind it is to be is not said."""
    same = any(group.values.event_class == mention.values.event_class for group in groups)
    unsaid = {"inherits", "group"} <= mention.cues and not (mention.values.start_date or mention.values.place)
    return unsaid and not same


def _belongs(group: Group, mention: Mention, *, strict: bool) -> bool:
    """Whether a mention can speak of a group's event."""
    ours, theirs = group.values, own_values(mention)
    if ours.event_class != theirs.event_class:
        return False
    dated_alike = bool(ours.start_date) and ours.start_date == theirs.start_date
    placed_alike = ours.place is not None and ours.place == theirs.place
    apart = group.is_previous() != ("previous" in mention.cues) and not _is_said_twice(group, mention)
    if apart and not (dated_alike or placed_alike):
        return False
    if _goes_back(group, mention) and not (dated_alike or placed_alike):
        return False
    if not (within(ours, theirs.start_date) or within(theirs, ours.start_date) or _is_end(group, mention)):
        return False
    numbers = {cue for other in group.mentions for cue in other.cues if cue.startswith(NUMBER)}
    if numbers and not numbers & mention.cues and any(cue.startswith(NUMBER) for cue in mention.cues):
        return False  # "the first round" is not the second
    if any(_are_apart(mention, other) or _are_of_one_word(mention, other) for other in group.mentions):
        return False
    if "group" not in mention.cues and not actors_agree(
        without_headline_names(ours, group.mentions), without_headline_names(theirs, [mention])
    ):
        return False
    if not places_agree(ours, theirs) and not _is_named_from_afar(group, mention):
        return False
    # A meeting of two on the margins of a summit is not the summit of all.
    aside = "aside" in mention.cues or all("aside" in other.cues for other in group.mentions)
    if aside and ours.fillers and theirs.fillers and len(ours.fillers) != len(theirs.fillers):
        return False
    if _is_host(mention, group):
        return False
    if strict and not set(roles_of(ours)) & set(roles_of(theirs)):
        return False
    if (
        strict
        and is_wider(ours, theirs)
        and (
            have_only_bodies(ours, theirs)
            or any(map(is_with_body, (mention, *group.mentions)))
            or not _can_be_told(group, mention)
        )
    ):
        return False
    if strict and not mention.definite and is_joined(ours, theirs):
        return False
    # "The Quito summit *failed on Monday*" is not the meeting that somebody proposes, though it names nobody.
    # … nor is "(they) set a date for *a summit in Quito*" that which they held on the web.
    placed = not mention.definite and theirs.place is not None
    told = strict or bool({"further", "ahead"} & mention.cues or theirs.start_date) or placed
    if told and _is_other_time(group, mention):
        return bool(ours.start_date and theirs.start_date and dates_agree(ours.start_date, theirs.start_date))
    return True


def _is_end(group: Group, mention: Mention) -> bool:
    """Whether a mention tells of the end of an event that began some days before ("opened on Monday … *the summit closes
    today*")."""
    began, ended = group.values.start_date, mention.values.start_date
    if "closing" not in mention.cues or not began or not ended or not len(began) == len(ended) == _DAY:
        return False
    return 0 <= days_between(began, ended) <= _LONGEST


def _is_other_time(group: Group, mention: Mention) -> bool:
    """Whether a mention says of its event that it is past, and the group of its own that it lies ahead, or the other way
    round. With the article it means an event that the text has told, but not where it alone says when ("*the summit* of next
    year")."""
    explicit = {m.values.status for m in group.mentions if "status" in m.cues and not may_be_both(m)}
    theirs = mention.values
    # "*received* his guest *to hold* talks": what it is for, in one sentence with it, is that meeting.
    aimed = "aim" in mention.cues and any(other.sentence == mention.sentence for other in group.mentions)
    dates_it = bool(theirs.start_date) and not group.values.start_date and "pointed" not in mention.cues
    if "status" not in mention.cues or not explicit or aimed or may_be_both(mention):
        return False
    known = mention.definite and "ahead" not in mention.cues
    if (known or names_same_body(group.values, own_values(mention))) and not dates_it:
        return False
    past, future = {"occurred"}, {"planned", "hypothetical"}
    return {theirs.status} <= past and explicit <= future or {theirs.status} <= future and explicit <= past


def _are_of_one_word(mention: Mention, other: Mention) -> bool:
    """Whether one word tells of two events ("hosted *two summits* in 1979 and 2004")."""
    ours, theirs = mention.values.start_date, other.values.start_date
    alike = mention.trigger == other.trigger and trigger_span(mention) == trigger_span(other)
    return alike and None not in (ours, theirs) and ours != theirs


def _goes_back(group: Group, mention: Mention) -> bool:
    """Whether a mention in the pluperfect ("the two *had met* in Oslo") comes after others that the text has told; but of
    "his meetings" it tells one."""
    earlier = any({"earlier", "plural"} & other.cues for other in group.mentions)
    return "earlier" in mention.cues and not (earlier or mention.definite)


def _is_host(mention: Mention, group: Group) -> bool:
    """Whether a noun without a party is not what was held on the margins of "the summit", but that summit; and none of what
    its sentence tells besides ("on the margins of *the summit* he met the emir, and *received* the sultan")."""
    words = anchors_of(mention)
    return (
        not own_values(mention).fillers
        and bool(words)
        and all(
            not words & anchors_of(other)
            and ("margins" in other.cues or ("host" in mention.cues and other.sentence == mention.sentence))
            for other in group.mentions
        )
    )


def _is_named_from_afar(group: Group, mention: Mention) -> bool:
    """Whether a noun with the article names the body of a group's event alone, and its place stands before it: that is where
    somebody speaks of it ("sources *in Cairo* say that Beirut's part in *the Arab summit* …")."""
    actors = {filler.actor for filler in own_values(mention).fillers}
    alone = len(actors) == 1 and all(actor.kind == "Organization" for actor in actors)
    behind = any(p.aspect == "heldAt" and p.begin > trigger_span(mention)[0] for p in mention.evidence)
    same = actors == {filler.actor for filler in group.values.fillers}
    return mention.definite and alone and same and not behind


def _is_said_twice(group: Group, mention: Mention) -> bool:
    """Whether a sentence tells by its verb and by its noun what the same two did, without a day ("*made* last week, by
    telephone, *a call*")."""
    values, parties = own_values(mention), {filler.actor for filler in own_values(mention).fillers}
    return any(
        other.sentence == mention.sentence
        and not (values.start_date or other.values.start_date)
        and {filler.actor for filler in own_values(other).fillers} == parties
        and trigger_span(other) != trigger_span(mention)
        for other in group.mentions
    )


def _are_apart(one: Mention, other: Mention) -> bool:
    """Whether the text says of two mentions that the one comes before the other."""
    pairs = ((one, other), (other, one))
    return any(f"{APART}{trigger_span(told)[0]}" in teller.cues for teller, told in pairs)


def _join_groups(groups: list[Group]) -> None:
    """Joins groups without a party of their own to the group that they can only mean."""
    for group in [g for g in groups if not any(own_values(m).fillers for m in g.mentions)]:
        mention = group.mentions[0]
        rivals = [g for g in groups if g is not group and _belongs(g, mention, strict=False)]
        rivals = [
            g for g in rivals if not any(_are_of_one_word(m, n) for m in group.mentions for n in g.mentions)
        ]
        if not group.values.start_date:
            rivals = [g for g in rivals if _can_be_told(g, mention)]
        if rivals:
            rivals[-1].mentions.extend(group.mentions)
            groups.remove(group)


def _is_admitted(mention: Mention, frame: Frame) -> bool:
    """Whether the roles of a mention have the actors that the frame asks for."""
    return not _find_wanting(mention.values, frame, [])


def _find_wanting(values: EventValues, frame: Frame, mentions: Sequence[Mention]) -> list[str]:
    """The roles that have fewer actors than the frame asks for, in words.

    Fewer do where date or place are known, where a trigger of the mentions is sure, and where an official takes part.
    """
    counts = {role: len(actors) for role, actors in roles_of(values).items()}
    known = bool(values.start_date) + (values.place is not None)
    lenient = any("lenient" in mention.cues for mention in mentions)
    found = []
    for role, policy in frame.roles.items():
        needed = policy.lenient_minimum if lenient or known >= policy.lenient_from else policy.minimum
        if policy.official_minimum is not None and _is_of_official(values, mentions):
            needed = min(needed, policy.official_minimum)
        if counts.get(role, 0) < needed:
            found.append(f"{role}: {counts.get(role, 0)} of {needed}")
    return found


def _is_of_official(values: EventValues, mentions: Sequence[Mention]) -> bool:
    """Whether a text says of one event that it took place, or did not, and of somebody who speaks for a state or body that he
    took part ("*the president* received *a call* from the envoy")."""
    told = any({"status", "partnered"} <= m.cues and not {"several", "headline"} & m.cues for m in mentions)
    official = any(f.actor.kind == "Person" and f.actor.represents for f in values.fillers)
    return told and official


def explain_refusal(mention: Mention) -> str:
    """Why a mention that no report has made none of its own, in words."""
    frame = next(frame for frame in load_frames() if frame.event_class == mention.values.event_class)
    wanting = _find_wanting(mention.values, frame, [mention])
    if wanting:
        return "too few actors (" + ", ".join(wanting) + ")"
    return "it only refers back to an event" if _refers_back(mention) else "another frame has the same words"
