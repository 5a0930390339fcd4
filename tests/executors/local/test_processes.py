"""Workers end when they have to, and nothing that dies takes more with it than it must."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import aclosing
from pathlib import Path

import pytest

from executors.base import ExecutorSpec, Finished, Limits, Notice, Output
from executors.errors import ExecutorUnavailable
from executors.local.executor import LOST, LocalExecutorFactory
from executors.local.walls import Walls
from tests.cells import BUSY, FOREVER, begun, end_of, events_of, value_of
from tests.executors.local.helpers import descendants, gone, local, running, states, until
from tests.host_tools import Tools


async def test_closing_leaves_no_process_and_no_folder() -> None:
    async with local() as (executor, factory):
        await value_of(executor, "x = 1")
        zygote = factory.nursery.pid
        assert zygote
        workers, folder = descendants(zygote), executor.workspace.root.parent
        assert workers
        assert folder.exists()
        await executor.aclose()
        assert not any(map(running, workers))
        assert not folder.exists()
        await executor.aclose()
        with pytest.raises(RuntimeError, match="closed"):
            await end_of(executor, "x")
    assert not running(zygote)
    with pytest.raises(ExecutorUnavailable):
        factory(ExecutorSpec(call_tool=Tools()))


async def test_closing_in_the_middle_of_a_cell() -> None:
    async with local() as (executor, factory):
        task = await begun(executor, BUSY)
        workers = descendants(factory.nursery.pid or 0)
        await executor.aclose()
        assert (await task).outcome in ("stopped", "crashed")
        assert not any(map(running, workers))


async def test_a_killed_cell_keeps_the_variables_of_the_earlier_ones() -> None:
    async with local() as (executor, factory):
        await value_of(executor, "x = [1]")
        task = await begun(executor, f"x.append(2)\n{FOREVER}")
        os.kill(states(factory)[-1], signal.SIGKILL)
        end = await task
        assert (end.outcome, end.state_kept) == ("crashed", True)
        assert end.error
        assert end.error.name == "WorkerDied"
        assert end.error.message == "the cell's process died (Killed)"
        assert await value_of(executor, "x") == "[1]"


async def test_variables_that_a_cut_off_cell_took_along_are_told_with_the_next_cell() -> None:
    async with local() as (executor, factory):
        await value_of(executor, "x = 1")
        task = await begun(executor, FOREVER)
        for pid in descendants(factory.nursery.pid or 0):  # as on a machine that swaps
            os.kill(pid, signal.SIGSTOP)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        first, *_, end = await events_of(executor, "x")
        assert first == Notice(level="warning", text=LOST)
        assert isinstance(end, Finished)
        assert end.error
        assert end.error.name == "NameError"
        assert [type(event) for event in await events_of(executor, "1")] == [Finished]


async def test_a_cut_off_cell_that_took_nothing_along_leaves_no_notice() -> None:
    async with local() as (executor, _):
        await value_of(executor, "x = 1")
        task = await begun(executor, FOREVER)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert [type(event) for event in await events_of(executor, "x")] == [Finished]


async def test_a_worker_that_is_killed_whole_is_replaced() -> None:
    async with local() as (executor, factory):
        await value_of(executor, "x = 1")
        workers = states(factory)
        os.killpg(os.getpgid(workers[0]), signal.SIGKILL)
        assert await gone(workers)
        end = await end_of(executor, "x")
        assert (end.outcome, end.state_kept) == ("crashed", False)
        assert (await end_of(executor, "x")).error is not None
        assert await value_of(executor, "y = 2\ny") == "2"
        with pytest.raises(ValueError, match="no longer kept"):
            await executor.rewind(0)


async def test_a_stopped_worker_is_killed_whole() -> None:
    """SIGSTOP stands for a worker that does not react at all."""
    async with local(seconds=2) as (executor, factory):
        await value_of(executor, "x = 1")
        task = await begun(executor, BUSY)
        workers = descendants(factory.nursery.pid or 0)
        for pid in workers:
            os.kill(pid, signal.SIGSTOP)
        end = await task
        assert (end.outcome, end.state_kept) == ("timeout", False)
        assert end.duration > 5  # in which it was asked to end its cell
        assert await gone(workers)
        assert await value_of(executor, "1") == "1"


async def test_a_zygote_that_dies_is_replaced() -> None:
    async with local() as (one, factory):
        await value_of(one, "x = 1")
        first = factory.nursery.pid
        assert first
        workers = descendants(first)
        os.kill(first, signal.SIGKILL)
        assert await gone([first])
        assert await value_of(one, "x") == "1"  # its worker needs the zygote only to be killed
        async with factory(ExecutorSpec(call_tool=Tools())) as two:
            assert await value_of(two, "2") == "2"
            assert factory.nursery.pid != first
        await one.aclose()
        assert await gone(workers)


async def test_a_worker_without_a_zygote_ends_by_itself_where_the_kernel_admits_all_forks() -> None:
    factory = LocalExecutorFactory(_walls=Walls(kernel=False))
    async with factory(ExecutorSpec(call_tool=Tools())) as executor:
        await value_of(executor, "x = 1")
        zygote = factory.nursery.pid
        assert zygote
        await until(lambda: len(states(factory)) == 3)
        workers = descendants(zygote)
        os.kill(zygote, signal.SIGKILL)
        assert await value_of(executor, "x") == "1"
    await factory.aclose()
    assert await gone(workers)
    group = subprocess.run(["pgrep", "-g", str(workers[0])], capture_output=True, text=True)
    assert not any(running(int(pid)) for pid in group.stdout.split())


async def test_a_worker_starts_although_many_descriptors_are_on_their_way() -> None:
    """Linux counts them by user, and against the limit of whoever wants to send one more."""

    async def conversation(factory: LocalExecutorFactory) -> str | None:
        async with factory(ExecutorSpec(call_tool=Tools())) as executor:
            return await value_of(executor, "1 + 1")

    async with local() as (_, factory):
        zygote = factory.nursery.pid
        assert zygote
        before = len(descendants(zygote))
        ours, theirs = socket.socketpair()
        with ours, theirs:
            socket.send_fds(ours, [b"x"], [0] * 100)
            starting = asyncio.create_task(conversation(factory))
            await until(lambda: starting.done() or len(descendants(zygote)) > before)
            await asyncio.sleep(0.2)  # in which one that gives up would be gone
        assert await starting == "2"


async def test_the_log_says_why_a_worker_could_not_be_set_up(
    caplog: pytest.LogCaptureFixture,
) -> None:
    factory = LocalExecutorFactory()
    spec = ExecutorSpec(call_tool=Tools(), limits=Limits(file_bytes="many"))  # type: ignore[arg-type]
    with pytest.raises(ExecutorUnavailable):
        await factory(spec).__aenter__()
    await factory.aclose()
    assert "TypeError" in caplog.text
    assert "in limit" in caplog.text


async def test_all_ends_with_the_host() -> None:
    """A host that is killed cannot clean up; the zygote sees its socket close."""
    code = """
