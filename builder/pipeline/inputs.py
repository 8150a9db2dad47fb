"""Sources → documents, each with its parser."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
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
from diplograph.pipeline.journal import Origin, origin_of
from diplograph.sources import is_conllu, read_located


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
    sources: Sequence[str | Path],
    published: str | None,
    parser: Parser,
    failures: list[SourceFailure],
    origins: list[Origin] | None = None,
    only: Collection[Path] | None = None,
) -> Iterator[tuple[Document, Parser]]:
    """The documents of the sources, each id once, with the parser of each; what cannot be read joins the failures,
    the source and file of each the origins. ``only`` are the (absolute) files to look at, where not at all."""
    seen: dict[str, Document] = {}
    for origin, document, its_parser in _read_all(sources, published, parser, failures, only):
        if origins is not None:
            origins.append(origin)
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
    sources: Sequence[str | Path],
    published: str | None,
    parser: Parser,
    failures: list[SourceFailure],
    only: Collection[Path] | None,
) -> Iterator[tuple[Origin, Document, Parser]]:
    parses = [(str(source), Path(source)) for source in sources if _is_parse(source)]
    texts = [str(source) for source in dict.fromkeys(sources) if not _is_parse(source)]
    read_located([source for source in texts if source != "-"])  # raises at once when some are missing
    for source in texts:
        for result in read_located([source], published=published, only=only):
            if isinstance(result, SourceFailure):
                failures.append(result)
            else:
                yield _origin(source, result[0], result[1]), result[1], parser
    for source in texts:
        if source != "-" and Path(source).is_dir():
            parses += [(source, path) for path in _find_parses(Path(source), only)]
    for source, path in parses:
        for document, its_parser in _read_parses([path], published, failures):
            yield _origin(source, str(path), document), document, its_parser


def _find_parses(folder: Path, only: Collection[Path] | None) -> list[Path]:
    if only is not None:
        root = folder.resolve()
        found = (folder / path.relative_to(root) for path in only if path.is_relative_to(root))
    else:
        found = (path for path in folder.rglob("*"))
    return sorted(path for path in found if path.is_file() and is_conllu(path))


def _origin(source: str, file: str, document: Document) -> Origin:
    return Origin(origin_of(source), document.id, file if source == "-" else origin_of(file))


def _is_parse(source: str | Path) -> bool:
    return str(source) != "-" and is_conllu(source)


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
