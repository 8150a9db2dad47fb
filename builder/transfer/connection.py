"""HTTP with a store elsewhere: who we are, patience, and errors of one line.

Credentials come from the environment (``DIPLOGRAPH_USER`` and ``DIPLOGRAPH_PASSWORD``, or ``DIPLOGRAPH_TOKEN``) or from
a netrc file (``NETRC``, else ``~/.netrc``). They are sent when the store asks for them, as basic or digest, whichever
it names; a token is sent at once.
"""

from __future__ import annotations

import gzip
import netrc
import os
import random
import re
import time
import zlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias
from urllib.parse import urlsplit

from diplograph.model import TransferError
from diplograph.transfer.targets import Message

if TYPE_CHECKING:
    import httpx2

_PASSING = frozenset({408, 425, 429, 502, 503, 504})
_DEADLOCK = re.compile(r"\bdeadlock", re.IGNORECASE)
"""What a store says with status 500 when it takes an update back for the sake of another's."""
_LONGEST_WAIT = 30.0  # seconds
_FULL = re.compile(r"no space left|disk (is )?full|out of disk|disk quota|file too large", re.IGNORECASE)


class Blocks(Protocol):
    """Bytes in blocks, as often as they are asked for; its length is that of all of them."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[bytes]: ...


class Flow:
    """Bytes that are made while they are sent, nobody knows how many; they can be sent once."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks: Iterator[bytes] | None = blocks

    def __iter__(self) -> Iterator[bytes]:
        if self._blocks is None:
            raise TransferError("the store wants what it was sent once more; send less at once with --chunk")
        blocks, self._blocks = self._blocks, None
        return blocks


Body: TypeAlias = bytes | Blocks | Flow


class PassingError(TransferError):
    """What may go through when it is tried again, after ``wish`` if the store said how many seconds."""

    def __init__(self, message: str, status: int | None = None, wish: str | None = None) -> None:
        super().__init__(message, status)
        self.wish = wish


def join(body: Body) -> bytes:
    """The whole of it."""
    return body if isinstance(body, bytes) else b"".join(body)


