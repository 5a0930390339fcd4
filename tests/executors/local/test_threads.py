"""What holds for threads in a worker: none outlives its cell, and limits and states are kept."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from contextlib import aclosing
from typing import Any

import pytest

from executors.base import ExecutorSpec, Finished, Limits, Output, ToolCalled
from executors.local.executor import LocalExecutorFactory
from executors.local.gate import THREADS as GATE_THREADS
from executors.local.guard.imports import Importer
from executors.local.threads import GRACE, MOST
from executors.local.walls import Walls
from tests.cells import begun, end_of, events_of, printed, value_of
from tests.executors.local.helpers import descendants, local, running, until
from tests.host_tools import Tools

START = "import threading, time, queue\nfrom threading import Thread\nkept = 1"


async def test_a_cell_goes_on_until_its_threads_have_ended() -> None:
    async with local() as (executor, _):
        await value_of(executor, START + "\ndone = []")
        code = "Thread(target=lambda: (time.sleep(0.3), done.append(echo(1)))).start()"
        events = await events_of(executor, code)
        assert any(isinstance(event, ToolCalled) for event in events)
        assert await value_of(executor, "done, threading.active_count()") == "([1], 1)"


DAEMONS = {
    "that sleep": "def f():\n    while True: time.sleep(600)",
    "that wait for work": "q = queue.Queue()\ndef f():\n    while True: q.get()",
    "that wait in a simple queue": "q = queue.SimpleQueue()\ndef f(): q.get()",
    "that wait for an event": "e = threading.Event()\ndef f(): e.wait()",
    "that wait with a timeout": "e = threading.Event()\ndef f():\n    while not e.wait(60): pass",
    "that compute": "def f():\n    while True: pass",
    "that wait for a tool": "def f(): wait(600)",
    "that swallow what ends them": (
        "def f():\n    while True:\n        try:\n            time.sleep(600)\n"
        "        except BaseException:\n            pass"
    ),
    "that never say die": (
        "def f():\n    try:\n        while True: time.sleep(600)\n"
        "    finally:\n        time.sleep(600)"
    ),
}


@pytest.mark.parametrize("name", DAEMONS)
async def test_daemons_end_with_the_cell(name: str) -> None:
    """The state after it can be gone on from, and back to."""
    async with local() as (executor, _):
        await value_of(executor, START)
        code = f"{DAEMONS[name]}\nfor _ in range(3): Thread(target=f, daemon=True).start()\n"
        end = await end_of(executor, f"{code}time.sleep(0.05)\nkept = 2")
        assert end.outcome == "ok"
        assert await value_of(executor, "kept, threading.active_count()") == "(2, 1)"
        await executor.rewind(2)
        assert await value_of(executor, "kept += 1\nkept") == "3"
        await executor.rewind(1)
        assert await value_of(executor, "kept") == "1"


async def test_a_cell_that_has_failed_waits_for_its_threads_a_moment_only() -> None:
    async with local() as (executor, _):
        await value_of(executor, START)
        code = "q = queue.Queue()\nThread(target=q.get).start()\n1 / 0"
        end = await end_of(executor, code)
        assert end.error is not None
        assert (end.error.name, end.state_kept) == ("ZeroDivisionError", True)
        assert end.duration >= GRACE
        assert await value_of(executor, "kept") == "1"


async def test_a_thread_that_does_not_end_ends_the_cell_at_its_limit_and_is_named() -> None:
    async with local(seconds=6) as (executor, _):
        await value_of(executor, START)
        code = "kept = 2\nThread(target=threading.Event().wait, name='waiter').start()"
        events = await events_of(executor, code)
        assert "until its threads have ended: waiter\n" in printed(events, "stderr")
        end = events[-1]
        assert (getattr(end, "outcome", ""), getattr(end, "state_kept", False)) == ("timeout", True)
        assert await value_of(executor, "kept") == "1"


BLOCKED = {
    "join": "t = Thread(target=threading.Event().wait)\nt.start()\nt.join()",
    "a lock": "l = threading.Lock()\nl.acquire()\nl.acquire()",
    "C code in a thread": "t = Thread(target=sum, args=(range(10**12),))\nt.start()\nt.join()",
}


@pytest.mark.parametrize("name", BLOCKED)
async def test_time_and_stop_end_a_cell_whose_main_thread_is_blocked(name: str) -> None:
    async with local(seconds=1.5) as (executor, _):
        await value_of(executor, START)
        end = await end_of(executor, BLOCKED[name])
        assert (end.outcome, end.state_kept) == ("timeout", True)
        assert await value_of(executor, "kept") == "1"
    async with local() as (executor, _):
        await value_of(executor, START)
        running_cell = await begun(executor, BLOCKED[name])
        await asyncio.sleep(0.3)  # so that it is blocked, and not only about to be
        await executor.interrupt()
        end = await running_cell
        assert (end.outcome, end.state_kept) == ("stopped", True)
        assert await value_of(executor, "kept") == "1"


async def test_operations_of_all_threads_count_together() -> None:
    code = (
        "def f():\n    for _ in range(2_000): pass\n"
        "some = [Thread(target=f) for _ in range({})]\n"
        "for one in some: one.start()\nfor one in some: one.join()\nlen(some)"
    )
    async with local(operations=10_000) as (executor, _):
        await value_of(executor, START)
        assert await value_of(executor, code.format(4)) == "4"
        end = await end_of(executor, code.format(6))
        assert end.error is not None
        assert end.error.name == "OperationLimit"


async def test_a_clock_that_stands_still_does_not_stop_the_cpus() -> None:
    """While a tool works the time of the cell stands still; what computes beside it is ended."""
    async with local(seconds=1) as (executor, _):
        await value_of(executor, START)
        end = await end_of(executor, "Thread(target=wait, args=(600,)).start()\nsum(range(10**12))")
        assert (end.outcome, end.state_kept) == ("crashed", True)
        assert end.duration > 2  # of CPU time it is more
        assert await value_of(executor, "kept") == "1"


async def test_an_error_in_a_thread_is_told_with_the_cells_own_frames() -> None:
    async with local() as (executor, _):
        await value_of(executor, START)
        events = await events_of(
            executor,
            "def work(n):\n    return 1 / n\n"
            "t = Thread(target=work, args=(0,), name='w')\nt.start()",
        )
        told = printed(events, "stderr")
        assert told.startswith("Exception in thread w:\nTraceback (most recent call last):\n")
        assert told.endswith("ZeroDivisionError: division by zero\n")
        assert "return 1 / n" in told
        assert "threading.py" not in told


async def test_an_answer_in_a_thread_ends_the_cell_beside_it() -> None:
    async with local() as (executor, _):
        await value_of(executor, START)
        end = await end_of(
            executor, "Thread(target=final_answer, args=(7,)).start()\nwhile True: 1"
        )
        assert (end.outcome, end.answer) == ("ok", 7)
        end = await end_of(executor, "Thread(target=queue.Queue().get).start()\nfinal_answer(8)")
        assert (end.outcome, end.answer) == ("ok", 8)


async def test_as_many_threads_as_there_may_be_and_a_pool_that_wants_more() -> None:
    async with local() as (executor, _):
        await value_of(executor, START)
        code = (
            "b = threading.Barrier({0} + 1)\n"
            "some = [Thread(target=b.wait) for _ in range({0})]\n"
            "for one in some: one.start()\nthreading.active_count(), b.wait() >= 0"
        )
        assert await value_of(executor, code.format(MOST)) == f"({MOST + 1}, True)"
        code = (
            "from concurrent.futures import ThreadPoolExecutor\n"
            "with ThreadPoolExecutor(500) as pool: found = list(pool.map(echo, range(500)))\n"
            "found == list(range(500))"
        )
        assert await value_of(executor, code) == "True"


async def test_no_more_calls_than_may_be_open_are_open() -> None:
    open_now = most = 0
    enough = asyncio.Event()

    async def count(name: str, arguments: dict[str, object]) -> object:
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        if open_now == 16:
            enough.set()
        await enough.wait()
        await asyncio.sleep(0.02)  # in which one more would show
        open_now -= 1
        return arguments["value"]

    factory = LocalExecutorFactory()
    spec = ExecutorSpec(tools=Tools.specs, call_tool=count, limits=Limits(seconds=100))
    async with factory(spec) as executor:
        code = (
            "from concurrent.futures import ThreadPoolExecutor\n"
            "with ThreadPoolExecutor(40) as pool: found = list(pool.map(echo, range(120)))\n"
            "found == list(range(120))"
        )
        assert await value_of(executor, code) == "True"
    await factory.aclose()
    assert most == 16


HIDDEN = "import _thread, time\n_thread.start_new_thread(time.sleep, ({},))\nx = 1"


async def test_threads_that_nobody_knows_of_are_found() -> None:
    """Those of libraries, in C: the cell is undone. One that ends in time is the control."""
    factory = LocalExecutorFactory(_walls=Walls(guard=False, kernel=True))
    spec = ExecutorSpec(tools=Tools.specs, call_tool=Tools(), limits=Limits(seconds=100))
    async with factory(spec) as executor:
        assert (await end_of(executor, HIDDEN.format(0.1))).outcome == "ok"
        events = await events_of(executor, "x = 2\n" + HIDDEN.format(600))
        assert "A library has left threads running" in printed(events, "stderr")
        assert getattr(events[-1], "outcome", "") == "crashed"
        assert await value_of(executor, "x") == "1"
    await factory.aclose()


BEGUN_LATE = """
import threading, time
ran = []
class Late:
    def __init__(self): self.me = self
    def __del__(self): threading.Thread(target=begin, daemon=True).start()
