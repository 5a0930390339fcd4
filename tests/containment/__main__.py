"""All attacks without pytest: `python -m tests.containment [family …]`, in any container.

Prints what got through a locked process, or through the guard, and which attacks prove nothing here
because they did not even get through an open one. The exit code is 1 where anything got through.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path

from executors.local.executor import LocalExecutorFactory
from tests.containment.guard.trial import Duel, Escape, attempt, duel, verdict
from tests.containment.scene import Attack, expected, factories, gets_through

FAMILIES = ("files", "network", "processes", "environment", "kernel", "resources")
"""Attacks on the kernel's wall, the guard being off."""
GUARDED = (
    *("asynchronous", "attributes", "builtins", "classes", "descriptors", "exceptions", "formats"),
    *("frames", "getters", "loaders", "monkeypatching", "patterns", "private", "syntax", "texts"),
)
"""Attacks on the guard, the kernel's wall being open."""

Trial = Callable[[], Coroutine[None, None, tuple[bool, bool]]]
"""Attacks; whether it got through the wall, and through an open process."""


async def main() -> int:
    through: list[str] = []
    moot: list[str] = []
    count = 0
    async with factories() as walls, duel() as guards:
        for name, trial in trials(walls, guards):
            count += 1
            got_through, is_real = await trial()
            if got_through:
                through.append(name)
            if not is_real:
                moot.append(name)
    print(f"Python {platform.python_version()} as user {os.getuid()}")
    print(f"{count} attacks, {len(through)} got through: {', '.join(through) or 'none'}")
    print(f"{len(moot)} prove nothing here: {', '.join(moot) or 'none'}")
    return bool(through)


def trials(walls: Duel, guards: Duel) -> list[tuple[str, Trial]]:
    """The attacks of the families that were asked for, as far as this user and Python go."""
    asked = sys.argv[1:] or (*FAMILIES, *(f"guard.{family}" for family in GUARDED))
    found: list[tuple[str, Trial]] = []
    for family in asked:
        where, _, name = family.rpartition(".")
        module = ".".join(filter(None, ("tests.containment", where, f"test_{name}")))
        for title, attack in importlib.import_module(module).ATTACKS.items():
            if isinstance(attack, Escape):
                if attack.possible:
                    found.append((f"{family}: {title}", _escape(attack, *guards)))
            elif not attack.root or os.geteuid() == 0:
                found.append((f"{family}: {title}", _attack(attack, *walls)))
    return found


def _attack(attack: Attack, locked: LocalExecutorFactory, unlocked: LocalExecutorFactory) -> Trial:
    async def trial() -> tuple[bool, bool]:
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
            control = await gets_through(attack, unlocked, Path(one))
            return bool(await gets_through(attack, locked, Path(two))), control == expected(attack)

    return trial


def _escape(
    attack: Escape, guarded: LocalExecutorFactory, unguarded: LocalExecutorFactory
) -> Trial:
    async def trial() -> tuple[bool, bool]:
        control = await attempt(attack, unguarded)
        return bool(verdict(attack, await attempt(attack, guarded))), control.value == "True"

    return trial


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
