"""Real stores of others, started on free ports of this machine and filled: Virtuoso and the Oxigraph server."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from serving import free_port

START = 90.0

_VIRTUOSO = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
FileExtend = 200
TempStorage = TempDatabase

[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx

[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
MaxClientConnections = 10
CaseMode = 2
DirsAllowed = {folder}
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000

[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
MaxClientConnections = 10
ServerThreads = 10
Charset = UTF-8

[SPARQL]
ResultSetMaxRows = 10000
"""


def find_virtuoso() -> str | None:
    """The Virtuoso of Debian's virtuoso-opensource-7, if it is installed."""
    return shutil.which("virtuoso-t")


def find_oxigraph() -> str | None:
    """The Oxigraph server of PyPI's oxigraph, if it is installed."""
    beside = Path(sys.executable).with_name("oxigraph")
    return str(beside) if beside.exists() else shutil.which("oxigraph")


@contextmanager
def virtuoso(folder: Path, quads: bytes) -> Iterator[str]:
    """Virtuoso with these quads (N-Quads); gives the address of its endpoint."""
    sql, http = free_port(), free_port()
    folder.mkdir()
    (folder / "virtuoso.ini").write_text(_VIRTUOSO.format(folder=folder, sql=sql, http=http))
    (folder / "data.nq").write_bytes(quads)
    command = [str(find_virtuoso()), "+configfile", str(folder / "virtuoso.ini"), "+foreground"]
    with _running(command, folder):
        address = f"http://127.0.0.1:{http}/sparql"
        _wait(lambda: _answers(address + "?query=ASK%7B%7D"), folder)
        script = folder / "load.sql"
        script.write_text(f"ld_dir('{folder}','data.nq','http://unused');\nrdf_loader_run();\ncheckpoint;\n")
        isql = shutil.which("isql-vt") or "isql-vt"
        loaded = subprocess.run(
            [isql, f"127.0.0.1:{sql}", "dba", "dba", "VERBOSE=OFF", str(script)],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert loaded.returncode == 0 and "Error" not in loaded.stderr, loaded.stderr
        yield address


@contextmanager
def oxigraph(folder: Path, quads: bytes) -> Iterator[str]:
    """The Oxigraph server with these quads (N-Quads); gives the address of its endpoint."""
    port = free_port()
    folder.mkdir()
    command = [str(find_oxigraph()), "serve", "--location", str(folder / "db"), "--bind", f"127.0.0.1:{port}"]
    with _running(command, folder):
        root = f"http://127.0.0.1:{port}"
        _wait(lambda: _answers(root + "/query?query=ASK%7B%7D"), folder)
        request = urllib.request.Request(
            f"{root}/store", quads, {"Content-Type": "application/n-quads"}, method="POST"
        )
        with urllib.request.urlopen(request, timeout=300) as answer:
            assert answer.status in (200, 204)
        yield f"{root}/query"


@contextmanager
def _running(command: list[str], folder: Path) -> Iterator[None]:
    with (folder / "output.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(ready: Callable[[], bool], folder: Path) -> None:
    deadline = time.monotonic() + START
    while time.monotonic() < deadline:
        if ready():
            return
        time.sleep(0.2)
    raise AssertionError(f"it did not start:\n{(folder / 'output.log').read_text(errors='replace')[-2000:]}")


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
