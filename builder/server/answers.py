"""Sending an answer: entity tags and conditional requests, content codings, HEAD, files in pieces."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import AsyncIterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from diplograph.server.connections import HeaderList
from diplograph.server.errors import Refusal
from diplograph.server.negotiation import choose, parse_accept, quality
from diplograph.server.requests import Request
from diplograph.server.service import Result

CHUNK = 256 << 10
_WORTH_COMPRESSING = 1024
_CODINGS = ("zstd", "br", "gzip")
_COMPRESSIBLE = ("text/", "application/")


class Answer:
    """A response that can be sent: bytes, or the result of a job.

    ``etag`` is the entity tag without quotes; with one, clients may ask whether it still holds. ``vary`` says on which
    request headers the answer depends beside Accept-Encoding.
    """

    __slots__ = ("etag", "headers", "result", "status", "vary")

    def __init__(
        self,
        body: bytes | str | Result = b"",
        media_type: str = "text/plain",
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        etag: str | None = None,
        vary: str = "Accept",
    ) -> None:
        if not isinstance(body, Result):
            body = Result(media_type, body.encode() if isinstance(body, str) else body)
        self.result = body
        self.status = status
        self.headers = headers or {}
        self.etag = etag
        self.vary = vary

    async def send(self, request: Request) -> tuple[int, int]:
        """Sends it; returns the status and the number of bytes sent.

        Raises TimeoutError when the client stops reading, ClientGone when it has gone.
        """
        result = self.result
        try:
            coding = self._coding(request)
            headers = [(name.lower(), value) for name, value in self.headers.items()]
            headers.append(
                ("vary", f"{self.vary}, Accept-Encoding, Origin" if self.vary else "Accept-Encoding, Origin")
            )
            if self.etag is not None and self.status == 200 and request.method in ("GET", "HEAD"):
                tag = f'"{self.etag}-{coding}"' if coding else f'"{self.etag}"'
                headers.append(("etag", tag))
                if "Cache-Control" not in self.headers:
                    headers.append(("cache-control", "no-cache"))
                if _matches(request.header("if-none-match"), tag):
                    request.connection.answer(304, headers, None)
                    return 304, 0
            elif "Cache-Control" not in self.headers:
                headers.append(("cache-control", "no-store"))
            return self.status, await self._send_body(request, headers, coding)
        finally:
            if result.spool is not None:
                result.spool.unlink(missing_ok=True)

    def _coding(self, request: Request) -> str | None:
        if self.result.spool is None and len(self.result.body) < _WORTH_COMPRESSING:
            return None
        accepted = request.header("accept-encoding")
        if not accepted or not self.result.media_type.startswith(_COMPRESSIBLE):
            return None
        return choose_coding(accepted)

    async def _send_body(self, request: Request, headers: HeaderList, coding: str | None) -> int:
        result = self.result
        if self.status in (204, 304) or not (result.body or result.spool or result.media_type):
            request.connection.answer(self.status, headers, None if self.status in (204, 304) else b"")
            return 0
        headers.append(("content-type", _with_charset(result.media_type)))
        if coding:
            headers.append(("content-encoding", coding))
        if result.spool is None:
            body = compress(result.body, coding) if coding else result.body
            if request.method == "HEAD":
                request.connection.answer(self.status, headers, None, len(body))
                return 0
            request.connection.answer(self.status, headers, body)
            return len(body)
        length = None if coding else result.spool.stat().st_size
        if request.method == "HEAD":
            request.connection.answer(self.status, headers, None, length)
            return 0
        return await request.connection.stream(self.status, headers, length, _pieces(result.spool, coding))


def not_modified(known: str, tag: str) -> Answer:
    """The answer to who has an answer with this tag already (in some coding), as If-None-Match says."""
    tags = (part.strip().removeprefix("W/") for part in known.split(","))
    same = next((part for part in tags if part.startswith(f'"{tag}')), f'"{tag}"')
    return Answer(Result(""), status=304, headers={"ETag": same, "Cache-Control": "no-cache"}, vary="Accept")


def refuse(refusal: Refusal, accept: str | None) -> Answer:
    """A refusal as an answer: JSON for who asks for it, else plain text."""
    kinds = ("text/plain", "application/json", "application/problem+json", "application/sparql-results+json")
    kind = choose(accept, kinds) or "text/plain"
    if kind == "text/plain":
        return Answer(refusal.message + "\n", kind, status=refusal.status, headers=refusal.headers)
    said = {"status": refusal.status, "message": refusal.message, **refusal.details}
    kind = "application/json" if kind == "application/sparql-results+json" else kind
    return Answer(
        json.dumps(said, ensure_ascii=False) + "\n", kind, status=refusal.status, headers=refusal.headers
    )


def _with_charset(media_type: str) -> str:
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def _matches(header: str | None, tag: str) -> bool:
    """Whether If-None-Match names the tag (RFC 9110, 13.1.2: by weak comparison)."""
    if header is None:
        return False
    known = [part.strip().removeprefix("W/") for part in header.split(",")]
    return tag in known or "*" in known


# --- Content codings -------------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def choose_coding(accepted: str) -> str | None:
    """The coding of ours that an Accept-Encoding header likes best; None for none at all.

    >>> choose_coding("gzip, br;q=0.5")
    'gzip'
    """
    ranges = parse_accept(accepted)
    weighed = [(quality(coding, ranges), -place, coding) for place, coding in enumerate(_CODINGS)]
    weight, _, coding = max(weighed)
    plain = dict(ranges).get("identity", 0.0)
    return coding if weight > 0 and weight >= plain else None


class _Brotli:
    """The compressor of the brotli package under the names of the others."""

    def __init__(self) -> None:
        import brotli

        inner = brotli.Compressor(quality=4)
        self.compress, self.flush = inner.process, inner.finish


def _compressor(coding: str) -> Any:
    """Something with compress(piece) and flush()."""
    if coding == "zstd":
        import zstandard

        return zstandard.ZstdCompressor(level=3).compressobj()
    return _Brotli() if coding == "br" else zlib.compressobj(5, wbits=31)


def compress(body: bytes, coding: str) -> bytes:
    """Bytes in a coding.

    >>> import gzip
    >>> gzip.decompress(compress(b"abc", "gzip"))
    b'abc'
    """
    compressor = _compressor(coding)
    return bytes(compressor.compress(body) + compressor.flush())


async def _pieces(path: Path, coding: str | None) -> AsyncIterator[bytes]:
    """A file in pieces, none of them empty; compressing is done in a thread, since it takes its time."""
    compressor = _compressor(coding) if coding else None
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            if compressor is not None:
                piece = await asyncio.to_thread(compressor.compress, piece)
            if piece:
                yield piece
    if compressor is not None:
        yield compressor.flush()
