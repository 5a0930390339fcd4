"""The host's say in what a worker starts: one fork per cell, between cells, and so many threads.

When that fork goes on in place of the process that made it, it may fork in its turn. The host
cannot see that it has to, so a worker that code has got hold of gets two forks a cell, no more.

The worker's filter stops at every fork and every thread and asks here. The question comes from the
kernel, not from the worker, and what is judged (the kind of fork) has been checked by the filter in
registers that the worker cannot change afterwards.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import math
import os
import select
import struct
from collections.abc import Callable

from executors.local import seccomp

_RECEIVE, _SEND = 0xC0502100, 0xC0182101
_QUESTION = 80
"""Bytes of a question."""
_ASKED = struct.Struct("=QI20xI")
"""The question's number, the process (or its thread) that asks, and the flags of what it starts."""
_ANSWER = struct.Struct("=QqiI")
_GO_ON = 1
THREADS = 128
"""A process with so many threads starts no more. As each of them may be just about to start one
when it is counted, there can be twice as many."""


class ForkGate:
    """Answers the questions on a listener. A new worker may fork once.

    Args:
        listener: where the kernel asks.
        is_over: whether the running cell has just said that it is over. A worker forks as soon as
            it has sent that, so that the question may be seen first.
    """

    def __init__(self, listener: int, is_over: Callable[[], bool]) -> None:
        self._listener, self._is_over = listener, is_over
        self._granted, self._again = True, False
        self._last = 0
        """The process that has forked last. While it runs a cell, it may not do so again."""
        self._closed = False
        self._poll = select.poll()
        self._poll.register(listener, select.POLLIN)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(listener, self._asked)

    def grant(self) -> None:
        """Admit the next fork, at once where it is waiting already."""
        self._granted = True
        self._asked()

    def begin(self, *, unforked: bool, again: bool) -> None:
        """A cell begins. If it does not survive, another process may fork for the next one.

        Args:
            unforked: whether the worker need not have forked before it. Then it is too late now.
            again: whether that one more fork is admitted, where the last has been used up.
        """
        self._again = self._again or again
        self._asked()
        if unforked:
            self._granted = False

    def close(self) -> None:
        """Let go of the listener; forks are refused from now on. Idempotent."""
        if not self._closed:
            self._closed = True
            self._loop.remove_reader(self._listener)
            os.close(self._listener)

    def _asked(self) -> None:
        """Answer the question that waits, if there is one.

        The kernel announces it to the event loop. But a cell that follows at once keeps the loop
        busy while its worker waits for the answer, so whoever changes what is admitted looks too.
        """
        if self._closed:
            return
        # Receiving waits where nothing has been announced, so this looks first.
        found = dict(self._poll.poll(0)).get(self._listener, 0)
        if found and not found & select.POLLIN:
            self.close()  # no process of the worker is left
        if not found & select.POLLIN:
            return
        try:
            self._answer()
        except OSError as exc:
            if exc.errno != errno.ENOENT:  # which says that the question has been withdrawn
                raise

    def _answer(self) -> None:
        question = bytearray(_QUESTION)
        self._do(_RECEIVE, question)
        number, process, flags = _ASKED.unpack_from(question)
        if flags in seccomp.THREADS:
            verdict = (0, _GO_ON) if _threads(process) < THREADS else (-errno.EAGAIN, 0)
        else:
            verdict = (0, _GO_ON) if self._admits(process) else (-errno.EPERM, 0)
        self._do(_SEND, bytearray(_ANSWER.pack(number, 0, *verdict)))

    def _admits(self, process: int) -> bool:
        if self._granted or self._is_over():
            self._granted = False
        elif self._again and process != self._last:
            self._again = False
        else:
            return False
        self._last = process
        return True

    def _do(self, request: int, data: bytearray) -> None:
        while True:
            try:
                fcntl.ioctl(self._listener, request, data)
            except InterruptedError:
                continue  # by a signal of the app: nothing has happened yet
            return


def _threads(process: int) -> float:
    """How many threads there are in a process; without end where it cannot be seen."""
    try:
        return os.stat(f"/proc/{process}/task").st_nlink - 2
    except (FileNotFoundError, PermissionError):
        return math.inf
