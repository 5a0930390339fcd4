"""What every executor promises, as cases written against the `Executor` protocol only.

A case is a coroutine function that takes a factory. `CASES` holds them all; the control runs them
against an executor that keeps no promise, and each has to fail there.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any

from executors.base import (
    LEFT_OUT,
    Display,
    ExecutionEvent,
    Executor,
    ExecutorFactory,
    ExecutorSpec,
    FilesChanged,
    Finished,
    Limits,
    Notice,
    Output,
    Parameter,
    StatementRunning,
    ToolCalled,
    ToolReturned,
    ToolSpec,
)
from executors.values import decode

Case = Callable[[ExecutorFactory], Awaitable[None]]
CASES: list[Case] = []

FOREVER = "import time\nwhile True:\n    time.sleep(0.01)"
ENDS_WITHIN = 8.0
"""Seconds, on a busy machine, for the worst case: an interpreter that has to be started anew."""
BUSY = "sum(range(10**12))"  # one call of C code: nothing in Python can interrupt it


class Oddity(Exception):
    """An exception type that Python does not have."""


class Tools:
    """Real tools on the host that remember how they were called and whether they were cancelled."""

    specs = (
        ToolSpec(
            name="search",
            description="Searches.",
            parameters=(
                Parameter(name="query", annotation="str"),
                Parameter(name="limit", annotation="int", required=False, default=5),
            ),
        ),
        ToolSpec(name="echo", description="Gives back.", parameters=(Parameter(name="value"),)),
        ToolSpec(name="fail", description="Fails.", parameters=(Parameter(name="kind"),)),
        ToolSpec(name="wait", description="Waits.", parameters=(Parameter(name="seconds"),)),
    )

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.cancelled = 0

    async def __call__(self, name: str, arguments: dict[str, Any]) -> Any:
        self.calls.append((name, arguments))
        match name:
            case "search":
                return [{"title": f"{arguments['query']} {i}"} for i in range(arguments["limit"])]
            case "echo":
                return arguments["value"]
            case "fail":
                raise {"value": ValueError, "key": KeyError, "odd": Oddity}[arguments["kind"]]("no")
            case _:
                try:
                    await asyncio.sleep(arguments["seconds"])
                except asyncio.CancelledError:
                    self.cancelled += 1
                    raise
                return "done"


def case(function: Case) -> Case:
    CASES.append(function)
    return function


@asynccontextmanager
async def opened(
    factory: ExecutorFactory, tools: Tools | None = None, **limits: Any
) -> AsyncGenerator[Executor, None]:
    spec = ExecutorSpec(
        tools=Tools.specs, call_tool=tools or Tools(), limits=Limits(**{"seconds": 20, **limits})
    )
    async with factory(spec) as executor:
        yield executor


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


def printed(events: list[ExecutionEvent], stream: str = "stdout") -> str:
    return "".join(e.text for e in events if isinstance(e, Output) and e.stream == stream)


@case
async def state_lasts_across_cells(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        assert await value_of(executor, "x = 20\ndef double(n):\n    return 2 * n") is None
        assert await value_of(executor, "y = double(x) + 2\ny") == "42"
        assert await value_of(executor, "x, y") == "(20, 42)"


@case
async def the_value_is_that_of_the_last_expression(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        assert await value_of(executor, "1\n'two'") == "'two'"
        assert await value_of(executor, "None") is None
        assert await value_of(executor, "z = 3") is None
        assert await value_of(executor, "") is None


@case
async def a_long_value_is_cut(factory: ExecutorFactory) -> None:
    async with opened(factory, value_chars=100) as executor:
        value = await value_of(executor, "'v' * 5000")
        assert value is not None
        assert 100 <= len(value) < 250


@case
async def prints_arrive_while_the_cell_runs(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        await value_of(executor, "import time")
        seen: dict[str, float] = {}
        async with aclosing(executor.run("print('early')\ntime.sleep(1)\nprint('late')")) as events:
            async for event in events:
                if isinstance(event, Output):
                    seen[event.text.strip()] = time.monotonic()
        assert seen["late"] - seen["early"] > 0.7


@case
async def streams_are_told_apart(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        events = await events_of(executor, _TO_STDERR)
        assert printed(events) == "out\n"
        assert "careful" in printed(events, "stderr")


_TO_STDERR = "print('out')\nimport warnings\nwarnings.warn('careful')"


@case
async def a_flood_of_output_is_cut_and_counted(factory: ExecutorFactory) -> None:
    async with opened(factory, output_chars=10_000) as executor:
        events = await events_of(executor, "for i in range(200_000):\n    print('line', i)")
        text = printed(events)
        assert len(text) < 12_000
        assert text.startswith("line 0\n")
        assert "line 199999\n" in text
        assert "cut" in text


@case
async def an_error_has_its_type_message_and_line(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        end = await end_of(executor, "def f(n):\n    return 1 / n\n\nkept = 1\nf(0)")
        assert end.outcome == "error"
        assert end.error is not None
        assert end.error.name == "ZeroDivisionError"
        assert end.error.message == "division by zero"
        assert end.error.line == 2
        assert "return 1 / n" in end.error.traceback
        assert "f(0)" in end.error.traceback
        assert await value_of(executor, "kept") == "1"


@case
async def own_exception_types_keep_their_names(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        end = await end_of(executor, "class Broken(Exception): pass\nraise Broken('so')")
        assert end.error is not None
        assert (end.error.name, end.error.message, end.error.line) == ("Broken", "so", 2)


@case
async def a_syntax_error_has_its_line(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        end = await end_of(executor, "x = 1\nif x\n    pass")
        assert end.outcome == "error"
        assert end.error is not None
        assert end.error.name == "SyntaxError"
        assert end.error.line == 2


@case
async def a_wrong_name_gets_a_hint(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        await value_of(executor, "temperature = 20")
        end = await end_of(executor, "temprature + 1")
        assert end.error is not None
        assert end.error.name == "NameError"
        assert "temperature" in end.error.hint


@case
async def an_answer_ends_the_run(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        end = await end_of(executor, "final_answer({'a': (1, 2)})\nprint('not reached')")
        assert (end.outcome, end.is_answer) == ("ok", True)
        assert decode(end.answer) == {"a": (1, 2)}
        end = await end_of(executor, "final_answer(1, 'b')")
        assert decode(end.answer) == (1, "b")


@case
async def no_handler_swallows_an_answer(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        for handler in ("except:", "except Exception:", "except BaseException:"):
            end = await end_of(executor, f"try:\n    final_answer(7)\n{handler}\n    x = 1\nx = 2")
            assert end.is_answer
            assert end.answer == 7


@case
async def a_none_answer_is_an_answer(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        end = await end_of(executor, "final_answer(None)")
        assert end.is_answer
        assert end.answer is None


@case
async def tools_take_and_give_nested_data(factory: ExecutorFactory) -> None:
    tools = Tools()
    async with opened(factory, tools) as executor:
        value = await value_of(executor, "echo({'a': [1, (2, 3)], 4: {5}, 'b': b'x'})")
        assert value == repr({"a": [1, (2, 3)], 4: {5}, "b": b"x"})
        assert tools.calls == [("echo", {"value": {"a": [1, (2, 3)], 4: {5}, "b": b"x"}})]


@case
async def tools_take_positions_keywords_and_defaults(factory: ExecutorFactory) -> None:
    tools = Tools()
    async with opened(factory, tools) as executor:
        code = "len(search('a')), len(search('a', 2)), len(search(limit=1, query='b'))"
        assert await value_of(executor, code) == "(5, 2, 1)"
        assert tools.calls[2] == ("search", {"query": "b", "limit": 1})
        end = await end_of(executor, "search()")
        assert end.error is not None
        assert end.error.name == "TypeError"
        assert "search(query: str, limit: int = 5)" in end.error.message
        assert len(tools.calls) == 3


@case
async def a_tools_exception_is_raised_in_the_code(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        code = "try:\n    fail('value')\nexcept ValueError as e:\n    said = str(e)\nsaid"
        assert await value_of(executor, code) == "'no'"
        code = "try:\n    fail('key')\nexcept KeyError as e:\n    said = e.args\nsaid"
        assert await value_of(executor, code) == "('no',)"
        end = await end_of(executor, "fail('odd')")
        assert end.error is not None
        assert end.error.message == "Oddity: no"
        code = "try:\n    fail('odd')\nexcept RuntimeError as e:\n    said = str(e)\nsaid"
        assert await value_of(executor, code) == "'Oddity: no'"


@case
async def tool_events_come_in_pairs(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        events = await events_of(executor, "print('a')\necho(1)\nprint('b')\necho(value='two')")
        calls = [e for e in events if isinstance(e, ToolCalled | ToolReturned)]
        assert [type(e) for e in calls] == [ToolCalled, ToolReturned] * 2
        assert calls[0].id == calls[1].id != calls[2].id == calls[3].id
        assert isinstance(calls[2], ToolCalled)
        assert calls[2].arguments == {"value": "two"}
        assert isinstance(calls[3], ToolReturned)
        assert calls[3].ok
        assert "two" in calls[3].preview
        told = [e for e in events if not isinstance(e, Notice | StatementRunning)]
        order = [e.text if isinstance(e, Output) else type(e).__name__ for e in told[:4]]
        assert order == ["a\n", "ToolCalled", "ToolReturned", "b\n"]


@case
async def tool_time_is_not_charged(factory: ExecutorFactory) -> None:
    async with opened(factory, seconds=1.0) as executor:
        assert await value_of(executor, "wait(1.5)") == "'done'"


@case
async def tool_calls_of_a_cell_are_limited(factory: ExecutorFactory) -> None:
    tools = Tools()
    async with opened(factory, tools, calls=3) as executor:
        code = "made = 0\nfor i in range(9):\n    echo(i)\n    made += 1"
        events = await events_of(executor, code)
        assert [e.id for e in events if isinstance(e, ToolReturned)] == [1, 2, 3]
        end = events[-1]
        assert isinstance(end, Finished)
        assert end.error is not None
        assert (end.error.name, end.error.message, end.error.line) == (
            "RuntimeError",
            "a cell may make 3 tool calls, and this one has: go on in the next cell",
            3,
        )
        assert await value_of(executor, "made, echo('on')") == "(3, 'on')"
        assert len(tools.calls) == 4


@case
async def a_timeout_keeps_the_state(factory: ExecutorFactory) -> None:
    async with opened(factory, seconds=1.0) as executor:
        await value_of(executor, "x = 1")
        for code in (FOREVER, BUSY):
            end = await end_of(executor, f"x = 2\n{code}")
            assert end.outcome == "timeout"
            assert end.error is not None
            assert end.error.name == "TimeLimit"
            assert end.state_kept
            assert end.duration < 1 + ENDS_WITHIN
            assert int(await value_of(executor, "x") or 0) in (1, 2)


@case
async def an_interrupt_keeps_the_state(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        await value_of(executor, "x = 1")
        for code in (FOREVER, BUSY):
            task = asyncio.create_task(end_of(executor, code))
            await asyncio.sleep(0.5)
            asked = time.monotonic()
            await executor.interrupt()
            end = await task
            assert time.monotonic() - asked < ENDS_WITHIN
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
        task = asyncio.create_task(end_of(executor, FOREVER))
        await asyncio.sleep(0.5)
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
        task = asyncio.create_task(end_of(executor, FOREVER))
        await asyncio.sleep(0.3)
        refused = False
        try:
            await end_of(executor, "1")
        except RuntimeError:
            refused = True
        await executor.interrupt()
        await task
        assert refused


@case
async def a_display_has_a_text_beside_it(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        code = "class Table:\n    def _repr_html_(self):\n        return '<b>1</b>'\n"
        events = await events_of(
            executor, code + "    def __repr__(self):\n        return 'T'\nTable()"
        )
        shown = [e for e in events if isinstance(e, Display)]
        assert [(e.mime, e.data) for e in shown] == [("text/html", "<b>1</b>")]
        assert shown[0].alt == "T"
        assert isinstance(events[-1], Finished)
        assert events[-1].value == "T"


@case
async def what_a_cell_shows_is_bounded(factory: ExecutorFactory) -> None:
    async with opened(factory, display_chars=50_000) as executor:
        code = "class Big:\n    def _repr_html_(self):\n        return 'x' * 20_000\n"
        events = await events_of(executor, code + "for _ in range(9):\n    display(Big())")
        shown = [e for e in events if isinstance(e, Display)]
        assert [len(e.data) for e in shown] == [20_000, 20_000]
        told = [e.text for e in events if isinstance(e, Notice) and e.level == "warning"]
        assert told == [LEFT_OUT]
        assert isinstance(events[-1], Finished)
        assert events[-1].outcome == "ok"


@case
async def files_go_in_and_out(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        await executor.workspace.write("data/in.txt", b"21")
        code = (
            "n = int(open('data/in.txt').read())\n"
            "with open('out.txt', 'w') as f:\n    f.write(str(2 * n))"
        )
        events = await events_of(executor, code)
        changed = [file for e in events if isinstance(e, FilesChanged) for file in e.files]
        assert [(file.path, file.size) for file in changed] == [("out.txt", 2)]
        assert await executor.workspace.read("out.txt") == b"42"
        names = [file.path for file in await executor.workspace.list()]
        assert names == ["data/in.txt", "out.txt"]
        await executor.workspace.delete("out.txt")
        assert [file.path for file in await executor.workspace.list()] == ["data/in.txt"]


@case
async def files_outside_the_workspace_are_refused(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        for path in ("../x", "/etc/hostname", "a/../../x", ""):
            for ask in (
                executor.workspace.read,
                lambda path: executor.workspace.write(path, b""),
                executor.workspace.delete,
            ):
                refused = False
                try:
                    await ask(path)
                except ValueError:
                    refused = True
                assert refused, path
        missing = False
        try:
            await executor.workspace.read("none.txt")
        except FileNotFoundError:
            missing = True
        assert missing


@case
async def two_executors_share_nothing(factory: ExecutorFactory) -> None:
    async with opened(factory) as one, opened(factory) as two:
        await value_of(one, "secret = 1\nopen('mine.txt', 'w').close()")
        end = await end_of(two, "secret")
        assert end.error is not None
        assert end.error.name == "NameError"
        assert await two.workspace.list() == []
        assert await value_of(one, "secret") == "1"


@case
async def a_rewind_restores_the_variables(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        for i in range(4):
            await value_of(executor, f"x = {i}")
        await executor.rewind(2)
        assert await value_of(executor, "x") == "1"
        refused = False
        try:
            await executor.rewind(50)
        except ValueError:
            refused = True
        assert refused
        assert await value_of(executor, "x") == "1"


@case
async def ordinary_python_runs(factory: ExecutorFactory) -> None:
    code = """
