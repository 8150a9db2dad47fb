"""``diplograph explain``: where an event comes from, and why a text has the events that it has."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from diplograph.arabic import has_arabic
from diplograph.cli.options import cache_option, format_option, model_option, published_option, store_option
from diplograph.cli.output import print_json, print_pairs, print_table

if TYPE_CHECKING:
    from diplograph.frames import Attempt, SentenceTrace
    from diplograph.inspection import ExplainedReport, Explanation, StatedValue
    from diplograph.model import EventReport
    from diplograph.pipeline import TextTrace


@click.command()
@click.argument("subject", metavar="TEXT|EVENT|-")
@store_option
@model_option
@published_option
@cache_option
@click.option("--all", "everything", is_flag=True, help="Every near miss of a text, not the nearest only.")
@format_option("table", "json")
def explain(
    subject: str,
    store_directory: Path,
    model: str,
    published: str | None,
    cache: bool,
    everything: bool,
    format: str,
) -> None:
    """Show where an event comes from, or why a text has the events that it has.

    EVENT is the event's IRI, its key (the end of the IRI), or the beginning of a key: shown are its reports, their
    quotes, and which words each value was read from. Arabic TEXT (or - for standard input) is parsed: shown are, for
    each sentence, the names that were linked, the frames' triggers that fired, on which words, the arguments they took
    and by which rule, and those that nearly fired with what they lack.

    \b
    Example:
      diplograph explain summit-2021-06
      diplograph explain --published 2021-12-31 - < seeds/articles/2021-12-31-call.txt
    """
    if subject == "-" or has_arabic(subject):
        _explain_text(
            sys.stdin.read() if subject == "-" else subject, model, published, cache, everything, format
        )
        return
    from diplograph import inspection
    from diplograph.store import Store

    with Store.open(store_directory, read_only=True) as store:
        explanation = inspection.explain(store, subject)
    if format == "json":
        print_json(explanation)
    else:
        _print_explanation(explanation)


def _explain_text(
    text: str, model: str, published: str | None, cache: bool, everything: bool, format: str
) -> None:
    from diplograph import pipeline

    trace = pipeline.trace_text(text, model=model, published=published, cache=cache)
    if format == "json":
        print_json(trace)
        return
    for number, sentence in enumerate(trace.sentences, 1):
        _print_sentence(number, sentence, everything)
    _print_outcome(trace)


_NEAREST = 5  # near misses of a sentence that are shown unless all are asked for


def _print_sentence(number: int, sentence: SentenceTrace, everything: bool) -> None:
    click.echo(f"sentence {number}: {' '.join(sentence.text.split())}")
    if sentence.entities:
        rows = [
            (f"{e.begin}-{e.end}", e.text, e.how, ", ".join(e.means) or "nobody known")
            for e in sentence.entities
        ]
        print_table(("characters", "name", "read as", "means"), rows)
    near = [attempt for attempt in sentence.attempts if attempt.outcome == "near"]
    told = [attempt for attempt in sentence.attempts if attempt.outcome != "near"]
    shown = near if everything else near[:_NEAREST]
    if told or shown:
        print_table(
            ("outcome", "trigger", "word", "governor", "arguments, or what it lacks"),
            [_attempt_row(attempt) for attempt in [*told, *shown]],
        )
    else:
        click.echo("no word of it names an event")
    if len(shown) < len(near):
        click.echo(f"{len(near) - len(shown)} more near misses; --all shows them", err=True)
    click.echo()


def _attempt_row(attempt: Attempt) -> tuple[str, str, str, str, str]:
    taken = [
        f"{argument.role}: {argument.text} = {' and '.join(argument.means)} ({argument.rule})"
        for argument in attempt.arguments
    ]
    return (
        attempt.outcome,
        attempt.trigger,
        f"{attempt.text} ({attempt.begin}-{attempt.end})",
        attempt.governor,
        "\n".join([*attempt.lacks, *taken]),
    )


def _print_outcome(trace: TextTrace) -> None:
    for report in trace.reports:
        click.echo(f"report {report.number}: {report.values.event_class}, confidence {report.confidence}")
        print_table(("aspect", "quote", "refers to", "rule"), _evidence_rows(trace.document.text, report))
    for mention, why in trace.unreported:
        quote = trace.document.text[mention.begin : mention.end]
        click.echo(f"not reported: {mention.values.event_class} \u2068{quote}\u2069: {why}")
    if not trace.reports:
        click.echo("no event")


def _evidence_rows(text: str, report: EventReport) -> list[tuple[str, str, str, str]]:
    found = [
        (proof.aspect, text[proof.begin : proof.end], proof.target, proof.rule)
        for mention in report.mentions
        for proof in mention.evidence
    ]
    return [
        (aspect, quote, (target.label_en or target.label_ar) if target else "", rule)
        for aspect, quote, target, rule in dict.fromkeys(found)
    ]


def _print_explanation(explanation: Explanation) -> None:
    print_pairs(
        {
            "event": explanation.event,
            "class": explanation.event_class,
            "label": f"{explanation.label_en} / {explanation.label_ar}",
            "confidence": explanation.confidence,
            "reports": len(explanation.reports),
        }
    )
    print_table(("property", "value", "labels"), [_value_row(value) for value in explanation.values])
    for report in explanation.reports:
        click.echo()
        _print_report(report)


def _value_row(value: StatedValue) -> tuple[str, str, str]:
    return value.property, value.value, " / ".join(value.labels)


def _print_report(report: ExplainedReport) -> None:
    click.echo(
        f"report {report.number} of {report.document}, published {report.published or 'at an unknown date'}"
    )
    print_table(("property", "value", "labels"), [_value_row(value) for value in report.values])
    rows = [
        (
            f"{quote.begin}-{quote.end}",
            quote.text,
            ", ".join(quote.aspects),
            ", ".join(quote.refers_to),
            ", ".join(quote.rules),
        )
        for quote in report.quotes
    ]
    print_table(("characters", "quote", "supports", "refers to", "rule"), rows)
