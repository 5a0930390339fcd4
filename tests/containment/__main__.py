"""All attacks without pytest: `python -m tests.containment [family …]`, in any container.

Prints what got through a locked process, and which attacks prove nothing here because they did not
even get through an open one. The exit code is 1 where anything got through.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import platform
import sys
import tempfile
from pathlib import Path

from tests.containment.scene import Attack, expected, factories, gets_through

FAMILIES = ("files", "network", "processes", "environment", "kernel", "resources")


async def main() -> int:
    through: list[str] = []
    moot: list[str] = []
    count = 0
    async with factories() as (locked, unlocked):
        for name, attack in attacks():
            count += 1
            with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
                if await gets_through(attack, unlocked, Path(one)) != expected(attack):
                    moot.append(name)
                if await gets_through(attack, locked, Path(two)):
                    through.append(name)
    print(f"Python {platform.python_version()} as user {os.getuid()}")
    print(f"{count} attacks, {len(through)} got through: {', '.join(through) or 'none'}")
    print(f"{len(moot)} prove nothing here: {', '.join(moot) or 'none'}")
    return bool(through)


def attacks() -> list[tuple[str, Attack]]:
    """Those that this user could carry out if there were no wall."""
    return [
        (f"{family}: {name}", attack)
        for family in sys.argv[1:] or FAMILIES
        for name, attack in importlib.import_module(
            f"tests.containment.test_{family}"
        ).ATTACKS.items()
        if not attack.root or os.geteuid() == 0
    ]


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
