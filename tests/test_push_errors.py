"""What can go wrong with a store elsewhere: one clear line, status 2, and nothing half done unsaid."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
import sample_graph as sample
import servers
from fake_stores import PASSWORD, USER, Answer, Fake, Request, serve

from diplograph.cli import main
from diplograph.model import TransferError
from diplograph.quads import manifest_graph, shared_graph
from diplograph.store import Store
from diplograph.transfer import find_endpoint, push
from diplograph.transfer.connection import Connection, find_credentials


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NETRC", str(tmp_path / "none"))
    with Store.open(tmp_path / "store") as made:
        sample.fill(made)
    return tmp_path / "store"


def fail(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """The one line with which a command ends that cannot run."""
    status = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    assert status == 2, captured.err
    assert captured.out == ""
    (line,) = captured.err.splitlines()
    assert line.startswith("diplograph: ")
    assert PASSWORD not in line
    return line


def test_a_store_that_is_down(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"http://127.0.0.1:{servers.free_port()}"
    for command in (("push", url), ("pull", url), ("query", "events", "--endpoint", url)):
        start = time.monotonic()
        line = fail(capsys, *command, "--store", directory)
        assert "cannot be reached" in line and "is the store running?" in line
        assert time.monotonic() - start < 5, "nobody should wait for a store that never answered"


def test_addresses_that_are_none(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "should begin with http://" in fail(capsys, "push", "localhost:7878", "--store", directory)
    line = fail(capsys, "push", "http://dba:hidden@localhost:8890", "--store", directory)
    assert "DIPLOGRAPH_PASSWORD" in line and "hidden" not in line


@pytest.mark.parametrize("kind", ["graphdb", "rdf4j", "qlever"])
def test_wrong_and_missing_credentials(
    kind: str, directory: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = Fake(kind)
    with serve(fake) as url:
        line = fail(capsys, "push", url + fake.rules.base, "--to", kind, "--store", directory)
        assert "wants to know who asks (status 401)" in line
        monkeypatch.setenv("DIPLOGRAPH_USER", USER)
        monkeypatch.setenv("DIPLOGRAPH_PASSWORD", "wrong")
        line = fail(capsys, "push", url + fake.rules.base, "--to", kind, "--store", directory)
        assert "refuses the user or password of DIPLOGRAPH_USER and DIPLOGRAPH_PASSWORD" in line
        assert "wrong" not in line
    assert not len(fake.store)


def test_a_wrong_password_for_virtuoso(
    directory: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    reason = servers.required("virtuoso", servers.find_virtuoso())
    if reason:
        pytest.skip(reason)
    with servers.virtuoso(tmp_path / "virtuoso") as server:
        netrc = tmp_path / "netrc"
        netrc.write_text("machine 127.0.0.1 login dba password wrong\n")
        netrc.chmod(0o600)
        monkeypatch.setenv("NETRC", str(netrc))
        line = fail(capsys, "push", server.url, "--store", directory)
        assert f"refuses the user or password of {netrc}" in line
        assert "nothing was changed over there" in line
        netrc.write_text(f"machine 127.0.0.1 login dba password {servers.PASSWORD}\n")
        assert main(["push", server.url, "--store", str(directory)]) == 0


def test_credentials_are_never_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DIPLOGRAPH_TOKEN", "t0p")
    assert "t0p" not in repr(find_credentials("localhost"))
    monkeypatch.delenv("DIPLOGRAPH_TOKEN")
    path = tmp_path / "netrc"
    monkeypatch.setenv("NETRC", str(path))
    path.write_text("machine\n")
    with pytest.raises(TransferError, match="netrc cannot be read"):
        find_credentials("localhost")
    path.write_text("machine other login a password b\n")
    path.chmod(0o600)
    assert not find_credentials("localhost").source


def test_a_redirect(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serve(lambda _: Answer(302, b"", {"Location": "https://elsewhere.example/"})) as url:
        line = fail(capsys, "push", url, "--store", directory)
    assert "redirects to https://elsewhere.example/ (status 302)" in line


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    return tmp_path / "cert.pem"


def test_a_certificate_that_nobody_vouches_for(
    directory: Path, certificate: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))

    def wrap(server: ThreadingHTTPServer) -> None:
        server.socket = context.wrap_socket(server.socket, server_side=True)

    with serve(Fake("sparql"), wrap=wrap) as url:
        line = fail(capsys, "push", f"{url}/sparql", "--store", directory)
        assert "no secure connection" in line and "SSL_CERT_FILE" in line
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert main(["push", f"{url}/sparql", "--store", str(directory)]) == 0
        capsys.readouterr()
    with serve(Fake("sparql")) as url:
        assert "no secure connection" in fail(
            capsys, "push", url.replace("http:", "https:"), "--store", directory
        )


def test_a_store_that_speaks_no_tls(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It waits for a request while we wait for its certificate."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}"
        start = time.monotonic()
        line = fail(capsys, "push", url, "--timeout", 1, "--store", directory)
    assert "no secure connection" in line and "begins with http://" in line
    assert time.monotonic() - start < 10, "every probe of what store it is has waited"


def test_a_refused_content_type_leaves_a_mark(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fake = Fake("blazegraph")
    with serve(fake) as url:
        line = fail(
            capsys, "push", url + fake.rules.base, "--to", "blazegraph", "--gzip", "--store", directory
        )
        assert "takes no compressed bodies" in line
        fake.rules = replace(fake.rules, media_types=("application/trig",))
        line = fail(capsys, "push", url + fake.rules.base, "--to", "blazegraph", "--store", directory)
        assert "status 400 (text/x-nquads is not supported)" in line
        fake.rules = replace(fake.rules, refusal=415)
        line = fail(capsys, "push", url + fake.rules.base, "--to", "blazegraph", "--store", directory)
        assert "takes no text/x-nquads" in line
        assert "acknowledged 0 of 10 graphs" in line and "marked as incomplete" in line
    marks = fake.store.query(
        f'SELECT ?g {{ GRAPH {manifest_graph()} {{ ?g <https://schema.org/creativeWorkStatus> "incomplete" }} }}'
    )
    assert len(list(marks)) == 10  # type: ignore[arg-type]


def test_a_store_that_does_not_answer(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fake = Fake("sparql")

    def slow(request: Request) -> Answer:
        if request.media_type == "application/sparql-update":
            time.sleep(1)
        return fake(request)

    with serve(slow) as url:
        line = fail(
            capsys,
            "push",
            f"{url}/sparql",
            "--to",
            "sparql",
            "--timeout",
            0.2,
            "--retries",
            1,
            "--store",
            directory,
        )
    assert "does not answer within 0.2 s (tried 2 times)" in line


def test_what_is_no_sparql_endpoint(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serve(lambda _: Answer(200, b"<html>hello</html>", {"Content-Type": "text/html"})) as url:
        assert "is it the address of a SPARQL endpoint?" in fail(capsys, "push", url, "--store", directory)
    with serve(lambda _: Answer(404)) as url:
        assert "nothing is there" in fail(capsys, "query", "events", "--endpoint", url)


class Unsteady:
    """A store that is busy, or breaks the connection, so many times before it does what it is asked."""

    def __init__(self, times: int, answer: Answer | None) -> None:
        self.fake = Fake("sparql")
        self.times = times
        self.answer = answer

    def __call__(self, request: Request) -> Answer:
        if request.media_type == "application/sparql-update" and self.times:
            self.times -= 1
            if self.answer is None:
                raise ConnectionAbortedError
            return self.answer
        return self.fake(request)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(503),
        Answer(429, b"", {"Retry-After": "7"}),
        Answer(500, b"Virtuoso 40001 Error SR172: Transaction deadlocked"),
        None,
    ],
    ids=["busy", "told to wait", "deadlocked", "broken"],
)
def test_what_passes_is_tried_again_and_longer_each_time(
    answer: Answer | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("diplograph.transfer.connection.time.sleep", pauses.append)
    unsteady = Unsteady(3, answer)
    with ExitStack() as stack:
        store = stack.enter_context(sample.fill(Store.in_memory()))
        url = stack.enter_context(serve(unsteady))
        with find_endpoint(f"{url}/sparql", "sparql") as endpoint:
            report = push(store, endpoint, graphs=[shared_graph("events")])
            assert [graph.state for graph in report.graphs] == ["sent"]
            assert len(pauses) == 3
            if answer is not None and answer.headers:
                assert pauses == [7, 7, 7]
            else:
                assert pauses[0] < pauses[1] < pauses[2]
            unsteady.times = 100
            with pytest.raises(TransferError, match="status 503|status 429|status 500|tried 6 times"):
                push(store, endpoint, graphs=[shared_graph("actors")])


def test_a_body_of_many_graphs_is_sent_again_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("diplograph.transfer.connection.time.sleep", lambda _: None)
    fake, refused = Fake("blazegraph"), []

    def answer(request: Request) -> Answer:
        if request.media_type == "text/x-nquads" and not refused:
            refused.append(request.body)
            return Answer(503)
        return fake(request)

    with sample.fill(Store.in_memory()) as store, serve(answer) as url:
        with find_endpoint(url + fake.rules.base, "blazegraph") as endpoint:
            assert {graph.state for graph in push(store, endpoint).graphs} == {"sent"}
        (again,) = [request.body for request in fake.requests if request.media_type == "text/x-nquads"]
        assert refused == [again] and again.count(b"\n") == len(store)


def test_a_connection_needs_an_address() -> None:
    with pytest.raises(TransferError, match="should begin with"):
        Connection("ftp://example.org")
    with pytest.raises(TransferError, match="is not the address of a store"):
        Connection("http://example.org:80x")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[list[str]]:
    """What a command is put behind to have 20 MB on disk only, in the folder ``disk``: a mount that it alone sees."""
    (tmp_path / "disk").mkdir()
    mount = f'mount -t tmpfs -o size=20m tmpfs "{tmp_path / "disk"}" && exec "$@"'
    prefix = ["unshare", "--map-root-user", "--mount", "sh", "-c", mount, "sh"]
    if shutil.which("unshare") is None or subprocess.run([*prefix, "true"], check=False).returncode:
        pytest.skip("no private mount can be made here")
    yield prefix


@pytest.mark.parametrize("options", [("--chunk", 2_000), ()], ids=["in chunks", "in one request"])
def test_a_full_disk_over_there(
    options: tuple[object, ...],
    directory: Path,
    tmp_path: Path,
    small_disk: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    reason = servers.required("oxigraph", servers.find_oxigraph())
    if reason:
        pytest.skip(reason)
    with Store.open(directory) as store:
        update = "\n".join(
            f'<https://example.org/{n}> <https://example.org/p> "{n:04d}{"س" * 500}" .' for n in range(40_000)
        )
        store.inner.update(f"INSERT DATA {{ GRAPH {shared_graph('events')} {{ {update} }} }}")
    # the log stays outside of the mount
    with servers.oxigraph(tmp_path / "disk", prefix=small_disk) as server:
        line = fail(capsys, "push", server.url, "--store", directory, *options, "--retries", 0)
    assert "no room left on its disk" in line or "the connection broke" in line
    assert "of 10 graphs" in line and "marked as incomplete" in line


def test_no_room_by_status(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fake = Fake("sparql")

    def full(request: Request) -> Answer:
        return Answer(507) if b"INSERT" in request.body and b"Summit" in request.body else fake(request)

    with serve(full) as url:
        line = fail(capsys, "push", f"{url}/sparql", "--to", "sparql", "--store", directory)
    assert "no room left on its disk" in line
    assert os.environ.get("DIPLOGRAPH_PASSWORD") is None
