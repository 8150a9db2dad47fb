"""A stand-in for Stanza that does on purpose what a parser should not. It is run in the process that parses for pages."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from diplograph.model import Document, ParsedDocument, ParserIdentity, Sentence, Word

IDENTITY = ParserIdentity("fake", "1", "00")

SLEEP, DIE, FAIL, EAT, QUICK = "sleep", "die", "fail", "eat", "quick"
"""What a text may begin with, and what is then done instead of parsing it, or how it is parsed."""


class FakeParser:
    """One sentence of one word. Notes in the file at ``log`` (its "model") when each parse begins and ends, and where."""

    identity = IDENTITY

    def __init__(self, log: str) -> None:
        self._log = Path(log)

    def parse(self, document: Document) -> ParsedDocument:
        text = document.text
        self._note("begin")
        if text.startswith(SLEEP):
            time.sleep(600)
        elif text.startswith(DIE):
            os.kill(os.getpid(), signal.SIGKILL)
        elif text.startswith(FAIL):
            raise RuntimeError("cannot open /secret/path")
        elif text.startswith(EAT):
            bytearray(1 << 40)
        if not text.startswith(QUICK):
            time.sleep(0.05)
        self._note("end")
        word = Word(1, text, "", "X", "", "", 0, "root", 0, len(text), 0)
        return ParsedDocument(document, (Sentence(0, 0, len(text), (word,)),), IDENTITY)

    def _note(self, what: str) -> None:
        with self._log.open("a") as log:
            log.write(f"{what} {os.getpid()}\n")
