"""A request as the handlers see it."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, unquote_plus, urlsplit

from diplograph.server.connections import Connection
from diplograph.server.errors import Refusal
from diplograph.server.incoming import Incoming
from diplograph.server.service import Job, Result, Service
from diplograph.server.settings import Settings

_PATIENCE = 8  # times the longest body


class Request:
    """What a client asks for. ``path`` is without percent-encoding, ``query_string`` as it came."""

    def __init__(self, incoming: Incoming, connection: Connection, service: Service) -> None:
        self.incoming = incoming
        self.connection = connection
        self.service = service
        self.method = incoming.method
        path, _, self.query_string = incoming.target.partition("?")
        self._authority = ""
        if not path.startswith("/") and "://" in path:  # as a proxy is asked (RFC 9112, 3.2.2)
            self._authority, _, path = path.partition("://")[2].partition("/")
            path = f"/{path}"
        self.path = unquote(path) if "%" in path else path
        self._fields: list[tuple[str, str]] | None = None
        self.route = "none"
        """The path of the route that answers; the numbers are kept by it."""
        self.note: dict[str, object] = {}
        """What the log is to say of the request beside what it always says."""

    def gone(self) -> Awaitable[object]:
        """Done when the client has closed the connection."""
        return self.connection.gone()

    async def run(self, job: Job) -> Result:
        """The result of a job, run for this client. Raises Refusal as the service does."""
        return await self.service.run(job, self)

    @property
    def settings(self) -> Settings:
        """How the store is served."""
        return self.service.settings

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The names and values of the query string. Raises Refusal when they are no UTF-8."""
        if self._fields is None:
            self._fields = parse_form(self.query_string)
        return self._fields

    def field(self, name: str) -> str | None:
        """The first value of a field of the query string."""
        return next((value for found, value in self.fields if found == name), None)

    def header(self, name: str) -> str | None:
        """A header by its name in lower case."""
        return self.incoming.headers.get(name)

    @property
    def client(self) -> str:
        """The address of the client: what the proxy in front says where one is trusted, else who connected."""
        if self.settings.behind_proxy:
            forwarded = (self.header("x-forwarded-for") or "").rpartition(",")[2].strip()
            if forwarded:
                return forwarded
        return self.connection.client

    @property
    def url(self) -> str:
        """The public URL of the server, without a slash at the end."""
        if self.settings.public_url:
            return self.settings.public_url.rstrip("/")
        proxied = self.settings.behind_proxy and self.header("x-forwarded-proto") == "https"
        scheme = "https" if proxied else "http"
        host = self._authority or self.header("host") or ""
        if not _is_host(host):
            raise Refusal(400, "the Host header names no host")
        return f"{scheme}://{host}"

    async def body(self) -> bytes:
        """The whole body, decompressed. Raises Refusal when it is too long or too slow."""
        limit = self.settings.max_request
        pieces, size = [], 0
        self.connection.ask_for_body()
        try:
            async with asyncio.timeout(self.settings.timeout):
                while piece := await self.incoming.read():
                    size += len(piece)
                    if size <= limit:
                        pieces.append(piece)
                    elif (
                        size > limit * _PATIENCE
                    ):  # until then it is read and dropped: few read while they write
                        break
        except TimeoutError:
            raise Refusal(408, "the request's body did not arrive in time") from None
        if size > limit:
            raise _too_long(limit)
        return _decompress(b"".join(pieces), self.header("content-encoding"), limit)


@lru_cache(maxsize=256)
def _is_host(text: str) -> bool:
    return urlsplit(f"//{text}").netloc == text and not any(letter in text for letter in '<>"\\^`{|} @')


def parse_form(text: str) -> list[tuple[str, str]]:
    """The fields of a query string or of a form. Raises Refusal when they are not in UTF-8, or are very many.

    >>> parse_form("query=ASK+%7B%7D")
    [('query', 'ASK {}')]
    """
    try:
        if text.startswith("query=") and "&" not in text:  # most requests, by far
            return [("query", _decode(text[6:]))]
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=1000)
    except ValueError as error:
        raise Refusal(400, "the request's parameters are not UTF-8, or more than 1000") from error


def _decode(text: str) -> str:
    """A value of a query string or form without percent-encoding. Raises UnicodeDecodeError when it is not UTF-8."""
    plain = text.replace("+", " ").replace("\\", "%5C").replace("%", "\\x")
    try:  # by a codec written in C, since the standard library takes longer for this than Oxigraph for many a query
        return plain.encode("ascii").decode("unicode_escape").encode("latin-1").decode("utf-8")
    except UnicodeError:
        return unquote_plus(text, errors="strict")


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
