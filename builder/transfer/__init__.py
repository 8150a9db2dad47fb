"""Handing the graph on: exports in a fixed order, and pushes to and pulls from stores of others.

Exports: :func:`export`. Stores elsewhere: :func:`find_endpoint` finds out what answers at a URL, :func:`push` and
:func:`pull` move graphs, :class:`Endpoint` asks.
"""

from diplograph.transfer.asking import ask, resolve_there
from diplograph.transfer.curl import FileReading, StoreReading, curl_commands
from diplograph.transfer.description import describe_export
from diplograph.transfer.endpoint import Endpoint, find_endpoint
from diplograph.transfer.exporting import Exported, export, find_graph
from diplograph.transfer.formats import FORMATS, Format
from diplograph.transfer.pulling import PulledGraph, PullReport, pull
from diplograph.transfer.pushing import PushedGraph, PushReport, push
from diplograph.transfer.quads_file import QuadsFile, open_quads_file
from diplograph.transfer.targets import load_targets

__all__ = [
    "FORMATS",
    "Endpoint",
    "Exported",
    "FileReading",
    "Format",
    "PullReport",
    "PulledGraph",
    "PushReport",
    "PushedGraph",
    "QuadsFile",
    "StoreReading",
    "ask",
    "curl_commands",
    "describe_export",
    "export",
    "find_endpoint",
    "find_graph",
    "load_targets",
    "open_quads_file",
    "pull",
    "push",
    "resolve_there",
]
