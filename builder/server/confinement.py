"""What an engine may do: little. Limits of the operating system, which a process sets on itself and cannot lift.

They are walls behind the walls: the endpoint refuses SERVICE and LOAD itself, and the HTTP workers kill what overruns.
Where the system has no such wall (no Linux, another processor), those in front have to do.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import signal
import struct
import sys

_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 22, 38
_SECCOMP_MODE_FILTER = 2
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data
_IO_URING_SETUP = 425
_AF_UNIX = 1
_FOREIGN = 0x40000000  # from here on numbers are of the x32 ABI, which would be a way around

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # Landlock; the same numbers on all processors
_ASK_VERSION, _VERSION_WITH_NETWORK, _NETWORK_PORT = 1, 4, 2
_BIND, _CONNECT = 1, 2

_SYSTEMS = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
"""Processor: its AUDIT_ARCH, and the number of socket(2)."""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def confine(*, memory: int, port: int = 0) -> None:
    """Bounds the memory of this process (bytes that are its own to write to), ends it with its parent, and takes the
    network from it; with a ``port``, TCP connections to that port are left to it.

    It lets no signal from the terminal through, since whoever started it ends it, and says nothing on standard error,
    where what native code prints as it dies would be in the midst of the log.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform != "linux":
        return
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if port:
        allow_one_port(port)
    else:
        forbid_network()


def forbid_network() -> bool:
    """Makes every socket but those within this machine's file system impossible (seccomp); whether that could be had.

    ``socket`` fails with EACCES from now on, in this process and in all that it starts.
    """
    if sys.platform != "linux" or platform.machine() not in _SYSTEMS:
        return False
    architecture, socket_number = _SYSTEMS[platform.machine()]
    refuse = _ERRNO | errno.EACCES
    program = b"".join(
        struct.pack("=HBBI", *instruction)
        for instruction in (
            (_LOAD, 0, 0, _ARCHITECTURE),
            (_JUMP_IF_EQUAL, 0, 7, architecture),
            (_LOAD, 0, 0, _NUMBER),
            (_JUMP_IF_AT_LEAST, 5, 0, _FOREIGN),
            (_JUMP_IF_EQUAL, 4, 0, _IO_URING_SETUP),
            (_JUMP_IF_EQUAL, 0, 2, socket_number),
            (_LOAD, 0, 0, _FIRST_ARGUMENT),
            (_JUMP_IF_EQUAL, 0, 1, _AF_UNIX),
            (_RETURN, 0, 0, _ALLOW),
            (_RETURN, 0, 0, refuse),
        )
    )
    call = ctypes.CDLL(None, use_errno=True).prctl
    if call(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return False
    filter = _Program(len(program) // 8, program)
    return not call(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(filter), 0, 0)


def allow_one_port(port: int) -> bool:
    """Makes TCP connections to any other port impossible (Landlock, Linux 6.7 and later); whether that could be had."""
    call = ctypes.CDLL(None, use_errno=True)
    if (
        sys.platform != "linux"
        or call.syscall(_CREATE_RULESET, None, 0, _ASK_VERSION) < _VERSION_WITH_NETWORK
    ):
        return False
    handled = struct.pack("=QQ", 0, _BIND | _CONNECT)
    rules = call.syscall(_CREATE_RULESET, handled, len(handled), 0)
    rule = struct.pack("=QQ", _CONNECT, port)
    if rules < 0 or call.syscall(_ADD_RULE, rules, _NETWORK_PORT, rule, 0):
        return False
    call.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    return not call.syscall(_RESTRICT_SELF, rules, 0)


def raise_limit_of_open_files() -> None:
    """Lets this process, and what it starts, have as many connections open as the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
