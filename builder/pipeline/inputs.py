"""Sources → documents, each with its parser."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from diplograph.model import (
    ConlluError,
    DiplographError,
    Document,
    ModelError,
    ParsedDocument,
    SourceError,
    SourceFailure,
    describe_fault,
)
from diplograph.parsing import (
    CachedParser,
    ConlluParser,
    ParseCache,
    Parser,
    StanzaParser,
    default_cache_directory,
    read_conllu,
    split_documents,
)
from diplograph.pipeline.journal import Origin, origin_of
from diplograph.sources import (
    MOST_CHARACTERS,
    Seen,
    clean_id,
    find_parses,
    is_conllu,
    open_source,
    read_lines,
    read_located,
    readable,
)

Input: TypeAlias = tuple[Document, Parser]
"""A document, and who parses it."""


def parse_sources(
    sources: Sequence[str | Path],
    *,
    model: str = "compact",
    published: str | None = None,
    cache: bool = True,
    parser: Parser | None = None,
) -> Iterator[ParsedDocument | SourceFailure]:
    """The parses of the documents in the sources, which are those of :func:`build`, and what went wrong instead.

    Raises ModelError when there is no such model, or it does not load.
    """
    used = parser or make_parser(model, cache=cache)
    for result in read_inputs(sources, published, used):
        if isinstance(result, SourceFailure):
            yield result
            continue
        document, its_parser = result
        try:
            yield its_parser.parse(document)
        except ModelError:
            raise
        except DiplographError as error:
            yield SourceFailure(document.source or document.id, str(error))
        except Exception as error:  # noqa: BLE001 - one document too strange must not lose the others
            yield SourceFailure(document.source or document.id, describe_fault(error))


def make_parser(model: str, *, cache: bool) -> Parser:
    parser = StanzaParser(model)
    return CachedParser(parser, ParseCache(default_cache_directory())) if cache else parser


def read_inputs(
    sources: Sequence[str | Path],
    published: str | None,
    parser: Parser,
    origins: list[Origin] | None = None,
    only: Collection[Path] | None = None,
) -> Iterator[Input | SourceFailure]:
    """The documents of the sources, each id once, with the parser of each, and what could not be read.

    The source and file of each document join the ``origins`` before it is given. ``only`` are the (absolute) files to look
    at, where not at all.
    """
    seen = Seen()
    noted = origins if origins is not None else []
    parses = [(str(source), Path(source)) for source in sources if _is_parse(source)]
    texts = [str(source) for source in dict.fromkeys(sources) if not _is_parse(source)]
    read_located([source for source in texts if source != "-"])  # raises at once when some are missing
    for source in texts:
        for result in read_located([source], published=published, only=only, seen=seen):
            if isinstance(result, SourceFailure):
                yield result
            else:
                noted.append(_origin(source, result[0], result[1]))
                yield result[1], parser
    for source in texts:
        if source != "-" and Path(source).is_dir():
            parses += [(source, path) for path in find_parses(source, only)]
    for source, path in parses:
        for found in _read_parses(path, published, seen):
            if not isinstance(found, SourceFailure):
                noted.append(_origin(source, str(path), found[0]))
            yield found


def _origin(source: str, file: str, document: Document) -> Origin:
    return Origin(origin_of(source), document.id, file if source == "-" else origin_of(file))


def _is_parse(source: str | Path) -> bool:
    return str(source) != "-" and is_conllu(source)


def _read_parses(path: Path, published: str | None, seen: Seen) -> Iterator[Input | SourceFailure]:
    """The documents of a CoNLL-U file, one at a time; one that is malformed does not lose the others."""
    shown = readable(str(path))
    try:
        with open_source(path) as stream:
            lines = (line.decode("utf-8") for line in read_lines(b"", stream))
            for number, (first_line, text) in enumerate(split_documents(lines)):
                yield from _read_parse(shown, text, first_line, number, published, seen)
    except ConlluError as error:
        yield SourceFailure(shown, str(error))
    except (OSError, UnicodeDecodeError, SourceError) as error:
        yield SourceFailure(shown, f"cannot be read: {error}")


def _read_parse(
    shown: str, text: str, first_line: int, number: int, published: str | None, seen: Seen
) -> Iterator[Input | SourceFailure]:
    try:
        for parsed in read_conllu(text, shown, first_line=first_line, documents_before=number):
            document = parsed.document
            if len(document.text) > MOST_CHARACTERS:
                raise SourceError(f"a text of more than {MOST_CHARACTERS:,} characters; split the document")
            document = replace(
                document, id=clean_id(document.id), published=document.published or published or None
            )
            if seen.is_new(document, shown):
                parsed = replace(parsed, document=document)
                yield document, ConlluParser([parsed], parsed.parser)
    except (ConlluError, SourceError) as error:
        yield SourceFailure(shown, str(error).removeprefix(shown).lstrip(",: "))
