"""The host's say in each fork of a worker: one per cell, the cell's own, and no other.

The worker's filter stops at every fork and asks here. The question comes from the kernel, not from
the worker, and what is judged (the kind of fork) has been checked by the filter in registers that
the worker cannot change afterwards.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import select
import struct

_RECEIVE, _SEND = 0xC0502100, 0xC0182101
_QUESTION = 80
"""Bytes of a question; it starts with its number."""
_NUMBER = struct.Struct("=Q")
_ANSWER = struct.Struct("=QqiI")
_GO_ON = 1


class ForkGate:
    """Answers the questions on a listener. `open` admits the next fork."""

    def __init__(self, listener: int) -> None:
        self._listener = listener
        self._open = self._closed = False
        self._poll = select.poll()
        self._poll.register(listener, select.POLLIN)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(listener, self._asked)

    def open(self) -> None:
        """Admit one fork."""
        self._open = True

    def shut(self) -> None:
        """Admit none."""
        self._open = False

    def close(self) -> None:
        """Let go of the listener; forks are refused from now on. Idempotent."""
        if not self._closed:
            self._closed = True
            self._loop.remove_reader(self._listener)
            os.close(self._listener)

    def _asked(self) -> None:
        # Receiving waits where nothing has been announced, so this looks first.
        if not any(event & select.POLLIN for _, event in self._poll.poll(0)):
            self.close()  # no process of the worker is left
            return
        try:
            self._answer()
        except OSError as exc:
            if exc.errno != errno.ENOENT:  # which says that the question has been withdrawn
                raise

    def _answer(self) -> None:
        question = bytearray(_QUESTION)
        self._do(_RECEIVE, question)
        verdict = (0, _GO_ON) if self._open else (-errno.EPERM, 0)
        (number,) = _NUMBER.unpack_from(question)
        self._do(_SEND, bytearray(_ANSWER.pack(number, 0, *verdict)))
        self._open = False

    def _do(self, request: int, data: bytearray) -> None:
        while True:
            try:
                fcntl.ioctl(self._listener, request, data)
            except InterruptedError:
                continue  # by a signal of the app: nothing has happened yet
            return
