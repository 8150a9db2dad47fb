"""Builds: what goes in, what is left alone, what fails, and what is there after ``kill -9``."""

from __future__ import annotations

import gzip
import io
import os
import random
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from fakes import NameExtractor, StumblingExtractor, make_conllu, write_conllu_files

from diplograph import pipeline
from diplograph.inspection import count_store
from diplograph.model import Document, ModelError, ParsedDocument, StoreError, StoreLockedError
from diplograph.parsing import ConlluParser, StanzaParser, read_conllu, write_conllu
from diplograph.pipeline import BuildReport, Progress
from diplograph.store import Store
from diplograph.transfer import export


def dump(store: Path) -> list[bytes]:
    """The quads of a store, sorted, without the time at which each was made."""
    out = io.BytesIO()
    with Store.open(store, read_only=True) as opened:
        export(opened, "nquads", out)
    return [line for line in out.getvalue().splitlines() if b"endedAtTime" not in line]


def build(source: Path | list[Path], store: Path, **options: object) -> BuildReport:
    sources = source if isinstance(source, list) else [source]
    extractor = options.pop("extractor", None) or NameExtractor()
    return pipeline.build(sources, store, extractor=extractor, **options)  # type: ignore[arg-type]


def test_a_build_fills_the_store_and_a_second_one_does_nothing(tmp_path: Path) -> None:
    folder, store = write_conllu_files(tmp_path / "in", 12), tmp_path / "store"
    seen: list[Progress] = []
    first = build(folder, store, progress=seen.append)
    assert (first.added, first.changed, first.unchanged, first.failures) == (12, 0, 0, ())
    assert (first.reports, first.events, first.documents) == (12, 10, 12)
    assert [progress.done for progress in seen] == list(range(13))
    assert [progress.total for progress in seen] == [None] * 12 + [12]
    quads = dump(store)
    second = build(folder, store)
    assert (second.added, second.changed, second.unchanged, second.events) == (0, 0, 12, 10)
    assert dump(store) == quads
    with Store.open(store, read_only=True) as opened:
        counts = count_store(opened)
    assert (counts.documents, counts.documents_with_events, counts.events) == (12, 12, 10)
    assert dict(counts.actors_by_kind) == {
        "Country": 2,
        "Person": 2,
    }  # those they represent are described too


def test_the_order_of_loading_does_not_show(tmp_path: Path) -> None:
    folder = write_conllu_files(tmp_path / "in", 12)
    files = sorted(folder.iterdir())
    build(files, tmp_path / "forwards")
    build(files[::-1], tmp_path / "backwards")
    for file in random.Random(7).sample(files, len(files)):
        build(file, tmp_path / "single")
    assert dump(tmp_path / "forwards") == dump(tmp_path / "backwards") == dump(tmp_path / "single")


def test_what_changed_is_done_again_and_only_that(tmp_path: Path) -> None:
    folder, store = write_conllu_files(tmp_path / "in", 4), tmp_path / "store"
    build(folder, store)
    (folder / "document-001.conllu").write_text(
        make_conllu("document-001", published="2024-06"), encoding="utf-8"
    )
    report = build(folder, store)
    assert (report.added, report.changed, report.unchanged, report.events) == (0, 1, 3, 4)
    build(folder, tmp_path / "fresh")
    assert dump(store) == dump(tmp_path / "fresh")  # nothing of the old report, event or actors is left
    changed = build(folder, store, extractor=NameExtractor("names-2"))
    assert (changed.changed, changed.unchanged) == (4, 0)


def test_an_actor_nobody_names_any_more_is_forgotten(tmp_path: Path) -> None:
    file, store = tmp_path / "a.conllu", tmp_path / "store"
    file.write_text(make_conllu("a"), encoding="utf-8")
    build(file, store)
    assert any(b"Q155164" in line for line in dump(store))
    file.write_text(make_conllu("a", names=("ماكرون", "آخر")), encoding="utf-8")
    report = build(file, store)
    assert (report.changed, report.events) == (1, 0)
    assert not any(b"Q155164" in line for line in dump(store))


