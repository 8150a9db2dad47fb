"""Options that several commands have, and how help shows examples."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import click

if TYPE_CHECKING:
    from diplograph.transfer import Endpoint

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
Reach: TypeAlias = "Callable[..., Endpoint]"
"""Finds the store at a URL."""

store_option = click.option(
    "--store",
    "store_directory",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("diplograph-store"),
    show_default=True,
    metavar="DIR",
    help="The directory of the store.",
)

graphs_option = click.option(
    "--graph",
    "graphs",
    multiple=True,
    metavar="GRAPH",
    help="Only this graph: events, actors, ontology, inferences, the id of a document, or an IRI; may be repeated.",
)

STORES = ("oxigraph", "fuseki", "virtuoso", "graphdb", "rdf4j", "qlever", "blazegraph", "sparql")

model_option = click.option(
    "--model",
    default="compact",
    show_default=True,
    metavar="NAME|DIR",
    help="The parser's models: compact, padt, or a directory of Stanza models; see `diplograph models`.",
)

published_option = click.option(
    "--published",
    metavar="DATE",
    callback=lambda _context, _parameter, value: _check_date(value),
    help="The date of publication of documents that do not say theirs: 2018, 2018-06 or 2018-06-14.",
)

cache_option = click.option(
    "--cache/--no-cache", default=True, help="Keep parses, and use those kept; on by default."
)


def _check_date(value: str | None) -> str | None:
    from diplograph.model import TimeError
    from diplograph.quads import date_literal

    if value is not None:
        try:
            date_literal(value)
        except TimeError as error:
            raise click.BadParameter(str(error)) from error
    return value


def format_option(*choices: str) -> Callable[[Decorated], Decorated]:
    """The option --format with these choices, the first the default."""
    return click.option(
        "--format",
        "-f",
        "format",
        type=click.Choice(choices),
        default=choices[0],
        show_default=True,
        help="How to print.",
    )


def endpoint_options(command: Decorated) -> Decorated:
    """The options of commands that talk to a store elsewhere: --to, --timeout, --retries.

    The command gets them as one argument ``reach``, which finds the store at a URL by them.
    """

    @wraps(command)
    def with_reach(*arguments: Any, kind: str | None, timeout: float, retries: int, **others: Any) -> Any:
        def reach(url: str, *, update_url: str | None = None) -> Endpoint:
            # Not before a URL is given: a question on a store of ours is answered sooner without what talks HTTP.
            from diplograph.transfer import find_endpoint

            return find_endpoint(url, kind=kind, update_url=update_url, timeout=timeout, retries=retries)

        return command(*arguments, reach=reach, **others)

    options = (
        click.option(
            "--to",
            "kind",
            type=click.Choice(STORES),
            help="What store it is; it is asked when this is not given.",
        ),
        click.option(
            "--timeout",
            type=click.FloatRange(min=0, min_open=True),
            default=300,
            show_default=True,
            metavar="SECONDS",
            help="How long to wait for an answer.",
        ),
        click.option(
            "--retries",
            type=click.IntRange(min=0),
            default=5,
            show_default=True,
            help="How often to try again what may pass (a lost connection, a busy store).",
        ),
    )
    decorated: Any = with_reach
    for option in reversed(options):
        decorated = option(decorated)
    return decorated  # type: ignore[no-any-return]
