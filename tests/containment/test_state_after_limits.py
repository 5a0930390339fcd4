"""After each way for a cell to end badly all earlier variables are there, as they were, at once."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from executors.base import ExecutorSpec, Finished, Limits, Output
from executors.local.executor import LocalExecutor, LocalExecutorFactory
from executors.local.walls import Walls
from tests.containment.scene import run

pytestmark = pytest.mark.asyncio(loop_scope="module")

BEFORE = """
import collections, math
numbers, table = [1, 2, 3], {'a': [1]}
class Point:
    def __init__(self, x): self.x = x
    def twice(self): return Point(self.x * 2)
point = Point(4)
def walk():
    for i in range(5): yield i
walking = walk()
start = next(walking), next(walking)
"""
TOUCH = "numbers.append(4)\ntable['a'].append(2)\npoint.x = 9\nnext(walking)\nnew = 1\n"
"""What a cell that ends badly has done before."""
LOOK = "numbers, table, point.twice().x, next(walking), math.floor(1.5), 'new' in dir()"
AS_BEFORE = "([1, 2, 3], {'a': [1]}, 8, 2, 1, False)"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a cell ends badly."""

    code: str
    outcome: str
    error: str
    guard: bool = True


ENDINGS = {
    "time, in Python": Ending("import time\ntime.sleep(60)", "timeout", "TimeLimit"),
    "time, in C": Ending("sum(range(10**12))", "timeout", "TimeLimit"),
    "operations": Ending("while True: pass", "error", "OperationLimit"),
    "memory": Ending("kept = [0] * 10**10", "error", "MemoryLimit"),
    "an exception": Ending("1 / 0", "error", "ZeroDivisionError"),
    "os._exit": Ending("import os\nos._exit(3)", "crashed", "WorkerDied", guard=False),
    "an address that is none": Ending(
        "import ctypes\nctypes.string_at(1)", "crashed", "WorkerDied", guard=False
    ),
    "an abort": Ending("import os\nos.abort()", "crashed", "WorkerDied", guard=False),
}
KEEPS_ITS_OWN = ("operations", "memory", "an exception")
"""What ends as an exception does; the cell's own changes stay, as they do in Python."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def both() -> AsyncIterator[dict[bool, LocalExecutorFactory]]:
    """Factories with the guard and without."""
    made = {guard: LocalExecutorFactory(_walls=Walls(guard=guard)) for guard in (True, False)}
    yield made
    for factory in made.values():
        await factory.aclose()


@pytest.mark.parametrize("name", ENDINGS)
async def test_earlier_variables_stay(name: str, both: dict[bool, LocalExecutorFactory]) -> None:
    ending = ENDINGS[name]
    seconds = 1 if ending.error == "TimeLimit" else 60
    async with conversation(both[ending.guard], seconds=seconds) as executor:
        await run(executor, BEFORE)
        end = await run(executor, ("" if name in KEEPS_ITS_OWN else TOUCH) + ending.code)
        assert (end.outcome, end.state_kept) == (ending.outcome, True)
        assert end.error is not None
        assert end.error.name == ending.error
        await looks_as_before(executor)


@pytest.mark.parametrize("times", [1, 3])
async def test_a_cell_that_is_killed_from_outside(
    times: int, both: dict[bool, LocalExecutorFactory]
) -> None:
    async with conversation(both[False], seconds=60) as executor:
        await run(executor, BEFORE)
        for _ in range(times):
            end = await killed(executor, TOUCH)
            assert (end.outcome, end.state_kept) == ("crashed", True)
        await looks_as_before(executor)


async def test_one_bad_end_after_the_other(both: dict[bool, LocalExecutorFactory]) -> None:
    async with conversation(both[False]) as executor:
        await run(executor, BEFORE)
        for ending in ENDINGS.values():
            if ending.outcome != "error":
                assert (await run(executor, TOUCH + ending.code)).state_kept
        await looks_as_before(executor)


async def looks_as_before(executor: LocalExecutor) -> None:
    """The next cell finds what was there, and answers within a second."""
    end = await run(executor, LOOK)
    assert end.value == AS_BEFORE
    assert end.duration < 1


async def killed(executor: LocalExecutor, code: str) -> Finished:
    """Run a cell that never ends and kill its process."""
    end: Finished | None = None
    stay = f"{code}import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(60)"
    async for event in executor.run(stay):
        if isinstance(event, Output) and event.text.strip():
            os.kill(int(event.text), signal.SIGKILL)
        elif isinstance(event, Finished):
            end = event
    assert end is not None
    return end


def conversation(factory: LocalExecutorFactory, **limits: Any) -> LocalExecutor:
    bounds = {"seconds": 1, "operations": 100_000, "memory_bytes": 256 << 20, **limits}
    return factory(ExecutorSpec(call_tool=_no_tool, limits=Limits(**bounds)))


async def _no_tool(name: str, arguments: dict[str, Any]) -> Any:
    await asyncio.sleep(0)
    raise LookupError(name)
