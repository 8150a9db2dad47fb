"""Stand-ins for the pipeline's neighbours: an extractor that knows one sentence pattern, and CoNLL-U to feed it."""

from __future__ import annotations

from pathlib import Path

from diplograph.model import (
    Actor,
    Document,
    EventReport,
    EventValues,
    Evidence,
    Filler,
    Judgement,
    Mention,
    ParsedDocument,
    Prospect,
    Sifted,
)
from diplograph.parsing import to_segments

COUNTRIES = {
    key: Actor(key, "Country", arabic, english, key)
    for key, arabic, english in (("Q142", "فرنسا", "France"), ("Q843", "باكستان", "Pakistan"))
}
PEOPLE = {
    "ماكرون": Actor("Q3052772", "Person", "إيمانويل ماكرون", "Emmanuel Macron", "Q3052772", ("Q142",)),
    "خان": Actor("Q155164", "Person", "عمران خان", "Imran Khan", "Q155164", ("Q843",)),
}


class NameExtractor:
    """Takes every sentence with two people it knows for a phone call between them, on the document's date."""

    def __init__(self, fingerprint: str = "names-1") -> None:
        self.fingerprint = fingerprint

    def sift(self, document: Document) -> Sifted:
        return Sifted(dict.fromkeys(range(len(to_segments(document))), frozenset({"call"})))

    def judge(self, part: ParsedDocument, sifted: Sifted, *, last: bool = False) -> Judgement:
        return Judgement(Prospect.REPORT)

    def extract(self, parsed: ParsedDocument) -> tuple[EventReport, ...]:
        reports: list[EventReport] = []
        for sentence in parsed.sentences:
            found = [word for word in sentence.words if word.form in PEOPLE]
            if len(found) < 2:
                continue
            evidence = tuple(Evidence("participant", w.begin, w.end, "name", PEOPLE[w.form]) for w in found)
            values = EventValues(
                event_class="PhoneCall",
                fillers=tuple(Filler("participant", PEOPLE[word.form]) for word in found),
                start_date=parsed.document.published,
            )
            mention = Mention(
                sentence.begin,
                sentence.end,
                sentence.index,
                "names",
                sentence.words[0].form,
                values,
                evidence,
            )
            reports.append(EventReport(parsed.document.id, len(reports) + 1, values, 0.9, (mention,)))
        return tuple(reports)

    def describe(self, key: str) -> Actor | None:
        return COUNTRIES.get(key)


class StumblingExtractor(NameExtractor):
    """Has a fault of its own at documents whose id holds ``bad``."""

    def extract(self, parsed: ParsedDocument) -> tuple[EventReport, ...]:
        if "bad" in parsed.document.id:
            raise ZeroDivisionError("one article too strange")
        return super().extract(parsed)


def make_conllu(id: str, *, published: str = "2024-05-03", names: tuple[str, str] = ("ماكرون", "خان")) -> str:
    """A document of one sentence, "A phoned B today", as CoNLL-U."""
    rows = (
        (1, "هاتف", "هَاتَف", "VERB", 0, "root"),
        (2, names[0], names[0], "X", 1, "nsubj"),
        (3, names[1], names[1], "X", 1, "obj"),
        (4, "اليوم", "يَوم", "NOUN", 1, "obl"),
    )
    lines = [f"# newdoc id = {id}", f"# published = {published}"]
    lines += [
        f"{n}\t{form}\t{lemma}\t{upos}\t_\t_\t{head}\t{rel}\t_\t_" for n, form, lemma, upos, head, rel in rows
    ]
    return "\n".join(lines) + "\n\n"


def write_conllu_files(folder: Path, count: int) -> Path:
    """A folder of that many documents, on ten different days, none next to another."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        id = f"document-{number:03}"
        (folder / f"{id}.conllu").write_text(
            make_conllu(id, published=f"2024-05-{number % 10 * 2 + 1:02}"), encoding="utf-8"
        )
    return folder
