"""A folder that is watched: whatever changes in it is built into the store.

The folder is the whole truth, as for an update. Changes are gathered until it has been quiet for a moment; then only
the files that changed are read, or all of them where it is not as plain as that (a folder came or went, two files claim
one id), and once in a while anyway, since the system may drop notices. A file that is read while somebody writes it
fails or gives half a text; its next change puts that right.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from diplograph.model import DiplographError, ModelError, SourceError, StoreLockedError
from diplograph.parsing import Parser
from diplograph.pipeline.building import BuildReport, Progress, build
from diplograph.pipeline.extraction import Extractor, FrameExtractor
from diplograph.pipeline.inputs import make_parser

QUIET = 0.3  # seconds without a change after which what changed is built
_LONGEST = 5.0  # seconds after which it is built even though changes go on
_TICK = 1.0  # seconds between attempts at what could not be done, while nothing changes
_ALL_EVERY = 600.0  # seconds after which all files are looked at again


class _Stopped(Exception):
    """Somebody asked to stop in the middle of a build."""


def watch(
    folder: str | Path,
    store: str | Path,
    *,
    model: str = "compact",
    published: str | None = None,
    cache: bool = True,
    parser: Parser | None = None,
    extractor: Extractor | None = None,
    stop: threading.Event | None = None,
    built: Callable[[BuildReport], None] = lambda _: None,
    hindered: Callable[[str], None] = lambda _: None,
) -> None:
    """Keeps a store up to date with a folder, until ``stop`` is set; models are loaded once.

    ``built`` is called after each build that did something, ``hindered`` with what keeps one from being done (a store
    that somebody else is writing to, a full disk), which is tried again. The store is open only during builds. Raises
    SourceError when the folder goes away, ModelError when there is no model.
    """
    from watchfiles import watch as changes_in

    root = Path(folder).resolve()
    if not root.is_dir():
        raise SourceError(f"{folder} is no directory; only a directory can be watched")
    stop = stop or threading.Event()
    run = partial(
        build,
        [folder],
        store,
        published=published,
        parser=parser or make_parser(model, cache=cache),
        extractor=extractor or FrameExtractor(),
        update=True,
        progress=_stopping(stop),
    )
    watcher = _Watcher(root, run, built, hindered)
    notices = changes_in(
        root,
        watch_filter=None,
        step=int(QUIET * 1000),
        debounce=int(_LONGEST * 1000),
        rust_timeout=int(_TICK * 1000),
        yield_on_timeout=True,
        stop_event=stop,
    )
    try:
        for changes in notices:  # the first comes when the watch has begun, so that nothing is missed
            watcher.take(Path(path) for _, path in changes)
            watcher.do_what_is_due()
    except _Stopped:
        return
    finally:
        notices.close()


def _stopping(stop: threading.Event) -> Callable[[Progress], None]:
    def check(_: Progress) -> None:
        if stop.is_set():
            raise _Stopped

    return check


class _Watcher:
    """What is still to be built, and when all is to be looked at."""

    def __init__(
        self,
        root: Path,
        run: Callable[..., BuildReport],
        built: Callable[[BuildReport], None],
        hindered: Callable[[str], None],
    ) -> None:
        self._root = root
        self._run = run
        self._built = built
        self._hindered = hindered
        self._files: set[Path] = set()
        self._everything = True
        self._all_seen = time.monotonic()
        self._said = ""
        self._failed: frozenset[str] = frozenset()

    def take(self, paths: Iterable[Path]) -> None:
        """Notes what changed."""
        for path in paths:
            if path.name.startswith("."):
                continue
            if _concerns_one_file(path):
                self._files.add(path)
            else:
                self._everything = True

    def do_what_is_due(self) -> None:
        """Builds what is to be built, if there is anything; keeps it for the next time when that cannot be done."""
        if time.monotonic() - self._all_seen > _ALL_EVERY:
            self._everything = True
        if not self._everything and not self._files:
            return
        if not self._root.is_dir():
            raise SourceError(f"{self._root} is gone; what came from it is still in the store")
        try:
            report = self._run(only=None if self._everything else frozenset(self._files))
        except ModelError:
            raise
        except DiplographError as error:
            self._hinder(error)
            return
        if self._everything:
            self._all_seen = time.monotonic()
        self._files, self._everything, self._said = set(), False, ""
        failed = frozenset(map(str, report.failures))
        if report.added or report.changed or report.removed or failed - self._failed:
            self._built(report)
        self._failed = failed

    def _hinder(self, error: DiplographError) -> None:
        """Says what is in the way, once, unless it is a reader of the store that will be done in a moment."""
        message = str(error)
        if message != self._said:
            waits = "; it is tried again" if isinstance(error, StoreLockedError) else ""
            self._hindered(f"{message}{waits}")
        self._said = message


def _concerns_one_file(path: Path) -> bool:
    """Whether it is enough to look at this file: it is no link, and no other file beside it can have its id."""
    if path.is_dir() or path.is_symlink():
        return False
    stem = path.name.partition(".")[0]
    if not stem or not path.suffix:
        return False
    return not any(
        other != path and other.name.partition(".")[0] == stem
        for other in path.parent.glob(f"{_plain(stem)}.*")
    )


def _plain(stem: str) -> str:
    """A name as a pattern that fits nothing else."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in stem)
