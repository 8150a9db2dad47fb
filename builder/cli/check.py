"""``diplograph check``: whether ontology and data can be trusted."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from diplograph.cli.checked import REPORT_FORMATS, print_report
from diplograph.cli.options import format_option, store_option

if TYPE_CHECKING:
    from diplograph.checking.findings import Report
    from diplograph.checking.running import CheckSettings
    from diplograph.store import Store

VIOLATIONS, COULD_NOT_CHECK = 1, 2
CHECKS = ("owl", "rules", "shapes", "sanity")


@click.command()
@click.argument(
    "files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="[FILE]..."
)
@store_option
@click.option("--ontology", is_flag=True, help="Check the ontology itself, and no data.")
@click.option(
    "--ontology-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="An ontology in Turtle in place of ours.",
)
@click.option(
    "--only",
    "checks",
    multiple=True,
    type=click.Choice(CHECKS),
    help="Only this check; may be repeated.  [default: all that the graph needs]",
)
@click.option(
    "--reasoner",
    type=click.Choice(("hermit", "pellet", "rl")),
    default="hermit",
    show_default=True,
    help="HermiT and Pellet are OWL 2 DL reasoners and need Java; rl is OWL 2 RL by rules, for large graphs.",
)
@click.option(
    "--explain",
    "explained",
    metavar="THING",
    help="Only say why: what an event or actor follows to be, or why a class can have no instance.",
)
@click.option(
    "--at-most",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    metavar="N",
    help="How many sets of statements --explain gives for one thing, where there are several.",
)
@click.option(
    "--reasons/--no-reasons", default=True, help="Say which statements make a contradiction; on by default."
)
@click.option(
    "--severity",
    type=click.Choice(("violation", "warning", "info")),
    default="warning",
    show_default=True,
    help="Show what is at least as bad.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings too, and not for violations only.")
@click.option(
    "--split",
    type=click.Choice(("auto", "always", "never")),
    default="auto",
    show_default=True,
    help="Reason over the graph in modules.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="How many run at a time.  [default: processors]",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=600,
    show_default=True,
    metavar="SECONDS",
    help="How long the OWL reasoner may take.",
)
@click.option(
    "--memory",
    type=click.IntRange(min=16),
    default=2000,
    show_default=True,
    metavar="MB",
    help="How much memory each run of it may take.",
)
@click.option(
    "--remember/--forget",
    default=True,
    help="Reason only over what changed since the last check; on by default.",
)
@click.option("--write-inferences", is_flag=True, help="Put what follows into the graph of inferences.")
@format_option(*REPORT_FORMATS)
@click.pass_context
def check(
    context: click.Context,
    files: tuple[Path, ...],
    store_directory: Path,
    ontology: bool,
    ontology_file: Path | None,
    checks: tuple[str, ...],
    reasoner: str,
    explained: str | None,
    at_most: int,
    reasons: bool,
    severity: str,
    strict: bool,
    split: str,
    jobs: int,
    timeout: float,
    memory: int,
    remember: bool,
    write_inferences: bool,
    format: str,
) -> None:
    """Say whether ontology and data are consistent, conform and are complete, and what follows from them.

    Checks the store, or the RDF files that are named. Exit status: 0 conforms, 1 violations, 2 could not check (no Java,
    out of time or memory …), which says nothing about the data.

    \b
    Example:
      diplograph check
      diplograph check --severity warning --format json
      diplograph check graph.ttl --only owl --reasoner pellet
      diplograph check --write-inferences
      diplograph check --explain call-biden-putin
      diplograph check --ontology
    """
    if write_inferences and (files or ontology):
        raise click.UsageError("--write-inferences is for a store; leave out the files")
    if explained is not None:
        _explain(files, store_directory, ontology_file, explained, at_most, format)
        return
    if ontology:
        report, base = _check_ontology(ontology_file), ""
    else:
        from diplograph.checking.owl import OwlSettings
        from diplograph.checking.running import CheckSettings

        if reasoner == "rl":
            checks = tuple(name for name in checks or CHECKS if name != "owl")
            reasoner = "hermit"
        owl = OwlSettings(reasoner, memory, timeout, jobs, split, remember)
        with _open(files, store_directory) as store:
            report, base = _check_data(store, CheckSettings(checks, owl, reasons), ontology_file), store.base
        if write_inferences:
            _write(store_directory, report)
    least = severity.capitalize()
    print_report(report.of_severity(least), format, base)
    failing = any(f.severity == "Violation" or (strict and f.severity == "Warning") for f in report.findings)
    if not report.complete:
        context.exit(COULD_NOT_CHECK)
    if failing:
        context.exit(VIOLATIONS)


def _open(files: tuple[Path, ...], directory: Path) -> Store:
    from diplograph.checking.material import load_files
    from diplograph.store import Store

    return load_files(files) if files else Store.open(directory, read_only=True)


def _explain(
    files: tuple[Path, ...],
    directory: Path,
    ontology_file: Path | None,
    thing: str,
    at_most: int,
    format: str,
) -> None:
    from diplograph.checking.explaining import explain_subject
    from diplograph.checking.material import load_ontology
    from diplograph.cli.explained import print_explanations

    with _open(files, directory) as store:
        found = explain_subject(store, load_ontology(ontology_file), thing, limit=at_most)
        print_explanations(found, format, store.base)


def _check_data(store: Store, settings: CheckSettings, ontology_file: Path | None) -> Report:
    from diplograph.checking.material import load_ontology
    from diplograph.checking.running import check_store

    return check_store(store, settings, ontology=load_ontology(ontology_file), progress=_say)


def _say(name: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"checking: {name} ...", err=True)


def _check_ontology(path: Path | None) -> Report:
    from diplograph.checking.running import check_the_ontology

    return check_the_ontology(path)


def _write(directory: Path, report: Report) -> None:
    from datetime import UTC, datetime

    from diplograph.checking.realisation import write_inferences
    from diplograph.store import Store

    parts = [part for part in report.parts if part.name in ("owl", "rules")]
    if not parts or any(part.failure for part in parts) or not report.consistent:
        click.echo("diplograph: no inferences written: the graph was not found to be consistent", err=True)
        return
    with Store.open(directory) as store:
        changed = write_inferences(store, parts[0], finished=datetime.now(UTC))
    count = len(parts[0].inferred)
    click.echo(f"{count} inferences {'written' if changed else 'were there already'}", err=True)
