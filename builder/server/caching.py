"""Answers kept for who asks the same again, as long as the store's generation is the same."""

from __future__ import annotations

from collections import OrderedDict

from diplograph.server.service import QueryJob, Result

_LARGEST_SHARE = 16
_REMEMBERED = 20_000  # queries that were answered quickly, of which only a mark is kept


class Answers:
    """As many answers as fit into so many bytes; those asked for longest ago go first."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._kept: OrderedDict[tuple[str, QueryJob], Result] = OrderedDict()
        self._asked: set[int] = set()

    def find(self, generation: str, job: QueryJob) -> Result | None:
        """The answer to a query, if it is kept."""
        found = self._kept.get((generation, job))
        if found is not None:
            self._kept.move_to_end((generation, job))
        return found

    def keep_if_asked_again(self, job: QueryJob, result: Result) -> None:
        """Keeps an answer that took little, if the same was asked not long ago. Most look-ups are not asked twice, and to
        keep them all would cost a tenth of what they do, and push out answers that took long."""
        mark = hash((result.generation, job))
        if mark in self._asked:
            self.keep(job, result)
            return
        if len(self._asked) >= _REMEMBERED:
            self._asked.clear()
        self._asked.add(mark)

    def keep(self, job: QueryJob, result: Result) -> None:
        """Keeps an answer, unless it is not the same each time, in a file, or very long."""
        cost = _cost(job, result)
        if not result.stable or result.spool is not None or cost > self._limit // _LARGEST_SHARE:
            return
        if self._kept.setdefault((result.generation, job), result) is result:
            self._size += cost
        while self._size > self._limit:
            (_, old), gone = self._kept.popitem(last=False)
            self._size -= _cost(old, gone)

    def forget(self) -> None:
        """Forgets all."""
        self._kept.clear()
        self._asked.clear()
        self._size = 0


def _cost(job: QueryJob, result: Result) -> int:
    return len(job.text) + len(result.body) + 1000
