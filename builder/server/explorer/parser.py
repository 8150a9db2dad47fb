"""The process that parses for pages: torch and stanza are in here, and not in the HTTP workers.

It takes a job at a time from a socket that all HTTP workers can reach, so it is the turnstile as well. The models are
loaded at the first job. It ends itself, by a clock of the system that no code in here can stop, when a job takes too
long; when nobody wanted anything for a while; and with the server.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import lru_cache
from socket import socket
from typing import Any

from diplograph.model import DiplographError, ModelError, ParserIdentity, Sentence
from diplograph.parsing import CachedParser, ParseCache, Parser, default_cache_directory
from diplograph.server import confinement, wire
from diplograph.sources import restore

MEMORY = 3 << 30
"""Bytes that it may use: more than a query, since torch and its models alone take hundreds of megabytes."""

LOADING = 60.0
"""Seconds that the models may take to load, which does not count as the time of the job."""

_WORD = "نعم"
_GRACE = 0.5  # seconds after which it ends a job that nobody waits for any more
_NICER = 10  # queries come first


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds that one parse may take, and that the process is kept when there is nothing to do."""

    parse: float
    kept: float = 600.0


MakeParser = Callable[[str], Parser]
"""A model's name → its parser."""


def main(listening: socket, model: str, make: MakeParser, limits: Limits) -> None:
    """Takes jobs until nobody has any. Must be the only thing that its process does."""
    confinement.confine(memory=MEMORY)
    os.nice(_NICER)
    worker = Worker(model, make)
    listening.settimeout(limits.kept)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # which ends the process
    while True:
        try:
            connection, _ = listening.accept()
        except TimeoutError:
            return
        with connection:
            connection.settimeout(limits.parse)
            _serve(connection, worker, limits)


def _serve(connection: socket, worker: Worker, limits: Limits) -> None:
    """Answers one job. First comes a frame that says that it is this job's turn, from when its time counts."""
    try:
        frame = wire.receive(connection)
        if frame is None:
            return
        signal.setitimer(signal.ITIMER_REAL, LOADING)
        trouble = worker.load()
        connection.sendall(wire.pack({"begun": True}))
        signal.setitimer(signal.ITIMER_REAL, limits.parse + _GRACE)
        connection.sendall(wire.pack(trouble or worker.answer(frame[0], frame[1].decode())))
    except OSError:
        return  # whoever asked is gone
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


class Worker:
    """Jobs to answers, whatever goes wrong; nothing of this machine is in the message of one."""

    def __init__(self, model: str, make: MakeParser) -> None:
        self._model = model
        self._make = make
        self._parser: CachedParser | None = None
        # Where the cache cannot be written to, the next sentence of the same document is not parsed anew.
        self._sentences = lru_cache(maxsize=4)(self._parse)

    def load(self) -> wire.Header | None:
        """Loads the model; gives what to answer when it does not load."""
        try:
            if self._parser is None:
                parser = self._make(self._model)
                parser.parse(restore("", _WORD, None))  # only now does Stanza load it
                self._parser = CachedParser(parser, ParseCache(default_cache_directory()))
        except Exception as error:  # noqa: BLE001 - told in the log, and tried again at the next job
            return _fault(error)
        return None

    def answer(self, job: wire.Header, text: str) -> wire.Header:
        """The sentence at an offset, or the next one, of a text that the same parser read when the store was built."""
        try:
            assert self._parser is not None
            wanted, own = ParserIdentity(*job["parser"]), self._parser.identity
            if wanted != own:
                return {"status": 404, "other": [name_of(wanted), name_of(own)]}
            sentences = self._sentences(text, job["title"])
            return {"status": 200, "sentence": describe(sentences, job["offset"])}
        except MemoryError:
            return {"status": 503, "message": "the parse needed more memory than one may have"}
        except Exception as error:  # noqa: BLE001 - whatever Stanza raises at a strange document
            return _fault(error)

    def _parse(self, text: str, title: str | None) -> tuple[Sentence, ...]:
        assert self._parser is not None
        return self._parser.parse(restore("document", text, title)).sentences


def _fault(error: Exception) -> wire.Header:
    message = "the parser does not load" if isinstance(error, ModelError) else "the parser failed"
    fault = str(error) if isinstance(error, DiplographError) else f"{type(error).__name__}: {error}"
    return {"status": 503, "message": f"{message}; the server's log says more", "fault": fault}


def name_of(parser: ParserIdentity) -> str:
    """A parser in words, as far as anybody may know it: a fingerprint tells two of one name apart.

    >>> name_of(ParserIdentity("stanza/ar/compact", "1.10", "0f"))
    'stanza/ar/compact 1.10 (0f)'
    """
    return f"{parser.name} {parser.version} ({parser.fingerprint})"


def describe(sentences: tuple[Sentence, ...], offset: int) -> dict[str, Any] | None:
    """The sentence at an offset (code points), or the next one (datelines and the like are in none), with its words."""
    found = next((sentence for sentence in sentences if offset < sentence.end), None)
    if found is None:
        return None
    return {"begin": found.begin, "end": found.end, "words": [asdict(word) for word in found.words]}
