"""`diplograph explain TEXT`: what fired, what nearly did, and why an argument was taken."""

from __future__ import annotations

import io
import json

import pytest
from trees import mentions_of, tree

from diplograph.cli import main
from diplograph.frames import load_frames, trace_sentences
from diplograph.linking import load_gazetteer

THREAT = """
1 هددت هدد VERB 0 root VP-A-3FS--
2 واشنطن واشنطن X 1 nsubj
3+ ب ب ADP 4 case
4 فرض فرض NOUN 1 obl:arg
5 عقوبات عقوبة NOUN 4 nmod
6 على على ADP 7 case
7 دمشق دمشق X 5 nmod
"""

BARE = """
1 ناقش ناقش VERB 0 root VP-A-3MS--
2 المجلس مجلس NOUN 1 nsubj
3 عقوبات عقوبة NOUN 1 obj
"""


def attempts(text: str, outcome: str) -> dict[str, tuple[str, ...]]:
    [sentence] = trace_sentences(tree(text), load_frames(), load_gazetteer())
    return {a.trigger.split("/")[1]: a.lacks for a in sentence.attempts if a.outcome == outcome}


def test_a_trigger_that_fires_tells_its_governor_and_its_arguments() -> None:
    parsed = tree(THREAT)
    [sentence] = trace_sentences(parsed, load_frames(), load_gazetteer())
    first = sentence.attempts[0]
    assert (first.outcome, first.trigger, first.governor) == (
        "mention",
        "sanction-threat.toml/threat-of-sanctions",
        "هددت",
    )
    told = {(argument.role, argument.text, argument.means, argument.rule) for argument in first.arguments}
    assert ("target", "دمشق", ("Syria",), "path:anchor/prepositional") in told
    assert ("threatener", "واشنطن", ("United States",), "path:governor/subject") in told
    assert list(first.mentions) == mentions_of(parsed)


def test_a_near_miss_tells_what_it_lacks() -> None:
    assert not attempts(BARE, "mention")
    near = attempts(BARE, "near")
    assert near["threat-of-sanctions"][0].startswith("no governor: ")
    assert len(near["will-impose-if"]) == 2, "neither the governor nor the condition is there"


def test_the_tracing_of_a_text_finds_the_mentions_of_the_matcher() -> None:
    for text in (THREAT, BARE):
        parsed = tree(text)
        traced = [
            mention
            for sentence in trace_sentences(parsed, load_frames(), load_gazetteer())
            for attempt in sentence.attempts
            for mention in attempt.mentions
        ]
        assert traced == mentions_of(parsed)


def test_a_text_is_explained_on_the_command_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "هددت واشنطن بفرض عقوبات على دمشق."
    assert main(["explain", text, "--format", "json"]) == 0
    [report] = json.loads(capsys.readouterr().out)["reports"]
    assert report["values"]["event_class"] == "SanctionThreat"
    monkeypatch.setattr("sys.stdin", io.StringIO("قد يجري الوزير اتصالا هاتفيا غدا."))
    assert main(["explain", "-"]) == 0
    out = capsys.readouterr().out
    assert "not reported: PhoneCall" in out and "too few actors (participant: " in out and "no event" in out


def test_a_text_without_arabic_on_standard_input_is_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("no Arabic at all"))
    assert main(["explain", "-"]) == 2
    assert "holds no Arabic" in capsys.readouterr().err
