"""Trees of articles on which parsers agree: self-training, and an ensemble made into one parser. And words on whose tag
taggers agree.

Sentences of articles are tokenized and tagged by the models there were before, and parsed by several parsers. Where
they agree on nearly every word, the tree is taken, each word with the head and relation that most of them give; the
rest is left. What comes out are trees in the words of others: they are trained on and stay in the work directory.

Tags are taken word by word, from the tagger there was before and a CRF that shares nothing with it but the trees. What
both say wherever a kind of word occurs counts more than what they say once.
"""

from __future__ import annotations

import gzip
import json
import logging
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from diplograph.model import Block, Document
from diplograph.parsing.segments import to_segments
from training import tags
from training.conllu import Tree, Word, read_trees, write_trees
from training.dictionary import Dictionary
from training.models import load_pipeline

log = logging.getLogger(__name__)

Arc = tuple[int, str]
BATCH = 500
"""Sentences that are tagged at a time."""


@dataclass(frozen=True, slots=True)
class AgreementSettings:
    """``sentences`` of ``shortest`` to ``longest`` tokens are parsed, one an article; a tree is taken when all parsers
    give the same head and relation to this ``share`` of its words."""

    sentences: int
    share: float
    shortest: int = 8
    longest: int = 45
    seed: int = 1


def draw_sentences(articles: Path, settings: AgreementSettings, leave_out: frozenset[str]) -> list[str]:
    """Sentences of articles, one an article, but for those whose ids are to be left out (annotated ones)."""
    rng = random.Random(settings.seed)
    with gzip.open(articles, "rt", encoding="utf-8") as lines:
        read = [json.loads(line) for line in lines]
    rng.shuffle(read)
    drawn: list[str] = []
    for article in read:
        if article["id"] in leave_out:
            continue
        text = article["text"]
        segments = to_segments(Document("d", text, blocks=(Block(0, len(text)),)))
        fitting = [s.text for s in segments if settings.shortest <= len(s.text.split()) <= settings.longest]
        if fitting:
            drawn.append(rng.choice(fitting))
        if len(drawn) == settings.sentences:
            break
    return drawn


def tag_sentences(sentences: Sequence[str], models: Path, output: Path) -> None:
    """Writes the sentences with words, tags, lemmas and trees as these models give them."""
    pipeline = load_pipeline(
        models, "tokenize,mwt,pos,lemma,depparse", tokenize_no_ssplit=True, depparse_batch_size=2000
    )
    trees = []
    for start in range(0, len(sentences), BATCH):
        document = pipeline("\n\n".join(sentences[start : start + BATCH]))
        for number, sentence in enumerate(document.sentences, start=start):
            words = (
                Word(w.text, w.lemma or "_", w.upos, w.xpos or "_", w.feats or "_", w.head, w.deprel)
                for w in sentence.words
            )
            trees.append(Tree(f"agreed-{number}", tuple(words)))
        log.info("tagged %d of %d sentences", min(start + BATCH, len(sentences)), len(sentences))
    write_trees(trees, output)


def parse_with(parser: Path, vectors: Path | None, tagged: Path) -> list[list[Arc]]:
    """Head and relation of every word of a CoNLL-U file, by a parser in Stanza's format."""
    from stanza.models.common.pretrain import Pretrain
    from stanza.models.depparse.data import DataLoader
    from stanza.models.depparse.trainer import Trainer
    from stanza.models.depparse.utils import predict_dataset
    from stanza.utils.conll import CoNLL

    pretrain = Pretrain(str(vectors)) if vectors else None
    args = {"charlm_forward_file": None, "charlm_backward_file": None}
    trainer = Trainer.load(filename=str(parser), args=args, pretrain=pretrain, device="cpu")
    document = CoNLL.conll2doc(input_file=str(tagged))
    batches = DataLoader(
        document, 2000, trainer.args, pretrain, vocab=trainer.vocab, evaluation=True, sort_during_eval=True
    )
    found: list[list[list[str]]] = predict_dataset(trainer, batches)
    return [[(int(head), relation) for head, relation in sentence] for sentence in found]


def vote(tagged: Sequence[Tree], parses: Sequence[Sequence[Sequence[Arc]]], share: float) -> Iterator[Tree]:
    """The trees on whose words all parses agree to this share, with what most of them say of each word.

    >>> word = Word("a", "a", "X", "_", "_", 0, "root")
    >>> next(vote([Tree("t", (word,))], [[[(0, "root")]], [[(0, "root")]]], 1.0)).words[0].head
    0
    """
    for number, tree in enumerate(tagged):
        columns = list(zip(*(parse[number] for parse in parses), strict=True))
        agreed = sum(len(set(arcs)) == 1 for arcs in columns)
        if agreed < share * len(columns):
            continue
        voted = [Counter(arcs).most_common(1)[0][0] for arcs in columns]
        if _is_tree([head for head, _ in voted]):
            words = (
                replace(word, head=head, deprel=relation)
                for word, (head, relation) in zip(tree.words, voted, strict=True)
            )
            yield replace(tree, words=tuple(words))


