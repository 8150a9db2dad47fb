"""Names of persons, places and organizations: a recognizer learnt from the gazetteer and the articles, and its measure.

There is no annotated Arabic news with names that may be used here, so the training data are "silver": what the linker of
diplograph (gazetteer, titles, words tagged as unknown) finds in articles, in sentences where no word tagged as unknown
is left over. The recognizer is a CRF (python-crfsuite); it does not look into the gazetteer and sees many names without
their letters, so that it learns what stands around names and how they look, to find those that the gazetteer lacks.

``annotations/names.tsv`` are 309 sentences of other articles, annotated by hand, as offsets into the articles:
persons without titles; places; organizations, ministries and media by their names; no demonyms, no governments or
parliaments that are only called so. A name counts as right when kind and tokens are all right; tokens are whole,
with what is written together with a name.
"""

from __future__ import annotations

import gzip
import json
import logging
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diplograph.linking.gazetteer import load_gazetteer, load_titles
from diplograph.linking.phrases import PhraseFinder
from diplograph.linking.resolution import Resolver
from diplograph.linking.tokens import Token
from diplograph.model import ParsedDocument
from diplograph.pipeline import parse_sources

log = logging.getLogger(__name__)

ANNOTATED = Path(__file__).parent / "annotations" / "names.tsv"
KINDS = {"Person": "P", "Organization": "O"}
"""Letters of the gazetteer's kinds; all others are places."""
UNKNOWN = frozenset({"X", "PROPN"})
HIDDEN = 0.5
"""How often the letters of a name are hidden from the recognizer while it learns."""

GOLD_IDS = frozenset(
    path.stem for path in (Path(__file__).parents[1] / "tests" / "gold").glob("*/gold/*.json")
)
"""Articles with annotated events: nothing is learnt from them."""

WAYS = ("gazetteer", "linker", "recognizer", "linker, then recognizer")

Name = tuple[str, int, int]
"""Kind, first and last token."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """The names of a sentence, as offsets into the text of an article; ``names`` are (kind, begin, end)."""

    article: str
    begin: int
    end: int
    names: tuple[tuple[str, int, int], ...]


def read_annotations(path: Path = ANNOTATED) -> list[Annotation]:
    """The annotated sentences, in the order of the file."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        article, begin, end, *rest = line.split("\t")
        names = []
        for given in rest[0].split(", ") if rest else ():
            kind, span = given.split(" ")
            first, last = span.split("-")
            names.append((kind, int(first), int(last)))
        found.append(Annotation(article, int(begin), int(end), tuple(names)))
    return found


def read_articles(corpus: Path, wanted: Iterable[str]) -> dict[str, str]:
    """The texts of these articles by their ids."""
    ids = set(wanted)
    with gzip.open(corpus, "rt", encoding="utf-8") as lines:
        return {a["id"]: a["text"] for a in map(json.loads, lines) if a["id"] in ids}


def parse_articles(texts: Mapping[str, str], folder: Path, model: str) -> Iterator[ParsedDocument]:
    """The articles as ``diplograph build`` parses them, from its cache where it has them."""
    file = folder / "names.jsonl"
    rows = (json.dumps({"id": name, "text": text}, ensure_ascii=False) for name, text in texts.items())
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    for parsed in parse_sources([file], model=model):
        if isinstance(parsed, ParsedDocument):
            yield parsed


# -- what the gazetteer and the linker find -----------------------------------------------------------------------------


def find_listed(tokens: Sequence[Token]) -> list[Name]:
    """The longest names of the gazetteer in a sentence, but for demonyms."""
    finder = PhraseFinder(tokens, load_gazetteer(), load_titles())
    found: list[Name] = []
    index = 0
    while index < len(tokens):
        match = finder.match_name(index)
        senses = [sense for sense in match.senses if sense.how != "demonym"] if match else []
        if match and senses:
            found.append((KINDS.get(senses[0].entry.kind, "L"), index, match.last))
            index = match.last
        index += 1
    return found


def find_linked(resolver: Resolver, sentence: int) -> list[Name]:
    """The names that the linker works with in a sentence: the gazetteer's, and persons by title or tag."""
    tokens = resolver.tokens[sentence]
    persons = []
    for reference in resolver.overview.references[sentence]:
        if reference.kind in {"person", "counterpart"} and reference.name:
            covered = [
                token.index
                for token in tokens
                if token.begin < reference.name_end and token.end > reference.name_begin
            ]
            if covered:
                persons.append(("P", covered[0], covered[-1]))
    return join(persons, find_listed(tokens))


