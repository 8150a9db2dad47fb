"""Builds: sources → documents → parses → reports → one transaction a document → consolidated events.

A build can be stopped at any moment, by Ctrl-C or ``kill -9``: a document is in the store whole or not at all, what is
in and unchanged is not done again, and the events are made anew from all the reports at the end of every build. So
the next build completes a broken one, and the order in which documents came does not show in the graph.
"""

from diplograph.pipeline.building import BuildReport, Progress, build
from diplograph.pipeline.consolidating import consolidate_store
from diplograph.pipeline.extraction import Extractor, FrameExtractor
from diplograph.pipeline.inputs import parse_sources
from diplograph.pipeline.text_trace import TextTrace, trace_text

__all__ = [
    "BuildReport",
    "Extractor",
    "FrameExtractor",
    "Progress",
    "TextTrace",
    "build",
    "consolidate_store",
    "parse_sources",
    "trace_text",
]
