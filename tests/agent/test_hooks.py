"""Who has a say in a run: hooks, checks of answers, and a person who steers or approves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any

import pytest
from typing_extensions import TypedDict

from agent import CodeAgent, ScriptedModel, tool
from agent.budget import Budget
from agent.events import (
    ActionReady,
    CellEvent,
    Event,
    PlanDelta,
    PlanReady,
    RunEnded,
    Steered,
    StepRejected,
    StepStarted,
    TextDelta,
)
from agent.hooks import FinishedStep, ProposedAction, RequestedCall, Veto
from agent.models.base import Done, ModelDelta
from executors.base import Output


def act(code: str) -> str:
    return f"I compute it.\n```python\n{code}\n```"


async def collect(agent: CodeAgent, task: str = "the task") -> list[Event]:
    async with agent, aclosing(agent.stream(task)) as events:
        return [event async for event in events]


def ended(events: Sequence[Event]) -> RunEnded:
    last = events[-1]
    assert isinstance(last, RunEnded)
    return last


def printed(events: Sequence[Event]) -> str:
    cells = (event.event for event in events if isinstance(event, CellEvent))
    return "".join(event.text for event in cells if isinstance(event, Output))


async def test_a_hook_may_forbid_an_action_and_the_model_reads_why() -> None:
    async def careful(action: ProposedAction) -> Veto | None:
        await asyncio.sleep(0)
        return Veto("files stay.") if "remove" in action.code else None

    model = ScriptedModel(act("print('remove')"), act("final_answer('kept')"))
    events = await collect(CodeAgent([], model, before_action=[careful]))
    assert ended(events).answer == "kept"
    assert printed(events) == ""
    assert next(e.reason for e in events if isinstance(e, StepRejected)).endswith("files stay.")
    assert "was not run: files stay." in model.asked[1][-1].content
    assert "print('remove')" in model.asked[1][-2].content


async def test_what_a_hook_writes_is_what_runs_and_what_the_model_remembers() -> None:
    def edit(action: ProposedAction) -> str | None:
        return action.code.replace("1", "2") if action.step == 1 else None

    model = ScriptedModel(act("print(1)"), act("final_answer(3)"))
    events = await collect(CodeAgent([], model, before_action=[edit]))
    assert printed(events) == "2\n"
    assert [e.code.strip() for e in events if isinstance(e, ActionReady)][:2] == [
        "print(1)",
        "print(2)",
    ]
    assert "print(2)" in model.asked[1][-2].content
    assert "print(1)" not in model.asked[1][-2].content


async def test_vetoes_cost_steps_so_that_they_end() -> None:
    model = ScriptedModel(*[act(f"print({n})") for n in range(3)], "I may not.")
    agent = CodeAgent([], model, before_action=[lambda _: Veto("no.")], max_steps=3)
    assert ended(await collect(agent)).outcome == "max_steps"


async def test_callbacks_hear_of_every_step() -> None:
    heard: list[FinishedStep] = []
    model = ScriptedModel(act("print(1)"), act("1/0"), "Done.")
    await collect(CodeAgent([], model, step_callbacks=[heard.append]))
    assert [(one.step, one.code.strip()) for one in heard] == [
        (1, "print(1)"),
        (2, "1/0"),
        (3, ""),
    ]
    assert heard[0].observation.startswith("Observation:\n1")
    assert heard[1].error is not None
    assert heard[2].thought == "Done."
    assert heard[1].error.name == "ZeroDivisionError"
    assert all(one.usage.output_tokens for one in heard)


def is_even(answer: Any) -> bool:
    return answer % 2 == 0


async def not_small(answer: Any) -> str | None:
    return "it must be above 10." if answer <= 10 else None


def positive(answer: Any) -> None:
    assert answer > 0, "it must be positive."


@pytest.mark.parametrize(
    ("check", "bad", "good", "said"),
    [
        (is_even, 3, 4, "the check is_even did not accept it"),
        (not_small, 3, 40, "it must be above 10."),
        (positive, -1, 1, "it must be positive."),
        (is_even, "'x'", 2, "not all arguments converted"),
    ],
)
async def test_a_check_sends_an_answer_back(check: Any, bad: Any, good: Any, said: str) -> None:
    model = ScriptedModel(act(f"final_answer({bad})"), act(f"final_answer({good})"))
    events = await collect(CodeAgent([], model, final_answer_checks=[check]))
    assert ended(events).answer == good
    assert said in model.asked[1][-1].content


async def test_a_reply_is_checked_as_well_and_cannot_go_on_for_ever() -> None:
    model = ScriptedModel("No.", "No.", "No.", "I cannot.")
    agent = CodeAgent([], model, final_answer_checks=[lambda a: "Yes" in a], max_steps=3)
    end = ended(await collect(agent))
    assert (end.outcome, end.answer) == ("max_steps", "I cannot.")


@pytest.mark.parametrize(
    ("kind", "bad", "good"),
    [
        (int, "1.5", "2"),
        (list[str], "['a', 1]", "['a']"),
        (dict[str, float], "{'a': 'b'}", "{'a': 1}"),
    ],
)
async def test_an_answer_has_the_type_that_was_asked_for(kind: Any, bad: str, good: str) -> None:
    model = ScriptedModel(act(f"final_answer({bad})"), act(f"final_answer({good})"))
    end = ended(await collect(CodeAgent([], model, answer_type=kind)))
    assert end.outcome == "answer"
    assert "The answer was not accepted: it must be " in model.asked[1][-1].content


def test_a_type_that_cannot_be_checked_is_refused_at_once() -> None:
    class Odd:
        pass

    with pytest.raises(TypeError, match="cannot be checked"):
        CodeAgent([], ScriptedModel(), answer_type=Odd())


# ---------------------------------------------------------------- plans


async def test_plans_are_made_at_the_start_and_every_few_steps() -> None:
    model = ScriptedModel(
        "1. Print.", act("print(1)"), act("print(2)"), "1. Answer.", act("final_answer(3)")
    )
    events = await collect(CodeAgent([], model, planning_interval=2))
    plans = [e for e in events if isinstance(e, PlanReady)]
    assert [(e.step, e.plan) for e in plans] == [(1, "1. Print."), (3, "1. Answer.")]
    streamed = "".join(e.text for e in events if isinstance(e, PlanDelta))
    assert streamed == "1. Print.1. Answer."
    assert "1. Print." in model.asked[1][-2].content
    assert model.asked[1][-1].content.startswith("Now go on")
    used = sum(len(one.content) for asked in model.asked for one in asked) // 4
    assert ended(events).usage.input_tokens == pytest.approx(used, rel=0.05)


async def test_a_step_that_comes_again_keeps_its_plan() -> None:
    model = ScriptedModel("1. Answer.", "", act("final_answer(1)"))
    events = await collect(CodeAgent([], model, planning_interval=1))
    assert ended(events).answer == 1
    assert sum(isinstance(event, StepRejected) for event in events) == 1
    assert sum(isinstance(event, PlanReady) for event in events) == 1


async def test_a_plan_can_be_changed_before_it_is_followed() -> None:
    model = ScriptedModel("1. Guess.", act("final_answer(1)"))
    agent = CodeAgent(
        [], model, planning_interval=5, before_plan=[lambda plan: plan.replace("Guess", "Compute")]
    )
    events = await collect(agent)
    assert next(e.plan for e in events if isinstance(e, PlanReady)) == "1. Compute."
    assert "1. Compute." in model.asked[1][-2].content


async def test_a_plan_that_uses_up_the_budget_is_followed_by_the_last_word_only() -> None:
    model = ScriptedModel("1. Print.", "I only have a plan.", act("final_answer(1)"))
    agent = CodeAgent([], model, planning_interval=1, budget=Budget(model_calls=1))
    end = ended(await collect(agent))
    assert (end.outcome, end.answer) == ("over_budget", "I only have a plan.")
    assert "There are no model calls left." in model.asked[1][-1].content


class Silent(ScriptedModel):
    """Its server says nothing of tokens."""

    async def stream(self, *args: Any, **kwargs: Any) -> AsyncGenerator[ModelDelta, None]:
        async with aclosing(super().stream(*args, **kwargs)) as deltas:
            async for delta in deltas:
                yield Done() if isinstance(delta, Done) else delta


async def test_a_plan_of_a_model_that_counts_nothing_is_estimated() -> None:
    events = await collect(CodeAgent([], Silent("1. Print.", "Done."), planning_interval=1))
    [usage] = [event.usage for event in events if isinstance(event, PlanReady)]
    assert usage.input_tokens > 100
    assert usage.output_tokens >= 1


async def test_a_plan_that_goes_round_in_circles_is_ended_and_none() -> None:
    model = ScriptedModel("Look at the next of the pages. " * 2_000, "Done.")
    events = await collect(CodeAgent([], model, planning_interval=1))
    assert sum(len(e.text) for e in events if isinstance(e, PlanDelta)) < 3_000
    assert [e.plan for e in events if isinstance(e, PlanReady)] == [""]
    assert "(no plan)" in [message.content for message in model.asked[1]]
    assert ended(events).answer == "Done."


# ---------------------------------------------------------------- steering


async def test_what_is_said_meanwhile_is_read_before_the_next_step() -> None:
    model = ScriptedModel(act("print(1)"), act("final_answer(2)"))
    agent = CodeAgent([], model)
    events: list[Event] = []
    async with agent, aclosing(agent.stream("the task")) as stream:
        async for event in stream:
            events.append(event)
            if isinstance(event, ActionReady) and event.step == 1:
                agent.steer("In metres, please.")
    assert [(e.step, e.text) for e in events if isinstance(e, Steered)] == [
        (2, "In metres, please.")
    ]
    assert "In metres, please." not in model.asked[0][-1].content
    assert "(The person has just written:)\nIn metres, please." in model.asked[1][-1].content


async def test_an_answer_waits_for_what_the_person_has_just_said() -> None:
    model = ScriptedModel(act("final_answer(1)"), act("final_answer(2)"))
    agent = CodeAgent([], model)
    async with agent, aclosing(agent.stream("the task")) as stream:
        async for event in stream:
            if isinstance(event, StepStarted) and event.step == 1:
                agent.steer("And then double it.")
                break_in = event
            last = event
    assert break_in.step == 1
    assert isinstance(last, RunEnded)
    # It was said before the step's model call began, so the first call has read it.
    assert "double it" in model.asked[0][-1].content
    assert last.answer == 1


async def test_what_comes_after_the_last_step_began_is_not_lost() -> None:
    model = ScriptedModel(act("print(1)"), "It is 1.", "It is 2.")
    agent = CodeAgent([], model, max_steps=1)
    async with agent:
        async with aclosing(agent.stream("the task")) as stream:
            async for event in stream:
                if isinstance(event, TextDelta):
                    agent.steer("Double it.")
                    break_in = event.step
        events = [event async for event in agent.stream("Well?")]
    assert break_in == 2
    assert ended(events).answer == "It is 2."
    assert "Double it." in "".join(message.content for message in model.asked[2])


async def test_the_last_word_answers_what_the_person_has_just_said() -> None:
    model = ScriptedModel(act("final_answer(1)"), "Doubled it is 2.")
    agent = CodeAgent([], model, max_steps=1)
    async with agent, aclosing(agent.stream("the task")) as stream:
        events: list[Event] = []
        async for event in stream:
            events.append(event)
            if isinstance(event, ActionReady):
                agent.steer("Double it.")
    assert [(e.step, e.text) for e in events if isinstance(e, Steered)] == [(2, "Double it.")]
    assert "Double it." in model.asked[1][-1].content
    assert ended(events).answer == "Doubled it is 2."


# ---------------------------------------------------------------- approval and cost


@tool(approval="always", cost=2.0)
def pay(amount: float) -> str:
    """Pays an amount.

    Args:
        amount: in euros.
    """
    return f"paid {amount}"


TRY = "try:\n    final_answer(pay(5))\nexcept Exception as exc:\n    final_answer(repr(exc))"


@pytest.mark.parametrize(
    ("hook", "answer"),
    [
        (lambda call: call.arguments["amount"] == 5, "paid 5"),
        (lambda _: False, "the person did not allow this call of pay()"),
        (lambda _: "too much", "pay(): too much"),
        (None, "needs a person's approval, and nobody can be asked"),
    ],
)
async def test_a_call_waits_for_approval(hook: Any, answer: str) -> None:
    agent = CodeAgent([pay], ScriptedModel(act(TRY)), approve_call=hook)
    assert answer in str(ended(await collect(agent)).answer)


async def test_a_tool_that_costs_too_much_is_not_called() -> None:

    asked: list[RequestedCall] = []

    def agree(call: RequestedCall) -> bool:
        asked.append(call)
        return True

    code = "pay(1)\ntry:\n    pay(2)\nexcept RuntimeError as exc:\n    final_answer(str(exc))"
    agent = CodeAgent(
        [pay], ScriptedModel(act(code)), approve_call=agree, budget=Budget(tool_cost=3)
    )
    assert "budget for tools is used up" in str(ended(await collect(agent)).answer)


async def test_what_was_said_meanwhile_outlives_what_the_model_repeated() -> None:
    model = ScriptedModel(act("1/0"), act("1/0"), act("final_answer(2)"))
    agent = CodeAgent([], model)
    async with agent, aclosing(agent.stream("the task")) as stream:
        async for event in stream:
            if isinstance(event, ActionReady) and event.step == 1:
                agent.steer("In metres, please.")
    said = "\n".join(message.content for message in model.asked[2])
    assert "1/0" not in "".join(m.content for m in model.asked[2] if m.role == "assistant")
    assert said.count("In metres, please.") == 1


class Truth:
    """As what a comparison of arrays gives."""

    def __init__(self, value: bool) -> None:
        self.value = value

    def __bool__(self) -> bool:
        return self.value


@pytest.mark.parametrize(("verdict", "outcome"), [(True, "answer"), (False, "max_steps")])
async def test_a_truth_of_another_type_is_a_verdict(verdict: bool, outcome: str) -> None:
    model = ScriptedModel(act("final_answer(1)"), "I cannot.")
    checks = [lambda _: Truth(verdict)]
    agent = CodeAgent([], model, final_answer_checks=checks, max_steps=1)
    assert ended(await collect(agent)).outcome == outcome


class Found(TypedDict):
    """An answer with named parts."""

    count: int


async def test_an_answer_with_named_parts() -> None:
    model = ScriptedModel(act("final_answer({'count': 'two'})"), act("final_answer({'count': 2})"))
    agent = CodeAgent([], model, answer_type=Found)
    assert ended(await collect(agent)).answer == {"count": 2}
    assert "answer['count']" in model.asked[1][-1].content


async def test_what_was_repeated_goes_also_where_a_plan_stands_between() -> None:
    model = ScriptedModel("1.", act("1/0"), "2.", act("1/0"), "3.", act("final_answer(2)"))
    assert ended(await collect(CodeAgent([], model, planning_interval=1))).answer == 2
    said = "\n".join(message.content for message in model.asked[5])
    assert "```python\n1/0" not in said
    assert said.count("Take stock") == 1
