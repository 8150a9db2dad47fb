"""Reading CoNLL-U: lines → raw sentences → :class:`~diplograph.model.ParsedDocument`, every fault with its line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePath

from diplograph.model import Block, ConlluError, Document, ParsedDocument, ParserIdentity, Sentence, Word
from diplograph.parsing.tiling import tile
from diplograph.parsing.trees import is_tree
from diplograph.sources import MOST_BYTES

_COMMENT = re.compile(r"#\s*([^=]+?)\s*(?:=\s*(.*))?$")
_RANGE = re.compile(r"(?:^|\|)TokenRange=(\d+):(\d+)(?=$|\|)")
_MULTI_WORD = re.compile(r"(\d+)-(\d+)$")
_SURROGATE = re.compile("[\ud800-\udfff]")  # half a character, which JSON can write and no encoding has
_EMPTY_NODE = re.compile(r"\d+\.\d+$")
_DOCUMENT_COMMENTS = frozenset({"title", "published", "source", "url", "parser", "blocks", "document_text"})


@dataclass(slots=True)
class _Line:
    """A word line, with its number in the file; ``columns`` are the ten of CoNLL-U."""

    number: int
    columns: list[str]


@dataclass(slots=True)
class _Token:
    """A surface token: its form and MISC, and its words (one, or those of a multi-word token)."""

    number: int
    form: str
    misc: str
    words: list[_Line] = field(default_factory=list)


@dataclass(slots=True)
class _RawSentence:
    number: int
    text: str | None
    paragraph: bool
    tokens: list[_Token]


@dataclass(slots=True)
class _RawDocument:
    id: str
    comments: dict[str, tuple[int, str]] = field(default_factory=dict)
    sentences: list[_RawSentence] = field(default_factory=list)


def split_documents(lines: Iterable[str], longest: int = MOST_BYTES) -> Iterator[tuple[int, str]]:
    """The documents of a CoNLL-U file, each with the number of its first line, as texts for :func:`read_conllu`.

    Raises ConlluError at a document of more than ``longest`` characters, which would have to be in memory at once.

    >>> [number for number, _ in split_documents(["# newdoc id = a\\n", "\\n", "# newdoc id = b\\n", "\\n"])]
    [1, 3]
    """
    piece: list[str] = []
    first, opened, size = 1, False, 0
    for number, line in enumerate(lines, start=1):
        match = _COMMENT.match(line.rstrip()) if line.startswith("#") else None
        begins = match is not None and match.group(1) in ("newdoc", "newdoc id")
        if begins and opened:
            yield first, "".join(piece)
            piece, first, opened, size = [], number, False, 0
        opened = opened or begins or bool(line.strip()) and not line.startswith("#")
        size += len(line)
        if size > longest:
            raise ConlluError(
                f"line {number}: a document of more than {longest // 1024**2} MB; cut the file into documents by "
                "lines such as # newdoc id = 1"
            )
        piece.append(line)
    if piece:
        yield first, "".join(piece)


def read_conllu(
    text: str, source: str = "", *, first_line: int = 1, documents_before: int = 0
) -> list[ParsedDocument]:
    """The documents of a CoNLL-U text; sentences before the first ``# newdoc`` are a document named for the source.

    Of a text that is a part of a file, ``first_line`` and ``documents_before`` say which part.
    Raises ConlluError, which names the source and the line, when the text is not well formed.

    >>> parsed, = read_conllu("# text = Go!\\n1\\tGo\\tgo\\tVERB\\t_\\t_\\t0\\troot\\t_\\tSpaceAfter=No\\n"
    ...                       "2\\t!\\t!\\tPUNCT\\t_\\t_\\t1\\tpunct\\t_\\t_\\n\\n")
    >>> [(word.form, word.begin, word.end) for word in parsed.sentences[0].words]
    [('Go', 0, 2), ('!', 2, 3)]
    """
    name = source or "CoNLL-U"
    documents = _read_documents(text, name, source, first_line, documents_before)
    return [_build_document(raw, name, source) for raw in documents]


# --- Lines → raw documents -------------------------------------------------------------------------------------------


def _read_documents(
    text: str, name: str, source: str, first_line: int, documents_before: int
) -> list[_RawDocument]:
    found: list[_RawDocument] = []
    comments: list[tuple[int, str, str]] = []
    lines: list[_Line] = []

    def finish() -> None:
        _finish(found, comments, lines, name, lambda: _default_id(source, len(found) + documents_before))
        comments.clear()
        lines.clear()

    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=first_line):
        line = line.rstrip("\r")
        if not line.strip():
            finish()
        elif line.startswith("#"):
            if lines:
                raise ConlluError(
                    f"{name}, line {number}: a comment inside a sentence; put an empty line before it"
                )
            match = _COMMENT.match(line)
            if match:
                comments.append((number, match.group(1), match.group(2) or ""))
        else:
            columns = line.split("\t")
            if len(columns) != 10:
                raise ConlluError(
                    f"{name}, line {number}: {len(columns)} columns where CoNLL-U has 10, separated by tabs"
                )
            lines.append(_Line(number, columns))
    finish()
    if not found:
        raise ConlluError(f"{name}: no sentence in it")
    return found


def _finish(
    found: list[_RawDocument],
    comments: list[tuple[int, str, str]],
    lines: list[_Line],
    name: str,
    default_id: Callable[[], str],
) -> None:
    """Takes the comments and lines before an empty line into the documents found so far."""
    text: str | None = None
    paragraph = False
    for number, key, value in comments:
        if key in ("newdoc", "newdoc id"):
            found.append(_RawDocument(value or default_id()))
        elif key in ("newpar", "newpar id"):
            paragraph = True
        elif key == "text":
            text = value
        elif key in _DOCUMENT_COMMENTS and found and not found[-1].sentences:
            found[-1].comments[key] = (number, value)
    if lines:
        if not found:
            found.append(_RawDocument(default_id()))
        tokens = list(_read_tokens(lines, name))
        found[-1].sentences.append(_RawSentence(lines[0].number, text, paragraph, tokens))


def _default_id(source: str, count: int) -> str:
    stem = PurePath(source).stem or "document"
    return stem if count == 0 else f"{stem}-{count + 1}"


def _read_tokens(lines: list[_Line], name: str) -> Iterator[_Token]:
    expected = 1
    token: _Token | None = None
    last = 0  # the last word of the multi-word token that is open
    for line in lines:
        id = line.columns[0]
        if _EMPTY_NODE.match(id):
            continue
        match = _MULTI_WORD.match(id)
        if match:
            if int(match[1]) != expected or int(match[2]) < expected or expected <= last:
                raise ConlluError(
                    f"{name}, line {line.number}: token {id} where word {expected} should begin"
                )
            last = int(match[2])
            token = _Token(line.number, line.columns[1], line.columns[9])
            continue
        if id != str(expected):
            raise ConlluError(f"{name}, line {line.number}: word id {id!r} where {expected} should be")
        if token is None:
            token = _Token(line.number, line.columns[1], line.columns[9])
        token.words.append(line)
        if expected >= last:
            yield token
            token = None
        expected += 1
    if token is not None:
        raise ConlluError(
            f"{name}, line {token.number}: the multi-word token ends at word {last}, which is missing"
        )


# --- Raw documents → parses ------------------------------------------------------------------------------------------


def _build_document(raw: _RawDocument, name: str, source: str) -> ParsedDocument:
    text, spans = (
        _locate_by_range(raw, name) if "document_text" in raw.comments else _locate_by_text(raw, name)
    )
    sentences = []
    for index, (sentence, tokens) in enumerate(zip(raw.sentences, spans, strict=True)):
        words = tuple(_build_words(sentence, tokens, text, name))
        if not is_tree([word.head for word in words]):
            raise ConlluError(
                f"{name}, line {sentence.number}: the heads of the sentence go in a circle; parse it again"
            )
        sentences.append(Sentence(index, words[0].begin, words[-1].end, words))
    comments = {key: value for key, (_, value) in raw.comments.items()}
    parser = (*comments.get("parser", "").split(), "", "", "")
    document = Document(
        id=raw.id,
        text=text,
        source=comments.get("source", source),
        title=comments.get("title"),
        published=comments.get("published"),
        url=comments.get("url"),
        blocks=_read_blocks(raw, len(text), name)
        if "blocks" in raw.comments and "document_text" in raw.comments
        else tuple(Block(sentence.begin, sentence.end) for sentence in sentences),
    )
    identity = ParserIdentity(parser[0] or "conllu", parser[1] or "1", parser[2])
    return ParsedDocument(document, tuple(sentences), identity)


def _read_blocks(raw: _RawDocument, length: int, name: str) -> tuple[Block, ...]:
    number, value = raw.comments["blocks"]
    blocks = []
    for part in value.split():
        match = re.fullmatch(r"(\d+):(\d+):(\w+)", part)
        if match is None or not int(match[1]) <= int(match[2]) <= length:
            raise ConlluError(f"{name}, line {number}: block {part!r} is not begin:end:kind inside the text")
        blocks.append(Block(int(match[1]), int(match[2]), match[3]))
    return tuple(blocks)


_Spans = list[list[tuple[int, int]]]


def _locate_by_range(raw: _RawDocument, name: str) -> tuple[str, _Spans]:
    """The text of the document, as it says itself, and the spans of its tokens in it."""
    number, value = raw.comments["document_text"]
    try:
        text = json.loads(value)
    except ValueError as error:
        raise ConlluError(f"{name}, line {number}: document_text is not a JSON string: {error}") from error
    if not isinstance(text, str):
        raise ConlluError(f"{name}, line {number}: document_text is not a JSON string")
    spans: _Spans = []
    position = 0
    for sentence in raw.sentences:
        spans.append([])
        for token in sentence.tokens:
            span = _read_range(token.misc, token.number, name)
            if span is None:
                raise ConlluError(
                    f"{name}, line {token.number}: no TokenRange, which document_text calls for"
                )
            if not position <= span[0] <= span[1] <= len(text):
                raise ConlluError(
                    f"{name}, line {token.number}: TokenRange={span[0]}:{span[1]} is outside the text of "
                    f"{len(text)} characters, or before the token in front of it"
                )
            position = span[1]
            spans[-1].append(span)
    return _SURROGATE.sub("\ufffd", text), spans


def _read_range(misc: str, number: int, name: str) -> tuple[int, int] | None:
    match = _RANGE.search(misc)
    if match is None:
        if "TokenRange" in misc:
            raise ConlluError(f"{name}, line {number}: TokenRange is not begin:end in {misc!r}")
        return None
    return int(match[1]), int(match[2])


def _locate_by_text(raw: _RawDocument, name: str) -> tuple[str, _Spans]:
    """A text put together from the sentences, one a line, and the spans of the tokens in it."""
    text = ""
    spans: _Spans = []
    for sentence in raw.sentences:
        if text:
            text += "\n\n" if sentence.paragraph else "\n"
        line = sentence.text
        if line is None:
            line = "".join(
                token.form + ("" if "SpaceAfter=No" in token.misc else " ") for token in sentence.tokens
            )
        line = line.strip()
        position = 0
        spans.append([])
        for token in sentence.tokens:
            begin = line.find(token.form, position)
            if begin < 0 or line[position:begin].strip():
                raise ConlluError(
                    f"{name}, line {token.number}: token {token.form!r} does not come next in the sentence's # text"
                )
            position = begin + len(token.form)
            spans[-1].append((len(text) + begin, len(text) + position))
        text += line
    return text, spans


def _build_words(
    sentence: _RawSentence, spans: list[tuple[int, int]], text: str, name: str
) -> Iterator[Word]:
    count = sum(len(token.words) for token in sentence.tokens)
    for index, (token, (begin, end)) in enumerate(zip(sentence.tokens, spans, strict=True)):
        forms = tuple(line.columns[1] for line in token.words)
        parts = tile(text[begin:end], forms)
        for line, (left, right) in zip(token.words, parts, strict=True):
            span = _read_range(line.columns[9], line.number, name) if len(forms) > 1 else None
            if span is not None and not begin <= span[0] <= span[1] <= end:
                raise ConlluError(f"{name}, line {line.number}: TokenRange is outside that of its token")
            yield _build_word(line, span or (begin + left, begin + right), index, count, name)


def _build_word(line: _Line, span: tuple[int, int], token: int, count: int, name: str) -> Word:
    id, form, lemma, upos, xpos, feats, head, deprel, _, _ = line.columns
    if not head.isdecimal() or int(head) > count or head == id:
        raise ConlluError(f"{name}, line {line.number}: head {head!r} is none of the {count} words, nor 0")
    if upos == "_" or deprel == "_":
        raise ConlluError(
            f"{name}, line {line.number}: word {form!r} has no UPOS or no DEPREL; parse it first"
        )
    return Word(
        id=int(id),
        form=form,
        lemma="" if lemma == "_" and form != "_" else lemma,
        upos=upos,
        xpos="" if xpos == "_" else xpos,
        feats="" if feats == "_" else feats,
        head=int(head),
        deprel=deprel,
        begin=span[0],
        end=span[1],
        token=token,
    )
