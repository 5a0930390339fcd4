"""How tests have an agent act, and what they make of its events."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from agent import CodeAgent
from agent.events import Event, RunEnded

MakeAgent = Callable[..., CodeAgent]


def act(code: str, thought: str = "I compute it.") -> str:
    return f"{thought}\n```python\n{code}\n```"


async def collect(agent: CodeAgent, task: str = "the task") -> list[Event]:
    return [event async for event in agent.stream(task)]


def ended(events: Sequence[Event]) -> RunEnded:
    last = events[-1]
    assert isinstance(last, RunEnded)
    assert sum(isinstance(e, RunEnded) for e in events) == 1
    return last
