"""What an engine may do: little. Limits of the operating system, set by the process on itself, for good.

Walls behind the walls: the endpoint refuses SERVICE and LOAD itself, and the HTTP workers kill what overruns.
"""

from __future__ import annotations

import ctypes
import resource
import signal
import sys

_PR_SET_PDEATHSIG = 1


def confine(*, memory: int, networking: bool) -> None:
    """Bounds the memory of this process (bytes of private writable memory), and ends it with its parent."""
    del networking
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
