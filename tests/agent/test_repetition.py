"""A model that goes round in circles is noticed soon, and nobody else is."""

from __future__ import annotations

import random

import pytest

from agent import CodeAgent, ScriptedModel
from agent.events import RunEnded, StepRejected
from agent.repetition import Repetition

SENTENCE = "I add 100 to the result to get the total number of calories in a serving of pasta. "
PROSE = (
    "First I read the table. Then I group the rows by species and take the mean of the heights. "
    "Finally the three highest means are printed with one decimal, the highest of them first.\n"
)


def looked_at(text: str, size: int = 7) -> Repetition:
    seen = Repetition()
    for start in range(0, len(text), size):
        seen.feed(text[start : start + size])
    return seen


@pytest.mark.parametrize(
    "unit", [SENTENCE, "I think so, I think. ", PROSE * 2, "total = total + 1  # add\n"]
)
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_circles_are_found(unit: str, size: int) -> None:
    assert looked_at(PROSE + unit * 40, size).found


def test_it_is_found_within_a_few_rounds() -> None:
    assert looked_at(PROSE + SENTENCE * 6).found
    assert not looked_at(PROSE + SENTENCE * 3).found


@pytest.mark.parametrize(
    "text",
    [
        PROSE,
        "[" + "0, " * 2000 + "]",
        "-" * 3000,
        "\n".join(f"row_{n} = table[{n}] * 2  # the next one" for n in range(200)),
        "<td></td>" * 300,
        "".join(random.Random(1).choices("abcdefgh ", k=5000)),
        "def f():\n    return 1\n\n\n" * 3 + "print(f())",
    ],
)
def test_what_only_looks_alike_is_left_alone(text: str) -> None:
    assert not looked_at(text).found


def test_its_cost_does_not_grow_with_the_text() -> None:
    def steps(length: int) -> int:
        seen, count = Repetition(), 0
        for _ in range(length // 100):
            seen.feed("ab" * 50)
            count += len(seen._tail)
        return count

    assert steps(200_000) <= 2.1 * steps(100_000)


async def test_such_a_reply_is_ended_and_the_model_tries_again() -> None:
    model = ScriptedModel(PROSE + SENTENCE * 500, "I go.\n```python\nfinal_answer(1)\n```")
    async with CodeAgent([], model) as agent:
        events = [event async for event in agent.stream("Count.")]
    end = events[-1]
    assert isinstance(end, RunEnded)
    assert end.answer == 1
    assert sum(isinstance(event, StepRejected) for event in events) == 1
    shown = sum(len(event.text) for event in events if event.type == "text_delta")
    assert shown < 2_000
    assert "again and again" in model.asked[1][-1].content
    assert len(model.asked[1][-2].content) < 2_000
    assert model.temperatures[1] is not None


async def test_code_that_goes_round_in_circles_is_not_run() -> None:
    circling = "I go.\n```python\nx = 1\n" + "print('the same line again')\n" * 200
    model = ScriptedModel(circling, "I go.\n```python\nfinal_answer(x)\n```", "It is 2.")
    async with CodeAgent([], model) as agent:
        events = [event async for event in agent.stream("Count.")]
    [rejected] = [event for event in events if isinstance(event, StepRejected)]
    assert not rejected.well_formed
    assert "again and again" in rejected.reason
    assert "NameError" in model.asked[2][-1].content  # nothing of it has run
