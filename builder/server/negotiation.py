"""Content negotiation (RFC 9110, section 12): what the client would rather have, of what there is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from types import MappingProxyType

RESULT_FORMATS = MappingProxyType(
    {
        "application/sparql-results+json": "json",
        "application/sparql-results+xml": "xml",
        "text/csv": "csv",
        "text/tab-separated-values": "tsv",
        "application/json": "json",
        "application/xml": "xml",
        "text/xml": "xml",
    }
)
"""The media types of answers to SELECT and ASK, the best first, and the suffix of each one's format."""

GRAPH_FORMATS = MappingProxyType(
    {
        "text/turtle": "ttl",
        "application/n-triples": "nt",
        "application/ld+json": "jsonld",
        "application/rdf+xml": "rdf",
        "application/n-quads": "nq",
        "application/trig": "trig",
        "text/n3": "n3",
        "text/plain": "nt",
        "application/x-turtle": "ttl",
        "application/json": "jsonld",
        "application/xml": "rdf",
        "text/xml": "rdf",
    }
)
"""The media types of RDF, the best first, and the suffix of each one's format."""


def choose(accept: str | None, offers: Sequence[str]) -> str | None:
    """The media type of ``offers`` (the best first) that an Accept header likes best; None when it likes none.

    >>> choose("text/csv;q=0.5, application/sparql-results+xml", list(RESULT_FORMATS))
    'application/sparql-results+xml'
    """
    return _choose(accept or "*/*", tuple(offers))


@lru_cache(maxsize=1024)
def _choose(accept: str, offers: tuple[str, ...]) -> str | None:
    ranges = parse_accept(accept)
    weighed = [(quality(offer, ranges), -place, offer) for place, offer in enumerate(offers)]
    weight, _, offer = max(weighed, default=(0.0, 0, ""))
    return offer if weight > 0 else None


def parse_accept(header: str) -> tuple[tuple[str, float], ...]:
    """The ranges (``text/*``, or codings such as ``gzip``) of a header, in lower case, and how much each is wanted.

    What is no number from 0 to 1 counts as 1; parameters other than q are not looked at.
    """
    found = []
    for part in header.lower().split(",")[:64]:
        name, *parameters = (piece.strip() for piece in part.split(";"))
        wanted = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip() == "q":
                wanted = _weight(value.strip())
        if name:
            found.append((name, wanted))
    return tuple(found)


def _weight(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0) if text[:1] in "01." else 1.0
    except ValueError:
        return 1.0


def quality(offer: str, ranges: Sequence[tuple[str, float]]) -> float:
    """How much an offer is wanted, by the most precise range that it is in; 0 when it is in none."""
    kind = offer.partition("/")[0]
    for candidate in (offer, f"{kind}/*", "*/*", "*"):
        weights = [wanted for name, wanted in ranges if name == candidate]
        if weights:
            return max(weights)
    return 0.0
