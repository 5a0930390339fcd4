"""Threads of the code, and tools that they call at the same time."""

from __future__ import annotations

import asyncio
from collections import Counter

from executors.base import ExecutorFactory, ToolCalled, ToolReturned
from tests.cells import end_of, events_of, printed, value_of
from tests.conformance.harness import case, opened
from tests.host_tools import Tools

TOGETHER = """
from concurrent.futures import ThreadPoolExecutor
from threading import Thread

met = []

def ask(n):
    met.append(meet(3))
    return n

{calls}
met, answers
"""
"""Calls a tool three times, which answers when there are three that wait for it."""


@case
async def a_thread_works_on_the_variables(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        code = """
from threading import Thread, Lock
total, lock = 0, Lock()
def add(n):
    global total
    for _ in range(1000):
        with lock:
            total += n
threads = [Thread(target=add, args=(n,)) for n in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
total
"""
        assert await value_of(executor, code) == "6000"
        assert await value_of(executor, "total, lock.locked(), threads[0].is_alive()") == (
            "(6000, False, False)"
        )


@case
async def tools_called_in_each_other_and_from_threads_answer_right(
    factory: ExecutorFactory,
) -> None:
    tools = Tools()
    code = """
from concurrent.futures import ThreadPoolExecutor

def ask(thread):
    wrong = 0
    for i in range(50):
        wrong += echo(echo((thread, i))) != (thread, i)
        wrong += len(search(echo("q"), echo(limit := i % 7))) != limit
    return wrong

with ThreadPoolExecutor(8) as pool:
    found = list(pool.map(ask, range(8)))
found
"""
    async with opened(factory, tools, seconds=250) as executor:
        events = await events_of(executor, code)
        assert getattr(events[-1], "value", None) == str([0] * 8)
        called = [e.id for e in events if isinstance(e, ToolCalled)]
        returned = [e.id for e in events if isinstance(e, ToolReturned)]
        assert len(called) == len(set(called)) == len(tools.calls) == 8 * 50 * 5
        assert sorted(returned) == sorted(called)
        for one in set(called):
            kinds = [
                type(e) for e in events if isinstance(e, ToolCalled | ToolReturned) and e.id == one
            ]
            assert kinds == [ToolCalled, ToolReturned]


@case
async def tools_called_from_a_pool_work_at_the_same_time(factory: ExecutorFactory) -> None:
    calls = "with ThreadPoolExecutor(3) as pool:\n    answers = list(pool.map(ask, range(3)))"
    async with opened(factory) as executor:
        value = await value_of(executor, TOGETHER.format(calls=calls))
        assert value == "([3, 3, 3], [0, 1, 2])"


@case
async def tools_called_from_threads_work_at_the_same_time(factory: ExecutorFactory) -> None:
    calls = (
        "answers = [Thread(target=ask, args=(n,)) for n in range(3)]\n"
        "for one in answers: one.start()\nfor one in answers: one.join()\nanswers = len(answers)"
    )
    async with opened(factory) as executor:
        assert await value_of(executor, TOGETHER.format(calls=calls)) == "([3, 3, 3], 3)"


@case
async def a_tools_exception_is_raised_in_the_thread_that_called_it(
    factory: ExecutorFactory,
) -> None:
    code = """
from concurrent.futures import ThreadPoolExecutor
def ask(kind):
    try:
        return fail(kind)
    except (ValueError, KeyError) as exc:
        return type(exc).__name__
with ThreadPoolExecutor(2) as pool:
    named = list(pool.map(ask, ["value", "key"] * 3))
    odd = pool.submit(fail, "odd").exception()
named, str(odd)
"""
    async with opened(factory) as executor:
        value = await value_of(executor, code)
        assert value == str((["ValueError", "KeyError"] * 3, "Oddity: no"))


@case
async def lines_from_threads_arrive_whole_and_each_threads_in_order(
    factory: ExecutorFactory,
) -> None:
    code = """
from threading import Thread
def say(n):
    for i in range(40):
        print(n, "says", i, sep="-")
threads = [Thread(target=say, args=(n,)) for n in range(6)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print("end")
"""
    async with opened(factory) as executor:
        lines = printed(await events_of(executor, code)).splitlines()
        assert lines[-1:] == ["end"]
        for n in range(6):
            mine = [line for line in lines if line.startswith(f"{n}-")]
            assert mine == [f"{n}-says-{i}" for i in range(40)]
        assert len(lines) == 6 * 40 + 1


@case
async def what_fails_in_a_thread_is_told_and_ends_only_the_thread(
    factory: ExecutorFactory,
) -> None:
    code = """
from threading import Thread
def work():
    return 1 / 0
thread = Thread(target=work, name="the worker")
thread.start()
thread.join()
print("went on")
"""
    async with opened(factory) as executor:
        events = await events_of(executor, code)
        told = printed(events, "stderr")
        assert "Exception in thread the worker" in told
        assert ", in work\n" in told
        assert "ZeroDivisionError: division by zero" in told
        assert printed(events) == "went on\n"
        assert getattr(events[-1], "outcome", None) == "ok"


@case
async def an_answer_given_in_a_thread_is_the_answer(factory: ExecutorFactory) -> None:
    code = """
from threading import Thread
thread = Thread(target=lambda: final_answer(echo(7)))
thread.start()
thread.join()
"""
    async with opened(factory) as executor:
        end = await end_of(executor, code)
        assert (end.outcome, end.is_answer, end.answer) == ("ok", True, 7)
        assert await value_of(executor, "1 + 1") == "2"


@case
async def a_pool_works_in_the_next_cell(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        code = (
            "from concurrent.futures import ThreadPoolExecutor\npool = ThreadPoolExecutor(3)\n"
            "list(pool.map(echo, range(4)))"
        )
        assert await value_of(executor, code) == "[0, 1, 2, 3]"
        assert await value_of(executor, "list(pool.map(echo, 'ab'))") == "['a', 'b']"


@case
async def asyncio_hands_work_to_threads(factory: ExecutorFactory) -> None:
    code = """
import asyncio
async def main():
    loop = asyncio.get_running_loop()
    some = [asyncio.to_thread(echo, n) for n in range(5)]
    return await asyncio.gather(*some, loop.run_in_executor(None, echo, "by the loop"))
asyncio.run(main())
"""
    async with opened(factory) as executor:
        assert await value_of(executor, code) == "[0, 1, 2, 3, 4, 'by the loop']"


@case
async def a_stop_ends_all_threads_and_the_tools_they_wait_for(factory: ExecutorFactory) -> None:
    tools = Tools()
    code = """
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(3) as pool:
    list(pool.map(wait, [600] * 3))
"""
    async with opened(factory, tools) as executor:
        assert await value_of(executor, "kept = 1\nkept") == "1"
        outcomes: Counter[str] = Counter()
        async for event in executor.run(code):
            outcomes[event.type] += 1
            if isinstance(event, ToolCalled) and outcomes["tool_called"] == 3:
                while len(tools.calls) < 3:
                    await asyncio.sleep(0.01)
                await executor.interrupt()
        assert outcomes["finished"] == 1
        assert tools.cancelled == 3
        assert await value_of(executor, "kept") == "1"
