"""HTML pages become text, title, date and address; the boilerplate is removed by trafilatura."""

from __future__ import annotations

import re
from dataclasses import dataclass

from diplograph.arabic import fold
from diplograph.model import SourceError
from diplograph.sources.dateline import find_published

_SEPARATOR = re.compile(r"\s+(?:[|\u2013\u2014\u00bb\u2022\u00b7-]|::)\s+")
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
# Taken out beforehand, as trafilatura keeps them in pages whose article is but a few lines. Not forms: ASP.NET wraps
# whole pages in one.
_BOILERPLATE = ["//nav", "//footer", "//aside", "//button"]
_LEAST_BODY_WORDS = 8
_MOST_SHOWN_ABOVE = 15  # pieces of text; further up a page shows the day on which it was looked at
_LEAST_TITLE_WORDS = 3
_MOST_SITE_WORDS = 3


@dataclass(frozen=True, slots=True)
class Page:
    """The article of an HTML page: title and paragraphs, each on a line; ``published`` a whole ISO date."""

    text: str
    title: str | None = None
    published: str | None = None
    url: str | None = None


def is_html(text: str) -> bool:
    """Whether the text begins as an HTML page does."""
    return _HTML.match(text) is not None


def read_page(html: str) -> Page:
    """The article of an HTML page.

    The date is the one in the page's metadata and markup (htmldate's, without its search in the text, which
    would take any date for it), or else that of a dateline shown right above the article.
    Source of the method: Barbaresi, Trafilatura, ACL 2021 demonstrations.

    Raises SourceError when there is no article in it.
    """
    import trafilatura

    html = _DECLARATION.sub("", html, count=1)  # lxml refuses to read a string that declares an encoding
    found = trafilatura.bare_extraction(
        html,
        with_metadata=True,
        include_comments=False,
        include_tables=False,
        prune_xpath=_BOILERPLATE,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    if found is None or isinstance(found, dict):
        raise SourceError("no article found in the HTML; save the page of one article, with its text in it")
    body = (found.text or "").strip()
    title = _clean_title(found.title, found.sitename, body)
    has_title = title is None or fold(title) in {fold(line) for line in body.split("\n")}
    text = body if has_title else f"{title}\n{body}"
    if not text.strip():
        raise SourceError("no article found in the HTML; save the page of one article, with its text in it")
    return Page(text, title, found.date or _find_visible_date(html, body), found.url or None)


def _find_visible_date(html: str, body: str) -> str | None:
    """The date in a dateline that the page shows right above its article, where its metadata name none."""
    import trafilatura

    tree = trafilatura.load_html(html)
    if tree is None:
        return None
    shown = [" ".join(str(text).split()) for text in tree.itertext()]
    shown = [text for text in shown if text]
    paragraphs = {line for line in map(fold, body.split("\n")) if len(line.split()) >= _LEAST_BODY_WORDS}
    starts = (index for index, text in enumerate(shown) if fold(text) in paragraphs)
    start = next(starts, 0)
    return find_published(shown[max(0, start - _MOST_SHOWN_ABOVE) : start], "", [])


def _clean_title(title: str | None, site: str | None, body: str) -> str | None:
    """The title without the name of the site that pages put behind or before it ("Headline | Newspaper")."""
    title = " ".join((title or "").split())
    parts = _SEPARATOR.split(title)
    lines = {fold(line) for line in body.split("\n")}
    for part in parts:
        if len(part.split()) >= _LEAST_TITLE_WORDS and fold(part) in lines:
            return part
    ending = list(_SEPARATOR.finditer(title))[-1:]
    for found in ending:
        before, after = title[: found.start()], title[found.end() :]
        if fold(after) == fold(site or "") or len(after.split()) <= _MOST_SITE_WORDS < len(before.split()):
            return before
    return title or None
