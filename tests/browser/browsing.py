"""A real Chromium that looks at a real server, and what must be true of every page it looks at."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Request

REPOSITORY = Path(__file__).parents[2]
AXE = REPOSITORY / "web" / "node_modules" / "axe-core" / "axe.min.js"
SCREENSHOTS = "DIPLOGRAPH_SCREENSHOTS"
PHONE = {"width": 390, "height": 844}
PATIENCE = 10_000
"""How long an element may take to appear, in milliseconds: long, since machines are busy."""

_TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`forbidden by ${event.violatedDirective}: ${event.blockedURI} ${event.sample}`));
"""
_AXE_OPTIONS = {"resultTypes": ["violations"]}
_SEVERE = ("serious", "critical")


def need(found: object, what: str) -> None:
    """Skips the test where something is not installed; in CI that is a failure."""
    if not found and not os.environ.get("CI"):
        pytest.skip(f"{what} is not there")
    assert found, f"{what} is not there"


def launch(playwright: Playwright) -> Browser:
    """Debian's Chromium, which can find nothing but this machine."""
    program = shutil.which("chromium")
    need(program, "chromium (Debian's package)")
    options = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--disable-gpu"]
    if os.geteuid() == 0:
        options.append("--no-sandbox")
    return playwright.chromium.launch(executable_path=program, args=options)


@dataclass
class Watch:
    """What is noticed of all pages of a context. ``allowed`` are faults that a test brings about itself."""

    origin: str
    requests: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def allow(self, *patterns: str) -> None:
        """From now on faults that one of these patterns is found in are none."""
        self.allowed += patterns

    def attach(self, context: BrowserContext) -> None:
        context.on("request", self._request)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.faults.append(f"script: {error.error}"))

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("data", "blob"):
            return
        self.requests.append(request.url)
        if f"{address.scheme}://{address.netloc}" != self.origin:
            self.faults.append(f"left the origin: {request.url}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"console: {message.text} ({message.location.get('url', '')})")

    def unexpected(self) -> list[str]:
        """The faults that nobody allowed."""
        return [
            fault for fault in self.faults if not any(re.search(pattern, fault) for pattern in self.allowed)
        ]


@contextmanager
def watching(browser: Browser, url: str, **options: Any) -> Iterator[tuple[BrowserContext, Watch]]:
    """A fresh context on a server at this address (with its path, if it has one).

    The end of the block fails when a page asked another origin, wrote errors to the console or met its own policy.
    """
    address = urlsplit(url)
    context = browser.new_context(base_url=url, accept_downloads=True, **options)
    context.set_default_timeout(PATIENCE)
    context.add_init_script(_TELL_VIOLATIONS)
    watch = Watch(f"{address.scheme}://{address.netloc}")
    watch.attach(context)
    try:
        yield context, watch
    finally:
        context.close()
    assert not watch.unexpected(), "\n".join(watch.unexpected())


def axe(page: Page, *, within: str | None = None) -> list[str]:
    """What axe finds serious or critical on a page: a line for each element."""
    need(AXE.is_file(), "axe-core (npm ci --prefix web)")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "([within, options]) => axe.run(within ?? document, options)", [within, _AXE_OPTIONS]
    )
    return [
        f"{violation['id']}: {violation['help']}: {node['html'][:200]} {node['failureSummary']}"
        for violation in found["violations"]
        if violation["impact"] in _SEVERE
        for node in violation["nodes"]
    ]


def shoot(page: Page, name: str, *, whole: bool = True) -> None:
    """Takes a screenshot, where the environment says that they are wanted and where they go."""
    folder = os.environ.get(SCREENSHOTS)
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=whole)
