"""Stanza's models at work on many sentences at once, so that it hardly matters to a sentence which others are with it.

Sums of floating point numbers depend on their order. A matrix product of one to three rows adds up otherwise than one of
four or more (MKL; a very large one may differ again in the last digits), and an LSTM over sentences of several lengths
ends with products of as many rows as there are longest sentences. So every batch gets copies of its longest sentence,
whose results are thrown away; whatever depends on the width of the batch (scores of arcs, choice of the tree) is done for
each sentence by itself; and words are spelt in groups of one length, once. What is left of rounding is below a
hundred-thousandth: no parse of thousands of sentences differs from those of plain Stanza, a document a call
(``tests/test_engine.py``, docs/scale.md).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Generic, TypeVar

from diplograph.parsing.spanning import find_heads

Key = TypeVar("Key", bound=Hashable)

GAP = "\n\n"
"""What stands between two paragraphs."""

_COPIES = 3  # of the longest sentence: four rows at the last step of an LSTM
_WORDS = 2000  # in a batch of sentences, roughly
_PARAGRAPHS = 64  # in a batch of the tokenizer
_LONG = 1000  # characters from which Stanza's tokenizer works in pieces
_SPELLINGS = 60  # in a batch of words that are spelt out letter by letter
_REMEMBERED = 300_000  # words that a memory holds before it is emptied


class Engine:
    """The processors of a ``stanza.Pipeline``, in batches; sentences are those of ``tokenize_no_ssplit``."""

    def __init__(self, pipeline: Any) -> None:
        self._tokenizer = pipeline.processors["tokenize"]
        self._expander = pipeline.processors.get("mwt")
        self._tagger = pipeline.processors["pos"]
        self._lemmatizer = pipeline.processors["lemma"]
        self._parser = pipeline.processors["depparse"]
        self._expansions: WordMemory[str] = WordMemory(self._expand)
        self._lemmas: WordMemory[tuple[str, str]] = WordMemory(self._lemmatize)
        for processor in (self._tagger, self._parser):
            model = processor.trainer.model
            model.eval()
            if hasattr(model, "charmodel"):
                model.charmodel = _remembering(model.charmodel)
        for processor in (self._tokenizer, self._tagger, self._parser):
            _remember_units(processor.vocab)

    def analyse(self, texts: Sequence[str]) -> Any:
        """The Stanza document of some paragraphs, put together with a blank line between each two."""
        import torch

        with torch.inference_mode():
            document = self._tokenize(texts)
            self._split_words(document)
            self._tag(document)
            self._find_lemmas(document)
            self._parse(document)
        return document

    # -- tokens ------------------------------------------------------------------------------------------------------

    def _tokenize(self, texts: Sequence[str]) -> Any:
        from stanza.models.common.doc import Document
        from stanza.models.tokenization.utils import decode_predictions

        trainer = self._tokenizer.trainer
        found: list[Any] = [None] * len(texts)
        short = [index for index, text in enumerate(texts) if len(text) < _LONG - 1]
        short.sort(key=lambda index: -len(texts[index]))
        for at in range(0, len(short), _PARAGRAPHS):
            batch = short[at : at + _PARAGRAPHS]
            for index, units in zip(batch, self._cut([texts[index] for index in batch]), strict=False):
                found[index] = units
        for index in set(range(len(texts))) - set(short):
            found[index] = self._cut([texts[index]])[0]
        joined = GAP.join(texts)
        _, _, sentences = decode_predictions(
            self._tokenizer.vocab,
            None,
            joined,
            [raw for raw, _ in found],
            [predicted for _, predicted in found],
            self._tokenizer.config.get("no_ssplit", False),
            trainer.args["skip_newline"],
            trainer.args["shorthand"] == "la_ittb",
        )
        return Document(sentences, joined)

    def _cut(self, texts: Sequence[str]) -> list[tuple[Any, Any]]:
        """The characters of each paragraph with what the tokenizer sees behind each."""
        from stanza.models.tokenization.data import TokenizationDataset
        from stanza.models.tokenization.utils import predict

        longest = max(texts, key=len)
        dataset = TokenizationDataset(
            self._tokenizer.config,
            input_text=GAP.join([*texts, *[longest] * _COPIES]),
            vocab=self._tokenizer.vocab,
            evaluation=True,
            dictionary=self._tokenizer.trainer.dictionary,
        )
        count = len(texts) + _COPIES
        predicted, raw = predict(self._tokenizer.trainer, dataset, count, _LONG, True, 0)
        return list(zip(raw, predicted, strict=True))

    # -- words -------------------------------------------------------------------------------------------------------

    def _split_words(self, document: Any) -> None:
        if self._expander is None:
            return
        tokens = document.get_mwt_expansions(evaluation=True)
        found = self._expansions.get(tokens)
        document.set_mwt_expansions([found[token] for token in tokens], process_manual_expanded=False)

    def _expand(self, tokens: Sequence[str]) -> list[str]:
        known = self._expander.trainer.dict_expansion
        return _spell(tokens, self._expander.vocab, known, self._expand_group)

    def _expand_group(self, tokens: Sequence[str]) -> list[str]:
        from stanza.models.common.doc import ID, MISC, TEXT, Document

        words = Document([[{ID: (1,), TEXT: token, MISC: "MWT=Yes"}] for token in tokens])
        self._expander.process(words)
        return [" ".join(word.text for word in sentence.words) for sentence in words.sentences]

    def _find_lemmas(self, document: Any) -> None:
        from stanza.models.common.doc import LEMMA, TEXT, UPOS

        words = [tuple(pair) for pair in document.get([TEXT, UPOS])]
        found = self._lemmas.get(words)
        document.set([LEMMA], [found[word] for word in words])

    def _lemmatize(self, words: Sequence[tuple[str, str]]) -> list[str]:
        return _spell(words, self._lemmatizer.vocab["char"], self._look_up, self._lemmatize_group)

    def _look_up(self, word: tuple[str, str]) -> str | None:
        """The lemma of the model's own dictionary."""
        trainer = self._lemmatizer.trainer
        known = self._lemmatizer.config.get("ensemble_dict") and trainer.skip_seq2seq([word])[0]
        return str(trainer.predict_dict([word])[0]) if known else None

    def _lemmatize_group(self, words: Sequence[tuple[str, str]]) -> list[str]:
        from stanza.models.common.doc import ID, LEMMA, TEXT, UPOS, Document

        sentences = Document([[{ID: (1,), TEXT: form, UPOS: tag}] for form, tag in words])
        self._lemmatizer.process(sentences)
        return [str(lemma) for lemma in sentences.get([LEMMA])]

    # -- tags and trees ----------------------------------------------------------------------------------------------

    def _tag(self, document: Any) -> None:
        from stanza.models.common.doc import FEATS, UPOS, XPOS
        from stanza.models.pos.data import Dataset

        processor = self._tagger
        dataset = Dataset(
            document, processor.config, processor.pretrain, vocab=processor.vocab, evaluation=True,
            sort_during_eval=True,
        )  # fmt: skip
        tags: list[Any] = [None] * len(dataset)
        for batch in _batches([len(sample.text) for sample in dataset.data]):
            items = [dataset[index] for index in (*batch, *batch[:1] * _COPIES)]
            for index, found in zip(
                batch, processor.trainer.predict(dataset.collate_fn(items)), strict=False
            ):
                tags[index] = found
        document.set([UPOS, XPOS, FEATS], [tag for sentence in tags for tag in sentence])

    def _parse(self, document: Any) -> None:
        from stanza.models.common.doc import DEPREL, HEAD
        from stanza.models.depparse.data import DataLoader, Dataset
        from stanza.models.depparse.trainer import unpack_batch

        processor = self._parser
        dataset = Dataset(
            document, processor.config, processor.pretrain, vocab=processor.vocab, evaluation=True
        )
        trees: list[Any] = [None] * len(dataset)
        for batch in _batches(dataset.lengths):
            items = [dataset[index] for index in (*batch, *batch[:1] * _COPIES)]
            inputs, order, words, lengths, letters, text = unpack_batch(DataLoader.collate(items), "cpu")
            states = processor.trainer.model.embed(*inputs, words, lengths, letters, text)
            for place, tree in zip(order, _read_trees(processor.trainer.model, states, lengths), strict=True):
                if place < len(batch):
                    trees[batch[place]] = tree
        document.set((HEAD, DEPREL), [arc for tree in trees for arc in tree])


