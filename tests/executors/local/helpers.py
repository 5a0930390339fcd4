"""Real workers for the tests of this folder, and what the kernel says about them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from executors.base import ExecutorSpec, Limits
from executors.local.executor import LocalExecutor, LocalExecutorFactory
from tests.host_tools import Tools


@asynccontextmanager
async def local(
    *imports: str, preload: tuple[str, ...] = (), **limits: Any
) -> AsyncGenerator[tuple[LocalExecutor, LocalExecutorFactory], None]:
    factory = LocalExecutorFactory(preload=preload)
    spec = ExecutorSpec(
        tools=Tools.specs,
        call_tool=Tools(),
        additional_authorized_imports=imports,
        limits=Limits(**{"seconds": 20, **limits}),
    )
    async with factory(spec) as executor:
        yield executor, factory
    await factory.aclose()


def descendants(pid: int) -> list[int]:
    """The processes below `pid`, parents first."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [found for child in map(int, children) for found in (child, *descendants(child))]


def states(factory: LocalExecutorFactory) -> list[int]:
    """The processes of the factory's one worker: its checkpoints, oldest first, and then its own.

    What runs the cells has forked the youngest of them.
    """
    found = sorted(filter(running, descendants(factory.nursery.pid or 0)))
    own = _parent(found[-1])
    return [*(pid for pid in found if pid != own), own] if own in found else found


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def running(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


async def gone(pids: list[int]) -> bool:
    """Whether they all end within two seconds."""
    for _ in range(200):
        if not any(map(running, pids)):
            return True
        await asyncio.sleep(0.01)
    return False