def test_a_change_of_frames_parses_nothing(tmp_path: Path, stanza_parser: StanzaParser) -> None:
    article, store = tmp_path / "a.txt", tmp_path / "store"
    article.write_text("هاتف ماكرون نظيره خان مساء الأحد.", encoding="utf-8")
    assert build(article, store).parsed == 1
    again = build(article, store, extractor=NameExtractor("names-2"))
    assert (again.changed, again.parsed) == (1, 0)
    assert build(article, tmp_path / "other").parsed == 0
    assert build(article, tmp_path / "uncached", cache=False, parser=stanza_parser).parsed == 1


def test_parses_in_place_of_texts_give_the_same_quads(tmp_path: Path) -> None:
    article = tmp_path / "article.txt"
    article.write_text("قمة مرتقبة\n\nهاتف ماكرون نظيره خان.وبحثا للحظات «ملفات».\n", encoding="utf-8")
    (parsed,) = pipeline.parse_sources([article], published="2024-05")
    assert isinstance(parsed, ParsedDocument)
    (tmp_path / "parsed.conllu.gz").write_bytes(gzip.compress(write_conllu(parsed).encode()))
    build(article, tmp_path / "text", published="2024-05")
    build(tmp_path / "parsed.conllu.gz", tmp_path / "parse")
    assert dump(tmp_path / "text") == dump(tmp_path / "parse")


def test_a_date_is_given_to_documents_without_one(tmp_path: Path) -> None:
    (tmp_path / "a.conllu").write_text(make_conllu("a", published="2024-05-03"), encoding="utf-8")
    undated = "\n".join(line for line in make_conllu("b").splitlines() if "published" not in line)
    (tmp_path / "b.conllu").write_text(undated + "\n\n", encoding="utf-8")
    build([tmp_path / "a.conllu", tmp_path / "b.conllu"], tmp_path / "store", published="2023")
    with Store.open(tmp_path / "store", read_only=True) as store:
        found = {id: store.document_fingerprint(id) for id in store.document_ids()}
    assert {id: present.published for id, present in found.items() if present} == {
        "a": "2024-05-03",
        "b": "2023",
    }


def test_some_documents_fail_and_the_rest_goes_in(tmp_path: Path) -> None:
    folder = write_conllu_files(tmp_path / "in", 3)
    (folder / "bad.conllu").write_text(make_conllu("bad"), encoding="utf-8")
    (folder / "broken.conllu").write_text("1\tonly\n", encoding="utf-8")
    (folder / "double.conllu").write_text(
        make_conllu("document-000", names=("خان", "ماكرون")), encoding="utf-8"
    )
    (folder / "empty.txt").write_text("", encoding="utf-8")
    report = build(folder, tmp_path / "store", extractor=StumblingExtractor())
    assert report.added == 3
    failures = {Path(failure.source).name: failure.message for failure in report.failures}
    assert set(failures) == {"bad.conllu", "broken.conllu", "double.conllu", "empty.txt"}
    assert "ZeroDivisionError: one article too strange" in failures["bad.conllu"]
    assert failures["broken.conllu"].startswith("line 1: 2 columns")
    assert "taken by another text" in failures["double.conllu"]


def test_nothing_can_be_built_without_a_model_or_beside_another_writer(tmp_path: Path) -> None:
    folder = write_conllu_files(tmp_path / "in", 1)
    with pytest.raises(ModelError, match="neither compact"):
        build(folder, tmp_path / "store", model=str(tmp_path / "nowhere"))
    with Store.open(tmp_path / "store"), pytest.raises(StoreLockedError):
        build(folder, tmp_path / "store")


def test_a_model_error_stops_the_build(tmp_path: Path) -> None:
    class Unloadable(ConlluParser):
        def parse(self, document: Document) -> ParsedDocument:
            raise ModelError("does not load")

    (tmp_path / "a.txt").write_text("هاتف ماكرون خان.", encoding="utf-8")
    with pytest.raises(ModelError, match="does not load"):
        build(tmp_path / "a.txt", tmp_path / "store", parser=Unloadable(()))


