"""Real workers for the tests of this folder, and what the kernel says about them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
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
        limits=Limits(**{"seconds": 100, **limits}),
    )
    try:
        async with factory(spec) as executor:
            yield executor, factory
    finally:
        await factory.aclose()


def descendants(pid: int) -> list[int]:
    """The processes below `pid`, parents first."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):  # it ended while we looked
        return []
    return [found for child in map(int, children) for found in (child, *descendants(child))]


def states(factory: LocalExecutorFactory) -> list[int]:
    """The processes of the factory's one worker: its checkpoints, oldest first, and then its own.

    What runs the cells has forked the youngest of them.
    """
    living = [pid for pid in descendants(factory.nursery.pid or 0) if running(pid)]
    found = sorted(living, key=_age)
    own = int(_status(found[-1])[1]) if found else 0
    return [*(pid for pid in found if pid != own), own] if own in found else found


def _age(pid: int) -> tuple[int, int]:
    """When it was started; a number says that only until the kernel begins anew with them."""
    return int(_status(pid)[19]), pid


def _status(pid: int) -> list[str]:
    """What the kernel says of it, from its state on; of one that is gone, as of a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ["Z"] + ["0"] * 50


def running(pid: int) -> bool:
    return _status(pid)[0] != "Z"


async def gone(pids: list[int]) -> bool:
    """Whether they all end by themselves."""
    await until(lambda: not any(map(running, pids)))
    return True


async def until(met: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until it is so; a machine that is busy may take its time."""
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        await asyncio.sleep(0.01)
