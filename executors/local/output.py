"""What a cell prints, sent in batches while it runs, and cut in the middle when it floods."""

from __future__ import annotations

import io
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable
from itertools import groupby
from types import FrameType
from typing import Any

from executors.local import signals

BATCH_CHARS = 8 << 10
TICK_SECONDS = 0.03
_LINES_PER_TICK = 50
"""So many lines are sent at once, each in its own frame; what comes faster waits for the tick."""

Send = Callable[[str, str], None]
"""Takes the stream's name and a text."""
Look = Callable[[FrameType | None], None]
"""Takes the frame that runs."""


class OutputPump:
    """Passes on the first half of what may be printed as it comes, the last half at the end."""

    def __init__(self, send: Send, limit: int) -> None:
        self._send = send
        self._stream = "stdout"
        self._parts: list[str] = []
        self._size = self._lines = 0
        self._head = limit - limit // 2
        self._tail_limit = limit // 2
        self._tail: deque[tuple[str, str]] = deque()
        self._tail_size = self._cut = 0
        self._lock = threading.RLock()  # the end of an object may print while another thing is sent
        self.busy = False
        """Whether a write is going on, which a signal must not disturb."""

    def write(self, stream: str, text: str) -> None:
        """Take what the code printed."""
        with self._lock:
            before, self.busy = self.busy, True
            self._write(stream, text)
            self.busy = before

    def _write(self, stream: str, text: str) -> None:
        if stream != self._stream:
            self.flush()
            self._stream = stream
        if len(text) > self._head:
            text = self._keep(stream, text)
        if text:
            self._head -= len(text)
            self._size += len(text)
            self._parts.append(text)
            self._lines += 1
            if self._size >= BATCH_CHARS or self._lines <= _LINES_PER_TICK:
                self.flush()

    def flush(self) -> None:
        """Send what waits."""
        with self._lock:
            if self._parts:
                before, self.busy = self.busy, True
                text, self._parts, self._size = "".join(self._parts), [], 0
                self._send(self._stream, text)
                self.busy = before

    def tick(self) -> bool:
        """Send what waits; whether lines come faster than they should be sent."""
        self.flush()
        flooded, self._lines = self._lines > _LINES_PER_TICK or bool(self._tail), 0
        return flooded

    def close(self) -> None:
        """Send all that is left, with a line that says how much was cut."""
        self.flush()
        if self._cut:
            self._send(self._stream, f"\n… {self._cut:,} characters cut …\n")
        for stream, pieces in groupby(self._tail, key=lambda piece: piece[0]):
            self._send(stream, "".join(text for _, text in pieces))
        self._tail.clear()

    def _keep(self, stream: str, text: str) -> str:
        """Put what is over the first half aside and return what is still part of it."""
        head, rest = text[: self._head], text[self._head :]
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


class _Sink(io.RawIOBase):
    """Where a text stream of the code ends; between cells nobody reads it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._pump: OutputPump | None = None

    def writable(self) -> bool:
        return True

    def close(self) -> None:
        """Stay open: the code may close its streams, and the next cell prints again."""

    def lead_to(self, pump: OutputPump | None) -> None:
        """Where to send what is written from now on. The code can reach this, and not the pump."""
        self._pump = pump

    def write(self, data: Any, /) -> int:
        if self._pump is not None:
            self._pump.write(self._name, bytes(data).decode("utf-8"))
        return len(data)


class Streams:
    """The code's `stdout` and `stderr`: Python's own text streams, which buffer in C.

    They send each line at once until lines come too fast; then whole blocks. A timer signal sends
    what waits while the code sleeps: there is no thread to do it, because a process with threads
    cannot be forked safely.
    """

    def __init__(self) -> None:
        self._sinks = _Sink("stdout"), _Sink("stderr")
        self.stdout, self.stderr = map(_text, self._sinks)
        self._shared = False
        """Whether several threads may print."""

    def open(self, pump: OutputPump, look: Look) -> None:
        """Send to `pump` from now on, and let `look` see where the code is from time to time."""
        self._renew()
        self._share(False)
        self._lead_to(pump)
        signals.handle(signal.SIGALRM, lambda _signal, frame: self._tick(pump, look, frame))
        signal.setitimer(signal.ITIMER_REAL, TICK_SECONDS, TICK_SECONDS)

    def close(self, pump: OutputPump) -> None:
        """Send all that is left and stop."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        self.flush()
        pump.close()
        self._lead_to(None)

    def share(self) -> None:
        """Have each piece of text go on at once: of what waits here, threads could be overtaken."""
        if not self._shared:
            self._share(True)

    def _share(self, shared: bool) -> None:
        self._shared = shared
        for stream in (self.stdout, self.stderr):
            if not _is_detached(stream) and stream.write_through != shared:
                stream.reconfigure(write_through=shared)

    def flush(self) -> None:
        """Send what waits."""
        for stream in (self.stdout, self.stderr):
            if not _is_detached(stream):
                stream.flush()

    def _renew(self) -> None:
        """Take new streams for those that the code has detached."""
        for name, sink in zip(("stdout", "stderr"), self._sinks, strict=True):
            if _is_detached(old := getattr(self, name)):
                setattr(self, name, fresh := _text(sink))
                if getattr(sys, name) is old:
                    setattr(sys, name, fresh)

    def _lead_to(self, pump: OutputPump | None) -> None:
        for sink in self._sinks:
            sink.lead_to(pump)

    def _tick(self, pump: OutputPump, look: Look, frame: FrameType | None) -> None:
        if pump.busy:  # the signal came in the middle of a write; the next will do
            return
        self.flush()
        by_line = not pump.tick()
        for stream in (self.stdout, self.stderr):
            if not _is_detached(stream) and stream.line_buffering != by_line:
                stream.reconfigure(line_buffering=by_line)
        look(frame)


def print_whole(
    *values: Any,
    sep: str | None = None,
    end: str | None = None,
    file: Any = None,
    flush: bool = False,
) -> None:
    """`print` in one piece, which no other thread can write into."""
    whole = io.StringIO()
    print(*values, sep=sep, end=end, file=whole)
    target = sys.stdout if file is None else file
    if target is not None:
        target.write(whole.getvalue())
        if flush:
            target.flush()


def _text(sink: _Sink) -> io.TextIOWrapper:
    """A raw stream will do below it, and has no lock that a signal could find taken."""
    return io.TextIOWrapper(sink, "utf-8", "replace", newline="\n", line_buffering=True)  # type: ignore[arg-type]


def _is_detached(stream: io.TextIOWrapper) -> bool:
    try:
        return stream.closed
    except ValueError:
        return True
