"""Tools where they are used: called by code in a real worker, run by the host."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from datetime import date
from typing import Any

import pytest

from agent.code_agent import CodeAgent
from agent.events import CellEvent, RunEnded
from agent.models.scripted import ScriptedModel
from agent.tools.base import Tool, tool
from agent.tools.final_answer import FinalAnswerTool
from agent.tools.visit_webpage import VisitWebpageTool
from executors.base import Finished, ToolReturned
from tests.tools.conftest import WebServer


@tool
def add_days(start: date, days: int = 1, *, labels: tuple[str, ...] = ("a",)) -> dict[str, Any]:
    """Add days to a date."""
    return {"date": date.fromordinal(start.toordinal() + days), "labels": labels}


@tool
async def fail(reason: str) -> None:
    """Fail."""
    raise LookupError(reason)


async def outcome(code: str, tools: Sequence[Tool]) -> tuple[Any, list[ToolReturned]]:
    """What the code answered with, and what its tools returned."""
    model = ScriptedModel(f"I run it.\n```python\n{code}\n```")
    agent = CodeAgent(tools, model)
    returned: list[ToolReturned] = []
    ended: RunEnded | None = None
    try:
        async with aclosing(agent.stream("go")) as events:
            async for event in events:
                match event:
                    case CellEvent(event=ToolReturned() as one):
                        returned.append(one)
                    case CellEvent(event=Finished() as finished):
                        assert finished.error is None, finished.error
                    case RunEnded():
                        ended = event
                    case _:
                        pass
    finally:
        await agent.aclose()
    assert ended is not None
    assert ended.outcome == "answer", ended
    return ended.answer, returned


async def test_values_cross_both_ways_and_defaults_hold() -> None:
    code = (
        "from datetime import date\n"
        "got = add_days(date(2024, 2, 28), days=2)\n"
        "final_answer([got['date'].isoformat(), list(got['labels']), add_days(date(2024, 1, 1))"
        "['date'].day])"
    )
    answer, returned = await outcome(code, [add_days])
    assert answer == ["2024-03-01", ["a"], 2]
    assert [one.ok for one in returned] == [True, True]


@pytest.mark.parametrize(
    ("call", "caught"),
    [
        ("fail('no such city')", "LookupError: no such city"),
        ("fail()", "TypeError: fail() "),
        ("fail(reason='x', why='y')", "TypeError: fail() "),
    ],
)
async def test_an_error_reaches_the_code_as_what_it_is(call: str, caught: str) -> None:
    code = (
        f"try:\n    {call}\nexcept (LookupError, TypeError) as e:\n"
        "    final_answer(f'{type(e).__name__}: {e}')"
    )
    answer, _ = await outcome(code, [fail])
    assert answer.startswith(caught)


@pytest.mark.parametrize("allow_private", [False, True])
async def test_the_code_cannot_reach_this_machine_through_the_page_reader(
    web: WebServer, allow_private: bool
) -> None:
    code = (
        f"try:\n    text = visit_webpage('{web.url}/')\nexcept ValueError as e:\n"
        "    text = str(e)\nfinal_answer(text)"
    )
    reader = VisitWebpageTool(ports={web.port}, allow_private=allow_private)
    answer, _ = await outcome(code, [reader])
    if allow_private:
        assert "Heading" in answer
    else:
        assert "is not on the public internet" in answer
    assert len(web.hits) == (1 if allow_private else 0)


async def test_final_answer_among_the_tools_does_no_harm() -> None:
    assert (await outcome("final_answer(42)", [FinalAnswerTool()]))[0] == 42


@tool
async def gives_up() -> int:
    """Cancels itself."""
    raise asyncio.CancelledError


async def test_a_tool_that_cancels_itself_is_an_error_in_the_code() -> None:
    code = "try:\n    gives_up()\nexcept RuntimeError as exc:\n    final_answer(str(exc))"
    model = ScriptedModel(f"I try.\n```python\n{code}\n```")
    async with CodeAgent([gives_up], model) as agent:
        events = [event async for event in agent.stream("Go.")]
    assert isinstance(events[-1], RunEnded)
    assert events[-1].answer == "gives_up() was cancelled from within"
