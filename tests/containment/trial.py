"""The one test that every family of attacks is put to."""

from __future__ import annotations

from pathlib import Path

from executors.local.executor import LocalExecutorFactory
from tests.containment.scene import Attack, expected, gets_through


async def test_the_wall_holds(
    attack: Attack, both: tuple[LocalExecutorFactory, LocalExecutorFactory], tmp_path: Path
) -> None:
    """It gets through an open process, so it is a real attack; and not through a locked one."""
    locked, unlocked = both
    control, trial = tmp_path / "control", tmp_path / "trial"
    control.mkdir()
    trial.mkdir()
    assert await gets_through(attack, unlocked, control) == expected(attack)
    assert await gets_through(attack, locked, trial) == ""
