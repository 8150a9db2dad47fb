"""Collects ontology/lexicon/forms.txt: in which forms the words of news stand, by lemma, for the sieve of the frames.

`make forms` parses a sample of ../shared/articles/corpus.jsonl.gz, which takes some minutes. Kept are the forms that do
not follow from the lemma by endings (see :func:`diplograph.frames.inflection.follows`): imperfects, broken plurals,
hollow and doubled roots, and what the lemmatizer gets wrong.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from diplograph.arabic import fold, has_arabic
from diplograph.frames.inflection import follows
from diplograph.model import ParsedDocument
from diplograph.parsing import StanzaParser
from measurement.corpus import sample

FORMS = Path(__file__).parents[1] / "ontology" / "lexicon" / "forms.txt"
ARTICLES, SEED = 1500, 8  # which articles
HEAD = """\
# Lemmas and the forms of them that do not follow by endings, folded: what the parser makes of a sample of news.
# Made by `make forms` from the SANAD corpus (Einea, Elnagar, Al Debsi, CC BY 4.0); not to be edited.
"""


def collect(parses: Iterable[ParsedDocument]) -> dict[str, set[str]]:
    """The forms of each lemma that its letters alone do not find."""
    found: dict[str, set[str]] = {}
    for parsed in parses:
        for word in (word for sentence in parsed.sentences for word in sentence.words):
            lemma = fold(word.lemma)
            forms = {fold(parsed.document.text[word.begin : word.end]), fold(word.form)}
            for form in forms if has_arabic(lemma) and " " not in lemma else ():
                if has_arabic(form) and not follows(lemma, form):
                    found.setdefault(lemma, set()).add(form.split()[0])
    return found


def main() -> None:
    """Writes the file."""
    found = collect(StanzaParser().parse_many(sample(ARTICLES, seed=SEED)))
    lines = [f"{lemma} {' '.join(sorted(forms))}\n" for lemma, forms in sorted(found.items())]
    FORMS.write_text(HEAD + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
