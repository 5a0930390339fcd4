"""What cells did that would do the same again: repeating them is a way to the state after them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import NamedTuple, Self

from executors import wire
from executors.errors import ProtocolError
from executors.local import told
from executors.local.channel import Channel

_MOST_CHARACTERS = 8 << 20
_MOST_CELLS = 256
"""More than an honest worker leaves without a checkpoint; see `worker.py`."""
_VARIABLE_CHARS = 64
"""What the note of a variable counts for."""
_VALUE_CHARS = 10_000
"""So much of a value is compared."""
_ADDRESS = re.compile("0x[0-9a-f]+")


class Effect(NamedTuple):
    """What came of a cell, but for addresses in memory, which mean nothing."""

    outcome: int
    """The hash of its value and error."""
    changed: Mapping[str, int]
    """The hashes of what was told of variables. Of which may depend on the time there was."""
    gone: tuple[str, ...]

    @classmethod
    def of(cls, done: wire.Done) -> Self:
        """What the last frame of the cell says.

        Raises:
            ProtocolError: it says what it may not say; `MalformedFrame` as well.
        """
        error = told.code_error(done.error) if done.error else None
        found = told.variables(done)
        return cls(
            _bare((done.value[:_VALUE_CHARS], done.is_answer, error)),
            {variable.name: _bare(variable) for variable in found.changed},
            found.gone,
        )

    def is_like(self, other: Effect) -> bool:
        """Whether the two say the same of what both tell."""
        common = self.changed.keys() & other.changed.keys()
        same = all(self.changed[name] == other.changed[name] for name in common)
        return same and self.outcome == other.outcome and self.gone == other.gone


class Entry(NamedTuple):
    """A cell, and what came of it."""

    code: str
    effect: Effect

    @property
    def size(self) -> int:
        """Characters, more or less."""
        return len(self.code) + _VARIABLE_CHARS * (1 + len(self.effect.changed))


class Journal:
    """The latest cells that can be repeated, by how many cells there were before each."""

    def __init__(self) -> None:
        self._entries: dict[int, Entry] = {}
        self._characters = 0

    def add(self, cells: int, code: str, done: wire.Done) -> None:
        """A cell has been added to the state of so many.

        Raises:
            ProtocolError: see `Effect.of`.
        """
        entry = Entry(code, Effect.of(done))
        self._entries[cells] = entry
        self._characters += entry.size
        while len(self._entries) > _MOST_CELLS or self._characters > _MOST_CHARACTERS:
            self._characters -= self._entries.pop(next(iter(self._entries))).size

    def reach(self, cells: int) -> int:
        """The least number of cells from which it leads to so many."""
        while cells - 1 in self._entries:
            cells -= 1
        return cells

    def cut(self, start: int, end: int) -> list[Entry]:
        """Forget what begins with `start` cells or more. Of that, all that leads on to `end`.

        Nothing where a part of it is not here.
        """
        whole = self.reach(end) <= start
        cut = {cells: self._entries.pop(cells) for cells in list(self._entries) if cells >= start}
        self._characters -= sum(entry.size for entry in cut.values())
        return [cut[cells] for cells in range(start, end)] if whole else []


async def last_frame(channel: Channel, changed: asyncio.Event, seconds: float) -> wire.Done | None:
    """The last frame of a cell that is repeated; None if it does not end by itself in that time.

    Args:
        channel: where its frames come from.
        changed: is set whenever there may be one.
        seconds: that it gets.

    Raises:
        ProtocolError: it does what no cell does that can be repeated.
    """
    try:
        async with asyncio.timeout(seconds):
            while True:
                changed.clear()
                match channel.take():
                    case wire.Done() as frame:
                        return frame
                    case wire.Wrote() | wire.Reached():
                        pass
                    case None if channel.closed:
                        return None
                    case None:
                        await changed.wait()
                    case frame:
                        raise ProtocolError(f"it sent {frame.type!r}")
    except TimeoutError:
        return None


def _bare(said: object) -> int:
    return hash(_ADDRESS.sub("0x", repr(said)))
