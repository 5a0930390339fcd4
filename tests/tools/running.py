"""Tools where they are used: an agent whose scripted model runs one cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from typing import Any

from agent.code_agent import CodeAgent
from agent.events import CellEvent, Event, RunEnded
from agent.models.scripted import ScriptedModel
from agent.tools.base import Tool
from agent.tools.foreign import SmolagentsTool
from executors.base import ExecutorFactory, Finished
from executors.factory import ExecutorKind
from executors.values import decode


async def events_of(
    code: str,
    tools: Sequence[Tool | SmolagentsTool],
    executors: ExecutorKind | ExecutorFactory,
    files: Mapping[str, bytes] | None = None,
) -> list[Event]:
    """All events of a run in which the model writes `code`, which must not fail."""
    model = ScriptedModel(f"I run it.\n```python\n{code}\n```")
    agent = CodeAgent(tools, model, executor_type=executors)
    try:
        async with aclosing(agent.stream("go", files or {})) as events:
            found = [event async for event in events]
    finally:
        await agent.aclose()
    for event in found:
        if isinstance(event, CellEvent) and isinstance(event.event, Finished):
            assert event.event.error is None, event.event.error
    return found


async def answer_of(
    code: str,
    tools: Sequence[Tool | SmolagentsTool],
    executors: ExecutorKind | ExecutorFactory,
    files: Mapping[str, bytes] | None = None,
) -> Any:
    """What `code` gave to `final_answer`."""
    end = (await events_of(code, tools, executors, files))[-1]
    assert isinstance(end, RunEnded)
    assert end.outcome == "answer", end
    return decode(end.answer)
