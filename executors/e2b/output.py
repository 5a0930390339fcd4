"""Printed text on its way out: the head live, the tail at the end, the flood between counted."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from executors.base import Output

TAIL_CHARS = 2_000


class Printer:
    """Passes printed text on until `limit` characters, then keeps only the last of it."""

    def __init__(self, limit: int, emit: Callable[[Output], None]) -> None:
        self._room, self._emit = limit, emit
        self._tail: deque[Output] = deque()
        self._tail_chars = 0
        self._dropped = 0

    def write(self, output: Output) -> None:
        """Take the next piece."""
        head, rest = output.text[: self._room], output.text[self._room :]
        if head:
            self._room -= len(head)
            self._emit(Output(stream=output.stream, text=head))
        if rest:
            self._keep(Output(stream=output.stream, text=rest[-TAIL_CHARS:]))
            self._dropped += len(rest[:-TAIL_CHARS])

    def close(self) -> None:
        """Emit what was kept, and how much was cut before it."""
        if self._dropped:
            self._emit(Output(stream="stdout", text=f"\n… {self._dropped} characters cut …\n"))
        for output in self._tail:
            self._emit(output)
        self._tail.clear()

    def _keep(self, output: Output) -> None:
        self._tail.append(output)
        self._tail_chars += len(output.text)
        while self._tail_chars - len(self._tail[0].text) >= TAIL_CHARS:
            oldest = self._tail.popleft()
            self._tail_chars -= len(oldest.text)
            self._dropped += len(oldest.text)
