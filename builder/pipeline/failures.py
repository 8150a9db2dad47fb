"""What went wrong in a build: counted to the last, kept up to a number that fits into memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from diplograph.model import SourceFailure

MOST_KEPT = 1000
"""So many failures are told one by one; a file of a million lines that are no records has a million."""

_MOST_SHOWN = 500  # characters of a message


@dataclass(slots=True)
class Failures:
    """The first failures, and how many there were.

    >>> failures = Failures()
    >>> failures.append(SourceFailure("a.txt", "empty"))
    >>> failures.count, str(failures.told()[0])
    (1, 'a.txt: empty')
    """

    count: int = 0
    sources: set[str] = field(default_factory=set)  # the names of all that failed
    _kept: list[SourceFailure] = field(default_factory=list)

    def append(self, failure: SourceFailure) -> None:
        """Counts a failure, and keeps it when it is among the first."""
        self.count += 1
        self.sources.add(failure.source)
        if len(self._kept) < MOST_KEPT:
            message = failure.message
            short = message if len(message) <= _MOST_SHOWN else f"{message[:_MOST_SHOWN]}\u2026"
            self._kept.append(replace(failure, message=short))

    def told(self) -> tuple[SourceFailure, ...]:
        """The first failures; a last one says how many more there were."""
        more = self.count - len(self._kept)
        rest = SourceFailure("the sources", f"{more:,} more could not be read; mend these first")
        return (*self._kept, *([rest] if more else []))
