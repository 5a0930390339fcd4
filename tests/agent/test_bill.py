"""What a run cost, its own model and those of the agents that it called."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from agent import CodeAgent, ScriptedModel
from agent.events import RunEnded
from agent.models.price import Price, cost
from agent.models.profile import PROFILES
from executors.base import ExecutionEvent, ExecutorSpec
from executors.errors import ProtocolError
from executors.local.executor import LocalExecutor, LocalExecutorFactory


def act(code: str) -> str:
    return f"I compute it.\n```python\n{code}\n```"


def model(*replies: str, price: Price | None) -> ScriptedModel:
    return ScriptedModel(*replies, profile=replace(PROFILES["medium"], price=price))


CHEAP, DEAR = Price(input=1, output=2), Price(input=10, output=20)


@pytest.mark.parametrize("own", [CHEAP, None])
@pytest.mark.parametrize("theirs", [DEAR, None])
async def test_each_model_has_its_own_price(own: Price | None, theirs: Price | None) -> None:
    helper = CodeAgent(
        [], model(act("final_answer(1)"), price=theirs), name="helper", description="Helps."
    )
    code = act("final_answer(helper('Help.'))")
    async with CodeAgent([], model(code, price=own), managed_agents=[helper]) as agent:
        events = [event async for event in agent.stream("Do it.")]
    end = events[-1]
    assert isinstance(end, RunEnded)
    inner = next(
        e.event for e in events if e.type == "agent_event" and isinstance(e.event, RunEnded)
    )
    mine = end.usage.input_tokens - inner.usage.input_tokens
    assert mine > 0
    if own is None and theirs is None:
        assert end.cost is None
        return
    said = end.usage.output_tokens - inner.usage.output_tokens
    paid = (mine * own.input + said * own.output) / 1e6 if own else 0.0
    paid += cost(inner.usage, theirs) if theirs else 0.0
    assert end.cost == pytest.approx(paid)


async def test_what_was_used_before_a_fault_is_billed() -> None:
    class Breaks(LocalExecutor):
        async def run(self, code: str) -> AsyncGenerator[ExecutionEvent, None]:
            raise ProtocolError("It broke.")
            yield

    class Factory(LocalExecutorFactory):
        def __call__(self, spec: ExecutorSpec) -> LocalExecutor:
            return Breaks(spec, self, None)

    factory = Factory()
    writer = model(act("print(1)"), price=CHEAP)
    async with CodeAgent([], writer, executor_type=factory) as agent:
        end = [event async for event in agent.stream("the task")][-1]
    await factory.aclose()
    assert isinstance(end, RunEnded)
    assert (end.outcome, end.error) == ("failed", "It broke.")
    assert end.usage.output_tokens == -(-len(act("print(1)")) // 4)
    assert end.cost == cost(end.usage, CHEAP)
