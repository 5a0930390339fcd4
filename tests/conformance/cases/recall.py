"""`steps`: earlier steps of the conversation, which the host gives when the code asks."""

from __future__ import annotations

from typing import Any

from executors.base import ExecutorFactory, Parameter, ToolCalled, ToolReturned, ToolSpec
from executors.recall import RECALL
from tests.cells import end_of, events_of, value_of
from tests.conformance.harness import case, opened
from tests.host_tools import Tools


class Remembering(Tools):
    """Has `count` steps, and gives at most two at once."""

    specs = (
        *Tools.specs,
        ToolSpec(
            name=RECALL,
            description="Gives steps.",
            parameters=(Parameter(name="start"), Parameter(name="stop")),
        ),
    )

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count

    async def __call__(self, name: str, arguments: dict[str, Any]) -> Any:
        if name != RECALL:
            return await super().__call__(name, arguments)
        start, stop = arguments["start"], arguments["stop"]
        found = [
            {"number": n, "thought": f"t{n}", "code": f"c{n}", "output": "o" * n, "error": ""}
            for n in range(start, min(stop, start + 2, self.count + 1))
        ]
        return {"total": self.count, "steps": found}


@case
async def earlier_steps_are_there_in_full(factory: ExecutorFactory) -> None:
    async with opened(factory, Remembering(5)) as executor:
        code = "steps[3].number, steps[3].code, steps[-1].output, steps[2].error, len(steps)"
        events = await events_of(executor, code)
        assert getattr(events[-1], "value", None) == "(3, 'c3', 'ooooo', '', 5)"
        assert not any(isinstance(event, ToolCalled | ToolReturned) for event in events)
        assert await value_of(executor, "[s.number for s in steps]") == "[1, 2, 3, 4, 5]"
        assert await value_of(executor, "[s.number for s in steps[2:4]]") == "[2, 3]"
        end = await end_of(executor, "steps[0]")
        assert end.error is not None
        assert end.error.name == "IndexError"
        assert "from steps[1] to steps[5]" in end.error.message


@case
async def steps_are_those_that_the_host_has_now(factory: ExecutorFactory) -> None:
    remembering = Remembering(1)
    async with opened(factory, remembering) as executor:
        assert await value_of(executor, "len(steps)") == "1"
        await value_of(executor, "x = steps[1].output")
        remembering.count = 3
        assert await value_of(executor, "len(steps), steps[3].output") == "(3, 'ooo')"
        await executor.rewind(1)
        assert await value_of(executor, "len(steps)") == "3"


@case
async def a_variable_may_be_called_steps(factory: ExecutorFactory) -> None:
    async with opened(factory, Remembering(1)) as executor:
        assert await value_of(executor, "steps = [7]\nsteps[0]") == "7"
        assert await value_of(executor, "del steps\nlen(steps)") == "1"
