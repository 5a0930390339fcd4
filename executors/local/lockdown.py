"""Wall 2: makes a freshly forked process a worker that the kernel confines, for good.

Everything here happens before the first line of anybody's code. What this kernel cannot do is not
hidden: `lock` returns the gaps, and its last step is to try what must fail.
"""

from __future__ import annotations

import ctypes
import math
import os
import resource
import signal
import socket
import struct
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from executors.base import Limits
from executors.local import landlock, seccomp, signals, syscalls

CONTROL = 3
"""The one descriptor, besides the standard three, that a worker starts with."""

FILES, CALLS, FORKS = "files", "calls", "forks"
"""What a gap may be in: files, system calls (network, programs, other processes), new processes."""

_SET_DUMPABLE, _NO_NEW_PRIVS, _AMBIENT, _AMBIENT_CLEAR_ALL = 4, 38, 47, 4
_CAPABILITIES_VERSION = 0x20080522
_OPEN_FILES = 64
_YEAR = 365 * 86_400
_CPU_GRACE = 2
"""Seconds of CPU that a process may use besides those of its cells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """What the kernel now does to this process."""

    gaps: frozenset[str]
    """Of `FILES`, `CALLS` and `FORKS`, those that it does not confine."""
    listener: int | None
    """Where the filter asks about forks; None where it does not ask."""


OPEN = Lock(gaps=frozenset({FILES, CALLS, FORKS}), listener=None)
"""What a process has that was never locked."""


def settle(control: int, folder: str, cache: str) -> None:
    """Leave everything of the process this was forked from, but for `control`.

    It leads its own group, works in `folder`, and keeps temporary files in `cache`. The environment
    was empty but for settings of libraries, see `nursery`.
    """
    os.setpgid(0, 0)
    os.dup2(control, CONTROL, inheritable=False)
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in range(CONTROL):
        os.dup2(nothing, standard)
    os.closerange(CONTROL + 1, _open_max())
    os.chdir(folder)
    signals.ignore(signal.SIGPIPE)
    signals.ignore(signal.SIGXFSZ)  # a file that grows too large is an OSError
    os.environ["HOME"] = folder
    os.environ["TMPDIR"] = os.environ["MPLCONFIGDIR"] = cache


def limit(limits: Limits) -> None:
    """Bound what each process of the worker may use.

    One that has used half of its CPU time hands over to a checkpoint, which has all of its own.
    """
    memory = _address_space() + limits.memory_bytes
    for kind, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_CPU, 2 * math.ceil(min(limits.seconds, _YEAR)) + _CPU_GRACE),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
    ):
        _, hard = resource.getrlimit(kind)
        bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (bound, bound))


def lock(read: Sequence[str], write: Sequence[str]) -> Lock:
    """Have the kernel confine this process and all its forks.

    It may read what is below `read` and change what is below `write`. It has no network, starts no
    programs, signals nobody but itself, and asks before each fork.
    """
    listener: int | None = None
    missing: set[str] = set()
    if sys.platform == "linux":
        _give_up_privileges()
        try:
            landlock.restrict(read, [*write, os.devnull])
        except OSError:
            missing.add(FILES)
        try:
            listener = seccomp.install(asking=True)
        except OSError:
            try:
                seccomp.install(asking=False)
            except OSError:
                missing.add(CALLS)
    if listener is None:
        missing.add(FORKS)
    return Lock(gaps=frozenset(missing | found_open()), listener=listener)


def supported() -> frozenset[str]:
    """The gaps that `lock` will leave on this machine, as far as can be told from outside."""
    gaps: set[str] = set()
    if not landlock.version():
        gaps.add(FILES)
    if not seccomp.available():
        gaps |= {CALLS, FORKS}
    return frozenset(gaps)


def found_open() -> frozenset[str]:
    """Try what a locked process cannot do: the gaps that were found."""
    return frozenset(gap for gap, attempt in _ATTEMPTS if not _is_refused(attempt))


def _is_refused(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except PermissionError:
        return True
    except OSError:
        return False
    return False


_ATTEMPTS: tuple[tuple[str, Callable[[], object]], ...] = (
    (FILES, lambda: os.close(os.open("/", os.O_RDONLY))),
    (CALLS, lambda: socket.socket().close()),
    (CALLS, lambda: os.execv("/nowhere", ["nowhere"])),  # noqa: S606 it must not start
    (CALLS, lambda: os.kill(os.getppid(), 0)),
)
"""None of them does anything where it succeeds."""


def _give_up_privileges() -> None:
    """No capabilities, none to be had again, and closed to other processes of the same user."""
    syscalls.prctl(_SET_DUMPABLE, 0)
    syscalls.prctl(_NO_NEW_PRIVS, 1)
    syscalls.prctl(_AMBIENT, _AMBIENT_CLEAR_ALL)
    header = struct.pack("=Ii", _CAPABILITIES_VERSION, 0)
    syscalls.call("capset", header, ctypes.create_string_buffer(24))


def _address_space() -> int:
    """Bytes that the process has mapped already: libraries, not the code's own memory."""
    try:
        statm = os.open("/proc/self/statm", os.O_RDONLY)
    except FileNotFoundError:  # not Linux
        return 0
    try:
        return int(os.read(statm, 100).split()[0]) * resource.getpagesize()
    finally:
        os.close(statm)


def _open_max() -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return min(soft, 1 << 16) if soft != resource.RLIM_INFINITY else 1 << 16
