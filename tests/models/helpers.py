"""Small readers for streams of deltas."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from typing import Any

from agent.models.base import Done, Message, Model, ModelDelta, Preparing, Reasoning, Text

ASK = (Message("system", "You are brief."), Message("user", "Hello"))


async def collect(model: Model, messages: Sequence[Message] = ASK, **kw: Any) -> list[ModelDelta]:
    async with aclosing(model.stream(messages, **kw)) as deltas:
        return [delta async for delta in deltas]


def text_of(deltas: Sequence[ModelDelta]) -> str:
    return "".join(delta.text for delta in deltas if isinstance(delta, Text))


def thoughts_of(deltas: Sequence[ModelDelta]) -> str:
    return "".join(delta.text for delta in deltas if isinstance(delta, Reasoning))


def preparing_of(deltas: Sequence[ModelDelta]) -> list[Preparing]:
    return [delta for delta in deltas if isinstance(delta, Preparing)]


def done_of(deltas: Sequence[ModelDelta]) -> Done:
    last = deltas[-1]
    assert isinstance(last, Done)
    assert sum(isinstance(delta, Done) for delta in deltas) == 1
    return last
