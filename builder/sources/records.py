"""JSON Lines, and JSON files with one record or a list of them, become records."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from diplograph.model import SourceError, TimeError
from diplograph.temporal import check_partial_date

_DAY_AND_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[T ]\d\d:\d\d.*")
_MOST_DATE = 40  # characters; what is longer is none, and too long for a message
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it was written; ``published`` is a partial ISO date."""

    id: str
    text: str
    title: str | None = None
    published: str | None = None
    source: str | None = None
    url: str | None = None


def read_json_lines(lines: Iterable[str | SourceError]) -> Iterator[Record | SourceError]:
    """One record a line; a line that is none gives an error that names it, and the next lines are read.

    ``lines`` has an error in place of a line that could not be read.
    """
    for number, line in enumerate(lines, start=1):
        try:
            if isinstance(line, SourceError):
                raise line
            if line.strip():
                yield _to_record(_parse(line))
        except SourceError as error:
            yield SourceError(f"line {number}: {error}")


def read_json(text: str) -> Iterator[Record | SourceError]:
    """A JSON text with one record or a list of them; what is no single JSON value is read as JSON Lines."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        yield from read_json_lines(io.StringIO(text, newline="\n"))
        return
    for number, item in enumerate(value if isinstance(value, list) else [value], start=1):
        try:
            yield _to_record(item)
        except SourceError as error:
            yield SourceError(f"record {number}: {error}")


def holds_records(text: str) -> bool:
    """Whether a JSON text holds articles at all, and not settings or annotations; what is malformed might."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return True
    items = value if isinstance(value, list) else [value]
    return any(isinstance(item, dict) and "text" in item for item in items)


def _parse(line: str) -> Any:
    try:
        return json.loads(line)
    except json.JSONDecodeError as error:
        raise SourceError(f"not JSON: {error.msg} at column {error.colno}") from error
    except (ValueError, RecursionError) as error:
        raise SourceError(f"not JSON: {error}") from error


def _to_record(item: Any) -> Record:
    if not isinstance(item, dict):
        raise SourceError('no record; write an object such as {"id": "1", "text": "..."}')
    identifier = item.get("id")
    if isinstance(identifier, bool) or not isinstance(identifier, str | int):
        raise SourceError('the field "id" (a string or a whole number) is missing')
    text = item.get("text")
    if not isinstance(text, str) or not text.strip():
        raise SourceError('the field "text" (a string that is not blank) is missing')
    title, source, url = (_read_string(item, name) for name in ("title", "source", "url"))
    return Record(str(identifier), _SURROGATE.sub("\ufffd", text), title, _read_published(item), source, url)


def _read_string(item: dict[str, Any], name: str) -> str | None:
    value = item.get(name)
    if value is not None and not isinstance(value, str):
        raise SourceError(f'the field "{name}" is not a string')
    return _SURROGATE.sub("\ufffd", value).strip() or None if value is not None else None


def _read_published(item: dict[str, Any]) -> str | None:
    value = item.get("published")
    if value is None or value == "":
        return None
    # A whole number is a year; many feeds write the time of day behind the date, which is not kept.
    written = _DAY_AND_TIME.sub(r"\1", str(value).strip())
    try:
        check_partial_date(written if len(written) <= _MOST_DATE else f"{written[:_MOST_DATE]}\u2026")
    except TimeError as error:
        raise SourceError(f'the field "published": {error}') from error
    return written
