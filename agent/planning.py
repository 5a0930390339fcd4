"""A plan before the first step, and again every few steps: streamed, and open to changes."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import assert_never

from agent.events import (
    Event,
    ModelPreparing,
    ModelSwitched,
    PlanDelta,
    PlanReady,
    ReasoningDelta,
)
from agent.hooks import PlanHook, revise
from agent.memory.tokens import counted
from agent.models.base import Done, Message, Model, Preparing, Reasoning, Switched, Text, Usage
from agent.repetition import Repetition
from agent.text import well_formed


def due(step: int, planned: int, interval: int | None) -> bool:
    """Whether a plan is made before that step: the first one, and every `interval` after it.

    Args:
        step: from 1.
        planned: the step before which the newest plan was made, 0 if there is none. A step whose
            reply could not be used comes again, and keeps its plan.
        interval: None for no plans.
    """
    return interval is not None and step != planned and (step - 1) % interval == 0


class Plan:
    """Stream it, then ask for what came of it."""

    def __init__(self, model: Model, step: int, hooks: Sequence[PlanHook] = ()) -> None:
        self._model, self._step, self._hooks = model, step, hooks
        self.text = ""
        self.usage = self.reported = Usage()

    async def stream(self, messages: Sequence[Message]) -> AsyncGenerator[Event, None]:
        """Ask for the plan; after `ContextTooLong` it may be asked for again.

        Raises:
            agent.errors.ModelError: see `agent.models.base.Model.stream`.
        """
        self.text, pieces, repetition = "", 0, Repetition()
        async with aclosing(self._model.stream(messages)) as deltas:
            async for delta in deltas:
                match delta:
                    case Text(text=text):
                        text, pieces = well_formed(text), pieces + 1
                        self.text += text
                        repetition.feed(text)
                        yield PlanDelta(step=self._step, text=text)
                    case Reasoning(text=text):
                        pieces += 1
                        yield ReasoningDelta(step=self._step, text=well_formed(text))
                    case Preparing(text=text, fraction=fraction):
                        yield ModelPreparing(step=self._step, text=text, fraction=fraction)
                    case Switched(model=model, reason=reason):
                        yield ModelSwitched(step=self._step, model=model, reason=reason)
                    case Done(usage=usage):
                        self.reported = usage
                    case _:
                        assert_never(delta)
                self.usage = counted(self.reported, messages, pieces)
                if repetition.found:  # nothing else would come, up to the longest reply there is
                    self.text = ""
                    break

    async def ready(self) -> PlanReady:
        """The plan as the hooks leave it."""
        plan = await revise(self._hooks, self.text.strip())
        return PlanReady(step=self._step, plan=plan, usage=self.usage)
