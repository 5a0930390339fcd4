"""Models around others can do what those can, in their own way."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import pytest

from agent.errors import ModelUnavailable
from agent.models import base
from agent.models.base import Filled, Message, Model, Prefillable, Structured, Usage
from agent.models.fallback import FallbackModel
from agent.models.rate_limit import MINUTE, Rate, RateLimit, RateLimitedModel
from agent.models.scripted import ScriptedModel
from tests.models.helpers import collect

ASK = (Message("user", "Is it so?"),)
SPENT = Usage(input_tokens=70, output_tokens=30)


class Able(ScriptedModel):
    """Fills in any form with what it was given, and can read ahead."""

    def __init__(self, *values: Any, name: str = "able") -> None:
        super().__init__(name=name)
        self.values = list(values)
        self.read: list[Sequence[Message]] = []

    async def fill(
        self, messages: Sequence[Message], form: type[Any], *, temperature: float | None = None
    ) -> Filled[Any]:
        self.asked.append(tuple(messages))
        self.temperatures.append(temperature)
        value = self.values.pop(0)
        if isinstance(value, Exception):
            raise value
        return Filled(form(value), SPENT)

    async def prefill(self, messages: Sequence[Message]) -> None:
        self.read.append(messages)


def limited(model: Model) -> Model:
    limit = RateLimit(Rate(requests=100))
    return RateLimitedModel(model, lambda: limit)


WRAPPERS: list[Callable[[Model], Model]] = [
    limited,
    lambda model: FallbackModel([model]),
    lambda model: FallbackModel([model, ScriptedModel()]),
    lambda model: FallbackModel([limited(model), limited(ScriptedModel())]),
]


@pytest.mark.parametrize("wrap", WRAPPERS)
async def test_what_the_inner_one_can_do_the_outer_one_can(wrap: Callable[[Model], Model]) -> None:
    inner = Able(7)
    model = wrap(inner)
    assert isinstance(model, Structured)
    assert await model.fill(ASK, int, temperature=0.5) == Filled(7, SPENT)
    assert (inner.asked, inner.temperatures) == ([ASK], [0.5])
    assert isinstance(model, Prefillable)
    await model.prefill(ASK)
    assert inner.read == [ASK]


@pytest.mark.parametrize("wrap", WRAPPERS)
def test_and_nothing_else(wrap: Callable[[Model], Model]) -> None:
    abilities = [
        kind
        for _, kind in inspect.getmembers(base, inspect.isclass)
        if issubclass(kind, Protocol) and getattr(kind, "_is_runtime_protocol", False)  # type: ignore[arg-type]
    ]
    assert {Structured, Prefillable} <= set(abilities)
    for ability in abilities:  # one that is added is passed on too
        assert isinstance(Able(), ability)
        assert isinstance(wrap(Able()), ability)
        assert not isinstance(wrap(ScriptedModel()), ability)


async def test_a_form_waits_for_its_turn_and_counts() -> None:
    now = 0.0
    limit = RateLimit(Rate(tokens=120), clock=lambda: now)
    model = RateLimitedModel(Able(1), lambda: limit)
    assert isinstance(model, Structured)
    await model.fill(ASK, int)
    assert limit.seconds_until(limit.enter(100)) == MINUTE  # the 100 that it took are known


async def test_a_form_is_filled_in_by_the_next_one_that_can() -> None:
    down = ModelUnavailable("A is down.")
    first, unable, second = Able(down, name="a"), ScriptedModel(), Able(3, 4, name="b")
    model = FallbackModel([first, unable, second])
    assert isinstance(model, Structured)
    assert (await model.fill(ASK, int)).value == 3
    assert (await model.fill(ASK, int)).value == 4  # the first one rests
    assert len(first.asked) == 1
    assert unable.asked == []


async def test_where_only_one_that_rests_can_it_is_asked() -> None:
    first = Able(ModelUnavailable("A is down."), 5)
    model = FallbackModel([first, ScriptedModel()])
    assert isinstance(model, Structured)
    with pytest.raises(ModelUnavailable, match=r"^A is down\.$"):
        await model.fill(ASK, int)
    assert (await model.fill(ASK, int)).value == 5


async def test_replies_still_go_the_same_way() -> None:
    deltas = await collect(limited(FallbackModel([ScriptedModel("Hello.")])))
    assert isinstance(deltas[-1], base.Done)
