"""SPARQL as tokens: enough to see what a text would have the store do beside reading it.

pyoxigraph gives no syntax tree and cannot be told to leave the network alone, so we have to see ``SERVICE`` and ``LOAD``
ourselves; not in comments, strings, IRIs or names, but wherever Oxigraph's parser would see them. That parser wants no
space around keywords (``trueSERVICE<…>`` is ``true`` and ``SERVICE``) and may take ``service:x {`` for ``SERVICE :x {``,
so we look for the letters in words and in prefixes and not for whole words. It decodes ``\\u`` escapes only within IRIs,
names and strings, never in keywords. Where a text is no SPARQL at all, tokens mean nothing, and nothing will be run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
    (?P<space>[\s\x00]+|\#[^\r\n]*)
  | (?P<iri><[^<>"{}|^`\\\x00-\x20]*(?:\\(?:u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})[^<>"{}|^`\\\x00-\x20]*)*>)
  | (?P<string>\"\"\"(?:[^"\\]|\\.|\"{1,2}(?!\"))*\"\"\"|'''(?:[^'\\]|\\.|'{1,2}(?!'))*'''
      |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
  | (?P<variable>[?$]\w+)
  | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<blank>_:(?:\w[\w.\-·]*)?)
  | (?P<name>(?P<prefix>(?:[^\W\d_][\w\-.·]*)?):(?:(?![.\-·])
      (?:[\w:.\-·]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])+)?)
  | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
  | (?P<word>[^\W\d_]\w*)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_OPEN, _CLOSE = "{([", "})]"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a text that is neither space nor comment; ``kind`` is a group of the pattern above."""

    kind: str
    text: str
    prefix: str
    begin: int
    end: int


def tokenize(text: str) -> Iterator[Token]:
    """The tokens of a SPARQL text; every character that is none of them is a token of its own.

    >>> [token.text for token in tokenize("ASK { ?s a 'SERVICE' } # LOAD")]
    ['ASK', '{', '?s', 'a', "'SERVICE'", '}']
    """
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup or ""
        kind = "name" if kind == "prefix" else kind
        if kind != "space":
            yield Token(kind, found[0], (found["prefix"] or "").casefold(), found.start(), found.end())


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a text asks for that the server must know before it runs it.

    ``network`` are the tokens that SERVICE or LOAD is in; ``dataset`` says that the text has FROM or USING clauses of its
    own; ``unstable`` that it may have another answer each time; ``depth`` is how deep its brackets nest.
    """

    network: tuple[Token, ...]
    dataset: bool
    unstable: bool
    depth: int


_UNSTABLE = ("now", "rand", "uuid", "bnode")


def read_wishes(text: str) -> Wishes:
    """What a text asks for.

    >>> bool(read_wishes("SELECT * { SERVICE <http://example.org/> {} }").network)
    True
    >>> bool(read_wishes("SELECT * { ?s ?p 'SERVICE <http://example.org/>' }").network)
    False
    """
    tokens = list(tokenize(text))
    network: list[Token] = []
    dataset = unstable = False
    depth = deepest = curly = 0
    for place, token in enumerate(tokens):
        if token.kind == "other":
            depth += (token.text in _OPEN) - (token.text in _CLOSE)
            curly += (token.text == "{") - (token.text == "}")
            deepest = max(deepest, depth)
        elif token.kind == "word":
            word = token.text.casefold()
            if "service" in word or "load" in word:
                network.append(token)
            dataset = dataset or "from" in word or "using" in word
            unstable = unstable or any(function in word for function in _UNSTABLE)
        elif token.kind == "name" and _calls(tokens, place, curly):
            network.append(token)
    return Wishes(tuple(network), dataset, unstable, deepest)


def _calls(tokens: list[Token], place: int, curly: int) -> bool:
    """Whether a prefixed name could be read as SERVICE or LOAD and a name with another prefix.

    SERVICE needs a group right after its IRI, which else only GRAPH has; LOAD stands outside all groups, where else a
    name comes after a keyword.
    """
    token = tokens[place]
    before = tokens[place - 1] if place else None
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    if "service" in token.prefix and after is not None and after.text == "{":
        return before is None or before.kind != "word" or before.text.casefold() != "graph"
    return "load" in token.prefix and curly <= 0 and (before is None or before.kind != "word")
