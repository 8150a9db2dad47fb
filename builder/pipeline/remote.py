"""Sources at an address (object storage, HTTP, an archive's inside) are fetched by fsspec, then read like any folder."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from diplograph.model import SourceError


def is_remote(source: str | Path) -> bool:
    """Whether a source is an address and not a path.

    >>> is_remote("s3://bucket/articles"), is_remote("articles")
    (True, False)
    """
    return "://" in str(source)


@contextmanager
def local_copies(sources: Sequence[str | Path]) -> Iterator[Sequence[str | Path]]:
    """The sources with local copies in the place of addresses, for as long as the context lasts.

    A tree keeps its form, so that documents have the ids they would have if it lay here. Raises SourceError when
    something cannot be fetched, or the package for it is not there.
    """
    if not any(map(is_remote, sources)):
        yield sources
        return
    with tempfile.TemporaryDirectory(prefix="diplograph-") as folder:
        yield [
            _fetch(str(source), Path(folder, str(number))) if is_remote(source) else source
            for number, source in enumerate(sources)
        ]


def _fetch(url: str, folder: Path) -> Path:
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise SourceError(
            f'{url}: addresses need fsspec; get it with: pip install "diplograph[remote]"'
        ) from error
    try:
        system, root = url_to_fs(url)
        if system.isfile(root):
            return _copy(system, root, folder / root.rpartition("/")[2])
        files = [file for file in system.find(root) if not file.endswith("/")]
        if not files:
            raise SourceError(f"{url}: there is nothing at this address")
        for file in files:
            target = folder / file.removeprefix(root).lstrip("/")
            if not target.resolve().is_relative_to(folder.resolve()):
                raise SourceError(f"{url}: {file} would lie outside of it")
            _copy(system, file, target)
        return folder
    except (OSError, ValueError, ImportError) as error:  # ImportError: no package for this kind of address
        raise SourceError(f"{url}: cannot be fetched ({type(error).__name__}: {error})") from error


def _copy(system: object, file: str, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    system.get_file(file, str(target))  # type: ignore[attr-defined]
    return target
