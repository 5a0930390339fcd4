"""The time of a cell, without the time that host tools take."""

from __future__ import annotations

import time


class Meter:
    """Counts down the seconds of a cell. It stands still while at least one tool is working."""

    def __init__(self, seconds: float) -> None:
        self._left = seconds
        self._since = time.monotonic()
        self._tools = 0

    @property
    def left(self) -> float:
        """Seconds that the code may still use."""
        running = 0.0 if self.stands else time.monotonic() - self._since
        return self._left - running

    @property
    def stands(self) -> bool:
        """Whether a tool is working."""
        return self._tools > 0

    def pause(self) -> None:
        """A tool begins."""
        self._left, self._since = self.left, time.monotonic()
        self._tools += 1

    def resume(self) -> None:
        """A tool has ended."""
        self._left, self._since = self.left, time.monotonic()
        self._tools -= 1

    def shorten(self, seconds: float) -> None:
        """Leave no more than `seconds`, because all that matters has happened."""
        self._left, self._since = min(self.left, seconds), time.monotonic()