def _compress(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The blocks as gzip."""
    packer = zlib.compressobj(level=1, wbits=31)
    for block in blocks:
        if packed := packer.compress(block):
            yield packed
    yield packer.flush()


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who we are to a store; ``source`` says where that is written, and is all that is ever shown."""

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    source: str = ""

    @property
    def authorization(self) -> str:
        """The header of a token: as a bearer, unless it says itself what it is (``GDB …``, as GraphDB gives it)."""
        return self.token if " " in self.token else f"Bearer {self.token}"


def find_credentials(host: str) -> Credentials:
    """The credentials for a host, from the environment or a netrc file; empty ones when there are none.

    Raises TransferError when the netrc file cannot be read.
    """
    token = os.environ.get("DIPLOGRAPH_TOKEN", "")
    if token:
        return Credentials(token=token, source="DIPLOGRAPH_TOKEN")
    user = os.environ.get("DIPLOGRAPH_USER", "")
    if user:
        password = os.environ.get("DIPLOGRAPH_PASSWORD", "")
        return Credentials(user, password, source="DIPLOGRAPH_USER and DIPLOGRAPH_PASSWORD")
    path = Path(os.environ.get("NETRC") or Path.home() / ".netrc")
    try:
        found = netrc.netrc(path).authenticators(host) if path.exists() else None
    except (OSError, netrc.NetrcParseError) as error:
        raise TransferError(f"{path} cannot be read: {error}") from error
    return Credentials(found[0], found[2] or "", source=str(path)) if found else Credentials()


class Connection:
    """Requests to one store, with retries. Used by one thread; made anew for another by :meth:`again`.

    ``most_rows`` is how many rows of an answer the store gives at once, if it ever said so.
    """

    def __init__(self, url: str, *, timeout: float = 300, retries: int = 5, pause: float = 0.5) -> None:
        """``timeout`` is in seconds without an answer, ``pause`` that before the first retry; it doubles each time."""
        import httpx2

        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise TransferError(
                f"{url} is not the address of a store; it should begin with http:// or https://"
            )
        try:
            _ = parts.port
        except ValueError as error:
            raise TransferError(f"{url} is not the address of a store: {error}") from error
        if parts.username or parts.password:
            raise TransferError(
                "the URL has a user or password in it, which others can see; "
                "put them into DIPLOGRAPH_USER and DIPLOGRAPH_PASSWORD, or a netrc file"
            )
        self.url = url
        self.credentials = find_credentials(parts.hostname)
        self.most_rows: int | None = None
        self._settings = {"timeout": timeout, "retries": retries, "pause": pause}
        self._client = httpx2.Client(
            auth=_make_auth(self.credentials),
            timeout=httpx2.Timeout(timeout, connect=min(timeout, 10)),
            follow_redirects=False,
            headers={"User-Agent": "diplograph"},
        )

    @property
    def is_local(self) -> bool:
        """Whether the store is on this machine."""
        return urlsplit(self.url).hostname in ("localhost", "127.0.0.1", "::1")

    @property
    def retries(self) -> int:
        """How often what may pass is tried again."""
        return int(self._settings["retries"])

    def again(self) -> Connection:
        """Another connection like this one."""
        return Connection(self.url, **self._settings)  # type: ignore[arg-type]

    def close(self) -> None:
        """Closes it."""
        self._client.close()

    def send(self, message: Message, body: Body = b"", *, patient: bool = True) -> httpx2.Response:
        """The answer to a request. What passes (a lost connection, a time-out, 503 …) is tried again when ``patient``.
        A body that is no bytes is not held in memory whole, unless it has a length and is to be compressed. A
        :class:`Flow` is gone when it was sent, so it is for the caller to try that again.

        Raises TransferError for any answer but success: a PassingError for what may pass, unless it was tried again.
        """
        import httpx2

        content, headers = body, message.headers
        if isinstance(body, Flow):
            content, patient = Flow(_compress(iter(body))) if message.gzip else body, False
        elif message.gzip:
            content = gzip.compress(join(body), compresslevel=1, mtime=0)
        elif not isinstance(body, bytes):
            headers |= {"Content-Length": str(len(body))}
        retries = self.retries if patient else 0
        for attempt in range(retries + 1):
            last = attempt == retries
            try:
                response = self._client.request(
                    message.method, message.url, content=content or None, headers=headers
                )
            except (httpx2.HTTPError, httpx2.InvalidURL) as error:
                if last or not _passes(error):
                    said = _explain_failure(message.url, error, self._settings["timeout"], attempt)
                    raise (TransferError if patient or not _passes(error) else PassingError)(said) from error
                self.wait(attempt)
                continue
            wish = response.headers.get("Retry-After")
            passes = response.status_code in _PASSING or (
                response.status_code == 500 and _DEADLOCK.search(response.text)
            )
            if passes and not last:
                self.wait(attempt, wish)
                continue
            if not response.is_success:
                said = self._explain_answer(message, response)
                if passes and not patient:
                    raise PassingError(said, response.status_code, wish)
                raise TransferError(said, response.status_code)
            limit = response.headers.get("X-SPARQL-MaxRows", "")
            self.most_rows = int(limit) if limit.isdigit() else self.most_rows
            return response
        raise AssertionError("the last attempt returns or raises")

    def look(self, url: str) -> httpx2.Response | None:
        """What is at a URL, whatever its status; None when it does not answer. For finding out what a store is."""
        import httpx2

        try:
            return self._client.get(url)
        except (httpx2.HTTPError, httpx2.InvalidURL):
            return None

    def wait(self, attempt: int, wish: str | None = None) -> None:
        """Twice as long each time, and not in step with others; or as long as the store wishes."""
        seconds = self._settings["pause"] * 2**attempt * random.uniform(0.75, 1.25)
        if wish is not None and wish.isdigit():
            seconds = float(wish)
        time.sleep(min(seconds, _LONGEST_WAIT))

    def _explain_answer(self, message: Message, response: httpx2.Response) -> str:
        status, url = response.status_code, message.url
        said = _first_words(response.text)
        who = self.credentials
        if _FULL.search(response.text) or status == 507:
            return f"{url}: the store has no room left on its disk ({said}); make room there"
        if status == 401:
            if not who.source:
                return (
                    f"{url} wants to know who asks (status 401); set DIPLOGRAPH_USER and DIPLOGRAPH_PASSWORD, "
                    "or DIPLOGRAPH_TOKEN, or write a netrc file"
                )
            return f"{url} refuses the user or password of {who.source} (status 401)"
        if 300 <= status < 400:
            to = response.headers.get("Location", "elsewhere")
            return f"{url} redirects to {to} (status {status}); give that address if it is right"
        hints = {
            403: "the user may not do this there; ask for the right to write",
            404: "nothing is there; check the address, or say what store it is with --to",
            405: f"it takes no {message.method} there; say what store it is with --to",
            406: f"it cannot answer with {message.accept}; say what store it is with --to",
            411: "it takes nothing of a length it is not told; give it one with --chunk",
            413: "the request is too large for it; send less at once with --chunk",
            415: f"it takes no {message.media_type}; say what store it is with --to",
        }
        hint = hints.get(status, "see its log")
        return f"{url} answers with status {status}{f' ({said})' if said else ''}; {hint}"


def _make_auth(who: Credentials) -> httpx2.Auth | None:
    import httpx2

    class Negotiated(httpx2.Auth):
        """A token at once; user and password when asked, as the store asks."""

        def __init__(self) -> None:
            self._chosen: httpx2.Auth | None = None

        def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
            if who.token:
                request.headers["Authorization"] = who.authorization
                yield request
                return
            if self._chosen is None:
                response = yield request
                if response.status_code != 401 or not who.user:
                    return
                digest = "digest" in response.headers.get("WWW-Authenticate", "").casefold()
                make = httpx2.DigestAuth if digest else httpx2.BasicAuth
                self._chosen = make(who.user, who.password)
            yield from self._chosen.auth_flow(request)

    return Negotiated() if who.source else None


def _passes(error: Exception) -> bool:
    """Whether the same request may go through later; what is wrong with a certificate does not pass."""
    import httpx2

    return isinstance(error, httpx2.TransportError) and not _is_tls(error)


def _is_tls(error: Exception) -> bool:
    text = str(error)
    return any(word in text for word in ("CERTIFICATE", "certificate", "SSL", "TLS", "handshake"))


def _explain_failure(url: str, error: Exception, timeout: float, attempt: int) -> str:
    import httpx2

    tried = f" (tried {attempt + 1} times)" if attempt else ""
    if _is_tls(error):
        return (
            f"{url}: no secure connection: {_first_words(str(error))}; "
            "if its certificate is of an authority of your own, name that in SSL_CERT_FILE; "
            "if it speaks no TLS, its address begins with http://"
        )
    if isinstance(error, httpx2.ConnectTimeout | httpx2.ConnectError):
        return f"{url} cannot be reached{tried}: {_first_words(str(error))}; is the store running?"
    if isinstance(error, httpx2.TimeoutException):
        return f"{url} does not answer within {timeout:g} s{tried}; give it longer with --timeout, or less with --chunk"
    return f"{url}: the connection broke{tried}: {_first_words(str(error))}; is the store running?"


def _first_words(text: str, length: int = 200) -> str:
    """What an answer says, without markup, on one line."""
    plain = " ".join(re.sub(r"<head>.*?</head>|<[^>]+>", " ", text, flags=re.DOTALL).split())
    return plain if len(plain) <= length else plain[:length] + " …"
