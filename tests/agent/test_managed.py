"""Agents that call agents, on the local executor and in E2B's sandboxes."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import aclosing
from typing import Any, Self, cast

import pytest

from agent import CodeAgent, ScriptedModel, tool
from agent.budget import Budget
from agent.errors import ConfigurationError, RunFailed
from agent.events import (
    ActionReady,
    AgentEvent,
    CellEvent,
    Event,
    RunEnded,
    RunStarted,
    StepFinished,
)
from agent.models.base import Message
from executors.base import Executor, ExecutorFactory, ExecutorSpec, ToolCalled, ToolReturned
from tests.agent.running import act, ended


class Watched:
    """An executor that knows whether it is open."""

    def __init__(self, inner: Executor) -> None:
        self.inner, self.open = inner, False

    async def __aenter__(self) -> Self:
        await self.inner.__aenter__()
        self.open = True
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.inner.__aexit__(*exc)
        self.open = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


class Watching:
    """A factory that knows its executors."""

    def __init__(self, inner: ExecutorFactory) -> None:
        self.inner, self.kind = inner, inner.kind
        self.made: list[Watched] = []

    def __call__(self, spec: ExecutorSpec) -> Executor:
        self.made.append(executor := Watched(self.inner(spec)))
        return cast("Executor", executor)

    async def aclose(self) -> None:
        await self.inner.aclose()


@pytest.fixture
async def place(factory: ExecutorFactory) -> Watching:
    return Watching(factory)


def task_of(messages: Sequence[Message]) -> str:
    return messages[-1].content.rsplit("\n\n", 1)[-1]


def worker(*replies: Any, name: str = "worker", **options: Any) -> CodeAgent:
    model = ScriptedModel(*replies)
    return CodeAgent([], model, name=name, description="Works.", **options)


async def collect(agent: CodeAgent, task: str = "the task") -> list[Event]:
    async with agent, aclosing(agent.stream(task)) as events:
        return [event async for event in events]


async def test_code_calls_an_agent_and_goes_on_with_its_answer(place: Watching) -> None:
    helper = worker(act("final_answer({'sum': sum(numbers), 'task': 1})"))
    agent = CodeAgent(
        [],
        ScriptedModel(
            act("found = worker('Add them up.', additional_args={'numbers': [1, 2, 3]})"),
            act("final_answer(found['sum'] * 2)"),
        ),
        executor_type=place,
        managed_agents=[helper],
    )
    events = await collect(agent)
    assert ended(events).answer == 12
    assert "Add them up.\n\n(Variables that came" in helper.model.asked[0][-1].content
    told = [event for event in events if isinstance(event, AgentEvent)]
    assert {event.path for event in told} == {("worker#1",)}
    assert isinstance(told[0].event, RunStarted)
    assert isinstance(told[-1].event, RunEnded)
    called = next(i for i, e in enumerate(events) if _is(e, ToolCalled))
    returned = next(i for i, e in enumerate(events) if _is(e, ToolReturned))
    assert called < events.index(told[0]) < events.index(told[-1]) < returned
    assert {event.call for event in told} == {events[called].event.id}
    assert [executor.open for executor in place.made] == [False, False]


def _is(event: Event, kind: type) -> bool:
    return isinstance(event, CellEvent) and isinstance(event.event, kind)


async def test_agents_two_deep_tell_where_they_are(place: Watching) -> None:
    inner = worker(act("print('deep')\nfinal_answer(21)"), name="inner")
    outer = worker(act("final_answer(inner('Half.') * 2)"), name="outer", managed_agents=[inner])
    agent = CodeAgent(
        [],
        ScriptedModel(act("final_answer(outer('All.'))")),
        executor_type=place,
        managed_agents=[outer],
    )
    events = await collect(agent)
    assert ended(events).answer == 42
    paths = Counter(event.path for event in events if isinstance(event, AgentEvent))
    assert set(paths) == {("outer#1",), ("outer#1", "inner#1")}
    deepest = [e.event for e in events if isinstance(e, AgentEvent) and len(e.path) == 2]
    assert isinstance(deepest[0], RunStarted)
    assert isinstance(deepest[-1], RunEnded)
    assert not any(isinstance(one, AgentEvent) for one in deepest)


PARALLEL = """
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(3) as pool:
    results = list(pool.map(worker, ["one", "two", "three"]))
