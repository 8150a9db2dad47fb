"""What browser tests share: servers over stores of two kinds, a browser, and contexts that notice what is wrong."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sample_graph import fill
from serving import Server, serving

from browser.browsing import PATIENCE, Watch, launch, watching
from browser.hard_texts import fill_hard
from diplograph.store import Store

LANGUAGES = ("en", "ar")


@pytest.fixture(scope="session")
def seeds_store(tmp_path_factory: pytest.TempPathFactory, seeds: Path) -> Path:
    """A store built from the seeds, as a newcomer builds it."""
    store = tmp_path_factory.mktemp("browser-seeds") / "store"
    command = [sys.executable, "-m", "diplograph", "build", str(seeds), "--store", str(store)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return store


@pytest.fixture(scope="session")
def hard_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample graph, and texts that are hard to show: both directions, astral characters, quotes, markup."""
    path = tmp_path_factory.mktemp("browser-hard") / "store"
    with Store.open(path) as store:
        fill_hard(fill(store))
    return path


@pytest.fixture(scope="session")
def server(seeds_store: Path) -> Iterator[Server]:
    """``diplograph serve`` on the store of the seeds."""
    with serving(seeds_store, "--workers", "1") as running:
        yield running


@pytest.fixture(scope="session")
def hard_server(hard_store: Path) -> Iterator[Server]:
    """``diplograph serve`` on the store of hard texts."""
    with serving(hard_store, "--workers", "1") as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a module: while Playwright runs, other tests of the process could run no event loop."""
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE)
        running = launch(playwright)
        yield running
        running.close()


Browse = Callable[..., Page]


@pytest.fixture
def browse(browser: Browser) -> Iterator[Browse]:
    """``browse(server or URL, language, **options of the context)``: a page in a fresh context.

    Go on with ``page.goto("/path")`` (without the slash where the URL has a path and ends in one). What the context
    notices is at ``watch_of(page)``; the test fails at its end on anything wrong that was not allowed there.
    """
    with ExitStack() as stack:

        def open_page(at: Server | str, language: str = "en", **options: Any) -> Page:
            url = at if isinstance(at, str) else at.url
            context, watch = stack.enter_context(watching(browser, url, locale=language, **options))
            page = context.new_page()
            _WATCHES[page] = watch
            return page

        yield open_page
    _WATCHES.clear()


_WATCHES: dict[Page, Watch] = {}


@pytest.fixture
def watch_of() -> Callable[[Page], Watch]:
    """The watch over the context of a page."""
    return lambda page: _WATCHES[page]
