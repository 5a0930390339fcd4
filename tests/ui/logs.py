"""Event lists for the tests of the page's fold."""

from __future__ import annotations

from agent.events import (
    ActionReady,
    CellEvent,
    CodeDelta,
    Event,
    RunEnded,
    RunStarted,
    StepFinished,
    StepStarted,
    TextDelta,
)
from executors.base import ExecutionEvent, Finished, Output


def started(task: str = "Add them up") -> list[Event]:
    return [RunStarted(task=task, model="m", executor="local")]


def cell(step: int, *events: ExecutionEvent) -> list[Event]:
    return [CellEvent(step=step, event=event) for event in events]


def acting(step: int, thought: str, code: str, *events: ExecutionEvent) -> list[Event]:
    """A whole step: the reply streamed in two pieces each, then its cell."""
    half, middle = len(thought) // 2, len(code) // 2
    return [
        StepStarted(step=step, max_steps=5),
        TextDelta(step=step, text=thought[:half]),
        TextDelta(step=step, text=thought[half:]),
        CodeDelta(step=step, text=code[:middle]),
        CodeDelta(step=step, text=code[middle:]),
        ActionReady(step=step, thought=thought, code=code),
        *cell(step, *(events or (printed("1\n"), Finished(outcome="ok")))),
        StepFinished(step=step, duration=1.25),
    ]


def printed(text: str, stream: str = "stdout") -> Output:
    return Output(stream="stderr" if stream == "stderr" else "stdout", text=text)


def answered(step: int, text: str) -> list[Event]:
    return [
        StepStarted(step=step, max_steps=5),
        TextDelta(step=step, text=text),
        StepFinished(step=step, duration=0.5),
        RunEnded(outcome="answer", answer=text, duration=3.0),
    ]
