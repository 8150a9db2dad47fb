"""``diplograph serve``."""

from __future__ import annotations

import os
from pathlib import Path

import click

from diplograph.cli.options import store_option

_TOKEN = "DIPLOGRAPH_TOKEN"


@click.command()
@store_option
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=7878, show_default=True, help="The port to listen on.")
@click.option("--url", metavar="URL", help="Where clients find the server, when that is somewhere else.")
@click.option("--base", metavar="IRI", help="What the store's IRIs begin with.")
@click.option(
    "--behind-proxy",
    is_flag=True,
    help="Believe X-Forwarded-For and X-Forwarded-Proto of the proxy in front.",
)
@click.option("--writable", is_flag=True, help=f"Allow updates, with the bearer token in {_TOKEN}.")
@click.option(
    "--allow-host", "hosts", multiple=True, metavar="HOST[:PORT]",
    help="A host that SERVICE and LOAD may ask; without any, both are off.",
)  # fmt: skip
@click.option(
    "--union/--no-union", default=True,
    help="Whether a query that names no graphs sees all of them; on by default.",
)  # fmt: skip
@click.option(
    "--upstream", metavar="URL", envvar="DIPLOGRAPH_UPSTREAM",
    help="Answer from this SPARQL endpoint instead of a store.",
)  # fmt: skip
@click.option(
    "--workers", type=click.IntRange(1), default=os.cpu_count() or 1, show_default="one a core",
    help="How many processes take requests.",
)  # fmt: skip
@click.option(
    "--engines", type=click.IntRange(1), default=4, show_default=True,
    help="How many queries each of them runs at once.",
)  # fmt: skip
@click.option(
    "--timeout", default=30.0, show_default=True, metavar="S", help="Seconds a query, or a parse, may take."
)
@click.option("--memory", default=1024, show_default=True, metavar="MB", help="What one query may use.")
@click.option(
    "--parse", is_flag=False, flag_value="compact", metavar="[MODEL]",
    help="Parse what a page wants to draw and no build kept, with the model of the build (compact, padt, a directory).",
)  # fmt: skip
@click.option("--max-request", default=16, show_default=True, metavar="MB", help="The longest request.")
@click.option("--max-result", default=1024, show_default=True, metavar="MB", help="The longest answer.")
def serve(
    store_directory: Path,
    host: str,
    port: int,
    url: str | None,
    base: str | None,
    behind_proxy: bool,
    writable: bool,
    hosts: tuple[str, ...],
    union: bool,
    upstream: str | None,
    workers: int,
    engines: int,
    timeout: float,
    memory: int,
    parse: str | None,
    max_request: int,
    max_result: int,
) -> None:
    """Serve the store: SPARQL at /sparql, graphs at /store, questions at /queries, pages at /.

    Clients see the graph as the last build left it; during a build they see the one before. The log goes to standard
    error, a line of JSON for each request.

    \b
    Example:
      diplograph serve --port 7878
    """
    from diplograph.parsing import StanzaParser
    from diplograph.server import Settings
    from diplograph.server.running import serve as run
    from diplograph.vocabulary import BASE

    token = os.environ.get(_TOKEN) if writable else None
    if upstream and (writable or hosts):
        raise click.UsageError(
            "--upstream only reads and calls nothing: leave out --writable and --allow-host"
        )
    if upstream and not upstream.startswith(("http://", "https://")):
        raise click.BadParameter(f"{upstream} is no http address", param_hint="--upstream")
    if writable and not token:
        raise click.UsageError(f"--writable needs a token in the environment: {_TOKEN}=… diplograph serve …")
    if parse is not None:
        StanzaParser(parse)  # raises ModelError where there is no such model
    settings = Settings(
        store=store_directory,
        host=host,
        port=port,
        base=base or BASE,
        public_url=url,
        upstream=upstream,
        union=union,
        behind_proxy=behind_proxy,
        token=token,
        hosts=hosts,
        workers=workers,
        engines=engines,
        timeout=timeout,
        memory=memory << 20,
        parse=parse,
        max_request=max_request << 20,
        max_result=max_result << 20,
    )
    run(settings)
