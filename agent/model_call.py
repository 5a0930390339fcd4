"""One call of the model: its deltas become events, its reply becomes an action or a reply."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import assert_never

from agent.errors import ModelError
from agent.events import (
    CodeDelta,
    Event,
    ModelPreparing,
    ModelSwitched,
    ReasoningDelta,
    StepRejected,
    TextDelta,
)
from agent.memory.tokens import counted
from agent.models.base import (
    Done,
    Message,
    Model,
    ModelDelta,
    Preparing,
    Reasoning,
    Switched,
    Text,
    Usage,
)
from agent.parsing import Action, Code, Part, Reply, ReplyParser, Thinking, Thought, faults
from agent.repetition import Repetition
from agent.text import well_formed

log = logging.getLogger(__name__)

STOP = ("```\nObservation:", "```\n\nObservation:", "</code>\nObservation:")
"""An observation that the model invents after its action. Where there is doubt, the parser ends the
reply: it can tell a string of the code from the model's own words."""
_GOODBYE_SECONDS = 0.3
"""How long a stream may take to say its usage after the block is closed, before it is cut."""
_EMPTY = "Your reply was empty. Write an action or a reply."
_CIRCLES = "You said the same again and again, so your reply was ended. Write one short action."
_SHORTENED = "The conversation became too long for the model and has been shortened."


class ModelCall:
    """Stream it, then read `result`, `usage` and the rest."""

    def __init__(self, model: Model, *, step: int, temperature: float | None = None) -> None:
        self._model, self._step, self._temperature = model, step, temperature
        self._parser = ReplyParser()
        self._pieces = 0
        self._cut_short = False
        self._repetition = Repetition()
        self.circles = False
        """Whether the model said the same over and over; the reply was ended there."""
        self._reasoning: list[str] = []
        self.result: Action | Reply = Reply("")
        self.usage = Usage()
        self.reported = Usage()
        """The server's own figures, zero where it gave none; `usage` estimates them then."""

    @property
    def reasoning(self) -> str:
        """The model's own thinking, where it showed some."""
        return "\n".join(filter(None, ("".join(self._reasoning), self._parser.thinking)))

    @property
    def text(self) -> str:
        """The words of the result."""
        return self.result.thought if isinstance(self.result, Action) else self.result.text

    @property
    def code(self) -> str:
        """The code of the result; empty where it does not act."""
        return self.result.code if isinstance(self.result, Action) else ""

    @property
    def rejection(self) -> str:
        """Why the reply cannot be used, as a sentence for the model; empty if it can."""
        if self.circles:
            return _CIRCLES
        if isinstance(self.result, Reply):
            return self._parser.fault or ("" if self.result.text else self._emptiness)
        if self._cut_short:
            return "Your code was cut off because it was too long. Write it in smaller actions."
        return self._parser.fault

    @property
    def _emptiness(self) -> str:
        return faults.ONLY_THINKING if self._reasoning else _EMPTY

    async def stream(self, messages: Sequence[Message]) -> AsyncGenerator[Event, None]:
        """Call the model and yield what it writes as it writes it.

        After `ContextTooLong` it may be called again with fewer messages.

        Raises:
            agent.errors.ModelError: see `agent.models.base.Model.stream`.
        """
        if self._pieces:  # asked again, and the beginning of a reply is on the page already
            yield StepRejected(step=self._step, reason=_SHORTENED)
            self._parser, self._pieces = ReplyParser(), 0
            self._repetition, self.circles = Repetition(), False
            self._reasoning.clear()
        self.usage = Usage()
        source = self._model.stream(messages, stop=STOP, temperature=self._temperature)
        try:
            async with aclosing(source) as deltas:
                async for delta in deltas:
                    for event in self._take(delta):
                        yield event
                    if self._parser.closed:
                        await self._goodbye(deltas)
                        break
                    if self._repetition.found:
                        log.info("a reply that repeats itself was ended")
                        self.circles = True
                        break
            self.result = self._parser.finish()
        finally:  # a reply that breaks off has cost something as well
            self.reported = self.usage
            if self._pieces:
                self.usage = counted(self.reported, messages, self._pieces)

    def _take(self, delta: ModelDelta) -> list[Event]:
        match delta:
            case Text(text=text):
                self._pieces += 1
                self._repetition.feed(text)
                return [self._event(part) for part in self._parser.feed(well_formed(text))]
            case Reasoning(text=text):
                self._pieces += 1
                self._repetition.feed(text)
                text = well_formed(text)
                self._reasoning.append(text)
                return [ReasoningDelta(step=self._step, text=text)]
            case Preparing(text=text, fraction=fraction):
                return [ModelPreparing(step=self._step, text=text, fraction=fraction)]
            case Switched(model=model, reason=reason):
                return [ModelSwitched(step=self._step, model=model, reason=reason)]
            case Done(finish_reason=reason, usage=usage):
                self.usage = usage
                self._cut_short = reason == "length" and not self._parser.closed
                return []
            case _:
                assert_never(delta)

    def _event(self, part: Part) -> Event:
        match part:
            case Thought(text=text):
                return TextDelta(step=self._step, text=text)
            case Thinking(text=text):
                return ReasoningDelta(step=self._step, text=text)
            case Code(text=text):
                return CodeDelta(step=self._step, text=text)

    async def _goodbye(self, deltas: AsyncGenerator[ModelDelta, None]) -> None:
        """The action is complete. Most models end here and say their usage; the rest is cut off.

        A connection that breaks only now must not spoil it.
        """
        try:
            async with asyncio.timeout(_GOODBYE_SECONDS):
                async for delta in deltas:
                    if isinstance(delta, Done):
                        self.usage = delta.usage
        except TimeoutError:
            pass
        except ModelError as exc:
            log.info("after a complete action the model's stream broke: %s", exc)
