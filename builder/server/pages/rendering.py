"""Templates filled in. Jinja escapes whatever it is given; a name that a template needs and lacks is an error."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

import diplograph
from diplograph.resources import locate, read_toml
from diplograph.server.answers import Answer
from diplograph.server.asking import root_of
from diplograph.server.description.datasets import read_about
from diplograph.server.negotiation import choose, parse_accept
from diplograph.server.pages.built import built_entry, words_of
from diplograph.server.pages.showing import Shower
from diplograph.server.requests import Request

LANGUAGES = ("en", "ar")
HTML = "text/html"
_LANGUAGE = "lang"
_NO_HTML = re.compile(  # control characters and what Unicode calls no characters, which HTML may not hold
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)


@cache
def _environment() -> Environment:
    loader = FileSystemLoader(locate("server", "pages", "templates"))
    return Environment(
        loader=loader,
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _texts() -> Mapping[str, Mapping[str, str]]:
    return read_toml("server", "pages", "texts.toml")


def text_of(language: str) -> Callable[..., str]:
    """The texts of pages in a language: a function of the text's name, and of the values that it has places for."""

    def say(name: str, **values: object) -> str:
        return _texts()[name][language].format(**values)

    return say


def language_of(request: Request) -> str:
    """The language of a page: asked for by ``?lang=`` now or before (a cookie), else what the browser likes best."""
    for asked in (request.field(_LANGUAGE), _cookie(request)):
        if asked in LANGUAGES:
            return str(asked)
    ranges = parse_accept(request.header("accept-language") or "")
    for name, _ in sorted((found for found in ranges if found[1] > 0), key=lambda found: -found[1]):
        if name.partition("-")[0] in LANGUAGES:
            return name.partition("-")[0]
    return LANGUAGES[0]


def _cookie(request: Request) -> str | None:
    """The language that was chosen on another page."""
    for part in (request.header("cookie") or "").split(";"):
        name, _, value = part.strip().partition("=")
        if name == _LANGUAGE:
            return value
    return None


def shower_of(request: Request) -> Shower:
    """What shows values on the page that answers a request."""
    language = language_of(request)
    names = {name: said[language] for name, said in _texts().items() if ":" in name}
    return Shower(request.settings.base, root_of(request), language, names)


def page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    etag: str | None = None,
    **values: Any,
) -> Answer:
    """A page as an answer. ``values`` are what its template needs beside what all of them have."""
    language = language_of(request)
    root = root_of(request)
    rendered = (
        _environment()
        .get_template(template)
        .render(
            about=read_about()[language],
            switch=_switch(request),
            language=language,
            other_language=next(other for other in LANGUAGES if other != language),
            direction="rtl" if language == "ar" else "ltr",
            root=root,
            shower=shower_of(request),
            style=style_sheet()[0],
            t=text_of(language),
            version=diplograph.__version__,
            **values,
        )
    )
    said = {"Content-Language": language, **(headers or {})}
    if request.field(_LANGUAGE) == language:
        secure = "; Secure" if request.url.startswith("https:") else ""
        kept = f"Path={root}/; Max-Age=31536000; SameSite=Lax; HttpOnly{secure}"
        said["Set-Cookie"] = f"{_LANGUAGE}={language}; {kept}"
    tag = f"{etag}-{language}" if etag else None
    body = _NO_HTML.sub("\ufffd", rendered)
    return Answer(body, HTML, status=status, headers=said, etag=tag, vary="Accept, Accept-Language, Cookie")


def _switch(request: Request) -> str:
    """The query string of the same page in the other language."""
    other = next(other for other in LANGUAGES if other != language_of(request))
    return urlencode(
        [*((name, text) for name, text in request.fields if name != _LANGUAGE), (_LANGUAGE, other)]
    )


@cache
def style_sheet() -> tuple[str, bytes]:
    """The name of the style sheet, which changes with what is in it, and its bytes."""
    content = locate("server", "pages", "static", "diplograph.css").read_bytes()
    return f"diplograph-{hashlib.sha256(content).hexdigest()[:12]}.css", content


def wants_page(request: Request) -> bool:
    """Whether a client would rather have a page than plain text or JSON."""
    kinds = ("text/plain", "application/json", HTML)
    return choose(request.header("accept"), kinds) == HTML


def error_page(
    request: Request, status: int, message: str, headers: Mapping[str, str] | None = None
) -> Answer:
    """A refusal for people: what is wrong, and where to go from there."""
    return page(request, "error.html", status=status, headers=headers, message=message)


def app_page(request: Request, template: str, entry: str, etag: str | None = None, **values: Any) -> Answer:
    """A page made by a script of web/, as an answer. ``values`` are given to the script with its wordings and the
    server's root and base."""
    language = language_of(request)
    data = {
        "root": root_of(request),
        "base": request.settings.base,
        "language": language,
        "words": words_of(entry, language),
        **values,
    }
    return page(request, template, etag=etag, built=built_entry(entry), data=data)
