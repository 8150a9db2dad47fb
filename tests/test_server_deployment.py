"""docs/serving.md is true: its nginx configuration works as it stands, its unit is one, its options are those there are."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import click
import pytest
from conftest import REPOSITORY
from pyoxigraph import RdfFormat, parse
from sample_graph import CALL, FINISHED, PARSER, VERSIONS, fill
from serving import Server, free_port, serving

from diplograph.cli.main import commands
from diplograph.quads import document_graph, document_iri, document_quads
from diplograph.store import Store
from diplograph.vocabulary import BASE, DIP

GUIDE = (REPOSITORY / "docs" / "serving.md").read_text(encoding="utf-8")
NGINX = re.search(r"```nginx\n(.*?)```", GUIDE, re.DOTALL)
ODD = "wire/100% خبر?+#"
IN_CI = bool(os.environ.get("CI"))

_AROUND = """
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{inner}
}}
"""


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("deployed") / "store"
    with Store.open(path) as store:
        fill(store)
        odd = document_quads(replace(CALL, id=ODD), (), PARSER, finished=FINISHED, **VERSIONS)
        store.replace(odd, [document_graph(ODD)])
    return path


def nginx_program() -> str:
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if found is None and not IN_CI:
        pytest.skip("nginx is not installed")
    assert found is not None, "nginx is not installed"
    return found


@contextmanager
def nginx(folder: Path, inner: str, port: int) -> Iterator[Server]:
    """nginx with this configuration, which listens on this port."""
    program = nginx_program()
    user = "user root;" if os.geteuid() == 0 else ""
    configuration = folder / "nginx.conf"
    configuration.write_text(_AROUND.format(user=user, folder=folder, inner=inner))
    checked = subprocess.run(
        [program, "-t", "-c", str(configuration)], check=False, capture_output=True, text=True, timeout=30
    )
    assert checked.returncode == 0, checked.stderr
    process = subprocess.Popen([program, "-c", str(configuration)], stderr=subprocess.DEVNULL)
    try:
        yield Server(port, process, folder / "error.log")
    finally:
        process.terminate()
        process.wait(15)


def the_configuration(port: int, behind: int) -> str:
    """The configuration of the guide, on other ports."""
    assert NGINX is not None
    text = NGINX[1]
    assert text.count("listen 80;") == 1
    assert text.count("127.0.0.1:7878") == 1
    return text.replace("listen 80;", f"listen 127.0.0.1:{port};").replace(
        "127.0.0.1:7878", f"127.0.0.1:{behind}"
    )


@pytest.fixture(scope="module")
def proxied(directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server]]:
    nginx_program()
    port = free_port()
    with serving(
        directory, "--workers", "1", "--behind-proxy", "--url", f"http://127.0.0.1:{port}"
    ) as server:
        folder = tmp_path_factory.mktemp("nginx")
        with nginx(folder, the_configuration(port, server.port), port) as proxy:
            wait_for(proxy)
            yield proxy, server


def wait_for(proxy: Server) -> None:
    for _ in range(100):
        try:
            if proxy.ask("/health").status == 200:
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError(proxy.log.read_text())


def test_queries_go_through_nginx(proxied: tuple[Server, Server]) -> None:
    proxy, server = proxied
    rows = proxy.rows("SELECT ?e { GRAPH ?g { ?e a dip:PhoneCall } } ORDER BY ?e")
    assert rows == server.rows("SELECT ?e { GRAPH ?g { ?e a dip:PhoneCall } } ORDER BY ?e")
    assert len(rows) == 2
    long = f"SELECT ?e {{ GRAPH ?g {{ ?e a dip:PhoneCall }} }} # {'x' * 20_000}"
    assert proxy.query(long).status == 200
    posted = proxy.ask("/sparql", "POST", "ASK {}", {"Content-Type": "application/sparql-query"})
    assert posted.json()["boolean"] is True
    assert proxy.query("SELECT * {").status == 400


def test_nginx_leaves_iris_as_they_are(proxied: tuple[Server, Server]) -> None:
    proxy, _ = proxied
    iri = document_iri(ODD).value
    found = proxy.ask("/" + iri.removeprefix(BASE), headers={"Accept": "application/n-triples"})
    assert f"<{iri}> <{DIP}identifier>" in found.text


def test_what_the_server_says_of_itself_is_where_nginx_is(proxied: tuple[Server, Server]) -> None:
    proxy, _ = proxied
    described = proxy.ask("/sparql", headers={"Accept": "text/turtle"}).text
    assert f"{proxy.url}/sparql>" in described
    assert proxy.ask("/openapi.json").json()["servers"] == [{"url": proxy.url}]
    found = proxy.ask("/event/threat-biden-russia", headers={"Accept": "text/html"})
    assert (found.status, found.headers["location"]) == (303, "/event/threat-biden-russia?format=html")


def test_codings_and_conditions_go_through_nginx(proxied: tuple[Server, Server]) -> None:
    proxy, _ = proxied
    for coding in ("gzip", "br", "zstd"):
        found = proxy.ask("/ontology", headers={"Accept": "text/turtle", "Accept-Encoding": coding})
        assert found.headers["content-encoding"] == coding
        tag = {"If-None-Match": found.headers["etag"], "Accept": "text/turtle", "Accept-Encoding": coding}
        assert proxy.ask("/ontology", headers=tag).status == 304


def test_the_log_names_the_client_and_not_the_proxy(proxied: tuple[Server, Server]) -> None:
    proxy, server = proxied
    # what a client claims itself comes first in the header, what nginx saw comes last
    proxy.ask("/shapes", headers={"X-Forwarded-For": "203.0.113.9"})
    seen = [entry for entry in server.entries() if entry.get("path") == "/shapes"]
    assert {entry["client"] for entry in seen} == {"127.0.0.1"}


def test_a_server_may_be_below_a_path(directory: Path, tmp_path: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}/graph"
    with serving(directory, "--workers", "1", "--behind-proxy", "--url", url) as server:
        text = the_configuration(port, server.port)
        text = text.replace("location / {", "location /graph/ {").replace(
            "http://diplograph;", "http://diplograph/;"
        )
        with nginx(tmp_path, text, port) as proxy:
            for _ in range(100):
                try:
                    if proxy.ask("/graph/health").status == 200:
                        break
                except OSError:
                    time.sleep(0.05)
            page = proxy.ask("/graph/", headers={"Accept": "text/html"})
            assert page.status == 200
            links = re.findall(r'href="([^"]+)"', page.text)
            assert links and all(link.startswith(("/graph/", "#", "?", "data:,")) for link in links)
            moved = proxy.ask("/graph/event/threat-biden-russia", headers={"Accept": "text/turtle"})
            assert moved.status == 303
            assert list(parse(proxy.ask(moved.headers["location"]).body, format=RdfFormat.TURTLE))
            odd = proxy.ask("/graph/document/" + quote(ODD), headers={"Accept": "application/n-triples"})
            assert document_iri(ODD).value in odd.text


# --- The rest of the guide -------------------------------------------------------------------------------------------


def test_every_option_is_in_the_guide() -> None:
    section = GUIDE.partition("## Options")[2].partition("###")[0]
    documented = set(re.findall(r"`(--[a-z-]+)", section))
    known = {
        flag
        for parameter in commands.commands["serve"].params
        if isinstance(parameter, click.Option)
        for flag in (*parameter.opts, *parameter.secondary_opts)
        if flag.startswith("--") and flag != "--help"
    }
    assert documented == known


def test_every_path_in_the_guide_is_there(directory: Path) -> None:
    section = GUIDE.partition("## What is where")[2].partition("###")[0]
    paths = {
        path
        for line in section.splitlines()
        if line.startswith("| `/")
        for path in re.findall(r"`(/[^`]*)`", line.partition(" | ")[0])
        if "…" not in path and "NAME" not in path and path != "/update"
    }
    assert len(paths) >= 12
    with serving(directory, "--workers", "1") as server:
        for path in sorted(paths):
            assert server.ask(path).status == 200, path


def test_the_unit_starts_a_server() -> None:
    found = re.search(r"```ini\n(.*?)```", GUIDE, re.DOTALL)
    assert found is not None
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(found[1])
    assert {"Unit", "Service", "Install"} == set(unit.sections())
    program, name, *arguments = unit["Service"]["ExecStart"].split()
    assert (program.rpartition("/")[2], name) == ("diplograph", "serve")
    with commands.commands["serve"].make_context("serve", arguments) as context:
        assert context.params["behind_proxy"] is True
