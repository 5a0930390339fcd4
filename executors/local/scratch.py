"""Temporary folders that outlive their process only until the next one starts.

Each holds a lock for as long as its process lives, whatever ends it. A folder whose lock is free
has been left behind by a host that was killed, and is removed.
"""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import tempfile
import weakref
from pathlib import Path

log = logging.getLogger(__name__)

PREFIX = "sandglass-"
_LOCK = "lock"


class Scratch:
    """A folder that is removed by `remove`, with this object, or with the interpreter."""

    def __init__(self, kind: str = "") -> None:
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX + kind))
        lock = _locked(self.path)
        self._finalizer = weakref.finalize(self, _remove, self.path, lock, os.getpid())

    def remove(self) -> None:
        """Remove the folder and all that is in it. Idempotent."""
        self._finalizer()


def sweep() -> None:
    """Remove the folders of hosts of this user that are no more; never one that is in use."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            if folder.lstat().st_uid == os.geteuid() and not folder.is_symlink():
                _sweep(folder)
        except FileNotFoundError:
            continue  # its owner, or another sweep, has just removed it
        except OSError as exc:
            log.warning("a folder that was left behind stays: %s", exc)


def _sweep(folder: Path) -> None:
    lock = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pass  # in use
    else:
        shutil.rmtree(folder)
    finally:
        os.close(lock)


def _locked(folder: Path) -> int:
    """A descriptor that holds the folder's lock, which gets its name only once it is held."""
    lock, name = tempfile.mkstemp(dir=folder)
    fcntl.flock(lock, fcntl.LOCK_EX)
    os.rename(name, folder / _LOCK)
    return lock


def _remove(folder: Path, lock: int, owner: int) -> None:
    if os.getpid() == owner:  # a fork that ends must not take its parent's folder along
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)
