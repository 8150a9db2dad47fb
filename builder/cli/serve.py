"""``diplograph serve``."""

from __future__ import annotations

import os
from pathlib import Path

import click

from diplograph.cli.options import store_option


@click.command()
@store_option
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=7878, show_default=True, help="The port to listen on.")
@click.option("--workers", default=os.cpu_count() or 1, show_default="one a core", help="HTTP processes.")
@click.option(
    "--timeout", default=30.0, show_default=True, metavar="S", help="Seconds that a query may take."
)
@click.option(
    "--upstream",
    metavar="URL",
    envvar="DIPLOGRAPH_UPSTREAM",
    help="Answer from this SPARQL endpoint instead of a store.",
)
@click.option("--writable", is_flag=True, help="Allow updates with the token in DIPLOGRAPH_TOKEN.")
def serve(
    store_directory: Path,
    host: str,
    port: int,
    workers: int,
    timeout: float,
    upstream: str | None,
    writable: bool,
) -> None:
    """Serve the store: SPARQL at /sparql, graphs at /store, pages at /.

    \b
    Example:
      diplograph serve --port 7878
    """
    from diplograph.server import Settings
    from diplograph.server.running import serve as run

    token = os.environ.get("DIPLOGRAPH_TOKEN") if writable else None
    run(
        Settings(
            store_directory, host, port, workers=workers, timeout=timeout, upstream=upstream, token=token
        )
    )