def begin():
    while True:
        ran.append(1)
        time.sleep(0.01)
"""


async def test_no_thread_begins_when_garbage_is_collected_between_cells() -> None:
    """The fork would not have it, and what it does would go on in the state before."""
    async with local() as (executor, _):
        within = "late = Late()\nlate.me = None\ndel late\nwhile not ran: time.sleep(0.01)"
        await value_of(executor, BEGUN_LATE + within)  # the control: within a cell
        await value_of(executor, "ran.clear()\nLate() and None")
        await value_of(executor, "1")
        counted = "len(ran), threading.active_count()"
        assert await value_of(executor, f"time.sleep(0.1)\n{counted}") == "(0, 1)"


async def test_calls_of_threads_that_were_ended_are_over_when_the_cell_is() -> None:
    open_calls: list[str] = []

    async def work(name: str, arguments: dict[str, Any]) -> Any:
        if name == "echo":
            return len(open_calls)
        open_calls.append(name)
        try:
            await asyncio.sleep(600)
        finally:
            open_calls.remove(name)

    factory = LocalExecutorFactory()
    spec = ExecutorSpec(tools=Tools.specs, call_tool=work, limits=Limits(seconds=100))
    async with factory(spec) as executor, aclosing(executor.run(ENDED_CALL)) as events:
        seen = [(type(event), len(open_calls)) async for event in events]
    await factory.aclose()
    assert (Output, 1) in seen
    assert seen[-1] == (Finished, 0)


ENDED_CALL = """
import threading, time
threading.Thread(target=wait, args=(600,), daemon=True).start()
while not echo("how many are open?"):
    time.sleep(0.01)