class WordMemory(Generic[Key]):
    """What a function makes of words, each asked for once; ``function`` gets only those that are new."""

    def __init__(self, function: Callable[[Sequence[Key]], list[str]]) -> None:
        self._function = function
        self._known: dict[Key, str] = {}

    def get(self, words: Iterable[Key]) -> dict[Key, str]:
        """The answers for these words and, it may be, others."""
        wanted = dict.fromkeys(words)
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        new = [word for word in wanted if word not in self._known]
        self._known.update(zip(new, self._function(new), strict=True))
        return self._known


def _remember_units(vocabulary: Any) -> None:
    """Has the vocabularies of a processor number each letter, word and tag but once: Stanza takes tags apart each time."""
    from stanza.models.common.vocab import BaseMultiVocab

    own = vocabulary._vocabs.values() if isinstance(vocabulary, BaseMultiVocab) else [vocabulary]
    for units in own:
        units.unit2id = lru_cache(maxsize=_REMEMBERED)(units.unit2id)


def _spell(
    words: Sequence[Any], letters: Any, known: Callable[[Any], str | None], run: Callable[[Any], list[str]]
) -> list[str]:
    """What a model that works letter by letter makes of words, given those of one length together.

    A word with a letter that no model saw goes alone: Stanza numbers such letters anew for each batch.
    """
    found: dict[Any, str] = {}
    groups: dict[Hashable, list[Any]] = {}
    for word in words:
        form = word if isinstance(word, str) else word[0]
        answer = known(word)
        if answer is not None:
            found[word] = answer
        else:
            rare = not all(letter in letters for letter in form)
            groups.setdefault(word if rare else len(form), []).append(word)
    for group in groups.values():
        for at in range(0, len(group), _SPELLINGS):
            batch = group[at : at + _SPELLINGS]
            found.update(zip(batch, run([*batch, *batch[:1] * _COPIES]), strict=False))
    return [found[word] for word in words]


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """The indices of sentences of these lengths, the longest first, so many at a time as have some `_WORDS` words."""
    batch: list[int] = []
    words = 0
    for index in sorted(range(len(lengths)), key=lambda index: -lengths[index]):
        if batch and words + lengths[index] > _WORDS:
            yield batch
            batch, words = [], 0
        batch.append(index)
        words += lengths[index]
    if batch:
        yield batch


