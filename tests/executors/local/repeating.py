"""What the tests of repeated cells do to a worker, and look at."""

from __future__ import annotations

import asyncio
import os
import signal

from executors.local.executor import LocalExecutor, LocalExecutorFactory
from executors.local.journal import Journal
from executors.local.process import WorkerProcess
from tests.cells import end_of, value_of
from tests.executors.local.helpers import states, until


def journal(executor: LocalExecutor) -> Journal:
    return process(executor)._journal


def process(executor: LocalExecutor) -> WorkerProcess:
    assert executor._process is not None
    return executor._process


def kill_the_state(factory: LocalExecutorFactory) -> None:
    os.kill(states(factory)[-1], signal.SIGKILL)


async def after_a_kill(
    executor: LocalExecutor, factory: LocalExecutorFactory, code: str
) -> str | None:
    """The value of a cell after the process with the state was killed, which no cell may notice."""
    kill_the_state(factory)
    end = await end_of(executor, code)
    if end.outcome == "crashed":  # it was on its way to the one that was killed
        assert end.state_kept
        end = await end_of(executor, code)
    return end.value


def other(executor: LocalExecutor, cell: int, code: str) -> None:
    """Have another cell repeated in place of that one."""
    entries = journal(executor)._entries
    entries[cell] = entries[cell]._replace(code=code)


async def counted(executor: LocalExecutor, cells: int) -> None:
    for i in range(cells):
        await value_of(executor, f"x{i} = {i}")


async def killed_while_repeating(
    executor: LocalExecutor, factory: LocalExecutorFactory, cell: int
) -> None:
    """Kill the state, and once more what goes on, in the middle of that cell."""
    other(executor, cell, "while True: pass")
    kill_the_state(factory)
    task = asyncio.create_task(end_of(executor, "1"))
    await until(lambda: process(executor).cells == cell)
    kill_the_state(factory)
    await task
