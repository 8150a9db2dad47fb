"""``diplograph plot`` and ``report``: pictures and a report to look at without a server."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from diplograph.cli.options import store_option

PICTURES = ("timeline", "network", "calendar")
Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def _selection_options(command: Decorated) -> Decorated:
    """The filters of events: --type, --status, --actor, --from, --to, --min-confidence."""
    options = (
        click.option("--type", "type", metavar="CLASS", help="Only events of this class or of one below it."),
        click.option("--status", metavar="STATUS", help="Only events of this status: occurred, planned …"),
        click.option(
            "--actor", metavar="NAME", help="Only events in which this actor, or its people, have a part."
        ),
        click.option(
            "--from", "first", metavar="DATE", help="Only events that may end on this date or later."
        ),
        click.option(
            "--to", "last", metavar="DATE", help="Only events that may begin on this date or earlier."
        ),
        click.option(
            "--min-confidence",
            "confidence",
            type=click.FloatRange(0, 1),
            default=0,
            metavar="NUMBER",
            help="Only events of this confidence or more, from 0 to 1.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@click.argument("kind", type=click.Choice(PICTURES))
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where to: a name that ends in .svg, .png or .pdf; by default SVG to standard output.",
)
@click.option(
    "--lang",
    "language",
    type=click.Choice(("en", "ar")),
    default="en",
    show_default=True,
    help="The language; pictures in Arabic run from right to left.",
)
@_selection_options
@store_option
def plot(
    kind: str,
    output: Path | None,
    language: str,
    type: str | None,
    status: str | None,
    actor: str | None,
    first: str | None,
    last: str | None,
    confidence: float,
    store_directory: Path,
) -> None:
    """Draw the events: by time, as the network of their actors, or on a calendar.

    Where there are too many to be told apart the picture counts them, and says so. When no event is left to draw,
    nothing is written, and the exit status is 2.

    \b
    Example:
      diplograph plot timeline --output timeline.svg
      diplograph plot network --lang ar --status occurred --output network.svg
      diplograph plot calendar --actor Russia --from 2021-10 --to 2022-03 --output calendar.png
    """
    from diplograph.plots import Selection, draw, format_of
    from diplograph.store import Store

    if output is not None:
        format_of(output)
    selection = Selection(type, status, actor, first, last, confidence)
    with Store.open(store_directory, read_only=True) as store:
        picture = draw(store, kind, selection, language)
    if output is None:
        sys.stdout.buffer.write(picture.render("svg"))
    else:
        picture.write(output)
        click.echo(f"{picture.title}: {output}", err=True)
    if picture.missing:
        click.echo(
            f"diplograph: the font has no glyph for {' '.join(picture.missing)}; a � stands there", err=True
        )


@click.command()
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where to; by default standard output.",
)
@click.option(
    "--lang",
    "language",
    type=click.Choice(("both", "en", "ar")),
    default="both",
    show_default=True,
    help="The language, or both with a switch between them.",
)
@click.option(
    "--events",
    type=click.IntRange(min=0),
    metavar="NUMBER",
    help="How many events are told one by one, the latest (300 by default).",
)
@click.option(
    "--pictures/--no-pictures",
    default=True,
    help="With the three pictures of `diplograph plot`, the default.",
)
@store_option
def report(
    output: Path | None, language: str, events: int | None, pictures: bool, store_directory: Path
) -> None:
    """Write a report of the store as one HTML file that can be mailed: no script, nothing to fetch.

    It has the counts, pictures, the events by time with the words they rest on, threats, planned talks, disagreements,
    denials, who dealt with whom, and the documents. It says what it leaves out.

    \b
    Example:
      diplograph report --output report.html
      diplograph report --lang ar --events 50 --output report.html
    """
    from diplograph.report import LANGUAGES, write_report
    from diplograph.store import Store

    languages = LANGUAGES if language == "both" else (language,)
    with Store.open(store_directory, read_only=True) as store:
        page = write_report(store, languages, events=events, pictures=pictures).encode("utf-8")
    if output is None:
        sys.stdout.buffer.write(page)
        return
    try:
        output.write_bytes(page)
    except OSError as error:
        raise click.ClickException(f"{output} cannot be written: {error.strerror or error}") from error
    click.echo(f"{len(page)} bytes written to {output}", err=True)