# --- kill -9 ---------------------------------------------------------------------------------------------------------


def start_build(folder: Path, store: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "diplograph", "build", str(folder), "--store", str(store)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def document_graphs(lines: list[bytes]) -> dict[bytes, set[bytes]]:
    """The quads of each document's graph."""
    found: dict[bytes, set[bytes]] = {}
    for line in lines:
        graph = line.rsplit(b" ", 2)[1]
        if b"/graph/document/" in graph:
            found.setdefault(graph, set()).add(line)
    return found


def finish(process: subprocess.Popen[bytes]) -> float:
    """Waits for a build that must succeed, and says how long that took."""
    started = time.monotonic()
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors.decode()
    return time.monotonic() - started


def kill_after(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Kills a build, unless it ended before."""
    with process:
        time.sleep(seconds)
        process.kill()


def kill_while_writing(process: subprocess.Popen[bytes], store: Path, seconds: float) -> None:
    """Kills a build so long after its first write to a store, unless it ended before."""
    before = set(store.glob("*.log"))
    while process.poll() is None:
        # RocksDB begins a log of its own when a store is opened, and writes there first.
        with suppress(FileNotFoundError):  # between the two looks
            if any(log not in before and log.stat().st_size for log in store.glob("*.log")):
                break
        time.sleep(0.002)
    kill_after(process, seconds)


def dump_if_any(store: Path) -> list[bytes]:
    """The quads of a store; none where a build was stopped before it had made one."""
    try:
        return dump(store)
    except StoreError as error:
        assert "build once more" in str(error)
        return []


def test_a_store_survives_kill_9_at_any_moment(tmp_path: Path) -> None:
    count = 300
    folder = write_conllu_files(tmp_path / "in", count)
    duration = finish(start_build(folder, tmp_path / "undisturbed"))
    idle = finish(start_build(folder, tmp_path / "undisturbed"))  # all but the writing
    wanted = dump(tmp_path / "undisturbed")
    whole = document_graphs(wanted)
    assert len(whole) == count

    store, moments, found = tmp_path / "store", random.Random(11), [0]
    killed_while_writing = 0
    for turn in range(40):
        if turn >= 10 and killed_while_writing >= 2:
            break
        if found[-1] == count and not killed_while_writing:
            store, found = tmp_path / f"store-{turn}", [0]  # too late: begin again
        # half of the builds die while they write, a bit further each; the others anywhere
        if turn % 2:
            writing = moments.uniform(0, max(duration - idle, 0.1) / 3)
            kill_while_writing(start_build(folder, store), store, writing)
        else:
            kill_after(start_build(folder, store), moments.uniform(0, duration))
        if (store / "CURRENT").exists():  # one of RocksDB's last files to come when a database is made
            graphs = document_graphs(dump_if_any(store))
            assert all(graphs[graph] == whole[graph] for graph in graphs)
            killed_while_writing += found[-1] < len(graphs) < count
            found.append(len(graphs))
    assert found == sorted(found)  # what is in stays in
    assert killed_while_writing, f"no build was killed while it wrote: {found}"

    finish(start_build(folder, store))
    assert dump(store) == wanted


def test_replayed_documents_need_no_stanza(tmp_path: Path) -> None:
    (parsed,) = read_conllu(make_conllu("a"))
    assert parsed.document.text == "هاتف ماكرون خان اليوم"
    code = (
        "import sys; from diplograph import pipeline; from fakes import NameExtractor;"
        f"pipeline.build([{str(tmp_path / 'a.conllu')!r}], {str(tmp_path / 'store')!r}, extractor=NameExtractor());"
        "print([name for name in ('stanza', 'torch', 'trafilatura') if name in sys.modules])"
    )
    (tmp_path / "a.conllu").write_text(make_conllu("a"), encoding="utf-8")
    tests = str(Path(__file__).parent)
    answer = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": tests},
    )
    assert answer.stdout.strip() == "[]"
