"""Stores of others, started on this machine for tests and measurements, and ended with them."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

VIRTUOSO_INI = Path("/etc/virtuoso-opensource-7/virtuoso.ini")
PASSWORD = "dba"  # what a fresh Virtuoso has


@dataclass(frozen=True)
class Server:
    """A store that runs: its address, its process id, its folder, and for Virtuoso its SQL port."""

    url: str
    pid: int
    folder: Path
    sql_port: int = 0

    def processor(self) -> float:
        """The seconds of processor time it has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def peak(self) -> int:
        """The most memory it had, in bytes."""
        return peak_memory(self.pid)


def peak_memory(pid: int) -> int:
    """The most memory a process had, in bytes; 0 when it is at its end."""
    _, _, found = Path(f"/proc/{pid}/status").read_text().partition("VmHWM:")
    return int(found.split()[0]) * 1024 if found else 0


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def find_oxigraph() -> str | None:
    """The Oxigraph server: that of this environment, or one on the PATH."""
    beside = Path(sys.executable).parent / "oxigraph"
    return str(beside) if beside.exists() else shutil.which("oxigraph")


def find_virtuoso() -> str | None:
    """Virtuoso, as Debian installs it."""
    return shutil.which("virtuoso-t") if VIRTUOSO_INI.exists() else None


@contextmanager
def run(
    command: Sequence[str], url: str, folder: Path, *, sql_port: int = 0, patience: float = 60
) -> Iterator[Server]:
    """A server, from the moment it answers to the end of the block."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "log.txt").open("ab") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        _wait(process, url, folder, patience)
        yield Server(url, process.pid, folder, sql_port)
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], url: str, folder: Path, patience: float) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            opener.open(url, timeout=2).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"{url} did not start: {(folder / 'log.txt').read_text(errors='replace')[-2000:]}")


@contextmanager
def oxigraph(folder: Path, *, port: int | None = None, prefix: Sequence[str] = ()) -> Iterator[Server]:
    """An Oxigraph server with its store in this folder; ``prefix`` is put before its command."""
    found = find_oxigraph()
    assert found is not None
    port = port or free_port()
    folder.mkdir(parents=True, exist_ok=True)
    command = [*prefix, found, "serve", "--location", str(folder / "data"), "--bind", f"127.0.0.1:{port}"]
    with run(command, f"http://127.0.0.1:{port}", folder) as server:
        yield server


@contextmanager
def virtuoso(
    folder: Path, *, rows: int = 10_000, buffers: int = 10_000, dirs: Sequence[Path] = ()
) -> Iterator[Server]:
    """A Virtuoso with a new database in this folder, user dba; ``rows`` is its limit for answers."""
    folder.mkdir(parents=True, exist_ok=True)
    sql, http = free_port(), free_port()
    changed = {
        ("HTTPServer", "ServerPort"): f"127.0.0.1:{http}",
        ("HTTPServer", "ServerRoot"): str(folder),
        ("Parameters", "ServerPort"): f"127.0.0.1:{sql}",
        ("Parameters", "DirsAllowed"): ", ".join(map(str, (folder, *dirs))),
        ("Parameters", "NumberOfBuffers"): str(buffers),
        ("Parameters", "MaxDirtyBuffers"): str(buffers * 3 // 4),
        ("SPARQL", "ResultSetMaxRows"): str(rows),
    }
    section, lines = "", []
    for line in (
        VIRTUOSO_INI.read_text().replace("/var/lib/virtuoso-opensource-7/db", str(folder)).splitlines()
    ):
        section = line.strip().strip("[]") if line.startswith("[") else section
        key = line.partition("=")[0].strip()
        lines.append(f"{key} = {changed[section, key]}" if (section, key) in changed else line)
    (folder / "virtuoso.ini").write_text("\n".join(lines) + "\n")
    found = find_virtuoso()
    assert found is not None
    command = [found, "+configfile", "virtuoso.ini", "+foreground"]
    with run(command, f"http://127.0.0.1:{http}", folder, sql_port=sql) as server:
        yield server


def isql(server: Server, statements: str) -> str:
    """Runs SQL in Virtuoso."""
    script = server.folder / "script.sql"
    script.write_text(statements)
    command = ["isql-vt", f"127.0.0.1:{server.sql_port}", "dba", PASSWORD, "VERBOSE=OFF", str(script)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def required(what: str, present: object) -> str | None:
    """Why tests of a store are skipped; None where it is there. In CI it has to be there."""
    if present:
        return None
    assert not os.environ.get("CI"), f"{what} is missing, and this is CI: .ci/run installs it"
    return f"{what} is not installed; .ci/run says how"
