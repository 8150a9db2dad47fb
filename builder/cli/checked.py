"""Printing the report of a check."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from diplograph.cli.explained import describe_statement
from diplograph.cli.output import print_json, print_table

if TYPE_CHECKING:
    from diplograph.checking.findings import Finding, Part, Report

_MEASURES = {"shapes": "shapes", "sanity": "queries", "ontology": "queries", "competency": "questions"}
"""What a part holds data against, where these are no axioms."""
REPORT_FORMATS = ("text", "table", "json", "turtle", "jsonld")


def print_report(report: Report, format: str, base: str) -> None:
    """Prints a report: as text with the reasons, as a table of findings, as JSON, or in SHACL's own vocabulary."""
    if format == "json":
        print_json(report.as_json())
    elif format in ("turtle", "jsonld"):
        from diplograph.checking.reporting import report_graph

        click.echo(report_graph(report, base, format=format), nl=False)
    elif format == "table":
        _print_findings(report, base)
    else:
        _print_text(report, base)


def _print_findings(report: Report, base: str) -> None:
    from diplograph.inspection import shorten

    rows = [
        (f.severity, f.check, shorten(f.focus, base), shorten(f.path, base), f.message_en, f.message_ar)
        for f in report.findings
    ]
    print_table(("severity", "check", "focus", "path", "message", "الرسالة"), rows)


def _print_text(report: Report, base: str) -> None:
    for finding in report.findings:
        for line in _describe(finding, base):
            click.echo(line)
    for part in report.parts:
        for line in _describe_part(part):
            click.echo(line)
    click.echo(_verdict(report))


def _describe(finding: Finding, base: str) -> list[str]:
    from diplograph.inspection import shorten

    place = " ".join(filter(None, (shorten(finding.focus, base), shorten(finding.path, base), finding.value)))
    lines = [f"{finding.severity.lower()}  {finding.check}  {place}".rstrip()]
    lines += [f"  {text}" for text in (finding.message_en, finding.message_ar) if text]
    for statement in finding.statements:
        lines += describe_statement(statement)
    if not finding.statements:
        lines += [f"  in {source.document}: {source.quote}".rstrip(": ") for source in finding.sources]
    return lines


def _describe_part(part: Part) -> list[str]:
    count = len(part.findings)
    state = (
        f"could not be done: {part.failure}"
        if part.failure
        else f"{count} finding{'' if count == 1 else 's'}"
    )
    seen = f"{part.axioms} {_MEASURES.get(part.name, 'axioms')}, {part.triples} triples, {part.seconds:.1f} s"
    lines = [f"{part.name}: {part.tool} {part.version}: {seen}: {state}"]
    lines += [f"  not checked: {s.count} {s.what}, {s.reason}" for s in part.skipped]
    lines += [f"  {note}" for note in part.notes]
    if part.inferred:
        lines.append(f"  {len(part.inferred)} classes of individuals follow (--format json lists them)")
    return lines


def _verdict(report: Report) -> str:
    violations = sum(f.severity == "Violation" for f in report.findings)
    others = len(report.findings) - violations
    words = f"{violations} violations, {others} warnings and remarks"
    if not report.complete:
        names = ", ".join(part.name for part in report.parts if part.failure)
        return f"not everything could be checked ({names}); in the rest {words}"
    return f"{'conforms' if report.conforms else 'does not conform'}: {words}"
