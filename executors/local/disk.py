"""How much of the disk a conversation takes up, and the end of cells that take too much."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

_INTERVAL_SECONDS = 0.25
_LEAST = 4 << 10
"""Bytes that any entry counts for, so that many empty files are many."""


def usage(folder: Path, enough: int) -> int:
    """Bytes of the disk that everything below `folder` takes up; counting ends at `enough`."""
    found = 0
    waiting = [os.fspath(folder)]
    while waiting and found < enough:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    status = entry.stat(follow_symlinks=False)
                    found += max(status.st_blocks * 512, _LEAST)
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    if found >= enough:
                        break
        except OSError:
            continue  # the code inside has just removed it
    return found


class DiskWatch:
    """Looks while a cell runs. What was there when a cell had to be ended does not end the next."""

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder, self._limit = folder, limit

    async def watch(self, full: Callable[[], None]) -> NoReturn:
        """Call `full` whenever the folder takes up too much, until cancelled."""
        while True:
            await asyncio.sleep(_INTERVAL_SECONDS)
            if await asyncio.to_thread(usage, self._folder, self._limit) >= self._limit:
                full()

    async def settle(self) -> None:
        """Accept what is there now, after a cell was ended; more may not come."""
        there = await asyncio.to_thread(usage, self._folder, 1 << 62)
        self._limit = max(self._limit, there + _LEAST)
