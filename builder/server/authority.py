"""Who may write."""

from __future__ import annotations

import hmac

from diplograph.server.errors import Refusal
from diplograph.server.requests import Request


def check(request: Request) -> None:
    """Raises Refusal unless the server is writable and the client has its token (RFC 6750, compared in constant time)."""
    token = request.settings.token
    if token is None:
        raise Refusal(403, "this server is read-only")
    scheme, _, given = (request.header("authorization") or "").partition(" ")
    if scheme.lower() != "bearer":
        raise Refusal(401, "writing needs a bearer token", headers={"WWW-Authenticate": "Bearer"})
    if not hmac.compare_digest(given.strip().encode(), token.encode()):
        raise Refusal(
            401, "this is not the token", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'}
        )
