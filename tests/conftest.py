"""What tests share: Stanza loaded once a run, a cache of their own, and the seeds."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from faults.ledger import pytest_addoption, pytest_terminal_summary, trial

from diplograph.model import Block, Document, ParsedDocument
from diplograph.parsing import StanzaParser

__all__ = ["pytest_addoption", "pytest_terminal_summary", "trial"]  # hooks and a fixture of tests/faults

REPOSITORY = Path(__file__).parents[1]
SHARED = REPOSITORY.parent / "shared"

pytest_plugins = ["elsewhere"]  # fixtures that only some modules ask for


def pytest_configure() -> None:
    """Keeps torch to one thread, here and in the commands that tests start: the compact models are no slower, while
    two threads that wait for each other on a busy machine take a hundred times as long."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Parses made by tests, and by the commands they start, are kept apart from the user's, for one run."""
    directory = tmp_path_factory.mktemp("cache")
    before = os.environ.get("XDG_CACHE_HOME")
    os.environ["XDG_CACHE_HOME"] = str(directory)
    yield directory
    if before is None:
        del os.environ["XDG_CACHE_HOME"]
    else:
        os.environ["XDG_CACHE_HOME"] = before


@pytest.fixture(scope="session")
def stanza_parser() -> StanzaParser:
    """The real parser with the compact models; they are loaded once, at its first parse."""
    return StanzaParser("compact")


Parse = Callable[..., ParsedDocument]


@pytest.fixture(scope="session")
def parse(stanza_parser: StanzaParser) -> Parse:
    """``parse(text, published=None, id="text")``: Stanza's parse of a text that is one paragraph."""

    def parse_text(text: str, published: str | None = None, id: str = "text") -> ParsedDocument:
        document = Document(id=id, text=text, published=published, blocks=(Block(0, len(text)),))
        return stanza_parser.parse(document)

    return parse_text


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The folder of the articles that come with diplograph."""
    return REPOSITORY / "seeds" / "articles"
