"""Every step of a conversation in full, for the code to read as `steps[n]`."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from executors.base import CallTool, Parameter, ToolSpec
from executors.recall import RECALL

MAX_CHARS = 32 << 20
"""Of all steps together; beyond it the oldest outputs go."""
_ANSWER_CHARS = 1 << 20
"""Of one answer to the code; it asks again for the rest."""
_GONE = "(This output is no longer kept.)"

RECALL_SPEC = ToolSpec(
    name=RECALL,
    description="Gives earlier steps.",
    parameters=(
        Parameter(name="start", annotation="int"),
        Parameter(name="stop", annotation="int"),
    ),
    returns="dict",
)
"""How the code's `steps` ask the host."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRecord:
    """One action and what came of it."""

    number: int
    """From 1, through all tasks of the conversation."""
    thought: str
    code: str
    output: str = ""
    """All that was printed and shown, and the last value."""
    error: str = "It did not come to its end."
    """The traceback, or what else went wrong; empty where nothing did."""

    @property
    def size(self) -> int:
        """In characters."""
        return len(self.thought) + len(self.code) + len(self.output) + len(self.error)


class Records:
    """The steps so far."""

    def __init__(self) -> None:
        self._steps: list[StepRecord] = []
        self._chars = 0

    def __len__(self) -> int:
        return len(self._steps)

    def __getitem__(self, number: int) -> StepRecord:
        """That step, counted from 1."""
        return self._steps[number - 1]

    def begin(self, thought: str, code: str) -> int:
        """A step has acted; returns its number. It counts as cut off until `finish`."""
        self._steps.append(StepRecord(number=len(self) + 1, thought=thought, code=code))
        self._chars += self._steps[-1].size
        return len(self)

    def finish(self, output: str, error: str) -> None:
        """The newest step has come to this."""
        before = self._steps[-1]
        self._steps[-1] = replace(before, output=output, error=error)
        self._chars += self._steps[-1].size - before.size
        for index, step in enumerate(self._steps[:-1]):
            if self._chars <= MAX_CHARS:
                return
            if len(step.output) > len(_GONE):
                self._steps[index] = replace(step, output=_GONE)
                self._chars -= len(step.output) - len(_GONE)

    def recall(self, start: int, stop: int) -> dict[str, Any]:
        """What `executors.recall` asks for: a few steps, from `start` on and before `stop`."""
        found: list[dict[str, Any]] = []
        room = _ANSWER_CHARS
        for step in self._steps[max(start, 1) - 1 : max(stop, 1) - 1]:
            if found and step.size > room:
                break
            room -= step.size
            found.append(asdict(step))
        return {"total": len(self), "steps": found}

    def clear(self) -> None:
        """Forget all of them."""
        self._steps.clear()
        self._chars = 0


def with_recall(call_tool: CallTool, records: Records) -> CallTool:
    """The same tools, and `RECALL_SPEC` beside them."""

    async def call(name: str, arguments: dict[str, Any]) -> Any:
        if name == RECALL:
            return records.recall(arguments["start"], arguments["stop"])
        return await call_tool(name, arguments)

    return call
