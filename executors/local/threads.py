"""The threads of cells: how many there are, how they wait, and that none outlives its cell.

The next cell runs in a fork, and a fork carries only the thread that makes it. So a cell goes on
until its threads have ended, and those that need not end by themselves (daemons) are ended. A
thread cannot be ended from outside, but where it waits it can be woken to find that it is over:
what it waits with is a `threading.Condition`, of which nearly all of the library is made, or
`sleep`; and where it runs, the cell's operations are used up.
"""

from __future__ import annotations

import _thread
import errno
import signal
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from executors.local import seccomp, syscalls
from executors.local.guard.runtime import Stop

MOST = 64
"""Threads of a cell, besides its own."""
GRACE = 1.0
"""Seconds that threads still have once their cell has failed or given its answer."""
_PATIENCE = 2.0
"""Seconds until it is told which threads a cell waits for."""
_LOOK = 0.02


class Ended(Stop):
    """The thread has to end, because its cell has."""


class Pool(Protocol):
    """What has threads that wait for work."""

    def retire(self) -> None:
        """End those that have none."""
        ...


class Threads:
    """All threads of this process besides the one that runs the cells."""

    def __init__(self) -> None:
        self.main = threading.get_ident()
        self.closing = False
        """Whether the cell itself is over, so that threads without work are to end."""
        self._over = True
        """Whether no thread may run: between cells none may begin, whoever collects garbage."""
        self._any = False
        """Whether the cell has begun one: most never do, and are not asked what is left of them."""
        self._waiting: set[Waiter] = set()
        self._pools: dict[int, Pool] = {}
        self._on_start: Callable[[], None] = _nothing

    def settle_in(self, on_start: Callable[[], None], on_error: Callable[[Any], None]) -> None:
        """Have Python's own threads begin, wait and fail in the way of this module.

        Args:
            on_start: called before each thread begins.
            on_error: takes what `threading.excepthook` takes.
        """
        library: Any = threading
        self.main, self._on_start = threading.get_ident(), on_start
        threading.excepthook = on_error
        library._allocate_lock = Waiter
        for name in ("_start_new_thread", "_start_joinable_thread"):
            if hasattr(library, name):
                setattr(library, name, self._bounded(getattr(_thread, name[1:])))

    def _bounded(self, start: Callable[..., Any]) -> Callable[..., Any]:
        def started(function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
            if self._over:
                raise RuntimeError("can't start new thread: the cell is over")
            if threading.active_count() > MOST + 1:
                raise RuntimeError(f"can't start new thread: a cell may have {MOST}")
            self._any = True
            self._on_start()
            return start(_undisturbed(function), *arguments, **options)

        return started

    def begin(self) -> None:
        """A cell begins, which may have threads."""
        self._any = False
        self._over = self.closing = False

    def check(self) -> None:
        """Raise `Ended` in a thread that has to end."""
        if self._over and threading.get_ident() != self.main:
            raise Ended

    def add(self, pool: Pool) -> None:
        """The pool has threads, which are to be told when the cell is over."""
        self._pools[id(pool)] = pool

    def wait(self, lock: Waiter, timeout: float) -> bool:
        """Take a lock that is taken; whether it was given back in time.

        Raises:
            Ended: the cell is over.
        """
        self._waiting.add(lock)
        try:
            self.check()
            return lock.lock.acquire(timeout=timeout)
        finally:
            self._waiting.discard(lock)
            self.check()

    def join(self, until: Callable[[], bool], tell: Callable[[str], None]) -> None:
        """Wait for all threads but daemons, or until there is a reason not to.

        Args:
            until: whether there is one.
            tell: takes a sentence where it takes long.
        """
        self._close()
        started, told = time.monotonic(), False
        while not until() and (left := self._left(daemons=False)):
            left[0].join(_LOOK)
            if not told and time.monotonic() - started > _PATIENCE:
                told = True
                names = ", ".join(one.name for one in left[:5])
                tell(f"The cell goes on until its threads have ended: {names}\n")

    def end(self, exhaust: Callable[[], None]) -> None:
        """Have all threads end, after a moment, and return when none is left.

        Args:
            exhaust: makes every further operation of the code fail.
        """
        self._close()
        until = time.monotonic() + GRACE
        while time.monotonic() < until and (left := self._left(daemons=False)):
            left[0].join(_LOOK)
        self._over = True
        if self._left():
            exhaust()
        while left := self._left():
            for lock in list(self._waiting):
                lock.wake()
            left[0].join(_LOOK)
        self._pools.clear()

    def _close(self) -> None:
        self.closing = True
        for pool in list(self._pools.values()):
            pool.retire()

    def _left(self, *, daemons: bool = True) -> list[threading.Thread]:
        """The threads that Python has started and that have not ended."""
        if not self._any:
            return []
        return [
            one
            for one in threading.enumerate()
            if one.ident != self.main
            and not isinstance(one, threading._DummyThread)  # pyright: ignore[reportPrivateUsage]
            and (daemons or not one.daemon)
        ]


class Waiter:
    """A lock that a thread may wait for until its cell is over."""

    __slots__ = ("lock",)

    def __init__(self) -> None:
        self.lock = _thread.allocate_lock()

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """As that of any lock.

        Raises:
            Ended: the cell is over.
        """
        if self.lock.acquire(blocking=False):
            return True
        if not blocking:
            return False
        if threading.get_ident() == THREADS.main:
            return self.lock.acquire(timeout=timeout)
        return THREADS.wait(self, timeout)

    def release(self) -> None:
        """As that of any lock."""
        self.lock.release()

    def wake(self) -> None:
        """Release it if it is taken."""
        try:
            self.lock.release()
        except RuntimeError:  # somebody else has
            return


def alone() -> bool:
    """Whether this process has one thread, those of libraries counted; waits for a moment."""
    until = time.monotonic() + GRACE
    while not _is_alone():
        if time.monotonic() > until:
            return False
        time.sleep(0.001)
    return True


def _is_alone() -> bool:
    try:
        syscalls.call("unshare", seccomp.ALONE)
    except OSError as exc:
        return exc.errno != errno.EINVAL and threading.active_count() == 1
    return True


def _undisturbed(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which leaves the signal of the output's timer to the main thread."""

    def body(*arguments: Any) -> Any:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
        return function(*arguments)

    return body


def _nothing() -> None: ...


THREADS = Threads()
"""Those of this process."""
