"""Reports and events as HTML: one file, nothing fetched, no script; what was read is always escaped (Jinja)."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import jinja2
from markupsafe import Markup, escape

import diplograph
from diplograph.inspection import Explanation, shorten
from diplograph.model import QueryError
from diplograph.plots import KINDS, draw_events
from diplograph.report.content import Cell, Content, load_texts, mark_quotes, term_cell
from diplograph.resources import locate
from diplograph.store import Store

LANGUAGES = ("en", "ar")
DIRECTIONS = {"en": "ltr", "ar": "rtl"}
_DATE = re.compile(r"(\d{4}-\d{2}(?:-\d{2})?)")
_COMMAND = "diplograph query events"


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(locate("report", "templates")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["bdi"] = _isolate
    return environment


def _isolate(value: object) -> Markup:
    """A text of others isolated, so that no direction control in it turns round what is beside it, and the dates in it,
    which would be turned round themselves in Arabic."""
    parts = (
        Markup('<bdi dir="ltr">{}</bdi>').format(part) if _DATE.fullmatch(part) else escape(part)
        for part in _DATE.split(str(value))
    )
    return Markup("<bdi>{}</bdi>").format(Markup("").join(parts))


class _Words:
    """The words of a report in one language, for its templates."""

    def __init__(self, language: str) -> None:
        self.language, self.direction = language, DIRECTIONS[language]

    def text(self, name: str, **values: object) -> Markup:
        """A text of ours with its values isolated."""
        inserted = {key: _isolate(value) for key, value in values.items()}
        return Markup(load_texts()["texts"][name][self.language]).format(**inserted)

    def column(self, name: str) -> str:
        """What a column is called."""
        return str(load_texts()["columns"][name][self.language])

    def term(self, name: str) -> str:
        """What the ontology calls one of its terms."""
        return self.cell(term_cell(name))

    def cell(self, cell: Cell) -> str:
        """The text of a cell."""
        return cell.ar if self.language == "ar" else cell.en

    def name(self, names: tuple[str, str]) -> str:
        """A name of (English, Arabic), in the other language where this one has none."""
        en, ar = names
        return (ar or en) if self.language == "ar" else (en or ar)


def render_report(store: Store, content: Content, languages: tuple[str, ...], *, pictures: bool) -> str:
    """The HTML of a report in one language, or in both with a switch between them."""
    template = _environment().get_template("report.html")
    style = (locate("report", "templates") / "report.css").read_text(encoding="utf-8")
    return template.render(
        content=content,
        languages=[_Words(language) for language in languages],
        names={"en": "English", "ar": "العربية"},
        pictures={language: _draw(store, content, language) if pictures else [] for language in languages},
        style=Markup(style),
        version=diplograph.__version__,
        command=_COMMAND,
    )


def _draw(store: Store, content: Content, language: str) -> list[Mapping[str, str]]:
    """The pictures as addresses of data, with what they show in words."""
    found: list[Mapping[str, str]] = []
    for kind in KINDS if content.chosen else ():
        try:
            picture = draw_events(store, kind, content.chosen, language)
        except QueryError:
            continue  # nobody has anything in common, so there is no network
        data = base64.b64encode(picture.render("svg")).decode("ascii")
        found.append({"title": picture.title, "told": picture.description, "data": data})
    return found


def render_event(explanation: Explanation, base: str, language: str) -> str:
    """The HTML of an event with its reports and their quotes, to stand in a page of others (a notebook)."""
    template = _environment().get_template("event.html")
    passages: list[Any] = [mark_quotes(report.quotes) for report in explanation.reports]
    return template.render(
        event=explanation,
        key=shorten(explanation.event, base),
        reports=list(zip(explanation.reports, passages, strict=True)),
        words=_Words(language),
        base=base,
        shorten=shorten,
    )
