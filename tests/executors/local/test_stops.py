"""A stop ends its own run, at once and with all that it did, whatever else goes on."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from typing import Any

import pytest

from executors.base import ExecutorSpec, Finished, Notice, Output, ToolCalled
from executors.local.executor import LOST, LocalExecutor, LocalExecutorFactory
from executors.local.walls import Walls
from tests.cells import BUSY, FOREVER, end_of, events_of, value_of
from tests.executors.local.helpers import gone, local, states
from tests.host_tools import Tools

CAUGHT = """
x = 2
try:
    wait(60)
except BaseException:
    x = 3
    open("trace", "w").write("it went on")
"""


class SlowToLetGo(Tools):
    """A tool that takes its time when it is cancelled."""

    async def __call__(self, name: str, arguments: dict[str, Any]) -> Any:
        try:
            return await super().__call__(name, arguments)
        except asyncio.CancelledError:
            await asyncio.sleep(0.2)
            raise


async def stopped(executor: LocalExecutor, code: str, at: type) -> Finished:
    """The end of a cell that is stopped at its first event of that type."""
    async with aclosing(executor.run(code)) as events:
        async for event in events:
            if isinstance(event, at):
                await executor.interrupt()
            if isinstance(event, Finished):
                assert event.outcome == "stopped"
                return event
    raise AssertionError("it has no end")


async def abandon(task: asyncio.Task[Any]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_a_stop_that_nobody_waits_for_does_not_hit_the_next_cell() -> None:
    async with local() as (executor, _):
        await value_of(executor, "x = 1")
        for turns in range(6):
            began = asyncio.Event()

            async def consume(began: asyncio.Event) -> None:
                async with aclosing(executor.run(f"print(1)\n{FOREVER}")) as events:
                    async for event in events:
                        if isinstance(event, Output):
                            began.set()

            consuming = asyncio.create_task(consume(began))
            await began.wait()
            await executor.interrupt()
            for _ in range(turns):
                await asyncio.sleep(0)
            await abandon(consuming)
            assert await value_of(executor, "import time\ntime.sleep(0.1)\nx") == "1"


@pytest.mark.parametrize("tools", [Tools, SlowToLetGo])
async def test_a_cell_that_is_stopped_in_a_tool_does_nothing_more(tools: type[Tools]) -> None:
    factory = LocalExecutorFactory()
    async with factory(ExecutorSpec(tools=Tools.specs, call_tool=tools())) as executor:
        await value_of(executor, "x = 1")
        for _ in range(10):
            assert (await stopped(executor, CAUGHT, ToolCalled)).state_kept
            assert await value_of(executor, "x") == "1"
        assert await executor.workspace.list() == []
    await factory.aclose()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_stop_needs_no_zygote(how: signal.Signals) -> None:
    async with local() as (executor, factory):
        await value_of(executor, "x = 1")
        zygote = factory.nursery.pid
        assert zygote
        os.kill(zygote, how)
        try:
            for code in (FOREVER, BUSY):
                assert (await stopped(executor, f"print(x)\n{code}", Output)).state_kept
            assert await value_of(executor, "x") == "1"
        finally:
            if how == signal.SIGSTOP:
                os.kill(zygote, signal.SIGCONT)


async def test_a_stop_of_a_worker_that_is_only_just_starting() -> None:
    async with local() as (executor, factory):
        for _ in range(5):
            await executor.interrupt()
            process = await factory.start(executor._spec, executor._folder)
            run, channel = process.begin("while True: pass", 1 << 20)
            assert await process.end(run)
            channel.close()
            await process.kill()


async def test_what_a_cell_did_to_the_signal_does_not_save_the_next() -> None:
    """Behind an open guard it has the signal ignored."""
    factory = LocalExecutorFactory(_walls=Walls(guard=False))
    async with factory(ExecutorSpec(call_tool=Tools())) as executor:
        ignored = "import signal\nsignal.signal(signal.SIGUSR2, signal.SIG_IGN)\nx = 1"
        await value_of(executor, ignored)
        assert (await stopped(executor, f"print(x)\n{FOREVER}", Output)).state_kept
    await factory.aclose()


async def test_files_left_open_do_not_end_later_cells_that_open_none() -> None:
    """While cells follow at once there are more checkpoints, each with a pipe of the state's."""
    async with local() as (executor, _):
        await value_of(executor, "files = [open(f'f{i}', 'w') for i in range(38)]")
        for i in range(20):
            await value_of(executor, f"x = {i}")


LARGE = "z = '" + "a" * 900_000 + "'"
"""More than a socket holds, so that it is sent in pieces."""


