"""The grammar of time expressions: patterns over kinds of tokens.

A pattern is a regular expression whose lower-case words are kinds of tokens, blanks meaning nothing: ``number of?
month`` stands for «12 من يناير» and «12 يناير». Each kind is given one character, so that :mod:`re` does the matching
over a string with one character for each token; groups (in capitals) give token positions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from diplograph.temporal.lexicon import load_lexicon
from diplograph.temporal.scanning import SCANNED_KINDS, Token

_JOIN = "(?: and? (?: to | until ) | and | or | dash )"
_ERA = "(?: common_era | hijri_era | solar_era )"
_MONTHS = "(?: (?: a_month | the_month )? month (?: (?: slash | dash )? month | open month close )? )"
_RELATIVE = "(?: relative | open relative close )"
_YEARS = f"""(?:
      comma? of? (?: a_year | the_year ) comma? year {_ERA}?
    | comma? year {_ERA}?
    | of? (?: this | that ) the_year
    | of? the_year relative
)"""
_TAIL = f"(?P<RELATIVE> {_RELATIVE} )? (?P<YEARS> {_YEARS} )? (?P<RELATIVE2> {_RELATIVE} )?"
_DAYS = f"""(?P<DAYS>
      number (?: (?: {_JOIN} | comma and? ) (?: a_day | the_day )? number )*
    | ordinal (?: {_JOIN} ordinal )* (?= of )
    | first_day
)"""
_WEEKDAY = "(?: open weekday close | weekday )"
_PART = "(?: (?: stage of? )? part of? | stage of )"
_ADDED_MINUTES = """(?:
      and (?: half | third | quarter | number a_minute? ) | except (?: third | quarter | number a_minute )
)"""

PATTERNS = {
    "numeric": "numeric",
    "day_month": f"a_day? {_DAYS} (?: of | slash | dash )? (?P<MONTHS> {_MONTHS} ) (?: slash | dash )? {_TAIL}",
    "day_of_month": f"""a_day? {_DAYS} (?P<WHICH>
          of_it | of (?: this | that ) the_month | of the_month relative | (?P<ELIDED> of? relative )
    )""",
    "month": f"(?P<STAGE> stage of? )? (?P<MONTHS> {_MONTHS} ) {_TAIL}",
    "months": f"(?P<FIRST> {_MONTHS} ) {_JOIN} (?P<MONTHS> {_MONTHS} ) {_TAIL}",
    "period": """(?: stage of? )? (?P<PERIOD>
          (?: this | that ) (?: the_month | the_year | the_week | the_day )
        | (?: the_month | the_year | the_week | the_day ) relative
        | (?<= stage ) (?: the_month | the_year | the_week )
    )""",
    "year": f"""(?:
          (?: stage of? )? (?: a_year | the_year ) {_ERA}? comma? (?P<NAMED> year ) {_ERA}?
              (?: {_JOIN} (?: a_year | the_year )? comma? (?P<NAMED_END> year ) {_ERA}? )?
        | stage of? (?P<STAGED> year ) {_ERA}?
        | (?P<RANGED> year ) (?: to | until | dash ) (?P<RANGED_END> year )
        | (?<= between ) (?P<BETWEEN> year ) and (?P<BETWEEN_END> year )
        | (?<= in | until | ago ) (?P<BARE> year ) {_ERA}?
    )""",
    "weekday": f"""{_PART}? a_day? (?: (?P<SHIFT> shift ) comma? )? a_day? {_PART}? (?P<FIRST> {_WEEKDAY} )
        (?P<RELATIVE1> {_RELATIVE} )?
        (?: (?: {_JOIN} | slash )? {_PART}? a_day? (?P<SECOND> {_WEEKDAY} ) )?
        (?P<RELATIVE> {_RELATIVE} )? (?P<WEEK> of? (?: the_week relative | this the_week ) )? part?""",
    "shift": f"{_PART}? a_day? (?P<SHIFT> shift ) part?",
    "feast": "feast (?: of? year )?",
    "away": """(?: (?P<SIDE> ago | after ) (?: that | (?P<EVENT> other ) ) | (?P<PAST> before_it ) | (?P<NEXT> after_it ) )
        about? (?P<COUNT> number )? (?P<UNIT> a_day | a_week | a_month | a_year ) (?P<ONE> number )?""",
    "ago": """(?P<SIDE> ago | after ) about? (?P<COUNT> number )?
        (?P<UNIT> a_minute | a_hour | a_day | a_week | a_month | a_year ) (?P<ONE> number )? about?""",
    "clock": f"""(?:
          hour_mark about* (?: clock | number | hour | decimal )
        | about? clock
        | about? decimal (?= zone )
        | about? hour (?= {_ADDED_MINUTES}? of? part | {_ADDED_MINUTES}? zone )
    ) (?P<ADDED> {_ADDED_MINUTES} )? (?: of? part )? (?: comma? (?P<ZONE> zone ) )?""",
}


@cache
def _letters() -> dict[str, str]:
    """The character of each kind of token, from the lexicon's and the scanner's kinds."""
    kinds = {sense.kind for items in load_lexicon().entries.values() for _, sense in items}
    return {kind: chr(0x100 + index) for index, kind in enumerate(sorted(kinds | SCANNED_KINDS))}


def letters(tokens: Iterable[Token]) -> str:
    """One character for each token: its kind, as the compiled patterns know it."""
    table = _letters()
    return "".join(table[token.kind] for token in tokens)


@cache
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """A pattern over kinds as a regular expression over :func:`letters`. Raises KeyError for an unknown kind."""
    table = _letters()
    return re.compile(re.sub(r"\b[a-z_]+\b", lambda kind: table[kind.group()], pattern), re.VERBOSE)


@cache
def compile_grammar() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The name and regular expression of each rule, in the order in which equally long matches are tried."""
    return tuple((name, compile_pattern(pattern)) for name, pattern in PATTERNS.items())
