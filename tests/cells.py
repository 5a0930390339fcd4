"""Running cells in tests, whatever the executor."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

from executors.base import ExecutionEvent, Executor, Finished, Output

FOREVER = "import time\nwhile True:\n    time.sleep(0.01)"
BUSY = "sum(range(10**12))"  # one call of C code: nothing in Python can interrupt it


async def events_of(executor: Executor, code: str) -> list[ExecutionEvent]:
    """All events of a cell, with the promise that every run keeps: one `Finished`, last."""
    async with aclosing(executor.run(code)) as events:
        found = [event async for event in events]
    assert [type(event) for event in found].count(Finished) == 1
    assert isinstance(found[-1], Finished)
    assert (found[-1].error is None) == (found[-1].outcome == "ok")
    assert found[-1].duration > 0
    return found


async def end_of(executor: Executor, code: str) -> Finished:
    last = (await events_of(executor, code))[-1]
    assert isinstance(last, Finished)
    return last


async def value_of(executor: Executor, code: str) -> str | None:
    end = await end_of(executor, code)
    assert end.outcome == "ok", end.error
    return end.value


async def begun(executor: Executor, code: str) -> asyncio.Task[Finished]:
    """Start a cell and wait until its code runs; its end is what the task gives."""
    runs = asyncio.Event()

    async def follow() -> Finished:
        end: Finished | None = None
        async with aclosing(executor.run(f"print('on')\n{code}")) as events:
            async for event in events:
                if isinstance(event, Output):
                    runs.set()
                elif isinstance(event, Finished):
                    end = event
        assert end is not None
        return end

    task = asyncio.create_task(follow())
    task.add_done_callback(lambda _: runs.set())
    await runs.wait()
    return task


def printed(events: list[ExecutionEvent], stream: str = "stdout") -> str:
    return "".join(e.text for e in events if isinstance(e, Output) and e.stream == stream)
