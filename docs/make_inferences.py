"""Writes docs/inferences.md, what each defined class of the ontology buys, with an example that is run: ``make docs``.

The examples are cases of tests/reasoning/; the reasons are those that ``diplograph check --explain`` gives.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests"))

from reasoning_cases import Case, Expected, fill, load_cases, ontology_axioms

from diplograph.checking.explaining import Explanation, explain_inference
from diplograph.checking.findings import Statement
from diplograph.vocabulary import DIP, load_vocabulary

PAGE = HERE / "inferences.md"

OPENING = """\
# What follows

Made by `make docs` from the ontology's definitions and the cases of [tests/reasoning/](../tests/reasoning); what is to
change is changed there.

Nobody asserts the classes below. Each has a definition, and whatever meets it belongs to it: `diplograph check` finds
these, and with `--write-inferences` puts them into a graph of their own, for questions to take in or leave out. Every example is a graph of a few
hundred triples, [clean.trig](../tests/reasoning/clean.trig), with something put in or taken out; the reasons are a minimal
set, as `diplograph check --explain THING` gives it: without any one of them the conclusion does not follow. Behind each
statement is the document that says it, with its words.
"""

Examples = Mapping[str, tuple[Case, Expected, Explanation]]


def find_examples() -> Examples:
    """For each defined class, in the order of the ontology, a case in which it is inferred, and why it is."""
    chosen: dict[str, tuple[Case, Expected]] = {}
    for case in load_cases():
        for one in case.consequences():
            if one.kind == "inferred" and not case.axioms:
                chosen.setdefault(one.cls.removeprefix(DIP), (case, one))
    names = load_vocabulary().defined_classes()
    with ThreadPoolExecutor(2) as pool:
        reasons = pool.map(lambda name: explain(*chosen[name]), names)
        return {name: (*chosen[name], reason) for name, reason in zip(names, reasons, strict=True)}


def explain(case: Case, one: Expected) -> Explanation:
    with fill(case.quads()) as store:
        (explanation,) = explain_inference(store, case.ontology(), one.individual, one.cls)
    return explanation


def write_page(examples: Examples) -> str:
    """The page in Markdown: a table of the defined classes, and a section for each."""
    vocabulary = load_vocabulary()
    rows = ["| class | meaning | المعنى |", "| --- | --- | --- |"]
    for name in examples:
        meaning, arabic = vocabulary.definition(name, "en"), vocabulary.definition(name, "ar")
        rows.append(f"| [dip:{name}](#{name.lower()}) | {meaning} | {arabic} |")
    sections = ["\n".join(section(name, *found)) for name, found in examples.items()]
    return "\n".join([OPENING, *rows, "", "\n\n".join(sections)]) + "\n"


def section(name: str, case: Case, one: Expected, explanation: Explanation) -> Iterator[str]:
    """What a class is by definition, an example, what follows in it and why."""
    vocabulary = load_vocabulary()
    (definition,) = (a.text for a in ontology_axioms() if a.text.startswith(f"EquivalentClasses(dip:{name} "))
    yield f"## {name}\n"
    yield f"**{vocabulary.label(name, 'en')}, {vocabulary.label(name, 'ar')}.** {case.expected['about']}\n"
    yield f"```text\n{definition}\n```\n"
    link = f"[{case.name}](../tests/reasoning/{case.name})"
    for file, told in (("remove.trig", "Taken out"), ("plant.trig", "Put in")):
        path = case.folder / file
        if path.exists():
            lines = [
                line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("@")
            ]
            yield f"{told} ({link}):\n"
            yield "```turtle\n" + "\n".join(lines).strip() + "\n```\n"
    yield f"It follows: **{explanation.conclusion}**, because\n"
    for statement in explanation.statements:
        yield f"- {statement.text or statement.axiom}{sources(statement)}"


def sources(statement: Statement) -> str:
    """The words of documents behind a statement."""
    told = [f"{one.document}: «{one.quote}»" if one.quote else one.document for one in statement.sources]
    return f" ({'; '.join(sorted(told))})" if told else ""


if __name__ == "__main__":
    PAGE.write_text(write_page(find_examples()), encoding="utf-8")
