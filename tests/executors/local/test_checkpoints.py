"""The states that a worker keeps: cells that fail go back to them, and nobody takes their place."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import aclosing

import pytest

from executors.base import ExecutorSpec, Finished, Output
from executors.local.executor import LocalExecutorFactory
from executors.local.walls import Walls
from tests.cells import end_of, value_of
from tests.executors.local.helpers import gone, local, states, until
from tests.host_tools import Tools

CLOCK = "import time\n"
"""Cells after one that begins so cannot be repeated: each has a checkpoint of its own."""
SOME_WORK = """
import time
until = time.process_time() + 0.1
while time.process_time() < until:
    pass
"""
HIDE = """
import os, signal, stat
signal.pthread_sigmask(signal.SIG_BLOCK, {blocked})
for pipe in range(3, 64):
    try:
        if {note} and stat.S_ISFIFO(os.fstat(pipe).st_mode):
            os.write(pipe, {note} + bytes(8))
    except OSError:
        pass
os.closerange(3, 64)
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
"""


async def chain(factory: LocalExecutorFactory, cells: int) -> list[int]:
    """The processes of the one worker that has run so many cells, once it waits for the next.

    They are the checkpoints, oldest first, of the states before each cell and of the present one,
    and the process that runs the cells.
    """
    while len(found := states(factory)) != cells + 2:
        await asyncio.sleep(0.01)
    return found


async def test_cells_that_use_up_the_time_of_a_process_go_on_in_another() -> None:
    """The kernel counts CPU seconds by process: none may run out of them over many cells."""
    async with local(seconds=2) as (executor, factory):
        await value_of(executor, "x = 0")
        ran: set[int] = set()
        for _ in range(24):
            await value_of(executor, f"x += 1\n{SOME_WORK}")
            ran.add(states(factory)[-1])
        assert len(ran) > 1
        assert await value_of(executor, "x") == "24"
        await executor.rewind(24)
        assert await value_of(executor, "x") == "23"


@pytest.mark.parametrize("note", [b"", b"D", b"R", b"T"])
@pytest.mark.parametrize("blocked", [(), range(1, 65)], ids=["ends", "blocks all signals"])
async def test_a_cell_that_hides_from_its_checkpoint_is_ended(note: bytes, blocked: range) -> None:
    """Behind an open guard it forges a note, and closes all, so as to seem to have ended."""
    factory = LocalExecutorFactory(_walls=Walls(guard=False))
    async with factory(ExecutorSpec(call_tool=Tools())) as executor:
        await value_of(executor, "x = 1")
        cell = states(factory)[-1]
        end = await end_of(executor, HIDE.format(note=note, blocked=blocked))
        assert end.outcome == "crashed"
        assert await gone([cell])
        assert end.state_kept == (not blocked and note != b"D")
        if end.state_kept:
            assert await value_of(executor, "x") == "1"
        assert await value_of(executor, "y = 2\ny") == "2"
    await factory.aclose()


async def test_a_stop_that_comes_too_late_undoes_nothing_and_says_so() -> None:
    async with local() as (executor, factory):
        await value_of(executor, f"{CLOCK}x = 1")
        async with aclosing(executor.run("print(x)\nx = 2")) as events:
            assert isinstance(await anext(events), Output)
            await chain(factory, 2)
            await executor.interrupt()
            *_, end = [event async for event in events]
        assert isinstance(end, Finished)
        assert (end.outcome, end.state_kept) == ("stopped", True)
        assert end.error is not None
        assert "is kept" in end.error.hint
        assert "undone" not in end.error.hint
        assert await value_of(executor, "x += 1\nx") == "3", "the signal ends no other cell"


async def test_the_process_that_waits_for_a_cell_can_be_spared() -> None:
    async with local() as (executor, factory):
        for i in range(3):
            await value_of(executor, f"{CLOCK}x = {i}")
            os.kill((await chain(factory, 2 * i + 1))[-1], signal.SIGKILL)
            assert await value_of(executor, "x") == str(i)


async def test_a_checkpoint_that_is_killed_takes_nothing_else_along() -> None:
    """Of three cells: the states before each of them, and the one after them."""
    for killed in range(4):
        async with local() as (executor, factory):
            for i in range(3):
                await value_of(executor, f"{CLOCK}x = {i}")
            os.kill((await chain(factory, 3))[killed], signal.SIGKILL)
            assert await value_of(executor, "x += 10\nx") == "12"
            assert (await end_of(executor, "x = 0\n1 / 0")).outcome == "error"
            kept = {0, 1, 2} - {killed}
            await executor.rewind(max(kept))
            assert (await end_of(executor, "x")).value == (str(max(kept) - 1) if kept else None)


async def test_a_state_that_is_killed_between_cells_is_told() -> None:
    async with local() as (executor, factory):
        await value_of(executor, f"{CLOCK}x = 1")
        await value_of(executor, "x = 2")
        for pid in reversed((await chain(factory, 2))[-2:]):
            os.kill(pid, signal.SIGKILL)
        end = await end_of(executor, "x")
        assert (end.outcome, end.state_kept) == ("crashed", False)
        assert await value_of(executor, "x") == "1"


async def test_checkpoints_are_few() -> None:
    async with local() as (executor, factory):
        for i in range(30):
            await value_of(executor, f"{CLOCK}x = {i}")
        await until(lambda: len(states(factory)) <= 10)
        await executor.rewind(25)
        assert await value_of(executor, "x") == "24"
        with pytest.raises(ValueError, match="no longer kept"):
            await executor.rewind(3)
        assert await value_of(executor, "x") == "24"


async def test_checkpoints_that_hold_much_memory_are_fewer() -> None:
    """Each cell replaces 60 MB; three times that may be kept besides the state itself."""
    async with local(memory_bytes=200 << 20) as (executor, factory):
        for i in range(8):
            await value_of(executor, f"{CLOCK}x = bytearray([{i}]) * (60 << 20)")
        assert await chain(factory, 3)
        with pytest.raises(ValueError, match="no longer kept"):
            await executor.rewind(4)
        await executor.rewind(5)
        assert await value_of(executor, "x[0], len(x)") == f"(4, {60 << 20})"


async def test_a_rewind_counts_the_cells_that_succeeded() -> None:
    async with local() as (executor, _):
        await value_of(executor, "x = [0]")
        await end_of(executor, "x.append('half')\n1 / 0")
        await value_of(executor, "x.append(1)")
        await executor.rewind(1)
        assert await value_of(executor, "x") == "[0, 'half']"
        await executor.rewind(0)
        end = await end_of(executor, "x")
        assert end.error is not None
        assert end.error.name == "NameError"
