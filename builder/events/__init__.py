"""Events: mentions → one report per event a document speaks of; reports → events across documents."""

from diplograph.events.consolidation import consolidate
from diplograph.events.reports import explain_refusal, to_reports

__all__ = ["consolidate", "explain_refusal", "to_reports"]
