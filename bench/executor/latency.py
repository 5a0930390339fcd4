"""How long the small things take: cells, workers, tool calls, output, stops; and idle memory."""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench.executor.runners import finished
from executors.base import ExecutorSpec, Limits, Output, Parameter, ToolSpec
from executors.local.executor import LocalExecutor, LocalExecutorFactory

_PING = ToolSpec(name="ping", description="", parameters=(Parameter(name="value"),))
_CALLS, _TIMES = 500, 5
_PAUSE = 0.02
"""Seconds before each start, so that it does not share the CPU with the end of the last worker."""
_IDLE = 10
_LINES = 500_000
_LIMIT = 0.5
"""Seconds that a runaway cell is given."""
_RUNAWAYS = ("while True: pass", "sum(range(10**12))")
"""One that Python code can be interrupted in, and one that only a kill ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One figure and what was aimed at."""

    name: str
    value: float | None
    """None where it cannot be read on this machine."""
    unit: str
    reach: float
    stretch: float
    more_is_better: bool = False

    def meets(self, target: float) -> bool:
        """Whether the figure is as good as `target`."""
        if self.value is None:
            return False
        return self.value >= target if self.more_is_better else self.value <= target


async def latencies(*, quick: bool) -> list[Measure]:
    """All figures, measured one after the other."""
    times = 30 if quick else 100
    async with _factory() as factory:
        cell = await _cell(factory, times, after="import time")  # so that none can be repeated
        shared = await _cell(factory, times)
        idle = await _idle_size(factory)
        worker = await _workers(factory, times // 3)
        tool = await _tool_calls(factory)
        lines = await _lines(factory)
        over = max([await _stop(factory, code) for code in _RUNAWAYS])
    async with _factory(spares=1) as factory:
        spare = await _workers(factory, times // 3)
    async with _factory("numpy", "pandas") as factory:
        idle_data = await _idle_size(factory)
    return [
        _micro("`1+1`, added by the worker, its checkpoint aside", await _bare(), 150, 60),
        _milli("`1+1` with its checkpoint, seen from the host", cell, 3, 1),
        _milli("the same where cells share one", shared, 3, 1),
        _milli("new confined worker to its first result", worker, 25, 5),
        _milli("the same where a spare is ready", spare, 2, 0.3),
        _micro("tool call and back, through asyncio", tool, 250, 50),
        _mega("idle memory of one of ten workers (PSS), standard library", idle, 5, 3.2),
        _mega("idle memory of one of ten workers (PSS), numpy and pandas", idle_data, 10, 7.2),
        Measure(
            name="printed lines that reach the host",
            value=lines / 1000,
            unit="thousand/s",
            reach=500,
            stretch=1500,
            more_is_better=True,
        ),
        _milli("runaway cell over its limit, the worse of two", over, 500, 20),
    ]


def _micro(name: str, seconds: float, reach: float, stretch: float) -> Measure:
    return Measure(name=name, value=seconds * 1e6, unit="µs", reach=reach, stretch=stretch)


def _milli(name: str, seconds: float, reach: float, stretch: float) -> Measure:
    return Measure(name=name, value=seconds * 1e3, unit="ms", reach=reach, stretch=stretch)


def _mega(name: str, size: float | None, reach: float, stretch: float) -> Measure:
    value = None if size is None else size / 1e6
    return Measure(name=name, value=value, unit="MB", reach=reach, stretch=stretch)


@asynccontextmanager
async def _factory(*preload: str, spares: int = 0) -> AsyncGenerator[LocalExecutorFactory, None]:
    """A factory whose zygote is warm."""
    factory = LocalExecutorFactory(preload=preload, spares=spares)
    try:
        async with factory(_spec()) as executor:
            await finished(executor, "1+1")
        yield factory
    finally:
        await factory.aclose()


def _spec(**limits: Any) -> ExecutorSpec:
    return ExecutorSpec(tools=(_PING,), call_tool=_echo, limits=Limits(**limits))


async def _echo(name: str, arguments: dict[str, Any]) -> Any:
    return (name, arguments["value"])


async def _cell(factory: LocalExecutorFactory, times: int, *, after: str = "None") -> float:
    """Seconds of a `1+1` cell in a conversation that has run `after`."""
    spent: list[float] = []
    async with factory(_spec()) as executor:
        await finished(executor, after)
        for _ in range(times):
            started = time.perf_counter()
            await finished(executor, "1+1")
            spent.append(time.perf_counter() - started)
    return median(spent)


async def _workers(factory: LocalExecutorFactory, times: int) -> float:
    """Seconds of a new conversation until its first result, with a spare if there may be one."""
    spent: list[float] = []
    for _ in range(times):
        await factory.spares.filled()
        await asyncio.sleep(_PAUSE)
        started = time.perf_counter()
        async with factory(_spec()) as executor:
            await finished(executor, "1+1")
            spent.append(time.perf_counter() - started)
    return median(spent)


async def _tool_calls(factory: LocalExecutorFactory) -> float:
    """Seconds of a round trip, as the code sees it."""
    code = (
        "import time\nspent = []\n"
        f"for i in range({_CALLS}):\n"
        "    started = time.perf_counter()\n    ping(i)\n"
        "    spent.append(time.perf_counter() - started)\n"
        f"sorted(spent)[{_CALLS // 2}]"
    )
    found: list[float] = []
    for _ in range(_TIMES):  # where the kernel puts the two processes decides over many calls
        async with factory(_spec()) as executor:
            found.append(float(await _value(executor, code)))
    return median(found)


async def _lines(factory: LocalExecutorFactory) -> float:
    """Lines a second, all of them passed on."""
    seen = 0
    async with factory(_spec(output_chars=1 << 30)) as executor:
        started = time.perf_counter()
        async for event in executor.run(f"for i in range({_LINES}): print(i)"):
            if isinstance(event, Output):
                seen += event.text.count("\n")
        spent = time.perf_counter() - started
    if seen != _LINES:
        raise AssertionError(f"of {_LINES} lines {seen} arrived")
    return seen / spent


async def _stop(factory: LocalExecutorFactory, code: str) -> float:
    """Seconds that a runaway cell goes on after its limit; its worker has ended it by then."""
    async with factory(_spec(seconds=_LIMIT, operations=1 << 50)) as executor:
        started = time.perf_counter()
        outcome = (await finished(executor, code)).outcome
        spent = time.perf_counter() - started
    if outcome != "timeout":
        raise AssertionError(f"{code!r} ended with {outcome!r}")
    return spent - _LIMIT


async def _value(executor: LocalExecutor, code: str) -> str:
    done = await finished(executor, code)
    if done.value is None:
        raise AssertionError(f"the cell failed: {done.error}")
    return done.value


async def _bare() -> float:
    """Seconds that the worker adds to a cell, measured in a process without walls and forks."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.executor.bare"),
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    output, _ = await process.communicate()
    return float(json.loads(output))


async def _idle_size(factory: LocalExecutorFactory) -> float | None:
    """Bytes of a worker that waits for its first cell, what it shares in proportion."""
    zygote = factory.nursery.pid
    async with AsyncExitStack() as stack:
        for _ in range(_IDLE):
            await stack.enter_async_context(factory(_spec()))
        sizes = _shared_sizes(zygote)
    if sizes is None:
        return None
    if len(sizes) != _IDLE:
        raise AssertionError(f"{len(sizes)} workers where {_IDLE} were started")
    return median(sizes)


def _shared_sizes(zygote: int | None) -> list[int] | None:
    """The bytes of each worker, all of its processes together; None where they cannot be read."""
    try:
        return [sum(map(_shared_size, _family(worker))) for worker in _children(zygote)]
    except (FileNotFoundError, PermissionError):  # not Linux; or not root, as they are not dumpable
        return None


def _family(process: int) -> list[int]:
    return [process, *(one for child in _children(process) for one in _family(child))]


def _children(process: int | None) -> list[int]:
    return [int(c) for c in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def _shared_size(process: int) -> int:
    text = Path(f"/proc/{process}/smaps_rollup").read_text()
    return int(re.findall(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)[0]) * 1024