final_answer(results)
"""


async def test_three_at_once_from_threads(place: Watching) -> None:
    meet = asyncio.Barrier(3)

    async def together(_: Any) -> None:
        async with asyncio.timeout(200):
            await meet.wait()  # nobody comes past here before all three are at work

    def reply(messages: Sequence[Message]) -> str:
        return act(f"final_answer({task_of(messages)!r}.upper())")

    helper = worker(reply, reply, reply, before_action=[together])
    agent = CodeAgent(
        [], ScriptedModel(act(PARALLEL)), executor_type=place, managed_agents=[helper]
    )
    events = await collect(agent)
    assert ended(events).answer == ["ONE", "TWO", "THREE"]
    told = [event for event in events if isinstance(event, AgentEvent)]
    assert {event.path for event in told} == {("worker#1",), ("worker#2",), ("worker#3",)}
    assert len({(event.call, event.path) for event in told}) == 3
    assert len(place.made) == 4


async def test_stopping_the_manager_stops_all(place: Watching) -> None:
    inner = worker(act("while True: pass"), name="inner")
    outer = worker(act("inner('Loop.')"), name="outer", managed_agents=[inner])
    agent = CodeAgent(
        [],
        ScriptedModel(act("kept = 1"), act("outer('Go.')"), act("final_answer(kept)")),
        executor_type=place,
        managed_agents=[outer],
    )
    async with agent:
        looping = asyncio.Event()

        async def run() -> None:
            async with aclosing(agent.stream("the task")) as events:
                async for event in events:
                    if _acts(event, "inner#1"):
                        looping.set()

        running = asyncio.create_task(run())
        await asyncio.wait_for(looping.wait(), 200)
        running.cancel()
        async with asyncio.timeout(60):
            await asyncio.wait([running])
        # The agents that were called are gone with all they had; the manager keeps its variables.
        assert [executor.open for executor in place.made] == [True, False, False]
        assert ended([e async for e in agent.stream("And now?")]).answer == 1


async def test_what_fails_is_raised_in_the_code(place: Watching) -> None:
    helper = worker(RuntimeError("broken"), name="helper")
    code = "try:\n    helper('Try.')\nexcept RuntimeError as exc:\n    final_answer(str(exc))"
    agent = CodeAgent([], ScriptedModel(act(code)), executor_type=place, managed_agents=[helper])
    answer = ended(await collect(agent)).answer
    assert str(answer).startswith("helper could not do it: ")


async def test_an_answer_of_the_wrong_type_is_sent_back(place: Watching) -> None:
    helper = worker(
        act("final_answer('about 7')"), act("final_answer(7)"), answer_type=int, name="count"
    )
    agent = CodeAgent(
        [],
        ScriptedModel(act("final_answer(count('How many?') + 1)")),
        executor_type=place,
        managed_agents=[helper],
    )
    assert ended(await collect(agent)).answer == 8
    assert "it must be int, not str" in helper.model.asked[1][-1].content
    system = agent.model.asked[0][0].content
    assert "def count(task: str, additional_args: dict[str, Any] | None = None) -> int:" in system


async def test_what_an_agent_uses_counts_for_its_manager() -> None:
    helper = worker(act("print(1)"), act("print(2)"), act("final_answer(3)"))
    agent = CodeAgent(
        [], ScriptedModel(act("final_answer(worker('Count.'))")), managed_agents=[helper]
    )
    events = await collect(agent)
    steps = [e.usage for e in events if isinstance(e, StepFinished)]
    inner = [e.event.usage for e in events if _step_of_an_agent(e)]
    assert (len(steps), len(inner)) == (1, 3)
    total = sum(usage.input_tokens for usage in [*steps, *inner])
    assert ended(events).usage.input_tokens == total


def _step_of_an_agent(event: Event) -> bool:
    return isinstance(event, AgentEvent) and isinstance(event.event, StepFinished)


async def test_a_budget_is_for_all_together() -> None:
    helper = worker(*[act(f"print({n})") for n in range(20)], "That is all I know.")
    model = ScriptedModel(act("found = worker('Count.')\nprint(found)"), "It said little.")
    agent = CodeAgent(
        [], model, managed_agents=[helper], budget=Budget(model_calls=5), max_steps=20
    )
    end = ended(await collect(agent))
    assert (end.outcome, end.answer) == ("over_budget", "It said little.")
    assert len(helper.model.asked) == 5  # four of the budget, and the last word
    assert "no model calls left" in model.asked[-1][-1].content


@pytest.mark.parametrize("options", [{"name": "a b"}, {"name": ""}, {"description": " "}])
def test_an_agent_that_cannot_be_called_is_refused(options: dict[str, str]) -> None:
    named = {"name": "good", "description": "Works."} | options
    with pytest.raises(ConfigurationError, match="needs a name"):
        CodeAgent([], ScriptedModel(), managed_agents=[CodeAgent([], ScriptedModel(), **named)])


def test_two_of_one_name_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="two tools named 'worker'"):
        CodeAgent([], ScriptedModel(), managed_agents=[worker(), worker()])


async def test_wrong_arguments_say_what_was_expected() -> None:
    code = "try:\n    worker(5)\nexcept TypeError as exc:\n    final_answer(str(exc))"
    agent = CodeAgent([], ScriptedModel(act(code)), managed_agents=[worker()])
    answer = ended(await collect(agent)).answer
    assert "worker(task: str" in str(answer)


def test_a_script_closes_what_its_agents_had() -> None:
    helper = worker(act("final_answer(2)"), executor_type="local")
    with CodeAgent(
        [], ScriptedModel(act("final_answer(worker('?'))")), managed_agents=[helper]
    ) as agent:
        assert agent.run("Ask.") == 2
        with pytest.raises(RunFailed):
            agent.run("Ask again.")


def test_values_of_a_task_are_variables() -> None:
    with CodeAgent([], ScriptedModel(act("final_answer(sum(data) + base)"))) as agent:
        assert agent.run("Add.", additional_args={"data": [1, 2], "base": 10}) == 13


@pytest.mark.parametrize(
    "values", [{"not a name": 1}, {"_hidden": 1}, {"odd": object(), "fine": 1}]
)
async def test_values_that_cannot_be_handed_over_are_told(values: dict[str, Any]) -> None:
    model = ScriptedModel("I see.")
    async with CodeAgent([], model) as agent:
        events = [event async for event in agent.stream("Go.", additional_args=values)]
    assert ended(events).answer == "I see."
    assert "could not be handed over" in model.asked[0][-1].content


def _acts(event: Event, agent: str) -> bool:
    if not isinstance(event, AgentEvent):
        return False
    return event.path[-1] == agent and isinstance(event.event, ActionReady)


@tool
def double(number: int) -> int:
    """Doubles.

    Args:
        number: to double.
    """
    return number * 2


@tool
async def add(a: int, b: int) -> int:
    """Adds.

    Args:
        a: one.
        b: the other.
    """
    await asyncio.sleep(0)
    return a + b


@tool
def label(number: int) -> str:
    """Puts a number into words.

    Args:
        number: any.
    """
    return f"the number {number}"


SCRIPT = """
from concurrent.futures import ThreadPoolExecutor