from dataclasses import dataclass, field
from enum import Enum
import asyncio, functools, itertools, re

class Colour(Enum):
    RED = 1

@dataclass(order=True)
class Point:
    x: int
    y: int = 0
    tags: list[str] = field(default_factory=list)

class Base:
    def __init__(self, n): self._n = n
    def value(self): return self._n
    def __enter__(self): return self
    def __exit__(self, *exc): return False

class Derived(Base):
    def __init__(self): super().__init__(5)
    @property
    def twice(self): return 2 * self.value()

@functools.lru_cache
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)

def gen():
    got = yield 1
    yield from (got, 3)

async def later(n):
    await asyncio.sleep(0)
    return n

def kind(v):
    match v:
        case Point(x=0): return 'origin'
        case [first, *rest]: return first
        case {'k': found}: return found
        case _: return None

g = gen(); first = next(g); rest = [g.send(2), next(g)]
with Derived() as d:
    total = d.twice
try:
    {}['missing']
except KeyError as e:
    missing = e.args[0]
finally:
    done = True
(fib(20), Colour.RED.name, Point(1) < Point(2), total, first, rest, missing, kind(Point(0)),
 kind([7, 8]), kind({'k': 9}), asyncio.run(later(4)), (n := 6) + n, f'{3.14159:.2f}',
 '{0.x}'.format(Point(8)), [*itertools.chain([1], [2])], re.sub('a', 'b', 'aa'))
"""
    async with opened(factory) as executor:
        value = await value_of(executor, code)
        assert value == (
            "(6765, 'RED', True, 10, 1, [2, 3], 'missing', 'origin', 7, 9, 4, 12, '3.14', '8',"
            " [1, 2], 'bb')"
        )
