"""Landlock: the kernel opens only the files below the named paths, for this process and its forks.

What it leaves open (changing modes and times, looking up names) is closed in `seccomp`.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
import sysconfig
from collections.abc import Iterable

from executors.local import syscalls

# Rights, as the kernel numbers them; each version of its interface adds some.
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _REMOVE_DIR, _REMOVE_FILE = (1 << i for i in range(6))
_MAKE_DIR, _MAKE_REG, _REFER, _TRUNCATE, _IOCTL_DEV = 1 << 7, 1 << 8, 1 << 13, 1 << 14, 1 << 15
_FIRST_RIGHTS = (1 << 13) - 1
_NETWORK = 0b11
"""Binding and connecting TCP sockets."""
_SCOPES = 0b11
"""Abstract sockets and signals: only within the worker."""

_READ = _READ_FILE | _READ_DIR
_CHANGE = _MAKE_REG | _MAKE_DIR | _REMOVE_FILE | _REMOVE_DIR | _REFER
_WRITE = _READ | _WRITE_FILE | _TRUNCATE | _CHANGE
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV

_VERSION_FLAG = 1
_RULE_BELOW_PATH = 1

_SYSTEM_FILES = (
    *("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache"),
    *("/usr/share/fonts", "/usr/local/share/fonts", "/etc/fonts", "/usr/share/fontconfig"),
    *("/usr/share/zoneinfo", "/etc/localtime", "/usr/share/locale"),
    *("/dev/urandom", "/dev/random", "/dev/zero"),
    *("/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu"),
)


def version() -> int:
    """The version of the interface that this kernel has; 0 where it has none."""
    try:
        return syscalls.call(
            "landlock_create_ruleset", None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION_FLAG)
        )
    except OSError:
        return 0


def python_files() -> list[str]:
    """What Python and its libraries read while they run: nothing of the app, nothing of a user."""
    installed = sysconfig.get_paths()
    wanted = [installed[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")]
    wanted += [os.path.join(sys.base_prefix, "lib"), *_SYSTEM_FILES]
    found: list[str] = []
    for path in sorted({os.path.realpath(path) for path in wanted if os.path.exists(path)}):
        if not any(path.startswith(f"{parent}/") for parent in found):
            found.append(path)
    return found


def restrict(read: Iterable[str], write: Iterable[str]) -> None:
    """Leave this process the files below `read`, and those below `write` to change. For good.

    `no_new_privs` must be set before.

    Raises:
        OSError: the kernel has no Landlock, or refuses it here.
    """
    abi = version()
    handled = _FIRST_RIGHTS
    for right, since in ((_REFER, 2), (_TRUNCATE, 3), (_IOCTL_DEV, 5)):
        if abi >= since:
            handled |= right
    fields = [handled, _NETWORK, _SCOPES][: 1 if abi < 4 else 2 if abi < 6 else 3]
    attributes = struct.pack(f"={len(fields)}Q", *fields)
    ruleset = syscalls.call(
        *("landlock_create_ruleset", attributes, ctypes.c_size_t(len(attributes))),
        ctypes.c_uint32(0),
    )
    try:
        for path in read:
            _allow(ruleset, path, _READ & handled)
        for path in write:
            _allow(ruleset, path, _WRITE & handled)
        syscalls.call("landlock_restrict_self", ctypes.c_int(ruleset), ctypes.c_uint32(0))
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    below = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not os.path.isdir(path):
            rights &= _OF_FILES
        rule = struct.pack("=Qi", rights, below)
        syscalls.call(
            *("landlock_add_rule", ctypes.c_int(ruleset), ctypes.c_int(_RULE_BELOW_PATH)),
            *(rule, ctypes.c_uint32(0)),
        )
    finally:
        os.close(below)
