"""Tools of the host, called by the code."""

from __future__ import annotations

from executors.base import (
    ExecutorFactory,
    Finished,
    Notice,
    Output,
    StatementRunning,
    ToolCalled,
    ToolReturned,
)
from tests.cells import end_of, events_of, value_of
from tests.conformance.harness import case, opened
from tests.host_tools import Tools


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
    async with opened(factory, seconds=2.0) as executor:
        assert await value_of(executor, "wait(2.5)") == "'done'"


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
