"""Parses that the explorer makes on demand: in a process of their own, one at a time, within limits, as a build would."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, astuple
from pathlib import Path
from typing import Any, TypeVar

import pytest
from conftest import REPOSITORY
from fake_parsers import DIE, EAT, FAIL, IDENTITY, QUICK, SLEEP, FakeParser
from serving import Response, Server, family, serving

from diplograph.model import Document
from diplograph.parsing import ParseCache, StanzaParser, default_cache_directory
from diplograph.pipeline import build
from diplograph.server.errors import Refusal
from diplograph.server.explorer import Parses
from diplograph.server.settings import Settings
from diplograph.sources import read_sources, restore

Answer = TypeVar("Answer")

# --- The documents of a build ----------------------------------------------------------------------------------------


def test_a_document_is_restored_with_the_blocks_of_the_build() -> None:
    documents = [
        found
        for found in read_sources([REPOSITORY / "seeds" / "articles", REPOSITORY / "tests" / "gold"])
        if isinstance(found, Document)
    ]
    assert len(documents) > 100
    for document in documents:
        assert restore(document.id, document.text, document.title).blocks == document.blocks, document.id


def test_a_given_title_counts_for_the_blocks(tmp_path: Path) -> None:
    title = "قال الوزير إن الطقس جميل اليوم في كل المدن."
    record = {"id": "given", "title": title, "text": f"{title}\nهطل المطر في العاصمة.\nأزهرت الحدائق."}
    (tmp_path / "a.jsonl").write_text(json.dumps(record), encoding="utf-8")
    (document,) = read_sources([tmp_path])
    assert isinstance(document, Document) and document.blocks[0].kind == "headline"
    assert restore("given", document.text, document.title).blocks == document.blocks
    assert restore("given", document.text, None).blocks != document.blocks


# --- A server with the real model ------------------------------------------------------------------------------------

TEXTS = {
    "rain": "هطل المطر في العاصمة أمس. أزهرت الحدائق في كل المدن.",
    "market": "ارتفعت أسعار الخبز في السوق. اشترى الناس التمر والزيت.",
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Documents without events, which the sieve of a build keeps from the parser."""
    folder = tmp_path_factory.mktemp("on-demand")
    (folder / "texts").mkdir()
    for name, text in TEXTS.items():
        (folder / "texts" / f"{name}.txt").write_text(text, encoding="utf-8")
    assert build([folder / "texts"], folder / "store").sieved == len(TEXTS)
    return folder / "store"


def ask(server: Server, document: str, offset: int = 0) -> Response:
    return server.ask(f"/api/parse/{document}?at={offset}", headers={"Accept": "application/json"})


def test_it_is_off_unless_asked_for(store: Path) -> None:
    with serving(store, "--workers", "1") as server:
        answer = ask(server, "rain")
        assert (answer.status, answer.json()["reason"]) == (404, "unparsed")
        assert "--parse" in answer.json()["message"]


def with_torch(pids: list[int]) -> list[int]:
    return [pid for pid in pids if "libtorch" in Path(f"/proc/{pid}/maps").read_text()]


def test_parses_are_those_of_the_build(store: Path, stanza_parser: StanzaParser) -> None:
    with serving(store, "--workers", "2", "--parse", "--timeout", "120") as server:
        assert ask(server, "nowhere").status == 404
        assert not with_torch(family(server.process.pid)), "a parser that nobody wanted yet"
        with ThreadPoolExecutor(8) as clients:
            answers = list(clients.map(lambda name: ask(server, name), [*TEXTS] * 4))
        assert [answer.status for answer in answers] == [200] * 8, [answer.text[:300] for answer in answers]
        processes = family(server.process.pid)
        assert len(with_torch(processes)) == 1
        for (name, text), answer in zip(TEXTS.items(), answers, strict=False):
            document = restore(name, text, None)
            first, second = stanza_parser.parse(document).sentences
            assert answer.json()["words"] == [asdict(word) for word in first.words]
            assert ask(server, name, second.begin).json()["begin"] == second.begin
            kept = ParseCache(default_cache_directory()).get(document, stanza_parser.identity)
            assert kept is not None and kept.sentences == (first, second)
        assert ask(server, "rain", len(TEXTS["rain"])).status == 404
        noted = {entry.get("parse") for entry in server.entries() if entry.get("status") == 200}
        assert {"made", "kept"} <= noted
    deadline = time.monotonic() + 5
    while (
        left := [pid for pid in processes if Path(f"/proc/{pid}").exists()]
    ) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not left, "somebody outlived the server"


