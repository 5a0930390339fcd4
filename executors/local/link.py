"""The cell's own end of its socket to the host, which all threads of the cell share."""

from __future__ import annotations

import select
import signal
import socket
import threading
from typing import Any

from executors import wire
from executors.base import Limits
from executors.local import signals
from executors.local.threads import THREADS

_LOOK = 0.05


class Link:
    """Sends frames whole, and gives each call of a tool its own result.

    There is no thread that only reads: of those that wait for results, one reads for all, and when
    it has its own, another one goes on.
    """

    def __init__(self, sock: socket.socket, limits: Limits) -> None:
        self._sock, self._limits = sock, limits
        self._quiet = False
        """Whether the main thread is sending, and the timer's signal waits."""
        self._sending = threading.RLock()  # the end of an object may print while a frame is sent
        self._changed = threading.Condition()
        self._last = 0
        self._callers: set[int] = set()
        """The threads that are in a call."""
        self._open: set[int] = set()
        """The calls that the host has not answered yet."""
        self._results: dict[int, wire.ToolResult] = {}
        self._reading = False

    def send(self, frame: wire.Frame) -> None:
        """Send a frame."""
        self._send(wire.pack(frame))

    def wrote(self, stream: str, text: str) -> None:
        """Send printed text."""
        self.send(wire.Wrote(stream=stream, text=text))

    def showed(self, mime: str, data: str, alt: str) -> None:
        """Send a picture or table, or its text where it is too large."""
        if len(data) > self._limits.call_bytes:
            self.wrote("stderr", f"[{alt[:200]} is too large to be shown]\n")
        else:
            self.send(wire.Showed(mime=mime, data=data, alt=alt))

    def call(self, name: str, arguments: dict[str, Any]) -> wire.ToolResult:
        """Have the host run a tool, and wait for what it gives.

        Args:
            name: the tool's.
            arguments: typed JSON by parameter name.

        Raises:
            ValueError: the arguments are too large.
            RuntimeError: this thread is in a call already.
            Ended: the cell is over.
        """
        thread = threading.get_ident()
        THREADS.check()
        if thread in self._callers:
            raise RuntimeError("one tool call at a time")
        self._callers.add(thread)
        try:
            identity = self._begin()
            self._ask(identity, name, arguments)
            return self._result(identity)
        finally:
            self._callers.discard(thread)

    def close(self) -> None:
        """Let the host see that no more comes."""
        self._sock.close()

    def _send(self, packed: bytes) -> None:
        """Neither another thread nor the timer that flushes output may come in between.

        The timer's signal waits for longer than the lock is held: what it flushes may have to wait
        for a thread that prints, and that thread for this lock. It comes in the main thread only.
        """
        outermost = threading.get_ident() == THREADS.main and not self._quiet
        if outermost:
            signals.block(signal.SIGALRM)
            self._quiet = True
        try:
            with self._sending:
                self._sock.sendall(packed)
        finally:
            if outermost:
                self._quiet = False
                signals.unblock(signal.SIGALRM)

    def _begin(self) -> int:
        """A number for a call, as soon as there is room for one more."""
        with self._changed:
            while len(self._open) >= wire.MAX_CALLS:
                self._wait()
            self._last += 1
            self._open.add(self._last)
            return self._last

    def _ask(self, identity: int, name: str, arguments: dict[str, Any]) -> None:
        asked = False
        try:
            packed = wire.pack(wire.ToolCall(id=identity, name=name, arguments=arguments))
            if len(packed) > self._limits.call_bytes:
                raise ValueError(f"the arguments of {name}() are too large: {len(packed):,} bytes")
            self._send(packed)
            asked = True
        finally:
            if not asked:
                with self._changed:
                    self._open.discard(identity)
                    self._changed.notify_all()

    def _result(self, identity: int) -> wire.ToolResult:
        with self._changed:
            while identity not in self._results:
                self._wait()
            return self._results.pop(identity)

    def _wait(self) -> None:
        """Wait for a result, whosever it is."""
        if self._reading:
            self._changed.wait()
        else:
            self._read()

    def _read(self) -> None:
        """Take in the next result."""
        self._reading = True
        self._changed.release()
        try:
            if threading.get_ident() != THREADS.main:
                self._until_it_comes()
            frame, _ = wire.receive(self._sock, 2 * self._limits.call_bytes)
        finally:
            self._changed.acquire()
            self._reading = False
            self._changed.notify_all()
        if not isinstance(frame, wire.ToolResult):
            raise wire.MalformedFrame("the host answered a tool call with something else")
        self._open.discard(frame.id)
        self._results[frame.id] = frame

    def _until_it_comes(self) -> None:
        """Wait until there is something to read, or the cell is over."""
        while not select.select([self._sock], [], [], _LOOK)[0]:
            THREADS.check()
