"""Sending an answer: entity tags and conditional requests, content codings, HEAD, files in pieces.

An :class:`Answer` is an ASGI application, so a Starlette endpoint returns it like any other response.
"""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import AsyncIterator, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from starlette.types import Receive, Scope, Send

from diplograph.server.errors import Refusal
from diplograph.server.negotiation import choose, parse_accept, quality
from diplograph.server.service import Result

CHUNK = 64 << 10
STALLED = 30.0  # seconds in which a client must take one piece
_WORTH_COMPRESSING = 1024
_CODINGS = ("zstd", "br", "gzip")
_COMPRESSIBLE = ("text/", "application/")

Headers = Iterable[tuple[str, str]]


class Answer:
    """A response that can be sent: bytes, or the result of a job.

    ``etag`` is the entity tag without quotes; with one, clients may ask whether it still holds. ``vary`` says on which
    request headers the answer depends beside Accept-Encoding.
    """

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
        self.result = (
            body
            if isinstance(body, Result)
            else Result(media_type, body.encode() if isinstance(body, str) else body)
        )
        self.status = status
        self.headers = dict(headers or {})
        self.etag = etag
        self.vary = vary

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends it."""
        asked = {name: value for name, value in scope["headers"]}
        coding = self._coding(asked.get(b"accept-encoding", b"").decode("latin-1"))
        tag = f'"{self.etag}{"-" + coding if coding else ""}"' if self.etag else None
        headers = [(b"vary", f"{self.vary}, Accept-Encoding".encode() if self.vary else b"Accept-Encoding")]
        headers += [
            (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in self.headers.items()
        ]
        if tag:
            headers.append((b"etag", tag.encode()))
            if b"cache-control" not in dict(headers):
                headers.append((b"cache-control", b"no-cache"))
        try:
            if tag and _matches(asked.get(b"if-none-match"), tag) and self.status == 200:
                await _send_bytes(send, 304, headers, b"")
            else:
                await self._send_whole(scope, send, headers, coding)
        finally:
            if self.result.spool is not None:
                self.result.spool.unlink(missing_ok=True)

    def _coding(self, accepted: str) -> str | None:
        if not accepted or not self.result.media_type.startswith(_COMPRESSIBLE):
            return None
        if self.result.spool is None and len(self.result.body) < _WORTH_COMPRESSING:
            return None
        return choose_coding(accepted)

    async def _send_whole(
        self, scope: Scope, send: Send, headers: list[tuple[bytes, bytes]], coding: str | None
    ) -> None:
        if self.result.media_type and self.status != 204:
            headers.append((b"content-type", _with_charset(self.result.media_type).encode()))
        if coding:
            headers.append((b"content-encoding", coding.encode()))
        head = scope["method"] == "HEAD"
        if self.result.spool is None:
            body = compress(self.result.body, coding) if coding else self.result.body
            if self.status != 204:
                headers.append((b"content-length", b"%d" % len(body)))
            await _send_bytes(send, self.status, headers, b"" if head else body)
            return
        if not coding:
            headers.append((b"content-length", b"%d" % self.result.spool.stat().st_size))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        if not head:
            async for piece in _pieces(self.result.spool, coding):
                message = {"type": "http.response.body", "body": piece, "more_body": True}
                await asyncio.wait_for(send(message), STALLED)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _send_bytes(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def refuse(refusal: Refusal, accept: str | None) -> Answer:
    """A refusal as an answer: JSON for who asks for it, else plain text."""
    kinds = ("text/plain", "application/json", "application/problem+json")
    kind = choose(accept, kinds) or "text/plain"
    if kind == "text/plain":
        text = refusal.message + "\n"
    else:
        text = json.dumps({"status": refusal.status, "message": refusal.message, **refusal.details})
    return Answer(text, kind, status=refusal.status, headers=refusal.headers)


def _with_charset(media_type: str) -> str:
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def _matches(header: bytes | None, tag: str) -> bool:
    """Whether If-None-Match names the tag (RFC 9110, 13.1.2: by weak comparison)."""
    if header is None:
        return False
    known = [part.strip().removeprefix("W/") for part in header.decode("latin-1").split(",")]
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


def _compressor(coding: str) -> Any:
    """Something with compress(piece) and flush()."""
    if coding == "zstd":
        import zstandard

        return zstandard.ZstdCompressor(level=3).compressobj()
    if coding == "br":
        import brotli

        return _Brotli(brotli.Compressor(quality=4))
    return zlib.compressobj(5, wbits=31)


class _Brotli:
    def __init__(self, inner: Any) -> None:
        self.compress = inner.process
        self.flush = inner.finish


def compress(body: bytes, coding: str) -> bytes:
    """Bytes in a coding.

    >>> import gzip; gzip.decompress(compress(b"abc", "gzip"))
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