async def test_a_large_cell_can_be_left_while_it_is_being_sent() -> None:
    async with local() as (executor, _):
        await value_of(executor, "x = 1")
        for turns in range(1, 25, 2):
            running = asyncio.create_task(end_of(executor, LARGE))
            for _ in range(turns):
                await asyncio.sleep(0)
            await abandon(running)
            assert await value_of(executor, "x") == "1"


async def test_a_large_cell_can_be_stopped_where_nobody_reads_it() -> None:
    """SIGSTOP stands for a worker that does not react at all."""
    async with local() as (executor, factory):
        await value_of(executor, "x = 1")
        for pid in states(factory):
            os.kill(pid, signal.SIGSTOP)
        running = asyncio.create_task(end_of(executor, LARGE))
        await asyncio.sleep(0.1)
        await executor.interrupt()
        end = await running
        assert (end.outcome, end.state_kept) == ("stopped", False)
        assert await value_of(executor, "2") == "2"


async def test_a_stop_while_a_large_result_is_on_its_way_disturbs_no_other_conversation() -> None:
    """A descriptor that the loop still watched could not be used again by the next socket."""

    async def large(name: str, arguments: dict[str, Any]) -> Any:
        return "x" * (3 << 20)

    code = f"from threading import Thread\nThread(target=echo, args=(1,)).start()\n{BUSY}"
    factory = LocalExecutorFactory()
    stopping = factory(ExecutorSpec(tools=Tools.specs, call_tool=large))
    async with stopping, factory(ExecutorSpec(call_tool=large)) as other:
        for _ in range(5):
            async with aclosing(stopping.run(code)) as events:
                async for event in events:
                    if isinstance(event, ToolCalled):
                        await asyncio.sleep(0.05)
                        await stopping.interrupt()
                        break
                ending = asyncio.create_task(_rest(events))
                for i in range(5):
                    assert await value_of(other, f"{i}") == str(i)
                await ending
    await factory.aclose()


async def _rest(events: AsyncGenerator[Any, None]) -> None:
    async for _ in events:
        pass


async def test_what_is_lost_while_nobody_looks_is_told_with_the_next_cell() -> None:
    async with local() as (executor, factory):
        await value_of(executor, "x = 1")
        await value_of(executor, "x = 2")
        running = asyncio.create_task(end_of(executor, FOREVER))
        await asyncio.sleep(0.2)
        for pid in states(factory):
            os.kill(pid, signal.SIGSTOP)
        await abandon(running)
        events = await events_of(executor, "x = 3")
        assert [event.text for event in events if isinstance(event, Notice)] == [LOST]
        with pytest.raises(ValueError, match="no longer kept"):
            await executor.rewind(1)


async def test_a_rewind_that_nobody_waits_for_is_done_or_not_but_not_half() -> None:
    async with local() as (executor, _):
        for turns in range(8):
            for i in range(3):
                await value_of(executor, f"x = {i}")
            cells = executor.cells
            going_back = asyncio.create_task(executor.rewind(cells - 2))
            for _ in range(turns):
                await asyncio.sleep(0)
            await abandon(going_back)
            assert await value_of(executor, "x") in ("0", "2")
            went_back = executor.cells == cells - 1
            assert (await value_of(executor, "x") == "0") == went_back


async def test_nothing_starts_in_an_executor_that_is_closed_meanwhile() -> None:
    async with local() as (executor, factory):
        await value_of(executor, "x = 1")
        process = executor._process
        assert process is not None
        await process.kill()
        starting = asyncio.create_task(end_of(executor, FOREVER))
        await asyncio.sleep(0)
        await executor.aclose()
        with pytest.raises(RuntimeError, match="closed"):
            await starting
        assert states(factory) == []


async def test_a_forged_note_does_not_leave_processes_behind() -> None:
    """The cell wakes its checkpoints for ever, and nothing is left that could end the worker."""
    forge = """
import os, stat, time
for pipe in range(3, 64):
    try:
        if stat.S_ISFIFO(os.fstat(pipe).st_mode):
            os.write(pipe, b"T" + bytes(8))
    except OSError:
        pass
print("forged")
time.sleep(600)
"""
    factory = LocalExecutorFactory(_walls=Walls(guard=False))
    executor = factory(ExecutorSpec(call_tool=Tools()))
    async with executor, aclosing(executor.run(forge)) as events:
        async for event in events:
            if isinstance(event, Output):
                break
        workers, zygote = states(factory), factory.nursery.pid
        assert zygote
        os.kill(zygote, signal.SIGKILL)
        process = executor._process
        assert process is not None
        await process.kill()
        assert await gone(workers)
    await factory.aclose()
