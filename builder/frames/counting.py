"""What a time in a sentence says, when it is not that of its event: a deadline, an anniversary, since when events are counted."""

from __future__ import annotations

from diplograph.frames.status_lexicon import load_status
from diplograph.frames.view import SentenceView
from diplograph.model import TimeExpression
from diplograph.temporal.lexicon import load_lexicon

_DAY = 10  # characters of an ISO date as precise as the day
_COUNTED = 4  # words before "since" in which stands what is counted


def is_deadline(view: SentenceView, id: int) -> bool:
    """Whether a date says until when somebody has time ("gave Syria *until today*")."""
    return id > 1 and view.forms[id - 2] in view.lexicon.until


def is_commemorated(view: SentenceView, id: int) -> bool:
    """Whether a date says what somebody is congratulated on ("on the coming of *the month of Ramadan*")."""
    return any(view.forms[at - 1] in view.lexicon.commemorated for at in range(max(1, id - 2), id))


def is_ordinal(view: SentenceView, anchor: int) -> bool:
    begin, end = max(1, anchor - 2), min(anchor + 4, len(view.words) + 1)
    # Names have such words, too (Al *Thani*).
    return any(view.entity_at(id) is None for id in view.find(load_status().ordinals, begin, end))


def may_count(time: TimeExpression, published: str | None) -> bool:
    """Whether a time can be that in which events are counted: a month or year that is not over on the day of writing."""
    start = time.start_date or ""
    return len(start) < _DAY and (published or start).startswith(start)


def is_ahead(time: TimeExpression, published: str) -> bool:
    """Whether a time lies after the day of writing."""
    start = time.start_date or ""
    return len(published) >= len(start) and start > published[: len(start)]


def is_of_other_noun(view: SentenceView, id: int) -> bool:
    """Whether a day or month names what stands right before it: a noun without the article that is neither a time nor an
    event ("a meeting on *the agreement of* 17 October"). "Today" and weekdays stand behind any noun."""
    before, form = id - 1, view.forms[id - 1]
    return (
        before > 0
        and (form.isdigit() or load_lexicon().names_month(form))
        and view.word(before).upos == "NOUN"
        and before not in view.anchors
        and not view.has_article(before)
        and view.entity_at(before) is None
        and not load_lexicon().names_time(view.forms[before - 1])
    )


def is_counted_since(view: SentenceView, id: int, time: TimeExpression) -> bool:
    """Whether a month or year only says since when something is the first or last of its kind ("for *the first* time *since
    two years* the two met"), or is put off ("the summit *put off since* 1995")."""
    since = next((at for at in (id, id - 1) if at and view.forms[at - 1] in view.lexicon.since), 0)
    counting = load_status().ordinals | load_status().postponing
    return (
        bool(since)
        and len(time.start_date or "") < _DAY
        and bool(view.find(counting, max(1, since - _COUNTED), since))
    )


def is_of_relative(view: SentenceView, id: int, anchor: int) -> bool:
    """Whether a day is that of a relative clause which a comma closes before an event ("condemned the test *that Seoul made on
    Sunday*, and warned of")."""
    verb = next((at for at in range(id - 1, 1, -1) if view.is_verb(at)), 0)
    closed = any(view.forms[at - 1] in view.lexicon.commas for at in range(id + 1, anchor))
    apart = any(view.forms[at - 1] in view.lexicon.commas for at in range(verb + 1, id))
    return bool(verb) and closed and not apart and view.forms[verb - 2] in view.lexicon.relative
