"""The service over somebody else's SPARQL endpoint: our pages, questions and limits in front of any store.

A query is sent on with its dataset; the answer is kept in a file until it is whole, so that what a client gets with
status 200 is never half of it. Nothing of a client's request but the query goes to the store, and no redirect is
followed: no request goes anywhere but to the one address that was given when the server was started.
"""

from __future__ import annotations

import asyncio
import itertools
import re
import tempfile
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

import diplograph
from diplograph.server.errors import Refusal
from diplograph.server.lexing import Wishes, tokenize
from diplograph.server.queries import check
from diplograph.server.service import Asker, Job, QueryJob, Result
from diplograph.server.settings import Settings
from diplograph.server.turns import Turns
from diplograph.server.upstream_answers import (
    Fetched,
    accept_for,
    count_rows,
    kind_of,
    pages_of,
    too_long,
    translate,
)
from diplograph.store import PREFIXES

if TYPE_CHECKING:
    import httpx2

HELD_TRUE = 600
"""Seconds for which what was learnt of the store (names, counts) is used: nobody tells us when it changes."""

_PATIENCE = 30.0  # seconds that a request waits for its turn
_MOST_ROWS = "x-sparql-maxrows"  # how Virtuoso says that it cut an answer
_LONGEST_COMPLAINT = 300
_IN_MEMORY = 256 << 10


