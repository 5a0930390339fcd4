"""Second tries: an answer is computed again from the same state, and what agrees is kept."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from typing import Any

import pytest

from agent import CodeAgent, ScriptedModel, tool
from agent.budget import Budget
from agent.errors import ModelUnavailable
from agent.events import CellEvent, Event, RunEnded, TryChosen, TryStarted
from agent.hooks import Veto
from agent.models.profile import PROFILES
from agent.prompting import NOT_BACK
from agent.tries import TEMPERATURE, same
from executors.base import Notice


def act(code: str) -> str:
    return f"I compute it.\n```python\n{code}\n```"


def answer(value: Any) -> str:
    return act(f"x = {value!r}\nfinal_answer(x)")


async def collect(agent: CodeAgent, task: str = "the task") -> list[Event]:
    async with aclosing(agent.stream(task)) as events:
        return [event async for event in events]


def ended(events: Sequence[Event]) -> RunEnded:
    last = events[-1]
    assert isinstance(last, RunEnded)
    return last


def chosen(events: Sequence[Event]) -> list[tuple[int, bool]]:
    return [(e.number, e.agreed) for e in events if isinstance(e, TryChosen)]


@pytest.mark.parametrize(
    ("answers", "expected", "choice"),
    [
        ([7, 7], 7, (2, True)),
        ([7, 8, 7], 7, (3, True)),
        ([7, 8, 8], 8, (3, True)),
        ([7, 8, 9], 7, (1, False)),
    ],
)
async def test_what_two_tries_agree_on_is_the_answer(
    answers: list[int], expected: int, choice: tuple[int, bool]
) -> None:
    model = ScriptedModel(*map(answer, answers), *[act("final_answer(x)")] * 2)
    async with CodeAgent([], model, second_tries=2) as agent:
        events = await collect(agent)
        assert ended(events).answer == expected
        assert chosen(events) == [choice]
        assert sum(isinstance(event, TryStarted) for event in events) == len(answers) - 1
        assert model.temperatures[: len(answers)] == [None] + [TEMPERATURE] * (len(answers) - 1)
        # Every try saw the same conversation, and the variables are those of the one that counts.
        assert len(set(model.asked[: len(answers)])) == 1
        follow = [e async for e in agent.stream("Which was it?")]
        assert ended(follow).answer == expected
        said = "\n".join(message.content for message in model.asked[len(answers)])
        assert said.count(f"x = {expected}") == 1
        assert not any(f"x = {other}" in said for other in set(answers) - {expected})


async def test_each_try_begins_with_the_same_variables() -> None:
    grow = act("seen.append(1)\nfinal_answer(len(seen))")
    model = ScriptedModel(act("seen = []"), grow, grow, act("final_answer(len(seen))"))
    async with CodeAgent([], model, second_tries=2) as agent:
        events = await collect(agent)
        assert ended(events).answer == 1
        assert chosen(events) == [(2, True)]


async def test_after_a_failure_the_first_try_that_runs_is_kept() -> None:
    model = ScriptedModel(
        act("1/0"), act("print(2)"), act("final_answer(2)"), act("final_answer(2)")
    )
    async with CodeAgent([], model, second_tries=2) as agent:
        events = await collect(agent)
        assert ended(events).answer == 2
        assert chosen(events)[0] == (2, False)
        said = "\n".join(message.content for message in model.asked[2])
        assert "1/0" not in said
        assert "print(2)" in said


async def test_where_every_try_fails_the_first_failure_is_shown() -> None:
    model = ScriptedModel(act("1/0"), act("oops"), act("final_answer(3)"), act("final_answer(3)"))
    async with CodeAgent([], model, second_tries=1) as agent:
        assert ended(await collect(agent)).answer == 3
        assert "ZeroDivisionError" in model.asked[2][-1].content


async def test_a_try_that_does_not_act_is_only_lost() -> None:
    model = ScriptedModel(answer(7), "It is 7.", answer(7))
    async with CodeAgent([], model, second_tries=2) as agent:
        events = await collect(agent)
        assert ended(events).answer == 7
        assert chosen(events) == [(3, True)]


@tool
def buy(what: str) -> str:
    """Buys something.

    Args:
        what: to buy.
    """
    return f"bought {what}"


@pytest.mark.parametrize(
    "code", ["final_answer(buy('tea'))", "open('a.txt', 'w').write('1')\nfinal_answer(1)"]
)
async def test_what_touches_the_world_is_done_once(code: str) -> None:
    async with CodeAgent([buy], ScriptedModel(act(code)), second_tries=2) as agent:
        events = await collect(agent)
    assert ended(events).outcome == "answer"
    assert chosen(events) == []


async def test_no_try_follows_a_veto() -> None:
    model = ScriptedModel(answer(1), "I may not.")
    agent = CodeAgent([], model, second_tries=2, before_action=[lambda _: Veto("no.")])
    async with agent:
        assert ended(await collect(agent)).answer == "I may not."


@pytest.mark.parametrize(("second_tries", "calls"), [("off", 1), ("auto", 2), (1, 2), (0, 1)])
async def test_how_many_tries_there_are(second_tries: Any, calls: int) -> None:
    from dataclasses import replace

    profile = replace(PROFILES["small"], second_tries=2)
    model = ScriptedModel(answer(7), answer(7), answer(7), profile=profile)
    async with CodeAgent([], model, second_tries=second_tries) as agent:
        events = await collect(agent)
    assert len(model.asked) == calls
    assert ended(events).usage.output_tokens >= calls * 5


@pytest.mark.parametrize(
    ("one", "other", "task", "agree"),
    [
        (257, 257.0, "", True),
        (257, 258, "", False),
        (0.1 + 0.2, 0.3, "", True),
        ("The 8th term is 257.", "Term 8 equals 257", "the 8th term", True),
        ("The 8th term is 257.", "The 8th term is 256.", "the 8th term", False),
        ("The answer is 1,024", 1024, "", True),
        ("Zoe, then Xia", "Zoe and Xia", "shots of Xia, Yan, Zoe", True),
        ("Zoe, then Xia", "Xia and Zoe", "shots of Xia, Yan, Zoe", False),
        ("yes", "Yes.", "is it?", True),
        ("yes", "no", "is it?", False),
        ([1, 2], [1, 2], "", True),
        ([1, 2], [2, 1], "", False),
    ],
)
def test_when_answers_say_the_same(one: Any, other: Any, task: str, agree: bool) -> None:
    assert same(one, other, task) is agree
    assert same(other, one, task) is agree


async def test_a_fault_of_the_model_in_a_further_try_does_not_spoil_the_answer() -> None:
    model = ScriptedModel(answer(7), ModelUnavailable("busy"), act("y = x"), "It was 7.")
    async with CodeAgent([], model, second_tries=1) as agent:
        events = await collect(agent)
        assert ended(events).answer == 7
        assert chosen(events) == [(1, False)]
        # Its variables were undone for the try that did not come, and are there again.
        follow = [event async for event in agent.stream("Which was it?")]
        assert ended(follow).answer == "It was 7."
        assert "NameError" not in model.asked[-1][-1].content


async def test_what_removes_a_file_is_done_once() -> None:
    remove = act("import os\nos.remove('a.txt')\nfinal_answer(1)")
    model = ScriptedModel(act("open('a.txt', 'w').write('1')"), remove)
    async with CodeAgent([], model, second_tries=2) as agent:
        events = await collect(agent)
    assert ended(events).answer == 1
    assert chosen(events) == []


async def test_further_tries_stay_inside_the_budget() -> None:
    model = ScriptedModel(answer(1), answer(2), answer(3))
    async with CodeAgent([], model, second_tries=2, budget=Budget(model_calls=1)) as agent:
        assert ended(await collect(agent)).answer == 1
    assert len(model.asked) == 1


async def test_variables_that_cannot_be_had_again_are_not_promised() -> None:
    """What is chosen in the end has to be run again, and that may come out otherwise."""
    once = "import os\nassert not os.path.exists('flag.txt')\nx = 7\nfinal_answer(x)"
    model = ScriptedModel(act(once), answer(8), answer(9), "I look first.")
    async with CodeAgent([], model, second_tries=2) as agent:
        events: list[Event] = []
        async with aclosing(agent.stream("the task")) as stream:
            async for event in stream:
                events.append(event)
                if isinstance(event, TryStarted) and event.number == 3:
                    assert agent.workspace is not None
                    await agent.workspace.write("flag.txt", b"")
        assert ended(events).answer == 7
        assert chosen(events) == [(1, False)]
        [told] = [e.event.text for e in events if isinstance(e, CellEvent) and is_warning(e)]
        assert told == NOT_BACK
        assert ended([event async for event in agent.stream("Go on.")]).outcome == "answer"
        assert NOT_BACK in "".join(message.content for message in model.asked[-1])
        assert "x: int" not in agent._memory.variables.text()


async def test_variables_that_come_out_the_same_are_there_without_a_word() -> None:
    model = ScriptedModel(answer(7), answer(8), answer(9))
    async with CodeAgent([], model, second_tries=2) as agent:
        events = await collect(agent)
        assert not any(isinstance(e, CellEvent) and is_warning(e) for e in events)
        assert "x: int = 7" in agent._memory.variables.text()


def is_warning(event: CellEvent) -> bool:
    return isinstance(event.event, Notice)
