"""What a cell prints, sent in batches while it runs, and cut in the middle when it floods."""

from __future__ import annotations

import io
import signal
import time
from collections import deque
from collections.abc import Callable
from itertools import groupby
from typing import Any

BATCH_CHARS = 8 << 10
BATCH_SECONDS = 0.03
_BURST = 50
"""So many lines may be sent at once, each in its own frame, before batches are made."""

Send = Callable[[str, str], None]
"""Takes the stream's name and a text."""


class OutputPump:
    """Passes on the first half of what may be printed as it comes, the last half at the end.

    A timer signal sends what waits while the code sleeps; there is no thread to do it, because
    a process with threads cannot be forked safely.
    """

    def __init__(self, send: Send, limit: int) -> None:
        self._send = send
        self._stream = "stdout"
        self._parts: list[str] = []
        self._size = 0
        self._head = limit - limit // 2
        self._tail_limit = limit // 2
        self._tail: deque[tuple[str, str]] = deque()
        self._tail_size = self._cut = 0
        self._credit, self._sent_at = _BURST, 0.0
        self._busy = False
        signal.signal(signal.SIGALRM, self._on_timer)

    def write(self, stream: str, text: str) -> None:
        """Take what the code printed."""
        self._busy = True
        if stream != self._stream:
            self.flush()
            self._stream = stream
        if len(text) > self._head:
            text = self._keep(stream, text)
        if text:
            self._head -= len(text)
            self._size += len(text)
            self._parts.append(text)
            if self._size >= BATCH_CHARS or ("\n" in text and self._may_send_at_once()):
                self.flush()
            elif len(self._parts) == 1:
                signal.setitimer(signal.ITIMER_REAL, BATCH_SECONDS)
        self._busy = False

    def flush(self) -> None:
        """Send what waits."""
        if self._parts:
            before, self._busy = self._busy, True
            text, self._parts, self._size = "".join(self._parts), [], 0
            self._send(self._stream, text)
            self._busy = before

    def close(self) -> None:
        """Send all that is left, with a line that says how much was cut."""
        self._busy = True
        signal.setitimer(signal.ITIMER_REAL, 0)
        self.flush()
        if self._cut:
            self._send(self._stream, f"\n… {self._cut:,} characters cut …\n")
        for stream, pieces in groupby(self._tail, key=lambda piece: piece[0]):
            self._send(stream, "".join(text for _, text in pieces))
        self._tail.clear()

    def _may_send_at_once(self) -> bool:
        now = time.monotonic()
        if now - self._sent_at > BATCH_SECONDS:
            self._sent_at, self._credit = now, _BURST
        self._credit -= 1
        return self._credit >= 0

    def _keep(self, stream: str, text: str) -> str:
        """Put what is over the first half aside and return what is still part of it."""
        head, rest = text[: self._head], text[self._head :]
        if len(rest) > self._tail_limit:
            self._cut += len(rest) - self._tail_limit
            rest = rest[len(rest) - self._tail_limit :]
        self._tail.append((stream, rest))
        self._tail_size += len(rest)
        while self._tail_size > self._tail_limit:
            self._drop(self._tail_size - self._tail_limit)
        return head

    def _drop(self, excess: int) -> None:
        """Cut up to `excess` characters from the oldest piece of the last half."""
        stream, text = self._tail.popleft()
        if len(text) > excess:
            self._tail.appendleft((stream, text[excess:]))
        dropped = min(len(text), excess)
        self._tail_size -= dropped
        self._cut += dropped

    def _on_timer(self, _signal: int, _frame: Any) -> None:
        if self._busy:  # the signal came in the middle of a write
            signal.setitimer(signal.ITIMER_REAL, BATCH_SECONDS)
        else:
            self.flush()


class Printed(io.TextIOBase):
    """A text stream of the code: `sys.stdout` or `sys.stderr`."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, name: str) -> None:
        self.name = f"<{name}>"
        self._name = name
        self.pump: OutputPump | None = None

    def writable(self) -> bool:
        return True

    def write(self, text: str, /) -> int:
        """Pass the text on. Between cells there is nobody to read it."""
        if type(text) is not str:
            text = str.__str__(text)
        if self.pump is not None:
            self.pump.write(self._name, text)
        return len(text)

    def flush(self) -> None:
        """Nothing waits for longer than a blink."""