def _remembering(model: Any) -> Any:
    """A model of words from their letters (``CharacterModel``) that reads each word once."""
    import torch
    from torch.nn.utils.rnn import pack_sequence

    known: dict[tuple[int, ...], Any] = {}

    class Remembering(torch.nn.Module):
        def forward(self, letters: Any, _: Any, order: Any, lengths: Any, spelt: Sequence[int]) -> Any:
            if len(known) > _REMEMBERED:
                known.clear()
            rows = [tuple(row[:length]) for row, length in zip(letters.tolist(), spelt, strict=True)]
            groups: dict[int, list[tuple[int, ...]]] = {}
            for row in dict.fromkeys(rows):
                if row not in known:
                    groups.setdefault(len(row), []).append(row)
            for length, group in groups.items():
                batch = torch.tensor([*group, *group[:1] * _COPIES])
                count = len(batch)
                read = model(batch, None, range(count), [count], [length] * count)
                known.update(zip(group, read.data, strict=False))
            found: list[Any] = [None] * len(rows)
            for row, place in zip(rows, order, strict=True):
                found[place] = known[row]
            return pack_sequence(list(torch.split(torch.stack(found), list(lengths))))

    return Remembering()


def _read_trees(model: Any, states: Any, lengths: Sequence[int]) -> list[list[list[Any]]]:
    """The head and relation of each word, by Stanza's graph parser, for sentences (with the root) of these lengths."""
    import torch
    from stanza.models.common.vocab import VOCAB_PREFIX

    rows, heads = [], []
    for state, length in zip(states, lengths, strict=True):
        own = state[:length].unsqueeze(0)
        heads.append(find_heads(model.unlabeled(own, own)[0, :, :, 0].numpy()))
        rows.append(own[0])
    scorer = model.deprel
    words = torch.cat(rows)
    dependents = scorer.hidden_func(scorer.W1(words))
    governors = scorer.hidden_func(scorer.W2(words))
    ones = words.new_ones(len(words), 1)
    bilinear = scorer.scorer.W_bilin
    width = bilinear.output_size
    starts = [sum(lengths[:at]) for at in range(len(lengths))]
    above = torch.tensor(
        [start + head for start, own_heads in zip(starts, heads, strict=True) for head in own_heads]
    )
    # The product with the weights is most of the work, and half of the words govern nothing.
    governing, place = torch.unique(above, return_inverse=True)
    weights = bilinear.weight.transpose(0, 1).flatten(1)
    weighed = torch.cat([governors, ones], 1)[governing] @ weights
    chosen = weighed.view(len(governing), -1, width)[place]
    scores = torch.bmm(torch.cat([dependents, ones], 1).unsqueeze(1), chosen).squeeze(1) + bilinear.bias
    labels = scores.argmax(1).tolist()
    relations = model.vocab["deprel"]
    trees = []
    for start, own_heads in zip(starts, heads, strict=True):
        names = relations.unmap([labels[start + at] + len(VOCAB_PREFIX) for at in range(1, len(own_heads))])
        trees.append([[head, name] for head, name in zip(own_heads[1:], names, strict=True)])
    return trees
