"""What SERVICE and LOAD may ask, where hosts were listed: through a relay of ours, and nothing else.

pyoxigraph asks any address that a query names, and follows wherever it is sent. So an engine is given a query in which
each address is that of a relay on this machine, the only one that it may connect to. The relay asks the address meant,
of a listed host only, looks up its name itself and connects to the very address that it looked at, and does the same
anew for each redirect.
"""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from urllib.parse import quote, unquote, urljoin, urlsplit

from diplograph.server.errors import Refusal
from diplograph.server.settings import Settings

_PORTS = {"http": 80, "https": 443}
_REDIRECTS = 5
_LARGEST_HEAD = 64 << 10
_FORWARDED = ("accept", "content-type")


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a host answered."""

    status: int
    media_type: str
    body: bytes


def is_allowed(url: str, hosts: Sequence[str]) -> bool:
    """Whether a URL is of a listed host (``name``, with the usual port, or ``name:port``).

    >>> is_allowed("https://example.org/sparql", ["example.org"])
    True
    >>> is_allowed("https://example.org@elsewhere.org/", ["example.org"])
    False
    """
    try:
        split = urlsplit(url)
        port = split.port or _PORTS[split.scheme]
    except (ValueError, KeyError):
        return False
    host = (split.hostname or "").rstrip(".")
    if split.username is not None or not host:
        return False
    listed = {entry.lower().rstrip(".") for entry in hosts}
    written = f"[{host}]" if ":" in host else host
    return f"{written}:{port}" in listed or (port == _PORTS[split.scheme] and written in listed)


def _address_of(host: str, port: int) -> tuple[str, int]:
    """Where to connect to. A name of the Internet must not lead into this network; "localhost" and addresses may."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for *_, place in found:
        address = ipaddress.ip_address(str(place[0]).partition("%")[0])
        address = getattr(address, "ipv4_mapped", None) or address
        if address.is_global or host == "localhost" or _is_address(host):
            return str(place[0]), port
    raise Refusal(403, f"{host} leads into a network of its own")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def fetch(url: str, method: str, headers: dict[str, str], body: bytes, settings: Settings) -> Fetched:
    """Asks a listed host. Raises Refusal when it, or one that it leads to, is not listed, or does not answer."""
    for _ in range(_REDIRECTS):
        if not is_allowed(url, settings.hosts):
            raise Refusal(403, f"{url} is of no host that may be asked")
        split = urlsplit(url)
        host, port = split.hostname or "", split.port or _PORTS[split.scheme]
        connection = HTTPConnection(host, port, timeout=settings.timeout)
        try:
            plain = socket.create_connection(_address_of(host, port), settings.timeout)
            secure = split.scheme == "https"
            connection.sock = (
                ssl.create_default_context().wrap_socket(plain, server_hostname=host) if secure else plain
            )
            path = f"{split.path or '/'}{'?' + split.query if split.query else ''}"
            connection.request(method, path, body or None, headers)
            response = connection.getresponse()
            content = response.read(settings.max_result + 1)
        except (OSError, HTTPException) as error:
            raise Refusal(502, f"{host} does not answer") from error
        finally:
            connection.close()
        location = response.getheader("location")
        if response.status not in (301, 302, 303, 307, 308) or location is None:
            if len(content) > settings.max_result:
                raise Refusal(502, f"{host} answers more than {settings.max_result} bytes")
            media_type = response.getheader("content-type") or "application/octet-stream"
            return Fetched(response.status, media_type, content)
        url = urljoin(url, location)
        if response.status == 303 or (response.status in (301, 302) and method == "POST"):
            method, body = "GET", b""
    raise Refusal(502, "redirected too often")


class Relay:
    """Listens on this machine, and asks listed hosts for the engines of one HTTP worker."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._secret = secrets.token_urlsafe()
        self._server: asyncio.Server | None = None
        self.port = 0

    async def start(self) -> None:
        """Begins to listen."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=_LARGEST_HEAD)
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Listens no more."""
        if self._server is not None:
            self._server.close()

    @property
    def address(self) -> str:
        """What a URL, quoted, is appended to."""
        return f"http://127.0.0.1:{self.port}/{self._secret}/"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(self._settings.timeout):
                found = await self._answer(reader)
            head = f"HTTP/1.1 {found.status} Relayed\r\nContent-Type: {found.media_type}\r\n"
            head += f"Content-Length: {len(found.body)}\r\nConnection: close\r\n\r\n"
            writer.write(head.encode("latin-1", "replace") + found.body)
            await writer.drain()
        except (OSError, ValueError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # the engine sees a connection that breaks off
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader) -> Fetched:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ")
        headers = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head[1:])
        }
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        _, secret, quoted = path.split("/", 2)
        if not secrets.compare_digest(secret, self._secret):
            return Fetched(403, "text/plain", b"")
        sent = {name: headers[name] for name in _FORWARDED if name in headers}
        url = unquote(quoted)
        try:
            found = await asyncio.to_thread(fetch, url, method, sent, body, self._settings)
        except Refusal as refusal:
            return Fetched(refusal.status, "text/plain; charset=utf-8", refusal.message.encode())
        if found.media_type.startswith("text/turtle"):
            base = f"@base <{quote(url, safe=':/?#[]@!$&()*+,;=%')}> .\n".encode()
            return Fetched(found.status, found.media_type, base + found.body)
        return found


def relayed(url: str, relay: str) -> str:
    """The address at which the relay asks this URL."""
    return relay + quote(url, safe="")