def _is_tree(heads: Sequence[int]) -> bool:
    """Whether every word hangs, over others, on the one root."""
    if heads.count(0) != 1:
        return False
    for start in range(1, len(heads) + 1):
        at, seen = start, set()
        while at and at not in seen:
            seen.add(at)
            at = heads[at - 1]
        if at:
            return False
    return True


def write_agreed(
    tagged: Path, parsers: Sequence[tuple[Path, Path | None]], share: float, output: Path
) -> tuple[int, int]:
    """Writes the trees on which the parsers (each with its vectors, if it has any) agree; how many trees and words."""
    parses = [parse_with(parser, vectors, tagged) for parser, vectors in parsers]
    trees = list(vote(read_trees(tagged), parses, share))
    write_trees(trees, output)
    words = sum(len(tree.words) for tree in trees)
    log.info("%d trees of %d words are agreed on", len(trees), words)
    return len(trees), words


def vote_tags(
    tagged: Sequence[Tree], other: Sequence[Sequence[str]], *, least: int = 3, share: float = 0.8
) -> list[Tree]:
    """The trees with the parts of speech that are agreed on, and ``_`` for the rest.

    ``other`` are the second tagger's. A kind of word that occurs ``least`` times and that both give one tag in this
    ``share`` of what they say has this tag, where one of them says it; elsewhere both must say the same.

    >>> word = Word("a", "a", "NOUN", "_", "_", 0, "root")
    >>> [tree.words[0].upos for tree in vote_tags([Tree("t", (word,))], [["VERB"]])]
    ['_']
    """
    said: dict[str, Counter[str]] = defaultdict(Counter)
    for tree, others in zip(tagged, other, strict=True):
        for word, tag in zip(tree.words, others, strict=True):
            said[word.form].update((word.upos, tag))
    usual = {}
    for form, counts in said.items():
        tag, often = counts.most_common(1)[0]
        if counts.total() >= 2 * least and often >= share * counts.total():
            usual[form] = tag

    def decide(word: Word, tag: str) -> str:
        both = {word.upos, tag}
        if word.form in usual:
            return usual[word.form] if usual[word.form] in both else "_"
        return tag if len(both) == 1 else "_"

    return [
        replace(
            tree,
            words=tuple(
                replace(word, upos=decide(word, tag), xpos="_", feats="_", lemma="_")
                for word, tag in zip(tree.words, others, strict=True)
            ),
        )
        for tree, others in zip(tagged, other, strict=True)
    ]


def write_agreed_tags(tagged: Path, train: Sequence[Path], output: Path) -> tuple[int, int]:
    """Writes the sentences with the tags that the models' tagger and a CRF agree on; how many words have one, of how
    many."""
    trees = [tree for path in train for tree in read_trees(path)]
    annotated = [tree for tree in trees if tree.words[0].xpos != "_"]
    known = Dictionary()
    crf, readings = tags.train_crf(annotated, known), tags.read_readings(annotated)
    sentences = read_trees(tagged)
    other = [
        [readings[xpos].most_common(1)[0][0][0] for xpos in tags.tag_with_crf(crf, tree, known)]
        for tree in sentences
    ]
    voted = vote_tags(sentences, other)
    write_trees(voted, output)
    words = [word for tree in voted for word in tree.words]
    agreed = sum(word.upos != "_" for word in words)
    log.info("%d of %d words have a tag that is agreed on", agreed, len(words))
    return agreed, len(words)


def score_vote(tagged: Path, parsers: Sequence[tuple[Path, Path | None]], right: Path) -> dict[str, float]:
    """Labelled attachment in per cent, word by word, of each parser and of what most of them say (first one on a tie)."""
    gold = [[(word.head, word.deprel) for word in tree.words] for tree in read_trees(right)]
    parses = {parser.parent.name: parse_with(parser, vectors, tagged) for parser, vectors in parsers}
    voted = [
        [Counter(arcs).most_common(1)[0][0] for arcs in zip(*sentence, strict=True)]
        for sentence in zip(*parses.values(), strict=True)
    ]
    return {name: _attachment(found, gold) for name, found in {**parses, "vote": voted}.items()}


def _attachment(found: Sequence[Sequence[Arc]], gold: Sequence[Sequence[Arc]]) -> float:
    pairs = [pair for one, other in zip(found, gold, strict=True) for pair in zip(one, other, strict=True)]
    # Stanza's scorer compares relations without what follows the colon
    right = sum(a[0] == b[0] and a[1].split(":")[0] == b[1].split(":")[0] for a, b in pairs)
    return round(100 * right / len(pairs), 2)