def job(n):
    return [add(double(i), n) for i in range(25)]

with ThreadPoolExecutor(8) as pool:
    rows = list(pool.map(job, range(8)))
final_answer([rows, worker(label(add(1, double(20))))])
"""


async def test_an_agent_and_three_tools_in_one_cell_nested_and_from_eight_threads(
    place: Watching,
) -> None:
    helper = worker(lambda messages: act(f"final_answer({task_of(messages)!r}.title())"))
    agent = CodeAgent(
        [double, add, label],
        ScriptedModel(act(SCRIPT)),
        executor_type=place,
        managed_agents=[helper],
    )
    events = await collect(agent)
    rows = [[2 * i + n for i in range(25)] for n in range(8)]
    assert ended(events).answer == [rows, "The Number 41"]
    calls = Counter(e.event.name for e in events if _is(e, ToolCalled))
    assert calls == {"double": 201, "add": 201, "label": 1, "worker": 1}
    assert len({e.event.id for e in events if _is(e, ToolCalled)}) == 404


async def test_an_agent_is_not_asked_when_the_budget_is_used_up() -> None:
    helper = worker(*["I know nothing."] * 9)
    code = "for _ in range(9):\n    try:\n        worker('?')\n    except RuntimeError as exc:\n"
    model = ScriptedModel(act(f"{code}        print(exc)"), "It said little.")
    agent = CodeAgent([], model, managed_agents=[helper], budget=Budget(model_calls=3))
    assert ended(await collect(agent)).outcome == "over_budget"
    assert len(helper.model.asked) == 2
    assert "there are no model calls left" in model.asked[-1][-1].content


async def test_the_model_is_told_of_the_values_that_came_with_its_task(place: Watching) -> None:
    helper = worker(act("final_answer(sum(numbers))"))
    code = "final_answer(worker('Add.', additional_args={'numbers': [1, 2]}))"
    agent = CodeAgent([], ScriptedModel(act(code)), executor_type=place, managed_agents=[helper])
    assert ended(await collect(agent)).answer == 3
    assert "(Variables that came with the task: numbers" in helper.model.asked[0][-1].content


@pytest.mark.parametrize("name", ["final_answer", "steps", "double"])
async def test_values_do_not_take_the_place_of_what_the_code_calls(name: str) -> None:
    code = "final_answer([double(x), len(steps)])"
    async with CodeAgent([double], ScriptedModel(act(code))) as agent:
        values = {name: 1, "x": 2}
        events = [event async for event in agent.stream("Go.", additional_args=values)]
    assert ended(events).answer == [4, 0]


async def test_a_last_word_is_not_an_answer_of_the_type_that_was_promised() -> None:
    helper = worker(act("print(1)"), "About seven.", answer_type=int, max_steps=1)
    code = "try:\n    worker('?')\nexcept RuntimeError as exc:\n    final_answer(str(exc))"
    agent = CodeAgent([], ScriptedModel(act(code)), managed_agents=[helper])
    expected = "worker found no answer within its steps. It says: About seven."
    assert ended(await collect(agent)).answer == expected


async def test_calls_are_counted_anew_in_each_run() -> None:
    helper = worker(act("final_answer(1)"), act("final_answer(1)"))
    asks = act("final_answer(worker('go'))")
    async with CodeAgent([], ScriptedModel(asks, asks), managed_agents=[helper]) as agent:
        for _ in range(2):
            async with aclosing(agent.stream("the task")) as events:
                paths = {e.path async for e in events if isinstance(e, AgentEvent)}
            assert paths == {("worker#1",)}
