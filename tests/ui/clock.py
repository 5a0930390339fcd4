"""The clock by which the page's server tells who has gone, and who was quiet for long."""

from __future__ import annotations

import pytest


class Clock:
    """Stands still unless a test moves it: how long the test itself takes does not count."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of all modules that look at one."""
    made = Clock()
    for module in ("sessions", "handlers", "visitor"):
        monkeypatch.setattr(f"ui.{module}.time", made)
    return made
