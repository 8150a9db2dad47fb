"""CoNLL-U in and out: parses as text, so that they can be read, kept, mended by hand, and built from.

What we write reads back to the same :class:`~diplograph.model.ParsedDocument`: the comment ``# document_text`` holds
the whole text as a JSON string, ``# blocks`` what of it was parsed, and ``TokenRange=begin:end`` in MISC (for tokens,
and for the words of multi-word tokens too) the offsets. From files of other makers, the text is put together from
``# text``, or from the tokens and ``SpaceAfter``. The format: https://universaldependencies.org/format.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from diplograph.model import ConlluError, Document, ParsedDocument, ParserIdentity, Sentence, Word
from diplograph.parsing.conllu_reader import read_conllu, split_documents

__all__ = ["ConlluParser", "read_conllu", "split_documents", "write_conllu"]

_REPLAYED = ParserIdentity(name="conllu", version="1")


class ConlluParser:
    """A parser that replays parses: the shipped stand-in for Stanza.

    >>> parsed, = read_conllu("# newdoc id = a\\n1\\tyes\\tyes\\tINTJ\\t_\\t_\\t0\\troot\\t_\\t_\\n\\n")
    >>> ConlluParser([parsed]).parse(parsed.document) == parsed
    True
    """

    def __init__(self, parses: Iterable[ParsedDocument], identity: ParserIdentity = _REPLAYED) -> None:
        self._parses = {parsed.document.id: parsed for parsed in parses}
        self._identity = identity

    @property
    def identity(self) -> ParserIdentity:
        """The identity given when it was made."""
        return self._identity

    def parse(self, document: Document) -> ParsedDocument:
        """The parse read for the document's id. Raises ConlluError when there is none, or its text is another."""
        parsed = self._parses.get(document.id)
        if parsed is None:
            raise ConlluError(
                f"document {document.id}: no parse of it was read; give the CoNLL-U file that has it"
            )
        if parsed.document.text != document.text:
            raise ConlluError(
                f"document {document.id}: the text differs from the one that was parsed; parse it again"
            )
        return ParsedDocument(document, parsed.sentences, parsed.parser)


# --- Writing ---------------------------------------------------------------------------------------------------------


def write_conllu(parsed: ParsedDocument) -> str:
    """The document and its parse as CoNLL-U, ending in a blank line.

    >>> write_conllu(read_conllu("1\\tyes\\tyes\\tINTJ\\t_\\t_\\t0\\troot\\t_\\t_\\n\\n")[0]).splitlines()[-1]
    ''
    """
    return "\n".join(_write_lines(parsed)) + "\n"


def _write_lines(parsed: ParsedDocument) -> Iterator[str]:
    document = parsed.document
    yield f"# newdoc id = {document.id}"
    for name in ("title", "published", "source", "url"):
        value = getattr(document, name)
        if value:
            yield f"# {name} = {_one_line(value)}"
    parser = parsed.parser
    yield f"# parser = {parser.name} {parser.version} {parser.fingerprint}".rstrip()
    yield f"# blocks = {' '.join(f'{block.begin}:{block.end}:{block.kind}' for block in document.blocks)}"
    yield f"# document_text = {json.dumps(document.text, ensure_ascii=False)}"
    if not parsed.sentences:
        yield ""
    for sentence in parsed.sentences:
        yield f"# sent_id = {sentence.index + 1}"
        yield f"# text = {_one_line(document.text[sentence.begin : sentence.end])}"
        for words in _tokens(sentence):
            begin, end = words[0].begin, words[-1].end
            if len(words) > 1:
                surface = _one_line(document.text[begin:end]) or "_"
                yield f"{words[0].id}-{words[-1].id}\t{surface}{chr(9)}{chr(9).join('_' * 7)}\tTokenRange={begin}:{end}"
            for word in words:
                columns = (
                    str(word.id),
                    _one_line(word.form) or "_",
                    _one_line(word.lemma) or "_",
                    word.upos,
                    word.xpos or "_",
                    word.feats or "_",
                    str(word.head),
                    word.deprel,
                    "_",
                    f"TokenRange={word.begin}:{word.end}",
                )
                yield "\t".join(columns)
        yield ""


def _one_line(value: str) -> str:
    return " ".join(value.split())


def _tokens(sentence: Sentence) -> Iterator[tuple[Word, ...]]:
    tokens: dict[int, list[Word]] = {}
    for word in sentence.words:
        tokens.setdefault(word.token, []).append(word)
    for words in tokens.values():
        yield tuple(words)