def test_it_parses_what_another_store_holds(store: Path, tmp_path: Path) -> None:
    text = "نام القط على السطح. شرب الكلب الماء."
    (tmp_path / "cat.txt").write_text(text, encoding="utf-8")
    build([tmp_path / "cat.txt"], tmp_path / "store")
    with (
        serving(tmp_path / "store", "--workers", "1") as behind,
        serving(
            tmp_path / "no-store",
            "--upstream",
            f"{behind.url}/sparql",
            "--parse",
            "--workers",
            "1",
            "--timeout",
            "120",
        ) as server,
    ):
        answer = ask(server, "cat")
        assert answer.status == 200, answer.text
        assert answer.json()["words"][0]["form"] == "نام"


def test_a_model_that_is_not_there_is_told_at_once(store: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "diplograph", "serve", "--store", str(store), "--parse", str(tmp_path)]
    run = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert run.returncode == 2
    assert "resources.json" in run.stderr and "Traceback" not in run.stderr


# --- What may go wrong, with a stand-in ------------------------------------------------------------------------------


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[list[Parses]]:
    """As two HTTP workers have them; a parse may take a second, an idle process is kept for one."""
    settings = Settings(tmp_path, timeout=1.0, parse=str(tmp_path / "log"))
    made = [Parses(settings, tmp_path, FakeParser, kept=1.0) for _ in range(2)]
    yield made
    for parses in made:
        parses.close()


def document(text: str) -> dict[str, Any]:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return {"text": text, "title": None, "text_hash": digest, "parser": astuple(IDENTITY)}


def run(answer: Coroutine[Any, Any, Answer]) -> Answer:
    return asyncio.run(answer)


def read(parses: Parses, text: str) -> tuple[dict[str, Any], bool]:
    return run(parses.read(document(text), 0))


def refusal(parses: Parses, text: str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read(parses, text)
    return caught.value


def log(tmp_path: Path) -> list[list[str]]:
    return [line.split() for line in (tmp_path / "log").read_text().splitlines()]


def is_gone(pid: str, within: float = 5.0) -> bool:
    """Whether a process ends; one that waits to be reaped has."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False


def test_a_parse_that_takes_too_long_is_ended(workers: list[Parses], tmp_path: Path) -> None:
    began = time.monotonic()
    said = refusal(workers[0], f"{SLEEP} of ages")
    assert (said.status, said.details) == (503, {"limit_seconds": 1.0})
    assert "longer than 1 s" in said.message
    assert time.monotonic() - began < 30
    assert is_gone(log(tmp_path)[-1][1])
    assert read(workers[1], "after sleep")[1], "the next one starts another process"


def test_all_workers_share_one_process_that_parses_one_at_a_time(
    workers: list[Parses], tmp_path: Path
) -> None:
    async def everybody() -> list[tuple[dict[str, Any], bool]]:
        return await asyncio.gather(*(workers[n % 2].read(document(f"turn {n}"), 0) for n in range(8)))

    assert [made for _, made in run(everybody())] == [True] * 8
    noted = log(tmp_path)
    assert [what for what, _ in noted] == ["begin", "end"] * 9  # the first is a word that loads the models
    assert len({pid for _, pid in noted}) == 1
    assert not read(workers[0], "turn 0")[1], "it is in the cache"


def test_quick_parses_are_all_answered(workers: list[Parses]) -> None:
    """The word that it is a job's turn may come together with its answer."""

    async def many() -> list[tuple[dict[str, Any], bool]]:
        return await asyncio.gather(*(workers[n % 2].read(document(f"{QUICK} {n}"), 0) for n in range(60)))

    assert [made for _, made in run(many())] == [True] * 60


@pytest.mark.parametrize(
    ("text", "message"),
    [(f"{DIE} now", "ended the process"), (f"{FAIL} now", "parser failed"), (f"{EAT} all", "more memory")],
)
def test_what_goes_wrong_is_told_without_a_path(workers: list[Parses], text: str, message: str) -> None:
    said = refusal(workers[0], text)
    assert said.status == 503 and message in said.message
    assert "/" not in said.message and "Traceback" not in said.message
    if text.startswith(FAIL):
        assert "/secret/path" in (said.fault or ""), "the log says it"
    assert read(workers[0], f"after {text.split()[0]}x {os.getpid()}")[1]


def test_a_process_without_work_ends(workers: list[Parses], tmp_path: Path) -> None:
    read(workers[0], "kept for a second")
    assert is_gone(log(tmp_path)[-1][1])
    read(workers[1], "and started again")
    assert len({pid for _, pid in log(tmp_path)}) == 2


def test_the_parse_of_another_parser_is_not_replaced(workers: list[Parses]) -> None:
    other = {**document("by others"), "parser": ("somebody", "2", "ff")}
    with pytest.raises(Refusal) as caught:
        run(workers[0].read(other, 0))
    assert (caught.value.status, caught.value.details) == (404, {"reason": "other_parser"})
    assert "somebody 2" in caught.value.message and "fake 1" in caught.value.message
