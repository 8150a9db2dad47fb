"""What people do on the query page, and what they see there."""

from __future__ import annotations

import tomllib
from typing import Any

from playwright.sync_api import Download, Locator, Page, expect

from browser.browsing import REPOSITORY

WORDS: dict[str, dict[str, str]] = tomllib.loads(
    (REPOSITORY / "builder" / "server" / "pages" / "query.toml").read_text(encoding="utf-8")
)
VIEWS = ("table", "chart", "timeline", "graph")


class QueryPage:
    """The query page in one language, in a page of a browser."""

    def __init__(self, page: Page, language: str, path: str = "/query-editor") -> None:
        self.page = page
        self.language = language
        self.path = path

    def open(self, fragment: str = "") -> QueryPage:
        """Opens the page, with a view in its address if one is given, and waits for the editor."""
        self.page.goto(self.path + fragment)
        expect(self.page.locator(".CodeMirror")).to_be_visible()
        return self

    def words(self, key: str, **values: object) -> str:
        return WORDS[key][self.language].format(**values)

    # --- Asking ------------------------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """What is in the editor."""
        found: str = self.page.evaluate("document.querySelector('.CodeMirror').CodeMirror.getValue()")
        return found

    def fill(self, text: str) -> None:
        """Puts a text into the editor at once, as pasting does."""
        self.page.evaluate("(text) => document.querySelector('.CodeMirror').CodeMirror.setValue(text)", text)

    def type(self, text: str) -> None:
        """Types a text into the emptied editor, key by key."""
        self.fill("")
        self.page.locator(".CodeMirror").click()
        self.page.keyboard.type(text)

    def button(self, key: str) -> Locator:
        return self.page.get_by_role("button", name=self.words(key), exact=True)

    def run(self, text: str | None = None) -> None:
        """Runs what is in the editor, or this text, and waits for what comes of it."""
        if text is not None:
            self.fill(text)
        self.button("run").click()
        self.wait()

    def wait(self) -> None:
        expect(self.page.locator(".answer > *").nth(1)).to_be_visible()
        expect(self.page.locator(".answer")).to_have_attribute("aria-busy", "false", timeout=20_000)

    def choose(self, title: str) -> None:
        """Chooses a canned question by its title."""
        self.page.locator(".questions-list button", has_text=title).first.click()

    # --- What came of it ---------------------------------------------------------------------------------------------

    @property
    def failure(self) -> Locator:
        return self.page.get_by_role("alert")

    def cells(self) -> list[list[str]]:
        """The words of the table, row by row."""
        found: list[list[str]] = self.page.locator(".view tbody tr").evaluate_all(
            "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
        )
        return found

    def look(self, view: str) -> None:
        self.page.get_by_role("tab", name=self.words(f"view_{view}"), exact=True).click()
        expect(self.page.get_by_role("tabpanel")).to_be_visible()

    def set(self, name: str, value: str) -> None:
        """Chooses a setting of a view."""
        self.page.locator(f".settings select[name={name}]").select_option(value)

    def shown(self) -> Any:
        """All that can be seen of an answer, to be compared."""
        return self.page.locator(".view").inner_text(), [
            select.input_value() for select in self.page.locator(".settings select").all()
        ]

    def download(self, format: str) -> tuple[Download, bytes]:
        """Downloads the answer in a format."""
        with self.page.expect_download() as caught:
            self.page.locator(".downloads button", has_text=format).and_(
                self.page.get_by_role("button", name=format, exact=True)
            ).click()
        return caught.value, caught.value.path().read_bytes()

    @property
    def hints(self) -> Locator:
        """What the editor proposes."""
        return self.page.locator(".CodeMirror-hint")
