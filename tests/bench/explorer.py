"""How long the explorer's first view takes with many events: from the address to the list, in Debian's Chromium.

Each view is a fresh browser without a cache. The server has started and has read its events, as it does by itself; how
long that took is said as well. ``make bench-explorer``, or ``python tests/bench/explorer.py --events 10000``.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from browser.browsing import launch
from gazetteer_events import fill_many
from serving import serving

from diplograph.store import Store

VIEWS = {
    "timeline": ("/", ".events .event"),
    "filtered": ("/?type=Summit&from=2015", ".events .event"),
    "network": ("/?view=network", "svg .node"),
    "map": ("/?view=map", "svg.map .node"),
}
_SEE = """
(() => {
  const seen = new MutationObserver(() => {
    if (document.querySelector(%r) && !window.seenAt) requestAnimationFrame(() => { window.seenAt ??= performance.now(); });
  });
  seen.observe(document, { childList: true, subtree: true });
})();
"""


def first_view(browser: Browser, url: str, selector: str, language: str) -> float:
    """Milliseconds from the beginning of the navigation to the frame that shows what is looked for."""
    context = browser.new_context(locale=language)
    page = context.new_page()
    page.add_init_script(_SEE % selector)
    page.goto(url)
    page.locator(selector).first.wait_for(state="attached")
    seen: float = page.evaluate("new Promise((done) => requestAnimationFrame(() => done(window.seenAt)))")
    context.close()
    return seen


def main() -> None:
    """Makes a store, serves it, looks at it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=7)
    parser.add_argument("--store", type=Path, help="where the store is, or is to be made and kept")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="diplograph-bench-"))
    store = given.store or folder / "store"
    if not store.exists():
        with Store.open(store) as opened:
            fill_many(opened, given.events)
    try:
        with serving(store, start=300) as server, sync_playwright() as playwright:
            begun = time.monotonic()
            total = server.ask("/api/events", timeout=120).json()["all"]
            print(f"{total} events; read for the first time {time.monotonic() - begun:.1f} s after the start")
            time.sleep(3)
            browser = launch(playwright)
            for name, (path, selector) in VIEWS.items():
                for language in ("en", "ar"):
                    times = [
                        first_view(browser, server.url + path, selector, language) for _ in range(given.times)
                    ]
                    print(
                        f"{name} ({language}): median {statistics.median(times):.0f} ms, slowest {max(times):.0f} ms"
                        f" of {given.times}; load {os.getloadavg()[0]:.1f}"
                    )
            browser.close()
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
