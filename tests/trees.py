"""Parses written by hand, for tests: one word a line, sentences apart by an empty line."""

from __future__ import annotations

from diplograph.frames import find_mentions, load_frames
from diplograph.linking import EntityMention, find_entities, load_gazetteer
from diplograph.model import Mention, ParsedDocument
from diplograph.parsing import read_conllu


def tree(text: str, *, published: str | None = "2021-06-17", id: str = "tree") -> ParsedDocument:
    """A document from lines of ``id form lemma upos head deprel [tag]``, made by way of CoNLL-U.

    An id with a plus (``6+``) is written together with the next word. The tag is a positional one of PADT, or
    features when it holds an equals sign.
    """
    lines = [f"# newdoc id = {id}"]
    if published:
        lines.append(f"# published = {published}")
    for sentence in text.strip().split("\n\n"):
        rows = [line.split() for line in sentence.strip().splitlines()]
        for index, row in enumerate(rows):
            if row[0].endswith("+") and not (index and rows[index - 1][0].endswith("+")):
                lines.append(_surface(rows[index:]))
            number, form, lemma, upos, head, deprel = row[:6]
            tag = row[6] if len(row) > 6 else "_"
            xpos, feats = ("_", tag) if "=" in tag else (tag, "_")
            lines.append(
                "\t".join((number.rstrip("+"), form, lemma, upos, xpos, feats, head, deprel, "_", "_"))
            )
        lines.append("")
    (parsed,) = read_conllu("\n".join(lines) + "\n")
    return parsed


def _surface(rows: list[list[str]]) -> str:
    """The line of the multi-word token that the first of these rows opens; after "to" the article loses its alef."""
    last = next(index for index, row in enumerate(rows) if not row[0].endswith("+"))
    forms = [row[1] for row in rows[: last + 1]]
    surface = "".join(forms).replace("لال", "لل", 1) if "ل" in forms else "".join(forms)
    return "\t".join((f"{rows[0][0].rstrip('+')}-{rows[last][0]}", surface, *"________"))


def mentions_of(parsed: ParsedDocument, event_class: str | None = None) -> list[Mention]:
    """The mentions that the frames of diplograph find in a parse, all or those of one class."""
    found = find_mentions(parsed, load_frames(), load_gazetteer())
    return [mention for mention in found if event_class in (None, mention.values.event_class)]


def the_mention(parsed: ParsedDocument, event_class: str) -> Mention:
    """The first mention of this class; others (of the verb beside its noun) must say the same."""
    found = mentions_of(parsed, event_class)
    told = [(mention.trigger, mention.values.status, named(mention)) for mention in found]
    assert found and all(other[1:] == told[0][1:] for other in told), told
    return found[0]


def named(mention: Mention) -> dict[str, set[str]]:
    """The English names (Arabic, where there is none) of those in each role."""
    roles: dict[str, set[str]] = {}
    for filler in mention.values.fillers:
        roles.setdefault(filler.role, set()).add(filler.actor.label_en or filler.actor.label_ar)
    return roles


def rules_of(mention: Mention, role: str) -> set[str]:
    """The rules that took those in a role (``path:verb/subject`` …)."""
    return {proof.rule for proof in mention.evidence if proof.aspect == role}


def entities_of(parsed: ParsedDocument) -> list[EntityMention]:
    """The entities of all sentences, in order."""
    return [entity for sentence in find_entities(parsed) for entity in sentence]


def who(parsed: ParsedDocument) -> dict[str, list[str]]:
    """Each phrase that means somebody and the English names (or Arabic ones) of those it means."""
    text = parsed.document.text
    return {
        text[entity.begin : entity.end]: [actor.label_en or actor.label_ar for actor in entity.actors]
        for entity in entities_of(parsed)
    }
