"""The only opener of an Oxigraph store.

A store is a directory with Oxigraph's files and two of ours: a marker that says it is ours and how it is laid out, and
a lock (``directory``). ``opened`` is a store in use, ``values`` turns its quads back into values.
"""

from diplograph.store.directory import LAYOUT, LOCK, MARKER, held_exclusively
from diplograph.store.opened import PREFIXES, Answer, Fingerprint, Store, fingerprint
from diplograph.store.values import Properties, Things

__all__ = [
    "LAYOUT",
    "LOCK",
    "MARKER",
    "PREFIXES",
    "Answer",
    "Fingerprint",
    "Properties",
    "Store",
    "Things",
    "fingerprint",
    "held_exclusively",
]
