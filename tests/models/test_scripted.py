"""The scripted model keeps the same contract as the real ones."""

from __future__ import annotations

import time

import pytest

from agent.errors import ContextTooLong, ModelUnavailable
from agent.models.base import Model, Text
from agent.models.scripted import ScriptedModel
from tests.models.helpers import ASK, collect, done_of, text_of

LONG = "one two three four five six"


async def test_replies_come_in_order_in_small_pieces() -> None:
    model: Model = ScriptedModel(LONG, "second")
    deltas = await collect(model)
    assert text_of(deltas) == LONG
    assert sum(isinstance(delta, Text) for delta in deltas) > 2
    assert done_of(deltas).usage.output_tokens == 7
    assert text_of(await collect(model)) == "second"


async def test_it_records_what_it_was_asked() -> None:
    model = ScriptedModel("a", "b")
    await collect(model)
    await collect(model, ASK[:1], temperature=0.5)
    assert model.asked == [ASK, ASK[:1]]
    assert model.temperatures == [None, 0.5]


async def test_stop_is_honoured_across_pieces() -> None:
    deltas = await collect(ScriptedModel(LONG), stop=["four"])
    assert text_of(deltas) == "one two three "
    done_of(deltas)


async def test_running_out_is_said_plainly() -> None:
    model = ScriptedModel("only one")
    await collect(model)
    with pytest.raises(ModelUnavailable, match="given 1 and is asked for number 2"):
        await collect(model)


async def test_a_reply_may_be_an_error() -> None:
    model = ScriptedModel(ContextTooLong("too long"), "after")
    with pytest.raises(ContextTooLong, match="too long"):
        await collect(model)
    assert text_of(await collect(model)) == "after"


async def test_a_reply_may_be_computed() -> None:
    model = ScriptedModel(lambda messages: messages[-1].content.upper())
    assert text_of(await collect(model)) == "HELLO"


async def test_delay_is_between_the_pieces() -> None:
    began = time.monotonic()
    await collect(ScriptedModel(LONG, delay=0.05))
    assert time.monotonic() - began >= 0.14


async def test_an_empty_reply_is_a_reply() -> None:
    assert len(await collect(ScriptedModel(""))) == 1
