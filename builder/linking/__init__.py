"""Linking: names, titles, demonyms, metonyms and role phrases of a parsed document → actors and places."""

from diplograph.linking.entities import EntityMention
from diplograph.linking.gazetteer import Entry, Gazetteer, Titles, load_gazetteer, load_titles
from diplograph.linking.resolution import Resolver
from diplograph.model import ParsedDocument

__all__ = ["EntityMention", "Entry", "Gazetteer", "Titles", "find_entities", "load_gazetteer", "load_titles"]


def find_entities(
    parsed: ParsedDocument, gazetteer: Gazetteer | None = None, titles: Titles | None = None
) -> tuple[tuple[EntityMention, ...], ...]:
    """The entity mentions of each sentence of a document, in the order of the text, none inside another."""
    return Resolver(parsed, gazetteer or load_gazetteer(), titles or load_titles()).resolve()
