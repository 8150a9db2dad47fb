"""The command line: it translates arguments into calls and values into print, and computes nothing itself."""

from diplograph.cli.main import main

__all__ = ["main"]
