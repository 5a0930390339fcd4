"""Which process a sandbox belongs to, so that those of a process that has ended can be told."""

from __future__ import annotations

import hashlib
import os
import platform
import uuid
from pathlib import Path

_PROC = Path("/proc")


def machine() -> str:
    """The same text for all processes that can see whether one another are running.

    That is one boot of one kernel, one namespace of processes, and one user.
    """
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        namespace = str((_PROC / "self/ns/pid").readlink())
    except OSError:  # not Linux
        boot, namespace = f"{uuid.getnode():x}", ""
    seen = "\n".join((boot, namespace, platform.node(), str(os.getuid())))
    return hashlib.sha256(seen.encode()).hexdigest()[:16]


def process(pid: int | None = None) -> str:
    """A name for a process that none after it gets; empty if there is no such process."""
    pid = pid or os.getpid()
    try:
        status = (_PROC / str(pid) / "stat").read_text()
    except OSError:
        return "" if _PROC.joinpath("self").exists() else _elsewhere(pid)
    fields = status.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else f"{pid}-{fields[19]}"


def runs(name: str) -> bool:
    """Whether the process that `process` gave this name, on this machine, is still there."""
    pid = name.partition("-")[0]
    return pid.isdecimal() and process(int(pid)) == name


def _elsewhere(pid: int) -> str:
    """Where there is no `/proc`, a number that is used again keeps a sandbox until its lease ends.

    Signal 0 only asks.
    """
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        pass
    return str(pid)