print("the tool works")
"""


async def test_what_leaves_an_initializer_breaks_the_pool_whatever_it_is() -> None:
    code = (
        "from concurrent.futures import ThreadPoolExecutor\nimport sys\n"
        "ThreadPoolExecutor(1, initializer={}).submit(len, 'ab').result()"
    )
    async with local() as (executor, _):
        assert await value_of(executor, code.format("int")) == "2"
        end = await end_of(executor, code.format("sys.exit"))
        assert end.error is not None
        assert end.error.name.endswith("BrokenThreadPool")


async def test_threads_that_import_at_once_all_get_the_whole_module() -> None:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    found: list[Any] = []
    try:
        for _ in range(50):
            importer, ready = Importer((), lambda _: None), threading.Barrier(6)
            threads = [
                threading.Thread(
                    target=lambda i, r: (r.wait(), found.append(_variance(i))),
                    args=(importer, ready),
                )
                for _ in range(6)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    finally:
        sys.setswitchinterval(usual)
    assert len(found) == 300


def _variance(importer: Importer) -> Any:
    return importer.import_from("statistics", "variance")


BOMB = """
import _thread, time
_thread.stack_size(64 << 10)
def multiply():
    while True:
        try:
            _thread.start_new_thread(multiply, ())
        except RuntimeError:
            time.sleep(0.01)
_thread.start_new_thread(multiply, ())
import os
print(os.getpid(), flush=True)
time.sleep(60)
"""


async def test_the_host_bounds_the_threads_of_a_worker_that_was_taken_over() -> None:
    factory = LocalExecutorFactory(_walls=Walls(guard=False, kernel=True))
    spec = ExecutorSpec(tools=Tools.specs, call_tool=Tools(), limits=Limits(seconds=100))
    counts: list[int] = []
    async with factory(spec) as executor:
        async for event in executor.run(BOMB):
            if isinstance(event, Output) and event.text.strip().isdecimal():
                tasks = f"/proc/{int(event.text)}/task"
                await until(lambda tasks=tasks: len(os.listdir(tasks)) > MOST)
                for _ in range(5):
                    await asyncio.sleep(0.1)
                    counts.append(len(os.listdir(tasks)))
                await executor.interrupt()
        assert MOST < max(counts) < 2 * GATE_THREADS
        assert await value_of(executor, "1 + 1") == "2"
        workers = descendants(factory.nursery.pid)
    await factory.aclose()
    assert not any(map(running, workers))
