"""Budgets: a run whose time is over ends at once, and what was done before is kept."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import replace
from typing import Self

import pytest

from agent import CodeAgent, ScriptedModel, tool
from agent.budget import Budget
from agent.events import CellEvent, Event, RunEnded, StepFinished, TextDelta
from executors.base import ExecutorFactory, ExecutorSpec, ToolCalled
from executors.local.executor import LocalExecutor, LocalExecutorFactory
from tests.agent.running import act
from tests.cells import BUSY, FOREVER

SECONDS = 2.0
"""Of the budget: enough for a model call and the beginning of a cell on a busy machine."""


@tool
async def endless() -> None:
    """Never ends."""
    await asyncio.Event().wait()


async def told(agent: CodeAgent, task: str) -> list[Event]:
    async with aclosing(agent.stream(task)) as events:
        return [event async for event in events]


@pytest.mark.parametrize("code", [FOREVER, BUSY, "endless()"])
async def test_a_cell_that_goes_on_is_broken_off(factory: ExecutorFactory, code: str) -> None:
    model = ScriptedModel(act("x = 7\nfinal_answer(x)"), act(code), act("final_answer(x)"))
    async with CodeAgent([endless], model, executor_type=factory) as agent:
        await told(agent, "Begin.")
        free = agent.spec  # the task in the middle alone has a bound: others may start something
        agent.spec = replace(free, budget=Budget(seconds=SECONDS))
        events = await told(agent, "Go on.")
        [end] = [event for event in events if isinstance(event, RunEnded)]
        assert (end.outcome, end.answer) == ("over_budget", None)
        assert end.duration >= SECONDS
        assert not any(isinstance(event, StepFinished) for event in events)
        assert end.usage.output_tokens >= len(act(code)) // 8  # the model's call is not forgotten
        agent.spec = free
        again = (await told(agent, "What is x?"))[-1]
        assert isinstance(again, RunEnded)
        assert again.answer == 7
        said = "".join(message.content for message in model.asked[-1])
        assert "The time for this task is over" in said


async def test_a_model_call_that_goes_on_is_broken_off() -> None:
    model = ScriptedModel("Ready.", "word " * 30_000, "I am here.", delay=0.1)
    async with CodeAgent([], model) as agent:
        await told(agent, "Begin.")  # so that the time is not used up by getting ready
        agent.spec = replace(agent.spec, budget=Budget(seconds=1.0))
        events = await told(agent, "Say a lot.")
        end = events[-1]
        assert isinstance(end, RunEnded)
        assert end.outcome == "over_budget"
        assert len(model.asked) == 2  # there is no time for a last word
        written = sum(isinstance(event, TextDelta) for event in events)
        assert end.usage.output_tokens >= written > 0
        assert end.usage.input_tokens > 0


async def test_a_run_without_a_bound_and_one_in_time_end_as_ever() -> None:
    for budget in (None, Budget(seconds=60)):
        async with CodeAgent([], ScriptedModel("Hello."), budget=budget) as agent:
            end = (await told(agent, "hi"))[-1]
            assert isinstance(end, RunEnded)
            assert end.answer == "Hello."


async def test_a_called_agent_out_of_time_is_an_error_in_the_code_of_its_manager() -> None:
    helper = CodeAgent(
        [],
        ScriptedModel(act(FOREVER)),
        name="helper",
        description="Helps.",
        budget=Budget(seconds=1.0),
    )
    code = "try:\n    helper('go')\nexcept RuntimeError as exc:\n    final_answer(str(exc))"
    async with CodeAgent([], ScriptedModel(act(code)), managed_agents=[helper]) as agent:
        end = (await told(agent, "go"))[-1]
    assert isinstance(end, RunEnded)
    assert str(end.answer).startswith("helper found no answer within its ")


async def test_the_time_of_a_manager_holds_for_agents_that_it_calls() -> None:
    helper = CodeAgent([endless], ScriptedModel(act("endless()")), name="helper", description="H.")
    model = ScriptedModel("Ready.", act("helper('go')"))
    async with CodeAgent([], model, managed_agents=[helper]) as agent:
        await told(agent, "Begin.")  # so that the time is not used up by getting ready
        agent.spec = replace(agent.spec, budget=Budget(seconds=SECONDS))
        events = await told(agent, "go")
    end = events[-1]
    assert isinstance(end, RunEnded)
    assert end.outcome == "over_budget"
    assert any(isinstance(e, CellEvent) and isinstance(e.event, ToolCalled) for e in events)


class Slow(LocalExecutor):
    """Never gets ready."""

    async def __aenter__(self) -> Self:
        await asyncio.Event().wait()
        return self


class SlowFactory(LocalExecutorFactory):
    """Its executors never get ready."""

    def __call__(self, spec: ExecutorSpec) -> LocalExecutor:
        return Slow(spec, self, None)


async def test_a_place_that_does_not_get_ready_in_time_is_given_up() -> None:
    factory, model = SlowFactory(), ScriptedModel()
    agent = CodeAgent([], model, executor_type=factory, budget=Budget(seconds=0.2))
    async with agent:
        end = (await told(agent, "go"))[-1]
    await factory.aclose()
    assert isinstance(end, RunEnded)
    assert end.outcome == "over_budget"
    assert model.asked == []
