"""How sure a report is: the share of reports with the same support that are right, as annotated news shows it.

A logistic model of a few signs (`read_signs`); `make calibration` fits its weights to annotated articles and writes them
to ontology/lexicon/confidence.toml, docs/accuracy.md shows how far they can be trusted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

from diplograph.model import EventValues, Mention
from diplograph.resources import read_toml


@cache
def load_weights() -> dict[str, float]:
    """The weight of each sign, in logits, "base" among them."""
    weights: dict[str, float] = read_toml("ontology", "lexicon", "confidence.toml")["weights"]
    return weights


def read_signs(values: EventValues, mentions: Sequence[Mention]) -> frozenset[str]:
    """What a report has that reports that are right have more, or less, often than others.

    Its event class; ``known``: all its actors are in the gazetteer; ``several``: it has more than one; ``said``: its
    status is said, not assumed; ``circumstance``: it has a place or a duration; ``dated``; ``repeated``: more than one
    mention speaks of it; ``indirect``: a party is no phrase of its own clause.
    """
    actors = values.actors()
    rules = {proof.rule for mention in mentions for proof in mention.evidence}
    signs = {
        values.event_class: True,
        "known": bool(actors) and all(actor.label_en is not None for actor in actors),
        "several": len(actors) > 1,
        "said": any("status" in mention.cues for mention in mentions),
        "circumstance": values.place is not None or values.duration_minutes is not None,
        "dated": values.start_date is not None,
        "repeated": len(mentions) > 1,
        "indirect": any(
            rule.endswith(("/before", "/continued", "/dropped", "/any", "/above")) for rule in rules
        ),
    }
    return frozenset(sign for sign, holds in signs.items() if holds)


def estimate_confidence(values: EventValues, mentions: Sequence[Mention]) -> float:
    """A probability, two decimals, that an annotator would find the event that a report tells of in its document."""
    weights = load_weights()
    logit = weights["base"] + sum(weights.get(sign, 0.0) for sign in read_signs(values, mentions))
    return round(1 / (1 + math.exp(-logit)), 2)
