"""Printed text on its way out: the head live, the tail at the end, the flood between counted."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from executors.base import Output


class Printer:
    """Passes the first half of `limit` characters on as they come, the last half at the end."""

    def __init__(self, limit: int, emit: Callable[[Output], None]) -> None:
        self._room, self._emit = limit - limit // 2, emit
        self._tail_limit = limit // 2
        self._tail: deque[Output] = deque()
        self._tail_chars = 0
        self._cut = 0

    def write(self, output: Output) -> None:
        """Take the next piece."""
        head, rest = output.text[: self._room], output.text[self._room :]
        if head:
            self._room -= len(head)
            self._emit(Output(stream=output.stream, text=head))
        if rest:
            self._tail.append(Output(stream=output.stream, text=rest))
            self._tail_chars += len(rest)
            self._trim()

    def close(self) -> None:
        """Emit what was kept, and how much was cut before it."""
        if self._cut:
            self._emit(Output(stream="stdout", text=f"\n… {self._cut:,} characters cut …\n"))
        for output in self._tail:
            self._emit(output)
        self._tail.clear()

    def _trim(self) -> None:
        """Cut the oldest characters of the tail that are over its limit."""
        while (excess := self._tail_chars - self._tail_limit) > 0:
            oldest = self._tail.popleft()
            kept = oldest.text[excess:]
            self._cut += len(oldest.text) - len(kept)
            self._tail_chars -= len(oldest.text) - len(kept)
            if kept:
                self._tail.appendleft(Output(stream=oldest.stream, text=kept))
