"""A request as the handlers see it, whatever the HTTP server underneath makes of it (RSGI, by granian)."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote_plus, urlsplit

from diplograph.server.errors import Refusal
from diplograph.server.service import Job, Result, Service
from diplograph.server.settings import Settings

if TYPE_CHECKING:
    from granian.rsgi import Scope


_PATIENCE = 8  # times the longest body


class Request:
    """What a client asks for. ``path`` is without percent-encoding."""

    def __init__(self, scope: Scope, protocol: Any, service: Service) -> None:
        self.scope = scope
        self.protocol = protocol
        self.service = service
        self.method = scope.method
        self.path = scope.path
        self.route = "none"
        """The path of the route that answers; the numbers are kept by it."""
        self.note: dict[str, object] = {}
        """What the log is to say of the request beside what it always says."""

    def gone(self) -> Awaitable[object]:
        """Done when the client has closed the connection."""
        watched: Awaitable[object] = self.protocol.client_disconnect()
        return watched

    async def run(self, job: Job) -> Result:
        """The result of a job, run for this client. Raises Refusal as the service does."""
        return await self.service.run(job, self)

    @property
    def settings(self) -> Settings:
        """How the store is served."""
        return self.service.settings

    @property
    def query_string(self) -> str:
        """What follows the question mark, as it came."""
        return self.scope.query_string

    @cached_property
    def fields(self) -> list[tuple[str, str]]:
        """The names and values of the query string. Raises Refusal when they are no UTF-8."""
        return parse_form(self.query_string)

    def field(self, name: str) -> str | None:
        """The first value of a field of the query string."""
        return next((value for found, value in self.fields if found == name), None)

    def header(self, name: str) -> str | None:
        """A header by its name in lower case."""
        found: str | None = self.scope.headers.get(name)
        return found

    @property
    def client(self) -> str:
        """The address of the client: what the proxy in front says where one is trusted, else who connected."""
        if self.settings.behind_proxy:
            forwarded = (self.header("x-forwarded-for") or "").rpartition(",")[2].strip()
            if forwarded:
                return forwarded
        return self.scope.client.rpartition(":")[0]

    @cached_property
    def url(self) -> str:
        """The public URL of the server, without a slash at the end."""
        if self.settings.public_url:
            return self.settings.public_url.rstrip("/")
        scheme = self.scope.scheme
        if self.settings.behind_proxy:
            scheme = "https" if self.header("x-forwarded-proto") == "https" else scheme
        host = self.header("host") or self.scope.authority or ""
        if urlsplit(f"//{host}").netloc != host or any(letter in host for letter in '<>"\\^`{|} @'):
            raise Refusal(400, "the Host header names no host")
        return f"{scheme}://{host}"

    async def body(self) -> bytes:
        """The whole body, decompressed. Raises Refusal when it is too long or too slow."""
        limit = self.settings.max_request
        pieces, size = [], 0
        try:
            async with asyncio.timeout(self.settings.timeout):
                async for piece in self.protocol:
                    size += len(piece)
                    if size <= limit:
                        pieces.append(bytes(piece))
                    elif (
                        size > limit * _PATIENCE
                    ):  # until then it is read and dropped: few read while they write
                        break
        except TimeoutError:
            raise Refusal(408, "the request's body did not arrive in time") from None
        if size > limit:
            raise _too_long(limit)
        return _decompress(b"".join(pieces), self.header("content-encoding"), limit)


def parse_form(text: str) -> list[tuple[str, str]]:
    """The fields of a query string or of a form. Raises Refusal when they are not in UTF-8, or are very many.

    >>> parse_form("query=ASK+%7B%7D")
    [('query', 'ASK {}')]
    """
    try:
        if text.startswith("query=") and "&" not in text:  # most requests, by far
            return [("query", unquote_plus(text[6:], errors="strict"))]
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=1000)
    except ValueError as error:
        raise Refusal(400, "the request's parameters are not UTF-8, or more than 1000") from error


def _too_long(limit: int) -> Refusal:
    return Refusal(413, f"the request's body is longer than {limit} bytes", limit_bytes=limit)


def _decompress(body: bytes, coding: str | None, limit: int) -> bytes:
    if coding in (None, "", "identity"):
        return body
    if coding not in ("gzip", "x-gzip"):
        raise Refusal(
            415, "a request's body may be compressed with gzip only", headers={"Accept-Encoding": "gzip"}
        )
    decompressor = zlib.decompressobj(wbits=31)
    try:
        plain = decompressor.decompress(body, limit + 1)
    except zlib.error as error:
        raise Refusal(400, "the request's body is not gzip, as its Content-Encoding says") from error
    if len(plain) > limit:
        raise _too_long(limit)
    if not decompressor.eof:
        raise Refusal(400, "the request's body is gzip that breaks off")
    return plain
