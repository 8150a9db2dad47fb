"""The explorer: a page (``shell``, built from web/src/explorer) and the data it shows (``api``).

``table`` holds all events of the newest generation in memory; ``filtering`` chooses among them, ``summaries`` makes
lists, bars, networks and maps of the chosen, ``searching`` finds names. One event or one document is read from the
store when it is looked at (``reading``), the parse of a sentence from the parse cache, or made on demand (``parses``) by
a process of its own (``parser``).
"""

from diplograph.server.explorer.api import Explorer
from diplograph.server.explorer.parses import Parses
from diplograph.server.explorer.shell import explorer_page

__all__ = ["Explorer", "Parses", "explorer_page"]
