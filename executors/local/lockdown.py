"""Confines a worker process: limits, descriptors, group. The kernel's part of the walls."""

from __future__ import annotations

import os
import resource
import signal

from executors.base import Limits

CONTROL = 3
"""The one descriptor, besides the standard three, that a worker starts with."""


def confine(control: int, folder: str, limits: Limits) -> None:
    """Turn this freshly forked process into a worker whose only way out is `control`.

    It leads its own group, works in `folder`, keeps no descriptor of
    the process it came from, and cannot lift its limits.
    """
    os.setpgid(0, 0)
    os.dup2(control, CONTROL, inheritable=False)
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in range(CONTROL):
        os.dup2(nothing, standard)
    os.closerange(CONTROL + 1, _open_max())
    os.chdir(folder)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a file that grows too large is an OSError
    for kind, value in (
        (resource.RLIMIT_AS, _address_space() + limits.memory_bytes),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 256),
    ):
        _, hard = resource.getrlimit(kind)
        bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (bound, bound))


def _address_space() -> int:
    """Bytes that the process has mapped already: libraries, not the code's own memory."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except FileNotFoundError:  # not Linux
        return 0


def _open_max() -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return min(soft, 1 << 16) if soft != resource.RLIM_INFINITY else 1 << 16
