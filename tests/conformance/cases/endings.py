"""Limits, stops and cancels: the cell ends, the variables stay."""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import aclosing

from executors.base import ExecutorFactory, Output
from tests.cells import BUSY, FOREVER, begun, end_of, value_of
from tests.conformance.harness import case, opened
from tests.host_tools import Tools


@case
async def a_timeout_keeps_the_state(factory: ExecutorFactory) -> None:
    async with opened(factory, seconds=2.0) as executor:
        await value_of(executor, "x = 1")
        for code in (FOREVER, BUSY):
            end = await end_of(executor, f"x = 2\n{code}")
            assert end.outcome == "timeout"
            assert end.error is not None
            assert end.error.name == "TimeLimit"
            assert end.state_kept
            assert int(await value_of(executor, "x") or 0) in (1, 2)


@case
async def an_interrupt_keeps_the_state(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        await value_of(executor, "x = 1")
        for code in (FOREVER, BUSY):
            task = await begun(executor, f"import time\ntime.sleep(0.2)\n{code}")
            await asyncio.sleep(0.4)  # so that it is not that sleep which is interrupted
            await executor.interrupt()
            end = await task
            assert end.outcome == "stopped"
            assert end.error is not None
            assert end.error.name == "Stopped"
            assert end.state_kept
            assert await value_of(executor, "x") == "1"


@case
async def an_interrupt_without_a_cell_does_nothing(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        await executor.interrupt()
        assert await value_of(executor, "1 + 1") == "2"


@case
async def an_interrupt_cancels_the_tool(factory: ExecutorFactory) -> None:
    tools = Tools()
    async with opened(factory, tools) as executor:
        task = asyncio.create_task(end_of(executor, "x = 1\nwait(60)"))
        while not tools.calls and not task.done():
            await asyncio.sleep(0.01)
        await executor.interrupt()
        assert (await task).outcome == "stopped"
        assert tools.cancelled == 1
        assert await value_of(executor, "echo(2)") == "2"


@case
async def cancelling_the_consumer_keeps_the_state(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        await value_of(executor, "x = 1")
        task = await begun(executor, FOREVER)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        assert task.cancelled()
        assert await value_of(executor, "x") == "1"


@case
async def closing_the_generator_keeps_the_state(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        await value_of(executor, "x = 1")
        async with aclosing(executor.run(f"print('on')\n{FOREVER}")) as events:
            async for event in events:
                if isinstance(event, Output):
                    break
        assert await value_of(executor, "x") == "1"


@case
async def one_cell_at_a_time(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        task = await begun(executor, FOREVER)
        refused = False
        try:
            await end_of(executor, "1")
        except RuntimeError:
            refused = True
        await executor.interrupt()
        await task
        assert refused
