"""``diplograph doctor`` and ``models``: is everything there?"""

from __future__ import annotations

from pathlib import Path

import click

from diplograph.cli.options import format_option, store_option
from diplograph.cli.output import print_json, print_rows, print_table

SOMETHING_MISSING = 1


@click.command()
@store_option
@format_option("table", "json")
@click.pass_context
def doctor(context: click.Context, store_directory: Path, format: str) -> None:
    """Check Python, the packages, the models, Java, the store and the terminal, and say how to mend what is wrong.

    Ends with status 1 when something that is needed is wrong.

    \b
    Example:
      diplograph doctor
    """
    from dataclasses import asdict

    from diplograph.cli.diagnosis import diagnose

    checks = diagnose(store_directory)
    if format == "json":
        print_json([asdict(check) for check in checks])
    else:
        print_rows(
            ("check", "state", "found", "how to mend"),
            [(check.name, check.state, check.found, check.remedy) for check in checks],
        )
    if any(check.state == "wrong" for check in checks):
        context.exit(SOMETHING_MISSING)


@click.command()
@click.option("--download", metavar="NAME", help="Fetch a model with Stanza's own downloader; NAME is padt.")
@format_option("table", "json")
def models(download: str | None, format: str) -> None:
    """List the parser's models, those that are there and those that could be had, or download one.

    \b
    Example:
      diplograph models
      diplograph models --download padt
    """
    from dataclasses import asdict

    from diplograph.parsing import download_model, list_models

    if download is not None:
        directory = download_model(download)
        click.echo(f"{download} is in {directory}; use it with --model {download}", err=True)
    listed = list_models()
    if format == "json":
        print_json([asdict(model) for model in listed])
        return
    print_table(
        ("model", "there", "MB", "licence", "directory", "note"),
        [
            (
                model.name,
                "yes" if model.installed else "no",
                f"{model.size / 1e6:.0f}" if model.size else "",
                model.licence,
                model.directory,
                model.note if model.installed else f"diplograph models --download {model.name}",
            )
            for model in listed
        ],
    )
