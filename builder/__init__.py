"""diplograph: a knowledge graph of diplomacy from Arabic news.

>>> from diplograph import Graph
>>> Graph.in_memory().ask("events").rows
()
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diplograph.graph import Graph

__version__ = "0.1.0"
__all__ = ["Graph", "__version__"]


def __getattr__(name: str) -> object:
    """``Graph``, imported when it is asked for, so that ``import diplograph`` loads nothing."""
    if name == "Graph":
        from diplograph.graph import Graph

        return Graph
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
