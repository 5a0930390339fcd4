"""A run far longer than the model's window: each request fits, and nothing is forgotten."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from agent import CodeAgent
from agent.errors import ContextTooLong
from agent.events import CellEvent, ModelPreparing, PlanReady, RunEnded, StepFinished
from agent.memory.tokens import estimate_all
from agent.memory.window import FREED, FULL
from agent.models.base import Done, Message, ModelDelta, Text, Usage
from agent.models.profile import PROFILES, Profile
from executors.base import ToolCalled
from executors.local.executor import LocalExecutorFactory

WINDOW = 8_192
STEPS = 40
SMALL = replace(PROFILES["small"], context_tokens=WINDOW)
SUMMARY = "Numbers were printed, step after step."
FLOOD = "print('x' + 'secret of step {step} is', {step} * 1111)\nprint('lorem 12345 ' * 2_600)"


class Counting:
    """Writes what a function of the step gives; counts every request as a server would.

    Each character of a digit or of a non-Latin script is a token, and four others are one.
    """

    name = "counting"

    def __init__(self, writes: Any, profile: Profile = SMALL) -> None:
        self.profile = profile
        self.asked: list[Sequence[Message]] = []
        self.counts: list[int] = []
        self.summaries: list[str] = []
        self._writes, self._step = writes, 0

    async def stream(
        self,
        messages: Sequence[Message],
        *,
        stop: Sequence[str] = (),
        temperature: float | None = None,
    ) -> AsyncGenerator[ModelDelta, None]:
        text = "".join(message.content for message in messages)
        digits = sum(character.isdigit() for character in text)
        count = digits + (len(text) - digits) // 4 + 5 * len(messages)
        self.counts.append(count)
        if count > WINDOW:
            raise ContextTooLong("too long")
        if text.startswith("You keep the notes"):
            self.summaries.append(text)
            reply = SUMMARY
        else:
            self.asked.append(tuple(messages))
            self._step += 1
            reply = self._writes(self._step)
        yield Text(reply)
        yield Done(usage=Usage(input_tokens=count, output_tokens=len(reply) // 4))

    async def aclose(self) -> None: ...


def act(code: str) -> str:
    return f"I look at the next part of it.\n```python\n{code}\n```"


def long_run(step: int) -> str:
    return act("final_answer('done')" if step == STEPS else FLOOD.format(step=step))


@pytest.fixture
async def factory() -> AsyncGenerator[LocalExecutorFactory, None]:
    made = LocalExecutorFactory()
    yield made
    await made.aclose()


async def ended(agent: CodeAgent, task: str) -> tuple[RunEnded, list[Any]]:
    async with aclosing(agent.stream(task)) as stream:
        events = [event async for event in stream]
    assert isinstance(events[-1], RunEnded)
    return events[-1], events


def in_full(step: int) -> str:
    """What asks for step 2, as a model would that has read how."""
    if step <= STEPS:
        return long_run(step)
    if step == STEPS + 1:
        return act("print(steps[2].output[:40], len(steps[2].output), len(steps))")
    return "It was 2222."


async def test_forty_steps_of_30_kb_stay_inside_and_step_2_is_still_known(
    factory: LocalExecutorFactory,
) -> None:
    model = Counting(in_full)
    async with CodeAgent([], model, executor_type=factory, max_steps=STEPS) as agent:
        end, events = await ended(agent, "Look at all forty parts.")
        assert end.answer == "done"
        cells = [event.event for event in events if isinstance(event, CellEvent)]
        assert sum(len(getattr(event, "text", "")) for event in cells) > 39 * 30_000
        end, events = await ended(agent, "What was the secret of step 2?")
        assert end.answer == "It was 2222."
        assert not any(isinstance(getattr(e, "event", None), ToolCalled) for e in events)
    assert max(model.counts) <= WINDOW - 1_024
    observation = model.asked[-1][-1].content
    assert "xsecret of step 2 is 2222" in observation
    assert f" {STEPS}" in observation
    asked = model.asked[-2]
    assert "Look at all forty parts." in "".join(message.content for message in asked)
    assert asked[-1].content.count("What was the secret of step 2?") == 1


async def test_between_two_compactions_each_request_begins_with_the_one_before(
    factory: LocalExecutorFactory,
) -> None:
    model = Counting(long_run)
    async with CodeAgent([], model, executor_type=factory, max_steps=STEPS) as agent:
        await ended(agent, "Look at all forty parts.")
    kept = [begins_with(after, before) for before, after in pairwise(model.asked)]
    assert kept.count(False) < len(kept) / 2, kept
    sizes = [estimate_all(messages) for messages in model.asked]
    for (before, after), same in zip(pairwise(sizes), kept, strict=True):
        if not same:  # room was made: it was needed, and it was made in one big step
            assert after < before * (FREED + FULL) / 2 / FULL


def begins_with(after: Sequence[Message], before: Sequence[Message]) -> bool:
    """Whether it goes on from there; only the tail of the newest message may be gone."""
    *same, last = before
    return list(after[: len(same)]) == same and last.content.startswith(after[len(same)].content)


async def test_many_lines_are_summed_up_by_the_model_and_that_is_counted(
    factory: LocalExecutorFactory,
) -> None:
    narrow = {"context_tokens": WINDOW // 2 + 512, "max_output_tokens": 1_024}
    model = Counting(long_run, replace(PROFILES["large"], **narrow))
    async with CodeAgent([], model, executor_type=factory, max_steps=STEPS) as agent:
        end, events = await ended(agent, "Look at all forty parts.")
    assert model.summaries
    assert "steps[1]:" in model.summaries[0]
    assert any(SUMMARY in message.content for message in model.asked[-1])
    assert any(isinstance(e, ModelPreparing) and "Summing up" in e.text for e in events)
    assert end.usage.input_tokens == sum(model.counts)
    steps = [event.usage for event in events if isinstance(event, StepFinished)]
    assert sum(usage.input_tokens for usage in steps) == end.usage.input_tokens


def planned(call: int) -> str:
    """A plan and an action, in turn."""
    return "1. Look at the next part of it." if call % 2 else long_run(call // 2)


async def test_a_summary_before_a_plan_is_counted_with_the_plan(
    factory: LocalExecutorFactory,
) -> None:
    narrow = {"context_tokens": WINDOW // 2 + 512, "max_output_tokens": 1_024}
    model = Counting(planned, replace(PROFILES["large"], **narrow))
    agent = CodeAgent(
        [], model, executor_type=factory, max_steps=STEPS, planning_interval=1, second_tries="off"
    )
    async with agent:
        end, events = await ended(agent, "Look at all forty parts.")
    assert end.answer == "done"
    assert model.summaries
    told = [e.usage for e in events if isinstance(e, PlanReady | StepFinished)]
    assert sum(usage.input_tokens for usage in told) == sum(model.counts)
    assert end.usage.input_tokens == sum(model.counts)


async def test_a_model_that_guesses_sums_nothing_up(factory: LocalExecutorFactory) -> None:
    model = Counting(long_run, replace(SMALL, context_tokens=WINDOW // 2 + 512))
    async with CodeAgent([], model, executor_type=factory, max_steps=STEPS) as agent:
        end, _ = await ended(agent, "Look at all forty parts.")
    assert end.answer == "done"
    assert model.summaries == []
    assert max(model.counts) <= WINDOW // 2 + 512 - 1_024
    seen = "".join(message.content for message in model.asked[-1])
    assert "steps[30]:" in seen


async def test_a_window_that_nobody_knows_is_found_out(factory: LocalExecutorFactory) -> None:
    model = Counting(long_run, replace(SMALL, context_tokens=None))
    async with CodeAgent([], model, executor_type=factory, max_steps=STEPS) as agent:
        end, _ = await ended(agent, "Look at all forty parts.")
    assert end.answer == "done"
    assert sum(count > WINDOW for count in model.counts) <= 2


async def test_after_a_compaction_the_newest_message_has_the_variables(
    factory: LocalExecutorFactory,
) -> None:
    def writes(step: int) -> str:
        if step == 1:
            return act("prices = [3, 4, 5]\nprint(prices)")
        return act("final_answer(sum(prices))" if step == 12 else FLOOD.format(step=step))

    model = Counting(writes)
    async with CodeAgent([], model, executor_type=factory, max_steps=20) as agent:
        end, _ = await ended(agent, "Add up the prices.")
    assert end.answer == 12
    assert "Variables now" not in model.asked[1][-1].content
    assert "prices: list of 3 = [3, 4, 5]" in model.asked[-1][-1].content
    told = [messages[-1].content.count("Variables now") for messages in model.asked]
    assert max(told) == 1
    assert all("Variables now" not in m.content for asked in model.asked for m in asked[:-1])


async def test_a_short_conversation_is_sent_as_it_is(factory: LocalExecutorFactory) -> None:
    model = Counting(lambda step: act("x = 5\nprint(x)") if step == 1 else "It is 5.")
    async with CodeAgent([], model, executor_type=factory) as agent:
        await ended(agent, "Five?")
    assert model.asked[-1][-1].content == "Observation:\n5"
