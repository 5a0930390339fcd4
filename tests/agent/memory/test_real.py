"""After forty long steps the real small model still knows what came second."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any

import pytest

from agent import CodeAgent, EmbeddedModel
from agent.events import Event, RunEnded
from agent.models.base import Done, Message, ModelDelta, Text, Usage
from tests.models.embedded_weights import real_model

pytestmark = [pytest.mark.embedded, pytest.mark.timeout(1_800)]

STEPS = 40
WINDOW = 4_096
"""Half of what it usually has, and half the time to read it; `test_window` asks about all of it."""
WORDS = ["amber", "walnut", "copper", "violet", "marble", "cedar", "indigo", "pepper"]


class Halfway:
    """Forty steps from a script, and the real model for all else, with what its server counted."""

    def __init__(self, model: EmbeddedModel) -> None:
        self.name, self.profile = model.name, model.profile
        self.counted: list[Usage] = []
        self._model, self._step = model, 0

    async def stream(
        self, messages: Sequence[Message], **options: Any
    ) -> AsyncGenerator[ModelDelta, None]:
        acts = messages[0].content.startswith("You are Sandglass")
        if acts and self._step < STEPS:
            self._step += 1
            yield Text(step(self._step))
            yield Done()
            return
        async with aclosing(self._model.stream(messages, **options)) as deltas:
            async for delta in deltas:
                if isinstance(delta, Done):
                    self.counted.append(delta.usage)
                yield delta

    async def aclose(self) -> None:
        await self._model.aclose()


FILES = {
    f"part{number}.txt": (
        f"The code word of this part is {WORDS[(number - 1) % len(WORDS)]}.\n"
        + "lorem ipsum 12345 " * 1_700
    ).encode()
    for number in range(1, STEPS)
}


def step(number: int) -> str:
    if number == STEPS:
        return "All parts are read."
    return f"I read part {number}.\n```python\nprint(open('part{number}.txt').read())\n```"


async def last_of(events: AsyncGenerator[Event, None]) -> Event:
    found = [event async for event in events]
    return found[-1]


async def test_it_answers_a_question_about_step_2() -> None:
    model = Halfway(real_model(context=WINDOW))
    async with CodeAgent([], model, max_steps=STEPS) as agent:
        await last_of(agent.stream("Read all the parts, one after the other.", FILES))
        end = await last_of(agent.stream("Which code word did step 2 print?"))
    await model.aclose()
    assert isinstance(end, RunEnded)
    assert "walnut" in str(end.answer).lower(), (end, model.counted)
    most = max(usage.input_tokens for usage in model.counted)
    assert 1_000 < most < WINDOW - 1_024, model.counted
