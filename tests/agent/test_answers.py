"""Answers of a type: what code naturally gives is taken, as exactly what was asked for."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

import numpy as np
import pytest

from agent import CodeAgent, ScriptedModel
from agent.answers import AnswerType
from agent.events import RunEnded
from executors.base import ExecutorFactory
from executors.values import Opaque, decode, encode
from tests.agent.running import act


@dataclass(frozen=True)
class Person:
    """What a task may ask for."""

    name: str
    born: date | None = None


class Colour(Enum):
    """One of a few words."""

    RED = "red"


@pytest.mark.parametrize(
    ("expected", "given", "value"),
    [
        (int, np.int64(3), 3),
        (int, np.uint8(3), 3),
        (float, np.float32(0.5), 0.5),
        (float, 3, 3.0),
        (bool, np.bool_(True), True),
        (list[int], np.arange(3), [0, 1, 2]),
        (list[list[float]], np.ones((1, 2)), [[1.0, 1.0]]),
        (list[int], (1, 2), [1, 2]),
        (tuple[int, int], [1, 2], (1, 2)),
        (set[str], ["a"], {"a"}),
        (dict[str, int], {"a": np.int64(1)}, {"a": 1}),
        (int | None, None, None),
        (Person, {"name": "Ada"}, Person("Ada")),
        (Person, {"name": "Ada", "born": date(1815, 12, 10)}, Person("Ada", date(1815, 12, 10))),
        (list[Person], [{"name": "Ada"}], [Person("Ada")]),
        (Colour, "red", Colour.RED),
        (Decimal, Decimal("1.5"), Decimal("1.5")),
    ],
)
def test_what_code_naturally_gives_is_exactly_the_type(
    expected: Any, given: Any, value: Any
) -> None:
    kind = AnswerType(expected)
    found = kind.read(decode(encode(given)))
    assert (type(found), found) == (type(value), value)
    assert [type(part) for part in _parts(found)] == [type(part) for part in _parts(value)]
    assert kind.read(decode(kind.write(found))) == value  # as it comes out of a log


def _parts(value: Any) -> list[Any]:
    return [*value.values()] if isinstance(value, dict) else [*value] if _many(value) else []


def _many(value: Any) -> bool:
    return isinstance(value, list | tuple | set)


@pytest.mark.parametrize(
    ("expected", "given", "said"),
    [
        (int, "3", "it must be int, not str: answer: "),
        (int, 3.0, "it must be int, not float: "),
        (int, True, "it must be int, not bool: "),
        (int, np.float64(3), "it must be int, not float64: "),
        (str, date(2024, 1, 1), "it must be str, not date: "),
        (str, b"abc", "it must be str, not bytes: "),
        (Person, {"name": 5}, "answer['name']: "),
        (Person, {}, "answer['name']: "),
        (dict[str, str], Opaque("x.P", "P()"), "it must be dict[str, str], not Opaque: "),
        (list[dict[str, str]], [Opaque("x.P", "P()")], "answer[0]: "),
        (
            Person,
            Opaque("x.Person", "P()"),
            "Give it as a dict: {'name': str, 'born': date | None}",
        ),
    ],
)
def test_anything_else_is_sent_back(expected: Any, given: Any, said: str) -> None:
    with pytest.raises(ValueError, match="it must be ") as caught:
        AnswerType(expected).read(given)
    assert said in str(caught.value)


async def test_what_numpy_makes_is_an_answer_everywhere(factory: ExecutorFactory) -> None:
    code = "import numpy as np\nfinal_answer(np.arange(4).sum())"
    agent = CodeAgent(
        [],
        ScriptedModel(act(code)),
        executor_type=factory,
        additional_authorized_imports=["numpy"],
        answer_type=int,
    )
    async with agent, aclosing(agent.stream("Add up 0 to 3.")) as events:
        end = [event async for event in events][-1]
    assert isinstance(end, RunEnded)
    assert (end.outcome, end.answer, type(end.answer)) == ("answer", 6, int)


async def test_a_dataclass_comes_as_plain_data_and_is_checked_as_itself(
    factory: ExecutorFactory,
) -> None:
    seen: list[Any] = []
    model = ScriptedModel(
        act("class Person:\n    name = 'Ada'\nfinal_answer(Person())"),
        act("final_answer({'name': 'Ada'})"),
    )
    agent = CodeAgent(
        [],
        model,
        executor_type=factory,
        answer_type=Person,
        final_answer_checks=[seen.append],
    )
    async with agent, aclosing(agent.stream("Who?")) as events:
        end = [event async for event in events][-1]
    assert isinstance(end, RunEnded)
    assert end.answer == {"name": "Ada", "born": None}
    assert seen == [Person("Ada")]
    assert "Give it as a dict: {'name': str" in model.asked[1][-1].content


def test_a_script_gets_the_dataclass() -> None:
    code = "final_answer({'name': 'Ada', 'born': None})"
    with CodeAgent([], ScriptedModel(act(code)), answer_type=Person) as agent:
        assert agent.run("Who?") == Person("Ada")


@pytest.mark.parametrize(
    ("expected", "said"),
    [(None, "answer: Any"), (int, "answer: int"), (Person, "answer: {'name': str, 'born': ")],
)
async def test_the_model_knows_the_type_from_the_start(expected: Any, said: str) -> None:
    async with CodeAgent([], ScriptedModel(), answer_type=expected) as agent:
        [system, *_] = await agent.prefix()
    assert f"def final_answer({said}" in system.content
