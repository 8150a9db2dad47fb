"""Everything a server says no with."""

from __future__ import annotations

from diplograph.model import DiplographError


class Refusal(DiplographError):
    """A request that is not answered: the HTTP status, a sentence for the client, and details for programs.

    ``headers`` go out with it (``Allow``, ``Retry-After`` …). The message must name nothing of this machine; what the
    log shall say beside it, to those who run the server, is in ``fault``.
    """

    fault: str | None = None

    def __init__(
        self, status: int, message: str, *, headers: dict[str, str] | None = None, **details: object
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers or {}
        self.details = details
