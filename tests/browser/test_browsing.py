"""The browser tests notice what they are there to notice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page
from serving import Server

from browser.browsing import Watch, axe, shoot, watching
from browser.conftest import LANGUAGES, Browse


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_questions_are_there(
    browse: Browse, watch_of: Callable[[Page], Watch], server: Server, language: str
) -> None:
    page = browse(server, language)
    page.goto("/queries")
    assert page.locator("html").get_attribute("dir") == {"en": "ltr", "ar": "rtl"}[language]
    assert watch_of(page).requests[0] == f"{server.url}/queries"
    assert axe(page) == []
    shoot(page, f"questions-{language}")


@pytest.mark.parametrize(
    ("wrong", "noticed"),
    [
        ("location.href = 'http://example.org/'", "left the origin"),
        ("fetch('http://example.org/').catch(() => {})", "forbidden by connect-src"),
        ("console.error('oh')", "console: oh"),
        ("setTimeout(() => { throw Error('oh') })", "script: .*oh"),
        (
            "document.body.appendChild(document.createElement('style')).textContent = 'p {}'",
            "forbidden by style",
        ),
    ],
)
def test_what_is_wrong_is_noticed(browser: Browser, server: Server, wrong: str, noticed: str) -> None:
    with pytest.raises(AssertionError, match=noticed), watching(browser, server.url) as (context, _):
        page = context.new_page()
        page.goto("/queries")
        page.evaluate(f"() => {{ {wrong} }}")
        page.wait_for_timeout(200)


def test_axe_finds_what_is_inaccessible(browse: Browse, hard_server: Server) -> None:
    page = browse(hard_server)
    page.goto("/queries")
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert any("button-name" in fault for fault in axe(page))
