"""Builds: sources → documents → parses → reports → one transaction a document → consolidated events.

A build can be stopped at any moment, by Ctrl-C or ``kill -9``: a document is in the store whole or not at all, what is
in and unchanged is not done again, and the events follow at the end of every build. So the next build completes a
broken one, and the order in which documents came does not show in the graph.
"""

from diplograph.pipeline.building import BuildReport, Progress, build
from diplograph.pipeline.consolidating import consolidate_store
from diplograph.pipeline.extraction import Extractor, FrameExtractor
from diplograph.pipeline.inputs import parse_sources
from diplograph.pipeline.journal import Run, read_removals, read_runs
from diplograph.pipeline.text_trace import TextTrace, trace_text
from diplograph.pipeline.watching import watch
from diplograph.pipeline.withdrawing import ForgetReport, forget

__all__ = [
    "BuildReport",
    "Extractor",
    "ForgetReport",
    "FrameExtractor",
    "Progress",
    "Run",
    "TextTrace",
    "build",
    "consolidate_store",
    "forget",
    "parse_sources",
    "read_removals",
    "read_runs",
    "trace_text",
    "watch",
]