def join(one: Sequence[Name], other: Sequence[Name]) -> list[Name]:
    """The names of one, and those of the other that do not overlap with them.

    >>> join([("P", 1, 2)], [("L", 2, 2), ("L", 4, 4)])
    [('P', 1, 2), ('L', 4, 4)]
    """
    taken = {at for _, first, last in one for at in range(first, last + 1)}
    free = [name for name in other if not taken & set(range(name[1], name[2] + 1))]
    return sorted([*one, *free], key=lambda name: name[1])


# -- the recognizer -----------------------------------------------------------------------------------------------------


def silver_sentences(parsed: ParsedDocument) -> Iterator[tuple[Sequence[Token], list[Name]]]:
    """Sentences with what the linker finds in them, where no word tagged as an unknown name is left over."""
    resolver = Resolver(parsed, load_gazetteer(), load_titles())
    for index, tokens in enumerate(resolver.tokens):
        names = find_linked(resolver, index)
        covered = {at for _, first, last in names for at in range(first, last + 1)}
        left = any(token.upos in UNKNOWN and token.index not in covered for token in tokens)
        if names and not left:
            yield tokens, names


def features(tokens: Sequence[Token], hidden: frozenset[int] = frozenset()) -> list[list[str]]:
    """What the recognizer sees of each token; of the ``hidden`` ones only tag and length."""
    rows = []
    for token in tokens:
        form = token.folded
        row = ["bias", f"tag={token.upos}", f"length={min(len(form), 7)}", f"words={len(token.words)}"]
        if token.index not in hidden:
            row += [f"w={form}", f"begin={form[:2]}", f"begin3={form[:3]}", f"end={form[-2:]}"]
            row.append(f"end3={form[-3:]}")
        for distance in (-3, -2, -1, 1, 2):
            place = token.index + distance
            near = tokens[place] if 0 <= place < len(tokens) else None
            row.append(f"{distance}tag={near.upos if near else '<>'}")
            if abs(distance) < 3 and place not in hidden:
                row.append(f"{distance}={near.folded if near else '<>'}")
        rows.append(row)
    return rows


def labels(length: int, names: Iterable[Name]) -> list[str]:
    """One label a token: B-P begins a person, I-P goes on, O is none.

    >>> labels(3, [("P", 0, 1)])
    ['B-P', 'I-P', 'O']
    """
    marked = ["O"] * length
    for kind, first, last in names:
        marked[first : last + 1] = [f"B-{kind}", *[f"I-{kind}"] * (last - first)]
    return marked


def read_labels(marked: Sequence[str]) -> list[Name]:
    """The names that labels say.

    >>> read_labels(['B-P', 'I-P', 'O', 'I-L'])
    [('P', 0, 1), ('L', 3, 3)]
    """
    found: list[Name] = []
    for index, label in enumerate(marked):
        if label == "O":
            continue
        kind = label[2:]
        if label[0] == "I" and found and found[-1][0] == kind and found[-1][2] == index - 1:
            found[-1] = (kind, found[-1][1], index)
        else:
            found.append((kind, index, index))
    return found


def train_recognizer(
    silver: Iterable[tuple[Sequence[Token], list[Name]]], output: Path, *, iterations: int = 60, seed: int = 1
) -> int:
    """Trains the CRF on the sentences, each once as it is and once with half of its names hidden; how many there are."""
    import pycrfsuite  # type: ignore[import-untyped]

    rng = random.Random(seed)
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params({"c1": 0.3, "c2": 0.05, "max_iterations": iterations})
    count = 0
    for tokens, names in silver:
        marked = labels(len(tokens), names)
        hidden = frozenset(
            at for _, first, last in names if rng.random() < HIDDEN for at in range(first, last + 1)
        )
        trainer.append(features(tokens), marked)
        trainer.append(features(tokens, hidden), marked)
        count += 1
    output.parent.mkdir(parents=True, exist_ok=True)
    trainer.train(str(output))
    return count


def load_recognizer(model: Path) -> Any:
    """A trained CRF; its ``tag`` takes what :func:`features` gives."""
    import pycrfsuite

    tagger = pycrfsuite.Tagger()
    tagger.open(str(model))
    return tagger


