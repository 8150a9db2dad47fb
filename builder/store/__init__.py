"""The only opener of an Oxigraph store.

A store is a directory with Oxigraph's files and some of ours: a marker that says it is ours and how it is laid out and
a lock (``directory``), and a list of what was written (``changes``; ``delta`` has what was there before). ``opened`` is a store in use, ``values`` turns its quads back into values.
"""

from diplograph.store.changes import ANYTHING
from diplograph.store.delta import is_object, is_subject
from diplograph.store.directory import LAYOUT, LOCK, MARKER, held_exclusively
from diplograph.store.opened import PREFIXES, Answer, Fingerprint, Store, StoredDocument, fingerprint
from diplograph.store.trouble import mend
from diplograph.store.values import Properties, Things

__all__ = [
    "ANYTHING",
    "LAYOUT",
    "LOCK",
    "MARKER",
    "PREFIXES",
    "Answer",
    "Fingerprint",
    "Properties",
    "Store",
    "StoredDocument",
    "Things",
    "fingerprint",
    "held_exclusively",
    "is_object",
    "is_subject",
    "mend",
]