class UpstreamService:
    """Answers queries from the endpoint of the settings, within their limits. A Service."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        assert settings.upstream is not None
        self.settings = settings
        self._address = settings.upstream
        self._folder = tempfile.TemporaryDirectory(dir=folder)
        self._numbers = itertools.count()
        self._turns = Turns(settings.engines, settings.queue)
        self._client: httpx2.AsyncClient | None = None

    def generation(self) -> str:
        """A stretch of time, since the store does not say when it changes."""
        return f"upstream-{int(time.time() // HELD_TRUE)}"

    def close(self) -> None:
        """Forgets what was kept; connections end with the process."""
        self._folder.cleanup()

    async def run(self, job: Job, asker: Asker | None = None) -> Result:
        """The answer to a query. Raises Refusal when it is malformed, forbidden, too long or too much, or no query."""
        if not isinstance(job, QueryJob):
            raise Refusal(
                501, "this server stands in front of another store, which it only asks; write to that store"
            )
        wishes = check_for_others(job.text)
        await self._turns.take(asker.client if asker is not None else "", _PATIENCE)
        try:
            async with asyncio.timeout(self.settings.timeout):
                return await _while_there(self._answer(job, stable=not wishes.unstable), asker)
        except TimeoutError:
            seconds = f"{self.settings.timeout:g}"
            message = f"the request took longer than {seconds} s, the limit here, and was ended; ask for less"
            raise Refusal(503, message, limit_seconds=self.settings.timeout) from None
        finally:
            self._turns.give_back()

    async def _answer(self, job: QueryJob, *, stable: bool) -> Result:
        with tempfile.TemporaryDirectory(dir=self._folder.name) as name:
            fetched = await self._fetch(job, job.text, Path(name, "0"))
            kind = kind_of(fetched)
            media_type = {"rows": job.select, "boolean": job.ask, "graph": job.graph}[kind]
            if media_type is None:
                raise Refusal(406, "the Accept header names nothing that this query can be answered in")
            rest = await self._fetch_rest(job, fetched, Path(name)) if kind == "rows" else []
            spool = Path(self._folder.name, str(next(self._numbers)))
            try:
                await asyncio.to_thread(translate, fetched, rest, media_type, spool, self.settings.max_result)
            except BaseException:
                spool.unlink(missing_ok=True)
                raise
        if spool.stat().st_size > _IN_MEMORY:
            return Result(media_type, spool=spool, stable=stable, generation=self.generation())
        body = spool.read_bytes()
        spool.unlink()
        return Result(media_type, body, stable=stable, generation=self.generation())

    async def _fetch_rest(self, job: QueryJob, first: Fetched, folder: Path) -> list[Path]:
        """The pages after the first, from a store that gives no more than so many rows at once."""
        limit = first.cut_at
        if limit is None or await asyncio.to_thread(count_rows, first.path) < limit:
            return []
        found = []
        for page in pages_of(job.text, first.path, limit):
            fetched = await self._fetch(job, page.text, folder / str(page.number))
            found.append(fetched.path)
            if await asyncio.to_thread(count_rows, fetched.path) < limit:
                break
        return found

    async def _fetch(self, job: QueryJob, text: str, path: Path) -> Fetched:
        """Sends a query on and keeps the answer in a file, once it is whole."""
        import httpx2

        fields = [("query", _declare_prefixes(text))]
        fields += [("default-graph-uri", iri) for iri in job.default_graphs]
        fields += [("named-graph-uri", iri) for iri in job.named_graphs]
        try:
            async with self._connect().stream(
                "POST", self._address, content=_form(fields), headers={**_HEADERS, "Accept": accept_for(text)}
            ) as answer:
                if answer.status_code != 200:
                    raise await _complaint(answer)
                size = 0
                with path.open("wb") as file:
                    async for piece in answer.aiter_bytes():
                        size += len(piece)
                        if size > self.settings.max_result:
                            raise too_long(self.settings.max_result)
                        file.write(piece)
                cut = answer.headers.get(_MOST_ROWS, "")
                kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
                return Fetched(path, kind, int(cut) if cut.isdecimal() else None)
        except httpx2.HTTPError as error:
            refusal = Refusal(
                502, "the store behind this server does not answer as it should; try again later"
            )
            refusal.fault = f"{type(error).__name__}: {error}"
            raise refusal from error

    def _connect(self) -> httpx2.AsyncClient:
        """The client, made in the event loop that uses it; proxies of the environment are none of its business."""
        import httpx2

        if self._client is None:
            limits = httpx2.Limits(max_connections=self.settings.engines)
            self._client = httpx2.AsyncClient(trust_env=False, timeout=None, limits=limits)
        return self._client


async def _while_there(answering: Coroutine[Any, Any, Result], asker: Asker | None) -> Result:
    """The answer, unless the client goes away before it is there: then nothing is asked on its behalf any more."""
    answer = asyncio.ensure_future(answering)
    if asker is None:
        return await answer
    gone = asyncio.ensure_future(asker.gone())
    try:
        await asyncio.wait((answer, gone), return_when=asyncio.FIRST_COMPLETED)
        if answer.done():
            return answer.result()
        raise Refusal(499, "the client went away")
    finally:
        gone.cancel()
        answer.cancel()
        await asyncio.gather(answer, return_exceptions=True)


_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_OF_VIRTUOSO = ("bif", "sql", "sprlx")


def check_for_others(text: str) -> Wishes:
    """What a query asks for, if any store may be given it. Raises Refusal when it could make one send requests.

    Other stores than ours decode code point escapes everywhere (SPARQL 1.1, 19.2), so ``\\u0053ERVICE`` is SERVICE to
    them; and Virtuoso's ``define`` and functions of its own reach out to the network and into the server.
    """
    _, wishes = check(text)
    decoded = _ESCAPE.sub(lambda found: _character(found[1] or found[2]), text)
    if decoded != text:
        check(decoded)
    for token in tokenize(decoded):
        forbidden = token.kind == "word" and token.text.casefold() == "define" or token.prefix in _OF_VIRTUOSO
        if forbidden and token.text not in ("bif:contains",):
            raise Refusal(
                403, f"{token.text} is not passed on: it is no SPARQL 1.1, and can reach beyond the store"
            )
    return wishes


def _character(code: str) -> str:
    number = int(code, 16)
    return chr(number) if number < 0x110000 else ""


_HEADERS = {
    "Content-Type": "application/x-www-form-urlencoded",
    "User-Agent": f"diplograph/{diplograph.__version__}",
}


def _form(fields: list[tuple[str, str]]) -> bytes:
    from urllib.parse import urlencode

    return urlencode(fields).encode("ascii")


def _declare_prefixes(text: str) -> str:
    """A query with the usual prefixes declared that it uses and does not declare, as our own store takes them."""
    missing = [
        f"PREFIX {prefix}: <{namespace}>"
        for prefix, namespace in PREFIXES.items()
        if re.search(rf"(?<![\w:<]){prefix}:", text)
        and not re.search(rf"prefix\s+{prefix}\s*:", text, re.IGNORECASE)
    ]
    return " ".join([*missing, text])


async def _complaint(answer: httpx2.Response) -> Refusal:
    """What the store says no with. Its own words are passed on for a query that it does not understand, and only then."""
    said = ""
    async for piece in answer.aiter_text():
        said += piece
        if len(said) > 10 * _LONGEST_COMPLAINT:
            break
    words = " ".join(said.split())[:_LONGEST_COMPLAINT]
    if answer.status_code == 400:
        return Refusal(400, f"the store does not take this query: {words}")
    if answer.status_code in (408, 429, 503, 504):
        return Refusal(
            503, "the store behind this server is too busy; try again", headers={"Retry-After": "5"}
        )
    refusal = Refusal(502, f"the store behind this server failed (status {answer.status_code})")
    refusal.fault = words
    return refusal