# -- measuring ----------------------------------------------------------------------------------------------------------


def measure_names(
    found: Sequence[Sequence[Name]], right: Sequence[Sequence[Name]]
) -> dict[str, dict[str, float]]:
    """Precision, recall, F1 in per cent with the 95 % interval of a bootstrap over sentences, all kinds and by kind."""
    report = {}
    for kinds in ("PLO", "P", "L", "O"):
        counts = []
        for one, other in zip(found, right, strict=True):
            ours = {name for name in one if name[0] in kinds}
            theirs = {name for name in other if name[0] in kinds}
            counts.append((len(ours & theirs), len(ours), len(theirs)))
        rng = random.Random(1)
        resampled = sorted(_f1(rng.choices(counts, k=len(counts)))[2] for _ in range(1000))
        precision, recall, f1 = _f1(counts)
        name = "all" if len(kinds) > 1 else kinds
        low, high = resampled[25], resampled[974]
        of = sum(count[2] for count in counts)
        report[name] = {
            "precision": precision,
            "recall": recall,
            "f1": f1,
            "low": low,
            "high": high,
            "of": of,
        }
    return report


def _f1(counts: Sequence[tuple[int, int, int]]) -> tuple[float, float, float]:
    right, found, wanted = (sum(column) for column in zip(*counts, strict=True))
    precision, recall = right / found if found else 0.0, right / wanted if wanted else 0.0
    f1 = 2 * right / (found + wanted) if found + wanted else 0.0
    return round(100 * precision, 1), round(100 * recall, 1), round(100 * f1, 1)


def make_recognizer(
    corpus: Path, models: Path, output: Path, report: Path, *, articles: int, iterations: int, seed: int = 1
) -> None:
    """Trains the recognizer on so many ``articles`` (none of them annotated) and writes how it and what is there without
    it do on the annotated sentences."""
    annotations = read_annotations()
    folder = output.parent
    folder.mkdir(parents=True, exist_ok=True)
    taken = {annotation.article for annotation in annotations} | set(GOLD_IDS)
    with gzip.open(corpus, "rt", encoding="utf-8") as lines:
        others = [name for name in (json.loads(line)["id"] for line in lines) if name not in taken]
    random.Random(seed).shuffle(others)
    silver = [
        sentence
        for parsed in parse_articles(read_articles(corpus, others[:articles]), folder, str(models))
        for sentence in silver_sentences(parsed)
    ]
    used = train_recognizer(silver, output, iterations=iterations, seed=seed)
    test = parse_articles(read_articles(corpus, [a.article for a in annotations]), folder, str(models))
    found, right = find_names(test, annotations, load_recognizer(output))
    scores = {name: measure_names(each, right) for name, each in found.items()}
    result = {"articles": articles, "silver": used, "annotated": len(annotations), "scores": scores}
    report.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def find_names(
    test: Iterable[ParsedDocument], annotations: Sequence[Annotation], recognizer: Any
) -> tuple[dict[str, list[list[Name]]], list[list[Name]]]:
    """The names that each way finds in the annotated sentences, and the right ones."""
    parsed = {document.document.id.split("/")[-1]: document for document in test}
    found: dict[str, list[list[Name]]] = {name: [] for name in WAYS}
    right = []
    for annotation in annotations:
        resolver = Resolver(parsed[annotation.article], load_gazetteer(), load_titles())
        sentences = resolver.parsed.sentences
        index = next(s.index for s in sentences if s.begin < annotation.end and s.end > annotation.begin)
        tokens = resolver.tokens[index]
        right.append([_on_tokens(name, tokens) for name in annotation.names])
        listed, linked = find_listed(tokens), find_linked(resolver, index)
        recognized = read_labels(recognizer.tag(features(tokens)))
        for name, names in zip(WAYS, (listed, linked, recognized, join(linked, recognized)), strict=True):
            found[name].append(names)
    return found, right


def _on_tokens(name: tuple[str, int, int], tokens: Sequence[Token]) -> Name:
    """The tokens of a name; numbers that nothing has where it lies in a dateline, which is not parsed."""
    kind, begin, end = name
    covered = [token.index for token in tokens if token.begin < end and token.end > begin]
    return (kind, covered[0], covered[-1]) if covered else (kind, -begin - 1, -end)
