"""A small graph made by hand: six documents, seven events, and all that the canned questions ask about.

Two documents report one call and disagree about its length; two report one round of talks and disagree about its day
and place; one plans a summit that another denies; a threat has a condition; one summit has no actors; a date is known
to the year only; one document reports nothing. The sentences are of our own making.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from diplograph.model import (
    Actor,
    Document,
    Event,
    EventReport,
    EventValues,
    Evidence,
    Filler,
    Mention,
    ParserIdentity,
    Place,
)
from diplograph.quads import (
    actor_quads,
    document_graph,
    document_quads,
    event_quads,
    ontology_quads,
    shared_graph,
)
from diplograph.resources import locate
from diplograph.store import Store

FINISHED = datetime(2022, 3, 5, 12, 30, tzinfo=UTC)
PARSER = ParserIdentity("stanza", "1.15.0", "0123abcd")
VERSIONS = {"diplograph_version": "0.1.0", "extractor_fingerprint": "feedbeef"}

RUSSIA = Actor("Q159", "Country", "روسيا", "Russia", "Q159")
AMERICA = Actor("Q30", "Country", "الولايات المتحدة", "United States", "Q30")
UKRAINE = Actor("Q212", "Country", "أوكرانيا", "Ukraine", "Q212")
SWITZERLAND = Actor("Q39", "Country", "سويسرا", "Switzerland", "Q39")
NATO = Actor("Q7184", "Organization", "حلف شمال الأطلسي", "NATO", "Q7184")
PUTIN = Actor("Q7747", "Person", "فلاديمير بوتين", "Vladimir Putin", "Q7747", ("Q159",), ("Q159",))
BIDEN = Actor("Q6279", "Person", "جو بايدن", "Joe Biden", "Q6279", ("Q30",), ("Q30",))
ZELENSKY = Actor(
    "Q3874799", "Person", "فولوديمير زيلينسكي", "Volodymyr Zelenskyy", "Q3874799", ("Q212",), ("Q212",)
)
MACRON = Actor("Q3052772", "Person", "إيمانويل ماكرون", "Emmanuel Macron", "Q3052772")
SPOKESMAN = Actor("local/متحدث", "Person", "المتحدث سمير النجار", None, None, ("Q159",))
ACTORS = (RUSSIA, AMERICA, UKRAINE, SWITZERLAND, NATO, PUTIN, BIDEN, ZELENSKY, MACRON, SPOKESMAN)

GENEVA = Place("Q71", "جنيف", "Geneva", "Q71", "Q39")
VIENNA = Place("Q1741", "فيينا", "Vienna", "Q1741")
PLACES = (GENEVA, VIENNA)

CALL_TEXT = (
    "اتصل فلاديمير بوتين هاتفياً بنظيره جو بايدن مساء 30 ديسمبر 2021، ودام الاتصال 50 دقيقة. "
    "وهدد بايدن روسيا بعقوبات إذا دخلت قواتها أوكرانيا."
)
CALL_AGAIN_TEXT = "تحادث بوتين وبايدن بالهاتف في ديسمبر 2021 نحو 55 دقيقة. وتنطلق محادثات الضمانات الأمنية في جنيف في 10 يناير 2022."
TALKS_TEXT = (
    "تبدأ موسكو وواشنطن والناتو محادثات الضمانات الأمنية في فيينا يوم 9 يناير 2022 وتنتهي في 12 يناير."
)
SUMMIT_TEXT = "قال زيلينسكي إن قمة ستجمعه ببوتين في فبراير 2022."
DENIAL_TEXT = "نفى المتحدث سمير النجار أن تكون هناك قمة بين بوتين وزيلينسكي. واتصل ماكرون ببوتين عام 2022."
LEADERS_TEXT = "عُقدت قمة لم يُكشف عن أطرافها."
NOTHING_TEXT = "ارتفعت أسعار القمح هذا الأسبوع."

CALL = Document("wire/call", CALL_TEXT, "call.txt", "مكالمة بين الرئيسين", "2021-12-31")
CALL_AGAIN = Document("wire/ثاني خبر", CALL_AGAIN_TEXT, "ثاني خبر.txt", None, "2022-01")
TALKS = Document("press/talks", TALKS_TEXT, "talks.html", "محادثات", "2022", "https://example.org/talks")
SUMMIT = Document("press/summit", SUMMIT_TEXT, "summit.txt")
DENIAL = Document("press/denial", DENIAL_TEXT, "denial.txt", published="2022-02-03")
LEADERS = Document("press/leaders", LEADERS_TEXT, "leaders.txt")
NOTHING = Document("press/nothing", NOTHING_TEXT, "nothing.txt", "القمح", "2021-11-02")


def support(
    document: Document, aspect: str, words: str, rule: str, target: Actor | Place | None = None
) -> Evidence:
    """The evidence that these words give, where they first stand in the document."""
    begin = document.text.index(words)
    return Evidence(aspect, begin, begin + len(words), rule, target)


def report(
    document: Document, number: int, sentence: int, frame: str, values: EventValues, *evidence: Evidence
) -> EventReport:
    """A report with one mention, whose quote is this sentence (from 0) of the document."""
    sentences = [part for part in document.text.replace(". ", ".\n").split("\n")]
    begin = document.text.index(sentences[sentence])
    end = begin + len(sentences[sentence])
    mention = Mention(begin, end, sentence, frame, "noun", values, evidence)
    return EventReport(document.id, number, values, 0.875, (mention,))


CALL_VALUES = EventValues(
    "PhoneCall",
    fillers=(Filler("initiator", PUTIN), Filler("participant", PUTIN), Filler("participant", BIDEN)),
    start_date="2021-12-30",
    start_time="20:35+00:00",
    end_time="21:25+00:00",
    duration_minutes=50,
)
CALL_AGAIN_VALUES = EventValues(
    "PhoneCall",
    fillers=(Filler("participant", BIDEN), Filler("participant", PUTIN)),
    start_date="2021-12",
    duration_minutes=55,
)
THREAT_VALUES = EventValues(
    "SanctionThreat",
    fillers=(Filler("threatener", BIDEN), Filler("target", RUSSIA)),
    start_date="2021-12-30",
    condition="إذا دخلت قواتها أوكرانيا",
    attributed_to=BIDEN,
)
GENEVA_VALUES = EventValues("SecurityGuaranteeTalk", "planned", start_date="2022-01-10", place=GENEVA)
VIENNA_VALUES = EventValues(
    "SecurityGuaranteeTalk",
    "planned",
    fillers=(Filler("participant", RUSSIA), Filler("participant", AMERICA), Filler("participant", NATO)),
    start_date="2022-01-09",
    end_date="2022-01-12",
    place=VIENNA,
)
SUMMIT_VALUES = EventValues(
    "Summit",
    "planned",
    fillers=(Filler("participant", PUTIN), Filler("participant", ZELENSKY)),
    start_date="2022-02",
    attributed_to=ZELENSKY,
)
DENIAL_VALUES = EventValues(
    "Summit",
    "denied",
    fillers=(Filler("participant", PUTIN), Filler("participant", ZELENSKY)),
    attributed_to=SPOKESMAN,
)
MACRON_VALUES = EventValues(
    "PhoneCall",
    fillers=(Filler("initiator", MACRON), Filler("participant", PUTIN)),
    start_date="2022",
)
LEADERS_VALUES = EventValues("Summit", "hypothetical")

REPORTS = (
    report(
        CALL, 1, 0, "phone-call", CALL_VALUES,
        support(CALL, "trigger", "اتصل", "phone-call/call-verb"),
        support(CALL, "initiator", "فلاديمير بوتين", "path:subject", PUTIN),
        support(CALL, "participant", "جو بايدن", "path:with", BIDEN),
        support(CALL, "startDate", "30 ديسمبر 2021", "time/day-month-year"),
        support(CALL, "durationMinutes", "50 دقيقة", "time/minutes"),
    ),
    report(
        CALL, 2, 1, "sanction-threat", THREAT_VALUES,
        support(CALL, "trigger", "هدد", "sanction-threat/threaten"),
        support(CALL, "threatener", "بايدن", "path:subject", BIDEN),
        support(CALL, "attributedTo", "بايدن", "path:speaker", BIDEN),
        support(CALL, "target", "روسيا", "path:object", RUSSIA),
        support(CALL, "condition", "إذا دخلت قواتها أوكرانيا", "condition/if"),
    ),
    report(
        CALL_AGAIN, 1, 0, "phone-call", CALL_AGAIN_VALUES,
        support(CALL_AGAIN, "trigger", "تحادث", "phone-call/talk-verb"),
        support(CALL_AGAIN, "participant", "بوتين", "path:subject", PUTIN),
        support(CALL_AGAIN, "participant", "بايدن", "path:conjunct", BIDEN),
        support(CALL_AGAIN, "startDate", "ديسمبر 2021", "time/month-year"),
        support(CALL_AGAIN, "durationMinutes", "55 دقيقة", "time/minutes"),
    ),
    report(
        CALL_AGAIN, 2, 1, "security-talk", GENEVA_VALUES,
        support(CALL_AGAIN, "trigger", "محادثات الضمانات الأمنية", "security-talk/noun"),
        support(CALL_AGAIN, "status", "تنطلق", "status/present"),
        support(CALL_AGAIN, "heldAt", "جنيف", "path:in", GENEVA),
        support(CALL_AGAIN, "startDate", "10 يناير 2022", "time/day-month-year"),
    ),
    report(
        TALKS, 1, 0, "security-talk", VIENNA_VALUES,
        support(TALKS, "trigger", "محادثات الضمانات الأمنية", "security-talk/noun"),
        support(TALKS, "participant", "موسكو", "path:subject", RUSSIA),
        support(TALKS, "participant", "واشنطن", "path:conjunct", AMERICA),
        support(TALKS, "participant", "الناتو", "path:conjunct", NATO),
        support(TALKS, "heldAt", "فيينا", "path:in", VIENNA),
    ),
    report(
        SUMMIT, 1, 0, "summit", SUMMIT_VALUES,
        support(SUMMIT, "trigger", "قمة", "summit/noun"),
        support(SUMMIT, "status", "ستجمعه", "status/future"),
        support(SUMMIT, "attributedTo", "زيلينسكي", "path:speaker", ZELENSKY),
    ),
    report(
        DENIAL, 1, 0, "summit", DENIAL_VALUES,
        support(DENIAL, "trigger", "قمة", "summit/noun"),
        support(DENIAL, "status", "نفى", "status/deny"),
        support(DENIAL, "attributedTo", "المتحدث سمير النجار", "path:speaker", SPOKESMAN),
    ),
    report(
        DENIAL, 2, 1, "phone-call", MACRON_VALUES,
        support(DENIAL, "trigger", "اتصل", "phone-call/call-verb"),
        support(DENIAL, "initiator", "ماكرون", "path:subject", MACRON),
    ),
    report(LEADERS, 1, 0, "summit", LEADERS_VALUES, support(LEADERS, "trigger", "قمة", "summit/noun")),
)  # fmt: skip

DOCUMENTS = (CALL, CALL_AGAIN, TALKS, SUMMIT, DENIAL, LEADERS, NOTHING)

EVENTS = (
    Event(
        "call-biden-putin-20211230", CALL_VALUES, 0.984, ((CALL.id, 1), (CALL_AGAIN.id, 1)),
        "مكالمة هاتفية بين بوتين وبايدن", "Phone call between Putin and Biden",
    ),
    Event(
        "threat-biden-russia", THREAT_VALUES, 0.875, ((CALL.id, 2),),
        "تهديد بايدن روسيا بعقوبات", "Biden threatens Russia with sanctions",
    ),
    Event(
        "talks-geneva", GENEVA_VALUES, 0.984, ((CALL_AGAIN.id, 2), (TALKS.id, 1)),
        "محادثات الضمانات الأمنية", "Talks on security guarantees",
    ),
    Event(
        "summit-putin-zelensky", SUMMIT_VALUES, 0.984, ((SUMMIT.id, 1), (DENIAL.id, 1)),
        "قمة بوتين وزيلينسكي", "Summit of Putin and Zelenskyy",
    ),
    Event(
        "call-macron-putin", MACRON_VALUES, 0.875, ((DENIAL.id, 2),),
        "مكالمة هاتفية بين ماكرون وبوتين", "Phone call between Macron and Putin",
    ),
    Event("summit-قمة", LEADERS_VALUES, 0.875, ((LEADERS.id, 1),), "قمة", "Summit"),
)  # fmt: skip


def reports_of(document: Document) -> tuple[EventReport, ...]:
    """The sample's reports of a document."""
    return tuple(report for report in REPORTS if report.document == document.id)


def fill(store: Store, documents: Iterable[Document] = DOCUMENTS) -> Store:
    """Writes the sample to a store, as the pipeline would: ontology, documents, events."""
    turtle = locate("ontology", "diplograph.ttl").read_text(encoding="utf-8")
    store.replace(ontology_quads(turtle), [shared_graph("ontology")])
    for document in documents:
        quads = document_quads(document, reports_of(document), PARSER, finished=FINISHED, **VERSIONS)
        store.replace(quads, [document_graph(document.id)])
    store.replace(actor_quads(ACTORS, PLACES), [shared_graph("actors")])
    store.replace(event_quads(EVENTS), [shared_graph("events")])
    return store
