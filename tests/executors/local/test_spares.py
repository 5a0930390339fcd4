"""A worker that was started ahead is like any other, goes to one conversation, and ends in time."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace

from executors.base import ExecutorSpec, Limits
from executors.local.executor import LocalExecutorFactory
from tests.cells import end_of, value_of
from tests.executors.local.helpers import descendants, running
from tests.host_tools import Tools

SPEC = ExecutorSpec(tools=Tools.specs, call_tool=Tools(), limits=Limits(seconds=20))


@asynccontextmanager
async def with_a_spare() -> AsyncGenerator[tuple[LocalExecutorFactory, list[int]], None]:
    """A factory that has had one conversation, and the processes of its spare."""
    factory = LocalExecutorFactory(spares=1)
    async with factory(SPEC) as first:
        await value_of(first, "x = 1")
        await factory.spares.filled()
    try:
        yield factory, descendants(factory.nursery.pid or 0)
    finally:
        await factory.aclose()


async def test_the_next_conversation_has_it_and_another_takes_its_place() -> None:
    async with with_a_spare() as (factory, processes):
        async with factory(replace(SPEC, call_tool=(tools := Tools()))) as executor:
            assert factory.spares.ready == 0
            assert set(processes) <= set(descendants(factory.nursery.pid or 0))
            assert await value_of(executor, "'x' in dir(), echo(7)") == "(False, 7)"
            assert [name for name, _ in tools.calls] == ["echo"]
            failed = (await end_of(executor, "1 / 0")).error
            assert failed is not None
            assert 'File "<cell 2>", line 1' in failed.traceback
            await executor.workspace.write("a.txt", b"here")
            assert await value_of(executor, "open('a.txt').read()") == "'here'"
            await factory.spares.filled()
        assert not any(map(running, processes))
        assert factory.spares.ready == 1


async def test_a_conversation_of_another_kind_does_not_get_it() -> None:
    async with with_a_spare() as (factory, processes):
        other = replace(SPEC, additional_authorized_imports=("os",))
        async with factory(other) as executor:
            assert factory.spares.ready == 1
            assert int(await value_of(executor, "import os\nos.getpid()") or 0) not in processes
            while any(map(running, processes)):  # the usual kind is now another
                await asyncio.sleep(0.01)
            await factory.spares.filled()
        async with factory(other) as executor:
            assert factory.spares.ready == 0


async def test_one_that_has_died_is_not_used() -> None:
    async with with_a_spare() as (factory, processes):
        os.killpg(processes[0], signal.SIGKILL)
        while any(map(running, processes)):
            await asyncio.sleep(0.01)
        async with factory(SPEC) as executor:
            assert await value_of(executor, "1") == "1"


async def test_closing_ends_it() -> None:
    async with with_a_spare() as (factory, processes):
        spare = factory.spares.take(SPEC)
        assert spare is not None
        factory.spares._ready.append(spare)
        folder = spare.scratch.path
        assert folder.exists()
        await factory.aclose()
        assert not any(map(running, processes))
        assert not folder.exists()


async def test_closing_while_it_starts_leaves_nothing() -> None:
    for pause in (0, 0.1, 0.105, 0.11):
        factory = LocalExecutorFactory(spares=1)
        async with factory(SPEC):
            await asyncio.sleep(pause)
        zygote = factory.nursery.pid or 0
        await factory.aclose()
        assert not running(zygote)
        assert factory.spares.ready == 0
