"""The states that a worker can go back to: processes that wait, each for notes on a pipe."""

from __future__ import annotations

import os
import resource
from collections import deque
from typing import NamedTuple

MOST = 8
"""How many states before the last one are kept, if they do not hold too much memory."""
_CROWD = 16
"""So many may be there while cells follow at once: it takes a process 1 ms to end."""

DROP, RESUME, TAKE_OVER, NOTHING = b"D", b"R", b"T", b""
"""What a note says: end here, or go back to here, or go on from here. Nothing is what a process
reads when all that could write to it have ended."""
_SIZE = 9
"""Bytes of a note: what it says, and the number of the run. Atomic."""


class Note(NamedTuple):
    """What happened, and in which run."""

    what: bytes
    run: int


def read(pipe: int) -> Note:
    """The next note; waits for it."""
    note = os.read(pipe, _SIZE)
    return Note(note[:1], int.from_bytes(note[1:], "big"))


def write(pipe: int, what: bytes, run: int) -> bool:
    """Write a note; whether anybody is there to read it: a process may have been killed."""
    try:
        os.write(pipe, what + run.to_bytes(_SIZE - 1, "big"))
    except BrokenPipeError:
        return False
    return True


class _Checkpoint(NamedTuple):
    cells: int
    pipe: int
    holds: int = 0
    """Bytes that it holds and the state after it does not, at most; but see `written_since`."""


class Checkpoints:
    """A stack of them, which drops the oldest where it gets too large.

    Args:
        memory_bytes: how much they may hold together.
    """

    def __init__(self, memory_bytes: int) -> None:
        self._memory_bytes = memory_bytes
        self._stack: deque[_Checkpoint] = deque()

    def push(self, cells: int, pipe: int) -> None:
        """Add the state that holds so many cells."""
        self._stack.append(_Checkpoint(cells, pipe))
        self._drop_down_to(_CROWD)

    @property
    def crowded(self) -> bool:
        """Whether there are more than have to be kept."""
        return len(self._stack) > MOST + 1

    def tidy(self) -> None:
        """Drop those that need not be kept."""
        self._drop_down_to(MOST)

    def tell_last(self, what: bytes, run: int) -> None:
        """Write a note to the last one. If it is no more, this one cell has none to go back to."""
        write(self._stack[-1].pipe, what, run)

    def weigh_last(self, holds: int) -> None:
        """Say how much more memory the last one holds alone."""
        last = self._stack[-1]
        self._stack[-1] = last._replace(holds=last.holds + holds)

    def resume(self, least: int, most: int, run: int) -> bool:
        """Have the last one that holds so many cells go on, and drop those after it.

        False where none is there.
        """
        fit = [one for one in self._stack if least <= one.cells <= most]
        target = next((one for one in reversed(fit) if write(one.pipe, RESUME, run)), None)
        if target is None:
            return False
        for checkpoint in self._stack:
            if checkpoint.cells > target.cells:
                self._drop(checkpoint)
        return True

    def _drop_down_to(self, most: int) -> None:
        """Drop the oldest of too many. The last one is the present state, and always stays."""
        held = sum(checkpoint.holds for checkpoint in self._stack)
        while len(self._stack) > 1 and (len(self._stack) > most + 1 or held > self._memory_bytes):
            oldest = self._stack.popleft()
            held -= oldest.holds
            self._drop(oldest)

    def _drop(self, checkpoint: _Checkpoint) -> None:
        write(checkpoint.pipe, DROP, 0)
        os.close(checkpoint.pipe)


def written_since(before: resource.struct_rusage) -> int:
    """Bytes of memory that this process has written to first, or taken, since then.

    What it took in huge pages counts only as far as it has grown.
    """
    now = resource.getrusage(resource.RUSAGE_SELF)
    faults, grown = now.ru_minflt - before.ru_minflt, now.ru_maxrss - before.ru_maxrss
    return max(faults * resource.getpagesize(), grown << 10)
