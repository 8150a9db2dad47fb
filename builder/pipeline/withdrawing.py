"""Documents that are to go: those that their source has no more, and those that are named to be forgotten."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

from pyoxigraph import NamedNode

from diplograph import generations
from diplograph.model import QueryError
from diplograph.pipeline.consolidating import consolidate_store
from diplograph.pipeline.extraction import Extractor, FrameExtractor
from diplograph.pipeline.journal import Journal, Origin, origin_of
from diplograph.quads import key_of
from diplograph.store import Store

_PATTERN = "*?["


@dataclass(frozen=True, slots=True)
class ForgetReport:
    """The ids of the documents that were removed (or would be), and how many events there are now (None: as before)."""

    documents: tuple[str, ...]
    events: int | None


def withdraw(
    store: Store,
    journal: Journal,
    run: int,
    sources: Sequence[str | Path],
    origins: Sequence[Origin],
    failed: Iterable[str],
    only: Collection[Path] | None = None,
) -> tuple[str, ...]:
    """Removes the documents that came from these sources once and are not in them any more; gives their ids.

    ``origins`` are those that are, ``failed`` the sources and files that could not be read. What cannot be read is not withdrawn: the documents of a file that failed stay. Nor
    are those of a folder in which nothing is: it is more likely one that is not mounted. ``only`` are the files (absolute
    paths) that were looked at, where not at all: then only what came from them can be withdrawn.
    """
    unread = {origin_of(source) for source in failed}
    seen = {(origin.source, origin.document) for origin in origins}
    gone: list[Origin] = []
    for source in dict.fromkeys(map(origin_of, sources)):
        if source in unread:
            continue
        known = journal.origins_in(source, None if only is None else map(origin_of, only))
        gone += [o for o in known if (source, o.document) not in seen and o.file not in unread]
    documents = sorted({origin.document for origin in gone if not journal.has_other_origin(origin)})
    for id in documents:
        store.remove_document(id)
    journal.note_removed(run, documents)
    journal.forget_origins(gone)
    return tuple(documents)


def choose_documents(store: Store, names: Sequence[str]) -> tuple[str, ...]:
    """The ids of the documents that are meant by ids, IRIs and patterns (``wire/2021-*``), sorted.

    Raises QueryError for a name that no document has, or a pattern that none fits.
    """
    found: set[str] = set()
    for name in names:
        id = key_of_document(name, store.base)
        if store.document_fingerprint(id) is not None:
            found.add(id)
            continue
        fitting = (
            [known for known in store.document_ids() if fnmatchcase(known, id)]
            if set(_PATTERN) & set(id)
            else []
        )
        if not fitting:
            raise QueryError(
                f'there is no document "{name}" in the store; `diplograph query documents` lists them'
            )
        found.update(fitting)
    return tuple(sorted(found))


def key_of_document(name: str, base: str) -> str:
    """The id in a document's IRI, or the name itself."""
    return key_of(NamedNode(name), "document", base=base) if name.startswith(f"{base}document/") else name


def forget(
    store: str | Path, names: Sequence[str], *, dry_run: bool = False, extractor: Extractor | None = None
) -> ForgetReport:
    """Removes documents from the store in this directory, by id, IRI or pattern; events and actors follow.

    With ``dry_run`` nothing is removed. Raises QueryError, and removes nothing, when one of the names is not there;
    StoreError when there is no store. A document whose file is built again is there again::

        forget("diplograph-store", ["wire/2021-12-31-call"])
    """
    from diplograph.server.description import describe, follow_counts

    with Store.open(store, read_only=True) as opened:
        documents = choose_documents(opened, names)
    if dry_run:
        return ForgetReport(documents, None)
    with Store.open(store) as opened, Journal(Path(store)) as journal:
        run = journal.begin("forget", names)
        for id in documents:
            opened.remove_document(id)
        journal.note_removed(run, documents)
        events = consolidate_store(opened, extractor or FrameExtractor())
        generations.publish(opened, partial(describe, counts=follow_counts(opened)))
        journal.end(run, removed=len(documents), events=events)
    return ForgetReport(documents, events)
