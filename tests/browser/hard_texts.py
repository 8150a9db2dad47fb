"""Texts that pages get wrong easily: both directions in one line, characters beyond the first plane, quotes, markup."""

from __future__ import annotations

import sample_graph
from sample_graph import FINISHED, PARSER, VERSIONS, report, support

from diplograph.model import Actor, Document, Event, EventValues, Filler
from diplograph.quads import actor_quads, document_graph, document_quads, event_quads, shared_graph
from diplograph.store import Store

MARKUP = Actor(
    "local/<b>&\"'", "Person", "المتحدث «<b>علي</b>» & 'رفاقه'", "</script><b>\"Ali\" & 'Co'</b>", None
)
ASTRAL = Actor("local/astral", "Organization", "منظمة 🕊️𝔸 السلام (PEACE 2.0)", "Peace 🕊️𝔸 (السلام) 2.0", None)
BRACKETS = Actor("local/brackets", "Country", "بلد (أ) [ب] – 50%", "Land (A) [B] – 50%", None)
ACTORS = (MARKUP, ASTRAL, BRACKETS)

TEXT = (
    "𝔸🕊️ قال المتحدث «<b>علي</b>» & 'رفاقه' إنّه التقى منظمة 🕊️𝔸 السلام (PEACE 2.0) في 5/1/2022. "
    '<script>alert("no")</script> {{ 7*7 }} 𓀀 وهدّد بلد (أ) [ب] – 50% بعقوبات.'
)
DOCUMENT = Document(
    "hard/<i>\"خبر\" & 'x'", TEXT, "hard.txt", 'عنوان <b>"مقتبس"</b> & 𝔸🕊️ (English, 2022)', "2022-01-05"
)
VALUES = EventValues(
    "Summit",
    fillers=(Filler("participant", MARKUP), Filler("participant", ASTRAL)),
    start_date="2022-01-05",
)
REPORT = report(
    DOCUMENT, 1, 0, "summit", VALUES,
    support(DOCUMENT, "trigger", "التقى", "summit/verb"),
    support(DOCUMENT, "participant", "المتحدث «<b>علي</b>» & 'رفاقه'", "path:subject", MARKUP),
    support(DOCUMENT, "participant", "منظمة 🕊️𝔸 السلام (PEACE 2.0)", "path:object", ASTRAL),
    support(DOCUMENT, "startDate", "5/1/2022", "time/day-month-year"),
)  # fmt: skip
EVENT = Event(
    "summit-<b>-🕊️", VALUES, 0.75, ((DOCUMENT.id, 1),),
    "لقاء «<b>علي</b>» & 🕊️𝔸 (2022)", "Summit of </script><b>\"Ali\"</b> & 🕊️𝔸 (السلام)",
)  # fmt: skip


def fill_hard(store: Store) -> Store:
    """Adds the hard texts to a store: a document, its report, three actors, an event."""
    quads = document_quads(DOCUMENT, (REPORT,), PARSER, finished=FINISHED, **VERSIONS)
    store.replace(quads, [document_graph(DOCUMENT.id)])
    store.replace(actor_quads((*sample_graph.ACTORS, *ACTORS), sample_graph.PLACES), [shared_graph("actors")])
    store.replace(event_quads((*sample_graph.EVENTS, EVENT)), [shared_graph("events")])
    return store