import asyncio, sys
from executors.base import ExecutorSpec
from executors.local.executor import LOST, LocalExecutorFactory

async def main():
    factory = LocalExecutorFactory()
    async with factory(ExecutorSpec(call_tool=print)) as executor:
        async for event in executor.run("sum(range(10**12))" if sys.argv[1:] else "import time"):
            pass
        print(factory.nursery.pid, flush=True)
        async for event in executor.run("sum(range(10**12))"):
            pass
asyncio.run(main())
"""
    host = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code),
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[3],
        env={"PYTHONPATH": str(Path(__file__).parents[3])},
    )
    assert host.stdout
    zygote = int(await host.stdout.readline())
    await until(lambda: len(descendants(zygote)) >= 3)
    processes = [zygote, *descendants(zygote)]
    host.kill()
    await host.wait()
    assert await gone(processes)


async def test_stopping_ends_whatever_runs() -> None:
    async with local() as (executor, _):
        for code in ("while True: pass", BUSY, "import time\ntime.sleep(100)", "wait(100)"):
            task = await begun(executor, code)
            await executor.interrupt()
            assert (await task).outcome == "stopped", code


async def test_a_cell_that_is_stopped_as_it_begins_takes_nothing_along() -> None:
    async with local() as (executor, _):
        await value_of(executor, "x = 1")
        for tenths in range(30):  # of a millisecond: a cell needs about one to begin
            task = asyncio.create_task(end_of(executor, FOREVER))
            await asyncio.sleep(tenths / 10_000)
            await executor.interrupt()
            if (end := await task).outcome == "stopped":
                assert end.state_kept
        assert await value_of(executor, "x") == "1"


async def test_workers_start_empty_handed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    async with local("os") as (executor, _):
        environment = await value_of(executor, "import os\nsorted(os.environ)")
        assert "HF_TOKEN" not in (environment or "HF_TOKEN")
        # the standard three, two sockets of the worker, the cell's, two pipes to checkpoints
        count = """
def is_open(descriptor):
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True

sum(map(is_open, range(4096)))
"""
        assert await value_of(executor, count) == "8"


async def test_random_numbers_do_not_repeat_and_can_be_seeded() -> None:
    async with local() as (one, factory):
        async with factory(ExecutorSpec(call_tool=Tools())) as two:
            code = "import random\nrandom.random()"
            assert await value_of(one, code) != await value_of(two, code)
        await value_of(one, "random.seed(1)")
        first = await value_of(one, "random.random()")
        await value_of(one, "random.seed(1)")
        assert await value_of(one, "random.random()") == first


async def test_a_million_lines_do_not_hold_up_the_host() -> None:
    """What the loop's thread does in one go is counted in its own time on a CPU."""
    async with local(operations=10**9) as (executor, _):
        last = time.thread_time()
        longest = 0.0

        async def pulse() -> None:
            nonlocal longest, last
            while True:
                await asyncio.sleep(0.005)
                now = time.thread_time()
                longest, last = max(longest, now - last), now

        pulsing = asyncio.create_task(pulse())
        size = 0
        async with aclosing(executor.run("for i in range(1_000_000): print(i)")) as events:
            async for event in events:
                if isinstance(event, Output):
                    size += len(event.text)
        pulsing.cancel()
        assert size < 110_000
        assert longest < 1.0


async def test_factory_closes_what_is_open() -> None:
    factory = LocalExecutorFactory()
    executor = await factory(ExecutorSpec(call_tool=Tools())).__aenter__()
    await value_of(executor, "1")
    zygote = factory.nursery.pid
    assert zygote
    workers = descendants(zygote)
    await factory.aclose()
    assert await gone([zygote, *workers])
    assert not executor.workspace.root.exists()
