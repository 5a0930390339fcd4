"""What cells did that would do the same again: repeating them is a way to the state after them."""

from __future__ import annotations

import re
from typing import NamedTuple

from executors import wire

_MOST_CHARACTERS = 1 << 20
_MOST_CELLS = 256
_ADDRESS = re.compile("0x[0-9a-f]+")


class Entry(NamedTuple):
    """A cell, and what came of it but for addresses in memory, which mean nothing."""

    code: str
    told: str

    def is_same(self, done: wire.Done) -> bool:
        """Whether the same came of it again."""
        return self.told == _told(done)


class Journal:
    """The latest cells that can be repeated, by how many cells there were before each."""

    def __init__(self) -> None:
        self._entries: dict[int, Entry] = {}
        self._characters = 0

    def add(self, cells: int, code: str, done: wire.Done) -> None:
        """A cell has been added to the state of so many."""
        entry = Entry(code, _told(done))
        self._entries[cells] = entry
        self._characters += _size(entry)
        while len(self._entries) > _MOST_CELLS or self._characters > _MOST_CHARACTERS:
            self._characters -= _size(self._entries.pop(next(iter(self._entries))))

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
        self._characters -= sum(map(_size, cut.values()))
        return [cut[cells] for cells in range(start, end)] if whole else []


def _told(done: wire.Done) -> str:
    return _ADDRESS.sub("0x", repr((done.value, done.error, done.changed, done.gone)))


def _size(entry: Entry) -> int:
    return len(entry.code) + len(entry.told)
