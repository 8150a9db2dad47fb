"""Sources → documents, each with its parser."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from diplograph.model import ConlluError, DiplographError, Document, ModelError, ParsedDocument, SourceFailure
from diplograph.parsing import (
    CachedParser,
    ConlluParser,
    ParseCache,
    Parser,
    StanzaParser,
    default_cache_directory,
    read_conllu,
)
from diplograph.sources import is_conllu, read_sources


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
    failures: list[SourceFailure] = []
    used = parser or make_parser(model, cache=cache)
    for document, its_parser in read_inputs(sources, published, used, failures):
        try:
            yield its_parser.parse(document)
        except ModelError:
            raise
        except DiplographError as error:
            yield SourceFailure(document.source or document.id, str(error))
    yield from failures


def make_parser(model: str, *, cache: bool) -> Parser:
    parser = StanzaParser(model)
    return CachedParser(parser, ParseCache(default_cache_directory())) if cache else parser


def read_inputs(
    sources: Sequence[str | Path], published: str | None, parser: Parser, failures: list[SourceFailure]
) -> Iterator[tuple[Document, Parser]]:
    """The documents of the sources, each id once, with the parser of each; what cannot be read joins the failures."""
    seen: dict[str, Document] = {}
    for document, its_parser in _read_all(sources, published, parser, failures):
        first = seen.setdefault(document.id, document)
        if first is document:
            yield document, its_parser
        elif first.text != document.text:
            failures.append(
                SourceFailure(
                    document.source or document.id,
                    f'the id "{document.id}" is taken by another text, in {first.source}; give one of them another',
                )
            )


def _read_all(
    sources: Sequence[str | Path], published: str | None, parser: Parser, failures: list[SourceFailure]
) -> Iterator[tuple[Document, Parser]]:
    parses = [Path(source) for source in sources if str(source) != "-" and is_conllu(source)]
    texts = [source for source in sources if str(source) == "-" or not is_conllu(source)]
    for result in read_sources(texts, published=published) if texts else ():
        if isinstance(result, Document):
            yield result, parser
        else:
            failures.append(result)
    for source in texts:
        if str(source) != "-" and Path(source).is_dir():
            parses += sorted(path for path in Path(source).rglob("*") if path.is_file() and is_conllu(path))
    yield from _read_parses(parses, published, failures)


def _read_parses(
    paths: Iterable[Path], published: str | None, failures: list[SourceFailure]
) -> Iterator[tuple[Document, Parser]]:
    for path in paths:
        try:
            opener = gzip.open if path.suffix == ".gz" else open
            with opener(path, "rt", encoding="utf-8") as file:
                parses = read_conllu(file.read(), str(path))
        except (OSError, EOFError, zlib.error, UnicodeDecodeError, ConlluError) as error:
            read = isinstance(error, ConlluError)
            message = str(error).removeprefix(f"{path}, ") if read else f"cannot be read: {error}"
            failures.append(SourceFailure(str(path), message))
            continue
        for parsed in parses:
            document = parsed.document
            if published and not document.published:
                parsed = replace(parsed, document=replace(document, published=published))
            yield parsed.document, ConlluParser([parsed], parsed.parser)
