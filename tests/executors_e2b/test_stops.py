"""Limits, stops and cancels: the cell ends, the variables stay, and what is said is true."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from pathlib import Path

import pytest

from executors.base import Finished, Limits, Notice, Output
from executors.e2b import history
from executors.e2b.state import LOST_HINT, REBUILT, REBUILT_HINT, RESTARTED
from tests.cells import end_of, events_of, printed, value_of
from tests.executors_e2b.conftest import Make

SPIN = "print('on')\nwhile True: pass"
SLEEP = "print('on')\nimport time\ntime.sleep(600)"
LOST = "import os, time\nprint(os.getpid())\ntime.sleep(0.3)\nsum(range(10**11))"
STUBBORN = "print('on')\nwhile True:\n    try:\n        pass\n    except:\n        pass"


async def computes(pid: int) -> None:
    """Wait until a process that sleeps at first is at work; kernels of the stand-in are here."""

    def ticks() -> int:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    before = ticks()
    while ticks() < before + 25:  # of a hundredth of a second
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("code", [SPIN, SLEEP, STUBBORN])
async def test_a_timeout_ends_the_cell_and_keeps_the_state(make: Make, code: str) -> None:
    async with make(limits=Limits(seconds=2)) as executor:
        await value_of(executor, "x = 5")
        finished = await end_of(executor, code)
        assert (finished.outcome, finished.state_kept) == ("timeout", True)
        assert finished.error
        assert finished.error.name == "TimeLimit"
        assert finished.error.message == "the cell was ended after 2 seconds"
        assert await value_of(executor, "x") == "5"


@pytest.mark.parametrize("code", [SPIN, SLEEP])
async def test_an_interrupt_ends_the_cell_and_keeps_the_state(make: Make, code: str) -> None:
    async with make() as executor:
        await value_of(executor, "x = 5")
        async for event in executor.run(code):
            if isinstance(event, Output):
                await executor.interrupt()
        assert isinstance(event, Finished)
        assert event.error
        assert (event.outcome, event.error.name, event.state_kept) == ("stopped", "Stopped", True)
        assert await value_of(executor, "x") == "5"


async def test_code_in_c_ends_and_the_variables_are_made_again(make: Make) -> None:
    async with make(limits=Limits(seconds=2)) as executor:
        await value_of(executor, "x = 5")
        *_, notice, finished = await events_of(executor, "x = 6\nsum(range(10**11))")
        assert notice == Notice(level="warning", text=REBUILT)
        assert isinstance(finished, Finished)
        assert (finished.outcome, finished.state_kept) == ("timeout", True)
        assert finished.error
        assert finished.error.hint == REBUILT_HINT
        assert await value_of(executor, "x, pair(1)") == "(5, (1, None))"


async def test_code_in_c_after_cells_that_cannot_be_repeated_loses_the_state_and_says_so(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "REPLAY_SECONDS", 0.0)
    async with make(limits=Limits(seconds=2)) as executor:
        await value_of(executor, "x = 5")
        *_, notice, finished = await events_of(executor, "sum(range(10**11))")
        assert notice == Notice(level="warning", text=RESTARTED)
        assert isinstance(finished, Finished)
        assert (finished.outcome, finished.state_kept) == ("timeout", False)
        assert finished.error
        assert finished.error.hint == LOST_HINT
        finished = await end_of(executor, "x")
        assert finished.error
        assert finished.error.name == "NameError"
        assert finished.state_kept  # told once
        assert await value_of(executor, "pair(1)") == "(1, None)"


@pytest.mark.parametrize("end", ["os._exit(1)", "os.kill(os.getpid(), 9)"])
async def test_a_kernel_that_died_gets_its_variables_back(make: Make, end: str) -> None:
    async with make() as executor:
        await value_of(executor, "x = 5")
        await end_of(executor, "y = [x]\ny.missing")
        *_, notice, finished = await events_of(executor, f"import os\n{end}")
        assert notice == Notice(level="warning", text=REBUILT)
        assert isinstance(finished, Finished)
        assert finished.error
        assert (finished.outcome, finished.error.name) == ("crashed", "WorkerDied")
        assert finished.state_kept
        assert await value_of(executor, "x, y, pair(1)") == "(5, [5], (1, None))"


@pytest.mark.parametrize("way", ["close", "cancel"])
async def test_after_a_cancel_the_next_cell_runs(make: Make, way: str) -> None:
    async with make() as executor:
        await value_of(executor, "x = 5")
        on = asyncio.Event()

        async def follow() -> None:
            async with aclosing(executor.run(SPIN)) as stream:
                async for event in stream:
                    if isinstance(event, Output):
                        on.set()
                        if way == "close":
                            return

        task = asyncio.create_task(follow())
        await on.wait()
        if way == "cancel":
            task.cancel()
        await asyncio.wait([task])
        assert task.cancelled() == (way == "cancel")
        assert await value_of(executor, "x") == "5"


async def test_twenty_cancels_each_followed_at_once_by_a_cell(make: Make) -> None:
    async with make() as executor:
        await value_of(executor, "x = 0")
        for i in range(20):
            async with aclosing(executor.run(SPIN)) as stream:
                async for event in stream:
                    if isinstance(event, Output):
                        break
            assert await value_of(executor, "x += 1\nx") == str(i + 1)


async def test_a_restart_after_a_cancel_is_told_with_the_next_cell(make: Make) -> None:
    async with make() as executor:
        await value_of(executor, "x = 5")
        async with aclosing(executor.run(LOST)) as stream:
            async for event in stream:
                if isinstance(event, Output):
                    await computes(int(event.text))  # the loop in C has begun
                    break
        notice, finished = await events_of(executor, "x")
        assert notice == Notice(level="warning", text=REBUILT)
        assert isinstance(finished, Finished)
        assert (finished.value, finished.state_kept) == ("5", True)


async def test_a_stop_while_the_sandbox_starts_leaves_it_for_the_next_cell(make: Make) -> None:
    async with make() as executor:
        async for event in executor.run("x = 1"):
            if isinstance(event, Notice):
                await executor.interrupt()
        assert isinstance(event, Finished)
        assert event.outcome == "stopped"
        assert await value_of(executor, "2") == "2"


async def test_a_handler_of_everything_cannot_hold_a_cell(make: Make) -> None:
    code = """
print("on")
while True:
    try:
        while True: pass
    except:
        print("caught")
"""
    async with make(limits=Limits(seconds=2)) as executor:
        await value_of(executor, "x = 5")
        found = await events_of(executor, code)
        assert found[-1].outcome == "timeout"
        assert found[-1].state_kept
        assert "caught" not in printed(found)


async def test_one_cell_at_a_time(make: Make) -> None:
    async with make() as executor:
        async with aclosing(executor.run(SLEEP)) as stream:
            await anext(stream)
            with pytest.raises(RuntimeError, match="a cell is running"):
                await anext(executor.run("1"))
        assert await value_of(executor, "1") == "1"
